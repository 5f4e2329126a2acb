/*
 * diff_compressor: every file header and every changed line stays; unchanged lines stay near changes only.  What remains of
 * a hunk gets a head that counts it rightly, so that the result is what `diff -U1` would have printed and still applies.
 * Limits on files and hunks are off by default; what they leave out is listed by file and range.
 */
#include <stdlib.h>

#include "core/compress/compress.h"
#include "core/compress/diff_lines.h"
#include "core/compress/rank.h"

enum {
	SHORT_GAP = 2, /* unchanged lines that cost no more than the head of another hunk */
	LISTED = 50, /* hunks or files named when left out */
	SCORED_LINES = 400 /* of a hunk */
};
#define CHANGE_SCORE .03f
#define CHANGES_SCORE_MAX .3f
#define WORD_SCORE .3f
#define QUERY_SCORE .2f

struct differ {
	const struct squeeze *s;
	struct diff d;
	unsigned char *keep;
	size_t context; /* lines left out */
	size_t hunks_out;
};

static struct hunk *hunk_at(const struct differ *p, size_t k)
{
	return vec_at(&p->d.hunks, k);
}

static struct diff_file *file_at(const struct differ *p, size_t k)
{
	return vec_at(&p->d.files, k);
}

static str line_of(const struct differ *p, size_t i)
{
	return line_at(&p->d.lines, i);
}

/* ---- which lines of a hunk stay ---- */

static bool is_changed(str line, size_t parents)
{
	for (size_t k = 0; k < parents && k < line.n; k++)
		if (line.p[k] == '+' || line.p[k] == '-')
			return true;
	return false;
}

static bool is_remark(str line) /* "\ No newline at end of file" */
{
	return line.n && line.p[0] == '\\';
}

/* Marks what stays near changes, walking away from each: one pass in either direction. */
static void keep_near(struct differ *p, const struct hunk *h, size_t parents, bool back)
{
	size_t near = 0, lines = h->end - h->first - 1;

	for (size_t k = 0; k < lines; k++) {
		size_t i = back ? h->end - 1 - k : h->first + 1 + k;

		if (is_changed(line_of(p, i), parents) || query_anchored(p->s->query, line_of(p, i)))
			near = (size_t)p->s->config->diff_context + 1;
		if (near) {
			p->keep[i] = 1;
			near--;
		}
	}
}

static void keep_hunk(struct differ *p, const struct hunk *h)
{
	struct hunk_head head;
	size_t last = h->first; /* kept line */

	hunk_head_read(line_of(p, h->first), &head);
	memset(p->keep + h->first, !h->exact, h->end - h->first);
	p->keep[h->first] = 1;
	if (!h->exact)
		return;
	keep_near(p, h, head.parents, false);
	keep_near(p, h, head.parents, true);
	for (size_t i = h->first + 1; i < h->end; i++) {
		if (is_remark(line_of(p, i)))
			p->keep[i] = i == h->first + 1 || p->keep[i - 1];
		if (!p->keep[i])
			continue;
		if (last > h->first && i - last <= SHORT_GAP + 1)
			memset(p->keep + last, 1, i - last);
		last = i;
	}
	for (size_t i = h->first + 1; i < h->end; i++)
		p->context += !p->keep[i];
}

/* ---- limits ---- */

static float score_of(const struct differ *p, const struct hunk *h)
{
	static const char *const words[] = { "security", "auth", "password", "secret", "token" };
	float score = CHANGE_SCORE * (float)h->changes;
	bool told = false, asked = false;

	if (score > CHANGES_SCORE_MAX)
		score = CHANGES_SCORE_MAX;
	for (size_t i = h->first; i < h->end && i < h->first + SCORED_LINES; i++) {
		str line = line_of(p, i);

		told = told || tells_error(line) || tells_note(line);
		for (size_t k = 0; k < sizeof(words) / sizeof(*words) && !told; k++)
			told = str_has_c(line, words[k]);
		asked = asked || query_anchored(p->s->query, line);
		for (size_t k = 0; k < p->s->query->words_n && !asked; k++)
			asked = str_find(line, p->s->query->words[k]) != STR_NONE;
	}
	return score + (told ? WORD_SCORE : 0) + (asked ? QUERY_SCORE : 0);
}

/* Of the hunks [from, to) of one file: first, last and best stay. */
static void limit_hunks(struct differ *p, struct rank *ranks, size_t from, size_t to)
{
	size_t most = (size_t)p->s->config->diff_max_hunks;

	if (most == 0 || to - from <= most)
		return;
	for (size_t k = from; k < to; k++) {
		float first = k == from || (k + 1 == to && most > 1) ? 10 : 0;

		ranks[k - from] = (struct rank){ first + score_of(p, hunk_at(p, k)), (uint32_t)k };
	}
	qsort(ranks, to - from, sizeof(*ranks), rank_by_score);
	for (size_t k = most; k < to - from; k++)
		hunk_at(p, ranks[k].index)->left_out = true;
}

