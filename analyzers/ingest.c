#include "analyzers/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "analyzers/digest.h"
#include "core/base/fs.h"
#include "core/base/log.h"
#include "core/base/map.h"
#include "core/base/work.h"

#define TAIL_CHECKED \
	4096 /* bytes before the read position whose hash proves that a file was only appended to */
#define READY_BYTES (64u << 10) /* digests a worker holds back until nobody else is storing */
#define READY_MOST (4u << 20) /* so many it does not hold */
#define SEGMENT_BYTES (64u << 20) /* no segment of DIGEST_SEGMENT entries comes near this */

struct task {
	const struct scanner *scanner;
	struct session_file file;
	struct file_row *row;
	bool resume;
	uint32_t stored; /* segments of the row before this run */
};

/* A digest that is ready to be stored. */
struct ready {
	struct task *task;
	size_t at, n; /* its last segment in packed */
};

struct worker {
	void *reader; /* of `scanner` */
	const struct scanner *scanner;
	struct digest digest;
	struct buf packed;
	struct vec ready; /* of struct ready */
	struct arena keep; /* strings of the rows */
};

struct run {
	const struct ingest_options *o;
	struct store *store;
	struct ingest_result *r;
	struct arena *a; /* strings of the rows */
	struct task *tasks;
	size_t n;
	struct worker *workers;
	pthread_mutex_t lock; /* store, error */
	pthread_mutex_t counts; /* result, progress */
	struct error error;
	enum status status;
	uint64_t done, total;
};

void ingest_result_init(struct ingest_result *r)
{
	memset(r, 0, sizeof(*r));
	vec_init(&r->files, sizeof(struct file_row));
	vec_init(&r->looked, sizeof(str));
}

void ingest_result_release(struct ingest_result *r)
{
	vec_release(&r->files);
	vec_release(&r->looked);
}

static uint64_t hash_tail(str tail)
{
	return str_hash(tail) | 1;
}

