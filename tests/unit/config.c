#include "tests/test.h"

#include "core/base/config.h"
#include "core/base/env.h"
#include "core/base/opt.h"
#include "core/base/vec.h"

static struct arena arena;

static void parse(str text, struct config *c)
{
	struct error err;

	arena_release(&arena);
	if (config_parse(&arena, text, "f", c, &err) != STATUS_OK)
		fail_msg("%.*s\n%s", STR_ARG(text), err.message);
}

/* A row as a line, for comparing. */
static void show_row(const struct config_row *row, struct buf *out)
{
	buf_printf(out, "%u %.*s|%.*s ", row->line, STR_ARG(row->table), STR_ARG(row->key));
	switch (row->type) {
	case CONFIG_TEXT:
		assert_int_equal(row->text.p[row->text.n], '\0');
		buf_printf(out, "<%.*s>", STR_ARG(row->text));
		break;
	case CONFIG_INT:
		buf_printf(out, "%lld", (long long)row->integer);
		break;
	case CONFIG_FLOAT:
		buf_printf(out, "%.17gf", row->real);
		break;
	case CONFIG_BOOL:
		buf_add_c(out, row->truth ? "true" : "false");
		break;
	default:
		for (size_t i = 0; i < row->items_n; i++)
			buf_printf(out, "<%s>", row->items[i].p);
		buf_add_ch(out, '.');
	}
	buf_add_ch(out, '\n');
}

static void config_reads_each_form(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "", "" },
		{ "\n\r\n  # comment\n\t", "" },
		{ "\xef\xbb\xbf"
		  "a=1",
		  "1 |a 1\n" },
		{ "\xef\xbb\xbf# only a comment", "" },
		/* keys and tables */
		{ "a = 1\n[t]\nb = 2 # two\n[t.u]\nc = 3", "1 |a 1\n3 t|t.b 2\n5 t.u|t.u.c 3\n" },
		{ "[t.u]\nc=3\n[t]\nb=2", "2 t.u|t.u.c 3\n4 t|t.b 2\n" },
		{ "t.u . c = 3\nt.b=2\n\"t\".'d'=1", "1 t.u|t.u.c 3\n2 t|t.b 2\n3 t|t.d 1\n" },
		{ "[ a . \"b c\" ]\r\n'd.e' = 1\r\n", "2 a.\"b c\"|a.\"b c\".\"d.e\" 1\n" },
		{ "\"\" = 1\n'\"\\' = 2\n\"\\u00e9\"=3",
		  "1 |\"\" 1\n2 |\"\\\"\\\\\" 2\n3 |\"\xc3\xa9\" 3\n" },
		{ "1 = 1\n-_-=2\n3.14 = 3", "1 |1 1\n2 |-_- 2\n3 3|3.14 3\n" },
		{ "a.b=1\n[a.c]\nd=2\n[e.f]\n[e]\ng.h=1\ng.i=2",
		  "1 a|a.b 1\n3 a.c|a.c.d 2\n6 e.g|e.g.h 1\n7 e.g|e.g.i 2\n" },
		/* strings */
		{ "a=\"\"\nb=''\nc='\\n \"#'\nd=\"'#\" # x",
		  "1 |a <>\n2 |b <>\n3 |c <\\n \"#>\n4 |d <'#>\n" },
		{ "a=\"\\b\\t\\f\\r\\\"\\\\\"", "1 |a <\b\t\f\r\"\\>\n" },
		{ "a=\"x\\ny\\u0041\\u20AC\\U0001f600\"", "1 |a <x\nyA\xe2\x82\xac\xf0\x9f\x98\x80>\n" },
		{ "a=\"\xc3\xa9\t\"", "1 |a <\xc3\xa9\t>\n" },
		/* numbers and truths */
		{ "a=0\nb=-0\nc=+12\nd=1_000_000", "1 |a 0\n2 |b 0\n3 |c 12\n4 |d 1000000\n" },
		{ "a=9223372036854775807\nb=-9223372036854775808",
		  "1 |a 9223372036854775807\n2 |b -9223372036854775808\n" },
		{ "a=1.5\nb=-0.25\nc=1e3\nd=1_0.2_5E-0_1\ne=+2.0e+2",
		  "1 |a 1.5f\n2 |b -0.25f\n3 |c 1000f\n4 |d 1.0249999999999999f\n5 |e 200f\n" },
		{ "a=true\nb=false#no", "1 |a true\n2 |b false\n" },
		/* arrays */
		{ "a=[]\nb=[ ]\nc=['x']\nd=[\"x\" , 'y',]", "1 |a .\n2 |b .\n3 |c <x>.\n4 |d <x><y>.\n" },
		{ "a = [ # first\r\n\t'x', # a ]\r\n\r\n  'y'\r\n  ,\r\n]\r\nb=1", "1 |a <x><y>.\n7 |b 1\n" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config c = { 0 };

		parse(str_c(cases[i].text), &c);
		assert_string_equal(c.path, "f");
		buf_clear(&out);
		for (size_t k = 0; k < c.rows_n; k++)
			show_row(&c.rows[k], &out);
		assert_str_equal(buf_str(&out), cases[i].rows);
	}
	buf_release(&out);
	arena_release(&arena);
}

