/*
 * The files around a project: what the user wrote there, what our blocks hold, what they will hold.
 */
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/cmd/learn_report.h"
#include "writers/marker.h"

#define USER_FILE_MAX (1u << 20)

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static str read_text(struct arena *a, const char *path, int64_t *mtime_ms)
{
	struct stat st;
	struct buf b;
	str text = { NULL, 0 };
	buf_init(&b, USER_FILE_MAX);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && fs_read_file(path, &b, NULL) == STATUS_OK) {
		text = arena_str(a, buf_str(&b));
		*mtime_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	}
	buf_release(&b);
	return text;
}

/* The file without our block; the lines of the block become empty ones, so that line numbers stay true. */
static str without_block(struct arena *a, str text)
{
	struct marker_span span;
	if (marker_find(text, &span, NULL) != STATUS_OK || !span.found)
		return text;
	char *copy = arena_alloc(a, text.n + 1);
	memcpy(copy, text.p, text.n);
	for (size_t i = span.from; i < span.to && i < text.n; i++)
		if (copy[i] != '\n')
			copy[i] = ' ';
	return (str){ copy, text.n };
}

static void add_user_text(struct project_report *p, struct learn_input *in, str path, str shown)
{
	int64_t mtime = 0;
	str text = read_text(p->arena, arena_c(p->arena, path), &mtime);
	if (!text.p)
		return;
	struct user_text *u = vec_push(&in->user_texts);
	*u = (struct user_text){ .path = arena_str(p->arena, shown),
				 .text = without_block(p->arena, text),
				 .mtime_ms = mtime };
}

struct rules_dir {
	struct project_report *p;
	struct learn_input *in;
	str dir, shown;
};

static bool add_rule_file(void *ctx, int dirfd, const char *name, char type)
{
	struct rules_dir *d = ctx;
	(void)dirfd;
	if (type == 'f' && str_ends_c(str_c(name), ".md"))
		add_user_text(d->p, d->in, path_join(d->p->arena, d->dir, str_c(name)),
			      path_join(d->p->arena, d->shown, str_c(name)));
	return true;
}

/* @path imports of a context file, one level: that text is loaded with it. */
static void add_imports(struct project_report *p, struct learn_input *in, str text)
{
	str line;
	while (str_line(&text, &line)) {
		str s = str_trim(line);
		if (s.n < 2 || s.p[0] != '@' || str_chr(s, ' ') != STR_NONE ||
		    str_find(s, STR("..")) != STR_NONE)
			continue;
		str name = str_from(s, 1);
		if (name.p[0] != '/' && name.p[0] != '~')
			add_user_text(p, in, path_join(p->arena, p->project.root, name), name);
	}
}

static enum feedback feedback_of(struct project_report *p, enum target target, str file, str *rel)
{
	str head = STR("");
	int64_t last = 0;
	for (size_t i = 0; i < p->items.n; i++) {
		const struct item_row *row = vec_at(&p->items, i);
		bool mine = str_eq_c(row->target, target_names[target]) && row->verdict == VERDICT_PUBLISHED;
		if (mine && row->last_ms >= last) {
			last = row->last_ms;
			head = row->head;
		}
	}
	if (!p->project.git || !head.n)
		return FEEDBACK_EDIT;
	if (!str_eq(tree_head(p->tree), head) && !tree_descends(p->tree, head))
		return FEEDBACK_NONE;
	if (!path_below(file, p->project.root, rel))
		return FEEDBACK_EDIT;
	return tree_same_as_head(p->tree, *rel) ? FEEDBACK_COMMIT : FEEDBACK_EDIT;
}

