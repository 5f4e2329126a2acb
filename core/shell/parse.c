/*
 * parse: lists, pipelines and simple commands.
 */
#include "core/shell/parse.h"

enum lexeme parse_peek(struct shell_parser *p)
{
	size_t len;

	return lex_peek(p, &len);
}

bool parse_accept(struct shell_parser *p, enum lexeme wanted)
{
	size_t len;

	if (lex_peek(p, &len) != wanted)
		return false;
	p->pos += len;
	return true;
}

bool parse_accept_word(struct shell_parser *p, const char *name)
{
	if (parse_peek(p) != LEX_WORD || !lex_is(p, name))
		return false;
	p->pos += strlen(name);
	return true;
}

void parse_expect_word(struct shell_parser *p, const char *name)
{
	if (!parse_accept_word(p, name))
		lex_fail(p);
}

void parse_skip_newlines(struct shell_parser *p)
{
	while (parse_peek(p) == LEX_NEWLINE)
		lex_newline(p);
}

/* At a word that ends a list where a command could begin. */
static bool at_closing_word(struct shell_parser *p)
{
	static const char *const closing[] = { "then", "elif", "else", "fi", "do", "done", "esac", "}" };

	if (parse_peek(p) != LEX_WORD)
		return false;
	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++) {
		if (lex_is(p, closing[i]))
			return true;
	}
	return false;
}

/* ---- simple commands ---- */

static bool is_assignment(str source)
{
	size_t i = 0;

	while (i < source.n && lex_is_name(source.p[i], i == 0))
		i++;
	if (i == 0)
		return false;
	if (i < source.n && source.p[i] == '[') {
		size_t close = str_chr(str_from(source, i), ']');

		i = close == STR_NONE ? source.n : i + close + 1;
	}
	return str_starts_c(str_from(source, i), "=") || str_starts_c(str_from(source, i), "+=");
}

/* Moves the elements from index `from` on off the stack into the arena. */
static void *take(struct arena *a, struct vec *stack, size_t from, size_t *n)
{
	void *copy;

	*n = stack->n - from;
	if (*n == 0)
		return NULL;
	copy = arena_array(a, *n, stack->size);
	memcpy(copy, vec_at(stack, from), *n * stack->size);
	stack->n = from;
	return copy;
}

static void push_word(struct shell_parser *p, bool loose, struct vec *stack)
{
	struct shell_word w;

	if (lex_word(p, loose, &w))
		*(struct shell_word *)vec_push(stack) = w;
}

/* [[ ... ]]: operators are ordinary words here. */
static void test_words(struct shell_parser *p)
{
	while (!p->failed) {
		enum lexeme next = parse_peek(p);

		if (next == LEX_NEWLINE) {
			lex_newline(p);
		} else if (next == LEX_END) {
			lex_fail(p);
		} else {
			bool last = lex_is(p, "]]");

			push_word(p, !last, &p->words);
			if (last)
				return;
		}
	}
}

/* ((...)) from the first parenthesis on, as one word; false, nothing consumed, if it is a nested subshell. */
static bool arithmetic(struct shell_parser *p)
{
	struct shell_word w = { .dynamic = true };
	size_t from = p->pos, out_n = p->out_n;

	lex_skip_parens(p);
	p->out_n = out_n;
	if (p->failed)
		return true;
	if (p->text.p[p->pos - 2] != ')') {
		p->pos = from;
		return false;
	}
	w.text = (str){ memcpy(p->out + out_n, p->text.p + from, p->pos - from), p->pos - from };
	p->out_n += w.text.n;
	*(struct shell_word *)vec_push(&p->words) = w;
	return true;
}

/* Where the stacks stood when a command began. */
struct mark {
	size_t pos, words, assigns, redirects;
};

static struct mark mark(const struct shell_parser *p)
{
	return (struct mark){ p->pos, p->words.n, p->assigns.n, p->redirects.n };
}

static void list_command(struct shell_parser *p, const struct mark *m, bool negated)
{
	struct shell_command *c;

	if (p->words.n - m->words > SHELL_MAX_WORDS || p->assigns.n - m->assigns > SHELL_MAX_WORDS ||
	    p->redirects.n - m->redirects > SHELL_MAX_WORDS || p->commands.n == SHELL_MAX_COMMANDS)
		lex_fail(p);
	if (p->failed || p->silent > 0) {
		p->words.n = m->words;
		p->assigns.n = m->assigns;
		p->redirects.n = m->redirects;
		return;
	}
	c = vec_push(&p->commands);
	c->words = take(p->a, &p->words, m->words, &c->n);
	c->assigns = take(p->a, &p->assigns, m->assigns, &c->assigns_n);
	c->redirects = take(p->a, &p->redirects, m->redirects, &c->redirects_n);
	c->join = p->commands.n == 1 ? JOIN_FIRST : p->join;
	c->depth = (uint8_t)p->depth;
	c->conditional = p->conditional > 0;
	c->negated = negated;
	c->source = str_sub(p->text, m->pos, p->pos - m->pos);
	p->join = JOIN_SEQ; /* where no separator stands between, as in `if [[ a ]] then b` */
}

