#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jget.h"
#include "scanners/claude.h"
#include "scanners/claude_text.h"

#define FIXTURES "tests/fixtures/claude"

static const struct scan_roots fixtures = { FIXTURES, 3 };

static const char *const kinds[EVENT_KIND_COUNT] = { "CALL", "RESULT",	"USER",	 "COMPACT", "INTERRUPT",
						     "LINK", "REWRITE", "USAGE", "TITLE" };

/* ---- events as text, one line each ---- */

static void show(struct buf *out, const char *name, str value)
{
	if (value.n == 0)
		return;
	buf_printf(out, " %s=", name);
	for (size_t i = 0; i < value.n; i++)
		buf_printf(out, value.p[i] >= ' ' && value.p[i] < 0x7f ? "%c" : "\\x%02x",
			   (unsigned char)value.p[i]);
}

static void show_number(struct buf *out, const char *name, int64_t value)
{
	if (value)
		buf_printf(out, " %s=%lld", name, (long long)value);
}

static void show_event(struct buf *out, const struct event *e)
{
	struct buf text;
	struct arena a;

	arena_init(&a);
	buf_init(&text, 1000);
	buf_printf(out, "%4u %-9s", e->line, kinds[e->kind]);
	if (e->kind == EVENT_CALL)
		buf_printf(out, " %s(%.*s)", tool_names[e->tool], STR_ARG(e->tool_name));
	if (e->kind == EVENT_RESULT)
		buf_printf(out, " %s", outcome_names[e->outcome]);
	show_number(out, "exit", e->exit_code + 1 ? e->exit_code : 0);
	show(out, "benign", e->exit_benign ? STR("yes") : STR(""));
	show(out, "id", e->call_id);
	show(out, "agent", e->agent);
	show(out, "side", e->sidechain ? STR("yes") : STR(""));
	show(out, "command", e->input.command);
	show(out, "path", e->input.path);
	show(out, "pattern", e->input.pattern);
	show(out, "ranged", e->input.ranged ? STR("yes") : STR(""));
	show(out, "background", e->input.background ? STR("yes") : STR(""));
	show(out, "unsandboxed", e->input.sandbox_off ? STR("yes") : STR(""));
	show_number(out, "timeout", e->input.timeout_ms);
	show(out, "hint", e->hint);
	show(out, "title", e->title);
	event_text_head(&text, e, 60);
	show(out, "text", buf_str(&text));
	show_number(out, "bytes", (int64_t)e->text_bytes);
	show(out, "message", e->message_id);
	if (e->message_id.n > 0)
		buf_printf(out, " tokens=%lld/%lld/%lld/%lld/%lld/%lld", (long long)e->usage.input,
			   (long long)e->usage.output, (long long)e->usage.cache_read,
			   (long long)e->usage.cache_write, (long long)e->usage.cache_write_5m,
			   (long long)e->usage.cache_write_1h);
	show(out, "model", e->model);
	show(out, "session", e->session);
	show(out, "cwd", e->cwd);
	show(out, "branch", e->branch);
	show(out, "uuid", e->record_id);
	show(out, "time", e->time ? time_format(&a, e->time) : STR(""));
	buf_add_ch(out, '\n');
	buf_release(&text);
	arena_release(&a);
}

static void show_file(struct buf *out, void *reader, const struct session_file *file)
{
	str name = str_from(file->path, str_find(file->path, STR("projects/")));
	struct scan_stats stats;
	struct event e;
	struct error err;
	enum status status;
	uint64_t offset;
	uint32_t line;

	buf_printf(out, "== %.*s group=%.*s parent=%.*s\n", STR_ARG(name), STR_ARG(file->group),
		   STR_ARG(file->parent));
	assert_int_equal(claude_scanner.start(reader, file, 0, 1, &err), STATUS_OK);
	while ((status = claude_scanner.next(reader, &e, &err)) == STATUS_OK)
		show_event(out, &e);
	assert_int_equal(status, STATUS_DONE);
	claude_scanner.position(reader, &offset, &line, &stats);
	assert_true(stats.partial || offset == file->size);
	buf_printf(out, "-- next line %u, %u lines, %u skipped, %u unknown%s\n\n", line, stats.lines,
		   stats.skipped, stats.unknown_kinds, stats.partial ? ", partial" : "");
}

static void discover(struct arena *a, const struct scan_roots *roots, const char *project, struct vec *files)
{
	str name = str_c(project);
	struct error err;

	vec_init(files, sizeof(struct session_file));
	if (claude_scanner.discover(a, roots, &name, project ? 1 : 0, files, &err))
		fail_msg("%s", err.message);
}

