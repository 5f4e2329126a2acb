#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "tests/unit/engine.h"

#define FOLDER "tests/fixtures/compress/requests"

/* ---- stores ---- */

static enum status refuse(void *ctx, const struct original *rows, size_t n, struct error *err)
{
	(void)rows, (void)n;
	++*(int *)ctx;
	return error_set(err, STATUS_FAILED, "the disk is full");
}

/* The conversation most tests use: a question and a large answer. */
static void big_talk(struct talk *t, struct arena *a, int rows)
{
	talk_begin(t);
	talk_say(t, "system", "You are careful.");
	talk_say(t, "user", "What is in state error?");
	talk_tool(t, "query", "{\"q\":1}", rows_of(a, rows));
	talk_end(t);
}

static void originals_are_stored_before_anything_goes(void **state)
{
	struct pipeline_options o = { 0 };
	struct compress_config config;
	struct originals *originals;
	struct original_row row;
	struct stash stash;
	struct arena a;
	struct talk t;
	struct ran ran;
	struct error err;
	str rows;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	big_talk(&t, &a, 300);
	assert_int_equal(originals_open(NULL, 0, 0, &originals, &err), STATUS_OK);
	stash = stash_of(originals);
	o.stash = &stash;
	engine_run(buf_str(&t.text), &config, &o, &ran);
	rows = rows_of(&a, 300);
	assert_int_equal(ran.result.hashes.n, 1);
	assert_int_equal(originals_get(originals, &a,
				       str_c(((struct pipeline_hash *)vec_at(&ran.result.hashes, 0))->hex),
				       STR(""), &row, &err),
			 STATUS_OK);
	assert_true(str_eq(row.o.text, rows));
	assert_str_equal(row.o.tool, "query");
	assert_str_equal(row.o.call_id, "call_1");
	assert_str_equal(row.o.query, "What is in state error?");
	assert_str_equal(row.strategy, "smart_crusher");
	assert_str_equal(row.kind, "json_array");
	assert_int_equal(row.o.items, 300);
	/* tokens, not items */
	assert_true(row.o.tokens > 3000 && row.o.shorter_tokens < 1000);
	engine_release(&ran);
	originals_close(originals);
	buf_release(&t.text);
	arena_release(&a);
}

static void nothing_goes_without_a_store(void **state)
{
	struct compress_config config;
	int asked = 0;
	struct stash full = { .ctx = &asked, .put = refuse };
	struct pipeline_options cases[] = { { .stash = NULL }, { .stash = &full } };
	struct arena a;
	struct talk t;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	config.token_budget = 500; /* neither texts nor messages */
	big_talk(&t, &a, 300);
	for (size_t i = 0; i < 2; i++) {
		struct ran ran;

		engine_run(buf_str(&t.text), &config, &cases[i], &ran);
		assert_true(str_eq(buf_str(&ran.result.bytes), buf_str(&t.text)));
		assert_int_equal(ran.result.tokens_after, ran.result.tokens_before);
		assert_int_equal(ran.result.hashes.n, 0);
		assert_true(ran.result.warnings.n > 0);
		assert_non_null(ran.result.reason);
		engine_release(&ran);
	}
	assert_true(asked > 0);
	buf_release(&t.text);
	arena_release(&a);
}

/* ---- counts ---- */

static bool check_sum(void *ctx, int dirfd, const char *name, char type)
{
	struct pipeline_options o = { .pretend = true, .measure_waste = true };
	struct compress_config config;
	struct error err;
	struct ran ran;
	struct buf b;
	size_t sum = 0;

	(void)dirfd, (void)type;
	compress_config_init(&config);
	buf_init(&b, 1 << 20);
	assert_int_equal(fs_read_file(test_path(FOLDER, name), &b, &err), STATUS_OK);
	engine_run(buf_str(&b), &config, &o, &ran);
	for (size_t i = 0; i < BLOCK_COUNT; i++)
		sum += ran.result.blocks[i];
	assert_int_equal(sum, ran.result.tokens_before);
	assert_true(ran.result.waste.total <= ran.result.tokens_before);
	/* counted again, the result is as long as was said */
	config.mode = MODE_AUDIT;
	{
		struct ran again;
		struct buf copy = ran.result.bytes;

		engine_run(buf_str(&copy), &config, &o, &again);
		assert_int_equal(again.result.tokens_before, ran.result.tokens_after);
		assert_true(str_eq(buf_str(&again.result.bytes), buf_str(&copy)));
		assert_string_equal(again.result.reason, "mode audit: only measured");
		engine_release(&again);
	}
	engine_release(&ran);
	buf_release(&b);
	++*(size_t *)ctx;
	return true;
}

