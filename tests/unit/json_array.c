/*
 * JSON compressor: what must stay stays, what is left out is told, and the output is JSON made of the input's bytes.
 */
#include "tests/test.h"

#include <stdio.h>

#include "core/base/arena.h"
#include "core/compress/compress.h"
#include "core/json/doc.h"
#include "core/json/jget.h"

/* ---- running it ---- */

struct world {
	struct arena arena;
	struct compress_config config;
	struct query query;
	struct buf in, out;
	struct squeezed result;
	double bias;
};

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	arena_init(&w->arena);
	compress_config_init(&w->config);
	query_init(&w->query, &w->arena, STR(""));
	buf_init(&w->in, SIZE_MAX);
	buf_init(&w->out, SIZE_MAX);
	w->bias = 1;
}

static void world_release(struct world *w)
{
	buf_release(&w->in);
	buf_release(&w->out);
	arena_release(&w->arena);
}

static void set(struct world *w, const char *key, const char *value)
{
	struct error err;

	if (compress_config_set(&w->config, str_c(key), value, &err))
		fail_msg("%s", err.message);
}

static void ask(struct world *w, const char *query)
{
	query_init(&w->query, &w->arena, str_c(query));
}

static bool crush_text(struct world *w, str text, struct buf *out)
{
	struct squeeze s = { .text = text, .config = &w->config, .query = &w->query, .bias = w->bias };
	struct arena a;
	bool done;

	arena_init(&a);
	marker_hash(text, s.hash);
	buf_clear(out);
	done = smart_crusher.run(&a, &s, out, &w->result);
	arena_release(&a);
	return done;
}

/* Every result is JSON, smaller, the same again, and final: run on itself it changes nothing. */
static bool crush(struct world *w)
{
	const struct doc *doc;
	struct error err;
	struct buf again;
	struct arena a;
	bool done = crush_text(w, buf_str(&w->in), &w->out);
	struct squeezed result = w->result;

	buf_init(&again, SIZE_MAX);
	assert_int_equal(crush_text(w, buf_str(&w->in), &again), done);
	if (done) {
		assert_true(str_eq(buf_str(&again), buf_str(&w->out)));
		assert_true(w->out.n < w->in.n);
		assert_true(w->result.after < w->result.before);
		assert_true(marker_in(buf_str(&w->out)));
		arena_init(&a);
		if (w->in.p[0] == '[' && doc_parse(&a, buf_str(&w->out), &doc, &err))
			fail_msg("%s", err.message);
		arena_release(&a);
		assert_false(crush_text(w, buf_str(&w->out), &again));
	} else {
		assert_non_null(w->result.reason);
	}
	w->result = result;
	buf_release(&again);
	return done;
}

/* The rows of the output, which must be rows of the input in their order; the last element is the marker. */
static size_t check_rows(struct world *w, str what)
{
	struct jval in = jval_of(buf_str(&w->in)), out = jval_of(buf_str(&w->out));
	struct jit from, to;
	size_t kept = 0;

	jit_init(&from, in);
	jit_init(&to, out);
	while (jit_next(&to)) {
		if (to.value.type == J_OBJECT && jget(to.value, MARKER_KEY).type == J_STRING) {
			assert_false(jit_next(&to));
			assert_true(jit_ok(&to));
			break;
		}
		kept++;
		do {
			if (!jit_next(&from))
				fail_msg("%.*s: no row of the input: %.*s", STR_ARG(what),
					 STR_ARG(to.value.raw));
		} while (!str_eq(from.value.raw, to.value.raw));
	}
	return kept;
}

static bool has(const struct world *w, const char *text)
{
	return str_has_c(buf_str(&w->out), text);
}

