#include "analyzers/match.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool space(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes of a quote at p: ' " ` are one, the typographic ones three. */
static size_t quote_at(str s, size_t i)
{
	if (i >= s.n)
		return 0;
	if (s.p[i] == '\'' || s.p[i] == '"' || s.p[i] == '`')
		return 1;
	if (i + 2 < s.n && (unsigned char)s.p[i] == 0xe2 && (unsigned char)s.p[i + 1] == 0x80) {
		unsigned char c = (unsigned char)s.p[i + 2];
		if (c == 0x98 || c == 0x99 || c == 0x9c || c == 0x9d)
			return 3;
	}
	return 0;
}

static str trim_token(str t)
{
	size_t q;
	while (t.n && (q = quote_at(t, 0)) > 0)
		t = str_from(t, q);
	while (t.n) {
		char c = t.p[t.n - 1];
		if (c == '.' || c == ',' || c == ':' || c == ';' || c == '!' || c == '?' || c == ')' ||
		    c == '\'' || c == '"' || c == '`')
			t.n--;
		else if (t.n >= 3 && quote_at(t, t.n - 3) == 3)
			t.n -= 3;
		else
			break;
	}
	return t;
}

/* How many bytes the class at pat[1] takes of s; 0 if it does not match.  Sets the capture. */
static size_t take(str s, char class, str *capture)
{
	size_t n = 0;
	switch (class) {
	case 'p':
		while (n < s.n && (alnum(s.p[n]) || strchr("._+/-", s.p[n])))
			n++;
		*capture = str_sub(s, 0, n);
		return n;
	case 't':
		while (n < s.n && !space(s.p[n]))
			n++;
		*capture = trim_token(str_sub(s, 0, n));
		return capture->n ? n : 0;
	case 'v':
		while (n < s.n && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '_' ||
				   (n && s.p[n] >= '0' && s.p[n] <= '9')))
			n++;
		*capture = str_sub(s, 0, n);
		return n >= 3 && (n == s.n || !alnum(s.p[n])) ? n : 0;
	case 'q': {
		size_t open = quote_at(s, 0), close = 0;
		if (!open)
			return 0;
		for (n = open; n < s.n && (close = quote_at(s, n)) == 0;)
			n++;
		*capture = str_sub(s, open, n - open);
		return close && n > open ? n + close : 0;
	}
	default:
		return 0;
	}
}

static bool match_at(str s, const char *pat, str *capture)
{
	for (;; pat++) {
		switch (*pat) {
		case '\0':
			return true;
		case '$':
			if (!pat[1])
				return trim_token(s).n == 0;
			break;
		case '*':
			/* "***" in a pattern is meant literally: make's own stars */
			if (pat[1] == '*' && pat[2] == '*') {
				if (!str_starts(s, STR("***")))
					return false;
				s = str_from(s, 3);
				pat += 2;
				continue;
			}
			for (size_t i = 0; i <= s.n; i++) {
				/* a class begins at a word's beginning */
				if (pat[1] == '%' && i &&
				    (alnum(s.p[i - 1]) || (i < s.n && s.p[i - 1] == s.p[i] && s.p[i] == '/')))
					continue;
				if (pat[1] == '%' && pat[2] == 'p' && i && i < s.n &&
				    strchr("._+/-", s.p[i - 1]))
					continue;
				if (match_at(str_from(s, i), pat + 1, capture))
					return true;
			}
			return false;
		case '%': {
			str cap;
			size_t n = take(s, pat[1], &cap);
			if (!n)
				return false;
			*capture = cap;
			s = str_from(s, n);
			pat++;
			continue;
		}
		default:
			break;
		}
		if (!s.n || lower(s.p[0]) != *pat)
			return false;
		s = str_from(s, 1);
	}
}

