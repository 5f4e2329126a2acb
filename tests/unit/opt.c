#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/base/opt.h"
#include "core/base/vec.h"

struct values {
	bool apply;
	const char *project, *since;
	struct vec agents;
	long days;
	int color;
};

static const struct opt table[] = {
	{ "apply", 'a', OPT_FLAG, offsetof(struct values, apply), NULL, "write what was found", 0, 0 },
	{ "project", 'p', OPT_TEXT, offsetof(struct values, project), "PATH", "look at this project only", 0,
	  0 },
	{ "agent", 0, OPT_LIST, offsetof(struct values, agents), "NAME",
	  "read the logs of this agent's sessions; repeatable, all of them if not given", 0, 0 },
	{ "days", 'd', OPT_INT, offsetof(struct values, days), "N", "go back N days [1-365]", 1, 365 },
	{ "color", 0, OPT_CHOICE, offsetof(struct values, color), "auto|always|never", "when to use colors",
	  0, 0 },
	{ "since", 's', OPT_OPTIONAL, offsetof(struct values, since), "TIME", "only what's newer", 0, 0 },
	{ 0 },
};

struct common {
	bool help;
	const char *home;
};

static const struct opt common[] = {
	{ "help", 'h', OPT_FLAG, offsetof(struct common, help), NULL, "show this help", 0, 0 },
	{ "home", 0, OPT_TEXT, offsetof(struct common, home), "DIR", "keep headroom's own files here", 0, 0 },
	{ 0 },
};

static const struct opt no_rows[] = { { 0 } };

static const struct opt_command program = {
	.name = "headroom",
	.title = "see where an agent's tokens go",
	.synopsis = "[COMMAND] [OPTIONS]",
	.about = "First paragraph.\n\n.Second paragraph, which starts with a dot.",
	.example = "headroom learn\tlearn something",
	.options = no_rows,
};
static const struct opt_command learn = {
	.name = "learn",
	.title = "turn sessions into advice",
	.synopsis = "[--apply] [--project PATH] [--agent NAME]... [--days N] [--color WHEN] [--since[=TIME]]",
	.about = "Reads sessions\nand writes advice.\n\n\nNever more than that.",
	.example = "headroom learn --apply\twrite it\nheadroom learn\tlook first",
	.files = "~/.headroom/store.db\twhat was learned",
	.options = table,
};
static const struct opt_command top = {
	.name = "top",
	.title = "watch sessions live",
	.synopsis = "[OPTIONS]",
	.about = "",
	.options = no_rows,
};
static const struct opt_command *const commands[] = { &program, &learn, &top, NULL };

/* The words of a command line; argv is theirs to reorder, so it cannot be constant. */
#define MAX_WORDS 16
struct line {
	char *argv[MAX_WORDS + 1];
	int argc;
	char words[512];
};

