/*
 * text_compressor: prose and whatever is nothing else.  First and last lines, headings, what carries facts (ids, addresses,
 * numbers, negations) and what the query asks for stay; of the rest a sample.  Long lines are cut into sentences.
 */
#include <stdlib.h>

#include "core/compress/compress.h"
#include "core/compress/lines.h"
#include "core/compress/listing.h"
#include "core/compress/rank.h"
#include "core/compress/text_units.h"

enum {
	JUDGED = 4096, /* units that are compared with the query */
	GAP_BYTES = 30 /* what telling a gap costs */
};

struct writer {
	const struct squeeze *s;
	struct vec units;
	unsigned char *keep;
	size_t n, kept; /* units with text; of them, those that stay */
	bool split;
};

static struct unit *unit_at(const struct writer *p, size_t i)
{
	return vec_at(&p->units, i);
}

static str text_of(const struct writer *p, size_t i)
{
	return unit_str(p->s->text, unit_at(p, i));
}

static bool is_blank(const struct writer *p, size_t i)
{
	return unit_at(p, i)->traits & UNIT_BLANK;
}

static void keep_unit(struct writer *p, size_t i)
{
	if (!p->keep[i] && !is_blank(p, i)) {
		p->keep[i] = 1;
		p->kept++;
	}
}

/* ---- what stays whatever the limits ---- */

static void keep_edges(struct writer *p)
{
	size_t first = (size_t)p->s->config->text_first, last = (size_t)p->s->config->text_last;

	for (size_t i = 0; i < p->units.n && first; i++)
		if (!is_blank(p, i)) {
			keep_unit(p, i);
			first--;
		}
	for (size_t i = p->units.n; i-- > 0 && last;)
		if (!is_blank(p, i)) {
			keep_unit(p, i);
			last--;
		}
}

/* Traits that tell something: one that most units have tells nothing. */
static uint32_t telling_traits(const struct writer *p)
{
	static const uint32_t levels[] = { UNIT_ID | UNIT_NUMBER | UNIT_NEGATION | UNIT_WORD,
					   UNIT_ID | UNIT_WORD, UNIT_WORD };

	for (size_t k = 0; k < sizeof(levels) / sizeof(*levels); k++) {
		size_t n = 0;

		for (size_t i = 0; i < p->units.n; i++)
			n += (unit_at(p, i)->traits & levels[k]) != 0;
		if (n * 2 <= p->n)
			return levels[k];
	}
	return 0;
}

static bool has_keyword(const struct writer *p, size_t i)
{
	str rest = str_c(p->s->config->text_keywords), word;

	while (str_split(&rest, ',', &word))
		if (str_trim(word).n && str_find(text_of(p, i), str_trim(word)) != STR_NONE)
			return true;
	return false;
}

static void keep_facts(struct writer *p)
{
	uint32_t telling = telling_traits(p) | UNIT_HEADING | UNIT_TAG;
	bool keywords = *p->s->config->text_keywords != '\0';

	for (size_t i = 0; i < p->units.n; i++)
		if (unit_at(p, i)->traits & telling || (keywords && has_keyword(p, i)))
			keep_unit(p, i);
}

static void keep_anchored(struct writer *p, struct arena *a)
{
	struct query query;
	str *texts;

	if (p->s->query->anchors_n == 0)
		return;
	texts = arena_array(a, p->units.n, sizeof(*texts));
	for (size_t i = 0; i < p->units.n; i++)
		texts[i] = text_of(p, i);
	query_telling(&query, a, p->s->query, texts, p->units.n);
	for (size_t i = 0; i < p->units.n && query.anchors_n; i++)
		if (query_anchored(&query, texts[i]))
			keep_unit(p, i);
}

/* ---- what fills the rest of the limit ---- */

static size_t limit_of(const struct writer *p)
{
	double limit = (double)p->s->config->text_max_lines * p->s->bias;

	return limit < 1 ? 1 : limit < (double)p->units.n ? (size_t)limit : p->units.n;
}

static void keep_asked(struct writer *p, struct arena *a)
{
	size_t n = p->units.n < JUDGED ? p->units.n : JUDGED, limit = limit_of(p);
	str *texts;
	float *scores;
	struct rank *ranks;

	if (p->s->query->words_n == 0)
		return;
	texts = arena_array(a, n, sizeof(*texts));
	scores = arena_array(a, n, sizeof(*scores));
	ranks = arena_array(a, n, sizeof(*ranks));
	for (size_t i = 0; i < n; i++)
		texts[i] = text_of(p, i);
	bm25(p->s->query, texts, n, scores);
	for (size_t i = 0; i < n; i++)
		ranks[i] = (struct rank){ scores[i], (uint32_t)i };
	qsort(ranks, n, sizeof(*ranks), rank_by_score);
	for (size_t k = 0; k < n && p->kept < limit && ranks[k].score > 0 &&
			   ranks[k].score >= (float)p->s->config->relevance_threshold;
	     k++)
		keep_unit(p, ranks[k].index);
}

