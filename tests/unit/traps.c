/*
 * Known failures of programs like this one, and the test that proves each is none of ours:
 *
 *	the query is not passed on to the compressors		the_query_is_the_newest_question
 *	lists of text blocks are not looked at			router_leaves_blocks_of_people_alone
 *	results of shells are not compressed			router_follows_its_rules
 *	minified JSON counts as one word			router_follows_its_rules
 *	"prefix" is taken for a request to "fix"		router_follows_its_rules
 *	a fuller context takes less				acceptance_is_the_same_in_any_context
 *	words against lines decide, not tokens			results_are_taken_by_exact_count
 *	labels do not say what was saved			results_are_taken_by_exact_count
 *	a word decides what a text is				each_kind_reaches_its_compressor, detect_knows_kinds
 *	mixed text is joined anew, with blank lines		mixed_keeps_what_is_between
 *	a JSON document is cut up as mixed text			detect_knows_kinds
 *	keys are taken for errors, "error": null too		crusher_reads_values_not_keys
 *	the same error on each row keeps all rows		crusher_keeps_one_of_each_error
 *	500 unique rows stay 500				crusher_samples_unique_rows
 *	first and last rows go					crusher_keeps_first_and_last
 *	one far number hides the median				crusher_takes_numbers
 *	"the" makes each row relevant				query_is_taken_apart, bm25_weighs_rare_words
 *	strings, numbers, mixed lists and keys go without trace	nothing_goes_without_a_trace
 *	a marker breaks the JSON it stands behind		nothing_goes_without_a_trace
 *	configuration does not reach the router's crusher	options_reach_the_compressors
 *	options that change nothing				every_option_changes_what_it_names
 *	of 60 distinct errors 16 stay				log_keeps_distinct_errors
 *	a log without errors is nothing but its marker		log_shows_each_kind_of_a_quiet_log
 *	"0 errors" is an error					log_knows_levels, relevance_knows_errors
 *	a date in a path ends the path				search_reads_lines
 *	files of a search are left out in silence		search_keeps_every_file, search_obeys_options
 *	hunks, renames and modes of a diff go			diff_keeps_every_change, diff_keeps_what_is_no_hunk
 *	the summary counts what is not shown			diff_lists_what_limits_leave_out
 *	markers of diffs are not known again			marker_is_found
 *	a page without an article becomes nothing		html_does_nothing_when_in_doubt
 *	bytes of code are counted as characters			code_keeps_what_is_declared
 *	code comes out in another order				code_keeps_what_is_declared
 *	the aligner takes "using X" out of "Avoid using X"	values_of_the_moment_are_found
 *	white space of all messages is touched			system_texts_are_made_stable
 *	a failed edit makes a read stale			failed_edits_make_nothing_stale
 *	a hash is printed of what was never stored		stale_reads_give_way, originals_are_stored_before_anything_goes
 *	dropped messages are counted in units			oldest_tools_go_first
 *	what was compressed is compressed again			router_leaves_its_own_output_alone
 */
#include "tests/test.h"

#include <stdio.h>

#include "core/compress/code.h"
#include "tests/unit/engine.h"

static void answer(struct talk *t, str text)
{
	talk_begin(t);
	talk_say(t, "user", "What is there?");
	talk_tool(t, "query", "{}", text);
	talk_end(t);
}

/* A result that is only just good enough, with the context nearly empty and overfull. */
static void acceptance_is_the_same_in_any_context(void **state)
{
	static const size_t limits[] = { 10000000, 5000 };
	struct compress_config config;
	struct arena a;
	struct talk t;
	struct ran ran[2];

	(void)state;
	arena_init(&a);
	compress_config_init(&config);
	config.rolling_window = false;
	config.accept_ratio = .05;
	answer(&t, rows_of(&a, 400));
	for (size_t i = 0; i < 2; i++) {
		struct pipeline_options o = { .pretend = true, .model_limit = limits[i] };

		engine_run(buf_str(&t.text), &config, &o, &ran[i]);
		assert_true(ran[i].result.changed);
	}
	assert_true(ran[0].result.tokens_before > 5000);
	assert_true(str_eq(buf_str(&ran[0].result.bytes), buf_str(&ran[1].result.bytes)));
	for (size_t i = 0; i < 2; i++)
		engine_release(&ran[i]);
	buf_release(&t.text);
	arena_release(&a);
}

