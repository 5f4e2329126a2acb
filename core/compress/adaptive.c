#include "core/compress/adaptive.h"

enum {
	GRAM = 4,
	PLANES = 24, /* a text is cut at 2^24 grams */
	NEAR_BITS = 3, /* Hamming distance of near duplicates */
	FEW_ITEMS = 8, /* as many as that stay */
	LEAST = 3,
	ITEM_MAX = 160, /* bytes compared */
	SCAN_MAX = 4 * ITEM_MAX, /* bytes looked at for them */
	MODEL_MIN = 200, /* bytes below which compressibility tells nothing */
	CHUNK = 4, /* bytes */
	MODEL_BITS = 1 << 18 /* of the set of chunks seen: some eight times as many as there can be */
};

#define KNEE_MIN .05
#define DIVERSE .7 /* distinct groups an item */
#define BASE_SHARE .3 /* of all items, were they all alike */
#define MODEL_TOLERANCE .15
#define MODEL_FACTOR 1.2

/* ---- SimHash ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Votes for each of 64 lanes are counted at once: plane p holds bit p of every lane's count. */
static void add_votes(uint64_t planes[static PLANES], uint64_t bits, int plane)
{
	for (; plane < PLANES && bits; plane++) {
		uint64_t carry = planes[plane] & bits;

		planes[plane] ^= bits;
		bits = carry;
	}
}

/* Adds two to a plane; what carries is worth twice as much. */
static uint64_t add_two(uint64_t *plane, uint64_t a, uint64_t b)
{
	uint64_t either = *plane ^ a, carry = (*plane & a) | (either & b);

	*plane = either ^ b;
	return carry;
}

static void add_four(uint64_t planes[static PLANES], const uint64_t h[static 4])
{
	uint64_t first = add_two(&planes[0], h[0], h[1]), second = add_two(&planes[0], h[2], h[3]);

	add_votes(planes, add_two(&planes[1], first, second), 2);
}

/* The lanes that more than half of the votes are for: all counts are compared with one number, highest bit first. */
static uint64_t majority(const uint64_t planes[static PLANES], size_t votes)
{
	uint64_t more = 0, same = UINT64_MAX;

	for (int p = PLANES - 1; p >= 0; p--) {
		uint64_t half = votes / 2 >> p & 1 ? UINT64_MAX : 0;

		more |= same & planes[p] & ~half;
		same &= ~(planes[p] ^ half);
	}
	return more;
}

static uint32_t next_gram(uint32_t gram, char c)
{
	return gram << 8 | (unsigned char)lower(c);
}

uint64_t simhash(str text)
{
	uint64_t planes[PLANES] = { 0 }, h[4];
	size_t votes = 0, i = 0;
	uint32_t gram = 0;

	while (i < text.n && i < GRAM - 1)
		gram = next_gram(gram, text.p[i++]);
	for (; text.n - i >= 4 && votes + 8 < (size_t)1 << PLANES; i += 4, votes += 4) {
		for (size_t k = 0; k < 4; k++) {
			gram = next_gram(gram, text.p[i + k]);
			h[k] = hash_mix(gram, 0);
		}
		add_four(planes, h);
	}
	for (; i < text.n && votes + 4 < (size_t)1 << PLANES; i++, votes++) {
		gram = next_gram(gram, text.p[i]);
		add_votes(planes, hash_mix(gram, 0), 0);
	}
	if (votes == 0 && text.n) { /* shorter than a gram */
		add_votes(planes, hash_mix(gram, 0), 0);
		votes = 1;
	}
	return votes ? majority(planes, votes) : 0;
}

/* ---- knee ---- */

static size_t total_length(const str *items, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += items[i].n;
	return total;
}

static bool is_word(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_' ||
	       c & 0x80;
}

static bool next_word(str *rest, str *word)
{
	size_t i = 0, start;

	while (i < rest->n && !is_word(rest->p[i]))
		i++;
	start = i;
	while (i < rest->n && is_word(rest->p[i]))
		i++;
	*word = str_sub(*rest, start, i - start);
	*rest = str_from(*rest, i);
	return word->n > 0;
}

/* A set of hashes, made for as many as there can be: the sample is small, and nothing is ever moved. */
struct known {
	uint64_t *slots; /* 0 is free, and belongs to the set from the start */
	size_t mask;
	uint32_t n;
};

static void known_init(struct known *k, struct arena *a, size_t most)
{
	size_t slots = 1;

	while (slots < 2 * most)
		slots *= 2;
	*k = (struct known){ arena_array(a, slots, sizeof(*k->slots)), slots - 1, 0 };
}

static void know(struct known *k, uint64_t hash)
{
	size_t i = hash & k->mask;

	while (k->slots[i] && k->slots[i] != hash)
		i = (i + 1) & k->mask;
	k->n += k->slots[i] != hash;
	k->slots[i] = hash;
}

static void know_bigrams(struct known *k, str item)
{
	uint64_t last = 0, hash;
	size_t words = 0;
	str word;

	for (; next_word(&item, &word); last = hash, words++) {
		hash = str_hash(word);
		if (words)
			know(k, hash_mix(last, hash));
	}
	if (words == 1)
		know(k, last);
}

/*
 * Kneedle: with both axes scaled to [0,1], where the curve of what is known after so many items rises highest above
 * the diagonal.  The number of items up to there, 0 if it is nearly straight.
 */