static struct line *split_line(struct line *l, const char *text)
{
	snprintf(l->words, sizeof(l->words), "%s", text);
	l->argc = 0;
	for (char *word = strtok(l->words, " "); word; word = strtok(NULL, " ")) {
		assert_in_range(l->argc, 0, MAX_WORDS - 1);
		l->argv[l->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	l->argv[l->argc] = NULL;
	return l;
}

static enum status parse(struct line *l, const char *text, struct values *v, struct vec *operands,
			 struct error *err)
{
	*v = (struct values){ .days = 7 };
	split_line(l, text);
	return opt_parse(table, v, l->argc, l->argv, operands, err);
}

static void opt_parses_each_form(void **state)
{
	struct line l;
	struct values v;
	struct error err;

	(void)state;
	assert_int_equal(parse(&l, "learn", &v, NULL, &err), STATUS_OK);
	assert_false(v.apply);
	assert_null(v.project);
	assert_null(v.since);
	assert_int_equal(v.days, 7);

	assert_int_equal(
		parse(&l, "learn --apply --project /x --days=365 --color never --since", &v, NULL, &err),
		STATUS_OK);
	assert_true(v.apply);
	assert_string_equal(v.project, "/x");
	assert_int_equal(v.days, 365);
	assert_int_equal(v.color, 2);
	assert_string_equal(v.since, "");

	assert_int_equal(
		parse(&l, "learn -a -p/y -d 3 --since=now --color=auto --project=a=b", &v, NULL, &err),
		STATUS_OK);
	assert_string_equal(v.project, "a=b"); /* the last one wins */
	assert_int_equal(v.days, 3);
	assert_int_equal(v.color, 0);
	assert_string_equal(v.since, "now");

	assert_int_equal(parse(&l, "learn -p --apply", &v, NULL, &err), STATUS_OK);
	assert_string_equal(v.project, "--apply"); /* a value is whatever comes next */
	assert_false(v.apply);
	assert_int_equal(parse(&l, "learn --project= -syesterday", &v, NULL, &err), STATUS_OK);
	assert_string_equal(v.project, "");
	assert_string_equal(v.since, "yesterday");
}

static void opt_collects_lists_and_operands(void **state)
{
	struct line l;
	struct values v;
	struct vec operands;
	struct error err;

	(void)state;
	vec_init(&operands, sizeof(char *));
	assert_int_equal(parse(&l, "learn one --agent a - --agent=b -- --apply -x", &v, &operands, &err),
			 STATUS_OK);
	assert_int_equal(v.agents.n, 2);
	assert_string_equal(*(const char **)vec_at(&v.agents, 0), "a");
	assert_string_equal(*(const char **)vec_at(&v.agents, 1), "b");
	assert_false(v.apply);
	assert_int_equal(operands.n, 4);
	assert_string_equal(*(const char **)vec_at(&operands, 0), "one");
	assert_string_equal(*(const char **)vec_at(&operands, 1), "-");
	assert_string_equal(*(const char **)vec_at(&operands, 3), "-x");
	vec_release(&v.agents);
	vec_release(&operands);
}

static void opt_explains_errors(void **state)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{ "learn --aply",
		  "learn has no option --aply; it has --apply, --project, --agent, --days, --color, "
		  "--since" },
		{ "/usr/bin/learn --x=1", "learn has no option --x; it has --apply" },
		{ "learn -x1", "learn has no option -x; it has" },
		{ "learn --appl", "--appl; it has" }, /* no abbreviations */
		{ "learn --apply=yes", "--apply takes no value, but got 'yes'" },
		{ "learn -ap", "--apply takes no value, but got 'p'" },
		{ "learn --project", "--project needs a value: PATH" },
		{ "learn -p", "--project needs a value: PATH" },
		{ "learn --days 0", "--days takes a number from 1 to 365, not '0'" },
		{ "learn --days 366", "not '366'" },
		{ "learn --days 7x", "not '7x'" },
		{ "learn --days=", "not ''" },
		{ "learn -d 99999999999999999999", "from 1 to 365" },
		{ "learn --color=red", "--color takes one of auto|always|never, not 'red'" },
		{ "learn --color alway", "not 'alway'" },
		{ "learn surplus", "learn takes options only, but got 'surplus'" },
		{ "learn -- --apply", "but got '--apply'" },
	};
	struct line l;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct values v;

		assert_int_equal(parse(&l, rows[i].line, &v, NULL, &err), STATUS_USAGE);
		assert_int_equal(err.code, STATUS_USAGE);
		if (!str_has_c(str_c(err.message), rows[i].message))
			fail_msg("%s: %s", rows[i].line, err.message);
	}
}

static void opt_changes_nothing_on_failure(void **state)
{
	struct line l;
	struct values v;
	struct vec operands;
	struct error err;

	(void)state;
	vec_init(&operands, sizeof(char *));
	assert_int_equal(parse(&l, "learn x -a --agent b --days 3 --days 999", &v, &operands, &err),
			 STATUS_USAGE);
	assert_false(v.apply);
	assert_int_equal(v.days, 7);
	assert_int_equal(v.agents.n, 0);
	assert_int_equal(operands.n, 0);
	vec_release(&operands);
}

static void check_line(const struct line *l, const char *expected)
{
	struct buf joined;

	buf_init(&joined, 1000);
	for (int i = 0; i < l->argc; i++)
		buf_printf(&joined, "%s%s", i ? " " : "", l->argv[i]);
	assert_str_equal(buf_str(&joined), expected);
	assert_null(l->argv[l->argc]);
	buf_release(&joined);
}

