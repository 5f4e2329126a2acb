/*
 * Which lines make up one failure, over the formats that agents meet: Python and pytest, unittest, jest and mocha, go test,
 * cargo and rustc, Java, TAP; for others: what is indented below the line that tells of the error.
 */
#include "core/compress/log_lines.h"
#include "core/compress/mask.h"

enum {
	MESSAGE_LINES = 200, /* of one block at most */
	FRAME_LINES = 2000, /* of one block looked at */
	RULE_LENGTH = 3, /* of === or --- */
	KIND_BYTES = 1000, /* of a line that count for its kind */
};

static size_t indent_of(str line)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	return i;
}

static size_t skip_digits(str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

/* One of = - _ # * repeated: how often at the line's beginning. */
static size_t rule_length(str line)
{
	size_t n = 0;

	if (line.n == 0 || !memchr("=-_#*", line.p[0], 5))
		return 0;
	while (n < line.n && line.p[n] == line.p[0])
		n++;
	return n;
}

/* "=== 2 failed in 3 s ===": with the title between; empty if it is none. */
static str rule_title(str line)
{
	size_t n = rule_length(line);
	str title = str_trim(str_from(line, n));

	if (n < RULE_LENGTH || title.n == 0 || title.p[title.n - 1] != line.p[0])
		return STR("");
	while (title.n && title.p[title.n - 1] == line.p[0])
		title.n--;
	return str_trim(title);
}

/* A number and what was counted: "12 passed", "3 errors generated". */
static bool is_tally(str line)
{
	static const char *const words[] = { " passed",	 " failed",   " failing",    " passing",
					     " pending", " skipped",  " error",	     " warning",
					     " tests",	 " problems", " deselected", NULL };
	str trimmed = str_trim(line), rest;
	size_t digits = skip_digits(trimmed);

	if (digits == 0)
		return false;
	rest = str_from(trimmed, digits);
	for (size_t i = 0; words[i]; i++)
		if (str_starts_c(rest, words[i]))
			return true;
	return false;
}

static bool is_summary(str line)
{
	static const char *const heads[] = { "Tests:",
					     "Test Suites:",
					     "Snapshots:",
					     "Time:",
					     "TOTAL",
					     "Total",
					     "Summary",
					     "SUMMARY",
					     "test result:",
					     "Ran ",
					     "Results",
					     "Build ",
					     "BUILD ",
					     "Finished ",
					     "FAILED (",
					     "OK (",
					     "Tests run:",
					     "added ",
					     "Found ",
					     "Done in ",
					     "Compiled ",
					     "[INFO] BUILD",
					     "[ERROR] Tests run:",
					     "[INFO] Tests run:",
					     "FAIL\t",
					     "make: ***",
					     "# tests",
					     "# pass",
					     "# fail",
					     NULL };
	str trimmed = str_trim(line);

	for (size_t i = 0; heads[i]; i++)
		if (trimmed.n && trimmed.p[0] == *heads[i] && str_starts_c(trimmed, heads[i]))
			return true;
	return is_tally(line) || rule_title(line).n > 0;
}

static bool is_rule(str line)
{
	size_t n = rule_length(line);

	return n >= RULE_LENGTH && n == line.n;
}

/* "file.py:12: " or "file.go:12:3": where something is, at the beginning of a line. */
static bool is_place(str trimmed)
{
	size_t colon = str_chr(trimmed, ':'), digits;

	if (colon == STR_NONE || colon == 0 || str_chr(str_sub(trimmed, 0, colon), ' ') != STR_NONE)
		return false;
	digits = skip_digits(str_from(trimmed, colon + 1));
	return digits && colon + 1 + digits < trimmed.n && trimmed.p[colon + 1 + digits] == ':';
}

/* A frame of a stack, or source shown around a place: "12 | let x", "   |    ^^^". */
static bool is_frame(str line)
{
	str s = str_trim(line);
	size_t digits;

	if (str_starts_c(s, "at ") || str_starts_c(s, "File \"") || str_starts_c(s, "goroutine ") ||
	    (str_starts_c(s, "... ") && str_ends_c(s, " more")))
		return true;
	digits = skip_digits(s);
	s = str_trim(str_from(s, digits));
	if (s.n && s.p[0] == '|')
		return true;
	return digits && s.n > 1 && s.p[0] == ':' && (str_has_c(s, "0x") || str_has_c(s, "::"));
}

/* Goes on telling an error without being indented. */
static bool is_addition(str line)
{
	static const char *const heads[] = { "Caused by", "caused by", "note:",	   "help:",  "hint:",
					     "Expected",  "Received",  "expected", "actual", NULL };

	for (size_t i = 0; heads[i]; i++)
		if (str_starts_c(line, heads[i]))
			return true;
	return is_frame(line);
}

/* Begins a block that goes on unindented up to an empty line. */
static bool opens_paragraph(str line)
{
	return (str_starts_c(line, "thread '") && str_has_c(line, "panicked")) ||
	       str_starts_c(line, "panic: ") || (str_starts_c(line, "---- ") && str_ends_c(line, " ----"));
}

/* Begins a block whose indented lines may have empty ones between them: jest's "●", mocha's "1) name". */
static bool opens_chapter(str line)
{
	str s = str_trim(line);
	size_t digits = skip_digits(s);

	return str_starts_c(s, "\342\227\217 ") || str_starts_c(s, "--- FAIL") ||
	       (digits && digits < 5 && indent_of(line) && str_starts_c(str_from(s, digits), ") "));
}

struct reader {
	struct log_scan *s;
	struct buf scratch;
};

static str plain_at(struct reader *r, size_t i)
{
	return line_plain(&r->scratch, line_at(&r->s->lines, i));
}

static void set_role(struct reader *r, size_t i, enum log_role role)
{
	r->s->line[i].role = (uint8_t)role;
}

static void read_line(struct reader *r, size_t i)
{
	str line = plain_at(r, i);
	struct log_line *out = &r->s->line[i];

	if (str_trim(line).n == 0) {
		out->role = ROLE_BLANK;
		return;
	}
	if (is_rule(line)) {
		out->role = ROLE_RULE;
		return;
	}
	out->level = (uint8_t)log_level(line, &out->test);
	out->kind = mask_kind(str_sub(line, 0, KIND_BYTES));
	if (is_summary(line))
		out->role = ROLE_SUMMARY;
}

static struct log_block *open_block(struct reader *r, size_t head)
{
	struct log_block *b = vec_push(&r->s->blocks);
	str line = plain_at(r, head);

	*b = (struct log_block){ .head = (uint32_t)head,
				 .end = (uint32_t)head + 1,
				 .exact = mask_time(line) };
	b->same = r->s->line[head].test ? b->exact : mask_message(line);
	set_role(r, head, ROLE_HEAD);
	return b;
}

/* A line that belongs to what a failure says: by it, too, failures are told apart. */
static void add_message(struct reader *r, struct log_block *b, size_t i, str line)
{
	uint64_t masked = mask_message(line);

	set_role(r, i, ROLE_MESSAGE);
	b->exact = hash_mix(b->exact, mask_time(line));
	b->same = hash_mix(b->same, masked);
}

/* A traceback of Python: what is indented more, then the exception itself, by which it is known. */
static size_t read_traceback(struct reader *r, size_t head)
{
	struct log_block *b = open_block(r, head);
	size_t indent = indent_of(plain_at(r, head)), i = head + 1, n = r->s->lines.n;
	uint64_t place = 0;

	r->s->line[head].level = LEVEL_ERROR;
	for (; i < n && i - head < FRAME_LINES; i++) {
		str line = plain_at(r, i);

		if (r->s->line[i].role != ROLE_BLANK && indent_of(line) <= indent)
			break;
		if (str_starts_c(str_trim(line), "File \""))
			place = mask_message(line);
		set_role(r, i, ROLE_FRAME);
	}
	if (i < n && r->s->line[i].role != ROLE_BLANK) {
		str line = plain_at(r, i);

		b->exact = mask_time(line) ^ place;
		b->same = mask_message(line) ^ place;
		r->s->line[i].level = LEVEL_ERROR;
		set_role(r, i++, ROLE_MESSAGE);
	}
	for (size_t k = 0; i < n && k < MESSAGE_LINES && r->s->line[i].role == ROLE_PLAIN; i++, k++) {
		str line = plain_at(r, i);

		if (indent_of(line) <= indent)
			break;
		add_message(r, b, i, line);
	}
	b->end = (uint32_t)i;
	return i;
}

/* One step past blanks: whether the block that began at `indent` goes on at the next line with text. */
static bool goes_on(struct reader *r, size_t *i, size_t indent)
{
	size_t next = *i;

	while (next < r->s->lines.n && next - *i < 3 && r->s->line[next].role == ROLE_BLANK)
		next++;
	if (next >= r->s->lines.n || r->s->line[next].role != ROLE_PLAIN ||
	    indent_of(plain_at(r, next)) <= indent)
		return false;
	for (; *i < next; ++*i)
		set_role(r, *i, ROLE_FRAME);
	return true;
}

/* Some error and what is told below it. */
static size_t read_failure(struct reader *r, size_t head)
{
	struct log_block *b = open_block(r, head);
	str line = plain_at(r, head);
	bool paragraph = opens_paragraph(line), chapter = opens_chapter(line);
	size_t indent = indent_of(line), i = head + 1, messages = 0;

	for (; i < r->s->lines.n && i - head < FRAME_LINES; i++) {
		struct log_line *at = &r->s->line[i];

		if (at->role == ROLE_BLANK && !(chapter && goes_on(r, &i, indent)))
			break;
		line = plain_at(r, i);
		if (at->role != ROLE_PLAIN || (chapter && opens_chapter(line)))
			break;
		if (!paragraph && indent_of(line) <= indent && !is_addition(line))
			break;
		if (at->level == LEVEL_PASS)
			continue;
		if (at->test && at->level == LEVEL_FAIL)
			break;
		if (is_frame(line)) {
			at->role = ROLE_FRAME;
		} else if (messages++ < MESSAGE_LINES) {
			add_message(r, b, i, line);
		} else {
			break;
		}
	}
	b->end = (uint32_t)i;
	return i;
}

/* One test of pytest's section of failures: from its title to the next one or the end of the section. */
static size_t read_pytest(struct reader *r, size_t head)
{
	struct log_block *b = open_block(r, head);
	size_t i = head + 1;

	b->same = b->exact;
	r->s->line[head].level = LEVEL_FAIL;
	for (; i < r->s->lines.n; i++) {
		str line = plain_at(r, i);
		struct log_line *at = &r->s->line[i];

		if (rule_title(line).n && (line.p[0] == '=' || line.p[0] == '_'))
			break;
		if (at->role == ROLE_BLANK)
			continue;
		if ((line.p[0] == 'E' && (line.n == 1 || line.p[1] == ' ' || line.p[1] == '\t')) ||
		    line.p[0] == '>' || is_place(line) || at->level >= LEVEL_FAIL)
			at->role = ROLE_MESSAGE;
		else
			at->role = ROLE_FRAME;
	}
	b->end = (uint32_t)i;
	return i;
}

static bool is_pytest_title(str line)
{
	return line.n && line.p[0] == '_' && rule_title(line).n > 0 && str_chr(rule_title(line), '_') != 0;
}

void log_read(struct log_scan *s, struct arena *a)
{
	struct reader r = { .s = s };
	bool section = false;

	s->line = arena_array(a, s->lines.n, sizeof(*s->line));
	vec_init(&s->blocks, sizeof(struct log_block));
	memset(s->levels, 0, sizeof(s->levels));
	buf_init(&r.scratch, SIZE_MAX);
	for (size_t i = 0; i < s->lines.n; i++)
		read_line(&r, i);
	for (size_t i = 0; i < s->lines.n;) {
		str line = plain_at(&r, i);
		struct log_line *at = &s->line[i];

		if (at->role == ROLE_SUMMARY && line.p[0] == '=')
			section = str_eq_c(rule_title(line), "FAILURES") ||
				  str_eq_c(rule_title(line), "ERRORS");
		if (section && is_pytest_title(line))
			i = read_pytest(&r, i);
		else if (str_starts_c(str_trim(line), "Traceback (most recent call last)"))
			i = read_traceback(&r, i);
		else if (at->role == ROLE_PLAIN &&
			 (at->level >= LEVEL_FAIL || opens_paragraph(line) || opens_chapter(line)))
			i = read_failure(&r, i);
		else
			i++;
	}
	for (size_t i = 0; i < s->lines.n; i++)
		s->levels[s->line[i].level]++;
	buf_release(&r.scratch);
}