/* Compares with what is expected; UPDATE=1 writes it instead. */
static void claude_tells_its_fixtures(void **state)
{
	const char *expected_path = FIXTURES "/events.txt";
	struct buf out, expected;
	struct vec files;
	struct arena a;
	void *reader = claude_scanner.open(true);

	(void)state;
	arena_init(&a);
	buf_init(&out, 1 << 20);
	buf_init(&expected, 1 << 20);
	discover(&a, &fixtures, NULL, &files);
	for (size_t i = 0; i < files.n; i++)
		show_file(&out, reader, vec_at(&files, i));
	if (env_get("UPDATE"))
		test_write(expected_path, buf_str(&out));
	assert_int_equal(fs_read_file(expected_path, &expected, NULL), STATUS_OK);
	assert_string_equal(buf_c(&out), buf_c(&expected));
	claude_scanner.close(reader);
	vec_release(&files);
	buf_release(&expected);
	buf_release(&out);
	arena_release(&a);
}

/* Whatever line a reading stops at, going on there gives what was left out. */
static void claude_resumes_at_any_line(void **state)
{
	struct buf whole, parts;
	struct session_file *file;
	struct vec files;
	struct arena a;
	void *reader = claude_scanner.open(true);
	uint64_t offset = 0;
	uint32_t line = 1;
	struct event e;

	(void)state;
	arena_init(&a);
	buf_init(&whole, 1 << 20);
	buf_init(&parts, 1 << 20);
	discover(&a, &fixtures, "/w/app", &files);
	for (size_t i = 0; i < files.n; i++) {
		file = vec_at(&files, i);
		if (!str_ends_c(file->path, "/v21.jsonl"))
			continue;
		assert_int_equal(claude_scanner.start(reader, file, 0, 1, NULL), STATUS_OK);
		while (claude_scanner.next(reader, &e, NULL) == STATUS_OK)
			show_event(&whole, &e);
		for (;;) { /* one record at a time */
			struct scan_stats stats;
			uint32_t first = 0;

			assert_int_equal(claude_scanner.start(reader, file, offset, line, NULL), STATUS_OK);
			while (claude_scanner.next(reader, &e, NULL) == STATUS_OK &&
			       (!first || e.line == first)) {
				show_event(&parts, &e);
				first = e.line;
				claude_scanner.position(reader, &offset, &line, &stats);
			}
			if (!first)
				break;
		}
	}
	assert_true(whole.n > 0);
	/* The summary behind a boundary is told as a compaction of its own when the boundary is not read
	 * with it. */
	assert_true(str_has_c(buf_str(&parts), "COMPACT"));
	assert_true(parts.n >= whole.n);
	claude_scanner.close(reader);
	vec_release(&files);
	buf_release(&parts);
	buf_release(&whole);
	arena_release(&a);
}

/* ---- names and discovery ---- */

static void claude_encodes_folder_names(void **state)
{
	static const char long_path[] = "/home/someone/"
					"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"
					"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
					"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/"
					"cccccccccccccccccccc";
	struct arena a;
	str name;

	(void)state;
	arena_init(&a);
	assert_str_equal(claude_encode(&a, STR("/home/u/my.app")), "-home-u-my-app");
	assert_str_equal(claude_encode(&a, STR("C:\\Users\\U\\git\\x")), "C--Users-U-git-x");
	assert_str_equal(claude_encode(&a, STR("/w/\xc3\xbc_\xf0\x9f\x9a\x80z")), "-w-----z");
	assert_str_equal(claude_encode(&a, STR("")), "");
	name = claude_encode(&a, STR(long_path));
	assert_true(str_starts_c(name, "-home-someone-aaaa"));
	assert_str_equal(str_from(name, 200), "-cknofy");
	arena_release(&a);
}

static void expect_files(const char *project, const char *const *names, size_t n)
{
	struct vec files;
	struct arena a;

	arena_init(&a);
	discover(&a, &fixtures, project, &files);
	assert_int_equal(files.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct session_file *file = vec_at(&files, i);

		assert_true(str_ends_c(file->path, names[i]));
		assert_true(*file->path.p == '/' && file->inode && file->size && file->mtime_ns);
	}
	vec_release(&files);
	arena_release(&a);
}

static void claude_finds_the_logs_of_a_project(void **state)
{
	static const char *const app[] = { "-w-app-sub/out.jsonl",
					   "-w-app/agent-0a1b2c3d.jsonl",
					   "-w-app/bad.jsonl",
					   "-w-app/v1.jsonl",
					   "-w-app/v2.jsonl",
					   "-w-app/v21.jsonl",
					   "-w-app/v21/subagents/agent-a1b2.jsonl",
					   "-w-app/v21/subagents/workflows/wf1/agent-c3.jsonl" };

	(void)state;
	expect_files("/w/app", app, sizeof(app) / sizeof(*app));
	expect_files("/w/app/sub", app, 1);
	expect_files("/w/ap", NULL, 0);
}

