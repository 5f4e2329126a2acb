/*
 * Commands the user keeps declining.  A refusal is evidence at three depths: the program, with its subcommand, with
 * its target; weighing counts how often each was carried out, and the depth that explains the refusals is the lesson.
 */
#include "analyzers/analyzer.h"
#include "analyzers/classify.h"
#include "core/base/fs.h"

/* Permission is asked for what changes the world; looking around is never a lesson. */
static bool worth_asking(const struct form *f)
{
	return !program_is_viewer(path_base(f->program)) && f->dir.p && str_chr(f->program, '$') == STR_NONE;
}

static const struct form *asked_form(struct thread *t, size_t i)
{
	size_t n;
	const struct form *forms = step_forms(t, i, &n), *one = NULL;
	for (size_t k = 0; k < n; k++) {
		str p = path_base(forms[k].program);
		if (program_is_viewer(p) || str_eq_c(p, "sleep") || str_eq_c(p, "export") ||
		    str_eq_c(p, "source"))
			continue;
		if (one)
			return NULL; /* several things were asked at once: unclear which one was declined */
		one = &forms[k];
	}
	return one && worth_asking(one) ? one : NULL;
}

static void on_event(void *p, struct thread *t, size_t i)
{
	(void)p;
	const struct entry *e = t->steps[i].e;
	if (!step_is_shell(&t->steps[i]) || e->class != FAIL_REJECTED)
		return;
	const struct form *f = asked_form(t, i);
	if (!f)
		return;
	/* what is not plain text ("$(cat ...)") cannot be part of the rule; the subcommand before it can */
	unsigned deepest =
		f->exact ? 3
		: f->args_n && f->args[0].n && f->args[0].p[0] != '-' && str_chr(f->args[0], '$') == STR_NONE
			? 2
			: 1;
	for (unsigned depth = 1; depth <= deepest; depth++) {
		str text = form_request(t->arena, f, depth);
		if (depth > 1 && str_eq(text, form_request(t->arena, f, depth - 1)))
			break;
		struct evidence ev = {
			.kind = KIND_PERMISSION, .wrong = text, .about = text, .score = (float)depth
		};
		ev.extra = form_request(t->arena, f, deepest);
		ev.wrong_key = key_request(text);
		study_add(t, &ev, i, 0);
	}
}

const struct analyzer permission_analyzer = {
	.name = "permission",
	.about = "commands the user keeps declining",
	.event = on_event,
};
