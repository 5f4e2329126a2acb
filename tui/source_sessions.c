/*
 * The sessions source: agents' logs on this machine, found anew at every poll and read where they have grown.
 */
#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/work.h"
#include "core/json/jget.h"
#include "core/json/jsonl.h"
#include "tui/sessions.h"

struct source {
	struct sessions s;
	char *folder, *file; /* named by the user, or NULL */
	struct totals totals;
	/* Of the last look. */
	int64_t newest_ns;
	size_t logs;
};

/* ---- a look at the logs ---- */

static bool unchanged(const struct session_log *log, const struct session_file *f)
{
	return log->size == f->size && log->mtime_ns == f->mtime_ns && log->inode == f->inode &&
	       log->device == f->device;
}

static int oldest_first(const void *a, const void *b)
{
	const struct session_file *x = &((const struct told *)a)->file, *y = &((const struct told *)b)->file;

	if (x->mtime_ns != y->mtime_ns)
		return x->mtime_ns < y->mtime_ns ? -1 : 1;
	return str_cmp(x->path, y->path);
}

/* The one log that was named, if it is of this agent: it lies below its folders, or nobody else's and this is the first. */
static void find_file(const struct source *src, const struct scanner *scanner, struct arena *a,
		      struct vec *files)
{
	const struct scanner *owner = scanners[0];
	struct session_file *file;
	struct stat st;
	struct vec dirs;

	vec_init(&dirs, sizeof(str));
	for (size_t i = 0; scanners[i]; i++) {
		vec_clear(&dirs);
		scanners[i]->roots(a, &src->s.o.roots, &dirs);
		for (size_t k = 0; k < dirs.n; k++)
			if (path_within(str_c(src->file), *(const str *)vec_at(&dirs, k)))
				owner = scanners[i];
	}
	vec_release(&dirs);
	if (scanner != owner || stat(src->file, &st) != 0)
		return;
	file = vec_push(files);
	*file = (struct session_file){ .path = str_c(src->file),
				       .device = (uint64_t)st.st_dev,
				       .inode = (uint64_t)st.st_ino,
				       .size = (uint64_t)st.st_size,
				       .mtime_ns =
					       (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec };
}

/* The logs of one agent that are new or have changed. */
static void look(struct source *src, const struct scanner *scanner, struct arena *a, struct vec *todo,
		 struct snapshot *out)
{
	struct scan_roots roots = src->s.o.roots;
	struct error err = { .message = "" };
	struct vec files;

	if (src->folder)
		roots.override = src->folder;
	vec_init(&files, sizeof(struct session_file));
	if (src->file)
		find_file(src, scanner, a, &files);
	else if (scanner->discover(a, &roots, NULL, 0, &files, &err))
		snapshot_warn(out, "%s", err.message);
	for (size_t i = 0; i < files.n; i++) {
		const struct session_file *f = vec_at(&files, i);
		struct session_log *log = map_get(&src->s.logs, f->path);
		struct told *t;

		if (!log && f->mtime_ns / 1000000 < src->s.o.since)
			continue;
		src->logs++;
		if (f->mtime_ns > src->newest_ns)
			src->newest_ns = f->mtime_ns;
		if (log)
			log->seen = true;
		if (log && log->error.n == 0 && unchanged(log, f))
			continue;
		t = vec_push(todo);
		t->scanner = scanner;
		t->file = *f;
		t->log = log;
	}
	vec_release(&files);
}

/* False if a log is no longer what was read: what it told must be forgotten, and is when all is read anew. */
static bool look_and_read(struct source *src, struct arena *a, struct snapshot *out)
{
	struct sessions *s = &src->s;
	bool same = true;
	struct vec todo;

	vec_init(&todo, sizeof(struct told));
	src->newest_ns = 0;
	src->logs = 0;
	for (size_t i = 0; i < s->logs.n; i++)
		((struct session_log *)s->logs.entries[i].value)->seen = false;
	for (size_t i = 0; scanners[i]; i++)
		look(src, scanners[i], a, &todo, out);
	for (size_t i = 0; i < s->logs.n; i++)
		same &= ((struct session_log *)s->logs.entries[i].value)->seen;
	vec_sort(&todo, oldest_first);
	if (same && todo.n > 0)
		sessions_read(a, todo.p, todo.n, &s->o);
	for (size_t i = 0; i < todo.n && same; i++)
		same = !((struct told *)vec_at(&todo, i))->replaced;
	for (size_t i = 0; i < todo.n; i++) {
		struct told *t = vec_at(&todo, i);

		if (same && (t->done || t->error.n > 0))
			sessions_add(s, t);
		told_release(t);
	}
	if (same && todo.n > 0) {
		sessions_name_projects(s);
		totals_sum(&src->totals, s);
	}
	vec_release(&todo);
	return same;
}

/* ---- the snapshot ---- */

/* Where it looked: the folders that exist, else all. */
static str name_of(const struct source *src, struct arena *a)
{
	struct scan_roots roots = src->s.o.roots;
	str name = STR(""), all = STR("");
	struct vec dirs;

	if (src->file)
		return arena_str(a, str_c(src->file));
	if (src->folder)
		roots.override = src->folder;
	vec_init(&dirs, sizeof(str));
	for (size_t i = 0; scanners[i]; i++)
		scanners[i]->roots(a, &roots, &dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		str dir = *(const str *)vec_at(&dirs, i);

		all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), all.n ? ", " : "", STR_ARG(dir));
		if (fs_is_dir(arena_c(a, dir)))
			name = arena_printf(a, "%.*s%s%.*s", STR_ARG(name), name.n ? ", " : "", STR_ARG(dir));
	}
	vec_release(&dirs);
	return name.n > 0 ? name : all;
}