static void blocks_sum_up_to_the_whole(void **state)
{
	size_t files = 0;

	(void)state;
	assert_int_equal(fs_list(FOLDER, check_sum, &files, NULL), STATUS_OK);
	assert_true(files >= 8);
}

static void counting_follows_its_table(void **state)
{
	struct pipeline_options o = { .model = STR("gpt-4o") };
	struct compress_config config;
	struct ran ran;

	(void)state;
	compress_config_init(&config);
	/* reply 3; message 4 + role 1 + "hello" 1 */
	engine_run(STR("[{\"role\":\"user\",\"content\":\"hello\"}]"), &config, &o, &ran);
	assert_int_equal(ran.result.tokens_before, 9);
	assert_int_equal(ran.result.blocks[BLOCK_USER], 1);
	assert_int_equal(ran.result.blocks[BLOCK_OVERHEAD], 8);
	assert_int_equal(ran.result.source, TOKEN_BPE);
	engine_release(&ran);
	/* a name costs one more; a call 4, its name, arguments and id; an answer the id */
	engine_run(STR("[{\"role\":\"user\",\"name\":\"hello\",\"content\":\"hello\"},"
		       "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"hello\",\"function\":{\"name\":"
		       "\"hello\","
		       "\"arguments\":\"hello\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"hello\","
		       "\"content\":\"hello\"}]"),
		   &config, &o, &ran);
	assert_int_equal(ran.result.blocks[BLOCK_OVERHEAD], 3 + 3 * 5 + 2);
	assert_int_equal(ran.result.blocks[BLOCK_CALL], 7);
	assert_int_equal(ran.result.blocks[BLOCK_RESULT], 2);
	engine_release(&ran);
	/* what was looked up for the user */
	engine_run(STR("[{\"role\":\"user\",\"content\":\"[Document 3] hello\"},"
		       "{\"role\":\"user\",\"content\":\"[Document] hello\"}]"),
		   &config, &o, &ran);
	assert_true(ran.result.blocks[BLOCK_RAG] > 0);
	assert_true(ran.result.blocks[BLOCK_USER] > 0);
	engine_release(&ran);
}

/* ---- what is taken ---- */

static void results_are_taken_by_exact_count(void **state)
{
	static const struct {
		const char *ratio;
		bool changed;
	} cases[] = { { "0.95", true }, { "0.3", true }, { "0.01", false } };
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct talk t;

	(void)state;
	arena_init(&a);
	big_talk(&t, &a, 200);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ran ran;

		compress_config_init(&config);
		assert_int_equal(compress_config_set(&config, STR("accept_ratio"), cases[i].ratio, NULL),
				 STATUS_OK);
		engine_run(buf_str(&t.text), &config, &o, &ran);
		assert_int_equal(ran.result.changed, cases[i].changed);
		if (!cases[i].changed)
			assert_true(str_has_c(str_c(ran.result.reason), "already compact"));
		engine_release(&ran);
	}
	buf_release(&t.text);
	arena_release(&a);
}

static void options_reach_the_compressors(void **state)
{
	struct pipeline_options o = { .pretend = true };
	static const char *const limits[] = { "5", "15", "50" };
	struct compress_config config;
	size_t tokens[3];
	struct arena a;
	struct talk t;

	(void)state;
	arena_init(&a);
	big_talk(&t, &a, 400);
	for (size_t i = 0; i < 3; i++) {
		struct ran ran;

		compress_config_init(&config);
		assert_int_equal(compress_config_set(&config, STR("max_items_after_crush"), limits[i], NULL),
				 STATUS_OK);
		engine_run(buf_str(&t.text), &config, &o, &ran);
		tokens[i] = ran.result.tokens_after;
		engine_release(&ran);
	}
	assert_true(tokens[0] < tokens[1] && tokens[1] < tokens[2]);
	buf_release(&t.text);
	arena_release(&a);
}

