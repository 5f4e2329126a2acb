/*
 * simulate_text: the result for people: what was looked at, the configurations side by side, where the tokens are, and
 * the conversations.  The same tables serve as Markdown.
 */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/utf8.h"
#include "core/cmd/simulate_run.h"
#include "core/cmd/table.h"
#include "core/token/price.h"

enum {
	NAME_COLUMNS = 40, /* of a source; its end tells more than its beginning */
	CONFIG_COLUMNS = 20,
	SHOWN = 12, /* conversations; -v shows all */
	FAR_OFF = 10, /* percent: a count that leaves savings uncertain */
	MODELS_SHOWN = 3 /* of those without a price */
};

/* ---- cells ---- */

struct cell {
	char text[TABLE_CELL];
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

/* A foreign text, safe to show: no more than its last (or first) so many columns. */
static struct cell name_cell(str text, size_t columns, bool last, bool markdown)
{
	struct cell c = { { 0 } };
	struct buf safe, shown;
	str rest;
	size_t len;

	buf_init(&safe, 4 * PATH_MAX);
	buf_init(&shown, TABLE_CELL - 1);
	utf8_escape(&safe, str_sub(text, text.n > PATH_MAX / 4 ? text.n - PATH_MAX / 4 : 0, PATH_MAX / 4),
		    false);
	rest = buf_str(&safe);
	if (utf8_columns(rest) > columns && last) {
		while (utf8_columns(rest) > columns - 3) {
			utf8_decode(rest, &len);
			rest = str_from(rest, len);
		}
		buf_add_c(&shown, "...");
	}
	while (rest.n && (last || utf8_columns(buf_str(&shown)) < columns)) {
		utf8_decode(rest, &len);
		buf_add_c(&shown, markdown && rest.p[0] == '|' ? "\\" : "");
		if (!buf_add(&shown, str_sub(rest, 0, len)))
			break;
		rest = str_from(rest, len);
	}
	memcpy(c.text, buf_c(&shown), shown.n);
	buf_release(&shown);
	buf_release(&safe);
	return c;
}

static struct cell config_cell(const struct simulate_run *run, long config, bool markdown)
{
	return name_cell(str_c(simulate_name(run, config)), CONFIG_COLUMNS, false, markdown);
}

/* Dollars with as many places as matter. */
static struct cell usd(double v, bool known)
{
	if (!known)
		return cell("?");
	if (fabs(v) < 0.00005)
		return cell("$0.00");
	return cell("%s$%.*f", v < 0 ? "-" : "", fabs(v) < 0.1 ? 4 : 2, fabs(v));
}

static struct cell percent(double v)
{
	return cell("%.1f %%", fabs(v) < 0.05 ? 0.0 : v);
}

static struct cell deviation(double v)
{
	return isnan(v) ? cell("-") : cell("%+.1f %%", fabs(v) < 0.05 ? 0.0 : v);
}

/* ---- parts ---- */

/* What was recorded of all conversations. */
struct record {
	uint64_t input;
	double error, usd, simulated_usd;
	size_t requests, priced;
	bool partial, unsplit;
};

static struct record record_of(const struct simulate_run *run)
{
	struct record r = { 0 };

