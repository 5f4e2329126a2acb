/*
 * code_parse: tree-sitter's trees made flat.  The grammars are those of grammars.sh; node names are theirs.
 */
#include "core/compress/code.h"

#ifdef HAVE_TREE_SITTER

#include <pthread.h>
#include <stdlib.h>

#include <tree_sitter/api.h>

#include "core/base/error.h"

const TSLanguage *tree_sitter_python(void), *tree_sitter_javascript(void), *tree_sitter_typescript(void),
	*tree_sitter_tsx(void), *tree_sitter_go(void), *tree_sitter_rust(void), *tree_sitter_java(void),
	*tree_sitter_c(void), *tree_sitter_cpp(void);

typedef const TSLanguage *grammar(void);

/* The grammars of a language; the second is tried when the first finds errors. */
static grammar *const grammars[LANGUAGE_COUNT][2] = {
	[LANGUAGE_PYTHON] = { tree_sitter_python, NULL },
	[LANGUAGE_JAVASCRIPT] = { tree_sitter_javascript, tree_sitter_tsx },
	[LANGUAGE_TYPESCRIPT] = { tree_sitter_typescript, tree_sitter_tsx },
	[LANGUAGE_GO] = { tree_sitter_go, NULL },
	[LANGUAGE_RUST] = { tree_sitter_rust, NULL },
	[LANGUAGE_JAVA] = { tree_sitter_java, NULL },
	[LANGUAGE_C] = { tree_sitter_c, tree_sitter_cpp },
	[LANGUAGE_CPP] = { tree_sitter_cpp, NULL },
};

struct role_row {
	const char *type;
	enum code_role role;
};

/* One table for all: no type means different things in two of the languages. */
static const struct role_row roles[] = {
	{ "arrow_function", ROLE_FUNCTION },
	{ "block", ROLE_BLOCK },
	{ "block_comment", ROLE_COMMENT },
	{ "call", ROLE_CALL },
	{ "call_expression", ROLE_CALL },
	{ "class", ROLE_CLASS },
	{ "class_declaration", ROLE_CLASS },
	{ "class_definition", ROLE_CLASS },
	{ "class_specifier", ROLE_CLASS },
	{ "closure_expression", ROLE_FUNCTION },
	{ "comment", ROLE_COMMENT },
	{ "compact_constructor_declaration", ROLE_FUNCTION },
	{ "compound_statement", ROLE_BLOCK },
	{ "constructor_body", ROLE_BLOCK },
	{ "constructor_declaration", ROLE_FUNCTION },
	{ "decorated_definition", ROLE_DEFINITION },
	{ "expression_statement", ROLE_EXPRESSION },
	{ "func_literal", ROLE_FUNCTION },
	{ "function_declaration", ROLE_FUNCTION },
	{ "function_definition", ROLE_FUNCTION },
	{ "function_expression", ROLE_FUNCTION },
	{ "function_item", ROLE_FUNCTION },
	{ "generator_function", ROLE_FUNCTION },
	{ "generator_function_declaration", ROLE_FUNCTION },
	{ "enum_declaration", ROLE_CLASS },
	{ "impl_item", ROLE_CLASS },
	{ "interface_declaration", ROLE_CLASS },
	{ "lambda_expression", ROLE_FUNCTION },
	{ "lexical_declaration", ROLE_DEFINITION },
	{ "line_comment", ROLE_COMMENT },
	{ "macro_invocation", ROLE_CALL },
	{ "method_declaration", ROLE_FUNCTION },
	{ "method_definition", ROLE_FUNCTION },
	{ "method_invocation", ROLE_CALL },
	{ "object_creation_expression", ROLE_CALL },
	{ "new_expression", ROLE_CALL },
	{ "record_declaration", ROLE_CLASS },
	{ "statement_block", ROLE_BLOCK },
	{ "statement_list", ROLE_LIST },
	{ "static_initializer", ROLE_FUNCTION },
	{ "string", ROLE_STRING },
	{ "struct_specifier", ROLE_CLASS },
	{ "trait_item", ROLE_CLASS },
	{ "try_statement", ROLE_TRY },
	{ "try_with_resources_statement", ROLE_TRY },
	{ "variable_declaration", ROLE_DEFINITION },
};

enum {
	ROLES = sizeof(roles) / sizeof(*roles)
};

static enum code_role role_of(str type)
{
	if (str_ends_c(type, "identifier"))
		return ROLE_NAME;
	for (size_t i = 0; i < ROLES; i++)
		if (str_eq_c(type, roles[i].type))
			return roles[i].role;
	return ROLE_OTHER;
}

static enum code_field field_of(const char *name)
{
	static const char *const names[] = { "name", "key", "left", "property", "declarator", "body" };
	static const enum code_field fields[] = { FIELD_NAME, FIELD_NAME,	FIELD_NAME,
						  FIELD_NAME, FIELD_DECLARATOR, FIELD_BODY };