static void simple_command(struct shell_parser *p, bool negated)
{
	struct mark m = mark(p);
	size_t end = p->pos;

	while (!p->failed) {
		enum lexeme next = parse_peek(p);
		size_t words = p->words.n - m.words;

		if (next == LEX_REDIRECT) {
			lex_redirect(p);
		} else if (next == LEX_WORD) {
			size_t from = p->pos;
			struct shell_word w;

			if (!lex_word(p, false, &w))
				break;
			if (words == 0 && is_assignment(str_sub(p->text, from, p->pos - from))) {
				w.glob = false; /* values are not matched against files */
				*(struct shell_word *)vec_push(&p->assigns) = w;
			} else {
				*(struct shell_word *)vec_push(&p->words) = w;
			}
		} else if (next == LEX_OPEN && words == 1 && p->assigns.n == m.assigns) {
			p->pos++;
			p->words.n = m.words;
			p->redirects.n = m.redirects;
			if (parse_accept(p, LEX_CLOSE))
				parse_function_body(p);
			else
				lex_fail(p);
			return;
		} else {
			if (next == LEX_OPEN)
				lex_fail(p);
			break;
		}
		end = p->pos;
	}
	if (!p->failed)
		p->pos = end;
	list_command(p, &m, negated);
}

/* [[ ]] and (( )), which stand for one command. */
static void test_command(struct shell_parser *p, const struct mark *m, bool negated)
{
	size_t end = p->pos;

	while (!p->failed && parse_peek(p) == LEX_REDIRECT) {
		lex_redirect(p);
		end = p->pos;
	}
	if (!p->failed)
		p->pos = end;
	list_command(p, m, negated);
}

/* ---- lists ---- */

static void command(struct shell_parser *p)
{
	bool negated = false;
	enum lexeme next;
	struct mark m;

	for (;;) {
		next = parse_peek(p);
		if (next == LEX_WORD && lex_at(p, 0) == '!' && (lex_is(p, "!") || lex_at(p, 1) == '(')) {
			p->pos++;
			negated = !negated;
		} else if (parse_accept_word(p, "time")) {
			parse_accept_word(p, "-p");
		} else {
			break;
		}
	}
	m = mark(p);
	if (next == LEX_OPEN && lex_at(p, 1) == '(' && arithmetic(p)) {
		test_command(p, &m, negated);
	} else if (next == LEX_WORD && lex_is(p, "[[")) {
		test_words(p);
		test_command(p, &m, negated);
	} else if (parse_at_compound(p)) {
		parse_compound(p);
	} else if (next == LEX_REDIRECT || (next == LEX_WORD && !at_closing_word(p))) {
		simple_command(p, negated);
	} else {
		lex_fail(p);
	}
}

/* Consumes what stands between two commands; false at the end of the list. */
static bool separator(struct shell_parser *p)
{
	size_t len;
	enum lexeme next = lex_peek(p, &len);

	switch (next) {
	case LEX_AND:
	case LEX_OR:
	case LEX_PIPE:
		p->join = next == LEX_AND ? JOIN_AND : next == LEX_OR ? JOIN_OR : JOIN_PIPE;
		p->pos += len;
		parse_skip_newlines(p);
		return true;
	case LEX_SEMI:
	case LEX_AMP:
	case LEX_NEWLINE:
		p->join = next == LEX_AMP ? JOIN_BACKGROUND : JOIN_SEQ;
		if (next != LEX_NEWLINE)
			p->pos += len;
		parse_skip_newlines(p);
		next = parse_peek(p);
		return next != LEX_END && next != LEX_CLOSE && next != LEX_ARM && !at_closing_word(p);
	default:
		return false;
	}
}

void parse_list(struct shell_parser *p)
{
	enum lexeme next;

	parse_skip_newlines(p);
	next = parse_peek(p);
	if (next == LEX_END || next == LEX_CLOSE || next == LEX_ARM || at_closing_word(p))
		return;
	do
		command(p);
	while (!p->failed && separator(p));
}

void shell_parse(struct arena *a, str text, struct shell_script *out)
{
	struct shell_parser p = { .a = a, .text = text };

	*out = (struct shell_script){ 0 };
	if (text.n == 0)
		return;
	p.out = arena_alloc(a, text.n);
	vec_init(&p.commands, sizeof(struct shell_command));
	vec_init(&p.words, sizeof(struct shell_word));
	vec_init(&p.assigns, sizeof(struct shell_word));
	vec_init(&p.redirects, sizeof(struct shell_redirect));
	parse_list(&p);
	if (p.pos < text.n || p.pending_n > 0)
		p.failed = true;
	out->incomplete = p.failed;
	out->commands = take(a, &p.commands, 0, &out->n);
	vec_release(&p.redirects);
	vec_release(&p.assigns);
	vec_release(&p.words);
	vec_release(&p.commands);
}
