#include "core/json/elide.h"

#include "core/json/jscan.h"

/* Bytes of \n, of \uXXXX and of a surrogate pair. */
enum {
	ESCAPE_SHORT = 2,
	ESCAPE_UNICODE = 6,
	ESCAPE_PAIR = 12
};

void elide_begin(struct elide *e, struct buf *out)
{
	e->out = out;
	e->depth = e->dropping = 0;
	e->in_string = e->escaped = false;
	e->head = e->rest = 0;
	e->elided = 0;
}

static void keep(struct elide *e, const char *p, size_t n)
{
	if (e->dropping)
		e->elided += n;
	else
		buf_add(e->out, (str){ p, n });
}

/* ---- strings ---- */

/* n bytes of a string: the first ones are kept at once, the others overwrite the oldest of the tail. */
static void string_bytes(struct elide *e, const char *p, size_t n)
{
	size_t take = ELIDE_STRING_PART - e->head, at;

	if (e->dropping) {
		e->elided += n;
		return;
	}
	if (take > n)
		take = n;
	keep(e, p, take);
	e->head += take;
	p += take;
	n -= take;
	if (n > ELIDE_STRING_PART) { /* most of a long piece would be overwritten at once */
		e->rest += n - ELIDE_STRING_PART;
		p += n - ELIDE_STRING_PART;
		n = ELIDE_STRING_PART;
	}
	while (n > 0) {
		at = e->rest % ELIDE_STRING_PART;
		take = ELIDE_STRING_PART - at < n ? ELIDE_STRING_PART - at : n;
		memcpy(e->tail + at, p, take);
		e->rest += take;
		p += take;
		n -= take;
	}
}

static bool is_continuation(const char *p)
{
	return ((unsigned char)*p & 0xc0) == 0x80;
}

/* Whether a \uXXXX of the high or the low half of a surrogate pair begins at s.p[i]. */
static bool is_surrogate(str s, size_t i, bool low)
{
	char half;

	if (s.n - i < 4 || s.p[i] != '\\' || s.p[i + 1] != 'u' || (s.p[i + 2] | 0x20) != 'd')
		return false;
	half = s.p[i + 3] | 0x20;
	return low ? half >= 'c' && half <= 'f' : half == '8' || half == '9' || half == 'a' || half == 'b';
}

/* Length of the longest front of s, which begins a string, that ends between characters. */
static size_t whole_front(str s)
{
	size_t i = 0, n = 0;

	while (n < s.n) {
		i = n;
		if (s.p[n] != '\\') {
			for (n++; n < s.n && is_continuation(s.p + n);)
				n++;
			continue;
		}
		if (is_surrogate(s, n, false))
			n += ESCAPE_PAIR;
		else
			n += s.n - n > 1 && s.p[n + 1] == 'u' ? ESCAPE_UNICODE : ESCAPE_SHORT;
	}
	return i; /* what begins there may go on behind the cut */
}

/* How many bytes at the beginning of s, whose context is lost, may belong to something cut in half. */
static size_t broken_front(str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\\')
		n++;
	n += n > 0; /* an odd or an even run: nobody knows */
	for (int i = 0; i < 3 && n < s.n && is_continuation(s.p + n); i++)
		n++;
	for (size_t i = n; i < s.n && i - n < ESCAPE_UNICODE; i++)
		if (is_surrogate(s, i, true)) /* its other half is gone */
			return i + ESCAPE_UNICODE;
	return n < s.n ? n : s.n;
}

static void string_finish(struct elide *e)
{
	size_t at = e->rest % ELIDE_STRING_PART, start, cut;

	e->in_string = false;
	if (e->dropping || e->out->full)
		return;
	if (e->rest <= ELIDE_STRING_PART) {
		keep(e, e->tail, e->rest);
		return;
	}
	start = e->out->n - e->head;
	cut = e->head - whole_front(str_from(buf_str(e->out), start));
	buf_cut(e->out, e->out->n - cut);
	e->elided += cut + e->rest - ELIDE_STRING_PART;
	start = e->out->n;
	keep(e, e->tail + at, ELIDE_STRING_PART - at);
	keep(e, e->tail, at);
	if (e->out->full)
		return;
	cut = broken_front(str_from(buf_str(e->out), start));
	memmove(e->out->p + start, e->out->p + start + cut, e->out->n - start - cut);
	buf_cut(e->out, e->out->n - cut);
	e->elided += cut;
}

/* Takes what [p, end) holds of the current string; returns the place behind it. */
static const char *string_feed(struct elide *e, const char *p, const char *end)
{
	const char *stop, *q;

	if (e->escaped) {
		string_bytes(e, p++, 1);
		e->escaped = false;
	}
	stop = jscan_current->string_end(p, end);
	string_bytes(e, p, (size_t)(stop - p));
	if (stop < end) {
		string_finish(e);
		keep(e, stop, 1);
		return stop + 1;
	}
	for (q = end; q > p && q[-1] == '\\';)
		q--;
	e->escaped = (end - q) % 2;
	return end;
}

/* ---- everything else ---- */

static void container_begin(struct elide *e, bool array)
{
	e->depth++;
	if (e->depth < ELIDE_DEPTH)
		e->array_start[e->depth] = array ? e->out->n + 1 : 0;
}

static bool array_is_full(const struct elide *e)
{
	return !e->dropping && e->depth < ELIDE_DEPTH && e->array_start[e->depth] &&
	       e->out->n > e->array_start[e->depth] + ELIDE_ARRAY_MAX;
}

void elide_feed(struct elide *e, const char *p, size_t n)
{
	const char *end = p + n;
	size_t run;

	while (p < end) {
		if (e->in_string) {
			p = string_feed(e, p, end);
			continue;
		}
		switch (*p) {
		case '{':
		case '[':
			container_begin(e, *p == '[');
			break;
		case '}':
		case ']':
			if (e->dropping && e->dropping == e->depth)
				e->dropping = 0;
			e->depth -= e->depth > 0;
			break;
		case ',':
			if (array_is_full(e))
				e->dropping = e->depth;
			break;
		case '"':
			e->in_string = true;
			e->head = e->rest = 0;
			keep(e, p++, 1);
			continue;
		default:
			break;
		}
		for (run = 1; run < (size_t)(end - p) && !strchr("{}[],\"", p[run]);)
			run++;
		keep(e, p, run);
		p += run;
	}
}

bool elide_complete(const struct elide *e)
{
	return e->depth == 0 && !e->in_string;
}
