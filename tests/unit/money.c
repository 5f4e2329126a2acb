#include "tests/test.h"

#include <math.h>

#include "core/simulate/money.h"

#define MODEL "claude-sonnet-4" /* 3 dollars a million of input, least prefix 1,024 */
#define MINUTE ((int64_t)60 * 1000)

struct ledger {
	struct arena arena;
	struct conversation c;
	struct map64 paid;
	struct settled settled;
};

static void open_ledger(struct ledger *l)
{
	*l = (struct ledger){ .settled = { 0 } };
	arena_init(&l->arena);
	conversation_init(&l->c, &l->arena, 1);
	map64_init(&l->paid);
}

static void close_ledger(struct ledger *l)
{
	map64_release(&l->paid);
	conversation_release(&l->c);
	arena_release(&l->arena);
}

/* At minute m, so many tokens as it ran, fewer under the configuration; all but 1,000 are shared. */
static struct prompt *add(struct ledger *l, double m, uint32_t ran, uint32_t side)
{
	struct sim_tokens *tokens;
	struct prompt *p = conversation_prompt(&l->c, &tokens);
	bool first = l->c.prompts.n == 1;

	p->model = STR(MODEL);
	p->cached = true;
	p->time = 1000 * MINUTE + (int64_t)(m * (double)MINUTE);
	p->ran = (struct sim_tokens){ ran, first ? 0 : ran - 1000 };
	p->blocks[BLOCK_RESULT] = ran;
	tokens[0] = (struct sim_tokens){ side, first ? 0 : side - 1000 };
	return p;
}

static void settle(struct ledger *l)
{
	money_settle(&l->c, NULL, &l->paid, &l->settled);
}

static void assert_usd(double got, double wanted)
{
	if (fabs(got - wanted) > 1e-9)
		fail_msg("%.9f is not %.9f", got, wanted);
}

/* Dollars of tokens at so many a million. */
static double at(double tokens, double rate)
{
	return tokens * rate / 1e6;
}

static void money_reads_from_the_cache_while_it_lives(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 10000, 6000);
	add(&l, 4.9, 11000, 7000);
	add(&l, 10.1, 12000, 8000);
	settle(&l);
	assert_usd(l.settled.usd, at(10000, 3.75) + at(10000, .3) + at(1000, 3.75) + at(12000, 3.75));
	assert_usd(l.settled.sides[0].gross_usd, at(3 * 4000, 3));
	assert_usd(l.settled.sides[0].net_usd, at(4000, 3.75) + at(4000, .3) + at(4000, 3.75));
	assert_true(l.settled.sides[0].net_usd < l.settled.sides[0].gross_usd);
	close_ledger(&l);
}

static void money_keeps_the_cache_for_an_hour_where_writes_are(void **state)
{
	struct prompt *p;
	struct ledger l;

	(void)state;
	open_ledger(&l);
	p = add(&l, 0, 10000, 10000);
	p->recorded = true;
	p->usage = (struct usage){ .cache_write = 10000, .cache_write_1h = 10000 };
	p = add(&l, 50, 11000, 11000);
	p->recorded = true;
	p->usage = (struct usage){ .cache_read = 10000, .cache_write = 1000, .cache_write_1h = 1000 };
	settle(&l);
	assert_usd(l.settled.simulated_usd, at(11000, 6) + at(10000, .3));
	assert_usd(l.settled.recorded_usd, l.settled.simulated_usd);
	close_ledger(&l);
}

static void money_reads_nothing_of_another_model(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 10000, 10000);
	add(&l, 1, 11000, 11000)->model = STR("claude-opus-4-5");
	settle(&l);
	assert_usd(l.settled.usd, at(10000, 3.75) + at(11000, 6.25));
	close_ledger(&l);
}

static void money_needs_the_least_prefix(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 1023, 1023);
	add(&l, 1, 2023, 2023); /* shares 1,023, which was never written */
	settle(&l);
	assert_usd(l.settled.usd, at(1023, 3) + at(2023, 3.75));
	close_ledger(&l);
}

static void money_writes_nothing_where_prefixes_are_not_kept(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 10000, 5000)->cached = false;
	add(&l, 1, 11000, 6000)->cached = false;
	settle(&l);
	assert_usd(l.settled.usd, at(21000, 3));
	assert_usd(l.settled.sides[0].net_usd, at(10000, 3));
	assert_usd(l.settled.sides[0].gross_usd, at(10000, 3));
	close_ledger(&l);
}

static void money_has_no_write_price_elsewhere(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 10000, 10000)->model = STR("gpt-4o");
	add(&l, 1, 11000, 11000)->model = STR("gpt-4o");
	settle(&l);
	assert_usd(l.settled.usd, at(11000, 2.5) + at(10000, 1.25));
	close_ledger(&l);
}

static void money_fits_the_unseen_by_its_median(void **state)
{
	static const int64_t unseen[] = { 5000, 9000, 5100 };
	struct ledger l;

	(void)state;
	open_ledger(&l);
	for (int i = 0; i < 3; i++) {
		struct prompt *p = add(&l, i, 2000, 2000);

		p->recorded = true;
		p->usage.input = 2000 + unseen[i];
	}
	settle(&l);
	assert_int_equal(l.settled.unseen, 3 * 5100);
	assert_int_equal(l.settled.tokens, 3 * 7100);
	assert_int_equal(l.settled.sides[0].tokens, 3 * 7100);
	assert_true(fabs(l.settled.error_percent - 100.0 * (21300 - 25100) / 25100) < 1e-9);
	close_ledger(&l);
}

