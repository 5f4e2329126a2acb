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

/* "10:30:15": the colon at i stands in a time of the day. */
static bool in_clock(str line, size_t i, size_t digits)
{
	return digits == 2 && i >= 1 && is_digit(line.p[i - 1]) &&
	       (i < 3 || !is_digit(line.p[i - 2]) || !is_digit(line.p[i - 3])) &&
	       digits_at(line, i + 4) == 2 && (i + 6 >= line.n || !is_alpha(line.p[i + 6]));
}

bool search_match(str line, struct hit *out)
{
	str head = str_sub(line, 0, PATH_MAX_BYTES);
	size_t i = 0, digits;

	/* a drive's colon ends no path */
	if (head.n > 3 && is_alpha(head.p[0]) && head.p[1] == ':' && (head.p[2] == '\\' || head.p[2] == '/'))
		i = 2;
	for (; i < head.n && head.p[i] != ' ' && head.p[i] != '\t' && (unsigned char)head.p[i] >= ' '; i++) {
		if (head.p[i] != ':' || i == 0)
			continue;
		digits = digits_at(head, i + 1);
		if (digits == 0 || digits > NUMBER_MAX || i + 1 + digits >= line.n ||
		    line.p[i + 1 + digits] != ':')
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
