#include "tests/unit/proxy.h"

#include <jansson.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "tui/proxy_stats.h"

#define FOLDER "tests/fixtures/proxy/" /* recorded; long texts taken out */
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define NOW 1795227900000LL /* 2026-11-21T02:25:00Z */

static void load(const char *name, struct buf *out)
{
	struct error err;
	struct arena a;

	arena_init(&a);
	buf_init(out, 1 << 20);
	if (fs_read_file(arena_printf(&a, FOLDER "%s", name).p, out, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	arena_release(&a);
}

/* ---- every figure of the recorded answers, worked out a second time from another reader's tree ---- */

static json_t *walk(json_t *at, const char *path)
{
	str rest = str_c(path), piece;
	char key[64];

	while (at && str_split(&rest, '.', &piece)) {
		assert_true(piece.n < sizeof(key));
		memcpy(key, piece.p, piece.n);
		key[piece.n] = '\0';
		at = json_object_get(at, key);
	}
	return at;
}

static double at(json_t *root, const char *path)
{
	json_t *v = walk(root, path);

	return json_is_number(v) ? json_number_value(v) : UNKNOWN;
}

static void compare_latency(const struct latency *l, json_t *block)
{
	bool measured = at(block, "max_ms") > 0;

	same(l->average, measured ? at(block, "average_ms") : UNKNOWN);
	same(l->max, measured ? at(block, "max_ms") : UNKNOWN);
	same(l->p50, UNKNOWN);
	same(l->p95, UNKNOWN);
	same(l->p99, UNKNOWN);
}

static const struct model_row *find_model(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->models.n; i++) {
		const struct model_row *row = vec_at(&s->models, i);

		if (str_eq_c(row->model, name))
			return row;
	}
	return NULL;
}

static void compare_models(const struct snapshot *s, json_t *root)
{
	json_t *counts = walk(root, "requests.by_model"), *priced = walk(root, "cost.per_model"), *v;
	size_t only_priced = 0;
	const char *name;

	json_object_foreach(counts, name, v)
	{
		const struct model_row *row = find_model(s, name);
		json_t *cost = json_object_get(priced, name);

		assert_non_null(row);
		same(row->requests, json_number_value(v));
		same(row->input, at(cost, "tokens_sent"));
		same(row->saved, at(cost, "tokens_saved"));
		same(row->output, UNKNOWN);
		same(row->spent_usd, UNKNOWN);
	}
	json_object_foreach(priced, name, v) only_priced += !json_object_get(counts, name);
	assert_int_equal(s->models.n, json_object_size(counts) + only_priced);
	for (size_t i = 1; i < s->models.n; i++) {
		const struct model_row *a = vec_at(&s->models, i - 1), *b = vec_at(&s->models, i);

		assert_false(b->input > a->input || (is_known(b->input) && !is_known(a->input)));
	}
}

static void compare(const char *name)
{
	struct snapshot s;
	struct buf text;
	json_t *root;
	double saved, input, read, write, uncached;
	str version;

	load(name, &text);
	root = json_loadb(text.p, text.n, 0, NULL);
	assert_non_null(root);
	snapshot_init(&s);
	assert_int_equal(proxy_stats_read(buf_str(&text), STR(""), NOW, &s, &version, NULL), STATUS_OK);

	assert_str_equal(s.window, "process");
	same(s.requests.total, at(root, "requests.total"));
	same(s.requests.cached, at(root, "cache.total_hits"));
	same(s.requests.failed, at(root, "requests.failed"));
	same(s.requests.rate_limited, at(root, "requests.rate_limited"));
	input = at(root, "tokens.input");
	saved = at(root, "tokens.saved");
	same(s.tokens.input, input);
	same(s.tokens.output, at(root, "tokens.output"));
	same(s.tokens.saved, saved);
	same(s.tokens.savings_percent, input + saved > 0 ? 100 * saved / (input + saved) : UNKNOWN);
	same(s.lifetime.tokens_saved, at(root, "persistent_savings.lifetime.tokens_saved"));
	same(s.lifetime.savings_usd, at(root, "persistent_savings.lifetime.compression_savings_usd"));
	same(s.cost.spent_usd, UNKNOWN);
	same(s.cost.saved_usd, at(root, "cost.compression_savings_usd"));
	same(s.cost.cache_discount_usd,
	     at(root, "prefix_cache.totals.savings_usd") - at(root, "prefix_cache.totals.write_premium_usd"));
	same(s.cost.net_saved_usd, s.cost.saved_usd - s.cost.bust_usd);
	same(s.cost.priced_percent, UNKNOWN);
	assert_str_equal(s.cost.basis, "list");
	read = at(root, "prefix_cache.totals.cache_read_tokens");
	write = at(root, "prefix_cache.totals.cache_write_tokens");
	uncached = at(root, "prefix_cache.totals.uncached_input_tokens");
	same(s.cache.read_tokens, read);
	same(s.cache.write_tokens, write);
	same(s.cache.hit_rate, read + write + uncached > 0 ? read / (read + write + uncached) : UNKNOWN);
	compare_latency(&s.overhead, json_object_get(root, "overhead"));
	compare_latency(&s.ttfb, json_object_get(root, "ttfb"));
	compare_latency(&s.total, json_object_get(root, "latency"));
	compare_models(&s, root);
	assert_int_equal(s.projects.n + s.sessions.n, 0);

	snapshot_release(&s);
	json_decref(root);
	buf_release(&text);
}

static void proxy_stats_reads_recorded_answers(void **state)
{
	(void)state;
	compare("0.5.18-cold.json");
	compare("0.5.18.json");
	compare("0.5.18-seeded.json");
	compare("0.28.0.json");
}

/* ---- the reader, on texts made up ---- */

static enum status read_text(struct snapshot *s, const char *stats, const char *health)
{
	str version;

	snapshot_init(s);
	return proxy_stats_read(str_c(stats), str_c(health), NOW, s, &version, NULL);
}

static void expect_saved(const char *stats, double saved_usd, double bust_usd)
{
	struct snapshot s;

	assert_int_equal(read_text(&s, stats, ""), STATUS_OK);
	same(s.cost.saved_usd, saved_usd);
	same(s.cost.bust_usd, bust_usd);
	same(s.cost.net_saved_usd, saved_usd - bust_usd);
	snapshot_release(&s);
}

static void proxy_stats_subtracts_busts(void **state)
{
	struct snapshot s;
	struct buf text;
	str version;

	(void)state;
	load("0.5.18.json", &text);
	snapshot_init(&s);
	assert_int_equal(proxy_stats_read(buf_str(&text), STR(""), NOW, &s, &version, NULL), STATUS_OK);
	/* 1972 tokens at (.25 + .90) of a price that made .2611 of 96714 tokens at .90 */
	same(s.cost.bust_usd, 1972 * 1.15 * (.2611 / (96714 * .9)));
	assert_true(s.cost.net_saved_usd < s.cost.saved_usd);
	assert_true(warned(&s, "cached prefixes"));
	snapshot_release(&s);
	buf_release(&text);

	/* the premium tells the price where nothing was read; 4 per million */
	expect_saved("{\"requests\":{},\"cost\":{\"compression_savings_usd\":2},\"prefix_cache\":{"
		     "\"totals\":{\"bust_write_tokens\":500000},\"by_provider\":{\"a\":{\"bust_write_"
		     "tokens\":500000,"
		     "\"cache_write_tokens\":1000000,\"write_premium_usd\":1,\"read_discount\":\"90%\","
		     "\"write_premium\":\"25%\"}}}}",
		     2, 500000 * 1.15 * 4 / 1e6);
	/* what compression broke is told apart */
	expect_saved("{\"requests\":{},\"cost\":{\"compression_savings_usd\":2},\"prefix_cache\":{"
		     "\"totals\":{\"bust_write_tokens\":500000},\"compression_vs_cache\":{\"tokens_lost_to_"
		     "cache_bust\":0}}}",
		     2, 0);
	/* no price, no dollars */
	expect_saved("{\"requests\":{},\"cost\":{\"compression_savings_usd\":2},\"prefix_cache\":{"
		     "\"totals\":{\"bust_write_tokens\":500000},\"by_provider\":{\"a\":{\"bust_write_"
		     "tokens\":500000,"
		     "\"read_discount\":\"90%\",\"write_premium\":\"some\"}}}}",
		     2, UNKNOWN);
	expect_saved("{\"requests\":{},\"cost\":{\"compression_savings_usd\":2}}", 2, UNKNOWN);
}

static void proxy_stats_takes_fields_as_they_come(void **state)
{
	struct snapshot s;

	(void)state;
	assert_int_equal(
		read_text(&s,
			  " {\"requests\":{\"total\":\" 12 "
			  "\",\"cached\":null,\"failed\":{\"n\":1},\"rate_limited\":-1},"
			  "\"tokens\":{\"input\":\"a lot\",\"output\":1e3,\"saved\":-50},"
			  "\"tokens_saved_total\":7,\"cost\":[1,2],\"prefix_cache\":\"none\",\"latency\":5,"
			  "\"overhead\":{\"average_ms\":1.5,\"p50_ms\":1,\"p95_ms\":\"9\",\"p99_ms\":null},"
			  "\"persistent_savings\":{\"lifetime\":null}}",
			  ""),
		STATUS_OK);
	same(s.requests.total, 12);
	same(s.requests.cached, UNKNOWN);
	same(s.requests.failed, UNKNOWN);
	same(s.requests.rate_limited, UNKNOWN);
	same(s.tokens.input, UNKNOWN);
	same(s.tokens.output, 1000);
	same(s.tokens.saved, -50);
	same(s.tokens.savings_percent, UNKNOWN);
	same(s.cost.saved_usd, UNKNOWN);
	same(s.cost.net_saved_usd, UNKNOWN);
	assert_int_equal(s.cost.basis.n, 0);
	same(s.overhead.average, 1.5);
	same(s.overhead.p50, 1);
	same(s.overhead.p95, 9);
	same(s.overhead.p99, UNKNOWN);
	same(s.overhead.max, UNKNOWN);
	same(s.total.average, UNKNOWN);
	same(s.lifetime.tokens_saved, UNKNOWN);
	assert_true(
		warned(&s, "does not tell: spend, uncached tokens (hit rate), output and spend by model"));
	snapshot_release(&s);

	assert_int_equal(
		read_text(&s,
			  "{\"requests\":{\"total\":1e999},\"requests_total\":3,\"tokens_saved_total\":4}",
			  ""),
		STATUS_OK);
	same(s.requests.total, 3);
	same(s.tokens.saved, 4);
	snapshot_release(&s);

	/* what was filtered before the proxy saw it is not its saving */
	assert_int_equal(read_text(&s, "{\"tokens\":{\"saved\":90,\"proxy_compression_saved\":40}}", ""),
			 STATUS_OK);
	same(s.tokens.saved, 40);
	snapshot_release(&s);
}

static void proxy_stats_refuses_what_is_none(void **state)
{
	static const char *const texts[] = { "",
					     "null",
					     "[]",
					     "{}",
					     "<html>",
					     "{\"requests\":{\"total\":1}",
					     "{\"a\":1}",
					     "{\"requests\":3}",
					     "\"requests\"",
					     "{\"requests\":{}," };
	struct snapshot s;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(read_text(&s, texts[i], ""), STATUS_PARSE);
		assert_int_equal(s.window.n, 0);
		assert_int_equal(s.models.n, 0);
		snapshot_release(&s);
	}
}

