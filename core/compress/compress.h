/*
 * compress: the record every compressor is, and what it is given.  A new compressor is one file and one row of
 * registry.c.  A compressor sees one text, knows neither messages nor models, touches no store and counts no tokens
 * beyond estimates: the pipeline decides by exact counts whether the result is taken, and stores the original before.
 *
 * What every compressor promises: same bytes in, same bytes out; whatever it drops is told by a marker (marker.h) that
 * carries the hash of the whole original; its guaranteed parts (errors, anomalies, anchors, first and last ...) stay
 * whatever the limits say; cost linear in the size; on its own output, or when in doubt, it does nothing.
 */
#ifndef HEADROOM_COMPRESS_COMPRESS_H
#define HEADROOM_COMPRESS_COMPRESS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/compress/config.h"
#include "core/compress/marker.h"
#include "core/compress/relevance.h"

enum content {
	CONTENT_TEXT,
	CONTENT_JSON,
	CONTENT_DIFF,
	CONTENT_HTML,
	CONTENT_SEARCH,
	CONTENT_LOG,
	CONTENT_CODE,
	CONTENT_MIXED,
	CONTENT_COUNT
};
extern const char *const content_names[CONTENT_COUNT]; /* "text", "json" ... */

struct squeeze {
	str text; /* the whole original */
	const struct compress_config *config;
	const struct query *query; /* of the newest user message; empty, never NULL */
	double bias; /* of the tool; > 1 keeps more */
	char hash[MARKER_HASH + 1]; /* of text */
};

/* What became of it, in units of the compressor: items, lines, matches, bodies. */
struct squeezed {
	size_t before, after;
	const char *reason; /* static: why nothing was done */
};

struct compressor {
	const char *name; /* in labels: "smart_crusher" */
	enum content content;
	size_t enabled; /* offset of the switch in compress_config */
	/* Appends the shorter form, marker included, to out and returns true; false and r->reason when there is nothing
	 * to gain, `out` then holds anything.  Scratch is in a. */
	bool (*run)(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r);
};

extern const struct compressor smart_crusher, log_compressor, search_compressor, diff_compressor,
	html_compressor, text_compressor, code_compressor, mixed_compressor;
extern const struct compressor *const compressors[]; /* NULL-terminated */
const struct compressor *compressor_for(enum content content);
bool compressor_is_on(const struct compressor *c, const struct compress_config *config);

#endif
