/*
 * config_reader: what config_parse reads a file with: characters, strings and values.  Only for the files of config.
 * Nothing here looks further back than where it stands; what fails has raised its error.
 */
#ifndef HEADROOM_BASE_CONFIG_READER_H
#define HEADROOM_BASE_CONFIG_READER_H

#include <locale.h>

#include "core/base/buf.h"
#include "core/base/config.h"
#include "core/base/vec.h"

#define END_OF_TEXT (-1)

struct reader {
	struct arena *arena;
	const char *name; /* of the file */
	str text; /* borrowed */
	size_t at;
	unsigned line;
	locale_t numbers; /* where a point is a point */
	struct vec items; /* of the last array */
	struct buf scratch; /* the last string */
	struct error *err; /* may be NULL */
};

void reader_init(struct reader *r, struct arena *a, const char *name, str text, struct error *err);
void reader_release(struct reader *r);

/* STATUS_USAGE, with the file and the line in front of the message. */
enum status reader_raise(const struct reader *r, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* To be called first: UTF-8 on every line, no control characters but tabs; a \r only before a \n. */
enum status reader_check_text(struct reader *r);

int reader_peek(const struct reader *r); /* a byte or END_OF_TEXT */
bool reader_take(struct reader *r, char c); /* if it comes next */
bool reader_at_line_end(const struct reader *r);
bool reader_at_string(const struct reader *r);
str reader_shown(const struct reader *r); /* the rest of the line as far as a message repeats it */
void reader_skip_blanks(struct reader *r);
void reader_skip_comment(struct reader *r); /* blanks, too */
void reader_skip_empty_lines(struct reader *r); /* blanks and comments, too */

enum status reader_take_string(struct reader *r); /* at a quote; into scratch */
/* Into the row's type and the field of that type. */
enum status reader_take_value(struct reader *r, struct config_row *row);

#endif
