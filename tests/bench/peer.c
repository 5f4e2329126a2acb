#include "tests/bench/peer.h"

#include <fts.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	THREADS_MAX = 64
};

struct file {
	char *path;
	off_t size;
};

static struct {
	struct file *files;
	size_t n;
	atomic_size_t next;
	atomic_uint_fast64_t bytes, sum;
	peer_fn *fn;
} work;

static int largest_first(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return (x->size < y->size) - (x->size > y->size);
}

static void list_files(char *dir)
{
	char *const roots[] = { dir, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t cap = 0;
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		if (e->fts_info != FTS_F || e->fts_namelen < 6 ||
		    strcmp(e->fts_name + e->fts_namelen - 6, ".jsonl") != 0)
			continue;
		if (work.n == cap) {
			cap = cap ? cap * 2 : 1024;
			work.files = realloc(work.files, cap * sizeof(*work.files));
			if (!work.files)
				abort();
		}
		work.files[work.n++] = (struct file){ strdup(e->fts_path), e->fts_statp->st_size };
	}
	if (fts)
		fts_close(fts);
	if (work.n > 0)
		qsort(work.files, work.n, sizeof(*work.files), largest_first);
}

static void *run(void *unused)
{
	uint64_t bytes = 0, sum = 0;
	size_t i;

	(void)unused;
	while ((i = atomic_fetch_add(&work.next, 1)) < work.n)
		sum += work.fn(work.files[i].path, &bytes);
	atomic_fetch_add(&work.bytes, bytes);
	atomic_fetch_add(&work.sum, sum);
	return NULL;
}

int peer_main(int argc, char **argv, const char *name, peer_fn *fn)
{
	int threads = argc > 2 ? atoi(argv[2]) : 1;
	pthread_t ids[THREADS_MAX];
	struct timespec a, b;
	double seconds;

	if (argc < 2 || threads < 1 || threads > THREADS_MAX) {
		fprintf(stderr, "usage: %s DIR THREADS\n", name);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	list_files(argv[1]);
	work.fn = fn;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, run, NULL) != 0)
			abort();
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	seconds = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("%s: %zu files, %llu bytes in %.3f s: %.3f GB/s (%llx)\n", name, work.n,
	       (unsigned long long)work.bytes, seconds, (double)work.bytes / 1e9 / seconds,
	       (unsigned long long)work.sum);
	return 0;
}
