/*
 * originals: ccr_store.db, the texts compression replaced, by hash, until they expire.  The file is shared with other
 * programs of the user: one table ccr_entries (hash, entry_json, created_at, ttl), to which we add columns.  Mode 0600;
 * WAL; a damaged file is moved aside with a note, as store.h says; a lock that stays is STATUS_FAILED, and nothing is lost.
 * Limits are by count and bytes; what was used least recently goes first.  Being read extends a row's life.
 * What a text of ours means is its bytes: invalid UTF-8 is kept beside the JSON.  Not thread-safe.
 */
#ifndef HEADROOM_STORE_ORIGINALS_H
#define HEADROOM_STORE_ORIGINALS_H

#include "core/base/arena.h"
#include "core/base/error.h"

#define ORIGINAL_HASH 24 /* hex digits */
#define ORIGINALS_MAX_ROWS 1000
#define ORIGINALS_MAX_BYTES ((int64_t)256 << 20)
#define ORIGINALS_PURGE_MS 60000 /* expired rows are looked for at most that often */
#define ORIGINALS_GONE_MS (7 * INT64_C(86400000)) /* so long it is known that a hash was ours */
#define ORIGINALS_QUERIES 10 /* remembered of a row, distinct, newest last */

struct original {
	char hash[ORIGINAL_HASH + 1];
	str text, shorter;
	size_t tokens, shorter_tokens;
	size_t items, shorter_items; /* in units of the strategy: items, lines, matches */
	str tool, call_id, query;
	const char *strategy; /* "smart_crusher" */
	const char *kind; /* "json_array" "json" "lines" "text" "messages" "code" */
	long ttl_seconds;
};

struct original_row {
	struct original o;
	str kind, strategy; /* in place of o.kind and o.strategy */
	int64_t created_ms, used_ms, expires_ms;
	uint32_t retrievals;
	str queries; /* a line each */
};

struct originals;

/* path NULL: in memory, gone with the process.  Limits of 0 are the ones above. */
enum status originals_open(const char *path, size_t max_rows, int64_t max_bytes, struct originals **out,
			   struct error *err);
void originals_close(struct originals *s);
const char *originals_note(const struct originals *s); /* as store_note */

/* Stores all of them or none.  A text known already is as young as a new one, and keeps its history.  STATUS_LIMIT where
 * they could not be held all at once. */
enum status originals_put(struct originals *s, const struct original *rows, size_t n, struct error *err);
/* Counts the retrieval and extends the life; query "" for the whole.  STATUS_NOT_FOUND: never seen; STATUS_CHANGED: it
 * was here, and has expired or had to give way.  The error says which.  Texts are in a. */
enum status originals_get(struct originals *s, struct arena *a, str hash, str query, struct original_row *out,
			  struct error *err);
/* Is it there to be read?  Counts nothing. */
bool originals_has(struct originals *s, str hash);
/* How often it was read; 0 if it is not there.  Counts nothing. */
uint32_t originals_retrievals(struct originals *s, str hash);

#endif
