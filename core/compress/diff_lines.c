#include "core/compress/diff_lines.h"

static bool take_number(str *s, uint32_t *out)
{
	uint64_t value = 0;
	size_t n = 0;

	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && value <= UINT32_MAX; n++)
		value = value * 10 + (uint64_t)(s->p[n] - '0');
	if (n == 0 || value > UINT32_MAX)
		return false;
	*s = str_from(*s, n);
	*out = (uint32_t)value;
	return true;
}

/* " -12,5"; without a count it is 1 */
static bool take_range(str *s, char sign, struct range *out)
{
	if (s->n < 3 || s->p[0] != ' ' || s->p[1] != sign)
		return false;
	*s = str_from(*s, 2);
	out->count = 1;
	if (!take_number(s, &out->start))
		return false;
	if (s->n == 0 || s->p[0] != ',')
		return true;
	*s = str_from(*s, 1);
	return take_number(s, &out->count);
}

static size_t ats(str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '@')
		n++;
	return n;
}

bool hunk_head_read(str line, struct hunk_head *out)
{
	size_t n = ats(line);

	if (n < 2 || n - 1 > DIFF_PARENTS)
		return false;
	*out = (struct hunk_head){ .parents = n - 1 };
	line = str_from(line, n);
	for (size_t k = 0; k < out->parents; k++)
		if (!take_range(&line, '-', &out->old[k]))
			return false;
	if (!take_range(&line, '+', &out->new) || line.n <= n || line.p[0] != ' ' ||
	    ats(str_from(line, 1)) != n)
		return false;
	out->text = str_from(line, n + 1);
	return true;
}

/* What a hunk still lacks, by its head. */
struct wanted {
	size_t parents;
	uint32_t old[DIFF_PARENTS], new;
};

static bool is_wanted(const struct wanted *w)
{
	bool any = w->new > 0;

	for (size_t k = 0; k < w->parents; k++)
		any = any || w->old[k] > 0;
	return any;
}

/* Counts a line off; false if it does not belong there. */
static bool count_off(struct wanted *w, str line)
{
	bool gone = false;

	for (size_t k = 0; k < w->parents; k++)
		gone = gone || (k < line.n && line.p[k] == '-');
	for (size_t k = 0; k < w->parents; k++) {
		char c = k < line.n ? line.p[k] : ' ';

		if (gone ? c != '-' : c == '+')
			continue;
		if (w->old[k]-- == 0)
			return false;
	}
	return gone || w->new -- > 0;
}

/* How a line of a hunk begins; tools that trim blanks leave an empty line of context. */
static bool is_hunk_line(str line, size_t parents)
{
	if (line.n == 0)
		return true;
	for (size_t k = 0; k < parents && k < line.n; k++)
		if (line.p[k] != ' ' && line.p[k] != '+' && line.p[k] != '-')
			return false;
	return true;
}

static bool is_change(str line, size_t parents)
{
	for (size_t k = 0; k < parents && k < line.n; k++)
		if (line.p[k] == '+' || line.p[k] == '-')
			return true;
	return false;
}

struct reader {
	struct diff *d;
	struct diff_file *file;
};

static str at(const struct reader *r, size_t i)
{
	return i < r->d->lines.n ? line_at(&r->d->lines, i) : (str){ NULL, 0 };
}

static void count_change(struct reader *r, struct hunk *h, str line, size_t parents)
{
	bool gone = false;

	if (!is_change(line, parents))
		return;
	for (size_t k = 0; k < parents && k < line.n; k++)
		gone = gone || line.p[k] == '-';
	h->changes++;
	r->file->changes++;
	if (gone)
		r->d->removed++;
	else
		r->d->added++;
}

static bool is_file_head(const struct reader *r, size_t i)
{
	str line = at(r, i);

	return str_starts_c(line, "diff ") ||
	       (str_starts_c(line, "--- ") && str_starts_c(at(r, i + 1), "+++ ")) ||
	       str_starts_c(line, "Index: ");
}

