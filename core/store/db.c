/*
 * db: the SQL of every statement, and the calls around it.
 */
#include "core/store/db.h"

#include <assert.h>

/* clang-format off */
static const char *const query_sql[] = {
	[QUERY_BEGIN] = "BEGIN IMMEDIATE",
	[QUERY_COMMIT] = "COMMIT",
	[QUERY_ROLLBACK] = "ROLLBACK",

	[QUERY_FILES] = "SELECT id, agent, path, grp, parent, first_cwd, present, marks FROM files",
	[QUERY_FILE_ADD] = (
		"INSERT INTO files (agent, path, grp, parent, first_cwd, present, marks)"
		" VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO NOTHING"),
	[QUERY_FILE_PUT] = (
		"INSERT INTO files (agent, path, grp, parent, first_cwd, present, marks)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (path) DO UPDATE SET agent = excluded.agent, grp = excluded.grp,"
		" parent = excluded.parent, first_cwd = excluded.first_cwd, present = excluded.present,"
		" marks = excluded.marks RETURNING id"),
	[QUERY_FILE_ABSENT] = "UPDATE files SET present = 0 WHERE id = ?",
	[QUERY_FILE_DELETE] = "DELETE FROM files WHERE id = ?",
	[QUERY_SEGMENT_PUT] = "INSERT OR REPLACE INTO segments (place, data) VALUES (?, ?)",
	[QUERY_SEGMENT_GET] = "SELECT data FROM segments WHERE place = ?",
	[QUERY_SEGMENT_CUT] = "DELETE FROM segments WHERE place >= ? AND place < ?",

	[QUERY_DOC_GET] = "SELECT value FROM docs WHERE scope = ? AND name = ?",
	[QUERY_DOC_PUT] = "INSERT OR REPLACE INTO docs (scope, name, value) VALUES (?, ?, ?)",
	[QUERY_DOC_CLEAR] = "DELETE FROM docs WHERE scope = ?",

	[QUERY_ITEMS] = (
		"SELECT project, id, kind, target, wrong, right, about, text, file, verdict, first_ms, last_ms, head,"
		" opportunities, relapses FROM items WHERE project = ? ORDER BY id"),
	[QUERY_ITEM_PUT] = (
		"INSERT OR REPLACE INTO items (project, id, kind, target, wrong, right, about, text, file, verdict,"
		" first_ms, last_ms, head, opportunities, relapses)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[QUERY_ITEM_DELETE] = "DELETE FROM items WHERE project = ? AND id = ?",
	[QUERY_ITEMS_CLEAR] = "DELETE FROM items WHERE project = ?",

	[QUERY_ORIGINAL_PUT] = (
		"INSERT INTO ccr_entries (hash, entry_json, created_at, ttl, accessed_at, bytes, original)"
		" VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?6)"
		" ON CONFLICT (hash) DO UPDATE SET created_at = ?3, ttl = ?4, accessed_at = ?3"),
	[QUERY_ORIGINAL_GET] = (
		"SELECT entry_json, created_at, ttl, coalesce(accessed_at, created_at), original,"
		" coalesce(retrieval_count, 0), coalesce(search_queries, '') FROM ccr_entries WHERE hash = ?"),
	[QUERY_ORIGINAL_TOUCH] = (
		"UPDATE ccr_entries SET accessed_at = ?2, retrieval_count = coalesce(retrieval_count, 0) + 1,"
		" search_queries = ?3 WHERE hash = ?1"),
	[QUERY_ORIGINAL_GONE] = "SELECT expired FROM ccr_gone WHERE hash = ?",
	[QUERY_ORIGINALS_BURY] = (
		"INSERT OR REPLACE INTO ccr_gone (hash, gone_at, expired) SELECT hash, ?1, 1 FROM ccr_entries"
		" WHERE coalesce(accessed_at, created_at) + ttl <= ?1"),
	[QUERY_ORIGINALS_PURGE] = "DELETE FROM ccr_entries WHERE coalesce(accessed_at, created_at) + ttl <= ?1",
	[QUERY_ORIGINALS_BURY_OLDEST] = (
		"INSERT OR REPLACE INTO ccr_gone (hash, gone_at, expired) SELECT hash, ?1, 0 FROM (SELECT hash,"
		" row_number() OVER newest AS place, sum(coalesce(bytes, 0)) OVER newest AS held FROM ccr_entries"
		" WINDOW newest AS (ORDER BY coalesce(accessed_at, created_at) DESC, hash ROWS UNBOUNDED PRECEDING))"
		" WHERE place > ?2 OR held > ?3"),
	[QUERY_ORIGINALS_EVICT] = "DELETE FROM ccr_entries WHERE hash IN (SELECT hash FROM ccr_gone WHERE gone_at = ?1)",
	[QUERY_ORIGINALS_SIZE] = "SELECT count(*), coalesce(sum(bytes), 0) FROM ccr_entries",
	[QUERY_ORIGINALS_FORGET] = (
		"DELETE FROM ccr_gone WHERE gone_at < ?1 OR hash IN (SELECT hash FROM ccr_entries)"),
};
/* clang-format on */
static_assert(sizeof(query_sql) / sizeof(*query_sql) == QUERY_COUNT, "SQL for each query");

static enum status status_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return STATUS_DENIED;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STATUS_PARSE;
	case SQLITE_TOOBIG:
		return STATUS_LIMIT;
	default:
		return STATUS_FAILED;
	}
}

