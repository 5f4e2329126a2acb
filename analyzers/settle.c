/*
 * The last steps: the user's words, then rank and budget.
 */
#include "analyzers/learn.h"
#include "analyzers/match.h"
#include "core/base/env.h"
#include "core/base/fs.h"

#define NEAR_LINES 3 /* both sides of a rule stand within so many lines */
#define RELAPSES_GIVEN_UP 3

/* ---- what the user wrote ----------------------------------------------------------------------------------------- */

/* Line number of a token that stands alone, from `line` on; 0 if none. */
static uint32_t find_token(str text, str token, uint32_t from, uint32_t to)
{
	str line;
	uint32_t n = 0;
	if (token.n < 2)
		return 0;
	while (str_line(&text, &line) && n < to)
		if (++n >= from && match_bounded(line, token))
			return n;
	return 0;
}

/* What a user's line must name to say the same: the tokens that differ, and the program they belong to. */
struct told {
	str wrong, right, with;
};

static struct told tokens_of(const struct candidate *c)
{
	const struct finding *f = &c->f;
	switch (f->kind) {
	case KIND_FLAG:
		return (struct told){ match_last_word(f->wrong), match_last_word(f->right), { NULL, 0 } };
	case KIND_TARGET:
	case KIND_SUBCOMMAND:
		return (struct told){ match_last_word(f->wrong), match_last_word(f->right), match_first_word(f->wrong) };
	case KIND_CWD:
		return (struct told){ f->wrong, f->about, { NULL, 0 } };
	case KIND_ENV:
		return (struct told){ match_first_word(f->wrong),
				      str_sub(f->about, 0, str_chr(f->about, '=')),
				      { NULL, 0 } };
	default:
		return (struct told){ f->wrong, f->right, { NULL, 0 } };
	}
}

/* A folder may be told as "web" or "web/", a variable as NAME or NAME=value. */
static bool stands_near(str text, str token, uint32_t from, uint32_t to)
{
	char spelled[256];
	if (!token.n || find_token(text, token, from, to))
		return true;
	if (token.n + 2 > sizeof(spelled))
		return false;
	memcpy(spelled, token.p, token.n);
	spelled[token.n] = '/';
	return find_token(text, (str){ spelled, token.n + 1 }, from, to) > 0;
}

/* Both sides within NEAR_LINES lines of the user's own text. */
static bool documented(const struct user_text *u, const struct candidate *c, uint32_t *where)
{
	struct told told = tokens_of(c);
	for (uint32_t from = 1;;) {
		uint32_t at = find_token(u->text, told.wrong, from, UINT32_MAX);
		if (!at)
			return false;
		uint32_t low = at > NEAR_LINES ? at - NEAR_LINES : 1, high = at + NEAR_LINES;
		if (stands_near(u->text, told.right, low, high) &&
		    stands_near(u->text, told.with, low, high)) {
			*where = at;
			return true;
		}
		from = at + 1;
	}
}

static uint32_t failures_since(const struct candidate *c, int64_t when)
{
	uint32_t n = 0;
	for (size_t i = 0; i < c->evidence.n; i++)
		n += (*(const struct evidence **)vec_at(&c->evidence, i))->failed.time > when;
	return n;
}

static bool names_existing(const struct candidate *c)
{
	/* what is proven absent by inspection cannot be right in the user's text either: that line is stale */
	return c->f.proof == PROOF_NONE || c->f.proof == PROOF_HINT;
}

