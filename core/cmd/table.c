#include "core/cmd/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/utf8.h"

void table_init(struct table *t, int columns, bool markdown)
{
	assert(columns <= TABLE_COLUMNS);
	*t = (struct table){ .columns = columns, .markdown = markdown };
	vec_init(&t->rows, TABLE_COLUMNS * TABLE_CELL);
}

void table_row(struct table *t, ...)
{
	char(*cells)[TABLE_CELL] = vec_push(&t->rows);
	va_list ap;

	va_start(ap, t);
	for (int i = 0; i < t->columns; i++)
		snprintf(cells[i], TABLE_CELL, "%s", va_arg(ap, const char *));
	va_end(ap);
}

static void put_blanks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_ch(out, ' ');
}

/* The first column is aligned to the left, the others to the right. */
static void put_row(const struct table *t, char (*cells)[TABLE_CELL], const size_t *widths, struct buf *out)
{
	buf_add_c(out, t->markdown ? "|" : " ");
	for (int i = 0; i < t->columns; i++) {
		size_t pad = widths[i] - utf8_columns(str_c(cells[i]));

		put_blanks(out, i ? pad + 1 : 1);
		buf_add_c(out, cells[i]);
		put_blanks(out, i ? 0 : pad);
		buf_add_c(out, t->markdown ? " |" : i + 1 < t->columns ? " " : "");
	}
	buf_add_ch(out, '\n');
}

void table_show(const struct table *t, struct buf *out)
{
	size_t widths[TABLE_COLUMNS] = { 0 };

	for (size_t r = 0; r < t->rows.n; r++)
		for (int i = 0; i < t->columns; i++) {
			size_t n = utf8_columns(str_c(((char(*)[TABLE_CELL])vec_at(&t->rows, r))[i]));

			widths[i] = n > widths[i] ? n : widths[i];
		}
	for (size_t r = 0; r < t->rows.n; r++) {
		put_row(t, vec_at(&t->rows, r), widths, out);
		for (int i = 0; t->markdown && r == 0 && i < t->columns; i++)
			buf_add_c(out, i == 0 ? "|---|" : i + 1 < t->columns ? "---:|" : "---:|\n");
	}
	buf_add_ch(out, '\n');
}

void table_release(struct table *t)
{
	vec_release(&t->rows);
}
