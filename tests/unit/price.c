#include "tests/test.h"

#include "core/base/env.h"
#include "core/token/price.h"
#include "core/token/price_table.h"
#include "core/token/token.h"

static int64_t at(const char *day)
{
	int64_t ms = 0;

	assert_true(time_parse(str_c(day), &ms));
	return ms;
}

static void expect_rates(const char *model, int64_t time, double input, double output)
{
	struct price p;

	if (!price_find(NULL, str_c(model), time, &p))
		fail_msg("%s has no price", model);
	if (p.input != input || p.output != output)
		fail_msg("%s: %g and %g", model, p.input, p.output);
	assert_int_equal(p.source, PRICE_TABLE);
	assert_true(strlen(p.note) > 0);
}

static bool near(double a, double b)
{
	double d = a - b;

	return (d < 0 ? -d : d) < 1e-9;
}

static void models_have_list_prices(void **state)
{
	(void)state;
	expect_rates("claude-opus-4-5-20251101", 0, 5, 25);
	expect_rates("claude-opus-4-1-20250805", 0, 15, 75);
	expect_rates("us.anthropic.claude-sonnet-4-20250514-v1:0", 0, 3, 15);
	expect_rates("anthropic/claude-opus-4.8", 0, 5, 25);
	expect_rates("claude-fable-5", 0, 10, 50);
	expect_rates("claude-haiku-4-5", 0, 1, 5);
	expect_rates("claude-sonnet-4-5-20250929[1m]", 0, 3, 15);
	expect_rates("gpt-4o-mini-2024-07-18", 0, .15, .60); /* not as gpt-4o */
	expect_rates("gpt-4o-2024-05-13", 0, 5, 15); /* its date has its own price */
	expect_rates("gpt-4o-2024-08-06", 0, 2.50, 10);
	expect_rates("o1-mini-2024-09-12", 0, 1.10, 4.40);
	expect_rates("gpt-5-codex", 0, 1.25, 10);
	expect_rates("gpt-5.1-codex-mini", 0, .25, 2);
	expect_rates("gemini-3-flash-preview", 0, .50, 3);
	expect_rates("gpt-5-codex-high", 0, 1.25, 10); /* the same model, thinking more */
}

static void unknown_models_have_no_price(void **state)
{
	static const char *const models[] = {
		"",
		"gpt",
		"gpt-5.9",
		"gpt-5-ultra-mini",
		"claude-opus-4-9",
		"claude-opus",
		"opus",
		"<synthetic>",
		"gpt-4o-tiny",
		"llama-3.3-70b",
		"o3x",
		"claude-opus-4-8-fast",
	};
	struct price p = { .input = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++)
		if (price_find(NULL, str_c(models[i]), 0, &p))
			fail_msg("%s has a price", models[i]);
	assert_true(p.input == 7);
}

static void prices_have_dates(void **state)
{
	(void)state;
	expect_rates("gpt-5.6-sol", at("2026-08-20T23:59:59Z"), 5, 30);
	expect_rates("gpt-5.6-sol", at("2026-08-21"), 4, 20);
	expect_rates("gpt-5.6-sol", 0, 4, 20);
	expect_rates("gpt-5.6-luna", at("2026-07-15"), 1, 6);
	expect_rates("gpt-5.6-luna", at("2026-07-30"), .20, 1.20);
	expect_rates("o3", at("2025-05-01"), 10, 40);
	expect_rates("o3", at("2025-07-01"), 2, 8);
	expect_rates("gpt-5", at("2000-01-01"), 1.25, 10); /* before there was any */
}

/* What the file promises: rows of one model together and by date, every rate known, names in plain form. */
static void the_table_is_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < price_rows_n; i++) {
		const struct price_row *r = &price_rows[i];

		assert_true(r->input > 0 && r->output > r->input && r->cache_read > 0);
		assert_true(r->cache_read <= r->input && r->cache_write_5m >= r->input);
		assert_true(r->cache_write_1h >= r->cache_write_5m);
		assert_true(r->context >= 8192 && r->min_prefix >= 0 && r->long_above <= r->context);
		assert_true(r->long_above == 0 || (r->long_input > 1 && r->long_output > 1));
		for (size_t j = 0; j < i; j++)
			if (strcmp(price_rows[j].model, r->model) == 0)
				assert_true(j == i - 1 && price_rows[j].from < r->from);
	}
}

