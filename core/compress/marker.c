#include "core/compress/marker.h"

#include "core/base/sha256.h"

enum {
	MARKER_MAX = 1024, /* bytes before the hash; what we write ourselves is far shorter */
	TAIL_MAX = 64, /* bytes between the hash and the bracket that closes the marker */
	HASH_MIN = 6, /* of hashes in older texts */
	MINUTE = 60
};

void marker_hash(str original, char out[static MARKER_HASH + 1])
{
	sha256_hex(original, out, MARKER_HASH);
}

void marker_put(struct buf *out, str what, const char *hash, long ttl_seconds)
{
	bool minutes = ttl_seconds % MINUTE == 0;

	buf_add_ch(out, '[');
	buf_add(out, what);
	buf_printf(out, ". Retrieve: hash=%s. Expires in %ld%c.]", hash,
		   minutes ? ttl_seconds / MINUTE : ttl_seconds, minutes ? 'm' : 's');
}

/* What stands right before a hash: ours first, then the forms of other releases. */
static const str phrases[] = {
	{ "Retrieve: hash=", 15 },	     { "Retrieve more: hash=", 20 },
	{ "Retrieve full diff: hash=", 25 }, { "Retrieve original: hash=", 24 },
	{ "with reference '", 16 },
};
/* The ends by which they are found. */
static const str hooks[] = { { "hash=", 5 }, { "reference '", 11 } };

enum {
	PHRASES = sizeof(phrases) / sizeof(*phrases),
	HOOKS = sizeof(hooks) / sizeof(*hooks)
};

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The hash at the start of s; its length, 0 if there is none. */
static size_t take_hash(str s, char out[static MARKER_HASH + 1])
{
	size_t n = 0;

	memset(out, 0, MARKER_HASH + 1);
	while (n < s.n && n <= MARKER_HASH && is_hex(s.p[n]))
		n++;
	if (n < HASH_MIN || n > MARKER_HASH)
		return 0;
	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'F' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	return n;
}

static bool is_lead(char c) /* blanks and what opens a comment */
{
	return strchr(" \t#/*-;%<!", c) && c;
}

/* A marker stands at the beginning of a line, perhaps behind a comment sign, or of a JSON string. */
static bool opens(str text, size_t bracket)
{
	size_t i = bracket;

	while (i > 0 && bracket - i < 8 && is_lead(text.p[i - 1]))
		i--;
	if (i == 0 || text.p[i - 1] == '\n')
		return true;
	if (i == bracket && text.p[i - 1] == '"')
		return true;
	return i >= 2 && text.p[i - 1] == 'n' && text.p[i - 2] == '\\'; /* a line of an escaped text */
}

/* Whether a bracket that opens a marker stands in text before `at`, on its line and not before `floor`. */
static bool opened(str text, size_t at, size_t floor)
{
	size_t low = at > MARKER_MAX && at - MARKER_MAX > floor ? at - MARKER_MAX : floor, i = at;

	while (i > low && text.p[i - 1] != '\n') {
		if (text.p[--i] == '[' && opens(text, i))
			return true;
	}
	return false;
}

/* The phrase that ends at `end`: where it begins, STR_NONE if there is none. */
static size_t phrase_before(str text, size_t end)
{
	for (size_t i = 0; i < PHRASES; i++)
		if (str_ends(str_sub(text, 0, end), phrases[i]))
			return end - phrases[i].n;
	return STR_NONE;
}

bool marker_next(str *text, char out[static MARKER_HASH + 1])
{
	size_t next[HOOKS], at = 0, floor = 0;

	for (size_t i = 0; i < HOOKS; i++)
		next[i] = str_find(*text, hooks[i]);
	for (;;) {
		size_t h = next[1] < next[0], found = next[h], start, n, close;

		if (found == STR_NONE)
			break;
		at = found + hooks[h].n;
		start = phrase_before(*text, at);
		n = start == STR_NONE ? 0 : take_hash(str_from(*text, at), out);
		if (n) {
			close = str_chr(str_sub(*text, at + n, TAIL_MAX), ']');
			if (close != STR_NONE && opened(*text, start, floor)) {
				*text = str_from(*text, at + n + close + 1);
				return true;
			}
			floor = close == STR_NONE ? floor : start; /* looked at up to here */
		}
		next[h] = str_find(str_from(*text, at), hooks[h]);
		if (next[h] != STR_NONE)
			next[h] += at;
	}
	*text = str_from(*text, text->n);
	memset(out, 0, MARKER_HASH + 1);
	return false;
}

bool marker_in(str text)
{
	char hash[MARKER_HASH + 1];

	return marker_next(&text, hash);
}
