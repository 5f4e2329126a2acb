/*
 * files: the rows of the index and the segments of their digests.
 */
#include "core/store/store.h"

#include "core/store/db.h"

/* Neighbours mostly agree in these; then the string of the row before serves both. */
static str get_shared(struct cursor *c, struct arena *a, str before)
{
	str raw = db_get_raw(c);

	return str_eq(raw, before) ? before : arena_str(a, raw);
}

/*
 * The numbers of a row are one column, because reading a column costs more than reading a number.  They are in the
 * byte order of the machine, which a database does not leave; numbers of another size are read as zeros, whereupon the
 * file is read again.
 */
enum mark {
	MARK_DEVICE,
	MARK_INODE,
	MARK_SIZE,
	MARK_OFFSET,
	MARK_TAIL_HASH,
	MARK_MTIME,
	MARK_FIRST,
	MARK_LAST,
	MARK_LINE,
	MARK_SEGMENTS,
	MARK_SKIPPED,
	MARK_UNKNOWN,
	MARK_CALLS,
	MARK_FAILURES,
	MARK_COUNT
};

static void get_marks(struct cursor *c, struct file_row *row)
{
	uint64_t marks[MARK_COUNT] = { 0 };
	str raw = db_get_raw(c);

	if (raw.n == sizeof(marks))
		memcpy(marks, raw.p, sizeof(marks));
	row->device = marks[MARK_DEVICE];
	row->inode = marks[MARK_INODE];
	row->size = marks[MARK_SIZE];
	row->offset = marks[MARK_OFFSET];
	row->tail_hash = marks[MARK_TAIL_HASH];
	row->mtime_ns = (int64_t)marks[MARK_MTIME];
	row->first_ms = (int64_t)marks[MARK_FIRST];
	row->last_ms = (int64_t)marks[MARK_LAST];
	row->line = (uint32_t)marks[MARK_LINE];
	row->segments = (uint32_t)marks[MARK_SEGMENTS];
	row->lines_skipped = (uint32_t)marks[MARK_SKIPPED];
	row->unknown_kinds = (uint32_t)marks[MARK_UNKNOWN];
	row->calls = (uint32_t)marks[MARK_CALLS];
	row->failures = (uint32_t)marks[MARK_FAILURES];
}

static void fill_marks(const struct file_row *row, uint64_t marks[MARK_COUNT])
{
	marks[MARK_DEVICE] = row->device;
	marks[MARK_INODE] = row->inode;
	marks[MARK_SIZE] = row->size;
	marks[MARK_OFFSET] = row->offset;
	marks[MARK_TAIL_HASH] = row->tail_hash;
	marks[MARK_MTIME] = (uint64_t)row->mtime_ns;
	marks[MARK_FIRST] = (uint64_t)row->first_ms;
	marks[MARK_LAST] = (uint64_t)row->last_ms;
	marks[MARK_LINE] = row->line;
	marks[MARK_SEGMENTS] = row->segments;
	marks[MARK_SKIPPED] = row->lines_skipped;
	marks[MARK_UNKNOWN] = row->unknown_kinds;
	marks[MARK_CALLS] = row->calls;
	marks[MARK_FAILURES] = row->failures;
}

static void get_row(struct cursor *c, struct arena *a, const struct file_row *before, struct file_row *row)
{
	row->id = db_get_int(c);
	row->agent = get_shared(c, a, before->agent);
	row->path = db_get_str(c, a);
	row->group = get_shared(c, a, before->group);
	row->parent = get_shared(c, a, before->parent);
	row->first_cwd = get_shared(c, a, before->first_cwd);
	row->present = db_get_int(c) != 0;
	get_marks(c, row);
}

struct place {
	str path;
	size_t at;
};

