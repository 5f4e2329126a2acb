/*
 * fuzz_token: any bytes as text.  Both vocabularies count the same with and without a cache, whether it has met the
 * pieces or not; the pieces are the text; and each piece has as many tokens as the plainest way to merge finds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/token/bpe.h"
#include "core/token/embed.h"
#include "core/token/split.h"
#include "core/token/token.h"

/* The plainest way takes the square of this; windows of long pieces are shorter. */
#define PIECE_MAX 3000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Looks all pairs up, merges the lowest, and that until there is none. */
static size_t merge_plainly(const struct bpe *b, const char *p, size_t n)
{
	static uint32_t start[PIECE_MAX + 1], rank[PIECE_MAX];
	size_t parts = n;

	if (bpe_rank(b, p, n, n) != BPE_NONE)
		return 1;
	for (size_t i = 0; i <= n; i++)
		start[i] = (uint32_t)i;
	for (size_t i = 0; i + 1 < n; i++)
		rank[i] = bpe_rank(b, p + i, 2, 2);
	for (;;) {
		size_t best = 0;

		for (size_t i = 1; i + 1 < parts; i++)
			if (rank[i] < rank[best])
				best = i;
		if (parts < 2 || rank[best] == BPE_NONE)
			return parts;
		parts--;
		for (size_t i = best + 1; i <= parts; i++)
			start[i] = start[i + 1];
		for (size_t i = best; i + 1 < parts; i++)
			rank[i] = rank[i + 1];
		for (size_t i = best > 0 ? best - 1 : 0; i <= best && i + 1 < parts; i++)
			rank[i] = bpe_rank(b, p + start[i], start[i + 2] - start[i], start[i + 2] - start[i]);
	}
}

static size_t count_plainly(const struct bpe *b, split_fn *split, str text)
{
	const char *p = text.p, *end = text.p + text.n, *next;
	size_t count = 0;

	for (; p < end; p = next) {
		next = split(p, end);
		require(next > p && next <= end);
		count += merge_plainly(b, p, (size_t)(next - p));
	}
	return count;
}

static void check(const char *name, const struct bpe *b, split_fn *split, str text)
{
	const struct tokenizer *t = tokenizer_by_name(name);
	struct token_cache *c = token_cache_new();
	size_t count = token_count(t, NULL, text);

	require(token_count(t, c, text) == count);
	require(token_count(t, c, text) == count);
	require(count <= 3 * text.n && (count > 0) == (text.n > 0));
	if (utf8_valid(text) && text.n <= PIECE_MAX)
		require(count_plainly(b, split, text) == count);
	token_cache_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct bpe o200k = { embed_o200k }, cl100k = { embed_cl100k };
	str text = { (const char *)data, size };

	check("o200k_base", &o200k, split_o200k, text);
	check("cl100k_base", &cl100k, split_cl100k, text);
	require((token_estimate(text) > 0) == (size > 0));
	return 0;
}
