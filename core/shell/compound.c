/*
 * compound: groups, conditions, loops and functions, of which only the simple commands inside are listed.  The body of
 * a function is listed where it is defined, as commands that may never have run.
 */
#include "core/shell/parse.h"

/* A redirection behind a compound command is given to the last command listed in it, before that one's own. */
static void compound_redirects(struct shell_parser *p, size_t listed_before)
{
	size_t from = p->redirects.n, n, own;
	struct shell_redirect *all;
	struct shell_command *last;

	while (!p->failed && parse_peek(p) == LEX_REDIRECT)
		lex_redirect(p);
	n = p->redirects.n - from;
	if (n == 0 || p->failed || p->commands.n == listed_before) {
		p->redirects.n = from;
		return;
	}
	last = vec_at(&p->commands, p->commands.n - 1);
	own = last->redirects_n;
	all = arena_array(p->a, n + own, sizeof(*all));
	memcpy(all, vec_at(&p->redirects, from), n * sizeof(*all));
	if (own > 0)
		memcpy(all + n, last->redirects, own * sizeof(*all));
	last->redirects = all;
	last->redirects_n = n + own;
	p->redirects.n = from;
}

/* A list that must not be empty. */
static void body(struct shell_parser *p)
{
	size_t from;

	parse_skip_newlines(p);
	from = p->pos;
	parse_list(p);
	if (p->pos == from)
		lex_fail(p);
}

static void group(struct shell_parser *p)
{
	p->depth++;
	if (parse_accept(p, LEX_OPEN)) {
		body(p);
		if (!parse_accept(p, LEX_CLOSE))
			lex_fail(p);
	} else {
		parse_expect_word(p, "{");
		body(p);
		parse_expect_word(p, "}");
	}
	p->depth--;
}

static void if_clause(struct shell_parser *p)
{
	parse_expect_word(p, "if");
	do {
		body(p);
		parse_expect_word(p, "then");
		body(p);
	} while (parse_accept_word(p, "elif"));
	if (parse_accept_word(p, "else"))
		body(p);
	parse_expect_word(p, "fi");
}

static void loop_body(struct shell_parser *p)
{
	if (parse_accept_word(p, "{")) {
		body(p);
		parse_expect_word(p, "}");
		return;
	}
	parse_expect_word(p, "do");
	body(p);
	parse_expect_word(p, "done");
}

static void while_clause(struct shell_parser *p)
{
	if (!parse_accept_word(p, "while"))
		parse_expect_word(p, "until");
	body(p);
	loop_body(p);
}

/* The words themselves are data, not commands. */
static void skip_words(struct shell_parser *p)
{
	struct shell_word w;

	while (parse_peek(p) == LEX_WORD && lex_word(p, false, &w))
		;
}

/* for and select */
static void for_clause(struct shell_parser *p)
{
	struct shell_word name;

	if (!parse_accept_word(p, "for"))
		parse_expect_word(p, "select");
	if (parse_peek(p) == LEX_OPEN && lex_at(p, 1) == '(') {
		lex_skip_parens(p);
	} else if (parse_peek(p) == LEX_WORD && lex_word(p, false, &name)) {
		parse_skip_newlines(p);
		if (parse_accept_word(p, "in"))
			skip_words(p);
	} else {
		lex_fail(p);
	}
	parse_accept(p, LEX_SEMI);
	parse_skip_newlines(p);
	loop_body(p);
}

static void case_arm(struct shell_parser *p)
{
	struct shell_word pattern;

	parse_accept(p, LEX_OPEN);
	do {
		if (parse_peek(p) != LEX_WORD || !lex_word(p, false, &pattern))
			lex_fail(p);
	} while (parse_accept(p, LEX_PIPE));
	if (!parse_accept(p, LEX_CLOSE))
		lex_fail(p);
	parse_skip_newlines(p);
	parse_list(p);
}

static void case_clause(struct shell_parser *p)
{
	struct shell_word subject;

	parse_expect_word(p, "case");
	if (parse_peek(p) != LEX_WORD || !lex_word(p, false, &subject))
		lex_fail(p);
	parse_skip_newlines(p);
	parse_expect_word(p, "in");
	parse_skip_newlines(p);
	while (!p->failed && !parse_accept_word(p, "esac")) {
		case_arm(p);
		if (!parse_accept(p, LEX_ARM)) {
			parse_expect_word(p, "esac");
			return;
		}
		parse_skip_newlines(p);
	}
}

static void function_clause(struct shell_parser *p)
{
	struct shell_word name;

	parse_expect_word(p, "function");
	if (parse_peek(p) != LEX_WORD || !lex_word(p, false, &name))
		lex_fail(p);
	if (parse_accept(p, LEX_OPEN) && !parse_accept(p, LEX_CLOSE))
		lex_fail(p);
	parse_function_body(p);
}

static const struct clause {
	const char *word;
	void (*parse)(struct shell_parser *p);
	bool conditional;
} clauses[] = {
	/* clang-format off */
	{ "{",        group,           false },
	{ "if",       if_clause,       true },
	{ "for",      for_clause,      true },
	{ "select",   for_clause,      true },
	{ "while",    while_clause,    true },
	{ "until",    while_clause,    true },
	{ "case",     case_clause,     true },
	{ "function", function_clause, true },
	/* clang-format on */
};

static const struct clause subshell = { "(", group, false };

static const struct clause *clause_here(struct shell_parser *p)
{
	enum lexeme next = parse_peek(p);

	if (next == LEX_OPEN)
		return &subshell;
	for (size_t i = 0; next == LEX_WORD && i < sizeof(clauses) / sizeof(clauses[0]); i++) {
		if (lex_is(p, clauses[i].word))
			return &clauses[i];
	}
	return NULL;
}

bool parse_at_compound(struct shell_parser *p)
{
	return clause_here(p) != NULL;
}

void parse_compound(struct shell_parser *p)
{
	const struct clause *clause = clause_here(p);
	size_t listed = p->commands.n;

	if (!clause || p->nesting == SHELL_MAX_NESTING) {
		lex_fail(p);
		return;
	}
	p->nesting++;
	p->conditional += clause->conditional;
	clause->parse(p);
	p->conditional -= clause->conditional;
	p->nesting--;
	compound_redirects(p, listed);
}

void parse_function_body(struct shell_parser *p)
{
	parse_skip_newlines(p);
	p->conditional++;
	parse_compound(p);
	p->conditional--;
}