/* Hash of the bytes before offset; 0 if they cannot be read. */
static uint64_t tail_hash(struct arena *a, str path, uint64_t offset)
{
	char tail[TAIL_CHECKED];
	size_t n = offset < TAIL_CHECKED ? (size_t)offset : TAIL_CHECKED, got = 0;
	int fd = open(arena_c(a, path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (got < n) {
		ssize_t k = pread(fd, tail + got, n - got, (off_t)(offset - n + got));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		got += (size_t)k;
	}
	close(fd);
	return got == n ? hash_tail((str){ tail, n }) : 0;
}

/* ---- one file ---------------------------------------------------------------------------------------------------- */

/* Stores what is ready; the caller holds the lock. */
static enum status store_ready(struct run *run, struct worker *w, struct error *err)
{
	enum status st = STATUS_OK;
	for (size_t i = 0; i < w->ready.n && st == STATUS_OK; i++) {
		const struct ready *d = vec_at(&w->ready, i);
		struct file_row *row = d->task->row;
		st = store_file_put(run->store, row, err);
		if (st == STATUS_OK)
			st = store_segment_put(run->store, row->id, row->segments - 1,
					       str_sub(buf_str(&w->packed), d->at, d->n), err);
		if (st == STATUS_OK && d->task->stored > row->segments)
			st = store_segment_cut(run->store, row->id, row->segments, err);
	}
	vec_clear(&w->ready);
	buf_clear(&w->packed);
	return st;
}

/* A full segment of a file that goes on: its row matches no file yet. */
static enum status save_segment(struct run *run, struct worker *w, struct file_row *row, struct error *err)
{
	pthread_mutex_lock(&run->lock);
	enum status st = store_ready(run, w, err);
	pthread_mutex_unlock(&run->lock);
	if (st != STATUS_OK)
		return st;
	digest_flush(&w->digest, false, &w->packed);
	pthread_mutex_lock(&run->lock);
	st = row->id ? STATUS_OK : store_file_put(run->store, row, err);
	if (st == STATUS_OK)
		st = store_segment_put(run->store, row->id, row->segments, buf_str(&w->packed), err);
	pthread_mutex_unlock(&run->lock);
	buf_clear(&w->packed);
	return st;
}

/* Puts the digest of what was read before into w->digest; otherwise the file is begun anew. */
static void prepare(struct run *run, struct worker *w, struct task *t)
{
	struct file_row *row = t->row;
	digest_clear(&w->digest);
	if (t->resume && row->segments > 0) {
		size_t before = w->packed.n;
		pthread_mutex_lock(&run->lock);
		enum status st = store_segment_get(run->store, row->id, row->segments - 1, &w->packed, NULL);
		pthread_mutex_unlock(&run->lock);
		t->resume =
			st == STATUS_OK && digest_resume(&w->digest, str_from(buf_str(&w->packed), before));
		buf_cut(&w->packed, before);
		row->segments -= t->resume;
	}
	if (t->resume) {
		w->digest.first_cwd = arena_str(&w->digest.keep, row->first_cwd);
		w->digest.first_ms = row->first_ms;
		w->digest.last_ms = row->last_ms;
		w->digest.calls = row->calls;
		w->digest.failures = row->failures;
		return;
	}
	digest_clear(&w->digest);
	row->offset = 0;
	row->line = 1;
	row->segments = 0;
	row->lines_skipped = row->unknown_kinds = 0;
	row->first_cwd = (str){ NULL, 0 };
}

static enum status read_events(struct run *run, struct worker *w, struct task *t, struct error *err)
{
	struct event ev;
	enum status st;
	while ((st = t->scanner->next(w->reader, &ev, err)) == STATUS_OK) {
		digest_event(&w->digest, &ev);
		if (!w->digest.full)
			continue;
		if (work_interrupted())
			return STATUS_INTERRUPTED;
		if ((st = save_segment(run, w, t->row, err)) != STATUS_OK)
			return st;
		t->row->segments++;
	}
	return st == STATUS_DONE ? STATUS_OK : st;
}

static void tell_progress(struct run *run, uint64_t read, uint64_t done)
{
	pthread_mutex_lock(&run->counts);
	run->r->bytes_read += read;
	run->done += done;
	if (run->o->progress)
		run->o->progress(run->o->progress_ctx, run->done, run->total);
	pthread_mutex_unlock(&run->counts);
}

/* Storing is one thread's business at a time: whoever finds it busy goes on reading first. */
static enum status finish(struct run *run, struct worker *w, struct task *t, struct error *err)
{
	struct file_row *row = t->row;
	struct scan_stats stats = { 0 };
	char tail[TAIL_CHECKED];
	uint64_t offset;
	uint32_t line;
	t->scanner->position(w->reader, &offset, &line, &stats);
	size_t n = offset < TAIL_CHECKED ? (size_t)offset : TAIL_CHECKED;
	bool held = t->scanner->tail(w->reader, tail, n);
	row->tail_hash =
		held ? hash_tail((str){ tail, n }) : tail_hash(&w->digest.scratch, row->path, offset);
	row->segments++;
	row->first_cwd = arena_str(&w->keep, w->digest.first_cwd);
	row->offset = offset;
	row->line = line;
	row->lines_skipped += stats.skipped;
	row->unknown_kinds += stats.unknown_kinds;
	row->calls = w->digest.calls;
	row->failures = w->digest.failures;
	row->first_ms = w->digest.first_ms;
	row->last_ms = w->digest.last_ms;
	row->device = t->file.device;
	row->inode = t->file.inode;
	row->size = t->file.size;
	row->mtime_ns = t->file.mtime_ns;
	struct ready *d = vec_push(&w->ready);
	*d = (struct ready){ .task = t, .at = w->packed.n };
	digest_flush(&w->digest, true, &w->packed);
	d->n = w->packed.n - d->at;
	tell_progress(run, stats.bytes, t->file.size);
	if (w->packed.n < READY_BYTES)
		return STATUS_OK;
	if (w->packed.n >= READY_MOST)
		pthread_mutex_lock(&run->lock);
	else if (pthread_mutex_trylock(&run->lock) != 0)
		return STATUS_OK;
	enum status st = store_ready(run, w, err);
	pthread_mutex_unlock(&run->lock);
	return st;
}

static bool run_task(void *ctx, int worker, size_t item)
{
	struct run *run = ctx;
	struct worker *w = &run->workers[worker];
	struct task *t = &run->tasks[item];
	struct error err = { 0 };
	if (work_interrupted())
		return false;
	if (w->scanner != t->scanner) {
		if (w->reader)
			w->scanner->close(w->reader);
		w->scanner = t->scanner;
		w->reader = t->scanner->open(false);
	}
	prepare(run, w, t);
	t->row->size = 0; /* until it is finished the row matches no file */
	enum status st = t->scanner->start(w->reader, &t->file, t->row->offset, t->row->line, &err);
	if (st == STATUS_OK)
		st = read_events(run, w, t, &err);
	if (st == STATUS_OK)
		st = finish(run, w, t, &err);
	if (st == STATUS_OK)
		return true;
	bool readable = st != STATUS_DENIED && st != STATUS_NOT_FOUND;
	pthread_mutex_lock(&run->lock);
	if (!readable) { /* another user's or a vanished log: counted, the rest goes on */
		pthread_mutex_lock(&run->counts);
		run->r->unreadable++;
		pthread_mutex_unlock(&run->counts);
		log_debug("unreadable log: %s", err.message);
	} else if (run->status == STATUS_OK) {
		run->status = st;
		run->error = err;
	}
	pthread_mutex_unlock(&run->lock);
	return !readable;
}

/* ---- what is to be read ------------------------------------------------------------------------------------------ */

static int largest_first(const void *a, const void *b)
{
	const struct task *x = a, *y = b;
	uint64_t n = x->file.size - (x->resume ? x->row->offset : 0),
		 m = y->file.size - (y->resume ? y->row->offset : 0);
	return n == m ? str_cmp(x->file.path, y->file.path) : n > m ? -1 : 1;
}

static bool unchanged(const struct file_row *row, const struct session_file *f)
{
	return row->size == f->size && row->mtime_ns == f->mtime_ns && row->inode == f->inode &&
	       row->device == f->device;
}

static void plan(struct run *run, const struct scanner *scanner, const struct vec *files,
		 const struct map *known, struct vec *fresh, struct vec *tasks)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct session_file *f = vec_at(files, i);
		struct file_row *row = map_get(known, f->path);
		run->r->found++;
		run->r->bytes += f->size;
		if (row) {
			row->present = true;
			if (!run->o->reindex && unchanged(row, f))
				continue;
		} else {
			row = arena_alloc(run->a, sizeof(*row));
			row->agent = str_c(scanner->name);
			row->path = f->path;
			row->group = f->group;
			row->parent = f->parent;
			row->present = true;
			*(struct file_row **)vec_push(fresh) = row;
		}
		struct task *t = vec_push(tasks);
		*t = (struct task){ .scanner = scanner, .file = *f, .row = row, .stored = row->segments };
		t->resume = !run->o->reindex && row->id && row->segments && row->inode == f->inode &&
			    row->device == f->device && f->size >= row->offset &&
			    row->tail_hash == tail_hash(run->a, f->path, row->offset);
	}
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct file_row *)a)->path, ((const struct file_row *)b)->path);
}

