/*
 * search_compressor: matches of a search.  Every file stays with its first match; so do lines with anchors of the query
 * and what a compiler calls an error.  Then the best matches up to the limits: those the query and the keywords ask for,
 * those that tell of errors, the last one of a file.  What is left out is counted file by file.
 */
#include <stdlib.h>

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/compress/adaptive.h"
#include "core/compress/compress.h"
#include "core/compress/lines.h"
#include "core/compress/rank.h"
#include "core/compress/search_lines.h"

enum {
	LEAST_MATCHES = 5, /* of a result, if there are */
	JUDGED = 256, /* matches of which the adaptive count is made */
	NOTICES = 20, /* lines that are no matches, such as "Binary file x matches" */
	WORD_MIN = 3,
	WORD_MAX = 64,
	SCORED_BYTES = 2000, /* of a match */
	LISTED_FILES = 20 /* named when files are left out */
};
#define WORD_SCORE .3f
#define ERROR_SCORE .5f
#define WARNING_SCORE .4f
#define NOTE_SCORE .3f
#define LAST_SCORE .2f

enum entry_kind {
	ENTRY_OTHER,
	ENTRY_MATCH,
	ENTRY_AROUND, /* a line of context */
	ENTRY_RULE /* "--" between groups */
};

/* One line. */
struct entry {
	uint32_t file; /* of matches and the lines around */
	uint32_t content; /* of a match: where in the line it begins */
	uint8_t kind;
	float score;
};

struct file {
	str path;
	uint32_t first, last; /* lines with its matches */
	uint32_t matches, kept;
	uint32_t after; /* the line behind which the rest is counted */
	float score;
	bool left_out;
};

struct searcher {
	const struct squeeze *s;
	struct lines lines;
	struct entry *entry; /* lines.n */
	unsigned char *keep;
	struct vec files;
	struct query query; /* with its anchors that tell matches apart */
	struct map64 words; /* hashes of the query's and of the keywords */
	size_t matches, kept, others, around;
};

static struct file *file_of(const struct searcher *p, size_t line)
{
	return vec_at(&p->files, p->entry[line].file);
}

static str content_of(const struct searcher *p, size_t line)
{
	return str_from(line_at(&p->lines, line), p->entry[line].content);
}

/* ---- reading ---- */

static void read_matches(struct searcher *p)
{
	struct map paths;
	struct hit hit;
	bool fresh;
	struct file *last = NULL;

	map_init(&paths);
	for (size_t i = 0; i < p->lines.n; i++) {
		struct entry *e = &p->entry[i];

		if (!search_match(line_at(&p->lines, i), &hit)) {
			e->kind = str_eq(line_at(&p->lines, i), STR("--")) ? ENTRY_RULE : ENTRY_OTHER;
			continue;
		}
		if (!last || !str_eq(last->path, hit.path)) {
			struct map_entry *known = map_put(&paths, hit.path, &fresh);

			if (fresh) {
				known->value = (void *)(uintptr_t)p->files.n;
				last = vec_push(&p->files);
				*last = (struct file){ .path = hit.path, .first = (uint32_t)i };
			} else {
				last = vec_at(&p->files, (size_t)(uintptr_t)known->value);
			}
		}
		e->kind = ENTRY_MATCH;
		e->content = (uint32_t)(hit.content.p - line_at(&p->lines, i).p);
		e->file = (uint32_t)(last - (struct file *)p->files.p);
		last->last = (uint32_t)i;
		last->matches++;
		p->matches++;
	}
	map_release(&paths);
}

