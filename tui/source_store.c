/*
 * The store source: what Headroom's files say without a proxy to ask, as of their last write.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "tui/source.h"
#include "tui/stored.h"

#define FILES_MAX 256 /* looked at in one folder */
#define SAVINGS_NAME "proxy_savings.json"
#define LIBRARY_NAME "headroom.db" /* in the folder of temporary files, by default */

enum form {
	FORM_SAVINGS,
	FORM_LINES,
	FORM_ROWS,
	FORM_COUNT
};

struct identity {
	uint64_t device, inode, size;
	int64_t mtime_ns, log_ns; /* log: of a database's write-ahead log, 0 if there is none */
	uint64_t log_size;
};

struct file {
	char *path;
	enum form form;
	struct identity was;
	bool seen, read;
	char *error; /* why it could not be read, or NULL */
	struct stored_file at;
};

struct source {
	struct source_options o;
	char *name; /* folder or file */
	bool is_file, is_default;
	struct stored stored;
	struct savings savings;
	struct vec files; /* struct file */
};

/* ---- which files ---- */

static bool form_of_name(str name, enum form *form)
{
	static const struct {
		const char *ending;
		enum form form;
	} endings[] = {
		{ ".jsonl", FORM_LINES },
		{ ".db", FORM_ROWS },
		{ ".sqlite", FORM_ROWS },
		{ ".sqlite3", FORM_ROWS },
	};

	*form = FORM_SAVINGS;
	if (str_eq_c(name, SAVINGS_NAME))
		return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (str_ends_c(name, endings[i].ending)) {
			*form = endings[i].form;
			return true;
		}
	return false;
}

static struct file *file_at(struct source *src, const char *path, enum form form)
{
	struct file *f;

	for (size_t i = 0; i < src->files.n; i++) {
		f = vec_at(&src->files, i);
		if (strcmp(f->path, path) == 0)
			return f;
	}
	if (src->files.n >= FILES_MAX)
		return NULL;
	f = vec_push(&src->files);
	*f = (struct file){ .path = xstrdup(path), .form = form };
	return f;
}

static void see(struct source *src, const char *path, enum form form)
{
	struct file *f = file_at(src, path, form);

	if (f)
		f->seen = true;
}

struct listing {
	struct source *src;
	struct arena *a;
	str folder;
};

static bool list_one(void *ctx, int dirfd, const char *name, char type)
{
	const struct listing *l = ctx;
	enum form form;

	(void)dirfd;
	if ((type == 'f' || type == 'l') && form_of_name(str_c(name), &form))
		see(l->src, arena_c(l->a, path_join(l->a, l->folder, str_c(name))), form);
	return true;
}

static enum status list_folder(struct source *src, struct arena *a, str folder, struct error *err)
{
	struct listing l = { src, a, folder };

	return fs_list(arena_c(a, folder), list_one, &l, err);
}

/* A file named by the user may have any name: what it is shows in it. */
static enum form form_of_content(const char *path)
{
	enum form form;
	struct savings s;

	if (form_of_name(path_base(str_c(path)), &form) && form != FORM_SAVINGS)
		return form;
	return savings_read(path, 0, &s, NULL) == STATUS_OK ? FORM_SAVINGS : FORM_LINES;
}

/* Everybody may put files into the folder of temporary files. */
static bool is_own_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
}

static enum status find_files(struct source *src, struct arena *a, struct error *err)
{
	const char *tmp = env_get("TMPDIR"), *library;
	enum status status;

	for (size_t i = 0; i < src->files.n; i++)
		((struct file *)vec_at(&src->files, i))->seen = false;
	if (src->is_file) {
		see(src, src->name, form_of_content(src->name));
		return STATUS_OK;
	}
	status = list_folder(src, a, str_c(src->name), err);
	if (status == STATUS_OK)
		list_folder(src, a, path_join(a, str_c(src->name), STR("logs")), NULL);
	library = arena_c(a, path_join(a, str_c(tmp ? tmp : "/tmp"), STR(LIBRARY_NAME)));
	if (src->is_default && is_own_file(library))
		see(src, library, FORM_ROWS);
	return status;
}

/* ---- reading ---- */

static int64_t ns_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool identify(struct arena *a, const struct file *f, struct identity *out, struct error *err)
{
	struct stat st;

	if (stat(f->path, &st) != 0) {
		error_errno(err, errno, "%s", f->path);
		return false;
	}
	*out = (struct identity){
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime_ns = ns_of(&st),
	};
	if (f->form == FORM_ROWS && stat(arena_printf(a, "%s-wal", f->path).p, &st) == 0) {
		out->log_ns = ns_of(&st);
		out->log_size = (uint64_t)st.st_size;
	}
	return true;
}

static bool same(const struct identity *x, const struct identity *y)
{
	return x->device == y->device && x->inode == y->inode && x->size == y->size &&
	       x->mtime_ns == y->mtime_ns && x->log_ns == y->log_ns && x->log_size == y->log_size;
}

static void fail(struct file *f, const struct error *err)
{
	free(f->error);
	f->error = err ? xstrdup(err->message) : NULL;
}

