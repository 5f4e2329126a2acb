/*
 * items: keyed documents, published learnings, and forgetting a project.
 */
#include "core/store/store.h"

#include "core/store/db.h"

/* ---- documents ---- */

enum status store_doc_get(struct store *s, str scope, str key, struct buf *out, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, QUERY_DOC_GET, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, scope);
	db_put_str(&c, key);
	status = db_step(s, &c, err);
	if (status == STATUS_DONE)
		return error_set(err, STATUS_NOT_FOUND, "no document %.*s in %.*s", STR_ARG(key),
				 STR_ARG(scope));
	if (status != STATUS_OK)
		return status;
	if (!buf_add(out, db_get_raw(&c)))
		status = error_set(err, STATUS_LIMIT, "document %.*s in %.*s is too large", STR_ARG(key),
				   STR_ARG(scope));
	db_done(&c);
	return status;
}

enum status store_doc_put(struct store *s, str scope, str key, str value, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, QUERY_DOC_PUT, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, scope);
	db_put_str(&c, key);
	db_put_blob(&c, value);
	return db_run(s, &c, err);
}

static enum status run_by_name(struct store *s, enum query q, str name, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, q, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, name);
	return db_run(s, &c, err);
}

enum status store_doc_clear(struct store *s, str scope, struct error *err)
{
	return run_by_name(s, QUERY_DOC_CLEAR, scope, err);
}

/* ---- items ---- */

static void get_item(struct cursor *c, struct arena *a, struct item_row *row)
{
	int64_t verdict;

	row->project = db_get_str(c, a);
	row->id = db_get_str(c, a);
	row->kind = db_get_str(c, a);
	row->target = db_get_str(c, a);
	row->wrong = db_get_str(c, a);
	row->right = db_get_str(c, a);
	row->about = db_get_str(c, a);
	row->text = db_get_str(c, a);
	row->file = db_get_str(c, a);
	verdict = db_get_int(c);
	row->verdict =
		verdict > VERDICT_NONE && verdict < VERDICT_COUNT ? (enum verdict)verdict : VERDICT_NONE;
	row->first_ms = db_get_int(c);
	row->last_ms = db_get_int(c);
	row->head = db_get_str(c, a);
	row->opportunities = db_get_u32(c);
	row->relapses = db_get_u32(c);
}

enum status store_items(struct store *s, struct arena *a, str project, struct vec *rows, struct error *err)
{
	size_t before = rows->n;
	struct cursor c;
	enum status status = db_query(s, QUERY_ITEMS, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, project);
	while ((status = db_step(s, &c, err)) == STATUS_OK)
		get_item(&c, a, vec_push(rows));
	if (status == STATUS_DONE)
		return STATUS_OK;
	rows->n = before;
	return status;
}

enum status store_item_put(struct store *s, const struct item_row *row, struct error *err)
{
	struct cursor c;
	enum status status = STATUS_OK;

	if (s->fresh && sqlite3_get_autocommit(s->db))
		status = db_make_durable(s, err);
	if (status == STATUS_OK)
		status = db_query(s, QUERY_ITEM_PUT, &c, err);
	if (status != STATUS_OK)
		return status;
	db_put_str(&c, row->project);
	db_put_str(&c, row->id);
	db_put_str(&c, row->kind);
	db_put_str(&c, row->target);
	db_put_str(&c, row->wrong);
	db_put_str(&c, row->right);
	db_put_str(&c, row->about);
	db_put_str(&c, row->text);
	db_put_str(&c, row->file);
	db_put_int(&c, row->verdict);
	db_put_int(&c, row->first_ms);
	db_put_int(&c, row->last_ms);
	db_put_str(&c, row->head);
	db_put_int(&c, row->opportunities);
	db_put_int(&c, row->relapses);
	return db_run(s, &c, err);
}

enum status store_item_delete(struct store *s, str project, str id, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, QUERY_ITEM_DELETE, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, project);
	db_put_str(&c, id);
	return db_run(s, &c, err);
}

/* ---- forgetting ---- */

static enum status forget_rows(struct store *s, str project, const int64_t *files, size_t n,
			       struct error *err)
{
	enum status status = run_by_name(s, QUERY_ITEMS_CLEAR, project, err);
	struct arena a;

	arena_init(&a);
	if (status == STATUS_OK)
		status = store_doc_clear(s, arena_printf(&a, "project:%.*s", STR_ARG(project)), err);
	arena_release(&a);
	for (size_t i = 0; status == STATUS_OK && i < n; i++)
		status = store_file_delete(s, files[i], err);
	return status;
}

/* Purging means the bytes too: deleted pages are zeroed, and the log, which holds old pages, is emptied. */
enum status store_forget(struct store *s, str project, const int64_t *files, size_t n, struct error *err)
{
	bool own = sqlite3_get_autocommit(s->db) != 0;
	enum status status = db_exec(s, "PRAGMA secure_delete = ON", "forgetting", err);

	if (status == STATUS_OK && own)
		status = store_begin(s, err);
	if (status != STATUS_OK)
		return status;
	status = forget_rows(s, project, files, n, err);
	if (status == STATUS_OK && own)
		status = store_commit(s, err);
	if (status != STATUS_OK && own)
		store_rollback(s);
	if (status == STATUS_OK && own)
		status = db_exec(s, "PRAGMA wal_checkpoint(TRUNCATE)", "forgetting", err);
	return status;
}