/* Words of programs and of logs stand in all of them. */
static void each_kind_reaches_its_compressor(void **state)
{
	static const struct {
		const char *head, *before, *behind, *tail, *label;
	} kinds[] = {
		{ "", "src/a.c:", ": class import function ERROR WARN {\n", "", "router:search:" },
		{ "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,201 +1,200 @@\n-import ERROR\n",
		  " class import function ERROR ", "\n", "", "router:diff:" },
		{ "<!DOCTYPE html><html><head><style>a{}</style></head><body><article>", "<p>A class of ",
		  " has a function, an import and an ERROR.</p>", "</article></body></html>",
		  "router:html:" },
		{ "", "2024-05-01 10:00:00 INFO class import function ", " let var\n", "", "router:log:" },
	};
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct ran ran;
	struct talk t;
	struct buf b;

	(void)state;
	compress_config_init(&config);
	config.accept_ratio = 1;
	buf_init(&b, SIZE_MAX);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		struct arena a;

		arena_init(&a);
		buf_clear(&b);
		buf_add_c(&b, kinds[k].head);
		for (unsigned i = 0; i < 200; i++)
			buf_printf(&b, "%s%u%s", kinds[k].before, i, kinds[k].behind);
		buf_add_c(&b, kinds[k].tail);
		answer(&t, buf_str(&b));
		engine_run(buf_str(&t.text), &config, &o, &ran);
		if (!has_label(&ran, kinds[k].label))
			fail_msg("%s: %.*s", kinds[k].label, STR_ARG(labels_of(&a, &ran)));
		engine_release(&ran);
		buf_release(&t.text);
		arena_release(&a);
	}
	buf_release(&b);
}

/* Lists of all kinds and objects: JSON before, JSON behind, with the hash of what can be had again. */
static void nothing_goes_without_a_trace(void **state)
{
	static const struct {
		char open, close;
		const char *item[2], *tail;
	} lists[] = {
		{ '[', ']', { "\"text number %u\"", "\"text number %u\"" }, "" },
		{ '[', ']', { "%u.25", "1%u" }, "" },
		{ '[', ']', { "\"text number %u\"", "{\"id\":%u,\"state\":\"fine\"}" }, "" },
		{ '{',
		  '}',
		  { "\"k%u\":\"the same long text, over and over again, up to its end, and then once "
		    "more\"",
		    "\"m%u\":\"and another text, over and over again, up to its end, and then once more\"" },
		  "" },
		{ '{',
		  '}',
		  { "\"rows\":[{\"id\":%u}", "{\"id\":%u,\"state\":\"fine\"}" },
		  "],\"total\":120" },
	};
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	char hash[MARKER_HASH + 1];
	struct arena a;
	struct talk t;
	struct ran ran;
	struct buf b;

	(void)state;
	compress_config_init(&config);
	for (size_t k = 0; k < sizeof(lists) / sizeof(*lists); k++) {
		bool exact;
		str text;

		arena_init(&a);
		buf_init(&b, SIZE_MAX);
		buf_add_ch(&b, lists[k].open);
		for (unsigned i = 0; i < 240; i++) {
			str item = str_c(lists[k].item[i > 0 && (i % 2 || lists[k].tail[0])]);
			size_t at = str_find(item, STR("%u"));

			buf_printf(&b, "%s%.*s%u", i ? "," : "", STR_ARG(str_sub(item, 0, at)), i);
			buf_add(&b, str_from(item, at + 2));
		}
		buf_add_c(&b, lists[k].tail);
		buf_add_ch(&b, lists[k].close);
		marker_hash(buf_str(&b), hash);
		answer(&t, buf_str(&b));
		engine_run(buf_str(&t.text), &config, &o, &ran);
		if (ran.result.hashes.n != 1)
			fail_msg("%.200s: %zu hashes", buf_c(&b), ran.result.hashes.n);
		text = slot_text(request_slot(&ran.after, 2), &a, &exact);
		assert_true(str_has_c(text, hash));
		assert_true(str_has_c(text, "\"" MARKER_KEY "\":\"["));
		assert_true(jval_of(text).raw.n == text.n && text.n < b.n / 2);
		assert_true(str_has_c(text, lists[k].tail));
		engine_release(&ran);
		buf_release(&t.text);
		buf_release(&b);
		arena_release(&a);
	}
}