static void same_bytes_give_same_bytes(void **state)
{
	struct compress_config config;
	struct arena a;
	struct talk t;
	str first = { NULL, 0 };

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	talk_begin(&t);
	for (int i = 0; i < 12; i++)
		talk_tool(&t, "query", "{}", rows_of(&a, 100 + i % 3 * 50));
	talk_say(&t, "user", "and?");
	talk_end(&t);
	for (int jobs = 1; jobs <= 4; jobs++) {
		struct pipeline_options o = { .pretend = true, .jobs = jobs };
		struct ran ran;

		engine_run(buf_str(&t.text), &config, &o, &ran);
		if (!first.p)
			first = arena_str(&a, buf_str(&ran.result.bytes));
		assert_true(str_eq(buf_str(&ran.result.bytes), first));
		/* equal texts became equal texts, and are one original */
		assert_int_equal(ran.result.hashes.n, 3);
		for (size_t i = 0; i + 6 < ran.after.slots.n; i += 6)
			assert_true(str_eq(request_slot(&ran.after, 1)->raw,
					   request_slot(&ran.after, i + 1)->raw));
		engine_release(&ran);
	}
	buf_release(&t.text);
	arena_release(&a);
}

static void the_query_is_the_newest_question(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	for (int given = 0; given < 2; given++) {
		talk_begin(&t);
		talk_say(&t, "user", "item 7777");
		talk_tool(&t, "query", "{}", rows_of(&a, 9000));
		talk_say(&t, "user",
			 given ? "<system-reminder>item 6666</system-reminder>" : "Show \"item 5555\"");
		o.query = given ? STR("what about \"item 4444\"?") : STR("");
		engine_run(talk_end(&t), &config, &o, &ran);
		assert_true(str_has_c(buf_str(&ran.result.bytes), given ? "item 4444" : "item 5555\\\""));
		assert_false(str_has_c(buf_str(&ran.result.bytes), "item 3333"));
		engine_release(&ran);
		buf_release(&t.text);
	}
	arena_release(&a);
}

