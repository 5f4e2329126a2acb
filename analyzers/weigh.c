#include "analyzers/weigh.h"

#include "analyzers/alnum.h"
#include "analyzers/classify.h"
#include "core/base/fs.h"

#define WORDS_MAX 4 /* key_words prefixes that are tried */

struct last_use { /* of one key in the lineage being read */
	uint32_t lineage_worked, lineage_failed; /* + 1 */
	int64_t worked;
};

/* A command is looked at only if it holds the first word of one of these, and the second if there is one. */
struct wanted_words {
	uint64_t second; /* hash, 0 for none */
	size_t next; /* index + 1 of another with the same first word */
};

struct wanted {
	struct map64
		hashes; /* of first and second words -> index + 1 in words, 0 for those that are no first word */
	struct vec words; /* struct wanted_words */
	uint64_t lengths[256]; /* by first byte: bit min(length, 63), which sorts out nearly every word */
};

struct weighing { /* of one worker */
	struct study *s;
	const struct map64 *index; /* key -> index + 1 of its tally */
	const struct wanted *words;
	struct vec tallies; /* struct tally, in the order of the index */
	struct vec uses; /* struct last_use, parallel to tallies */
	struct map64 seen;
	bool permissions;
};

void weights_init(struct weights *w)
{
	vec_init(&w->tallies, sizeof(struct tally));
	map64_init(&w->index);
}

void weights_release(struct weights *w)
{
	vec_release(&w->tallies);
	map64_release(&w->index);
}

const struct tally *weights_of(const struct weights *w, uint64_t key)
{
	const uint64_t *at = key ? map64_get(&w->index, key) : NULL;
	return at ? vec_at(&w->tallies, *at - 1) : NULL;
}

static void want(struct weights *w, uint64_t key, int64_t since, const struct map64 *published)
{
	if (!key)
		return;
	uint64_t *at = map64_put(&w->index, key, NULL);
	if (!*at) {
		struct tally *fresh = vec_push(&w->tallies);
		fresh->key = key;
		fresh->since = since;
		const uint64_t *when = published ? map64_get(published, key) : NULL;
		fresh->published = when ? (int64_t)*when : 0;
		*at = w->tallies.n;
	}
	struct tally *t = vec_at(&w->tallies, *at - 1);
	if (since < t->since)
		t->since = since;
}

/* Letters, digits and _-. as bits by byte. */
static bool word_byte(char c)
{
	static const uint64_t bytes[4] = { 0x03ff600000000000, 0x07fffffe87fffffe, 0, 0 };
	return bytes[(unsigned char)c >> 6] >> ((unsigned char)c & 63) & 1;
}

/* Where the word bytes from `at` on end or, if there are none yet, where they begin. */
static size_t run_end(str s, size_t at, bool word)
{
#ifdef __SSE2__
	for (; s.n - at >= 16; at += 16) { /* a step a word: how long it is cannot be foreseen */
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		const __m128i signs = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('-')),
								_mm_cmpeq_epi8(v, _mm_set1_epi8('_'))),
						   _mm_cmpeq_epi8(v, _mm_set1_epi8('.')));
		const unsigned int words =
			(unsigned int)_mm_movemask_epi8(_mm_or_si128(bytes_alnum(v), signs));
		const unsigned int others = words ^ (word ? 0xffff : 0);
		if (others)
			return at + (size_t)__builtin_ctz(others);
	}
#endif
	while (at < s.n && word_byte(s.p[at]) == word)
		at++;
	return at;
}

/* The words of a command line, cheaply: runs of letters, digits and -_. */
static bool next_word(str *rest, str *word)
{
	size_t from = run_end(*rest, 0, false), end = run_end(*rest, from, true);
	*word = str_sub(*rest, from, end - from);
	*rest = str_from(*rest, end);
	return word->n > 0;
}

static uint64_t length_bit(str word)
{
	return (uint64_t)1 << (word.n < 63 ? word.n : 63);
}

static str last_word(str text)
{
	str word, last = { NULL, 0 };
	while (next_word(&text, &word))
		last = word;
	return last;
}

