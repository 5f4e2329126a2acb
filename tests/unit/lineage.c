/*
 * lineage: which logs are one conversation and its continuations.
 */
#include "tests/unit/world.h"

#include "analyzers/study.h"

struct grouping {
	struct world w;
	struct vec groups; /* struct lineage_files */
};

static void grouping_open(struct grouping *g)
{
	world_open(&g->w, NULL);
	vec_init(&g->groups, sizeof(struct lineage_files));
}

static void grouping_run(struct grouping *g)
{
	struct world *w = &g->w;

	world_forget_learned(w);
	project_init(&w->project, &w->a, str_c(w->root), NULL);
	assert_int_equal(world_ingest(w, &w->index, 1, false), STATUS_OK);
	world_claim(w);
	vec_clear(&g->groups);
	assert_int_equal(lineage_group(&w->a, w->store, w->rows.p, w->rows.n, &g->groups, NULL), STATUS_OK);
}

static void grouping_close(struct grouping *g)
{
	project_release(&g->w.project);
	ingest_result_release(&g->w.index);
	vec_release(&g->groups);
	world_close(&g->w);
}

static const struct lineage_files *group_at(const struct grouping *g, size_t i)
{
	return vec_at(&g->groups, i);
}

static void lineage_of_strangers(void **state)
{
	struct grouping g;

	(void)state;
	grouping_open(&g);
	for (int day = 1; day < 5; day++)
		SESSION(&g.w, day, RUNS("ls"));
	grouping_run(&g);
	assert_int_equal(g.groups.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(group_at(&g, i)->n, 1);
	grouping_close(&g);
}

/* Copies share calls: a with b, b with c; the one with the most calls is read first. */
static void lineage_by_call(void **state)
{
	struct grouping g;

	(void)state;
	grouping_open(&g);
	SESSION(&g.w, 1, RUNS_SO("a", .id = "toolu_x"));
	SESSION(&g.w, 2, RUNS("b"));
	SESSION(&g.w, 3, RUNS_SO("a", .id = "toolu_x"), RUNS_SO("c", .id = "toolu_y"), RUNS("d"));
	SESSION(&g.w, 4, RUNS_SO("c", .id = "toolu_y"));
	grouping_run(&g);
	assert_int_equal(g.groups.n, 2);
	assert_int_equal(group_at(&g, 0)->n, 3);
	assert_true(str_ends_c(group_at(&g, 0)->rows[0]->path, "/session-3.jsonl"));
	assert_int_equal(group_at(&g, 1)->n, 1);
	grouping_close(&g);
}

/* The log of a sub-agent lies below its parent's session, or names the session in its records. */
static void lineage_of_sub_agents(void **state)
{
	static const struct call calls[] = { RUNS_SO("ls", .agent = "abc") };
	struct grouping g;
	struct buf text;
	struct log_record r;
	str dir;

	(void)state;
	grouping_open(&g);
	buf_init(&text, 100000);
	SESSION(&g.w, 1, RUNS("a"));
	SESSION(&g.w, 2, RUNS("b"));
	dir = path_dir(str_c(world_log_path(&g.w, "x")));
	r = (struct log_record){ .w = &g.w, .session = "session-1", .time = world_time(&g.w, 1) };
	log_calls(&text, &r, calls, 1);
	test_write(path_join(&g.w.a, dir, STR("session-1/subagents/agent-abc.jsonl")).p, buf_str(&text));
	buf_clear(&text);
	r.session = "session-2";
	log_calls(&text, &r, calls, 1);
	test_write(path_join(&g.w.a, dir, STR("agent-def.jsonl")).p, buf_str(&text));
	grouping_run(&g);
	assert_int_equal(g.groups.n, 2);
	assert_int_equal(group_at(&g, 0)->n, 2);
	assert_int_equal(group_at(&g, 1)->n, 2);
	buf_release(&text);
	grouping_close(&g);
}

static void lineage_of_nothing(void **state)
{
	struct grouping g;

	(void)state;
	grouping_open(&g);
	grouping_run(&g);
	assert_int_equal(g.groups.n, 0);
	grouping_close(&g);
}

/* A digest that was damaged at rest adds nothing and stops nothing. */
static void lineage_with_damage(void **state)
{
	struct grouping g;

	(void)state;
	grouping_open(&g);
	SESSION(&g.w, 1, RUNS_SO("a", .id = "toolu_x"));
	SESSION(&g.w, 2, RUNS_SO("a", .id = "toolu_x"));
	grouping_run(&g);
	assert_int_equal(g.groups.n, 1);
	assert_int_equal(store_segment_put(g.w.store, group_at(&g, 0)->rows[0]->id, 0, STR("damaged"), NULL),
			 STATUS_OK);
	vec_clear(&g.groups);
	assert_int_equal(lineage_group(&g.w.a, g.w.store, g.w.rows.p, g.w.rows.n, &g.groups, NULL),
			 STATUS_OK);
	assert_int_equal(g.groups.n, 2);
	assert_int_equal(store_segment_cut(g.w.store, group_at(&g, 0)->rows[0]->id, 0, NULL), STATUS_OK);
	vec_clear(&g.groups);
	assert_int_equal(lineage_group(&g.w.a, g.w.store, g.w.rows.p, g.w.rows.n, &g.groups, NULL),
			 STATUS_OK);
	assert_int_equal(g.groups.n, 2);
	grouping_close(&g);
}

const struct CMUnitTest lineage_tests[] = {
	cmocka_unit_test(lineage_of_strangers),	 cmocka_unit_test(lineage_by_call),
	cmocka_unit_test(lineage_of_sub_agents), cmocka_unit_test(lineage_of_nothing),
	cmocka_unit_test(lineage_with_damage),
};
const size_t lineage_tests_count = sizeof(lineage_tests) / sizeof(*lineage_tests);
