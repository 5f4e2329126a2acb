/*
 * ansi: the escapes of $'...'.
 */
#include "core/base/utf8.h"
#include "core/shell/lex.h"

/* Value of up to `max` digits in `base` from here; *used is how many there were. */
static uint32_t digits(const struct shell_parser *p, size_t from, size_t max, unsigned base, size_t *used)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t value = 0;
	size_t n = 0;

	for (; n < max; n++) {
		char c = lex_at(p, from + n);
		const char *digit = memchr(hex, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c, base);

		if (!digit)
			break;
		value = value * base + (uint32_t)(digit - hex);
	}
	*used = n;
	return value;
}

/* A numeric escape of $'...' with `lead` bytes before its digits. */
static void numeric_escape(struct shell_parser *p, size_t lead, size_t max, unsigned base)
{
	size_t used;
	uint32_t value = digits(p, lead, max, base, &used);
	char utf8[4];

	if (used == 0) {
		lex_emit(p, '\\');
		p->pos++;
		return;
	}
	p->pos += lead + used;
	if (max > 3) {
		size_t n = utf8_encode(value, utf8);

		for (size_t i = 0; i < n; i++)
			lex_emit(p, utf8[i]);
	} else {
		lex_emit(p, (char)(value & 0xff));
	}
}

static void ansi_escape(struct shell_parser *p)
{
	static const char from[] = "abeEfnrtv\\'\"?", to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	char c = lex_at(p, 1);
	const char *simple = c ? strchr(from, c) : NULL;

	if (simple) {
		lex_emit(p, to[simple - from]);
		p->pos += 2;
	} else if (c >= '0' && c <= '7') {
		numeric_escape(p, 1, 3, 8);
	} else if (c == 'x') {
		numeric_escape(p, 2, 2, 16);
	} else if (c == 'u') {
		numeric_escape(p, 2, 4, 16);
	} else if (c == 'U') {
		numeric_escape(p, 2, 8, 16);
	} else if (c == 'c' && p->text.n - p->pos > 2) {
		lex_emit(p, (char)(lex_at(p, 2) & 0x1f));
		p->pos += 3;
	} else {
		lex_emit(p, '\\');
		p->pos++;
	}
}

void lex_ansi_quotes(struct shell_parser *p)
{
	p->pos++;
	while (p->pos < p->text.n) {
		char c = lex_at(p, 0);

		if (c == '\'') {
			p->pos++;
			return;
		}
		if (c == '\\') {
			ansi_escape(p);
		} else {
			lex_emit(p, c);
			p->pos++;
		}
	}
	lex_fail(p);
}
