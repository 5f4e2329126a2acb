#include "core/compress/json_crush.h"

enum {
	COUNTS_MAX = 5, /* values counted, the most frequent first */
	VALUE_MAX = 32, /* bytes of one */
	SUMMARY_MAX = 300 /* bytes of all */
};

struct count {
	str name;
	size_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	return (x->n < y->n) - (x->n > y->n);
}

/* In a marker, which stands in a JSON string and ends with a bracket. */
static bool is_harmless(str s)
{
	if (s.n == 0 || s.n > VALUE_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || strchr("\"\\[]", s.p[i]))
			return false;
	return true;
}

static str meaning(str raw)
{
	return raw.n >= 2 && raw.p[0] == '"' ? str_sub(raw, 1, raw.n - 2) : raw;
}

static void put_count(struct buf *out, size_t n, str name)
{
	buf_printf(out, "%s%zu %.*s", out->n ? ", " : "", n, STR_ARG(name));
}

struct omitted {
	const struct column *column;
	size_t *kept; /* rows kept, by value */
};

static void count_kept(struct fields *f, struct column *c, struct jval v, size_t row, void *ctx)
{
	struct omitted *o = ctx;
	size_t quote = v.type == J_STRING;
	str raw = { v.raw.p - quote, v.raw.n + 2 * quote };

	(void)f, (void)row;
	if (!c || c != o->column || v.type == J_ARRAY || v.type == J_OBJECT)
		return;
	for (size_t i = 0; i < c->values_n; i++)
		o->kept[i] += str_eq(c->values[i].raw, raw);
}

/* "985 INFO, 3 WARN": of the column that says what kind of row it is. */
static void put_values(struct buf *out, const struct rows *r, const struct column *column)
{
	size_t kept[VALUES_MAX] = { 0 };
	struct omitted o = { column, kept };
	struct vec counts;

	for (size_t row = 0; row < r->n; row++)
		if (r->reasons[row])
			fields_walk_row(r->fields, row, false, count_kept, &o);
	vec_init(&counts, sizeof(struct count));
	for (size_t i = 0; i < column->values_n; i++) {
		str name = meaning(column->values[i].raw);

		if (column->values[i].n > kept[i] && is_harmless(name))
			*(struct count *)vec_push(&counts) =
				(struct count){ name, column->values[i].n - kept[i] };
	}
	vec_sort(&counts, by_count);
	for (size_t i = 0; i < counts.n && i < COUNTS_MAX && out->n < SUMMARY_MAX; i++) {
		const struct count *c = vec_at(&counts, i);

		put_count(out, c->n, c->name);
	}
	vec_release(&counts);
}

static void put_figures(struct buf *out, const struct figures *f)
{
	buf_printf(out, "%smin=%.4g, max=%.4g, median=%.4g, p25=%.4g, p75=%.4g", out->n ? ", " : "", f->min,
		   f->max, f->median, f->p25, f->p75);
	if (f->outliers)
		buf_printf(out, ", without %zu outliers", f->outliers);
	buf_printf(out, "%s mean=%.4g, stddev=%.4g", f->outliers ? "" : ",", f->mean, f->stddev);
}

static size_t omitted_errors(const struct rows *r)
{
	size_t kept = 0;

	for (size_t row = 0; row < r->n; row++)
		kept += (r->reasons[row] & REASON_ERROR) != 0;
	return kept && r->errors > kept ? r->errors - kept : 0;
}

static void put_group(struct buf *out, const struct rows *r, bool alone)
{
	static const char *const names[J_OBJECT + 1] = {
		[J_OBJECT] = "objects",
		[J_STRING] = "strings",
		[J_NUMBER] = "numbers",
		[J_NULL] = "literals",
	};
	const struct column *column = r->fields ? fields_category(r->fields) : NULL;
	size_t repeated = omitted_errors(r);

	if (r->kept == r->n)
		return;
	if (!alone)
		put_count(out, r->n - r->kept, str_c(names[r->type]));
	if (column && alone)
		put_values(out, r, column);
	if (repeated)
		put_count(out, repeated, STR("like the errors kept"));
	if (r->figures)
		put_figures(out, r->figures);
}

void summary_put(struct buf *out, const struct rows *groups, size_t n, size_t before, size_t after)
{
	struct buf omitted;

	buf_init(&omitted, SIZE_MAX);
	for (size_t i = 0; i < n; i++)
		put_group(&omitted, &groups[i], n == 1);
	buf_printf(out, "%zu items compressed to %zu", before, after);
	if (omitted.n)
		buf_printf(out, ". Omitted: %s", buf_c(&omitted));
	buf_release(&omitted);
}
