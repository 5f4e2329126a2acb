/*
 * Every option of compression changes the output it names: a conversation, what is set in both runs, the option, and what
 * then stands in the output that did not, or no longer does.  An option without a case fails.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/compress/code.h"
#include "tests/unit/engine.h"

/* ---- conversations ---- */

static void add_sentence(struct buf *b, unsigned i)
{
	static const char *const words[] = { "queue",  "lease",	 "shard",  "cursor", "worker", "stream",
					     "record", "schema", "parser", "client", "table",  "replica" };

	buf_printf(b, "The %s of the %s waits for a %s of the %s.", words[i * 7 % 12], words[i * 5 % 11],
		   words[i * 11 % 12], words[(i / 3 + 5) % 12]);
}

static void ask_and_answer(struct talk *t, const char *question, const char *tool, struct buf *b)
{
	talk_begin(t);
	talk_say(t, "user", question);
	talk_tool(t, tool, "{}", buf_str(b));
	talk_end(t);
	buf_release(b);
}

static void rows(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_say(t, "user", "What is there?");
	talk_tool(t, "query", "{}", rows_of(a, 300));
	talk_end(t);
}

/* Rows of all kinds: one that is asked for, one that is nearly, one with a far number, one that failed; some have a
 * flag. */
static void telling_rows(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 306; i++)
		buf_printf(&b,
			   "%s{\"id\":%u,\"name\":\"%s%u\",\"value\":%u.5,\"note\":\"%s\",\"unit\":\"ms\","
			   "\"flag\":%d}",
			   i ? "," : "[", i,
			   i == 200   ? "stripe of a zebra "
			   : i == 240 ? "zebra "
				      : "item ",
			   i * 31 % 97, i == 205 ? 75 : 20 + i * 7 % 40, i == 202 ? "failed to load" : "x",
			   i >= 230 && i < 290 ? 7 : 0);
	buf_add_ch(&b, ']');
	ask_and_answer(t, "Which is the zebra with the stripe?", "query", &b);
}

static void unlike_rows(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 300; i++) {
		buf_printf(&b, "%s{\"id\":%u,\"text\":\"", i ? "," : "[", i);
		add_sentence(&b, i);
		buf_add_c(&b, "\"}");
	}
	buf_add_ch(&b, ']');
	ask_and_answer(t, "What is there?", "query", &b);
}

/* Unique rows; one field has a fifth as many values. */
static void unique_rows(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&b, "%s{\"key\":\"k%u\",\"group\":\"g%u\"}", i ? "," : "[", i * 7919 % 100003,
			   i % 60);
	buf_add_ch(&b, ']');
	ask_and_answer(t, "What is there?", "query", &b);
}

static void members(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 60; i++) {
		buf_printf(&b, "%s\"setting_%u\":\"", i ? "," : "{", i);
		add_sentence(&b, i);
		buf_add_c(&b, "\"");
	}
	buf_add_c(&b, "}");
	ask_and_answer(t, "What is set?", "query", &b);
}

static void build_log(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned k = 0; k < 4; k++) {
		for (unsigned i = 0; i < 80; i++)
			buf_printf(&b, "2024-05-01 10:%02u:%02u INFO stored part_%u in %u ms\n", k, i % 60,
				   i * 7 % 31, i * 13 % 500);
		buf_printf(&b, "ERROR worker lost in %s %u\n", k % 2 ? "north" : "south", k);
		for (unsigned i = 0; i < 20; i++)
			buf_printf(&b, "2024-05-01 11:%02u:%02u INFO bundled page_%u in %u ms\n", k, i,
				   i * 5 % 31, i);
		buf_printf(&b,
			   "Traceback (most recent call last):\n  File \"a%c.py\", line 1, in f\n    f()\n"
			   "  File \"b.py\", line 2, in g\n    g()\n%sError: broken\n",
			   'a' + (int)k, k % 2 ? "Key" : "Type");
		for (unsigned i = 0; i < 4; i++)
			buf_printf(&b, "WARN package_%u is old\nWARN slow disk %u\n", i * 3 + k, i);
	}
	buf_add_c(&b, "Tests: 3 total\n");
	for (unsigned i = 0; i < 60; i++)
		buf_printf(&b, "2024-05-01 12:00:%02u INFO stored part_%u in %u ms\n", i, i, i);
	ask_and_answer(t, "Build it", "Bash", &b);
}