static void proxy_stats_joins_models(void **state)
{
	struct snapshot s;
	const struct model_row *row;

	(void)state;
	assert_int_equal(read_text(&s,
				   "{\"requests\":{\"by_model\":{\"b\":2,\"a\":1,\"\\u0062\":9,\"c\":{}}},"
				   "\"cost\":{\"per_model\":{\"d\":{\"tokens_sent\":5},\"b\":{\"tokens_"
				   "sent\":7,\"tokens_saved\":3}}}}",
				   ""),
			 STATUS_OK);
	assert_int_equal(s.models.n, 4);
	row = vec_at(&s.models, 0);
	assert_str_equal(row->model, "b");
	same(row->requests, 2);
	same(row->input, 7);
	same(row->saved, 3);
	row = vec_at(&s.models, 1);
	assert_str_equal(row->model, "d");
	same(row->requests, UNKNOWN);
	assert_str_equal(((struct model_row *)vec_at(&s.models, 2))->model, "a");
	assert_str_equal(((struct model_row *)vec_at(&s.models, 3))->model, "c");
	snapshot_release(&s);
}

static void proxy_stats_bounds_models(void **state)
{
	struct snapshot s;
	struct buf text;

	(void)state;
	buf_init(&text, SIZE_MAX);
	buf_add_c(&text, "{\"requests\":{\"by_model\":{");
	for (int i = 0; i < PROXY_MAX_MODELS + 5; i++)
		buf_printf(&text, "%s\"%0*d\":%d", i ? "," : "", i ? 8 : 1000, i, i);
	buf_add_c(&text, "}}}");
	assert_int_equal(read_text(&s, buf_c(&text), ""), STATUS_OK);
	assert_int_equal(s.models.n, PROXY_MAX_MODELS);
	assert_int_equal(((struct model_row *)vec_at(&s.models, s.models.n - 1))->model.n, PROXY_MAX_NAME);
	assert_true(warned(&s, "5 further models"));
	snapshot_release(&s);
	buf_release(&text);
}

