/*
 * output: what programs say when they fail.  A table of anchored patterns and lists of telling words, and the readings of one
 * line that the tables cannot express.  A reading names a word of the command that failed, never text of the output.
 */
#ifndef HEADROOM_ANALYZERS_OUTPUT_H
#define HEADROOM_ANALYZERS_OUTPUT_H

#include "analyzers/classify.h"
#include "analyzers/needles.h"

enum output_names {
	NAMES_NOTHING,
	NAMES_PROGRAM,
	NAMES_WORD,
	NAMES_MODULE,
	NAMES_VARIABLE
};

struct output_row {
	enum failure class;
	enum output_names names; /* what the capture is; PROGRAM and WORD must be words of the command */
	const char *pattern; /* see match.h */
};

extern const struct output_row output_rows[];
extern const size_t output_rows_n;

/* A line of output and the fixed texts in it. */
struct output_line {
	str text;
	struct needle_set has;
};

/* The lines of a text that are not empty, trimmed and cut; in a. */
size_t output_lines(struct arena *a, str text, struct output_line **out);

enum output_words {
	WORDS_ABSENT,
	WORDS_FLAG,
	WORDS_TARGET,
	WORDS_PATH,
	WORDS_DEVELOPMENT,
	WORDS_COUNT
};
/* False if no row and no reading can match the line, which is so for nearly all lines. */
bool output_tells(const struct output_line *l);
/* The line holds one of the words of a list. */
bool output_has(const struct output_line *l, enum output_words list);
/* False if the row cannot match the line; cheap. */
bool output_may_match(const struct output_line *l, size_t row);

/* Readings of one line; true with the diagnosis. */
bool output_read_row(struct arena *a, const struct shell_script *s, size_t row, const struct output_line *l,
		     struct diagnosis *out);
bool output_read_flag(struct arena *a, const struct shell_script *s, const struct output_line *l,
		      struct diagnosis *out);
bool output_read_target(struct arena *a, const struct shell_script *s, const struct output_line *l,
			struct diagnosis *out);
bool output_read_path(const struct shell_script *s, const struct output_line *l, struct diagnosis *out);

#endif