static void matches(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 200; i++) {
		buf_printf(&b, "src/dir_%u/file.c:%u:\t", i / 50, i % 50 * 7 + 1);
		add_sentence(&b, i);
		buf_add_c(&b, i == 120 ? " throw new exception\n" : i == 170 ? " giraffe\n" : "\n");
	}
	ask_and_answer(t, "Where is it?", "code_search", &b);
}

static void changes(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned f = 0; f < 3; f++) {
		buf_printf(
			&b,
			"diff --git a/src/f%u.c b/src/f%u.c\nindex 1234567..89abcde 100644\n--- a/src/f%u.c\n"
			"+++ b/src/f%u.c\n",
			f, f, f, f);
		for (unsigned h = 0; h < 5; h++) {
			buf_printf(&b, "@@ -%u,7 +%u,7 @@ int f_%u(void)\n", h * 20 + 1, h * 20 + 1, h);
			for (unsigned i = 0; i < 3; i++)
				buf_printf(&b, " \tfar_%u_before(%u);\n", 3 - i, h);
			buf_printf(&b, "-\told_%u_%u();\n+\tnew_%u_%u();\n", f, h, f, h);
			for (unsigned i = 0; i < 3; i++)
				buf_printf(&b, " \tfar_%u_behind(%u);\n", i + 1, h);
		}
	}
	ask_and_answer(t, "What changed?", "Bash", &b);
}

static void prose(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < 160; i++) {
		buf_printf(&b, "%u ", i);
		add_sentence(&b, i);
		buf_add_c(&b, i == 77 ? " A giraffe, too.\n" : "\n");
	}
	ask_and_answer(t, "What does it say?", "notes", &b);
}

static void tagged_prose(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned i = 0; i < 60; i++) {
			add_sentence(&b, i + k);
			buf_add_ch(&b, '\n');
		}
		if (k)
			break;
		buf_add_c(&b, "<house-rules>\n");
		for (unsigned i = 0; i < 20; i++) {
			add_sentence(&b, i);
			buf_add_ch(&b, '\n');
		}
		buf_add_c(&b, "the last line of what stands inside of the tag\n");
		buf_add_c(&b, "</house-rules>\n");
	}
	ask_and_answer(t, "What does it say?", "notes", &b);
}

static void page(struct talk *t, struct arena *a)
{
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "<!DOCTYPE html><html><head><title>Herds</title><style>");
	for (unsigned i = 0; i < 60; i++)
		buf_printf(&b, ".c%u { color: #00%02x00; margin: %upx }", i, i, i);
	buf_add_c(&b, "</style></head><body><nav><a href=\"/x\">x</a></nav><article><h1>Herds</h1>");
	for (unsigned i = 0; i < 12; i++) {
		buf_add_c(&b, "<p>");
		add_sentence(&b, i);
		add_sentence(&b, i + 40);
		buf_add_c(&b, "</p>");
	}
	buf_add_c(&b,
		  "<p>See <a href=\"https://zoo.example/herds\">all herds</a> and <img src=\"giraffe.png\" "
		  "alt=\"a giraffe\"> there, where they have been seen for years.</p>"
		  "<table><tr><th>Herd</th><th>Heads</th></tr><tr><td>north</td><td>41</td></tr>"
		  "<tr><td>south</td><td>17</td></tr></table></article></body></html>");
	ask_and_answer(t, "What of the herds?", "WebFetch", &b);
}

/* Code, read long ago; then a question that does not ask for its analysis. */
static void old_code(struct talk *t, struct arena *a)
{
	static const char source[] = "import os\n\n# First of all\n# the names are told apart\n# by what "
				     "they are\n# and where.\n\n\ndef collect(path, mode):\n    "
				     "\"\"\"Collects names.\n\n    All of them, by length.\n    \"\"\"\n";
	struct buf b;

	(void)a;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, source);
	for (unsigned i = 0; i < 30; i++)
		buf_printf(&b, "    total_%u = len(path) + %u\n", i, i);
	buf_add_c(&b, "    return mode\n");
	for (unsigned i = 0; i < 3; i++)
		buf_printf(&b,
			   "\n\ndef more_%u(path):\n    a = path\n    b = a\n    c = b\n    d = c\n    e = "
			   "d\n    f = e\n"
			   "    g = f\n    h = g\n    return h\n",
			   i);
	talk_begin(t);
	talk_say(t, "user", "Show it");
	talk_tool(t, "show", "{}", buf_str(&b));
	for (unsigned i = 0; i < 5; i++)
		talk_say(t, i % 2 ? "user" : "assistant", "Well.");
	talk_end(t);
	buf_release(&b);
}