static void proxy_stats_knows_when_it_started(void **state)
{
	struct snapshot s;
	struct buf stats, health;
	str version;

	(void)state;
	load("0.28.0.json", &stats);
	load("0.28.0-health.json", &health);
	snapshot_init(&s);
	assert_int_equal(proxy_stats_read(buf_str(&stats), buf_str(&health), NOW, &s, &version, NULL),
			 STATUS_OK);
	assert_str_equal(version, "0.28.0");
	assert_str_equal(time_format(&s.arena, s.since), "2026-11-21T02:23:38Z");
	assert_false(warned(&s, "says it is"));
	snapshot_release(&s);
	buf_release(&health);

	load("0.5.18-health.json", &health);
	snapshot_init(&s);
	assert_int_equal(proxy_stats_read(buf_str(&stats), buf_str(&health), NOW, &s, &version, NULL),
			 STATUS_OK);
	assert_str_equal(version, "0.5.18");
	assert_int_equal(s.since, 0);
	snapshot_release(&s);
	buf_release(&health);
	buf_release(&stats);

	assert_int_equal(
		read_text(&s, "{\"tokens\":{}}", "{\"uptime_seconds\":60,\"status\":\"deg\\u001braded\"}"),
		STATUS_OK);
	assert_int_equal(s.since, NOW - 60000);
	assert_true(warned(&s, "the proxy says it is deg\\x1braded"));
	snapshot_release(&s);
}

const struct CMUnitTest proxy_stats_tests[] = {
	cmocka_unit_test(proxy_stats_reads_recorded_answers),
	cmocka_unit_test(proxy_stats_subtracts_busts),
	cmocka_unit_test(proxy_stats_takes_fields_as_they_come),
	cmocka_unit_test(proxy_stats_refuses_what_is_none),
	cmocka_unit_test(proxy_stats_joins_models),
	cmocka_unit_test(proxy_stats_bounds_models),
	cmocka_unit_test(proxy_stats_knows_when_it_started),
};
const size_t proxy_stats_tests_count = COUNT(proxy_stats_tests);