static void assert_has(const struct world *w, const char *text)
{
	if (!has(w, text))
		fail_msg("%s is lost: %s", text, buf_c(&w->out));
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

/* n rows that are all different and in order. */
static void put_rows(struct world *w, unsigned n, const char *more)
{
	uint64_t seed = n;

	for (unsigned i = 0; i < n; i++)
		buf_printf(&w->in,
			   "%s{\"id\":%u,\"name\":\"item "
			   "%u\",\"status\":\"ok\",\"value\":%u.%02u,\"note\":\"%08x\"%s}",
			   i ? "," : "", i, i, 40 + (unsigned)(next_random(&seed) % 20),
			   (unsigned)(next_random(&seed) % 100), (unsigned)next_random(&seed), more);
}

static void rows(struct world *w, unsigned n, const char *more)
{
	buf_clear(&w->in);
	buf_add_ch(&w->in, '[');
	put_rows(w, n, more);
	buf_add_ch(&w->in, ']');
}

/* ---- what it does ---- */

static void crusher_samples_unique_rows(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	rows(&w, 500, "");
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("unique")), 5, 15);
	assert_true(w.out.n * 100 < w.in.n * 15);
	assert_int_equal(w.result.before, 500);
	for (unsigned i = 0; i < 500; i++) { /* the true first 3 and last 2 */
		char id[32];

		snprintf(id, sizeof(id), "{\"id\":%u,", i);
		if (i < 3 || i >= 498)
			assert_has(&w, id);
	}
	assert_has(&w, "500 items compressed to ");
	assert_has(&w, "Omitted: ");
	set(&w, "sample_unique", "false");
	assert_false(crush(&w));
	world_release(&w);
}

static void crusher_obeys_max_items(void **state)
{
	static const char *const limits[] = { "5", "15", "50", "200" };
	size_t kept[4];
	struct world w;

	(void)state;
	world_init(&w);
	rows(&w, 500, "");
	for (size_t i = 0; i < 4; i++) {
		set(&w, "max_items_after_crush", limits[i]);
		assert_true(crush(&w));
		kept[i] = check_rows(&w, STR("limit"));
		assert_true(i == 0 || kept[i] > kept[i - 1]);
		assert_true(kept[i] <= (size_t)w.config.max_items);
	}
	world_release(&w);
}

static void crusher_keeps_first_and_last(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	rows(&w, 300, "");
	set(&w, "keep_first", "7");
	set(&w, "keep_last", "4");
	set(&w, "max_items_after_crush", "5");
	assert_true(crush(&w));
	assert_has(&w, "\"item 6\"");
	assert_has(&w, "\"item 296\"");
	world_release(&w);
}

/* A field that is there in all rows and tells nothing is no error, whatever it is called. */
static void crusher_reads_values_not_keys(void **state)
{
	static const char *const more[] = {
		",\"error\":null,\"timeout\":30,\"failed\":0",
		",\"error\":\"\",\"errors\":[],\"exception\":{}",
		",\"error_rate\":0.25,\"failed\":false",
		",\"failure\":\"none\",\"retry_on_failure\":true",
	};
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		rows(&w, 300, more[i]);
		assert_true(crush(&w));
		assert_in_range(check_rows(&w, str_c(more[i])), 5, 15);
	}
	world_release(&w);
}

/* Three hundred times the same failure is one failure. */
static void crusher_keeps_one_of_each_error(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s{\"id\":\"req-%u\",\"status\":\"failed\",\"message\":\"%s\"}",
			   i ? "," : "", i,
			   i == 150	? "Disk full on node 7"
			   : i == 160	? "Permission denied"
			   : i % 2 == 0 ? "Timeout connecting to db-1"
					: "Timeout connecting to db-2");
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("errors")), 5, 16);
	assert_has(&w, "Disk full");
	assert_has(&w, "Permission denied");
	assert_has(&w, "db-1");
	assert_has(&w, "db-2");
	assert_has(&w, " failed");
	world_release(&w);
}

/* Members whose key tells of an error, however the colon is spaced. */
static void crusher_reads_keys(void **state)
{
	static const char *const spacings[] = { "\":\"", "\": \"", "\" : \"", "\"\n:\"" };
	struct world w;

	(void)state;
	for (size_t k = 0; k < sizeof(spacings) / sizeof(*spacings); k++) {
		world_init(&w);
		for (unsigned i = 0; i < 90; i++)
			buf_printf(
				&w.in,
				"%c\"%s_%u%ssome quite long value, of more than a dozen tokens, number %u\"",
				i ? ',' : '{', i == 37 ? "last_error" : "name", i, spacings[k], i * 7);
		buf_add_ch(&w.in, '}');
		assert_true(crush(&w));
		assert_has(&w, "last_error_37");
		world_release(&w);
	}
}

