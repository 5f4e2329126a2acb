#include "core/compress/config.h"

#include <limits.h>
#include <stdio.h>

#include "core/json/jget.h"

#define MANY 1000000000.0
#define AT(field) offsetof(struct compress_config, field)

/* clang-format off */
const struct compress_option compress_options[] = {
	{ "default_mode", OPTION_CHOICE, AT(mode), "optimize", "optimize|audit", "mode,headroom_mode",
	  "audit only measures what optimize would do", 0, 0 },

	{ "min_tokens_to_crush", OPTION_LONG, AT(min_tokens_to_crush), "200", NULL,
	  "min_tokens,min_tokens_to_compress", "shorter texts are left alone", 0, MANY },
	{ "protect_recent_code", OPTION_LONG, AT(protect_recent_code), "4", NULL, "protect_recent",
	  "code in this many of the newest messages is left alone", 0, MANY },
	{ "protect_analysis_context", OPTION_BOOL, AT(protect_analysis_context), "true", NULL, NULL,
	  "code is left alone when the user asks to analyse it", 0, 0 },
	{ "skip_user_messages", OPTION_BOOL, AT(skip_user_messages), "true", NULL, "skip_user",
	  "what the user wrote is left alone", 0, 0 },
	{ "exclude_tools", OPTION_TEXT, AT(exclude_tools), "Read,Glob,Grep,Write,Edit", NULL, "excluded_tools",
	  "results of these tools are left alone, comma-separated, any case", 0, 0 },
	{ "protect_recent_reads_fraction", OPTION_REAL, AT(protect_recent_reads_fraction), "0", NULL, NULL,
	  "share of the newest messages in which excluded tools are left alone, 0 for all", 0, 1 },
	{ "frozen_message_count", OPTION_LONG, AT(frozen_messages), "0", NULL, "frozen_messages",
	  "leading messages the provider has cached already", 0, MANY },
	{ "accept_ratio", OPTION_REAL, AT(accept_ratio), "0.95", NULL, "min_ratio",
	  "a result is taken if it has at most this share of the tokens", 0, 1 },
	{ "ccr_ttl_seconds", OPTION_LONG, AT(ccr_ttl_seconds), "3600", NULL,
	  "ccr_ttl,store_ttl_seconds,ttl_seconds,ttl", "how long originals can be retrieved", 1, MANY },

	{ "read_lifecycle_stale", OPTION_BOOL, AT(read_lifecycle_stale), "true", NULL, "read_lifecycle,compress_stale",
	  "what was read of a file that was changed since gives way to a marker", 0, 0 },
	{ "read_lifecycle_superseded", OPTION_BOOL, AT(read_lifecycle_superseded), "false", NULL, "compress_superseded",
	  "so does what was read again later", 0, 0 },

	{ "cache_aligner", OPTION_BOOL, AT(align), "false", NULL, "align,align_enabled",
	  "move what changes out of the system text's beginning", 0, 0 },
	{ "smart_crusher", OPTION_BOOL, AT(crush), "true", NULL, "crush,smart_crusher_enabled",
	  "sample arrays and objects of JSON", 0, 0 },
	{ "log_compressor", OPTION_BOOL, AT(log), "true", NULL, "log", "shorten build and test logs", 0, 0 },
	{ "search_compressor", OPTION_BOOL, AT(search), "true", NULL, "search", "shorten search results", 0, 0 },
	{ "diff_compressor", OPTION_BOOL, AT(diff), "true", NULL, "diff", "shorten diffs", 0, 0 },
	{ "html_compressor", OPTION_BOOL, AT(html), "true", NULL, "html,html_extractor",
	  "reduce pages to their article", 0, 0 },
	{ "text_compressor", OPTION_BOOL, AT(text), "true", NULL, "text", "shorten plain text", 0, 0 },
	{ "code_compressor", OPTION_BOOL, AT(code), "true", NULL, "code,code_aware,enable_code_aware",
	  "collapse bodies of functions", 0, 0 },
	{ "intelligent_context", OPTION_BOOL, AT(intelligent_context), "false", NULL,
	  "intelligent_context_enabled,use_importance_scoring",
	  "drop the least important messages when the context is full", 0, 0 },
	{ "rolling_window", OPTION_BOOL, AT(rolling_window), "true", NULL, "rolling_window_enabled",
	  "drop the oldest messages when the context is full", 0, 0 },

	{ "max_items_after_crush", OPTION_LONG, AT(max_items), "15", NULL, "max_items",
	  "items of an array that stay; errors, anomalies and matches stay in any case", 1, MANY },
	{ "min_items_to_analyze", OPTION_LONG, AT(min_items), "5", NULL, "min_items",
	  "shorter arrays stay whole", 1, MANY },
	{ "keep_first", OPTION_LONG, AT(keep_first), "3", NULL, "first_items",
	  "items at the beginning that always stay", 0, MANY },
	{ "keep_last", OPTION_LONG, AT(keep_last), "2", NULL, "last_items",
	  "items at the end that always stay", 0, MANY },
	{ "relevance_threshold", OPTION_REAL, AT(relevance_threshold), "0.3", NULL, NULL,
	  "relevance to the query from which items are preferred, of the best one's", 0, 1 },
	{ "anomaly_std_threshold", OPTION_REAL, AT(sigma), "2.0", NULL, "variance_threshold,sigma",
	  "standard deviations from the mean that make a number an anomaly", .1, 100 },
	{ "uniqueness_threshold", OPTION_REAL, AT(uniqueness), "0.1", NULL, "uniqueness",
	  "share of distinct values below which a field is a category", 0, 1 },
	{ "similarity_threshold", OPTION_REAL, AT(similarity), "0.8", NULL, "similarity",
	  "share of distinct values above which rows count as unique", 0, 1 },
	{ "preserve_fields", OPTION_TEXT, AT(preserve_fields), "", NULL, NULL,
	  "items in which one of these fields says something always stay, comma-separated", 0, 0 },
	{ "preserve_errors", OPTION_BOOL, AT(preserve_errors), "true", NULL, NULL,
	  "items that tell an error always stay", 0, 0 },
	{ "factor_out_constants", OPTION_BOOL, AT(factor_constants), "false", NULL, "factor_constants",
	  "say fields that are the same in all items once, as {\"_constant\":...,\"items\":...}", 0, 0 },
	{ "sample_unique", OPTION_BOOL, AT(sample_unique), "true", NULL, NULL,
	  "sample arrays of unique items too, as originals can be retrieved", 0, 0 },
	{ "object_value_tokens", OPTION_LONG, AT(object_value_tokens), "12", NULL, NULL,
	  "members of large objects up to this size stay", 0, MANY },
	{ "anchor_budget_pct", OPTION_REAL, AT(anchor_budget), "0.25", NULL, "anchor_budget",
	  "share of the items spent on the beginning, the middle and the end", 0, 1 },
	{ "min_anchor_slots", OPTION_LONG, AT(anchor_min), "3", NULL, "anchor_min",
	  "least number of such items", 0, MANY },
	{ "max_anchor_slots", OPTION_LONG, AT(anchor_max), "12", NULL, "anchor_max",
	  "largest number of such items", 0, MANY },
	{ "dedup_bits", OPTION_REAL, AT(dedup_bits), "3", NULL, "simhash_threshold",
	  "bits in which the SimHashes of near duplicates differ at most", 0, 64 },

	{ "log_min_lines", OPTION_LONG, AT(log_min_lines), "50", NULL, "min_lines",
	  "shorter logs are left alone", 1, MANY },
	{ "log_max_total_lines", OPTION_LONG, AT(log_max_lines), "100", NULL, "max_total_lines,log_max_lines",
	  "lines of a log that stay", 1, MANY },
	{ "log_max_errors", OPTION_LONG, AT(log_max_errors), "10", NULL, "max_errors",
	  "errors shown with their surroundings; each distinct one is shown", 0, MANY },
	{ "error_context_lines", OPTION_LONG, AT(log_context), "3", NULL, "log_context",
	  "lines around an error", 0, MANY },
	{ "max_stack_traces", OPTION_LONG, AT(log_max_stacks), "3", NULL, "log_max_stacks", "stack traces", 0,
	  MANY },
	{ "stack_trace_max_lines", OPTION_LONG, AT(log_stack_lines), "20", NULL, "log_stack_lines",
	  "lines of a stack trace", 1, MANY },
	{ "max_warnings", OPTION_LONG, AT(log_max_warnings), "5", NULL, "log_max_warnings", "warnings", 0, MANY },
	{ "dedupe_warnings", OPTION_BOOL, AT(log_dedupe_warnings), "true", NULL, "log_dedupe_warnings",
	  "warnings that differ only in numbers and paths are shown once", 0, 0 },
	{ "keep_summary_lines", OPTION_BOOL, AT(log_summary), "true", NULL, "log_summary",
	  "summaries at the end of test runs stay", 0, 0 },

	{ "search_min_matches", OPTION_LONG, AT(search_min_matches), "10", NULL, "min_matches_for_ccr,min_matches",
	  "fewer matches are left alone", 1, MANY },
	{ "max_total_matches", OPTION_LONG, AT(search_max_matches), "30", NULL, "max_results,search_max_matches",
	  "matches that stay", 1, MANY },
	{ "max_matches_per_file", OPTION_LONG, AT(search_per_file), "5", NULL, "search_per_file",
	  "matches of a file that stay", 1, MANY },
	{ "search_max_files", OPTION_LONG, AT(search_max_files), "0", NULL, NULL,
	  "files with matches that stay, 0 for all", 0, MANY },
	{ "boost_errors", OPTION_BOOL, AT(search_boost_errors), "true", NULL, "search_boost_errors",
	  "matches that tell of errors come first", 0, 0 },
	{ "context_keywords", OPTION_TEXT, AT(search_keywords), "", NULL, "search_keywords",
	  "words that make a match important, comma-separated", 0, 0 },

	{ "diff_min_lines", OPTION_LONG, AT(diff_min_lines), "50", NULL, NULL, "shorter diffs are left alone", 1,
	  MANY },
	{ "max_context_lines", OPTION_LONG, AT(diff_context), "1", NULL, "diff_context",
	  "unchanged lines around a change", 0, MANY },
	{ "max_hunks_per_file", OPTION_LONG, AT(diff_max_hunks), "0", NULL, "diff_max_hunks",
	  "hunks of a file that stay, 0 for all", 0, MANY },
	{ "diff_max_files", OPTION_LONG, AT(diff_max_files), "0", NULL, NULL, "files that stay, 0 for all", 0,
	  MANY },
	{ "diff_index_lines", OPTION_BOOL, AT(diff_index_lines), "false", NULL, NULL, "index lines stay", 0, 0 },

	{ "text_min_lines", OPTION_LONG, AT(text_min_lines), "50", NULL, NULL, "shorter texts are left alone", 1,
	  MANY },
	{ "keep_first_lines", OPTION_LONG, AT(text_first), "10", NULL, "text_first", "lines at the beginning", 0,
	  MANY },
	{ "keep_last_lines", OPTION_LONG, AT(text_last), "10", NULL, "text_last", "lines at the end", 0, MANY },
	{ "text_max_total_lines", OPTION_LONG, AT(text_max_lines), "50", NULL, "text_max_lines",
	  "lines of a text that stay", 1, MANY },
	{ "sample_every_n_lines", OPTION_LONG, AT(text_sample), "10", NULL, "text_sample",
	  "one line in this many of the rest stays", 1, MANY },
	{ "anchor_keywords", OPTION_TEXT, AT(text_keywords), "", NULL, "text_keywords",
	  "words that make a line important, comma-separated", 0, 0 },
	{ "compress_tagged_content", OPTION_BOOL, AT(tags_protect_only), "false", NULL, "tags_protect_only",
	  "what is inside of tags may be compressed, the tags stay", 0, 0 },

	{ "include_links", OPTION_BOOL, AT(html_links), "true", NULL, "html_links", "links of pages stay", 0, 0 },
	{ "include_images", OPTION_BOOL, AT(html_images), "false", NULL, "html_images", "images of pages stay", 0,
	  0 },
	{ "include_tables", OPTION_BOOL, AT(html_tables), "true", NULL, "html_tables", "tables of pages stay", 0,
	  0 },

	{ "code_min_tokens", OPTION_LONG, AT(code_min_tokens), "100", NULL, "min_tokens_for_compression",
	  "shorter code is left alone", 0, MANY },
	{ "max_body_lines", OPTION_LONG, AT(code_body_lines), "5", NULL, "code_body_lines",
	  "lines of a function's body that stay", 0, MANY },
	{ "target_compression_rate", OPTION_REAL, AT(code_target), "0.2", NULL, "code_target",
	  "share of the lines of bodies to aim at", 0, 1 },
	{ "docstring_mode", OPTION_CHOICE, AT(code_docstrings), "first_line", "first_line|full|remove",
	  "code_docstrings", "what stays of docstrings", 0, 0 },
	{ "compress_comments", OPTION_BOOL, AT(code_comments), "true", NULL, "code_comments",
	  "comments in bodies may go", 0, 0 },

	{ "output_buffer_tokens", OPTION_LONG, AT(output_buffer_tokens), "4000", NULL,
	  "headroom_output_buffer_tokens", "kept free for the answer", 0, MANY },
	{ "keep_turns", OPTION_LONG, AT(keep_turns), "2", NULL,
	  "keep_last_turns,min_keep_turns,preserve_recent_turns,headroom_keep_turns",
	  "turns of the user that always stay", 0, MANY },
	{ "token_budget", OPTION_LONG, AT(token_budget), "0", NULL, "max_tokens",
	  "tokens the messages may have, 0 for the model's limit", 0, MANY },
	{ "recency", OPTION_REAL, AT(w_recency), "0.20", NULL, "w_recency", "weight of newness", 0, MANY },
	{ "semantic_similarity", OPTION_REAL, AT(w_similarity), "0.20", NULL, "w_similarity",
	  "weight of likeness to the newest messages", 0, MANY },
	{ "toin_importance", OPTION_REAL, AT(w_learned), "0.25", NULL, "w_learned",
	  "weight of what was retrieved before", 0, MANY },
	{ "error_indicator", OPTION_REAL, AT(w_error), "0.15", NULL, "w_error", "weight of errors", 0, MANY },
	{ "forward_reference", OPTION_REAL, AT(w_reference), "0.15", NULL, "w_reference",
	  "weight of being referred to", 0, MANY },
	{ "token_density", OPTION_REAL, AT(w_density), "0.05", NULL, "w_density",
	  "weight of saying much in few words", 0, MANY },

	{ "dynamic_patterns", OPTION_TEXT, AT(dynamic_patterns), "", NULL, "date_patterns",
	  "regular expressions of what changes in system texts, one a line", 0, 0 },
	{ "stable_prefix_min_tokens", OPTION_LONG, AT(align_min_tokens), "100", NULL, "align_min_tokens",
	  "shorter system texts are not aligned", 0, MANY },
	{ "normalize_whitespace", OPTION_BOOL, AT(align_whitespace), "true", NULL,
	  "align_whitespace,collapse_blank_lines", "trailing blanks and runs of empty lines go when aligning", 0,
	  0 },
	{ NULL, OPTION_LONG, 0, NULL, NULL, NULL, NULL, 0, 0 },
};
/* clang-format on */

