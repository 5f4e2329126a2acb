#include "core/json/canon.h"

#include "core/base/vec.h"
#include "core/json/jput.h"

struct member {
	str key; /* its meaning */
	struct jval value;
};

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void add_string(struct buf *out, str meaning)
{
	struct jput j;

	jput_init(&j, out, false);
	jput_str(&j, meaning);
}

static void add_value(struct buf *out, struct arena *a, struct jval v, size_t depth);

static void add_object(struct buf *out, struct arena *a, struct jval v, size_t depth)
{
	struct vec members;
	bool first = true;
	struct jit it;

	vec_init(&members, sizeof(struct member));
	jit_init(&it, v);
	while (jit_next(&it))
		*(struct member *)vec_push(&members) = (struct member){ jstr_take(a, it.key), it.value };
	vec_sort(&members, by_key);
	buf_add_ch(out, '{');
	for (size_t i = 0; i < members.n; i++) {
		const struct member *m = vec_at(&members, i);

		if (i + 1 < members.n && by_key(m, vec_at(&members, i + 1)) == 0)
			continue;
		if (!first)
			buf_add_ch(out, ',');
		first = false;
		add_string(out, m->key);
		buf_add_ch(out, ':');
		add_value(out, a, m->value, depth + 1);
	}
	buf_add_ch(out, '}');
	vec_release(&members);
}

static void add_array(struct buf *out, struct arena *a, struct jval v, size_t depth)
{
	bool first = true;
	struct jit it;

	buf_add_ch(out, '[');
	jit_init(&it, v);
	for (; jit_next(&it); first = false) {
		if (!first)
			buf_add_ch(out, ',');
		add_value(out, a, it.value, depth + 1);
	}
	buf_add_ch(out, ']');
}

static void add_value(struct buf *out, struct arena *a, struct jval v, size_t depth)
{
	if (v.type == J_STRING)
		add_string(out, jstr_take(a, v.raw));
	else if (v.type == J_OBJECT && depth < CANON_DEPTH)
		add_object(out, a, v, depth);
	else if (v.type == J_ARRAY && depth < CANON_DEPTH)
		add_array(out, a, v, depth);
	else
		buf_add(out, v.raw);
}

void canon_add(struct buf *out, struct arena *a, struct jval v)
{
	add_value(out, a, v, 0);
}
