/*
 * pipeline_bench: times whole runs of the pipeline on one request, reading and writing of files apart.
 *	pipeline_bench [-j JOBS] [-w] [-t] [-s] [FILE]
 * Without a file it makes up a conversation of an agent: 61 messages, about 150 KB, with logs, JSON, searches and files.
 * Prints the first, the best and the median time in ms; -w measures waste, too; -s takes the file
 * as the answer of a tool; -t keeps originals in a store in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/compress/pipeline.h"
#include "core/json/jput.h"

enum {
	RUNS = 201,
	TURNS = 20, /* of three messages */
	JOBS_MAX = 16
};
#define FILE_MAX ((size_t)1 << 30)

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

/* ---- a conversation ---- */

static void put_result(struct buf *b, int turn)
{
	static const char *const words[] = {
		"cache", "lease", "replica", "cursor", "buffer", "token", "shard"
	};
	int lines = turn % 4 == 1 ? 75 : 125;

	for (int i = 0; i < lines; i++) {
		const char *w = words[(i * 7 + turn) % 7], *v = words[(i * 3 + turn) % 7];

		switch (turn % 4) {
		case 0:
			buf_printf(b, "%s{\"id\":%d,\"name\":\"%s-%d\",\"state\":\"%s\",\"ms\":%d.%d}",
				   i ? "," : "[", turn * 1000 + i, w, i, i % 37 ? "ok" : "error: timeout",
				   i * 13 % 97, i % 10);
			break;
		case 1:
			buf_printf(b, "2026-03-15 12:%02d:%02d %s %s.%s: request %d took %d ms\n", i / 60,
				   i % 60, i % 29 == 7 ? "ERROR" : "INFO", w, v, turn * 100 + i,
				   i * 31 % 400);
			break;
		case 2:
			buf_printf(b, "src/%s/%s.c:%d:\treturn %s_%s(ctx, %d);\n", w, v, i * 7 + 1, v, w, i);
			break;
		default:
			buf_printf(b, "%6d\tif (%s->%s > limit_%d) { %s(%s, %d); }\n", i + 1, w, v, i % 9, v,
				   w, i);
		}
	}
	if (turn % 4 == 0)
		buf_add_ch(b, ']');
}

/* What an agent is told about itself. */
static void put_system(struct buf *b)
{
	static const char *const rules[] = {
		"Look before you change anything, and say what you found.",
		"When a command fails, read its output to the end before you try another one.",
		"Prefer the smallest change that solves the whole problem.",
		"Never write secrets, keys or tokens into files.",
	};

	for (int i = 0; i < 100; i++)
		buf_printf(b, "%d. %s%s", i + 1, rules[i % 4], i % 10 == 9 ? "\n\n" : "\n");
}

static void put_said(struct jput *j, const char *role, str text)
{
	jput_object(j);
	jput_kstr(j, "role", str_c(role));
	jput_kstr(j, "content", text);
	jput_end(j);
}

/* A tool is called, and answers. */
static void put_answered(struct jput *j, const char *id, const char *tool, str answer)
{
	jput_object(j);
	jput_kstr(j, "role", STR("assistant"));
	jput_kstr(j, "content", STR("Let me look at that."));
	jput_key(j, "tool_calls");
	jput_array(j);
	jput_object(j);
	jput_kstr(j, "id", str_c(id));
	jput_kstr(j, "type", STR("function"));
	jput_key(j, "function");
	jput_object(j);
	jput_kstr(j, "name", str_c(tool));
	jput_kstr(j, "arguments", STR("{\"q\":\"replica\"}"));
	jput_end(j);
	jput_end(j);
	jput_end(j);
	jput_end(j);
	jput_object(j);
	jput_kstr(j, "role", STR("tool"));
	jput_kstr(j, "tool_call_id", str_c(id));
	jput_kstr(j, "content", answer);
	jput_end(j);
}

static void begin_request(struct jput *j, struct buf *out)
{
	jput_init(j, out, false);
	jput_object(j);
	jput_kstr(j, "model", STR("gpt-4o"));
	jput_key(j, "messages");
	jput_array(j);
}