static void claude_looks_where_it_is_told(void **state)
{
	const char *dir = test_dir();
	struct scan_roots roots = { NULL, 1 };
	struct vec dirs, files;
	struct arena a;

	(void)state;
	arena_init(&a);
	vec_init(&dirs, sizeof(str));
	claude_scanner.roots(&a, &roots, &dirs);
	assert_int_equal(dirs.n, 2);
	assert_true(str_ends_c(*(str *)vec_at(&dirs, 0), "/home/.claude/projects"));
	assert_true(str_ends_c(*(str *)vec_at(&dirs, 1), "/home/.config/claude/projects"));
	env_set("CLAUDE_CONFIG_DIR", dir);
	vec_clear(&dirs);
	claude_scanner.roots(&a, &roots, &dirs);
	assert_int_equal(dirs.n, 1);
	assert_true(str_starts_c(*(str *)vec_at(&dirs, 0), dir));
	discover(&a, &roots, NULL, &files);
	assert_int_equal(files.n, 0); /* no projects folder is no error */
	test_write(test_path(dir, "projects/-x/s.jsonl"), STR("{}\n"));
	test_write(test_path(dir, "projects/-x/s/subagents/agent-1.jsonl"), STR("{}\n"));
	test_write(test_path(dir, "projects/-x/s/subagents/notes.jsonl"), STR("{}\n"));
	test_write(test_path(dir, "projects/-x/.hidden.jsonl"), STR("{}\n"));
	assert_int_equal(symlink("/nowhere", test_path(dir, "projects/-x/dangling.jsonl")), 0);
	assert_int_equal(mkfifo(test_path(dir, "projects/-x/pipe.jsonl"), 0600), 0);
	vec_release(&files);
	discover(&a, &roots, NULL, &files);
	assert_int_equal(files.n, 2);
	assert_str_equal(((struct session_file *)vec_at(&files, 1))->parent, "s");
	env_set("CLAUDE_CONFIG_DIR", NULL);
	vec_release(&files);
	vec_release(&dirs);
	arena_release(&a);
}

static void claude_says_what_it_cannot_read(void **state)
{
	const char *dir = test_dir();
	struct scan_roots roots = { dir, 1 };
	struct session_file file = { .path = STR("/nowhere/s.jsonl") };
	void *reader = claude_scanner.open(true);
	struct vec files;
	struct error err;
	struct arena a;

	(void)state;
	arena_init(&a);
	vec_init(&files, sizeof(struct session_file));
	assert_int_equal(claude_scanner.start(reader, &file, 0, 1, &err), STATUS_NOT_FOUND);
	assert_int_equal(symlink("projects", test_path(dir, "projects")), 0);
	assert_int_equal(claude_scanner.discover(&a, &roots, NULL, 0, &files, &err), STATUS_FAILED);
	assert_true(str_has_c(str_c(err.message), "projects"));
	claude_scanner.close(reader);
	claude_scanner.close(NULL);
	vec_release(&files);
	arena_release(&a);
}

/* ---- memory ---- */

static void claude_knows_its_memory_file(void **state)
{
	const char *dir = test_dir(), *root = test_path(dir, "app"), *own = test_path(dir, "claude");
	struct scan_roots roots = { own, 1 };
	struct arena a;
	str path;

	(void)state;
	arena_init(&a);
	path = claude_scanner.memory_file(&a, &roots, str_c(root));
	assert_true(str_starts_c(path, own));
	assert_true(str_ends_c(path, "-app/memory/MEMORY.md"));

	/* The repository's shared settings have no say. */
	test_write(test_path(root, ".claude/settings.json"), STR("{\"autoMemoryDirectory\":\"/tmp/evil\"}"));
	assert_true(str_starts_c(claude_scanner.memory_file(&a, &roots, str_c(root)), own));

	test_write(test_path(own, "settings.json"), STR("{\"autoMemoryDirectory\":\"~/notes/\"}"));
	path = claude_scanner.memory_file(&a, &roots, str_c(root));
	assert_true(str_starts_c(path, env_home()) && str_ends_c(path, "/notes/MEMORY.md"));
	test_write(test_path(root, ".claude/settings.local.json"),
		   STR("{\"autoMemoryDirectory\":\"/srv/notes\"}"));
	assert_str_equal(claude_scanner.memory_file(&a, &roots, str_c(root)), "/srv/notes/MEMORY.md");

	env_set("CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1");
	assert_str_equal(claude_scanner.memory_file(&a, &roots, str_c(root)), "");
	env_set("CLAUDE_CODE_DISABLE_AUTO_MEMORY", NULL);
	test_write(test_path(own, "settings.json"), STR("{\"autoMemoryEnabled\":false}"));
	assert_str_equal(claude_scanner.memory_file(&a, &roots, str_c(root)), "");
	test_write(test_path(own, "settings.json"), STR("{broken"));
	assert_str_equal(claude_scanner.memory_file(&a, &roots, str_c(root)), "/srv/notes/MEMORY.md");
	arena_release(&a);
}

