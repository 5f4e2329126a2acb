/*
 * log_compressor: build, test and service logs.  What must stay, stays first, whatever the limits: each distinct failure
 * with its whole message, lines with anchors of the query, summaries, first and last line.  Then the limits decide: stack
 * frames, warnings, one line of each kind, what stands around errors.  Repetitions become a count.
 */
#include "core/base/map.h"
#include "core/compress/adaptive.h"
#include "core/compress/compress.h"
#include "core/compress/log_lines.h"
#include "core/compress/mask.h"

enum {
	LEAST_EXTRA = 10, /* lines beyond the guaranteed ones */
	EDGE_QUIET = 5, /* first and last lines of a log without errors */
	EDGE = 3, /* and of one with */
	SUMMARIES = 20, /* other than failures; half of them first, half last */
	KINDS_JUDGED = 256, /* of them the adaptive count is made */
	GAP_BYTES = 24 /* what telling a gap costs */
};

struct picker {
	const struct squeeze *s;
	struct arena *a;
	struct log_scan scan;
	unsigned char *keep;
	uint32_t *alike; /* the first line that says the same, + 1; 0: none before */
	uint32_t *times; /* how many lines a kept one stands for: itself and those left out */
	size_t kept, extra, limit; /* lines: so far; of those, beyond the guaranteed; how many may be */
	size_t stacks;
	struct map64 first; /* kind -> first line of it + 1 */
};

static void keep_line(struct picker *p, size_t i)
{
	if (i < p->scan.lines.n && !p->keep[i]) {
		p->keep[i] = 1;
		p->kept++;
	}
}

/* False when the limit is reached. */
static bool keep_extra(struct picker *p, size_t i)
{
	if (p->keep[i])
		return true;
	if (p->extra >= p->limit || p->kept >= (size_t)p->s->config->log_max_lines)
		return false;
	p->extra++;
	keep_line(p, i);
	return true;
}

/* ---- guaranteed ---- */

/* The frames of one block: its first and its last ones. */
static void keep_frames(struct picker *p, const struct log_block *b)
{
	size_t frames = 0, seen = 0, most = (size_t)p->s->config->log_stack_lines;

	if (p->stacks >= (size_t)p->s->config->log_max_stacks)
		return;
	for (size_t i = b->head; i < b->end; i++)
		frames += p->scan.line[i].role == ROLE_FRAME;
	p->stacks += frames > 0;
	for (size_t i = b->head; i < b->end; i++) {
		if (p->scan.line[i].role != ROLE_FRAME)
			continue;
		if (seen < (most + 1) / 2 || seen + most / 2 >= frames)
			keep_line(p, i);
		seen++;
	}
}

/* Every distinct failure once.  While there are few, those that differ only in numbers count as distinct. */
static void keep_failures(struct picker *p)
{
	struct map64 groups;
	size_t distinct = 0;
	bool few;

	map64_init(&groups);
	for (size_t k = 0; k < p->scan.blocks.n; k++) {
		bool fresh;

		map64_put(&groups, ((struct log_block *)vec_at(&p->scan.blocks, k))->exact, &fresh);
		distinct += fresh;
	}
	few = distinct <= (size_t)p->s->config->log_max_errors;
	map64_clear(&groups);
	for (size_t k = 0; k < p->scan.blocks.n; k++) {
		struct log_block *b = vec_at(&p->scan.blocks, k);
		bool fresh;
		uint64_t *head = map64_put(&groups, few ? b->exact : b->same, &fresh);

		if (!fresh) {
			p->alike[b->head] = (uint32_t)*head + 1;
			continue;
		}
		*head = b->head;
		for (size_t i = b->head; i < b->end; i++)
			if (p->scan.line[i].role == ROLE_HEAD || p->scan.line[i].role == ROLE_MESSAGE)
				keep_line(p, i);
		keep_frames(p, b);
	}
	map64_release(&groups);
}

static void keep_summaries(struct picker *p)
{
	struct map64 seen;
	size_t n = 0, at = 0;
	bool fresh;

	map64_init(&seen);
	for (size_t i = 0; i < p->scan.lines.n; i++) {
		struct log_line *line = &p->scan.line[i];

		if (line->role != ROLE_SUMMARY)
			continue;
		map64_put(&seen, str_hash(line_at(&p->scan.lines, i)), &fresh);
		if (!fresh)
			line->role = ROLE_PLAIN;
		else if (line->level >= LEVEL_FAIL)
			keep_line(p, i);
		else
			n++;
	}
	map64_release(&seen);
	for (size_t i = 0; i < p->scan.lines.n && p->s->config->log_summary; i++)
		if (p->scan.line[i].role == ROLE_SUMMARY && p->scan.line[i].level < LEVEL_FAIL) {
			if (at < SUMMARIES / 2 || at + SUMMARIES / 2 >= n)
				keep_line(p, i);
			at++;
		}
}