/* What the workers still hold, also after an interruption. */
static void store_rest(struct run *run, int jobs)
{
	struct error err;
	for (int i = 0; i < jobs; i++) {
		if (run->status != STATUS_OK && run->status != STATUS_INTERRUPTED)
			return;
		enum status st = store_ready(run, &run->workers[i], &err);
		if (st == STATUS_OK)
			continue;
		run->status = st;
		run->error = err;
	}
}

static void release_arena(void *arena)
{
	arena_release(arena);
}

static enum status read_all(struct run *run, struct vec *tasks, struct error *err)
{
	vec_sort(tasks, largest_first);
	run->tasks = tasks->p;
	run->n = tasks->n;
	for (size_t i = 0; i < tasks->n; i++)
		run->total += run->tasks[i].file.size;
	int jobs = run->o->jobs < 1 ? 1 : run->o->jobs;
	if ((size_t)jobs > tasks->n)
		jobs = (int)tasks->n;
	run->workers = arena_array(run->a, (size_t)jobs, sizeof(*run->workers));
	for (int i = 0; i < jobs; i++) {
		digest_init(&run->workers[i].digest);
		buf_init(&run->workers[i].packed, SEGMENT_BYTES);
		vec_init(&run->workers[i].ready, sizeof(struct ready));
		arena_init(&run->workers[i].keep);
		arena_defer(run->a, release_arena, &run->workers[i].keep);
	}
	enum status st = store_begin(run->store, err);
	if (st == STATUS_OK) {
		work_run(jobs, run->n, run_task, run);
		store_rest(run, jobs);
		run->r->interrupted = work_interrupted();
		st = run->status == STATUS_INTERRUPTED ? STATUS_OK : run->status;
		if (st != STATUS_OK && err)
			*err = run->error;
		enum status committed = store_commit(run->store, st == STATUS_OK ? err : NULL);
		if (st == STATUS_OK)
			st = committed;
	}
	for (int i = 0; i < jobs; i++) {
		struct worker *w = &run->workers[i];
		if (w->reader)
			w->scanner->close(w->reader);
		digest_release(&w->digest);
		vec_release(&w->ready);
		buf_release(&w->packed);
	}
	return st;
}