/* Lines of the hunk whose head is at i: by the head's counts, and as far as they look like it where those are wrong. */
static size_t read_hunk(struct reader *r, size_t i, const struct hunk_head *head)
{
	struct hunk *h = vec_push(&r->d->hunks);
	struct wanted w = { .parents = head->parents, .new = head->new.count };

	*h = (struct hunk){ .first = (uint32_t)i, .exact = true };
	h->file = (uint32_t)(r->d->files.n - 1);
	r->file->hunks++;
	for (size_t k = 0; k < w.parents; k++)
		w.old[k] = head->old[k].count;
	for (i++; i < r->d->lines.n; i++) {
		str line = at(r, i);

		if (line.n && line.p[0] == '\\')
			continue; /* "\ No newline at end of file" */
		if (!is_wanted(&w)) {
			/* more than was counted? */
			if (line.n == 0 || !is_hunk_line(line, w.parents) || is_file_head(r, i) ||
			    str_eq(line, STR("-- ")))
				break;
			h->exact = false;
		} else if (!is_hunk_line(line, w.parents) || !count_off(&w, line)) {
			h->exact = false;
			if (!is_hunk_line(line, w.parents))
				break;
			memset(w.old, 0, sizeof(w.old));
			w.new = 0;
		}
		count_change(r, h, line, w.parents);
	}
	h->exact = h->exact && !is_wanted(&w);
	h->end = (uint32_t)i;
	return i;
}

/* "b/src/x.c" of a header line: the path without the letter git puts before it. */
static str name_of(str s)
{
	size_t tab = str_chr(s, '\t');

	if (tab != STR_NONE)
		s = str_sub(s, 0, tab);
	if (s.n > 2 && (s.p[0] == 'a' || s.p[0] == 'b') && s.p[1] == '/')
		s = str_from(s, 2);
	return str_trim(s);
}

static void take_name(struct diff_file *f, str line)
{
	size_t b;

	if (str_starts_c(line, "+++ ") && !str_eq_c(line, "+++ /dev/null")) {
		f->name = name_of(str_from(line, 4));
	} else if (str_starts_c(line, "--- ") && f->name.n == 0) {
		f->name = name_of(str_from(line, 4));
	} else if (str_starts_c(line, "diff --git ") && f->name.n == 0) {
		b = str_find(line, STR(" b/"));
		f->name = b == STR_NONE ? name_of(str_from(line, 11)) : str_from(line, b + 3);
	} else if ((str_starts_c(line, "diff --cc ") || str_starts_c(line, "Index: ")) && f->name.n == 0) {
		f->name = name_of(str_from(line, str_find(line, STR(": ")) == STR_NONE ? 10 : 7));
	}
}

static struct diff_file *open_file(struct reader *r, size_t i)
{
	struct diff_file *f;

	f = r->file = vec_push(&r->d->files);
	*f = (struct diff_file){ .first = (uint32_t)i, .head_end = (uint32_t)i };
	return f;
}

/* The headers of a file: up to its first hunk, the next file, or text that is no header. */
static size_t read_headers(struct reader *r, size_t i)
{
	struct diff_file *f = open_file(r, i);
	bool named = false;
	struct hunk_head head;

	for (; i < r->d->lines.n; i++) {
		str line = at(r, i);
		bool old = str_starts_c(line, "--- "), new = str_starts_c(line, "+++ ");

		if (hunk_head_read(line, &head) || line.n == 0 ||
		    (i > f->first && str_starts_c(line, "diff ")))
			break;
		if (named && !new)
			break;
		take_name(f, line);
		if (new) {
			i++;
			break;
		}
		named = old;
	}
	f->head_end = (uint32_t)i;
	return i;
}

void diff_read(struct diff *d)
{
	struct reader r = { .d = d };
	struct hunk_head head;

	vec_init(&d->files, sizeof(struct diff_file));
	vec_init(&d->hunks, sizeof(struct hunk));
	for (size_t i = 0; i < d->lines.n;) {
		if (hunk_head_read(at(&r, i), &head)) {
			if (!r.file)
				open_file(&r, i);
			i = read_hunk(&r, i, &head);
		} else if (is_file_head(&r, i)) {
			i = read_headers(&r, i);
		} else {
			i++;
		}
	}
}
