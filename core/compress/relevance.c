#include "core/compress/relevance.h"

#include <math.h>

#include "core/base/map.h"
#include "core/base/vec.h"

enum {
	ANCHORS_MAX = 32, /* of a query: it may hold a whole log */
	WORDS_MAX = 256,
	QUERY_MAX = 64 << 10, /* bytes looked at */
	QUOTED_MIN = 2,
	QUOTED_MAX = 50,
	DIGITS_MIN = 4,
	UUID_LENGTH = 36,
	WORD_KEPT = 64 /* bytes of a word that tell it from others */
};

/* ---- characters ---- */

enum {
	LETTER = 1,
	DIGIT = 2,
	UNDERSCORE = 4,
	WORD = LETTER | DIGIT | UNDERSCORE
};

/* clang-format off */
static const unsigned char classes[256] = {
	['0'] = 2, ['1'] = 2, ['2'] = 2, ['3'] = 2, ['4'] = 2, ['5'] = 2, ['6'] = 2, ['7'] = 2, ['8'] = 2,
	['9'] = 2, ['_'] = 4,
	['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1,
	['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1,
	['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,
	['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
	['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
	['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};
/* clang-format on */

static bool is(char c, int class)
{
	return classes[(unsigned char)c] & class;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char lower(char c)
{
	return is_upper(c) ? (char)(c | 0x20) : c;
}

static bool is_hex(char c)
{
	return is(c, DIGIT) || (lower(c) >= 'a' && lower(c) <= 'f');
}

static size_t run_of(str s, size_t from, int class)
{
	size_t i = from;

	while (i < s.n && is(s.p[i], class))
		i++;
	return i - from;
}

/* ---- words that tell something ---- */

struct tell {
	str word; /* lower case */
	bool whole; /* "fail" is no beginning of "failover" */
};

#define BEGINNING(word)                           \
	{                                         \
		{ word, sizeof(word) - 1 }, false \
	}
#define WHOLE(word)                              \
	{                                        \
		{ word, sizeof(word) - 1 }, true \
	}

/* clang-format off */
static const struct tell error_words[] = {
	BEGINNING("abort"), BEGINNING("crash"), BEGINNING("critical"), BEGINNING("denied"), BEGINNING("error"),
	BEGINNING("exception"), WHOLE("fail"), BEGINNING("failed"), BEGINNING("failure"), BEGINNING("fatal"),
	BEGINNING("panic"), BEGINNING("rejected"), WHOLE("timed out"), BEGINNING("timeout"), { { NULL, 0 }, false },
};
static const struct tell warning_words[] = { BEGINNING("warn"), { { NULL, 0 }, false } };
static const struct tell note_words[] = {
	WHOLE("bug"), WHOLE("fix"), WHOLE("fixme"), WHOLE("hack"), BEGINNING("important"), WHOLE("note"),
	WHOLE("todo"), WHOLE("xxx"), { { NULL, 0 }, false },
};
/* clang-format on */

#define THREE(x, y, z) ((a == (x)) & (b == (y)) & (c == (z)))

/*
 * Whether s has three letters in a row that are in one of the error words and in few others.  Nearly all texts end
 * here, so this is written for the compiler to make it vector code: no branches, bytes only.
 */
static bool may_tell_error(str s)
{
	unsigned char hit = 0;

	for (size_t i = 0; i + 2 < s.n; i++) {
		unsigned char a = (unsigned char)s.p[i] | 0x20, b = (unsigned char)s.p[i + 1] | 0x20,
			      c = (unsigned char)s.p[i + 2] | 0x20;

		hit |= (unsigned char)(THREE('b', 'o', 'r') | THREE('c', 'r', 'a') | THREE('r', 'i', 't') |
				       THREE('n', 'i', 'e') | THREE('r', 'r', 'o') | THREE('x', 'c', 'e') |
				       THREE('f', 'a', 'i') | THREE('f', 'a', 't') | THREE('p', 'a', 'n') |
				       THREE('r', 'e', 'j') | THREE('m', 'e', 'd') | THREE('m', 'e', 'o'));
	}
	return hit;
}

/* The same for the words that warn ... */
static bool may_tell_warning(str s)
{
	unsigned char hit = 0;

	for (size_t i = 0; i + 2 < s.n; i++) {
		unsigned char a = (unsigned char)s.p[i] | 0x20, b = (unsigned char)s.p[i + 1] | 0x20,
			      c = (unsigned char)s.p[i + 2] | 0x20;

		hit |= (unsigned char)THREE('w', 'a', 'r');
	}
	return hit;
}

/* ... and those that note. */
static bool may_tell_note(str s)
{
	unsigned char hit = 0;

	for (size_t i = 0; i + 2 < s.n; i++) {
		unsigned char a = (unsigned char)s.p[i] | 0x20, b = (unsigned char)s.p[i + 1] | 0x20,
			      c = (unsigned char)s.p[i + 2] | 0x20;

		hit |= (unsigned char)(THREE('b', 'u', 'g') | THREE('f', 'i', 'x') | THREE('h', 'a', 'c') |
				       THREE('i', 'm', 'p') | THREE('n', 'o', 't') | THREE('t', 'o', 'd') |
				       THREE('x', 'x', 'x'));
	}
	return hit;
}

static size_t tell_at(const struct tell *t, str s, size_t at)
{
	size_t n = t->word.n;

	if (s.n - at < n)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (lower(s.p[at + i]) != t->word.p[i])
			return 0;
	if (t->whole && at + n < s.n && (is(s.p[at + n], WORD) || s.p[at + n] == '-'))
		return 0;
	return n;
}

/* Behind a character that is no letter, or where camelCase begins the next word: "KeyError". */
static bool begins_word(str s, size_t at)
{
	return at == 0 || !is(s.p[at - 1], LETTER) || (is_upper(s.p[at]) && !is_upper(s.p[at - 1]));
}

/* "0 errors", "no errors", "without error", "not failed", "non-fatal", "zero failures" */
static bool negated_before(str s, size_t at)
{
	static const char *const words[] = { "0", "no", "non", "not", "zero", "without", "never", NULL };
	size_t end = at, start;

	while (end > 0 && (s.p[end - 1] == ' ' || s.p[end - 1] == '-'))
		end--;
	if (end == at)
		return false;
	for (start = end; start > 0 && is(s.p[start - 1], WORD) && end - start < 8;)
		start--;
	if (start > 0 && s.p[start - 1] == '.') /* 1.0 errors */
		return false;
	for (size_t i = 0; words[i]; i++)
		if (str_ieq(str_sub(s, start, end - start), str_c(words[i])))
			return true;
	return false;
}

/* "errors: 0", "error=none", "\"error\":null", "failed = false" */
static bool negated_behind(str s, size_t at)
{
	static const char *const words[] = { "0", "none", "null", "nil", "no", "false", NULL };
	size_t i = at, n;

	i += run_of(s, i, WORD);
	while (i < s.n && (s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == ' '))
		i++;
	if (i >= s.n || (s.p[i] != ':' && s.p[i] != '='))
		return false;
	for (i++; i < s.n && (s.p[i] == ' ' || s.p[i] == '"'); i++)
		;
	n = run_of(s, i, WORD);
	if (i + n + 1 < s.n && s.p[i + n] == '.' && is(s.p[i + n + 1], DIGIT))
		return false;
	for (size_t k = 0; words[k]; k++)
		if (str_ieq(str_sub(s, i, n), str_c(words[k])))
			return true;
	return false;
}

/* A bit for each first letter, 'a' the lowest. */
static uint32_t first_letters(const struct tell *table)
{
	uint32_t letters = 0;

	for (const struct tell *t = table; t->word.p; t++)
		letters |= 1u << (t->word.p[0] - 'a');
	return letters;
}

static bool tells(str s, const struct tell *table, uint32_t letters)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is(s.p[i], LETTER) || !(letters >> (lower(s.p[i]) - 'a') & 1) || !begins_word(s, i))
			continue;
		for (const struct tell *t = table; t->word.p; t++) {
			size_t n = tell_at(t, s, i);

			if (n && !negated_before(s, i) && !negated_behind(s, i + n))
				return true;
		}
	}
	return false;
}

bool tells_error(str text)
{
	return may_tell_error(text) && tells(text, error_words, first_letters(error_words));
}

bool tells_warning(str text)
{
	return may_tell_warning(text) && tells(text, warning_words, first_letters(warning_words));
}

bool tells_note(str text)
{
	return may_tell_note(text) && tells(text, note_words, first_letters(note_words));
}

/* ---- queries ---- */

/* Words that stand in any question: they tell nothing about what is wanted. */
static const char stop_words[] =
	" a about all am an and any are as at be been but by can could did do does each every find for from "
	"get "
	"give had has have how i if in into is it its just list let like look make many me much my need no "
	"not of "
	"on one only or our out over please same see show some such tell than that the their them then there "
	"these "
	"they this those to up us use was we were what when where which who why will with would you your ";

static bool is_stop_word(str word)
{
	char bounded[16];

	if (word.n + 2 > sizeof(bounded))
		return false;
	bounded[0] = bounded[word.n + 1] = ' ';
	memcpy(bounded + 1, word.p, word.n);
	return str_find(STR(stop_words), (str){ bounded, word.n + 2 }) != STR_NONE;
}

static bool is_uuid(str s, size_t at)
{
	if (s.n - at < UUID_LENGTH)
		return false;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[at + i] != '-' : !is_hex(s.p[at + i]))
			return false;
	}
	return at + UUID_LENGTH == s.n || !is(s.p[at + UUID_LENGTH], WORD);
}

/*
 * The next word of s at or behind *at: a UUID, or a run of letters, digits and underscores, of which the first bytes
 * stand in lower case in `text`.  *at moves behind it.
 */
static bool next_word(str s, size_t *at, char text[static WORD_KEPT], size_t *n)
{
	size_t i = *at, length, kept;

	while (i < s.n && !is(s.p[i], WORD))
		i++;
	if (i == s.n)
		return false;
	length = run_of(s, i, WORD);
	if (length == 8 && is_uuid(s, i))
		length = UUID_LENGTH;
	kept = length < WORD_KEPT ? length : WORD_KEPT;
	for (size_t c = 0; c < kept; c++)
		text[c] = lower(s.p[i + c]);
	*n = kept;
	*at = i + length;
	return true;
}

static void take_words(struct query *q, struct arena *a, str text)
{
	char word[WORD_KEPT];
	str *words = arena_array(a, WORDS_MAX, sizeof(*words));
	uint64_t *hashes = arena_array(a, WORDS_MAX, sizeof(*hashes));
	size_t at = 0, n;
	struct map64 seen;
	bool fresh;

	map64_init(&seen);
	while (q->words_n < WORDS_MAX && next_word(text, &at, word, &n)) {
		str w = { word, n };

		if (n < 2 || is_stop_word(w))
			continue;
		map64_put(&seen, str_hash(w), &fresh);
		if (!fresh)
			continue;
		words[q->words_n] = arena_str(a, w);
		hashes[q->words_n++] = str_hash(w);
	}
	map64_release(&seen);
	q->words = words;
	q->hashes = hashes;
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* The text between the quote at `at` and its like; an apostrophe in a word is no quote. */
static str quoted_at(str s, size_t at)
{
	size_t end;

	if (s.p[at] == '\'' && at > 0 && is(s.p[at - 1], WORD))
		return STR("");
	end = str_chr(str_sub(s, at + 1, QUOTED_MAX + 1), s.p[at]);
	if (end == STR_NONE || end < QUOTED_MIN || str_chr(str_sub(s, at + 1, end), '\n') != STR_NONE)
		return STR("");
	return str_sub(s, at + 1, end);
}

static bool is_joint(char c) /* joins the parts of names, addresses and dates */
{
	return c == '.' || c == '-' || c == '@' || c == ':' || c == '+';
}

/* The longest run of words joined by single joints, beginning at `at`. */
static str compound_at(str s, size_t at)
{
	size_t end = at;

	for (;;) {
		end += run_of(s, end, WORD);
		if (end + 1 >= s.n || !is_joint(s.p[end]) || !is(s.p[end + 1], WORD))
			return str_sub(s, at, end - at);
		end++;
	}
}

/* "node-7.eu.example.com": labels of letters, digits and dashes, the last one of letters; "main.py" is taken for one. */
static bool is_host(str s)
{
	size_t dot = str_rchr(s, '.');

	if (dot == STR_NONE || dot == 0 || dot + 2 >= s.n)
		return false;
	for (size_t i = dot + 1; i < s.n; i++)
		if (!is(s.p[i], LETTER))
			return false;
	for (size_t i = 0; i < dot; i++)
		if (!is(s.p[i], LETTER | DIGIT) && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

static bool is_email(str s)
{
	size_t at = str_chr(s, '@');

	return at != STR_NONE && at > 0 && is_host(str_from(s, at + 1));
}

/* Something with four or more digits: 20315, "req_15957161e911", "ORD-20315", a date. */
static bool is_id(str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++)
		digits += is(s.p[i], DIGIT) != 0;
	return digits >= DIGITS_MIN;
}

static bool is_anchor(str s)
{
	return (s.n == UUID_LENGTH && is_uuid(s, 0)) || is_email(s) || is_host(s) || is_id(s);
}

struct anchors {
	str *p;
	size_t n;
};

static void add_anchor(struct anchors *to, str s)
{
	for (size_t i = 0; i < to->n; i++)
		if (str_eq(to->p[i], s))
			return;
	if (to->n < ANCHORS_MAX)
		to->p[to->n++] = s;
}

static void take_anchors(struct query *q, struct arena *a, str text)
{
	struct anchors found = { arena_array(a, ANCHORS_MAX, sizeof(str)), 0 };

	for (size_t i = 0; i < text.n; i++) {
		str s;

		if (is_quote(text.p[i])) {
			s = quoted_at(text, i);
			if (s.n)
				add_anchor(&found, s);
			i += s.n ? s.n + 1 : 0;
		} else if (is(text.p[i], WORD)) {
			s = compound_at(text, i);
			if (is_anchor(s))
				add_anchor(&found, s);
			i += s.n - 1;
		}
	}
	q->anchors = found.p;
	q->anchors_n = found.n;
}

void query_init(struct query *q, struct arena *a, str text)
{
	*q = (struct query){ .text = text };
	take_words(q, a, str_sub(text, 0, QUERY_MAX));
	take_anchors(q, a, str_sub(text, 0, QUERY_MAX));
}

bool anchor_in(str anchor, str text)
{
	size_t at = 0, found;

	for (;;) {
		found = str_find(str_from(text, at), anchor);
		if (found == STR_NONE || anchor.n == 0)
			return false;
		at += found;
		if ((at == 0 || !is(text.p[at - 1], WORD) || !is(anchor.p[0], WORD)) &&
		    (at + anchor.n == text.n || !is(text.p[at + anchor.n], WORD) ||
		     !is(anchor.p[anchor.n - 1], WORD)))
			return true;
		at++;
	}
}

bool query_anchored(const struct query *q, str text)
{
	for (size_t i = 0; i < q->anchors_n; i++)
		if (anchor_in(q->anchors[i], text))
			return true;
	return false;
}

/* ---- BM25 ---- */

#define K1 1.5f
#define B .75f

/* Which of the query's words a hash is: an open table of four times as many slots. */
struct lookup {
	uint64_t hashes[4 * WORDS_MAX];
	uint16_t words[4 * WORDS_MAX]; /* index + 1, 0 = empty */
};

static void lookup_init(struct lookup *l, const struct query *q)
{
	memset(l->words, 0, sizeof(l->words));
	for (size_t i = 0; i < q->words_n; i++) {
		size_t slot = q->hashes[i] % (4 * WORDS_MAX);

		while (l->words[slot])
			slot = (slot + 1) % (4 * WORDS_MAX);
		l->hashes[slot] = q->hashes[i];
		l->words[slot] = (uint16_t)(i + 1);
	}
}

static size_t lookup_word(const struct lookup *l, uint64_t hash)
{
	size_t slot = hash % (4 * WORDS_MAX);

	while (l->words[slot] && l->hashes[slot] != hash)
		slot = (slot + 1) % (4 * WORDS_MAX);
	return l->words[slot];
}

/* A word of the query in one document. */
struct posting {
	uint32_t document;
	uint16_t word, count;
};

enum {
	IN_WORD = 1,
	FIRST_WANTED = 2, /* a word of the query begins like this */
	SECOND_WANTED = 4 /* and goes on like this */
};

struct index {
	struct lookup lookup;
	unsigned char marks[256]; /* by character */
	struct vec postings; /* of struct posting, by document */
	uint32_t frequency[WORDS_MAX]; /* documents with the word */
	uint16_t counts[WORDS_MAX]; /* in the document being read */
	double length; /* words of all documents */
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

static void index_init(struct index *x, const struct query *q)
{
	memset(x, 0, sizeof(*x));
	lookup_init(&x->lookup, q);
	vec_init(&x->postings, sizeof(struct posting));
	for (size_t c = 0; c < 256; c++)
		x->marks[c] = classes[c] ? IN_WORD : 0;
	for (size_t i = 0; i < q->words_n; i++) {
		const char *word = q->words[i].p; /* two characters at least */

		x->marks[(unsigned char)word[0]] |= FIRST_WANTED;
		x->marks[(unsigned char)upper(word[0])] |= FIRST_WANTED;
		x->marks[(unsigned char)word[1]] |= SECOND_WANTED;
		x->marks[(unsigned char)upper(word[1])] |= SECOND_WANTED;
	}
}

/* The query's word that begins at `at`, as index + 1. */
static size_t wanted_word(const struct index *x, str s, size_t at)
{
	char word[WORD_KEPT];
	size_t length = run_of(s, at, WORD), n;

	if (length == 8 && is_uuid(s, at))
		length = UUID_LENGTH;
	n = length < WORD_KEPT ? length : WORD_KEPT;
	for (size_t c = 0; c < n; c++)
		word[c] = lower(s.p[at + c]);
	return lookup_word(&x->lookup, str_hash((str){ word, n }));
}

/* Counts the words of a document; most are none of the query's, which their first two characters tell. */
static size_t count_words(struct index *x, str s, uint16_t *touched, size_t *touched_n)
{
	unsigned mark, before = 0, begins;
	size_t words = 0, w;

	for (size_t i = 0; i < s.n; i++) {
		mark = x->marks[(unsigned char)s.p[i]];
		begins = mark & ~before & IN_WORD;
		before = mark;
		words += begins;
		if (!(begins & mark >> 1) || i + 1 == s.n ||
		    !(x->marks[(unsigned char)s.p[i + 1]] & SECOND_WANTED))
			continue;
		w = wanted_word(x, s, i);
		if (w-- && x->counts[w] < UINT16_MAX && x->counts[w]++ == 0)
			touched[(*touched_n)++] = (uint16_t)w;
	}
	return words;
}

static void index_document(struct index *x, size_t document, str text, float *length)
{
	uint16_t touched[WORDS_MAX];
	size_t n = 0, words = count_words(x, text, touched, &n);

	*length = (float)words;
	x->length += (double)words;
	for (size_t i = 0; i < n; i++) {
		struct posting *p = vec_push(&x->postings);

		*p = (struct posting){ (uint32_t)document, touched[i], x->counts[touched[i]] };
		x->counts[touched[i]] = 0;
		x->frequency[touched[i]]++;
	}
}

/* scores holds the lengths and takes the scores. */
static void score_documents(const struct index *x, const struct query *q, size_t n, float *scores)
{
	float idf[WORDS_MAX], mean = (float)(x->length / (double)n), best = 0, length, count, sum;
	size_t at = 0;

	for (size_t i = 0; i < q->words_n; i++)
		idf[i] = logf(((float)n - (float)x->frequency[i] + .5f) / ((float)x->frequency[i] + .5f) + 1);
	for (size_t d = 0; d < n; d++) {
		length = scores[d];
		sum = 0;
		for (; at < x->postings.n; at++) {
			const struct posting *p = vec_at(&x->postings, at);

			if (p->document != d)
				break;
			count = p->count;
			sum += idf[p->word] * count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean));
		}
		scores[d] = sum;
		best = sum > best ? sum : best;
	}
	for (size_t d = 0; d < n && best > 0; d++)
		scores[d] /= best;
}

void bm25(const struct query *q, const str *documents, size_t n, float *scores)
{
	struct index x;

	if (q->words_n == 0 || n == 0 || n > UINT32_MAX) {
		memset(scores, 0, n * sizeof(*scores));
		return;
	}
	index_init(&x, q);
	for (size_t d = 0; d < n; d++)
		index_document(&x, d, documents[d], &scores[d]);
	score_documents(&x, q, n, scores);
	vec_release(&x.postings);
}
