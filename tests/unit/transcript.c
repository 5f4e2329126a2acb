#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jget.h"
#include "scanners/claude.h"

#define FIXTURES "tests/fixtures/transcript"

static const char *const kinds[PIECE_KIND_COUNT] = {
	"USER", "ASSISTANT", "THINKING", "CALL", "RESULT", "IMAGE", "REQUEST", "USAGE", "RESET",
};

/* ---- pieces as text, one line each ---- */

/* Ids of records by their hashes, so that links can be read: the fixtures' are a letter and a number. */
static void show_id(struct buf *out, const char *name, uint64_t hash)
{
	char id[16];

	if (hash == 0)
		return;
	for (char letter = 'a'; letter <= 'z'; letter++)
		for (int i = 0; i < 20; i++) {
			snprintf(id, sizeof(id), "%c%d", letter, i);
			if (str_hash(str_c(id)) == hash) {
				buf_printf(out, " %s=%s", name, id);
				return;
			}
		}
	buf_printf(out, " %s=?", name);
}

static void show(struct buf *out, const char *name, str value)
{
	if (value.n > 0)
		buf_printf(out, " %s=%.*s", name, STR_ARG(value));
}

static void show_usage(struct buf *out, const struct piece *p)
{
	const struct usage *u = &p->usage;

	show(out, "id", p->id);
	show(out, "model", p->model);
	buf_printf(out, " tokens=%lld/%lld/%lld/%lld/%lld/%lld%s%s", (long long)u->input,
		   (long long)u->output, (long long)u->cache_read, (long long)u->cache_write,
		   (long long)u->cache_write_5m, (long long)u->cache_write_1h, p->complete ? " complete" : "",
		   p->forgets ? " forgets" : "");
}

static bool show_piece(void *ctx, const struct piece *p)
{
	struct buf *out = ctx;

	buf_add_c(out, kinds[p->kind]);
	show(out, "thread", p->thread);
	show_id(out, "record", p->record);
	show_id(out, "parent", p->parent);
	buf_printf(out, " time=%lld%s%s", (long long)(p->time / 1000 % 10000), p->prompt ? " prompt" : "",
		   p->error ? " error" : "");
	if (p->kind == PIECE_REQUEST || p->kind == PIECE_USAGE)
		show_usage(out, p);
	show(out, "call", p->call);
	show(out, "tool", p->tool);
	if (p->elided > 0)
		buf_printf(out, " elided=%llu", (unsigned long long)p->elided);
	show(out, p->string ? "text" : "json", p->text);
	return buf_add_ch(out, '\n');
}

static void show_file(struct buf *out, const char *name)
{
	struct session_file file = { .path = str_c(test_path(FIXTURES, name)) };
	struct scan_stats stats;
	struct error err;

	buf_printf(out, "== %s\n", name);
	assert_int_equal(claude_scanner.transcript(&file, show_piece, out, &stats, &err), STATUS_OK);
	buf_printf(out, "-- %u lines, %u skipped, %u unknown\n\n", stats.lines, stats.skipped,
		   stats.unknown_kinds);
}

/* Compares with what is expected; UPDATE=1 writes it instead. */
static void transcript_tells_its_fixtures(void **state)
{
	const char *expected_path = FIXTURES "/pieces.txt";
	struct buf out, expected;
	struct error err;

	(void)state;
	buf_init(&out, 1 << 20);
	buf_init(&expected, 1 << 20);
	show_file(&out, "session.jsonl");
	show_file(&out, "old.jsonl");
	show_file(&out, "agent-a7f3.jsonl");
	if (env_get("UPDATE"))
		test_write(expected_path, buf_str(&out));
	assert_int_equal(fs_read_file(expected_path, &expected, &err), STATUS_OK);
	assert_string_equal(buf_c(&out), buf_c(&expected));
	buf_release(&expected);
	buf_release(&out);
}

/* ---- what fixtures are too small for ---- */

struct seen {
	size_t pieces, stop_at, longest;
	uint64_t elided;
};

static bool see(void *ctx, const struct piece *p)
{
	struct seen *seen = ctx;

	seen->pieces++;
	if (p->text.p)
		seen->elided += p->elided;
	if (p->text.n > seen->longest)
		seen->longest = p->text.n;
	return seen->pieces != seen->stop_at;
}

static void transcript_stops_when_told(void **state)
{
	struct session_file file = { .path = STR(FIXTURES "/session.jsonl") };
	struct seen seen = { .stop_at = 3 };
	struct scan_stats stats;

	(void)state;
	assert_int_equal(claude_scanner.transcript(&file, see, &seen, &stats, NULL), STATUS_OK);
	assert_int_equal(seen.pieces, 3);
}

static void transcript_of_no_file_fails(void **state)
{
	struct session_file file = { .path = STR(FIXTURES "/none.jsonl") };
	struct seen seen = { 0 };
	struct scan_stats stats;
	struct error err;

	(void)state;
	assert_int_not_equal(claude_scanner.transcript(&file, see, &seen, &stats, &err), STATUS_OK);
	assert_non_null(strstr(err.message, "none.jsonl"));
	assert_int_equal(seen.pieces, 0);
}

/* What is told of an answer of n bytes. */
static struct seen see_text_of(size_t n)
{
	const char *path = test_path(test_dir(), "long.jsonl");
	struct session_file file = { .path = str_c(path) };
	struct seen seen = { 0 };
	struct scan_stats stats;
	struct buf line;

	buf_init(&line, n + 1000);
	buf_add_c(&line, "{\"type\":\"assistant\",\"uuid\":\"s1\",\"message\":{\"id\":\"m\",\"model\":\"x\","
			 "\"content\":[{"
			 "\"type\":\"text\",\"text\":\"");
	memset(buf_room(&line, n), 'x', n);
	buf_commit(&line, n);
	buf_add_c(&line, "\"}]}}\n");
	test_write(path, buf_str(&line));
	buf_release(&line);
	assert_int_equal(claude_scanner.transcript(&file, see, &seen, &stats, NULL), STATUS_OK);
	assert_int_equal(seen.pieces, 2);
	return seen;
}

/* Lines that the event reader would shorten are whole; of those that no request can hold it is told how much is gone. */
static void transcript_never_shortens_silently(void **state)
{
	const size_t whole = (size_t)3 << 20, more = ((size_t)64 << 20) + 1;
	struct seen seen;

	(void)state;
	seen = see_text_of(whole);
	assert_int_equal(seen.longest, whole);
	assert_int_equal(seen.elided, 0);
	seen = see_text_of(more);
	assert_true(seen.longest < whole);
	assert_int_equal(seen.longest + seen.elided, more);
}

const struct CMUnitTest transcript_tests[] = {
	cmocka_unit_test(transcript_tells_its_fixtures),
	cmocka_unit_test(transcript_stops_when_told),
	cmocka_unit_test(transcript_of_no_file_fails),
	cmocka_unit_test(transcript_never_shortens_silently),
};
const size_t transcript_tests_count = sizeof(transcript_tests) / sizeof(*transcript_tests);