static void recent_code(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_say(t, "user", "Explain what is wrong with it");
	talk_tool(t, "show", "{}", code_of(a, 10));
	talk_end(t);
}

static void users_rows(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_say(t, "user", rows_of(a, 300).p);
	talk_say(t, "assistant", "Well.");
	talk_end(t);
}

static void old_read(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_tool(t, "Read", "{\"file_path\":\"/a\"}", rows_of(a, 300));
	for (unsigned i = 0; i < 12; i++)
		talk_say(t, i % 2 ? "user" : "assistant", "Well.");
	talk_end(t);
}

static void edited(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_tool(t, "Read", "{\"file_path\":\"/a.c\"}", code_of(a, 10));
	talk_tool(t, "Edit", "{\"file_path\":\"/a.c\"}", STR("done"));
	talk_end(t);
}

static void read_again(struct talk *t, struct arena *a)
{
	talk_begin(t);
	talk_tool(t, "Read", "{\"file_path\":\"/a.c\"}", code_of(a, 10));
	talk_tool(t, "Read", "{\"file_path\":\"/a.c\"}", code_of(a, 10));
	talk_end(t);
}

static void dated(struct talk *t, struct arena *a)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_add_c(&b, "Be kind.\nBuild giraffe7 of it.\nCurrent Date: 2026-01-31\nBe brief.  \n\n\n\n");
	for (unsigned i = 0; i < 12; i++)
		add_sentence(&b, i);
	talk_begin(t);
	talk_say(t, "system", buf_c(&b));
	buf_release(&b);
	talk_say(t, "user", "Hello");
	talk_tool(t, "query", "{}", rows_of(a, 100));
	talk_end(t);
}

/* Six turns. */
static void turns(struct talk *t, struct arena *a)
{
	talk_begin(t);
	for (unsigned i = 0; i < 6; i++) {
		talk_say(t, "user", arena_printf(a, "question%u about things", i).p);
		talk_tool(t, "query", "{}",
			  arena_printf(a, "answer%u and all that was said about it, word by word", i));
		talk_say(t, "assistant", arena_printf(a, "remark%u", i).p);
	}
	talk_end(t);
}

#define ALPHA "alpha the lease of replica/seven.c failed: ERROR in the cursor of shard nine. "
#define BETA "beta beta beta beta beta beta beta beta beta beta beta beta beta beta beta beta. "

/* Two units, one of which has to go. */
static void rivals(struct talk *t, struct arena *a)
{
	(void)a;
	talk_begin(t);
	talk_tool(t, "query", "{}", STR(ALPHA ALPHA ALPHA ALPHA));
	talk_tool(t, "query", "{}", STR(BETA BETA BETA BETA BETA BETA));
	talk_say(t, "assistant", "the lease in replica/seven.c");
	talk_say(t, "assistant", "the cursor in replica/seven.c");
	talk_say(t, "user", "what of the lease in replica/seven.c and its cursor?");
	talk_end(t);
}

/* ---- cases ---- */

#define RIVALS "intelligent_context=true,keep_turns=1,token_budget=275,"
#define NO_WEIGHTS "toin_importance=0,error_indicator=0,forward_reference=0,token_density=0,"
#define OLDEST_GOES RIVALS NO_WEIGHTS "semantic_similarity=0"
#define LIKEST_STAYS RIVALS NO_WEIGHTS "recency=0,semantic_similarity=1"

struct option_case {
	const char *key, *value;
	void (*make)(struct talk *t, struct arena *a);
	const char *base; /* KEY=VALUE,... of both runs */
	const char *comes, *goes; /* what the option brings, and takes away */
	bool grammar; /* only where source code can be parsed */
};