/* Evenly over the text. */
static void keep_sample(struct writer *p)
{
	size_t limit = limit_of(p), room = limit > p->kept ? limit - p->kept : 0, rest = p->n - p->kept,
	       at = 0;
	size_t step = (size_t)p->s->config->text_sample;

	if (room == 0)
		return;
	if (step < (rest + room - 1) / room)
		step = (rest + room - 1) / room;
	for (size_t i = 0; i < p->units.n; i++)
		if (!p->keep[i] && !is_blank(p, i) && ++at % step == 0)
			keep_unit(p, i);
}

/* One short unit between two that stay is cheaper shown than told. */
static void close_gaps(struct writer *p)
{
	size_t before = 0, n = p->units.n; /* before: index + 1 of the last unit with text */

	for (size_t i = 0; i < n; i++) {
		size_t next = i + 1;
		bool kept;

		if (is_blank(p, i))
			continue;
		while (next < n && is_blank(p, next))
			next++;
		kept = before == 0 || p->keep[before - 1];
		before = i + 1;
		if (!p->keep[i] && kept && (next == n || p->keep[next]) && text_of(p, i).n <= GAP_BYTES)
			keep_unit(p, i);
	}
}

/* ---- output ---- */

static void put_gap(struct writer *p, struct buf *out, size_t n, bool ends_line)
{
	if (n == 0)
		return;
	buf_add_ch(out, '[');
	put_count(out, n, p->split ? "sentence" : "line", p->split ? "sentences" : "lines");
	buf_add_c(out, ends_line ? " omitted]\n" : " omitted] ");
}

/* Empty lines stay between lines that stay; a gap takes those inside of it along. */
static void put_units(struct writer *p, struct buf *out)
{
	size_t gap = 0, blank_from = 0, blanks = 0;

	for (size_t i = 0; i < p->units.n; i++) {
		if (is_blank(p, i)) {
			blank_from = blanks++ ? blank_from : i;
			continue;
		}
		if (!p->keep[i]) {
			gap++;
			blanks = gap > 1 ? 0 : blanks;
			continue;
		}
		if (gap)
			put_gap(p, out, gap, unit_at(p, i - 1)->traits & UNIT_ENDS_LINE);
		for (size_t k = blank_from; blanks && k < blank_from + blanks && !gap; k++)
			buf_add(out, text_of(p, k));
		gap = blanks = 0;
		buf_add(out, text_of(p, i));
	}
	put_gap(p, out, gap, true);
}

static void put_text(struct writer *p, struct buf *out)
{
	struct buf what;

	put_units(p, out);
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	put_count(&what, p->n, p->split ? "sentence" : "line", p->split ? "sentences" : "lines");
	buf_printf(&what, " compressed to %zu", p->kept);
	marker_put(out, buf_str(&what), p->s->hash, p->s->config->ccr_ttl_seconds);
	buf_release(&what);
}

static bool shorten(struct writer *p, struct arena *a, struct buf *out, struct squeezed *r)
{
	r->reason = "too many lines";
	if (!text_cut(&p->units, p->s->text, &p->split))
		return false;
	for (size_t i = 0; i < p->units.n; i++)
		p->n += !is_blank(p, i);
	r->before = r->after = p->n;
	r->reason = "few lines";
	if (p->units.n == 0 || p->n < (size_t)p->s->config->text_min_lines)
		return false;
	p->keep = arena_alloc(a, p->units.n);
	text_mark_tags(&p->units, a, p->s->text, p->s->config->tags_protect_only);
	keep_edges(p);
	keep_facts(p);
	keep_anchored(p, a);
	keep_asked(p, a);
	keep_sample(p);
	close_gaps(p);
	put_text(p, out);
	r->after = p->kept;
	r->reason = p->kept < p->n && out->n < p->s->text.n ? NULL : "nothing to gain";
	return !r->reason;
}

static bool text_run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct writer p = { .s = s };
	struct lines lines;
	bool shorter;

	*r = (struct squeezed){ .reason = "compressed before" };
	if (marker_in(s->text))
		return false;
	if (lines_cut(&lines, a, s->text) && listing_run(&lines, s, out, &shorter)) {
		r->before = r->after = lines.n;
		r->reason = shorter ? NULL : "a listing that is asked for";
		return shorter;
	}
	vec_init(&p.units, sizeof(struct unit));
	shorter = shorten(&p, a, out, r);
	vec_release(&p.units);
	return shorter;
}

const struct compressor text_compressor = { "text", CONTENT_TEXT, offsetof(struct compress_config, text),
					    text_run };