static char plain(char c) /* case, '-' and '_' make no difference in names */
{
	return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool same_name(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (plain(a.p[i]) != plain(b.p[i]))
			return false;
	return true;
}

static bool is_named(const struct compress_option *o, str key)
{
	str aliases = str_c(o->aliases), alias;

	if (same_name(str_c(o->key), key))
		return true;
	while (o->aliases && str_split(&aliases, ',', &alias))
		if (same_name(alias, key))
			return true;
	return false;
}

static const struct compress_option *find_option(str key)
{
	for (const struct compress_option *o = compress_options; o->key; o++)
		if (is_named(o, key))
			return o;
	return NULL;
}

/* A decimal number as people write it, ".5" too; strtod would obey the locale. */
static bool parse_real(const char *value, double *out)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%s%s", value[0] == '.' ? "0" : "", value);
	struct jval v;

	if (n < 0 || (size_t)n >= sizeof(text))
		return false;
	v = jval_of((str){ text, (size_t)n });
	if (v.type != J_NUMBER || v.raw.n != (size_t)n)
		return false;
	*out = jval_f64(v, 0);
	return true;
}

static bool parse_long(const char *value, long *out)
{
	uint64_t n;

	if (!str_u64(str_c(value), &n) || n > LONG_MAX)
		return false;
	*out = (long)n;
	return true;
}

