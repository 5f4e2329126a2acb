/*
 * similar: how much of one content is found in another, the way git counts it: by bytes of lines, whatever their order.
 */
#include "core/git/git.h"

#define MAX_CHUNK 64 /* a line without end, as in binary files, is cut */

struct chunk {
	uint64_t hash, bytes;
};

static int by_hash(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static str next_chunk(str *rest)
{
	size_t n = str_chr(str_sub(*rest, 0, MAX_CHUNK), '\n');
	str piece = str_sub(*rest, 0, n == STR_NONE ? MAX_CHUNK : n + 1);

	*rest = str_from(*rest, piece.n);
	return piece;
}

/* The line ends of another system make no other line. */
static uint64_t chunk_hash(str piece)
{
	if (str_ends_c(piece, "\r\n"))
		piece.n -= 2;
	else if (str_ends_c(piece, "\n"))
		piece.n -= 1;
	return str_hash(piece);
}

void signature_make(struct arena *a, str content, struct signature *out)
{
	struct vec chunks;
	size_t n = 0;

	*out = (struct signature){ .bytes = content.n };
	vec_init(&chunks, sizeof(struct chunk));
	while (content.n > 0) {
		str piece = next_chunk(&content);

		*(struct chunk *)vec_push(&chunks) = (struct chunk){ chunk_hash(piece), piece.n };
	}
	vec_sort(&chunks, by_hash);
	out->chunks = arena_array(a, chunks.n, sizeof(struct chunk));
	for (size_t i = 0; i < chunks.n; i++) {
		const struct chunk *chunk = vec_at(&chunks, i);

		if (n > 0 && out->chunks[n - 1].hash == chunk->hash)
			out->chunks[n - 1].bytes += chunk->bytes;
		else
			out->chunks[n++] = *chunk;
	}
	out->n = n;
	vec_release(&chunks);
}

unsigned signature_compare(const struct signature *x, const struct signature *y)
{
	uint64_t larger = x->bytes > y->bytes ? x->bytes : y->bytes, common = 0;
	size_t i = 0, j = 0;

	while (i < x->n && j < y->n) {
		const struct chunk *p = &x->chunks[i], *q = &y->chunks[j];

		if (p->hash == q->hash)
			common += p->bytes < q->bytes ? p->bytes : q->bytes;
		i += p->hash <= q->hash;
		j += q->hash <= p->hash;
	}
	return larger > 0 ? (unsigned)(common * 100 / larger) : 0;
}
