/*
 * diff: Myers' greedy algorithm over the lines between the common beginning and the common end of two files.
 * Where more than EDITS_MAX lines differ the middle is shown as replaced: correct, only not minimal.
 */
#include "core/base/vec.h"
#include "writers/plan.h"

#define CONTEXT 3 /* lines around a change */
#define EDITS_MAX 1000 /* bounds time and memory: the trace holds about its square in ints */
#define DIFF_MAX (64u << 20)

struct lines {
	str *v; /* with their line ends */
	bool *changed; /* removed from the old or added to the new side */
	int n;
};

struct op {
	char tag; /* ' ', '-' or '+' */
	str line;
};

/* ---- what lies between the common beginning and end ---- */

static bool starts_line(str s, size_t at)
{
	return at == 0 || s.p[at - 1] == '\n';
}

/* The start of the line that stands n lines above the one starting at `at`. */
static size_t lines_up(str s, size_t at, int n)
{
	while (n-- > 0 && at > 0) {
		at--;
		while (!starts_line(s, at))
			at--;
	}
	return at;
}

static size_t lines_down(str s, size_t at, int n)
{
	while (n-- > 0 && at < s.n) {
		size_t newline = str_chr(str_from(s, at), '\n');

		at = newline == STR_NONE ? s.n : at + newline + 1;
	}
	return at;
}

static size_t common_start(str x, str y)
{
	size_t n = 0;

	while (n < x.n && n < y.n && x.p[n] == y.p[n])
		n++;
	while (n > 0 && !starts_line(x, n))
		n--;
	return n;
}

/* Bytes of the whole lines that both end with, behind their first `start` bytes. */
static size_t common_end(str x, str y, size_t start)
{
	size_t n = 0;

	while (n < x.n - start && n < y.n - start && x.p[x.n - n - 1] == y.p[y.n - n - 1])
		n++;
	while (n > 0 && !(starts_line(x, x.n - n) && starts_line(y, y.n - n)))
		n--;
	return n;
}