static void tell_source(const struct source *src, struct snapshot *out)
{
	struct source_row *row = snapshot_source(out, "sessions", name_of(src, &out->arena), SOURCE_FILE);
	int64_t now = env_now_ms(), newest = src->newest_ns / 1000000;
	uint64_t lines = 0, logs = 0, unreadable = 0;
	str error = STR("");

	row->age_seconds = src->logs > 0 ? (double)(now > newest ? now - newest : 0) / 1000 : UNKNOWN;
	if (src->logs == 0) {
		row->status = SOURCE_DOWN;
		row->error = STR("no session logs there");
	}
	for (size_t i = 0; i < src->s.logs.n; i++) {
		const struct session_log *log = src->s.logs.entries[i].value;

		lines += log->skipped;
		logs += log->skipped > 0;
		unreadable += log->error.n > 0;
		if (error.n == 0)
			error = log->error;
	}
	if (lines > 0)
		snapshot_warn(out, "broken lines left out: %llu in %llu logs", (unsigned long long)lines,
			      (unsigned long long)logs);
	if (unreadable > 0)
		snapshot_warn(out, "logs that cannot be read: %llu (%.*s)", (unsigned long long)unreadable,
			      STR_ARG(error));
	if (src->s.full)
		snapshot_warn(out, "more requests or calls than are kept: the rest is left out");
}

static void sessions_poll(void *source, struct snapshot *out)
{
	struct source *src = source;
	struct arena a;

	arena_init(&a);
	if (!look_and_read(src, &a, out)) {
		sessions_clear(&src->s);
		arena_reset(&a);
		look_and_read(src, &a, out);
		totals_sum(&src->totals, &src->s);
	}
	arena_release(&a);
	tell_source(src, out);
	sessions_tell(&src->s, &src->totals, out);
	out->taken_at = env_now_ms();
	out->window = arena_str(&out->arena, src->s.o.window);
	out->since = src->s.o.since;
}

/* ---- the source ---- */

/* A folder like ~/.claude, or the folder of logs in it. */
static char *folder_named(const char *name)
{
	struct arena a;
	char *folder = NULL;
	str path;

	arena_init(&a);
	path = path_normal(&a, path_join(&a, env_cwd(&a), str_c(name)));
	if (fs_is_dir(arena_c(&a, path_join(&a, path, STR("projects")))))
		folder = xstrdup(arena_c(&a, path));
	else if (str_eq(path_base(path), STR("projects")) && fs_is_dir(arena_c(&a, path)))
		folder = xstrdup(arena_c(&a, path_dir(path)));
	arena_release(&a);
	return folder;
}

/* A log: lines of JSON, one of the first of which tells of a session. */
static char *file_named(const char *name)
{
	enum {
		LINES = 20
	};
	struct jsonl *lines = fs_is_file(name) ? jsonl_open(name, 0, 1, NULL) : NULL;
	struct jsonl_line line;
	struct arena a;
	char *file = NULL;

	if (!lines)
		return NULL;
	arena_init(&a);
	for (int i = 0; i < LINES && !file && jsonl_next(lines, &line, NULL) == STATUS_OK; i++)
		if (jget(jval_of(line.text), "sessionId").type == J_STRING)
			file = xstrdup(path_normal(&a, path_join(&a, env_cwd(&a), str_c(name))).p);
	jsonl_free(lines);
	arena_release(&a);
	return file;
}

static void *sessions_open(const char *name, const struct source_options *o)
{
	char *folder = name ? folder_named(name) : NULL, *file = name && !folder ? file_named(name) : NULL;
	struct source *src;

	if (name && !folder && !file)
		return NULL;
	src = xcalloc(1, sizeof(*src));
	sessions_init(&src->s);
	src->s.o = *o;
	src->folder = folder;
	src->file = file;
	totals_init(&src->totals);
	return src;
}

static void sessions_close(void *source)
{
	struct source *src = source;

	if (!src)
		return;
	totals_release(&src->totals);
	sessions_release(&src->s);
	free(src->folder);
	free(src->file);
	free(src);
}

const struct source_type sessions_source = {
	.kind = "sessions",
	.open = sessions_open,
	.poll = sessions_poll,
	.close = sessions_close,
};
