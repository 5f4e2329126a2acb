/*
 * simulate_text: the result for people: what was looked at, the configurations side by side, where the tokens are, and
 * the conversations.  The same tables serve as Markdown.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/env.h"
#include "core/base/utf8.h"
#include "core/cmd/simulate_run.h"

enum {
	COLUMNS = 8,
	CELL = 96,
	SHOWN = 12 /* conversations; -v shows all */
};

/* ---- tables ---- */

struct table {
	struct vec rows; /* char[COLUMNS][CELL] */
	int columns;
	bool left[COLUMNS]; /* aligned */
};

static void table_init(struct table *t, int columns)
{
	*t = (struct table){ .columns = columns };
	vec_init(&t->rows, COLUMNS * CELL);
	t->left[0] = true;
}

static void table_row(struct table *t, ...)
{
	char(*cells)[CELL] = vec_push(&t->rows);
	va_list ap;

	va_start(ap, t);
	for (int i = 0; i < t->columns; i++)
		snprintf(cells[i], CELL, "%s", va_arg(ap, const char *));
	va_end(ap);
}

static void put_padded(struct buf *out, const char *text, size_t width, bool left)
{
	size_t pad = width - strlen(text);

	buf_printf(out, "%*s%s%*s", left ? 0 : (int)pad, "", text, left ? (int)pad : 0, "");
}

static void table_show(const struct table *t, bool markdown, struct buf *out)
{
	size_t widths[COLUMNS] = { 0 };

	for (size_t r = 0; r < t->rows.n; r++)
		for (int i = 0; i < t->columns; i++) {
			size_t n = strlen(((char(*)[CELL])vec_at(&t->rows, r))[i]);

			widths[i] = n > widths[i] ? n : widths[i];
		}
	for (size_t r = 0; r < t->rows.n; r++) {
		char(*cells)[CELL] = vec_at(&t->rows, r);
		size_t before = out->n;

		buf_add_c(out, markdown ? "|" : " ");
		for (int i = 0; i < t->columns; i++) {
			buf_add_ch(out, ' ');
			put_padded(out, cells[i], widths[i], t->left[i]);
			buf_add_c(out, markdown ? " |" : " ");
		}
		while (!markdown && out->n > before && out->p[out->n - 1] == ' ')
			buf_cut(out, out->n - 1);
		buf_add_ch(out, '\n');
		for (int i = 0; markdown && r == 0 && i < t->columns; i++)
			buf_printf(out, "%s%s", i ? "" : "|", t->left[i] ? "---|" : "---:|");
		if (markdown && r == 0)
			buf_add_ch(out, '\n');
	}
}

static void table_release(struct table *t)
{
	vec_release(&t->rows);
}

/* ---- cells ---- */

struct cell {
	char text[CELL];
};

/* 12,345,678 */
static struct cell count(uint64_t n)
{
	struct cell c;
	char digits[32];
	size_t at = 0;
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			c.text[at++] = ',';
		c.text[at++] = digits[i];
	}
	c.text[at] = '\0';
	return c;
}

static struct cell __attribute__((format(printf, 1, 2))) cell(const char *fmt, ...)
{
	struct cell c;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c.text, sizeof(c.text), fmt, ap);
	va_end(ap);
	return c;
}

/* Dollars with as many places as matter. */
static struct cell usd(double v, bool known)
{
	if (!known)
		return cell("?");
	return fabs(v) < 0.1 && v != 0 ? cell("%s$%.4f", v < 0 ? "-" : "", fabs(v))
				       : cell("%s$%.2f", v < 0 ? "-" : "", fabs(v));
}

static struct cell percent(double v, const struct band *b)
{
	if (!b)
		return cell("%.1f %%", v);
	return cell("%.1f %% [%.1f, %.1f]", v, b->low, b->high);
}

/* ---- parts ---- */

static void put_heading(const struct simulate_run *run, struct buf *out)
{
	double error = 0, recorded_usd = 0, simulated_usd = 0;
	uint64_t recorded = 0;
	bool partial = false, unsplit = false;

	buf_printf(out, "%zu conversation%s, %zu request%s, %s tokens\n", run->ran.conversations,
		   run->ran.conversations == 1 ? "" : "s", run->ran.requests,
		   run->ran.requests == 1 ? "" : "s", count(run->ran.before).text);
	for (size_t i = 0; i < run->settled.n; i++) {
		const struct settled *s = vec_at(&run->settled, i);
		uint64_t input = (uint64_t)(s->recorded.input + s->recorded.cache_read + s->recorded.cache_write);

		if (s->recorded_requests == 0)
			continue;
		recorded += input;
		error += s->error_percent * (double)input;
		recorded_usd += s->recorded_usd;
		simulated_usd += s->simulated_usd;
		partial |= s->partial;
		unsplit |= s->unsplit;
	}
	if (recorded)
		buf_printf(out, "recorded: %s input tokens; counted here %+.1f %%\n", count(recorded).text,
			   error / (double)recorded);
	if (recorded_usd > 0)
		buf_printf(out, "recorded usage at list prices (API-equivalent): %s%s; by the cache's rules %s (%+.1f %%)%s\n",
			   partial ? ">= " : "", usd(recorded_usd, true).text, usd(simulated_usd, true).text,
			   100 * (simulated_usd - recorded_usd) / recorded_usd,
			   unsplit ? "; some cache writes without their lifetime" : "");
	if (run->skipped || run->unreadable)
		buf_printf(out, "skipped: %u lines, %u files\n", run->skipped, run->unreadable);
	buf_add_ch(out, '\n');
}