static void read_bullets(struct project_report *p, struct learn_input *in, const struct writer *w)
{
	struct vec bullets;
	str path = STR("");
	vec_init(&bullets, sizeof(struct marker_bullet));
	plan_current(p->arena, &p->place, w, &bullets, &path);
	if (path.n) {
		int64_t mtime;
		str text = read_text(p->arena, arena_c(p->arena, path), &mtime);
		struct marker_span span = { 0 };
		in->blocks[w->target] = text.p && marker_find(text, &span, NULL) == STATUS_OK && span.found;
		if (in->blocks[w->target] && p->items.n)
			in->feedback[w->target] = feedback_of(p, w->target, path, &in->file[w->target]);
	}
	for (size_t i = 0; i < bullets.n; i++) {
		const struct marker_bullet *b = vec_at(&bullets, i);
		struct listed_bullet *l = vec_push(&in->bullets);
		*l = (struct listed_bullet){ .target = w->target,
					     .file = path,
					     .text = arena_str(p->arena, b->text) };
	}
	vec_release(&bullets);
}

void learn_read_files(struct project_report *p, const struct scan_roots *roots, struct learn_input *in)
{
	static const char *const own[] = { "CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md" };
	struct arena *a = p->arena;
	if (!p->project.exists)
		return;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		add_user_text(p, in, path_join(a, p->project.root, str_c(own[i])), str_c(own[i]));
		if (in->user_texts.n)
			add_imports(
				p, in,
				((struct user_text *)vec_at(&in->user_texts, in->user_texts.n - 1))->text);
	}
	struct rules_dir rules = { .p = p, .in = in, .shown = STR(".claude/rules") };
	rules.dir = path_join(a, p->project.root, rules.shown);
	fs_list(arena_c(a, rules.dir), add_rule_file, &rules, NULL);
	const char *config = roots->override ? roots->override : env_get("CLAUDE_CONFIG_DIR");
	str home = config ? str_c(config) : path_join(a, str_c(env_home()), STR(".claude"));
	add_user_text(p, in, path_join(a, home, STR("CLAUDE.md")), STR("~/.claude/CLAUDE.md"));
	if (p->place.memory_path.n)
		add_user_text(p, in, p->place.memory_path, STR("MEMORY.md"));
	for (size_t i = 0; writers[i]; i++)
		read_bullets(p, in, writers[i]);
}

/* ---- planning ---------------------------------------------------------------------------------------------------- */

static bool chosen(const struct vec *ids, const struct learning *l)
{
	if (ids->n == 0 || l->c.f.state != STATE_NEW)
		return true;
	for (size_t i = 0; i < ids->n; i++)
		if (str_eq_c(str_c(l->c.f.id), *(const char **)vec_at(ids, i)))
			return true;
	return false;
}

/* Our block in the file of the other kind (shared or personal) goes too when all is taken out. */
static void plan_other_place(struct project_report *p, const struct writer *w)
{
	struct write_place other = p->place;
	struct plan_file *f = vec_push(&p->plans);
	other.local = !other.local;
	plan_file_block(p->arena, &other, w, STR(""), f);
	if (f->action == ACTION_UNCHANGED ||
	    str_eq(f->path, ((struct plan_file *)vec_at(&p->plans, 0))->path))
		p->plans.n--;
}

void learn_plan_files(struct project_report *p, const struct vec *ids, bool take_out)
{
	struct arena *a = p->arena;
	struct finding *items = arena_array(a, p->learned.learnings.n + 1, sizeof(*items));
	vec_clear(&p->plans);
	if (!p->project.exists)
		return;
	for (size_t w = 0; writers[w]; w++) {
		size_t n = 0;
		for (size_t i = 0; i < p->learned.learnings.n && !take_out; i++) {
			const struct learning *l = vec_at(&p->learned.learnings, i);
			if (l->c.f.target == writers[w]->target && chosen(ids, l))
				items[n++] = l->c.f;
		}
		str path, block = n ? writers[w]->render(a, items, n) : STR("");
		if (writers[w]->locate(a, &p->place, &path, NULL) == STATUS_NOT_FOUND)
			continue;
		struct plan_file *f = vec_push(&p->plans);
		plan_file_block(a, &p->place, writers[w], block, f);
		/* no file, nothing to say: no news */
		if (f->action == ACTION_UNCHANGED && !f->existed)
			p->plans.n--;
		plan_strays(a, &p->place, writers[w], &p->plans);
		if (take_out && writers[w]->target == TARGET_CONTEXT)
			plan_other_place(p, writers[w]);
	}
}
