#include "tests/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/json/elide.h"
#include "core/json/jget.h"
#include "core/json/jsonl.h"

/* A new file with these bytes. */
static const char *file_of(str bytes)
{
	const char *path = test_path(test_dir(), "log.jsonl");

	test_write(path, bytes);
	return path;
}

static void append(const char *path, str bytes)
{
	FILE *file = fopen(path, "ab");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static struct jsonl *open_at(const char *path, uint64_t offset, uint32_t number)
{
	struct error err;
	struct jsonl *r = jsonl_open(path, offset, number, &err);

	if (!r)
		fail_msg("%s", err.message);
	return r;
}

static void expect_line(struct jsonl *r, const char *text, uint64_t offset, uint32_t number)
{
	struct jsonl_line line;

	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
	assert_str_equal(line.text, text);
	assert_int_equal(line.offset, offset);
	assert_int_equal(line.number, number);
	assert_int_equal(line.elided, 0);
}

static void expect_end(struct jsonl *r, uint64_t offset, uint32_t number)
{
	struct jsonl_line line;
	uint64_t at;
	uint32_t n;

	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_DONE);
	jsonl_position(r, &at, &n);
	assert_int_equal(at, offset);
	assert_int_equal(n, number);
}

static void jsonl_gives_lines_with_places(void **state)
{
	struct jsonl *r = open_at(file_of(STR("{\"a\":1}\n\n  {\"b\":2}\r\n\xef\xbb\xbf{\"c\":3}\n")), 0, 1);

	(void)state;
	expect_line(r, "{\"a\":1}", 0, 1);
	expect_line(r, "{\"b\":2}", 9, 3);
	expect_line(r, "{\"c\":3}", 20, 4);
	expect_end(r, 31, 5);
	assert_int_equal(jsonl_stats(r)->lines, 3);
	assert_int_equal(jsonl_stats(r)->bytes, 31);
	assert_false(jsonl_stats(r)->partial);
	jsonl_free(r);
}

static void jsonl_counts_what_it_skips(void **state)
{
	struct jsonl *r = open_at(file_of(STR("garbage\n{\"a\":1}\n{\"b\":\"\0\"}\n[1]\n{\"c\":1}\n")), 0, 1);

	(void)state;
	expect_line(r, "{\"a\":1}", 8, 2);
	expect_line(r, "{\"c\":1}", 30, 5);
	expect_end(r, 38, 6);
	assert_int_equal(jsonl_stats(r)->skipped_other, 2);
	assert_int_equal(jsonl_stats(r)->skipped_nul, 1);
	assert_int_equal(jsonl_stats(r)->skipped_long, 0);
	jsonl_free(r);
}

static void jsonl_waits_for_a_cut_line(void **state)
{
	const char *path = file_of(STR("{\"a\":1}\n{\"b\":\"x"));
	struct jsonl *r = open_at(path, 0, 1);

	(void)state;
	expect_line(r, "{\"a\":1}", 0, 1);
	expect_end(r, 8, 2);
	assert_true(jsonl_stats(r)->partial);
	append(path, STR("y\"}\n{\"c\":3}\n"));
	expect_line(r, "{\"b\":\"xy\"}", 8, 2);
	expect_line(r, "{\"c\":3}", 19, 3);
	expect_end(r, 27, 4);
	assert_false(jsonl_stats(r)->partial);
	jsonl_free(r);
}

/* A complete last line is used although its newline is missing, and counted once, whenever the newline
 * comes. */
static void jsonl_takes_a_last_line_without_newline(void **state)
{
	const char *path = file_of(STR("{\"a\":1}\n{\"b\":\"}\"} "));
	struct jsonl *r = open_at(path, 0, 1);

	(void)state;
	expect_line(r, "{\"a\":1}", 0, 1);
	expect_line(r, "{\"b\":\"}\"}", 8, 2);
	expect_end(r, 18, 3);
	assert_false(jsonl_stats(r)->partial);
	append(path, STR("\n{\"c\":3}\n"));
	expect_line(r, "{\"c\":3}", 19, 3);
	expect_end(r, 27, 4);
	jsonl_free(r);

	r = open_at(path, 18, 3);
	expect_line(r, "{\"c\":3}", 19, 3);
	expect_end(r, 27, 4);
	assert_int_equal(jsonl_reopen(r, path, 8, 2, NULL), STATUS_OK);
	expect_line(r, "{\"b\":\"}\"}", 8, 2);
	jsonl_free(r);
}

static void jsonl_resumes_where_it_stopped(void **state)
{
	const char *path = file_of(STR("{\"a\":1}\n{\"b\":2}\n"));
	struct jsonl *r = open_at(path, 8, 2);

	(void)state;
	expect_line(r, "{\"b\":2}", 8, 2);
	expect_end(r, 16, 3);
	append(path, STR("{\"c\":3}\n"));
	expect_line(r, "{\"c\":3}", 16, 3);
	expect_end(r, 24, 4);
	assert_int_equal(jsonl_reopen(r, path, 1000, 9, NULL), STATUS_OK);
	expect_end(r, 1000, 9);
	jsonl_free(r);
}

