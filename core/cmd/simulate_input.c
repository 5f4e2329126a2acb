#include "core/cmd/simulate_input.h"

#include <errno.h>
#include <fts.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzers/project.h"
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/work.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"
#include "core/json/jsonl.h"
#include "core/simulate/captured.h"
#include "core/simulate/replay.h"

#define SESSION_KEY "\"sessionId\"" /* in every record of a session, and in no request */
#define LINES_FOR_FOLDER 200 /* of a log, in which its first record with a folder is looked for */

/* ---- captured requests ---- */

static void add_file(struct arena *a, const char *path, uint64_t size, struct vec *out)
{
	struct simulate_source *s = vec_push(out);

	*s = (struct simulate_source){ .path = arena_c(a, str_c(path)), .size = size };
	s->name = str_c(s->path);
}

static bool is_capture(const char *name)
{
	str n = str_c(name);

	return str_ends(n, STR(".json")) || str_ends(n, STR(".jsonl")) || str_ends(n, STR(".ndjson"));
}

static enum status walk_folder(struct arena *a, const char *path, struct vec *out, struct error *err)
{
	char *const roots[] = { arena_c(a, str_c(path)), NULL };
	size_t before = out->n;
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (!fts)
		return error_errno(err, errno, "%s", path);
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_D && e->fts_level > 0 && e->fts_name[0] == '.')
			fts_set(fts, e, FTS_SKIP);
		if (e->fts_info == FTS_F && is_capture(e->fts_name))
			add_file(a, e->fts_path, (uint64_t)e->fts_statp->st_size, out);
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
		    (e->fts_info == FTS_NS && is_capture(e->fts_name)))
			add_file(a, e->fts_path, 0, out);
	}
	fts_close(fts);
	if (out->n == before)
		return error_set(err, STATUS_NOT_FOUND, "%s: no .json or .jsonl file in it", path);
	return STATUS_OK;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct simulate_source *)a)->name, ((const struct simulate_source *)b)->name);
}

enum status simulate_find_files(struct arena *a, const struct vec *operands, struct vec *out,
				struct error *err)
{
	enum status status = STATUS_OK;
	struct stat st;

	for (size_t i = 0; i < operands->n && status == STATUS_OK; i++) {
		const char *path = *(char **)vec_at(operands, i);

		if (strcmp(path, "-") == 0)
			add_file(a, path, 0, out);
		else if (stat(path, &st) != 0)
			add_file(a, path, 0, out);
		else if (S_ISDIR(st.st_mode))
			status = walk_folder(a, path, out, err);
		else
			add_file(a, path, (uint64_t)st.st_size, out);
	}
	vec_sort(out, by_name);
	return status;
}

/* ---- sessions ---- */

/* The folder of the first record that tells one; folders of agents' logs are only named like a project's. */
static str folder_of(struct arena *a, const struct session_file *file)
{
	struct jsonl *lines = jsonl_open(arena_c(a, file->path), 0, 1, NULL);
	struct jsonl_line line;
	str folder = { NULL, 0 };

	for (int i = 0; lines && i < LINES_FOR_FOLDER && !folder.n; i++) {
		if (jsonl_next(lines, &line, NULL) != STATUS_OK)
			break;
		folder = arena_str(a, jval_str(a, jget(jval_of(line.text), "cwd")));
	}
	jsonl_free(lines);
	return folder;
}

static str session_of(const struct session_file *f)
{
	str base = path_base(f->path);

	if (f->parent.n)
		return f->parent;
	return str_ends(base, STR(".jsonl")) ? str_sub(base, 0, base.n - strlen(".jsonl")) : base;
}

static bool is_wanted(struct arena *a, const struct simulate_wanted *w, const struct project *project,
		      const struct session_file *f)
{
	str rel;

	if (w->session)
		return str_starts_c(session_of(f), w->session);
	return w->all || project_owns(project, project_portable(a, folder_of(a, f)), &rel);
}

static void add_session(struct map *known, const struct scanner *scanner, const struct session_file *f,
			struct vec *out)
{
	str id = session_of(f);
	bool fresh = false;
	struct map_entry *e = map_put(known, id, &fresh);
	struct simulate_source *s;

	if (fresh) {
		s = vec_push(out);
		*s = (struct simulate_source){ .scanner = scanner, .name = id };
		vec_init(&s->files, sizeof(struct session_file));
		e->value = (void *)(uintptr_t)out->n;
	}
	s = vec_at(out, (uintptr_t)e->value - 1);
	*(struct session_file *)vec_push(&s->files) = *f;
	s->size += f->size;
}