static bool parse_bool(const char *value, bool *out)
{
	static const char *const words[] = { "false", "true", "off", "on", "no", "yes", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(str_c(value), str_c(words[i]))) {
			*out = i % 2;
			return true;
		}
	return false;
}

static bool parse_choice(const struct compress_option *o, const char *value, int *out)
{
	str choices = str_c(o->choices), choice;

	for (int i = 0; str_split(&choices, '|', &choice); i++)
		if (same_name(choice, str_c(value))) {
			*out = i;
			return true;
		}
	return false;
}

static bool store(const struct compress_option *o, struct compress_config *c, const char *value)
{
	char *field = (char *)c + o->offset;
	double real;
	bool truth;
	long n;
	int i;

	switch (o->type) {
	case OPTION_LONG:
		if (!parse_long(value, &n) || (double)n < o->min || (double)n > o->max)
			return false;
		memcpy(field, &n, sizeof(n));
		return true;
	case OPTION_REAL:
		if (!parse_real(value, &real) || real < o->min || real > o->max)
			return false;
		memcpy(field, &real, sizeof(real));
		return true;
	case OPTION_BOOL:
		if (!parse_bool(value, &truth))
			return false;
		memcpy(field, &truth, sizeof(truth));
		return true;
	case OPTION_CHOICE:
		if (!parse_choice(o, value, &i))
			return false;
		memcpy(field, &i, sizeof(i));
		return true;
	case OPTION_TEXT:
		break;
	}
	memcpy(field, &value, sizeof(value));
	return true;
}