static size_t find_knee(struct arena *a, const str *items, size_t n)
{
	uint32_t known[ADAPTIVE_SAMPLE] = { 0 };
	double rise, best = 0;
	struct known seen;
	size_t knee = 0;

	known_init(&seen, a,
		   total_length(items, n) / 2 + n); /* words that follow one another need two bytes */
	for (size_t i = 0; i < n; i++) {
		know_bigrams(&seen, items[i]);
		known[i] = seen.n;
	}
	if (known[n - 1] <= known[0])
		return 1; /* the first one says it all */
	for (size_t i = 0; i < n; i++) {
		rise = (double)(known[i] - known[0]) / (known[n - 1] - known[0]) -
		       (double)i / (double)(n - 1);
		if (rise > best) {
			best = rise;
			knee = i + 1;
		}
	}
	return best < KNEE_MIN ? 0 : knee;
}

/* ---- compressibility ---- */

/* The share of new chunks of four bytes: what a compressor of the LZ family would have to spell out. */
static double novelty(struct arena *a, const str *items, size_t n)
{
	uint64_t *seen = arena_array(a, MODEL_BITS / 64, sizeof(*seen)), bit;
	size_t chunks = 0, fresh = 0, slot;
	uint32_t chunk;

	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at + CHUNK <= items[i].n; at++, chunks++) {
			memcpy(&chunk, items[i].p + at, CHUNK);
			slot = hash_mix(chunk, 0) % MODEL_BITS;
			bit = 1ull << (slot % 64);
			fresh += !(seen[slot / 64] & bit);
			seen[slot / 64] |= bit;
		}
	}
	return chunks ? (double)fresh / (double)chunks : 1;
}

/* More, if the chosen number of items is not as repetitive as all of them are. */
static double check_model(struct arena *a, const str *items, size_t n, double count)
{
	size_t first = count < (double)n ? (size_t)count : n;
	double difference;

	if (first == n || total_length(items, n) < MODEL_MIN)
		return count;
	difference = novelty(a, items, n) - novelty(a, items, first);
	return difference > MODEL_TOLERANCE || difference < -MODEL_TOLERANCE ? count * MODEL_FACTOR : count;
}

static size_t clamp(double count, size_t max)
{
	if (count > (double)max)
		return max;
	return count < LEAST ? (max < LEAST ? max : LEAST) : (size_t)(count + .5);
}

/* One of n items for each of as many equal parts, not always at the same place in it: lists may be periodic. */
static size_t sampled_at(size_t i, size_t sampled, size_t n)
{
	size_t from = i * n / sampled, to = (i + 1) * n / sampled;

	return from + hash_mix(i, n) % (to - from);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Single blanks at most, and no others. */
static bool is_dense(str s)
{
	bool gap = false;

	for (size_t i = 0; i + 1 < s.n; i++)
		gap |= (s.p[i] == '\t') | (s.p[i] == '\n') | (s.p[i] == '\r') |
		       ((s.p[i] == ' ') & is_blank(s.p[i + 1]));
	return !gap && (s.n == 0 || s.p[s.n - 1] == ' ' || !is_blank(s.p[s.n - 1]));
}

/* The beginning of an item without indentation, of which the rows of pretty JSON are full. */
static str beginning(struct arena *a, str item)
{
	size_t n = 0, i = 0;
	char *p;

	while (i < item.n && i < SCAN_MAX && is_blank(item.p[i]))
		i++;
	item = str_sub(item, i, SCAN_MAX - i);
	if (is_dense(str_sub(item, 0, ITEM_MAX)))
		return str_sub(item, 0, ITEM_MAX);
	p = arena_alloc(a, ITEM_MAX);
	for (i = 0; i < item.n && n < ITEM_MAX; i++)
		if (!is_blank(item.p[i]) || p[n - 1] != ' ')
			p[n++] = is_blank(item.p[i]) ? ' ' : item.p[i];
	return (str){ p, n };
}

/* n items, and what a sample of them tells. */
struct sample {
	const str *items;
	size_t n, sampled, knee, max;
	double bias;
};

/* How many items so many groups ask for; more groups never ask for fewer. */
static double wanted(const struct sample *s, size_t groups)
{
	double diversity = (double)groups / (double)s->sampled;
	double share = (double)s->n * (BASE_SHARE + (1 - BASE_SHARE) * diversity), count;

	count = s->knee ? (double)s->knee : share;
	if (s->knee && diversity > DIVERSE && share > count)
		count = share;
	count *= s->bias;
	return count < (double)s->max ? count : (double)s->max;
}

/* Items that are no near duplicate of an earlier one, up to where further ones would change nothing. */
static size_t count_groups(const struct sample *s)
{
	uint64_t seen[ADAPTIVE_SAMPLE], hash;
	size_t groups = 0, k;

	for (size_t i = 0; i < s->sampled; i++) {
		if (groups > LEAST && wanted(s, groups) >= wanted(s, groups + s->sampled - i))
			break;
		hash = simhash(s->items[i]);
		for (k = 0; k < groups && __builtin_popcountll(seen[k] ^ hash) > NEAR_BITS; k++)
			;
		if (k == groups)
			seen[groups++] = hash;
	}
	return groups;
}

size_t adaptive_count(struct arena *a, const str *items, size_t n, double bias, size_t max)
{
	struct sample s = { .n = n, .max = max, .bias = bias };
	size_t groups;
	double count;
	str *sample;

	if (n <= FEW_ITEMS)
		return n;
	s.sampled = n < ADAPTIVE_SAMPLE ? n : ADAPTIVE_SAMPLE;
	s.items = sample = arena_array(a, s.sampled, sizeof(*sample));
	for (size_t i = 0; i < s.sampled; i++)
		sample[i] = beginning(a, items[sampled_at(i, s.sampled, n)]);
	s.knee = find_knee(a, sample, s.sampled);
	groups = count_groups(&s);
	if (groups <= LEAST)
		return clamp(LEAST * bias, max);
	count = wanted(&s, groups);
	return clamp(count < (double)max ? check_model(a, sample, s.sampled, count) : count, max);
}
