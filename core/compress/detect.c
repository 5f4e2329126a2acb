#include "core/compress/detect.h"

#include "core/compress/detect_parts.h"
#include "core/compress/diff_lines.h"
#include "core/compress/json_text.h"
#include "core/compress/log_lines.h"
#include "core/compress/search_lines.h"

/* The documented weights; a kind that does not reach its least confidence is passed over. */
#define JSON_SURE 1.0
#define JSON_OTHER .8
#define DIFF_LEAST .7
#define HTML_LEAST .7
#define SEARCH_LEAST .6
#define LOG_LEAST .5
#define CODE_LEAST .5
#define MIXED_SURE .8
#define SEARCH_SURE .94 /* nine lines of ten */

enum {
	DIFF_LINES = 50,
	HTML_BYTES = 3000,
	SEARCH_LINES = 100,
	LOG_LINES = 200,
	CODE_LINES = 100,
	CODE_HITS = 3,
	RULE_LENGTH = 3,
	HEADINGS = 3, /* of a document that quotes logs */
	LINE_BYTES = 4096 /* of a line looked at */
};

static bool first_lines(str *rest, str *line, size_t *left)
{
	if (*left == 0 || !str_line(rest, line))
		return false;
	--*left;
	*line = str_sub(*line, 0, LINE_BYTES);
	return true;
}

static double at_most_one(double x)
{
	return x < 1 ? x : 1;
}

static double diff_confidence(str text)
{
	size_t left = DIFF_LINES, heads = 0, changes = 0;
	bool old = false;
	struct hunk_head head;
	str line;

	while (first_lines(&text, &line, &left)) {
		bool new = old &&str_starts_c(line, "+++ ");

		if (heads == 0 && str_starts_c(line, "```")) /* a document that shows one */
			return 0;
		heads += new || str_starts_c(line, "diff --git ") || str_starts_c(line, "diff --cc ") ||
			 str_starts_c(line, "diff --combined ") || str_starts_c(line, "--- a/") ||
			 hunk_head_read(line, &head);
		old = str_starts_c(line, "--- ");
		changes += line.n > 1 && (line.p[0] == '+' || line.p[0] == '-') && line.p[1] != line.p[0];
	}
	return heads ? at_most_one(.5 + .2 * (double)heads + .05 * (double)changes) : 0;
}

static bool has_word(str low, const char *tag)
{
	return str_find(low, str_c(tag)) != STR_NONE;
}

static double html_confidence(str text)
{
	static const char *const tags[] = { "<div",	"<span",    "<script", "<style",  "<link",
					    "<meta",	"<nav",	    "<header", "<footer", "<aside",
					    "<section", "<article", "<main" };
	char low[HTML_BYTES];
	double confidence = 0;
	size_t n = 0;
	bool whole;
	str start = str_trim(str_sub(text, 0, HTML_BYTES)), head;

	/* a page, or the answer of a server; not a program that writes one */
	if (start.n == 0 || (start.p[0] != '<' && !str_starts_c(start, "HTTP/")))
		return 0;
	for (size_t i = 0; i < start.n; i++)
		low[i] = start.p[i] >= 'A' && start.p[i] <= 'Z' ? (char)(start.p[i] | ' ') : start.p[i];
	head = (str){ low, start.n };
	confidence += has_word(head, "<!doctype html") ? .5 : 0;
	confidence += has_word(head, "<html") ? .3 : 0;
	whole = confidence > 0;
	confidence += has_word(head, "<head") ? .1 : 0;
	confidence += has_word(head, "<body") ? .1 : 0;
	for (size_t k = 0; k < sizeof(tags) / sizeof(*tags); k++) {
		str rest = head;
		size_t at;

		while ((at = str_find(rest, str_c(tags[k]))) != STR_NONE) {
			n++;
			rest = str_from(rest, at + 1);
		}
	}
	if (!whole && n < 3)
		return 0;
	return at_most_one(confidence + (n < 10 ? .03 * (double)n : .3));
}

/* Lines around matches count once a match of their file was met. */
static double search_confidence(str text)
{
	size_t left = SEARCH_LINES, hits = 0, matches = 0, diagnostics = 0, lines = 0;
	str line, path = STR("");
	struct hit hit;

	while (first_lines(&text, &line, &left)) {
		lines += str_trim(line).n > 0;
		if (search_match(line, &hit)) {
			path = hit.path;
			if (search_diagnostic(hit.content))
				diagnostics++;
			else
				matches++;
			hits++;
		} else {
			hits += str_eq(line, STR("--")) || search_context(line, path, &hit);
		}
	}
	if (matches <= diagnostics || (double)hits < .3 * (double)lines)
		return 0;
	return .4 + .6 * (double)hits / (double)lines;
}

static bool starts_digits(str s, const char *shape)
{
	for (size_t i = 0; shape[i]; i++)
		if (i >= s.n || (shape[i] == '9' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != shape[i]))
			return false;
	return true;
}

