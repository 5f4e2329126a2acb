/*
 * adaptive: the more alike items are, the fewer of them are needed.
 */
#include "tests/test.h"

#include <stdio.h>

#include "core/compress/adaptive.h"

enum {
	ITEMS = 1000
};

static void simhash_is_near_for_near_texts(void **state)
{
	uint64_t a = simhash(STR("GET /api/users/17 200 OK in 12 ms from the eastern region of the cluster"));
	uint64_t b = simhash(STR("get /api/users/17 200 ok in 12 ms from the EASTERN region of the cluster"));
	uint64_t c = simhash(STR("GET /api/users/17 200 OK in 13 ms from the eastern region of the cluster"));
	uint64_t d = simhash(STR("segmentation fault while reading a page of quite another program"));

	(void)state;
	assert_true(a == b);
	assert_in_range(__builtin_popcountll(a ^ c), 0, 12);
	assert_in_range(__builtin_popcountll(a ^ d), 16, 64);
	assert_true(simhash(STR("")) == 0);
	assert_true(simhash(STR("a")) != simhash(STR("b")));
}

static size_t count(struct arena *a, const char *form, unsigned different, double bias, size_t max)
{
	str *items = arena_array(a, ITEMS, sizeof(*items));

	for (unsigned i = 0; i < ITEMS; i++) {
		char text[128];
		unsigned k = i % different * 2654435761u;
		int n = snprintf(text, sizeof(text), "%s %08x %08x %08x", form, k, k ^ 0x5bd1e995u,
				 k * 31 + 7);

		items[i] = arena_str(a, (str){ text, (size_t)n });
	}
	return adaptive_count(a, items, ITEMS, bias, max);
}

static void adaptive_needs_few_of_the_same(void **state)
{
	struct arena a;
	str eight[8] = { STR("a"), STR("b") };

	(void)state;
	arena_init(&a);
	assert_int_equal(adaptive_count(&a, eight, 8, 1, 5), 8);
	assert_int_equal(adaptive_count(&a, eight, 0, 1, 5), 0);
	assert_int_equal(count(&a, "row", 1, 1, 50), 3);
	assert_in_range(count(&a, "row", 3, 1, 50), 3, 4);
	assert_in_range(count(&a, "row", 20, 1, 500), 10, 40);
	assert_int_equal(count(&a, "row", ITEMS, 1, 50), 50);
	assert_true(count(&a, "row", ITEMS, 1, ITEMS) > ITEMS / 2);
	assert_true(count(&a, "row", 20, 2, 500) > count(&a, "row", 20, 1, 500));
	assert_int_equal(count(&a, "row", ITEMS, 1, 1), 1);
	arena_release(&a);
}

const struct CMUnitTest adaptive_tests[] = {
	cmocka_unit_test(simhash_is_near_for_near_texts),
	cmocka_unit_test(adaptive_needs_few_of_the_same),
};
const size_t adaptive_tests_count = sizeof(adaptive_tests) / sizeof(*adaptive_tests);