static void crusher_keeps_errors_of_all_kinds(void **state)
{
	static const char *const errors[] = {
		"\"status\":\"error\",\"message\":\"x\"",
		"\"level\":\"FATAL\"",
		"\"error\":{\"code\":7}",
		"\"message\":\"Connection timeout while reading\"",
		"\"exception\":\"java.lang.IllegalStateException\"",
		"\"nested\":{\"deep\":{\"deeper\":{\"text\":\"access denied\"}}}",
		"\"list\":[1,[{\"x\":[\"it crashed\"]}]]",
		"\"note\":\"first line\\nFatal: second line\"",
		"\"status\":503",
		"\"failed\":true",
	};
	struct world w;

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		world_init(&w);
		buf_add_ch(&w.in, '[');
		put_rows(&w, 200, "");
		buf_printf(&w.in, ",{\"id\":200,%s},", errors[i]);
		put_rows(&w, 200, "");
		buf_add_ch(&w.in, ']');
		assert_true(crush(&w));
		assert_has(&w, errors[i]);
		world_release(&w);
	}
}

/* Texts about errors are no errors, unless something says that they are. */
static void crusher_knows_texts_about_errors(void **state)
{
	static const char *const words[] = { "crash", "panic", "error",	 "failed", "timeout",
					     "fatal", "login", "parser", "lease",  "page",
					     "shard", "leak",  "docs",	 "client" };
	uint64_t seed = 11;
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++) {
		buf_printf(&w.in, "%s{\"number\":%u,\"body\":\"an error", i ? "," : "", i);
		for (unsigned k = 0; k < 30; k++)
			buf_printf(&w.in, " %s", words[next_random(&seed) % 14]);
		buf_printf(&w.in, "\",\"state\":\"%s\"}", i == 123 ? "failed" : "open");
	}
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("texts")), 6, 15);
	assert_has(&w, "\"state\":\"failed\"");
	world_release(&w);
}

static void crusher_looks_into_lists_of_rows(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 200; i++)
		buf_printf(
			&w.in,
			"%s{\"name\":\"pod-%08x\",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"%s\"}],\"restarts\":[%u]}}",
			i ? "," : "", i * 2654435761u, i == 90 ? "False" : "True", i == 155 ? 57 : 0);
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_has(&w, "\"False\"");
	assert_has(&w, "[57]");
	world_release(&w);
}

static void crusher_may_let_errors_go(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s{\"id\":%u,\"text\":\"request %u failed with number %u\"}", i ? "," : "",
			   i, i, i * 7919 % 1000);
	buf_add_ch(&w.in, ']');
	set(&w, "preserve_errors", "false");
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("no errors")), 5, 15);
	world_release(&w);
}

static void crusher_prefers_what_is_asked_for(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	put_rows(&w, 200, "");
	buf_add_c(&w.in,
		  ",{\"id\":7,\"name\":\"zebra stripes\",\"status\":\"ok\",\"value\":50.1,\"note\":\"0\"},");
	put_rows(&w, 200, "");
	buf_add_ch(&w.in, ']');
	ask(&w, "Tell me about the zebra, please");
	assert_true(crush(&w));
	assert_has(&w, "zebra stripes");
	ask(&w, "What became of \"item 133\"?");
	assert_true(crush(&w));
	assert_has(&w, "\"item 133\"");
	ask(&w, "the of and"); /* words that say nothing keep nothing */
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("stop words")), 5, 15);
	world_release(&w);
}

static void crusher_keeps_preserved_fields(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s{\"id\":%u,\"warning\":%s,\"x\":\"%08x\"}", i ? "," : "", i,
			   i % 30 == 17 ? "\"look\""
			   : i % 2	? "\"\""
					: "null",
			   i * 2654435761u);
	buf_add_ch(&w.in, ']');
	set(&w, "preserve_fields", "error, Warning");
	assert_true(crush(&w));
	for (unsigned i = 17; i < 300; i += 30) {
		char id[32];

		snprintf(id, sizeof(id), "{\"id\":%u,", i);
		assert_has(&w, id);
	}
	world_release(&w);
}

static void crusher_shows_where_a_series_changes(void **state)
{
	uint64_t seed = 1;
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s{\"ts\":\"2026-02-01T00:%02u:%02uZ\",\"load\":%u.%u}", i ? "," : "",
			   i / 60, i % 60, (i < 143 ? 100u : 180u) + (unsigned)(next_random(&seed) % 20),
			   (unsigned)(next_random(&seed) % 10));
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_true(has(&w, "00:02:22Z") || has(&w, "00:02:23Z") || has(&w, "00:02:24Z"));
	world_release(&w);
}

/* ---- other lists ---- */

