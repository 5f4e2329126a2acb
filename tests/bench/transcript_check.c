/*
 * transcript_check: how well transcripts of real Claude Code sessions explain the input that was recorded.
 *	transcript_check DIR...		folders with a "projects" in them
 *
 * Each conversation (a session, or one of its sub-agents) has a running count of what its pieces cost; at each request
 * it is compared with the input recorded for it, fresh, read from and written to the cache.  What no record tells, the
 * system prompt and the tools, is one constant of the conversation: the median of the differences.  Because a constant
 * alone explains much of a short conversation, its growth from the first request to the last is compared as well, in
 * which no constant is.
 *
 * Exit status 1 if the totals are more than 5 % off or the median conversation of 5 requests and more is
 * more than 6 % off.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/map.h"
#include "core/json/jget.h"
#include "core/token/token.h"
#include "scanners/scanner.h"

#define TOTAL_MAX 5.0 /* percent */
#define MEDIAN_MAX 6.0
#define BLOCK_TOKENS 4 /* of each piece, besides its text and names */
#define IMAGE_TOKENS 1600
#define LONGER 5 /* requests of a conversation that one constant does not explain by itself */
#define GROWTH_MIN 5000

enum {
	GENERATIONS = 2
};
static const char *const generations[GENERATIONS] = { "claude_to_4_6", "claude_from_4_7" };

static const char *const kind_names[PIECE_KIND_COUNT] = {
	"user", "assistant", "thinking", "call", "result", "image", "request", "usage", "reset",
};

/* Tokens so far by each tokenizer: the model is known with the first request only. */
struct count {
	double text[GENERATIONS], thinking[GENERATIONS],
		forgotten[GENERATIONS]; /* thinking before the last prompt */
};

struct request {
	double estimate;
	int64_t input;
};

struct conversation {
	struct count now;
	struct map64 records; /* id -> index of its count */
	struct vec counts; /* of struct count: after each record */
	uint64_t record;
	struct vec requests; /* of struct request */
	int generation; /* of the last of them */
};

/* A message id, once over all files. */
struct message {
	struct usage usage;
	bool complete;
	int generation;
};

struct result {
	int generation;
	size_t requests;
	double estimated, recorded, off; /* sums over requests; off: of absolute differences */
	double growth_estimated, growth_recorded;
};

struct check {
	struct token_cache *cache;
	const struct tokenizer *tokenizers[GENERATIONS];
	double per_byte[GENERATIONS]; /* tokens of a byte of prose */
	struct arena arena; /* of a piece */
	struct arena names; /* of a file */
	struct map threads; /* of a file: name -> struct conversation */
	struct map64 ids;
	struct vec messages, results;
	struct scan_stats stats;
	uint64_t pieces[PIECE_KIND_COUNT], elided, prompts;
};

/* ---- counting ---- */

static size_t tokens_of(const struct check *c, int generation, str text)
{
	return text.n > 0 ? token_count(c->tokenizers[generation], c->cache, text) : 0;
}

static double cost_of(const struct check *c, int generation, const struct piece *p, str text)
{
	double tokens = BLOCK_TOKENS + (double)p->elided * c->per_byte[generation];

	if (p->kind == PIECE_IMAGE)
		return tokens + IMAGE_TOKENS;
	return tokens + (double)(tokens_of(c, generation, text) + tokens_of(c, generation, p->tool) +
				 tokens_of(c, generation, p->call));
}

static void count_piece(struct check *c, struct conversation *talk, const struct piece *p)
{
	str text = p->string && p->kind != PIECE_IMAGE ? jstr_take(&c->arena, p->text) : p->text;

	for (int g = 0; g < GENERATIONS; g++) {
		double cost = cost_of(c, g, p, text);

		if (p->kind == PIECE_THINKING)
			talk->now.thinking[g] += cost;
		else
			talk->now.text[g] += cost;
		if (p->prompt)
			talk->now.forgotten[g] = talk->now.thinking[g];
	}
	c->prompts += p->prompt;
}

