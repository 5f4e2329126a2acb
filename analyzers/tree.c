#include "analyzers/tree.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/base/log.h"
#include "core/base/map.h"

#define MEMO_MAX (4u << 20)

struct tree {
	const struct project *project;
	struct store *store;
	struct arena arena;
	struct repo *repo; /* opened at the first question that is not remembered */
	bool tried, dirty;
	struct map memo; /* question -> char * answer */
	struct vec wanted; /* str: paths whose history will be asked */
	char scope[32], state[20];
};

static void load_memo(struct tree *t)
{
	struct buf b;
	buf_init(&b, MEMO_MAX);
	if (store_doc_get(t->store, str_c(t->scope), str_c(t->state), &b, NULL) == STATUS_OK) {
		str text = arena_str(&t->arena, buf_str(&b)), line, key;
		while (str_line(&text, &line))
			if (str_split(&line, '\t', &key) && line.p)
				map_put(&t->memo, key, NULL)->value = arena_c(&t->arena, line);
	}
	buf_release(&b);
}

struct tree *tree_new(const struct project *p, struct store *store)
{
	struct tree *t = xcalloc(1, sizeof(*t));
	t->project = p;
	t->store = store;
	arena_init(&t->arena);
	map_init(&t->memo);
	vec_init(&t->wanted, sizeof(str));
	snprintf(t->scope, sizeof(t->scope), "tree:%s", p->key);
	if (p->git) {
		snprintf(t->state, sizeof(t->state), "%016llx", (unsigned long long)repo_fingerprint(&p->id));
		load_memo(t);
	}
	return t;
}

static void save_memo(struct tree *t)
{
	struct buf b;
	buf_init(&b, MEMO_MAX);
	for (size_t i = 0; i < t->memo.n; i++)
		buf_printf(&b, "%.*s\t%s\n", STR_ARG(t->memo.entries[i].key),
			   (const char *)t->memo.entries[i].value);
	/* only the present state of the repository is worth remembering; losing the memo costs time, not truth */
	if (!b.full && store_doc_clear(t->store, str_c(t->scope), NULL) == STATUS_OK)
		store_doc_put(t->store, str_c(t->scope), str_c(t->state), buf_str(&b), NULL);
	buf_release(&b);
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	if (t->dirty && t->project->git)
		save_memo(t);
	repo_free(t->repo);
	map_release(&t->memo);
	vec_release(&t->wanted);
	arena_release(&t->arena);
	free(t);
}

/* ---- the file system --------------------------------------------------------------------------------------------- */

static bool look(struct tree *t, str path, struct stat *st)
{
	if (!t->project->exists)
		return false;
	return stat(project_path(t->project, &t->arena, path), st) == 0;
}

const char *tree_path(const struct tree *t, struct arena *a, str path)
{
	return project_path(t->project, a, path);
}

struct spelling {
	str name;
	bool found;
};

static bool spelled_so(void *ctx, int dirfd, const char *name, char type)
{
	struct spelling *s = ctx;
	(void)dirfd;
	(void)type;
	s->found = str_eq_c(s->name, name);
	return !s->found;
}

/* Existence in exactly this spelling: a file system that folds case would answer "yes" for README.MD. */
bool tree_exists(struct tree *t, str path)
{
	struct stat st;
	if (path.n == 0)
		return t->project->exists;
	if (!look(t, path, &st))
		return false;
	struct spelling s = { .name = path_base(path) };
	const char *dir = project_path(t->project, &t->arena, path_dir(path));
	return fs_list(dir, spelled_so, &s, NULL) != STATUS_OK || s.found;
}

bool tree_is_dir(struct tree *t, str path)
{
	struct stat st;
	return look(t, path, &st) && S_ISDIR(st.st_mode);
}

bool tree_is_file(struct tree *t, str path)
{
	struct stat st;
	return look(t, path, &st) && S_ISREG(st.st_mode);
}

