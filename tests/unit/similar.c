/*
 * similar: which names are mistaken forms of each other.  The sums are those of the prototype the algorithm was
 * designed with.
 */
#include "tests/test.h"

#include "analyzers/similar.h"

static void assert_near(double value, double expected, const char *what)
{
	if (value < expected - 0.005 || value > expected + 0.005)
		fail_msg("%s: %.3f, expected %.3f", what, value, expected);
}

/* clang-format off */
static const struct {
	const char *wrong, *right;
	double base;
} names[] = {
	{ "a/config.h", "b/config.h", .55 },
	{ "README.MD", "docs/README.md", .50 },
	{ "x.ts", "x.tsx", .35 },
	{ "parser.py", "parser.pyi", .35 },
	{ "confg.h", "config.h", .40 },
	{ "confgi.h", "config.h", .40 },
	{ "mian.c", "main.c", .40 },
	{ "authentification.py", "authentication.py", .40 },
	{ "handler.go", "handlers.go", .40 },
	{ "user_contoller.rb", "user_controller.rb", .40 },
	{ "test_a.py", "test_b.py", 0 },
	{ "v1.md", "v2.md", 0 },
	{ "part_1.txt", "part_2.txt", 0 },
	{ "main.rs", "math.rs", 0 },
	{ "x.c", "y.c", 0 },
	{ "alpha.py", "omega.py", 0 },
	{ "user_service.py", "order_service.py", 0 },
	{ "get_user.py", "set_user.py", 0 },
	{ "createUser.ts", "deleteUser.ts", 0 },
	{ "config.h", "config_test.h", 0 },
	{ "confg.h", "config.c", 0 }, /* two differences at once */
	{ "parser.c", "lexer.c", 0 },
	{ ".env", ".npmrc", 0 },
	{ "reader2.c", "reader3.c", 0 },
};
/* clang-format on */

static void similar_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_near(similar_base(str_c(names[i].wrong), str_c(names[i].right)), names[i].base,
			    names[i].wrong);
}

static void similar_folders(void **state)
{
	(void)state;
	assert_near(similar_dirs(STR("x.c"), STR("y.c")), 1, "both at the root");
	assert_near(similar_dirs(STR("a/b/x.c"), STR("a/b/y.c")), 1, "the same");
	assert_near(similar_dirs(STR("x.c"), STR("src/x.c")), 0, "root and folder");
	assert_near(similar_dirs(STR("lib/parse.c"), STR("src/core/parse.c")), 0, "nothing in common");
	assert_near(similar_dirs(STR("src/api/x.c"), STR("src/core/api/x.c")), 2.0 / 3, "one between");
	assert_near(similar_dirs(STR("docs/v1/x"), STR("docs/v2/x")), 0.5, "one of two");
}

/* The points the log alone gives to a fix in the very next call: name, folders, nearness. */
static double in_next_call(const char *wrong, const char *right)
{
	return similar_base(str_c(wrong), str_c(right)) + 0.25 * similar_dirs(str_c(wrong), str_c(right)) +
	       0.10;
}

static void similar_prototype_scores(void **state)
{
	const double unique = 0.15, found = 0.25;

	(void)state;
	assert_near(in_next_call("src/confg.h", "src/config.h") + unique, .90, "confg.h");
	assert_near(in_next_call("mian.c", "main.c") + unique, .90, "mian.c");
	assert_near(in_next_call("x.ts", "x.tsx") + unique, .85, "x.ts");
	assert_near(in_next_call("x.tsx", "x.ts") + unique, .85, "x.tsx");
	/* found by a search, so a few calls later */
	assert_near(similar_base(STR("lib/parse.c"), STR("src/parse.c")) + unique + found, .95,
		    "a moved file");
}

static void similar_distances(void **state)
{
	char long_name[80];

	(void)state;
	assert_int_equal(edit_distance(STR("config"), STR("config"), 2), 0);
	assert_int_equal(edit_distance(STR("config"), STR("confg"), 2), 1);
	assert_int_equal(edit_distance(STR("config"), STR("ocnfig"), 2), 1); /* a swap is one edit */
	assert_int_equal(edit_distance(STR("config"), STR("konfik"), 2), 2);
	assert_int_equal(edit_distance(STR("config"), STR("other"), 2), 3); /* limit + 1 */
	assert_int_equal(edit_distance(STR(""), STR("ab"), 2), 2);
	memset(long_name, 'x', sizeof(long_name));
	assert_int_equal(edit_distance((str){ long_name, sizeof(long_name) }, STR("x"), 2), 3);
}

static void similar_generic_names(void **state)
{
	static const char *const generic[] = { "README.md", "index.ts", "__init__.py",	"main.rs",
					       "mod.rs",    "Makefile", "package.json", ".gitignore",
					       "x.c",	    "utils.py" };
	static const char *const own[] = { "tokenizer.c", "billing_report.py", "OrderService.java",
					   "lexer.rs" };

	(void)state;
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		assert_true(is_generic_name(str_c(generic[i])));
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		assert_false(is_generic_name(str_c(own[i])));
}

const struct CMUnitTest similar_tests[] = {
	cmocka_unit_test(similar_names),
	cmocka_unit_test(similar_folders),
	cmocka_unit_test(similar_prototype_scores),
	cmocka_unit_test(similar_distances),
	cmocka_unit_test(similar_generic_names),
};
const size_t similar_tests_count = sizeof(similar_tests) / sizeof(*similar_tests);
