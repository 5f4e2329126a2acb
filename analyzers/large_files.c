/*
 * Files that were read whole although they are too large for it.
 */
#include "analyzers/analyzer.h"

static void on_event(void *state, struct thread *t, size_t i)
{
	(void)state;
	const struct step *s = &t->steps[i];
	if (s->e->class != FAIL_TOO_LARGE || s->e->tool != TOOL_READ || !s->has_path || s->path.n == 0)
		return;
	struct evidence ev = { .kind = KIND_LARGE_FILE, .wrong = s->path, .wrong_key = key_whole(s->path) };
	size_t end = thread_horizon(t, i);
	for (size_t j = i + 1; j < end; j++)
		if (t->steps[j].e->kind == ENTRY_CALL && t->steps[j].has_path &&
		    str_eq(t->steps[j].path, s->path) && (t->steps[j].e->flags & ENTRY_RANGED) &&
		    step_worked(&t->steps[j])) {
			study_add(t, &ev, i, j);
			return;
		}
	study_add(t, &ev, i, 0);
}

const struct analyzer large_files_analyzer = {
	.name = "large_files",
	.about = "files too large to be read whole",
	.event = on_event,
};
