/*
 * simulate_json: the result for programs: one object, or one row of CSV per configuration and conversation.
 */
#include <math.h>
#include <stdio.h>

#include "core/base/csv.h"
#include "core/base/utf8.h"
#include "core/cmd/simulate_run.h"
#include "core/json/jput.h"
#include "core/token/price.h"

/* Of a conversation under a configuration; config < 0: as it ran. */
struct row {
	uint64_t before, after;
	double percent, cost_before, cost_after;
	bool priced;
};

static struct row row_of(const struct settled *s, long config)
{
	struct row r = { .before = s->tokens,
			 .after = config < 0 ? s->tokens : s->sides[config].tokens,
			 .priced = s->priced > 0,
			 .cost_before = s->usd,
			 .cost_after = s->usd - (config < 0 ? 0 : s->sides[config].net_usd) };

	r.percent = r.before ? 100 * ((double)r.before - (double)r.after) / (double)r.before : 0;
	return r;
}

/* Shown to four places, of which zero has no sign. */
static double places(double v)
{
	return fabs(v) < 0.00005 ? 0 : v;
}

static void put_usd(struct jput *j, const char *key, double usd, bool known)
{
	jput_kreal(j, key, known ? places(usd) : NAN, 4);
}

static void put_strs(struct jput *j, const char *key, const struct vec *list)
{
	jput_key(j, key);
	jput_array(j);
	for (size_t i = 0; list && i < list->n; i++)
		jput_str(j, *(const str *)vec_at(list, i));
	jput_end(j);
}

static void put_band(struct jput *j, const char *key, const struct band *b)
{
	jput_key(j, key);
	jput_array(j);
	jput_real(j, places(b->low), 4);
	jput_real(j, places(b->high), 4);
	jput_end(j);
}

static void put_total(struct jput *j, const struct total *t)
{
	jput_key(j, "total");
	jput_object(j);
	jput_kint(j, "conversations", (int64_t)t->conversations);
	jput_kint(j, "requests", (int64_t)t->requests);
	jput_kint(j, "tokens_before", (int64_t)t->before);
	jput_kint(j, "tokens_after", (int64_t)t->after);
	jput_kint(j, "tokens_saved", (int64_t)t->before - (int64_t)t->after);
	jput_kreal(j, "savings_percent", t->savings_percent, 2);
	put_usd(j, "cost_before_usd", t->usd_before, t->priced);
	put_usd(j, "cost_after_usd", t->usd_after, t->priced);
	put_usd(j, "gross_saved_usd", t->gross_usd, t->priced);
	put_usd(j, "cache_effect_usd", t->cache_usd, t->priced);
	put_usd(j, "net_saved_usd", t->net_usd, t->priced);
	jput_kreal(j, "priced_percent", t->requests ? 100.0 * (double)t->priced / (double)t->requests : 0, 1);
	jput_key(j, "bands");
	if (t->has_bands) {
		jput_object(j);
		put_band(j, "savings_percent", &t->percent_band);
		if (t->priced)
			put_band(j, "net_saved_usd", &t->net_band);
		jput_end(j);
	} else {
		jput_null(j);
	}
	jput_end(j);
}

static void put_waste(struct jput *j, const struct waste *w)
{
	char key[64];

	jput_key(j, "waste_signals");
	jput_object(j);
	for (int i = 0; i < WASTE_COUNT; i++) {
		snprintf(key, sizeof(key), "%s_tokens", waste_names[i]);
		jput_kint(j, key, (int64_t)w->tokens[i]);
	}
	jput_kint(j, "total", (int64_t)w->total);
	jput_end(j);
}

static void put_blocks(struct jput *j, const struct settled *s)
{
	jput_key(j, "block_breakdown");
	jput_object(j);
	for (int i = 0; i < BLOCK_COUNT; i++)
		jput_kint(j, block_names[i], (int64_t)s->blocks[i]);
	jput_kint(j, "unseen", (int64_t)s->unseen);
	jput_end(j);
}

