/*
 * jsonl: reads a file of JSON lines with bounded memory.  A line is handed out as a slice of the reader's
 * buffer, valid until the next call.  Buffer: 256 KiB, grows to at most 1 MiB.  A line longer than that
 * streams through an elider: string values longer than 16 KiB keep their first and last 8 KiB, and arrays
 * stop after 256 KiB of kept bytes, so that a 256 MiB line comes out as a short, valid line with the same
 * keys; `elided` says how many bytes are gone. Lines over 256 MiB, with a NUL byte, or that do not start
 * with '{' are skipped and counted.  A last line without newline is handed out only if it is complete JSON;
 * otherwise it stays unread (the writer is still at it) and counts as `partial`. After STATUS_DONE a
 * further call looks whether the file has grown.
 */
#ifndef HEADROOM_JSON_JSONL_H
#define HEADROOM_JSON_JSONL_H

#include "core/base/error.h"
#include "core/base/str.h"

#define JSONL_MAX_LINE (256u << 20)
#define JSONL_MAX_BUFFER (1u << 20)
#define JSONL_TAIL 4096

struct jsonl_line {
	str text; /* without newline */
	uint64_t offset; /* of its first byte in the file */
	uint32_t number; /* 1-based */
	uint64_t elided; /* bytes removed by the elider, 0 for nearly all lines */
};

struct jsonl_stats {
	uint64_t bytes, lines; /* bytes of all lines passed; lines handed out */
	uint32_t skipped_long, skipped_nul, skipped_other; /* lines */
	bool partial;
};

struct jsonl;

/* Starts at `offset`, which is the start of line `number` (1-based).  NULL if the file cannot be opened. */
struct jsonl *jsonl_open(const char *path, uint64_t offset, uint32_t number, struct error *err);
/* Reuses the buffer of an earlier reader for another file. */
enum status jsonl_reopen(struct jsonl *r, const char *path, uint64_t offset, uint32_t number,
			 struct error *err);
/* STATUS_OK, STATUS_DONE at the end, STATUS_FAILED on a read error. */
enum status jsonl_next(struct jsonl *r, struct jsonl_line *line, struct error *err);
/* Where a later run goes on: offset and number of the first line not handed out. */
void jsonl_position(const struct jsonl *r, uint64_t *offset, uint32_t *number);
/* Lines up to max bytes come whole: JSONL_MAX_BUFFER unless said otherwise, and never less.  Call it before a line is
 * read; memory follows the longest line met. */
void jsonl_whole(struct jsonl *r, size_t max);
/* The n bytes (at most JSONL_TAIL) before that offset into out; false if they are no longer in memory. */
bool jsonl_tail(const struct jsonl *r, char *out, size_t n);
/* Another limit than JSONL_MAX_LINE, so that tests need no file of that size. */
void jsonl_limit(struct jsonl *r, uint64_t max_line);
const struct jsonl_stats *jsonl_stats(const struct jsonl *r);
void jsonl_free(struct jsonl *r);

#endif