static int count_newlines(str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static struct lines split(struct arena *a, str text)
{
	struct lines out = { 0 };
	size_t most = (size_t)count_newlines(text) + 1, from = 0;

	out.v = arena_array(a, most, sizeof(*out.v));
	out.changed = arena_array(a, most, sizeof(*out.changed));
	while (from < text.n) {
		size_t next = lines_down(text, from, 1);

		out.v[out.n++] = str_sub(text, from, next - from);
		from = next;
	}
	return out;
}

/* ---- the shortest edit script ---- */

/* Row d of the trace: how far in x each diagonal k = x - y, from -d to d, reaches with d edits. */
static const int *trace_row(const struct vec *trace, int d)
{
	return (const int *)trace->p + (size_t)d * (size_t)d + (size_t)d;
}

/* Whether the best way to diagonal k with d edits comes from k + 1, by adding a line, or from k - 1. */
static bool comes_from_above(const int *reach, int k, int d)
{
	return k == -d || (k != d && reach[k - 1] < reach[k + 1]);
}

/* Fills the trace; the number of edits, or -1 if it passes EDITS_MAX. */
static int search(struct arena *a, const struct lines *old, const struct lines *now, struct vec *trace)
{
	int *reach = (int *)arena_array(a, 2 * EDITS_MAX + 3, sizeof(int)) + EDITS_MAX + 1;

	for (int d = 0; d <= EDITS_MAX; d++) {
		for (int k = -d; k <= d; k += 2) {
			int x = comes_from_above(reach, k, d) ? reach[k + 1] : reach[k - 1] + 1, y = x - k;

			while (x < old->n && y < now->n && str_eq(old->v[x], now->v[y])) {
				x++;
				y++;
			}
			reach[k] = x;
			if (x >= old->n && y >= now->n)
				return d;
		}
		for (int k = -d; k <= d; k++)
			*(int *)vec_push(trace) = reach[k];
	}
	return -1;
}

static void mark_changes(struct lines *old, struct lines *now, const struct vec *trace, int edits)
{
	int x = old->n, y = now->n;

	for (int d = edits; d > 0; d--) {
		const int *reach = trace_row(trace, d - 1);
		int k = x - y;
		bool added = comes_from_above(reach, k, d);

		k += added ? 1 : -1;
		x = reach[k];
		y = x - k;
		if (added)
			now->changed[y] = true;
		else
			old->changed[x] = true;
	}
}

static void compare(struct arena *a, struct lines *old, struct lines *now)
{
	struct vec trace;
	int edits;

	vec_init(&trace, sizeof(int));
	edits = search(a, old, now, &trace);
	if (edits >= 0) {
		mark_changes(old, now, &trace, edits);
	} else {
		memset(old->changed, true, (size_t)old->n);
		memset(now->changed, true, (size_t)now->n);
	}
	vec_release(&trace);
}

/* ---- output ---- */

/* The edit script in order, removals before additions. */
static struct op *script(struct arena *a, const struct lines *old, const struct lines *now, size_t *n)
{
	struct op *ops = arena_array(a, (size_t)old->n + (size_t)now->n, sizeof(*ops));
	int x = 0, y = 0;

	for (*n = 0; x < old->n || y < now->n;) {
		if (x < old->n && old->changed[x]) {
			ops[(*n)++] = (struct op){ '-', old->v[x++] };
		} else if (y < now->n && now->changed[y]) {
			ops[(*n)++] = (struct op){ '+', now->v[y++] };
		} else {
			ops[(*n)++] = (struct op){ ' ', old->v[x++] };
			y++;
		}
	}
	return ops;
}

/* "12,3"; an empty range names the line before it, one of a single line only its number. */
static void add_range(struct buf *out, int line, int count)
{
	if (count == 0)
		buf_printf(out, "%d,0", line - 1);
	else if (count == 1)
		buf_printf(out, "%d", line);
	else
		buf_printf(out, "%d,%d", line, count);
}

static void add_hunk(struct buf *out, const struct op *ops, size_t n, int old_line, int new_line)
{
	int removed = 0, added = 0;

	for (size_t i = 0; i < n; i++) {
		removed += ops[i].tag != '+';
		added += ops[i].tag != '-';
	}
	buf_add_c(out, "@@ -");
	add_range(out, old_line, removed);
	buf_add_c(out, " +");
	add_range(out, new_line, added);
	buf_add_c(out, " @@\n");
	for (size_t i = 0; i < n; i++) {
		buf_add_ch(out, ops[i].tag);
		buf_add(out, ops[i].line);
		if (!str_ends_c(ops[i].line, "\n"))
			buf_add_c(out, "\n\\ No newline at end of file\n");
	}
}

/* The end of the hunk that begins with the change at `from`: behind the context of its last change. */
static size_t hunk_end(const struct op *ops, size_t n, size_t from)
{
	size_t last = from;

	for (size_t i = from; i < n && i - last <= 2 * CONTEXT + 1; i++) {
		if (ops[i].tag != ' ')
			last = i;
	}
	return last + 1 + CONTEXT < n ? last + 1 + CONTEXT : n;
}

static void add_hunks(struct buf *out, const struct op *ops, size_t n, int first_line)
{
	int old_line = first_line, new_line = first_line;
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		if (ops[i].tag == ' ')
			continue;
		size_t from = i - done > CONTEXT ? i - CONTEXT : done, end = hunk_end(ops, n, i);

		old_line += (int)(from - done);
		new_line += (int)(from - done);
		add_hunk(out, ops + from, end - from, old_line, new_line);
		for (i = from; i < end; i++) {
			old_line += ops[i].tag != '+';
			new_line += ops[i].tag != '-';
		}
		done = end;
		i--;
	}
}

static void add_name(struct buf *out, const char *mark, const char *side, str shown, bool exists)
{
	if (exists)
		buf_printf(out, "%s %s/%.*s\n", mark, side, STR_ARG(shown));
	else
		buf_printf(out, "%s /dev/null\n", mark);
}

str plan_diff(struct arena *a, const struct plan_file *file)
{
	str x = file->before, y = file->after, text;
	struct lines old, now;
	struct arena scratch;
	struct buf out;
	size_t n;

	if (str_eq(x, y))
		return STR("");
	size_t start = common_start(x, y), end = common_end(x, y, start);
	size_t from = lines_up(x, start, CONTEXT), behind = lines_down(x, x.n - end, CONTEXT) - (x.n - end);

	arena_init(&scratch);
	buf_init(&out, DIFF_MAX);
	old = split(&scratch, str_sub(x, from, x.n - end + behind - from));
	now = split(&scratch, str_sub(y, from, y.n - end + behind - from));
	compare(&scratch, &old, &now);
	add_name(&out, "---", "a", file->shown, file->existed);
	add_name(&out, "+++", "b", file->shown, !file->remove);
	const struct op *ops = script(&scratch, &old, &now, &n);
	add_hunks(&out, ops, n, 1 + count_newlines(str_sub(x, 0, from)));
	text = arena_str(a, buf_str(&out));
	buf_release(&out);
	arena_release(&scratch);
	return text;
}
