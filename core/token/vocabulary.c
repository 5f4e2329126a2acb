#include "core/token/vocabulary.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/token/bpe.h"
#include "core/token/embed.h"
#include "core/token/split.h"

static const struct {
	struct bpe bpe;
	split_fn *split;
} vocabularies[VOCABULARY_COUNT] = {
	[VOCABULARY_O200K] = { { embed_o200k }, split_o200k },
	[VOCABULARY_CL100K] = { { embed_cl100k }, split_cl100k },
};

/* ---- pieces met before ---- */

#define CACHE_BITS 15
#define CACHE_PIECE \
	15 /* bytes of the longest piece remembered; neither it nor its tokens need more than 4 bits */

struct token_cache {
	/* NULL until the first count.  An entry is the key of a piece with its length and its tokens in the last byte,
	 * which the key leaves free; without a piece it is zeros. */
	struct bpe_key *entries[VOCABULARY_COUNT];
};

struct token_cache *token_cache_new(void)
{
	return xcalloc(1, sizeof(struct token_cache));
}

void token_cache_free(struct token_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < VOCABULARY_COUNT; i++)
		free(c->entries[i]);
	free(c);
}

static struct bpe_key *entries_of(struct token_cache *c, enum vocabulary v)
{
	if (!c)
		return NULL;
	if (!c->entries[v])
		c->entries[v] = xcalloc((size_t)1 << CACHE_BITS, sizeof(struct bpe_key));
	return c->entries[v];
}

#define ENTRY_LENGTH_SHIFT 60
#define ENTRY_COUNT_SHIFT 56
#define ENTRY_COUNT_MASK ((uint64_t)15 << ENTRY_COUNT_SHIFT)

/* `room` is how many bytes may be read at p. */
static size_t count_piece(const struct bpe *b, struct bpe_key *entries, const char *p, size_t n, size_t room)
{
	struct bpe_key wanted;
	struct bpe_key *e;
	size_t count;

	if (!entries || n > CACHE_PIECE)
		return bpe_count(b, p, n, room);
	wanted = bpe_key(p, n, room);
	wanted.high |= (uint64_t)n << ENTRY_LENGTH_SHIFT;
	e = &entries[(wanted.low ^ wanted.high * 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL >>
		     (64 - CACHE_BITS)];
	if (e->low == wanted.low && (e->high & ~ENTRY_COUNT_MASK) == wanted.high)
		return (size_t)((e->high & ENTRY_COUNT_MASK) >> ENTRY_COUNT_SHIFT);
	count = bpe_count(b, p, n, room);
	assert(count > 0 && count <= n);
	wanted.high |= (uint64_t)count << ENTRY_COUNT_SHIFT;
	*e = wanted;
	return count;
}

/* ---- text that is not UTF-8 ---- */

/* Length of the invalid sequence at the start: as much of it as could have begun a valid one, at least a byte (the
 * "maximal subpart" of Unicode 3.9, which the WHATWG decoder replaces by one U+FFFD). */
static size_t invalid_length(str s)
{
	unsigned char lead = (unsigned char)s.p[0], second;
	size_t n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, i;

	if (lead < 0xc2 || lead > 0xf4 || s.n < 2)
		return 1;
	second = (unsigned char)s.p[1];
	if (second < (lead == 0xe0   ? 0xa0
		      : lead == 0xf0 ? 0x90
				     : 0x80) ||
	    second > (lead == 0xed   ? 0x9f
		      : lead == 0xf4 ? 0x8f
				     : 0xbf))
		return 1;
	for (i = 2; i < n && i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80; i++)
		;
	return i;
}

static void add_replaced(struct buf *out, str text)
{
	while (text.n > 0) {
		size_t n = 0, len;

		while (n < text.n) {
			if (utf8_decode(str_from(text, n), &len) == 0xfffd && len == 1)
				break;
			n += len;
		}
		buf_add(out, str_sub(text, 0, n));
		text = str_from(text, n);
		if (text.n > 0) {
			buf_add_c(out, "\xef\xbf\xbd");
			text = str_from(text, invalid_length(text));
		}
	}
}

static size_t count_valid(enum vocabulary v, struct token_cache *c, str text)
{
	const struct bpe *b = &vocabularies[v].bpe;
	split_fn *split = vocabularies[v].split;
	struct bpe_key *entries = entries_of(c, v);
	const char *p = text.p, *end = text.p + text.n, *next;
	size_t count = 0;

	for (; p < end; p = next) {
		next = split(p, end);
		count += count_piece(b, entries, p, (size_t)(next - p), (size_t)(end - p));
	}
	return count;
}

size_t vocabulary_count(enum vocabulary v, struct token_cache *c, str text)
{
	struct buf replaced;
	size_t count;

	if (text.n == 0)
		return 0;
	if (utf8_valid(text))
		return count_valid(v, c, text);
	buf_init(&replaced, SIZE_MAX);
	add_replaced(&replaced, text);
	count = count_valid(v, c, buf_str(&replaced));
	buf_release(&replaced);
	return count;
}
