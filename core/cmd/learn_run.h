/*
 * learn_run: one run of `headroom learn`: its options and what the modes share.
 */
#ifndef HEADROOM_CMD_LEARN_RUN_H
#define HEADROOM_CMD_LEARN_RUN_H

#include "core/cmd/learn_report.h"

struct learn_options {
	const char *project, *apply, *agent, *claude_dir, *since, *explain, *reject, *allow;
	struct vec moved_from; /* const char * */
	bool all, local, reindex, undo, remove, forget;
	int format;
	long jobs;
};

struct learn_run {
	struct learn_options o;
	struct learn_report r;
	struct store *store;
	const struct scanner *scanners[16]; /* NULL-terminated */
	struct scan_roots roots;
	str home; /* $HEADROOM_HOME */
	int64_t since, started;
	bool temporary; /* the store vanishes with the process */
	int64_t last_shown; /* progress */
};

/* Fills the rows of a project from the index. */
void learn_claim_rows(struct learn_run *run, struct project_report *p);
str learn_key(const struct project_report *p); /* names the project in the store and among the backups */

/* ---- what a run can do besides showing ---------------------------------------------------------------------------- */

/* Writes the learnings (ids: only these new ones; empty: all), or takes our blocks out. */
enum status learn_apply(struct learn_run *run, struct project_report *p, const struct vec *ids, bool take_out,
			struct error *err);
enum status learn_undo(struct learn_run *run, struct project_report *p, struct error *err);
enum status learn_forget(struct learn_run *run, struct project_report *p, struct error *err);
enum status learn_reject(struct learn_run *run, struct project_report *p, const char *id, struct error *err);
enum status learn_allow(struct learn_run *run, struct project_report *p, const char *id, struct error *err);
const struct learning *learn_find(const struct vec *list, const char *id); /* NULL if it is not there */

#endif
