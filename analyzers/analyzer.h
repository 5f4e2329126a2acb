/*
 * analyzer: finds one kind of lesson in the calls of a project.  The driver makes one pass over a project's sessions,
 * thread by thread, and shows every call to every analyzer, which may look ahead within the thread and adds evidence; it
 * never sees an agent, a log or a file of the project.  Whether the evidence is enough and still true is decided later,
 * once for all (weigh, verify, rank).  A new analyzer is one file and one row in registry.c.
 */
#ifndef HEADROOM_ANALYZERS_ANALYZER_H
#define HEADROOM_ANALYZERS_ANALYZER_H

#include "analyzers/digest.h"
#include "analyzers/form.h"
#include "core/model/finding.h"

/* Where a call stands in its log. */
struct call_ref {
	int64_t file; /* row in the index, 0 = none */
	uint64_t id; /* hash of the call id */
	uint64_t offset, result_offset;
	uint32_t line, result_line;
	int64_t time;
};

/* What a call would have to look like to count for or against a candidate: hashes of kind-specific keys. */
struct evidence {
	enum finding_kind kind;
	enum failure class;
	str wrong, right, about; /* canonical slots, in the study's arena */
	str extra; /* SEARCH_SCOPE: pattern; PRE_STEP: folder; CWD: folder of the failure */
	const struct form *failed_form, *fixed_form; /* commands; NULL else */
	uint64_t wrong_key, right_key;
	uint32_t lineage;
	struct call_ref failed, fixed;
	uint32_t tokens; /* spent from the failure up to the fix */
	float weight; /* below 1 for masked failures */
	float score; /* paths: points the log alone gives */
	bool hinted; /* the error itself named the right side */
	bool discovered; /* paths: a search for the name showed it */
	bool tainted; /* web or external tools were used before in this thread */
	bool created; /* the agent made the right side itself in between */
	bool unsolved;
	bool program; /* paths: it was to be run, not read */
	bool refuted; /* by its own lineage, later */
};

struct step {
	const struct entry *e;
	bool parsed;
	struct shell_script script;
	struct form *forms; /* shell calls, after step_forms */
	size_t forms_n;
	bool has_path;
	str path; /* repository-relative, if has_path */
};

struct study;

/* A run of consecutive steps of one conversation or sub-agent. */
struct thread {
	struct study *study;
	const struct project *project;
	struct arena *arena; /* lives as long as the thread */
	struct step *steps;
	size_t n; /* steps to look at */
	size_t todo; /* the first `todo` of them are to be judged, the rest is only looked ahead to */
	int64_t file;
	bool tainted_before;
};

struct analyzer {
	const char *name;
	const char *about; /* one line for the documentation */
	size_t state_size; /* zeroed memory for one project and thread, allocated by the driver; may be 0 */
	void (*event)(void *state, struct thread *t, size_t i);
};

extern const struct analyzer *const analyzers[]; /* NULL-terminated */

/* ---- for analyzers ----------------------------------------------------------------------------------------------- */

#define HORIZON_CALLS 30 /* how far a fix may be from its failure */
#define HORIZON_USERS 1 /* with how many user messages in between */

/* Index behind the last step in which the fix of step i is looked for. */
size_t thread_horizon(const struct thread *t, size_t i);
/* Forms of a shell call, parsed on first use. */
const struct form *step_forms(struct thread *t, size_t i, size_t *n);
/* The form to blame for a failed shell call; NULL if it cannot be told. */
const struct form *step_blamed(struct thread *t, size_t i);
bool step_worked(const struct step *s);
bool step_is_shell(const struct step *s);

enum change { /* what happened between two steps */
	CHANGE_EDIT = 1, /* files written or edited */
	CHANGE_MOVE = 2, /* files moved, removed, checked out */
	CHANGE_INSTALL = 4,
	CHANGE_GENERATE = 8,
	CHANGE_START = 16 /* a service was started, or time was waited */
};
/* Union over the steps strictly between i and j; *step (may be NULL): the last INSTALL/GENERATE/START step. */
unsigned thread_changes(struct thread *t, size_t i, size_t j, size_t *step);
/* What one form does to the project's state. */
unsigned form_changes(const struct form *f);
/* Tokens from step i up to, not including, step j; j == i + 1: the failing call alone. */
uint32_t thread_tokens(const struct thread *t, size_t i, size_t j);
bool thread_tainted(const struct thread *t, size_t i);
/* True if the lineage's agent wrote, moved or removed this path itself. */
bool study_touched(const struct study *s, str path);

struct call_ref thread_ref(const struct thread *t, size_t i);
/* A copy of e becomes part of the study; lineage, refs, tokens, taint are filled from the thread. j = 0: unsolved. */
void study_add(struct thread *t, const struct evidence *e, size_t i, size_t j);

/* Keys by which weighing recognises further uses of a side. */
uint64_t key_path(str path);
uint64_t key_whole(str path); /* read without offset or limit */
uint64_t key_program(str program); /* run without launcher */
uint64_t key_words(const struct form *f, size_t args); /* launcher, program and its first words */
uint64_t key_words_in(const struct form *f, size_t args); /* the same and the folder */
uint64_t key_flag(const struct form *f, str flag);
uint64_t key_exact(const struct form *f);
uint64_t key_search(str dir);
uint64_t key_request(str request);

#endif
