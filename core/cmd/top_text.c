/*
 * top_text: a snapshot for people, as plain tables.  Numbers keep their width, names shrink first.
 */
#include <math.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/utf8.h"
#include "core/cmd/top_run.h"
#include "tui/figure.h"
#include "tui/text.h"

enum {
	SHOWN = 8, /* rows of a table */
	BAR = 10,
	GAP = 2,
	MAX_COLUMNS = 10,
	MAX_NAME = 40
};

/* ---- tables ---- */

struct column {
	const char *title;
	bool name; /* to the left, and cut where there is no room */
	size_t least; /* of a name */
	int rank; /* where there is still no room, the highest goes first; 0 stays */
};

/* Cells are already safe to show. */
struct table {
	const struct column *columns;
	size_t columns_n;
	struct vec cells; /* struct str, row by row */
	struct arena arena;
};

static void table_init(struct table *t, const struct column *columns, size_t n)
{
	*t = (struct table){ .columns = columns, .columns_n = n };
	vec_init(&t->cells, sizeof(str));
	arena_init(&t->arena);
}

static void table_release(struct table *t)
{
	vec_release(&t->cells);
	arena_release(&t->arena);
}

static void add_cell(struct table *t, str text)
{
	struct buf safe;

	buf_init(&safe, SIZE_MAX);
	text_fit(&safe, text, MAX_NAME * 2);
	*(str *)vec_push(&t->cells) = arena_str(&t->arena, buf_str(&safe));
	buf_release(&safe);
}

static void add_figure(struct table *t, void (*figure)(struct buf *out, double n), double n)
{
	struct buf text;

	buf_init(&text, MAX_NAME);
	figure(&text, n);
	add_cell(t, buf_str(&text));
	buf_release(&text);
}

static str cell_at(const struct table *t, size_t row, size_t column)
{
	return *(str *)vec_at(&t->cells, row * t->columns_n + column);
}

static size_t sum_of(const struct table *t, const size_t *widths)
{
	size_t sum = 0;

	for (size_t c = 0; c < t->columns_n; c++)
		if (widths[c])
			sum += widths[c] + (sum ? GAP : 0);
	return sum;
}

static bool shrink_name(const struct table *t, size_t *widths)
{
	size_t widest = t->columns_n;

	for (size_t c = 0; c < t->columns_n; c++)
		if (t->columns[c].name && widths[c] > t->columns[c].least &&
		    (widest == t->columns_n || widths[c] > widths[widest]))
			widest = c;
	if (widest == t->columns_n)
		return false;
	widths[widest]--;
	return true;
}

static bool drop_column(const struct table *t, size_t *widths)
{
	size_t last = t->columns_n;

	for (size_t c = 0; c < t->columns_n; c++)
		if (widths[c] && t->columns[c].rank &&
		    (last == t->columns_n || t->columns[c].rank > t->columns[last].rank))
			last = c;
	if (last == t->columns_n)
		return false;
	widths[last] = 0;
	return true;
}

/* Widths as the cells want them, 0 for a column that is left out. */
static void measure(const struct table *t, size_t columns, size_t *widths)
{
	size_t rows = t->cells.n / t->columns_n, least[MAX_COLUMNS];

	for (size_t c = 0; c < t->columns_n; c++) {
		bool empty = true;

		widths[c] = strlen(t->columns[c].title);
		for (size_t r = 0; r < rows; r++) {
			size_t width = text_width(cell_at(t, r, c));

			empty &= width == 0;
			widths[c] = width > widths[c] ? width : widths[c];
		}
		if (empty)
			widths[c] = 0;
		least[c] = t->columns[c].name && widths[c] > t->columns[c].least ? t->columns[c].least
										 : widths[c];
	}
	while (sum_of(t, least) > columns && drop_column(t, least))
		;
	for (size_t c = 0; c < t->columns_n; c++)
		widths[c] = least[c] ? widths[c] : 0;
	while (sum_of(t, widths) > columns && shrink_name(t, widths))
		;
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_ch(out, ' ');
}

static void show_cell(const struct column *column, str text, size_t width, struct buf *out)
{
	struct buf fitted;
	size_t cells;

	buf_init(&fitted, SIZE_MAX);
	text_fit(&fitted, text, width);
	cells = text_width(buf_str(&fitted));
	if (!column->name)
		pad(out, width - cells);
	buf_add(out, buf_str(&fitted));
	if (column->name)
		pad(out, width - cells);
	buf_release(&fitted);
}

static void end_line(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		buf_cut(out, out->n - 1);
	buf_add_ch(out, '\n');
}

