/*
 * align_find: values of the moment.  Each word is looked at by itself; a table names the shapes.
 */
#include <math.h>

#include "core/compress/align.h"

enum {
	MAX_WORD = 256, /* longer ones are data, not values */
	LONG_WORD = 8,
	DIGITLESS_MIN = 32, /* shorter ones are values only with a digit in them */
	KEY_MIN = 16, /* characters behind the prefix of a key */
	SWITCHES = 3 /* between digits and letters in a made-up word */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Shape: 'd' a digit, 'h' a hexadecimal digit, else itself.  As many bytes as it takes, or 0. */
static size_t shaped(str s, const char *shape)
{
	size_t i = 0;

	for (; shape[i]; i++) {
		if (i >= s.n)
			return 0;
		if (shape[i] == 'd'   ? !is_digit(s.p[i])
		    : shape[i] == 'h' ? !is_hex(s.p[i])
				      : s.p[i] != shape[i])
			return 0;
	}
	return i;
}

static bool all(str s, bool (*test)(char))
{
	for (size_t i = 0; i < s.n; i++)
		if (!test(s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_uuid(str w)
{
	return w.n == 36 && shaped(w, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
}

static bool is_date(str w)
{
	return shaped(w, "dddd-dd-dd") && (w.n == 10 || w.p[10] == 'T' || w.p[10] == 't');
}

static bool is_time(str w)
{
	size_t n = shaped(w, "dd:dd");

	if (!n)
		n = shaped(w, "d:dd");
	if (!n)
		return false;
	w = str_from(w, n);
	return w.n == 0 || shaped(w, ":dd") || str_ieq(w, STR("am")) || str_ieq(w, STR("pm")) ||
	       str_eq_c(w, "Z");
}

static bool is_unix(str w)
{
	return w.n >= 10 && w.n <= 13 && w.p[0] == '1' && all(w, is_digit);
}

static bool is_version(str w)
{
	size_t dots = 0;

	if (w.n < 6 || w.p[0] != 'v')
		return false;
	for (size_t i = 1; i < w.n; i++) {
		if (w.p[i] == '.')
			dots++;
		else if (!is_digit(w.p[i]))
			return false;
	}
	return dots == 2 && is_digit(w.p[w.n - 1]);
}

static bool is_hash(str w)
{
	return (w.n == 32 || w.n == 40 || w.n == 64) && all(w, is_hex);
}

static bool has_digit(str w)
{
	for (size_t i = 0; i < w.n; i++)
		if (is_digit(w.p[i]))
			return true;
	return false;
}

static bool is_name_char(char c)
{
	return is_digit(c) || is_alpha(c) || c == '_' || c == '-';
}

static bool is_key(str w)
{
	static const char *const prefixes[] = { "sk-", "pk-", "api_", "api-", "key_", "key-" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		str rest = str_from(w, strlen(prefixes[i]));

		if (str_starts_c(w, prefixes[i]) && rest.n >= KEY_MIN && all(rest, is_name_char) &&
		    has_digit(rest))
			return true;
	}
	return false;
}

/* req_8f3a2b1c */
static bool is_id(str w)
{
	size_t at = str_chr(w, '_');
	str rest = str_from(w, at == STR_NONE ? w.n : at + 1);

	if (at == STR_NONE || at < 2 || rest.n < LONG_WORD || !all(str_sub(w, 0, at), is_alpha))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if (!is_digit(rest.p[i]) && !is_alpha(rest.p[i]))
			return false;
	return has_digit(rest);
}

static bool is_jwt(str w)
{
	size_t dots = 0;

	for (size_t i = 0; i < w.n; i++)
		dots += w.p[i] == '.';
	return w.n >= 32 && dots == 2 && str_starts_c(w, "eyJ");
}

/* Letters and digits in turns, hardly any twice: Shannon's entropy over its maximum is .7 or more. */
static bool is_random(str w)
{
	unsigned count[256] = { 0 };
	size_t switches = 0;
	double bits = 0;

	if (w.n < LONG_WORD)
		return false;
	for (size_t i = 0; i < w.n; i++) {
		if (!is_digit(w.p[i]) && !is_alpha(w.p[i]))
			return false;
		count[(unsigned char)w.p[i]]++;
		switches += i > 0 && is_digit(w.p[i]) != is_digit(w.p[i - 1]);
	}
	for (size_t i = 0; i < 256; i++)
		if (count[i])
			bits -= count[i] / (double)w.n * log2(count[i] / (double)w.n);
	return switches >= SWITCHES && bits / log2((double)w.n) >= .7;
}

static bool (*const shapes[])(str) = { is_uuid, is_date, is_time, is_unix, is_version,
				       is_hash, is_key,	 is_id,	  is_jwt,  is_random };

static bool is_dynamic(str w)
{
	if (w.n > MAX_WORD && !is_jwt(w))
		return false;
	if (w.n < DIGITLESS_MIN && !has_digit(w))
		return false;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (shapes[i](w))
			return true;
	return false;
}

/* ---- labels ---- */

/* Before ':' or '=' at the beginning of a line or sentence; what follows is of the moment if it has a digit. */
static const char *const labels[] = {
	"current date", "current time", "current datetime", "date",	    "time",	"datetime",
	"timestamp",	"today",	"today's date",	    "now",	    "session",	"session id",
	"session_id",	"request id",	"request_id",	    "trace id",	    "trace_id", "conversation id",
	"user id",	"user_id",	"last updated",	    "generated at", "build",	"nonce",
};

static bool has_label(str unit)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		size_t n = strlen(labels[i]);
		str rest;

		if (!str_ieq(str_sub(unit, 0, n), str_c(labels[i])))
			continue;
		rest = str_trim(str_from(unit, n));
		if (rest.n && (rest.p[0] == ':' || rest.p[0] == '=') && has_digit(rest))
			return true;
	}
	return false;
}

/* ---- units ---- */

static void free_pattern(void *pattern)
{
	regfree(pattern);
}

void align_patterns_init(struct align_patterns *p, struct arena *a, const char *lines)
{
	str rest = str_c(lines), line;
	size_t n = 0;

	while (str_line(&rest, &line))
		n++;
	*p = (struct align_patterns){ .own = arena_array(a, n, sizeof(*p->own)) };
	rest = str_c(lines);
	while (str_line(&rest, &line))
		if (line.n && regcomp(&p->own[p->n], arena_c(a, line), REG_EXTENDED | REG_ICASE) == 0)
			arena_defer(a, free_pattern, &p->own[p->n++]);
}

static void add_span(struct vec *spans, size_t from, size_t to, size_t unit_from, size_t unit_to)
{
	*(struct align_span *)vec_push(spans) = (struct align_span){ from, to, unit_from, unit_to };
}

/* clang-format off */
static const bool breaks[256] = { /* between words */
	['\0'] = true, [' '] = true, ['\t'] = true, ['"'] = true, ['\''] = true, ['`'] = true, ['('] = true,
	[')'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true, ['<'] = true, ['>'] = true,
	[','] = true, [';'] = true,
};
/* clang-format on */

static bool is_break(char c)
{
	return breaks[(unsigned char)c];
}

static void find_own(str text, size_t from, size_t to, const struct align_patterns *p, struct vec *spans)
{
	struct arena a;
	const char *unit;
	regmatch_t m;

	if (p->n == 0)
		return;
	arena_init(&a);
	unit = arena_c(&a, str_sub(text, from, to - from));
	for (size_t i = 0; i < p->n; i++)
		if (regexec(&p->own[i], unit, 1, &m, 0) == 0 && m.rm_eo > m.rm_so)
			add_span(spans, from + (size_t)m.rm_so, from + (size_t)m.rm_eo, from, to);
	arena_release(&a);
}

/* One line or sentence without its end. */
static void find_in_unit(str text, size_t from, size_t to, const struct align_patterns *p, struct vec *spans)
{
	str unit = str_sub(text, from, to - from);
	size_t known = spans->n;

	for (size_t at = from; at < to;) {
		size_t end = at;

		while (end < to && !is_break(text.p[end]))
			end++;
		if (end > at) {
			size_t stop = end;

			while (stop > at && strchr(".:!?=", text.p[stop - 1]))
				stop--;
			if (stop > at && is_dynamic(str_sub(text, at, stop - at)))
				add_span(spans, at, stop, from, to);
		}
		at = end + 1;
	}
	if (spans->n == known)
		find_own(text, from, to, p, spans);
	if (spans->n == known && has_label(unit))
		add_span(spans, from, to, from, to);
}

/* Where the sentence that begins at `from` ends, at most at `to`. */
static size_t sentence_end(str text, size_t from, size_t to)
{
	for (size_t i = from; i + 1 < to; i++)
		if (text.p[i + 1] == ' ' && strchr(".!?", text.p[i]))
			return i + 1;
	return to;
}

void align_find(str text, const struct align_patterns *p, struct vec *spans)
{
	bool fenced = false;

	for (size_t from = 0; from < text.n;) {
		size_t end = str_chr(str_from(text, from), '\n');
		size_t to = end == STR_NONE ? text.n : from + end;
		str line = str_trim(str_sub(text, from, to - from));

		if (str_starts_c(line, "```"))
			fenced = !fenced;
		else if (!fenced)
			for (size_t at = from; at < to;) {
				size_t stop = sentence_end(text, at, to);

				find_in_unit(text, at, stop, p, spans);
				for (at = stop; at < to && text.p[at] == ' '; at++)
					;
			}
		from = to + 1;
	}
}