/* clang-format off */
static const struct option_case cases[] = {
	{ "default_mode", "audit", rows, NULL, "mode audit", "Retrieve: hash=", false },
	{ "min_tokens_to_crush", "100000", rows, NULL, "too short", "Retrieve: hash=", false },
	{ "protect_recent_code", "0", recent_code, NULL, "router:protected:analysis_context", "router:protected:recent_code", false },
	{ "protect_analysis_context", "false", recent_code, "protect_recent_code=0", NULL, "router:protected:analysis_context", false },
	{ "skip_user_messages", "false", users_rows, NULL, "Retrieve: hash=", "router:protected:user_message", false },
	{ "exclude_tools", "Bash,query", rows, NULL, "router:excluded:tool", "Retrieve: hash=", false },
	{ "protect_recent_reads_fraction", "0.3", old_read, NULL, "Retrieve: hash=", "router:excluded:tool", false },
	{ "frozen_message_count", "3", rows, NULL, NULL, "Retrieve: hash=", false },
	{ "accept_ratio", "0", rows, NULL, "already compact", "Retrieve: hash=", false },
	{ "ccr_ttl_seconds", "600", rows, NULL, "Expires in 10m", "Expires in 60m", false },
	{ "read_lifecycle_stale", "false", edited, NULL, NULL, "[Read content ", false },
	{ "read_lifecycle_superseded", "true", read_again, NULL, "[Read content ", NULL, false },
	{ "cache_aligner", "true", dated, NULL, "[Dynamic Context]", NULL, false },
	{ "smart_crusher", "false", rows, NULL, "no compressor is on", "router:smart_crusher:", false },
	{ "log_compressor", "false", build_log, NULL, "no compressor is on", "router:log:", false },
	{ "search_compressor", "false", matches, NULL, "no compressor is on", "router:search:", false },
	{ "diff_compressor", "false", changes, NULL, "no compressor is on", "router:diff:", false },
	{ "html_compressor", "false", page, NULL, "no compressor is on", "router:html:", false },
	{ "text_compressor", "false", prose, NULL, "no compressor is on", "router:text:", false },
	{ "code_compressor", "false", old_code, NULL, "no compressor is on", NULL, false },
	{ "intelligent_context", "true", rivals, "keep_turns=1,token_budget=275", "intelligent_cap", "window_cap", false },
	{ "rolling_window", "false", turns, "token_budget=100", NULL, "window_cap", false },
	{ "max_items_after_crush", "50", rows, NULL, NULL, "300 items compressed to 11", false },
	{ "min_items_to_analyze", "301", rows, NULL, NULL, "Retrieve: hash=", false },
	{ "keep_first", "9", rows, NULL, "\\\"id\\\":8,", NULL, false },
	{ "keep_last", "9", rows, NULL, "\\\"id\\\":292,", NULL, false },
	{ "relevance_threshold", "1", telling_rows, NULL, NULL, "\\\"zebra ", false },
	{ "anomaly_std_threshold", "60", telling_rows, NULL, NULL, "\\\"value\\\":75.5", false },
	{ "uniqueness_threshold", "0.5", unique_rows, "sample_unique=false", "Retrieve: hash=", NULL, false },
	{ "similarity_threshold", "1", unique_rows, "sample_unique=false", "Retrieve: hash=", NULL, false },
	{ "preserve_fields", "flag", telling_rows, NULL, "\\\"id\\\":231,", NULL, false },
	{ "preserve_errors", "false", telling_rows, NULL, NULL, "\\\"note\\\":\\\"failed", false },
	{ "factor_out_constants", "true", telling_rows, NULL, "_constant", NULL, false },
	{ "sample_unique", "false", unique_rows, NULL, NULL, "Retrieve: hash=", false },
	{ "object_value_tokens", "100", members, NULL, NULL, "Retrieve: hash=", false },
	{ "anchor_budget_pct", "0", unlike_rows, "max_items_after_crush=50", NULL, "\\\"id\\\":6,", false },
	{ "min_anchor_slots", "12", unlike_rows, NULL, "\\\"id\\\":5,", NULL, false },
	{ "max_anchor_slots", "4", unlike_rows, "max_items_after_crush=50", NULL, "\\\"id\\\":6,", false },
	{ "dedup_bits", "64", unlike_rows, NULL, NULL, "compressed to 12", false },
	{ "log_min_lines", "100000", build_log, NULL, NULL, "Retrieve: hash=", false },
	{ "log_max_total_lines", "20", build_log, NULL, NULL, "part_14 in 26 ms", false },
	{ "log_max_errors", "1", build_log, NULL, "lost in south 0 (x2)", NULL, false },
	{ "error_context_lines", "0", build_log, NULL, NULL, "page_5 in 1 ms", false },
	{ "max_stack_traces", "1", build_log, NULL, NULL, "ab.py", false },
	{ "stack_trace_max_lines", "2", build_log, NULL, NULL, "line 2, in g", false },
	{ "max_warnings", "1", build_log, "dedupe_warnings=false", NULL, "package_6 is old", false },
	{ "dedupe_warnings", "false", build_log, NULL, "package_6 is old", "(x15)", false },
	{ "keep_summary_lines", "false", build_log, NULL, NULL, "Tests: 3 total", false },
	{ "search_min_matches", "1000", matches, NULL, NULL, "Retrieve: hash=", false },
	{ "max_total_matches", "8", matches, NULL, "compressed to 8", "compressed to 20", false },
	{ "max_matches_per_file", "2", matches, NULL, "and 48 more matches", NULL, false },
	{ "search_max_files", "2", matches, NULL, "2 files left out", NULL, false },
	{ "boost_errors", "false", matches, NULL, NULL, "throw new exception", false },
	{ "context_keywords", "giraffe", matches, NULL, "giraffe", NULL, false },
	{ "diff_min_lines", "10000", changes, NULL, NULL, "Retrieve: hash=", false },
	{ "max_context_lines", "2", changes, NULL, "far_2_before", NULL, false },
	{ "max_hunks_per_file", "2", changes, NULL, NULL, "new_0_3()", false },
	{ "diff_max_files", "1", changes, NULL, NULL, "new_2_0()", false },
	{ "diff_index_lines", "true", changes, NULL, "index 1234567..89abcde", NULL, false },
	{ "text_min_lines", "10000", prose, NULL, NULL, "Retrieve: hash=", false },
	{ "keep_first_lines", "3", prose, NULL, NULL, "\\n8 The", false },
	{ "keep_last_lines", "3", prose, NULL, NULL, "\\n153 The", false },
	{ "text_max_total_lines", "24", prose, NULL, NULL, "\\n29 The", false },
	{ "sample_every_n_lines", "40", prose, NULL, NULL, "\\n29 The", false },
	{ "anchor_keywords", "giraffe", prose, NULL, "giraffe", NULL, false },
	{ "compress_tagged_content", "true", tagged_prose, NULL, NULL, "inside of the tag", false },
	{ "include_links", "false", page, NULL, NULL, "https://zoo.example/herds", false },
	{ "include_images", "true", page, NULL, "giraffe.png", NULL, false },
	{ "include_tables", "false", page, NULL, NULL, "south", false },
	{ "code_min_tokens", "100000", old_code, NULL, NULL, "Retrieve: hash=", true },
	{ "max_body_lines", "1", old_code, NULL, NULL, "total_1 = len", true },
	{ "target_compression_rate", "0.9", old_code, NULL, "h = g", NULL, true },
	{ "docstring_mode", "full", old_code, NULL, "All of them", NULL, true },
	{ "compress_comments", "false", old_code, NULL, "the names are told apart", NULL, true },
	{ "output_buffer_tokens", "199900", turns, NULL, "window_cap", NULL, false },
	{ "keep_turns", "4", turns, "token_budget=100", "question2", NULL, false },
	{ "token_budget", "100", turns, NULL, "window_cap", "question0", false },
	{ "recency", "10", rivals, LIKEST_STAYS, "beta beta", "alpha the lease", false },
	{ "semantic_similarity", "10", rivals, OLDEST_GOES, "alpha the lease", "beta beta", false },
	{ "error_indicator", "10", rivals, OLDEST_GOES, "alpha the lease", "beta beta", false },
	{ "forward_reference", "10", rivals, OLDEST_GOES, "alpha the lease", "beta beta", false },
	{ "token_density", "10", rivals, OLDEST_GOES, "alpha the lease", "beta beta", false },
	{ "toin_importance", "10", rivals, OLDEST_GOES, "alpha the lease", "beta beta", false },
	{ "dynamic_patterns", "giraffe[0-9]", dated, "cache_aligner=true", "Build giraffe7 of it., Current Date", NULL, false },
	{ "stable_prefix_min_tokens", "1000", dated, "cache_aligner=true", NULL, "[Dynamic Context]", false },
	{ "normalize_whitespace", "false", dated, "cache_aligner=true", "brief.  ", NULL, false },
};
/* clang-format on */

