/*
 * snapshot_form: the members of a snapshot as a table: their JSON names in their order, what they are and where.  Writing,
 * reading and merging go by it.  Private to snapshot*.c.
 */
#ifndef HEADROOM_TUI_SNAPSHOT_FORM_H
#define HEADROOM_TUI_SNAPSHOT_FORM_H

#include "tui/snapshot.h"

#define SNAPSHOT_VERSION 1

enum form_kind {
	FORM_VERSION, /* nowhere: SNAPSHOT_VERSION */
	FORM_NUMBER, /* double, UNKNOWN is null */
	FORM_TIME, /* int64_t, 0 is null */
	FORM_TEXT, /* str, "" is null */
	FORM_FLAG, /* bool */
	FORM_STATUS, /* enum source_status */
	FORM_GROUP, /* an object: members, at offsets of the whole snapshot */
	FORM_ROWS, /* struct vec of structs: members, at offsets of a row */
	FORM_STRINGS /* struct vec of str */
};

struct form {
	const char *name; /* NULL ends a table */
	enum form_kind kind;
	size_t offset;
	int decimals; /* of FORM_NUMBER, at most */
	const struct form *members;
};

/* form_warning is the one member of a row of warnings. */
extern const struct form snapshot_form[], form_source[], form_model[], form_project[], form_session[],
	form_warning[];

void form_unknown(const struct form *form, void *at); /* every number and status; rows are left alone */
void form_own(const struct form *form, void *at, struct arena *a); /* every text becomes a copy in a */
/* "25.0", "0.15", "12500": no more digits than the number has, but a fraction shows that it is one.  `nothing` for what
 * is unknown or infinite. */
void form_number(struct buf *out, double value, int decimals, const char *nothing);
void form_time(struct buf *out, int64_t ms); /* ISO 8601, with milliseconds where there are some */

#endif
