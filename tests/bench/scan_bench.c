/*
 * scan_bench: the Claude scanner alone, over every log below a folder, on N threads.
 *	scan_bench CLAUDE_DIR THREADS [REPEAT]
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/work.h"
#include "core/json/jget.h"
#include "scanners/scanner.h"

#define WORKERS_MAX 64

struct worker {
	void *reader;
	uint64_t events[EVENT_KIND_COUNT], outcomes[OUTCOME_COUNT], bytes, lines, skipped, unknown, text;
	char apart[64]; /* counters of two workers never share a cache line */
};

struct scan {
	const struct scanner *scanner;
	const struct vec *files;
	struct worker workers[WORKERS_MAX];
};

static bool scan_file(void *ctx, int worker, size_t item)
{
	struct scan *scan = ctx;
	struct worker *w = &scan->workers[worker];
	struct scan_stats stats;
	struct event event;
	uint64_t offset;
	uint32_t line;

	if (!w->reader)
		w->reader = scan->scanner->open(true);
	if (scan->scanner->start(w->reader, vec_at(scan->files, item), 0, 1, NULL))
		return true;
	while (scan->scanner->next(w->reader, &event, NULL) == STATUS_OK) {
		w->events[event.kind]++;
		w->outcomes[event.outcome]++;
		w->text += event.text_bytes;
	}
	scan->scanner->position(w->reader, &offset, &line, &stats);
	w->bytes += stats.bytes;
	w->lines += stats.lines;
	w->skipped += stats.skipped;
	w->unknown += stats.unknown_kinds;
	return true;
}

static int largest_first(const void *a, const void *b)
{
	const struct session_file *x = a, *y = b;

	return (x->size < y->size) - (x->size > y->size);
}

static struct worker total(const struct scan *scan)
{
	struct worker sum = { 0 };

	for (int i = 0; i < WORKERS_MAX; i++) {
		const struct worker *w = &scan->workers[i];

		sum.bytes += w->bytes;
		sum.lines += w->lines;
		sum.skipped += w->skipped;
		sum.unknown += w->unknown;
		sum.text += w->text;
		for (int k = 0; k < EVENT_KIND_COUNT; k++)
			sum.events[k] += w->events[k];
		for (int k = 0; k < OUTCOME_COUNT; k++)
			sum.outcomes[k] += w->outcomes[k];
	}
	return sum;
}

int main(int argc, char **argv)
{
	struct scan_roots roots = { argc > 1 ? argv[1] : NULL, 1 };
	int jobs = argc > 2 ? atoi(argv[2]) : 1, repeat = argc > 3 ? atoi(argv[3]) : 1;
	struct scan *scan = calloc(1, sizeof(*scan));
	int64_t begin, found, best = INT64_MAX;
	struct worker sum;
	struct arena arena;
	struct error err;
	struct vec files;

	if (!scan || argc < 3 || jobs < 1 || jobs > WORKERS_MAX) {
		fprintf(stderr, "usage: scan_bench CLAUDE_DIR THREADS [REPEAT]\n");
		return 2;
	}
	arena_init(&arena);
	vec_init(&files, sizeof(struct session_file));
	scan->scanner = scanner_by_name(STR("claude"));
	scan->files = &files;
	begin = env_monotonic_us();
	if (scan->scanner->discover(&arena, &roots, NULL, 0, &files, &err)) {
		fprintf(stderr, "scan_bench: %s\n", err.message);
		return 1;
	}
	found = env_monotonic_us() - begin;
	vec_sort(&files, largest_first);
	for (int i = 0; i < repeat; i++) {
		int64_t took;

		for (int w = 0; w < WORKERS_MAX; w++) {
			void *reader = scan->workers[w].reader;

			scan->workers[w] = (struct worker){ .reader = reader };
		}
		begin = env_monotonic_us();
		work_run(jobs, files.n, scan_file, scan);
		took = env_monotonic_us() - begin;
		best = took < best ? took : best;
	}
	sum = total(scan);
	printf("%s: %zu files found in %.1f ms, %llu lines, %llu bytes in %.3f s: %.2f GB/s, kernel %s\n",
	       argv[1], files.n, (double)found / 1e3, (unsigned long long)sum.lines,
	       (unsigned long long)sum.bytes, (double)best / 1e6, (double)sum.bytes / 1e3 / (double)best,
	       jscan_name());
	printf("skipped %llu, unknown kinds %llu, result text %llu; events", (unsigned long long)sum.skipped,
	       (unsigned long long)sum.unknown, (unsigned long long)sum.text);
	for (int k = 0; k < EVENT_KIND_COUNT; k++)
		printf(" %llu", (unsigned long long)sum.events[k]);
	printf("; outcomes");
	for (int k = 0; k < OUTCOME_COUNT; k++)
		printf(" %s=%llu", outcome_names[k], (unsigned long long)sum.outcomes[k]);
	printf("\n");
	for (int w = 0; w < WORKERS_MAX; w++)
		if (scan->workers[w].reader)
			scan->scanner->close(scan->workers[w].reader);
	vec_release(&files);
	arena_release(&arena);
	free(scan);
	return 0;
}