static void opt_takes_common_options(void **state)
{
	struct common c = { 0 };
	struct error err;
	struct line l;

	(void)state;
	split_line(&l, "learn --project --help --home /h -a x -h -- --help");
	assert_int_equal(opt_take(common, &c, table, &l.argc, l.argv, &err), STATUS_OK);
	assert_true(c.help);
	assert_string_equal(c.home, "/h");
	check_line(&l, "learn --project --help -a x -- --help");

	c = (struct common){ 0 };
	split_line(&l, "learn -p -h --days=3 --project");
	assert_int_equal(opt_take(common, &c, table, &l.argc, l.argv, &err), STATUS_OK);
	assert_false(c.help);
	check_line(&l, "learn -p -h --days=3 --project");

	/* Both tables are named, and nothing is changed. */
	split_line(&l, "learn --help --hepl");
	assert_int_equal(opt_take(common, &c, table, &l.argc, l.argv, &err), STATUS_USAGE);
	assert_non_null(strstr(err.message, "--hepl; it has --apply"));
	assert_non_null(strstr(err.message, "--since, --help, --home"));
	assert_false(c.help);
	check_line(&l, "learn --help --hepl");
	split_line(&l, "learn --home");
	assert_int_equal(opt_take(common, &c, table, &l.argc, l.argv, &err), STATUS_USAGE);
}

static void check_rows(const char *text, const struct opt *rows, bool with_help)
{
	for (; rows->name; rows++) {
		if (!strstr(text, rows->name))
			fail_msg("--%s is missing", rows->name);
		if (with_help && !strstr(text, rows->help))
			fail_msg("the help of --%s is missing", rows->name);
	}
}

static void opt_help_shows_every_row(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100000);
	opt_help(&learn, common, 200, &out);
	check_rows(buf_c(&out), table, true);
	check_rows(buf_c(&out), common, true);
	assert_non_null(strstr(out.p, "headroom learn: turn sessions into advice\n"));
	assert_non_null(strstr(out.p, "\nReads sessions and writes advice.\n\nNever more than that.\n"));
	assert_non_null(strstr(out.p, "  -p, --project PATH"));
	assert_non_null(strstr(out.p, "      --color auto|always|never"));
	assert_non_null(strstr(out.p, "  -s, --since[=TIME]"));
	assert_non_null(strstr(out.p, "  headroom learn --apply  write it\n"));

	buf_clear(&out);
	opt_help_main(commands, common, 80, &out);
	assert_non_null(strstr(out.p, "headroom: see where"));
	assert_non_null(strstr(out.p, "  learn           turn sessions into advice\n"));
	assert_non_null(strstr(out.p, "  top             watch sessions live\n"));
	check_rows(buf_c(&out), common, true);
	buf_release(&out);
}

static void opt_help_fits_its_columns(void **state)
{
	static const int widths[] = { 40, 60, 80, 132 };
	struct buf out;
	str rest, line;

	(void)state;
	buf_init(&out, 100000);
	for (size_t i = 0; i < 4; i++) {
		int lines = 0;

		buf_clear(&out);
		opt_help(&learn, common, widths[i], &out);
		for (rest = buf_str(&out); str_line(&rest, &line); lines++) {
			if (line.n > (size_t)widths[i])
				fail_msg("at %d: %.*s", widths[i], STR_ARG(line));
			assert_false(str_ends_c(line, " "));
		}
		if (widths[i] >= 80)
			assert_in_range(lines, 10, 24);
	}
	buf_clear(&out);
	opt_help(&learn, common, 1, &out); /* narrower than can be served */
	assert_true(out.n > 0);
	buf_release(&out);
}

static bool is_roff_request(str line)
{
	static const char *const requests[] = { ".TH ", ".SH ", ".TP", ".PP" };

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (str_starts_c(line, requests[i]))
			return true;
	return false;
}

static void opt_man_shows_every_row(void **state)
{
	struct buf out;
	str rest, line;

	(void)state;
	buf_init(&out, 100000);
	opt_man(&learn, common, "1.2", &out);
	assert_true(str_starts_c(buf_str(&out), ".TH \"headroom-learn\" 1 \"\" \"headroom 1.2\""));
	check_rows(buf_c(&out), table, false);
	check_rows(buf_c(&out), common, true);
	assert_non_null(strstr(out.p, "headroom\\-learn \\- turn sessions into advice\n"));
	assert_non_null(strstr(out.p, "\\fB\\-p\\fR, \\fB\\-\\-project\\fR \\fIPATH\\fR\nlook at"));
	assert_non_null(strstr(out.p, "\\fB~/.headroom/store.db\\fR\nwhat was learned\n"));

	buf_clear(&out);
	opt_man_main(commands, common, "1.2", &out);
	assert_non_null(strstr(out.p, "\n\\&.Second paragraph"));
	assert_non_null(strstr(out.p, "\\fBlearn\\fR\nturn sessions into advice\n"));
	assert_non_null(strstr(out.p, "\\fBheadroom\\-top\\fR(1)\n"));
	check_rows(buf_c(&out), common, true);
	for (rest = buf_str(&out); str_line(&rest, &line);)
		if (str_starts_c(line, ".") || str_starts_c(line, "'"))
			assert_true(is_roff_request(line));
	buf_release(&out);
}

