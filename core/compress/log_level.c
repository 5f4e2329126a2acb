/*
 * The level of a line: by the words a logger or a test runner writes, else by words that tell of an error.  Names of files
 * and identifiers ("src/errors/timeout.ts", "on_error") tell nothing.
 */
#include "core/compress/log_lines.h"
#include "core/compress/relevance.h"

enum {
	SHORTEST = 3,
	LONGEST = 12, /* of the words below */
	HEAD_BYTES = 4096, /* beyond them a line's own words are its payload */
	RESULT_BYTES = 40 /* at the end of a line: "PASSED [ 12%] (0.01s)" */
};

struct level_word {
	const char *word; /* upper case */
	enum log_level level;
};

/* Written by loggers in capitals, or in any case before a colon or inside brackets. */
static const struct level_word level_words[] = {
	{ "ERROR", LEVEL_ERROR },    { "ERR", LEVEL_ERROR },	 { "FATAL", LEVEL_ERROR },
	{ "CRITICAL", LEVEL_ERROR }, { "PANIC", LEVEL_ERROR },	 { "SEVERE", LEVEL_ERROR },
	{ "EMERG", LEVEL_ERROR },    { "ALERT", LEVEL_ERROR },	 { "FAIL", LEVEL_FAIL },
	{ "FAILED", LEVEL_FAIL },    { "FAILURE", LEVEL_FAIL },	 { "WARN", LEVEL_WARN },
	{ "WARNING", LEVEL_WARN },   { "INFO", LEVEL_INFO },	 { "NOTICE", LEVEL_INFO },
	{ "DEBUG", LEVEL_DEBUG },    { "VERBOSE", LEVEL_DEBUG }, { "TRACE", LEVEL_TRACE },
};

/* Beginnings of words, lower case, that are worth a second look. */
static const char *const stems[] = { "error", "excep", "fail",	  "critic", "fatal",  "crash",
				     "panic", "abort", "timeout", "denied", "reject", NULL };
/* Words that tell of an error by themselves. */
static const char *const verdicts[] = { "cannot",   "unable", "refused",    "undefined", "segmentation",
					"segfault", "killed", "unresolved", NULL };

/* Beginnings of lines that are one test's result. */
static const struct level_word result_heads[] = {
	{ "--- FAIL", LEVEL_FAIL },	 { "not ok ", LEVEL_FAIL },
	{ "\342\234\227", LEVEL_FAIL }, /* ballot x */
	{ "\342\234\225", LEVEL_FAIL },	 { "\303\227 ", LEVEL_FAIL }, /* multiplication x, times sign */
	{ "FAILED ", LEVEL_FAIL },	 { "FAIL ", LEVEL_FAIL },
	{ "FAIL: ", LEVEL_FAIL },	 { "ERROR: test", LEVEL_FAIL },
	{ "\342\227\217 ", LEVEL_FAIL }, /* black circle */
	{ "--- PASS", LEVEL_PASS },	 { "ok ", LEVEL_PASS },
	{ "PASS ", LEVEL_PASS },	 { "PASSED ", LEVEL_PASS },
	{ "PASS: ", LEVEL_PASS },	 { "=== RUN ", LEVEL_PASS },
	{ "=== PAUSE ", LEVEL_PASS },	 { "=== CONT ", LEVEL_PASS },
	{ "--- SKIP", LEVEL_PASS },	 { "\342\234\223", LEVEL_PASS }, /* check mark */
	{ "\342\234\224", LEVEL_PASS },	 { "\342\210\232 ", LEVEL_PASS }, /* heavy check mark, square root */
	{ "[       OK ]", LEVEL_PASS },	 { "[ RUN      ]", LEVEL_PASS },
	{ "[  FAILED  ]", LEVEL_FAIL },
};
/* And ends, before a percentage or a time. */
static const struct level_word result_ends[] = {
	{ " PASSED", LEVEL_PASS },	{ " SKIPPED", LEVEL_PASS }, { " XFAIL", LEVEL_PASS },
	{ " XPASS", LEVEL_PASS },	{ " ... ok", LEVEL_PASS },  { " ... ignored", LEVEL_PASS },
	{ " ... skipped", LEVEL_PASS }, { " FAILED", LEVEL_FAIL },  { " ERROR", LEVEL_FAIL },
	{ " ... FAIL", LEVEL_FAIL },
};

