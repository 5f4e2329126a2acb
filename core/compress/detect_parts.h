/*
 * detect_parts: the pieces detection is made of, and how mixed text is split.  Private to detection and the mixed
 * compressor.
 */
#ifndef HEADROOM_COMPRESS_DETECT_PARTS_H
#define HEADROOM_COMPRESS_DETECT_PARTS_H

#include "core/compress/detect.h"

/* The language most lines speak for, how many do, of how many with text. */
enum language detect_code_lines(str text, size_t lines_max, size_t *best_hits, size_t *lines);

enum part_kind {
	PART_TEXT,
	PART_FENCE, /* what stands between ``` and ``` */
	PART_JSON,
	PART_SEARCH,
	PART_KINDS
};

/* One part of a text; before and behind it is what stays as it is: fences, blank lines. */
struct part {
	enum part_kind kind;
	str body, info; /* a fence may be empty; info: "python" behind it */
};

/* Cuts a text into parts; what lies between two bodies belongs to none. */
struct part_scan {
	str text;
	size_t at; /* bytes taken */
	size_t json_budget; /* bytes that may still be searched for the ends of values */
	size_t unclosed[2]; /* length of the shortest fence of ` and ~ known to have no end */
	struct part next;
	bool pending;
};
void part_scan_init(struct part_scan *s, str text);
bool part_next(struct part_scan *s, struct part *out);
/* Two kinds of parts at least that are worth being told apart. */
bool is_mixed(str text);

#endif
