/*
 * settle: the user's words, what stands in the files, rank and budget.
 */
#include "tests/unit/world.h"

#define NOT_FOUND(program) "/bin/bash: line 1: " program ": command not found"
#define USES_UV FAILS("pytest -q", 127, NOT_FOUND("pytest")), RUNS("uv run pytest -q")
#define UV_TEXT "Run `pytest` as `uv run pytest`."

/* A project that teaches "uv run pytest". */
static void open_uv(struct world *w)
{
	world_open(w, "put uv.lock; c");
	SESSION(w, 9, USES_UV);
	SESSION(w, 8, USES_UV);
}

static void user_writes(struct world *w, const char *text, int days_ago)
{
	*(struct user_text *)vec_push(&w->in.user_texts) = (struct user_text){
		.path = STR("CLAUDE.md"),
		.text = str_c(text),
		.mtime_ms = world_time(w, days_ago),
	};
}

static void block_holds(struct world *w, enum target target, const char *text)
{
	w->in.blocks[target] = true;
	if (text)
		*(struct listed_bullet *)vec_push(&w->in.bullets) = (struct listed_bullet){
			.target = target,
			.file = STR("CLAUDE.md"),
			.text = str_c(text),
		};
}

/* What the store would know of the uv learning. */
static struct item_row *store_knows(struct world *w, enum verdict verdict, const char *text)
{
	struct item_row *row = vec_push(&w->items);
	char id[9];

	finding_id(id, KIND_WRAPPER, STR("pytest"));
	*row = (struct item_row){ .id = arena_str(&w->a, str_c(id)),
				  .kind = STR("wrapper"),
				  .target = STR("context"),
				  .wrong = STR("pytest"),
				  .right = STR("uv run pytest"),
				  .about = STR(""),
				  .text = str_c(text),
				  .file = STR("CLAUDE.md"),
				  .verdict = verdict,
				  .first_ms = world_time(w, 7),
				  .last_ms = world_time(w, 7),
				  .head = STR("") };
	return row;
}

static const struct item_row *decided(const struct world *w)
{
	return w->learned.decided.n ? vec_at(&w->learned.decided, 0) : NULL;
}

/* ---- what the user wrote ---- */

static void settle_says_nothing_twice(void **state)
{
	static const char *const texts[] = {
		"Tests: never plain `pytest`, always `uv run pytest`.\n",
		"# Tests\n\nDo not use pytest\n\nwrite\nuv run pytest\n",
	};
	const struct learning *l;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct world w;

		open_uv(&w);
		user_writes(&w, texts[i], 20);
		SESSION(&w, 7, USES_UV);
		world_learn(&w);
		l = assert_dropped(&w, "wrapper", "pytest", "already_documented");
		assert_int_equal(l->broken, 3);
		assert_true(str_starts_c(l->c.note, "CLAUDE.md:"));
		world_close(&w);
	}
}

static void settle_wants_both_sides_close(void **state)
{
	struct world w;

	(void)state;
	open_uv(&w);
	user_writes(&w, "pytest\n\n\n\n\n\nuv run python\nuv sync\n", 20);
	world_learn(&w);
	assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	world_close(&w);
}

static void settle_counts_what_came_after_the_rule(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; c");
	SESSION(&w, 9, USES_UV);
	SESSION(&w, 3, USES_UV);
	user_writes(&w, "use `uv run pytest` instead of `pytest`\n", 5);
	world_learn(&w);
	assert_int_equal(assert_dropped(&w, "wrapper", "pytest", "already_documented")->broken, 1);
	world_close(&w);
}

/* The user's word wins against what nothing proves, and is stale against what the project proves. */
static void settle_contradictions(void **state)
{
	const struct stale_rule *r;
	struct world w;

	(void)state;
	world_open(&w, "put a; c");
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, FAILS("prog --colour x", 1, "error: unknown option '--colour'"),
			RUNS("prog --color x"));
	user_writes(&w, "Always run `prog --colour`.\n", 20);
	world_learn(&w);
	assert_dropped(&w, "flag", "prog --colour", "contradicted");
	world_close(&w);

	world_open(&w,
		   "put lib/tokens.c \"$(lines 40 a)\"; c; mkdir src; git mv lib/tokens.c src/tokens.c; c");
	SESSION(&w, 4, MISSES("lib/tokens.c"), READS("src/tokens.c"));
	user_writes(&w, "# Rules\n\nTokens are made in lib/tokens.c.\n", 20);
	world_learn(&w);
	assert_learned(&w, "path_moved", "lib/tokens.c", "src/tokens.c");
	assert_int_equal(w.learned.stale.n, 1);
	r = vec_at(&w.learned.stale, 0);
	assert_str_equal(r->token, "lib/tokens.c");
	assert_str_equal(r->right, "src/tokens.c");
	assert_int_equal(r->line, 3);
	world_close(&w);
}