static void limit_files(struct differ *p, struct arena *a)
{
	size_t n = p->d.files.n, most = (size_t)p->s->config->diff_max_files;
	struct rank *ranks;

	if (most == 0 || n <= most)
		return;
	ranks = arena_array(a, n, sizeof(*ranks));
	for (size_t k = 0; k < n; k++)
		ranks[k].index = (uint32_t)k;
	for (size_t k = 0; k < p->d.hunks.n; k++)
		ranks[hunk_at(p, k)->file].score += score_of(p, hunk_at(p, k));
	qsort(ranks, n, sizeof(*ranks), rank_by_score);
	for (size_t k = most; k < n; k++)
		file_at(p, ranks[k].index)->left_out = true;
}

static void apply_limits(struct differ *p, struct arena *a)
{
	struct rank *ranks = arena_array(a, p->d.hunks.n + 1, sizeof(*ranks));

	limit_files(p, a);
	for (size_t from = 0, to; from < p->d.hunks.n; from = to) {
		for (to = from; to < p->d.hunks.n && hunk_at(p, to)->file == hunk_at(p, from)->file;)
			to++;
		limit_hunks(p, ranks, from, to);
	}
	for (size_t k = 0; k < p->d.hunks.n; k++) {
		struct hunk *h = hunk_at(p, k);

		h->left_out = h->left_out || file_at(p, h->file)->left_out;
		p->hunks_out += h->left_out;
		if (h->left_out)
			memset(p->keep + h->first, 0, h->end - h->first);
		else
			keep_hunk(p, h);
	}
	for (size_t k = 0; k < p->d.files.n; k++) {
		struct diff_file *f = file_at(p, k);

		if (f->left_out)
			memset(p->keep + f->first, 0, f->head_end - f->first);
		for (size_t i = f->first; i < f->head_end && f->hunks && !p->s->config->diff_index_lines; i++)
			if (str_starts_c(line_of(p, i), "index "))
				p->keep[i] = 0;
	}
}

/* ---- output ---- */

static void put_range(struct buf *out, char sign, struct range r)
{
	buf_printf(out, " %c%u", sign, r.count ? r.start : r.start - (r.start > 0));
	if (r.count != 1)
		buf_printf(out, ",%u", r.count);
}

/* Steps the ranges over one line: into starts if it is passed over, into counts if it is kept. */
static void step(struct hunk_head *h, str line, bool kept)
{
	bool gone = false;

	for (size_t k = 0; k < h->parents && k < line.n; k++)
		gone = gone || line.p[k] == '-';
	for (size_t k = 0; k < h->parents; k++) {
		char c = k < line.n ? line.p[k] : ' ';

		if (gone ? c != '-' : c == '+')
			continue;
		h->old[k].start += !kept;
		h->old[k].count += kept;
	}
	if (!gone) {
		h->new.start += !kept;
		h->new.count += kept;
	}
}

static void put_head(struct buf *out, const struct hunk_head *h, str text, str line_end)
{
	for (size_t k = 0; k <= h->parents; k++)
		buf_add_ch(out, '@');
	for (size_t k = 0; k < h->parents; k++)
		put_range(out, '-', h->old[k]);
	put_range(out, '+', h->new);
	buf_add_ch(out, ' ');
	for (size_t k = 0; k <= h->parents; k++)
		buf_add_ch(out, '@');
	buf_add(out, text);
	buf_add(out, line_end);
}

/* The ranges before the first line: a range without lines names the line before it. */
static void first_ranges(struct hunk_head *h)
{
	for (size_t k = 0; k < h->parents; k++) {
		h->old[k].start += h->old[k].count == 0;
		h->old[k].count = 0;
	}
	h->new.start += h->new.count == 0;
	h->new.count = 0;
}

static void put_hunk(struct differ *p, struct buf *out, const struct hunk *h)
{
	struct hunk_head head;
	str raw = line_raw(&p->d.lines, h->first), line = line_of(p, h->first);
	str line_end = str_from(raw, line.n), text;
	size_t i = h->first + 1, end;

	hunk_head_read(line, &head);
	text = head.text;
	first_ranges(&head);
	while (i < h->end) {
		for (; i < h->end && !p->keep[i]; i++)
			if (!is_remark(line_of(p, i)))
				step(&head, line_of(p, i), false);
		for (end = i; end < h->end && p->keep[end]; end++)
			if (!is_remark(line_of(p, end)))
				step(&head, line_of(p, end), true);
		if (end == i)
			break;
		put_head(out, &head, text, line_end);
		text = STR("");
		for (; i < end; i++)
			buf_add(out, line_raw(&p->d.lines, i));
		for (size_t k = 0; k < head.parents; k++) {
			head.old[k].start += head.old[k].count;
			head.old[k].count = 0;
		}
		head.new.start += head.new.count;
		head.new.count = 0;
	}
}