/* A line around a match stands behind a match of its file or before one. */
static void read_around(struct searcher *p)
{
	struct hit hit;

	for (int back = 0; back < 2; back++) {
		const struct file *near = NULL;

		for (size_t k = 0; k < p->lines.n; k++) {
			size_t i = back ? p->lines.n - 1 - k : k;
			struct entry *e = &p->entry[i];

			if (e->kind == ENTRY_MATCH) {
				near = file_of(p, i);
			} else if (e->kind == ENTRY_OTHER && near &&
				   search_context(line_at(&p->lines, i), near->path, &hit)) {
				e->kind = ENTRY_AROUND;
				e->file = (uint32_t)(near - (const struct file *)p->files.p);
			}
		}
	}
	for (size_t i = 0; i < p->lines.n; i++) {
		p->others += p->entry[i].kind == ENTRY_OTHER && str_trim(line_at(&p->lines, i)).n;
		p->around += p->entry[i].kind == ENTRY_AROUND;
	}
}

/* ---- scores ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_word(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void add_keywords(struct searcher *p)
{
	str rest = str_c(p->s->config->search_keywords), word;
	char small[WORD_MAX];

	for (size_t k = 0; k < p->s->query->words_n; k++)
		if (p->s->query->words[k].n >= WORD_MIN)
			map64_put(&p->words, p->s->query->hashes[k], NULL);
	while (str_split(&rest, ',', &word)) {
		word = str_trim(word);
		if (word.n == 0 || word.n > WORD_MAX)
			continue;
		for (size_t i = 0; i < word.n; i++)
			small[i] = lower(word.p[i]);
		map64_put(&p->words, str_hash((str){ small, word.n }), NULL);
	}
}

/* Words of the line that are asked for, each time they appear. */
static size_t asked_words(const struct searcher *p, str line)
{
	char small[WORD_MAX];
	size_t hits = 0;

	for (size_t i = 0, n; i < line.n; i++) {
		for (n = 0; i < line.n && is_word(line.p[i]); i++, n++)
			if (n < WORD_MAX)
				small[n] = lower(line.p[i]);
		if (n >= WORD_MIN && n <= WORD_MAX)
			hits += map64_get(&p->words, str_hash((str){ small, n })) != NULL;
	}
	return hits;
}

static float score_of(const struct searcher *p, str line)
{
	float score = 0;

	line = str_sub(line, 0, SCORED_BYTES);
	if (p->words.n)
		score += WORD_SCORE * (float)asked_words(p, line);
	if (p->s->config->search_boost_errors) {
		if (tells_error(line))
			score += ERROR_SCORE;
		else if (tells_warning(line))
			score += WARNING_SCORE;
		else if (tells_note(line))
			score += NOTE_SCORE;
	}
	return score < 1 ? score : 1;
}

static void score_matches(struct searcher *p)
{
	add_keywords(p);
	for (size_t i = 0; i < p->lines.n; i++) {
		if (p->entry[i].kind != ENTRY_MATCH)
			continue;
		p->entry[i].score = score_of(p, content_of(p, i));
		file_of(p, i)->score += p->entry[i].score;
	}
}

/* ---- picking ---- */

static void keep_match(struct searcher *p, size_t i)
{
	struct file *f = file_of(p, i);

	if (p->keep[i])
		return;
	p->keep[i] = 1;
	p->kept++;
	f->kept++;
	f->after = f->after > i ? f->after : (uint32_t)i;
}

/* Beyond the limit the files whose matches score least are left out as a whole. */
static void limit_files(struct searcher *p, struct arena *a)
{
	size_t most = (size_t)p->s->config->search_max_files;
	struct rank *ranks;

	if (most == 0 || p->files.n <= most)
		return;
	ranks = arena_array(a, p->files.n, sizeof(*ranks));
	for (size_t k = 0; k < p->files.n; k++)
		ranks[k] = (struct rank){ ((struct file *)vec_at(&p->files, k))->score, (uint32_t)k };
	qsort(ranks, p->files.n, sizeof(*ranks), rank_by_score);
	for (size_t k = most; k < p->files.n; k++)
		((struct file *)vec_at(&p->files, ranks[k].index))->left_out = true;
}

