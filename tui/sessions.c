#include "tui/sessions.h"

#include <stdlib.h>

#include "analyzers/project.h"
#include "core/base/env.h"
#include "core/base/fs.h"

/* ---- lifetime ---- */

static void make(struct sessions *s)
{
	arena_init(&s->arena);
	map_init(&s->logs);
	map_init(&s->session_ids);
	map_init(&s->model_names);
	map_init(&s->folders);
	map_init(&s->roots);
	vec_init(&s->sessions, sizeof(struct session));
	vec_init(&s->models, sizeof(struct model_known));
	vec_init(&s->projects, sizeof(struct project_known));
	vec_init(&s->answers, sizeof(struct answer));
	map64_init(&s->answer_ids);
	map64_init(&s->calls);
	s->full = false;
}

void sessions_init(struct sessions *s)
{
	*s = (struct sessions){ .full = false };
	make(s);
}

void sessions_release(struct sessions *s)
{
	for (size_t i = 0; i < s->logs.n; i++)
		free(((struct session_log *)s->logs.entries[i].value)->pending);
	map64_release(&s->calls);
	map64_release(&s->answer_ids);
	vec_release(&s->answers);
	vec_release(&s->projects);
	vec_release(&s->models);
	vec_release(&s->sessions);
	map_release(&s->roots);
	map_release(&s->folders);
	map_release(&s->model_names);
	map_release(&s->session_ids);
	map_release(&s->logs);
	arena_release(&s->arena);
}

void sessions_clear(struct sessions *s)
{
	sessions_release(s);
	make(s);
}

/* ---- names ---- */

/* The index + 1 that stands for the key, 0 if it is new; then it will stand for `next`. */
static size_t known(struct sessions *s, struct map *m, str key, size_t next)
{
	uintptr_t at = (uintptr_t)map_get(m, key);

	if (!at)
		map_put(m, arena_str(&s->arena, key), NULL)->value = (void *)(uintptr_t)(next + 1);
	return (size_t)at;
}

static uint32_t model_at(struct sessions *s, str name)
{
	size_t at = known(s, &s->model_names, name, s->models.n);

	if (at)
		return (uint32_t)at - 1;
	((struct model_known *)vec_push(&s->models))->name = arena_str(&s->arena, name);
	return (uint32_t)s->models.n - 1;
}

/* The project of a folder: its repository, all work trees of which are one; else the folder itself. */
static uint32_t project_at(struct sessions *s, str cwd)
{
	size_t at = (uintptr_t)map_get(&s->folders, cwd);
	struct repo_id id;
	struct arena a;
	str root;

	if (at)
		return (uint32_t)at - 1;
	arena_init(&a);
	root = project_portable(&a, cwd);
	if (repo_identify(&a, root, &id))
		root = id.main_root;
	at = known(s, &s->roots, root, s->projects.n);
	if (!at) {
		((struct project_known *)vec_push(&s->projects))->root = arena_str(&s->arena, root);
		at = s->projects.n;
	}
	known(s, &s->folders, cwd, at - 1);
	arena_release(&a);
	return (uint32_t)at - 1;
}

/* The last n components of a path. */
static str last_components(str path, size_t n)
{
	size_t slash = path.n;

	while (n-- > 0 && slash != STR_NONE)
		slash = str_rchr(str_sub(path, 0, slash), '/');
	return slash == STR_NONE ? path : str_from(path, slash + 1);
}

void sessions_name_projects(struct sessions *s)
{
	bool clash = true;
	struct map seen;

	map_init(&seen);
	for (size_t depth = 1; clash; depth++) {
		clash = false;
		map_clear(&seen);
		for (size_t i = 0; i < s->projects.n; i++) {
			struct project_known *p = vec_at(&s->projects, i);
			struct map_entry *e;

			if (depth == 1)
				p->name = p->root.n > 1 ? last_components(p->root, 1) : p->root;
			e = map_put(&seen, p->name, NULL);
			e->value = (void *)((uintptr_t)e->value + 1);
		}
		for (size_t i = 0; i < s->projects.n; i++) {
			struct project_known *p = vec_at(&s->projects, i);

			if ((uintptr_t)map_get(&seen, p->name) > 1 && p->name.n < p->root.n) {
				p->name = last_components(p->root, depth + 1);
				clash = true;
			}
		}
	}
	map_release(&seen);
}

/* ---- sessions ---- */

static str stem_of(str path)
{
	str base = path_base(path);
	size_t dot = str_rchr(base, '.');

	return dot == STR_NONE || dot == 0 ? base : str_sub(base, 0, dot);
}

static uint32_t session_at(struct sessions *s, const struct told *t)
{
	str id = t->file.parent.n > 0 ? t->file.parent : t->aside ? t->session : stem_of(t->file.path);
	str agent = str_c(t->scanner->name);
	struct session *session;
	struct buf key;
	size_t at;

	buf_init(&key, SIZE_MAX);
	buf_add(&key, agent);
	buf_add_ch(&key, '\0');
	buf_add(&key, id);
	at = known(s, &s->session_ids, buf_str(&key), s->sessions.n);
	buf_release(&key);
	if (at)
		return (uint32_t)at - 1;
	session = vec_push(&s->sessions);
	session->agent = agent;
	session->id = arena_str(&s->arena, id);
	session->project = SESSIONS_NONE;
	session->context = UNKNOWN;
	return (uint32_t)s->sessions.n - 1;
}