static void crusher_takes_numbers(void **state)
{
	uint64_t seed = 5;
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 400; i++)
		buf_printf(&w.in, "%s%s", i ? ", " : "",
			   i == 171  ? "5.0E2"
			   : i == 30 ? "-3"
				     : arena_printf(&w.arena, "%u.%03u",
						    45 + (unsigned)(next_random(&seed) % 10),
						    (unsigned)(next_random(&seed) % 1000))
					       .p);
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("numbers")), 7, 15);
	assert_has(&w, "5.0E2"); /* as it was written */
	assert_has(&w, "-3");
	assert_has(&w, "min=-3, max=500, median=");
	assert_has(&w, "without 2 outliers mean=");
	world_release(&w);
}

static void crusher_takes_strings(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s\"GET /api/%08x 200\"", i ? "," : "", i * 2654435761u);
	buf_add_c(&w.in,
		  ",\"GET /x 500 internal server error\",\"caf\\u00e9 \\ud83d\\ude00 \\\"quoted\\\"\"]");
	assert_true(crush(&w));
	assert_has(&w, "500 internal server error");
	assert_has(&w, "\"caf\\u00e9 \\ud83d\\ude00 \\\"quoted\\\"\"");
	assert_in_range(check_rows(&w, STR("strings")), 6, 15);
	world_release(&w);
}

static void crusher_takes_each_kind_of_a_mixed_list(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&w.in, "%s{\"k\":%u,\"v\":\"%08x\"},\"text %08x\",%u.5,%s", i ? "," : "", i,
			   i * 2654435761u, i * 40503u * 977u, i % 7, i % 2 ? "true" : "null");
	buf_add_c(&w.in, ",[1,2],[3]]");
	assert_true(crush(&w));
	check_rows(&w, STR("mixed"));
	assert_has(&w, "[1,2],[3]");
	assert_has(&w, "402 items compressed to ");
	assert_has(&w, " strings");
	world_release(&w);
}

static void crusher_takes_large_objects(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '{');
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&w.in,
			   "\"key_%u\":\"some value that is long enough to be worth leaving out %08x\",", i,
			   i * 2654435761u);
	buf_add_c(&w.in, "\"last_error\":\"the disk was full when the value that is long enough arrived\"}");
	assert_true(crush(&w));
	assert_has(&w, "\"last_error\"");
	assert_has(&w, "\"key_0\"");
	assert_has(&w, "101 items compressed to ");
	assert_has(&w, ",\"_headroom\":\"[");
	assert_false(has(&w, "\"key_9\":"));
	assert_true(w.out.n * 3 < w.in.n);
	world_release(&w);
}

static void crusher_takes_rows_that_are_arrays(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_c(&w.in, "{\"columns\":[\"id\",\"state\",\"ms\"],\"data\":[");
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&w.in, "%s[%u,\"ok\",%u]", i ? "," : "", i, i == 211 ? 99999 : 20 + i * 7919 % 13);
	buf_add_c(&w.in, "],\"total\":300}");
	assert_true(crush(&w));
	assert_has(&w, "{\"columns\":[\"id\",\"state\",\"ms\"],\"data\":[[0,");
	assert_has(&w, "[211,\"ok\",99999]");
	assert_has(&w, "\"total\":300}");
	world_release(&w);
}

static void crusher_goes_into_what_is_nested(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_c(&w.in, "{\"a\" : {\"b\": [1, {\"c\": {\"d\": [");
	put_rows(&w, 100, "");
	buf_add_c(&w.in, "]}}]},\r\n \"rest\" : [1 , 2] }\n");
	assert_true(crush(&w));
	assert_true(str_starts_c(buf_str(&w.out), "{\"a\" : {\"b\": [1, {\"c\": {\"d\": [{\"id\":0,"));
	assert_true(str_ends_c(buf_str(&w.out), "]}}]},\r\n \"rest\" : [1 , 2] }\n"));
	buf_clear(&w.in); /* too deep */
	buf_add_c(&w.in, "[[[[[[[");
	put_rows(&w, 100, "");
	buf_add_c(&w.in, "]]]]]]]");
	assert_false(crush(&w));
	world_release(&w);
}

/* Rows that are documents themselves are shortened, too. */
static void crusher_shortens_large_rows(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 40; i++) {
		buf_printf(&w.in, "%s{\"page\":%u,\"rows\":[", i ? "," : "", i);
		put_rows(&w, 60, "");
		buf_add_c(&w.in, "]}");
	}
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_true(w.out.n * 10 < w.in.n);
	world_release(&w);
}