static enum status none_found(const struct simulate_wanted *w, const struct project *project,
			      const struct vec *looked, struct error *err)
{
	enum status status;
	struct buf places;

	buf_init(&places, 400);
	for (size_t i = 0; i < looked->n; i++)
		buf_printf(&places, "%s%.*s", i ? ", " : "", STR_ARG(*(str *)vec_at(looked, i)));
	if (w->session || w->all)
		status = error_set(err, STATUS_NOT_FOUND, "no session%s%s found; looked in %s",
				   w->session ? " " : "s", w->session ? w->session : "", buf_c(&places));
	else
		status =
			error_set(err, STATUS_NOT_FOUND,
				  "no sessions found for %.*s; looked in %s; --all takes every project, FILE "
				  "captured requests",
				  STR_ARG(project->root), buf_c(&places));
	buf_release(&places);
	return status;
}

enum status simulate_find_sessions(struct arena *a, const struct simulate_wanted *w, struct vec *out,
				   struct error *err)
{
	bool any = w->all || w->session;
	enum status status = STATUS_OK;
	struct vec found, looked;
	struct project project;
	struct map known;

	vec_init(&found, sizeof(struct session_file));
	vec_init(&looked, sizeof(str));
	map_init(&known);
	project_init(&project, a, w->project ? str_c(w->project) : env_cwd(a), NULL);
	for (size_t i = 0; scanners[i] && status == STATUS_OK; i++) {
		if (!scanners[i]->transcript)
			continue;
		scanners[i]->roots(a, &w->roots, &looked);
		vec_clear(&found);
		status = scanners[i]->discover(a, &w->roots, any ? NULL : project.spelled.p,
					       any ? 0 : project.spelled.n, &found, err);
		for (size_t k = 0; k < found.n && status == STATUS_OK; k++)
			if (is_wanted(a, w, &project, vec_at(&found, k)))
				add_session(&known, scanners[i], vec_at(&found, k), out);
	}
	if (status == STATUS_OK && out->n == 0)
		status = none_found(w, &project, &looked, err);
	vec_sort(out, by_name);
	project_release(&project);
	map_release(&known);
	vec_release(&looked);
	vec_release(&found);
	return status;
}

/* ---- reading ---- */

/* What came of a source. */
struct reading {
	const struct simulate_source *source;
	struct vec conversations; /* struct conversation * */
	uint32_t skipped, unreadable;
};

struct turn_to_read {
	size_t reading;
	uint64_t size;
};

struct readers {
	const struct sim_options *o;
	struct reading *readings;
	const struct turn_to_read *order; /* largest first */
	struct token_cache **caches; /* one a job */
	pthread_mutex_t lock; /* what follows */
	uint64_t done, total;
	int64_t shown;
	size_t failed; /* the first item that could not be read, and why */
	enum status status;
	struct error error;
};

static bool tell_piece(void *ctx, const struct piece *p)
{
	replay_piece(ctx, p);
	return !work_interrupted();
}

static enum status read_session(struct readers *all, struct reading *r, int worker, struct error *err)
{
	enum status status = STATUS_OK;
	struct arena *a = xcalloc(1, sizeof(*a));
	struct conversation *c;
	struct replay *replay;

	arena_init(a);
	c = arena_alloc(a, sizeof(*c));
	conversation_init(c, a, all->o->configs_n);
	*(struct conversation **)vec_push(&r->conversations) = c;
	c->source = arena_str(a, r->source->name);
	c->agent = str_c(r->source->scanner->name);
	replay = replay_new(c, all->o, all->caches[worker]);
	for (size_t i = 0; i < r->source->files.n && !work_interrupted(); i++) {
		const struct session_file *f = vec_at(&r->source->files, i);
		struct scan_stats stats = { 0 };
		enum status s = r->source->scanner->transcript(f, tell_piece, replay, &stats, err);

		if (s != STATUS_OK) {
			r->unreadable++;
			status = s;
		}
		r->skipped += stats.skipped;
		replay_next_log(replay);
	}
	replay_free(replay);
	return status;
}

static enum status read_capture(struct readers *all, struct reading *r, int worker, struct error *err)
{
	enum status status;
	struct buf text;

