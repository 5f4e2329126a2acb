/*
 * code_fold: what is left out of function bodies.  A body keeps its first statements up to its budget; what comes
 * after is one line that says how much is missing and what it calls.  Statements that hold an error handler, a named
 * function or a class, or a long function of any kind keep their frame, and only the blocks inside are folded.  Only
 * whole lines of whole statements go, so that what stays still parses.
 */
#include "core/base/map.h"
#include "core/compress/code.h"

enum {
	FOLD_DEPTH = 64, /* blocks within blocks; deeper ones stay */
	MIN_LINES = 2, /* of a run that is worth its replacement */
	MIN_GAIN = 32, /* bytes */
	CALLS = 3 /* named in a replacement */
};

enum verdict {
	KEEP,
	FRAME,
	OMIT
};

struct folder {
	struct arena *arena;
	const struct code_tree *tree;
	struct code_functions *functions;
	struct vec *edits;
	uint8_t *holds; /* by node: something that must stay is inside */
	long limit, most; /* lines of a body that stays, lines kept of a longer one */
	bool drop_docs;
};

/* One statement with the comments that belong to it. */
struct item {
	uint32_t start, end, row, last;
	uint32_t node; /* 0: only comments */
	uint32_t first; /* node */
	bool document;
	enum verdict verdict;
};

/* ---- statements ---- */

static bool must_stay(const struct folder *w, uint32_t node)
{
	const struct code_node *n = &w->tree->nodes[node];
	uint32_t f = w->functions->of[node];

	if (n->role == ROLE_TRY)
		return true;
	if (n->role == ROLE_CLASS) { /* "struct x" alone is none */
		for (uint32_t c = code_first(w->tree, node); c; c = code_next(w->tree, node, c))
			if (w->tree->nodes[c].field == FIELD_BODY)
				return true;
		return false;
	}
	return f && (w->functions->at[f - 1].name.n > 0 ||
		     code_extent(w->tree, w->functions->at[f - 1].body).lines > w->limit);
}

static void mark_holders(struct folder *w)
{
	w->holds = arena_alloc(w->arena, w->tree->n);
	for (uint32_t i = w->tree->n; i-- > 1;) {
		if (!w->holds[i])
			w->holds[i] = must_stay(w, i);
		if (w->holds[i])
			w->holds[w->tree->nodes[i].parent] = 1;
	}
}

static void grow_item(struct item *item, const struct code_node *n)
{
	item->end = n->end;
	item->last = n->last;
}

/* The statements of a block: a comment behind one on its line belongs to it, one above belongs to the next. */
static size_t list_items(struct folder *w, uint32_t block, struct item **out)
{
	const struct code_tree *t = w->tree;
	uint32_t doc = code_docstring(t, block);
	struct item *items;
	size_t n = 0;
	bool open = false; /* the last item still waits for its statement */

	for (uint32_t c = code_first(t, block); c; c = code_next(t, block, c))
		n++;
	items = arena_array(w->arena, n, sizeof(*items));
	n = 0;
	for (uint32_t c = code_first(t, block); c; c = code_next(t, block, c)) {
		const struct code_node *node = &t->nodes[c];
		bool comment = node->role == ROLE_COMMENT;

		if (!open && !(comment && n > 0 && node->row == items[n - 1].last)) {
			items[n++] = (struct item){ .start = node->start, .row = node->row, .first = c };
			open = true;
		}
		grow_item(&items[n - 1], node);
		if (comment)
			continue;
		items[n - 1].node = c;
		items[n - 1].document = c == doc;
		open = false;
	}
	*out = items;
	return n;
}

/* ---- replacements ---- */

