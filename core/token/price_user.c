#include "core/token/price_user.h"

#include <math.h>
#include <stdlib.h>

#include "core/json/doc.h"
#include "core/json/jget.h"
#include "core/token/model_name.h"
#include "core/token/token.h"

struct reader {
	struct price_user *user;
	const char *origin;
	struct error *err;
};

/* What the value of a model is; false after an error was set. */
typedef bool row_fn(struct reader *r, str model, struct jval value, struct price_user_row *row);

static bool refuse(struct reader *r, str model, const char *what)
{
	error_set(r->err, STATUS_USAGE, "%s: %.*s: %s", r->origin, STR_ARG(model), what);
	return false;
}

static bool read_limit(struct reader *r, str model, struct jval value, struct price_user_row *row)
{
	row->context = value.type == J_NUMBER ? jval_i64(value, 0) : 0;
	return row->context > 0 || refuse(r, model, "a context limit is a whole number of tokens above 0");
}

static bool read_encoding(struct reader *r, str model, struct jval value, struct price_user_row *row)
{
	str name = jval_str(&r->user->arena, value);

	row->encoding = tokenizer_by_name(arena_c(&r->user->arena, name));
	return row->encoding || refuse(r, model, "an encoding is \"o200k_base\" or \"cl100k_base\"");
}

/* A rate is a number of at least 0; *rate stays as it is where there is none. */
static bool read_rate(struct jval value, double *rate)
{
	double v;

	if (value.type == J_NONE || value.type == J_NULL)
		return true;
	v = value.type == J_NUMBER ? jval_f64(value, -1) : -1;
	if (!isfinite(v) || v < 0)
		return false;
	*rate = v;
	return true;
}

/* Of the input's rate, where a user names no other: what the maker usually takes. */
static const struct {
	const char *prefix;
	double read, write_5m, write_1h;
} usual[] = {
	{ "claude", .1, 1.25, 2 }, { "gemini", .25, 1, 1 }, { "gpt-3", .5, 1, 1 },
	{ "gpt-4", .5, 1, 1 },	   { "o1", .5, 1, 1 },	    { "o3", .5, 1, 1 },
	{ "o4", .5, 1, 1 },	   { "gpt", .1, 1, 1 },	    { "", 1, 1, 1 },
};

static void usual_rates(struct price *p, str model)
{
	size_t i = 0;

	while (!str_starts_c(model, usual[i].prefix))
		i++;
	p->cache_read = p->input * usual[i].read;
	p->cache_write_5m = p->input * usual[i].write_5m;
	p->cache_write_1h = p->input * usual[i].write_1h;
}

/* [input, output, cached_input], the last may be missing. */
static bool read_array(struct jval value, struct price *p, str model)
{
	double rates[3] = { -1, -1, -1 };
	struct jit it;
	size_t n = 0;

	for (jit_init(&it, value); jit_next(&it); n++)
		if (n >= 3 || !read_rate(it.value, &rates[n]))
			return false;
	if (rates[0] < 0 || rates[1] < 0)
		return false;
	p->input = rates[0];
	p->output = rates[1];
	usual_rates(p, model);
	if (rates[2] >= 0)
		p->cache_read = rates[2];
	return true;
}

static bool read_object(struct jval value, struct price *p, str model)
{
	p->input = p->output = -1;
	if (!read_rate(jget(value, "input"), &p->input) || !read_rate(jget(value, "output"), &p->output) ||
	    p->input < 0 || p->output < 0)
		return false;
	usual_rates(p, model);
	return read_rate(jget(value, "cached_input"), &p->cache_read) &&
	       read_rate(jget(value, "cache_write_5m"), &p->cache_write_5m) &&
	       read_rate(jget(value, "cache_write_1h"), &p->cache_write_1h);
}

static bool read_price(struct reader *r, str model, struct jval value, struct price_user_row *row)
{
	bool ok = value.type == J_ARRAY	   ? read_array(value, &row->price, model)
		  : value.type == J_OBJECT ? read_object(value, &row->price, model)
					   : false;

	if (!ok)
		return refuse(r, model,
			      "a price is {\"input\":N,\"output\":N,\"cached_input\":N} or [input, output], "
			      "in dollars per million tokens");
	row->price.long_input = row->price.long_output = 1;
	row->price.source = PRICE_USER;
	row->price.note = r->origin;
	row->priced = true;
	return true;
}

static const struct {
	const char *name;
	row_fn *read;
} tables[] = {
	{ "context_limits", read_limit },
	{ "pricing", read_price },
	{ "encodings", read_encoding },
};
#define TABLES (sizeof(tables) / sizeof(*tables))

static bool read_table(struct reader *r, row_fn *read, str name, struct jval table)
{
	char space[MODEL_NAME_MAX];
	struct jit it;

	if (table.type != J_OBJECT)
		return refuse(r, name, "a table from model names to values is expected");
	for (jit_init(&it, table); jit_next(&it);) {
		struct price_user_row row = { 0 };
		str model = jstr_take(&r->user->arena, it.key);

		row.model = arena_str(&r->user->arena, model_name_dated(model, space));
		if (!read(r, row.model, it.value, &row))
			return false;
		*(struct price_user_row *)vec_push(&r->user->rows) = row;
	}
	return true;
}

/* An object with some of the three tables; at the top, any other object in it is a provider's. */
static bool read_tables(struct reader *r, struct jval object, bool top)
{
	struct jit it;

	for (jit_init(&it, object); jit_next(&it);) {
		size_t i = 0;

		while (i < TABLES && !jkey_is(it.key, tables[i].name))
			i++;
		if (i < TABLES) {
			if (!read_table(r, tables[i].read, it.key, it.value))
				return false;
		} else if (top && it.value.type == J_OBJECT) {
			if (!read_tables(r, it.value, false))
				return false;
		}
	}
	return true;
}

struct price_user *price_user_new(void)
{
	struct price_user *u = xcalloc(1, sizeof(*u));

	arena_init(&u->arena);
	vec_init(&u->rows, sizeof(struct price_user_row));
	return u;
}

void price_user_free(struct price_user *u)
{
	if (!u)
		return;
	vec_release(&u->rows);
	arena_release(&u->arena);
	free(u);
}

enum status price_user_add(struct price_user *u, str json, const char *origin, struct error *err)
{
	struct reader r = { u, arena_c(&u->arena, str_c(origin)), err };
	size_t before = u->rows.n;
	const struct doc *doc; /* only to have the whole text validated */
	struct arena scratch;
	struct error bad = { 0 };
	struct jval top;
	enum status status;

	arena_init(&scratch);
	status = doc_parse(&scratch, json, &doc, &bad);
	arena_release(&scratch);
	if (status != STATUS_OK)
		return error_set(err, status, "%s: %s", origin, bad.message);
	top = jval_of(json);
	if (top.type != J_OBJECT)
		return error_set(err, STATUS_USAGE, "%s: an object with prices and limits is expected",
				 origin);
	if (read_tables(&r, top, true))
		return STATUS_OK;
	u->rows.n = before;
	return STATUS_USAGE;
}
