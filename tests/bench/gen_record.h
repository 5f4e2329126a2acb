/*
 * gen_record: the lines of a made-up conversation, in the form and the proportions of real ones.
 */
#ifndef HEADROOM_TESTS_BENCH_GEN_RECORD_H
#define HEADROOM_TESTS_BENCH_GEN_RECORD_H

#include <stdio.h>

#include "tests/bench/gen_text.h"

struct gen {
	struct text text;
	double scale; /* of the texts of results */
	/* The session being written; the caller sets these. */
	FILE *file;
	struct buf line;
	char session[UUID_SIZE], last[UUID_SIZE];
	const char *cwd;
	bool sidechain;
	int64_t clock; /* ms */
	/* What was written. */
	struct vec sizes; /* of uint32_t, the length of each line */
	uint64_t bytes, result_bytes, calls, failures;
};

void gen_prompt(struct gen *g);
/* A tool call with its result and what surrounds it; `body` is scratch space. */
void gen_exchange(struct gen *g, struct buf *body);

#endif