/* ---- texts ---- */

static void claude_tells_who_speaks(void **state)
{
	static const struct {
		const char *json;
		enum claude_text who;
	} cases[] = {
		{ "\"fix it\"", CLAUDE_TEXT_PROMPT },
		{ "\"\\n <system-reminder>x</system-reminder>\\n<system-reminder>y</system-reminder> go on\"",
		  CLAUDE_TEXT_PROMPT },
		{ "\"<system-reminder>x</system-reminder>\\n\"", CLAUDE_TEXT_INJECTED },
		{ "\"<system-reminder>it does not end\"", CLAUDE_TEXT_INJECTED },
		{ "\"\\u003ccommand-name>/clear\"", CLAUDE_TEXT_INJECTED },
		{ "\"  \\n\"", CLAUDE_TEXT_INJECTED },
		{ "\"\"", CLAUDE_TEXT_INJECTED },
		{ "null", CLAUDE_TEXT_INJECTED },
		{ "\"[Request interrupted by user]\"", CLAUDE_TEXT_INTERRUPT },
		{ "\"This session is being continued from a previous conversation that\"",
		  CLAUDE_TEXT_SUMMARY },
	};
	struct buf scratch, late;

	(void)state;
	buf_init(&scratch, CLAUDE_TEXT_HEAD);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(claude_text(jval_of(str_c(cases[i].json)), &scratch), cases[i].who);
	buf_init(&late, 2 * CLAUDE_TEXT_HEAD); /* the text begins late */
	buf_printf(&late, "\"%*s\"", (int)CLAUDE_TEXT_HEAD + 10, "go on");
	assert_int_equal(claude_text(jval_of(buf_str(&late)), &scratch), CLAUDE_TEXT_PROMPT);
	buf_release(&late);
	buf_release(&scratch);
}

/* ---- results with many parts ---- */

static void claude_cuts_texts_of_several_parts(void **state)
{
	struct event e = { .text = { STR("ab\\n"), STR("\\u20acx"), STR("yz") }, .text_parts = 3 };
	static const struct {
		size_t max;
		const char *head, *tail;
	} cases[] = {
		{ 0, "", "" },
		{ 1, "a", "z" },
		{ 3, "ab\n", "xyz" },
		{ 5, "ab\n", "xyz" },
		{ 6, "ab\n\xe2\x82\xac", "\xe2\x82\xacxyz" },
		{ 8, "ab\n\xe2\x82\xacxy", "b\n\xe2\x82\xacxyz" },
		{ 100, "ab\n\xe2\x82\xacxyz", "ab\n\xe2\x82\xacxyz" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&out);
		event_text_head(&out, &e, cases[i].max);
		assert_str_equal(buf_str(&out), cases[i].head);
		buf_clear(&out);
		event_text_tail(&out, &e, cases[i].max);
		assert_str_equal(buf_str(&out), cases[i].tail);
	}
	buf_release(&out);
}

static void scanner_registry_knows_claude(void **state)
{
	(void)state;
	assert_ptr_equal(scanner_by_name(STR("claude")), &claude_scanner);
	assert_null(scanner_by_name(STR("claud")));
	for (const struct scanner *const *s = scanners; *s; s++)
		assert_true((*s)->name && (*s)->title && (*s)->roots && (*s)->discover && (*s)->open &&
			    (*s)->start && (*s)->next && (*s)->position && (*s)->close && (*s)->memory_file);
}

/* clang-format off */
const struct CMUnitTest claude_tests[] = {
	cmocka_unit_test(claude_tells_its_fixtures),
	cmocka_unit_test(claude_resumes_at_any_line),
	cmocka_unit_test(claude_encodes_folder_names),
	cmocka_unit_test(claude_finds_the_logs_of_a_project),
	cmocka_unit_test(claude_looks_where_it_is_told),
	cmocka_unit_test(claude_says_what_it_cannot_read),
	cmocka_unit_test(claude_tells_who_speaks),
	cmocka_unit_test(claude_knows_its_memory_file),
	cmocka_unit_test(claude_cuts_texts_of_several_parts),
	cmocka_unit_test(scanner_registry_knows_claude),
};
/* clang-format on */
const size_t claude_tests_count = sizeof(claude_tests) / sizeof(*claude_tests);
