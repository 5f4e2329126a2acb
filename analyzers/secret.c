#include "analyzers/secret.h"

#include <assert.h>
#include <math.h>

#include "analyzers/alnum.h"

/* Published key prefixes: GitHub, Anthropic/OpenAI, AWS, Slack, GitLab, Google, Stripe, npm, PyPI, Hugging Face, JWT. */
static const struct {
	const char *prefix;
	size_t least; /* characters behind the prefix */
} prefixes[] = {
	{ "ghp_", 16 },	   { "gho_", 16 },    { "ghu_", 16 },
	{ "ghs_", 16 },	   { "ghr_", 16 },    { "github_pat_", 16 },
	{ "sk-", 16 },	   { "sk_live_", 8 }, { "sk_test_", 8 },
	{ "rk_live_", 8 }, { "AKIA", 12 },    { "ASIA", 12 },
	{ "xoxb-", 8 },	   { "xoxp-", 8 },    { "xoxa-", 8 },
	{ "xoxr-", 8 },	   { "xoxs-", 8 },    { "glpat-", 10 },
	{ "AIza", 20 },	   { "npm_", 20 },    { "pypi-", 20 },
	{ "hf_", 16 },	   { "eyJ", 20 },     { "dop_v1_", 16 },
	{ "SG.", 16 },	   { "ya29.", 16 },   { "AGE-SECRET-KEY-", 8 },
};

#define ENTROPY_LEAST_LENGTH 20
#define ENTROPY_BITS 3.6 /* per character; English words and paths stay below */
#define ENTROPY_HEX_LENGTH 48 /* object ids are 40 hex digits and no secret */

enum byte_class {
	BYTE_WORD = 1, /* of what a secret is made of */
	BYTE_ALNUM = 2
};
/* Every command and path is looked through byte by byte, so what a byte is stands in a table. */
#define W BYTE_WORD
#define N (BYTE_WORD | BYTE_ALNUM)
/* clang-format off */
static const unsigned char classes[256] = {
	['+'] = W, ['-'] = W, ['.'] = W, ['/'] = W, ['_'] = W, ['~'] = W,
	['0'] = N, ['1'] = N, ['2'] = N, ['3'] = N, ['4'] = N, ['5'] = N, ['6'] = N, ['7'] = N, ['8'] = N, ['9'] = N,
	['A'] = N, ['B'] = N, ['C'] = N, ['D'] = N, ['E'] = N, ['F'] = N, ['G'] = N, ['H'] = N, ['I'] = N,
	['J'] = N, ['K'] = N, ['L'] = N, ['M'] = N, ['N'] = N, ['O'] = N, ['P'] = N, ['Q'] = N, ['R'] = N,
	['S'] = N, ['T'] = N, ['U'] = N, ['V'] = N, ['W'] = N, ['X'] = N, ['Y'] = N, ['Z'] = N,
	['a'] = N, ['b'] = N, ['c'] = N, ['d'] = N, ['e'] = N, ['f'] = N, ['g'] = N, ['h'] = N, ['i'] = N,
	['j'] = N, ['k'] = N, ['l'] = N, ['m'] = N, ['n'] = N, ['o'] = N, ['p'] = N, ['q'] = N, ['r'] = N,
	['s'] = N, ['t'] = N, ['u'] = N, ['v'] = N, ['w'] = N, ['x'] = N, ['y'] = N, ['z'] = N,
};
/* clang-format on */
#undef W
#undef N

static bool is_word(char c)
{
	return classes[(unsigned char)c] & BYTE_WORD;
}

static bool is_alnum(char c)
{
	return classes[(unsigned char)c] & BYTE_ALNUM;
}