static bool is_guaranteed(const struct searcher *p, size_t i)
{
	str content = content_of(p, i);

	if (file_of(p, i)->first == i || query_anchored(&p->query, line_at(&p->lines, i)))
		return true;
	return search_diagnostic(content) && tells_error(content);
}

/* A search finds what it is for: that stands in every match. */
static void find_anchors(struct searcher *p, struct arena *a)
{
	str *matches;
	size_t n = 0;

	p->query = *p->s->query;
	if (p->query.anchors_n == 0)
		return;
	matches = arena_array(a, p->matches, sizeof(*matches));
	for (size_t i = 0; i < p->lines.n; i++)
		if (p->entry[i].kind == ENTRY_MATCH)
			matches[n++] = line_at(&p->lines, i);
	query_telling(&p->query, a, p->s->query, matches, n);
}

static size_t match_limit(struct searcher *p, struct arena *a)
{
	size_t n = p->matches < JUDGED ? p->matches : JUDGED, most = (size_t)p->s->config->search_max_matches;
	str *contents = arena_array(a, n, sizeof(*contents));
	size_t match = 0, judged = 0;

	for (size_t i = 0; i < p->lines.n && judged < n; i++) {
		if (p->entry[i].kind != ENTRY_MATCH)
			continue;
		if (match++ * n / p->matches == judged)
			contents[judged++] = content_of(p, i);
	}
	n = adaptive_count(a, contents, judged, p->s->bias, most);
	return n > LEAST_MATCHES ? n : LEAST_MATCHES < most ? LEAST_MATCHES : most;
}

static void keep_matches(struct searcher *p, struct arena *a, size_t limit)
{
	struct rank *ranks = arena_array(a, p->matches, sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < p->lines.n; i++) {
		struct file *f;

		if (p->entry[i].kind != ENTRY_MATCH)
			continue;
		f = file_of(p, i);
		if (f->left_out)
			continue;
		if (is_guaranteed(p, i)) {
			keep_match(p, i);
			continue;
		}
		ranks[n++] =
			(struct rank){ p->entry[i].score + (f->last == i ? LAST_SCORE : 0), (uint32_t)i };
	}
	qsort(ranks, n, sizeof(*ranks), rank_by_score);
	for (size_t k = 0; k < n && p->kept < limit; k++)
		if (file_of(p, ranks[k].index)->kept < (size_t)p->s->config->search_per_file)
			keep_match(p, ranks[k].index);
}

/* What stands next to a match that stays; what is no part of the result, if it is little or tells an error. */
static void keep_others(struct searcher *p)
{
	size_t n = p->lines.n, rule = n;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		bool next = (i && p->entry[i - 1].kind == ENTRY_MATCH && p->keep[i - 1]) ||
			    (i + 1 < n && p->entry[i + 1].kind == ENTRY_MATCH && p->keep[i + 1]);

		if (p->entry[i].kind == ENTRY_AROUND)
			p->keep[i] = next;
		else if (p->entry[i].kind == ENTRY_OTHER)
			p->keep[i] = p->others <= NOTICES || next || i == 0 || i + 1 == n ||
				     tells_error(line_at(&p->lines, i));
	}
	for (size_t i = 0; i < n; i++) {
		if (p->entry[i].kind == ENTRY_RULE) {
			rule = i;
		} else if (p->keep[i]) {
			if (rule < n && any)
				p->keep[rule] = 1;
			any = true;
			rule = n;
		}
	}
}

/* ---- telling ---- */

static void put_rest(const struct searcher *p, struct buf *out, size_t i)
{
	const struct file *f;

	if (p->entry[i].kind != ENTRY_MATCH)
		return;
	f = file_of(p, i);
	if (f->after != i || f->kept == f->matches)
		return;
	lines_end(out);
	buf_printf(out, "[... and %u more %s in ", f->matches - f->kept,
		   f->matches - f->kept == 1 ? "match" : "matches");
	buf_add(out, f->path);
	buf_add(out, STR("]\n"));
}