bool match_line(str line, const char *pattern, str *capture)
{
	/* most rows are "*literal...": look for the literal first, which is much cheaper than trying every position */
	if (pattern[0] == '*' && pattern[1] != '%' && pattern[1] != '*') {
		char literal[64];
		size_t n = 0;
		while (pattern[1 + n] && pattern[1 + n] != '*' && pattern[1 + n] != '%' &&
		       pattern[1 + n] != '$' && n < sizeof(literal) - 1) {
			literal[n] = pattern[1 + n];
			n++;
		}
		literal[n] = '\0';
		size_t at = match_find_fold(line, literal);
		if (at == STR_NONE)
			return false;
		return match_at(str_from(line, at), pattern[1 + n] ? pattern + 1 : "", capture) ||
		       match_at(line, pattern, capture);
	}
	return match_at(line, pattern, capture);
}

size_t match_find_fold(str line, const char *needle)
{
	size_t n = strlen(needle);
	if (n == 0 || line.n < n)
		return n == 0 ? 0 : STR_NONE;
	for (size_t i = 0; i + n <= line.n; i++) {
		size_t k = 0;
		while (k < n && lower(line.p[i + k]) == needle[k])
			k++;
		if (k == n)
			return i;
	}
	return STR_NONE;
}

bool match_has_fold(str line, const char *needle)
{
	return match_find_fold(line, needle) != STR_NONE;
}

static bool word_byte(char c)
{
	return alnum(c) || c == '_' || c == '-' || c == '/' || (unsigned char)c >= 0x80;
}

bool match_bounded(str line, str token)
{
	for (size_t from = 0; from + token.n <= line.n;) {
		size_t at = str_find(str_from(line, from), token);
		if (at == STR_NONE)
			return false;
		at += from;
		size_t end = at + token.n;
		bool left = at == 0 || !(word_byte(line.p[at - 1]) || line.p[at - 1] == '.') ||
			    quote_at(line, at >= 3 ? at - 3 : at) == 3;
		bool right = end == line.n || !word_byte(line.p[end]) || quote_at(line, end) == 3;
		if (right && end < line.n && line.p[end] == '.' && end + 1 < line.n &&
		    word_byte(line.p[end + 1]))
			right = false;
		/* an absolute spelling of a relative word names it too */
		if (!left && right && line.p[at - 1] == '/' && token.n >= 6 &&
		    str_chr(token, '/') != STR_NONE)
			left = true;
		if (left && right)
			return true;
		from = at + 1;
	}
	return false;
}

bool match_quoted(str line, str token)
{
	for (size_t from = 0; from + token.n <= line.n;) {
		size_t at = str_find(str_from(line, from), token);
		if (at == STR_NONE)
			return false;
		at += from;
		bool left =
			at > 0 && (quote_at(line, at - 1) == 1 || (at >= 3 && quote_at(line, at - 3) == 3));
		if (left && quote_at(line, at + token.n) > 0)
			return true;
		from = at + 1;
	}
	return false;
}

bool match_ends_token(str line, str token)
{
	str rest = trim_token(str_trim(line));
	if (!str_ends(rest, token))
		return false;
	return rest.n == token.n || space(rest.p[rest.n - token.n - 1]) ||
	       quote_at(rest, rest.n - token.n - 1) > 0;
}

bool match_token(str *rest, str *token)
{
	while (rest->n && space(rest->p[0]))
		*rest = str_from(*rest, 1);
	size_t n = 0;
	while (n < rest->n && !space(rest->p[n]))
		n++;
	*token = trim_token(str_sub(*rest, 0, n));
	*rest = str_from(*rest, n);
	return n > 0;
}

str match_first_word(str words)
{
	return str_sub(words, 0, str_chr(words, ' '));
}

str match_last_word(str words)
{
	size_t blank = str_rchr(words, ' ');
	return blank == STR_NONE ? words : str_from(words, blank + 1);
}

str match_strip_escapes(struct arena *a, str text)
{
	if (str_chr(text, '\x1b') == STR_NONE)
		return text;
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\x1b') {
			out[n++] = text.p[i];
			continue;
		}
		if (i + 1 < text.n && text.p[i + 1] == '[') {
			i += 2;
			while (i < text.n && (unsigned char)text.p[i] < 0x40)
				i++;
		}
	}
	return (str){ out, n };
}
