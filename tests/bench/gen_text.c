#include "tests/bench/gen_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define POOL ((size_t)4 << 20)

/* ---- chance ---- */

uint64_t random_bits(struct text *t)
{
	t->seed += 0x9e3779b97f4a7c15ULL;
	return hash_mix(t->seed, 0xbf58476d1ce4e5b9ULL);
}

size_t pick(struct text *t, size_t n)
{
	return (size_t)(random_bits(t) >> 16) % n;
}

bool chance(struct text *t, double p)
{
	return (double)(random_bits(t) >> 11) / 9007199254740992.0 < p;
}

/* Log-normal: most are near the middle, a few are huge. */
size_t size_around(struct text *t, double middle, double spread)
{
	double sum = 0, size;

	for (int i = 0; i < 12; i++)
		sum += (double)(random_bits(t) >> 11) / 9007199254740992.0;
	size = middle * exp((sum - 6) * spread);
	return size < 2e6 ? (size_t)size : 2000000;
}

void make_uuid(struct text *t, char out[static UUID_SIZE])
{
	uint64_t a = random_bits(t), b = random_bits(t);

	snprintf(out, UUID_SIZE, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-a%03" PRIx64 "-%012" PRIx64,
		 a >> 32, a & 0xffff, a >> 16 & 0xfff, b & 0xfff, b >> 16);
}

/* ---- text ---- */

static const char *const words[] = {
	"return", "static", "const",  "result", "value", "index",  "error",  "config", "session",
	"the",	  "of",	    "and",    "import", "from",	 "struct", "buffer", "length", "module",
	"path",	  "parse",  "token",  "state",	"if (x", "for (i", "} else", "null",   "true",
	"0x1f",	  "->next", "&&",     "==",	"+= 1;", "line",   "test",   "update", "render",
	"handle", "client", "server", "query",	"build", "target", "output", "input",
};

/* One line of code, prose or output, escaped. */
static void pool_line(struct text *t)
{
	struct buf *b = &t->pool;
	size_t n = pick(t, 14);

	if (chance(t, 0.3))
		buf_printf(b, "%6d\\t", (int)pick(t, 2000));
	for (size_t i = pick(t, 5); i > 0; i--)
		buf_add_c(b, "    ");
	for (size_t i = 0; i < n; i++) {
		const char *word = words[pick(t, sizeof(words) / sizeof(*words))];

		if (chance(t, 0.06))
			buf_printf(b, "\\\"%s\\\" ", word);
		else
			buf_printf(b, "%s ", word);
	}
	if (chance(t, 0.005))
		buf_add_c(b, "\\u001b[32mok\\u001b[0m ");
	if (chance(t, 0.04))
		buf_add_c(b, "caf\xc3\xa9 \xe2\x86\x92 \xf0\x9f\x9a\x80 ");
	if (chance(t, 0.03))
		buf_add_c(b, "C:\\\\temp\\\\new \\\\d+ ");
	buf_add_c(b, "\\n");
}

void text_init(struct text *t, uint64_t seed)
{
	t->seed = seed;
	buf_init(&t->pool, POOL + 4096);
	vec_init(&t->lines, sizeof(size_t));
	while (t->pool.n < POOL) {
		*(size_t *)vec_push(&t->lines) = t->pool.n;
		pool_line(t);
	}
}

/* About n bytes of the pool, whole lines. */
str some_text(struct text *t, size_t n)
{
	size_t count = t->lines.n, at = pick(t, count), from = *(size_t *)vec_at(&t->lines, at), to = at;

	while (to + 1 < count && *(size_t *)vec_at(&t->lines, to) < from + n)
		to++;
	return str_sub(buf_str(&t->pool), from, *(size_t *)vec_at(&t->lines, to) - from);
}

const char *some_word(struct text *t)
{
	return words[pick(t, sizeof(words) / sizeof(*words))];
}

void text_release(struct text *t)
{
	vec_release(&t->lines);
	buf_release(&t->pool);
}
