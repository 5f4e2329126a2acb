/*
 * store: headroom.db, the only user of sqlite3.  Holds the index of session files with their packed digests, what was
 * published, and what the user decided.  Never holds log text: offsets, hashes, typed and redacted slots only.
 * File mode 0600; WAL; busy time-out 5 s; a database of a newer schema is refused, an older one is migrated; a damaged
 * one is moved aside (headroom.db.damaged-N) with a message, and a fresh one is begun; damage met later is a
 * STATUS_PARSE, and closing moves the file aside.  Where nothing can be written opening is STATUS_DENIED.
 * Not thread-safe: one thread at a time.
 */
#ifndef HEADROOM_STORE_STORE_H
#define HEADROOM_STORE_STORE_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/vec.h"

struct store;

/* path NULL: a private temporary database that vanishes with the process. */
enum status store_open(const char *path, struct store **out, struct error *err);
void store_close(struct store *s);
/* What happened while opening that the user should hear of (a damaged file moved aside), one line; NULL: nothing. */
const char *store_note(const struct store *s);
enum status store_begin(struct store *s, struct error *err);
enum status store_commit(struct store *s, struct error *err);
void store_rollback(struct store *s);

/* ---- the index of session files ---- */
struct file_row {
	int64_t id; /* 0: not yet stored */
	str agent, path, group, parent;
	str first_cwd; /* cwd of the first record that has one: decides the project */
	uint64_t device, inode, size, offset, tail_hash;
	int64_t mtime_ns;
	uint32_t line; /* number of the line at offset */
	uint32_t segments; /* of its digest */
	uint32_t lines_skipped, unknown_kinds, calls;
	uint32_t failures; /* kinds that occur in it: bit 1 << enum failure */
	int64_t first_ms, last_ms;
	bool present; /* seen on disk at the last look */
};

/* All rows without digests, in order of path; strings in a.  rows: vec of struct file_row. */
enum status store_files(struct store *s, struct arena *a, struct vec *rows, struct error *err);
/* Inserts or updates by path (an update keeps id and segments of the digest); sets row->id. */
enum status store_file_put(struct store *s, struct file_row *row, struct error *err);
enum status store_file_absent(struct store *s, int64_t id, struct error *err); /* present = 0, digest kept */
enum status store_file_delete(struct store *s, int64_t id, struct error *err); /* the row and its segments */
/* Digests come in segments 0, 1, 2...; put inserts or replaces one. */
enum status store_segment_put(struct store *s, int64_t file, uint32_t segment, str packed, struct error *err);
/* Appends a segment to out; STATUS_NOT_FOUND if there is none of that number. */
enum status store_segment_get(struct store *s, int64_t file, uint32_t segment, struct buf *out,
			      struct error *err);
/* A segment that this process put and still holds in memory, without a copy; borrowed until the next put or cut, until
 * which several threads may ask at once. */
bool store_segment_held(const struct store *s, int64_t file, uint32_t segment, str *out);
/* Deletes segments from `segment` on. */
enum status store_segment_cut(struct store *s, int64_t file, uint32_t segment, struct error *err);

/* ---- small keyed documents: caches and settings of one scope ("project:<key>", "history:<key>") ---- */
enum status store_doc_get(struct store *s, str scope, str key, struct buf *out,
			  struct error *err); /* NOT_FOUND */
enum status store_doc_put(struct store *s, str scope, str key, str value, struct error *err);
enum status store_doc_clear(struct store *s, str scope, struct error *err); /* the whole scope */

/* ---- learnings that were published, and the user's decisions ---- */
enum verdict {
	VERDICT_NONE,
	VERDICT_PUBLISHED,
	VERDICT_REJECTED,
	VERDICT_PINNED,
	VERDICT_RETIRED,
	VERDICT_COUNT
};

struct item_row {
	str project; /* repository key */
	str id; /* 8 hex */
	str kind, target; /* names */
	str wrong, right, about;
	str text; /* as written last; PINNED: the user's words, kept verbatim */
	str file; /* path it was written to */
	enum verdict verdict;
	int64_t first_ms, last_ms; /* first written, last written or decided */
	str head; /* commit at the last write, "" without git */
	uint32_t opportunities, relapses; /* since first_ms */
};

enum status store_items(struct store *s, struct arena *a, str project, struct vec *rows, struct error *err);
enum status store_item_put(struct store *s, const struct item_row *row,
			   struct error *err); /* by project and id */
enum status store_item_delete(struct store *s, str project, str id, struct error *err);

/* Purges everything about one project: its items, documents of scope "project:<key>", and the given file rows. */
enum status store_forget(struct store *s, str project, const int64_t *files, size_t n, struct error *err);

#endif
