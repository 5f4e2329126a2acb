#include "scanners/claude_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/utf8.h"
#include "core/base/work.h"
#include "core/json/doc.h"
#include "scanners/claude.h"

#define ENCODED_MAX ((size_t)200) /* longer names are cut there and get a hash behind */
#define MANAGED_SETTINGS "/etc/claude-code/managed-settings.json"

enum {
	SUBAGENT_DEPTH = 8
}; /* folders below <session>/subagents that are looked into */

/* ---- names ---- */

/* One UTF-16 unit of the path: its letter in the name, and the hash over the units. */
static void encode_unit(struct buf *name, uint32_t *hash, uint32_t unit)
{
	bool digit = unit >= '0' && unit <= '9', upper = unit >= 'A' && unit <= 'Z',
	     lower = unit >= 'a' && unit <= 'z';

	*hash = *hash * 31 + unit;
	buf_add_ch(name, digit || upper || lower ? (char)unit : '-');
}

static void add_base36(struct buf *out, uint64_t n)
{
	char digits[16];
	size_t at = sizeof(digits);

	do
		digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
	while (n /= 36);
	buf_add(out, (str){ digits + at, sizeof(digits) - at });
}

str claude_encode(struct arena *a, str path)
{
	uint32_t hash = 0, cp;
	int64_t signed_hash;
	struct buf name;
	size_t n;
	str out;

	buf_init(&name, path.n * 2 + 16);
	for (; path.n > 0; path = str_from(path, n)) {
		cp = utf8_decode(path, &n);
		if (cp < 0x10000) {
			encode_unit(&name, &hash, cp);
		} else {
			encode_unit(&name, &hash, 0xd800 + ((cp - 0x10000) >> 10));
			encode_unit(&name, &hash, 0xdc00 + ((cp - 0x10000) & 0x3ff));
		}
	}
	if (name.n > ENCODED_MAX) {
		signed_hash = hash < 0x80000000u ? (int64_t)hash : (int64_t)hash - 0x100000000;
		buf_cut(&name, ENCODED_MAX);
		buf_add_ch(&name, '-');
		add_base36(&name, (uint64_t)(signed_hash < 0 ? -signed_hash : signed_hash));
	}
	out = arena_str(a, buf_str(&name));
	buf_release(&name);
	return out;
}

/*
 * Whether logs of the project named so can lie in the folder: its own, a sub-folder's, or a worktree's
 * beside it.  Of a long name only what does not depend on the hash is compared; builds differ in it.
 */
static bool can_belong(str folder, str name)
{
	if (name.n > ENCODED_MAX)
		return str_starts(folder, str_sub(name, 0, ENCODED_MAX));
	return str_starts(folder, name) && (folder.n == name.n || folder.p[name.n] == '-');
}

/* ---- folders ---- */

/* Claude Code's own folders, where settings.json is. */
static void config_dirs(struct arena *a, const struct scan_roots *roots, struct vec *dirs)
{
	const char *own = roots && roots->override ? roots->override : env_get("CLAUDE_CONFIG_DIR");
	str home = str_c(env_home());

	if (own) {
		*(str *)vec_push(dirs) = path_normal(a, path_join(a, env_cwd(a), str_c(own)));
		return;
	}
	*(str *)vec_push(dirs) = path_join(a, home, STR(".claude"));
	*(str *)vec_push(dirs) = path_join(a, home, STR(".config/claude"));
}

void claude_roots(struct arena *a, const struct scan_roots *roots, struct vec *dirs)
{
	size_t first = dirs->n;

	config_dirs(a, roots, dirs);
	for (size_t i = first; i < dirs->n; i++) {
		str *dir = vec_at(dirs, i);

		*dir = path_join(a, *dir, STR("projects"));
	}
}

/* ---- discovery ---- */

struct walk {
	struct arena *arena;
	struct vec *files;
	str group;
};

/* An open folder. */
struct folder {
	DIR *dir;
	int fd;
	str path;
};