void compress_config_init(struct compress_config *c)
{
	memset(c, 0, sizeof(*c));
	for (const struct compress_option *o = compress_options; o->key; o++)
		store(o, c, o->initial);
}

/* The values an option takes, in words. */
static void add_accepted(struct buf *out, const struct compress_option *o)
{
	static const char *const kinds[] = {
		[OPTION_LONG] = "an integer", [OPTION_REAL] = "a number",  [OPTION_BOOL] = "true or false",
		[OPTION_TEXT] = "text",	      [OPTION_CHOICE] = "one of ",
	};

	buf_add_c(out, kinds[o->type]);
	if (o->type == OPTION_CHOICE)
		buf_add_c(out, o->choices);
	else if (o->type == OPTION_LONG || o->type == OPTION_REAL)
		buf_printf(out, o->max < MANY ? " from %g to %g" : " from %g", o->min, o->max);
}

enum status compress_config_set(struct compress_config *c, str key, const char *value, struct error *err)
{
	const struct compress_option *o = find_option(key);
	struct buf accepted;

	if (!o)
		return error_set(err, STATUS_USAGE,
				 "compression has no option %.*s; --set help lists all of them",
				 STR_ARG(str_sub(key, 0, 64)));
	if (store(o, c, value))
		return STATUS_OK;
	buf_init(&accepted, 256);
	add_accepted(&accepted, o);
	error_set(err, STATUS_USAGE, "%s is \"%.64s\"; accepted: %s", o->key, value, buf_c(&accepted));
	buf_release(&accepted);
	return STATUS_USAGE;
}

void compress_config_help(struct buf *out)
{
	for (const struct compress_option *o = compress_options; o->key; o++) {
		buf_printf(out, "%s=%s\n    %s; ", o->key, o->initial, o->help);
		add_accepted(out, o);
		if (o->aliases)
			buf_printf(out, "; also %s", o->aliases);
		buf_add_ch(out, '\n');
	}
}
