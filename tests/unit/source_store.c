/*
 * source_store: savings, request logs, library metrics and session stats, alone and together.
 */
#include "tests/unit/top.h"

#include <sqlite3.h>

#include "core/store/metrics.h"

/* Local time of the tests is UTC, which a stamp without a zone is taken for. */
static const char savings_v1[] =
	"{\"schema_version\":1,\"lifetime\":{\"tokens_saved\":900,\"compression_savings_usd\":0.5},"
	"\"history\":["
	"{\"timestamp\":\"2026-03-18T00:00:00Z\",\"total_tokens_saved\":100,\"compression_savings_usd\":0.1},"
	"{\"timestamp\":\"2026-03-20T11:00:00Z\",\"total_tokens_saved\":1000,\"compression_savings_usd\":0."
	"75},"
	"[\"2026-03-19T00:00:00Z\",400,0.3]]}";

static const char savings_v3[] =
	"{\"schema_version\":3,\"lifetime\":{\"requests\":7,\"tokens_saved\":1000,\"compression_savings_"
	"usd\":0.75,"
	"\"total_input_tokens\":3000,\"total_input_cost_usd\":1.5},\"display_session\":{},\"history\":["
	"{\"timestamp\":\"2026-03-18T00:00:00Z\",\"provider\":\"anthropic\",\"model\":\"m\",\"total_tokens_"
	"saved\":100,"
	"\"compression_savings_usd\":0.1,\"total_input_tokens\":500,\"total_input_cost_usd\":0.2},"
	"{\"timestamp\":\"2026-03-20T11:00:00Z\",\"provider\":\"anthropic\",\"model\":\"m\",\"total_tokens_"
	"saved\":1000,"
	"\"compression_savings_usd\":0.75,\"total_input_tokens\":3000,\"total_input_cost_usd\":1.5}]}";

#define LOGGED(id, day, model, before, after, out, more)                                                   \
	"{\"request_id\":\"hr_" id "\",\"timestamp\":\"2026-03-" day                                       \
	"T10:00:00.250000\",\"provider\":\"anthropic\","                                                   \
	"\"model\":\"" model "\",\"input_tokens_original\":" #before ",\"input_tokens_optimized\":" #after \
	",\"output_tokens\":" #out ",\"tokens_saved\":" #before "," more "}\n"
/* tokens_saved is `before` here, so that no figure can be mistaken for another */

static const char request_log[] =
	LOGGED("1", "18", "claude-a", 100, 5000, 7,
	       "\"optimization_latency_ms\":10,\"total_latency_ms\":100,\"error\":null")
		LOGGED("2", "20", "claude-a", 200, 6000, 8,
		       "\"optimization_latency_ms\":20,\"total_latency_ms\":300,\"error\":null")
			LOGGED("2", "20", "claude-a", 200, 6000, 8,
			       "\"optimization_latency_ms\":20,\"total_latency_ms\":300,\"error\":"
			       "null") "{\"request_id\":\"hr_broken\n" LOGGED("3", "20", "gpt-b", 400, 9000,
									      9,
									      "\"optimization_"
									      "latency_ms\":60,"
									      "\"total_latency_ms\":"
									      "200,\"error\":\"529\"")
				LOGGED("4", "20", "gpt-b", 800, 50, 1,
				       "\"cache_hit\":true,\"optimization_latency_ms\":1,\"error\":"
				       "null");

static const char session_stats[] =
	"{\"type\":\"compress\",\"input_tokens\":2000,\"output_tokens\":300,\"timestamp\":1774000000.5,"
	"\"pid\":1}\n"
	"{\"type\":\"retrieve\",\"hash\":\"7b6759a78f53\",\"timestamp\":1774000001.5,\"pid\":1}\n"
	"{\"type\":\"compress\",\"input_tokens\":500,\"output_tokens\":500,\"timestamp\":1773000000,\"pid\":"
	"1}\n";

#define SINCE_NOON_19 1773921600000 /* 2026-03-19T12:00:00Z */

static void put(const char *dir, const char *name, const char *text)
{
	test_write(test_path(dir, name), str_c(text));
}

/* ---- savings ---- */