static void config_refuses_everything_else(void **state)
{
#define ACCEPTED "accepted are \"text\", 'text', integers, floats, true, false and arrays of strings"
	static const struct {
		const char *text, *message;
	} cases[] = {
		/* what TOML has and we have not */
		{ "a=1\nb=1979-05-27", "f:2: dates and times are not accepted; write \"1979-05-27\"" },
		{ "a=1979-05-27T07:32:00Z",
		  "f:1: dates and times are not accepted; write \"1979-05-27T07:32:00Z\"" },
		{ "a=07:32:00", "f:1: dates and times are not accepted" },
		{ "\n\na={x=1}", "f:3: inline tables are not accepted" },
		{ "\n[[a]]", "f:2: arrays of tables are not accepted; write a [table]" },
		{ "a=\"\"\"x\"\"\"", "f:1: multi-line strings are not accepted" },
		{ "a='''x'''", "f:1: multi-line strings are not accepted" },
		{ "\"\"\"a\"\"\"=1", "f:1: multi-line strings are not accepted" },
		{ "a=0x1f", "f:1: '0x1f' is no value; " ACCEPTED },
		{ "a=inf", "f:1: 'inf' is no value" },
		{ "a=-nan", "f:1: '-nan' is no value" },
		{ "a=[1,2]", "f:1: an array holds strings only, not '1,2]'" },
		{ "a=[\n'x',\n['y']]", "f:3: an array holds strings only, not '['y']]'" },
		/* what nobody has */
		{ "a=", "f:1: a value is missing; " ACCEPTED },
		{ "a= # none", "f:1: a value is missing" },
		{ "a", "f:1: a: = and a value are expected, not ''" },
		{ "[t]\na b", "f:2: t.a: = and a value are expected, not 'b'" },
		{ "=1", "f:1: a key is expected, not '=1'" },
		{ "a.=1", "f:1: a key is expected, not '=1'" },
		{ "[]", "f:1: a key is expected, not ']'" },
		{ "[a", "f:1: the header is not closed with ]" },
		{ "[a] b=1", "f:1: the line goes on with 'b=1'; one key = value or [table] a line" },
		{ "a=1 b=2", "f:1: the line goes on with 'b=2'" },
		{ "a='x'y", "f:1: the line goes on with 'y'" },
		{ "a=True", "f:1: 'True' is no value" },
		{ "a=yes", "f:1: 'yes' is no value" },
		{ "a=007", "f:1: '007' is no value" },
		{ "a=1_", "f:1: '1_' is no value" },
		{ "a=1__0", "f:1: '1__0' is no value" },
		{ "a=_1", "f:1: '_1' is no value" },
		{ "a=1.", "f:1: '1.' is no value" },
		{ "a=.5", "f:1: '.5' is no value" },
		{ "a=1e", "f:1: '1e' is no value" },
		{ "a=+", "f:1: '+' is no value" },
		{ "a=9223372036854775808", "f:1: 9223372036854775808 is too large for a number" },
		{ "a=-9223372036854775809", "f:1: -9223372036854775809 is too large" },
		{ "a=99999999999999999999999", "is too large" },
		{ "a=1e999", "f:1: 1e999 is too large for a number" },
		{ "a=\"x\nb=1", "f:1: the string is not closed with \" on its line" },
		{ "a='x", "f:1: the string is not closed with ' on its line" },
		{ "a=\"x\\", "f:1: the string is not closed with \"" },
		{ "a=\"\\q\"",
		  "f:1: \\q is no escape; accepted: \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX" },
		{ "a=\"\\u12\"", "f:1: \\u takes 4 and \\U 8 hexadecimal digits" },
		{ "a=\"\\u0000\"", "a character that is not NUL" },
		{ "a=\"\\ud800\"", "f:1: \\u takes" },
		{ "a=\"\\U00110000\"", "f:1: \\u takes" },
		{ "\na=[\n'x'\n", "f:2: the array is not closed with ]" },
		{ "a=['x' 'y']", "f:1: between the strings of an array a comma is expected, not ''y']'" },
		{ "a=[,]", "f:1: an array holds strings only, not ',]'" },
		{ "a='x'\nb=\"\x01\"", "f:2: control character \\x01; write \\u0001 in a \"text\"" },
		{ "# \x7f", "f:1: control character \\x7f" },
		{ "a=1\rb=2", "f:1: control character \\x0d" },
		{ "a=1\n#\xff", "f:2: the line is not UTF-8" },
		{ "\xff\xfe"
		  "a",
		  "f:1: the line is not UTF-8" },
		/* twice */
		{ "a=1\nb=1\na=2", "f:3: a is there already, at line 1" },
		{ "[t]\na=1\n\"a\"=2", "f:3: t.a is there already, at line 2" },
		{ "[t]\na=1\n[u]\n[t]", "f:4: [t] is there already, at line 1" },
		{ "[t.u]\n[t]\n[t]", "f:3: [t] is there already, at line 2" },
		{ "t.a=1\n[t]\nb=1", "f:2: [t] is there already, at line 1" },
		{ "[t.u]\n[t]\nu.a=1", "f:3: [t.u] is there already, at line 1" },
		{ "a=1\n[a]", "f:2: a is no table, it is set at line 1" },
		{ "a=1\n[a.b]", "f:2: a is no table, it is set at line 1" },
		{ "a=1\na.b=1", "f:2: a is no table, it is set at line 1" },
		{ "a.b=1\na=1", "f:2: [a] is there already, at line 1" },
		{ "[a.b]\n[a]\nb=1", "f:3: [a.b] is there already, at line 1" },
		/* limits */
		{ "a.a.a.a.a.a.a.a.a=1", "f:1: a key has at most 8 parts" },
		{ "[a.a.a.a.a.a.a.a]\nb=1", "f:2: a key has at most 8 parts" },
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config c = { .rows_n = 7 };
		struct error err = { 0 };

		assert_int_equal(config_parse(&a, str_c(cases[i].text), "f", &c, &err), STATUS_USAGE);
		assert_int_equal(err.code, STATUS_USAGE);
		assert_int_equal(c.rows_n, 7);
		if (!str_has_c(str_c(err.message), cases[i].message))
			fail_msg("%s\n%s", cases[i].text, err.message);
		assert_int_equal(config_parse(&a, str_c(cases[i].text), "f", &c, NULL), STATUS_USAGE);
	}
	arena_release(&a);
}