static void settle_one_sided_rules(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put a; mkdir gen; head -c 300000 /dev/zero | tr '\\0' 'x' >gen/all.txt; c");
	SESSION(&w, 4, TOO_LARGE("gen/all.txt"), TOO_LARGE("gen/all.txt"));
	for (int day = 3; day < 5; day++)
		SESSION(&w, day, MISSES("docs/plan.md"), READS("a"), MISSES("docs/plan.md"));
	user_writes(&w, "gen/all.txt is huge\nsee docs/plan.md\n", 20);
	world_learn(&w);
	assert_dropped(&w, "large_file", "gen/all.txt", "already_documented");
	assert_learned(&w, "missing_path", "docs/plan.md",
		       ""); /* that the user names it makes it no less absent */
	assert_int_equal(w.learned.stale.n, 1);
	world_close(&w);
}

/* ---- verdicts ---- */

static void settle_respects_a_rejection(void **state)
{
	struct world w;

	(void)state;
	open_uv(&w);
	store_knows(&w, VERDICT_REJECTED, UV_TEXT);
	world_learn(&w);
	assert_dropped(&w, "wrapper", "pytest", "rejected_by_user");
	world_close(&w);
}

static void settle_lists_what_stands(void **state)
{
	struct world w;

	(void)state;
	open_uv(&w);
	world_learn(&w);
	assert_int_equal(assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.state, STATE_NEW);
	store_knows(&w, VERDICT_PUBLISHED, UV_TEXT);
	block_holds(&w, TARGET_CONTEXT, UV_TEXT);
	world_learn(&w);
	assert_int_equal(assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.state, STATE_LISTED);
	assert_int_equal(w.learned.learnings.n, 1);
	assert_null(decided(&w));
	world_close(&w);
}

static void settle_keeps_pinned_words(void **state)
{
	static const char mine[] = "Run `pytest` as `uv run pytest`, with -x.";
	const struct learning *l;
	struct world w;

	(void)state;
	open_uv(&w);
	store_knows(&w, VERDICT_PINNED, mine);
	block_holds(&w, TARGET_CONTEXT, mine);
	world_learn(&w);
	l = assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	assert_int_equal(l->c.f.state, STATE_PINNED);
	assert_str_equal(l->c.f.text, mine);
	assert_int_equal(w.learned.learnings.n, 1);
	world_close(&w);
}

static void settle_reads_deletions(void **state)
{
	/* clang-format off */
	static const struct {
		bool block;
		enum feedback feedback;
		bool rejected;
	} rows[] = {
		{ true, FEEDBACK_EDIT, true },
		{ true, FEEDBACK_NONE, false }, /* a checkout, a stash */
		{ false, FEEDBACK_EDIT, false }, /* the block vanished as a whole */
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		open_uv(&w);
		store_knows(&w, VERDICT_PUBLISHED, UV_TEXT);
		if (rows[i].block)
			block_holds(&w, TARGET_CONTEXT, NULL);
		w.in.feedback[TARGET_CONTEXT] = rows[i].feedback;
		world_learn(&w);
		if (rows[i].rejected) {
			assert_dropped(&w, "wrapper", "pytest", "rejected_by_user");
			assert_int_equal(decided(&w)->verdict, VERDICT_REJECTED);
			assert_true(decided(&w)->last_ms == w.in.now);
		} else {
			assert_learned(&w, "wrapper", "pytest", "uv run pytest");
			assert_null(decided(&w));
		}
		world_close(&w);
	}
}

static void settle_reads_edits(void **state)
{
	static const char edited[] = "Run `pytest` as `uv run pytest` from the root.";
	struct world w;

	(void)state;
	open_uv(&w);
	store_knows(&w, VERDICT_PUBLISHED, UV_TEXT);
	block_holds(&w, TARGET_CONTEXT, edited);
	w.in.feedback[TARGET_CONTEXT] = FEEDBACK_EDIT;
	world_learn(&w);
	assert_int_equal(decided(&w)->verdict, VERDICT_PINNED);
	assert_str_equal(decided(&w)->text, edited);
	assert_str_equal(assert_learned(&w, "wrapper", "pytest", "uv run pytest")->c.f.text, edited);
	assert_int_equal(w.learned.learnings.n, 1);
	world_close(&w);
}