/* Digests of another version are read again from the logs that are still there. */
static bool version_changed(struct store *store)
{
	struct buf b;
	char now[16];
	buf_init(&b, 64);
	snprintf(now, sizeof(now), "%d", DIGEST_VERSION);
	enum status st = store_doc_get(store, STR("index"), STR("version"), &b, NULL);
	bool same = st == STATUS_OK && str_eq_c(buf_str(&b), now);
	if (!same)
		store_doc_put(store, STR("index"), STR("version"), str_c(now), NULL);
	buf_release(&b);
	return !same && st == STATUS_OK;
}

enum status ingest_run(struct arena *a, struct store *store, const struct ingest_options *o,
		       struct ingest_result *r, struct error *err)
{
	struct ingest_options again = *o;
	again.reindex |= version_changed(store);
	again.roots.jobs = o->jobs;
	o = &again;
	struct run run = { .o = o, .store = store, .r = r, .a = a };
	struct vec fresh, tasks, files;
	struct map known;
	enum status st = store_files(store, a, &r->files, err);
	if (st != STATUS_OK)
		return st;
	vec_init(&fresh, sizeof(struct file_row *));
	vec_init(&tasks, sizeof(struct task));
	vec_init(&files, sizeof(struct session_file));
	map_init(&known);
	pthread_mutex_init(&run.lock, NULL);
	pthread_mutex_init(&run.counts, NULL);
	for (size_t i = 0; i < r->files.n; i++) {
		struct file_row *row = vec_at(&r->files, i);
		row->present = false;
		map_put(&known, row->path, NULL)->value = row;
	}
	for (size_t i = 0; st == STATUS_OK && o->scanners[i]; i++) {
		o->scanners[i]->roots(a, &o->roots, &r->looked);
		vec_clear(&files);
		st = o->scanners[i]->discover(a, &o->roots, o->projects, o->projects_n, &files, err);
		if (st == STATUS_OK)
			plan(&run, o->scanners[i], &files, &known, &fresh, &tasks);
	}
	if (st == STATUS_OK && tasks.n)
		st = read_all(&run, &tasks, err);
	for (size_t i = 0; i < fresh.n; i++)
		*(struct file_row *)vec_push(&r->files) = **(struct file_row **)vec_at(&fresh, i);
	if (fresh.n)
		vec_sort(&r->files, by_path);
	for (size_t i = 0; i < r->files.n; i++) {
		const struct file_row *row = vec_at(&r->files, i);
		r->lines_skipped += row->present ? row->lines_skipped : 0;
		r->unknown_kinds += row->present ? row->unknown_kinds : 0;
	}
	pthread_mutex_destroy(&run.lock);
	pthread_mutex_destroy(&run.counts);
	map_release(&known);
	vec_release(&fresh);
	vec_release(&tasks);
	vec_release(&files);
	return st;
}
