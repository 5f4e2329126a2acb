/*
 * form: commands reduced to what can be compared, and the one edit between two of them.
 */
#include "tests/test.h"

#include "analyzers/form.h"

#define ROOT "/work/app"

/* A project that exists nowhere: forms are made from text alone. */
static void open_project(struct project *p, struct arena *a)
{
	arena_init(a);
	project_init(p, a, STR("/nowhere/work/app"), NULL);
	*(str *)vec_push(&p->roots) = STR(ROOT);
}

static void close_project(struct project *p, struct arena *a)
{
	project_release(p);
	arena_release(a);
}

static size_t forms_of(struct project *p, struct arena *a, const char *command, struct form *out, size_t max)
{
	struct shell_script script;

	shell_parse(a, str_c(command), &script);
	return form_list(a, p, STR(ROOT), &script, out, max);
}

/* "dir: ENV=1 [wrapper] program arg arg" */
static void show_form(struct buf *out, const struct form *f)
{
	buf_printf(out, "%.*s:", STR_ARG(f->dir.p ? f->dir : STR("outside")));
	for (size_t i = 0; i < f->env_n; i++)
		buf_printf(out, " %.*s", STR_ARG(f->env[i]));
	if (f->wrapper.n)
		buf_printf(out, " [%.*s]", STR_ARG(f->wrapper));
	buf_printf(out, " %.*s", STR_ARG(f->program));
	for (size_t i = 0; i < f->args_n; i++)
		buf_printf(out, " %.*s", STR_ARG(f->args[i]));
	buf_add_c(out, f->exact ? "" : " ~");
	buf_add_c(out, f->guarded ? " ?" : "");
	buf_add_c(out, f->piped ? " |" : "");
}

/* clang-format off */
static const struct {
	const char *command, *forms; /* forms joined by "; " */
} reduced[] = {
	{ "pytest -q", ": pytest -q" },
	{ "", "" },
	{ "A=1", "" },
	/* launchers that matter and launchers that do not */
	{ "uv run pytest -q", ": [uv run] pytest -q" },
	{ "uv run --with ruff --python 3.12 ruff check", ": [uv run --with ruff --python 3.12] ruff check" },
	{ "poetry run python -m x", ": [poetry run] python -m x" },
	{ "bundle exec rspec spec", ": [bundle exec] rspec spec" },
	{ "npx --yes tsc -p .", ": [npx --yes] tsc -p ." },
	{ "pnpm exec vitest run", ": [pnpm exec] vitest run" },
	{ "docker compose exec -T web pytest", ": [docker compose exec -T web] pytest" },
	{ "docker compose run --rm -e A=1 api sh", ": [docker compose run --rm -e A=1 api] sh" },
	{ "conda run -n env python x.py", ": [conda run -n env] python x.py" },
	{ "mise exec -- go test", ": [mise exec --] go test" },
	{ "nix develop -c make", ": [nix develop -c] make" },
	{ "timeout 60 uv run pytest", ": [uv run] pytest" },
	{ "timeout -s KILL 60 make", ": make" },
	{ "time nice -n 5 make -j4", ": make -j4" },
	{ "env A=1 B=2 make", ": A=1 B=2 make" },
	{ "nohup ./server", ": ./server" },
	{ "uv run", ": uv run" }, /* nothing behind it: not a launcher */
	{ "uv sync", ": uv sync" },
	/* variables */
	{ "A=1 B=x make", ": A=1 B=x make" },
	{ "A=$HOME make", ": A=$HOME make ~" },
	{ "A=1 B=2 C=3 D=4 E=5 F=6 G=7 make", ": A=1 B=2 C=3 D=4 E=5 F=6 make ~" },
	{ "export A=1 B=$X; make; C=2 make", ": A=1 make; : A=1 C=2 make" },
	/* folders */
	{ "cd web && npm test", "web: npm test" },
	{ "cd web; cd src; ls", "web/src: ls" },
	{ "pushd web && make", "web: make" },
	{ "cd /elsewhere && make", "outside: make" },
	{ "cd .. && make", "outside: make" },
	{ "cd \"$DIR\" && make", "outside: make" },
	{ "cd " ROOT "/web && make", "web: make" },
	{ "(cd web && make); make", "web: make; : make" },
	{ "make -C web test", "web: make test" },
	{ "git -C sub status", "sub: git status" },
	{ "npm --prefix web run build", "web: npm run build" },
	{ "pnpm --dir=web build", "web: pnpm build" },
	{ "go -C tools build", "tools: go build" },
	{ "terraform -chdir=infra plan", "infra: terraform plan" },
	{ "tar -C web x", ": tar -C web x" }, /* not a program we know the switch of */
	/* absolute paths of the project are relative ones */
	{ "cat " ROOT "/src/x.c /etc/hosts", ": cat src/x.c /etc/hosts" },
	{ "cd web && cat " ROOT "/web/x.c " ROOT "/y.c", "web: cat x.c " ROOT "/y.c" },
	/* what cannot be told */
	{ "make $TARGET", ": make $TARGET ~" },
	{ "$CMD x", ": $CMD x ~" },
	{ "a || b", ": a; : b ?" },
	{ "if a; then b; fi", ": a ?; : b ?" },
	{ "! a", ": a ?" },
	{ "a | head -3", ": a |; : head -3" },
	{ "pytest > log 2>&1", ": pytest" },
};
/* clang-format on */