static void config_limits_keys(void **state)
{
	struct config c = { 0 };
	struct error err;
	struct buf text;

	(void)state;
	buf_init(&text, 10000);
	buf_printf(&text, "%0*d = 1", CONFIG_MAX_KEY, 0);
	parse(buf_str(&text), &c);
	assert_int_equal(c.rows[0].key.n, CONFIG_MAX_KEY);
	buf_clear(&text);
	buf_printf(&text, "\n%0*d = 1", CONFIG_MAX_KEY + 1, 0);
	assert_int_equal(config_parse(&arena, buf_str(&text), "f", &c, &err), STATUS_USAGE);
	assert_string_equal(err.message, "f:2: a key has at most 256 bytes");
	/* a NUL is a control character, too */
	assert_int_equal(config_parse(&arena, (str){ "a=1\n\0", 5 }, "f", &c, &err), STATUS_USAGE);
	assert_string_equal(err.message, "f:2: control character \\x00; write \\u0000 in a \"text\"");
	buf_release(&text);
	arena_release(&arena);
}

static void config_loads_files(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "config.toml");
	struct config c = { 0 };
	struct error err;
	struct arena a;
	struct buf text;

	(void)state;
	arena_init(&a);
	assert_int_equal(config_load(&a, path, &c, &err), STATUS_USAGE);
	assert_int_equal(err.code, STATUS_USAGE);
	assert_non_null(strstr(err.message, path));
	assert_int_equal(config_load(&a, dir, &c, &err), STATUS_USAGE);
	assert_int_equal(config_load(&a, path, &c, NULL), STATUS_USAGE);
	assert_int_equal(config_load(&a, "/dev/null", &c, &err), STATUS_OK);
	assert_int_equal(c.rows_n, 0);

	test_write(path, STR("[t]\na=1"));
	assert_int_equal(config_load(&a, path, &c, &err), STATUS_OK);
	assert_int_equal(config_find(&c, "t", "a")->integer, 1);
	assert_string_equal(c.path, path);

	test_write(path, STR("[t]\na"));
	assert_int_equal(config_load(&a, path, &c, &err), STATUS_USAGE);
	assert_true(str_starts_c(str_c(err.message), path));
	assert_true(str_starts_c(str_from(str_c(err.message), strlen(path)), ":2: t.a: ="));

	buf_init(&text, SIZE_MAX);
	buf_printf(&text, "#%*s", (int)CONFIG_MAX_BYTES, "");
	test_write(path, buf_str(&text));
	assert_int_equal(config_load(&a, path, &c, &err), STATUS_USAGE);
	assert_non_null(strstr(err.message, "larger than"));
	buf_release(&text);
	arena_release(&a);
}