static int generation_of(const struct check *c, str model)
{
	const struct tokenizer *t = tokenizer_for_model(model);

	for (int g = 0; g < GENERATIONS; g++)
		if (t == c->tokenizers[g])
			return g;
	return -1;
}

/* True if the id was not met before. */
static bool book(struct check *c, const struct piece *p)
{
	bool fresh;
	uint64_t *at = map64_put(&c->ids, str_hash(p->id), &fresh);
	struct message *m;

	if (fresh) {
		*at = c->messages.n;
		m = vec_push(&c->messages);
		*m = (struct message){ .usage = p->usage, .generation = generation_of(c, p->model) };
	}
	m = vec_at(&c->messages, (size_t)*at);
	m->complete |= p->complete;
	if (p->usage.output > m->usage.output)
		m->usage.output = p->usage.output;
	return fresh;
}

static void hear_request(struct check *c, struct conversation *talk, const struct piece *p)
{
	const struct count *n = &talk->now;
	int g = generation_of(c, p->model);
	struct request *r;

	if (!book(c, p) || g < 0)
		return;
	if (p->usage.input + p->usage.cache_read + p->usage.cache_write == 0)
		return;
	talk->generation = g;
	r = vec_push(&talk->requests);
	r->estimate = n->text[g] + n->thinking[g] - (p->forgets ? n->forgotten[g] : 0);
	r->input = p->usage.input + p->usage.cache_read + p->usage.cache_write;
}

/* Each record's count is kept, so that a prompt can go on from an earlier one. */
static void follow(struct conversation *talk, const struct piece *p)
{
	const uint64_t *at;
	bool fresh;

	if (p->record != talk->record) {
		at = p->prompt && p->parent != talk->record ? map64_get(&talk->records, p->parent) : NULL;
		if (talk->record) {
			uint64_t *last = map64_put(&talk->records, talk->record, &fresh);

			if (fresh) {
				*last = talk->counts.n;
				vec_push(&talk->counts);
			}
			*(struct count *)vec_at(&talk->counts, (size_t)*last) = talk->now;
		}
		if (at)
			talk->now = *(const struct count *)vec_at(&talk->counts, (size_t)*at);
		talk->record = p->record;
	}
}

static struct conversation *conversation_of(struct check *c, str thread)
{
	bool fresh;
	struct map_entry *entry = map_put(&c->threads, thread, &fresh);
	struct conversation *talk;

	if (fresh) {
		entry->key = arena_str(&c->names, thread);
		talk = entry->value = arena_alloc(&c->names, sizeof(*talk));
		map64_init(&talk->records);
		vec_init(&talk->counts, sizeof(struct count));
		vec_init(&talk->requests, sizeof(struct request));
	}
	return entry->value;
}

static bool hear(void *ctx, const struct piece *p)
{
	struct check *c = ctx;
	struct conversation *talk = conversation_of(c, p->thread);

	arena_reset(&c->arena);
	c->pieces[p->kind]++;
	c->elided += p->elided;
	follow(talk, p);
	if (p->kind == PIECE_REQUEST)
		hear_request(c, talk, p);
	else if (p->kind == PIECE_USAGE)
		book(c, p);
	else if (p->kind == PIECE_RESET)
		talk->now = (struct count){ { 0 }, { 0 }, { 0 } };
	else
		count_piece(c, talk, p);
	return true;
}

/* ---- conversations ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of sorted doubles, 0 if there are none. */
static double quantile(const struct vec *v, double q)
{
	size_t at = (size_t)(q * (double)v->n);

	return v->n == 0 ? 0 : *(const double *)vec_at(v, at < v->n ? at : v->n - 1);
}

static double constant_of(const struct vec *requests)
{
	struct vec differences;
	double median;

	vec_init(&differences, sizeof(double));
	for (size_t i = 0; i < requests->n; i++) {
		const struct request *r = vec_at(requests, i);

		*(double *)vec_push(&differences) = (double)r->input - r->estimate;
	}
	vec_sort(&differences, by_value);
	median = quantile(&differences, .5);
	vec_release(&differences);
	return median;
}

