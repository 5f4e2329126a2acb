/*
 * table: cells in columns as wide as their widest, for a terminal or as Markdown.  The first column is aligned to the left,
 * the others to the right; the first row is the heading.  Cells are copied; they are shown as they are, so that foreign
 * text must be escaped before.
 */
#ifndef HEADROOM_CMD_TABLE_H
#define HEADROOM_CMD_TABLE_H

#include "core/base/buf.h"
#include "core/base/vec.h"

#define TABLE_COLUMNS 7
#define TABLE_CELL 160 /* bytes, the NUL with them */

struct table {
	struct vec rows; /* char[TABLE_COLUMNS][TABLE_CELL] */
	int columns;
	bool markdown;
};

void table_init(struct table *t, int columns, bool markdown);
void table_row(struct table *t, ...); /* a const char * for each column */
void table_show(const struct table *t, struct buf *out); /* and an empty line */
void table_release(struct table *t);

#endif