static void against_user_texts(const struct learn_input *in, struct candidate *c, uint32_t *broken,
			       struct arena *a, struct vec *stale)
{
	bool one_sided = c->f.right.n == 0;
	for (size_t i = 0; i < in->user_texts.n && c->reason == REASON_NONE; i++) {
		const struct user_text *u = vec_at(&in->user_texts, i);
		uint32_t line = 0;
		if (!one_sided && documented(u, c, &line)) {
			c->reason = REASON_ALREADY_DOCUMENTED;
			c->note = arena_printf(a, "%.*s:%u", STR_ARG(u->path), line);
			*broken = failures_since(c, u->mtime_ms);
			return;
		}
		line = find_token(u->text, c->f.wrong, 1, UINT32_MAX);
		bool specific = c->f.wrong.n >= 5 && (str_chr(c->f.wrong, '/') != STR_NONE ||
						      str_chr(c->f.wrong, ' ') != STR_NONE);
		if (!line || !specific)
			continue;
		if (one_sided && c->f.kind != KIND_MISSING_PATH && c->f.kind != KIND_PATH_REMOVED) {
			c->reason =
				REASON_ALREADY_DOCUMENTED; /* a large file, a declined command: the user tells of it already */
			c->note = arena_printf(a, "%.*s:%u", STR_ARG(u->path), line);
			*broken = failures_since(c, u->mtime_ms);
		} else if (names_existing(c)) {
			c->reason = REASON_CONTRADICTED;
			c->note = arena_printf(a, "%.*s:%u says otherwise", STR_ARG(u->path), line);
		} else {
			struct stale_rule *r = vec_push(stale);
			*r = (struct stale_rule){
				.path = u->path, .token = c->f.wrong, .right = c->f.right, .line = line
			};
		}
	}
}

/* ---- verdicts on what stands in the blocks ----------------------------------------------------------------------- */

static const struct item_row *item_by_id(const struct vec *items, const char *id)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct item_row *row = vec_at(items, i);
		if (str_eq_c(row->id, id))
			return row;
	}
	return NULL;
}

static bool stands(const struct learn_input *in, str text)
{
	for (size_t i = 0; i < in->bullets.n; i++)
		if (str_eq(((const struct listed_bullet *)vec_at(&in->bullets, i))->text, text))
			return true;
	return false;
}

static enum target target_of(const struct item_row *row)
{
	return str_eq_c(row->target, target_names[TARGET_MEMORY]) ? TARGET_MEMORY : TARGET_CONTEXT;
}

static bool in_ticks(struct arena *a, str text, str slot)
{
	return slot.n && str_find(text, arena_printf(a, "`%.*s`", STR_ARG(slot))) != STR_NONE;
}

/* The bullet that a published item was edited into: unknown to us, and naming one of its sides. */
static const struct listed_bullet *edited_form(struct arena *a, const struct learn_input *in,
					       const struct vec *items, const struct item_row *row)
{
	for (size_t i = 0; i < in->bullets.n; i++) {
		const struct listed_bullet *b = vec_at(&in->bullets, i);
		bool known = false;
		for (size_t k = 0; k < items->n && !known; k++)
			known = str_eq(((const struct item_row *)vec_at(items, k))->text, b->text);
		enum finding_kind kind;
		str wrong, right, about;
		char id[9];
		if (!known && finding_parse(a, b->text, &kind, &wrong, &right, &about)) {
			finding_id(id, kind, wrong);
			known = !str_eq_c(row->id, id); /* another learning of ours, say a teammate's */
		}
		if (!known && (in_ticks(a, b->text, row->wrong) || in_ticks(a, b->text, row->right)))
			return b;
	}
	return NULL;
}

/* A published line that is gone was deleted by the user, or edited; a block that is gone altogether says nothing. */
static void read_feedback(struct arena *a, struct tree *tree, const struct learn_input *in,
			  const struct vec *items, struct vec *decided)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct item_row *row = vec_at(items, i);
		enum target t = target_of(row);
		if (row->verdict != VERDICT_PUBLISHED && row->verdict != VERDICT_PINNED)
			continue;
		if (stands(in, row->text) || !in->blocks[t] || in->feedback[t] == FEEDBACK_NONE)
			continue;
		if (in->feedback[t] == FEEDBACK_COMMIT &&
		    !tree_text_removed(tree, in->file[t], row->text, row->head))
			continue;
		const struct listed_bullet *b = edited_form(a, in, items, row);
		struct item_row *out = vec_push(decided);
		*out = *row;
		out->last_ms = in->now;
		if (b) {
			out->verdict = VERDICT_PINNED;
			out->text = b->text;
		} else {
			out->verdict = VERDICT_REJECTED;
		}
	}
}

static const struct item_row *verdict_on(const struct vec *items, const struct vec *decided, const char *id)
{
	const struct item_row *row = item_by_id(decided, id);
	return row ? row : item_by_id(items, id);
}

