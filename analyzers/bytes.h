/*
 * bytes: numbers in the packed forms: LEB128 varints, zigzag for signed ones, 8 raw bytes for hashes.  Private to analyzers/.
 */
#ifndef HEADROOM_ANALYZERS_BYTES_H
#define HEADROOM_ANALYZERS_BYTES_H

#include "core/base/buf.h"

#define VARINT_MAX 10 /* bytes of the longest varint */

static inline void put_u64(struct buf *b, uint64_t v)
{
	char *to;
	if (b->cap - b->n <= VARINT_MAX && !buf_room(b, VARINT_MAX))
		return;
	for (to = b->p + b->n; v >= 0x80; v >>= 7)
		*to++ = (char)(v | 0x80);
	*to++ = (char)v;
	*to = '\0';
	b->n = (size_t)(to - b->p);
}

static inline void put_i64(struct buf *b, int64_t v)
{
	put_u64(b, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

static inline void put_raw64(struct buf *b, uint64_t v)
{
	buf_add(b, (str){ (const char *)&v, sizeof(v) });
}

struct bytes { /* being read; bad once anything was missing, and everything is 0 from then on */
	const char *p, *end;
	bool bad;
};

static inline uint64_t get_u64(struct bytes *b)
{
	uint64_t v = 0;
	for (int shift = 0; shift < 64 && b->p < b->end; shift += 7) {
		unsigned char c = (unsigned char)*b->p++;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return v;
	}
	b->bad = true;
	return 0;
}

static inline int64_t get_i64(struct bytes *b)
{
	uint64_t v = get_u64(b);
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static inline uint64_t get_raw64(struct bytes *b)
{
	uint64_t v = 0;
	if (b->end - b->p < 8) {
		b->bad = true;
		return 0;
	}
	memcpy(&v, b->p, 8);
	b->p += 8;
	return v;
}

#endif