static void source_store_knows_lifetime_and_window(void **state)
{
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	put(dir, "proxy_savings.json", savings_v1);
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_int_equal(top_row(s)->status, SOURCE_FILE);
	assert_str_equal(top_row(s)->name, dir);
	/* the last point is above what stands for the lifetime */
	assert_number(s->lifetime.tokens_saved, 1000);
	assert_number(s->lifetime.savings_usd, 0.75);
	assert_number(s->tokens.saved, 1000);
	assert_number(s->cost.saved_usd, 0.75);
	assert_str_equal(s->cost.basis, "list");
	assert_true(!is_known(s->requests.total) && !is_known(s->tokens.input) &&
		    !is_known(s->tokens.savings_percent));
	look_close(&l);

	/* in a window: from the last point before it, wherever it stands in the file */
	look_open(&l, &store_source, dir, SINCE_NOON_19, 1);
	s = look_again(&l);
	assert_number(s->lifetime.tokens_saved, 1000);
	assert_number(s->tokens.saved, 600);
	assert_number(s->cost.saved_usd, 0.45);
	look_close(&l);

	/* all of it */
	look_open(&l, &store_source, dir, 1773000000000, 1);
	assert_number(look_again(&l)->tokens.saved, 1000);
	look_close(&l);
}

static void source_store_knows_the_third_schema(void **state)
{
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	put(dir, "proxy_savings.json", savings_v3);
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 7);
	assert_number(s->tokens.input, 3000);
	assert_number(s->tokens.savings_percent, 25);
	look_close(&l);
	look_open(&l, &store_source, dir, SINCE_NOON_19, 1);
	s = look_again(&l);
	assert_false(is_known(s->requests.total));
	assert_number(s->tokens.input, 2500);
	assert_number(s->tokens.saved, 900);
	look_close(&l);
}

/* With as many points as are kept, what was saved before the first of them is not of the window. */
static void source_store_knows_when_history_was_cut(void **state)
{
	const char *dir = test_dir();
	struct buf text;
	struct look l;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_c(&text, "{\"schema_version\":1,\"lifetime\":{\"tokens_saved\":90000},\"history\":[");
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "%s[\"2026-03-20T%02d:%02d:%02dZ\",%d]", i ? "," : "", i / 3600,
			   i / 60 % 60, i % 60, 80000 + i);
	buf_add_c(&text, "]}");
	put(dir, "proxy_savings.json", buf_c(&text));
	look_open(&l, &store_source, dir, SINCE_NOON_19, 1);
	assert_false(is_known(look_again(&l)->tokens.saved));
	assert_number(l.s.lifetime.tokens_saved, 90000);
	look_close(&l);
	buf_release(&text);
}

/* ---- requests ---- */

static void source_store_counts_the_request_log(void **state)
{
	const struct model_row *m;
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	put(dir, "logs/requests.jsonl", request_log);
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 4);
	assert_number(s->requests.failed, 1);
	assert_number(s->requests.cached, 1);
	assert_number(s->tokens.input, 11000);
	assert_number(s->tokens.output, 15);
	assert_number(s->tokens.saved, 300);
	assert_number(s->tokens.savings_percent, 100 * 300.0 / 11300);
	assert_number(s->overhead.average, 91.0 / 4);
	assert_number(s->overhead.p50, 10);
	assert_number(s->overhead.p95, 60);
	assert_number(s->overhead.max, 60);
	assert_number(s->total.average, 200);
	assert_number(s->total.p50, 200);
	assert_false(is_known(s->ttfb.average));
	assert_true(top_warns(s, "broken lines left out: 1"));
	assert_int_equal(s->models.n, 2);
	m = vec_at(&s->models, 0);
	assert_str_equal(m->model, "claude-a");
	assert_number(m->requests, 2);
	assert_number(m->input, 11000);
	assert_number(m->saved, 300);
	assert_false(is_known(m->spent_usd));
	look_close(&l);

	look_open(&l, &store_source, dir, SINCE_NOON_19, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 3);
	assert_number(s->tokens.input, 6000);
	look_close(&l);
}

static void source_store_adds_no_counts(void **state)
{
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	put(dir, "session_stats.jsonl", session_stats);
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 2);
	assert_number(s->tokens.input, 800);
	assert_number(s->tokens.saved, 1700);
	assert_false(is_known(s->tokens.output));
	assert_false(is_known(s->requests.failed));
	assert_int_equal(s->models.n, 0);

	/* the log knows of less than the savings: it stays a part of them */
	put(dir, "requests.jsonl", request_log);
	put(dir, "proxy_savings.json", savings_v1);
	s = look_again(&l);
	assert_number(s->requests.total, 4);
	assert_number(s->tokens.saved, 1000);
	assert_false(is_known(s->tokens.input));
	assert_int_equal(s->models.n, 2);
	assert_true(top_warns(s, "300 of 1000 tokens saved"));
	assert_true(top_warns(s, "not added: the tools' compressions, 2 requests, 1700 tokens saved"));
	look_close(&l);
}