/* Bullets our block holds without evidence here: a teammate's, another machine's, or the user's own words. */
static void adopt(struct study *s, struct tree *tree, const struct learn_input *in, const struct vec *items,
		  struct vec *candidates, const struct vec *decided)
{
	struct arena *a = s->arena;
	for (size_t i = 0; i < in->bullets.n; i++) {
		const struct listed_bullet *b = vec_at(&in->bullets, i);
		enum finding_kind kind;
		str wrong, right, about;
		char id[9];
		bool ours = finding_parse(a, b->text, &kind, &wrong, &right, &about);
		bool pinned = false;
		for (size_t k = 0; k < decided->n && !pinned; k++) {
			const struct item_row *row = vec_at(decided, k);
			pinned = row->verdict == VERDICT_PINNED && str_eq(row->text, b->text);
		}
		for (size_t k = 0; k < items->n && !pinned; k++) {
			const struct item_row *row = vec_at(items, k);
			pinned = row->verdict == VERDICT_PINNED && str_eq(row->text, b->text);
		}
		if (pinned)
			continue;
		if (ours)
			finding_id(id, kind, wrong);
		bool known = false;
		for (size_t k = 0; ours && k < candidates->n && !known; k++)
			known = strcmp(((struct candidate *)vec_at(candidates, k))->f.id, id) == 0;
		if (known)
			continue;
		struct candidate *c = vec_push(candidates);
		vec_init(&c->evidence, sizeof(const struct evidence *));
		c->adopted = true;
		c->f.target = b->target;
		if (ours) {
			c->f.kind = kind;
			c->f.wrong = wrong;
			c->f.right = right;
			c->f.about = about;
			memcpy(c->f.id, id, sizeof(id));
			c->f.text = b->text;
			c->first_ms = c->last_ms = s->now;
			verify(s, tree, c);
			/* without evidence of our own only what the project proves may stay */
			if (c->reason == REASON_NONE && c->f.proof == PROOF_NONE && !item_by_id(items, id)) {
				c->reason = REASON_UNVERIFIED;
				c->note = STR("nothing here proves it");
			}
			if (c->reason == REASON_NONE && !is_safe(c))
				c->reason = REASON_UNSAFE;
			c->f.target = b->target;
		} else {
			/* words nobody but the user can have written there: kept as they are */
			c->f.kind = KIND_RETRY;
			c->f.text = b->text;
			c->f.wrong = c->f.right = STR("");
			finding_id(c->f.id, KIND_RETRY, b->text);
			c->f.state = STATE_PINNED;
			c->first_ms = c->last_ms = s->now;
			c->foreign = true;
		}
	}
}

/* ---- rank and budget --------------------------------------------------------------------------------------------- */

static double rank_of(const struct candidate *c)
{
	if (c->f.state == STATE_PINNED)
		return 1e18;
	double v = c->value > 1 ? c->value : 1;
	return c->f.state == STATE_LISTED ? v / HYSTERESIS : v;
}

static int by_rank(const void *x, const void *y)
{
	const struct candidate *a = *(struct candidate *const *)x, *b = *(struct candidate *const *)y;
	double m = rank_of(a), n = rank_of(b);
	return m == n ? strcmp(a->f.id, b->f.id) : m > n ? -1 : 1;
}

static void cut(struct vec *candidates, enum target target)
{
	struct vec ranked;
	size_t items = 0, tokens = 0, lines = 5; /* markers, heading, note, blank */
	bool sections[SECTION_COUNT] = { false };
	size_t most = target == TARGET_CONTEXT ? CONTEXT_ITEMS : MEMORY_ITEMS;
	vec_init(&ranked, sizeof(struct candidate *));
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *c = vec_at(candidates, i);
		if (c->reason == REASON_NONE && c->f.target == target)
			*(struct candidate **)vec_push(&ranked) = c;
	}
	vec_sort(&ranked, by_rank);
	for (size_t i = 0; i < ranked.n; i++) {
		struct candidate *c = *(struct candidate **)vec_at(&ranked, i);
		enum section section = finding_types[c->f.kind].section;
		size_t more = sections[section] ? 1 : 3, cost = c->f.text.n / 4 + 1;
		/* a pinned line is the user's own: it takes room, it is never cut */
		if (c->f.state != STATE_PINNED &&
		    (items + 1 > most || lines + more > CONTEXT_LINES || tokens + cost > CONTEXT_TOKENS)) {
			c->reason = REASON_BUDGET;
			c->note = STR("more valuable lines come first");
			continue;
		}
		sections[section] = true;
		items++;
		lines += more;
		tokens += cost;
	}
	vec_release(&ranked);
}

