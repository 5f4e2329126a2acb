/*
 * code: what the files of code_*.c share.  A source text becomes a flat tree (code_parse.c, the only user of
 * tree-sitter), its functions are found and given a number of body lines each (code_rank.c), what is left out becomes
 * edits (code_fold.c for bodies, code_comment.c for comments), and the edited text is parsed again (code.c).
 * All offsets are bytes of the source, which is shorter than CODE_MAX_BYTES.  Everything lives in the arena.
 */
#ifndef HEADROOM_COMPRESS_CODE_H
#define HEADROOM_COMPRESS_CODE_H

#include "core/base/vec.h"
#include "core/compress/compress.h"
#include "core/compress/detect.h"

#define CODE_MAX_BYTES ((size_t)4 << 20)
#define CODE_MAX_TOKENS 60000 /* words and signs; some 250 KB */
#define CODE_MAX_NESTING 400 /* brackets or indented blocks within each other; deeper texts are left alone */

enum code_role {
	ROLE_OTHER,
	ROLE_FUNCTION, /* may have a body */
	ROLE_CLASS, /* its block holds members, not statements */
	ROLE_DEFINITION, /* a statement that may hold a named function or a class */
	ROLE_BLOCK, /* of statements */
	ROLE_LIST, /* stands between a block and its statements */
	ROLE_TRY,
	ROLE_CALL,
	ROLE_NAME, /* any identifier */
	ROLE_STRING,
	ROLE_EXPRESSION, /* as a statement */
	ROLE_COMMENT
};

enum code_field {
	FIELD_NONE,
	FIELD_NAME, /* also of a variable, a property or the left side of an assignment */
	FIELD_DECLARATOR,
	FIELD_BODY
};

/* A named node.  Trees are stored in preorder: the first child follows its parent, next is behind the last one. */
struct code_node {
	uint32_t start, end; /* without white space at the end */
	uint32_t row, last; /* lines, from 0, of the first and the last byte */
	uint32_t parent, next;
	uint8_t role, field;
	bool error; /* the parser could not make sense of all of it */
};

struct code_tree {
	enum language language;
	str text;
	struct code_node *nodes; /* 0 is the root */
	uint32_t n;
	uint32_t rows;
	size_t errors; /* nodes that are wrong or missing */
	uint32_t first_error; /* its first byte */
};

/* Whether sources of this language can be parsed by this build. */
bool code_available(enum language language);
/* Of the grammars that may fit the language, the one with fewest errors.  False if there is none, or the text is
 * beyond its limits or hardly of this language. */
bool code_parse(struct arena *a, enum language language, str text, struct code_tree *out);
/* Only counts the errors; out has no nodes if there are none. */
bool code_check(struct arena *a, enum language language, str text, struct code_tree *out);

struct code_function {
	uint32_t node, body; /* body: the block */
	str name; /* "" if it has none */
	long lines; /* of its body to keep */
	double score;
	bool folded;
	bool whole; /* found not to fold well: left alone */
};

struct code_functions {
	struct code_function *at; /* in the order of their nodes */
	size_t n;
	uint32_t *of; /* by node: index + 1 of the function this node is, or 0 */
	struct map64 *names; /* hash of a name -> 1 if the text defines it */
};

/* Functions with a body worth looking at, with their budgets. */
void code_rank(struct arena *a, const struct code_tree *t, const struct squeeze *s,
	       struct code_functions *out);
/* The longest body that stays whole. */
long code_body_limit(const struct squeeze *s);

/* text takes the place of [start, end); function is its index or -1. */
struct code_edit {
	uint32_t start, end;
	int64_t function;
	str text;
};

/* Add edits (struct code_edit) in any order; edits within edits have no effect. */
void code_fold(struct arena *a, const struct code_tree *t, const struct squeeze *s, struct code_functions *f,
	       struct vec *edits);
void code_comments(struct arena *a, const struct code_tree *t, const struct squeeze *s, struct vec *edits);

/* The name of what is called, "" if it has none. */
str code_callee(const struct code_tree *t, uint32_t call);
/* The lines of a block's statements, a documentation string excluded; from and to are their first and last line. */
struct code_extent {
	uint32_t from, to, lines;
};
struct code_extent code_extent(const struct code_tree *t, uint32_t block);

/* "#" or "//" */
const char *code_comment_sign(enum language language);

/* The first and the next child; 0 behind the last one.  What ROLE_LIST holds counts as children of what it stands in. */
static inline uint32_t code_child(const struct code_tree *t, uint32_t at, uint32_t end)
{
	while (at < end && t->nodes[at].role == ROLE_LIST)
		at++;
	return at < end ? at : 0;
}

static inline uint32_t code_first(const struct code_tree *t, uint32_t node)
{
	return code_child(t, node + 1, t->nodes[node].next);
}

static inline uint32_t code_next(const struct code_tree *t, uint32_t node, uint32_t child)
{
	return code_child(t, t->nodes[child].next, t->nodes[node].next);
}

static inline str code_text(const struct code_tree *t, uint32_t node)
{
	return str_sub(t->text, t->nodes[node].start, t->nodes[node].end - t->nodes[node].start);
}

/* The documentation string a block begins with: its statement, or 0. */
uint32_t code_docstring(const struct code_tree *t, uint32_t block);

#endif