	buf_init(&text, REQUEST_MAX_BYTES);
	status = engine_read(r->source->path, &text, err);
	if (status == STATUS_OK)
		status = captured_read(buf_str(&text), r->source->name, all->o, all->caches[worker],
				       &r->conversations, &r->skipped, err);
	r->unreadable = status != STATUS_OK;
	if (status == STATUS_PARSE && str_has_c(buf_str(&text), SESSION_KEY))
		error_set(err, status, "%.*s: a session's log, not requests: name it with --session ID",
			  STR_ARG(r->source->name));
	buf_release(&text);
	return status;
}

static void show_progress(struct readers *all, uint64_t size)
{
	int64_t now = env_monotonic_us();

	all->done += size;
	if (!env_is_tty(STDERR_FILENO) || common_given()->quiet || now - all->shown < 100000)
		return;
	all->shown = now;
	fprintf(stderr, "\rsimulating: %.0f of %.0f MB", (double)all->done / 1e6, (double)all->total / 1e6);
	fflush(stderr);
}

/* One bad file among several does not keep the others from being read. */
static bool read_one(void *ctx, int worker, size_t item)
{
	struct readers *all = ctx;
	struct reading *r = &all->readings[all->order[item].reading];
	struct error err = { 0 };
	enum status status =
		r->source->scanner ? read_session(all, r, worker, &err) : read_capture(all, r, worker, &err);

	pthread_mutex_lock(&all->lock);
	if (status != STATUS_OK && (all->status == STATUS_OK || item < all->failed)) {
		all->failed = item;
		all->status = status;
		all->error = err;
	}
	show_progress(all, r->source->size);
	pthread_mutex_unlock(&all->lock);
	return !work_interrupted();
}

static int largest_first(const void *a, const void *b)
{
	const struct turn_to_read *x = a, *y = b;

	return x->size == y->size ? 0 : x->size > y->size ? -1 : 1;
}

static bool any_prompt(const struct simulate_run *run)
{
	for (size_t i = 0; i < run->conversations.n; i++)
		if ((*(struct conversation **)vec_at(&run->conversations, i))->prompts.n)
			return true;
	return false;
}

static enum status gather(struct simulate_run *run, struct readers *all, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct reading *r = &all->readings[i];

		for (size_t k = 0; k < r->conversations.n; k++)
			*(struct conversation **)vec_push(&run->conversations) =
				*(struct conversation **)vec_at(&r->conversations, k);
		run->skipped += r->skipped;
		run->unreadable += r->unreadable;
		run->files += r->source->scanner ? r->source->files.n : 1;
		vec_release(&r->conversations);
	}
	if (work_interrupted())
		return error_set(err, STATUS_INTERRUPTED, "interrupted; nothing was stored");
	if (all->status == STATUS_OK)
		return STATUS_OK;
	if (!any_prompt(run)) {
		*err = all->error;
		return all->status;
	}
	if (run->unreadable > 1)
		tell("headroom: %s (and %u more)\n", all->error.message, run->unreadable - 1);
	else
		tell("headroom: %s\n", all->error.message);
	return STATUS_OK;
}

enum status simulate_read(struct simulate_run *run, struct vec *sources, const struct sim_options *o,
			  int jobs, struct error *err)
{
	struct readers all = { .o = o };
	enum status status;
	struct vec order;

	jobs = (size_t)jobs < sources->n ? jobs : (int)sources->n;
	all.readings = arena_array(&run->arena, sources->n, sizeof(*all.readings));
	all.caches = arena_array(&run->arena, (size_t)jobs, sizeof(*all.caches));
	vec_init(&order, sizeof(struct turn_to_read));
	for (size_t i = 0; i < sources->n; i++) {
		all.readings[i].source = vec_at(sources, i);
		vec_init(&all.readings[i].conversations, sizeof(struct conversation *));
		*(struct turn_to_read *)vec_push(&order) =
			(struct turn_to_read){ i, all.readings[i].source->size };
		all.total += all.readings[i].source->size;
	}
	vec_sort(&order, largest_first);
	all.order = order.p;
	for (int i = 0; i < jobs; i++)
		all.caches[i] = token_cache_new();
	pthread_mutex_init(&all.lock, NULL);
	work_run(o->changed ? 1 : jobs, sources->n, read_one, &all);
	pthread_mutex_destroy(&all.lock);
	if (all.shown)
		fprintf(stderr, "\r\033[K");
	for (int i = 0; i < jobs; i++)
		token_cache_free(all.caches[i]);
	status = gather(run, &all, sources->n, err);
	vec_release(&order);
	return status;
}