static uint64_t *add_word(struct wanted *w, str word)
{
	w->lengths[(unsigned char)word.p[0]] |= length_bit(word);
	return map64_put(&w->hashes, str_hash(word), NULL);
}

static void want_words(struct wanted *w, str text, str also)
{
	str first = last_word(text), second = last_word(also);
	if (!first.n)
		return;
	uint64_t hash = second.n ? str_hash(second) : 0;
	if (second.n)
		add_word(w, second);
	uint64_t *chain = add_word(w, first);
	for (size_t at = *chain; at;) {
		const struct wanted_words *known = vec_at(&w->words, at - 1);
		if (known->second == hash)
			return;
		at = known->next;
	}
	*(struct wanted_words *)vec_push(&w->words) = (struct wanted_words){ hash, *chain };
	*chain = w->words.n;
}

/* What a command must hold besides the program for the key to be one of its: the longest of the arguments in it. */
static str argument_of(const struct form *f, uint64_t key)
{
	size_t n = key == key_exact(f) ? f->args_n : 0;
	for (size_t k = 1; n == 0 && k <= f->args_n && k <= WORDS_MAX; k++)
		if (key == key_words(f, k) || key == key_words_in(f, k))
			n = k;
	str longest = { NULL, 0 };
	for (size_t i = 0; i < n; i++)
		if (f->args[i].n > longest.n)
			longest = f->args[i];
	return longest;
}

static void use(struct weighing *g, uint64_t key, const struct step *step, bool worked)
{
	uint64_t *at = map64_get(g->index, key);
	if (!at)
		return;
	const struct entry *e = step->e;
	struct tally *t = vec_at(&g->tallies, *at - 1);
	struct last_use *u = vec_at(&g->uses, *at - 1);
	uint32_t lineage = g->s->lineage + 1;
	if (t->published && e->time > t->published) {
		t->later_worked += worked;
		t->later_failed += !worked;
	}
	if (e->time < t->since)
		return;
	if (worked) {
		t->worked++;
		t->worked_lineages += u->lineage_worked != lineage;
		u->lineage_worked = lineage;
		u->worked = e->time;
		if (e->time > t->last_worked)
			t->last_worked = e->time;
	} else {
		t->failed++;
		t->failed_lineages += u->lineage_failed != lineage;
		u->lineage_failed = lineage;
		if (e->time > t->last_failed)
			t->last_failed = e->time;
	}
}

#define WORDS_HELD 16 /* wanted words of one command that are remembered; with more of them it is looked at */

static bool interesting(const struct wanted *w, str command)
{
	uint64_t held[WORDS_HELD], firsts[WORDS_HELD];
	size_t n = 0, firsts_n = 0;
	str word;
	while (next_word(&command, &word)) {
		if (!(w->lengths[(unsigned char)word.p[0]] & length_bit(word)))
			continue;
		uint64_t hash = str_hash(word);
		const uint64_t *chain = map64_get(&w->hashes, hash);
		if (!chain)
			continue;
		if (n == WORDS_HELD)
			return true;
		held[n++] = hash;
		if (*chain)
			firsts[firsts_n++] = *chain;
	}
	for (size_t i = 0; i < firsts_n; i++)
		for (size_t at = firsts[i]; at;) {
			const struct wanted_words *pair = vec_at(&w->words, at - 1);
			bool met = pair->second == 0;
			for (size_t k = 0; k < n && !met; k++)
				met = held[k] == pair->second;
			if (met)
				return true;
			at = pair->next;
		}
	return false;
}

