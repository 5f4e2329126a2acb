/*
 * gen_texts: results of tools, made up, the same bytes each time, for timing the compressors.
 *	gen_texts results|log|grep N	N rows of a web search as JSON, lines of a log, matches in 20 files
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 1;

static unsigned some(unsigned n) /* [0, n) */
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % n;
}

static const char *word(void)
{
	static const char *const words[] = { "cache", "lease", "replica", "cursor", "buffer", "token",
					     "shard", "index", "queue",	  "worker", "stream", "page" };

	return words[some(sizeof(words) / sizeof(*words))];
}

static void results(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		printf("%s{\"title\":\"The %s of the "
		       "%s\",\"url\":\"https://docs%u.example.org/%s/%s/%u\",\"snippet\":\"",
		       i ? "," : "[", word(), word(), some(40), word(), word(), some(100000));
		for (int k = 0; k < 4; k++)
			printf("%sThe %s holds a %s until the %s has read its %s.", k ? " " : "", word(),
			       word(), word(), word());
		printf("\",\"score\":%.4f,\"published\":\"2025-%02u-%02u\",\"rank\":%u}", 1 - (double)i / n,
		       1 + some(12), 1 + some(28), i + 1);
	}
	puts("]");
}

static void log_lines(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		printf("2026-03-15 12:%02u:%02u.%03u %s %s.%s: request %u took %u ms (attempt %u) id=%08x\n",
		       i / 60 % 60, i % 60, some(1000),
		       i % 97 == 13  ? "ERROR"
		       : i % 41 == 5 ? "WARN"
				     : "INFO",
		       word(), word(), i, some(400), some(4), some(UINT32_MAX));
}

static void matches(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		printf("src/%s/part_%" PRIu64 ".c:%u:\treturn %s_%s(ctx, %u); /* %s */\n", "core",
		       (uint64_t)i * 20 / n, i * 20 % n / 20 * 3 + 1, word(), word(), some(1000),
		       some(50) ? word() : "TODO");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*write)(unsigned);
	} kinds[] = { { "results", results }, { "log", log_lines }, { "grep", matches } };

	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			kinds[i].write((unsigned)strtoul(argv[2], NULL, 10));
			return 0;
		}
	fprintf(stderr, "usage: gen_texts results|log|grep N\n");
	return 2;
}
