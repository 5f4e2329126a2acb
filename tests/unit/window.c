#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/engine.h"

/* A long conversation: turns of a question, a call, its answer and a remark; each answer says its number. */
static void long_talk(struct talk *t, struct arena *a, int turns)
{
	talk_begin(t);
	talk_say(t, "system", "You are careful.");
	for (int i = 0; i < turns; i++) {
		struct buf b;

		buf_init(&b, 1 << 16);
		for (int k = 0; k < 40; k++)
			buf_printf(&b, "answer%d word%d said once more\n", i, k);
		talk_say(t, "user", arena_printf(a, "question%d about things", i).p);
		talk_tool(t, "query", "{}", buf_str(&b));
		talk_say(t, "assistant", arena_printf(a, "remark%d", i).p);
		buf_release(&b);
	}
	talk_end(t);
}

static void run_window(struct talk *t, long budget, bool intelligent, struct originals *originals,
		       struct ran *ran)
{
	struct pipeline_options o = { .pretend = originals == NULL };
	struct stash stash = { 0 };
	struct compress_config config;

	compress_config_init(&config);
	config.token_budget = budget;
	config.intelligent_context = intelligent;
	config.text = config.log = config.crush = config.search = config.code = false;
	if (originals) {
		stash = stash_of(originals);
		o.stash = &stash;
	}
	engine_run(buf_str(&t->text), &config, &o, ran);
}

/* Calls without answers and answers without calls: providers reject them. */
static void assert_whole_units(const struct request *r)
{
	for (size_t i = 0; i < r->calls.n; i++)
		assert_true(request_call(r, i)->answer != REQUEST_TOP);
	for (size_t i = 0; i < r->slots.n; i++)
		if (request_slot(r, i)->kind == SLOT_RESULT)
			assert_true(request_slot(r, i)->call != REQUEST_TOP);
}

static bool speaks_of(const struct ran *ran, const char *text)
{
	return str_has_c(buf_str(&ran->result.bytes), text);
}

static void nothing_goes_within_the_budget(void **state)
{
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	long_talk(&t, &a, 10);
	for (int intelligent = 0; intelligent < 2; intelligent++) {
		run_window(&t, 1000000, intelligent, NULL, &ran);
		assert_false(ran.result.changed);
		engine_release(&ran);
	}
	buf_release(&t.text);
	arena_release(&a);
}