/* ---- the library's metrics ---- */

static void run_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static sqlite3 *make_metrics(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run_sql(db,
		"PRAGMA journal_mode = WAL;"
		"CREATE TABLE requests (id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, model TEXT NOT NULL,"
		" mode TEXT NOT NULL, tokens_input_before INTEGER NOT NULL, tokens_input_after INTEGER NOT "
		"NULL,"
		" tokens_output INTEGER, cached_tokens INTEGER, error TEXT);"
		"INSERT INTO requests VALUES"
		" ('a', '2026-03-18T00:00:00+00:00Z', 'gpt-4o', 'optimize', 1000, 400, 21, 50, NULL),"
		" ('b', '2026-03-20T00:00:00.5Z', 'gpt-4o', 'audit', 2000, 2000, NULL, NULL, NULL),"
		" ('c', '2026-03-20T00:00:00+02:00Z', 'gpt-4.1', 'optimize', 9000, 10, 1, 1, 'Error code: "
		"429')");
	return db;
}

static void source_store_reads_metrics_while_they_are_written(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "metrics.sqlite");
	sqlite3 *db = make_metrics(path);
	const struct snapshot *s;
	struct look l;

	(void)state;
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 3);
	assert_number(s->requests.failed, 1);
	assert_number(s->tokens.input, 2400);
	assert_number(s->tokens.output, 21);
	assert_number(s->tokens.saved, 600);
	assert_number(s->cache.read_tokens, 50);
	assert_false(is_known(s->requests.cached));
	/* in the middle of another's transaction: what was there before */
	run_sql(db, "BEGIN IMMEDIATE; INSERT INTO requests VALUES"
		    " ('d', '2026-03-20T01:00:00Z', 'gpt-4o', 'optimize', 300, 100, 4, 0, NULL)");
	assert_number(look_again(&l)->requests.total, 3);
	run_sql(db, "COMMIT");
	s = look_again(&l);
	assert_number(s->requests.total, 4);
	assert_number(s->tokens.saved, 800);
	/* rows that are gone count no more */
	run_sql(db, "DELETE FROM requests WHERE id = 'd'");
	assert_number(look_again(&l)->requests.total, 3);
	look_close(&l);
	look_open(&l, &store_source, path, SINCE_NOON_19, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 2);
	look_close(&l);
	sqlite3_close(db);
}

static void source_store_counts_a_request_once_in_all_forms(void **state)
{
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	sqlite3_close(make_metrics(test_path(dir, "metrics.db")));
	put(dir, "metrics.jsonl",
	    "{\"id\":\"a\",\"timestamp\":\"2026-03-18T00:00:00Z\",\"model\":\"gpt-4o\",\"mode\":\"optimize\","
	    "\"tokens_input_before\":1000,\"tokens_input_after\":400,\"tokens_output\":21,\"cached_tokens\":"
	    "50,\"error\":null}\n"
	    "{\"id\":\"z\",\"timestamp\":\"2026-03-18T00:00:00Z\",\"model\":\"gpt-4o\",\"mode\":\"optimize\","
	    "\"tokens_input_before\":70,\"tokens_input_after\":40,\"tokens_output\":2,\"cached_tokens\":0,"
	    "\"error\":null}\n");
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 4);
	assert_number(s->tokens.saved, 630);
	look_close(&l);
}

static void metrics_says_what_is_no_database_of_requests(void **state)
{
	const char *dir = test_dir(), *other = test_path(dir, "other.db"),
		   *broken = test_path(dir, "broken.db");
	struct error err;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(other, &db), SQLITE_OK);
	run_sql(db, "CREATE TABLE notes (x)");
	sqlite3_close(db);
	put(dir, "broken.db", "SQLite format 3\0nothing of the kind");
	assert_int_equal(metrics_read(other, 0, NULL, NULL, &err), STATUS_NOT_FOUND);
	assert_int_equal(metrics_read(broken, 0, NULL, NULL, &err), STATUS_PARSE);
	assert_int_equal(metrics_read(test_path(dir, "absent.db"), 0, NULL, NULL, &err), STATUS_NOT_FOUND);
	assert_false(access(test_path(dir, "absent.db"), F_OK) == 0);
}

/* ---- from poll to poll ---- */

