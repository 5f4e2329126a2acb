/*
 * schema: the tables of our files.
 *
 * Digests have a table of their own: they are a hundred times larger than the rows of the index, which is read whole
 * at every start.
 *
 * The file of originals is shared with other programs, which know the first four columns of its one table and may have
 * begun it.  What is asked of all its rows stands in an index, as the texts before the later columns are long.
 */
#include "core/store/db.h"

/* clang-format off */
static const char *const main_steps[] = {
	"CREATE TABLE files (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, path TEXT NOT NULL UNIQUE,"
	" grp TEXT NOT NULL, parent TEXT NOT NULL, first_cwd TEXT NOT NULL, present INTEGER NOT NULL,"
	" marks BLOB NOT NULL);"
	"CREATE TABLE segments (file INTEGER NOT NULL, segment INTEGER NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY (file, segment));"
	"CREATE TABLE docs (scope TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,"
	" PRIMARY KEY (scope, name));"
	"CREATE TABLE items (project TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,"
	" wrong TEXT NOT NULL, right TEXT NOT NULL, about TEXT NOT NULL, text TEXT NOT NULL, file TEXT NOT NULL,"
	" verdict INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, head TEXT NOT NULL,"
	" opportunities INTEGER NOT NULL, relapses INTEGER NOT NULL, PRIMARY KEY (project, id));",

	/* one number instead of two: a segment is found and put without an index beside the table */
	"DROP TABLE segments; DELETE FROM files;"
	"CREATE TABLE segments (place INTEGER PRIMARY KEY, data BLOB NOT NULL);",
};

static const char *const originals_steps[] = {
	"CREATE TABLE IF NOT EXISTS ccr_entries (hash TEXT PRIMARY KEY, entry_json TEXT NOT NULL,"
	" created_at REAL NOT NULL, ttl INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS idx_ccr_created_at ON ccr_entries (created_at);"
	"ALTER TABLE ccr_entries ADD COLUMN accessed_at REAL;"
	"ALTER TABLE ccr_entries ADD COLUMN bytes INTEGER;"
	"ALTER TABLE ccr_entries ADD COLUMN original BLOB;"
	"ALTER TABLE ccr_entries ADD COLUMN retrieval_count INTEGER;"
	"ALTER TABLE ccr_entries ADD COLUMN search_queries TEXT;"
	"UPDATE ccr_entries SET bytes = length(entry_json);"
	"CREATE INDEX ccr_use ON ccr_entries (accessed_at, created_at, ttl, bytes, hash);"
	"CREATE TABLE ccr_gone (hash TEXT PRIMARY KEY, gone_at REAL NOT NULL, expired INTEGER NOT NULL);",
};
/* clang-format on */

#define ROWS(array) ((int64_t)(sizeof(array) / sizeof(*(array))))
const struct schema main_schema = { 0x4864726d /* "Hdrm" */, ROWS(main_steps), main_steps };
const struct schema originals_schema = { 0x48647263 /* "Hdrc" */, ROWS(originals_steps), originals_steps };

static enum status read_version(struct store *s, int64_t *version, struct error *err)
{
	int64_t application;
	enum status status = db_pragma_get(s, "PRAGMA user_version", version, err);

	if (status == STATUS_OK)
		status = db_pragma_get(s, "PRAGMA application_id", &application, err);
	if (status != STATUS_OK)
		return status;
	if (*version != 0 && application != s->schema->application_id)
		return error_set(err, STATUS_REFUSED, "%s: not a database of headroom", s->path);
	if (*version < 0 || *version > s->schema->steps_n)
		return error_set(
			err, STATUS_REFUSED,
			"%s: written by a newer headroom (schema %lld, this one knows %lld): update headroom",
			s->path, (long long)*version, (long long)s->schema->steps_n);
	return STATUS_OK;
}

static enum status take_steps(struct store *s, int64_t version, struct error *err)
{
	enum status status = STATUS_OK;
	char *header;

	for (; status == STATUS_OK && version < s->schema->steps_n; version++)
		status = db_exec(s, s->schema->steps[version], "changing the schema", err);
	if (status != STATUS_OK)
		return status;
	header = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %lld",
				 s->schema->application_id, (long long)s->schema->steps_n);
	if (!header)
		die_no_memory();
	status = db_exec(s, header, "changing the schema", err);
	sqlite3_free(header);
	return status;
}

enum status schema_migrate(struct store *s, struct error *err)
{
	int64_t version = 0;
	enum status status = read_version(s, &version, err);

	if (status != STATUS_OK || version == s->schema->steps_n)
		return status;
	status = db_exec(s, "BEGIN IMMEDIATE", "beginning", err);
	if (status != STATUS_OK)
		return status;
	/* Another process may have been quicker. */
	status = read_version(s, &version, err);
	if (status == STATUS_OK)
		status = take_steps(s, version, err);
	if (status == STATUS_OK)
		status = db_exec(s, "COMMIT", "changing the schema", err);
	if (status != STATUS_OK)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}
