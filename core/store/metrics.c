#include "core/store/metrics.h"

#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

#include "core/base/buf.h"

#define METRICS_BUSY_MS 200 /* a screen waits behind this */

static const char rows_sql[] =
	"SELECT rowid, id, timestamp, model, mode, error, tokens_input_before,"
	" tokens_input_after, tokens_output, cached_tokens FROM requests WHERE rowid > ?"
	" ORDER BY rowid";

static enum status failed(sqlite3 *db, const char *path, int rc, struct error *err)
{
	enum status status = rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ? STATUS_PARSE : STATUS_FAILED;

	if (rc == SQLITE_NOMEM)
		die_no_memory();
	return error_set(err, status, "%s: %s", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

/* The path as a URI whose database is taken as it is, without locks or files beside it. */
static void immutable_uri(struct buf *out, const char *path)
{
	buf_add_c(out, "file:");
	for (; *path; path++)
		if (*path == '?' || *path == '#' || *path == '%')
			buf_printf(out, "%%%02x", (unsigned char)*path);
		else
			buf_add_ch(out, *path);
	buf_add_c(out, "?immutable=1");
}

static bool has_log(const char *path)
{
	struct buf wal;
	bool has;

	buf_init(&wal, SIZE_MAX);
	buf_printf(&wal, "%s-wal", path);
	has = access(buf_c(&wal), F_OK) == 0;
	buf_release(&wal);
	return has;
}

static int try_open(sqlite3 **db, const char *name, int flags)
{
	int rc = sqlite3_open_v2(name, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | flags, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, METRICS_BUSY_MS);
		/* opening is lazy: this reads the header */
		rc = sqlite3_exec(*db, "PRAGMA trusted_schema = OFF; PRAGMA schema_version", NULL, NULL,
				  NULL);
	}
	return rc;
}

/* A database with a write-ahead log in a folder that cannot be written to, and no log beside it, is at rest. */
static int open_database(sqlite3 **db, const char *path)
{
	struct buf uri;
	int rc = try_open(db, path, 0);

	if (rc != SQLITE_CANTOPEN && rc != SQLITE_READONLY)
		return rc;
	if (access(path, R_OK) != 0 || has_log(path))
		return rc;
	sqlite3_close(*db);
	buf_init(&uri, SIZE_MAX);
	immutable_uri(&uri, path);
	rc = try_open(db, buf_c(&uri), SQLITE_OPEN_URI);
	buf_release(&uri);
	return rc;
}

static str text_at(sqlite3_stmt *stmt, int column)
{
	const unsigned char *p = sqlite3_column_text(stmt, column);

	return (str){ (const char *)p, p ? (size_t)sqlite3_column_bytes(stmt, column) : 0 };
}

static int64_t known_at(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(stmt, column);
}

static bool single(sqlite3 *db, const char *sql, int64_t value)
{
	sqlite3_stmt *stmt = NULL;
	bool found = false;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK) {
		if (sqlite3_bind_parameter_count(stmt) > 0)
			sqlite3_bind_int64(stmt, 1, value);
		found = sqlite3_step(stmt) == SQLITE_ROW;
	}
	sqlite3_finalize(stmt);
	return found;
}

static int read_rows(sqlite3 *db, int64_t after, void (*fn)(void *ctx, const struct metrics_row *row),
		     void *ctx)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, rows_sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(stmt, 1, after);
	if (rc != SQLITE_OK)
		goto out;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct metrics_row row = {
			.row = sqlite3_column_int64(stmt, 0),
			.id = text_at(stmt, 1),
			.timestamp = text_at(stmt, 2),
			.model = text_at(stmt, 3),
			.mode = text_at(stmt, 4),
			.error = text_at(stmt, 5),
			.before = sqlite3_column_int64(stmt, 6),
			.after = sqlite3_column_int64(stmt, 7),
			.output = known_at(stmt, 8),
			.cached = known_at(stmt, 9),
		};

		fn(ctx, &row);
	}
out:
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum status metrics_read(const char *path, int64_t after,
			 void (*fn)(void *ctx, const struct metrics_row *row), void *ctx, struct error *err)
{
	static const char table_sql[] =
		"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'requests'";
	enum status status = STATUS_OK;
	sqlite3 *db = NULL;
	int rc;

	if (access(path, R_OK) != 0)
		return error_errno(err, errno, "%s", path);
	rc = open_database(&db, path);
	if (rc != SQLITE_OK) {
		status = failed(db, path, rc, err);
	} else if (!single(db, table_sql, 0)) {
		status = error_set(err, STATUS_NOT_FOUND, "%s: no table of requests", path);
	} else if (after > 0 && !single(db, "SELECT 1 FROM requests WHERE rowid = ?", after)) {
		status = STATUS_DONE;
	} else {
		rc = read_rows(db, after, fn, ctx);
		if (rc != SQLITE_OK)
			status = failed(db, path, rc, err);
	}
	sqlite3_close(db);
	return status;
}
