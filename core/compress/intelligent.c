/*
 * intelligent: six scores of a message, each between 0 and 1, weighted; a unit has the mean of its messages.
 */
#include <math.h>
#include <stdlib.h>

#include "core/base/map.h"
#include "core/compress/window.h"

enum {
	NEWEST = 3, /* messages likeness is measured to */
	MAX_WORDS = 4096, /* of a message that are looked at */
	MIN_WORD = 3,
	MIN_NAME = 5 /* bytes of a name worth following: a path, an id */
};

#define NEUTRAL .5 /* of what is not known */

/* A word of a message, or a name in it: something with a digit, a dot, a slash or a dash inside. */
struct word {
	uint64_t hash;
	bool name;
};

struct bag {
	struct word *words;
	size_t n, unique;
};

struct scoring {
	struct window *w;
	struct bag *bags; /* one a message */
	struct map64 newest; /* hash -> times in the newest messages */
	double newest_norm;
	struct map64 later; /* hash of a name -> messages behind the present one that have it */
};

/* ---- words ---- */

static bool is_inner(char c) /* of a name */
{
	return c == '.' || c == '/' || c == '-';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

static uint64_t word_hash(str word)
{
	char lower[64];
	size_t n = word.n < sizeof(lower) ? word.n : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] | 0x20 : word.p[i]);
	return str_hash((str){ lower, n });
}

static void add_words(struct vec *words, str text)
{
	for (size_t at = 0; at < text.n && words->n < MAX_WORDS;) {
		size_t end = at;
		bool name = false;

		while (end < text.n && (is_word(text.p[end]) || (end > at && is_inner(text.p[end])))) {
			name = name || !is_letter(text.p[end]);
			end++;
		}
		while (end > at && is_inner(text.p[end - 1]))
			end--;
		if (end - at >= MIN_WORD)
			*(struct word *)vec_push(words) =
				(struct word){ word_hash(str_sub(text, at, end - at)),
					       name && end - at >= MIN_NAME };
		at = end + 1;
	}
}

static void fill_bag(const struct run *run, size_t message, struct vec *words, struct bag *bag)
{
	const struct message *m = request_message(run->r, message);
	struct map64 seen;

	vec_clear(words);
	for (size_t i = m->from; i < m->from + m->n; i++)
		if (request_slot(run->r, i)->kind != SLOT_IMAGE)
			add_words(words, run->texts[i].now.p ? run->texts[i].now : run->texts[i].text);
	bag->n = words->n;
	bag->words = arena_array(run->a, words->n, sizeof(*bag->words));
	if (words->n)
		memcpy(bag->words, words->p, words->n * sizeof(*bag->words));
	map64_init(&seen);
	for (size_t i = 0; i < bag->n; i++) {
		bool fresh;

		map64_put(&seen, bag->words[i].hash, &fresh);
		bag->unique += fresh;
	}
	map64_release(&seen);
}

/* ---- scores ---- */