static bool folder_open(struct walk *w, struct folder *f, const struct folder *parent, str name)
{
	f->path = parent ? path_join(w->arena, parent->path, name) : name;
	f->fd = openat(parent ? parent->fd : AT_FDCWD, name.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->dir = f->fd >= 0 ? fdopendir(f->fd) : NULL;
	if (f->fd >= 0 && !f->dir)
		close(f->fd);
	return f->dir;
}

static const struct dirent *folder_next(const struct folder *f)
{
	const struct dirent *entry;

	do
		entry = readdir(f->dir);
	while (entry && entry->d_name[0] == '.');
	return entry;
}

static bool is_folder(const struct folder *f, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(f->fd, entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static void add_file(struct walk *w, const struct folder *f, str name, str parent)
{
	struct session_file *file;
	struct stat st;

	if (fstatat(f->fd, name.p, &st, 0) != 0 || !S_ISREG(st.st_mode))
		return;
	file = vec_push(w->files);
	*file = (struct session_file){
		.path = path_join(w->arena, f->path, name),
		.group = w->group,
		.parent = parent,
		.device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
	};
}

/* <session>/subagents: agent-*.jsonl, also deeper.  Other files there are no transcripts. */
static void walk_subagents(struct walk *w, const struct folder *above, str name, str parent, int depth)
{
	const struct dirent *entry;
	struct folder here;
	str file;

	if (depth == 0 || !folder_open(w, &here, above, name))
		return;
	while ((entry = folder_next(&here))) {
		file = str_c(entry->d_name);
		if (str_starts(file, STR("agent-")) && str_ends(file, STR(".jsonl")))
			add_file(w, &here, file, parent);
		else if (is_folder(&here, entry))
			walk_subagents(w, &here, file, parent, depth - 1);
	}
	closedir(here.dir);
}

/* One project's folder: sessions, older sub-agents beside them, and a folder for some sessions. */
static void walk_project(struct walk *w, const struct folder *above, str name)
{
	const struct dirent *entry;
	struct folder here;
	str file, session;

	if (!folder_open(w, &here, above, name))
		return;
	w->group = arena_str(w->arena, name);
	while ((entry = folder_next(&here))) {
		file = str_c(entry->d_name);
		if (str_ends(file, STR(".jsonl"))) {
			add_file(w, &here, file, STR(""));
		} else if (is_folder(&here, entry)) {
			session = arena_str(w->arena, file);
			walk_subagents(w, &here, path_join(w->arena, session, STR("subagents")), session,
				       SUBAGENT_DEPTH);
		}
	}
	closedir(here.dir);
}

/* The projects of one folder of them, which the threads share out among themselves. */
struct walks {
	const struct folder *root;
	const struct vec *names; /* of str */
	struct walk *workers;
};

static bool walk_one(void *ctx, int worker, size_t item)
{
	struct walks *all = ctx;

	walk_project(&all->workers[worker], all->root, *(const str *)vec_at(all->names, item));
	return true;
}

static void release_arena(void *arena)
{
	arena_release(arena);
}

static void walk_projects(struct arena *a, const struct folder *root, const struct vec *names, int jobs,
			  struct vec *files)
{
	struct walks all = { root, names, arena_array(a, (size_t)jobs, sizeof(*all.workers)) };
	struct vec *found = arena_array(a, (size_t)jobs, sizeof(*found));

	for (int i = 0; i < jobs; i++) {
		struct arena *own = arena_alloc(a, sizeof(*own)); /* paths live as long as what a holds */

		arena_init(own);
		arena_defer(a, release_arena, own);
		vec_init(&found[i], sizeof(struct session_file));
		all.workers[i] = (struct walk){ own, &found[i], STR("") };
	}
	work_run(jobs, names->n, walk_one, &all);
	for (int i = 0; i < jobs; i++) {
		for (size_t k = 0; k < found[i].n; k++)
			*(struct session_file *)vec_push(files) =
				*(struct session_file *)vec_at(&found[i], k);
		vec_release(&found[i]);
	}
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct session_file *)a)->path, ((const struct session_file *)b)->path);
}

