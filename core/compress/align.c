#include "core/compress/align.h"

#include "core/base/sha256.h"

#define SEPARATOR "\n\n---\n[Dynamic Context]\n"

enum {
	COMMA_LIST = 3 /* values; more are a list of bullets */
};

size_t align_dynamic_tokens(const struct run *run, size_t slot)
{
	str text = run->texts[slot].text;
	struct align_patterns patterns;
	struct vec spans;
	struct arena a;
	size_t n = 0;

	arena_init(&a);
	vec_init(&spans, sizeof(struct align_span));
	align_patterns_init(&patterns, &a, run->config->dynamic_patterns);
	align_find(text, &patterns, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		const struct align_span *s = vec_at(&spans, i);

		n += run_count(run, 0, str_sub(text, s->from, s->to - s->from));
	}
	vec_release(&spans);
	arena_release(&a);
	return n;
}

int align_score(str text)
{
	struct align_patterns none = { 0 };
	struct vec spans;
	int score = 100;

	vec_init(&spans, sizeof(struct align_span));
	align_find(text, &none, &spans);
	score -= spans.n >= 10 ? 100 : (int)spans.n * 10;
	vec_release(&spans);
	score -= str_has_c(text, "\r") ? 5 : 0;
	score -= str_has_c(text, "  ") ? 2 : 0;
	score -= str_has_c(text, "\n\n\n") ? 2 : 0;
	return score > 0 ? score : 0;
}

/* Trailing blanks and runs of empty lines. */
static void add_tidy(struct buf *out, str text, bool tidy)
{
	size_t empty = 0;
	str line;

	if (!tidy) {
		buf_add(out, text);
		return;
	}
	while (text.n) {
		bool ended = str_chr(text, '\n') != STR_NONE;

		if (!str_line(&text, &line))
			break;
		while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
			line.n--;
		empty = line.n ? 0 : empty + 1;
		if (empty > 1)
			continue;
		buf_add(out, line);
		if (ended)
			buf_add_ch(out, '\n');
	}
}

/* The text without its units of the moment, which go to `moved` (vec of str). */
static void take_out(str text, const struct vec *spans, bool tidy, struct buf *out, struct vec *moved)
{
	struct buf rest;
	size_t at = 0;

	buf_init(&rest, SIZE_MAX);
	for (size_t i = 0; i < spans->n; i++) {
		const struct align_span *s = vec_at(spans, i);
		size_t to = s->unit_to;
		bool alone;

		if (s->unit_from < at)
			continue; /* a further value of the same unit */
		buf_add(&rest, str_sub(text, at, s->unit_from - at));
		*(str *)vec_push(moved) = str_trim(str_sub(text, s->unit_from, to - s->unit_from));
		alone = s->unit_from == 0 || text.p[s->unit_from - 1] == '\n';
		while (to < text.n && text.p[to] == ' ')
			to++;
		at = alone && to < text.n && text.p[to] == '\n' ? to + 1 : to;
	}
	buf_add(&rest, str_from(text, at));
	add_tidy(out, buf_str(&rest), tidy);
	buf_release(&rest);
}

static void add_moved(struct buf *out, const struct vec *moved)
{
	while (out->n && strchr(" \n", out->p[out->n - 1]))
		buf_cut(out, out->n - 1);
	buf_add(out, STR(SEPARATOR));
	for (size_t i = 0; i < moved->n; i++) {
		bool list = moved->n > COMMA_LIST;

		if (i > 0)
			buf_add_c(out, list ? "\n" : ", ");
		if (list)
			buf_add_c(out, "- ");
		buf_add(out, *(str *)vec_at(moved, i));
	}
}

static bool is_alignable(const struct run *run, size_t slot)
{
	const struct slot *s = request_slot(run->r, slot);
	const struct text *t = &run->texts[slot];

	return s->kind == SLOT_SYSTEM && s->string && t->exact && run->config->frozen_messages <= 0 &&
	       t->tokens >= (size_t)run->config->align_min_tokens && !str_has_c(t->text, SEPARATOR);
}

void step_align(struct run *run)
{
	size_t last = SIZE_MAX;
	struct align_patterns patterns;
	struct vec spans, moved;
	struct buf out;
	char hash[PREFIX_HASH + 1] = "";

	align_patterns_init(&patterns, run->a, run->config->dynamic_patterns);
	vec_init(&spans, sizeof(struct align_span));
	vec_init(&moved, sizeof(str));
	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < run->r->slots.n; i++) {
		if (!is_alignable(run, i))
			continue;
		vec_clear(&spans);
		align_find(run->texts[i].text, &patterns, &spans);
		last = i;
		if (spans.n == 0)
			continue;
		buf_clear(&out);
		take_out(run->texts[i].text, &spans, run->config->align_whitespace, &out, &moved);
		run->texts[i].now = arena_str(run->a, buf_str(&out));
	}
	if (moved.n > 0) {
		struct text *t = &run->texts[last];

		buf_clear(&out);
		buf_add(&out, t->now.p ? t->now : t->text);
		sha256_hex(buf_str(&out), hash, PREFIX_HASH);
		run->stable = arena_str(run->a, buf_str(&out));
		run->stable_slot = last;
		add_moved(&out, &moved);
		t->now = arena_str(run->a, buf_str(&out));
		run_label(run, "cache_align:%s", hash);
	}
	for (size_t i = 0; i < run->r->slots.n; i++)
		if (request_slot(run->r, i)->kind == SLOT_SYSTEM && run->texts[i].now.p)
			run_replace(run, i, run->texts[i].now, run_count(run, 0, run->texts[i].now));
	buf_release(&out);
	vec_release(&moved);
	vec_release(&spans);
}

void align_undo(struct run *run)
{
	struct vec *labels = &run->out->labels;
	str *label = labels->p;

	for (size_t i = 0; i < run->r->slots.n; i++)
		if (request_slot(run->r, i)->kind == SLOT_SYSTEM && run->texts[i].now.p)
			run_replace(run, i, (str){ NULL, 0 }, run->texts[i].before);
	run->stable = (str){ NULL, 0 };
	/* the first step's label is the first one */
	memmove(label, label + 1, --labels->n * sizeof(*label));
}