static void begin_bold(const struct top_text_options *o, struct buf *out)
{
	if (o->color)
		buf_add(out, STR("\x1b[1m"));
}

static void end_bold(const struct top_text_options *o, struct buf *out)
{
	if (o->color)
		buf_add(out, STR("\x1b[0m"));
}

/* `hidden` rows are not there. */
static void table_show(const struct table *t, const struct top_text_options *o, size_t hidden,
		       struct buf *out)
{
	size_t widths[MAX_COLUMNS], rows = t->cells.n / t->columns_n;

	if (rows == 0)
		return;
	measure(t, o->columns, widths);
	buf_add_ch(out, '\n');
	begin_bold(o, out);
	for (size_t c = 0, shown = 0; c < t->columns_n; c++) {
		if (widths[c] == 0)
			continue;
		pad(out, shown++ ? GAP : 0);
		show_cell(&t->columns[c], str_c(t->columns[c].title), widths[c], out);
	}
	while (out->p[out->n - 1] == ' ')
		buf_cut(out, out->n - 1);
	end_bold(o, out);
	buf_add_ch(out, '\n');
	for (size_t r = 0; r < rows; r++) {
		for (size_t c = 0, shown = 0; c < t->columns_n; c++) {
			if (widths[c] == 0)
				continue;
			pad(out, shown++ ? GAP : 0);
			show_cell(&t->columns[c], cell_at(t, r, c), widths[c], out);
		}
		end_line(out);
	}
	if (hidden)
		buf_printf(out, "%zu more (-v shows them)\n", hidden);
}

#define TABLE(t, columns) table_init(t, columns, sizeof(columns) / sizeof(*(columns)))

static size_t shown_of(const struct vec *rows, const struct top_text_options *o)
{
	return o->all || rows->n <= SHOWN ? rows->n : SHOWN;
}

/* ---- what there is ---- */

/* "~/.claude" for what lies in the home folder. */
static str short_path(struct arena *a, str name)
{
	str rest;

	return path_below(name, str_c(env_home()), &rest) && rest.n ? arena_printf(a, "~/%.*s", STR_ARG(rest))
								    : name;
}

static void show_sources(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	static const struct column columns[] = { { "source", true, 8, 0 },  { "status", true, 6, 0 },
						 { "age", false, 0, 0 },    { "where", true, 20, 0 },
						 { "version", true, 7, 1 }, { "error", true, 12, 0 } };
	struct table t;

	TABLE(&t, columns);
	for (size_t i = 0; i < s->sources.n; i++) {
		const struct source_row *row = vec_at(&s->sources, i);

		add_cell(&t, row->kind);
		add_cell(&t, str_c(source_status_names[row->status]));
		add_figure(&t, figure_age, row->age_seconds);
		add_cell(&t, short_path(&t.arena, row->name));
		add_cell(&t, row->version);
		add_cell(&t, row->error);
	}
	table_show(&t, o, 0, out);
	table_release(&t);
}

static void show_models(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	static const struct column columns[] = { { "model", true, 12, 0 }, { "requests", false, 0, 0 },
						 { "input", false, 0, 0 }, { "output", false, 0, 0 },
						 { "saved", false, 0, 0 }, { "cost", false, 0, 0 } };
	size_t n = shown_of(&s->models, o);
	struct table t;

	TABLE(&t, columns);
	for (size_t i = 0; i < n; i++) {
		const struct model_row *row = vec_at(&s->models, i);

		add_cell(&t, row->model.n ? row->model : STR("?"));
		add_figure(&t, figure_count, row->requests);
		add_figure(&t, figure_count, row->input);
		add_figure(&t, figure_count, row->output);
		add_figure(&t, figure_count, row->saved);
		add_figure(&t, figure_usd, row->spent_usd);
	}
	table_show(&t, o, s->models.n - n, out);
	table_release(&t);
}

static void show_projects(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	static const struct column columns[] = { { "project", true, 12, 0 }, { "requests", false, 0, 0 },
						 { "input", false, 0, 0 },   { "output", false, 0, 0 },
						 { "saved", false, 0, 0 },   { "cost", false, 0, 0 },
						 { "sessions", false, 0, 0 } };
	size_t n = shown_of(&s->projects, o);
	struct table t;

	TABLE(&t, columns);
	for (size_t i = 0; i < n; i++) {
		const struct project_row *row = vec_at(&s->projects, i);

		add_cell(&t, row->project.n ? row->project : STR("?"));
		add_figure(&t, figure_count, row->requests);
		add_figure(&t, figure_count, row->input);
		add_figure(&t, figure_count, row->output);
		add_figure(&t, figure_count, row->saved);
		add_figure(&t, figure_usd, row->spent_usd);
		add_figure(&t, figure_count, row->sessions);
	}
	table_show(&t, o, s->projects.n - n, out);
	table_release(&t);
}

