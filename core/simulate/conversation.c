#include "core/simulate/conversation.h"

void conversation_init(struct conversation *c, struct arena *a, size_t configs)
{
	*c = (struct conversation){ .arena = a, .configs = configs };
	vec_init(&c->prompts, sizeof(struct prompt));
	vec_init(&c->tokens, sizeof(struct sim_tokens));
	c->works = arena_array(a, configs, sizeof(*c->works));
	for (size_t i = 0; i < configs; i++) {
		vec_init(&c->works[i].labels, sizeof(struct sim_label));
		vec_init(&c->works[i].steps, sizeof(struct sim_step));
		vec_init(&c->works[i].warnings, sizeof(str));
		map64_init(&c->works[i].hashes);
	}
}

void conversation_release(struct conversation *c)
{
	for (size_t i = 0; i < c->configs; i++) {
		vec_release(&c->works[i].labels);
		vec_release(&c->works[i].steps);
		vec_release(&c->works[i].warnings);
		map64_release(&c->works[i].hashes);
	}
	vec_release(&c->prompts);
	vec_release(&c->tokens);
}

struct prompt *conversation_prompt(struct conversation *c, struct sim_tokens **tokens)
{
	size_t first = c->tokens.n;

	for (size_t i = 0; i < c->configs; i++)
		vec_push(&c->tokens);
	*tokens = c->configs ? vec_at(&c->tokens, first) : NULL;
	return vec_push(&c->prompts);
}

/* ---- what runs did ---- */

#define LIST_MAX 1000 /* different labels, and warnings, that are told */

static void note_label(struct conversation *c, struct sim_work *w, str name)
{
	struct sim_label *l;

	for (size_t i = 0; i < w->labels.n; i++) {
		l = vec_at(&w->labels, i);
		if (str_eq(l->name, name)) {
			l->n++;
			return;
		}
	}
	if (w->labels.n >= LIST_MAX)
		return;
	l = vec_push(&w->labels);
	*l = (struct sim_label){ arena_str(c->arena, name), 1 };
}

static void note_step(struct conversation *c, struct sim_work *w, const struct pipeline_step *s)
{
	struct sim_step *sum = NULL;

	for (size_t i = 0; i < w->steps.n && !sum; i++) {
		struct sim_step *known = vec_at(&w->steps, i);

		sum = str_eq_c(known->name, s->name) ? known : NULL;
	}
	if (!sum) {
		sum = vec_push(&w->steps);
		sum->name = arena_str(c->arena, str_c(s->name));
	}
	sum->before += s->before;
	sum->after += s->after;
	sum->ms += s->ms;
}

static void note_warning(struct conversation *c, struct sim_work *w, str warning)
{
	for (size_t i = 0; i < w->warnings.n; i++)
		if (str_eq(*(str *)vec_at(&w->warnings, i), warning))
			return;
	if (w->warnings.n < LIST_MAX)
		*(str *)vec_push(&w->warnings) = arena_str(c->arena, warning);
}

void conversation_note(struct conversation *c, size_t config, const struct pipeline_result *r)
{
	struct sim_work *w = &c->works[config];

	for (size_t i = 0; i < r->labels.n; i++)
		note_label(c, w, *(str *)vec_at(&r->labels, i));
	for (size_t i = 0; i < r->steps.n; i++)
		note_step(c, w, vec_at(&r->steps, i));
	for (size_t i = 0; i < r->warnings.n; i++)
		note_warning(c, w, *(str *)vec_at(&r->warnings, i));
	for (size_t i = 0; i < r->hashes.n; i++)
		map64_put(&w->hashes, str_hash(str_c(((struct pipeline_hash *)vec_at(&r->hashes, i))->hex)),
			  NULL);
	if (r->reason)
		w->reason = r->reason;
}

/* ---- differences ---- */

static void tell_change(const struct conversation *c, const struct sim_options *o, size_t config,
			struct change change)
{
	change.c = c;
	change.config = &o->configs[config];
	o->changed(o->changed_ctx, &change);
}

void conversation_compare(const struct conversation *c, const struct sim_options *o, size_t config,
			  str before, str after)
{
	struct request a, b;
	struct arena scratch;
	bool exact;

	if (!o->changed || str_eq(before, after) || request_parse(before, &a, NULL) != STATUS_OK)
		return;
	if (request_parse(after, &b, NULL) != STATUS_OK) {
		request_release(&a);
		return;
	}
	arena_init(&scratch);
	for (size_t i = 0; i < a.slots.n && i < b.slots.n && a.slots.n == b.slots.n; i++) {
		const struct slot *x = request_slot(&a, i), *y = request_slot(&b, i);

		if (str_eq(x->raw, y->raw))
			continue;
		tell_change(c, o, config,
			    (struct change){ .tool = request_tool_name(&a, x),
					     .before = slot_text(x, &scratch, &exact),
					     .after = slot_text(y, &scratch, &exact) });
	}
	if (a.slots.n != b.slots.n) /* whole messages are gone */
		tell_change(c, o, config,
			    (struct change){ .tool = STR("messages"), .before = before, .after = after });
	arena_release(&scratch);
	request_release(&a);
	request_release(&b);
}
