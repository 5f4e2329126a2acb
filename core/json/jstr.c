/*
 * jstr: what an escaped string means.  An escape that says nothing valid stands for U+FFFD, byte for byte
 * the same in every function here.
 */
#include "core/base/utf8.h"
#include "core/json/jget.h"
#include "core/json/jscan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	REPLACEMENT = 0xfffd,
	UNICODE_ESCAPE = JSTR_RAW_MAX, /* bytes of \uXXXX */
	LONGEST_ESCAPE = 2 * UNICODE_ESCAPE, /* a surrogate pair */
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of \uXXXX at p, -1 if it is none. */
static long unicode_escape(const char *p, const char *end)
{
	long value = 0;
	int digit;

	if (end - p < UNICODE_ESCAPE || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < UNICODE_ESCAPE; i++) {
		digit = hex_digit(p[i]);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static uint32_t single_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return (uint32_t)c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return REPLACEMENT;
	}
}

/* Decodes the escape at *pp, which points to its backslash, and moves behind it. */
static uint32_t take_escape(const char **pp, const char *end)
{
	const char *p = *pp;
	long high = unicode_escape(p, end), low;

	if (high < 0) {
		*pp = end - p < 2 ? end : p + 2;
		return end - p < 2 ? REPLACEMENT : single_escape(p[1]);
	}
	*pp = p + UNICODE_ESCAPE;
	if (high < 0xd800 || high > 0xdfff)
		return (uint32_t)high;
	low = high < 0xdc00 ? unicode_escape(*pp, end) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	*pp += UNICODE_ESCAPE;
	return 0x10000u + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
}

/*
 * One piece of meaning: a run of plain bytes (borrowed from the string) or one decoded escape (in `bytes`).
 */
struct piece {
	str text;
	bool escape;
	char bytes[4];
};

/* Cuts the next piece off the front of *raw. */
static bool next_piece(str *raw, struct piece *out)
{
	const char *p = raw->p, *stop;

	if (raw->n == 0)
		return false;
	out->escape = *p == '\\';
	if (out->escape) {
		stop = p;
		out->text = (str){ out->bytes, utf8_encode(take_escape(&stop, p + raw->n), out->bytes) };
	} else {
		stop = memchr(p, '\\', raw->n);
		stop = stop ? stop : p + raw->n;
		out->text = (str){ p, (size_t)(stop - p) };
	}
	*raw = str_from(*raw, (size_t)(stop - p));
	return true;
}

bool jstr_escaped(str raw)
{
	return raw.n && memchr(raw.p, '\\', raw.n);
}