/* "[####......]  43%" */
static void add_bar(struct table *t, double percent)
{
	double filled = percent < 0 ? 0 : percent > 100 ? BAR : percent * BAR / 100;
	struct buf text;

	buf_init(&text, MAX_NAME);
	if (is_known(percent)) {
		buf_add_ch(&text, '[');
		for (int i = 0; i < BAR; i++)
			buf_add_ch(&text, i < (int)(filled + 0.5) ? '#' : '.');
		buf_printf(&text, "] %3.0f%%", percent);
	} else {
		buf_add_ch(&text, '?');
	}
	add_cell(t, buf_str(&text));
	buf_release(&text);
}

/* ">=$1.20": a lower bound */
static void add_spent(struct table *t, const struct session_row *row)
{
	struct buf text;

	buf_init(&text, MAX_NAME);
	if (row->partial && is_known(row->spent_usd))
		buf_add(&text, STR(">="));
	figure_usd(&text, row->spent_usd);
	add_cell(t, buf_str(&text));
	buf_release(&text);
}

static void show_sessions(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	static const struct column columns[] = { { "session", true, 8, 4 },  { "project", true, 8, 0 },
						 { "title", true, 8, 1 },    { "model", true, 8, 2 },
						 { "context", true, 17, 0 }, { "tokens", false, 0, 3 },
						 { "cost", false, 0, 0 },    { "calls", false, 0, 5 },
						 { "fail", false, 0, 0 },    { "last", false, 0, 0 } };
	enum {
		ID = 8 /* of an id, which is enough to tell sessions apart */
	};
	size_t n = shown_of(&s->sessions, o);
	struct table t;

	TABLE(&t, columns);
	for (size_t i = 0; i < n; i++) {
		const struct session_row *row = vec_at(&s->sessions, i);
		double age = row->last_activity ? (double)(s->taken_at - row->last_activity) / 1000 : UNKNOWN;

		add_cell(&t, o->all ? row->id : str_sub(row->id, 0, ID));
		add_cell(&t, row->project);
		add_cell(&t, row->title);
		add_cell(&t, row->model);
		add_bar(&t, row->context_percent);
		add_figure(&t, figure_count, row->tokens);
		add_spent(&t, row);
		add_figure(&t, figure_count, row->calls);
		add_figure(&t, figure_count, row->failures);
		add_figure(&t, figure_age, age);
	}
	table_show(&t, o, s->sessions.n - n, out);
	table_release(&t);
}

/* ---- figures ---- */

struct item {
	const char *before;
	void (*figure)(struct buf *out, double n);
	double value;
	const char *behind;
};

static void figure_rate(struct buf *out, double rate)
{
	figure_percent(out, 100 * rate);
}

/* A line of what is known of these; none if that is nothing. */
static void show_items(const char *title, const struct item *items, size_t n,
		       const struct top_text_options *o, struct buf *out)
{
	enum {
		TITLE = 11
	};
	size_t known = 0, width = TITLE;

	for (size_t i = 0; i < n; i++) {
		struct buf text;

		if (!is_known(items[i].value))
			continue;
		buf_init(&text, MAX_NAME * 2);
		buf_add_c(&text, items[i].before);
		items[i].figure(&text, items[i].value);
		buf_add_c(&text, items[i].behind);
		if (known == 0 || width + 3 + text.n > o->columns) {
			if (known)
				buf_add_ch(out, '\n');
			buf_printf(out, "%-*s", TITLE, known ? "" : title);
			width = TITLE;
		} else {
			pad(out, 3);
			width += 3;
		}
		buf_add(out, buf_str(&text));
		width += text.n;
		known++;
		buf_release(&text);
	}
	if (known)
		buf_add_ch(out, '\n');
}

#define ITEMS(title, items) show_items(title, items, sizeof(items) / sizeof(*(items)), o, out)

static void show_latency(const char *title, const struct latency *l, const struct top_text_options *o,
			 struct buf *out)
{
	const struct item items[] = { { "average ", figure_ms, l->average, "" },
				      { "p50 ", figure_ms, l->p50, "" },
				      { "p95 ", figure_ms, l->p95, "" },
				      { "p99 ", figure_ms, l->p99, "" },
				      { "max ", figure_ms, l->max, "" } };

	ITEMS(title, items);
}

