/*
 * jget: a lazy reader of one JSON text held in memory.  Nothing is copied and no tree is built: a jval is a
 * borrowed slice of the text, found by walking only as far as needed.  What is skipped is not validated
 * beyond finding its end; what is returned is.  Key order never matters for correctness.  Malformed text
 * ends a walk early (jit_ok tells) and never reads outside the slice.
 */
#ifndef HEADROOM_JSON_JGET_H
#define HEADROOM_JSON_JGET_H

#include "core/base/arena.h"
#include "core/base/buf.h"

enum jtype {
	J_NONE,
	J_NULL,
	J_FALSE,
	J_TRUE,
	J_NUMBER,
	J_STRING,
	J_ARRAY,
	J_OBJECT
};

/* raw: the value's bytes; for J_STRING the bytes between the quotes, still escaped. */
struct jval {
	str raw;
	enum jtype type;
	bool plain; /* a string certainly without escapes: raw is its meaning */
};

/* Iterates the members of an object or the elements of an array. */
struct jit {
	const char *p, *end;
	bool object, first, pending, done, bad;
	str key; /* still escaped; compare with jkey_is */
	struct jval value;
};

/* The value at the start of text (white space skipped); J_NONE if there is none. */
struct jval jval_of(str text);
void jit_init(struct jit *it, struct jval container); /* any other type: no members */
bool jit_next(struct jit *it);
bool jit_ok(const struct jit *it); /* false if the walk ended on malformed text */

/*
 * The same in steps, so that a nested container is walked once instead of skipped first: jit_key stops
 * before the value and sets value.type; then either jit_value walks over it, or jit_enter and jit_leave
 * bracket a walk through its members, or nothing: the next jit_key skips it.
 */
bool jit_key(struct jit *it);
struct jval jit_value(struct jit *it);
bool jit_enter(struct jit *it, struct jit *child); /* false if the value is no container */
void jit_leave(struct jit *it, struct jit *child); /* the child may be left anywhere */

bool jkey_is(str raw_key, const char *name); /* names are plain ASCII */

struct jval jget(struct jval object, const char *name); /* first member of that name, J_NONE if absent */
struct jval jget_path(struct jval object, const char *dotted); /* "message.usage" */
bool jget_bool(struct jval object, const char *name, bool otherwise);
int64_t jval_i64(struct jval v, int64_t otherwise); /* integers, and the integer part of reals */
double jval_f64(struct jval v, double otherwise);
str jval_str(struct arena *a, struct jval v); /* meaning of a string (see jstr_take), else "" */

/* True if a string has escapes, so that raw differs from its meaning. */
bool jstr_escaped(str raw);
/* Unescapes a whole string.  Lone surrogates and invalid escapes become U+FFFD; invalid UTF-8 bytes pass. */
str jstr_take(struct arena *a, str raw); /* without escapes: returns raw itself, not a copy */
str jstr_copy(struct arena *a, str raw); /* always a copy */
/* Appends the unescaped first / last `max` bytes, never half an escape or half a UTF-8 sequence. */
void jstr_head(struct buf *out, str raw, size_t max);
void jstr_tail(struct buf *out, str raw, size_t max);
bool jstr_eq(str raw, str plain); /* compares the meaning */
bool jstr_eq_c(str raw, const char *plain);

/* A string with that meaning.  Inline, because each block of a record is asked several times. */
static inline bool jval_is(struct jval v, const char *plain)
{
	if (v.type != J_STRING)
		return false;
	return v.plain ? str_eq_c(v.raw, plain) : jstr_eq_c(v.raw, plain);
}

#define JSTR_RAW_MAX 6 /* raw bytes that stand for one, at most: \uXXXX */
/* Number of bytes the string has once unescaped. */
size_t jstr_length(str raw);

/* The kernel in use: "avx2", "sse2" or "swar"; HEADROOM_SIMD selects one, tests compare them all. */
const char *jscan_name(void);
bool jscan_select(const char *name); /* false if this machine lacks it */

#endif
