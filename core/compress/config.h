/*
 * config of the compression engine: one object that reaches every step.  The table says key, default, limits and meaning
 * of each option; --set, config.toml, `--set help` and the documentation are made from it, and a test proves that each
 * option changes the output it names.
 */
#ifndef HEADROOM_COMPRESS_CONFIG_H
#define HEADROOM_COMPRESS_CONFIG_H

#include "core/base/buf.h"
#include "core/base/error.h"

enum compress_mode {
	MODE_OPTIMIZE,
	MODE_AUDIT /* measure only: nothing is changed */
};

enum docstring_mode {
	DOCSTRING_FIRST_LINE,
	DOCSTRING_FULL,
	DOCSTRING_REMOVE
};

/* Lists are comma-separated text, "" for none. */
struct compress_config {
	int mode;
	/* router */
	long min_tokens_to_crush; /* 200 */
	long protect_recent_code; /* messages, 4 */
	bool protect_analysis_context, skip_user_messages;
	const char *exclude_tools; /* "Read,Glob,Grep,Write,Edit", any case */
	double protect_recent_reads_fraction; /* 0 = all */
	long frozen_messages; /* leading messages the provider has cached */
	double accept_ratio; /* .95: tokens after / before at most */
	long ccr_ttl_seconds; /* 3600 */
	bool read_lifecycle_stale, read_lifecycle_superseded; /* true, false */
	/* which steps run */
	bool align, crush, log, search, diff, html, text, code, intelligent_context, rolling_window;
	/* arrays and objects of JSON */
	long max_items, min_items; /* 15, 5 */
	long keep_first, keep_last; /* 3, 2 */
	double relevance_threshold; /* .3 */
	double sigma; /* 2.0 */
	double uniqueness, similarity; /* .1, .8 */
	const char *preserve_fields;
	bool preserve_errors; /* true */
	bool factor_constants, sample_unique; /* false, true */
	long object_value_tokens; /* values up to this stay, 12 */
	double anchor_budget; /* .25 */
	long anchor_min, anchor_max; /* 3, 12 */
	double dedup_bits; /* SimHash distance of near duplicates, 3 */
	/* logs */
	long log_min_lines, log_max_lines, log_max_errors, log_context, log_max_stacks, log_stack_lines,
		log_max_warnings; /* 50 100 10 3 3 20 5 */
	bool log_dedupe_warnings, log_summary;
	/* searches */
	long search_min_matches, search_max_matches, search_per_file, search_max_files; /* 10 30 5 0=all */
	bool search_boost_errors;
	const char *search_keywords;
	/* diffs */
	long diff_min_lines, diff_context, diff_max_hunks, diff_max_files; /* 50 1 0=all 0=all */
	bool diff_index_lines; /* false */
	/* text */
	long text_min_lines, text_first, text_last, text_max_lines, text_sample; /* 50 10 10 50 10 */
	const char *text_keywords;
	bool tags_protect_only; /* compress_tagged_content: what is inside tags may be compressed, the tags stay */
	/* HTML */
	bool html_links, html_images, html_tables; /* true false true */
	/* code */
	long code_min_tokens, code_body_lines; /* 100 5 */
	double code_target; /* .2 */
	int code_docstrings;
	bool code_comments; /* compress them, true */
	/* context managers */
	long output_buffer_tokens, keep_turns, token_budget; /* 4000 2 0=the model's */
	double w_recency, w_similarity, w_learned, w_error, w_reference,
		w_density; /* .2 .2 .25 .15 .15 .05 */
	/* aligner */
	const char *dynamic_patterns; /* further regular expressions, one a line */
	long align_min_tokens; /* 100 */
	bool align_whitespace;
};

enum compress_option_type {
	OPTION_LONG,
	OPTION_REAL,
	OPTION_BOOL,
	OPTION_TEXT,
	OPTION_CHOICE /* int, index into choices */
};

struct compress_option {
	const char *key; /* "max_items_after_crush" */
	enum compress_option_type type;
	size_t offset;
	const char *initial; /* default, as it would be written */
	const char *choices; /* "a|b|c" */
	const char *aliases; /* names other releases use, comma-separated, or NULL */
	const char *help;
	double min, max;
};
extern const struct compress_option compress_options[]; /* ends with a NULL key */

void compress_config_init(struct compress_config *c); /* the defaults; texts are static */
/* By key or alias ('-' and '_' are the same).  Texts are borrowed.  STATUS_USAGE names the accepted values. */
enum status compress_config_set(struct compress_config *c, str key, const char *value, struct error *err);
/* The table for `--set help`. */
void compress_config_help(struct buf *out);

#endif
