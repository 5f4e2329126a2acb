#include "core/compress/search_lines.h"

enum {
	PATH_MAX_BYTES = 1024,
	NUMBER_MAX = 9 /* digits of a line number */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t digits_at(str s, size_t from)
{
	size_t n = 0;

	while (from + n < s.n && is_digit(s.p[from + n]))
		n++;
	return n;
}

static bool is_below(str s, size_t from, size_t limit) /* two digits */
{
	return digits_at(s, from) >= 2 &&
	       (size_t)(s.p[from] - '0') * 10 + (size_t)(s.p[from + 1] - '0') < limit;
}

/* "10:30:15", "2024-01-02T10:30:15Z": the colon at i stands in a time of the day. */
static bool in_clock(str line, size_t i, size_t digits)
{
	size_t from = i, behind = i + 6;

	while (from > 0 && i - from < 3 && is_digit(line.p[from - 1]))
		from--;
	if (digits != 2 || (i - from == 2 ? !is_below(line, from, 24) : i != 1 || !is_digit(line.p[0])) ||
	    (from && ((is_alpha(line.p[from - 1]) && line.p[from - 1] != 'T') || line.p[from - 1] == '_')))
		return false;
	if (!is_below(line, i + 1, 60) || digits_at(line, i + 4) != 2 || !is_below(line, i + 4, 61))
		return false;
	behind += behind < line.n && line.p[behind] == 'Z';
	return behind >= line.n || !is_alpha(line.p[behind]);
}

/* "[01/May/2024:10:30:15 +0000]": behind the year. */
static bool is_year_end(str line, size_t i)
{
	return i > 5 && line.p[i - 5] == '/' && digits_at(line, i - 4) == 4;
}

/* Only what begins like one may have blanks: "C:\\Program Files\\x", "./my notes/x". */
static bool is_rooted(str head)
{
	return head.n > 1 &&
	       (head.p[0] == '/' || (head.p[0] == '.' && (head.p[1] == '/' || head.p[1] == '\\')));
}

bool search_match(str line, struct hit *out)
{
	str head = str_sub(line, 0, PATH_MAX_BYTES);
	bool blanks = is_rooted(head);
	size_t i = 0, digits;

	/* a drive's colon ends no path */
	if (head.n > 3 && is_alpha(head.p[0]) && head.p[1] == ':' &&
	    (head.p[2] == '\\' || head.p[2] == '/')) {
		blanks = true;
		i = 2;
	}
	for (; i < head.n && (blanks || head.p[i] != ' ') && (unsigned char)head.p[i] >= ' '; i++) {
		if (head.p[i] != ':' || i == 0)
			continue;
		digits = digits_at(head, i + 1);
		if (digits == 0 || digits > NUMBER_MAX || i + 1 + digits >= line.n ||
		    line.p[i + 1 + digits] != ':')
			return false;
		if (is_year_end(head, i))
			return false;
		if (in_clock(head, i, digits)) {
			i += digits + 3;
			continue;
		}
		*out = (struct hit){ str_sub(line, 0, i), str_sub(line, i + 1, digits),
				     str_from(line, i + digits + 2) };
		return true;
	}
	return false;
}

bool search_context(str line, str path, struct hit *out)
{
	size_t digits;

	if (path.n == 0 || !str_starts(line, path) || line.n <= path.n + 2 || line.p[path.n] != '-')
		return false;
	digits = digits_at(line, path.n + 1);
	if (digits == 0 || digits > NUMBER_MAX || path.n + 1 + digits >= line.n ||
	    line.p[path.n + 1 + digits] != '-')
		return false;
	*out = (struct hit){ path, str_sub(line, path.n + 1, digits), str_from(line, path.n + digits + 2) };
	return true;
}

bool search_diagnostic(str content)
{
	static const char *const heads[] = { "error:",	 "error[", "error TS", "fatal error:", "warning:",
					     "warning[", "note:",  "Error:",   "Warning:",     NULL };
	size_t column = digits_at(content, 0), name = 0;
	str text = content;

	if (column && column < text.n && text.p[column] == ':')
		text = str_from(text, column + 1);
	if (text.n < 2 || text.p[0] != ' ' || text.p[1] == ' ')
		return false;
	text = str_trim(text);
	for (size_t i = 0; heads[i]; i++)
		if (str_starts_c(text, heads[i]))
			return true;
	/* linters: "E501 line too long", "AssertionError" */
	while (name < text.n && is_alpha(text.p[name]))
		name++;
	if (name > 5 && str_ends_c(str_sub(text, 0, name), "Error"))
		return name == text.n || text.p[name] == ':';
	return name >= 1 && name <= 4 && digits_at(text, name) >= 3;
}
