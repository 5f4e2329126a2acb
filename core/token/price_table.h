/*
 * price_table: the rows of list prices and limits.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_PRICE_TABLE_H
#define HEADROOM_TOKEN_PRICE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct price_row {
	const char *model; /* as model_name_plain gives it, or dated where a date has its own price */
	int from; /* 20260821; 0: since its release */
	double input, output, cache_read, cache_write_5m, cache_write_1h; /* USD per million tokens */
	int64_t long_above; /* see struct price */
	double long_input, long_output;
	int64_t context, min_prefix; /* tokens; 0: unknown */
	const char *note;
};

extern const struct price_row price_rows[]; /* of one model in order of time */
extern const size_t price_rows_n;

/* Context windows by likeness of names, for models without a row; the first prefix that fits. */
struct price_likeness {
	const char *prefix;
	int64_t context;
};
extern const struct price_likeness price_likenesses[]; /* ends with "" */

#endif