static void models_have_limits(void **state)
{
	bool known;

	(void)state;
	assert_int_equal(price_context_limit(NULL, STR("claude-opus-4-6"), &known), 1000000);
	assert_true(known);
	assert_int_equal(price_context_limit(NULL, STR("claude-sonnet-4-5-20250929"), &known), 200000);
	assert_int_equal(price_context_limit(NULL, STR("claude-sonnet-4-5-20250929[1m]"), &known), 1000000);
	assert_int_equal(price_context_limit(NULL, STR("gpt-4.1-2025-04-14"), NULL), 1047576);
	assert_int_equal(price_context_limit(NULL, STR("claude-opus-9"), &known), 200000);
	assert_false(known);
	assert_int_equal(price_context_limit(NULL, STR("gpt-4-x"), &known), 8192);
	assert_int_equal(price_context_limit(NULL, STR("whatever"), &known), 128000);
	assert_false(known);
	assert_int_equal(price_min_prefix(STR("claude-opus-4-7")), 2048);
	assert_int_equal(price_min_prefix(STR("claude-opus-4-8")), 1024);
	assert_int_equal(price_min_prefix(STR("claude-haiku-4-5")), 4096);
	assert_int_equal(price_min_prefix(STR("whatever")), 0);
}

static void costs_add_up(void **state)
{
	struct usage u = {
		.input = 1000000,
		.output = 2000000,
		.cache_read = 3000000,
		.cache_write_5m = 400000,
		.cache_write_1h = 100000,
		.cache_write = 500000,
	};
	struct price p;
	struct cost c;

	(void)state;
	assert_true(price_find(NULL, STR("claude-opus-4-5"), 0, &p));
	c = price_cost(&p, &u);
	assert_true(near(c.input, 5) && near(c.output, 50) && near(c.cache_read, 1.50));
	assert_true(near(c.cache_write, .4 * 6.25 + .1 * 10));
	assert_true(near(c.usd, c.input + c.output + c.cache_read + c.cache_write));
	assert_int_equal(c.flags, 0);

	u.cache_write = 1500000; /* a million of unknown lifetime */
	c = price_cost(&p, &u);
	assert_true(near(c.cache_write, 1.4 * 6.25 + .1 * 10));
	assert_int_equal(c.flags, COST_UNSPLIT);

	u = (struct usage){ .input = -5, .output = INT64_MIN, .cache_write = -1 };
	assert_true(price_cost(&p, &u).usd == 0);
	u = (struct usage){ .cache_write_5m = INT64_MAX,
			    .cache_write_1h = INT64_MAX,
			    .cache_write = INT64_MAX };
	assert_true(price_cost(&p, &u).usd > 0);
}

static void long_prompts_cost_more(void **state)
{
	struct usage u = { .input = 100000, .cache_read = 172000, .output = 1000000 };
	struct price p;
	struct cost c;

	(void)state;
	assert_true(price_find(NULL, STR("gpt-5.5"), 0, &p));
	c = price_cost(&p, &u); /* just 272,000 */
	assert_true(near(c.usd, .5 + .172 * .50 + 30));
	assert_int_equal(c.flags, 0);
	u.input++;
	c = price_cost(&p, &u);
	assert_true(near(c.input, .100001 * 10) && near(c.cache_read, .172) && near(c.output, 45));
	assert_int_equal(c.flags, COST_LONG);
}

/* ---- users' tables ---- */