static void keep_anchored(struct picker *p)
{
	size_t n = p->scan.lines.n;
	struct query query;
	str *lines;

	if (p->s->query->anchors_n == 0)
		return;
	lines = arena_array(p->a, n, sizeof(*lines));
	for (size_t i = 0; i < n; i++)
		lines[i] = line_at(&p->scan.lines, i);
	query_telling(&query, p->a, p->s->query, lines, n);
	for (size_t i = 0; i < n && query.anchors_n; i++)
		if (query_anchored(&query, lines[i]))
			keep_line(p, i);
}

/* ---- within the limits ---- */

static void keep_edges(struct picker *p)
{
	size_t n = p->scan.lines.n, edge = p->scan.blocks.n ? EDGE : EDGE_QUIET;

	keep_line(p, 0);
	keep_line(p, n - 1);
	for (size_t i = 1; i < edge && i < n; i++) {
		keep_extra(p, i);
		keep_extra(p, n - 1 - i);
	}
}

struct warning {
	uint32_t line;
	uint64_t kind;
	bool first; /* of its kind */
};

/* Distinct warnings in order of appearance. */
static void find_warnings(struct picker *p, struct vec *warnings)
{
	bool dedupe = p->s->config->log_dedupe_warnings, fresh;
	struct map64 seen, kinds;

	map64_init(&seen);
	map64_init(&kinds);
	for (size_t i = 0; i < p->scan.lines.n; i++) {
		struct log_line *line = &p->scan.line[i];
		struct warning *w;
		uint64_t *place;

		if (line->level != LEVEL_WARN || line->role == ROLE_MESSAGE)
			continue;
		place = map64_put(&seen, dedupe ? mask_message(line_at(&p->scan.lines, i)) : i, &fresh);
		if (!fresh) {
			p->alike[i] = ((struct warning *)vec_at(warnings, *place))->line + 1;
			continue;
		}
		*place = warnings->n;
		w = vec_push(warnings);
		*w = (struct warning){ .line = (uint32_t)i, .kind = line->kind };
		map64_put(&kinds, line->kind, &w->first);
	}
	map64_release(&seen);
	map64_release(&kinds);
}

/* One of each kind first, as a kind met once tells more than the tenth of another; then others up to the limit. */
static void keep_warnings(struct picker *p)
{
	size_t left = (size_t)p->s->config->log_max_warnings;
	struct vec warnings;

	vec_init(&warnings, sizeof(struct warning));
	find_warnings(p, &warnings);
	for (int first = 1; first >= 0; first--)
		for (size_t k = 0; k < warnings.n; k++) {
			struct warning *w = vec_at(&warnings, k);

			if (w->first != first || (!first && left == 0))
				continue;
			if (p->kept >= (size_t)p->s->config->log_max_lines)
				break;
			keep_line(p, w->line);
			left -= left > 0;
		}
	vec_release(&warnings);
}

static bool has_kind(const struct log_line *line)
{
	return line->role == ROLE_PLAIN && line->kind && line->level != LEVEL_PASS &&
	       line->level < LEVEL_WARN;
}

/* Kinds of ordinary lines: the first line of each. */
static void find_kinds(struct picker *p)
{
	for (size_t i = 0; i < p->scan.lines.n; i++) {
		uint64_t *first;
		bool fresh;

		if (!has_kind(&p->scan.line[i]))
			continue;
		first = map64_put(&p->first, p->scan.line[i].kind, &fresh);
		if (fresh)
			*first = i;
		else
			p->alike[i] = (uint32_t)*first + 1;
	}
}

/* How many lines say what the ordinary ones say. */
static size_t extra_limit(struct picker *p)
{
	size_t n = p->first.n < KINDS_JUDGED ? p->first.n : KINDS_JUDGED, most;
	str *kinds = arena_array(p->a, n, sizeof(*kinds));

	for (size_t k = 0; k < n; k++)
		kinds[k] = line_at(&p->scan.lines, p->first.entries[k * p->first.n / n].value);
	most = adaptive_count(p->a, kinds, n, p->s->bias, (size_t)p->s->config->log_max_lines);
	return most > LEAST_EXTRA ? most : LEAST_EXTRA;
}

/* One line of each kind: those the query asks for, then evenly over the log. */
static void keep_kinds(struct picker *p)
{
	size_t n = p->first.n, room = p->limit > p->extra ? p->limit - p->extra : 0;
	size_t judged = n < KINDS_JUDGED * 16 ? n : KINDS_JUDGED * 16;
	str *kinds = arena_array(p->a, judged, sizeof(*kinds));
	float *scores = arena_array(p->a, judged, sizeof(*scores));

	for (size_t k = 0; k < judged; k++)
		kinds[k] = line_at(&p->scan.lines, p->first.entries[k].value);
	if (p->s->query->words_n && judged)
		bm25(p->s->query, kinds, judged, scores);
	for (size_t k = 0; k < judged; k++)
		if (scores[k] >= (float)p->s->config->relevance_threshold && scores[k] > 0)
			keep_extra(p, p->first.entries[k].value);
	for (size_t k = 0; k < n && room; k++)
		if (n <= room || k * room / n != (k + 1) * room / n)
			keep_extra(p, p->first.entries[k].value);
}