static void config_finds_rows(void **state)
{
	struct config c = { 0 }, none = { 0 };

	(void)state;
	parse(STR("a_b=1\n[t]\na-b=2\n[t.u]\na=3\n[tu]\na=4"), &c);
	assert_int_equal(config_find(&c, "", "a-b")->integer, 1);
	assert_int_equal(config_find(&c, "", "a_b")->integer, 1);
	assert_int_equal(config_find(&c, "t", "a_b")->integer, 2);
	assert_int_equal(config_find(&c, "t.u", "a")->integer, 3);
	assert_int_equal(config_find(&c, "t", "u.a")->integer, 3);
	assert_null(config_find(&c, "t", "a"));
	assert_null(config_find(&c, "", "a"));
	assert_null(config_find(&c, "", "t.u.a"));
	assert_null(config_find(&none, "", "a"));
	arena_release(&arena);
}

static void config_knows_tables(void **state)
{
	static const char *const names[] = { "learn", "top", NULL };
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "learn=1\nx=1", NULL },
		{ "[learn]\n[top.x.y]", NULL },
		{ "top.x=1\n[learn.top]", NULL },
		{ "[top]\n[lern]\n", "f:2: [lern] is no table here; accepted: learn, top" },
		{ "lern.jobs=1", "f:1: [lern] is no table here" },
		{ "[learn]\n[a.learn]", "f:2: [a] is no table here" },
		{ "[\"learn.x\"]", "f:1: [\"learn.x\"] is no table here" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config c = { 0 };
		struct error err;
		enum status status;

		parse(str_c(cases[i].text), &c);
		status = config_check_tables(&c, names, &err);
		assert_int_equal(status, cases[i].message ? STATUS_USAGE : STATUS_OK);
		if (cases[i].message && !str_has_c(str_c(err.message), cases[i].message))
			fail_msg("%s\n%s", cases[i].text, err.message);
	}
	arena_release(&arena);
}

/* ---- settings ---- */

struct values {
	bool local, apply;
	const char *agent, *dir, *mode;
	struct vec names;
	long jobs;
	int color;
};

#define FIELD(name) offsetof(struct values, name)
static const struct opt options[] = {
	{ "local", 0, OPT_FLAG, FIELD(local), NULL, "", 0, 0 },
	{ "apply", 0, OPT_FLAG, FIELD(apply), NULL, "", 0, 0 },
	{ "agent", 0, OPT_TEXT, FIELD(agent), "NAME", "", 0, 0 },
	{ "claude-dir", 0, OPT_TEXT, FIELD(dir), "PATH", "", 0, 0 },
	{ "mode", 0, OPT_OPTIONAL, FIELD(mode), "MODE", "", 0, 0 },
	{ "name", 0, OPT_LIST, FIELD(names), "NAME", "", 0, 0 },
	{ "jobs", 0, OPT_INT, FIELD(jobs), "N", "", 1, 256 },
	{ "color", 0, OPT_CHOICE, FIELD(color), "auto|always|never", "", 0, 0 },
	{ 0 },
};
static const struct config_setting settings[] = {
	{ "local", NULL, false },
	{ "agent", "HEADROOM_TEST_AGENT", false },
	{ "claude-dir", NULL, true },
	{ "mode", NULL, false },
	{ "name", NULL, false },
	{ "jobs", NULL, false },
	{ "color", "HEADROOM_TEST_COLOR", false },
	{ 0 },
};

