/*
 * match: anchored patterns over one line of program output.  A pattern stands at the line's beginning and may leave a rest:
 *	*	any run of bytes, as short as possible
 *	%p	a program: letters, digits and ._+/-
 *	%t	a token up to white space, quotes and trailing punctuation removed
 *	%q	a quoted token ('..' ".." `..` or typographic quotes), without the quotes
 *	%v	the name of an environment variable: capitals, digits, underscores, at least three
 *	$	(last) the line must end here, save punctuation
 * Everything else is itself, ASCII case ignored; patterns are written in lower case.
 */
#ifndef HEADROOM_ANALYZERS_MATCH_H
#define HEADROOM_ANALYZERS_MATCH_H

#include "core/base/arena.h"

bool match_line(str line, const char *pattern, str *capture);
size_t match_find_fold(str line, const char *needle); /* needle in lower case; STR_NONE if absent */
bool match_has_fold(str line, const char *needle);
/* The token stands alone: no letter, digit or one of ._/- on either side (a final '.' or ':' may follow). */
bool match_bounded(str line, str token);
bool match_quoted(str line, str token); /* the same between quotes */
bool match_ends_token(str line, str token); /* the line's last word, punctuation removed */
bool match_token(str *rest, str *token); /* next word, quotes and punctuation removed */
/* Of words with single blanks between them. */
str match_first_word(str words);
str match_last_word(str words);
/* Without ANSI escape sequences; the text itself when it has none. */
str match_strip_escapes(struct arena *a, str text);

#endif