static enum status read_file(struct source *src, struct file *f, const struct identity *now,
			     struct error *err)
{
	bool replaced = f->read && (now->device != f->was.device || now->inode != f->was.inode);

	if (f->form == FORM_SAVINGS)
		return savings_read(f->path, src->o.since, &src->savings, err);
	if (replaced)
		return error_set(err, STATUS_CHANGED, "%s: begun anew", f->path);
	return f->form == FORM_LINES ? stored_read_lines(&src->stored, f->path, &f->at, err)
				     : stored_read_rows(&src->stored, f->path, &f->at, err);
}

/* STATUS_CHANGED if what was counted counts no more. */
static enum status update(struct source *src, struct arena *a, struct file *f)
{
	struct error err = { .message = "" };
	struct identity now;
	enum status status;

	if (!f->seen || !identify(a, f, &now, &err)) {
		if (f->read)
			return STATUS_CHANGED;
		if (f->seen)
			fail(f, &err);
		return STATUS_OK;
	}
	if (f->read && !f->error && same(&now, &f->was))
		return STATUS_OK;
	status = read_file(src, f, &now, &err);
	if (status == STATUS_CHANGED)
		return status;
	fail(f, status == STATUS_OK ? NULL : &err);
	if (status == STATUS_OK) {
		f->read = true;
		f->was = now;
	}
	return STATUS_OK;
}

static void forget(struct source *src)
{
	for (size_t i = 0; i < src->files.n; i++) {
		struct file *f = vec_at(&src->files, i);

		free(f->path);
		free(f->error);
	}
	vec_clear(&src->files);
	stored_release(&src->stored);
	stored_init(&src->stored, src->o.since);
	src->savings = (struct savings){ .is = false };
}

static enum status look(struct source *src, struct error *err)
{
	enum status status, changed = STATUS_OK;
	struct arena a;

	arena_init(&a);
	status = find_files(src, &a, err);
	for (size_t i = 0; i < src->files.n && changed == STATUS_OK; i++)
		changed = update(src, &a, vec_at(&src->files, i));
	arena_release(&a);
	return changed == STATUS_OK ? status : changed;
}

/* ---- telling ---- */

static bool counts(const struct file *f)
{
	return f->read && !(f->form != FORM_SAVINGS && f->at.foreign);
}

static void tell_source(struct source *src, const struct error *err, struct snapshot *out)
{
	struct source_row *row = snapshot_source(out, "store", str_c(src->name), SOURCE_FILE);
	int64_t now = env_now_ms(), newest = 0;
	size_t n = 0;

	for (size_t i = 0; i < src->files.n; i++) {
		const struct file *f = vec_at(&src->files, i);

		if (f->error)
			snapshot_warn(out, "%s", f->error);
		if (f->at.skipped > 0)
			snapshot_warn(out, "%s: broken lines left out: %llu", f->path,
				      (unsigned long long)f->at.skipped);
		if (!counts(f))
			continue;
		n++;
		if (f->was.mtime_ns > newest)
			newest = f->was.mtime_ns;
		if (f->was.log_ns > newest)
			newest = f->was.log_ns;
	}
	newest /= 1000000;
	row->age_seconds = n > 0 ? (double)(now > newest ? now - newest : 0) / 1000 : UNKNOWN;
	if (n == 0) {
		row->status = SOURCE_DOWN;
		row->error = err->code ? arena_str(&out->arena, str_c(err->message))
				       : STR("nothing of Headroom there");
	}
}

static void store_poll(void *source, struct snapshot *out)
{
	struct source *src = source;
	struct error err = { .code = STATUS_OK };

	if (look(src, &err) == STATUS_CHANGED) {
		forget(src);
		err.code = STATUS_OK;
		look(src, &err);
	}
	tell_source(src, &err, out);
	stored_tell(&src->stored, &src->savings, out);
	out->taken_at = env_now_ms();
	out->window = arena_str(&out->arena, src->o.window);
	out->since = src->o.since;
}

/* ---- the source ---- */

static void store_close(void *source)
{
	struct source *src = source;

	if (!src)
		return;
	forget(src);
	stored_release(&src->stored);
	vec_release(&src->files);
	free(src->name);
	free(src);
}

/* A file that was named must be one of ours, and a folder hold one. */
static bool is_ours(struct source *src)
{
	struct error err = { .code = STATUS_OK };

	look(src, &err);
	for (size_t i = 0; i < src->files.n; i++)
		if (counts(vec_at(&src->files, i)))
			return true;
	return false;
}

static void *store_open(const char *name, const struct source_options *o)
{
	struct source *src = xcalloc(1, sizeof(*src));
	struct arena a;

	arena_init(&a);
	src->o = *o;
	src->is_default = !name;
	src->name = xstrdup(name ? path_normal(&a, path_join(&a, env_cwd(&a), str_c(name))).p : o->home);
	src->is_file = fs_is_file(src->name);
	vec_init(&src->files, sizeof(struct file));
	stored_init(&src->stored, o->since);
	arena_release(&a);
	if (name && !is_ours(src)) {
		store_close(src);
		return NULL;
	}
	return src;
}

const struct source_type store_source = {
	.kind = "store",
	.open = store_open,
	.poll = store_poll,
	.close = store_close,
};