static enum status apply(struct config *c, struct values *v, struct error *err)
{
	const struct config_target target = { "learn", options, settings, v };

	return config_apply(c, &target, err);
}

static void config_fills_options(void **state)
{
	struct values v = { .jobs = 3, .color = 2, .local = true };
	struct config c = { 0 };
	struct error err;

	(void)state;
	parse(STR("jobs='elsewhere'\n[top]\njobs=false"), &c);
	assert_int_equal(apply(&c, &v, &err), STATUS_OK);
	assert_int_equal(v.jobs, 3);
	assert_int_equal(v.color, 2);
	assert_true(v.local);
	assert_null(v.agent);

	parse(STR("[learn]\nlocal=false\nagent='a,b'\nclaude_dir='/c'\nmode=''\nname=['x','y']\njobs=2_56\n"
		  "color=\"always\""),
	      &c);
	assert_int_equal(apply(&c, &v, &err), STATUS_OK);
	assert_false(v.local);
	assert_string_equal(v.agent, "a,b");
	assert_string_equal(v.dir, "/c");
	assert_string_equal(v.mode, "");
	assert_int_equal(v.names.n, 2);
	assert_string_equal(*(const char **)vec_at(&v.names, 1), "y");
	assert_int_equal(v.jobs, 256);
	assert_int_equal(v.color, 1);

	parse(STR("learn.name='z'\nlearn.color='auto'\nlearn.local=true"), &c);
	assert_int_equal(apply(&c, &v, &err), STATUS_OK);
	assert_int_equal(v.names.n, 3);
	assert_string_equal(*(const char **)vec_at(&v.names, 2), "z");
	assert_int_equal(v.color, 0);
	assert_true(v.local);
	vec_release(&v.names);
	arena_release(&arena);
}

static void config_explains_bad_settings(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "[learn]\njobs=0", "f:2: learn.jobs: 0 is not within 1..256" },
		{ "[learn]\njobs=257", "f:2: learn.jobs: 257 is not within 1..256" },
		{ "[learn]\njobs=9223372036854775807", "is not within 1..256" },
		{ "[learn]\njobs='4'", "f:2: learn.jobs: '4' is text; accepted: 1..256" },
		{ "[learn]\njobs=1.5", "f:2: learn.jobs: 1.5 is a float; accepted: 1..256" },
		{ "[learn]\njobs=['4']", "f:2: learn.jobs: [...] is an array; accepted: 1..256" },
		{ "[learn]\nlocal=1", "f:2: learn.local: 1 is an integer; accepted: true, false" },
		{ "[learn]\nlocal='true'", "f:2: learn.local: 'true' is text; accepted: true, false" },
		{ "[learn]\nagent=true", "f:2: learn.agent: true is a boolean; accepted: \"text\"" },
		{ "[learn]\nmode=1.5", "f:2: learn.mode: 1.5 is a float; accepted: \"text\"" },
		{ "[learn]\nname=false", "f:2: learn.name: false is a boolean; accepted: [\"text\", ...]" },
		{ "[learn]\ncolor='red'", "f:2: learn.color: 'red' is not one of auto|always|never" },
		{ "[learn]\ncolor=1", "f:2: learn.color: 1 is an integer; accepted: auto|always|never" },
		{ "[learn]\njob=1", "f:2: learn.job is no setting; accepted: local, agent, claude-dir, mode, "
				    "name, jobs, color" },
		{ "[learn]\nlocal=true\n[learn.sub]\njobs=1",
		  "f:4: learn.sub.jobs is no setting; accepted: local" },
		{ "[learn]\n\"jobs \"=1", "f:2: learn.\"jobs \" is no setting" },
		{ "[learn]\nlocals=true", "f:2: learn.locals is no setting" },
		{ "[learn]\nloca=true", "f:2: learn.loca is no setting" },
		{ "[learn]\napply=true",
		  "f:2: learn.apply is for the command line only; accepted: local, agent" },
		{ "[learn]\nclaude-dir='a'\nclaude_dir='b'",
		  "f:3: learn.claude_dir is there already, at line 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct values v = { .jobs = 3 };
		struct config c = { 0 };
		struct error err;

		parse(str_c(cases[i].text), &c);
		assert_int_equal(apply(&c, &v, &err), STATUS_USAGE);
		if (!str_has_c(str_c(err.message), cases[i].message))
			fail_msg("%s\n%s", cases[i].text, err.message);
		assert_int_equal(apply(&c, &v, NULL), STATUS_USAGE);
		/* nothing is stored, not even what stands before */
		assert_int_equal(v.jobs, 3);
		assert_false(v.local);
		assert_null(v.dir);
	}
	arena_release(&arena);
}

