/*
 * db: the database below the store: kept statements, binding and reading by position, errors in words.
 * Private to core/store.
 */
#ifndef HEADROOM_STORE_DB_H
#define HEADROOM_STORE_DB_H

#include <sqlite3.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/map.h"
#include "core/base/vec.h"

enum query {
	QUERY_BEGIN,
	QUERY_COMMIT,
	QUERY_ROLLBACK,
	QUERY_FILES,
	QUERY_FILE_ADD,
	QUERY_FILE_PUT,
	QUERY_FILE_ABSENT,
	QUERY_FILE_DELETE,
	QUERY_SEGMENT_PUT,
	QUERY_SEGMENT_GET,
	QUERY_SEGMENT_CUT,
	QUERY_DOC_GET,
	QUERY_DOC_PUT,
	QUERY_DOC_CLEAR,
	QUERY_ITEMS,
	QUERY_ITEM_PUT,
	QUERY_ITEM_DELETE,
	QUERY_ITEMS_CLEAR,
	QUERY_ORIGINAL_PUT,
	QUERY_ORIGINAL_GET,
	QUERY_ORIGINAL_TOUCH,
	QUERY_ORIGINAL_GONE,
	QUERY_ORIGINALS_BURY,
	QUERY_ORIGINALS_PURGE,
	QUERY_ORIGINALS_BURY_OLDEST,
	QUERY_ORIGINALS_EVICT,
	QUERY_ORIGINALS_SIZE,
	QUERY_ORIGINALS_FORGET,
	QUERY_COUNT
};

/* The tables of one database file, as the steps that lead to them.  user_version is the number of steps a database has
 * taken; a new schema is a new row at the end, and no row is ever changed after a release. */
struct schema {
	int application_id; /* in the file's header */
	int64_t steps_n;
	const char *const *steps;
};
extern const struct schema main_schema, originals_schema;

struct store {
	const struct schema *schema;
	sqlite3 *db;
	char *path; /* NULL: in memory */
	char *note;
	sqlite3_stmt *kept[QUERY_COUNT];
	bool damaged; /* found out while it was in use */
	bool fresh; /* begun by this process, not yet durable */
	/* Segments put by this process, as long as there is room: they are read again soon. */
	struct map64 recent; /* place -> index + 1 in recent_parts */
	struct vec recent_parts; /* struct buf */
	size_t recent_bytes;
};

/* Where the next value goes to or comes from; all values are borrowed until the statement has run. */
struct cursor {
	sqlite3_stmt *stmt;
	int at;
};

/* Turns the result of a call into a status and a message; notes damage. */
enum status db_error(struct store *s, int rc, const char *doing, struct error *err);
/* Runs statements without results. */
enum status db_exec(struct store *s, const char *sql, const char *doing, struct error *err);
enum status db_pragma_get(struct store *s, const char *sql, int64_t *value, struct error *err);

/* The kept statement, prepared on first use, ready to be bound from the first parameter on. */
enum status db_query(struct store *s, enum query q, struct cursor *c, struct error *err);
void db_put_str(struct cursor *c, str value);
void db_put_blob(struct cursor *c, str value);
void db_put_int(struct cursor *c, int64_t value);
void db_put_real(struct cursor *c, double value);
void db_put_null(struct cursor *c);
/* One step: STATUS_OK with a row to read from its first column on, STATUS_DONE at the end. */
enum status db_step(struct store *s, struct cursor *c, struct error *err);
str db_get_raw(struct cursor *c); /* borrowed until the next step */
str db_get_str(struct cursor *c, struct arena *a);
int64_t db_get_int(struct cursor *c);
double db_get_real(struct cursor *c);
uint32_t db_get_u32(struct cursor *c);
/* Ends the use of a statement; needed wherever db_step may not have reached the end. */
void db_done(struct cursor *c);
/* Steps a statement without results to its end. */
enum status db_run(struct store *s, struct cursor *c, struct error *err);

/* store_open for any of our files. */
enum status db_open(const char *path, const struct schema *schema, struct store **out, struct error *err);

/* From now on what is committed survives a power cut. */
enum status db_make_durable(struct store *s, struct error *err);

/* Brings an empty or older database to the present schema; a newer one is STATUS_REFUSED. */
enum status schema_migrate(struct store *s, struct error *err);

/* Drops the segments kept in memory. */
void files_forget_recent(struct store *s);

#endif