/* A commit that took the line out counts; a work tree that merely does not have it does not. */
static void settle_reads_commits(void **state)
{
	for (int removed = 0; removed < 2; removed++) {
		struct world w;
		struct buf head;
		struct item_row *row;

		open_uv(&w);
		world_script(w.root, removed ? "put CLAUDE.md '- " UV_TEXT
					       "'; c; git rev-parse HEAD~1 >../head; put CLAUDE.md 'x'; c"
					     : "git rev-parse HEAD >../head; put CLAUDE.md 'x'; c");
		buf_init(&head, 100);
		assert_int_equal(fs_read_file(world_path(&w, "../head"), &head, NULL), STATUS_OK);
		row = store_knows(&w, VERDICT_PUBLISHED, UV_TEXT);
		row->head = str_trim(buf_str(&head));
		block_holds(&w, TARGET_CONTEXT, NULL);
		w.in.feedback[TARGET_CONTEXT] = FEEDBACK_COMMIT;
		w.in.file[TARGET_CONTEXT] = STR("CLAUDE.md");
		world_learn(&w);
		if (removed)
			assert_dropped(&w, "wrapper", "pytest", "rejected_by_user");
		else
			assert_learned(&w, "wrapper", "pytest", "uv run pytest");
		buf_release(&head);
		world_close(&w);
	}
	(void)state;
}

static void settle_adopts_what_the_project_proves(void **state)
{
	const struct learning *l;
	struct world w;

	(void)state;
	world_open(&w, "put uv.lock; put src/config.h; c");
	block_holds(&w, TARGET_CONTEXT, UV_TEXT);
	block_holds(&w, TARGET_CONTEXT, "Use `src/config.h`; there is no `src/confg.h`.");
	block_holds(&w, TARGET_CONTEXT, "Run `ruff` as `poetry run ruff`."); /* nothing here speaks for it */
	block_holds(&w, TARGET_CONTEXT, "`a` is now `uv.lock/../../etc`."); /* nobody should be told that */
	block_holds(&w, TARGET_CONTEXT, "Mind the gap."); /* the user's own words */
	world_learn(&w);
	l = assert_learned(&w, "wrapper", "pytest", "uv run pytest");
	assert_true(l->c.adopted);
	assert_int_equal(l->c.f.state, STATE_LISTED);
	assert_learned(&w, "path_name", "src/confg.h", "src/config.h");
	assert_dropped(&w, "wrapper", "ruff", "unverified");
	assert_non_null(find_in(&w.learned.suppressed, "path_moved", "a"));
	assert_int_equal(w.learned.learnings.n, 3);
	for (size_t i = 0; i < w.learned.learnings.n; i++) {
		l = vec_at(&w.learned.learnings, i);
		if (l->c.foreign) {
			assert_str_equal(l->c.f.text, "Mind the gap.");
			assert_int_equal(l->c.f.state, STATE_PINNED);
		}
	}
	world_close(&w);
}

/* However many lines the user put into the block, the budget takes none of them. */
static void settle_cuts_no_words_of_the_user(void **state)
{
	enum { WORDS = 40 };
	static char words[WORDS][64];
	struct world w;
	size_t kept = 0;

	(void)state;
	world_open(&w, "put uv.lock; c");
	for (int i = 0; i < WORDS; i++) {
		(void)snprintf(words[i], sizeof(words[i]), "Mind the gap at platform %d.", i);
		block_holds(&w, TARGET_CONTEXT, words[i]);
	}
	world_learn(&w);
	for (size_t i = 0; i < w.learned.learnings.n; i++)
		kept += ((const struct learning *)vec_at(&w.learned.learnings, i))->c.foreign;
	assert_int_equal(kept, WORDS);
	world_close(&w);
}

/* An adopted line that is false by now goes. */
static void settle_reverifies_what_it_adopts(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put src/confg.h; c");
	block_holds(&w, TARGET_CONTEXT, "Use `src/config.h`; there is no `src/confg.h`.");
	world_learn(&w);
	assert_dropped(&w, "path_name", "src/confg.h", "unverified");
	assert_silent(&w);
	world_close(&w);
}