enum status claude_discover(struct arena *a, const struct scan_roots *roots, const str *projects, size_t n,
			    struct vec *files, struct error *err)
{
	struct walk w = { a, files, STR("") };
	enum status status = STATUS_OK;
	const struct dirent *entry;
	struct folder root;
	struct vec dirs, names, found;
	bool wanted;

	vec_init(&dirs, sizeof(str));
	vec_init(&names, sizeof(str));
	vec_init(&found, sizeof(str));
	claude_roots(a, roots, &dirs);
	for (size_t i = 0; i < n; i++)
		*(str *)vec_push(&names) = claude_encode(a, projects[i]);
	for (size_t i = 0; i < dirs.n && !status; i++) {
		if (!folder_open(&w, &root, NULL, *(const str *)vec_at(&dirs, i))) {
			if (errno != ENOENT && errno != ENOTDIR)
				status = error_errno(err, errno, "cannot read %.*s", STR_ARG(root.path));
			continue;
		}
		vec_clear(&found);
		while ((entry = folder_next(&root))) {
			wanted = n == 0;
			for (size_t k = 0; k < n && !wanted; k++)
				wanted = can_belong(str_c(entry->d_name), *(const str *)vec_at(&names, k));
			if (wanted)
				*(str *)vec_push(&found) = arena_str(a, str_c(entry->d_name));
		}
		walk_projects(a, &root, &found, roots && roots->jobs > 1 ? roots->jobs : 1, files);
		closedir(root.dir);
	}
	vec_sort(files, by_path);
	vec_release(&found);
	vec_release(&names);
	vec_release(&dirs);
	return status;
}

/* ---- memory ---- */

/* What the settings that may say so say of auto memory; the first file that says something wins. */
struct memory_settings {
	const struct doc *enabled, *directory;
};

static void read_settings(struct arena *a, str path, struct memory_settings *out)
{
	const struct doc *doc;

	if (doc_load(a, arena_c(a, path), &doc, NULL))
		return; /* absent, or broken and then ignored by Claude Code too */
	if (!out->enabled)
		out->enabled = doc_get(doc, "autoMemoryEnabled");
	if (!out->directory && doc_str(doc_get(doc, "autoMemoryDirectory")).n > 0)
		out->directory = doc_get(doc, "autoMemoryDirectory");
}

str claude_memory_file(struct arena *a, const struct scan_roots *roots, str root)
{
	const char *disabled = env_get("CLAUDE_CODE_DISABLE_AUTO_MEMORY");
	struct memory_settings settings = { 0 };
	str config, folder;
	struct vec dirs;

	vec_init(&dirs, sizeof(str));
	config_dirs(a, roots, &dirs);
	config = *(const str *)vec_at(&dirs, 0);
	vec_release(&dirs);
	/* Not .claude/settings.json: a repository must not say where files on this machine are written. */
	read_settings(a, STR(MANAGED_SETTINGS), &settings);
	read_settings(a, path_join(a, root, STR(".claude/settings.local.json")), &settings);
	read_settings(a, path_join(a, config, STR("settings.json")), &settings);
	if (doc_is_false(settings.enabled) || str_eq_c(str_c(disabled), "1") ||
	    str_eq_c(str_c(disabled), "true"))
		return STR("");
	if (settings.directory) {
		folder = doc_str(settings.directory);
		if (str_starts(folder, STR("~/")))
			folder = path_join(a, str_c(env_home()), str_from(folder, 2));
		folder = path_normal(a, path_join(a, root, folder));
	} else {
		folder = path_join(a, config, STR("projects"));
		folder = path_join(a, path_join(a, folder, claude_encode(a, root)), STR("memory"));
	}
	return path_join(a, folder, STR("MEMORY.md"));
}
