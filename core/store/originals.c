#include "core/store/originals.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/utf8.h"
#include "core/json/jget.h"
#include "core/json/jput.h"
#include "core/store/db.h"
#include "core/store/store.h"

#define MAX_ENTRY ((size_t)1 << 30)
#define SECOND 1000.0 /* ms */

struct originals {
	struct store *store;
	size_t max_rows;
	int64_t max_bytes;
	int64_t purged_ms;
};

/* ---- rows that go ---- */

/* A statement that takes the time, and two more numbers where it has room for them. */
static enum status run_at(struct originals *s, enum query q, int64_t now, const int64_t *limits,
			  struct error *err)
{
	struct cursor c;
	enum status status = db_query(s->store, q, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_real(&c, (double)now / SECOND);
	for (int i = 0; limits && i < 2; i++)
		db_put_int(&c, limits[i]);
	return db_run(s->store, &c, err);
}

static enum status purge(struct originals *s, int64_t now, struct error *err)
{
	enum status status;

	if (s->purged_ms && now - s->purged_ms < ORIGINALS_PURGE_MS && now >= s->purged_ms)
		return STATUS_OK;
	status = run_at(s, QUERY_ORIGINALS_BURY, now, NULL, err);
	if (status == STATUS_OK)
		status = run_at(s, QUERY_ORIGINALS_PURGE, now, NULL, err);
	if (status == STATUS_OK)
		status = run_at(s, QUERY_ORIGINALS_FORGET, now - ORIGINALS_GONE_MS, NULL, err);
	if (status == STATUS_OK)
		s->purged_ms = now;
	return status;
}

static enum status evict(struct originals *s, int64_t now, struct error *err)
{
	const int64_t limits[] = { (int64_t)s->max_rows, s->max_bytes };
	int64_t rows, bytes;
	struct cursor c;
	enum status status = db_query(s->store, QUERY_ORIGINALS_SIZE, &c, err);

	if (status == STATUS_OK)
		status = db_step(s->store, &c, err);
	if (status != STATUS_OK)
		return status;
	rows = db_get_int(&c);
	bytes = db_get_int(&c);
	db_done(&c);
	if (rows <= limits[0] && bytes <= limits[1])
		return STATUS_OK;
	/* rows that are back again must not go with those that go now */
	status = run_at(s, QUERY_ORIGINALS_FORGET, now - ORIGINALS_GONE_MS, NULL, err);
	if (status == STATUS_OK)
		status = run_at(s, QUERY_ORIGINALS_BURY_OLDEST, now, limits, err);
	return status == STATUS_OK ? run_at(s, QUERY_ORIGINALS_EVICT, now, NULL, err) : status;
}

/* ---- opening ---- */

enum status originals_open(const char *path, size_t max_rows, int64_t max_bytes, struct originals **out,
			   struct error *err)
{
	struct originals *s = xcalloc(1, sizeof(*s));
	enum status status = db_open(path, &originals_schema, &s->store, err);

	/* A marker that names an original is out of the house the moment it is written. */
	if (status == STATUS_OK && s->store->fresh && path)
		status = db_make_durable(s->store, err);
	s->max_rows = max_rows ? max_rows : ORIGINALS_MAX_ROWS;
	s->max_bytes = max_bytes ? max_bytes : ORIGINALS_MAX_BYTES;
	if (status == STATUS_OK) {
		*out = s;
		return status;
	}
	store_close(s->store);
	free(s);
	return status;
}

void originals_close(struct originals *s)
{
	if (!s)
		return;
	store_close(s->store);
	free(s);
}

const char *originals_note(const struct originals *s)
{
	return store_note(s->store);
}

/* ---- writing ---- */

/* Keys as the programs that share the file know them. */
static void put_entry(struct buf *out, const struct original *o, bool text, int64_t now)
{
	struct jput j;

	jput_init(&j, out, false);
	jput_object(&j);
	jput_kstr(&j, "hash", str_c(o->hash));
	if (text)
		jput_kstr(&j, "original_content", o->text);
	jput_kstr(&j, "compressed_content", o->shorter);
	jput_kint(&j, "original_tokens", (int64_t)o->tokens);
	jput_kint(&j, "compressed_tokens", (int64_t)o->shorter_tokens);
	jput_kint(&j, "original_item_count", (int64_t)o->items);
	jput_kint(&j, "compressed_item_count", (int64_t)o->shorter_items);
	jput_kstr(&j, "tool_name", o->tool);
	jput_kstr(&j, "tool_call_id", o->call_id);
	jput_kstr(&j, "query_context", o->query);
	jput_kreal(&j, "created_at", (double)now / SECOND, 3);
	jput_kint(&j, "ttl", o->ttl_seconds);
	jput_key(&j, "tool_signature_hash");
	jput_null(&j);
	jput_kstr(&j, "compression_strategy", str_c(o->strategy));
	jput_kstr(&j, "content_kind", str_c(o->kind));
	jput_kint(&j, "retrieval_count", 0);
	jput_key(&j, "search_queries");
	jput_array(&j);
	jput_end(&j);
	jput_key(&j, "last_accessed");
	jput_null(&j);
	jput_end(&j);
}

static enum status put_row(struct originals *s, const struct original *o, int64_t now, struct buf *json,
			   struct error *err)
{
	bool text = utf8_valid(o->text);
	struct cursor c;
	enum status status = db_query(s->store, QUERY_ORIGINAL_PUT, &c, err);

