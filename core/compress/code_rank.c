/*
 * code_rank: which functions there are, and how many lines of each body are kept.  A share of all lines is divided by
 * score times size; the score is what the documentation names: how often the name is used, whether it is public, how
 * many of the text's own functions it calls, whether the query names it.
 */
#include <math.h>

#include "core/base/map.h"
#include "core/compress/code.h"

static const double SCORE_PUBLIC = 1, SCORE_CALLEE = .5, SCORE_QUERY = 3, SCORE_DUNDER = 2,
		    SCORE_GO_EXPORT = 1;
static const double SCORE_FLOOR = .1; /* of the lowest score, so that its function may keep something, too */

enum {
	BODY_SLACK = 2, /* bodies longer than the limit by so much are not worth a cut */
	NAME_MAX_BYTES = 128
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '$' || (unsigned char)c >= 0x80;
}

/* The identifier a text ends with. */
static str last_word(str text)
{
	size_t n = text.n;

	while (n > 0 && is_word(text.p[n - 1]))
		n--;
	return text.n - n <= NAME_MAX_BYTES ? str_from(text, n) : STR("");
}

static uint32_t child_with_field(const struct code_tree *t, uint32_t node, enum code_field field)
{
	uint32_t c = code_first(t, node);

	while (c && t->nodes[c].field != field)
		c = code_next(t, node, c);
	return c;
}

/* Its own name, its declarator's, or that of the variable or property it is the value of. */
static str function_name(const struct code_tree *t, uint32_t node)
{
	uint32_t c = child_with_field(t, node, FIELD_NAME), d;
	size_t bracket;
	str text;

	if (c)
		return last_word(code_text(t, c));
	for (d = node; (c = child_with_field(t, d, FIELD_DECLARATOR));)
		d = c;
	if (d != node) {
		text = code_text(t, d);
		bracket = str_chr(text, '(');
		return last_word(str_trim(bracket == STR_NONE ? text : str_sub(text, 0, bracket)));
	}
	c = child_with_field(t, t->nodes[node].parent, FIELD_NAME);
	return c && c < node ? last_word(code_text(t, c)) : STR("");
}

static uint32_t function_body(const struct code_tree *t, uint32_t node)
{
	uint32_t body = 0;

	for (uint32_t c = code_first(t, node); c; c = code_next(t, node, c))
		if (t->nodes[c].role == ROLE_BLOCK)
			body = c;
	return body;
}

/* Whether a node begins like the arguments of a call. */
static bool is_arguments(str text)
{
	return text.n > 0 && text.p[0] && strchr("(<{[`", text.p[0]);
}

str code_callee(const struct code_tree *t, uint32_t call)
{
	uint32_t callee = code_first(t, call);
	size_t cut;
	str text;

	if (!callee)
		return STR("");
	for (uint32_t c = code_next(t, call, callee); c && !is_arguments(code_text(t, c));
	     c = code_next(t, call, c))
		callee = c;
	text = code_text(t, callee);
	cut = str_ends_c(text, ">") ? str_chr(text, '<') : STR_NONE; /* type arguments */
	text = str_sub(text, 0, cut);
	while (text.n > 0 && strchr(":.!", text.p[text.n - 1]) && text.p[text.n - 1])
		text.n--;
	return last_word(text);
}

uint32_t code_docstring(const struct code_tree *t, uint32_t block)
{
	uint32_t c = code_first(t, block), string;

	if (t->language != LANGUAGE_PYTHON)
		return 0;
	while (c && t->nodes[c].role == ROLE_COMMENT)
		c = code_next(t, block, c);
	if (!c || t->nodes[c].role != ROLE_EXPRESSION)
		return 0;
	string = code_first(t, c);
	return string && t->nodes[string].role == ROLE_STRING && !code_next(t, c, string) ? c : 0;
}

struct code_extent code_extent(const struct code_tree *t, uint32_t block)
{
	uint32_t doc = code_docstring(t, block), c = doc ? code_next(t, block, doc) : code_first(t, block);
	struct code_extent e = { 0 };

	if (!c)
		return e;
	e.from = t->nodes[c].row;
	for (; c; c = code_next(t, block, c))
		e.to = t->nodes[c].last;
	e.lines = e.to - e.from + 1;
	return e;
}

long code_body_limit(const struct squeeze *s)
{
	return lround((double)s->config->code_body_lines * s->bias) + BODY_SLACK;
}

const char *code_comment_sign(enum language language)
{
	return language == LANGUAGE_PYTHON ? "#" : "//";
}

static bool has_word(str text, const char *word)
{
	str w = str_c(word);

	for (size_t at; (at = str_find(text, w)) != STR_NONE; text = str_from(text, at + w.n))
		if ((at == 0 || !is_word(text.p[at - 1])) &&
		    (at + w.n == text.n || !is_word(text.p[at + w.n])))
			return true;
	return false;
}