	for (size_t i = 0; i < run->settled.n; i++) {
		const struct settled *s = vec_at(&run->settled, i);
		uint64_t input =
			(uint64_t)(s->recorded.input + s->recorded.cache_read + s->recorded.cache_write);

		r.requests += s->recorded_requests;
		r.input += input;
		r.error += input ? s->error_percent * (double)input : 0;
		r.usd += s->recorded_usd;
		r.simulated_usd += s->simulated_usd;
		r.partial |= s->partial;
		r.unsplit |= s->unsplit;
	}
	return r;
}

static void put_losses(const struct simulate_run *run, struct buf *out)
{
	unsigned long long lost = 0;

	for (size_t i = 0; i < run->conversations.n; i++)
		lost += (*(struct conversation **)vec_at(&run->conversations, i))->lost;
	if (run->skipped || run->unreadable)
		buf_printf(out, "skipped: %u line%s, %u file%s\n", run->skipped, run->skipped == 1 ? "" : "s",
			   run->unreadable, run->unreadable == 1 ? "" : "s");
	if (lost)
		buf_printf(out, "not counted: %llu turn%s that could not be read\n", lost,
			   lost == 1 ? "" : "s");
}

static void put_heading(const struct simulate_run *run, struct buf *out)
{
	struct record r = record_of(run);

	buf_printf(out, "%zu conversation%s, %zu request%s, %s input tokens\n", run->ran.conversations,
		   run->ran.conversations == 1 ? "" : "s", run->ran.requests,
		   run->ran.requests == 1 ? "" : "s", count(run->ran.before).text);
	if (r.input)
		buf_printf(out, "recorded: %s input tokens; counted here %s%s\n", count(r.input).text,
			   deviation(r.error / (double)r.input).text,
			   fabs(r.error / (double)r.input) > FAR_OFF ? ": far off, so that savings are rough"
								     : "");
	if (r.usd > 0) {
		buf_printf(out, "recorded usage at list prices (API-equivalent): %s%s, output too\n",
			   r.partial ? ">= " : "", usd(r.usd, true).text);
		buf_printf(out, "the same by the rules of the cache: %s (%s)%s\n",
			   usd(r.simulated_usd, true).text,
			   deviation(100 * (r.simulated_usd - r.usd) / r.usd).text,
			   r.unsplit ? "; some writes without lifetime" : "");
	}
	put_losses(run, out);
	buf_add_ch(out, '\n');
}

static void add_total(struct table *t, const char *name, const struct total *s, bool ran)
{
	bool known = s->priced > 0;

	table_row(t, name, count(s->after).text, ran ? "-" : percent(s->savings_percent).text,
		  ran ? "-" : usd(s->gross_usd, known).text, ran ? "-" : usd(s->cache_usd, known).text,
		  ran ? "-" : usd(s->net_usd, known).text, usd(s->usd_after, known).text);
}

static void put_bands(const struct simulate_run *run, bool markdown, struct buf *out)
{
	struct table t;

	table_init(&t, 3, markdown);
	table_row(&t, "95 % band", "saved", "net saved");
	for (size_t i = 0; i < run->configs.n; i++) {
		const struct total *s = &run->totals[i];

		table_row(&t, config_cell(run, (long)i, markdown).text,
			  cell("%.1f to %.1f %%", s->percent_band.low, s->percent_band.high).text,
			  s->priced ? cell("%s to %s", usd(s->net_band.low, true).text,
					   usd(s->net_band.high, true).text)
					      .text
				    : "?");
	}
	table_show(&t, out);
	table_release(&t);
}

/* Which dollars these are. */
static void put_prices(const struct simulate_run *run, const char *indent, struct buf *out)
{
	const struct total *ran = &run->ran;
	str seen[MODELS_SHOWN];
	size_t n = 0;

	if (ran->priced)
		buf_printf(out, "%sdollars: list prices of %s, API-equivalent%s\n", indent, price_table_date,
			   record_of(run).requests ? "" : "; input alone");
	if (ran->priced == ran->requests)
		return;
	buf_printf(out, "%sno price for %zu of %zu requests", indent, ran->requests - ran->priced,
		   ran->requests);
	for (size_t i = 0; i < run->settled.n && n < MODELS_SHOWN; i++) {
		const struct settled *s = vec_at(&run->settled, i);
		bool known = s->unpriced.n == 0;

		for (size_t k = 0; k < n; k++)
			known |= str_eq(seen[k], s->unpriced);
		if (known)
			continue;
		buf_printf(out, "%s%s", n ? ", " : " (",
			   name_cell(s->unpriced, NAME_COLUMNS / 2, false, false).text);
		seen[n++] = s->unpriced;
	}
	buf_printf(out, "%s: they count in tokens alone\n", n ? ")" : "");
}

static void put_totals(const struct simulate_run *run, bool markdown, struct buf *out)
{
	const char *indent = markdown ? "" : "  ";
	struct table t;

	table_init(&t, 7, markdown);
	table_row(&t, "configuration", "tokens", "saved", "gross", "cache effect", "net saved", "cost");
	add_total(&t, AS_IT_RAN, &run->ran, true);
	for (size_t i = 0; i < run->configs.n; i++)
		add_total(&t, config_cell(run, (long)i, markdown).text, &run->totals[i], false);
	table_show(&t, out);
	table_release(&t);
	buf_printf(out, "%sbest: %s: %.*s\n", indent, config_cell(run, run->best, markdown).text,
		   STR_ARG(run->best_reason));
	put_prices(run, indent, out);
	buf_add_ch(out, '\n');
	if (run->ran.has_bands)
		put_bands(run, markdown, out);
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
	table_init(&t, 3, markdown);
	table_row(&t, "where the tokens are", "tokens", "share");
	for (int k = 0; k < BLOCK_COUNT; k++)
		if (sums[k])
			table_row(&t, block_names[k], count(sums[k]).text,
				  cell("%.1f %%", 100 * (double)sums[k] / all).text);
	if (unseen)
		table_row(&t, "unseen (system, tools)", count(unseen).text,
			  cell("%.1f %%", 100 * (double)unseen / all).text);
	table_show(&t, out);
	table_release(&t);
	table_init(&t, 2, markdown);
	table_row(&t, "waste, each text once", "tokens");
	for (int k = 0; k < WASTE_COUNT; k++)
		table_row(&t, waste_names[k], count(waste[k]).text);
	table_show(&t, out);
	table_release(&t);
}

static int most_tokens_first(const void *a, const void *b)
{
	uint64_t x = (*(const struct settled *const *)a)->tokens,
		 y = (*(const struct settled *const *)b)->tokens;

	return x == y ? 0 : x > y ? -1 : 1;
}

/* Why nothing was saved, and in how many conversations. */
static void put_reasons(const struct simulate_run *run, long config, const char *indent, struct buf *out)
{
	struct map reasons;
	const char *why;

	map_init(&reasons);
	for (size_t i = 0; i < run->settled.n; i++) {
		if (!(why = simulate_reason(vec_at(&run->settled, i), config)))
			continue;
		struct map_entry *e = map_put(&reasons, str_c(why), NULL);

		e->value = (void *)((uintptr_t)e->value + 1);
	}
	for (size_t i = 0; i < reasons.n; i++)
		buf_printf(out, "%snothing saved in %zu: %.*s\n", indent,
			   (size_t)(uintptr_t)reasons.entries[i].value, STR_ARG(reasons.entries[i].key));
	map_release(&reasons);
}

static void add_conversation(struct table *t, const struct settled *s, long config)
{
	uint64_t after = config < 0 ? s->tokens : s->sides[config].tokens;
	double saved = s->tokens ? 100 * ((double)s->tokens - (double)after) / (double)s->tokens : 0;

	table_row(t, name_cell(s->c->source, NAME_COLUMNS, true, t->markdown).text, count(s->requests).text,
		  count(s->tokens).text, percent(saved).text,
		  usd(config < 0 ? 0 : s->sides[config].net_usd, s->priced > 0).text,
		  deviation(s->error_percent).text);
}

/* Under the best configuration, or the first. */
static void put_conversations(const struct simulate_run *run, bool markdown, struct buf *out)
{
	long config = run->best >= 0 ? run->best : run->configs.n ? 0 : -1;
	const char *indent = markdown ? "" : "  ";
	struct vec order;
	struct table t;

	vec_init(&order, sizeof(const struct settled *));
	for (size_t i = 0; i < run->settled.n; i++)
		*(const struct settled **)vec_push(&order) = vec_at(&run->settled, i);
	vec_sort(&order, most_tokens_first);
	table_init(&t, 6, markdown);
	table_row(&t, cell("conversations, %s", config_cell(run, config, markdown).text).text, "requests",
		  "tokens", "saved", "net saved", "count error");
	for (size_t i = 0; i < order.n && (run->verbose || i < SHOWN); i++)
		add_conversation(&t, *(const struct settled **)vec_at(&order, i), config);
	table_show(&t, out);
	table_release(&t);
	if (!run->verbose && order.n > SHOWN)
		buf_printf(out, "%s%zu more (-v shows all)\n", indent, order.n - SHOWN);
	put_reasons(run, config, indent, out);
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
