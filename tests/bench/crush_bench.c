/*
 * crush_bench: times one compressor on one text, without the pipeline around it.
 *	crush_bench [-p] [-s KEY=VALUE]... NAME FILE [QUERY]
 * Prints the best and the median time of the runs and what became of the text; -p prints the result instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/compress/compress.h"

enum {
	RUNS_MAX = 101,
	RUNS_MIN = 5
};
#define FILE_MAX ((size_t)1 << 30)
#define ENOUGH_MS 1000.0 /* for all runs */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static const struct compressor *find_compressor(const char *name)
{
	for (const struct compressor *const *c = compressors; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	fprintf(stderr, "crush_bench: no compressor %s; there are:", name);
	for (const struct compressor *const *c = compressors; *c; c++)
		fprintf(stderr, " %s", (*c)->name);
	fputc('\n', stderr);
	exit(2);
}

/* One run, the query made ready and scratch memory included; the milliseconds it took. */
static double run(const struct compressor *c, struct squeeze *s, const char *query, struct buf *out,
		  struct squeezed *r, bool *done)
{
	double begin = now_ms();
	struct query q;
	struct arena a;

	arena_init(&a);
	buf_clear(out);
	query_init(&q, &a, str_c(query));
	s->query = &q;
	*done = c->run(&a, s, out, r);
	arena_release(&a);
	return now_ms() - begin;
}

static void set_option(struct compress_config *config, char *pair)
{
	char *equals = strchr(pair, '=');
	struct error err;

	if (!equals ||
	    compress_config_set(config, (str){ pair, (size_t)(equals - pair) }, equals + 1, &err)) {
		fprintf(stderr, "crush_bench: %s\n", equals ? err.message : pair);
		exit(2);
	}
}

static int measure(const struct compressor *c, struct squeeze *s, const char *query, bool print)
{
	double times[RUNS_MAX], sum = 0;
	struct squeezed r = { 0 };
	struct buf out;
	bool done = false;
	size_t n = 0;

	buf_init(&out, FILE_MAX);
	while (n < RUNS_MAX && (n < RUNS_MIN || sum < ENOUGH_MS) && !(print && n)) {
		times[n] = run(c, s, query, &out, &r, &done);
		sum += times[n++];
	}
	qsort(times, n, sizeof(*times), by_time);
	if (print)
		fwrite(done ? buf_c(&out) : s->text.p, 1, done ? out.n : s->text.n, stdout);
	else
		printf("%s: best %.3f ms, median %.3f ms of %zu; %zu -> %zu bytes; %zu -> %zu units; %s\n",
		       c->name, times[0], times[n / 2], n, s->text.n, done ? out.n : s->text.n, r.before,
		       r.after, done ? "done" : r.reason);
	buf_release(&out);
	return 0;
}

int main(int argc, char **argv)
{
	struct compress_config config;
	struct squeeze s = { .config = &config, .bias = 1 };
	bool print = false;
	struct error err;
	struct buf text;
	int option, status;

	compress_config_init(&config);
	while ((option = getopt(argc, argv, "ps:")) != -1) {
		if (option == 'p')
			print = true;
		else if (option == 's')
			set_option(&config, optarg);
		else
			return 2;
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: crush_bench [-p] [-s KEY=VALUE]... NAME FILE [QUERY]\n");
		return 2;
	}
	buf_init(&text, FILE_MAX);
	if (fs_read_file(argv[optind + 1], &text, &err)) {
		fprintf(stderr, "crush_bench: %s\n", err.message);
		return 1;
	}
	s.text = buf_str(&text);
	marker_hash(s.text, s.hash);
	status = measure(find_compressor(argv[optind]), &s, argc - optind > 2 ? argv[optind + 2] : "", print);
	buf_release(&text);
	return status;
}