static bool is_public(const struct code_tree *t, const struct code_function *f)
{
	uint32_t start = t->nodes[f->node].start;
	str head = str_sub(t->text, start, t->nodes[f->body].start - start);

	switch (t->language) {
	case LANGUAGE_RUST:
		return has_word(head, "pub");
	case LANGUAGE_JAVA:
		return has_word(head, "public");
	case LANGUAGE_C:
	case LANGUAGE_CPP:
		return !has_word(head, "static");
	default:
		return f->name.n > 0 && f->name.p[0] != '_';
	}
}

static double own_score(const struct code_tree *t, const struct code_function *f)
{
	double score = 0;

	if (is_public(t, f))
		score += SCORE_PUBLIC;
	if (t->language == LANGUAGE_GO && f->name.n > 0 && f->name.p[0] >= 'A' && f->name.p[0] <= 'Z')
		score += SCORE_GO_EXPORT;
	if (t->language == LANGUAGE_PYTHON && f->name.n > 4 && str_starts_c(f->name, "__") &&
	    str_ends_c(f->name, "__"))
		score += SCORE_DUNDER;
	return score;
}

static uint64_t lower_hash(str name)
{
	char lower[NAME_MAX_BYTES];

	for (size_t i = 0; i < name.n; i++)
		lower[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 'a' - 'A') : name.p[i];
	return str_hash((str){ lower, name.n });
}

static void release_map(void *map)
{
	map64_release(map);
}

static struct map64 *new_map(struct arena *a)
{
	struct map64 *m = arena_alloc(a, sizeof(*m));

	map64_init(m);
	arena_defer(a, release_map, m);
	return m;
}

static void find_functions(struct arena *a, const struct code_tree *t, struct code_functions *out)
{
	struct vec found;

	vec_init(&found, sizeof(struct code_function));
	out->of = arena_array(a, t->n, sizeof(*out->of));
	out->names = new_map(a);
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t body = t->nodes[i].role == ROLE_FUNCTION ? function_body(t, i) : 0;
		struct code_function *f;

		if (!body)
			continue;
		f = vec_push(&found);
		f->node = i;
		f->body = body;
		f->name = function_name(t, i);
		out->of[i] = (uint32_t)found.n;
		if (f->name.n > 0)
			*map64_put(out->names, str_hash(f->name), NULL) = 1;
	}
	out->n = found.n;
	out->at = arena_array(a, found.n, sizeof(*out->at));
	if (found.n)
		memcpy(out->at, found.p, found.n * sizeof(*out->at));
	vec_release(&found);
}

/* Uses of names into `uses` (by hash), calls of own functions into scores. */
static void count_uses(struct arena *a, const struct code_tree *t, struct code_functions *fs,
		       struct map64 *uses)
{
	uint32_t *owner = arena_array(a, t->n, sizeof(*owner)); /* index + 1 */

	for (uint32_t i = 0; i < t->n; i++) {
		const struct code_node *n = &t->nodes[i];
		uint64_t hash;

		owner[i] = fs->of[i] || i == 0 ? fs->of[i] : owner[n->parent];
		if (n->role != ROLE_NAME && (n->role != ROLE_CALL || !owner[i]))
			continue;
		hash = str_hash(n->role == ROLE_NAME ? code_text(t, i) : code_callee(t, i));
		if (!map64_get(fs->names, hash))
			continue;
		if (n->role == ROLE_NAME)
			++*map64_put(uses, hash, NULL);
		else
			fs->at[owner[i] - 1].score += SCORE_CALLEE;
	}
}

static void share_lines(const struct code_tree *t, const struct squeeze *s, struct code_functions *fs)
{
	double low = INFINITY, high = -INFINITY, total = 0,
	       budget = s->config->code_target * t->rows * s->bias;
	long most = code_body_limit(s) - BODY_SLACK;

	for (size_t i = 0; i < fs->n; i++) {
		low = fmin(low, fs->at[i].score);
		high = fmax(high, fs->at[i].score);
	}
	for (size_t i = 0; i < fs->n; i++) {
		struct code_function *f = &fs->at[i];
		double scaled = high > low ? (f->score - low) / (high - low) : 1;

		f->score = (SCORE_FLOOR + (1 - SCORE_FLOOR) * scaled) * code_extent(t, f->body).lines;
		total += f->score;
	}
	for (size_t i = 0; i < fs->n && total > 0; i++)
		fs->at[i].lines = (long)fmin((double)most, round(budget * fs->at[i].score / total));
}

void code_rank(struct arena *a, const struct code_tree *t, const struct squeeze *s,
	       struct code_functions *out)
{
	struct map64 *uses = new_map(a), *asked = new_map(a);

	find_functions(a, t, out);
	count_uses(a, t, out, uses);
	for (size_t i = 0; i < s->query->words_n; i++)
		*map64_put(asked, s->query->hashes[i], NULL) = 1;
	for (size_t i = 0; i < out->n; i++) {
		struct code_function *f = &out->at[i];
		uint64_t *n = f->name.n ? map64_get(uses, str_hash(f->name)) : NULL;

		f->score += own_score(t, f) + (n && *n > 1 ? (double)(*n - 1) : 0);
		if (f->name.n > 0 && map64_get(asked, lower_hash(f->name)))
			f->score += SCORE_QUERY;
		f->whole = f->name.n > 0 && query_anchored(s->query, f->name);
	}
	share_lines(t, s, out);
}