static void to_learning(const struct candidate *c, struct learning *l)
{
	l->c = *c;
	for (size_t i = 0; i < c->evidence.n && l->calls_n < CALLS_SHOWN; i++) {
		const struct evidence *e = *(const struct evidence **)vec_at(&c->evidence, i);
		bool known = false;
		for (uint32_t k = 0; k < l->calls_n && !known; k++)
			known = l->failed[k].id == e->failed.id;
		if (known)
			continue;
		l->failed[l->calls_n] = e->failed;
		l->fixed[l->calls_n++] = e->fixed;
	}
}

static int by_waste(const void *x, const void *y)
{
	const struct learning *a = x, *b = y;
	if (a->c.tokens_wasted != b->c.tokens_wasted)
		return a->c.tokens_wasted > b->c.tokens_wasted ? -1 : 1;
	int by_id = strcmp(a->c.f.id, b->c.f.id);
	return by_id ? by_id : str_cmp(a->c.f.wrong, b->c.f.wrong);
}

/* Two candidates whose pairs are each other's reverse cancel out; one that was already said is not said again. */
static void settle_conflicts(struct vec *candidates)
{
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *c = vec_at(candidates, i);
		for (size_t k = 0; k < i && c->reason == REASON_NONE; k++) {
			struct candidate *o = vec_at(candidates, k);
			if (o->reason != REASON_NONE || !c->f.right.n)
				continue;
			if (str_eq(c->f.wrong, o->f.right) && str_eq(c->f.right, o->f.wrong)) {
				c->reason = o->reason = REASON_CONTRADICTED;
				c->note = o->note = STR("both directions were seen");
			} else if (str_eq(c->f.text, o->f.text)) {
				struct candidate *less = c->lineages > o->lineages ? o : c;
				less->reason = REASON_WEAK;
				less->note = STR("said by another learning");
			}
		}
	}
}

void settle(struct study *s, struct tree *tree, const struct learn_input *in, const struct vec *items,
	    struct vec *candidates, struct learned *out)
{
	uint32_t *broken;
	read_feedback(s->arena, tree, in, items, &out->decided);
	adopt(s, tree, in, items, candidates, &out->decided);
	settle_conflicts(candidates);
	broken = arena_array(s->arena, candidates->n + 1, sizeof(*broken));
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *c = vec_at(candidates, i);
		const struct item_row *row = verdict_on(items, &out->decided, c->f.id);
		if (c->foreign)
			continue;
		if (row && row->verdict == VERDICT_REJECTED) {
			c->reason = REASON_REJECTED_BY_USER;
			c->note = STR("");
			continue;
		}
		if (row && row->verdict == VERDICT_PINNED && stands(in, row->text)) {
			c->f.state = STATE_PINNED;
			c->f.text = row->text;
			c->reason = REASON_NONE;
			continue;
		}
		if (row && row->verdict == VERDICT_PUBLISHED) {
			c->published_ms = row->first_ms;
			if (stands(in, row->text) || c->adopted)
				c->f.state = STATE_LISTED;
			if (c->relapses >= RELAPSES_GIVEN_UP && c->reason == REASON_NONE) {
				c->reason = REASON_RETIRED;
				c->note = STR("ignored: a permission rule or hook would hold");
			}
		} else if (stands(in, c->f.text)) {
			c->f.state = STATE_LISTED;
		}
		/* a narrower view of the past is no reason to take a line out */
		if (in->since && c->f.state == STATE_LISTED && c->reason == REASON_WEAK)
			c->reason = REASON_NONE;
		if (c->reason == REASON_NONE && !c->adopted)
			against_user_texts(in, c, &broken[i], s->arena, &out->stale);
	}
	cut(candidates, TARGET_CONTEXT);
	cut(candidates, TARGET_MEMORY);
	for (size_t i = 0; i < candidates->n; i++) {
		struct candidate *c = vec_at(candidates, i);
		struct learning *l = vec_push(c->reason == REASON_NONE ? &out->learnings : &out->suppressed);
		to_learning(c, l);
		l->broken = broken[i];
	}
	vec_sort(&out->learnings, by_waste);
	vec_sort(&out->suppressed, by_waste);
}