	if (status != STATUS_OK)
		return status;
	buf_clear(json);
	put_entry(json, o, text, now);
	if (json->full)
		return error_set(err, STATUS_LIMIT, "an original of %zu bytes is too large to be kept",
				 o->text.n);
	db_put_str(&c, str_c(o->hash));
	db_put_str(&c, buf_str(json));
	db_put_real(&c, (double)now / SECOND);
	db_put_int(&c, o->ttl_seconds);
	db_put_int(&c, (int64_t)(json->n + (text ? 0 : o->text.n)));
	if (text)
		db_put_null(&c);
	else
		db_put_blob(&c, o->text);
	return db_run(s->store, &c, err);
}

enum status originals_put(struct originals *s, const struct original *rows, size_t n, struct error *err)
{
	int64_t now = env_now_ms(), bytes = 0;
	enum status status;
	struct buf json;

	for (size_t i = 0; i < n; i++)
		bytes += (int64_t)(rows[i].text.n + rows[i].shorter.n);
	if (n > s->max_rows || bytes > s->max_bytes)
		return error_set(err, STATUS_LIMIT, "%zu originals of %lld bytes are more than can be kept",
				 n, (long long)bytes);
	status = store_begin(s->store, err);
	if (status != STATUS_OK)
		return status;
	buf_init(&json, MAX_ENTRY);
	status = purge(s, now, err);
	for (size_t i = 0; i < n && status == STATUS_OK; i++)
		status = put_row(s, &rows[i], now, &json, err);
	if (status == STATUS_OK)
		status = evict(s, now, err);
	if (status == STATUS_OK)
		status = store_commit(s->store, err);
	if (status != STATUS_OK)
		store_rollback(s->store);
	buf_release(&json);
	return status;
}

/* ---- reading ---- */

static size_t size_of(struct jval object, const char *key)
{
	int64_t n = jval_i64(jget(object, key), 0);

	return n < 0 ? 0 : (size_t)n;
}

static void read_entry(struct arena *a, str json, str blob, struct original_row *row)
{
	struct jval v = jval_of(arena_str(a, json));
	struct original *o = &row->o;

	o->text = blob.p ? arena_str(a, blob) : jval_str(a, jget(v, "original_content"));
	o->shorter = jval_str(a, jget(v, "compressed_content"));
	o->tokens = size_of(v, "original_tokens");
	o->shorter_tokens = size_of(v, "compressed_tokens");
	o->items = size_of(v, "original_item_count");
	o->shorter_items = size_of(v, "compressed_item_count");
	o->tool = jval_str(a, jget(v, "tool_name"));
	o->call_id = jval_str(a, jget(v, "tool_call_id"));
	o->query = jval_str(a, jget(v, "query_context"));
	row->strategy = jval_str(a, jget(v, "compression_strategy"));
	row->kind = jval_str(a, jget(v, "content_kind"));
}

/* Hashes are hexadecimal; models like to shout them. */
static bool normal_hash(str hash, char out[static ORIGINAL_HASH + 1])
{
	if (hash.n != ORIGINAL_HASH)
		return false;
	for (size_t i = 0; i < ORIGINAL_HASH; i++) {
		char c = hash.p[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		out[i] = c;
	}
	out[ORIGINAL_HASH] = '\0';
	return true;
}

/* STATUS_OK with the row; STATUS_DONE if there is none that lives. */
static enum status read_row(struct originals *s, struct arena *a, const char *hash, int64_t now,
			    struct original_row *row, struct error *err)
{
	str json, blob;
	struct cursor c;
	enum status status = db_query(s->store, QUERY_ORIGINAL_GET, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, str_c(hash));
	status = db_step(s->store, &c, err);
	if (status != STATUS_OK)
		return status;
	json = db_get_raw(&c);
	*row = (struct original_row){ .created_ms = (int64_t)(db_get_real(&c) * SECOND) };
	row->o.ttl_seconds = (long)db_get_int(&c);
	row->used_ms = (int64_t)(db_get_real(&c) * SECOND);
	blob = db_get_raw(&c);
	row->retrievals = db_get_u32(&c);
	row->queries = db_get_str(&c, a);
	row->expires_ms = row->used_ms + (int64_t)row->o.ttl_seconds * (int64_t)SECOND;
	if (row->expires_ms <= now) {
		status = STATUS_DONE;
	} else {
		read_entry(a, json, blob, row);
		memcpy(row->o.hash, hash, sizeof(row->o.hash));
	}
	db_done(&c);
	return status;
}

/* The queries with one more at the end, each once, the newest ORIGINALS_QUERIES of them. */
static str remember_query(struct arena *a, str queries, str query)
{
	struct buf b;
	str rest, line, kept;
	size_t n = 1;

	if (query.n == 0)
		return queries;
	rest = queries;
	while (str_line(&rest, &line))
		n += !str_eq(line, query);
	buf_init(&b, SIZE_MAX);
	rest = queries;
	while (str_line(&rest, &line)) {
		if (str_eq(line, query) || n-- > ORIGINALS_QUERIES)
			continue;
		buf_add(&b, line);
		buf_add_ch(&b, '\n');
	}
	for (size_t i = 0; i < query.n; i++)
		buf_add_ch(&b, query.p[i] == '\n' ? ' ' : query.p[i]);
	kept = arena_str(a, buf_str(&b));
	buf_release(&b);
	return kept;
}

static enum status touch(struct originals *s, struct arena *a, const struct original_row *row, str query,
			 int64_t now, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s->store, QUERY_ORIGINAL_TOUCH, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, str_c(row->o.hash));
	db_put_real(&c, (double)now / SECOND);
	db_put_str(&c, remember_query(a, row->queries, query));
	return db_run(s->store, &c, err);
}

static enum status say_gone(struct originals *s, const char *hash, bool expired, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s->store, QUERY_ORIGINAL_GONE, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(&c, str_c(hash));
	status = expired ? STATUS_DONE : db_step(s->store, &c, err);
	if (status == STATUS_OK)
		expired = db_get_int(&c) != 0;
	else if (status != STATUS_DONE)
		return status;
	db_done(&c);
	if (expired)
		return error_set(err, STATUS_CHANGED, "%s: expired: the original is no longer kept", hash);
	if (status == STATUS_OK)
		return error_set(err, STATUS_CHANGED,
				 "%s: gave way to newer ones: the original is no longer kept", hash);
	return error_set(err, STATUS_NOT_FOUND, "%s: no original of that hash was ever kept here", hash);
}

enum status originals_get(struct originals *s, struct arena *a, str hash, str query, struct original_row *out,
			  struct error *err)
{
	char name[ORIGINAL_HASH + 1];
	int64_t now = env_now_ms();
	struct original_row row = { 0 };
	enum status status;

