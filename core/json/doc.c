#include "core/json/doc.h"

#include <jansson.h>

#include "core/base/fs.h"

/* A doc is a json_t under another name: the arena that owns the root keeps the whole tree. */
static const struct doc *doc_of(const json_t *json)
{
	return (const struct doc *)(const void *)json;
}

/* Not const, because jansson's readers are not declared so; nothing here changes the tree. */
static json_t *json_of(const struct doc *d)
{
	return (json_t *)(uintptr_t)d;
}

static void release(void *json)
{
	json_decref(json);
}

enum status doc_parse(struct arena *a, str text, const struct doc **out, struct error *err)
{
	json_error_t where;
	json_t *root;

	if (text.n > DOC_MAX)
		return error_set(err, STATUS_LIMIT, "JSON document is larger than %u bytes", DOC_MAX);
	root = json_loadb(text.n ? text.p : "", text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &where);
	if (!root)
		return error_set(err, STATUS_PARSE, "line %d, column %d: %s", where.line, where.column,
				 where.text);
	arena_defer(a, release, root);
	*out = doc_of(root);
	return STATUS_OK;
}

enum status doc_load(struct arena *a, const char *path, const struct doc **out, struct error *err)
{
	struct error inner = { 0 };
	enum status status;
	struct buf text;

	buf_init(&text, DOC_MAX);
	status = fs_read_file(path, &text, err);
	if (!status) {
		status = doc_parse(a, buf_str(&text), out, &inner);
		if (status)
			error_set(err, status, "%s: %s", path, inner.message);
	}
	buf_release(&text);
	return status;
}

const struct doc *doc_get(const struct doc *d, const char *key)
{
	return doc_of(json_object_get(json_of(d), key));
}

str doc_str(const struct doc *d)
{
	json_t *json = json_of(d);

	if (!json_is_string(json))
		return STR("");
	return (str){ json_string_value(json), json_string_length(json) };
}

bool doc_is_true(const struct doc *d)
{
	return json_is_true(json_of(d));
}

bool doc_is_false(const struct doc *d)
{
	return json_is_false(json_of(d));
}

void doc_each(const struct doc *d, void (*fn)(void *ctx, str key, const struct doc *value), void *ctx)
{
	json_t *json = json_of(d);

	for (size_t i = 0; i < json_array_size(json); i++)
		fn(ctx, STR(""), doc_of(json_array_get(json, i)));
	for (void *it = json_object_iter(json); it; it = json_object_iter_next(json, it))
		fn(ctx, str_c(json_object_iter_key(it)), doc_of(json_object_iter_value(it)));
}