enum status db_error(struct store *s, int rc, const char *doing, struct error *err)
{
	enum status status = status_of(rc);
	const char *path = s->path ? s->path : "the temporary database";

	if (rc == SQLITE_NOMEM)
		die_no_memory();
	if (status == STATUS_PARSE)
		s->damaged = true;
	if ((rc & 0xff) == SQLITE_BUSY)
		return error_set(err, status, "%s: %s: another headroom is using it, try again", path, doing);
	return error_set(err, status, "%s: %s: %s", path, doing,
			 s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc));
}

enum status db_exec(struct store *s, const char *sql, const char *doing, struct error *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? STATUS_OK : db_error(s, rc, doing, err);
}

enum status db_pragma_get(struct store *s, const char *sql, int64_t *value, struct error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? STATUS_OK : db_error(s, rc, "reading its header", err);
}

enum status db_query(struct store *s, enum query q, struct cursor *c, struct error *err)
{
	int rc;

	if (!s->kept[q]) {
		rc = sqlite3_prepare_v3(s->db, query_sql[q], -1, SQLITE_PREPARE_PERSISTENT, &s->kept[q],
					NULL);
		if (rc != SQLITE_OK)
			return db_error(s, rc, "preparing a query", err);
	}
	*c = (struct cursor){ s->kept[q], 0 };
	return STATUS_OK;
}

/* Binding can only fail by a wrong position or lack of memory. */
static void bound(int rc)
{
	if (rc == SQLITE_NOMEM)
		die_no_memory();
	assert(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
	(void)rc;
}

void db_put_str(struct cursor *c, str value)
{
	bound(sqlite3_bind_text64(c->stmt, ++c->at, value.p ? value.p : "", value.n, SQLITE_STATIC,
				  SQLITE_UTF8));
}

void db_put_blob(struct cursor *c, str value)
{
	bound(sqlite3_bind_blob64(c->stmt, ++c->at, value.p ? value.p : "", value.n, SQLITE_STATIC));
}

void db_put_int(struct cursor *c, int64_t value)
{
	bound(sqlite3_bind_int64(c->stmt, ++c->at, value));
}

void db_put_real(struct cursor *c, double value)
{
	bound(sqlite3_bind_double(c->stmt, ++c->at, value));
}

void db_put_null(struct cursor *c)
{
	bound(sqlite3_bind_null(c->stmt, ++c->at));
}

enum status db_step(struct store *s, struct cursor *c, struct error *err)
{
	int rc = sqlite3_step(c->stmt);
	enum status status = STATUS_OK;

	c->at = 0;
	if (rc == SQLITE_ROW)
		return STATUS_OK;
	if (rc != SQLITE_DONE)
		status = db_error(s, rc, sqlite3_stmt_readonly(c->stmt) ? "reading" : "writing", err);
	db_done(c);
	return rc == SQLITE_DONE ? STATUS_DONE : status;
}

str db_get_raw(struct cursor *c)
{
	const void *p = sqlite3_column_blob(c->stmt, c->at);

	return (str){ p, (size_t)sqlite3_column_bytes(c->stmt, c->at++) };
}

str db_get_str(struct cursor *c, struct arena *a)
{
	str raw = db_get_raw(c);

	return raw.n > 0 ? arena_str(a, raw) : STR("");
}

int64_t db_get_int(struct cursor *c)
{
	return sqlite3_column_int64(c->stmt, c->at++);
}

double db_get_real(struct cursor *c)
{
	return sqlite3_column_double(c->stmt, c->at++);
}

uint32_t db_get_u32(struct cursor *c)
{
	int64_t value = db_get_int(c);

	return value < 0 ? 0 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

void db_done(struct cursor *c)
{
	sqlite3_reset(c->stmt);
	sqlite3_clear_bindings(c->stmt);
}

enum status db_run(struct store *s, struct cursor *c, struct error *err)
{
	enum status status;

	do
		status = db_step(s, c, err);
	while (status == STATUS_OK);
	return status == STATUS_DONE ? STATUS_OK : status;
}
