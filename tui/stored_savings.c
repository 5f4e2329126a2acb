/*
 * proxy_savings.json: what a proxy saved since it was installed, as sums that only grow, with a history of the same.
 */
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jget.h"
#include "tui/stored.h"

#define SAVINGS_MAX ((size_t)16 << 20)
#define HISTORY_KEPT 5000 /* points: a history of as many has lost its beginning */

/* Sums at a time.  Points of the first schema know tokens and dollars; they may be arrays of two or three. */
struct point {
	int64_t time;
	double tokens, usd, input;
};

static double number(struct jval object, const char *key)
{
	struct jval v = jget(object, key);

	return v.type == J_NUMBER ? jval_f64(v, UNKNOWN) : UNKNOWN;
}

static bool take_array(struct jval v, struct point *p)
{
	double *const numbers[] = { &p->tokens, &p->usd };
	struct jit it;

	jit_init(&it, v);
	if (!jit_next(&it) || it.value.type != J_STRING || !time_parse(it.value.raw, &p->time))
		return false;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers) && jit_next(&it); i++)
		*numbers[i] = jval_f64(it.value, UNKNOWN);
	return is_known(p->tokens);
}

static bool take_point(struct jval v, struct point *p)
{
	struct jval time = jget(v, "timestamp");

	*p = (struct point){ .tokens = UNKNOWN, .usd = UNKNOWN, .input = UNKNOWN };
	if (v.type == J_ARRAY)
		return take_array(v, p);
	if (time.type != J_STRING || !time_parse(time.raw, &p->time))
		return false;
	p->tokens = number(v, "total_tokens_saved");
	p->usd = number(v, "compression_savings_usd");
	p->input = number(v, "total_input_tokens");
	return is_known(p->tokens);
}

/* The last point before the window, the last of all, and how many there are.  They need not be in order. */
struct history {
	struct point before, last;
	size_t n;
};

static bool take_history(struct jval v, int64_t since, struct history *h)
{
	struct point p;
	struct jit it;

	jit_init(&it, v);
	while (jit_next(&it)) {
		if (!take_point(it.value, &p))
			continue;
		if (h->n++ == 0 || p.time >= h->last.time)
			h->last = p;
		if (p.time < since && p.time >= h->before.time)
			h->before = p;
	}
	return jit_ok(&it);
}

static double larger(double a, double b)
{
	return is_known(a) && !(b > a) ? a : b;
}

static void settle(const struct history *h, int64_t since, struct savings *s)
{
	const struct point zero = { 0 };
	const struct point *from = &h->before;

	if (h->n > 0) {
		s->lifetime_tokens = larger(s->lifetime_tokens, h->last.tokens);
		s->lifetime_usd = larger(s->lifetime_usd, h->last.usd);
		s->lifetime_input = larger(s->lifetime_input, h->last.input);
	}
	s->tokens = s->lifetime_tokens;
	s->usd = s->lifetime_usd;
	s->input = s->lifetime_input;
	if (since == 0)
		return;
	s->tokens = s->usd = s->input = UNKNOWN;
	if (h->before.time == 0 && h->n >= HISTORY_KEPT)
		return; /* what was saved before its first point is gone */
	if (h->before.time == 0)
		from = &zero;
	s->tokens = h->n > 0 ? h->last.tokens - from->tokens : 0;
	s->usd = h->n > 0 ? h->last.usd - from->usd : 0;
	if (h->n > 0)
		s->input = h->last.input - from->input;
}

static enum status parse(str text, int64_t since, struct savings *out)
{
	struct savings s = { .is = true };
	struct history h = { .n = 0 };
	struct jval lifetime = { .type = J_NONE };
	bool ok = true, any = false;
	struct jit it;

	jit_init(&it, jval_of(text));
	while (jit_next(&it)) {
		if (jkey_is(it.key, "lifetime"))
			lifetime = it.value;
		else if (jkey_is(it.key, "history"))
			ok = take_history(it.value, since, &h) && it.value.type == J_ARRAY;
		else
			continue;
		any = true;
	}
	if (!jit_ok(&it) || !ok || !any)
		return STATUS_PARSE;
	s.lifetime_tokens = number(lifetime, "tokens_saved");
	s.lifetime_usd = number(lifetime, "compression_savings_usd");
	s.lifetime_input = number(lifetime, "total_input_tokens");
	s.lifetime_requests = number(lifetime, "requests");
	settle(&h, since, &s);
	*out = s;
	return STATUS_OK;
}

enum status savings_read(const char *path, int64_t since, struct savings *out, struct error *err)
{
	enum status status;
	struct buf text;

	buf_init(&text, SAVINGS_MAX);
	status = fs_read_file(path, &text, err);
	if (status == STATUS_OK && parse(buf_str(&text), since, out) != STATUS_OK)
		status = error_set(err, STATUS_PARSE, "%s: not a file of savings, or cut off", path);
	buf_release(&text);
	return status;
}
