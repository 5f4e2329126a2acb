/*
 * store: opening, which is where everything can be wrong with a file, and transactions.
 */
#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/store/db.h"

#define BUSY_MS 5000
#define PRIVATE_MODE 0600
#define MAX_ASIDE 1000
#define OPEN_ATTEMPTS 3

/* ---- the file ---- */

/*
 * Makes the file before SQLite does, for its mode; the files beside it inherit that.  An existing file is not opened
 * here: closing it again would drop the locks that another handle of this process holds on it.
 */
static enum status ensure_file(const char *path, struct error *err)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == 0) {
		if (S_ISREG(st.st_mode) && (st.st_mode & 077) && st.st_uid == geteuid() &&
		    chmod(path, PRIVATE_MODE) != 0)
			return error_errno(err, errno, "%s: cannot be made private", path);
		return STATUS_OK;
	}
	fd = fs_open_write(path, O_RDWR | O_CREAT | O_EXCL, PRIVATE_MODE);
	if (fd < 0)
		return errno == EEXIST ? STATUS_OK : error_errno(err, errno, "%s", path);
	fs_chmod_fd(fd, PRIVATE_MODE); /* whatever the umask says */
	close(fd);
	return STATUS_OK;
}

/* "headroom.db.damaged-N" that does not exist yet; NULL when there are too many. */
static const char *free_name(struct arena *a, const char *path)
{
	for (int n = 1; n <= MAX_ASIDE; n++) {
		const char *name = arena_printf(a, "%s.damaged-%d", path, n).p;

		if (!fs_exists(name))
			return name;
	}
	return NULL;
}

static const char *beside(struct arena *a, const char *path, const char *suffix)
{
	return arena_printf(a, "%s%s", path, suffix).p;
}

/*
 * Moves a damaged file aside, unless another process already did (`seen` is no longer what the path names).  Its log
 * goes first: a log left behind would be replayed into the fresh file.
 */
static enum status move_aside(const char *path, const struct stat *seen, struct buf *note, struct error *err)
{
	enum status status = STATUS_OK;
	const char *to, *wal;
	struct stat now;
	struct arena a;

	if (stat(path, &now) != 0 || now.st_ino != seen->st_ino || now.st_dev != seen->st_dev)
		return STATUS_OK;
	arena_init(&a);
	to = free_name(&a, path);
	wal = beside(&a, path, "-wal");
	if (!to)
		status = error_set(err, STATUS_REFUSED, "%s: damaged, and so are %d others beside it", path,
				   MAX_ASIDE);
	else if ((fs_rename(wal, beside(&a, to, "-wal")) != 0 && errno != ENOENT) || fs_rename(path, to) != 0)
		status = error_errno(err, errno, "%s: damaged, and cannot be moved aside", path);
	if (status == STATUS_OK) {
		fs_unlink(beside(&a, path, "-shm"));
		buf_clear(note);
		buf_printf(note, "%s was damaged: moved to %s, a fresh one was begun", path, to);
	}
	arena_release(&a);
	return status;
}

/* ---- opening and closing ---- */

static void close_db(struct store *s)
{
	for (size_t i = 0; i < QUERY_COUNT; i++) {
		sqlite3_finalize(s->kept[i]);
		s->kept[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static enum status open_db(struct store *s, struct error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (s->path ? 0 : SQLITE_OPEN_CREATE);
	int rc = sqlite3_open_v2(s->path ? s->path : ":memory:", &s->db, flags, NULL);

	if (rc != SQLITE_OK)
		return db_error(s, rc, "opening", err);
	if (sqlite3_db_readonly(s->db, "main"))
		return error_set(err, STATUS_DENIED, "%s: not writable", s->path);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	/* statement journals are written for every row of an ingest: a file for them costs more than the rows */
	enum status status =
		db_exec(s, "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF", "opening", err);
	int64_t pages = 0;

	if (status == STATUS_OK)
		status = db_pragma_get(s, "PRAGMA page_count", &pages, err);
	s->fresh = pages == 0;
	if (status != STATUS_OK || !s->fresh)
		return status == STATUS_OK ? db_make_durable(s, err) : status;
	/* Large pages suit segments of tens of kilobytes; they can be chosen for a new file only. */
	return db_exec(s, "PRAGMA page_size = 16384; PRAGMA synchronous = OFF", "opening", err);
}

/*
 * A new file is filled without a log and without waiting for the disk: what the log would protect is not there yet, and
 * an index that a power cut spoils is read again.  Before the first decision of the user is stored, and at the latest
 * when it is closed, a store becomes durable.  A file system or a moment that does not allow WAL costs nothing but speed.
 */
enum status db_make_durable(struct store *s, struct error *err)
{
	int rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
		return db_error(s, rc, "opening", err);
	s->fresh = false;
	return db_exec(s, "PRAGMA synchronous = NORMAL", "opening", err);
}

/* Opens and migrates; a damaged file is moved aside and tried again. */
static enum status open_file(struct store *s, struct buf *note, struct error *err)
{
	enum status status = STATUS_OK;

	for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
		struct stat seen = { 0 };

		status = ensure_file(s->path, err);
		if (status != STATUS_OK)
			return status;
		stat(s->path, &seen);
		s->damaged = false;
		status = open_db(s, err);
		if (status == STATUS_OK)
			status = schema_migrate(s, err);
		if (status == STATUS_OK)
			return status;
		close_db(s);
		if (!s->damaged)
			return status;
		status = move_aside(s->path, &seen, note, err);
		if (status != STATUS_OK)
			return status;
	}
	return error_set(err, STATUS_FAILED, "%s: damaged again and again", s->path);
}

enum status db_open(const char *path, const struct schema *schema, struct store **out, struct error *err)
{
	struct store *s = xcalloc(1, sizeof(*s));
	enum status status;
	struct buf note;

	s->schema = schema;
	buf_init(&note, 4096);
	if (path) {
		s->path = xstrdup(path);
		status = open_file(s, &note, err);
	} else {
		status = open_db(s, err);
		if (status == STATUS_OK)
			status = schema_migrate(s, err);
	}
	if (note.n > 0)
		s->note = xstrdup(buf_c(&note));
	s->damaged = false;
	buf_release(&note);
	if (status == STATUS_OK)
		*out = s;
	else
		store_close(s);
	return status;
}

enum status store_open(const char *path, struct store **out, struct error *err)
{
	return db_open(path, &main_schema, out, err);
}

void store_close(struct store *s)
{
	struct stat seen;
	struct buf note;

	if (!s)
		return;
	files_forget_recent(s);
	if (s->fresh && s->db && sqlite3_get_autocommit(s->db))
		db_make_durable(s, NULL);
	close_db(s);
	if (s->damaged && s->path && stat(s->path, &seen) == 0) {
		buf_init(&note, 4096);
		move_aside(s->path, &seen, &note, NULL);
		buf_release(&note);
	}
	free(s->note);
	free(s->path);
	free(s);
}

const char *store_note(const struct store *s)
{
	return s->note;
}

/* ---- transactions ---- */

static enum status run(struct store *s, enum query q, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, q, &c, err);

	return status == STATUS_OK ? db_run(s, &c, err) : status;
}

enum status store_begin(struct store *s, struct error *err)
{
	return run(s, QUERY_BEGIN, err);
}

enum status store_commit(struct store *s, struct error *err)
{
	return run(s, QUERY_COMMIT, err);
}

void store_rollback(struct store *s)
{
	files_forget_recent(s);
	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(s->db))
		run(s, QUERY_ROLLBACK, NULL);
}
