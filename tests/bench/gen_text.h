/*
 * gen_text: chance and text for made-up logs, the same on each run.
 */
#ifndef HEADROOM_TESTS_BENCH_GEN_TEXT_H
#define HEADROOM_TESTS_BENCH_GEN_TEXT_H

#include "core/base/buf.h"
#include "core/base/vec.h"

struct text {
	uint64_t seed;
	struct buf pool; /* escaped text to cut from */
	struct vec lines; /* of size_t: where its lines begin */
};

void text_init(struct text *t, uint64_t seed);
void text_release(struct text *t);

uint64_t random_bits(struct text *t);
size_t pick(struct text *t, size_t n); /* below n */
bool chance(struct text *t, double p);
/* Log-normal: most are near the middle, a few are huge. */
size_t size_around(struct text *t, double middle, double spread);
#define UUID_SIZE 40
void make_uuid(struct text *t, char out[static UUID_SIZE]);

/* About n bytes of code, prose or output: whole lines, escaped as in a JSON string. */
str some_text(struct text *t, size_t n);
const char *some_word(struct text *t);

#endif
