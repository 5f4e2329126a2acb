/*
 * doc: small JSON documents (manifests, settings) as a tree; the only user of jansson.  Never on a hot path.
 */
#ifndef HEADROOM_JSON_DOC_H
#define HEADROOM_JSON_DOC_H

#include "core/base/arena.h"
#include "core/base/error.h"

#define DOC_MAX (4u << 20)

struct doc; /* owned by the arena it was parsed into */

/* STATUS_PARSE names line and column; duplicate keys: the last one wins. */
enum status doc_parse(struct arena *a, str text, const struct doc **out, struct error *err);
enum status doc_load(struct arena *a, const char *path, const struct doc **out, struct error *err);
/* NULL if absent or d is no object; d may be NULL */
const struct doc *doc_get(const struct doc *d, const char *key);
str doc_str(const struct doc *d); /* "" if not a string */
bool doc_is_true(const struct doc *d);
bool doc_is_false(const struct doc *d);
/* Calls fn for each member of an object (keys) or element of an array (key ""). */
void doc_each(const struct doc *d, void (*fn)(void *ctx, str key, const struct doc *value), void *ctx);

#endif