static void finish_conversation(struct check *c, struct conversation *talk)
{
	const struct vec *requests = &talk->requests;
	double constant = constant_of(requests);
	const struct request *first, *last;
	struct result *r;

	if (requests->n > 0) {
		first = vec_at(requests, 0);
		last = vec_at(requests, requests->n - 1);
		r = vec_push(&c->results);
		r->generation = talk->generation;
		r->requests = requests->n;
		r->growth_estimated = last->estimate - first->estimate;
		r->growth_recorded = (double)(last->input - first->input);
		for (size_t i = 0; i < requests->n; i++) {
			const struct request *q = vec_at(requests, i);

			r->estimated += q->estimate + constant;
			r->recorded += (double)q->input;
			r->off += fabs(q->estimate + constant - (double)q->input);
		}
	}
	map64_release(&talk->records);
	vec_release(&talk->counts);
	vec_release(&talk->requests);
}

static bool check_file(struct check *c, const struct session_file *file)
{
	struct scan_stats stats = { 0 };
	struct error err;

	map_clear(&c->threads);
	arena_reset(&c->names);
	if (scanner_by_name(STR("claude"))->transcript(file, hear, c, &stats, &err)) {
		fprintf(stderr, "transcript_check: %s\n", err.message);
		return false;
	}
	for (size_t i = 0; i < c->threads.n; i++)
		finish_conversation(c, c->threads.entries[i].value);
	c->stats.bytes += stats.bytes;
	c->stats.lines += stats.lines;
	c->stats.skipped += stats.skipped;
	c->stats.unknown_kinds += stats.unknown_kinds;
	return true;
}

/* ---- the report ---- */

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : 0;
}

static void report_usage(const struct check *c)
{
	struct usage sum = { 0 };
	size_t open = 0;

	for (size_t i = 0; i < c->messages.n; i++) {
		const struct message *m = vec_at(&c->messages, i);

		sum.input += m->usage.input;
		sum.output += m->usage.output;
		sum.cache_read += m->usage.cache_read;
		sum.cache_write += m->usage.cache_write;
		sum.cache_write_5m += m->usage.cache_write_5m;
		sum.cache_write_1h += m->usage.cache_write_1h;
		open += !m->complete;
	}
	printf("%zu messages: input %lld, cache read %lld, cache write %lld (5m %lld, 1h %lld), output %lld "
	       "(%zu without a stop reason)\n",
	       c->messages.n, (long long)sum.input, (long long)sum.cache_read, (long long)sum.cache_write,
	       (long long)sum.cache_write_5m, (long long)sum.cache_write_1h, (long long)sum.output, open);
}

static void report_errors(const char *what, struct vec *errors)
{
	vec_sort(errors, by_value);
	printf("  %-34s median %5.2f %%  p90 %5.2f %%  worst %5.2f %%  (%zu)\n", what, quantile(errors, .5),
	       quantile(errors, .9), quantile(errors, 1), errors->n);
}

/* Errors of conversations, in percent. */
struct errors {
	struct vec sums, requests, longer, growths; /* of double */
};

static void errors_init(struct errors *e)
{
	vec_init(&e->sums, sizeof(double));
	vec_init(&e->requests, sizeof(double));
	vec_init(&e->longer, sizeof(double));
	vec_init(&e->growths, sizeof(double));
}

static void errors_release(struct errors *e)
{
	vec_release(&e->sums);
	vec_release(&e->requests);
	vec_release(&e->longer);
	vec_release(&e->growths);
}

static bool grows(const struct result *r)
{
	return r->requests >= LONGER && r->growth_recorded >= GROWTH_MIN;
}

static void errors_add(struct errors *e, const struct result *r)
{
	*(double *)vec_push(&e->sums) = percent(fabs(r->estimated - r->recorded), r->recorded);
	*(double *)vec_push(&e->requests) = percent(r->off, r->recorded);
	if (r->requests >= LONGER)
		*(double *)vec_push(&e->longer) = percent(r->off, r->recorded);
	if (grows(r))
		*(double *)vec_push(&e->growths) =
			percent(fabs(r->growth_estimated - r->growth_recorded), r->growth_recorded);
}

