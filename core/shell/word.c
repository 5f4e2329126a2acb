/*
 * word: one word with its quotes and escapes removed.  Substitutions stay in the text as they were written, mark the
 * word as dynamic, and are read by the grammar only to find where they end.
 */
#include <assert.h>

#include "core/shell/lex.h"

static void dollar(struct shell_parser *p, bool in_quotes, struct shell_word *w);

void lex_emit(struct shell_parser *p, char c)
{
	assert(p->out_n < p->text.n);
	p->out[p->out_n++] = c;
}

/* Replaces what a skipped construct emitted by its source: the text from `from` to here. */
static void emit_source(struct shell_parser *p, size_t from, size_t out_n)
{
	size_t n = p->pos - from;

	assert(n <= p->text.n - out_n);
	memcpy(p->out + out_n, p->text.p + from, n);
	p->out_n = out_n + n;
}

bool lex_is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static bool nest(struct shell_parser *p)
{
	if (p->failed || p->nesting == SHELL_MAX_NESTING) {
		lex_fail(p);
		return false;
	}
	p->nesting++;
	return true;
}

/* ---- quotes ---- */

static void single_quotes(struct shell_parser *p)
{
	size_t n = str_chr(str_from(p->text, p->pos + 1), '\'');

	if (n == STR_NONE) {
		lex_fail(p);
		return;
	}
	memcpy(p->out + p->out_n, p->text.p + p->pos + 1, n);
	p->out_n += n;
	p->pos += n + 2;
}

static void backquotes(struct shell_parser *p, struct shell_word *w)
{
	size_t from = p->pos++, out_n = p->out_n;

	w->dynamic = true;
	while (p->pos < p->text.n) {
		char c = lex_at(p, 0);

		p->pos += c == '\\' && p->pos + 1 < p->text.n ? 2 : 1;
		if (c == '`') {
			emit_source(p, from, out_n);
			return;
		}
	}
	lex_fail(p);
}

static void double_quotes(struct shell_parser *p, struct shell_word *w)
{
	p->pos++;
	while (p->pos < p->text.n) {
		char c = lex_at(p, 0), next = lex_at(p, 1);

		if (c == '"') {
			p->pos++;
			return;
		}
		if (c == '$') {
			dollar(p, true, w);
		} else if (c == '`') {
			backquotes(p, w);
		} else if (c == '\\' && next == '\n') {
			p->pos += 2;
		} else if (c == '\\' && next != 0 && strchr("$`\"\\", next)) {
			lex_emit(p, next);
			p->pos += 2;
		} else {
			lex_emit(p, c);
			p->pos++;
		}
	}
	lex_fail(p);
}

/* ---- substitutions ---- */

/* A quoted or substituted stretch inside something that is skipped; false if there is none here. */
static bool skip_protected(struct shell_parser *p, bool in_quotes, struct shell_word *w)
{
	switch (lex_at(p, 0)) {
	case '\\':
		p->pos += p->text.n - p->pos > 1 ? 2 : 1;
		return true;
	case '\'':
		if (in_quotes)
			return false;
		single_quotes(p);
		return true;
	case '"':
		double_quotes(p, w);
		return true;
	case '`':
		backquotes(p, w);
		return true;
	case '$':
		dollar(p, in_quotes, w);
		return true;
	default:
		return false;
	}
}

void lex_skip_parens(struct shell_parser *p)
{
	struct shell_word ignored = { 0 };
	size_t open = 0;

	if (!nest(p))
		return;
	while (p->pos < p->text.n) {
		char c = lex_at(p, 0);

		if (skip_protected(p, false, &ignored))
			continue;
		p->pos++;
		if (c == '(') {
			open++;
		} else if (c == ')' && --open == 0) {
			p->nesting--;
			return;
		}
	}
	lex_fail(p);
}

/* ${...}, from the brace on. */
static void skip_parameter(struct shell_parser *p, bool in_quotes)
{
	struct shell_word ignored = { 0 };

	if (!nest(p))
		return;
	p->pos++;
	while (p->pos < p->text.n) {
		if (skip_protected(p, in_quotes, &ignored))
			continue;
		if (lex_at(p, 0) == '}') {
			p->pos++;
			p->nesting--;
			return;
		}
		p->pos++;
	}
	lex_fail(p);
}

/* (commands), from the parenthesis on; here-documents begun inside end inside. */
static void skip_commands(struct shell_parser *p)
{
	size_t pending = p->pending_n;

	if (!nest(p))
		return;
	p->pos++;
	p->silent++;
	parse_list(p);
	p->silent--;
	p->nesting--;
	p->pending_n = pending;
	if (lex_at(p, 0) == ')')
		p->pos++;
	else
		lex_fail(p);
}

