#include "core/compress/text_units.h"

#include "core/compress/relevance.h"
#include "core/compress/tags.h"

enum {
	LONG_LINE = 200, /* bytes; longer lines are paragraphs */
	HEADING_MAX = 100, /* bytes of a line that may be a heading */
	HASH_MIN = 7, /* hexadecimal digits of a short commit name */
	ID_DIGITS = 4,
	UNIT_BYTES = 4096, /* looked at */
	PROSE_TENTHS = 7 /* of a line's bytes: letters and blanks */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_alpha(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | ' ') >= 'a' && (c | ' ') <= 'f');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- cutting ---- */

/* "e.g.", "Dr.", "J.": the full stop at i ends no sentence. */
static bool is_abbreviation(str line, size_t i)
{
	static const char *const known[] = { "e.g", "i.e", "etc", "vs", "Dr",	  "Mr",	  "Mrs", "Ms", "St",
					     "No",  "Fig", "cf",  "al", "approx", "Prof", "Inc", NULL };
	size_t from = i;
	str word;

	while (from > 0 && (is_alpha(line.p[from - 1]) || line.p[from - 1] == '.'))
		if (i - --from > 8)
			return false;
	word = str_sub(line, from, i - from);
	if (word.n == 1 && is_upper(word.p[0]))
		return true;
	for (size_t k = 0; known[k]; k++)
		if (str_eq_c(word, known[k]))
			return true;
	return false;
}

/*
 * Made of words: not a row of a table or a command, of which no part may stand alone.  A row whose beginning were left out
 * would be read as the end of the one above.
 */
static bool is_prose(str line)
{
	size_t words = 0;
	str head = str_trim(str_sub(line, 0, UNIT_BYTES));

	if (head.n == 0 || head.p[0] == '|')
		return false;
	for (size_t i = 0; i < head.n; i++) {
		char c = head.p[i];

		if (c == '\t' ||
		    (c == ' ' && i && head.p[i - 1] == ' ' && (i < 2 || !memchr(".!?:", head.p[i - 2], 4))))
			return false;
		words += is_alpha(c) || c == ' ' || (unsigned char)c >= 0x80;
	}
	return words * 10 >= head.n * PROSE_TENTHS;
}

/* Behind the sentence that begins at `from` and the blanks behind it. */
static size_t sentence_end(str line, size_t from)
{
	for (size_t i = from, end; i < line.n; i++) {
		if (i + 2 < line.n && memcmp(line.p + i, "\343\200\202", 3) == 0) /* ideographic full stop */
			return i + 3;
		if (line.p[i] != '.' && line.p[i] != '!' && line.p[i] != '?')
			continue;
		end = i + 1;
		while (end < line.n && memchr("\"')]*_`", line.p[end], 7))
			end++;
		if (end < line.n && !is_blank(line.p[end]))
			continue;
		while (end < line.n && is_blank(line.p[end]))
			end++;
		if (end < line.n && ((line.p[end] >= 'a' && line.p[end] <= 'z') || is_abbreviation(line, i)))
			continue;
		return end;
	}
	return line.n;
}

static bool add_unit(struct vec *units, size_t from, size_t end)
{
	struct unit *u;

	if (units->n >= UNITS_MAX)
		return false;
	u = vec_push(units);
	*u = (struct unit){ .from = (uint32_t)from, .end = (uint32_t)end };
	return true;
}

/* ---- what a unit has ---- */

/* A word of one unit: what it is, if anything. */
static uint32_t word_traits(str word)
{
	static const char *const negations[] = { "not",	    "no",     "never",	"none",	   "cannot",  "nor",
						 "without", "except", "unless", "neither", "nothing", NULL };
	size_t digits = 0, hex = 0, letters = 0;

	for (size_t i = 0; i < word.n; i++) {
		digits += is_digit(word.p[i]);
		hex += is_hex(word.p[i]);
		letters += is_alpha(word.p[i]);
	}
	if (str_has_c(word, "://") || str_starts_c(word, "www.") ||
	    (str_chr(word, '@') != STR_NONE && str_chr(word, '@') > 0 && str_rchr(word, '.') != STR_NONE))
		return UNIT_ID;
	if (digits)
		return (hex == word.n && hex >= HASH_MIN && letters) || digits >= ID_DIGITS ||
				       (letters && word.n > ID_DIGITS)
			       ? UNIT_ID | UNIT_NUMBER
			       : UNIT_NUMBER;
	if (word.n > 3 && str_ieq(str_from(word, word.n - 3), STR("n't")))
		return UNIT_NEGATION;
	for (size_t k = 0; negations[k]; k++)
		if (str_ieq(word, str_c(negations[k])))
			return UNIT_NEGATION;
	return 0;
}