/* Ordinary lines stand around an error; another error has its own. */
static bool is_context(const struct picker *p, size_t i)
{
	return i < p->scan.lines.n && p->scan.line[i].level != LEVEL_PASS &&
	       p->scan.line[i].level < LEVEL_FAIL;
}

/* Around the first failures, the nearest lines first. */
static void keep_context(struct picker *p)
{
	size_t most = (size_t)p->s->config->log_context, errors = 0;

	for (size_t k = 0; k < p->scan.blocks.n && errors < (size_t)p->s->config->log_max_errors; k++) {
		struct log_block *b = vec_at(&p->scan.blocks, k);
		bool above = true, below = true;

		if (!p->keep[b->head])
			continue;
		errors++;
		for (size_t d = 1; d <= most && p->kept < (size_t)p->s->config->log_max_lines; d++) {
			above = above && b->head >= d && is_context(p, b->head - d);
			below = below && is_context(p, b->end + d - 1);
			if (!above && !below)
				break;
			if (above)
				keep_line(p, b->head - d);
			if (below)
				keep_line(p, b->end + d - 1);
		}
	}
}

/* ---- telling ---- */

static void put_omitted(struct picker *p, struct buf *what)
{
	static const struct {
		enum log_level level;
		const char *name;
	} rows[] = {
		{ LEVEL_ERROR, "ERROR" }, { LEVEL_FAIL, "FAIL" },   { LEVEL_WARN, "WARN" },
		{ LEVEL_INFO, "INFO" },	  { LEVEL_DEBUG, "DEBUG" }, { LEVEL_TRACE, "TRACE" },
		{ LEVEL_PASS, "passed" },
	};
	size_t left[LEVEL_COUNT];
	const char *sep = ". Omitted: ";

	memcpy(left, p->scan.levels, sizeof(left));
	for (size_t i = 0; i < p->scan.lines.n; i++)
		if (p->keep[i])
			left[p->scan.line[i].level]--;
	for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
		if (left[rows[k].level] == 0)
			continue;
		buf_printf(what, "%s%zu %s", sep, left[rows[k].level], rows[k].name);
		sep = ", ";
	}
}

/* A line that is shown itself is not counted by another. */
static bool count_alike(struct picker *p)
{
	bool counts = false;

	for (size_t i = 0; i < p->scan.lines.n; i++) {
		p->times[i] = 1;
		if (p->keep[i] || p->alike[i] == 0 || !p->keep[p->alike[i] - 1])
			continue;
		p->times[p->alike[i] - 1]++;
		counts = true;
	}
	return counts;
}

static void put_log(struct picker *p, struct buf *out, struct squeezed *r)
{
	struct buf what;
	bool counts;

	lines_close_gaps(&p->scan.lines, p->keep, GAP_BYTES);
	counts = count_alike(p);
	r->after = lines_put(out, &p->scan.lines, p->keep, p->times);
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	buf_printf(&what, "%zu lines compressed to %zu", r->before, r->after);
	put_omitted(p, &what);
	if (counts)
		buf_add_c(&what, ". (xN): N lines alike");
	marker_put(out, buf_str(&what), p->s->hash, p->s->config->ccr_ttl_seconds);
	buf_release(&what);
}

static bool log_run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct picker p = { .s = s, .a = a };
	size_t n;

	*r = (struct squeezed){ .reason = "too many lines" };
	if (!lines_cut(&p.scan.lines, a, s->text))
		return false;
	n = r->before = r->after = p.scan.lines.n;
	r->reason = "few lines";
	if (n == 0 || n < (size_t)s->config->log_min_lines)
		return false;
	r->reason = "compressed before";
	if (marker_in(s->text))
		return false;
	p.keep = arena_alloc(a, n);
	p.times = arena_array(a, n, sizeof(*p.times));
	p.alike = arena_array(a, n, sizeof(*p.alike));
	map64_init(&p.first);
	log_read(&p.scan, a);
	keep_failures(&p);
	keep_summaries(&p);
	keep_anchored(&p);
	find_kinds(&p);
	p.limit = extra_limit(&p);
	keep_edges(&p);
	keep_warnings(&p);
	keep_kinds(&p);
	keep_context(&p);
	put_log(&p, out, r);
	map64_release(&p.first);
	vec_release(&p.scan.blocks);
	r->reason = out->n < s->text.n ? NULL : "nothing to gain";
	return out->n < s->text.n;
}

const struct compressor log_compressor = { "log", CONTENT_LOG, offsetof(struct compress_config, log),
					   log_run };
