#include "tests/test.h"

#include <stdlib.h>

#include "core/json/jget.h"
#include "core/json/jsonl.h"
#include "core/token/model_name.h"
#include "core/token/token.h"

#define COUNTS "tests/fixtures/token/counts.jsonl" /* texts and what tiktoken 1.0.22 counts */
#define COUNTS_LEAST 1500

static size_t count(const char *name, str text)
{
	return token_count(tokenizer_by_name(name), NULL, text);
}

static void expect(const char *name, struct token_cache *c, str text, struct jval wanted)
{
	size_t n = token_count(tokenizer_by_name(name), c, text);

	if ((int64_t)n != jval_i64(wanted, -1))
		fail_msg("%s: %zu, not %.*s, for a text of %zu bytes: %.*s", name, n, STR_ARG(wanted.raw),
			 text.n, STR_ARG(text));
}

static void counts_as_tiktoken(void **state)
{
	struct token_cache *c = token_cache_new();
	struct jsonl *r = jsonl_open(COUNTS, 0, 1, NULL);
	struct jsonl_line line;
	struct arena a;
	size_t n = 0;

	(void)state;
	assert_non_null(r);
	arena_init(&a);
	for (; jsonl_next(r, &line, NULL) == STATUS_OK; n++) {
		struct jval row = jval_of(line.text);
		str text = jval_str(&a, jget(row, "text"));

		/* without a cache; with one that has or has not met the pieces; and again, when it has */
		expect("o200k_base", NULL, text, jget(row, "o200k"));
		expect("cl100k_base", NULL, text, jget(row, "cl100k"));
		for (int again = 0; again < 2; again++) {
			expect("o200k_base", c, text, jget(row, "o200k"));
			expect("cl100k_base", c, text, jget(row, "cl100k"));
		}
		arena_reset(&a);
	}
	assert_true(n >= COUNTS_LEAST);
	assert_int_equal(jsonl_stats(r)->skipped_other + jsonl_stats(r)->skipped_nul, 0);
	arena_release(&a);
	jsonl_free(r);
	token_cache_free(c);
	token_cache_free(NULL);
}

static void special_tokens_are_text(void **state)
{
	(void)state;
	assert_int_equal(count("o200k_base", STR("<|endoftext|>")), 7);
	assert_int_equal(count("cl100k_base", STR("<|endoftext|>")), 7);
}

static void no_text_has_no_tokens(void **state)
{
	static const char *const names[] = { "o200k_base",    "cl100k_base",	 "o200k_likely",
					     "claude_to_4_6", "claude_from_4_7", "chars_4",
					     "estimate" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_non_null(tokenizer_by_name(names[i]));
		assert_int_equal(count(names[i], STR("")), 0);
		assert_int_equal(count(names[i], (str){ NULL, 0 }), 0);
		assert_true(count(names[i], STR("x")) > 0);
	}
	assert_null(tokenizer_by_name("p50k_base"));
}

/* Each maximal invalid run is one U+FFFD. */
static void invalid_utf8_is_replaced(void **state)
{
	static const struct {
		str bytes;
		const char *meant;
	} cases[] = {
		{ { "\xff", 1 }, "\ufffd" },
		{ { "a\x80z", 3 }, "a\ufffdz" },
		{ { "\xe2\x82", 2 }, "\ufffd" }, /* cut short */
		{ { "\xe2\x82 x", 4 }, "\ufffd x" },
		{ { "\xf0\x9f\x98", 3 }, "\ufffd" },
		{ { "\xf0\x9f\x98\xf0\x9f\x98\x80", 7 }, "\ufffd\U0001f600" },
		{ { "\xed\xa0\x80", 3 }, "\ufffd\ufffd\ufffd" }, /* a surrogate */
		{ { "\xc0\xaf", 2 }, "\ufffd\ufffd" }, /* overlong */
		{ { "\xe0\x80\x80", 3 }, "\ufffd\ufffd\ufffd" },
		{ { "\xf5\x80\x80\x80", 4 }, "\ufffd\ufffd\ufffd\ufffd" },
		{ { "\xf4\x90\x80\x80", 4 }, "\ufffd\ufffd\ufffd\ufffd" }, /* above U+10FFFF */
		{ { "x\xc3", 2 }, "x\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(count("o200k_base", cases[i].bytes),
				 count("o200k_base", str_c(cases[i].meant)));
		assert_int_equal(count("cl100k_base", cases[i].bytes),
				 count("cl100k_base", str_c(cases[i].meant)));
	}
}