	for (size_t i = 0; name && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return fields[i];
	return FIELD_NONE;
}

/* What a grammar's numbers mean here. */
struct meaning {
	uint8_t *roles, *fields; /* by symbol, by field */
	uint32_t symbols;
};

static void meaning_init(struct meaning *m, struct arena *a, const TSLanguage *l)
{
	uint32_t fields = ts_language_field_count(l) + 1;

	m->symbols = ts_language_symbol_count(l);
	m->roles = arena_alloc(a, m->symbols);
	m->fields = arena_alloc(a, fields);
	for (uint32_t i = 0; i < m->symbols; i++)
		if (ts_language_symbol_type(l, (TSSymbol)i) == TSSymbolTypeRegular)
			m->roles[i] = (uint8_t)role_of(str_c(ts_language_symbol_name(l, (TSSymbol)i)));
	for (uint32_t i = 1; i < fields; i++)
		m->fields[i] = (uint8_t)field_of(ts_language_field_name_for_id(l, (TSFieldId)i));
}

struct flattener {
	struct code_tree *tree;
	const struct meaning *meaning;
	struct vec nodes; /* struct code_node */
	struct vec
		open; /* uint32_t: the nodes whose children are being added; NONE stands for one that is not kept */
};

#define NOT_KEPT UINT32_MAX
#define ERROR_SYMBOL ((TSSymbol)-1)

static uint32_t parent_of(const struct flattener *f)
{
	for (size_t i = f->open.n; i-- > 0;) {
		uint32_t at = *(uint32_t *)vec_at(&f->open, i);

		if (at != NOT_KEPT)
			return at;
	}
	return 0;
}

static void note_errors(struct code_tree *t, TSNode node, bool wrong)
{
	if (!wrong && !ts_node_is_missing(node))
		return;
	if (t->errors++ == 0)
		t->first_error = ts_node_start_byte(node);
}

/* Adds the node if it is named; returns its index or NOT_KEPT. */
static uint32_t add_node(struct flattener *f, const TSTreeCursor *cursor, TSNode node)
{
	const struct meaning *m = f->meaning;
	TSSymbol symbol = ts_node_symbol(node);
	TSFieldId field = ts_tree_cursor_current_field_id(cursor);
	struct code_node *n;

	note_errors(f->tree, node, symbol == ERROR_SYMBOL);
	if (!ts_node_is_named(node))
		return NOT_KEPT;
	n = vec_push(&f->nodes);
	*n = (struct code_node){
		.start = ts_node_start_byte(node),
		.end = ts_node_end_byte(node),
		.row = ts_node_start_point(node).row,
		.last = ts_node_end_point(node).row,
		.parent = parent_of(f),
		.role = symbol < m->symbols ? m->roles[symbol] : ROLE_OTHER,
		.field = m->fields[field],
		.error = ts_node_has_error(node),
	};
	while (n->end > n->start && strchr(" \t\r\n", f->tree->text.p[n->end - 1]) &&
	       f->tree->text.p[n->end - 1])
		n->last -= f->tree->text.p[--n->end] == '\n';
	return (uint32_t)f->nodes.n - 1;
}

static void close_node(struct flattener *f)
{
	uint32_t at = *(uint32_t *)vec_at(&f->open, f->open.n - 1);

	f->open.n--;
	if (at != NOT_KEPT)
		((struct code_node *)vec_at(&f->nodes, at))->next = (uint32_t)f->nodes.n;
}

static void flatten(struct flattener *f, TSNode root)
{
	TSTreeCursor cursor = ts_tree_cursor_new(root);
	bool up = false;

	for (;;) {
		if (!up) {
			uint32_t at = add_node(f, &cursor, ts_tree_cursor_current_node(&cursor));

			*(uint32_t *)vec_push(&f->open) = at;
			if (ts_tree_cursor_goto_first_child(&cursor))
				continue;
		}
		close_node(f);
		up = !ts_tree_cursor_goto_next_sibling(&cursor);
		if (up && !ts_tree_cursor_goto_parent(&cursor))
			break;
	}
	ts_tree_cursor_delete(&cursor);
}

/*
 * Where the parser finds no way on it copies what it has of the region again and again, so that its time is quadratic in
 * the size of that region.  It may be cancelled, but not by a clock: the same text must always have the same tree.  So its
 * memory is metered, which its work is proportional to: real sources take 20 to 100 bytes a byte, errors included.
 */
enum {
	MEMORY_A_BYTE = 200,
	MEMORY_FREE = 1 << 20
};

struct meter {
	size_t left; /* bytes the parser may still ask for */
	size_t cancelled; /* what it looks at from time to time */
};

static _Thread_local struct meter *meter; /* of the parse that is under way on this thread */

static void charge(size_t n)
{
	if (!meter)
		return;
	meter->cancelled |= n > meter->left;
	meter->left -= n > meter->left ? meter->left : n;
}

static void *metered_malloc(size_t n)
{
	charge(n);
	return xmalloc(n);
}

static void *metered_calloc(size_t n, size_t size)
{
	charge(n * size);
	return xcalloc(n, size);
}

static void *metered_realloc(void *p, size_t n)
{
	charge(n);
	return xrealloc(p, n);
}

static void install_meter(void)
{
	ts_set_allocator(metered_malloc, metered_calloc, metered_realloc, free);
}

/* NULL if the language is none of this library's, or there is too much wrong with the text. */
static TSTree *parse_metered(TSParser *parser, const TSLanguage *l, str text)
{
	struct meter m = { text.n * MEMORY_A_BYTE + MEMORY_FREE, 0 };
	TSTree *tree = NULL;

	if (!ts_parser_set_language(parser, l))
		return NULL;
	ts_parser_set_cancellation_flag(parser, &m.cancelled);
	meter = &m;
	tree = ts_parser_parse_string(parser, NULL, text.p, (uint32_t)text.n);
	meter = NULL;
	return tree;
}

/* check: a tree without errors need not be made flat. */
static bool parse_as(struct arena *a, const TSLanguage *l, str text, bool check, struct code_tree *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct flattener f = { .tree = out };
	struct meaning meaning;
	TSParser *parser;
	TSTree *tree;

	pthread_once(&once, install_meter);
	parser = ts_parser_new();
	tree = parse_metered(parser, l, text);
	if (tree && !(check && !ts_node_has_error(ts_tree_root_node(tree)))) {
		meaning_init(&meaning, a, l);
		f.meaning = &meaning;
		vec_init(&f.nodes, sizeof(struct code_node));
		vec_init(&f.open, sizeof(uint32_t));
		flatten(&f, ts_tree_root_node(tree));
		out->n = (uint32_t)f.nodes.n;
		out->nodes = arena_array(a, out->n, sizeof(*out->nodes));
		memcpy(out->nodes, f.nodes.p, out->n * sizeof(*out->nodes));
		out->rows = out->nodes[0].last + 1;
		vec_release(&f.nodes);
		vec_release(&f.open);
	}
	ts_tree_delete(tree);
	ts_parser_delete(parser);
	return tree != NULL;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/*
 * Counts brackets within each other, or the blanks a line begins with, and words and signs, whatever they may mean.  Of
 * these there may not be more than a node of the library's trees can have children (16 bits; it breaks beyond), as an error
 * at the end of a text can make all of them children of one node.
 */
static bool is_beyond_limits(str text)
{
	size_t depth = 0, indent = 0, tokens = 0;
	bool in_indent = true, in_word = false;

	for (size_t i = 0; i < text.n && tokens <= CODE_MAX_TOKENS; i++) {
		char c = text.p[i];
		bool blank = c == ' ' || c == '\t', word = is_word(c);

		/* a line's end may be up to two tokens without bytes */
		tokens += c == '\n' ? 2 : !blank && !(word && in_word);
		in_word = word;
		in_indent = c == '\n' || (in_indent && blank);
		indent = c == '\n' ? 0 : indent + in_indent;
		if (c == '(' || c == '[' || c == '{')
			depth++;
		else if (depth > 0 && (c == ')' || c == ']' || c == '}'))
			depth--;
		if (depth > CODE_MAX_NESTING || indent > CODE_MAX_NESTING)
			return true;
	}
	return tokens > CODE_MAX_TOKENS;
}

bool code_available(enum language language)
{
	return language < LANGUAGE_COUNT && grammars[language][0];
}

static bool parse(struct arena *a, enum language language, str text, bool check, struct code_tree *out)
{
	struct code_tree best = { 0 };
	bool found = false;

	if (!code_available(language) || text.n > CODE_MAX_BYTES || text.n == 0 || is_beyond_limits(text))
		return false;
	for (size_t i = 0; i < 2 && grammars[language][i] && (!found || best.errors > 0); i++) {
		struct code_tree t = { .language = language, .text = text };

		if (!parse_as(a, grammars[language][i](), text, check, &t) ||
		    (found && t.errors >= best.errors))
			continue;
		best = t;
		found = true;
	}
	if (found)
		*out = best;
	return found;
}

bool code_parse(struct arena *a, enum language language, str text, struct code_tree *out)
{
	return parse(a, language, text, false, out);
}

bool code_check(struct arena *a, enum language language, str text, struct code_tree *out)
{
	return parse(a, language, text, true, out);
}

#else

bool code_available(enum language language)
{
	(void)language;
	return false;
}

bool code_parse(struct arena *a, enum language language, str text, struct code_tree *out)
{
	(void)a, (void)language, (void)text, (void)out;
	return false;
}

bool code_check(struct arena *a, enum language language, str text, struct code_tree *out)
{
	(void)a, (void)language, (void)text, (void)out;
	return false;
}

#endif