static bool is_whole(const struct differ *p, const struct hunk *h)
{
	return !memchr(p->keep + h->first, 0, h->end - h->first);
}

static void put_lines(struct differ *p, struct buf *out, size_t from, size_t to)
{
	for (; from < to; from++)
		if (p->keep[from])
			buf_add(out, line_raw(&p->d.lines, from));
}

/* "[omitted: src/x.c @@ -1,7 +1,8 @@, ...]" */
static void put_left_out(struct differ *p, struct buf *out)
{
	size_t listed = 0, total = p->hunks_out;

	for (size_t k = 0; k < p->d.files.n; k++)
		total += file_at(p, k)->left_out && file_at(p, k)->hunks == 0;
	if (total == 0)
		return;
	lines_end(out);
	buf_add_c(out, "[omitted:");
	for (size_t k = 0; k < p->d.files.n && listed < LISTED; k++) {
		const struct diff_file *f = file_at(p, k);

		if (f->left_out && f->hunks == 0) {
			buf_add_c(out, listed++ ? ", " : " ");
			buf_add(out, f->name);
		}
	}
	for (size_t k = 0; k < p->d.hunks.n && listed < LISTED; k++) {
		const struct hunk *h = hunk_at(p, k);
		str line = line_of(p, h->first), text;
		struct hunk_head head;

		if (!h->left_out)
			continue;
		hunk_head_read(line, &head);
		text = head.text;
		buf_add_c(out, listed++ ? ", " : " ");
		buf_add(out, file_at(p, h->file)->name);
		buf_add_ch(out, ' ');
		buf_add(out, str_sub(line, 0, line.n - text.n));
	}
	if (listed < total)
		buf_printf(out, ", and %zu more", total - listed);
	buf_add(out, STR("]\n"));
}

static void put_diff(struct differ *p, struct buf *out)
{
	struct buf what;
	size_t from = 0;

	for (size_t k = 0; k < p->d.hunks.n; k++) {
		const struct hunk *h = hunk_at(p, k);

		put_lines(p, out, from, h->first);
		from = h->end;
		if (h->left_out)
			continue;
		if (is_whole(p, h))
			put_lines(p, out, h->first, h->end);
		else
			put_hunk(p, out, h);
	}
	put_lines(p, out, from, p->d.lines.n);
	put_left_out(p, out);
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	put_count(&what, p->d.files.n, "file", "files");
	buf_printf(&what, " changed, +%zu -%zu lines, ", p->d.added, p->d.removed);
	put_count(&what, p->hunks_out, "hunk", "hunks");
	buf_add(&what, STR(" omitted"));
	if (p->context) {
		buf_add(&what, STR(", "));
		put_count(&what, p->context, "context line", "context lines");
		buf_add(&what, STR(" omitted"));
	}
	marker_put(out, buf_str(&what), p->s->hash, p->s->config->ccr_ttl_seconds);
	buf_release(&what);
}

static bool diff_run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct differ p = { .s = s };

	*r = (struct squeezed){ .reason = "too many lines" };
	if (!lines_cut(&p.d.lines, a, s->text))
		return false;
	r->before = r->after = p.d.lines.n;
	r->reason = "few lines";
	if (p.d.lines.n == 0 || p.d.lines.n < (size_t)s->config->diff_min_lines)
		return false;
	r->reason = "compressed before";
	if (marker_in(s->text))
		return false;
	p.keep = arena_alloc(a, p.d.lines.n + 1);
	memset(p.keep, 1, p.d.lines.n);
	diff_read(&p.d);
	if (p.d.hunks.n || p.d.files.n) {
		apply_limits(&p, a);
		put_diff(&p, out);
	}
	r->after = 0;
	for (size_t i = 0; i < p.d.lines.n; i++)
		r->after += p.keep[i];
	vec_release(&p.d.files);
	vec_release(&p.d.hunks);
	r->reason = r->after < r->before && out->n < s->text.n ? NULL : "nothing to gain";
	return !r->reason;
}

const struct compressor diff_compressor = { "diff", CONTENT_DIFF, offsetof(struct compress_config, diff),
					    diff_run };