str jstr_take(struct arena *a, str raw)
{
	return jstr_escaped(raw) ? jstr_copy(a, raw) : raw;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The first place at or behind s.p + skip where a sequence begins. */
static size_t next_sequence(str s, size_t skip)
{
	size_t n = skip;

	while (n < s.n && n - skip < 3 && is_continuation(s.p[n]))
		n++;
	return n;
}

/* The largest count of at most `max` bytes of s that does not end inside a UTF-8 sequence. */
static size_t whole_sequences(str s, size_t max)
{
	size_t n = max;

	if (s.n <= max)
		return s.n;
	while (n > 0 && max - n < 3 && is_continuation(s.p[n]))
		n--;
	return is_continuation(s.p[n]) ? max : n; /* no sequence is that long: bytes that are not UTF-8 */
}

enum {
	STEP = 16, /* bytes copied at a time */
	UTF8_MAX = 4, /* bytes of what an escape means */
	HEAD_AT_ONCE = 4096 /* room asked for at a time */
};

/* Decodes the escape at *pp to `to`; nearly all of them are one of the short ones. */
static inline char *put_escape(const char **pp, const char *end, char *to)
{
	static const char usual[256] = {
		['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
	};
	char meaning = usual[(unsigned char)(*pp)[1]];

	if (!meaning)
		return to + utf8_encode(take_escape(pp, end), to);
	*pp += 2;
	*to = meaning;
	return to + 1;
}

/* Copies STEP bytes; how many stand before the first backslash among them. */
static inline size_t copy_step(char *to, const char *from)
{
#ifdef __SSE2__
	const __m128i step = _mm_loadu_si128((const __m128i *)(const void *)from);
	unsigned int found = (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(step, _mm_set1_epi8('\\')));

	_mm_storeu_si128((__m128i *)(void *)to, step);
	return found ? (size_t)__builtin_ctz(found) : STEP;
#else
	const char *stop = memchr(from, '\\', STEP);

	memcpy(to, from, STEP);
	return stop ? (size_t)(stop - from) : STEP;
#endif
}

str jstr_copy(struct arena *a, str raw)
{
	const char *p = raw.p, *end;
	char *to, *start;

	if (!jstr_escaped(raw))
		return arena_str(a, raw);
	end = p + raw.n;
	to = start = arena_alloc(a, jstr_length(raw) + STEP + UTF8_MAX);
	while (end - p > STEP) {
		size_t plain = copy_step(to, p);

		to += plain;
		p += plain;
		if (plain < STEP)
			to = put_escape(&p, end, to);
	}
	raw = str_from(raw, (size_t)(p - raw.p));
	for (struct piece piece; next_piece(&raw, &piece); to += piece.text.n)
		memcpy(to, piece.text.p, piece.text.n);
	*to = '\0';
	return (str){ start, (size_t)(to - start) };
}

/*
 * The beginning of jstr_head, plain bytes sixteen at a time, for as long as more than a step of both sides is left.
 * Returns what is left of max, and in *raw what is left of that; both between characters.
 */
static size_t quick_head(struct buf *out, str *raw, size_t max)
{
	size_t room = max < HEAD_AT_ONCE ? max : HEAD_AT_ONCE;
	const char *p = raw->p, *end = p + raw->n, *run = p;
	char *to, *start;

	if (room > out->max - out->n)
		room = out->max - out->n;
	if (room <= STEP || raw->n <= STEP || !(start = to = buf_room(out, room)))
		return max;
	while (end - p > STEP && (size_t)(to - start) + STEP + UTF8_MAX < room) {
		size_t plain = copy_step(to, p);

		to += plain;
		p += plain;
		if (plain < STEP) {
			to = put_escape(&p, end, to);
			run = p;
		}
	}
	for (int i = 0; i < 3 && p > run && p < end && is_continuation(*p); i++) {
		p--;
		to--;
	}
	buf_commit(out, (size_t)(to - start));
	*raw = str_from(*raw, (size_t)(p - raw->p));
	return max - (size_t)(to - start);
}

void jstr_head(struct buf *out, str raw, size_t max)
{
	struct piece piece;
	size_t n;

	for (n = 0; n != max;) {
		n = max;
		max = quick_head(out, &raw, max);
	}
	while (max > 0 && next_piece(&raw, &piece)) {
		n = whole_sequences(piece.text, max);
		buf_add(out, str_sub(piece.text, 0, n));
		if (n < piece.text.n)
			break;
		max -= n;
	}
}

/* The last place at or before raw.p + at that is not inside an escape or between the halves of a
 * surrogate pair. */
static size_t escape_boundary(str raw, size_t at)
{
	const char *start = raw.p, *p = start + at, *end = start + raw.n, *q, *next;

	/* No escape that begins so far back reaches p, so the walk may begin inside one, just not behind
	 * its backslash. */
	q = at > LONGEST_ESCAPE ? p - LONGEST_ESCAPE : start;
	for (next = q; next > start && next[-1] == '\\';)
		next--;
	for (next = q - (q - next) % 2; next <= p && next < end;) {
		q = next;
		if (*next == '\\')
			take_escape(&next, end);
		else
			next++;
	}
	return (size_t)((next <= p ? next : q) - start);
}

/* The last so many bytes of raw, or a few less: as escapes and characters allow. */
static str last_part(str raw, size_t bytes)
{
	raw = str_from(raw, escape_boundary(raw, raw.n - bytes));
	return str_from(raw, next_sequence(raw, 0));
}

void jstr_tail(struct buf *out, str raw, size_t max)
{
	/* Twice as many raw bytes nearly always suffice, six times always: none stands for less than a sixth of a byte. */
	static const size_t enough[] = { 2, UNICODE_ESCAPE };
	size_t length = 0, skip;
	struct piece piece;
	bool found = false;

	for (size_t i = 0; i < 2 && !found && max < raw.n / enough[i]; i++) {
		str part = last_part(raw, max * enough[i]);

		length = jstr_length(part);
		found = length >= max || enough[i] == UNICODE_ESCAPE;
		raw = found ? part : raw;
	}
	if (!found)
		length = jstr_length(raw);
	skip = length > max ? length - max : 0;
	while (skip > 0 && next_piece(&raw, &piece)) {
		if (skip >= piece.text.n) {
			skip -= piece.text.n;
			continue;
		}
		skip = piece.escape ? piece.text.n : next_sequence(piece.text, skip);
		buf_add(out, str_from(piece.text, skip));
		skip = 0;
	}
	jstr_head(out, raw, max);
}

bool jstr_eq(str raw, str plain)
{
	struct piece piece;

	/* Most differ at once. */
	if (raw.n > 0 && plain.n > 0 && *raw.p != *plain.p && *raw.p != '\\')
		return false;
	if (!jstr_escaped(raw))
		return str_eq(raw, plain);
	while (next_piece(&raw, &piece)) {
		if (!str_starts(plain, piece.text))
			return false;
		plain = str_from(plain, piece.text.n);
	}
	return plain.n == 0;
}

bool jstr_eq_c(str raw, const char *plain)
{
	return jstr_eq(raw, str_c(plain));
}

str jval_str(struct arena *a, struct jval v)
{
	if (v.type != J_STRING)
		return STR("");
	return v.plain ? v.raw : jstr_take(a, v.raw);
}

ptrdiff_t jstr_escape_saving(const char **pp, const char *end)
{
	const char *start = *pp;
	char bytes[4];
	size_t n = utf8_encode(take_escape(pp, end), bytes);

	return (*pp - start) - (ptrdiff_t)n;
}

size_t jstr_length(str raw)
{
	if (raw.n == 0)
		return 0;
	return raw.n - (size_t)jscan_current->escape_saving(raw.p, raw.p + raw.n);
}