/* A long piece is merged in windows: the end of one must not show.  A run of n times 64 equal letters is n times the
 * tokens of such a run, where 64 of them are whole tokens. */
static void long_pieces_are_linear(void **state)
{
	enum {
		SIZE = 1 << 20
	};
	char *p = malloc(SIZE);
	size_t few, most;

	(void)state;
	assert_non_null(p);
	memset(p, '=', SIZE);
	few = count("o200k_base", (str){ p, 1 << 12 });
	most = count("o200k_base", (str){ p, SIZE });
	assert_int_equal(most, few * (SIZE >> 12));
	for (size_t i = 0; i < SIZE; i++) /* one word, and no two merges alike */
		p[i] = (char)('a' + (i * i + i / 7) % 26);
	assert_true(count("cl100k_base", (str){ p, SIZE }) > SIZE / 4);
	free(p);
}

static void models_have_tokenizers(void **state)
{
	static const struct {
		const char *model, *name;
	} cases[] = {
		{ "gpt-4o", "o200k_base" },
		{ "gpt-4o-mini-2024-07-18", "o200k_base" },
		{ "openai/gpt-5.1-codex", "o200k_base" },
		{ "GPT-5", "o200k_base" },
		{ "gpt-4.1", "o200k_base" },
		{ "o1-mini-2024-09-12", "o200k_base" },
		{ "o3", "o200k_base" },
		{ "o4-mini", "o200k_base" },
		{ "chatgpt-4o-latest", "o200k_base" },
		{ "ft:gpt-4o-mini-2024-07-18:org::id", "o200k_base" },
		{ "gpt-4", "cl100k_base" },
		{ "gpt-4-0613", "cl100k_base" },
		{ "gpt-4-x", "cl100k_base" },
		{ "gpt-4-turbo", "cl100k_base" },
		{ "gpt-3.5-turbo-16k", "cl100k_base" },
		{ "text-embedding-3-small", "cl100k_base" },
		{ "gpt-99", "o200k_likely" },
		{ "claude-3-5-sonnet-20241022", "claude_to_4_6" },
		{ "claude-sonnet-4-20250514", "claude_to_4_6" },
		{ "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude_to_4_6" },
		{ "anthropic/claude-opus-4.6", "claude_to_4_6" },
		{ "claude-haiku-4-5@20251001", "claude_to_4_6" },
		{ "claude-opus-4-7", "claude_from_4_7" },
		{ "claude-opus-4.8", "claude_from_4_7" },
		{ "claude-opus-4-8[1m]", "claude_from_4_7" },
		{ "claude-fable-5", "claude_from_4_7" },
		{ "claude-sonnet-5", "claude_from_4_7" },
		{ "gemini-3-flash-preview", "chars_4" },
		{ "o100", "estimate" },
		{ "llama-3.3-70b", "estimate" },
		{ "deepseek/deepseek-chat", "estimate" },
		{ "", "estimate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct tokenizer *t = tokenizer_for_model(str_c(cases[i].model));

		if (strcmp(tokenizer_name(t), cases[i].name) != 0)
			fail_msg("%s: %s", cases[i].model, tokenizer_name(t));
		assert_ptr_equal(t, tokenizer_by_name(cases[i].name));
	}
	assert_int_equal(tokenizer_source(tokenizer_by_name("cl100k_base")), TOKEN_BPE);
	assert_int_equal(tokenizer_source(tokenizer_by_name("claude_from_4_7")), TOKEN_CALIBRATED);
	assert_int_equal(tokenizer_source(tokenizer_by_name("o200k_likely")), TOKEN_ESTIMATED);
	assert_string_equal(token_source_names[TOKEN_CALIBRATED], "calibrated");
}

static void model_names_lose_what_is_added(void **state)
{
	char space[MODEL_NAME_MAX], huge[1000];

	(void)state;
	assert_str_equal(model_name_plain(STR("bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0"), space),
			 "claude-opus-4-5");
	assert_str_equal(model_name_plain(STR(" Claude-Opus-4.8[1m] "), space), "claude-opus-4-8");
	assert_str_equal(model_name_plain(STR("models/gemini-3-flash-preview"), space),
			 "gemini-3-flash-preview");
	assert_str_equal(model_name_dated(STR("gpt-4o-2024-05-13"), space), "gpt-4o-2024-05-13");
	assert_str_equal(model_name_plain(STR("gpt-4o-2024-05-13"), space), "gpt-4o");
	assert_str_equal(model_name_plain(STR("-20250101"), space), "-20250101");
	memset(huge, 'x', sizeof(huge));
	assert_int_equal(model_name_plain((str){ huge, sizeof(huge) }, space).n, MODEL_NAME_MAX);
}

/* What was measured: 1.141 and 1.502 of the tokens of o200k. */
static void claude_counts_follow_o200k(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	while (b.n < 4000)
		buf_add_c(&b, " one");
	assert_int_equal(count("o200k_base", buf_str(&b)), 1000);
	assert_int_equal(count("claude_to_4_6", buf_str(&b)), 1141);
	assert_int_equal(count("claude_from_4_7", buf_str(&b)), 1502);
	buf_release(&b);
}

static void estimates_follow_what_text_looks_like(void **state)
{
	(void)state;
	assert_int_equal(token_estimate(STR("")), 0);
	assert_int_equal(token_estimate(STR("a")), 1);
	assert_int_equal(token_estimate(STR("forty characters of ordinary words, yes!")), 10);
	assert_int_equal(token_estimate(STR("{\"forty\": \"characters of JSON, i think\"}")),
			 13); /* 40 / 3.2, up */
	assert_int_equal(token_estimate(STR("{ forty characters, but it is not closed")), 10);
	assert_int_equal(token_estimate(STR("const thirtyFiveCharacters = 3500;\n")), 10);
	assert_int_equal(token_estimate(STR("constant outlets are not program text.. ")), 10);
	assert_int_equal(token_estimate(STR("\u65e5\u672c\u8a9e\u306e\u6587\u7ae0")), 6);
	assert_int_equal(token_estimate(STR("\ud55c\uad6d\uc5b4")), 3);
	assert_int_equal(token_estimate(STR("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9")), 2);
	assert_int_equal(token_estimate(STR("https://example.org/a/b?c=d&e=f or so..")), 10 + 6);
	assert_int_equal(token_estimate(STR("id 123e4567-e89b-12d3-a456-426614174000 ")), 10 + 2);
	assert_int_equal(count("chars_4", STR("https://example.org/a/b?c=d&e=f or so..")), 10);
}

const struct CMUnitTest token_tests[] = {
	cmocka_unit_test(counts_as_tiktoken),
	cmocka_unit_test(special_tokens_are_text),
	cmocka_unit_test(no_text_has_no_tokens),
	cmocka_unit_test(invalid_utf8_is_replaced),
	cmocka_unit_test(long_pieces_are_linear),
	cmocka_unit_test(models_have_tokenizers),
	cmocka_unit_test(model_names_lose_what_is_added),
	cmocka_unit_test(claude_counts_follow_o200k),
	cmocka_unit_test(estimates_follow_what_text_looks_like),
};
const size_t token_tests_count = sizeof(token_tests) / sizeof(*token_tests);