/* Random-looking: long run of letters and digits, both cases or digits mixed in often, high entropy. */
static bool random_run(str s)
{
	size_t count[128] = { 0 }, upper = 0, lower = 0, digit = 0, hex = 0, turns = 0;
	int last = -1;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		count[c & 127]++;
		int kind = c >= '0' && c <= '9' ? 0 : c >= 'a' && c <= 'z' ? 1 : 2;
		digit += kind == 0;
		lower += kind == 1;
		upper += kind == 2;
		hex += kind == 0 || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		turns += last >= 0 && kind != last;
		last = kind;
	}
	if (hex == s.n && digit > 0)
		return s.n >= ENTROPY_HEX_LENGTH;
	if (digit == 0 || upper + lower == 0 || turns * 4 < s.n)
		return false;
	double bits = 0;
	for (size_t i = 0; i < 128; i++)
		if (count[i]) {
			double p = (double)count[i] / (double)s.n;
			bits -= p * log2(p);
		}
	return bits >= ENTROPY_BITS;
}

/* A known prefix at the beginning of s, and behind it enough characters of which one is a digit or capital: words
 * such as "sk-estimator-for-trees" are no keys. */
static bool known_key(str s)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (prefixes[i].prefix[0] != s.p[0] || !str_starts_c(s, prefixes[i].prefix))
			continue;
		str prefix = str_c(prefixes[i].prefix);
		size_t run = prefix.n;
		bool odd = false;
		for (; run < s.n && (is_alnum(s.p[run]) || s.p[run] == '_' || s.p[run] == '-'); run++)
			odd |= (s.p[run] >= '0' && s.p[run] <= '9') || (s.p[run] >= 'A' && s.p[run] <= 'Z');
		if (run - prefix.n >= prefixes[i].least && odd)
			return true;
	}
	return false;
}

#define KEY_LEAST 11 /* shortest prefix with what must follow it */

/* The second letters of the prefixes, by their first. */
static inline bool may_be_key(const char *p)
{
	switch (p[0]) {
	case 'g':
		return p[1] == 'h' || p[1] == 'i' || p[1] == 'l';
	case 'A':
		return p[1] == 'K' || p[1] == 'S' || p[1] == 'I' || p[1] == 'G';
	case 's':
	case 'r':
		return p[1] == 'k';
	case 'S':
		return p[1] == 'G';
	case 'x':
	case 'd':
		return p[1] == 'o';
	case 'n':
		return p[1] == 'p';
	case 'p':
	case 'e':
		return p[1] == 'y';
	case 'h':
		return p[1] == 'f';
	case 'y':
		return p[1] == 'a';
	default:
		return false;
	}
}

/* A word: where it ends, and whether one of its runs of letters and digits looks random or may begin a known key. */
struct word {
	size_t end;
	bool random, key;
};

static struct word read_word(str text, size_t from)
{
	struct word w = { .end = from };
	size_t run = from;
	for (;; w.end++) {
		unsigned char c = w.end < text.n ? classes[(unsigned char)text.p[w.end]] : 0;
		if (c & BYTE_ALNUM)
			continue;
		w.key |= w.end - run > 1 && may_be_key(text.p + run);
		if (w.end - run >= ENTROPY_LEAST_LENGTH && !w.random)
			w.random = random_run(str_sub(text, run, w.end - run));
		if (!(c & BYTE_WORD))
			return w;
		run = w.end + 1;
	}
}

static bool holds_key(str w)
{
	for (size_t i = 0; i + KEY_LEAST <= w.n; i++)
		if ((i == 0 || !is_alnum(w.p[i - 1])) && known_key(str_from(w, i)))
			return true;
	return false;
}

/* Length of the password in scheme://user:password@host that begins at `at` (just behind "://"), 0 if none. */
static size_t url_password(str text, size_t at, size_t *from)
{
	size_t colon = STR_NONE;
	for (size_t i = at; i < text.n && i < at + 300; i++) {
		char c = text.p[i];
		if (c == '/' || c == ' ' || c == '"' || c == '\'' || c == '\n')
			return 0;
		if (c == ':' && colon == STR_NONE)
			colon = i;
		if (c == '@') {
			*from = colon == STR_NONE ? at : colon + 1;
			return i - *from;
		}
	}
	return 0;
}

static bool is_separator(char c)
{
	return c == '=' || c == ':' || c == ' ' || c == '"' || c == '\'';
}