static void end_request(struct jput *j)
{
	jput_end(j);
	jput_end(j);
}

#define QUESTION STR("Why do requests to the replica time out, and since when?")

static void make_up(struct buf *out)
{
	static const char *const tools[] = { "query", "Bash", "code_search", "Read" };
	struct buf b;
	struct jput j;
	char id[16];

	buf_init(&b, FILE_MAX);
	begin_request(&j, out);
	put_system(&b);
	put_said(&j, "system", buf_str(&b));
	for (int turn = 0; turn < TURNS; turn++) {
		snprintf(id, sizeof(id), "call_%d", turn);
		put_said(&j, "user", QUESTION);
		buf_clear(&b);
		put_result(&b, turn);
		put_answered(&j, id, tools[turn % 4], buf_str(&b));
	}
	end_request(&j);
	buf_release(&b);
}

/* The text as the answer of a tool. */
static void wrap(struct buf *text)
{
	struct buf out;
	struct jput j;

	buf_init(&out, FILE_MAX);
	begin_request(&j, &out);
	put_said(&j, "user", QUESTION);
	put_answered(&j, "call_0", "query", buf_str(text));
	end_request(&j);
	buf_release(text);
	*text = out;
}

/* ---- runs ---- */

static void show(const struct pipeline_result *r)
{
	printf("%zu -> %zu tokens\n", r->tokens_before, r->tokens_after);
	for (size_t i = 0; i < r->steps.n; i++) {
		const struct pipeline_step *s = vec_at(&r->steps, i);

		printf("  %-28s %8zu %8zu %8.3f ms\n", s->name, s->before, s->after, s->ms);
	}
}

static double run(str text, const struct pipeline_options *o, bool last)
{
	double begin = now_ms(), ms;
	struct compress_config config;
	struct pipeline_result result;
	struct request r;
	struct error err;

	compress_config_init(&config);
	if (request_parse(text, &r, &err) != STATUS_OK ||
	    pipeline_run(&r, &config, o, &result, &err) != STATUS_OK) {
		fprintf(stderr, "pipeline_bench: %s\n", err.message);
		exit(1);
	}
	ms = now_ms() - begin;
	if (last)
		show(&result);
	pipeline_result_release(&result);
	request_release(&r);
	return ms;
}

int main(int argc, char **argv)
{
	struct pipeline_options o = { .pretend = true, .jobs = 1 };
	struct token_cache *caches[JOBS_MAX];
	struct originals *originals = NULL;
	struct stash stash;
	double times[RUNS], first;
	struct error err;
	struct buf text;
	bool answer = false;
	int c;

	while ((c = getopt(argc, argv, "j:wts")) != -1) {
		if (c == 'j')
			o.jobs = atoi(optarg);
		else if (c == 's')
			answer = true;
		else if (c == 'w')
			o.measure_waste = true;
		else if (c != 't' || originals_open(NULL, 0, 0, &originals, &err) != STATUS_OK)
			return 2;
	}
	if (o.jobs < 1 || o.jobs > JOBS_MAX)
		return 2;
	if (originals) {
		stash = stash_of(originals);
		o.stash = &stash;
	}
	for (int i = 0; i < o.jobs; i++)
		caches[i] = token_cache_new();
	o.caches = caches;
	buf_init(&text, FILE_MAX);
	if (optind >= argc) {
		make_up(&text);
	} else if (fs_read_file(argv[optind], &text, &err) != STATUS_OK) {
		fprintf(stderr, "pipeline_bench: %s\n", err.message);
		return 1;
	}
	if (answer)
		wrap(&text);
	for (int i = 0; i < RUNS; i++)
		times[i] = run(buf_str(&text), &o, i + 1 == RUNS);
	first = times[0];
	qsort(times, RUNS, sizeof(*times), by_time);
	printf("%zu bytes, %d jobs: first %.3f ms, best %.3f ms, median %.3f ms\n", text.n, o.jobs, first,
	       times[0], times[RUNS / 2]);
	for (int i = 0; i < o.jobs; i++)
		token_cache_free(caches[i]);
	originals_close(originals);
	buf_release(&text);
	return 0;
}
