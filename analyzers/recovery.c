/*
 * The same command that failed and then worked: after a step that prepared it, or with more time.
 */
#include "analyzers/analyzer.h"
#include "analyzers/classify.h"
#include "core/base/fs.h"

/* An install, generate or start step; the whole of it must be plain. */
static const struct form *preparing_form(struct thread *t, size_t step)
{
	size_t n;
	const struct form *forms = step_forms(t, step, &n);
	for (size_t k = n; k-- > 0;)
		if (forms[k].exact && !forms[k].guarded && forms[k].dir.p &&
		    !str_eq_c(forms[k].program, "sleep") && !str_eq_c(forms[k].program, "source") &&
		    !str_eq_c(forms[k].program, ".") &&
		    (form_changes(&forms[k]) & (CHANGE_INSTALL | CHANGE_GENERATE | CHANGE_START)))
			return &forms[k];
	return NULL;
}

/* Commands that need no preparation by the project: they look around or go to the network. */
static bool stands_alone(str program)
{
	static const char *const list[] = { "git",   "gh",   "glab", "curl", "wget",   "ssh", "scp",
					    "rsync", "ping", "dig",  "aws",  "gcloud", "az" };
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_eq_c(program, list[i]))
			return true;
	return program_is_viewer(program);
}

static void prepared(struct thread *t, size_t i, size_t j, const struct form *f)
{
	const struct entry *e = t->steps[i].e;
	size_t step = 0;
	unsigned changes = thread_changes(t, i, j, &step);
	if (!(changes & (CHANGE_INSTALL | CHANGE_GENERATE | CHANGE_START)) ||
	    (changes & (CHANGE_EDIT | CHANGE_MOVE)) || !step)
		return;
	/* a service that was down needs a start, nothing else; a crash is no missing preparation */
	if (stands_alone(path_base(f->program)) || e->exit_code >= 128 ||
	    (e->class == FAIL_TRANSIENT && !(changes & CHANGE_START)))
		return;
	const struct form *s = preparing_form(t, step);
	if (!s || !str_eq(s->dir, f->dir))
		return;
	/* installing one named package is a change of the project, not a way to prepare it */
	if ((form_changes(s) & CHANGE_INSTALL) && s->args_n > 1 && s->args[s->args_n - 1].p[0] != '-' &&
	    !form_is_selector(s->args[s->args_n - 1]))
		return;
	struct evidence ev = { .kind = KIND_PRE_STEP };
	ev.about = ev.wrong = form_text(t->arena, f, form_plain_words(f, 3));
	ev.right = form_text(t->arena, s, s->args_n < 4 ? s->args_n : form_plain_words(s, 3));
	ev.extra = f->dir;
	ev.failed_form = f;
	ev.fixed_form = s;
	ev.wrong_key = 0; /* that it also works without the step is normal once it was prepared */
	ev.right_key = 0;
	study_add(t, &ev, i, j);
}

static void on_event(void *state, struct thread *t, size_t i)
{
	(void)state;
	const struct entry *e = t->steps[i].e;
	if (!step_is_shell(&t->steps[i]) || (e->flags & ENTRY_REWRITTEN))
		return;
	bool slow = e->class == FAIL_TIMEOUT;
	bool unprepared = e->class == FAIL_MODULE_MISSING || e->class == FAIL_COMMAND_NOT_FOUND ||
			  e->class == FAIL_PATH_MISSING || e->class == FAIL_TRANSIENT ||
			  e->class == FAIL_UNKNOWN || e->class == FAIL_WRONG_CWD ||
			  e->class == FAIL_UNKNOWN_TARGET;
	if (!slow && !unprepared)
		return;
	const struct form *f = NULL;
	size_t n, end = thread_horizon(t, i);
	if (slow) {
		const struct form *forms = step_forms(t, i, &n);
		f = n == 1 ? &forms[0] : step_blamed(t, i);
	} else {
		f = step_blamed(t, i);
	}
	if (!f || !f->exact || f->guarded || !f->dir.p)
		return;
	for (size_t j = i + 1; j < end; j++) {
		if (!step_worked(&t->steps[j]))
			continue;
		const struct form *forms = step_forms(t, j, &n);
		for (size_t k = 0; k < n; k++) {
			struct alignment al;
			form_align(f, &forms[k], &al);
			if (al.edits != EDIT_NONE || forms[k].guarded)
				continue;
			const struct entry *later = t->steps[j].e;
			if (unprepared) {
				prepared(t, i, j, f);
			} else if (later->timeout_ms > e->timeout_ms || (later->flags & ENTRY_BACKGROUND)) {
				struct evidence ev = { .kind = KIND_TIMEOUT };
				ev.about = ev.wrong = form_text(t->arena, f, form_plain_words(f, 3));
				ev.failed_form = f;
				ev.fixed_form = &forms[k];
				ev.wrong_key = 0;
				study_add(t, &ev, i, j);
			}
			return;
		}
	}
}

const struct analyzer recovery_analyzer = {
	.name = "recovery",
	.about = "commands that need a step before them, or more time",
	.event = on_event,
};