static void config_yields_to_the_environment(void **state)
{
	struct values v = { .agent = "default" };
	struct config c = { 0 };
	struct error err;

	(void)state;
	parse(STR("[learn]\nagent='file'\ncolor='never'"), &c);
	env_set("HEADROOM_TEST_AGENT", "x");
	env_set("HEADROOM_TEST_COLOR", "");
	assert_int_equal(apply(&c, &v, &err), STATUS_OK);
	assert_string_equal(v.agent, "default"); /* the command reads the variable itself */
	assert_int_equal(v.color, 2);

	parse(STR("[learn]\nagent=1"), &c); /* and is checked all the same */
	assert_int_equal(apply(&c, &v, &err), STATUS_USAGE);
	env_set("HEADROOM_TEST_AGENT", NULL);
	env_set("HEADROOM_TEST_COLOR", NULL);
	arena_release(&arena);
}

static void config_places_paths(void **state)
{
	static const char *const cases[][3] = {
		/* file, path, "~" for the home folder in what becomes of it */
		{ "/etc/c.toml", "/x//y", "/x//y" }, { "/etc/c.toml", "x", "/etc/x" },
		{ "/c.toml", "../x", "/../x" },	     { "c.toml", "x/y", "x/y" },
		{ "d/c.toml", "x", "d/x" },	     { "/etc/c.toml", "~", "~" },
		{ "/etc/c.toml", "~/x", "~/x" },     { "/etc/c.toml", "~x", "/etc/~x" },
		{ "/etc/c.toml", "", "" },
	};
	struct buf text, wanted;
	struct arena a;

	(void)state;
	arena_init(&a);
	buf_init(&text, 1000);
	buf_init(&wanted, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool at_home = str_eq_c(str_c(cases[i][2]), "~") || str_starts_c(str_c(cases[i][2]), "~/");
		struct values v = { 0 };
		struct config c = { 0 };

		buf_clear(&text);
		buf_printf(&text, "learn.claude-dir='%s'", cases[i][1]);
		assert_int_equal(config_parse(&a, buf_str(&text), cases[i][0], &c, NULL), STATUS_OK);
		assert_int_equal(apply(&c, &v, NULL), STATUS_OK);
		buf_clear(&wanted);
		buf_printf(&wanted, "%s%s", at_home ? env_home() : "", cases[i][2] + at_home);
		assert_string_equal(v.dir, buf_c(&wanted));
		assert_ptr_equal(config_find(&c, "learn", "claude-dir")->text.p, v.dir);
	}
	buf_release(&wanted);
	buf_release(&text);
	arena_release(&a);
}

const struct CMUnitTest config_tests[] = {
	cmocka_unit_test(config_reads_each_form),
	cmocka_unit_test(config_refuses_everything_else),
	cmocka_unit_test(config_limits_keys),
	cmocka_unit_test(config_loads_files),
	cmocka_unit_test(config_finds_rows),
	cmocka_unit_test(config_knows_tables),
	cmocka_unit_test(config_fills_options),
	cmocka_unit_test(config_explains_bad_settings),
	cmocka_unit_test(config_yields_to_the_environment),
	cmocka_unit_test(config_places_paths),
};
const size_t config_tests_count = sizeof(config_tests) / sizeof(*config_tests);
