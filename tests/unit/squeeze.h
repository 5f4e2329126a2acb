/*
 * What the tests of the compressors of lines share: running one, made-up noise, and the promises all of them give.
 */
#ifndef HEADROOM_TESTS_SQUEEZE_H
#define HEADROOM_TESTS_SQUEEZE_H

#include "tests/test.h"

#include "core/compress/compress.h"

struct press {
	const struct compressor *by;
	struct compress_config config;
	struct arena a;
	struct buf text, out; /* text: for building one */
	struct squeezed r;
	const char *query;
	double bias;
	uint64_t seed; /* of press_random */
	bool shorter;
};

static inline void press_init(struct press *p, const struct compressor *by)
{
	*p = (struct press){ .by = by, .query = "", .bias = 1 };
	arena_init(&p->a);
	buf_init(&p->text, SIZE_MAX);
	buf_init(&p->out, SIZE_MAX);
	compress_config_init(&p->config);
}

static inline void press_release(struct press *p)
{
	arena_release(&p->a);
	buf_release(&p->text);
	buf_release(&p->out);
}

static inline void press_set(struct press *p, const char *key, const char *value)
{
	struct error err;

	if (compress_config_set(&p->config, str_c(key), value, &err) != STATUS_OK)
		fail_msg("%s", err.message);
}

static inline bool press_text(struct press *p, str text)
{
	struct query query;
	struct squeeze s = { .text = text, .config = &p->config, .query = &query, .bias = p->bias };

	arena_reset(&p->a);
	query_init(&query, &p->a, str_c(p->query));
	marker_hash(text, s.hash);
	buf_clear(&p->out);
	return p->shorter = p->by->run(&p->a, &s, &p->out, &p->r);
}

static inline bool press_run(struct press *p)
{
	return press_text(p, buf_str(&p->text));
}

static inline bool press_has(const struct press *p, const char *what)
{
	return str_has_c(buf_str(&p->out), what);
}

#define press_has_f(p, ...) (str_find(buf_str(&(p)->out), arena_printf(&(p)->a, __VA_ARGS__)) != STR_NONE)

/* [0, n) */
static inline unsigned press_random(struct press *p, unsigned n)
{
	p->seed = p->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(p->seed >> 33) % n;
}

static inline const char *press_word(struct press *p)
{
	static const char *const words[] = { "queue",  "lease",	 "shard", "cursor", "worker", "stream",
					     "record", "schema", "page",  "client", "parser", "replica" };

	return words[press_random(p, sizeof(words) / sizeof(*words))];
}

/* The line without a count of ours at its end. */
static inline str press_uncounted(str line)
{
	size_t at = str_rchr(line, '(');

	return at != STR_NONE && at > 0 && str_starts_c(str_from(line, at), "(x") && str_ends_c(line, ")")
		       ? str_sub(line, 0, at - 1)
		       : line;
}

/* Each line put out stands in the text, in this order; but for notes in brackets and counts. */
static inline void press_assert_verbatim(const struct press *p, str text)
{
	str out = buf_str(&p->out), line, rest = text, original;

	while (str_line(&out, &line)) {
		bool found = false;
		str before = rest;

		while (!found && str_line(&rest, &original))
			found = str_eq(original, line) || str_eq(original, press_uncounted(line));
		if (found)
			continue;
		rest = before;
		if (!str_starts_c(line, "[") || !str_ends_c(line, "]"))
			fail_msg("not in the text: %.*s", STR_ARG(line));
	}
}

/* Promises of every compressor about the text at hand. */
static inline void press_assert_promises(struct press *p, str text, bool lines)
{
	struct buf first;
	char hash[MARKER_HASH + 1], found[MARKER_HASH + 1];
	str out;

	if (!press_text(p, text))
		return;
	assert_true(p->out.n < text.n);
	assert_true(p->r.after <= p->r.before);
	assert_null(p->r.reason);
	marker_hash(text, hash);
	out = buf_str(&p->out);
	assert_true(marker_next(&out, found));
	assert_string_equal(found, hash);
	if (lines)
		press_assert_verbatim(p, text);
	buf_init(&first, SIZE_MAX);
	buf_add(&first, buf_str(&p->out));
	press_text(p, text);
	assert_true(str_eq(buf_str(&first), buf_str(&p->out)));
	assert_false(press_text(p, buf_str(&first)));
	assert_non_null(p->r.reason);
	buf_release(&first);
	press_text(p, text);
}

#endif