/* True if it is as near as it should be. */
static bool report_generation(const struct check *c, int generation)
{
	double estimated = 0, recorded = 0, off = 0, grown = 0, growth = 0, total;
	struct errors errors;
	bool good;

	errors_init(&errors);
	for (size_t i = 0; i < c->results.n; i++) {
		const struct result *r = vec_at(&c->results, i);

		if (r->generation != generation)
			continue;
		estimated += r->estimated;
		recorded += r->recorded;
		off += r->off;
		grown += grows(r) ? r->growth_estimated : 0;
		growth += grows(r) ? r->growth_recorded : 0;
		errors_add(&errors, r);
	}
	total = percent(estimated - recorded, recorded);
	printf("%s: %.0f tokens recorded, estimated %+.2f %%, all requests' errors %.2f %%; growth %.0f, "
	       "estimated "
	       "%+.2f %%\n",
	       generations[generation], recorded, total, percent(off, recorded), growth,
	       percent(grown - growth, growth));
	report_errors("conversation, sum of its requests", &errors.sums);
	report_errors("conversation, errors of its requests", &errors.requests);
	report_errors("the same, of 5 requests and more", &errors.longer);
	report_errors("growth of a conversation", &errors.growths);
	good = fabs(total) <= TOTAL_MAX && quantile(&errors.longer, .5) <= MEDIAN_MAX;
	errors_release(&errors);
	return good;
}

static bool report(const struct check *c)
{
	bool good = true;

	printf("%u records, %u skipped, %u of unknown kinds;", c->stats.lines, c->stats.skipped,
	       c->stats.unknown_kinds);
	for (int k = 0; k < PIECE_KIND_COUNT; k++)
		printf(" %s %llu", kind_names[k], (unsigned long long)c->pieces[k]);
	printf("; prompts %llu, bytes not in the logs %llu\n", (unsigned long long)c->prompts,
	       (unsigned long long)c->elided);
	report_usage(c);
	for (int g = 0; g < GENERATIONS; g++)
		good = report_generation(c, g) && good;
	return good;
}

/* ---- all of it ---- */

static void init(struct check *c)
{
	static const char prose[] = "The tests that failed have one thing in common: they all read the "
				    "settings before anything has "
				    "written them. So I should look at where that file is created, and "
				    "whether the folder exists by then.";

	arena_init(&c->arena);
	arena_init(&c->names);
	map_init(&c->threads);
	map64_init(&c->ids);
	vec_init(&c->messages, sizeof(struct message));
	vec_init(&c->results, sizeof(struct result));
	c->cache = token_cache_new();
	for (int g = 0; g < GENERATIONS; g++) {
		c->tokenizers[g] = tokenizer_by_name(generations[g]);
		c->per_byte[g] = (double)tokens_of(c, g, str_c(prose)) / (double)strlen(prose);
	}
}

static void release(struct check *c)
{
	token_cache_free(c->cache);
	vec_release(&c->results);
	vec_release(&c->messages);
	map64_release(&c->ids);
	map_release(&c->threads);
	arena_release(&c->names);
	arena_release(&c->arena);
}

int main(int argc, char **argv)
{
	struct check c = { 0 };
	bool good = argc > 1;
	struct arena arena;
	struct error err;
	struct vec files;

	if (argc < 2) {
		fprintf(stderr, "usage: transcript_check DIR...\n");
		return 2;
	}
	arena_init(&arena);
	vec_init(&files, sizeof(struct session_file));
	init(&c);
	for (int i = 1; i < argc && good; i++) {
		struct scan_roots roots = { argv[i] };

		good = !scanner_by_name(STR("claude"))->discover(&arena, &roots, NULL, 0, &files, &err);
		if (!good)
			fprintf(stderr, "transcript_check: %s\n", err.message);
	}
	for (size_t i = 0; i < files.n && good; i++)
		good = check_file(&c, vec_at(&files, i));
	good = good && report(&c);
	release(&c);
	vec_release(&files);
	arena_release(&arena);
	return good ? 0 : 1;
}