static void jsonl_reports_what_it_cannot_read(void **state)
{
	const char *dir = test_dir();
	struct jsonl_line line;
	struct error err;
	struct jsonl *r;

	(void)state;
	assert_null(jsonl_open(test_path(dir, "none"), 0, 1, &err));
	assert_int_equal(err.code, STATUS_NOT_FOUND);
	r = open_at(dir, 0, 1);
	assert_int_equal(jsonl_next(r, &line, &err), STATUS_FAILED);
	jsonl_free(r);
	jsonl_free(NULL);
}

/* ---- long lines ---- */

static void add_run(struct buf *b, char c, size_t n)
{
	char *p = buf_room(b, n);

	assert_non_null(p);
	memset(p, c, n);
	buf_commit(b, n);
}

static void jsonl_keeps_lines_of_any_size_apart(void **state)
{
	static const size_t sizes[] = {
		10, 262144, 262143, 300000, 1048575, 1048576, 20, 1048577, 3000000, 5
	};
	struct jsonl_line line;
	const char *path;
	struct jsonl *r;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		buf_printf(&b, "{\"n\":%zu,\"s\":\"", i);
		add_run(&b, 'x', sizes[i]);
		buf_add_c(&b, "\",\"z\":1}\n");
	}
	path = file_of(buf_str(&b));
	r = open_at(path, 0, 1);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct jval v;

		assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
		assert_int_equal(line.number, i + 1);
		v = jval_of(line.text);
		assert_int_equal(jval_i64(jget(v, "n"), -1), i);
		assert_int_equal(jval_i64(jget(v, "z"), -1), 1);
		if (sizes[i] < 1000000)
			assert_int_equal(line.elided, 0);
		else
			assert_true(line.text.n < 20000);
		assert_int_equal(jget(v, "s").raw.n + line.elided, sizes[i]);
	}
	expect_end(r, b.n, 11);
	assert_int_equal(jsonl_stats(r)->bytes, b.n);
	jsonl_free(r);
	buf_release(&b);
}

static void jsonl_skips_lines_past_the_limit(void **state)
{
	struct jsonl_line line;
	const char *path;
	struct jsonl *r;
	struct buf b;

	(void)state;
	buf_init(&b, 32 << 20);
	buf_add_c(&b, "{\"s\":\"");
	add_run(&b, 'x', 5 << 20);
	buf_add_c(&b, "\"}\n{\"nul\":\"");
	add_run(&b, 'x', 2 << 20);
	add_run(&b, '\0', 1);
	add_run(&b, 'x', 2 << 20);
	buf_add_c(&b, "\"}\n{\"many\":{");
	for (int i = 0; i < 200000; i++) /* no strings and no arrays to shorten */
		buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
	buf_add_c(&b, "}}\n{\"a\":1}\n{\"cut\":\"");
	add_run(&b, 'x', 2 << 20);
	path = file_of(buf_str(&b));
	r = open_at(path, 0, 1);
	jsonl_limit(r, 4 << 20);
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
	assert_str_equal(line.text, "{\"a\":1}");
	assert_int_equal(line.number, 4);
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_DONE);
	assert_int_equal(jsonl_stats(r)->skipped_long, 2);
	assert_int_equal(jsonl_stats(r)->skipped_nul, 1);
	assert_true(jsonl_stats(r)->partial);
	append(path, STR("\"}"));
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
	assert_int_equal(line.number, 5);
	assert_true(line.elided > 2000000);
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_DONE);
	jsonl_free(r);
	buf_release(&b);
}

/* ---- the elider ---- */

static uint64_t seed;

static size_t pick(size_t n)
{
	seed = hash_mix(seed + 1, 0x9e3779b97f4a7c15ULL);
	return (size_t)(seed >> 11) % n;
}

/* A string of about n bytes of one flavour, so that every kind of character meets the cuts. */
static void jsonl_gives_whole_lines_if_asked(void **state)
{
	struct jsonl_line line;
	const char *path;
	struct jsonl *r;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	buf_add_c(&b, "{\"a\":\"");
	add_run(&b, 'x', 3 << 20);
	buf_add_c(&b, "\"}\n{\"a\":\"");
	add_run(&b, 'x', 5 << 20);
	buf_add_c(&b, "\"}\n{}\n");
	path = file_of(buf_str(&b));
	r = open_at(path, 0, 1);
	jsonl_whole(r, 4 << 20);
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
	assert_int_equal(line.text.n, (3 << 20) + strlen("{'a':''}"));
	assert_int_equal(line.elided, 0);
	assert_int_equal(jsonl_next(r, &line, NULL), STATUS_OK);
	assert_true(line.text.n < 20000);
	assert_int_equal(line.text.n + line.elided, (5 << 20) + strlen("{'a':''}"));
	expect_line(r, "{}", b.n - strlen("{}\n"), 3);
	jsonl_free(r);
	buf_release(&b);
}

