#include "analyzers/needles.h"

#include <assert.h>

static unsigned char fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static uint32_t hash_of(uint32_t window)
{
	return (window & 0xffffff) * 0x9e3779b1u >> 17; /* 15 bits */
}

void needles_init(struct needles *s)
{
	memset(s, 0, sizeof(*s));
	memset(s->first, -1, sizeof(s->first));
}

int needles_add(struct needles *s, str text)
{
	assert(text.n >= 3 && s->n < NEEDLES_MAX);
	for (int i = 0; i < s->n; i++)
		if (str_eq(s->text[i], text))
			return i;
	uint32_t window = (uint32_t)(unsigned char)text.p[0] << 16 | (uint32_t)(unsigned char)text.p[1] << 8 |
			  (unsigned char)text.p[2];
	uint32_t h = hash_of(window);
	s->window[h >> 6] |= (uint64_t)1 << (h & 63);
	s->text[s->n] = text;
	s->next[s->n] = s->first[h & 255];
	s->first[h & 255] = (int16_t)s->n;
	return s->n++;
}

static bool stands_at(str needle, str line, size_t at)
{
	if (line.n - at < needle.n)
		return false;
	for (size_t i = 0; i < needle.n; i++)
		if (fold(line.p[at + i]) != (unsigned char)needle.p[i])
			return false;
	return true;
}

void needles_find(const struct needles *s, str line, struct needle_set *out)
{
	memset(out, 0, sizeof(*out));
	if (line.n < 3)
		return;
	uint32_t window = (uint32_t)fold(line.p[0]) << 8 | fold(line.p[1]);
	for (size_t i = 2; i < line.n; i++) {
		window = window << 8 | fold(line.p[i]);
		uint32_t h = hash_of(window);
		if (!(s->window[h >> 6] >> (h & 63) & 1))
			continue;
		for (int k = s->first[h & 255]; k >= 0; k = s->next[k])
			if (!needle_in(out, k) && stands_at(s->text[k], line, i - 2))
				needle_put(out, k);
	}
}