	if (!normal_hash(hash, name))
		return error_set(err, STATUS_NOT_FOUND, "'%.*s' is no hash: those have %d hexadecimal digits",
				 STR_ARG(str_sub(hash, 0, 64)), ORIGINAL_HASH);
	status = read_row(s, a, name, now, &row, err);
	if (status == STATUS_DONE)
		return say_gone(s, name, row.created_ms != 0, err);
	if (status != STATUS_OK)
		return status;
	/* that it is read must not fail because it cannot be written down */
	if (touch(s, a, &row, query, now, NULL) == STATUS_OK)
		row.retrievals++;
	*out = row;
	return STATUS_OK;
}

/* The row without counting, and without its texts, which end here. */
static bool peek(struct originals *s, str hash, struct original_row *row)
{
	char name[ORIGINAL_HASH + 1];
	struct arena a;
	bool has;

	if (!normal_hash(hash, name))
		return false;
	arena_init(&a);
	has = read_row(s, &a, name, env_now_ms(), row, NULL) == STATUS_OK;
	arena_release(&a);
	return has;
}

bool originals_has(struct originals *s, str hash)
{
	struct original_row row;

	return peek(s, hash, &row);
}

uint32_t originals_retrievals(struct originals *s, str hash)
{
	struct original_row row;

	return peek(s, hash, &row) ? row.retrievals : 0;
}