static void add_session(struct sessions *s, const struct told *t, struct session *session)
{
	bool own = t->file.parent.n == 0 && !t->aside;

	if (t->cwd.n > 0 && (session->project == SESSIONS_NONE || (own && !session->own_project))) {
		session->project = project_at(s, t->cwd);
		session->own_project = own;
	}
	if (t->title.n > 0 && own && !str_eq(t->title, session->title))
		session->title = arena_str(&s->arena, t->title);
	if (t->last_ms > session->last_ms)
		session->last_ms = t->last_ms;
	if (t->prompt.is && own && t->prompt.time >= session->prompt_ms) {
		session->prompt_ms = t->prompt.time;
		session->context = t->prompt.tokens;
		session->model =
			((struct model_known *)vec_at(&s->models, model_at(s, t->prompt.model)))->name;
	}
}

/* ---- requests ---- */

/* Prices hold for days. */
static void price_answer(struct sessions *s, struct answer *a)
{
	struct model_known *m = vec_at(&s->models, a->model);
	int64_t day = a->time ? time_day(a->time) : INT64_MAX;

	if (!m->looked || m->day != day) {
		m->looked = true;
		m->day = day;
		m->priced = price_find(s->o.prices, m->name, a->time, &m->price);
	}
	a->priced = m->priced;
	a->usd = m->priced ? price_cost(&m->price, &a->usage).usd : 0;
}

static void add_answer(struct sessions *s, const struct told_answer *told, uint32_t session)
{
	uint64_t *at = map64_get(&s->answer_ids, told->id);
	struct answer *a;

	if (!at && s->answers.n >= SESSIONS_ANSWERS_MAX) {
		s->full = true;
		return;
	}
	if (!at) {
		a = vec_push(&s->answers);
		*map64_put(&s->answer_ids, told->id, NULL) = s->answers.n;
		a->session = session;
		a->model = model_at(s, told->model);
		a->usage = told->usage;
	} else {
		a = vec_at(&s->answers, *at - 1);
		if (told->usage.output > a->usage.output)
			a->usage = told->usage;
	}
	a->complete |= told->complete;
	if (told->time > a->time)
		a->time = told->time;
	price_answer(s, a);
}

static void add_call(struct sessions *s, const struct told_call *call, uint32_t session)
{
	uint64_t *at = map64_get(&s->calls, call->id);

	if (!at && s->calls.n >= SESSIONS_CALLS_MAX) {
		s->full = true;
		return;
	}
	if (!at) {
		at = map64_put(&s->calls, call->id, NULL);
		*at = (uint64_t)session << 1;
		((struct session *)vec_at(&s->sessions, session))->calls++;
	}
	if (call->failed && !(*at & 1)) {
		*at |= 1;
		((struct session *)vec_at(&s->sessions, (size_t)(*at >> 1)))->failures++;
	}
}

/* ---- logs ---- */

static struct session_log *log_of(struct sessions *s, const struct told *t)
{
	bool fresh;
	struct map_entry *e;

	if (t->log)
		return t->log;
	e = map_put(&s->logs, arena_str(&s->arena, t->file.path), &fresh);
	if (fresh) {
		struct session_log *log = arena_alloc(&s->arena, sizeof(*log));

		*log = (struct session_log){ .session = SESSIONS_NONE, .line = 1, .seen = true };
		e->value = log;
	}
	return e->value;
}

void sessions_add(struct sessions *s, const struct told *t)
{
	struct session_log *log = log_of(s, t);

	log->device = t->file.device;
	log->inode = t->file.inode;
	log->size = t->file.size;
	log->mtime_ns = t->file.mtime_ns;
	if (!t->done && !str_eq(log->error, t->error))
		log->error = arena_str(&s->arena, t->error);
	if (!t->done)
		return;
	log->error = STR("");
	log->tail = t->tail;
	log->line = t->line;
	log->skipped += t->skipped;
	free(log->pending);
	log->pending = NULL;
	log->pending_n = t->pending.n;
	if (t->pending.n > 0) {
		log->pending = xmalloc(t->pending.n);
		memcpy(log->pending, t->pending.p, t->pending.n);
	}
	if (t->session.n == 0)
		return; /* it says nothing */
	if (log->session == SESSIONS_NONE)
		log->session = session_at(s, t);
	add_session(s, t, vec_at(&s->sessions, log->session));
	for (size_t i = 0; i < t->answers.n; i++)
		add_answer(s, vec_at(&t->answers, i), log->session);
	for (size_t i = 0; i < t->calls.n; i++)
		add_call(s, vec_at(&t->calls, i), log->session);
}