static void reasons_say_why_nothing_was_saved(void **state)
{
	struct pipeline_options o = { .pretend = true };
	static const struct {
		const char *body, *reason;
		long min_tokens;
	} cases[] = {
		{ "[{\"role\":\"system\",\"content\":\"hello\"}]", "no tool result", 200 },
		{ "[{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"hello\"}]", "too short", 200 },
		{ "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"Read\"}}]}"
		  ","
		  "{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"hello\"}]",
		  "too short", 200 },
		{ "[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"Read\"}}]}"
		  ","
		  "{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"hello\"}]",
		  "protected", 1 },
		{ "[{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"[1,2,3]\"}]", "already compact",
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct compress_config config;
		struct ran ran;

		compress_config_init(&config);
		config.min_tokens_to_crush = cases[i].min_tokens;
		engine_run(str_c(cases[i].body), &config, &o, &ran);
		if (!str_has_c(str_c(ran.result.reason), cases[i].reason))
			fail_msg("%s: %s", cases[i].body, ran.result.reason);
		engine_release(&ran);
	}
}

static void steps_are_told_with_their_counts(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	const struct pipeline_step *last;
	bool router = false, crusher = false;
	struct arena a;
	struct talk t;
	struct ran ran;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	big_talk(&t, &a, 300);
	engine_run(buf_str(&t.text), &config, &o, &ran);
	for (size_t i = 0; i < ran.result.steps.n; i++) {
		const struct pipeline_step *s = vec_at(&ran.result.steps, i);

		router = router ||
			 (strcmp(s->name, "content_router") == 0 && s->before == ran.result.tokens_before &&
			  s->after == ran.result.tokens_after);
		crusher =
			crusher || (strcmp(s->name, "compressor:smart_crusher") == 0 && s->after < s->before);
		assert_true(s->ms >= 0);
	}
	assert_true(router && crusher);
	last = vec_at(&ran.result.steps, ran.result.steps.n - 1);
	assert_string_equal(last->name, "pipeline_total");
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

/* ---- reads of files ---- */

static void stale_reads_give_way(void **state)
{
	static const struct {
		const char *edit, *path, *superseded, *answer;
		int stale; /* reads that became stale */
	} cases[] = {
		{ "Edit", "/a.c", "false", "done", 1 },
		{ "Edit", "/b.c", "false", "done", 0 },
		{ "Read", "/a.c", "false", "again", 0 },
		{ "Read", "/a.c", "true", "again", 1 },
	};
	struct pipeline_options o = { .pretend = true };
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *arguments = arena_printf(&a, "{\"file_path\":\"%s\"}", cases[i].path).p;
		struct compress_config config;
		struct talk t;
		struct ran ran;

		compress_config_init(&config);
		assert_int_equal(compress_config_set(&config, STR("read_lifecycle_superseded"),
						     cases[i].superseded, NULL),
				 STATUS_OK);
		talk_begin(&t);
		talk_tool(&t, "Read", "{\"file_path\":\"/a.c\"}", code_of(&a, 10));
		talk_tool(&t, cases[i].edit, arguments, str_c(cases[i].answer));
		engine_run(talk_end(&t), &config, &o, &ran);
		assert_int_equal(has_label(&ran, "read_lifecycle:"), cases[i].stale);
		assert_int_equal(ran.result.hashes.n, cases[i].stale);
		if (cases[i].stale)
			assert_true(str_starts_c(request_slot(&ran.after, 1)->raw, "[Read content "));
		engine_release(&ran);
		buf_release(&t.text);
	}
	arena_release(&a);
}

static void failed_edits_make_nothing_stale(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct ran ran;
	struct buf b;
	struct jput j;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	for (int failed = 0; failed < 2; failed++) {
		buf_init(&b, 1 << 20);
		jput_init(&j, &b, false);
		jput_str(&j, code_of(&a, 10));
		str body = arena_printf(&a,
					"[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":"
					"\"r\",\"name\":\"Read\","
					"\"input\":{\"file_path\":\"/"
					"a\"}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
					"\"tool_use_id\":\"r\",\"content\":%s}]},{\"role\":\"assistant\","
					"\"content\":[{\"type\":\"tool_use\","
					"\"id\":\"e\",\"name\":\"Edit\",\"input\":{\"file_path\":\"/"
					"a\"}}]},{\"role\":\"user\",\"content\":["
					"{\"type\":\"tool_result\",\"tool_use_id\":\"e\",\"is_error\":%s,"
					"\"content\":\"x\"}]}]",
					buf_c(&b), failed ? "true" : "false");
		engine_run(body, &config, &o, &ran);
		assert_int_equal(has_label(&ran, "read_lifecycle:stale"), !failed);
		engine_release(&ran);
		buf_release(&b);
	}
	arena_release(&a);
}

/* ---- one text ---- */

static void one_text_is_compressed_as_it_looks(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct pipeline_result r;
	struct arena a;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	assert_int_equal(pipeline_text(rows_of(&a, 200), CONTENT_COUNT, &config, &o, &r, NULL), STATUS_OK);
	assert_int_equal(r.content, CONTENT_JSON);
	assert_true(r.changed && r.tokens_after < r.tokens_before && r.hashes.n == 1 && !r.reason);
	pipeline_result_release(&r);
	o.pretend = false;
	assert_int_equal(pipeline_text(rows_of(&a, 200), CONTENT_JSON, &config, &o, &r, NULL), STATUS_OK);
	assert_true(!r.changed && r.reason && str_eq(buf_str(&r.bytes), rows_of(&a, 200)));
	pipeline_result_release(&r);
	assert_int_equal(pipeline_text(STR("short \xff\0 bytes"), CONTENT_COUNT, &config, &o, &r, NULL),
			 STATUS_OK);
	assert_true(str_eq(buf_str(&r.bytes), STR("short \xff\0 bytes")));
	pipeline_result_release(&r);
	arena_release(&a);
}

const struct CMUnitTest pipeline_tests[] = {
	cmocka_unit_test(originals_are_stored_before_anything_goes),
	cmocka_unit_test(nothing_goes_without_a_store),
	cmocka_unit_test(blocks_sum_up_to_the_whole),
	cmocka_unit_test(counting_follows_its_table),
	cmocka_unit_test(results_are_taken_by_exact_count),
	cmocka_unit_test(options_reach_the_compressors),
	cmocka_unit_test(same_bytes_give_same_bytes),
	cmocka_unit_test(the_query_is_the_newest_question),
	cmocka_unit_test(reasons_say_why_nothing_was_saved),
	cmocka_unit_test(steps_are_told_with_their_counts),
	cmocka_unit_test(stale_reads_give_way),
	cmocka_unit_test(failed_edits_make_nothing_stale),
	cmocka_unit_test(one_text_is_compressed_as_it_looks),
};
const size_t pipeline_tests_count = sizeof(pipeline_tests) / sizeof(*pipeline_tests);