static void put_recorded(struct jput *j, const struct settled *s)
{
	jput_key(j, "recorded");
	if (s->recorded_requests == 0) {
		jput_null(j);
	} else {
		jput_object(j);
		jput_kint(j, "requests", (int64_t)s->recorded_requests);
		jput_kint(j, "input", s->recorded.input);
		jput_kint(j, "cache_read", s->recorded.cache_read);
		jput_kint(j, "cache_write", s->recorded.cache_write);
		jput_kint(j, "cache_write_1h", s->recorded.cache_write_1h);
		jput_kint(j, "output", s->recorded.output);
		jput_kbool(j, "output_partial", s->partial);
		put_usd(j, "cost_usd", s->recorded_usd, s->priced > 0);
		put_usd(j, "simulated_usd", s->simulated_usd, s->priced > 0);
		jput_end(j);
	}
	jput_kreal(j, "error_percent", s->error_percent, 2);
}

static void put_steps(struct jput *j, const struct sim_work *w)
{
	jput_key(j, "per_transform");
	jput_array(j);
	for (size_t i = 0; w && i < w->steps.n; i++) {
		const struct sim_step *s = vec_at(&w->steps, i);

		if (s->name.p[0] == '_')
			continue;
		jput_object(j);
		jput_kstr(j, "name", s->name);
		jput_kint(j, "before", (int64_t)s->before);
		jput_kint(j, "after", (int64_t)s->after);
		jput_kreal(j, "ms", s->ms, 3);
		jput_end(j);
	}
	jput_end(j);
}

static void put_labels(struct jput *j, const struct sim_work *w)
{
	jput_key(j, "transforms_applied");
	jput_array(j);
	for (size_t i = 0; w && i < w->labels.n; i++)
		jput_str(j, ((const struct sim_label *)vec_at(&w->labels, i))->name);
	jput_end(j);
}

static str model_of(const struct settled *s)
{
	return s->c->prompts.n ? ((const struct prompt *)vec_at(&s->c->prompts, s->c->prompts.n - 1))->model
			       : STR("");
}

static void put_cost(struct jput *j, const struct settled *s, const struct row *r)
{
	jput_key(j, "cost");
	jput_object(j);
	put_usd(j, "before_usd", r->cost_before, r->priced);
	put_usd(j, "after_usd", r->cost_after, r->priced);
	jput_key(j, "price_source");
	if (r->priced)
		jput_str(j, str_c(price_source_names[s->price_source]));
	else
		jput_null(j);
	jput_kreal(j, "priced_percent", s->requests ? 100.0 * (double)s->priced / (double)s->requests : 0, 1);
	jput_end(j);
}

static void put_conversation(struct jput *j, const struct settled *s, long config)
{
	const struct sim_work *w = config < 0 ? NULL : &s->c->works[config];
	struct row r = row_of(s, config);

	jput_object(j);
	jput_kstr(j, "source", s->c->source);
	jput_kstr(j, "agent", s->c->agent);
	jput_kstr(j, "model", model_of(s));
	jput_kstr(j, "token_source", str_c(token_source_names[s->c->source_of_tokens]));
	jput_kint(j, "requests", (int64_t)s->requests);
	jput_kint(j, "requests_repeated", (int64_t)s->repeated);
	jput_kint(j, "tokens_before", (int64_t)r.before);
	jput_kint(j, "tokens_after", (int64_t)r.after);
	jput_kint(j, "tokens_saved", (int64_t)r.before - (int64_t)r.after);
	jput_kreal(j, "savings_percent", r.percent, 2);
	put_labels(j, w);
	put_waste(j, &s->c->waste);
	put_blocks(j, s);
	put_recorded(j, s);
	put_steps(j, w);
	put_cost(j, s, &r);
	jput_kint(j, "ccr_hashes", w ? (int64_t)w->hashes.n : 0);
	put_strs(j, "warnings", w ? &w->warnings : NULL);
	jput_kint(j, "bytes_not_recorded", (int64_t)s->c->elided);
	jput_kint(j, "turns_unreadable", s->c->lost);
	jput_key(j, "reason");
	if (simulate_reason(s, config))
		jput_str(j, str_c(simulate_reason(s, config)));
	else
		jput_null(j);
	jput_end(j);
}