static bool is_heading(str line)
{
	size_t letters = 0, upper = 0;

	if (line.n == 0 || line.n > HEADING_MAX)
		return false;
	if (line.p[0] == '#' || (line.p[line.n - 1] == ':' && line.p[0] != '-') ||
	    (line.n > 4 && str_starts_c(line, "**") && str_ends_c(line, "**")))
		return true;
	for (size_t i = 0; i < line.n; i++) {
		letters += is_alpha(line.p[i]);
		upper += is_upper(line.p[i]);
	}
	return letters > 3 && letters == upper;
}

/* "=====" or "-----" below a heading */
static bool is_underline(str line)
{
	if (line.n < 3 || (line.p[0] != '=' && line.p[0] != '-'))
		return false;
	for (size_t i = 1; i < line.n; i++)
		if (line.p[i] != line.p[0])
			return false;
	return true;
}

static uint32_t traits_of(str unit)
{
	str text = str_trim(unit);
	uint32_t traits = 0;

	if (text.n == 0)
		return UNIT_BLANK;
	text = str_sub(text, 0, UNIT_BYTES);
	for (size_t i = 0, from; i < text.n; i++) {
		str word;

		for (from = i; i < text.n && !is_blank(text.p[i]);)
			i++;
		word = str_sub(text, from, i - from);
		while (word.n && memchr(".,;:!?)]}\"'*", word.p[word.n - 1], 12))
			word.n--;
		while (word.n && memchr("([{\"'*", word.p[0], 6))
			word = str_from(word, 1);
		if (word.n)
			traits |= word_traits(word);
	}
	if (is_heading(text))
		traits |= UNIT_HEADING;
	if (tells_error(text) || tells_warning(text) || tells_note(text))
		traits |= UNIT_WORD;
	return traits;
}

bool text_cut(struct vec *units, str text, bool *split)
{
	size_t at = 0, end, sentence;
	bool cut;

	*split = false;
	if (text.n > UINT32_MAX)
		return false;
	for (; at < text.n; at = end) {
		struct unit *last = units->n ? vec_at(units, units->n - 1) : NULL;
		str line;

		end = str_chr(str_from(text, at), '\n');
		end = end == STR_NONE ? text.n : at + end + 1;
		line = str_sub(text, at, end - at);
		cut = line.n > LONG_LINE && is_prose(line);
		sentence = cut ? sentence_end(line, 0) : line.n;
		*split = *split || sentence < line.n;
		for (size_t from = 0; from < line.n; from = sentence) {
			sentence = cut ? sentence_end(line, from) : line.n;
			if (!add_unit(units, at + from, at + sentence))
				return false;
			struct unit *u = vec_at(units, units->n - 1);
			u->traits = traits_of(unit_str(text, u));
		}
		((struct unit *)vec_at(units, units->n - 1))->traits |= UNIT_ENDS_LINE;
		if (last && is_underline(str_trim(line)) && units->n > 1) {
			((struct unit *)vec_at(units, units->n - 1))->traits |= UNIT_HEADING;
			last = vec_at(units, units->n - 2);
			if (!(last->traits & UNIT_BLANK) && last->end - last->from <= HEADING_MAX)
				last->traits |= UNIT_HEADING;
		}
	}
	return true;
}

/* Marks the units that meet a part of the text. */
static void mark(struct vec *units, str text, str part)
{
	size_t from = (size_t)(part.p - text.p), low = 0, high = units->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (((struct unit *)vec_at(units, middle))->end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < units->n && ((struct unit *)vec_at(units, low))->from < from + part.n; low++)
		((struct unit *)vec_at(units, low))->traits |= UNIT_TAG;
}

void text_mark_tags(struct vec *units, struct arena *a, str text, bool only_tags)
{
	struct tag_spans spans;
	struct tag_span span;

	tags_find(a, text, &spans);
	for (size_t at = 0; tags_next(&spans, &at, &span);) {
		mark(units, text, only_tags ? span.open : span.whole);
		if (only_tags && span.close.n)
			mark(units, text, span.close);
	}
}