static void show_figures(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	const struct item requests[] = { { "", figure_count, s->requests.total, "" },
					 { "cached ", figure_count, s->requests.cached, "" },
					 { "failed ", figure_count, s->requests.failed, "" },
					 { "rate limited ", figure_count, s->requests.rate_limited, "" } };
	const struct item tokens[] = { { "in ", figure_count, s->tokens.input, "" },
				       { "out ", figure_count, s->tokens.output, "" },
				       { "saved ", figure_count, s->tokens.saved, "" },
				       { "saved ", figure_percent, s->tokens.savings_percent, " of input" } };
	/* what a subscription would have cost is not spent */
	bool equivalent = str_eq_c(s->cost.basis, "API-equivalent"), list = str_eq_c(s->cost.basis, "list");
	const struct item cost[] = { { equivalent ? "API-equivalent " : "spent ", figure_usd,
				       s->cost.spent_usd, list ? " at list prices" : "" },
				     { "priced ", figure_percent, s->cost.priced_percent, " of tokens" },
				     { "saved ", figure_usd, s->cost.saved_usd, "" },
				     { "net ", figure_usd, s->cost.net_saved_usd, "" },
				     { "cache busts ", figure_usd, s->cost.bust_usd, "" },
				     { "provider's cache discount ", figure_usd, s->cost.cache_discount_usd,
				       "" } };
	const struct item cache[] = { { "", figure_rate, s->cache.hit_rate, " of input read from it" },
				      { "read ", figure_count, s->cache.read_tokens, "" },
				      { "written ", figure_count, s->cache.write_tokens, "" } };
	const struct item lifetime[] = { { "saved ", figure_count, s->lifetime.tokens_saved, " tokens" },
					 { "saved ", figure_usd, s->lifetime.savings_usd, "" } };
	size_t before = out->n;

	buf_add_ch(out, '\n');
	ITEMS("requests", requests);
	ITEMS("tokens", tokens);
	ITEMS("cost", cost);
	ITEMS("cache", cache);
	ITEMS("lifetime", lifetime);
	show_latency("overhead", &s->overhead, o, out);
	show_latency("first byte", &s->ttfb, o, out);
	show_latency("whole", &s->total, o, out);
	if (out->n == before + 1)
		buf_add(out, STR("no figures\n"));
}

/* "2026-11-21 19:30:12 UTC" */
static void add_time(struct buf *out, int64_t ms)
{
	struct arena a;
	str text;

	arena_init(&a);
	text = time_format(&a, ms);
	buf_printf(out, "%.*s %.*s UTC", STR_ARG(str_sub(text, 0, 10)), STR_ARG(str_sub(text, 11, 8)));
	arena_release(&a);
}

static void show_head(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	begin_bold(o, out);
	buf_add(out, STR("headroom"));
	end_bold(o, out);
	buf_add(out, STR("  "));
	add_time(out, s->taken_at);
	if (s->window.n) {
		buf_add(out, STR("  window "));
		text_fit(out, s->window, 12);
	}
	if (s->since) {
		buf_add(out, STR(" since "));
		add_time(out, s->since);
	}
	buf_add_ch(out, '\n');
}

/* Bytes of s to stand on a line of so many cells: up to a space if there is one. */
static size_t line_of(str s, size_t cells)
{
	size_t last = 0, used = 0, i = 0, n;

	while (i < s.n) {
		used += (size_t)text_cell(utf8_decode(str_from(s, i), &n));
		if (used > cells)
			return last ? last : i;
		if (s.p[i] == ' ')
			last = i;
		i += n;
	}
	return s.n;
}

/* Warnings are never cut. */
static void show_warning(str text, size_t columns, struct buf *out)
{
	const char *mark = "! ";
	struct buf safe;
	str rest;

	buf_init(&safe, SIZE_MAX);
	utf8_escape(&safe, text, false);
	rest = buf_str(&safe);
	do {
		size_t n = line_of(rest, columns - strlen(mark));

		buf_printf(out, "%s%.*s\n", mark, STR_ARG(str_sub(rest, 0, n)));
		rest = str_trim(str_from(rest, n));
		mark = "  ";
	} while (rest.n);
	buf_release(&safe);
}

void top_text(const struct snapshot *s, const struct top_text_options *o, struct buf *out)
{
	show_head(s, o, out);
	show_sources(s, o, out);
	show_figures(s, o, out);
	show_models(s, o, out);
	show_projects(s, o, out);
	show_sessions(s, o, out);
	if (s->warnings.n)
		buf_add_ch(out, '\n');
	for (size_t i = 0; i < s->warnings.n; i++)
		show_warning(*(const str *)vec_at(&s->warnings, i), o->columns, out);
}