static void configure(struct compress_config *c, struct arena *a, const char *pairs)
{
	str rest = str_c(pairs), pair;
	struct error err;

	while (str_split(&rest, ',', &pair)) {
		size_t equals = str_chr(pair, '=');

		if (compress_config_set(c, str_sub(pair, 0, equals), arena_c(a, str_from(pair, equals + 1)),
					&err))
			fail_msg("%s", err.message);
	}
}

/* A store that takes everything, and of which one text was asked for several times. */
static enum status take(void *ctx, const struct original *list, size_t n, struct error *err)
{
	(void)ctx, (void)list, (void)n, (void)err;
	return STATUS_OK;
}

static uint32_t retrievals(void *ctx, const char *hash)
{
	char wanted[MARKER_HASH + 1];

	(void)ctx;
	marker_hash(STR(ALPHA ALPHA ALPHA ALPHA), wanted);
	return strcmp(hash, wanted) == 0 ? 5 : 0;
}

/* Result, labels and reason. */
static str output(struct arena *a, const struct option_case *c, bool set)
{
	struct stash stash = { .put = take, .retrievals = retrievals };
	struct pipeline_options o = { .stash = &stash };
	struct compress_config config;
	struct error err;
	struct talk t;
	struct ran ran;
	str text;

	compress_config_init(&config);
	configure(&config, a, c->base);
	if (set && compress_config_set(&config, str_c(c->key), c->value, &err))
		fail_msg("%s", err.message);
	c->make(&t, a);
	engine_run(buf_str(&t.text), &config, &o, &ran);
	text = labels_of(a, &ran);
	text = arena_printf(a, "%.*s\n%.*s\n%s", STR_ARG(buf_str(&ran.result.bytes)), STR_ARG(text),
			    ran.result.reason ? ran.result.reason : "");
	engine_release(&ran);
	buf_release(&t.text);
	return text;
}