static double clamp(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Cosine of the words' counts. */
static double similarity(const struct scoring *s, const struct bag *bag)
{
	struct map64 own;
	double dot = 0, norm = 0;

	if (bag->n == 0 || s->newest_norm == 0)
		return NEUTRAL;
	map64_init(&own);
	for (size_t i = 0; i < bag->n; i++)
		++*map64_put(&own, bag->words[i].hash, NULL);
	for (size_t i = 0; i < own.n; i++) {
		const uint64_t *other = map64_get(&s->newest, own.entries[i].key);
		double count = (double)own.entries[i].value;

		norm += count * count;
		dot += other ? count * (double)*other : 0;
	}
	map64_release(&own);
	return clamp(dot / (sqrt(norm) * s->newest_norm));
}

static double errors(const struct run *run, size_t message)
{
	const struct message *m = request_message(run->r, message);
	double score = 0;

	for (size_t i = m->from; i < m->from + m->n; i++) {
		const struct slot *slot = request_slot(run->r, i);

		if (slot->kind != SLOT_RESULT)
			continue;
		score += slot->error ? .5 : 0;
		score += tells_error(run->texts[i].text) ? .3 : 0;
	}
	return clamp(score);
}

/* How many later messages name what this one names; its answers count. */
static double reference(const struct scoring *s, size_t message)
{
	const struct bag *bag = &s->bags[message];
	const struct message *m = request_message(s->w->run->r, message);
	uint64_t most = m->calls ? 1 : 0;

	for (size_t i = 0; i < bag->n; i++) {
		const uint64_t *n = bag->words[i].name ? map64_get(&s->later, bag->words[i].hash) : NULL;

		if (n && *n > most)
			most = *n;
	}
	return most ? clamp(.3 + .2 * log((double)most + 1)) : 0;
}

static double density(const struct bag *bag)
{
	return bag->n ? clamp(((double)bag->unique / (double)bag->n - .2) / .6) : 0;
}

static double asked_for(const struct stash *stash, const char *hash)
{
	uint32_t n = stash->retrievals(stash->ctx, hash);

	return 1 - (1 - NEUTRAL) / (1 + (double)n);
}

/* What was retrieved before is likely to be wanted again: the result itself, or what a marker in it stands for. */
static double learned(const struct run *run, size_t message)
{
	const struct message *m = request_message(run->r, message);
	const struct stash *stash = run->o->stash;
	double best = NEUTRAL, score;
	char hash[MARKER_HASH + 1];

	if (!stash || !stash->retrievals)
		return best;
	for (size_t i = m->from; i < m->from + m->n; i++) {
		const struct text *t = &run->texts[i];
		str rest = t->now.p ? t->now : t->text;

		if (request_slot(run->r, i)->kind != SLOT_RESULT)
			continue;
		marker_hash(t->text, hash);
		do {
			score = asked_for(stash, hash);
			best = score > best ? score : best;
		} while (marker_next(&rest, hash));
	}
	return best;
}

static double score_message(const struct scoring *s, size_t message)
{
	const struct compress_config *c = s->w->run->config;
	size_t n = s->w->run->r->messages.n;
	const struct {
		double weight, score;
	} parts[] = {
		{ c->w_recency, exp(-.1 * (double)(n - 1 - message)) },
		{ c->w_similarity, similarity(s, &s->bags[message]) },
		{ c->w_learned, learned(s->w->run, message) },
		{ c->w_error, errors(s->w->run, message) },
		{ c->w_reference, reference(s, message) },
		{ c->w_density, density(&s->bags[message]) },
	};
	double sum = 0, weights = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		sum += parts[i].weight * parts[i].score;
		weights += parts[i].weight;
	}
	return weights > 0 ? sum / weights : 0;
}

static void note_names(struct scoring *s, size_t message)
{
	const struct bag *bag = &s->bags[message];
	struct map64 own;

	map64_init(&own);
	for (size_t i = 0; i < bag->n; i++) {
		bool fresh;

		if (!bag->words[i].name)
			continue;
		map64_put(&own, bag->words[i].hash, &fresh);
		if (fresh)
			++*map64_put(&s->later, bag->words[i].hash, NULL);
	}
	map64_release(&own);
}

void intelligent_score(struct window *w)
{
	size_t n = w->run->r->messages.n;
	struct scoring s = { .w = w, .bags = arena_array(w->run->a, n, sizeof(*s.bags)) };
	struct vec words;

	vec_init(&words, sizeof(struct word));
	map64_init(&s.newest);
	map64_init(&s.later);
	for (size_t i = 0; i < n; i++)
		fill_bag(w->run, i, &words, &s.bags[i]);
	for (size_t i = n > NEWEST ? n - NEWEST : 0; i < n; i++)
		for (size_t k = 0; k < s.bags[i].n; k++)
			++*map64_put(&s.newest, s.bags[i].words[k].hash, NULL);
	for (size_t i = 0; i < s.newest.n; i++)
		s.newest_norm += (double)s.newest.entries[i].value * (double)s.newest.entries[i].value;
	s.newest_norm = sqrt(s.newest_norm);
	for (size_t i = 0; i < w->units_n; i++)
		w->units[i].score = 0;
	for (size_t i = n; i > 0; i--) {
		struct unit *u = &w->units[w->unit_of[i - 1]];

		u->score += score_message(&s, i - 1) / (double)u->messages;
		note_names(&s, i - 1);
	}
	map64_release(&s.later);
	map64_release(&s.newest);
	vec_release(&words);
}
