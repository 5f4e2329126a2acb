/*
 * learn_report: what one run of `headroom learn` found, for the views (text, JSON, diff, explain).
 */
#ifndef HEADROOM_CMD_LEARN_REPORT_H
#define HEADROOM_CMD_LEARN_REPORT_H

#include "analyzers/ingest.h"
#include "analyzers/learn.h"
#include "writers/plan.h"

struct project_report {
	struct arena *arena;
	struct project project;
	struct tree *tree;
	struct vec rows; /* const struct file_row *: its logs */
	struct learned learned;
	struct vec items; /* struct item_row: what the store knew before */
	struct write_place place;
	struct vec plans; /* struct plan_file */
	struct vec agents; /* str */
	bool memory_disabled;
};

struct learn_report {
	struct arena arena;
	struct ingest_result index;
	struct vec projects; /* struct project_report */
	int64_t ms; /* of the whole run */
	bool verbose, color, applied;
};

/* ---- views: append to out --------------------------------------------------------------------------------------- */
void learn_text(const struct learn_report *r, struct buf *out);
void learn_json(const struct learn_report *r, struct buf *out);
void learn_diff(const struct learn_report *r, struct buf *out, bool color);
/* STATUS_NOT_FOUND if no learning of that id is known. */
enum status learn_explain(const struct learn_report *r, const char *id, struct buf *out, struct error *err);

/* ---- files ------------------------------------------------------------------------------------------------------ */
/* What stands in the project's files: user texts, our bullets, whether a change of them is the user's word. */
void learn_read_files(struct project_report *p, const struct scan_roots *roots, struct learn_input *in);
/* Fills plans from the learnings; ids (vec of const char *, may be empty): only these and what is listed already. */
void learn_plan_files(struct project_report *p, const struct vec *ids, bool take_out);

/* Session name and call id of a reference, read from the log where it still exists, else the hash in hex. */
str learn_session_name(struct arena *a, const struct project_report *p, int64_t file);
const struct file_row *learn_row(const struct project_report *p, int64_t file);
str learn_call_id(struct arena *a, const struct project_report *p, const struct call_ref *ref);
/* The record of a call (or of its result) as it stands in the log; false if the log or the record is gone. */
bool learn_read_record(struct arena *a, const struct project_report *p, const struct call_ref *ref,
		       bool result, str *line);

#endif