static void oldest_tools_go_first(void **state)
{
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	long_talk(&t, &a, 20);
	run_window(&t, 5000, false, NULL, &ran);
	assert_true(has_label(&ran, "window_cap:"));
	assert_true(ran.result.tokens_after <= 5000);
	assert_whole_units(&ran.after);
	/* tools go before what was said; the newest turns stay whole */
	assert_false(speaks_of(&ran, "answer0 "));
	assert_true(speaks_of(&ran, "question0 "));
	assert_true(speaks_of(&ran, "answer18 ") && speaks_of(&ran, "answer19 "));
	assert_int_equal(request_message(&ran.after, 0)->role, ROLE_SYSTEM);
	/* the marker is a message of the user behind the system's */
	assert_int_equal(request_message(&ran.after, 1)->role, ROLE_USER);
	assert_true(str_starts_c(request_slot(&ran.after, 1)->raw, "[Earlier context compressed: "));
	assert_true(marker_in(request_slot(&ran.after, 1)->raw));
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

static void dropped_messages_can_be_had_again(void **state)
{
	struct originals *originals;
	struct original_row row;
	struct arena a;
	struct talk t;
	struct ran ran;
	struct jit it;
	size_t n = 0;

	(void)state;
	arena_init(&a);
	long_talk(&t, &a, 20);
	assert_int_equal(originals_open(NULL, 0, 0, &originals, NULL), STATUS_OK);
	run_window(&t, 5000, true, originals, &ran);
	assert_true(has_label(&ran, "intelligent_cap:"));
	assert_whole_units(&ran.after);
	assert_int_equal(ran.result.hashes.n, 1);
	assert_int_equal(originals_get(originals, &a,
				       str_c(((struct pipeline_hash *)vec_at(&ran.result.hashes, 0))->hex),
				       STR(""), &row, NULL),
			 STATUS_OK);
	assert_str_equal(row.kind, "messages");
	/* as many as the label says, each as it was */
	for (jit_init(&it, jval_of(row.o.text)); jit_next(&it); n++)
		assert_true(str_find(buf_str(&t.text), it.value.raw) != STR_NONE);
	assert_int_equal(n, ran.result.messages_dropped);
	assert_int_equal(n + ran.after.messages.n - 1, ran.before.messages.n);
	engine_release(&ran);
	originals_close(originals);
	buf_release(&t.text);
	arena_release(&a);
}

static void turns_to_keep_are_kept(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct arena a;
	struct talk t;

	(void)state;
	arena_init(&a);
	long_talk(&t, &a, 20);
	for (long keep = 1; keep <= 5; keep++) {
		struct compress_config config;
		struct ran ran;

		compress_config_init(&config);
		config.token_budget = 100;
		config.keep_turns = keep;
		config.text = config.log = false;
		engine_run(buf_str(&t.text), &config, &o, &ran);
		for (long i = 0; i < 20; i++)
			assert_int_equal(speaks_of(&ran, arena_printf(&a, "question%ld ", i).p),
					 i >= 20 - keep);
		assert_true(ran.result.warnings.n > 0); /* still too long, and that is said */
		engine_release(&ran);
	}
	buf_release(&t.text);
	arena_release(&a);
}

static void the_frozen_prefix_stays(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	long_talk(&t, &a, 20);
	compress_config_init(&config);
	config.token_budget = 100;
	config.frozen_messages = 9;
	engine_run(buf_str(&t.text), &config, &o, &ran);
	assert_true(speaks_of(&ran, "question0 ") && speaks_of(&ran, "answer1 "));
	assert_false(speaks_of(&ran, "question2 "));
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

/* One question and very many calls: what comes before the newest messages may go all the same. */
static void agents_of_one_turn_are_not_stuck(void **state)
{
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	talk_begin(&t);
	talk_say(&t, "user", "do it all");
	for (int i = 0; i < 50; i++)
		talk_tool(&t, "query", "{}",
			  arena_printf(&a, "result%d %s", i,
				       "one two three four five six seven eight nine ten"));
	talk_end(&t);
	run_window(&t, 700, false, NULL, &ran);
	assert_true(ran.result.tokens_after <= 700);
	assert_true(speaks_of(&ran, "do it all") && speaks_of(&ran, "result49 "));
	assert_false(speaks_of(&ran, "result0 "));
	assert_whole_units(&ran.after);
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

#define ALPHA "alpha the lease of replica/seven.c failed: ERROR in the cursor of shard nine. "
#define BETA "beta beta beta beta beta beta beta beta beta beta beta beta beta beta beta beta. "

/* Each weight alone decides which of two units goes. */
static void weights_decide_what_goes(void **state)
{
	static const struct {
		const char *weight, *goes;
	} cases[] = {
		{ "recency", "alpha" },	       { "semantic_similarity", "beta" },
		{ "error_indicator", "beta" }, { "forward_reference", "beta" },
		{ "token_density", "beta" },
	};
	static const char *const weights[] = { "recency",	  "semantic_similarity", "toin_importance",
					       "error_indicator", "forward_reference",	 "token_density" };
	struct pipeline_options o = { .pretend = true };
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct compress_config config;
		struct talk t;
		struct ran ran;

		compress_config_init(&config);
		for (size_t w = 0; w < sizeof(weights) / sizeof(*weights); w++)
			assert_int_equal(compress_config_set(
						 &config, str_c(weights[w]),
						 strcmp(weights[w], cases[i].weight) == 0 ? "1" : "0", NULL),
					 STATUS_OK);
		config.intelligent_context = true;
		config.keep_turns = 1;
		talk_begin(&t);
		talk_tool(
			&t, "query", "{}",
			STR(ALPHA ALPHA ALPHA ALPHA));
		talk_tool(&t, "query", "{}", STR(BETA BETA BETA BETA BETA BETA));
		talk_say(&t, "assistant", "the lease in replica/seven.c");
		talk_say(&t, "assistant", "the cursor in replica/seven.c");
		talk_say(&t, "user", "what of the lease in replica/seven.c and its cursor?");
		talk_end(&t);
		config.token_budget = 275;
		engine_run(buf_str(&t.text), &config, &o, &ran);
		if (ran.result.messages_dropped != 2 || speaks_of(&ran, cases[i].goes))
			fail_msg("%s: %zu dropped of %zu tokens: %s", cases[i].weight,
				 ran.result.messages_dropped, ran.result.tokens_before,
				 buf_c(&ran.result.bytes));
		engine_release(&ran);
		buf_release(&t.text);
	}
	arena_release(&a);
}

/* A little too long: results of excluded tools are squeezed before messages go. */
static void slightly_over_is_compressed_first(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	talk_begin(&t);
	talk_say(&t, "user", "first");
	talk_tool(&t, "Grep", "{}", rows_of(&a, 300));
	talk_say(&t, "user", "second");
	talk_say(&t, "assistant", "well");
	talk_say(&t, "user", "third");
	talk_end(&t);
	compress_config_init(&config);
	config.intelligent_context = true;
	engine_run(buf_str(&t.text), &config, &o, &ran);
	config.token_budget = (long)ran.result.tokens_before - 50;
	assert_false(ran.result.changed);
	engine_release(&ran);
	engine_run(buf_str(&t.text), &config, &o, &ran);
	assert_true(has_label(&ran, "compress_first:smart_crusher"));
	assert_int_equal(ran.result.messages_dropped, 0);
	engine_release(&ran);
	config.rolling_window = true;
	config.intelligent_context = false;
	engine_run(buf_str(&t.text), &config, &o, &ran);
	assert_false(has_label(&ran, "compress_first"));
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

const struct CMUnitTest window_tests[] = {
	cmocka_unit_test(nothing_goes_within_the_budget),
	cmocka_unit_test(oldest_tools_go_first),
	cmocka_unit_test(dropped_messages_can_be_had_again),
	cmocka_unit_test(turns_to_keep_are_kept),
	cmocka_unit_test(the_frozen_prefix_stays),
	cmocka_unit_test(agents_of_one_turn_are_not_stuck),
	cmocka_unit_test(weights_decide_what_goes),
	cmocka_unit_test(slightly_over_is_compressed_first),
};
const size_t window_tests_count = sizeof(window_tests) / sizeof(*window_tests);