/* What every program calls says nothing. */
static bool is_noise(str name)
{
	static const char *const noise[] = { "len",	   "range",	"str",	      "int",	"print",
					     "isinstance", "append",	"get",	      "list",	"dict",
					     "set",	   "tuple",	"bool",	      "float",	"make",
					     "panic",	   "println",	"format",     "push",	"log",
					     "String",	   "to_string", "clone",      "unwrap", "Some",
					     "Ok",	   "Err",	"ValueError", "sizeof", "min",
					     "max",	   "Error",	"new",	      "size",	"printf" };

	for (size_t i = 0; i < sizeof(noise) / sizeof(*noise); i++)
		if (str_eq_c(name, noise[i]))
			return true;
	return name.n == 0;
}

static size_t add_calls(const struct folder *w, uint32_t from, uint32_t to, bool own, str names[CALLS],
			size_t n)
{
	for (uint32_t i = from; i < to && n < CALLS; i++) {
		bool known = false;
		str name;

		if (w->tree->nodes[i].role != ROLE_CALL)
			continue;
		name = code_callee(w->tree, i);
		if (own ? !map64_get(w->functions->names, str_hash(name)) : is_noise(name))
			continue;
		for (size_t k = 0; k < n; k++)
			known = known || str_eq(names[k], name);
		if (!known)
			names[n++] = name;
	}
	return n;
}

static str line_indent(str text, uint32_t at)
{
	uint32_t start = at;

	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	return str_sub(text, start, at - start);
}

static bool is_blank(str s)
{
	return str_trim(s).n == 0;
}

/* Whether nothing but blanks (or a semicolon) stands behind `at` on its line; *end is where the line ends. */
static bool ends_line(str text, uint32_t at, uint32_t *end)
{
	size_t n = str_chr(str_from(text, at), '\n');
	str rest = str_sub(text, at, n == STR_NONE ? text.n : n);

	while (rest.n > 0 && rest.p[rest.n - 1] == '\r')
		rest.n--;
	*end = at + (uint32_t)rest.n;
	rest = str_trim(rest);
	return rest.n == 0 || str_eq_c(rest, ";");
}

static str replacement(struct folder *w, uint32_t lines, const struct item *first, uint32_t to, str indent,
		       bool pass)
{
	str names[CALLS];
	size_t n = add_calls(w, first->first, to, true, names, 0);
	struct buf b;
	str out;

	n = add_calls(w, first->first, to, false, names, n);
	buf_init(&b, SIZE_MAX);
	buf_add(&b, indent);
	buf_printf(&b, "%s [%u lines omitted", code_comment_sign(w->tree->language), lines);
	for (size_t i = 0; i < n; i++) {
		buf_add_c(&b, i ? ", " : "; calls: ");
		buf_add(&b, names[i]);
	}
	buf_add_ch(&b, ']');
	if (pass) {
		buf_add_ch(&b, '\n');
		buf_add(&b, indent);
		buf_add_c(&b, "pass");
	}
	out = arena_str(w->arena, buf_str(&b));
	buf_release(&b);
	return out;
}

/* Leaves the items [from, to) out; false if they cannot go or it would not pay. */
static bool omit(struct folder *w, const struct item *items, size_t from, size_t to, bool pass, size_t top)
{
	const struct item *first = &items[from], *last = &items[to - 1];
	str before = line_indent(w->tree->text, first->start), indent = before, text;
	uint32_t lines = last->last - first->row + 1, end, last_node = last->node ? last->node : last->first;
	struct code_edit *e;

	/* comments may stand anywhere, what takes the place of statements may not */
	for (size_t i = from; i < to; i++) {
		if (items[i].node) {
			indent = line_indent(w->tree->text, w->tree->nodes[items[i].node].start);
			break;
		}
	}
	if (lines < MIN_LINES || !is_blank(before) || !is_blank(indent) ||
	    !ends_line(w->tree->text, last->end, &end))
		return false;
	text = replacement(w, lines, first, w->tree->nodes[last_node].next, indent, pass);
	if (text.n + MIN_GAIN > end - first->start)
		return false;
	e = vec_push(w->edits);
	*e = (struct code_edit){ first->start - (uint32_t)before.n, end, (int64_t)top, text };
	return true;
}