/* The system prompt is read from the cache even when the conversation behind it was summed up. */
static void money_shares_the_unseen_of_a_thread(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	for (int i = 0; i < 2; i++) {
		struct prompt *p = add(&l, i, 2000, 2000);

		p->ran.shared = 0;
		((struct sim_tokens *)vec_at(&l.c.tokens, (size_t)i))->shared = 0;
		p->recorded = true;
		p->usage = (struct usage){ .cache_write = 7000, .cache_write_5m = 7000 };
	}
	settle(&l);
	assert_usd(l.settled.simulated_usd, at(7000, 3.75) + at(5000, .3) + at(2000, 3.75));
	close_ledger(&l);
}

static void money_takes_recorded_usage_for_what_it_cost(void **state)
{
	struct usage used = {
		.input = 7, .output = 500, .cache_read = 900, .cache_write = 600, .cache_write_5m = 400
	};
	struct price price;
	struct prompt *p;
	struct ledger l;

	(void)state;
	open_ledger(&l);
	p = add(&l, 0, 1507, 1507);
	p->recorded = true;
	p->usage = used;
	settle(&l);
	assert_true(price_find(NULL, STR(MODEL), p->time, &price));
	assert_usd(l.settled.recorded_usd, price_cost(&price, &used).usd);
	assert_usd(l.settled.usd, price_cost(&price, &used).usd);
	assert_true(l.settled.unsplit && l.settled.partial);
	assert_int_equal(l.settled.recorded.cache_read, 900);
	close_ledger(&l);
}

/* The rules know of no prompt that was dropped: they give twice what was paid, so half of the savings is true. */
static void money_saves_no_more_than_was_paid(void **state)
{
	struct prompt *p;
	struct ledger l;

	(void)state;
	open_ledger(&l);
	p = add(&l, 0, 10000, 2000);
	p->recorded = true;
	p->usage = (struct usage){ .cache_write = 5000, .cache_write_5m = 5000 };
	settle(&l);
	assert_usd(l.settled.usd, at(5000, 3.75));
	assert_usd(l.settled.simulated_usd, at(10000, 3.75));
	assert_usd(l.settled.sides[0].gross_usd, at(4000, 3));
	assert_usd(l.settled.sides[0].net_usd, at(4000, 3.75));
	close_ledger(&l);
}

static void money_pays_a_request_once(void **state)
{
	struct ledger a, b;

	(void)state;
	open_ledger(&a);
	open_ledger(&b);
	add(&a, 0, 10000, 9000)->id = 7;
	add(&a, 1, 11000, 10000)->id = 8;
	settle(&a);
	add(&b, 0, 10000, 9000)->id = 7;
	add(&b, 1, 12000, 10000)->id = 9;
	money_settle(&b.c, NULL, &a.paid, &b.settled);
	assert_int_equal(b.settled.repeated, 1);
	assert_int_equal(b.settled.requests, 1);
	assert_int_equal(b.settled.tokens, 12000);
	assert_usd(b.settled.usd,
		   at(11000, .3) + at(1000, 3.75)); /* it still reads what the repeated one wrote */
	close_ledger(&a);
	close_ledger(&b);
}

static void money_has_no_dollars_for_an_unknown_model(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 10000, 4000)->model = STR("nobody-7b");
	settle(&l);
	assert_int_equal(l.settled.priced, 0);
	assert_str_equal(l.settled.unpriced, "nobody-7b");
	assert_int_equal(l.settled.tokens, 10000);
	assert_int_equal(l.settled.sides[0].tokens, 4000);
	assert_usd(l.settled.usd, 0);
	assert_usd(l.settled.sides[0].net_usd, 0);
	assert_true(isnan(l.settled.error_percent));
	close_ledger(&l);
}

/* Above 200,000 tokens this model's whole input side costs twice as much. */
static void money_knows_that_long_prompts_cost_more(void **state)
{
	struct ledger l;

	(void)state;
	open_ledger(&l);
	add(&l, 0, 210000, 190000)->cached = false;
	settle(&l);
	assert_usd(l.settled.usd, at(210000, 6));
	assert_usd(l.settled.sides[0].gross_usd, at(210000, 6) - at(190000, 3));
	assert_usd(l.settled.sides[0].net_usd, l.settled.sides[0].gross_usd);
	close_ledger(&l);
}

const struct CMUnitTest money_tests[] = {
	cmocka_unit_test(money_reads_from_the_cache_while_it_lives),
	cmocka_unit_test(money_keeps_the_cache_for_an_hour_where_writes_are),
	cmocka_unit_test(money_reads_nothing_of_another_model),
	cmocka_unit_test(money_needs_the_least_prefix),
	cmocka_unit_test(money_writes_nothing_where_prefixes_are_not_kept),
	cmocka_unit_test(money_has_no_write_price_elsewhere),
	cmocka_unit_test(money_fits_the_unseen_by_its_median),
	cmocka_unit_test(money_shares_the_unseen_of_a_thread),
	cmocka_unit_test(money_takes_recorded_usage_for_what_it_cost),
	cmocka_unit_test(money_saves_no_more_than_was_paid),
	cmocka_unit_test(money_pays_a_request_once),
	cmocka_unit_test(money_has_no_dollars_for_an_unknown_model),
	cmocka_unit_test(money_knows_that_long_prompts_cost_more),
};
const size_t money_tests_count = sizeof(money_tests) / sizeof(*money_tests);
