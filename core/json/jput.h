/*
 * jput: writes JSON to a buf, keys in the order they are given, two-space indent when `pretty`.
 * Strings are escaped; invalid UTF-8 becomes U+FFFD.  Nesting errors are asserts.
 */
#ifndef HEADROOM_JSON_JPUT_H
#define HEADROOM_JSON_JPUT_H

#include "core/base/buf.h"

#define JPUT_DEPTH 16

struct jput {
	struct buf *out;
	bool pretty;
	int depth;
	char open[JPUT_DEPTH]; /* '{' or '[' */
	bool first[JPUT_DEPTH];
	bool after_key;
};

void jput_init(struct jput *j, struct buf *out, bool pretty);
void jput_object(struct jput *j); /* opens */
void jput_array(struct jput *j);
void jput_end(struct jput *j); /* closes the innermost */
void jput_key(struct jput *j, const char *key);
void jput_str(struct jput *j, str s);
void jput_int(struct jput *j, int64_t v);
void jput_real(struct jput *j, double v, int decimals); /* NaN and infinities: null */
void jput_bool(struct jput *j, bool v);
void jput_null(struct jput *j);
void jput_raw(struct jput *j, str json); /* a value as it is */
/* key and value in one call */
void jput_kstr(struct jput *j, const char *key, str s);
void jput_kint(struct jput *j, const char *key, int64_t v);
void jput_kreal(struct jput *j, const char *key, double v, int decimals);
void jput_kbool(struct jput *j, const char *key, bool v);

#endif
