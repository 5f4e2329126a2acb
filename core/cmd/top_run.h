/*
 * top_run: what the parts of headroom top share.  Private to core/cmd/cmd_top.c and top_*.c.
 */
#ifndef HEADROOM_CMD_TOP_RUN_H
#define HEADROOM_CMD_TOP_RUN_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "tui/source.h"

/* For people: tables of at most `columns`; `all` rows, or those that matter most. */
struct top_text_options {
	size_t columns;
	bool all, color;
};
void top_text(const struct snapshot *s, const struct top_text_options *o, struct buf *out);

/* What Claude Code tells its status line on standard input. */
struct top_status {
	str session_id, transcript, model; /* "" unknown */
	double spent_usd, context_percent;
};
/* STATUS_DONE if there is nothing on standard input, which is not waited for. */
enum status top_status_read(struct arena *a, struct top_status *out, struct error *err);
enum status top_status_parse(struct arena *a, str json, struct top_status *out, struct error *err);
/* The snapshot of that session alone. */
void top_status_poll(const struct top_status *status, const struct source_options *o, struct snapshot *out);

/* HEADROOM_BUDGET and HEADROOM_BUDGET_PERIOD. */
struct top_budget {
	double usd; /* UNKNOWN: none */
	const char *period; /* "daily" */
	int64_t since; /* when the current one began, UTC */
};
enum status top_budget_read(int64_t now, struct top_budget *out, struct error *err);
/* What was spent in the period, as far as these sources know. */
double top_budget_spent(const struct top_budget *b, const struct vec *feeds);

#endif
