#include "tests/test.h"

#include "core/base/vec.h"

static void vec_pushes_zeroed_elements(void **state)
{
	struct vec v;

	(void)state;
	vec_init(&v, sizeof(uint32_t));
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *p = vec_push(&v);

		assert_int_equal(*p, 0);
		*p = i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(*(uint32_t *)vec_at(&v, i), i);
	vec_clear(&v);
	assert_int_equal(v.n, 0);
	assert_int_equal(*(uint32_t *)vec_push(&v), 0); /* memory kept, contents not */
	vec_release(&v);
	assert_int_equal(v.size, sizeof(uint32_t));
	*(uint32_t *)vec_push(&v) = 1;
	vec_release(&v);
	vec_release(NULL);
}

struct item {
	unsigned key, place;
	char rest[5]; /* no power of two */
};

static int by_key(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	return (left->key > right->key) - (left->key < right->key);
}

static void check_sorted(size_t n, unsigned keys, unsigned seed)
{
	struct vec v;

	vec_init(&v, sizeof(struct item));
	for (size_t i = 0; i < n; i++) {
		struct item *item = vec_push(&v);

		seed = seed * 1664525 + 1013904223;
		item->key = keys ? (seed >> 8) % keys : (unsigned)(n - i);
		item->place = (unsigned)i;
	}
	vec_sort(&v, by_key);
	assert_int_equal(v.n, n);
	for (size_t i = 1; i < n; i++) {
		const struct item *a = vec_at(&v, i - 1), *b = vec_at(&v, i);

		assert_true(a->key < b->key || (a->key == b->key && a->place < b->place));
	}
	vec_release(&v);
}

static void vec_sort_is_stable(void **state)
{
	(void)state;
	for (size_t n = 0; n < 70; n++) {
		check_sorted(n, 3, (unsigned)n);
		check_sorted(n, 1, 0); /* all equal */
		check_sorted(n, 0, 0); /* reversed */
	}
	check_sorted(5000, 100, 1);
}

const struct CMUnitTest vec_tests[] = {
	cmocka_unit_test(vec_pushes_zeroed_elements),
	cmocka_unit_test(vec_sort_is_stable),
};
const size_t vec_tests_count = sizeof(vec_tests) / sizeof(*vec_tests);