static void form_reduces(void **state)
{
	struct project p;
	struct arena a;
	struct buf out;
	int wrong = 0;

	(void)state;
	open_project(&p, &a);
	buf_init(&out, 4000);
	for (size_t i = 0; i < sizeof(reduced) / sizeof(*reduced); i++) {
		struct form forms[8];
		size_t n = forms_of(&p, &a, reduced[i].command, forms, 8);

		buf_clear(&out);
		for (size_t k = 0; k < n; k++) {
			buf_add_c(&out, k ? "; " : "");
			show_form(&out, &forms[k]);
		}
		if (str_eq_c(buf_str(&out), reduced[i].forms))
			continue;
		print_error("%s\n  is       %s\n  expected %s\n", reduced[i].command, buf_c(&out),
			    reduced[i].forms);
		wrong++;
	}
	buf_release(&out);
	close_project(&p, &a);
	assert_int_equal(wrong, 0);
}

static void form_limits(void **state)
{
	struct form forms[3];
	struct project p;
	struct arena a;
	struct buf command;

	(void)state;
	open_project(&p, &a);
	buf_init(&command, 4000);
	assert_int_equal(forms_of(&p, &a, "a; b; c; d", forms, 3), 3);
	buf_add_c(&command, "make");
	for (int i = 0; i < FORM_ARGS + 1; i++)
		buf_printf(&command, " t%d", i);
	assert_int_equal(forms_of(&p, &a, buf_c(&command), forms, 3), 1);
	assert_int_equal(forms[0].args_n, FORM_ARGS);
	assert_false(forms[0].exact);
	buf_release(&command);
	close_project(&p, &a);
}

