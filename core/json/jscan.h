/*
 * jscan: the loops that run over every byte of a log, once per instruction set.  A kernel finds ends and
 * counts; it knows quotes, backslashes and brackets, nothing else of JSON.  All kernels give the same
 * answers for any bytes and never read outside [p, end).  Private to core/json.
 */
#ifndef HEADROOM_JSON_JSCAN_H
#define HEADROOM_JSON_JSCAN_H

#include <stdbool.h>
#include <stddef.h>

struct jfill;
struct jfill_table;
struct jit;

struct jscan {
	const char *name;
	bool (*runs_here)(void);
	/* The first quote that is not escaped, `end` if there is none.  p is in a string, not behind a
	 * backslash. */
	const char *(*string_end)(const char *p, const char *end);
	/* Behind the bracket that closes the container p is directly inside of, NULL if there is none.  p
	 * is outside of strings.  Brackets are counted, not matched by kind. */
	const char *(*container_end)(const char *p, const char *end);
	/* The first '\n' or NUL, `end` if there is none. */
	const char *(*line_end)(const char *p, const char *end);
	/* By how many bytes a string gets shorter when it is unescaped (longer, if negative). */
	ptrdiff_t (*escape_saving)(const char *p, const char *end);
	/* jfill_walk. */
	void (*fill)(struct jfill *f, const struct jfill_table *t, struct jit *it, void *filled);
};

/* The one in use; chosen before main() runs. */
extern const struct jscan *jscan_current;

/* The same for the one escape at *pp, and moves behind it; for kernels, which count the usual ones
 * themselves. */
ptrdiff_t jstr_escape_saving(const char **pp, const char *end);

#endif