static bool says(const struct option_case *c, const char *what, bool when_set, str plain, str set)
{
	if (!what || (str_has_c(set, what) == when_set && str_has_c(plain, what) != when_set))
		return true;
	printf("%s=%s: \"%s\" should be %s\nwithout: %.*s\nwith: %.*s\n", c->key, c->value, what,
	       when_set ? "new" : "gone", STR_ARG(plain), STR_ARG(set));
	return false;
}

static const struct option_case *find_case(const char *key)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(cases[i].key, key) == 0)
			return &cases[i];
	return NULL;
}

static void every_option_changes_what_it_names(void **state)
{
	size_t bad = 0;

	(void)state;
	for (const struct compress_option *o = compress_options; o->key; o++) {
		const struct option_case *c = find_case(o->key);
		struct arena a;
		str plain, set;

		if (!c || !(c->comes || c->goes)) {
			printf("%s: no case\n", o->key);
			bad++;
			continue;
		}
		if (c->grammar && !code_available(LANGUAGE_PYTHON))
			continue;
		arena_init(&a);
		plain = output(&a, c, false);
		set = output(&a, c, true);
		bad += !says(c, c->comes, true, plain, set) || !says(c, c->goes, false, plain, set);
		arena_release(&a);
	}
	assert_int_equal(bad, 0);
}

static void every_case_has_its_option(void **state)
{
	struct compress_config config;
	struct error err;

	(void)state;
	compress_config_init(&config);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (compress_config_set(&config, str_c(cases[i].key), cases[i].value, &err))
			fail_msg("%s", err.message);
}

const struct CMUnitTest options_tests[] = {
	cmocka_unit_test(every_option_changes_what_it_names),
	cmocka_unit_test(every_case_has_its_option),
};
const size_t options_tests_count = sizeof(options_tests) / sizeof(*options_tests);
