#include "core/compress/detect_parts.h"

#include "core/compress/json_text.h"
#include "core/compress/search_lines.h"

enum {
	RUN_MIN = 5, /* matches in a row that are a search's */
	FENCE_MIN = 3,
	INDENT_MAX = 3, /* of a fence */
	JSON_MIN = 200, /* bytes of a value that is a part */
	JSON_LINE_MIN = 500, /* of one on a single line */
	JSON_SEARCH = 4, /* how often the text may be walked for the ends of values */
	PART_MIN = 80, /* bytes that are worth a compressor: some 20 tokens */
	PARTS_MAX = 64 /* more of them, and the text is of one kind with interruptions */
};

static size_t line_end(str text, size_t at)
{
	size_t end = str_chr(str_from(text, at), '\n');

	return end == STR_NONE ? text.n : at + end + 1;
}

static str line_of(str text, size_t at)
{
	str rest = str_from(text, at), line;

	return str_line(&rest, &line) ? line : STR("");
}

/* Length of the fence a line begins with, and where it begins. */
static size_t fence_length(str line, size_t *indent)
{
	size_t from = 0, n;

	while (from < line.n && line.p[from] == ' ' && from < INDENT_MAX)
		from++;
	*indent = from;
	if (from >= line.n || (line.p[from] != '`' && line.p[from] != '~'))
		return 0;
	for (n = from; n < line.n && line.p[n] == line.p[from];)
		n++;
	return n - from >= FENCE_MIN ? n - from : 0;
}

/* Between the bytes of two line starts, without blank lines on both sides. */
static str body_between(str text, size_t from, size_t end)
{
	size_t next;

	while (from < end && (next = line_end(text, from)) <= end && str_trim(line_of(text, from)).n == 0)
		from = next;
	while (end > from && memchr(" \t\r\n", text.p[end - 1], 4))
		end--;
	return str_sub(text, from, end - from);
}

static bool take_fence(struct part_scan *s, size_t at, struct part *out, size_t *end)
{
	str line = line_of(s->text, at);
	size_t indent, n = fence_length(line, &indent), from, i, other;
	char c;

	if (n == 0)
		return false;
	c = line.p[indent];
	if (s->unclosed[c == '~'] && n >= s->unclosed[c == '~'])
		return false;
	out->info = str_trim(str_from(line, indent + n));
	if (str_chr(out->info, '`') != STR_NONE) /* code within a line */
		return false;
	from = line_end(s->text, at);
	for (i = from; i < s->text.n; i = line_end(s->text, i)) {
		line = line_of(s->text, i);
		other = fence_length(line, &indent);
		if (other < n || line.p[indent] != c || str_trim(str_from(line, indent + other)).n)
			continue;
		out->kind = PART_FENCE;
		out->body = body_between(s->text, from, i);
		*end = line_end(s->text, i);
		return true;
	}
	s->unclosed[c == '~'] = n;
	return false;
}

static bool take_json(struct part_scan *s, size_t at, struct part *out, size_t *end)
{
	str rest = str_from(s->text, at);
	size_t n, stop;

	if (rest.p[0] != '{' && rest.p[0] != '[')
		return false;
	/* "[12:30:01] ..." costs nothing, and what has no end costs once */
	if (s->json_budget < rest.n)
		rest.n = s->json_budget;
	n = json_length(rest);
	s->json_budget -= n ? n : rest.n < JSON_MIN ? 0 : rest.n;
	if (n < JSON_MIN || (n < JSON_LINE_MIN && !memchr(rest.p, '\n', n)))
		return false;
	stop = line_end(s->text, at + n);
	if (at + n < s->text.n && str_trim(str_sub(s->text, at + n, stop - at - n)).n)
		return false;
	*out = (struct part){ .kind = PART_JSON, .body = str_sub(rest, 0, n) };
	*end = stop;
	return true;
}

static bool take_search(struct part_scan *s, size_t at, struct part *out, size_t *end)
{
	size_t i = at, n = 0;
	struct hit hit;

	for (; i < s->text.n; i = line_end(s->text, i), n++)
		if (!search_match(line_of(s->text, i), &hit) || search_diagnostic(hit.content))
			break;
	if (n < RUN_MIN)
		return false;
	*out = (struct part){ .kind = PART_SEARCH, .body = body_between(s->text, at, i) };
	*end = i;
	return true;
}

void part_scan_init(struct part_scan *s, str text)
{
	*s = (struct part_scan){ .text = text,
				 .json_budget =
					 text.n > SIZE_MAX / JSON_SEARCH ? text.n : text.n * JSON_SEARCH };
}

bool part_next(struct part_scan *s, struct part *out)
{
	size_t from = s->at, end;

	if (s->pending) {
		*out = s->next;
		s->pending = false;
		return true;
	}
	for (size_t at = s->at; at < s->text.n; at = line_end(s->text, at)) {
		s->next = (struct part){ 0 };
		if (!take_fence(s, at, &s->next, &end) && !take_json(s, at, &s->next, &end) &&
		    !take_search(s, at, &s->next, &end))
			continue;
		s->at = end;
		*out = (struct part){ .kind = PART_TEXT, .body = body_between(s->text, from, at) };
		if (out->body.n == 0)
			*out = s->next;
		else
			s->pending = true;
		return true;
	}
	s->at = s->text.n;
	*out = (struct part){ .kind = PART_TEXT, .body = body_between(s->text, from, s->text.n) };
	return out->body.n > 0;
}

bool is_mixed(str text)
{
	size_t parts = 0, kinds = 0, special = 0;
	bool seen[PART_KINDS] = { false };
	struct part_scan s;
	struct part part;

	part_scan_init(&s, text);
	while (part_next(&s, &part)) {
		if (++parts > PARTS_MAX)
			return false;
		special += part.kind != PART_TEXT && part.body.n >= PART_MIN;
		if (!seen[part.kind])
			kinds++;
		seen[part.kind] = true;
	}
	return kinds > 1 && special > 0;
}