/* A line that is broken again and again is not repeated. */
static void settle_gives_up_what_is_ignored(void **state)
{
	const struct learning *l;
	struct world w;

	(void)state;
	open_uv(&w);
	store_knows(&w, VERDICT_PUBLISHED, UV_TEXT);
	block_holds(&w, TARGET_CONTEXT, UV_TEXT);
	for (int day = 1; day < 5; day++)
		SESSION(&w, day, USES_UV);
	world_learn(&w);
	l = assert_dropped(&w, "wrapper", "pytest", "retired");
	assert_int_equal(l->c.relapses, 4);
	assert_true(l->c.opportunities >= 4);
	world_close(&w);
}

/* A shorter look back is no reason to take out what stands. */
static void settle_keeps_lines_in_a_short_view(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "put src/tokenizer.c; c");
	for (int day = 2; day < 9; day += 3)
		SESSION(&w, day, MISSES("src/tokenzer.c"), READS("src/tokenizer.c"));
	w.in.since = world_time(&w, 3);
	world_learn(&w);
	assert_dropped(&w, "path_name", "src/tokenzer.c", "weak");
	block_holds(&w, TARGET_CONTEXT, "Use `src/tokenizer.c`; there is no `src/tokenzer.c`.");
	world_learn(&w);
	assert_int_equal(assert_learned(&w, "path_name", "src/tokenzer.c", "src/tokenizer.c")->c.f.state,
			 STATE_LISTED);
	world_close(&w);
}

/* ---- rank and budget, on made-up candidates ---- */

struct settling {
	struct world w;
	struct study study;
	struct vec candidates;
};

static void settling_open(struct settling *s)
{
	memset(s, 0, sizeof(*s));
	world_open(&s->w, NULL);
	project_init(&s->w.project, &s->w.a, str_c(s->w.root), NULL);
	s->w.tree = tree_new(&s->w.project, s->w.store);
	s->study = (struct study){
		.arena = &s->w.a, .project = &s->w.project, .store = s->w.store, .now = s->w.in.now
	};
	vec_init(&s->candidates, sizeof(struct candidate));
	vec_init(&s->w.learned.learnings, sizeof(struct learning));
	vec_init(&s->w.learned.suppressed, sizeof(struct learning));
	vec_init(&s->w.learned.stale, sizeof(struct stale_rule));
	vec_init(&s->w.learned.decided, sizeof(struct item_row));
}

static struct candidate *propose(struct settling *s, enum finding_kind kind, str wrong, str right,
				 double value)
{
	struct candidate *c = vec_push(&s->candidates);

	c->f.kind = kind;
	c->f.wrong = wrong;
	c->f.right = right;
	c->f.about = STR("");
	c->f.target = finding_types[kind].target;
	c->f.text = finding_phrase(&s->w.a, kind, wrong, right, STR(""));
	c->value = value;
	c->lineages = 2;
	finding_id(c->f.id, kind, wrong);
	vec_init(&c->evidence, sizeof(const struct evidence *));
	return c;
}

static str numbered(struct settling *s, const char *what, int i)
{
	return arena_printf(&s->w.a, "%s%d", what, i);
}

static void settling_run(struct settling *s)
{
	settle(&s->study, s->w.tree, &s->w.in, &s->w.items, &s->candidates, &s->w.learned);
}

static void settling_close(struct settling *s)
{
	vec_release(&s->candidates);
	vec_release(&s->w.learned.learnings);
	vec_release(&s->w.learned.suppressed);
	vec_release(&s->w.learned.stale);
	vec_release(&s->w.learned.decided);
	tree_free(s->w.tree);
	project_release(&s->w.project);
	world_close(&s->w);
}

static void settle_cuts_to_the_budget(void **state)
{
	struct settling s;

	(void)state;
	settling_open(&s);
	for (int i = 0; i < 30; i++) {
		propose(&s, KIND_PATH_MOVED, numbered(&s, "a", i), numbered(&s, "b", i), 100 + i);
		propose(&s, KIND_MISSING_PATH, numbered(&s, "m", i), STR(""), 100 + i);
	}
	settling_run(&s);
	assert_int_equal(s.w.learned.learnings.n, CONTEXT_ITEMS + MEMORY_ITEMS);
	assert_int_equal(s.w.learned.suppressed.n, 60 - CONTEXT_ITEMS - MEMORY_ITEMS);
	/* the most valuable ones */
	assert_learned(&s.w, "path_moved", "a29", "b29");
	assert_learned(&s.w, "path_moved", "a15", "b15");
	assert_dropped(&s.w, "path_moved", "a14", "budget");
	assert_learned(&s.w, "missing_path", "m22", "");
	assert_dropped(&s.w, "missing_path", "m21", "budget");
	settling_close(&s);
}

