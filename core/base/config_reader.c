#include "core/base/config_reader.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/utf8.h"

#define MAX_SHOWN 40 /* bytes of the file that a message repeats */
#define ACCEPTED "accepted are \"text\", 'text', integers, floats, true, false and arrays of strings"

#define RAISE(r, ...) reader_raise((r), (r)->line, __VA_ARGS__)

void reader_init(struct reader *r, struct arena *a, const char *name, str text, struct error *err)
{
	*r = (struct reader){ .arena = a, .name = name, .text = text, .line = 1, .err = err };
	r->numbers = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	if (!r->numbers)
		die_no_memory();
	vec_init(&r->items, sizeof(str));
	buf_init(&r->scratch, text.n);
}

void reader_release(struct reader *r)
{
	buf_release(&r->scratch);
	vec_release(&r->items);
	freelocale(r->numbers);
}

enum status reader_raise(const struct reader *r, unsigned line, const char *fmt, ...)
{
	char why[sizeof(((struct error *)NULL)->message)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return error_set(r->err, STATUS_USAGE, "%s:%u: %s", r->name, line, why);
}

/* ---- characters ---- */

static str rest_of(const struct reader *r)
{
	return str_from(r->text, r->at);
}

int reader_peek(const struct reader *r)
{
	return r->at < r->text.n ? (unsigned char)r->text.p[r->at] : END_OF_TEXT;
}

bool reader_take(struct reader *r, char c)
{
	if (reader_peek(r) != (unsigned char)c)
		return false;
	r->at++;
	return true;
}

bool reader_at_line_end(const struct reader *r)
{
	int c = reader_peek(r);

	return c == '\n' || c == '\r' || c == END_OF_TEXT;
}

void reader_skip_blanks(struct reader *r)
{
	while (reader_take(r, ' ') || reader_take(r, '\t'))
		;
}

void reader_skip_comment(struct reader *r)
{
	reader_skip_blanks(r);
	if (reader_peek(r) == '#')
		while (!reader_at_line_end(r))
			r->at++;
}

static bool skip_line_end(struct reader *r)
{
	reader_take(r, '\r');
	if (!reader_take(r, '\n'))
		return false;
	r->line++;
	return true;
}

void reader_skip_empty_lines(struct reader *r)
{
	do
		reader_skip_comment(r);
	while (skip_line_end(r));
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

str reader_shown(const struct reader *r)
{
	str line, rest = rest_of(r);

	return str_line(&rest, &line) ? str_sub(line, 0, MAX_SHOWN) : STR("");
}

enum status reader_check_text(struct reader *r)
{
	str rest = r->text, line;

	for (r->line = 1; str_line(&rest, &line); r->line++) {
		if (!utf8_valid(line))
			return RAISE(r, "the line is not UTF-8");
		for (size_t i = 0; i < line.n; i++) {
			unsigned char c = (unsigned char)line.p[i];

			if ((c < ' ' && c != '\t') || c == 0x7f)
				return RAISE(r, "control character \\x%02x; write \\u%04X in a \"text\"", c,
					     c);
		}
	}
	r->line = 1;
	return STATUS_OK;
}

/* ---- strings, into r->scratch ---- */

static enum status take_code_point(struct reader *r, size_t digits)
{
	uint32_t cp = 0;
	char bytes[4];
	size_t i;

	for (i = 0; i < digits; i++) {
		int c = reader_peek(r);

		if (is_digit(c))
			cp = cp << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			cp = cp << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			break;
		r->at++;
	}
	if (i < digits || cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return RAISE(r, "\\u takes 4 and \\U 8 hexadecimal digits of a character that is not NUL");
	buf_add(&r->scratch, (str){ bytes, utf8_encode(cp, bytes) });
	return STATUS_OK;
}

static enum status take_escape(struct reader *r)
{
	static const char names[] = "btnfr\"\\", bytes[] = "\b\t\n\f\r\"\\";
	const char *hit;
	int c = reader_peek(r);

	if (reader_at_line_end(r))
		return STATUS_OK; /* the caller sees a string that is not closed */
	r->at++;
	if (c == 'u' || c == 'U')
		return take_code_point(r, c == 'u' ? 4 : 8);
	hit = strchr(names, c);
	if (!hit)
		return RAISE(r,
			     "\\%c is no escape; accepted: \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX",
			     c);
	buf_add_ch(&r->scratch, bytes[hit - names]);
	return STATUS_OK;
}

enum status reader_take_string(struct reader *r)
{
	char quote = (char)reader_peek(r);
	const char multi[] = { quote, quote, quote, '\0' };

	if (str_starts_c(rest_of(r), multi))
		return RAISE(r, "multi-line strings are not accepted; write \"text\" on one line, \\n for a "
				"line end");
	buf_clear(&r->scratch);
	r->at++;
	while (!reader_take(r, quote)) {
		if (reader_at_line_end(r))
			return RAISE(r, "the string is not closed with %c on its line", quote);
		if (quote == '"' && reader_take(r, '\\')) {
			enum status status = take_escape(r);

			if (status != STATUS_OK)
				return status;
		} else {
			buf_add_ch(&r->scratch, r->text.p[r->at++]);
		}
	}
	return STATUS_OK;
}

bool reader_at_string(const struct reader *r)
{
	return reader_peek(r) == '"' || reader_peek(r) == '\'';
}

/* ---- values ---- */

/* Digits with single '_' between them, which are left out. */
static bool take_digits(str *s, struct buf *out)
{
	size_t i = 0;

	for (; i < s->n; i++) {
		bool separates = i > 0 && s->p[i] == '_' && i + 1 < s->n && s->p[i - 1] != '_' &&
				 is_digit(s->p[i + 1]);

		if (is_digit(s->p[i]))
			buf_add_ch(out, s->p[i]);
		else if (!separates)
			break;
	}
	*s = str_from(*s, i);
	return i > 0;
}

static bool take_one_of(str *s, const char *chars, struct buf *out)
{
	if (s->n == 0 || !strchr(chars, *s->p))
		return false;
	buf_add_ch(out, *s->p);
	*s = str_from(*s, 1);
	return true;
}

/* A number as strtod reads it, into out; false if it is none. */
static bool scan_number(str s, struct buf *out, bool *is_float)
{
	size_t start;

	*is_float = false;
	buf_clear(out);
	take_one_of(&s, "+-", out);
	start = out->n;
	if (!take_digits(&s, out) || (out->p[start] == '0' && out->n > start + 1))
		return false;
	if (take_one_of(&s, ".", out)) {
		*is_float = true;
		if (!take_digits(&s, out))
			return false;
	}
	if (take_one_of(&s, "eE", out)) {
		*is_float = true;
		take_one_of(&s, "+-", out);
		if (!take_digits(&s, out))
			return false;
	}
	return s.n == 0;
}

static bool to_integer(str s, int64_t *out)
{
	bool negative = str_starts_c(s, "-");
	uint64_t n;

	if (negative || str_starts_c(s, "+"))
		s = str_from(s, 1);
	if (!str_u64(s, &n) || n > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative && n ? -(int64_t)(n - 1) - 1 : (int64_t)n;
	return true;
}

/* 1979-05-27, 07:32:00 and what begins like them. */
static bool looks_like_time(str s)
{
	size_t digits = 0;

	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	return digits < s.n && ((digits == 4 && s.p[digits] == '-') || (digits == 2 && s.p[digits] == ':'));
}

static enum status take_number(struct reader *r, str word, struct config_row *row)
{
	bool is_float, fits;

	if (!scan_number(word, &r->scratch, &is_float)) {
		word = str_sub(word, 0, MAX_SHOWN);
		if (looks_like_time(word))
			return RAISE(r, "dates and times are not accepted; write \"%.*s\"", STR_ARG(word));
		return RAISE(r, "'%.*s' is no value; " ACCEPTED, STR_ARG(word));
	}
	if (is_float) {
		row->type = CONFIG_FLOAT;
		row->real = strtod_l(buf_c(&r->scratch), NULL, r->numbers);
		fits = isfinite(row->real);
	} else {
		row->type = CONFIG_INT;
		fits = to_integer(buf_str(&r->scratch), &row->integer);
	}
	return fits ? STATUS_OK
		    : RAISE(r, "%.*s is too large for a number", STR_ARG(str_sub(word, 0, MAX_SHOWN)));
}

static enum status take_word(struct reader *r, struct config_row *row)
{
	size_t start = r->at;
	str word;

	while (!reader_at_line_end(r) && !strchr(" \t,#]}", reader_peek(r)))
		r->at++;
	word = str_sub(r->text, start, r->at - start);
	if (word.n == 0)
		return RAISE(r, "a value is missing; " ACCEPTED);
	row->truth = str_eq_c(word, "true");
	if (!row->truth && !str_eq_c(word, "false"))
		return take_number(r, word, row);
	row->type = CONFIG_BOOL;
	return STATUS_OK;
}

static enum status take_items(struct reader *r)
{
	unsigned opened = r->line;
	enum status status;

	r->at++;
	for (;;) {
		reader_skip_empty_lines(r);
		if (reader_take(r, ']'))
			return STATUS_OK;
		if (reader_peek(r) == END_OF_TEXT)
			break;
		if (!reader_at_string(r))
			return RAISE(r, "an array holds strings only, not '%.*s'", STR_ARG(reader_shown(r)));
		status = reader_take_string(r);
		if (status != STATUS_OK)
			return status;
		*(str *)vec_push(&r->items) = arena_str(r->arena, buf_str(&r->scratch));
		reader_skip_empty_lines(r);
		if (!reader_take(r, ',') && reader_peek(r) != ']' && reader_peek(r) != END_OF_TEXT)
			return RAISE(r, "between the strings of an array a comma is expected, not '%.*s'",
				     STR_ARG(reader_shown(r)));
	}
	return reader_raise(r, opened, "the array is not closed with ]");
}

static enum status take_list(struct reader *r, struct config_row *row)
{
	enum status status;
	str *items;

	vec_clear(&r->items);
	status = take_items(r);
	if (status != STATUS_OK)
		return status;
	items = arena_array(r->arena, r->items.n, sizeof(*items));
	for (size_t i = 0; i < r->items.n; i++)
		items[i] = *(str *)vec_at(&r->items, i);
	row->type = CONFIG_LIST;
	row->items = items;
	row->items_n = r->items.n;
	return STATUS_OK;
}

enum status reader_take_value(struct reader *r, struct config_row *row)
{
	enum status status;

	if (reader_peek(r) == '{')
		return RAISE(r, "inline tables are not accepted; write a [table] with a line for each key");
	if (reader_peek(r) == '[')
		return take_list(r, row);
	if (!reader_at_string(r))
		return take_word(r, row);
	status = reader_take_string(r);
	if (status != STATUS_OK)
		return status;
	row->type = CONFIG_TEXT;
	row->text = arena_str(r->arena, buf_str(&r->scratch));
	return STATUS_OK;
}
