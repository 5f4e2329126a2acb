/*
 * proxy_models: the models a proxy served, put together from where it counts them and where it prices them.
 */
#include "core/base/map.h"
#include "tui/proxy_read.h"
#include "tui/proxy_stats.h"

/* Rows by name while they are gathered. */
struct model_set {
	struct arena *arena;
	struct map rows; /* to struct model_row */
	struct buf name; /* the one looked up: copied only with a new row */
	size_t left_out;
};

/* NULL if there are too many. */
static struct model_row *model_of(struct model_set *m, str raw_name)
{
	struct model_row *row;

	buf_clear(&m->name);
	jstr_head(&m->name, raw_name, PROXY_MAX_NAME);
	row = map_get(&m->rows, buf_str(&m->name));
	if (row)
		return row;
	if (m->rows.n == PROXY_MAX_MODELS) {
		m->left_out++;
		return NULL;
	}
	row = arena_alloc(m->arena, sizeof(*row));
	*row = (struct model_row){ .model = arena_str(m->arena, buf_str(&m->name)),
				   .requests = UNKNOWN,
				   .input = UNKNOWN,
				   .output = UNKNOWN,
				   .saved = UNKNOWN,
				   .spent_usd = UNKNOWN };
	map_put(&m->rows, row->model, NULL)->value = row;
	return row;
}

static void set(double *slot, double value)
{
	if (!is_known(*slot))
		*slot = value;
}

static int more_first(double a, double b)
{
	if (!is_known(a) || !is_known(b))
		return is_known(b) - is_known(a);
	return (a < b) - (a > b);
}

static int by_input(const void *a, const void *b)
{
	const struct model_row *x = a, *y = b;
	int order = more_first(x->input, y->input);

	if (!order)
		order = more_first(x->requests, y->requests);
	return order ? order : str_cmp(x->model, y->model);
}

void proxy_read_models(struct jval counts, struct jval priced, struct snapshot *out)
{
	struct model_set m = { .arena = &out->arena };
	struct model_row *row;
	struct jit it;

	map_init(&m.rows);
	buf_init(&m.name, PROXY_MAX_NAME);
	jit_init(&it, counts);
	while (it.object && jit_next(&it)) {
		row = model_of(&m, it.key);
		if (row)
			set(&row->requests, proxy_number(it.value, PROXY_WHOLE));
	}
	jit_init(&it, priced);
	while (it.object && jit_next(&it)) {
		row = model_of(&m, it.key);
		if (!row)
			continue;
		set(&row->input, proxy_number_at(it.value, "tokens_sent", PROXY_WHOLE));
		set(&row->saved, proxy_number_at(it.value, "tokens_saved", PROXY_DELTA));
	}
	for (size_t i = 0; i < m.rows.n; i++)
		*(struct model_row *)vec_push(&out->models) = *(struct model_row *)m.rows.entries[i].value;
	vec_sort(&out->models, by_input);
	if (m.left_out)
		snapshot_warn(out, "%zu further models are not shown", m.left_out);
	buf_release(&m.name);
	map_release(&m.rows);
}
