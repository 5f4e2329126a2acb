#include "tui/snapshot.h"

#include <stdarg.h>
#include <stdio.h>

#include "tui/snapshot_form.h"

enum {
	MAX_WARNING = 400
};

const char *const source_status_names[SOURCE_STATUS_COUNT] = { "live", "stale", "down", "file" };
static_assert(sizeof(source_status_names) / sizeof(*source_status_names) == SOURCE_STATUS_COUNT, "names");

/* ---- lifecycle ---- */

void snapshot_init(struct snapshot *s)
{
	*s = (struct snapshot){ 0 };
	arena_init(&s->arena);
	vec_init(&s->sources, sizeof(struct source_row));
	vec_init(&s->models, sizeof(struct model_row));
	vec_init(&s->projects, sizeof(struct project_row));
	vec_init(&s->sessions, sizeof(struct session_row));
	vec_init(&s->warnings, sizeof(str));
	form_unknown(snapshot_form, s);
}

void snapshot_release(struct snapshot *s)
{
	vec_release(&s->sources);
	vec_release(&s->models);
	vec_release(&s->projects);
	vec_release(&s->sessions);
	vec_release(&s->warnings);
	arena_release(&s->arena);
}

void snapshot_warn(struct snapshot *s, const char *fmt, ...)
{
	char text[MAX_WARNING];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*(str *)vec_push(&s->warnings) = arena_str(&s->arena, str_c(text));
}

struct source_row *snapshot_source(struct snapshot *s, const char *kind, str name, enum source_status status)
{
	struct source_row *row = vec_push(&s->sources);

	*row = (struct source_row){ .kind = str_c(kind),
				    .name = arena_str(&s->arena, name),
				    .status = status,
				    .age_seconds = UNKNOWN };
	return row;
}

/* ---- merging ---- */

/* A run of numbers that stand or fall by their first: it is taken with all of them, or none is. */
#define MAX_RUN 4
static const size_t runs[][MAX_RUN + 1] = {
	/* count, offsets */
	{ 2, offsetof(struct snapshot, tokens.saved), offsetof(struct snapshot, tokens.savings_percent) },
	{ 2, offsetof(struct snapshot, cost.spent_usd), offsetof(struct snapshot, cost.priced_percent) },
	{ 3, offsetof(struct snapshot, cache.read_tokens), offsetof(struct snapshot, cache.write_tokens),
	  offsetof(struct snapshot, cache.hit_rate) },
};

static double *number_at(struct snapshot *s, size_t offset)
{
	return (double *)(void *)((char *)s + offset);
}

static double number_of(const struct snapshot *s, size_t offset)
{
	return *(const double *)(const void *)((const char *)s + offset);
}

static bool run_is_known(const struct snapshot *s, const size_t *run)
{
	for (size_t i = 1; i <= run[0]; i++)
		if (is_known(number_of(s, run[i])))
			return true;
	return false;
}

/* Taken whole where nothing of it is known yet. */
static size_t merge_run(struct snapshot *all, const struct snapshot *part, const size_t *run)
{
	if (run_is_known(all, run) || !run_is_known(part, run))
		return 0;
	for (size_t i = 1; i <= run[0]; i++)
		*number_at(all, run[i]) = number_of(part, run[i]);
	return 1;
}

static bool in_a_run(size_t offset)
{
	for (size_t r = 0; r < sizeof(runs) / sizeof(*runs); r++)
		for (size_t i = 1; i <= runs[r][0]; i++)
			if (runs[r][i] == offset)
				return true;
	return false;
}

static size_t merge_number(struct snapshot *all, const struct snapshot *part, size_t offset)
{
	if (in_a_run(offset) || is_known(*number_at(all, offset)) || !is_known(number_of(part, offset)))
		return 0;
	*number_at(all, offset) = number_of(part, offset);
	return 1;
}

