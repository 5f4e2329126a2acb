#include "tests/test.h"

#include <stdio.h>

#include "core/compress/align.h"
#include "tests/unit/engine.h"

/* What would move out of a text, joined by '|'. */
static void assert_moves(const char *text, const char *own, const char *expected)
{
	struct align_patterns patterns;
	struct vec spans;
	struct arena a;
	struct buf b;
	size_t last = SIZE_MAX;

	arena_init(&a);
	buf_init(&b, 1 << 16);
	vec_init(&spans, sizeof(struct align_span));
	align_patterns_init(&patterns, &a, own);
	align_find(str_c(text), &patterns, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		const struct align_span *s = vec_at(&spans, i);

		if (s->unit_from == last)
			continue;
		last = s->unit_from;
		buf_printf(&b, "%s%.*s", b.n ? "|" : "", (int)(s->unit_to - s->unit_from),
			   text + s->unit_from);
	}
	if (strcmp(buf_c(&b), expected) != 0)
		fail_msg("%s: \"%s\" != \"%s\"", text, buf_c(&b), expected);
	vec_release(&spans);
	buf_release(&b);
	arena_release(&a);
}

static void values_of_the_moment_are_found(void **state)
{
	static const char *const moved[] = {
		"Run 550e8400-e29b-41d4-a716-446655440000",
		"Today is 2026-01-31.",
		"It is 2026-01-31T12:00:00Z now.",
		"It is 12:30:59 here.",
		"At 9:05 it began.",
		"Stamp 1767225600.",
		"You are v1.2.3 of it.",
		"Use sk-abcdef0123456789abcd to log in.",
		"Thread req_8f3a2b1c is yours.",
		"Commit 0123456789abcdef0123456789abcdef01234567",
		"Token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz",
		"Nonce x7k2m9p4q1",
		"Current Date: 31 January 2026",
		"Session ID = 5",
	};
	static const char *const stays[] = {
		"Avoid using X.",
		"Always use UTF-8 and ISO 8601 dates (YYYY-MM-DD).",
		"Date: as the user writes it",
		"There are 42 tools and 1000 files.",
		"Read sha256sum and base64url first.",
		"update: 5 things", /* ends like a label, is none */
		"my_variable_name is fine, so is long_function_names",
		"Call extraordinarily long words what they are.",
		"Ratio 16:9 x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(moved) / sizeof(*moved); i++)
		assert_moves(moved[i], "", moved[i]);
	for (size_t i = 0; i < sizeof(stays) / sizeof(*stays); i++)
		assert_moves(stays[i], "", "");
	assert_moves("Be kind. Today is 2026-01-31. Be brief.\nEnd", "", "Today is 2026-01-31.");
	assert_moves("```\nid = 2026-01-31\n```\nafter 2026-02-01", "", "after 2026-02-01");
	assert_moves("build alpha\nbuild beta", "build [a]\n(broken", "build alpha");
}

static str aligned(struct arena *a, const char *system, const char *option, const char *value)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct talk t;
	struct ran ran;
	bool exact;
	str text;

	compress_config_init(&config);
	config.align = true;
	config.align_min_tokens = 0;
	if (option)
		assert_int_equal(compress_config_set(&config, str_c(option), value, NULL), STATUS_OK);
	talk_begin(&t);
	talk_say(&t, "system", system);
	talk_say(&t, "user", "It is 2026-01-31.  \n\n\n\nyes");
	talk_tool(&t, "query", "{}", rows_of(a, 100)); /* which saves more than the aligner costs */
	engine_run(talk_end(&t), &config, &o, &ran);
	text = arena_str(a, slot_text(request_slot(&ran.after, 0), a, &exact));
	/* nobody else's text is touched */
	assert_true(str_eq(request_slot(&ran.after, 1)->raw, request_slot(&ran.before, 1)->raw));
	assert_int_equal(has_label(&ran, "cache_align:"), !str_eq_c(text, system));
	engine_release(&ran);
	buf_release(&t.text);
	return text;
}

static void system_texts_are_made_stable(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(
		aligned(&a, "Be kind.\nCurrent Date: 2026-01-31\nBe brief.  \n\n\n\nEnd.", NULL, NULL),
		"Be kind.\nBe brief.\n\nEnd.\n\n---\n[Dynamic Context]\nCurrent Date: 2026-01-31");
	assert_str_equal(aligned(&a, "Be kind. Today is 2026-01-31. Be brief.  \nEnd", "normalize_whitespace",
				 "false"),
			 "Be kind. Be brief.  \nEnd\n\n---\n[Dynamic Context]\nToday is 2026-01-31.");
	assert_str_equal(aligned(&a, "A v1.2.3\nB v1.2.4\nC v1.2.5\nD v1.2.6\nE", NULL, NULL),
			 "E\n\n---\n[Dynamic Context]\n- A v1.2.3\n- B v1.2.4\n- C v1.2.5\n- D v1.2.6");
	/* nothing found, nothing touched, not even white space */
	assert_str_equal(aligned(&a, "Be kind.  \n\n\n\nEnd.", NULL, NULL), "Be kind.  \n\n\n\nEnd.");
	/* once is enough */
	assert_str_equal(aligned(&a, "E\n\n---\n[Dynamic Context]\nA v1.2.3", NULL, NULL),
			 "E\n\n---\n[Dynamic Context]\nA v1.2.3");
	assert_str_equal(aligned(&a, "A v1.2.3", "stable_prefix_min_tokens", "50"), "A v1.2.3");
	assert_str_equal(aligned(&a, "A v1.2.3", "frozen_message_count", "1"), "A v1.2.3");
	assert_str_equal(aligned(&a, "A v1.2.3", "cache_aligner", "false"), "A v1.2.3");
	assert_str_equal(aligned(&a, "A build7\nB", "dynamic_patterns", "build[0-9]"),
			 "B\n\n---\n[Dynamic Context]\nA build7");
	arena_release(&a);
}