static void put_config(struct jput *j, const struct simulate_run *run, long config)
{
	jput_object(j);
	jput_kstr(j, "name", str_c(simulate_name(run, config)));
	put_total(j, config < 0 ? &run->ran : &run->totals[config]);
	jput_key(j, "conversations");
	jput_array(j);
	for (size_t i = 0; i < run->settled.n; i++)
		put_conversation(j, vec_at(&run->settled, i), config);
	jput_end(j);
	jput_end(j);
}

const char *simulate_reason(const struct settled *s, long config)
{
	if (config < 0 || s->sides[config].tokens < s->tokens)
		return NULL;
	return s->c->works[config].reason ? s->c->works[config].reason
					  : "no tool result long enough to be compressed";
}

void simulate_json(const struct simulate_run *run, struct buf *out)
{
	struct jput j;

	jput_init(&j, out, true);
	jput_object(&j);
	jput_kint(&j, "version", 1);
	jput_key(&j, "prices");
	jput_object(&j);
	jput_kstr(&j, "date", str_c(price_table_date));
	jput_end(&j);
	jput_kint(&j, "files", (int64_t)run->files);
	jput_kint(&j, "lines_skipped", run->skipped);
	jput_kint(&j, "files_unreadable", run->unreadable);
	jput_key(&j, "configs");
	jput_array(&j);
	put_config(&j, run, -1);
	for (size_t i = 0; i < run->configs.n; i++)
		put_config(&j, run, (long)i);
	jput_end(&j);
	jput_key(&j, "best");
	jput_object(&j);
	jput_kstr(&j, "name", str_c(simulate_name(run, run->best)));
	jput_kstr(&j, "reason", run->best_reason);
	jput_end(&j);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

/* ---- CSV ---- */

/* Foreign text, safe to show. */
static void put_cell(struct buf *out, str foreign)
{
	struct buf safe;

	buf_init(&safe, SIZE_MAX);
	utf8_escape(&safe, foreign, false);
	csv_cell(out, buf_str(&safe));
	buf_release(&safe);
}

static void put_dollars(struct buf *out, double usd, bool known)
{
	if (known)
		buf_printf(out, "%.4f", places(usd));
	buf_add_ch(out, ',');
}

static void put_row(const struct simulate_run *run, const struct settled *s, long config, struct buf *out)
{
	double gross = config < 0 ? 0 : s->sides[config].gross_usd,
	       net = config < 0 ? 0 : s->sides[config].net_usd;
	struct row r = row_of(s, config);

	put_cell(out, str_c(simulate_name(run, config)));
	buf_add_ch(out, ',');
	put_cell(out, s->c->source);
	buf_add_ch(out, ',');
	put_cell(out, model_of(s));
	buf_printf(out, ",%zu,%llu,%llu,%lld,%.2f,", s->requests, (unsigned long long)r.before,
		   (unsigned long long)r.after, (long long)(r.before - r.after), r.percent);
	put_dollars(out, r.cost_before, r.priced);
	put_dollars(out, r.cost_after, r.priced);
	put_dollars(out, gross, r.priced);
	put_dollars(out, net - gross, r.priced);
	put_dollars(out, net, r.priced);
	if (!isnan(s->error_percent))
		buf_printf(out, "%.2f", s->error_percent);
	buf_add_ch(out, '\n');
}

void simulate_csv(const struct simulate_run *run, struct buf *out)
{
	buf_add_c(out, "name,source,model,requests,tokens_before,tokens_after,tokens_saved,savings_percent,"
		       "cost_before_usd,cost_after_usd,gross_saved_usd,cache_effect_usd,net_saved_usd,error_"
		       "percent\n");
	for (long k = -1; k < (long)run->configs.n; k++)
		for (size_t i = 0; i < run->settled.n; i++)
			put_row(run, vec_at(&run->settled, i), k, out);
}
