/*
 * parse: the grammar, by recursive descent.  Each function consumes what it is named after, or fails the parser, after
 * which all of them return at once.  Private to core/shell.
 */
#ifndef HEADROOM_SHELL_PARSE_H
#define HEADROOM_SHELL_PARSE_H

#include "core/shell/lex.h"

enum lexeme parse_peek(struct shell_parser *p);
bool parse_accept(struct shell_parser *p,
		  enum lexeme wanted); /* an operator; false, nothing consumed, otherwise */
bool parse_accept_word(struct shell_parser *p, const char *name);
void parse_expect_word(struct shell_parser *p, const char *name);
void parse_skip_newlines(struct shell_parser *p);

bool parse_at_compound(struct shell_parser *p);
void parse_compound(struct shell_parser *p); /* with the redirections behind it */
void parse_function_body(struct shell_parser *p); /* what follows "name ()" */

#endif