static void crusher_takes_lines(void **state)
{
	str rest, line;
	size_t n = 0;
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 200; i++)
		buf_printf(&w.in, "{\"id\": %u, \"level\": \"%s\"}\n%s", i, i == 77 ? "ERROR" : "INFO",
			   i == 9 ? "\n" : "");
	assert_true(crush(&w));
	rest = buf_str(&w.out);
	while (str_line(&rest, &line)) {
		struct jval v = jval_of(line);

		assert_int_equal(v.type, J_OBJECT);
		assert_int_equal(v.raw.n, line.n);
		n++;
	}
	assert_in_range(n, 6, 16);
	assert_has(&w, "{\"id\":77,\"level\":\"ERROR\"}\n");
	assert_has(&w, "\n{\"_headroom\":\"[200 items compressed to ");
	buf_add_c(&w.in, "no JSON\n");
	assert_false(crush(&w));
	world_release(&w);
}

static void crusher_says_constants_once_if_told_to(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	rows(&w, 200, ",\"unit\":\"ms\",\"tags\":[1,2]");
	set(&w, "factor_out_constants", "true");
	assert_true(crush_text(&w, buf_str(&w.in), &w.out));
	assert_true(str_starts_c(
		buf_str(&w.out),
		"{\"_constant\":{\"status\":\"ok\",\"unit\":\"ms\",\"tags\":[1,2]},\"items\":["));
	assert_has(&w, "[{\"id\":0,\"name\":\"item 0\",\"value\":");
	assert_true(str_ends_c(buf_str(&w.out), "Expires in 60m.]\"}]}"));
	world_release(&w);
}

static void crusher_leaves_alone(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"17",
		"\"text\"",
		"null",
		"[]",
		"{}",
		"[1,2,3]",
		"{\"a\":1}",
		"[",
		"{\"a\":",
		"[1,2",
		"[1 2]",
		"not JSON at all",
		"[1,2,3] and more",
		"{\"a\":1}{\"b\":2}",
	};
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		buf_clear(&w.in);
		buf_add_c(&w.in, texts[i]);
		assert_false(crush_text(&w, buf_str(&w.in), &w.out));
		assert_non_null(w.result.reason);
	}
	rows(&w, 100, "");
	w.in.p[w.in.n / 2] = '\n'; /* some row is broken now, or holds what no string may */
	w.in.p[str_find(str_from(buf_str(&w.in), w.in.n / 3), STR("\":")) + w.in.n / 3 + 1] = ';';
	assert_false(crush(&w));
	rows(&w, 8, "");
	assert_false(crush(&w));
	rows(&w, 500, "");
	set(&w, "min_items_to_analyze", "501");
	assert_false(crush(&w));
	world_release(&w);
}

/* Each option of the table that is about JSON changes what it says: base settings, then the one that counts. */
static void crusher_obeys_every_option(void **state)
{
	static const char *const options[][4] = {
		{ "max_items_after_crush", "9", NULL, NULL },
		{ "min_items_to_analyze", "1000", NULL, NULL },
		{ "keep_first", "9", NULL, NULL },
		{ "keep_last", "9", NULL, NULL },
		{ "relevance_threshold", "1", NULL, NULL },
		{ "anomaly_std_threshold", "60", NULL, NULL },
		{ "preserve_fields", "flag", NULL, NULL },
		{ "preserve_errors", "false", NULL, NULL },
		{ "factor_out_constants", "true", NULL, NULL },
		{ "sample_unique", "false", "preserve_errors", "false" },
		{ "anchor_budget_pct", "0", "max_items_after_crush", "50" },
		{ "min_anchor_slots", "12", NULL, NULL },
		{ "max_anchor_slots", "4", "max_items_after_crush", "50" },
		{ "dedup_bits", "64", NULL, NULL },
		{ "ccr_ttl_seconds", "60", NULL, NULL },
	};
	struct world w, base;
	bool done;

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		world_init(&base);
		buf_add_ch(&base.in, '[');
		put_rows(&base, 200, ",\"unit\":\"ms\",\"flag\":0");
		for (unsigned k = 0; k < 6; k++)
			buf_printf(&base.in,
				   ",{\"id\":%u,\"name\":\"%.*s\",\"status\":\"ok\",\"value\":%u.5,"
				   "\"note\":"
				   "\"%s\",\"unit\":\"ms\",\"flag\":%u}",
				   500 + k, k < 5 ? 5 + (int)k : 4, k < 5 ? "zebra stripe" : "lynx",
				   k == 5 ? 900 : 50 + k, k == 2 ? "failed" : "x", k < 5 ? k % 2 : 0);
		buf_add_ch(&base.in, ',');
		put_rows(&base, 100, ",\"unit\":\"ms\",\"flag\":7");
		buf_add_ch(&base.in, ']');
		ask(&base, "zebra stripes");
		if (strcmp(options[i][0], "sample_unique") == 0)
			rows(&base, 300, "");
		if (options[i][2])
			set(&base, options[i][2], options[i][3]);
		assert_true(crush_text(&base, buf_str(&base.in), &base.out));
		world_init(&w);
		w.config = base.config;
		w.query = base.query;
		set(&w, options[i][0], options[i][1]);
		done = crush_text(&w, buf_str(&base.in), &w.out);
		if (done && str_eq(buf_str(&w.out), buf_str(&base.out)))
			fail_msg("%s=%s changes nothing", options[i][0], options[i][1]);
		world_release(&w);
		world_release(&base);
	}
}