static void opt_completions_know_every_row(void **state)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	struct buf out;

	(void)state;
	buf_init(&out, 100000);
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&out);
		opt_completion(commands, common, shells[i], &out);
		check_rows(buf_c(&out), table, false);
		check_rows(buf_c(&out), common, false);
		assert_non_null(strstr(out.p, "learn"));
		assert_non_null(strstr(out.p, "top"));
		assert_non_null(strstr(out.p, "auto always never"));
	}
	buf_release(&out);
}

/* What a shell says of the scripts; a shell that is not installed says nothing. */
static void opt_completions_are_well_formed(void **state)
{
	static const struct {
		const char *shell, *check;
	} rows[] = { { "bash", "bash -n" }, { "zsh", "zsh -n" }, { "fish", "fish --no-execute" } };
	const char *path = test_path(test_dir(), "completion");
	struct buf out, call;

	(void)state;
	buf_init(&out, 100000);
	buf_init(&call, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		buf_clear(&call);
		opt_completion(commands, common, rows[i].shell, &out);
		test_write(path, buf_str(&out));
		buf_printf(&call, "! command -v %s >/dev/null || %s %s", rows[i].shell, rows[i].check, path);
		assert_int_equal(system(buf_c(&call)), 0);
	}
	buf_release(&call);
	buf_release(&out);
}

/* Bash is asked to complete a few lines for real. */
static void opt_completes_in_bash(void **state)
{
	static const char *const rows[][2] = {
		{ "headroom ''", "learn top --help --home" },
		{ "headroom l", "learn" },
		{ "headroom learn --pr", "--project" },
		{ "headroom learn --color al", "always" },
		{ "headroom learn --color = n", "never" },
		{ "headroom learn --color =", "auto always never" },
		{ "headroom top --pr", "" },
		{ "headroom top --h", "--help --home" },
	};
	const char *dir = test_dir(), *script = test_path(dir, "script"), *result = test_path(dir, "result");
	struct error err;
	struct buf out;

	(void)state;
	if (system("command -v bash >/dev/null") != 0)
		skip();
	buf_init(&out, 100000);
	opt_completion(commands, common, "bash", &out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		buf_printf(&out,
			   "COMP_WORDS=(%s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
			   "_headroom; echo \"${COMPREPLY[*]}\" >>%s\n",
			   rows[i][0], result);
	test_write(script, buf_str(&out));
	buf_clear(&out);
	buf_printf(&out, "bash %s", script);
	assert_int_equal(system(buf_c(&out)), 0);

	buf_clear(&out);
	assert_int_equal(fs_read_file(result, &out, &err), STATUS_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		str rest = buf_str(&out), line = STR("");

		for (size_t j = 0; j <= i; j++)
			assert_true(str_line(&rest, &line));
		assert_str_equal(line, rows[i][1]);
	}
	buf_release(&out);
}

const struct CMUnitTest opt_tests[] = {
	cmocka_unit_test(opt_parses_each_form),
	cmocka_unit_test(opt_collects_lists_and_operands),
	cmocka_unit_test(opt_explains_errors),
	cmocka_unit_test(opt_changes_nothing_on_failure),
	cmocka_unit_test(opt_takes_common_options),
	cmocka_unit_test(opt_help_shows_every_row),
	cmocka_unit_test(opt_help_fits_its_columns),
	cmocka_unit_test(opt_man_shows_every_row),
	cmocka_unit_test(opt_completions_know_every_row),
	cmocka_unit_test(opt_completions_are_well_formed),
	cmocka_unit_test(opt_completes_in_bash),
};
const size_t opt_tests_count = sizeof(opt_tests) / sizeof(*opt_tests);