bool tree_is_executable(struct tree *t, str path)
{
	struct stat st;
	return look(t, path, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

int64_t tree_size(struct tree *t, str path)
{
	struct stat st;
	return look(t, path, &st) && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

/* ---- git, remembered --------------------------------------------------------------------------------------------- */

static struct repo *repo_of(struct tree *t)
{
	struct error err;
	if (!t->tried && t->project->git) {
		t->tried = true;
		if (repo_open(&t->project->id, &t->repo, &err) != STATUS_OK)
			log_debug("no git: %s", err.message);
	}
	return t->repo;
}

bool tree_has_git(const struct tree *t)
{
	return t->project->git;
}

static const char *recall(const struct tree *t, char what, str subject, str *key)
{
	struct arena *a = &((struct tree *)(uintptr_t)t)->arena;
	*key = arena_printf(a, "%c:%.*s", what, STR_ARG(subject));
	return map_get(&t->memo, *key);
}

static bool memorable(str subject)
{
	return str_chr(subject, '\t') == STR_NONE && str_chr(subject, '\n') == STR_NONE;
}

static void remember(struct tree *t, str key, str answer)
{
	if (!memorable(key) || str_chr(answer, '\n') != STR_NONE)
		return;
	map_put(&t->memo, key, NULL)->value = arena_c(&t->arena, answer);
	t->dirty = true;
}

static bool yes_or_no(struct tree *t, char what, str path, bool (*ask)(struct repo *, str))
{
	str key;
	const char *known = recall(t, what, path, &key);
	if (known)
		return known[0] == '1';
	struct repo *r = repo_of(t);
	if (!r)
		return false;
	bool answer = ask(r, path);
	remember(t, key, answer ? STR("1") : STR("0"));
	return answer;
}

static bool tracked_somehow(struct repo *r, str path)
{
	return repo_tracked(r, path) || repo_tracked_dir(r, path);
}

bool tree_tracked(struct tree *t, str path)
{
	return yes_or_no(t, 't', path, tracked_somehow);
}

bool tree_ignored(struct tree *t, str path)
{
	return yes_or_no(t, 'i', path, repo_ignored);
}

size_t tree_count_base(struct tree *t, str base, bool fold, str *only)
{
	str key;
	const char *known = recall(t, fold ? 'B' : 'b', base, &key);
	if (!known) {
		struct repo *r = repo_of(t);
		struct vec found;
		if (!r)
			return 0;
		vec_init(&found, sizeof(str));
		repo_find_base(r, base, fold, &found);
		str one = found.n == 1 ? *(str *)vec_at(&found, 0) : STR("");
		str answer = arena_printf(&t->arena, "%zu\t%.*s", found.n, STR_ARG(one));
		vec_release(&found);
		remember(t, key, answer);
		known = arena_c(&t->arena, answer);
	}
	char *end;
	size_t n = strtoul(known, &end, 10);
	if (only && *end == '\t')
		*only = str_c(end + 1);
	return n;
}

void tree_history_want(struct tree *t, str path)
{
	str key;
	if (!recall(t, 'h', path, &key))
		*(str *)vec_push(&t->wanted) = arena_str(&t->arena, path);
}

static void ask_history(struct tree *t)
{
	struct repo *r = repo_of(t);
	size_t n = t->wanted.n;
	struct history *asked = arena_array(&t->arena, n, sizeof(*asked));
	struct error err;
	for (size_t i = 0; i < n; i++)
		asked[i].path = *(str *)vec_at(&t->wanted, i);
	vec_clear(&t->wanted);
	if (!r)
		return;
	if (repo_history(r, &t->arena, asked, n, &err) != STATUS_OK) {
		log_debug("no history: %s", err.message);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		str key;
		recall(t, 'h', asked[i].path, &key);
		if (asked[i].kind != HISTORY_UNKNOWN)
			remember(t, key,
				 arena_printf(&t->arena, "%d\t%s\t%.*s", (int)asked[i].kind, asked[i].commit,
					      STR_ARG(asked[i].now)));
	}
}

enum history_kind tree_history(struct tree *t, str path, str *now, char commit[41])
{
	str key;
	const char *known = recall(t, 'h', path, &key);
	if (!known) {
		tree_history_want(t, path);
		ask_history(t);
		known = recall(t, 'h', path, &key);
	}
	if (now)
		*now = STR("");
	if (commit)
		commit[0] = '\0';
	if (!known)
		return HISTORY_UNKNOWN;
	str rest = str_c(known), piece;
	uint64_t kind = 0;
	if (str_split(&rest, '\t', &piece))
		str_u64(piece, &kind);
	if (str_split(&rest, '\t', &piece) && commit && piece.n <= 40) {
		memcpy(commit, piece.p, piece.n);
		commit[piece.n] = '\0';
	}
	if (now && rest.p)
		*now = rest;
	return (enum history_kind)kind;
}

str tree_head(struct tree *t)
{
	str key;
	const char *known = recall(t, 'H', STR("head"), &key);
	if (known)
		return str_c(known);
	struct repo *r = repo_of(t);
	if (!r)
		return STR("");
	str head = repo_head(r);
	remember(t, key, head);
	return head;
}

bool tree_descends(struct tree *t, str ancestor)
{
	struct repo *r = repo_of(t);
	return r && repo_descends(r, ancestor);
}

bool tree_same_as_head(struct tree *t, str path)
{
	struct repo *r = repo_of(t);
	struct buf head, file;
	buf_init(&head, MEMO_MAX);
	buf_init(&file, MEMO_MAX);
	bool same = r && repo_blob(r, path, &head, NULL) == STATUS_OK &&
		    fs_read_file(project_path(t->project, &t->arena, path), &file, NULL) == STATUS_OK &&
		    str_eq(buf_str(&head), buf_str(&file));
	buf_release(&head);
	buf_release(&file);
	return same;
}

bool tree_text_removed(struct tree *t, str path, str text, str since)
{
	struct repo *r = repo_of(t);
	return r && repo_text_removed(r, path, text, since);
}

bool tree_is_gone(struct tree *t, str path)
{
	return !tree_exists(t, path) || (t->project->git && tree_is_dir(t, path) && !tree_tracked(t, path));
}