/* clang-format off */
static const struct {
	const char *failed, *later;
	unsigned edits;
	const char *wrong, *right; /* NULL: not compared */
} aligned[] = {
	{ "pytest -q", "pytest -q", EDIT_NONE, "", "" },
	{ "pytest -q -x", "pytest -x -q", EDIT_NONE, "", "" },
	{ "timeout 9 make", "make", EDIT_NONE, "", "" },
	{ "pytest -q | tail", "pytest -q", EDIT_NONE, "", "" },
	{ "pytest", "uv run pytest", EDIT_WRAPPER, NULL, NULL },
	{ "poetry run pytest", "uv run pytest", EDIT_WRAPPER, NULL, NULL },
	{ "uv run pytest", "pytest", EDIT_UNWRAPPED, NULL, NULL },
	{ "python x.py", "python3 x.py", EDIT_PROGRAM, NULL, NULL },
	{ "python x.py", ".venv/bin/python x.py", EDIT_PROGRAM, NULL, NULL },
	{ "python x.py", "uv run python3 x.py", EDIT_WRAPPER | EDIT_PROGRAM, NULL, NULL },
	{ "make test", "cd web && make test", EDIT_CWD, NULL, NULL },
	{ "make test", "make -C web test", EDIT_CWD, NULL, NULL },
	{ "pytest", "PYTHONPATH=src pytest", EDIT_ENV, NULL, NULL },
	{ "A=1 pytest", "B=1 pytest", EDIT_OTHER, NULL, NULL },
	{ "A=1 pytest", "pytest", EDIT_OTHER, NULL, NULL },
	{ "tool --colour", "tool --color", EDIT_FLAG, "--colour", "--color" },
	{ "tool --colour=always", "tool --color=always", EDIT_FLAG, "--colour", "--color" },
	{ "tool --a=1", "tool --a=2", EDIT_OTHER, NULL, NULL },
	{ "tool --a=1", "tool --b=2", EDIT_OTHER, NULL, NULL },
	{ "tool -b 5", "tool --bytes=5", EDIT_FLAG, "-b", "--bytes" },
	{ "tool x", "tool --new x", EDIT_FLAG, "", "--new" },
	{ "tool --old x", "tool x", EDIT_FLAG, "--old", "" },
	{ "tool --level 5 x", "tool x", EDIT_FLAG, "--level", "" },
	{ "npm run tests", "npm run test", EDIT_WORD, "tests", "test" },
	{ "git comit -m x", "git commit -m x", EDIT_WORD, "comit", "commit" },
	{ "cat src/a.c", "cat src/b.c", EDIT_SELECTOR, NULL, NULL },
	{ "pytest tests/a.py", "uv run pytest tests/b.py", EDIT_WRAPPER | EDIT_SELECTOR, NULL, NULL },
	{ "make a", "cd web && make b", EDIT_CWD | EDIT_WORD, "a", "b" },
	/* another thing altogether */
	{ "make $X", "make $X", EDIT_OTHER, NULL, NULL },
	{ "make a b", "make c d", EDIT_OTHER, NULL, NULL },
	{ "t --a --b", "t --c --d", EDIT_OTHER, NULL, NULL },
	{ "t a --b", "t c", EDIT_OTHER, NULL, NULL },
	{ "t 1 2 3 4 5 6 7 8", "t", EDIT_OTHER, NULL, NULL },
	{ "t", "t 1 2 3 4 5 6 7 8", EDIT_OTHER, NULL, NULL },
};
/* clang-format on */

static void form_aligns(void **state)
{
	struct project p;
	struct arena a;
	int wrong = 0;

	(void)state;
	open_project(&p, &a);
	for (size_t i = 0; i < sizeof(aligned) / sizeof(*aligned); i++) {
		struct form f[4], g[4];
		struct alignment al;

		assert_true(forms_of(&p, &a, aligned[i].failed, f, 4) > 0);
		assert_true(forms_of(&p, &a, aligned[i].later, g, 4) > 0);
		form_align(&f[0], &g[0], &al);
		if (al.edits == aligned[i].edits &&
		    (!aligned[i].wrong ||
		     (str_eq_c(al.wrong, aligned[i].wrong) && str_eq_c(al.right, aligned[i].right))))
			continue;
		print_error("%s -> %s: edits %x (%x) \"%.*s\" -> \"%.*s\"\n", aligned[i].failed,
			    aligned[i].later, al.edits, aligned[i].edits, STR_ARG(al.wrong),
			    STR_ARG(al.right));
		wrong++;
	}
	close_project(&p, &a);
	assert_int_equal(wrong, 0);
}

