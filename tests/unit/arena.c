#include "tests/test.h"

#include "core/base/arena.h"

static void arena_gives_aligned_zeroes(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	/* Twice, so that the second round meets memory that was used. */
	for (int round = 0; round < 2; round++) {
		for (size_t size = 0; size < 3000; size += 7) {
			unsigned char *p = arena_alloc(&a, size);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xff, size);
		}
		assert_true(a.used > 0);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	arena_release(&a);
}

static void arena_objects_do_not_overlap(void **state)
{
	enum {
		COUNT = 200
	};
	unsigned char *objects[COUNT];
	struct arena a;

	(void)state;
	arena_init(&a);
	/* Some are larger than any block. */
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 50 == 0 ? (size_t)3 << 20 : i * 40;

		objects[i] = arena_alloc(&a, size + 1);
		memset(objects[i], (int)i, size + 1);
	}
	for (size_t i = 0; i < COUNT; i++) {
		size_t size = i % 50 == 0 ? (size_t)3 << 20 : i * 40;

		assert_int_equal(objects[i][0], i);
		assert_int_equal(objects[i][size], i);
	}
	arena_release(&a);
}

static void arena_copies_strings(void **state)
{
	struct arena a;
	str s;

	(void)state;
	arena_init(&a);
	s = arena_str(&a, STR("a\0b"));
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	s = arena_str(&a, (str){ NULL, 0 });
	assert_non_null(s.p);
	assert_string_equal(s.p, "");
	assert_string_equal(arena_c(&a, str_sub(STR("hello"), 1, 3)), "ell");
	arena_release(&a);
}

static void arena_prints_any_length(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(arena_printf(&a, "%s", ""), "");
	assert_str_equal(arena_printf(&a, "%d %s", 42, "x"), "42 x");
	for (int width = 250; width < 262; width++) {
		str s = arena_printf(&a, "%*d", width, 7);

		assert_int_equal(s.n, width);
		assert_int_equal(s.p[width - 1], '7');
		assert_int_equal(s.p[width], '\0');
	}
	arena_release(&a);
}

struct trace {
	struct arena *arena;
	char order[8];
	size_t n;
};

struct note {
	struct trace *trace;
	char name;
	struct note *again;
};

static void run_note(void *arg)
{
	const struct note *note = arg;

	note->trace->order[note->trace->n++] = note->name;
	if (note->again)
		arena_defer(note->trace->arena, run_note, note->again);
}

static void arena_cleans_up_in_reverse(void **state)
{
	struct arena a;
	struct trace t = { .arena = &a };
	struct note late = { &t, 'd', NULL };
	struct note notes[] = { { &t, 'a', NULL }, { &t, 'b', &late }, { &t, 'c', NULL } };

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < 3; i++)
		arena_defer(&a, run_note, &notes[i]);
	arena_reset(&a);
	assert_string_equal(t.order, "cbda");
	arena_reset(&a);
	arena_release(&a);
	assert_int_equal(t.n, 4);
	arena_defer(&a, run_note, &notes[0]); /* a released arena is an empty one */
	arena_release(&a);
	assert_int_equal(t.n, 5);
	arena_release(NULL);
}

const struct CMUnitTest arena_tests[] = {
	cmocka_unit_test(arena_gives_aligned_zeroes), cmocka_unit_test(arena_objects_do_not_overlap),
	cmocka_unit_test(arena_copies_strings),	      cmocka_unit_test(arena_prints_any_length),
	cmocka_unit_test(arena_cleans_up_in_reverse),
};
const size_t arena_tests_count = sizeof(arena_tests) / sizeof(*arena_tests);
