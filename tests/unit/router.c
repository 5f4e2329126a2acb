#include "tests/test.h"

#include <stdio.h>

#include "tests/unit/engine.h"

/* One text in a conversation, and the label its fate is told by. */
struct rule {
	const char *name;
	const char *tool; /* NULL: the text is said, not answered */
	const char *role; /* who says it */
	const char *question;
	const char *option, *value;
	int rows; /* of JSON; 0: code */
	int behind; /* messages that follow */
	const char *label; /* NULL: none at all */
};

static const struct rule rules[] = {
	{ "results are compressed", "query", NULL, "go", NULL, NULL, 200, 0, "router:smart_crusher:" },
	{ "the frozen prefix stays", "query", NULL, "go", "frozen_message_count", "9", 200, 0, NULL },
	{ "excluded tools stay", "Read", NULL, "go", NULL, NULL, 200, 0, "router:excluded:tool" },
	{ "in any case", "gREP", NULL, "go", NULL, NULL, 200, 0, "router:excluded:tool" },
	{ "Bash is not one of them", "Bash", NULL, "go", NULL, NULL, 200, 0, "router:smart_crusher:" },
	{ "the list can be changed", "Bash", NULL, "go", "exclude_tools", "x, bash", 200, 0,
	  "router:excluded:tool" },
	{ "and emptied", "Read", NULL, "go", "exclude_tools", "", 200, 0, "router:smart_crusher:" },
	{ "recent reads stay", "Read", NULL, "go", "protect_recent_reads_fraction", "0.3", 200, 0,
	  "router:excluded:tool" },
	{ "older ones need not", "Read", NULL, "go", "protect_recent_reads_fraction", "0.3", 200, 12,
	  "router:smart_crusher:" },
	{ "the user's text stays", NULL, "user", "go", NULL, NULL, 200, 0, "router:protected:user_message" },
	{ "unless told otherwise", NULL, "user", "go", "skip_user_messages", "false", 200, 0,
	  "router:smart_crusher:" },
	{ "the system's always", NULL, "system", "go", "skip_user_messages", "false", 200, 0, NULL },
	{ "the assistant's is compressed", NULL, "assistant", "go", NULL, NULL, 200, 0,
	  "router:smart_crusher:" },
	{ "short texts stay", "query", NULL, "go", NULL, NULL, 5, 0, NULL },
	{ "short is what the option says", "query", NULL, "go", "min_tokens_to_crush", "100000", 200, 0,
	  NULL },
	{ "minified JSON is not one word", "query", NULL, "go", NULL, NULL, 60, 0, "router:smart_crusher:" },
	{ "recent code stays", "cat", NULL, "go", NULL, NULL, 0, 0, "router:protected:recent_code" },
	{ "no code is recent", "cat", NULL, "fix it", "protect_recent_code", "0", 0, 0,
	  "router:protected:analysis_context" },
	{ "code to be analysed stays", "cat", NULL, "Why is that broken?", NULL, NULL, 0, 6,
	  "router:protected:analysis_context" },
	{ "two words count", "cat", NULL, "how does it work", NULL, NULL, 0, 6,
	  "router:protected:analysis_context" },
	{ "only whole words do", "cat", NULL, "add a prefix to each issuer", NULL, NULL, 0, 6, "" },
	{ "unless that is off", "cat", NULL, "fix it", "protect_analysis_context", "false", 0, 6, "" },
	{ "compressors can be off", "query", NULL, "go", "smart_crusher", "false", 200, 0, NULL },
	{ "what was retrieved stays", "headroom_retrieve", NULL, "go", NULL, NULL, 200, 0,
	  "router:protected:pinned" },
	{ "by whatever server", "mcp__x__headroom_retrieve", NULL, "go", NULL, NULL, 200, 0,
	  "router:protected:pinned" },
};

static void check_rule(const struct rule *rule)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct error err;
	struct arena a;
	struct talk t;
	struct ran ran;
	str text, labels;

	arena_init(&a);
	compress_config_init(&config);
	if (rule->option && compress_config_set(&config, str_c(rule->option), rule->value, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	text = rule->rows ? rows_of(&a, rule->rows) : code_of(&a, 20);
	talk_begin(&t);
	if (rule->tool)
		talk_tool(&t, rule->tool, "{}", text);
	else
		talk_say(&t, rule->role, text.p);
	for (int i = 0; i < rule->behind; i++)
		talk_say(&t, i % 2 ? "user" : "assistant", "well");
	/* the question is the newest text of the user unless it is the text itself */
	if (!rule->role || strcmp(rule->role, "user") != 0)
		talk_say(&t, "user", rule->question);
	engine_run(talk_end(&t), &config, &o, &ran);
	labels = labels_of(&a, &ran);
	if (rule->label && rule->label[0] ? !has_label(&ran, rule->label)
	    : rule->label		  ? str_has_c(labels, "router:protected:analysis") ||
				    str_has_c(labels, "router:protected:recent")
			  : ran.result.changed)
		fail_msg("%s: %.*s", rule->name, STR_ARG(labels));
	if (!str_has_c(labels, "smart_crusher") && rule->rows)
		assert_true(str_eq(buf_str(&ran.result.bytes), buf_str(&t.text)));
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
}

static void router_follows_its_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		check_rule(&rules[i]);
}

