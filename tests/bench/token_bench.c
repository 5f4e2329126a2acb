/*
 * token_bench: counts tokens, for tests/bench/token.sh.
 *
 *	token_bench time NAME FILE	best of five counts of the file: tokens, megabytes a second
 *	token_bench count NAME		counts of the texts on standard input, a line each; before each text its length
 *					in bytes, 4 of them, the lowest first
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/token/token.h"

#define RUNS 5

static int fail(const char *message)
{
	fprintf(stderr, "token_bench: %s\n", message);
	return 1;
}

static int time_file(const struct tokenizer *t, const char *path)
{
	int64_t best = INT64_MAX;
	size_t tokens = 0;
	struct buf text;
	struct error err;

	buf_init(&text, SIZE_MAX);
	if (fs_read_file(path, &text, &err) != STATUS_OK)
		return fail(err.message);
	for (int i = 0; i < RUNS; i++) {
		struct token_cache *c = token_cache_new();
		int64_t start = env_monotonic_us(), took;

		tokens = token_count(t, c, buf_str(&text));
		took = env_monotonic_us() - start;
		best = took < best ? took : best;
		token_cache_free(c);
	}
	printf("%zu %.2f\n", tokens, (double)text.n / (double)(best > 0 ? best : 1));
	buf_release(&text);
	return 0;
}

static int count_texts(const struct tokenizer *t)
{
	struct token_cache *c = token_cache_new();
	unsigned char head[4];
	struct buf text;

	buf_init(&text, SIZE_MAX);
	while (fread(head, sizeof(head), 1, stdin) == 1) {
		size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
		char *room;

		buf_clear(&text);
		room = buf_room(&text, n);
		if (fread(room, 1, n, stdin) != n)
			return fail("a text is cut short");
		buf_commit(&text, n);
		printf("%zu\n", token_count(t, c, buf_str(&text)));
	}
	buf_release(&text);
	token_cache_free(c);
	return 0;
}

int main(int argc, char **argv)
{
	const struct tokenizer *t = argc > 2 ? tokenizer_by_name(argv[2]) : NULL;

	if (!t)
		return fail("usage: token_bench time NAME FILE | count NAME");
	if (strcmp(argv[1], "time") == 0 && argc > 3)
		return time_file(t, argv[3]);
	return count_texts(t);
}