static void put_files(const struct searcher *p, struct buf *out)
{
	size_t n = 0, listed = 0;

	for (size_t k = 0; k < p->files.n; k++)
		n += ((struct file *)vec_at(&p->files, k))->left_out;
	if (n == 0)
		return;
	lines_end(out);
	buf_add_ch(out, '[');
	put_count(out, n, "file left out:", "files left out:");
	for (size_t k = 0; k < p->files.n && listed < LISTED_FILES; k++) {
		const struct file *f = vec_at(&p->files, k);

		if (!f->left_out)
			continue;
		buf_add_c(out, listed++ ? ", " : " ");
		buf_add(out, f->path);
		buf_printf(out, " (%u)", f->matches);
	}
	buf_add_c(out, listed < n ? ", ...]\n" : "]\n");
}

static void put_search(struct searcher *p, struct buf *out)
{
	size_t around = 0, others = 0;
	struct buf what;

	for (size_t i = 0; i < p->lines.n; i++) {
		if (p->keep[i]) {
			lines_end(out);
			buf_add(out, line_raw(&p->lines, i));
			put_rest(p, out, i);
		} else {
			around += p->entry[i].kind == ENTRY_AROUND;
			others += p->entry[i].kind == ENTRY_OTHER && str_trim(line_at(&p->lines, i)).n;
		}
	}
	put_files(p, out);
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	put_count(&what, p->matches, "match", "matches");
	buf_add(&what, STR(" in "));
	put_count(&what, p->files.n, "file", "files");
	buf_printf(&what, " compressed to %zu", p->kept);
	if (around) {
		buf_add(&what, STR(". Omitted: "));
		put_count(&what, around, "line around them", "lines around them");
	}
	if (others) {
		buf_add_c(&what, around ? ", " : ". Omitted: ");
		put_count(&what, others, "other line", "other lines");
	}
	marker_put(out, buf_str(&what), p->s->hash, p->s->config->ccr_ttl_seconds);
	buf_release(&what);
}

static bool shorten(struct searcher *p, struct arena *a, struct buf *out, struct squeezed *r)
{
	size_t limit;

	read_matches(p);
	read_around(p);
	r->before = r->after = p->matches;
	r->reason = "few matches";
	if (p->matches == 0 || p->matches < (size_t)p->s->config->search_min_matches)
		return false;
	r->reason = "few of the lines are matches";
	if (p->others > NOTICES && p->others > p->matches + p->around)
		return false;
	score_matches(p);
	limit_files(p, a);
	find_anchors(p, a);
	limit = match_limit(p, a);
	keep_matches(p, a, limit);
	/* telling of one match costs as much as showing it */
	for (size_t i = 0; i < p->lines.n; i++)
		if (p->entry[i].kind == ENTRY_MATCH && !p->keep[i] &&
		    file_of(p, i)->kept + 1 == file_of(p, i)->matches && file_of(p, i)->kept &&
		    line_at(&p->lines, i).n <= file_of(p, i)->path.n * 2)
			keep_match(p, i);
	keep_others(p);
	put_search(p, out);
	r->after = p->kept;
	r->reason = out->n < p->s->text.n ? NULL : "nothing to gain";
	return out->n < p->s->text.n;
}

static bool search_run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct searcher p = { .s = s };
	bool shorter;

	*r = (struct squeezed){ .reason = "too many lines" };
	if (!lines_cut(&p.lines, a, s->text))
		return false;
	r->reason = "compressed before";
	if (marker_in(s->text))
		return false;
	p.entry = arena_array(a, p.lines.n, sizeof(*p.entry));
	p.keep = arena_alloc(a, p.lines.n + 1);
	vec_init(&p.files, sizeof(struct file));
	map64_init(&p.words);
	shorter = shorten(&p, a, out, r);
	map64_release(&p.words);
	vec_release(&p.files);
	return shorter;
}

const struct compressor search_compressor = { "search", CONTENT_SEARCH,
					      offsetof(struct compress_config, search), search_run };
