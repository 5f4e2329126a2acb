/*
 * What the harnesses of the compressors share: the input's first line is the query, the rest the text, and every compressor
 * keeps the same promises about it.
 */
#ifndef HEADROOM_FUZZ_SQUEEZE_H
#define HEADROOM_FUZZ_SQUEEZE_H

#include <stdlib.h>

#include "core/compress/compress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool condition)
{
	if (!condition)
		abort();
}

/* Limits so low that short inputs are worth shortening. */
static inline void low_limits(struct compress_config *c)
{
	compress_config_init(c);
	c->log_min_lines = c->diff_min_lines = c->text_min_lines = c->search_min_matches = 1;
	c->log_max_lines = 4;
	c->log_max_errors = c->log_max_warnings = c->log_max_stacks = c->log_context = 1;
	c->log_stack_lines = 2;
	c->search_max_matches = c->search_per_file = 2;
	c->text_first = c->text_last = 1;
	c->text_max_lines = 3;
}

/* Runs it twice and on its own output.  The result stays in out. */
static inline bool squeeze_twice(const struct compressor *by, struct squeeze *s, struct buf *out)
{
	struct squeezed r = { 0 };
	struct arena a;
	struct buf again;
	str text = s->text;
	bool shorter;
	char found[MARKER_HASH + 1];

	arena_init(&a);
	buf_init(&again, SIZE_MAX);
	marker_hash(text, s->hash);
	shorter = by->run(&a, s, out, &r);
	require(shorter == !r.reason);
	if (shorter) {
		str rest = buf_str(out);

		require(out->n < text.n && r.after <= r.before);
		require(marker_next(&rest, found) && strcmp(found, s->hash) == 0);
		arena_reset(&a);
		require(by->run(&a, s, &again, &r) && str_eq(buf_str(out), buf_str(&again)));
		buf_clear(&again);
		arena_reset(&a);
		s->text = buf_str(out);
		require(!by->run(&a, s, &again, &r));
		s->text = text;
	}
	buf_release(&again);
	arena_release(&a);
	return shorter;
}

/* Whether each line put out, notes in brackets and counts apart, is one of the text, in order. */
static inline void require_verbatim(str text, str out)
{
	str line, original;

	while (str_line(&out, &line)) {
		size_t count = str_rchr(line, '(');
		str before = text,
		    bare = count == STR_NONE || count == 0 ? line : str_sub(line, 0, count - 1);
		bool found = false;

		while (!found && str_line(&text, &original))
			found = str_eq(original, line) || str_eq(original, bare);
		if (!found)
			text = before;
		require(found || str_starts_c(line, "["));
	}
}

static inline void fuzz_squeeze(const struct compressor *by, str input, bool verbatim)
{
	struct compress_config config;
	struct query query;
	struct arena a;
	struct buf out;
	str line = STR("");

	arena_init(&a);
	str_line(&input, &line);
	query_init(&query, &a, line);
	for (int low = 0; low < 2; low++) {
		struct squeeze s = { .text = input, .config = &config, .query = &query, .bias = 1 };

		if (low)
			low_limits(&config);
		else
			compress_config_init(&config);
		buf_init(&out, SIZE_MAX);
		if (squeeze_twice(by, &s, &out) && verbatim)
			require_verbatim(input, buf_str(&out));
		buf_release(&out);
	}
	arena_release(&a);
}

#endif
