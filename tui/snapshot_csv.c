#include "core/base/csv.h"
#include "core/base/utf8.h"
#include "tui/snapshot_form.h"

/* The columns: when, then a row of sources, then one of by_model without its source. */
static const struct form columns_when[] = {
	{ "taken_at", FORM_TIME, offsetof(struct snapshot, taken_at), 0, NULL },
	{ "window", FORM_TEXT, offsetof(struct snapshot, window), 0, NULL },
	{ "since", FORM_TIME, offsetof(struct snapshot, since), 0, NULL },
	{ NULL, FORM_VERSION, 0, 0, NULL },
};

static bool is_column(const struct form *f)
{
	return !str_eq_c(str_c(f->name), "source");
}

static void add_names(struct buf *out, const struct form *form, bool first)
{
	for (const struct form *f = form; f->name && is_column(f); f++) {
		if (!first || f > form)
			buf_add_ch(out, ',');
		buf_add_c(out, f->name);
	}
}

static void add_text(struct buf *out, str text)
{
	struct buf safe;

	buf_init(&safe, SIZE_MAX);
	utf8_escape(&safe, text, false);
	csv_cell(out, buf_str(&safe));
	buf_release(&safe);
}

static void add_cell(struct buf *out, const struct form *f, const void *row)
{
	const void *at = (const char *)row + f->offset;

	if (f->kind == FORM_NUMBER)
		form_number(out, *(const double *)at, f->decimals, "");
	else if (f->kind == FORM_TEXT)
		add_text(out, *(const str *)at);
	else if (f->kind == FORM_STATUS)
		buf_add_c(out, source_status_names[*(const enum source_status *)at]);
	else if (f->kind == FORM_TIME && *(const int64_t *)at)
		form_time(out, *(const int64_t *)at);
}

/* row NULL: empty cells */
static void add_cells(struct buf *out, const struct form *form, const void *row, bool first)
{
	for (const struct form *f = form; f->name && is_column(f); f++) {
		if (!first || f > form)
			buf_add_ch(out, ',');
		if (row)
			add_cell(out, f, row);
	}
}

static void add_row(struct buf *out, const struct snapshot *s, const struct source_row *source,
		    const struct model_row *model)
{
	add_cells(out, columns_when, s, true);
	add_cells(out, form_source, source, false);
	add_cells(out, form_model, model, false);
	buf_add_ch(out, '\n');
}

static bool tells(const struct snapshot *s, size_t source, const struct model_row *model)
{
	const struct source_row *row = vec_at(&s->sources, source);

	return model->source.n ? str_eq(model->source, row->name) : source == 0;
}

void snapshot_csv(const struct snapshot *s, bool bare, struct buf *out)
{
	if (!bare) {
		add_names(out, columns_when, true);
		add_names(out, form_source, false);
		add_names(out, form_model, false);
		buf_add_ch(out, '\n');
	}
	for (size_t i = 0; i < s->sources.n; i++) {
		size_t rows = 0;

		for (size_t k = 0; k < s->models.n; k++) {
			if (!tells(s, i, vec_at(&s->models, k)))
				continue;
			add_row(out, s, vec_at(&s->sources, i), vec_at(&s->models, k));
			rows++;
		}
		if (rows == 0)
			add_row(out, s, vec_at(&s->sources, i), NULL);
	}
}