/* ---- needles ---- */

enum needle {
	NEEDLE_ERROR,
	NEEDLE_NUMBER,
	NEEDLE_VALUE,
	NEEDLE_FIELD,
	NEEDLE_ANCHOR,
	NEEDLE_COUNT
};

/* A haystack of rows with all needles at random places; each of them is marked by its own id. */
static void put_haystack(struct world *w, unsigned n, uint64_t *seed, unsigned needles[static NEEDLE_COUNT])
{
	static const char *const hosts[] = { "alpha", "beta", "gamma", "delta" };

	for (size_t k = 0; k < NEEDLE_COUNT; k++)
		needles[k] = (unsigned)(next_random(seed) % n);
	buf_clear(&w->in);
	buf_add_ch(&w->in, '[');
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&w->in, "%s{\"row\":\"r%u\",\"host\":\"%s\",\"mode\":\"%s\",\"ms\":%u",
			   i ? "," : "", i, hosts[next_random(seed) % 4],
			   i == needles[NEEDLE_VALUE] ? "backup" : "normal",
			   i == needles[NEEDLE_NUMBER] ? 4000 : 20 + (unsigned)(next_random(seed) % 60));
		buf_printf(&w->in, ",\"text\":\"%s %x\"",
			   i == needles[NEEDLE_ERROR] ? "lookup failed for" : "looked up",
			   (unsigned)next_random(seed));
		if (i == needles[NEEDLE_FIELD])
			buf_printf(&w->in, ",\"extra\":%u", i);
		if (i == needles[NEEDLE_ANCHOR])
			buf_printf(&w->in, ",\"text\":\"order ORD-778812 here\"");
		buf_add_ch(&w->in, '}');
	}
	buf_add_ch(&w->in, ']');
}

static void crusher_finds_every_needle(void **state)
{
	static const char *const limits[] = { "1", "5", "15", "50" };
	unsigned needles[NEEDLE_COUNT], n;
	char id[32];
	struct world w;

	(void)state;
	world_init(&w);
	ask(&w, "What happened to ORD-778812?");
	for (uint64_t seed = 1; seed <= 200; seed++) {
		uint64_t random = seed;

		n = 60 + (unsigned)(next_random(&random) % 600);
		put_haystack(&w, n, &random, needles);
		set(&w, "max_items", limits[seed % 4]);
		assert_true(crush(&w));
		assert_true(check_rows(&w, STR("needles")) <= 50);
		for (size_t k = 0; k < NEEDLE_COUNT; k++) {
			snprintf(id, sizeof(id), "\"r%u\"", needles[k]);
			if (!has(&w, id))
				fail_msg("seed %u: needle %zu, %s of %u, is lost", (unsigned)seed, k, id, n);
		}
		for (unsigned i = 0; i < 5; i++) {
			snprintf(id, sizeof(id), "\"r%u\"", i < 3 ? i : n + i - 5);
			assert_has(&w, id);
		}
	}
	world_release(&w);
}