static void use_form(struct weighing *g, struct thread *t, const struct step *step, const struct form *f,
		     bool worked)
{
	if (f->wrapper.n == 0)
		use(g, key_program(f->program), step, worked);
	use(g, key_exact(f), step, worked);
	size_t words = f->args_n < WORDS_MAX ? f->args_n : WORDS_MAX;
	for (size_t k = 0; k <= words; k++) {
		use(g, key_words(f, k), step, worked);
		use(g, key_words_in(f, k), step, worked);
	}
	for (size_t k = 0; k < f->args_n; k++) {
		str arg = f->args[k];
		if (arg.n < 2 || arg.p[0] != '-')
			continue;
		size_t eq = str_chr(arg, '=');
		use(g, key_flag(f, eq == STR_NONE ? arg : str_sub(arg, 0, eq)), step, worked);
	}
	for (unsigned depth = 1; g->permissions && depth <= 3; depth++) {
		str request = form_request(t->arena, f, depth);
		/* carried out at all means allowed, whatever came of it */
		if (depth == 1 || !str_eq(request, form_request(t->arena, f, depth - 1)))
			use(g, key_request(request), step, true);
	}
	str dir = f->dir.p ? str_c(project_path(t->project, t->arena, f->dir)) : (str){ NULL, 0 };
	str rel;
	if (worked && dir.p && str_chr(f->program, '/') != STR_NONE &&
	    project_resolve(t->project, t->arena, dir, f->program, &rel))
		use(g, key_path(rel), step, true);
	for (size_t k = 0; dir.p && k < f->args_n; k++) {
		if (worked && form_is_selector(f->args[k]) &&
		    project_resolve(t->project, t->arena, dir, f->args[k], &rel))
			use(g, key_path(rel), step, true);
	}
}

static void weigh_thread(void *ctx, struct thread *t)
{
	struct weighing *g = ctx;
	for (size_t i = 0; i < t->todo; i++) {
		struct step *step = &t->steps[i];
		const struct entry *e = step->e;
		bool ran = e->kind == ENTRY_CALL && e->outcome != OUTCOME_NONE && !(e->flags & ENTRY_NOT_RUN);
		if (!ran || (e->flags & ENTRY_REWRITTEN))
			continue;
		bool fresh = false;
		map64_put(&g->seen, e->id, &fresh);
		if (!fresh)
			continue;
		/* only failing in a way that speaks against the form counts; a red test does not */
		enum failure_group group = failure_types[e->class].group;
		bool worked = step_worked(step);
		if (!worked && group != GROUP_PATH && group != GROUP_ENVIRONMENT && group != GROUP_USAGE)
			continue;
		if (step->has_path && e->tool != TOOL_GREP && e->tool != TOOL_GLOB) {
			use(g, key_path(step->path), step, worked);
			if (e->tool == TOOL_READ && !(e->flags & ENTRY_RANGED))
				use(g, key_whole(step->path), step, worked);
			continue;
		}
		if (e->tool == TOOL_GREP && worked) {
			str dir = step->has_path ? step->path : STR("");
			if (!(e->flags & ENTRY_EMPTY))
				use(g, key_search(dir), step, true);
			continue;
		}
		if (!step_is_shell(step) || !interesting(g->words, e->arg))
			continue;
		size_t n;
		const struct form *forms = step_forms(t, i, &n);
		for (size_t k = 0; k < n; k++) {
			bool blamed = e->segment < 0 || forms[k].segment == e->segment;
			/* in "a && b" a failing b proves that a worked */
			if (forms[k].guarded || (!worked && !blamed && !(e->segment > forms[k].segment)))
				continue;
			use_form(g, t, step, &forms[k], worked || !blamed);
		}
	}
}

/* The missing path was there later in the same conversation: it was made, restored or mistyped, nothing to learn. */
static void drop_refuted(struct weighing *g, struct vec *evidence, size_t from, uint32_t lineage)
{
	for (size_t i = from; i < evidence->n; i++) {
		struct evidence *e = vec_at(evidence, i);
		if (e->lineage != lineage)
			break;
		if (finding_types[e->kind].command || e->kind == KIND_LARGE_FILE ||
		    e->kind == KIND_SEARCH_SCOPE)
			continue;
		const uint64_t *at = map64_get(g->index, e->wrong_key);
		const struct last_use *u = at ? vec_at(&g->uses, *at - 1) : NULL;
		if (u && u->lineage_worked == lineage + 1 && u->worked > e->failed.time)
			e->refuted = true;
	}
}

struct weighers {
	struct study *s;
	struct weighing *workers;
	size_t *from; /* by lineage: its first evidence */
};