/* Those of the form but for rows; `of_lifetime` numbers have no window. */
static size_t merge_numbers(struct snapshot *all, const struct snapshot *part, const struct form *form)
{
	size_t taken = 0;

	for (const struct form *f = form; f->name; f++) {
		size_t n = 0;

		if (f->kind == FORM_GROUP)
			n = merge_numbers(all, part, f->members);
		else if (f->kind == FORM_NUMBER)
			n = merge_number(all, part, f->offset);
		if (!str_eq_c(str_c(f->name), "lifetime"))
			taken += n;
	}
	return taken;
}

static size_t merge_rows(struct snapshot *all, const struct vec *from, const struct form *row, struct vec *to)
{
	for (size_t i = 0; i < from->n; i++) {
		void *copy = vec_push(to);

		memcpy(copy, vec_at(from, i), from->size);
		form_own(row, copy, &all->arena);
	}
	return from->n;
}

static size_t merge_models(struct snapshot *all, const struct snapshot *part)
{
	const struct source_row *first = part->sources.n ? vec_at(&part->sources, 0) : NULL;

	if (all->models.n)
		return 0;
	merge_rows(all, &part->models, form_model, &all->models);
	for (size_t i = 0; i < all->models.n && first; i++) {
		struct model_row *row = vec_at(&all->models, i);

		if (row->source.n == 0)
			row->source = arena_str(&all->arena, first->name);
	}
	return all->models.n;
}

static bool has_session(const struct snapshot *s, const struct session_row *row)
{
	for (size_t i = 0; i < s->sessions.n; i++) {
		const struct session_row *known = vec_at(&s->sessions, i);

		if (row->id.n && str_eq(known->id, row->id) && str_eq(known->agent, row->agent))
			return true;
	}
	return false;
}

static int later_first(const void *a, const void *b)
{
	int64_t x = ((const struct session_row *)a)->last_activity,
		y = ((const struct session_row *)b)->last_activity;

	return (x < y) - (x > y);
}

static void merge_sessions(struct snapshot *all, const struct snapshot *part)
{
	bool merged = all->sessions.n > 0;

	if (!merged) {
		merge_rows(all, &part->sessions, form_session, &all->sessions);
		return;
	}
	for (size_t i = 0; i < part->sessions.n; i++) {
		const struct session_row *row = vec_at(&part->sessions, i);
		struct session_row copy = *row;

		if (has_session(all, row))
			continue;
		form_own(form_session, &copy, &all->arena);
		*(struct session_row *)vec_push(&all->sessions) = copy;
	}
	vec_sort(&all->sessions, later_first);
}

/* Which time the numbers are of: that of the first who told any. */
static void merge_window(struct snapshot *all, const struct snapshot *part, size_t taken)
{
	const struct source_row *first = part->sources.n ? vec_at(&part->sources, 0) : NULL;

	if (all->window.n == 0) {
		all->window = arena_str(&all->arena, part->window);
		all->since = part->since;
	} else if (taken && part->window.n && !str_eq(part->window, all->window)) {
		snapshot_warn(all, "window: what only %.*s tell is of %.*s, the rest of %.*s",
			      STR_ARG(first ? first->kind : STR("others")), STR_ARG(part->window),
			      STR_ARG(all->window));
	}
}

void snapshot_merge(struct snapshot *all, const struct snapshot *part)
{
	bool spent = is_known(all->cost.spent_usd);
	size_t taken;

	if (all->taken_at == 0)
		all->taken_at = part->taken_at;
	merge_rows(all, &part->sources, form_source, &all->sources);
	merge_rows(all, &part->warnings, form_warning, &all->warnings);
	taken = merge_numbers(all, part, snapshot_form);
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		taken += merge_run(all, part, runs[i]);
	if (!spent &&
	    (all->cost.basis.n == 0 || is_known(all->cost.spent_usd))) /* it is that of what was spent */
		all->cost.basis = arena_str(&all->arena, part->cost.basis);
	taken += merge_models(all, part);
	if (all->projects.n == 0)
		taken += merge_rows(all, &part->projects, form_project, &all->projects);
	merge_sessions(all, part);
	merge_window(all, part, taken);
}
