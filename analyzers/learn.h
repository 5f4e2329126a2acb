/*
 * learn: one project from its index rows to settled learnings.  What stands in files comes in as text and goes out as
 * findings; reading and writing files is the caller's business.
 */
#ifndef HEADROOM_ANALYZERS_LEARN_H
#define HEADROOM_ANALYZERS_LEARN_H

#include "analyzers/candidate.h"

/* Something the user wrote that agents load: outside our block. */
struct user_text {
	str path; /* as shown */
	str text;
	int64_t mtime_ms;
};

/* A bullet that stands in our block now. */
struct listed_bullet {
	enum target target;
	str file; /* path */
	str text;
};

/* Whether a change of a file since our last write is the user's word. */
enum feedback {
	FEEDBACK_NONE, /* only another state of the repository: an older commit, a stash, a revert */
	FEEDBACK_EDIT, /* the file was edited */
	FEEDBACK_COMMIT /* the file is as committed: what a commit took out was taken out on purpose */
};

/* A line of the user's own that the project contradicts. */
struct stale_rule {
	str path, token, right;
	uint32_t line;
};

struct learn_input {
	int64_t now, since;
	int jobs;
	struct vec user_texts; /* struct user_text */
	struct vec bullets; /* struct listed_bullet */
	bool blocks[TARGET_COUNT]; /* our block exists in the file of this target */
	enum feedback feedback[TARGET_COUNT];
	str file[TARGET_COUNT]; /* FEEDBACK_COMMIT: repository-relative */
};

struct learning {
	struct candidate c;
	struct call_ref failed[CALLS_SHOWN], fixed[CALLS_SHOWN];
	uint32_t calls_n;
	uint32_t broken; /* ALREADY_DOCUMENTED: failures since that text was written */
};

struct learned {
	struct study study;
	struct vec learnings; /* struct learning: what the blocks will hold */
	struct vec suppressed; /* struct learning */
	struct vec stale; /* struct stale_rule */
	struct vec decided; /* struct item_row: verdicts read from the user's edits, to be stored */
};

/* rows: the project's files. items: vec of struct item_row, what the store knows of the project. */
enum status learn_project(struct arena *a, struct store *store, const struct project *project,
			  struct tree *tree, const struct file_row **rows, size_t n,
			  const struct learn_input *in, const struct vec *items, struct learned *out,
			  struct error *err);
void learned_release(struct learned *l);

/* The user's words, rank and budget: fills learnings, suppressed, stale and decided from judged candidates. */
void settle(struct study *s, struct tree *tree, const struct learn_input *in, const struct vec *items,
	    struct vec *candidates, struct learned *out);

/* Budgets of the two files; see judge.c for the gates before. */
#define CONTEXT_ITEMS 15
#define CONTEXT_LINES 40
#define CONTEXT_TOKENS 600
#define MEMORY_ITEMS 8
#define HYSTERESIS 0.7

#endif
