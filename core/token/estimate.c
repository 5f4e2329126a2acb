#include "core/token/estimate.h"

#include "core/json/jget.h"
#include "core/token/token.h"

/* Tenths of characters a token. */
#define TENTHS_TEXT 40
#define TENTHS_CODE 35
#define TENTHS_JSON 32
#define CODE_HIT_EVERY 500 /* characters a hit, or fewer: code */

struct looks {
	size_t chars, wide; /* wide: East Asian characters, about a token each; not among chars */
	size_t code; /* what is usual in program text */
	size_t url_parts, uuids;
};

static bool wide(uint32_t cp)
{
	return (cp >= 0x2e80 && cp <= 0xd7ff) || (cp >= 0xf900 && cp <= 0xfaff) ||
	       (cp >= 0xff00 && cp <= 0xff60) || (cp >= 0x20000 && cp <= 0x3ffff);
}

/* Counts what begins with a byte above 7f: continuation bytes are no characters.  Only for sequences of 3 and 4 bytes
 * the code point matters. */
static void look_wide(struct looks *l, str rest)
{
	const unsigned char *s = (const unsigned char *)rest.p;
	uint32_t cp = 0;

	if (s[0] < 0xc0)
		return;
	if (s[0] >= 0xf0 && rest.n >= 2)
		cp = (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12;
	else if (s[0] >= 0xe0 && rest.n >= 3)
		cp = (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	if (wide(cp))
		l->wide++;
	else
		l->chars++;
}

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool keyword(str rest)
{
	static const char *const words[] = {
		"def ", "class ", "function ", "const ", "let ", "var ", "import ", "from ", "if (",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_starts_c(rest, words[i]))
			return true;
	return false;
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool uuid(str rest)
{
	if (rest.n < 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		char c = rest.p[i];
		bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');

		if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !hex)
			return false;
	}
	return true;
}

/* Length of the URL at the start, 0 if there is none. */
static size_t url(struct looks *l, str rest)
{
	size_t n = 0;

	if (!str_starts_c(rest, "http://") && !str_starts_c(rest, "https://"))
		return 0;
	for (; n < rest.n && (unsigned char)rest.p[n] > ' ' && rest.p[n] != '"' && rest.p[n] != '<' &&
	       (unsigned char)rest.p[n] < 0x7f;
	     n++)
		l->url_parts += rest.p[n] == '/' || rest.p[n] == '?' || rest.p[n] == '&';
	l->chars += n;
	return n;
}

static struct looks look(str text)
{
	struct looks l = { 0 };
	bool in_word = false;
	size_t n;

	for (size_t i = 0; i < text.n; i++) {
		str rest = str_from(text, i);
		char c = *rest.p, next = rest.n > 1 ? rest.p[1] : '\n';

		if ((unsigned char)c >= 0x80) {
			look_wide(&l, rest);
			in_word = false;
			continue;
		}
		if (!in_word && c == 'h' && (n = url(&l, rest)) > 0) {
			i += n - 1;
			continue;
		}
		if (word_char(c)) {
			if (!in_word) {
				l.code += keyword(rest);
				l.uuids += uuid(rest);
			}
			in_word = true;
		} else {
			l.code += (c == ';' && (next == '\n' || next == '\r')) ||
				  (next == '>' && (c == '=' || c == '-'));
			in_word = false;
		}
		l.chars++;
	}
	return l;
}

/* One object or array and nothing else.  Its inside is not validated. */
static bool is_json(str text)
{
	struct jval v;

	text = str_trim(text);
	if (text.n == 0 || (*text.p != '{' && *text.p != '['))
		return false;
	v = jval_of(text);
	return v.type != J_NONE && v.raw.n == text.n;
}

/* Rounds half up; some text is at least one token. */
static size_t tokens_of(const struct looks *l, size_t tenths)
{
	size_t tokens = (l->chars * 10 + tenths / 2) / tenths + l->wide;

	return tokens > 0 ? tokens : 1;
}

size_t estimate_flat(str text)
{
	struct looks l = look(text);

	return text.n == 0 ? 0 : tokens_of(&l, TENTHS_TEXT);
}

size_t token_estimate(str text)
{
	struct looks l;
	size_t tenths = TENTHS_TEXT;

	if (text.n == 0)
		return 0;
	l = look(text);
	if (is_json(text))
		tenths = TENTHS_JSON;
	else if (l.code > (l.chars + l.wide) / CODE_HIT_EVERY)
		tenths = TENTHS_CODE;
	return tokens_of(&l, tenths) + l.url_parts + 2 * l.uuids;
}