/* One conversation: its hash, with the aligner or not. */
static struct pipeline_result measured(const char *system, const char *user, bool align, int rows)
{
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct pipeline_result result;
	struct arena a;
	struct talk t;
	struct ran ran;

	arena_init(&a);
	compress_config_init(&config);
	config.align = align;
	config.align_min_tokens = 0;
	talk_begin(&t);
	talk_say(&t, "system", system);
	talk_say(&t, "user", user);
	if (rows)
		talk_tool(&t, "query", "{}", rows_of(&a, rows));
	engine_run(talk_end(&t), &config, &o, &ran);
	result = ran.result;
	/* the figures stay valid, what they point to does not */
	engine_release(&ran);
	buf_release(&t.text);
	arena_release(&a);
	return result;
}

#define MONDAY "Be kind.\nCurrent Date: 2026-01-31\nBe brief."
#define TUESDAY "Be kind.\nCurrent Date: 2026-02-01\nBe brief."

static void the_prefix_has_a_hash(void **state)
{
	struct pipeline_result monday = measured(MONDAY, "Hello", false, 0);
	struct pipeline_result tuesday = measured(TUESDAY, "Hello", false, 0);
	struct pipeline_result longer = measured(MONDAY, "Hello", false, 100);
	struct pipeline_result other = measured(MONDAY, "Bye", false, 0);

	(void)state;
	/* of [{"content":"Be kind.\nCurrent Date: 2026-01-31\nBe brief.","role":"system"},
	 *     {"content":"Hello","role":"user"}] */
	assert_string_equal(monday.stable_prefix_hash, "9ad4d798a1da217d");
	assert_string_equal(monday.stable_prefix_hash, longer.stable_prefix_hash);
	assert_string_not_equal(monday.stable_prefix_hash, tuesday.stable_prefix_hash);
	assert_string_not_equal(monday.stable_prefix_hash, other.stable_prefix_hash);
	assert_int_equal(monday.cache_alignment_score, 90);
	/* aligned, two days are the same */
	monday = measured(MONDAY, "Hello", true, 100);
	tuesday = measured(TUESDAY, "Hello", true, 100);
	assert_string_equal(monday.stable_prefix_hash, tuesday.stable_prefix_hash);
	assert_int_equal(monday.cache_alignment_score, 100);
}

static void system_texts_of_all_formats_count(void **state)
{
	static const char *const bodies[][2] = {
		{ "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"system\":", "}" },
		{ "{\"instructions\":", ",\"input\":[{\"role\":\"user\",\"content\":\"x\"}]}" },
		{ "{\"systemInstruction\":{\"parts\":[{\"text\":",
		  "}]},\"contents\":[{\"parts\":[{\"text\":\"x\"}]}]}" },
	};
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	char text[256], first[PREFIX_HASH + 1];
	struct ran ran;

	(void)state;
	compress_config_init(&config);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		snprintf(text, sizeof(text), "%s\"a\"%s", bodies[i][0], bodies[i][1]);
		engine_run(str_c(text), &config, &o, &ran);
		memcpy(first, ran.result.stable_prefix_hash, sizeof(first));
		engine_release(&ran);
		snprintf(text, sizeof(text), "%s\"b v1.2.3\"%s", bodies[i][0], bodies[i][1]);
		engine_run(str_c(text), &config, &o, &ran);
		assert_string_not_equal(first, ran.result.stable_prefix_hash);
		assert_int_equal(ran.result.cache_alignment_score, 90);
		engine_release(&ran);
	}
}

static void aligning_never_costs_tokens(void **state)
{
	struct pipeline_result plain = measured(MONDAY, "Hello", false, 0);
	struct pipeline_result r = measured(MONDAY, "Hello", true, 0);

	(void)state;
	assert_int_equal(r.tokens_after, r.tokens_before);
	assert_false(r.changed);
	assert_string_equal(r.stable_prefix_hash, plain.stable_prefix_hash);
	/* what others have saved pays for it */
	r = measured(MONDAY, "Hello", true, 100);
	assert_true(r.tokens_after < r.tokens_before && r.cache_alignment_score == 100);
}

static void scores_fall_with_what_changes(void **state)
{
	(void)state;
	assert_int_equal(align_score(STR("Be kind.")), 100);
	assert_int_equal(align_score(STR("Be kind.\r\nx  y\n\n\nz")), 91);
	assert_int_equal(align_score(STR("v1.2.3\nv1.2.4")), 80);
	assert_int_equal(
		align_score(
			STR("v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3 v1.2.3")),
		0);
}

const struct CMUnitTest cache_align_tests[] = {
	cmocka_unit_test(values_of_the_moment_are_found), cmocka_unit_test(system_texts_are_made_stable),
	cmocka_unit_test(the_prefix_has_a_hash),	  cmocka_unit_test(system_texts_of_all_formats_count),
	cmocka_unit_test(aligning_never_costs_tokens),	  cmocka_unit_test(scores_fall_with_what_changes),
};
const size_t cache_align_tests_count = sizeof(cache_align_tests) / sizeof(*cache_align_tests);