static void source_store_reads_only_what_was_appended(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "requests.jsonl");
	const struct snapshot *s;
	struct look l;
	int fd;

	(void)state;
	put(dir, "requests.jsonl", request_log);
	look_open(&l, &store_source, dir, 0, 1);
	look_again(&l);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "[spoiled", 8, 0), 8);
	close(fd);
	top_append(path, STR(LOGGED("5", "20", "claude-a", 10, 20, 30, "\"error\":null")));
	s = look_again(&l);
	assert_number(s->requests.total, 5);
	assert_number(s->tokens.saved, 310);
	/* a shorter one is another */
	put(dir, "requests.jsonl", LOGGED("6", "20", "claude-a", 1, 2, 3, "\"error\":null"));
	s = look_again(&l);
	assert_number(s->requests.total, 1);
	assert_number(s->tokens.saved, 1);
	assert_int_equal(unlink(path), 0);
	s = look_again(&l);
	assert_false(is_known(s->requests.total));
	assert_int_equal(top_row(s)->status, SOURCE_DOWN);
	look_close(&l);
}

static void source_store_goes_on_without_what_is_broken(void **state)
{
	const char *dir = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	test_write(test_path(dir, "proxy_savings.json"), (str){ savings_v1, 150 });
	put(dir, "requests.jsonl", request_log);
	put(dir, "damaged.db", "SQLite format 3\0nothing of the kind");
	look_open(&l, &store_source, dir, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 4);
	assert_false(is_known(s->lifetime.tokens_saved));
	assert_true(top_warns(s, "proxy_savings.json: not a file of savings, or cut off"));
	assert_true(top_warns(s, "damaged.db: "));
	put(dir, "proxy_savings.json", savings_v1);
	s = look_again(&l);
	assert_number(s->lifetime.tokens_saved, 1000);
	assert_false(top_warns(s, "proxy_savings.json"));
	look_close(&l);
}

static void source_store_is_picky_about_names(void **state)
{
	const char *dir = test_dir(), *empty = test_dir(), *tmp = env_get("TMPDIR");
	const struct source_options o = { .window = STR("all"), .home = "/nowhere/at/all" };
	const struct snapshot *s;
	struct look l;

	(void)state;
	put(dir, "odd.name", savings_v1);
	put(dir, "log.txt", request_log);
	put(dir, "prose.txt", "nothing of interest\n");
	assert_null(store_source.open(empty, &o));
	assert_null(store_source.open(test_path(dir, "prose.txt"), &o));
	assert_null(store_source.open(test_path(dir, "absent"), &o));
	look_open(&l, &store_source, test_path(dir, "odd.name"), 0, 1);
	assert_number(look_again(&l)->lifetime.tokens_saved, 1000);
	look_close(&l);
	look_open(&l, &store_source, test_path(dir, "log.txt"), 0, 1);
	assert_number(look_again(&l)->requests.total, 4);
	look_close(&l);

	/* the library's metrics are in the folder of temporary files, if we have any */
	env_set("TMPDIR", empty);
	l = (struct look){ .type = &store_source, .source = store_source.open(NULL, &o) };
	snapshot_init(&l.s);
	s = look_again(&l);
	assert_int_equal(top_row(s)->status, SOURCE_DOWN);
	assert_true(top_row(s)->error.n > 0);
	sqlite3_close(make_metrics(test_path(empty, "headroom.db")));
	assert_number(look_again(&l)->requests.total, 3);
	look_close(&l);
	env_set("TMPDIR", tmp);
}

const struct CMUnitTest source_store_tests[] = {
	cmocka_unit_test(source_store_knows_lifetime_and_window),
	cmocka_unit_test(source_store_knows_the_third_schema),
	cmocka_unit_test(source_store_knows_when_history_was_cut),
	cmocka_unit_test(source_store_counts_the_request_log),
	cmocka_unit_test(source_store_adds_no_counts),
	cmocka_unit_test(source_store_reads_metrics_while_they_are_written),
	cmocka_unit_test(source_store_counts_a_request_once_in_all_forms),
	cmocka_unit_test(metrics_says_what_is_no_database_of_requests),
	cmocka_unit_test(source_store_reads_only_what_was_appended),
	cmocka_unit_test(source_store_goes_on_without_what_is_broken),
	cmocka_unit_test(source_store_is_picky_about_names),
};
const size_t source_store_tests_count = sizeof(source_store_tests) / sizeof(*source_store_tests);