static enum status weigh_lineage(void *ctx, struct study *own, int worker, size_t lineage,
				 const struct lineage_files *files, struct error *err)
{
	struct weighers *all = ctx;
	struct weighing *g = &all->workers[worker];
	g->s = own;
	map64_clear(&g->seen);
	enum status st = lineage_read(own, files, weigh_thread, g, err);
	/* no two workers touch the evidence of one lineage */
	drop_refuted(g, &all->s->evidence, all->from[lineage], (uint32_t)lineage);
	return st;
}

static void worker_init(struct weighing *g, const struct weights *w, const struct wanted *words,
			bool permissions)
{
	g->index = &w->index;
	g->words = words;
	g->permissions = permissions;
	map64_init(&g->seen);
	vec_init(&g->tallies, sizeof(struct tally));
	vec_init(&g->uses, sizeof(struct last_use));
	for (size_t i = 0; i < w->tallies.n; i++) {
		*(struct tally *)vec_push(&g->tallies) = *(struct tally *)vec_at(&w->tallies, i);
		vec_push(&g->uses);
	}
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void worker_join(struct weighing *g, struct weights *w)
{
	for (size_t i = 0; i < w->tallies.n; i++) {
		struct tally *t = vec_at(&w->tallies, i);
		const struct tally *o = vec_at(&g->tallies, i);
		t->worked += o->worked;
		t->failed += o->failed;
		t->worked_lineages += o->worked_lineages;
		t->failed_lineages += o->failed_lineages;
		t->last_worked = later(t->last_worked, o->last_worked);
		t->last_failed = later(t->last_failed, o->last_failed);
		t->later_worked += o->later_worked;
		t->later_failed += o->later_failed;
	}
	map64_release(&g->seen);
	vec_release(&g->tallies);
	vec_release(&g->uses);
}

enum status weigh(struct study *s, const struct vec *groups, const struct map64 *published, struct weights *w,
		  struct error *err)
{
	struct weighers all = { .s = s };
	struct wanted words = { .lengths = { 0 } };
	struct arena a;
	bool permissions = false;
	if (s->evidence.n == 0)
		return STATUS_OK;
	map64_init(&words.hashes);
	vec_init(&words.words, sizeof(struct wanted_words));
	arena_init(&a);
	all.from = arena_array(&a, groups->n, sizeof(*all.from));
	for (size_t i = 0; i < groups->n; i++)
		all.from[i] = s->evidence.n;
	for (size_t i = s->evidence.n; i-- > 0;) {
		const struct evidence *e = vec_at(&s->evidence, i);
		all.from[e->lineage] = i;
	}
	for (size_t i = 0; i < s->evidence.n; i++) {
		const struct evidence *e = vec_at(&s->evidence, i);
		/* what was ever allowed counts against a refusal */
		want(w, e->wrong_key, e->kind == KIND_PERMISSION ? 0 : e->failed.time, published);
		want(w, e->right_key, e->failed.time, published);
		permissions |= e->kind == KIND_PERMISSION;
		const str none = { NULL, 0 };
		if (e->failed_form && e->wrong_key)
			want_words(&words, e->failed_form->program,
				   argument_of(e->failed_form, e->wrong_key));
		if (e->fixed_form && e->right_key)
			want_words(&words, e->fixed_form->program, argument_of(e->fixed_form, e->right_key));
		if (e->kind == KIND_PERMISSION)
			want_words(&words, str_sub(e->wrong, 0, str_chr(e->wrong, ' ')), none);
		else if (!finding_types[e->kind].command)
			want_words(&words, e->wrong, none);
	}
	int jobs = s->jobs < 1 ? 1 : s->jobs;
	all.workers = arena_array(&a, (size_t)jobs, sizeof(*all.workers));
	for (int i = 0; i < jobs; i++)
		worker_init(&all.workers[i], w, &words, permissions);
	enum status st = lineage_each(s, groups, weigh_lineage, &all, err);
	for (int i = 0; i < jobs; i++)
		worker_join(&all.workers[i], w);
	map64_release(&words.hashes);
	vec_release(&words.words);
	arena_release(&a);
	return st;
}