/* The last three letters of the names below: sorts out nearly every word. */
static inline bool ends_like_a_name(str s)
{
#define THREE(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))
	if (s.n < 3)
		return false;
	const unsigned char *last = (const unsigned char *)s.p + s.n - 3;
	switch (THREE(last[0] | 32, last[1] | 32, last[2] | 32)) {
	case THREE('o', 'r', 'd'):
	case THREE('s', 'w', 'd'):
	case THREE('a', 's', 'e'):
	case THREE('r', 'e', 't'):
	case THREE('k', 'e', 'n'):
	case THREE('k', 'e', 'y'):
	case THREE('r', 'e', 'r'):
	case THREE('i', 'o', 'n'):
	case THREE('s', 'i', 'g'):
	case THREE('u', 'r', 'e'):
		return true;
	default:
		return false;
	}
#undef THREE
}

/* Names whose value is a secret whatever it looks like: --password X, TOKEN=X, "Authorization: Bearer X". */
static bool secret_name(str before)
{
	static const char *const names[] = { "password",    "passwd",	     "passphrase", "secret",
					     "token",	    "api-key",	     "api_key",	   "apikey",
					     "bearer",	    "authorization", "auth-key",   "private-key",
					     "sig",	    "signature",     "access_key", "access-key",
					     "secret_key",  "secret-key",    "secretkey",  "encryption_key",
					     "signing_key", "master_key",    "_KEY" };
	while (before.n && is_separator(before.p[before.n - 1]))
		before.n--;
	if (!ends_like_a_name(before))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		str name = str_c(names[i]);
		bool whole = name.p[0] == '_'; /* SOME_KEY: a name of its own before it */
		str end = str_from(before, before.n >= name.n ? before.n - name.n : 0);
		if (before.n >= name.n && (whole ? str_eq(end, name) : str_ieq(end, name)) &&
		    (whole || before.n == name.n || strchr("-_ :'\"?&;", before.p[before.n - name.n - 1])))
			return true;
	}
	return false;
}

/* "curl -u name:password", "--user name:password": where the password of the word at `from` begins, 0 if it is none. */
static size_t user_password(str text, size_t from, size_t end)
{
	if (end >= text.n || text.p[end] != ':')
		return 0;
	str before = str_sub(text, 0, from);
	while (before.n && strchr(" \"'=", before.p[before.n - 1]))
		before.n--;
	if (!str_ends_c(before, " -u") && !str_ends_c(before, "--user") &&
	    !str_ends_c(before, "--proxy-user"))
		return 0;
	return end + 1;
}

/* Finds the next secret at or behind *at; sets [*at, *end). */
static bool next_secret(str text, size_t *at, size_t *end)
{
	size_t i = *at;
	while (i < text.n) {
		if (!is_word(text.p[i])) {
			i++;
			continue;
		}
		size_t from = i;
		const struct word seen = read_word(text, from);
		i = seen.end;
		str word = str_sub(text, from, i - from);
		size_t pw, pw_len;
		if ((pw = user_password(text, from, i)) > 0) {
			for (i = pw; i < text.n && !strchr(" \"'\n", text.p[i]);)
				i++;
			if (i > pw) {
				*at = pw;
				*end = i;
				return true;
			}
		}
		if (from >= 1 && text.p[from - 1] == ':' && str_starts_c(word, "//") &&
		    (pw_len = url_password(text, from + 2, &pw)) > 0) {
			*at = pw;
			*end = pw + pw_len;
			return true;
		}
		bool named = word.n >= 6 && from > 0 && is_separator(text.p[from - 1]) && word.p[0] != '-' &&
			     secret_name(str_sub(text, 0, from));
		if (named || seen.random || (seen.key && holds_key(word))) {
			*at = from;
			*end = i;
			return true;
		}
	}
	return false;
}

/* ---- what surely holds none --------------------------------------------------------------------------------------- */

#ifdef __SSE2__
#define BLOCK 64

/* Of the bytes of a block, bit by bit. */
struct marks {
	uint64_t alnum, separators, ats;
};

