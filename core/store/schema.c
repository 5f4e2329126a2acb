/*
 * schema: the tables, as the steps that lead to them.  user_version is the number of steps a database has taken;
 * a new schema is a new row at the end, and no row is ever changed after a release.
 *
 * Digests have a table of their own: they are a hundred times larger than the rows of the index, which is read whole
 * at every start.
 */
#include "core/store/db.h"

#define APPLICATION_ID 0x4864726d /* "Hdrm", in the file's header */

/* clang-format off */
static const char *const steps[] = {
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
/* clang-format on */

#define STEPS ((int64_t)(sizeof(steps) / sizeof(*steps)))

static enum status read_version(struct store *s, int64_t *version, struct error *err)
{
	int64_t application;
	enum status status = db_pragma_get(s, "PRAGMA user_version", version, err);

	if (status == STATUS_OK)
		status = db_pragma_get(s, "PRAGMA application_id", &application, err);
	if (status != STATUS_OK)
		return status;
	if (*version != 0 && application != APPLICATION_ID)
		return error_set(err, STATUS_REFUSED, "%s: not a database of headroom", s->path);
	if (*version < 0 || *version > STEPS)
		return error_set(
			err, STATUS_REFUSED,
			"%s: written by a newer headroom (schema %lld, this one knows %lld): update headroom",
			s->path, (long long)*version, (long long)STEPS);
	return STATUS_OK;
}

static enum status take_steps(struct store *s, int64_t version, struct error *err)
{
	enum status status = STATUS_OK;
	char *header;

	for (; status == STATUS_OK && version < STEPS; version++)
		status = db_exec(s, steps[version], "changing the schema", err);
	if (status != STATUS_OK)
		return status;
	header = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %lld", APPLICATION_ID,
				 (long long)STEPS);
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

	if (status != STATUS_OK || version == STEPS)
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