static bool is_alpha(char c)
{
	return (unsigned char)((c | ' ') - 'a') < 26;
}

static bool is_alnum(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}

static char char_at(str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* Part of a longer name: "on_error", "errors/x", "error.log". */
static bool is_joined(str line, size_t from, size_t to)
{
	char before = from ? line.p[from - 1] : '\0', behind = char_at(line, to);

	if (before == '[')
		return false;
	if (before && (memchr("_-./\\@$", before, 7) || (before >= '0' && before <= '9')))
		return true;
	if ((before == ':' && from > 1 && line.p[from - 2] == ':') ||
	    (behind == ':' && char_at(line, to + 1) == ':'))
		return true; /* std::error::Error */
	if (behind == '_' || behind == '\\' || behind == '@' || (behind >= '0' && behind <= '9'))
		return true;
	return (behind == '-' || behind == '/' || behind == '.') && is_alnum(char_at(line, to + 1));
}

static bool starts_any(str s, const char *const *table)
{
	for (; *table; table++) {
		size_t n;

		if (s.n == 0 || ((s.p[0] ^ **table) & ~' ') != 0)
			continue;
		n = strlen(*table);
		if (s.n >= n && str_ieq(str_sub(s, 0, n), str_c(*table)))
			return true;
	}
	return false;
}

/* "FAILED: 0", "error=none". */
static bool is_nothing(str behind)
{
	static const char *const nothing[] = { "none", "null", "nil", "false", NULL };
	size_t from = 0;

	while (from < behind.n && memchr(":= \"'", behind.p[from], 5))
		from++;
	behind = str_from(behind, from);
	if (from == 0 || behind.n == 0)
		return false;
	for (size_t k = 0; nothing[k]; k++)
		if (str_starts_c(behind, nothing[k]) && !is_alnum(char_at(behind, strlen(nothing[k]))))
			return true;
	return behind.p[0] == '0' && !is_alnum(char_at(behind, 1)) && char_at(behind, 1) != '.';
}

/* "0 ERROR", "no FAILED tests", but not "worker 0 ERROR lost". */
static bool is_denied(str line, size_t from, size_t to)
{
	static const char *const ends[] = {
		",", ";", ".", ")", "in ", "found", "test", "warn", "pass", NULL
	};
	str before = str_trim(str_sub(line, 0, from)), behind = str_trim(str_from(line, to));
	size_t n = before.n;

	if (is_nothing(str_from(line, to)))
		return true;
	if (behind.n && !starts_any(behind, ends))
		return false;
	if (n && before.p[n - 1] == '0')
		return n == 1 || !is_alnum(before.p[n - 2]);
	return n >= 2 && str_ieq(str_from(before, n - 2), STR("no")) &&
	       (n == 2 || !is_alnum(before.p[n - 3]));
}

/* A level is not only written in capitals: "error: ...", "[info]", level=warn, "level":"error". */
static bool is_set_apart(str line, size_t from, size_t to)
{
	char before = from ? line.p[from - 1] : '\0', behind = char_at(line, to);

	if (behind == '[' || (behind == ':' && char_at(line, to + 1) != ':'))
		return true;
	if (before == '"')
		before = char_at(str_trim(str_sub(line, 0, from - 1)),
				 str_trim(str_sub(line, 0, from - 1)).n - 1);
	return before == '=' || (before == '[' && behind == ']') || (before == ':' && behind == '"');
}

static enum log_level explicit_level(str line, size_t from, size_t to)
{
	str word = str_sub(line, from, to - from);
	bool capitals = true;

	for (size_t i = 0; i < word.n; i++)
		capitals = capitals && word.p[i] <= 'Z';
	if (!capitals && !is_set_apart(line, from, to))
		return LEVEL_NONE;
	for (size_t i = 0; i < sizeof(level_words) / sizeof(*level_words); i++)
		if ((word.p[0] & ~' ') == *level_words[i].word && str_ieq(word, str_c(level_words[i].word)))
			return is_joined(line, from, to) || is_denied(line, from, to) ? LEVEL_NONE
										      : level_words[i].level;
	return LEVEL_NONE;
}

/* "ValueError", "java.io.IOException": the name of an exception, not of a file. */
static bool names_exception(str line, str word, size_t to)
{
	char behind = char_at(line, to);

	return ((word.n > 5 && str_ends_c(word, "Error")) || (word.n > 9 && str_ends_c(word, "Exception"))) &&
	       (behind == ':' || behind == '\0' || behind == ' ' || behind == '(');
}

/* Letters words of the tables above begin with, as bits. */
#define LETTER(c) (1u << ((c) - 'a'))
#define HINT_LETTERS                                                                                       \
	(LETTER('a') | LETTER('c') | LETTER('d') | LETTER('e') | LETTER('f') | LETTER('k') | LETTER('p') | \
	 LETTER('r') | LETTER('s') | LETTER('t') | LETTER('u') | LETTER('w'))
#define LEVEL_LETTERS                                                                                      \
	(LETTER('a') | LETTER('c') | LETTER('d') | LETTER('e') | LETTER('f') | LETTER('i') | LETTER('n') | \
	 LETTER('p') | LETTER('s') | LETTER('t') | LETTER('v') | LETTER('w'))

/* The word begins with a letter. */
static bool begins_any(str word, uint32_t letters)
{
	return letters >> ((word.p[0] | ' ') - 'a') & 1;
}

/* What a word that is no level may still tell. */
struct hints {
	bool error, verdict, warning;
};

static void take_hint(struct hints *h, str line, size_t from, size_t to)
{
	str word = str_sub(line, from, to - from);

	if (word.n > 5 && (line.p[to - 1] == 'r' || line.p[to - 1] == 'n') &&
	    names_exception(line, word, to)) {
		h->verdict = true;
		return;
	}
	if (word.n < 4 || !begins_any(word, HINT_LETTERS) || is_joined(line, from, to))
		return;
	h->error = h->error || starts_any(word, stems);
	h->verdict = h->verdict || starts_any(word, verdicts);
	h->warning = h->warning || str_ieq(str_sub(word, 0, 4), STR("warn"));
}

static enum log_level result_level(str line)
{
	str trimmed = str_trim(line), end;
	size_t cut;

	for (size_t i = 0; i < sizeof(result_heads) / sizeof(*result_heads); i++)
		if (trimmed.n && trimmed.p[0] == *result_heads[i].word &&
		    str_starts_c(trimmed, result_heads[i].word))
			return result_heads[i].level;
	end = str_from(trimmed, trimmed.n > RESULT_BYTES ? trimmed.n - RESULT_BYTES : 0);
	cut = str_rchr(end, end.n && end.p[end.n - 1] == ']'   ? '['
			    : end.n && end.p[end.n - 1] == ')' ? '('
							       : '\n');
	if (cut != STR_NONE)
		end = str_trim(str_sub(end, 0, cut));
	if (end.n == 0 || !memchr("DLRSdk", end.p[end.n - 1], 6)) /* all of them end so */
		return LEVEL_NONE;
	for (size_t i = 0; i < sizeof(result_ends) / sizeof(*result_ends); i++)
		if (str_ends_c(end, result_ends[i].word))
			return result_ends[i].level;
	return LEVEL_NONE;
}

static enum log_level read_level(str line, bool *test, struct hints *hints)
{
	enum log_level level = result_level(line), found;

	*test = level != LEVEL_NONE;
	if (*test)
		return level;
	line = str_sub(line, 0, HEAD_BYTES);
	for (size_t i = 0, from; i < line.n; i++) {
		if (!is_alpha(line.p[i]))
			continue;
		for (from = i; i < line.n && is_alpha(line.p[i]);)
			i++;
		if (i - from < SHORTEST)
			continue;
		if (i - from <= LONGEST && begins_any(str_from(line, from), LEVEL_LETTERS)) {
			found = explicit_level(line, from, i);
			level = found > level ? found : level;
		}
		take_hint(hints, line, from, i);
	}
	/* "ERROR tests/x.py::test_y" */
	*test = level >= LEVEL_FAIL && str_has_c(line, ".py::");
	return level;
}

enum log_level log_written_level(str line)
{
	struct hints hints = { 0 };
	bool test;

	return read_level(line, &test, &hints);
}

enum log_level log_level(str line, bool *test)
{
	struct hints hints = { 0 };
	enum log_level level = read_level(line, test, &hints);

	if (level != LEVEL_NONE)
		return level;
	if (hints.verdict || (hints.error && tells_error(line)))
		return LEVEL_ERROR;
	return hints.warning && tells_warning(line) ? LEVEL_WARN : LEVEL_NONE;
}
