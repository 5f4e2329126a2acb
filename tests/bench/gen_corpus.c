/*
 * gen_corpus: writes made-up session logs in Claude Code's form, as large and as mixed as real ones, the
 * same on each run, and prints how close it came.
 *	gen_corpus DIR AMOUNT [FILES [PERCENT]]
 * AMOUNT is a number of bytes, or of calls with a "c" behind it.  PERCENT scales the texts of results: 100
 * is what real logs have (10.6 KB a call; lines 2.6 KB on average, 1.1 KB in the middle, 30 KB at the 99th
 * percentile; half of the bytes on lines with results), less makes more calls of the same bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "scanners/claude.h"
#include "tests/bench/gen_record.h"

#define FILE_BYTES 270000 /* of an average session */
#define FLUSH ((size_t)1 << 20)

static const char *const projects[] = { "app",	   "app-worktree", "headroom", "site.example",
					"tools",   "lib_core",	   "notes",    "My Project",
					"service", "web/frontend", "web/api",  "infra" };

/* The file of a new session, or of a sub-agent of one. */
static FILE *open_session(struct gen *g, struct arena *a, const char *dir)
{
	str folder = claude_encode(a, str_c(g->cwd)), name;
	struct error err;
	FILE *file;

	folder = arena_printf(a, "%s/projects/%.*s", dir, STR_ARG(folder));
	name = arena_printf(a, "%s.jsonl", g->session);
	if (g->sidechain) {
		folder = arena_printf(a, "%.*s/%s/subagents", STR_ARG(folder), g->session);
		name = arena_printf(a, "agent-%08x.jsonl", (unsigned)random_bits(&g->text));
	}
	if (fs_mkdirs(arena_c(a, folder), 0755, &err)) {
		fprintf(stderr, "gen_corpus: %s\n", err.message);
		exit(1);
	}
	file = fopen(path_join(a, folder, name).p, "wb");
	if (!file) {
		perror("gen_corpus");
		exit(1);
	}
	setvbuf(file, NULL, _IOFBF, FLUSH);
	return file;
}

/* Ends behind so many bytes or calls, whichever is not 0. */
static void write_session(struct gen *g, const char *dir, uint64_t bytes, uint64_t calls)
{
	uint64_t end_bytes = g->bytes + bytes, end_calls = g->calls + calls;
	const char *project = projects[pick(&g->text, sizeof(projects) / sizeof(*projects))];
	struct buf body;
	struct arena a;

	arena_init(&a);
	buf_init(&body, 8 << 20);
	g->cwd = arena_c(&a, arena_printf(&a, "/home/dev/work/%s", project));
	make_uuid(&g->text, g->session);
	make_uuid(&g->text, g->last);
	g->sidechain = calls == 0 && chance(&g->text, 0.1);
	g->file = open_session(g, &a, dir);
	gen_prompt(g);
	do
		gen_exchange(g, &body);
	while (g->bytes < end_bytes || g->calls < end_calls);
	fclose(g->file);
	buf_release(&body);
	arena_release(&a);
}

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void report(struct gen *g, size_t files)
{
	uint32_t *sizes = g->sizes.p;
	size_t n = g->sizes.n;

	qsort(sizes, n, sizeof(*sizes), by_size);
	printf("%zu files, %zu lines, %" PRIu64 " bytes, %" PRIu64 " calls, %" PRIu64
	       " of them failed; a call %.1f KB; "
	       "a line %.2f KB on average, %.2f KB p50, %.1f KB p99, %.0f KB at most; %.0f %% on lines with "
	       "results\n",
	       files, n, g->bytes, g->calls, g->failures, (double)g->bytes / 1e3 / (double)g->calls,
	       (double)g->bytes / 1e3 / (double)n, sizes[n / 2] / 1e3, sizes[n / 100 * 99] / 1e3,
	       sizes[n - 1] / 1e3, 100.0 * (double)g->result_bytes / (double)g->bytes);
}

int main(int argc, char **argv)
{
	char *unit = NULL;
	uint64_t amount = argc > 2 ? strtoull(argv[2], &unit, 10) : 0, left;
	bool by_calls = unit && *unit == 'c';
	size_t files = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, done;
	struct gen g = { .clock = 1767258000000, .scale = argc > 4 ? atof(argv[4]) / 100 : 1 };

	if (amount == 0) {
		fprintf(stderr, "usage: gen_corpus DIR AMOUNT [FILES [PERCENT]]\n");
		return 2;
	}
	files = by_calls ? 1 : files ? files : amount / FILE_BYTES + 1;
	text_init(&g.text, 20260302);
	buf_init(&g.line, 32 << 20);
	vec_init(&g.sizes, sizeof(uint32_t));
	for (done = 0; done < files; done++) { /* sessions differ in size; the last one takes what is left */
		left = amount > g.bytes ? amount - g.bytes : 0;
		if (by_calls)
			write_session(&g, argv[1], 0, amount);
		else if (done + 1 == files)
			write_session(&g, argv[1], left, 0);
		else
			write_session(&g, argv[1],
				      size_around(&g.text, (double)(left / (files - done)) * 0.6, 1.0), 0);
	}
	report(&g, done);
	vec_release(&g.sizes);
	buf_release(&g.line);
	text_release(&g.text);
	return 0;
}