/* ---- details ---- */

static void router_leaves_blocks_of_people_alone(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct buf b;
	struct ran ran;
	struct jput j;
	str rows;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	rows = rows_of(&a, 200);
	buf_init(&b, 1 << 20);
	jput_init(&j, &b, false);
	jput_str(&j, rows);
	rows = arena_str(&a, buf_str(&b));
	buf_clear(&b);
	buf_printf(&b,
		   "[{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":%.*s},"
		   "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"q\",\"input\":{}}]},"
		   "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\","
		   "\"content\":["
		   "{\"type\":\"text\",\"text\":%.*s},{\"type\":\"image\",\"source\":{}},{\"type\":\"text\","
		   "\"text\":\"x\"}]},"
		   "{\"type\":\"text\",\"text\":%.*s}]}]",
		   STR_ARG(rows), STR_ARG(rows), STR_ARG(rows));
	engine_run(buf_str(&b), &config, &o, &ran);
	assert_true(has_label(&ran, "router:tool_result:smart_crusher"));
	/* the text in the result is shorter, nothing else is */
	assert_true(str_eq(request_slot(&ran.after, 0)->raw, request_slot(&ran.before, 0)->raw));
	assert_true(request_slot(&ran.after, 2)->raw.n < request_slot(&ran.before, 2)->raw.n);
	for (size_t i = 3; i < 6; i++)
		assert_true(str_eq(request_slot(&ran.after, i)->raw, request_slot(&ran.before, i)->raw));
	engine_release(&ran);
	buf_release(&b);
	arena_release(&a);
}

static void router_obeys_tool_profiles(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	size_t tokens[3];
	struct arena a;
	struct talk t;
	struct ran ran;
	str list;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	talk_begin(&t);
	talk_tool(&t, "query", "{}", rows_of(&a, 300));
	list = talk_end(&t);
	for (int i = 0; i < 3; i++) {
		static const char *const profiles[] = { "\"query\":{\"max_items_after_crush\":8}",
							"\"Query\":{\"max_items_after_crush\":60}",
							"\"query\":{\"skip_compression\":true}" };
		str body = arena_printf(&a, "{\"headroom_tool_profiles\":{%s},\"messages\":%.*s}",
					profiles[i], STR_ARG(list));

		engine_run(body, &config, &o, &ran);
		tokens[i] = ran.result.tokens_after;
		assert_int_equal(has_label(&ran, "router:excluded:profile"), i == 2);
		engine_release(&ran);
	}
	assert_true(tokens[0] < tokens[1] && tokens[1] < tokens[2]);
	buf_release(&t.text);
	arena_release(&a);
}

/* A marker pins a text; so does not a text that quotes one in its middle. */
static void router_leaves_its_own_output_alone(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct talk t;
	struct ran once, twice;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	talk_begin(&t);
	talk_tool(&t, "query", "{}", rows_of(&a, 300));
	engine_run(talk_end(&t), &config, &o, &once);
	assert_true(once.result.changed);
	config.min_tokens_to_crush = 0;
	engine_run(buf_str(&once.result.bytes), &config, &o, &twice);
	assert_false(twice.result.changed);
	assert_true(has_label(&twice, "router:protected:pinned"));
	assert_true(str_eq(buf_str(&twice.result.bytes), buf_str(&once.result.bytes)));
	engine_release(&twice);
	engine_release(&once);
	buf_release(&t.text);
	arena_release(&a);
}

/* What cannot be given back is not taken away. */
static void router_leaves_what_has_no_meaning(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct buf b;
	struct ran ran;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "[{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"\\ud800[");
	for (int i = 0; i < 400; i++)
		buf_printf(&b, "%d,", i);
	buf_add_c(&b, "1]\"}]");
	engine_run(buf_str(&b), &config, &o, &ran);
	assert_false(ran.result.changed);
	assert_true(has_label(&ran, "router:protected:not_utf8"));
	engine_release(&ran);
	buf_release(&b);
	arena_release(&a);
}

static void gemini_responses_stay_objects(void **state)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct arena a;
	struct ran ran;
	str body;

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	body = arena_printf(&a,
			    "{\"contents\":[{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"q\","
			    "\"args\":{}}}]},"
			    "{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"q\","
			    "\"response\":{\"rows\":%.*s}}}]}]}",
			    STR_ARG(rows_of(&a, 200)));
	engine_run(body, &config, &o, &ran);
	assert_true(has_label(&ran, "router:tool_result:smart_crusher"));
	assert_int_equal(jval_of(request_slot(&ran.after, 1)->raw).type, J_ARRAY);
	assert_int_equal(ran.after.format, REQUEST_GEMINI);
	engine_release(&ran);
	arena_release(&a);
}

const struct CMUnitTest router_tests[] = {
	cmocka_unit_test(router_follows_its_rules),
	cmocka_unit_test(router_leaves_blocks_of_people_alone),
	cmocka_unit_test(router_obeys_tool_profiles),
	cmocka_unit_test(router_leaves_its_own_output_alone),
	cmocka_unit_test(router_leaves_what_has_no_meaning),
	cmocka_unit_test(gemini_responses_stay_objects),
};
const size_t router_tests_count = sizeof(router_tests) / sizeof(*router_tests);