/* Signatures, imports and handlers, in their order, among text that is not ASCII. */
static void code_keeps_what_is_declared(void **state)
{
	static const char *const kept[] = { "import os\n",
					    "GRÜSSE = \"größer\"\n",
					    "class Käfer(Tier):\n",
					    "    def fliege(self, höhe):\n",
					    "async def müde(*, länge=3):\n",
					    "    except ValueError as fehler:\n",
					    "LAST = müde\n" };
	struct compress_config config;
	struct squeezed r;
	struct query query;
	struct squeeze s = { .config = &config, .query = &query, .bias = 1 };
	struct buf b, out;
	struct arena a;
	str rest;
	size_t at;

	(void)state;
	if (!code_available(LANGUAGE_PYTHON))
		skip();
	arena_init(&a);
	buf_init(&b, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	compress_config_init(&config);
	query_init(&query, &a, STR(""));
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		buf_add_c(&b, kept[i]);
		if (i == 4)
			buf_add_c(&b, "    try:\n        pass\n");
		for (unsigned k = 0; (i == 3 || i == 4 || i == 5) && k < 20; k++)
			buf_printf(&b, "        schön_%u = \"ß\" * %u\n", k, k);
		if (i == 3)
			buf_add_c(&b, "\n\n");
	}
	s.text = buf_str(&b);
	marker_hash(s.text, s.hash);
	if (!code_compressor.run(&a, &s, &out, &r))
		fail_msg("%s", r.reason);
	assert_true(out.n < b.n);
	rest = buf_str(&out);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		at = str_find(rest, str_c(kept[i]));
		if (at == STR_NONE)
			fail_msg("%s is not in its place: %s", kept[i], buf_c(&out));
		rest = str_from(rest, at);
	}
	buf_release(&out);
	buf_release(&b);
	arena_release(&a);
}

/* Containers within each other, as deep as anybody would write and far deeper. */
static void deep_texts_come_back_as_they_were(void **state)
{
	static const int depths[] = { 200, 100000 };
	struct pipeline_options o = { .pretend = true };
	struct compress_config config;
	struct talk t;
	struct ran ran;
	struct buf b;

	(void)state;
	compress_config_init(&config);
	for (size_t k = 0; k < sizeof(depths) / sizeof(*depths); k++) {
		buf_init(&b, SIZE_MAX);
		for (int i = 0; i < depths[k]; i++)
			buf_add_c(&b, i % 2 ? "[" : "{\"a\":");
		buf_add_c(&b, "\"the middle\"");
		for (int i = depths[k]; i-- > 0;)
			buf_add_c(&b, i % 2 ? "]" : "}");
		answer(&t, buf_str(&b));
		engine_run(buf_str(&t.text), &config, &o, &ran);
		assert_true(str_eq(buf_str(&ran.result.bytes), buf_str(&t.text)));
		assert_non_null(ran.result.reason);
		engine_release(&ran);
		buf_release(&t.text);
		buf_release(&b);
	}
}

const struct CMUnitTest traps_tests[] = {
	cmocka_unit_test(acceptance_is_the_same_in_any_context),
	cmocka_unit_test(each_kind_reaches_its_compressor),
	cmocka_unit_test(nothing_goes_without_a_trace),
	cmocka_unit_test(code_keeps_what_is_declared),
	cmocka_unit_test(deep_texts_come_back_as_they_were),
};
const size_t traps_tests_count = sizeof(traps_tests) / sizeof(*traps_tests);
