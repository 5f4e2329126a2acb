/*
 * Sums over the requests, and the snapshot made of them.
 */
#include "tui/sessions.h"

/* ---- sums ---- */

void totals_init(struct totals *t)
{
	*t = (struct totals){ .all = { 0 } };
	vec_init(&t->models, sizeof(struct sums));
	vec_init(&t->projects, sizeof(struct sums));
	vec_init(&t->sessions, sizeof(struct sums));
}

void totals_release(struct totals *t)
{
	vec_release(&t->sessions);
	vec_release(&t->projects);
	vec_release(&t->models);
}

static struct sums *sums_at(struct vec *v, size_t i)
{
	while (v->n <= i)
		vec_push(v);
	return vec_at(v, i);
}

static void add_to(struct sums *to, const struct answer *a)
{
	double input = (double)a->usage.input + (double)a->usage.cache_read + (double)a->usage.cache_write;

	to->requests++;
	to->input += input;
	to->output += (double)a->usage.output;
	to->cache_read += (double)a->usage.cache_read;
	to->cache_write += (double)a->usage.cache_write;
	to->incomplete += !a->complete;
	if (a->priced) {
		to->usd += a->usd;
		to->priced += input + (double)a->usage.output;
	}
}

void totals_sum(struct totals *t, const struct sessions *s)
{
	vec_clear(&t->models);
	vec_clear(&t->projects);
	vec_clear(&t->sessions);
	t->all = (struct sums){ 0 };
	for (size_t i = 0; i < s->answers.n; i++) {
		const struct answer *a = vec_at(&s->answers, i);
		const struct session *session = vec_at(&s->sessions, a->session);

		add_to(&t->all, a);
		add_to(sums_at(&t->models, a->model), a);
		add_to(sums_at(&t->sessions, a->session), a);
		if (session->project != SESSIONS_NONE)
			add_to(sums_at(&t->projects, session->project), a);
	}
}

/* Dollars are unknown where nothing that was used has a price. */
static double usd_of(const struct sums *s)
{
	return s->priced > 0 || s->input + s->output == 0 ? s->usd : UNKNOWN;
}

/* ---- the snapshot ---- */

static void tell_totals(const struct totals *t, struct snapshot *out)
{
	const struct sums *all = &t->all;
	double tokens = all->input + all->output;

	out->requests.total = all->requests;
	out->tokens.input = all->input;
	out->tokens.output = all->output;
	out->cache.read_tokens = all->cache_read;
	out->cache.write_tokens = all->cache_write;
	out->cache.hit_rate = all->input > 0 ? all->cache_read / all->input : UNKNOWN;
	out->cost.spent_usd = usd_of(all);
	out->cost.basis = STR("API-equivalent");
	out->cost.priced_percent = tokens > 0 ? 100 * all->priced / tokens : UNKNOWN;
	if (all->incomplete > 0)
		snapshot_warn(
			out, "output and cost are lower bounds: %.0f of %.0f answers have no end in the logs",
			all->incomplete, all->requests);
}

static void tell_models(const struct sessions *s, const struct totals *t, struct snapshot *out)
{
	for (size_t i = 0; i < t->models.n; i++) {
		const struct sums *sums = vec_at(&t->models, i);
		const struct model_known *m = vec_at(&s->models, i);

		if (sums->requests == 0)
			continue;
		*(struct model_row *)vec_push(&out->models) = (struct model_row){
			.model = arena_str(&out->arena, m->name),
			.requests = sums->requests,
			.input = sums->input,
			.output = sums->output,
			.saved = UNKNOWN,
			.spent_usd = usd_of(sums),
		};
	}
}

/* A log without a time in it that tells of no call either holds titles of other sessions only. */
static bool in_window(const struct sessions *s, const struct session *session)
{
	return session->last_ms > 0 ? session->last_ms >= s->o.since
				    : is_known(session->context) || session->calls > 0;
}

static void tell_projects(const struct sessions *s, const struct totals *t, struct snapshot *out)
{
	struct arena a;
	double *counts;

	arena_init(&a);
	counts = arena_array(&a, s->projects.n + 1, sizeof(*counts));
	for (size_t i = 0; i < s->sessions.n; i++) {
		const struct session *session = vec_at(&s->sessions, i);

		if (session->project != SESSIONS_NONE && in_window(s, session))
			counts[session->project]++;
	}
	for (size_t i = 0; i < t->projects.n; i++) {
		const struct sums *sums = vec_at(&t->projects, i);
		const struct project_known *p = vec_at(&s->projects, i);

		if (sums->requests == 0)
			continue;
		*(struct project_row *)vec_push(&out->projects) = (struct project_row){
			.project = arena_str(&out->arena, p->name),
			.requests = sums->requests,
			.input = sums->input,
			.output = sums->output,
			.saved = UNKNOWN,
			.spent_usd = usd_of(sums),
			.sessions = counts[i],
		};
	}
	arena_release(&a);
}

/* Part of the model's window that the last prompt took.  A prompt larger than the window says that it is another. */
static double context_percent(const struct sessions *s, const struct session *session)
{
	bool limit_known;
	int64_t limit;

	if (!is_known(session->context))
		return UNKNOWN;
	limit = price_context_limit(s->o.prices, session->model, &limit_known);
	if (!limit_known || limit <= 0 || session->context > (double)limit)
		return UNKNOWN;
	return 100 * session->context / (double)limit;
}

static void tell_sessions(const struct sessions *s, const struct totals *t, struct snapshot *out)
{
	static const struct sums none;

	for (size_t i = 0; i < s->sessions.n; i++) {
		const struct session *session = vec_at(&s->sessions, i);
		const struct sums *sums = i < t->sessions.n ? vec_at(&t->sessions, i) : &none;
		struct arena *a = &out->arena;
		str project = STR("");

		if (!in_window(s, session))
			continue;
		if (session->project != SESSIONS_NONE)
			project = ((struct project_known *)vec_at(&s->projects, session->project))->name;
		*(struct session_row *)vec_push(&out->sessions) = (struct session_row){
			.id = arena_str(a, session->id),
			.agent = session->agent,
			.project = arena_str(a, project),
			.title = arena_str(a, session->title),
			.model = arena_str(a, session->model),
			.context_percent = context_percent(s, session),
			.tokens = sums->input + sums->output,
			.spent_usd = usd_of(sums),
			.partial = sums->incomplete > 0 || sums->priced < sums->input + sums->output,
			.calls = session->calls,
			.failures = session->failures,
			.last_activity = session->last_ms,
		};
	}
}

static int by_model_input(const void *a, const void *b)
{
	const struct model_row *x = a, *y = b;

	return x->input == y->input ? str_cmp(x->model, y->model) : x->input > y->input ? -1 : 1;
}

static int by_project_input(const void *a, const void *b)
{
	const struct project_row *x = a, *y = b;

	return x->input == y->input ? str_cmp(x->project, y->project) : x->input > y->input ? -1 : 1;
}

static int latest_first(const void *a, const void *b)
{
	const struct session_row *x = a, *y = b;

	if (x->last_activity != y->last_activity)
		return x->last_activity > y->last_activity ? -1 : 1;
	return str_cmp(x->id, y->id);
}

void sessions_tell(const struct sessions *s, const struct totals *t, struct snapshot *out)
{
	tell_totals(t, out);
	tell_models(s, t, out);
	tell_projects(s, t, out);
	tell_sessions(s, t, out);
	vec_sort(&out->models, by_model_input);
	vec_sort(&out->projects, by_project_input);
	vec_sort(&out->sessions, latest_first);
}