static inline struct marks marks_of(const char *p)
{
	struct marks m = { 0 };
	for (int i = 0; i < BLOCK; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		const __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
						    _mm_cmpeq_epi8(v, _mm_set1_epi8('\'')));
		const __m128i signs = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('=')),
						   _mm_cmpeq_epi8(v, _mm_set1_epi8(':')));
		const __m128i blanks = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
						    _mm_cmpeq_epi8(v, _mm_setzero_si128()));
		const __m128i separators = _mm_or_si128(_mm_or_si128(quotes, signs), blanks);
		const __m128i ats = _mm_cmpeq_epi8(v, _mm_set1_epi8('@'));
		m.alnum |= (uint64_t)(unsigned int)_mm_movemask_epi8(bytes_alnum(v)) << i;
		m.separators |= (uint64_t)(unsigned int)_mm_movemask_epi8(separators) << i;
		m.ats |= (uint64_t)(unsigned int)_mm_movemask_epi8(ats) << i;
	}
	return m;
}

/* Where twenty bits in a row begin: the least a random word has. */
static inline uint64_t twenty_in_a_row(uint64_t bits)
{
	const uint64_t two = bits & bits >> 1, four = two & two >> 2, eight = four & four >> 4;
	return eight & eight >> 8 & four >> 16;
}
static_assert(ENTROPY_LEAST_LENGTH == 20, "twenty_in_a_row is that long");

/* Whether a name that a secret follows ends before `end`, or perhaps "-u" or "--user". */
static bool may_announce(str text, size_t end)
{
	const str before = str_sub(text, 0, end);
	switch (end ? text.p[end - 1] : '\0') {
	case 'u':
		return str_ends_c(before, "-u");
	case 'r':
		if (str_ends_c(before, "user"))
			return true;
	}
	return ends_like_a_name(before) && secret_name(before);
}

/*
 * False only if next_secret finds nothing, told from the marks of 64 bytes at a time: no '@' of an address with a password,
 * no long run of letters and digits, no known key, no separators behind what announces a secret.  Nearly all commands and
 * paths end here.
 */
static bool may_hold_secret(str text)
{
	uint64_t in_run = 0, behind_separator = 0; /* of the byte before the block */
	size_t run = 0; /* letters and digits right before the block */
	for (size_t at = 0; at < text.n; at += BLOCK) {
		char part[BLOCK];
		const char *p = text.p + at;
		if (text.n - at < BLOCK) {
			memset(part, '\n', BLOCK); /* nothing of all that */
			memcpy(part, p, text.n - at);
			p = part;
		}
		const struct marks m = marks_of(p);
		if (m.ats || twenty_in_a_row(m.alnum))
			return true;
		const size_t lead =
			(size_t)__builtin_ctzll(~m.alnum); /* less than twenty, so some bit is not set */
		if (run + lead >= ENTROPY_LEAST_LENGTH)
			return true;
		run = (size_t)__builtin_clzll(~m.alnum);
		uint64_t starts = m.alnum & ~(m.alnum << 1 | in_run);
		for (; starts; starts &= starts - 1) {
			const size_t i = at + (size_t)__builtin_ctzll(starts);
			if (i + 1 < text.n && may_be_key(text.p + i) && known_key(str_from(text, i)))
				return true;
		}
		uint64_t ends = m.separators & ~(m.separators << 1 | behind_separator);
		for (; ends; ends &= ends - 1)
			if (may_announce(text, at + (size_t)__builtin_ctzll(ends)))
				return true;
		in_run = m.alnum >> 63;
		behind_separator = m.separators >> 63;
	}
	return false;
}
#else
static bool may_hold_secret(str text)
{
	return text.n > 0;
}
#endif

bool secret_in(str text)
{
	size_t at = 0, end;
	if (text.n == 0)
		return false;
	return (may_hold_secret(text) && next_secret(text, &at, &end)) ||
	       str_find(text, STR("-----BEGIN ")) != STR_NONE;
}

void secret_redact(struct buf *out, str text)
{
	size_t done = 0, at = 0, end;
	while (next_secret(text, &at, &end)) {
		buf_add(out, str_sub(text, done, at - done));
		buf_add_c(out, "REDACTED");
		done = at = end;
	}
	buf_add(out, str_from(text, done));
}