/* "$name", "$1", "$(...)", "$((...))", "${...}", "$'...'" and "$\"...\""; a lone $ stands for itself. */
static void dollar(struct shell_parser *p, bool in_quotes, struct shell_word *w)
{
	size_t from = p->pos++, out_n = p->out_n;
	char c = lex_at(p, 0);

	if (!in_quotes && (c == '\'' || c == '"')) {
		w->quoted = true;
		if (c == '"')
			double_quotes(p, w);
		else
			lex_ansi_quotes(p);
		return;
	}
	if (c == '{') {
		skip_parameter(p, in_quotes);
	} else if (c == '(' && lex_at(p, 1) == '(') {
		lex_skip_parens(p);
	} else if (c == '(') {
		skip_commands(p);
	} else if (lex_is_name(c, true)) {
		while (lex_is_name(lex_at(p, 0), false))
			p->pos++;
	} else if (c != 0 && strchr("0123456789@*#?!$-", c)) {
		p->pos++;
	}
	w->dynamic |= p->pos > from + 1;
	if (!p->failed)
		emit_source(p, from, out_n);
}

/* ---- words ---- */

/* What decides, further on in a word, whether it is a pattern. */
struct pattern {
	bool bracket; /* an unquoted [ was seen */
	bool brace; /* an unquoted { was seen */
	bool choice; /* and behind it a comma or .. */
};

static void note_pattern(const struct shell_parser *p, struct pattern *seen, struct shell_word *w)
{
	char c = lex_at(p, 0);

	switch (c) {
	case '*':
	case '?':
		w->glob = true;
		break;
	case '[':
		seen->bracket = true;
		break;
	case ']':
		w->glob |= seen->bracket;
		break;
	case '{':
		seen->brace = true;
		break;
	case ',':
		seen->choice |= seen->brace;
		break;
	case '.':
		seen->choice |= seen->brace && lex_at(p, 1) == '.';
		break;
	case '}':
		w->glob |= seen->choice;
		break;
	default:
		break;
	}
}

/* True where "NAME=(" or "NAME+=(" stands before the parenthesis: an array, which is one word. */
static bool is_array(const struct shell_parser *p, const struct shell_word *w)
{
	size_t n = p->out_n - (size_t)(w->text.p - p->out), i = 0;

	while (i < n && lex_is_name(w->text.p[i], i == 0))
		i++;
	return i > 0 &&
	       ((n - i == 1 && w->text.p[i] == '=') || (n - i == 2 && memcmp(w->text.p + i, "+=", 2) == 0));
}

/* Parentheses that belong to the word: `<(`, `+(` and arrays.  False if there are none here. */
static bool word_parens(struct shell_parser *p, struct shell_word *w)
{
	size_t from = p->pos, out_n = p->out_n;
	char c = lex_at(p, 0);

	if (c == '(') {
		if (!is_array(p, w))
			return false;
		w->dynamic = true;
		lex_skip_parens(p);
	} else if (lex_at(p, 1) != '(') {
		return false;
	} else if (c == '<' || c == '>') {
		w->dynamic = true;
		p->pos++;
		skip_commands(p);
	} else if (c != 0 && strchr("?*+@!", c)) {
		w->glob = true;
		p->pos++;
		lex_skip_parens(p);
	} else {
		return false;
	}
	if (!p->failed)
		emit_source(p, from, out_n);
	return true;
}

static bool ends_word(char c, bool loose)
{
	return c == ' ' || c == '\t' || c == '\n' || (!loose && c != 0 && strchr(";&|()<>", c));
}

/* Bytes that mean nothing but themselves wherever in a word they stand. */
static bool is_plain(unsigned char c)
{
	static const bool plain[128] = {
		['%'] = 1, ['-'] = 1, ['/'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
		['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, [':'] = 1, ['='] = 1, ['A'] = 1,
		['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1,
		['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1,
		['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1,
		['Z'] = 1, ['_'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
		['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1,
		['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,
		['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
	};
	return c >= 128 || plain[c];
}

static void plain_run(struct shell_parser *p)
{
	size_t from = p->pos, n;

	while (p->pos < p->text.n && is_plain((unsigned char)p->text.p[p->pos]))
		p->pos++;
	n = p->pos - from;
	assert(n <= p->text.n - p->out_n);
	memcpy(p->out + p->out_n, p->text.p + from, n);
	p->out_n += n;
}

bool lex_word(struct shell_parser *p, bool loose, struct shell_word *w)
{
	struct pattern seen = { 0 };
	char c = lex_at(p, 0);

	*w = (struct shell_word){ .text = { p->out + p->out_n, 0 } };
	w->glob =
		c == '~' && lex_at(p, 1) != '/' && !ends_word(lex_at(p, 1), false) && p->text.n - p->pos > 1;
	while (p->pos < p->text.n) {
		c = lex_at(p, 0);
		if (is_plain((unsigned char)c)) {
			plain_run(p);
			continue;
		}
		if (!loose && word_parens(p, w))
			continue;
		if (ends_word(c, loose))
			break;
		if (c == '\\' && lex_at(p, 1) == '\n') {
			p->pos += 2;
		} else if (c == '\\') {
			w->quoted = true;
			p->pos++;
			if (p->pos == p->text.n)
				lex_fail(p);
			else
				lex_emit(p, p->text.p[p->pos++]);
		} else if (c == '"' || c == '\'' || c == '`' || c == '$') {
			w->quoted |= c == '"' || c == '\'';
			skip_protected(p, false, w);
		} else {
			note_pattern(p, &seen, w);
			lex_emit(p, c);
			p->pos++;
		}
	}
	w->text.n = p->out_n - (size_t)(w->text.p - p->out);
	return !p->failed;
}