static int by_path(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

/* Sorts rows that are large by their places, then moves each once: new[i] = old[places[i].at], cycle by cycle. */
static void sort_rows(struct file_row *rows, size_t n)
{
	struct place *place;
	struct vec places;

	vec_init(&places, sizeof(struct place));
	for (size_t i = 0; i < n; i++)
		*(struct place *)vec_push(&places) = (struct place){ rows[i].path, i };
	vec_sort(&places, by_path);
	place = places.p;
	for (size_t i = 0; i < n; i++) {
		struct file_row first = rows[i];
		size_t to = i;

		while (place[to].at != i) {
			size_t from = place[to].at;

			rows[to] = rows[from];
			place[to].at = to;
			to = from;
		}
		rows[to] = first;
		place[to].at = to;
	}
	vec_release(&places);
}

/* The order is made here because reading the table in the order of its index takes twice as long. */
enum status store_files(struct store *s, struct arena *a, struct vec *rows, struct error *err)
{
	struct file_row row = { 0 };
	size_t before = rows->n;
	struct cursor c;
	enum status status = db_query(s, QUERY_FILES, &c, err);

	if (status != STATUS_OK)
		return status;
	while ((status = db_step(s, &c, err)) == STATUS_OK) {
		struct file_row last = row;

		get_row(&c, a, &last, &row);
		*(struct file_row *)vec_push(rows) = row;
	}
	if (status != STATUS_DONE) {
		rows->n = before;
		return status;
	}
	if (rows->n > before)
		sort_rows(vec_at(rows, before), rows->n - before);
	return STATUS_OK;
}

static enum status query_file(struct store *s, enum query q, const struct file_row *row,
			      const uint64_t marks[MARK_COUNT], struct cursor *c, struct error *err)
{
	enum status status = db_query(s, q, c, err);

	if (status != STATUS_OK)
		return status;
	db_put_str(c, row->agent);
	db_put_str(c, row->path);
	db_put_str(c, row->group);
	db_put_str(c, row->parent);
	db_put_str(c, row->first_cwd);
	db_put_int(c, row->present);
	db_put_blob(c, (str){ (const char *)marks, MARK_COUNT * sizeof(*marks) });
	return db_step(s, c, err);
}

/* Most rows are new, and then the plain statement takes half the time. */
static enum status add_file(struct store *s, struct file_row *row, const uint64_t marks[MARK_COUNT],
			    struct error *err)
{
	struct cursor c;
	enum status status = query_file(s, QUERY_FILE_ADD, row, marks, &c, err);

	if (status == STATUS_DONE && sqlite3_changes(s->db) == 1)
		row->id = sqlite3_last_insert_rowid(s->db);
	return status == STATUS_DONE ? STATUS_OK : status;
}

enum status store_file_put(struct store *s, struct file_row *row, struct error *err)
{
	uint64_t marks[MARK_COUNT];
	bool known = row->id != 0;
	enum status status;
	struct cursor c;
	int64_t id;

	fill_marks(row, marks);
	status = known ? STATUS_OK : add_file(s, row, marks, err);
	if (status != STATUS_OK || (!known && row->id))
		return status;
	status = query_file(s, QUERY_FILE_PUT, row, marks, &c, err);
	if (status != STATUS_OK)
		return status;
	id = db_get_int(&c);
	status = db_run(s, &c, err);
	if (status == STATUS_OK)
		row->id = id;
	return status;
}

static enum status run_by_id(struct store *s, enum query q, int64_t id, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, q, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_int(&c, id);
	return db_run(s, &c, err);
}

enum status store_file_absent(struct store *s, int64_t id, struct error *err)
{
	return run_by_id(s, QUERY_FILE_ABSENT, id, err);
}

enum status store_file_delete(struct store *s, int64_t id, struct error *err)
{
	enum status status = store_segment_cut(s, id, 0, err);

	return status == STATUS_OK ? run_by_id(s, QUERY_FILE_DELETE, id, err) : status;
}

/* ---- segments ---- */

#define RECENT_MAX ((size_t)20 << 20) /* bytes; a gigabyte of logs gives some fifteen megabytes of segments */

#define SEGMENT_BITS 24 /* 16 million segments of thousands of entries: more than a file can have */

static int64_t place_of(int64_t file, uint32_t segment)
{
	return (int64_t)((uint64_t)file << SEGMENT_BITS | segment);
}

static void remember(struct store *s, int64_t file, uint32_t segment, str packed)
{
	if (!s->recent_parts.size) {
		map64_init(&s->recent);
		vec_init(&s->recent_parts, sizeof(struct buf));
	}
	uint64_t *at = map64_get(&s->recent, (uint64_t)place_of(file, segment));
	if (!at && s->recent_bytes + packed.n > RECENT_MAX)
		return;
	if (!at) {
		buf_init(vec_push(&s->recent_parts), SIZE_MAX);
		at = map64_put(&s->recent, (uint64_t)place_of(file, segment), NULL);
		*at = s->recent_parts.n;
	}
	struct buf *part = vec_at(&s->recent_parts, *at - 1);
	s->recent_bytes += packed.n - part->n;
	buf_clear(part);
	buf_add(part, packed);
}

void files_forget_recent(struct store *s)
{
	for (size_t i = 0; i < s->recent_parts.n; i++)
		buf_release(vec_at(&s->recent_parts, i));
	if (s->recent_parts.size) {
		vec_release(&s->recent_parts);
		map64_release(&s->recent);
	}
	s->recent_parts.size = 0;
	s->recent_bytes = 0;
}

enum status store_segment_put(struct store *s, int64_t file, uint32_t segment, str packed, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, QUERY_SEGMENT_PUT, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_int(&c, place_of(file, segment));
	db_put_blob(&c, packed);
	status = db_run(s, &c, err);
	if (status == STATUS_OK)
		remember(s, file, segment, packed);
	return status;
}

bool store_segment_held(const struct store *s, int64_t file, uint32_t segment, str *out)
{
	const uint64_t *at =
		s->recent_parts.n ? map64_get(&s->recent, (uint64_t)place_of(file, segment)) : NULL;

	if (at)
		*out = buf_str(vec_at(&s->recent_parts, *at - 1));
	return at != NULL;
}

enum status store_segment_get(struct store *s, int64_t file, uint32_t segment, struct buf *out,
			      struct error *err)
{
	struct cursor c;
	str held;
	if (store_segment_held(s, file, segment, &held)) {
		return buf_add(out, held)
			       ? STATUS_OK
			       : error_set(err, STATUS_LIMIT, "part %u of file %lld is too large", segment,
					   (long long)file);
	}
	enum status status = db_query(s, QUERY_SEGMENT_GET, &c, err);

	if (status != STATUS_OK)
		return status;
	db_put_int(&c, place_of(file, segment));
	status = db_step(s, &c, err);
	if (status == STATUS_DONE)
		return error_set(err, STATUS_NOT_FOUND, "the index has no part %u of file %lld", segment,
				 (long long)file);
	if (status != STATUS_OK)
		return status;
	if (!buf_add(out, db_get_raw(&c)))
		status = error_set(err, STATUS_LIMIT, "part %u of file %lld is too large", segment,
				   (long long)file);
	db_done(&c);
	return status;
}

enum status store_segment_cut(struct store *s, int64_t file, uint32_t segment, struct error *err)
{
	struct cursor c;
	enum status status = db_query(s, QUERY_SEGMENT_CUT, &c, err);

	files_forget_recent(s);
	if (status != STATUS_OK)
		return status;
	db_put_int(&c, place_of(file, segment));
	db_put_int(&c, place_of(file + 1, 0));
	return db_run(s, &c, err);
}