static void add_total(struct table *t, const char *name, const struct total *s, bool ran)
{
	table_row(t, name, count(s->after).text,
		  ran ? "-" : percent(s->savings_percent, s->has_bands ? &s->percent_band : NULL).text,
		  ran ? "-" : usd(s->gross_usd, s->priced).text, ran ? "-" : usd(s->cache_usd, s->priced).text,
		  ran ? "-" : usd(s->net_usd, s->priced).text, usd(s->usd_after, s->priced).text);
}

static void put_totals(const struct simulate_run *run, bool markdown, struct buf *out)
{
	struct table t;

	table_init(&t, 7);
	table_row(&t, "configuration", "tokens", "saved", "gross", "cache effect", "net saved", "cost");
	add_total(&t, AS_IT_RAN, &run->ran, true);
	for (size_t i = 0; i < run->configs.n; i++)
		add_total(&t, simulate_name(run, (long)i), &run->totals[i], false);
	table_show(&t, markdown, out);
	table_release(&t);
	buf_printf(out, "\n%sbest: %s: %.*s\n\n", markdown ? "" : "  ", simulate_name(run, run->best),
		   STR_ARG(run->best_reason));
}

static void put_blocks(const struct simulate_run *run, bool markdown, struct buf *out)
{
	uint64_t sums[BLOCK_COUNT] = { 0 }, unseen = 0, waste[WASTE_COUNT] = { 0 };
	double all = run->ran.before ? (double)run->ran.before : 1;
	struct table t;

	for (size_t i = 0; i < run->settled.n; i++) {
		const struct settled *s = vec_at(&run->settled, i);

		for (int k = 0; k < BLOCK_COUNT; k++)
			sums[k] += s->blocks[k];
		for (int k = 0; k < WASTE_COUNT; k++)
			waste[k] += s->c->waste.tokens[k];
		unseen += s->unseen;
	}
	table_init(&t, 3);
	table_row(&t, "where the tokens are", "tokens", "share");
	for (int k = 0; k < BLOCK_COUNT; k++)
		if (sums[k])
			table_row(&t, block_names[k], count(sums[k]).text,
				  cell("%.1f %%", 100 * (double)sums[k] / all).text);
	if (unseen)
		table_row(&t, "unseen (system, tools)", count(unseen).text,
			  cell("%.1f %%", 100 * (double)unseen / all).text);
	table_show(&t, markdown, out);
	table_release(&t);
	buf_add_ch(out, '\n');
	table_init(&t, 2);
	table_row(&t, "waste, each text once", "tokens");
	for (int k = 0; k < WASTE_COUNT; k++)
		table_row(&t, waste_names[k], count(waste[k]).text);
	table_show(&t, markdown, out);
	table_release(&t);
	buf_add_ch(out, '\n');
}

static int most_tokens_first(const void *a, const void *b)
{
	uint64_t x = (*(const struct settled *const *)a)->tokens, y = (*(const struct settled *const *)b)->tokens;

	return x == y ? 0 : x > y ? -1 : 1;
}

static const char *reason_of(const struct settled *s, long config)
{
	const struct sim_work *w = config < 0 ? NULL : &s->c->works[config];

	if (!w || s->sides[config].tokens < s->tokens)
		return "";
	return w->reason ? w->reason : "no tool result long enough to be compressed";
}

/* Under the best configuration, or the first. */
static void put_conversations(const struct simulate_run *run, bool markdown, struct buf *out)
{
	long config = run->best >= 0 ? run->best : run->configs.n ? 0 : -1;
	struct vec order;
	struct table t;

	vec_init(&order, sizeof(const struct settled *));
	for (size_t i = 0; i < run->settled.n; i++)
		*(const struct settled **)vec_push(&order) = vec_at(&run->settled, i);
	vec_sort(&order, most_tokens_first);
	table_init(&t, 7);
	t.left[6] = true;
	table_row(&t, cell("conversations, %s", simulate_name(run, config)).text, "requests", "tokens", "saved",
		  "net saved", "count error", "");
	for (size_t i = 0; i < order.n && (run->verbose || i < SHOWN); i++) {
		const struct settled *s = *(const struct settled **)vec_at(&order, i);
		uint64_t after = config < 0 ? s->tokens : s->sides[config].tokens;
		double saved = s->tokens ? 100 * ((double)s->tokens - (double)after) / (double)s->tokens : 0;
		struct buf name;

		buf_init(&name, CELL - 1);
		utf8_escape(&name, str_sub(s->c->source, s->c->source.n > 60 ? s->c->source.n - 60 : 0, 60), false);
		table_row(&t, buf_c(&name), cell("%zu", s->requests).text, count(s->tokens).text,
			  percent(saved, NULL).text,
			  usd(config < 0 ? 0 : s->sides[config].net_usd, s->priced > 0).text,
			  isnan(s->error_percent) ? "-" : cell("%+.1f %%", s->error_percent).text,
			  reason_of(s, config));
		buf_release(&name);
	}
	table_show(&t, markdown, out);
	table_release(&t);
	if (!run->verbose && order.n > SHOWN)
		buf_printf(out, "%s%zu more (-v shows all)\n", markdown ? "\n" : "  ... ", order.n - SHOWN);
	vec_release(&order);
}

void simulate_text(const struct simulate_run *run, struct buf *out)
{
	put_heading(run, out);
	put_totals(run, false, out);
	put_blocks(run, false, out);
	put_conversations(run, false, out);
}

void simulate_markdown(const struct simulate_run *run, struct buf *out)
{
	buf_add_c(out, "# headroom simulate\n\n");
	put_heading(run, out);
	put_totals(run, true, out);
	put_blocks(run, true, out);
	put_conversations(run, true, out);
}