static void form_hash_is_of_the_meaning(void **state)
{
	static const char *const same[][2] = {
		{ "pytest -q -x", "pytest -x -q" },
		{ "make -C web test", "cd web && make test" },
		{ "timeout 5 make", "make > log" },
		{ "A=1 B=2 make", "B=2 A=1 make" },
	};
	static const char *const different[][2] = {
		{ "pytest -q", "pytest" },  { "pytest", "uv run pytest" }, { "make", "cd web && make" },
		{ "A=1 make", "A=2 make" }, { "python x", "python3 x" },
	};
	struct form f[2], g[2];
	struct project p;
	struct arena a;

	(void)state;
	open_project(&p, &a);
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		forms_of(&p, &a, same[i][0], f, 2);
		forms_of(&p, &a, same[i][1], g, 2);
		assert_true(form_hash(&f[0]) == form_hash(&g[0]));
	}
	for (size_t i = 0; i < sizeof(different) / sizeof(*different); i++) {
		forms_of(&p, &a, different[i][0], f, 2);
		forms_of(&p, &a, different[i][1], g, 2);
		assert_true(form_hash(&f[0]) != form_hash(&g[0]));
	}
	close_project(&p, &a);
}

static void form_texts(void **state)
{
	struct form f;
	struct project p;
	struct arena a;

	(void)state;
	open_project(&p, &a);
	forms_of(&p, &a, "uv run git push -q origin main --tags src/x", &f, 1);
	assert_str_equal(form_text(&a, &f, 0), "uv run git");
	assert_str_equal(form_text(&a, &f, 2), "uv run git push -q");
	assert_int_equal(form_plain_words(&f, 3), 1);
	assert_int_equal(form_plain_words(&f, 0), 0);
	forms_of(&p, &a, "python manage.py migrate app --fake", &f, 1);
	assert_int_equal(form_plain_words(&f, 1), 2);
	forms_of(&p, &a, "python3 -m http.server 80", &f, 1);
	assert_int_equal(form_plain_words(&f, 0), 2);
	forms_of(&p, &a, "node -e x", &f, 1);
	assert_int_equal(form_plain_words(&f, 2), 0);
	forms_of(&p, &a, "uv run git push -q origin main --tags src/x", &f, 1);
	assert_str_equal(form_request(&a, &f, 1), "uv run git");
	assert_str_equal(form_request(&a, &f, 2), "uv run git push");
	assert_str_equal(form_request(&a, &f, 3), "uv run git push origin main src/x");
	close_project(&p, &a);
}

static void form_knows_kinds_of_words(void **state)
{
	static const char *const selectors[] = { "src/x.c", "*.py", "test_a.py", "tests/x.py::test_y",
						 "./a" };
	static const char *const others[] = { "", "-x", "--a=b/c", "test", "build:prod", "x.longextension" };
	static const char *const pythons[] = { "python", "python3", "python3.12", ".venv/bin/python", "py" };
	static const char *const no_pythons[] = { "pytest", "python-config", "pypy", "ipython" };

	(void)state;
	for (size_t i = 0; i < sizeof(selectors) / sizeof(*selectors); i++)
		assert_true(form_is_selector(str_c(selectors[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(form_is_selector(str_c(others[i])));
	for (size_t i = 0; i < sizeof(pythons) / sizeof(*pythons); i++)
		assert_true(form_is_python(str_c(pythons[i])));
	for (size_t i = 0; i < sizeof(no_pythons) / sizeof(*no_pythons); i++)
		assert_false(form_is_python(str_c(no_pythons[i])));
	assert_int_equal(form_manager_family(STR("npm")), form_manager_family(STR("/usr/bin/pnpm")));
	assert_int_equal(form_manager_family(STR("pip")), form_manager_family(STR("uv")));
	assert_int_not_equal(form_manager_family(STR("npm")), form_manager_family(STR("pip")));
	assert_int_equal(form_manager_family(STR("python")), form_manager_family(STR("python3")));
	assert_int_equal(form_manager_family(STR("ls")), 0);
}

const struct CMUnitTest form_tests[] = {
	cmocka_unit_test(form_reduces), cmocka_unit_test(form_limits),
	cmocka_unit_test(form_aligns),	cmocka_unit_test(form_hash_is_of_the_meaning),
	cmocka_unit_test(form_texts),	cmocka_unit_test(form_knows_kinds_of_words),
};
const size_t form_tests_count = sizeof(form_tests) / sizeof(*form_tests);
