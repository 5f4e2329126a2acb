#include "tests/test.h"

#include "core/base/env.h"
#include "tui/source.h"
#include "tui/text.h"

#define NOW "2026-03-15T12:00:00Z"

static const struct source_options options = { .window = { "24h", 3 }, .home = "/nonexistent", .jobs = 1 };

static struct buf recording(int first, int last)
{
	struct buf out;

	buf_init(&out, SIZE_MAX);
	for (int i = first; i <= last; i++)
		buf_printf(&out,
			   "{\"version\":1,\"taken_at\":\"2026-03-15T11:59:%02dZ\",\"sources\":[{\"kind\":"
			   "\"proxy\","
			   "\"name\":\"p\",\"status\":\"live\"}],\"requests\":{\"total\":%d}}\n",
			   i, i);
	return out;
}

static const char *write_recording(int first, int last, const char *behind)
{
	const char *path = test_path(test_dir(), "rec.jsonl");
	struct buf text = recording(first, last);

	buf_add_c(&text, behind);
	test_write(path, buf_str(&text));
	buf_release(&text);
	return path;
}

static void assert_polls(void *source, double total, size_t warnings)
{
	struct snapshot s;

	snapshot_init(&s);
	replay_source.poll(source, &s);
	assert_true(s.requests.total == total);
	assert_int_equal(s.sources.n, 2);
	assert_str_equal(((struct source_row *)vec_at(&s.sources, 1))->kind, "replay");
	assert_int_equal(s.warnings.n, warnings);
	snapshot_release(&s);
}

static void replay_tells_one_after_another(void **state)
{
	const char *path = write_recording(1, 3, "");
	void *source = replay_source.open(path, &options);

	(void)state;
	assert_non_null(source);
	assert_polls(source, 1, 0);
	assert_false(replay_source.ended(source));
	assert_polls(source, 2, 0);
	assert_polls(source, 3, 0);
	assert_true(replay_source.ended(source));
	assert_polls(source, 3, 0);
	replay_source.close(source);
}

static void replay_follows_what_is_added(void **state)
{
	const char *path = write_recording(1, 1, "");
	void *source = replay_source.open(path, &options);
	struct buf more;

	(void)state;
	assert_polls(source, 1, 0);
	assert_polls(source, 1, 0);
	more = recording(1, 2);
	test_write(path, buf_str(&more));
	buf_release(&more);
	assert_false(replay_source.ended(source));
	assert_polls(source, 2, 0);
	replay_source.close(source);
}

static void replay_passes_over_garbage(void **state)
{
	const char *path = write_recording(1, 1, "garbage\n{\"version\":1}\n{\"cut\":");
	void *source = replay_source.open(path, &options);

	(void)state;
	assert_polls(source, 1, 1);
	assert_true(replay_source.ended(source));
	replay_source.close(source);
}

static void replay_refuses_other_files(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "x.jsonl");

	(void)state;
	assert_null(replay_source.open(dir, &options));
	assert_null(replay_source.open(path, &options));
	test_write(path, STR(""));
	assert_null(replay_source.open(path, &options));
	test_write(path, STR("{\"version\":1,\"sources\":{}}\n[]\n"));
	assert_null(replay_source.open(path, &options));
}

static void replay_age_is_that_of_the_recording(void **state)
{
	const char *path = write_recording(20, 20, "");
	void *source = replay_source.open(path, &options);
	struct snapshot s;

	(void)state;
	env_set("HEADROOM_NOW", NOW);
	snapshot_init(&s);
	replay_source.poll(source, &s);
	assert_true(((struct source_row *)vec_at(&s.sources, 1))->age_seconds == 40);
	snapshot_release(&s);
	replay_source.close(source);
	env_set("HEADROOM_NOW", NULL);
}

/* ---- sources by name ---- */