static void users_tables_win(void **state)
{
	struct price_user *u = price_user_new();
	struct error err = { 0 };
	struct price p;

	(void)state;
	assert_int_equal(
		price_user_add(
			u,
			STR("{\"anthropic\":{\"context_limits\":{\"claude-opus-4-8\":123456},"
			    "\"pricing\":{\"claude-opus-4-8\":{\"input\":1,\"output\":2,\"cached_input\":0.5}"
			    "}},"
			    "\"openai\":{\"pricing\":{\"gpt-5\":[3,4],\"gpt-4o\":{\"input\":5,\"output\":6}},"
			    "\"encodings\":{\"my-model\":\"cl100k_base\"}}}"),
			"models.json", &err),
		STATUS_OK);
	assert_true(price_find(u, STR("anthropic/claude-opus-4.8"), 0, &p));
	assert_true(p.input == 1 && p.output == 2 && p.cache_read == .5);
	assert_true(p.cache_write_5m == 1.25 && p.cache_write_1h == 2);
	assert_int_equal(p.source, PRICE_USER);
	assert_string_equal(p.note, "models.json");
	assert_int_equal(price_context_limit(u, STR("claude-opus-4-8"), NULL), 123456);
	assert_true(price_find(u, STR("gpt-5-2025-08-07"), 0, &p) && p.input == 3 && near(p.cache_read, .3));
	assert_true(price_find(u, STR("gpt-5-mini"), 0, &p) && p.source == PRICE_TABLE); /* another model */
	assert_true(price_find(u, STR("gpt-4o"), 0, &p) && p.input == 5 && p.cache_read == 2.5);
	assert_string_equal(tokenizer_name(price_tokenizer(u, STR("my-model"))), "cl100k_base");
	assert_string_equal(tokenizer_name(price_tokenizer(u, STR("gpt-5"))), "o200k_base");

	/* a later one wins, for what it names; here without a provider */
	assert_int_equal(price_user_add(u, STR("{\"context_limits\":{\"claude-opus-4-8\":7}}"), "env", &err),
			 STATUS_OK);
	assert_int_equal(price_context_limit(u, STR("claude-opus-4-8"), NULL), 7);
	assert_true(price_find(u, STR("claude-opus-4-8"), 0, &p) && p.input == 1);
	price_user_free(u);
	price_user_free(NULL);
}

static void bad_tables_are_refused_whole(void **state)
{
	static const struct {
		const char *json;
		enum status status;
	} cases[] = {
		{ "", STATUS_PARSE },
		{ "{\"pricing\":{", STATUS_PARSE },
		{ "[1,2]", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2],\"n\":[1]}}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2],\"n\":[1,2,3,4]}}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2],\"n\":{\"input\":-1,\"output\":2}}}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2],\"n\":{\"input\":\"1\",\"output\":2}}}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2]},\"context_limits\":{\"m\":0}}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2]},\"context_limits\":5}", STATUS_USAGE },
		{ "{\"pricing\":{\"m\":[1,2]},\"openai\":{\"encodings\":{\"m\":\"p50k\"}}}", STATUS_USAGE },
	};
	struct price_user *u = price_user_new();
	struct price p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error err = { 0 };

		assert_int_equal(price_user_add(u, str_c(cases[i].json), "models.json", &err),
				 cases[i].status);
		assert_int_equal(err.code, cases[i].status);
		assert_true(str_starts_c(str_c(err.message), "models.json: "));
		assert_false(price_find(u, STR("m"), 0, &p));
	}
	price_user_free(u);
}

const struct CMUnitTest price_tests[] = {
	cmocka_unit_test(models_have_list_prices),
	cmocka_unit_test(unknown_models_have_no_price),
	cmocka_unit_test(prices_have_dates),
	cmocka_unit_test(the_table_is_in_order),
	cmocka_unit_test(models_have_limits),
	cmocka_unit_test(costs_add_up),
	cmocka_unit_test(long_prompts_cost_more),
	cmocka_unit_test(users_tables_win),
	cmocka_unit_test(bad_tables_are_refused_whole),
};
const size_t price_tests_count = sizeof(price_tests) / sizeof(*price_tests);
