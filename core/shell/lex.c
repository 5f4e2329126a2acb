/*
 * lex: blanks, operators, redirections and here-documents.
 */
#include "core/shell/lex.h"

#define MAX_FD_DIGITS 4

void lex_fail(struct shell_parser *p)
{
	p->failed = true;
	p->pos = p->text.n;
}

static void skip_blanks(struct shell_parser *p)
{
	for (;;) {
		char c = lex_at(p, 0);

		if (c == ' ' || c == '\t') {
			p->pos++;
		} else if (c == '\\' && lex_at(p, 1) == '\n') {
			p->pos += 2;
		} else if (c == '#') {
			size_t n = str_chr(str_from(p->text, p->pos), '\n');

			p->pos = n == STR_NONE ? p->text.n : p->pos + n;
		} else {
			return;
		}
	}
}

/* Length of the descriptor number before < or >; 0 if there is none. */
static size_t descriptor_digits(const struct shell_parser *p)
{
	size_t n = 0;

	while (n < MAX_FD_DIGITS && lex_at(p, n) >= '0' && lex_at(p, n) <= '9')
		n++;
	return lex_at(p, n) == '<' || lex_at(p, n) == '>' ? n : 0;
}

enum lexeme lex_peek(struct shell_parser *p, size_t *len)
{
	char next;

	skip_blanks(p);
	*len = 1;
	if (p->pos == p->text.n)
		return LEX_END;
	next = lex_at(p, 1);
	switch (lex_at(p, 0)) {
	case '\n':
		return LEX_NEWLINE;
	case '(':
		return LEX_OPEN;
	case ')':
		return LEX_CLOSE;
	case ';':
		if (next != ';' && next != '&')
			return LEX_SEMI;
		*len = next == ';' && lex_at(p, 2) == '&' ? 3 : 2;
		return LEX_ARM;
	case '&':
		if (next == '>')
			return LEX_REDIRECT;
		if (next != '&')
			return LEX_AMP;
		*len = 2;
		return LEX_AND;
	case '|':
		if (next != '|' && next != '&')
			return LEX_PIPE;
		*len = 2;
		return next == '|' ? LEX_OR : LEX_PIPE;
	case '<':
	case '>':
		return next == '(' ? LEX_WORD : LEX_REDIRECT;
	default:
		return descriptor_digits(p) > 0 ? LEX_REDIRECT : LEX_WORD;
	}
}

bool lex_is_word(const struct shell_parser *p, const char *name)
{
	size_t n = strlen(name);
	char end = lex_at(p, n);

	if (!str_starts_c(str_from(p->text, p->pos), name))
		return false;
	return p->pos + n == p->text.n || (end != 0 && strchr(" \t\n;&|()<>", end));
}

static void skip_heredoc(struct shell_parser *p, const struct heredoc *doc)
{
	str rest = str_from(p->text, p->pos);

	while (rest.n > 0) {
		size_t n = str_chr(rest, '\n');
		str line = str_sub(rest, 0, n == STR_NONE ? rest.n : n);

		rest = str_from(rest, n == STR_NONE ? rest.n : n + 1);
		while (doc->strip_tabs && line.n > 0 && line.p[0] == '\t')
			line = str_from(line, 1);
		if (str_eq(line, doc->delimiter)) {
			p->pos = p->text.n - rest.n;
			return;
		}
	}
	lex_fail(p);
}

void lex_newline(struct shell_parser *p)
{
	p->pos++;
	for (size_t i = 0; i < p->pending_n; i++)
		skip_heredoc(p, &p->pending[i]);
	p->pending_n = 0;
}

static void heredoc_begin(struct shell_parser *p, str delimiter, bool strip_tabs)
{
	if (p->pending_n == SHELL_MAX_HEREDOCS) {
		lex_fail(p);
		return;
	}
	p->pending[p->pending_n++] = (struct heredoc){ delimiter, strip_tabs };
}

/*
 * Operators, the longest first; "fd" is the descriptor when none is written.  >& is settled by its target: a number
 * or "-" duplicates, anything else is a file for both outputs.
 */
static const struct redirect_op {
	const char *spelling;
	char op;
	signed char fd;
} redirect_ops[] = {
	/* clang-format off */
	{ "&>>", 'a', -1 },
	{ "&>",  '>', -1 },
	{ "<<<", 's', 0 },
	{ "<<-", 'h', 0 },
	{ "<<",  'h', 0 },
	{ "<&",  '&', 0 },
	{ "<>",  '<', 0 },
	{ "<",   '<', 0 },
	{ ">>",  'a', 1 },
	{ ">&",  '&', 1 },
	{ ">|",  '>', 1 },
	{ ">",   '>', 1 },
	/* clang-format on */
};

static const struct redirect_op *redirect_op(const struct shell_parser *p)
{
	str rest = str_from(p->text, p->pos);

	for (size_t i = 0; i < sizeof(redirect_ops) / sizeof(redirect_ops[0]); i++) {
		if (str_starts_c(rest, redirect_ops[i].spelling))
			return &redirect_ops[i];
	}
	return NULL;
}

/* "2", "-" or "2-" (moved); a target whose value is unknown counts as a descriptor too. */
static bool is_descriptor(const struct shell_word *w)
{
	size_t i = 0;

	while (i < w->text.n && w->text.p[i] >= '0' && w->text.p[i] <= '9')
		i++;
	if (i < w->text.n && w->text.p[i] == '-')
		i++;
	return w->dynamic || (i == w->text.n && i > 0);
}

void lex_redirect(struct shell_parser *p)
{
	struct shell_redirect r = { 0 };
	size_t digits = descriptor_digits(p), len;
	uint64_t fd = 0;
	bool numbered = str_u64(str_sub(p->text, p->pos, digits), &fd);
	const struct redirect_op *op;
	enum lexeme next;

	p->pos += digits;
	op = redirect_op(p);
	if (!op) {
		lex_fail(p);
		return;
	}
	p->pos += strlen(op->spelling);
	r.op = op->op;
	r.fd = numbered ? (int)fd : op->fd;
	/* In `2>&1>x` the 1 is the target, not the descriptor of what follows. */
	next = lex_peek(p, &len);
	if (next != LEX_WORD && !(next == LEX_REDIRECT && r.op == '&' && descriptor_digits(p) > 0)) {
		lex_fail(p);
		return;
	}
	if (!lex_word(p, false, &r.target))
		return;
	if (r.op == 'h')
		heredoc_begin(p, r.target.text, op->spelling[2] == '-');
	if (strcmp(op->spelling, ">&") == 0 && !numbered && !is_descriptor(&r.target)) {
		r.op = '>';
		r.fd = -1;
	}
	*(struct shell_redirect *)vec_push(&p->redirects) = r;
}