/* ---- blocks ---- */

static bool fold_block(struct folder *w, uint32_t block, long *left, size_t top, int depth);

static bool fold_function(struct folder *w, struct code_function *f, size_t top, int depth)
{
	long left = f->lines;

	if (code_extent(w->tree, f->body).lines <= w->limit)
		return false;
	f->folded = fold_block(w, f->body, &left, top, depth);
	return f->folded;
}

/* Folds the blocks nearest inside a statement that must stay. */
static bool fold_frame(struct folder *w, uint32_t node, long *left, size_t top, int depth)
{
	const struct code_node *nodes = w->tree->nodes;
	bool folded = false;

	for (uint32_t i = node; i < nodes[node].next;) {
		const struct code_node *parent = &nodes[nodes[i].parent];
		uint32_t f;

		if (nodes[i].role != ROLE_BLOCK || parent->role == ROLE_CLASS) {
			i++;
			continue;
		}
		f = w->functions->of[nodes[i].parent];
		if (f && w->functions->at[f - 1].body == i) {
			if (!w->functions->at[f - 1].whole)
				fold_function(w, &w->functions->at[f - 1], top, depth);
		} else if (nodes[parent->parent].role == ROLE_TRY) {
			long handler = w->most;

			if (code_extent(w->tree, i).lines > w->limit)
				folded |= fold_block(w, i, &handler, top, depth);
		} else {
			folded |= fold_block(w, i, left, top, depth);
		}
		i = nodes[i].next;
	}
	return folded;
}

static void judge(const struct folder *w, struct item *items, size_t n, long *left)
{
	for (size_t i = 0; i < n; i++) {
		long lines = (long)items[i].last - (long)items[i].row + 1;

		if (items[i].document)
			continue;
		if (items[i].node && w->holds[items[i].node]) {
			items[i].verdict = FRAME;
		} else if (lines <= *left) {
			*left -= lines;
		} else {
			items[i].verdict = OMIT;
			*left = 0;
		}
	}
}

static bool fold_block(struct folder *w, uint32_t block, long *left, size_t top, int depth)
{
	bool folded = false, alone = true, pass;
	struct item *items;
	size_t n, end;

	if (depth >= FOLD_DEPTH)
		return false;
	n = list_items(w, block, &items);
	judge(w, items, n, left);
	for (size_t i = 0; i < n; i++)
		if (items[i].verdict != OMIT && items[i].node && !(items[i].document && w->drop_docs))
			alone = false;
	pass = alone && w->tree->language == LANGUAGE_PYTHON;
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; items[i].verdict == OMIT && end < n && items[end].verdict == OMIT;)
			end++;
		if (items[i].verdict == OMIT)
			folded |= omit(w, items, i, end, pass, top);
		else if (items[i].verdict == FRAME)
			folded |= fold_frame(w, items[i].node, left, top, depth + 1);
	}
	return folded;
}

void code_fold(struct arena *a, const struct code_tree *t, const struct squeeze *s, struct code_functions *f,
	       struct vec *edits)
{
	long limit = code_body_limit(s),
	     most = limit > s->config->code_body_lines ? s->config->code_body_lines : limit;
	struct folder w = { .arena = a,
			    .tree = t,
			    .functions = f,
			    .edits = edits,
			    .limit = limit,
			    .most = most,
			    .drop_docs = s->config->code_docstrings == DOCSTRING_REMOVE };

	mark_holders(&w);
	for (uint32_t i = 0; i < t->n;) {
		size_t at = f->of[i];

		if (!at || (t->nodes[i].error && !f->at[at - 1].whole)) {
			i++;
			continue;
		}
		if (!f->at[at - 1].whole)
			fold_function(&w, &f->at[at - 1], at - 1, 0);
		i = t->nodes[i].next;
	}
}