/* Twenty different errors in a thousand rows, and spikes that hide one another. */
static void crusher_finds_many_needles(void **state)
{
	uint64_t seed = 42;
	struct world w;
	char text[64];

	(void)state;
	world_init(&w);
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 1000; i++) {
		buf_printf(&w.in, "%s{\"id\":%u,\"s\":%u,\"t\":\"%s %u\"}", i ? "," : "", i,
			   i == 333   ? 1000000
			   : i == 444 ? 900
				      : 100 + (unsigned)(next_random(&seed) % 20),
			   i % 50 == 7 ? "Cannot open file: access denied" : "opened", i);
	}
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	for (unsigned i = 7; i < 1000; i += 50) {
		snprintf(text, sizeof(text), "access denied %u\"", i);
		assert_has(&w, text);
	}
	assert_has(&w, "{\"id\":333,");
	assert_has(&w, "{\"id\":444,"); /* nothing beside a million, yet far from all others */
	world_release(&w);
}

/* ---- hostile texts ---- */

static void crusher_stands_anything(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < 100000; i++)
		buf_add_ch(&w.in, '[');
	crush_text(&w, buf_str(&w.in), &w.out);
	for (size_t i = 0; i < 100000; i++)
		buf_add_ch(&w.in, ']');
	crush_text(&w, buf_str(&w.in), &w.out);
	buf_clear(&w.in); /* a row nested deeper than anybody looks, in a list */
	buf_add_ch(&w.in, '[');
	put_rows(&w, 50, "");
	buf_add_c(&w.in, ",{\"deep\":");
	for (size_t i = 0; i < 5000; i++)
		buf_add_c(&w.in, "[{\"x\":");
	buf_add_ch(&w.in, '1');
	for (size_t i = 0; i < 5000; i++)
		buf_add_c(&w.in, "}]");
	buf_add_c(&w.in, "}]");
	assert_true(crush_text(&w, buf_str(&w.in), &w.out));
	buf_clear(&w.in); /* keys that are data */
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&w.in, "%s{\"k%u\":%u}", i ? "," : "", i, i);
	buf_add_ch(&w.in, ']');
	assert_true(crush(&w));
	assert_in_range(check_rows(&w, STR("keys")), 5, 15);
	buf_clear(&w.in); /* NULs, bytes that are no UTF-8, lone surrogates */
	buf_add_ch(&w.in, '[');
	for (unsigned i = 0; i < 100; i++) {
		buf_printf(&w.in, "%s{\"\\ud800\":\"\xff\xfe %u ", i ? "," : "", i * 7919);
		buf_add(&w.in, STR("\0\\u0000\"}"));
	}
	buf_add_ch(&w.in, ']');
	assert_true(crush_text(&w, buf_str(&w.in), &w.out));
	world_release(&w);
}

const struct CMUnitTest json_array_tests[] = {
	cmocka_unit_test(crusher_samples_unique_rows),
	cmocka_unit_test(crusher_obeys_max_items),
	cmocka_unit_test(crusher_keeps_first_and_last),
	cmocka_unit_test(crusher_reads_values_not_keys),
	cmocka_unit_test(crusher_keeps_one_of_each_error),
	cmocka_unit_test(crusher_reads_keys),
	cmocka_unit_test(crusher_keeps_errors_of_all_kinds),
	cmocka_unit_test(crusher_knows_texts_about_errors),
	cmocka_unit_test(crusher_looks_into_lists_of_rows),
	cmocka_unit_test(crusher_may_let_errors_go),
	cmocka_unit_test(crusher_prefers_what_is_asked_for),
	cmocka_unit_test(crusher_keeps_preserved_fields),
	cmocka_unit_test(crusher_shows_where_a_series_changes),
	cmocka_unit_test(crusher_takes_numbers),
	cmocka_unit_test(crusher_takes_strings),
	cmocka_unit_test(crusher_takes_each_kind_of_a_mixed_list),
	cmocka_unit_test(crusher_takes_large_objects),
	cmocka_unit_test(crusher_takes_rows_that_are_arrays),
	cmocka_unit_test(crusher_goes_into_what_is_nested),
	cmocka_unit_test(crusher_shortens_large_rows),
	cmocka_unit_test(crusher_takes_lines),
	cmocka_unit_test(crusher_says_constants_once_if_told_to),
	cmocka_unit_test(crusher_leaves_alone),
	cmocka_unit_test(crusher_obeys_every_option),
	cmocka_unit_test(crusher_finds_every_needle),
	cmocka_unit_test(crusher_finds_many_needles),
	cmocka_unit_test(crusher_stands_anything),
};
const size_t json_array_tests_count = sizeof(json_array_tests) / sizeof(*json_array_tests);