static void feed_opens_by_name(void **state)
{
	const char *dir = test_dir(), *text = test_path(dir, "text");
	struct vec feeds;
	struct snapshot all;
	struct feed feed;
	struct error err;

	(void)state;
	test_write(text, STR("no source\n"));
	assert_int_equal(feed_open(test_path(dir, "none"), &options, &feed, &err), STATUS_NOT_FOUND);
	assert_int_equal(feed_open(text, &options, &feed, &err), STATUS_USAGE);
	assert_int_equal(feed_open_as(&replay_source, text, &options, &feed, &err), STATUS_USAGE);

	vec_init(&feeds, sizeof(struct feed));
	assert_int_equal(feed_open(write_recording(4, 5, ""), &options, &feed, &err), STATUS_OK);
	assert_ptr_equal(feed.type, &replay_source);
	*(struct feed *)vec_push(&feeds) = feed;
	assert_int_equal(feed_open_as(&demo_source, NULL, &options, &feed, &err), STATUS_OK);
	*(struct feed *)vec_push(&feeds) = feed;
	snapshot_init(&all);
	assert_true(feed_poll(&feeds, &all));
	assert_true(all.requests.total == 4); /* of the first, however many come behind */
	assert_int_equal(all.sources.n, 3);
	assert_false(feed_ended(&feeds));
	snapshot_release(&all);
	feed_close(&feeds);
}

static void source_types_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; source_types[i]; i++) {
		const struct source_type *t = source_types[i];

		assert_true(t->kind && *t->kind);
		assert_true(t->open && t->poll && t->close);
	}
}

/* The sums of the demo are those of its models and of its projects. */
static void demo_agrees_with_itself(void **state)
{
	void *source = demo_source.open(NULL, &options);
	double models = 0, projects = 0, usd = 0;
	struct snapshot s;

	(void)state;
	snapshot_init(&s);
	demo_source.poll(source, &s);
	for (size_t i = 0; i < s.models.n; i++) {
		models += ((struct model_row *)vec_at(&s.models, i))->input;
		usd += ((struct model_row *)vec_at(&s.models, i))->spent_usd;
	}
	for (size_t i = 0; i < s.projects.n; i++)
		projects += ((struct project_row *)vec_at(&s.projects, i))->input;
	assert_true(models == s.tokens.input && projects == s.tokens.input);
	assert_true(usd == s.cost.spent_usd);
	snapshot_release(&s);
	demo_source.close(source);
}

/* ---- text in cells ---- */

static void text_widths(void **state)
{
	(void)state;
	assert_int_equal(text_width(STR("plain")), 5);
	assert_int_equal(text_width(STR("e\xcc\x81")), 1); /* e and an acute */
	assert_int_equal(text_width(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4); /* two ideographs */
	assert_int_equal(text_width(STR("\xf0\x9f\x90\x9f")), 2); /* a fish */
	assert_int_equal(text_width(STR("")), 0);
	assert_int_equal(text_cell(0x3ffff), 1);
	assert_int_equal(text_cell(0x30000), 2);
}

static void text_fits(void **state)
{
	static const struct {
		const char *text;
		size_t cells;
		const char *fitted;
	} rows[] = {
		{ "plain", 5, "plain" },
		{ "plain", 4, "pla~" },
		{ "plain", 1, "~" },
		{ "plain", 0, "" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5~" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 2, "~" },
		{ "\x1b[2J", 20, "\\x1b[2J" },
		{ "a\nb", 20, "a\\x0ab" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		text_fit(&out, str_c(rows[i].text), rows[i].cells);
		assert_str_equal(buf_str(&out), rows[i].fitted);
		assert_true(text_width(buf_str(&out)) <= rows[i].cells);
	}
	buf_release(&out);
}

const struct CMUnitTest replay_tests[] = {
	cmocka_unit_test(replay_tells_one_after_another),
	cmocka_unit_test(replay_follows_what_is_added),
	cmocka_unit_test(replay_passes_over_garbage),
	cmocka_unit_test(replay_refuses_other_files),
	cmocka_unit_test(replay_age_is_that_of_the_recording),
	cmocka_unit_test(feed_opens_by_name),
	cmocka_unit_test(source_types_are_whole),
	cmocka_unit_test(demo_agrees_with_itself),
	cmocka_unit_test(text_widths),
	cmocka_unit_test(text_fits),
};
const size_t replay_tests_count = sizeof(replay_tests) / sizeof(*replay_tests);