static void add_text(struct buf *b, size_t n)
{
	static const char *const flavours[][3] = {
		{ "plain ", "text", "." },	{ "\\n", "x", "\\\\" }, { "\\u20ac", "\\u001b", "[0m" },
		{ "\\ud83d\\ude80", "a", "é" }, { "é", "→", "🚀" },	{ "\\\\", "\\\\", "\\\"" },
	};
	const char *const *flavour = flavours[pick(sizeof(flavours) / sizeof(*flavours))];
	size_t stop = b->n + n;

	buf_add_ch(b, '"');
	while (b->n < stop)
		buf_add_c(b, flavour[pick(3)]);
	buf_add_ch(b, '"');
}

static void make_line(struct buf *b)
{
	buf_clear(b);
	buf_add_c(b, "{\"type\":\"user\",\"long\":");
	add_text(b, pick(2) ? 16384 + pick(100) : 8000 + pick(40000));
	buf_add_c(b, ",\"list\":[");
	for (size_t i = 0, n = pick(40); i < n; i++) {
		buf_add_c(b, i ? ", {\"text\":" : "{\"text\":");
		add_text(b, pick(30000));
		buf_add_c(b, ",\"deep\":[1,[2,{\"a\":[]}],\"]\"]}");
	}
	buf_add_c(b, "],\"short\":\"x\",\"numbers\":[");
	for (size_t i = 0, n = pick(200000); i < n; i++)
		buf_printf(b, i ? ",%d" : "%d", (int)pick(100));
	buf_add_c(b, "],\"last\":{\"is\":true}}");
}

static void elide_in_pieces(str line, size_t longest, struct buf *out, uint64_t *elided)
{
	struct elide *e = malloc(sizeof(*e));
	size_t n;

	assert_non_null(e);
	buf_clear(out);
	elide_begin(e, out);
	for (; line.n > 0; line = str_from(line, n)) {
		n = pick(longest) + 1;
		n = n < line.n ? n : line.n;
		elide_feed(e, line.p, n);
	}
	assert_true(elide_complete(e));
	*elided = e->elided;
	free(e);
}

static void jsonl_elides_validly_and_alike_in_any_pieces(void **state)
{
	static const size_t longest[] = { 7, 1000, 100000, 1 << 20 };
	uint64_t elided, first_elided = 0;
	struct buf line, first, again;
	json_t *json;

	(void)state;
	seed = 7;
	buf_init(&line, 8 << 20);
	buf_init(&first, JSONL_MAX_BUFFER);
	buf_init(&again, JSONL_MAX_BUFFER);
	for (int i = 0; i < 60; i++) {
		make_line(&line);
		elide_in_pieces(buf_str(&line), line.n, &first, &first_elided);
		for (size_t k = 0; k < sizeof(longest) / sizeof(*longest); k++) {
			elide_in_pieces(buf_str(&line), longest[k], &again, &elided);
			assert_true(str_eq(buf_str(&again), buf_str(&first)));
			assert_int_equal(elided, first_elided);
		}
		assert_int_equal(first.n + elided, line.n);
		json = json_loadb(first.p, first.n, 0, NULL);
		assert_non_null(json);
		assert_int_equal(json_object_size(json), 6);
		assert_true(json_string_length(json_object_get(json, "long")) <= 2 * ELIDE_STRING_PART);
		assert_true(json_is_true(json_object_get(json_object_get(json, "last"), "is")));
		json_decref(json);
	}
	buf_release(&line);
	buf_release(&first);
	buf_release(&again);
}

/* clang-format off */
const struct CMUnitTest jsonl_tests[] = {
	cmocka_unit_test(jsonl_gives_lines_with_places),
	cmocka_unit_test(jsonl_counts_what_it_skips),
	cmocka_unit_test(jsonl_waits_for_a_cut_line),
	cmocka_unit_test(jsonl_takes_a_last_line_without_newline),
	cmocka_unit_test(jsonl_resumes_where_it_stopped),
	cmocka_unit_test(jsonl_reports_what_it_cannot_read),
	cmocka_unit_test(jsonl_keeps_lines_of_any_size_apart),
	cmocka_unit_test(jsonl_skips_lines_past_the_limit),
	cmocka_unit_test(jsonl_gives_whole_lines_if_asked),
	cmocka_unit_test(jsonl_elides_validly_and_alike_in_any_pieces),
};
/* clang-format on */
const size_t jsonl_tests_count = sizeof(jsonl_tests) / sizeof(*jsonl_tests);