/* A stamp before the message: ISO, syslog's, the kernel's, a web server's. */
static bool is_stamped(str line)
{
	static const char *const shapes[] = { "9999-99-99", "9999/99/99 99", "[9999-99-99", "[99:99:99",
					      "99:99:99",   "[99/99/9999",   "[    9." };
	static const char months[] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";

	for (size_t k = 0; k < sizeof(shapes) / sizeof(*shapes); k++)
		if (starts_digits(line, shapes[k]))
			return true;
	if (line.n > 15 && str_find(STR(months), str_sub(line, 0, 4)) % 4 == 0 && line.p[9] == ':' &&
	    line.p[12] == ':')
		return true;
	return str_has_c(str_sub(line, 0, 200), " [") && str_has_c(str_sub(line, 0, 200), "] \"");
}

/* What build tools write without a level. */
static bool is_build_line(str line)
{
	static const char *const heads[] = { "npm ERR!",
					     "npm WARN",
					     "yarn error",
					     "cargo error",
					     "Traceback (most recent call last)",
					     "Compiling ",
					     "Downloading ",
					     "Downloaded ",
					     "Collecting ",
					     "Installing ",
					     "Requirement already ",
					     "> Task :",
					     "make[",
					     "make: ",
					     "gcc ",
					     "cc ",
					     "Building ",
					     NULL };
	str s = str_trim(line);
	size_t at;

	for (size_t k = 0; heads[k]; k++)
		if (str_starts_c(s, heads[k]))
			return true;
	at = str_starts_c(s, "at ") ? str_chr(s, '(') : STR_NONE; /* a frame */
	return at != STR_NONE && at > 3;
}

/* "=====", "--- name ---": of a test run as well as of a document, so they tell nothing alone. */
static bool is_rule(str line)
{
	size_t n = 0;

	while (n < line.n && (line.p[n] == '=' || line.p[n] == '-') && line.p[n] == line.p[0])
		n++;
	return n >= RULE_LENGTH && (n == line.n || line.p[n] == ' ');
}

static bool is_heading(str line) /* of Markdown */
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '#')
		n++;
	return n > 0 && n <= 6 && n < line.n && line.p[n] == ' ';
}

static double log_confidence(str text, double *ratio)
{
	size_t left = LOG_LINES, hits = 0, bad = 0, lines = 0, rules = 0, headings = 0;
	struct buf scratch;
	struct hit hit;
	str line;

	buf_init(&scratch, SIZE_MAX);
	while (first_lines(&text, &line, &left)) {
		enum log_level level;
		bool said;

		line = line_plain(&scratch, line);
		if (str_trim(line).n == 0)
			continue;
		lines++;
		level = log_written_level(line);
		said = level != LEVEL_NONE || (search_match(line, &hit) && search_diagnostic(hit.content));
		bad += level >= LEVEL_WARN;
		rules += is_rule(line);
		headings += is_heading(line);
		hits += said || is_stamped(line) || is_build_line(line);
	}
	buf_release(&scratch);
	hits += rules < hits ? rules : hits;
	*ratio = lines ? (double)hits / (double)lines : 0;
	if (hits == 0 || *ratio < .1 || (headings >= HEADINGS && *ratio < .3))
		return 0;
	return at_most_one(.3 + .5 * *ratio + .05 * (double)bad);
}

static double code_confidence(str text, enum language *language, double *ratio)
{
	size_t hits, lines;

	*language = detect_code_lines(text, CODE_LINES, &hits, &lines);
	*ratio = lines ? (double)hits / (double)lines : 0;
	return hits < CODE_HITS ? 0 : at_most_one(.4 + .4 * *ratio + .02 * (double)hits);
}

static bool found(struct detected *out, enum content content, double confidence, double least)
{
	if (confidence < least)
		return false;
	*out = (struct detected){ .content = content, .confidence = confidence };
	return true;
}

void detect(str text, struct detected *out)
{
	enum json_form form = json_form(text);
	enum language language;
	double search, code, log, code_ratio, log_ratio;

	*out = (struct detected){ .content = CONTENT_TEXT };
	if (form != JSON_FORM_NONE) {
		found(out, CONTENT_JSON, form == JSON_FORM_ROWS ? JSON_SURE : JSON_OTHER, 0);
		return;
	}
	if (found(out, CONTENT_DIFF, diff_confidence(text), DIFF_LEAST) ||
	    found(out, CONTENT_HTML, html_confidence(text), HTML_LEAST))
		return;
	search = search_confidence(text);
	/* runs of matches between lines of context are one search, not parts of a document */
	if (found(out, CONTENT_SEARCH, search, SEARCH_SURE) ||
	    (is_mixed(text) && found(out, CONTENT_MIXED, MIXED_SURE, 0)) ||
	    found(out, CONTENT_SEARCH, search, SEARCH_LEAST))
		return;
	log = log_confidence(text, &log_ratio);
	if (log_ratio >= 1 && found(out, CONTENT_LOG, log, LOG_LEAST))
		return;
	code = code_confidence(text, &language, &code_ratio);
	/* a program that writes logs has more lines of code than of logs */
	if (!(code >= CODE_LEAST && code_ratio > log_ratio) && found(out, CONTENT_LOG, log, LOG_LEAST))
		return;
	if (found(out, CONTENT_CODE, code, CODE_LEAST))
		out->language = language;
}