static void settle_cuts_long_texts(void **state)
{
	struct settling s;
	char path[121];
	size_t tokens = 0;

	(void)state;
	settling_open(&s);
	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	for (int i = 0; i < 15; i++)
		propose(&s, KIND_PATH_MOVED, numbered(&s, path, i), numbered(&s, path, 100 + i), 100);
	settling_run(&s);
	for (size_t i = 0; i < s.w.learned.learnings.n; i++)
		tokens += ((struct learning *)vec_at(&s.w.learned.learnings, i))->c.f.text.n / 4;
	assert_true(tokens <= CONTEXT_TOKENS);
	assert_in_range(s.w.learned.learnings.n, 5, 14);
	settling_close(&s);
}

/* What is listed leaves only when it is worth much less than what would take its place. */
static void settle_has_hysteresis(void **state)
{
	static const struct {
		double value;
		bool stays;
	} rows[] = { { 90, true }, { 75, true }, { 65, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct settling s;
		struct candidate *listed;

		settling_open(&s);
		for (int k = 0; k < CONTEXT_ITEMS; k++)
			propose(&s, KIND_PATH_MOVED, numbered(&s, "a", k), numbered(&s, "b", k), 100);
		listed = propose(&s, KIND_PATH_MOVED, STR("old"), STR("new"), rows[i].value);
		block_holds(&s.w, TARGET_CONTEXT, arena_c(&s.w.a, listed->f.text));
		settling_run(&s);
		assert_int_equal(find_in(&s.w.learned.learnings, "path_moved", "old") != NULL, rows[i].stays);
		assert_int_equal(s.w.learned.learnings.n, CONTEXT_ITEMS);
		settling_close(&s);
	}
}

static void settle_conflicting_candidates(void **state)
{
	struct settling s;

	(void)state;
	settling_open(&s);
	propose(&s, KIND_PATH_NAME, STR("x.ts"), STR("x.tsx"), 100);
	propose(&s, KIND_PATH_NAME, STR("x.tsx"), STR("x.ts"), 100);
	propose(&s, KIND_TARGET, STR("make a"), STR("make b"), 100)->lineages = 5;
	propose(&s, KIND_SUBCOMMAND, STR("make a"), STR("make b"), 100);
	settling_run(&s);
	assert_dropped(&s.w, "path_name", "x.ts", "contradicted");
	assert_dropped(&s.w, "path_name", "x.tsx", "contradicted");
	assert_learned(&s.w, "target", "make a", "make b");
	assert_dropped(&s.w, "subcommand", "make a", "weak");
	settling_close(&s);
}

const struct CMUnitTest settle_tests[] = {
	cmocka_unit_test(settle_says_nothing_twice),
	cmocka_unit_test(settle_wants_both_sides_close),
	cmocka_unit_test(settle_counts_what_came_after_the_rule),
	cmocka_unit_test(settle_contradictions),
	cmocka_unit_test(settle_one_sided_rules),
	cmocka_unit_test(settle_respects_a_rejection),
	cmocka_unit_test(settle_lists_what_stands),
	cmocka_unit_test(settle_keeps_pinned_words),
	cmocka_unit_test(settle_cuts_no_words_of_the_user),
	cmocka_unit_test(settle_reads_deletions),
	cmocka_unit_test(settle_reads_edits),
	cmocka_unit_test(settle_reads_commits),
	cmocka_unit_test(settle_adopts_what_the_project_proves),
	cmocka_unit_test(settle_reverifies_what_it_adopts),
	cmocka_unit_test(settle_gives_up_what_is_ignored),
	cmocka_unit_test(settle_keeps_lines_in_a_short_view),
	cmocka_unit_test(settle_cuts_to_the_budget),
	cmocka_unit_test(settle_cuts_long_texts),
	cmocka_unit_test(settle_has_hysteresis),
	cmocka_unit_test(settle_conflicting_candidates),
};
const size_t settle_tests_count = sizeof(settle_tests) / sizeof(*settle_tests);
