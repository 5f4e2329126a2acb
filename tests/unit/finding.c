/*
 * finding: every kind's phrase, its inverse, ids and names.
 */
#include "tests/test.h"

#include "core/model/finding.h"

struct sample {
	enum finding_kind kind;
	const char *wrong, *right, *about, *text;
};

/* clang-format off */
static const struct sample samples[] = {
	{ KIND_PATH_MOVED, "lib/p.c", "src/core/p.c", "", "`lib/p.c` is now `src/core/p.c`." },
	{ KIND_PATH_MOVED, "lib/old", "src/new", "", "`lib/old` is now `src/new`." },
	{ KIND_PATH_NAME, "a/confg.h", "a/config.h", "", "Use `a/config.h`; there is no `a/confg.h`." },
	{ KIND_PATH_REMOVED, "docs/a b.md", "", "", "`docs/a b.md` was removed; do not look for it." },
	{ KIND_MISSING_PATH, "x/y.c", "", "", "`x/y.c` does not exist." },
	{ KIND_LARGE_FILE, "gen/all.c", "", "",
		"`gen/all.c` is too large to read whole: use offset/limit or search." },
	{ KIND_SEARCH_SCOPE, "web/ui", "pkg", "", "Search for this code in `pkg/`, not `web/ui/`." },
	{ KIND_SEARCH_SCOPE, "web", ".", "", "Search for this code in `./`, not `web/`." },
	{ KIND_RUNTIME, "python3", "uv run python", "",
		"Run Python as `uv run python`; plain `python3` lacks this project's packages." },
	{ KIND_WRAPPER, "pytest", "uv run pytest", "", "Run `pytest` as `uv run pytest`." },
	{ KIND_MANAGER, "npm", "pnpm", "", "Use `pnpm`, not `npm`." },
	{ KIND_INTERPRETER, "python3", ".venv/bin/python", "",
		"Use the project's `.venv/bin/python`, not `python3`." },
	{ KIND_CWD, "make test", "cd backend && make test", "backend", "Run `make test` from `backend/`." },
	{ KIND_ENV, "pytest", "PYTHONPATH=src pytest", "", "Set `PYTHONPATH=src` for `pytest`." },
	{ KIND_FLAG, "tool --colour", "tool --color", "tool",
		"`tool` takes `--color`; `--colour` is not accepted." },
	{ KIND_FLAG, "git log --onelin", "git log --oneline", "git log",
		"`git log` takes `--oneline`; `--onelin` is not accepted." },
	{ KIND_FLAG, "src/app/(auth)/page.tsx", "", "", "Quote `src/app/(auth)/page.tsx` in the shell." },
	{ KIND_SUBCOMMAND, "git swich", "git switch", "", "Use `git switch`; `git swich` does not exist." },
	{ KIND_TARGET, "make tst", "make test", "", "Use `make test`; `make tst` does not exist." },
	{ KIND_TARGET, "npm run biuld", "npm run build", "",
		"Use `npm run build`; `npm run biuld` does not exist." },
	{ KIND_PRE_STEP, "npm test", "npm ci", "", "Before `npm test`, run `npm ci`." },
	{ KIND_TIMEOUT, "make bench", "", "",
		"`make bench` runs longer than the default limit: raise it or run in background." },
	{ KIND_PERMISSION, "git push", "", "", "Ask before `git push`; it was declined." },
	{ KIND_RETRY, "cargo run", "cargo run -p app", "",
		"`cargo run` fails the same way each time; `cargo run -p app` works." },
};

static const char *const foreign[] = {
	"", "`", "``", "Run the linter.", "`a` is now `b`", "`a` is now `b`. Really.", "`` is now `b`.",
	"`a` is now ``.", "Search for this code in `/`, not `b/`.", "Search for this code in `a`, not `b/`.",
	"Use `a\nb`, not `c`.", "`a` is now `b`c`.",
};
/* clang-format on */

static void finding_round_trip(void **state)
{
	bool seen[KIND_COUNT] = { false };
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const struct sample *s = &samples[i];
		str wrong = STR(""), right = STR(""), about = STR("");
		enum finding_kind kind = KIND_COUNT;

		seen[s->kind] = true;
		str text = finding_phrase(&a, s->kind, str_c(s->wrong), str_c(s->right), str_c(s->about));
		assert_str_equal(text, s->text);
		assert_true(finding_parse(&a, str_c(s->text), &kind, &wrong, &right, &about));
		assert_int_equal(kind, s->kind);
		assert_str_equal(wrong, s->wrong);
		assert_str_equal(right, s->right);
		assert_str_equal(about, s->about);
	}
	for (int k = 0; k < KIND_COUNT; k++)
		assert_true(seen[k]);
	arena_release(&a);
}

static void finding_foreign_text(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		str wrong, right, about;
		enum finding_kind kind;

		assert_false(finding_parse(&a, str_c(foreign[i]), &kind, &wrong, &right, &about));
	}
	arena_release(&a);
}

static void finding_unfit_slots(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(finding_phrase(&a, KIND_PATH_MOVED, STR("a"), STR(""), STR("")), "");
	assert_str_equal(finding_phrase(&a, KIND_PATH_MOVED, STR("a`b"), STR("c"), STR("")), "");
	assert_str_equal(finding_phrase(&a, KIND_PATH_MOVED, STR("a\nb"), STR("c"), STR("")), "");
	assert_str_equal(finding_phrase(&a, KIND_ENV, STR("pytest"), STR("pytest"), STR("")), "");
	assert_str_equal(finding_phrase(&a, KIND_CWD, STR("make"), STR("cd x && make"), STR("")), "");
	arena_release(&a);
}

static void finding_ids(void **state)
{
	char one[9], two[9], three[9];

	(void)state;
	finding_id(one, KIND_PATH_MOVED, STR("a.c"));
	finding_id(two, KIND_PATH_NAME, STR("a.c"));
	finding_id(three, KIND_PATH_MOVED, STR("b.c"));
	assert_int_equal(strlen(one), 8);
	assert_int_equal(strspn(one, "0123456789abcdef"), 8);
	assert_string_not_equal(one, two);
	assert_string_not_equal(one, three);
}

static void finding_tables(void **state)
{
	(void)state;
	for (int k = 0; k < KIND_COUNT; k++) {
		const struct finding_type *t = &finding_types[k];
		enum finding_kind found = KIND_COUNT;

		assert_non_null(t->name);
		assert_non_null(t->phrase);
		assert_true(finding_kind_by_name(str_c(t->name), &found));
		assert_int_equal(found, k);
		assert_int_equal(t->target, t->section >= SECTION_MISSING ? TARGET_MEMORY : TARGET_CONTEXT);
	}
	for (int i = 0; i < SECTION_COUNT; i++)
		assert_non_null(section_names[i]);
	for (int i = 0; i < PROOF_COUNT; i++)
		assert_non_null(proof_names[i]);
	for (int i = 0; i < REASON_COUNT; i++)
		assert_non_null(reason_names[i]);
	for (int i = 0; i < STATE_COUNT; i++)
		assert_non_null(state_names[i]);
	assert_false(finding_kind_by_name(STR("path"), &(enum finding_kind){ KIND_COUNT }));
}

const struct CMUnitTest finding_tests[] = {
	cmocka_unit_test(finding_round_trip),  cmocka_unit_test(finding_foreign_text),
	cmocka_unit_test(finding_unfit_slots), cmocka_unit_test(finding_ids),
	cmocka_unit_test(finding_tables),
};
const size_t finding_tests_count = sizeof(finding_tests) / sizeof(*finding_tests);
