/*
 * lex: the character level of the shell reader: blanks, comments, operators, words, here-documents.
 * There is no token stream: the grammar peeks at the next lexeme and asks for what it expects, because what a byte
 * means depends on where it stands.  Every byte is consumed once; a syntax error moves to the end of the text, so that
 * every loop ends.  Private to core/shell.
 */
#ifndef HEADROOM_SHELL_LEX_H
#define HEADROOM_SHELL_LEX_H

#include "core/base/vec.h"
#include "core/shell/shell.h"

#define SHELL_MAX_NESTING 32
#define SHELL_MAX_HEREDOCS 16

enum lexeme {
	LEX_END,
	LEX_NEWLINE,
	LEX_WORD,
	LEX_REDIRECT, /* from the optional descriptor on */
	LEX_SEMI,
	LEX_ARM, /* ;; ;& ;;& */
	LEX_AMP,
	LEX_AND,
	LEX_OR,
	LEX_PIPE,
	LEX_OPEN, /* ( */
	LEX_CLOSE /* ) */
};

struct heredoc {
	str delimiter;
	bool strip_tabs;
};

struct shell_parser {
	struct arena *a;
	str text;
	size_t pos;
	char *out; /* text of the words; removing quotes never lengthens, so text.n bytes are enough */
	size_t out_n;
	struct vec commands, words, assigns,
		redirects; /* the last three are stacks, shared by nested commands */
	struct heredoc pending[SHELL_MAX_HEREDOCS]; /* bodies that begin after the next newline */
	size_t pending_n;
	enum shell_join join; /* of the command to come */
	unsigned nesting, depth, conditional;
	unsigned silent; /* inside substitutions: commands are read but not listed */
	bool failed;
};

void lex_fail(struct shell_parser *p);
/* Byte at distance n from here, 0 past the end. */
static inline char lex_at(const struct shell_parser *p, size_t n)
{
	return n < p->text.n - p->pos ? p->text.p[p->pos + n] : 0;
}

/* Skips blanks, comments and continued lines; *len is the length of an operator. */
enum lexeme lex_peek(struct shell_parser *p, size_t *len);
bool lex_is_word(const struct shell_parser *p, const char *name);
/* After lex_peek: true if the unquoted word here is exactly `name`. */
static inline bool lex_is(const struct shell_parser *p, const char *name)
{
	return lex_at(p, 0) == name[0] && lex_is_word(p, name);
}

/* Consumes a newline and the here-documents that begin behind it. */
void lex_newline(struct shell_parser *p);
/* Consumes the redirection that lex_peek saw and pushes it on p->redirects. */
void lex_redirect(struct shell_parser *p);

bool lex_is_name(char c, bool first); /* may stand in a variable's name */
/* Reads a word.  loose: between [[ and ]], where only blanks end a word. */
bool lex_word(struct shell_parser *p, bool loose, struct shell_word *w);
/* Appends a byte to the text of the words. */
void lex_emit(struct shell_parser *p, char c);
/* Reads $'...' from the quote on. */
void lex_ansi_quotes(struct shell_parser *p);
/* Consumes ( up to its partner, quotes and substitutions inside respected. */
void lex_skip_parens(struct shell_parser *p);

/* The grammar: commands up to a closing word, ')' or the end, which is left to the caller. */
void parse_list(struct shell_parser *p);

#endif
