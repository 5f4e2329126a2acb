#include "core/token/price.h"

#include <time.h>

#include "core/token/model_name.h"
#include "core/token/price_table.h"
#include "core/token/price_user.h"
#include "core/token/token.h"

const char *const price_source_names[PRICE_SOURCE_COUNT] = {
	[PRICE_TABLE] = "table",
	[PRICE_USER] = "user",
};

#define PER_MILLION 1e-6
#define TOKENS_MAX ((int64_t)1 << 50) /* of one kind in one record */
#define LONG_CONTEXT 1000000 /* of the variants of Claude marked "[1m]" */

/* ---- finding rows ---- */

/* The UTC day as 20260821. */
static int day_of(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm))
		return 0;
	return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

/* The row that fits best and holds at that time: before a model's first row, the first. */
static const struct price_row *row_at(const struct model_names *names, int64_t time)
{
	const struct price_row *found = NULL;
	int day = time == 0 ? INT32_MAX : day_of(time);
	size_t best = 0;

	for (size_t i = 0; i < price_rows_n; i++) {
		size_t fit = model_names_fit(names, str_c(price_rows[i].model));

		if (fit > best || (fit == best && fit > 0 && price_rows[i].from <= day)) {
			found = &price_rows[i];
			best = fit;
		}
	}
	return found;
}

enum part {
	PART_PRICE,
	PART_CONTEXT,
	PART_ENCODING
};

static const struct price_user_row *user_row(const struct price_user *user, const struct model_names *names,
					     enum part part)
{
	const struct price_user_row *found = NULL;
	size_t best = 0;

	for (size_t i = 0; user && i < user->rows.n; i++) {
		const struct price_user_row *row = vec_at(&user->rows, i);
		bool has = part == PART_PRICE	  ? row->priced
			   : part == PART_CONTEXT ? row->context > 0
						  : row->encoding != NULL;
		size_t fit = has ? model_names_fit(names, row->model) : 0;

		if (fit > 0 && fit >= best) {
			found = row;
			best = fit;
		}
	}
	return found;
}

bool price_find(const struct price_user *user, str model, int64_t time, struct price *out)
{
	const struct price_user_row *own;
	const struct price_row *row;
	struct model_names names;

	model_names_init(&names, model);
	own = user_row(user, &names, PART_PRICE);
	if (own) {
		*out = own->price;
		return true;
	}
	row = row_at(&names, time);
	if (!row)
		return false;
	*out = (struct price){
		.input = row->input,
		.output = row->output,
		.cache_read = row->cache_read,
		.cache_write_5m = row->cache_write_5m,
		.cache_write_1h = row->cache_write_1h,
		.long_above = row->long_above,
		.long_input = row->long_input,
		.long_output = row->long_output,
		.source = PRICE_TABLE,
		.note = row->note,
	};
	return true;
}

static int64_t likely_context(str name)
{
	const struct price_likeness *like = price_likenesses;

	while (!str_starts_c(name, like->prefix))
		like++;
	return like->context;
}

int64_t price_context_limit(const struct price_user *user, str model, bool *known)
{
	const struct price_user_row *own;
	const struct price_row *row;
	struct model_names names;

	model_names_init(&names, model);
	own = user_row(user, &names, PART_CONTEXT);
	row = row_at(&names, 0);
	if (known)
		*known = own || row;
	if (own)
		return own->context;
	if (str_ends_c(model, "[1m]"))
		return LONG_CONTEXT;
	return row ? row->context : likely_context(names.plain);
}

int64_t price_min_prefix(str model)
{
	const struct price_row *row;
	struct model_names names;

	model_names_init(&names, model);
	row = row_at(&names, 0);
	return row ? row->min_prefix : 0;
}

const struct tokenizer *price_tokenizer(const struct price_user *user, str model)
{
	const struct price_user_row *own;
	struct model_names names;

	model_names_init(&names, model);
	own = user_row(user, &names, PART_ENCODING);
	return own ? own->encoding : tokenizer_for_model(model);
}

/* ---- money ---- */

/* Records may hold anything: nothing negative, and sums that fit. */
static int64_t sane(int64_t tokens)
{
	return tokens < 0 ? 0 : tokens > TOKENS_MAX ? TOKENS_MAX : tokens;
}

static double dollars(int64_t tokens, double rate)
{
	return (double)sane(tokens) * rate * PER_MILLION;
}

struct cost price_cost(const struct price *p, const struct usage *u)
{
	int64_t w5m = sane(u->cache_write_5m), w1h = sane(u->cache_write_1h);
	int64_t unsplit = sane(sane(u->cache_write) - w5m - w1h);
	double prompt = (double)sane(u->input) + (double)sane(u->cache_read) + (double)w5m + (double)w1h +
			(double)unsplit;
	bool is_long = p->long_above > 0 && prompt > (double)p->long_above;
	double in = is_long ? p->long_input : 1, out = is_long ? p->long_output : 1;
	struct cost c = {
		.input = dollars(u->input, p->input * in),
		.output = dollars(u->output, p->output * out),
		.cache_read = dollars(u->cache_read, p->cache_read * in),
		.cache_write = dollars(w5m, p->cache_write_5m * in) + dollars(w1h, p->cache_write_1h * in) +
			       dollars(unsplit, p->cache_write_5m * in),
		.flags = (unsplit > 0 ? COST_UNSPLIT : 0u) | (is_long ? COST_LONG : 0u),
	};

	c.usd = c.input + c.output + c.cache_read + c.cache_write;
	return c;
}
