#include "tests/test.h"

static void str_compares(void **state)
{
	(void)state;
	assert_true(str_eq(STR(""), (str){ NULL, 0 }));
	assert_true(str_eq_c((str){ NULL, 0 }, NULL));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_true(str_ieq(STR("HeadRoom"), STR("headroom")));
	assert_false(str_ieq(STR("["), STR("{"))); /* differ by the case bit alone */
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\x80"), STR("a")) > 0); /* bytes are unsigned */
	assert_int_equal(str_cmp((str){ NULL, 0 }, STR("")), 0);
}

static void str_sub_is_clamped(void **state)
{
	str s = STR("hello");

	(void)state;
	assert_str_equal(str_sub(s, 1, 3), "ell");
	assert_str_equal(str_sub(s, 4, SIZE_MAX), "o");
	assert_str_equal(str_sub(s, 9, 2), "");
	assert_str_equal(str_from(s, 2), "llo");
	assert_int_equal(str_from((str){ NULL, 0 }, 3).n, 0);
}

static void str_starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts_c(STR("abc"), "ab"));
	assert_true(str_starts_c(STR("abc"), ""));
	assert_false(str_starts_c(STR("a"), "ab"));
	assert_true(str_ends_c(STR("abc"), "bc"));
	assert_false(str_ends_c(STR("c"), "bc"));
	assert_true(str_ends((str){ NULL, 0 }, (str){ NULL, 0 }));
}

static void str_searches(void **state)
{
	str s = STR("a\0b/c/d");

	(void)state;
	assert_int_equal(str_chr(s, '\0'), 1);
	assert_int_equal(str_chr(s, '/'), 3);
	assert_int_equal(str_rchr(s, '/'), 5);
	assert_true(str_chr((str){ NULL, 0 }, 'a') == STR_NONE);
	assert_true(str_rchr(STR(""), 'a') == STR_NONE);
	assert_int_equal(str_find(s, STR("\0b")), 1);
	assert_int_equal(str_find(s, STR("")), 0);
	assert_true(str_find(STR("ab"), STR("abc")) == STR_NONE);
	assert_true(str_has_c(s, "c/d"));
}

static void str_trims(void **state)
{
	(void)state;
	assert_str_equal(str_trim(STR(" \t\r\n\v\fx y \n")), "x y");
	assert_str_equal(str_trim(STR("  ")), "");
	assert_str_equal(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x"); /* ASCII white space only */
}

static void str_split_keeps_empty_pieces(void **state)
{
	str rest = STR(",a,,b,"), piece;
	const char *expected[] = { "", "a", "", "b", "" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_true(str_split(&rest, ',', &piece));
		assert_str_equal(piece, expected[i]);
	}
	assert_false(str_split(&rest, ',', &piece));
	assert_null(rest.p);

	rest = STR("");
	assert_true(str_split(&rest, ',', &piece));
	assert_int_equal(piece.n, 0);
	assert_false(str_split(&rest, ',', &piece));
}

static void str_line_takes_both_endings(void **state)
{
	str rest = STR("unix\ndos\r\n\r\n\nlast\r"), line;
	const char *expected[] = { "unix", "dos", "", "", "last\r" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_true(str_line(&rest, &line));
		assert_str_equal(line, expected[i]);
	}
	assert_false(str_line(&rest, &line));

	rest = STR("only\n");
	assert_true(str_line(&rest, &line));
	assert_false(str_line(&rest, &line)); /* no empty line behind the last \n */
	rest = (str){ NULL, 0 };
	assert_false(str_line(&rest, &line));
}

static void str_u64_refuses_overflow(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(str_u64(STR("18446744073709551615"), &n));
	assert_true(n == UINT64_MAX);
	n = 7;
	assert_false(str_u64(STR("18446744073709551616"), &n));
	assert_false(str_u64(STR("99999999999999999999"), &n));
	assert_false(str_u64(STR(""), &n));
	assert_false(str_u64(STR("+1"), &n));
	assert_false(str_u64(STR("-1"), &n));
	assert_false(str_u64(STR("1 "), &n));
	assert_int_equal(n, 7);
	assert_true(str_u64(STR("000"), &n));
	assert_int_equal(n, 0);
}

/* The values are fixed: hashes are kept in the store. */
static void str_hash_is_stable(void **state)
{
	char text[64];

	(void)state;
	assert_true(str_hash(STR("headroom")) == 0xc3bf07f90e3e3c27ULL);
	assert_true(str_hash(STR("a line of more than sixteen bytes")) == 0xb63922fc5d44daf8ULL);
	assert_true(str_hash(STR("")) == str_hash((str){ NULL, 0 }));
	assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));

	/* Every length, and every byte within it, counts. */
	memset(text, 'x', sizeof(text));
	for (size_t n = 1; n <= sizeof(text); n++) {
		uint64_t whole = str_hash((str){ text, n });

		assert_true(whole != str_hash((str){ text, n - 1 }));
		for (size_t i = 0; i < n; i++) {
			text[i] = 'y';
			assert_true(whole != str_hash((str){ text, n }));
			text[i] = 'x';
		}
	}
}

/* Tables use the low bits: keys that differ in the high ones only must still spread. */
static void hash_mix_spreads_high_bits(void **state)
{
	bool seen[1024] = { false };
	int distinct = 0;

	(void)state;
	for (uint64_t i = 0; i < 1024; i++) {
		uint64_t slot = hash_mix(i << 54, 0) & 1023;

		distinct += !seen[slot];
		seen[slot] = true;
	}
	assert_true(distinct > 550); /* a random function reaches about 647 */
	assert_true(hash_mix(0, 1) != hash_mix(0, 2));
	assert_true(hash_mix(1, 2) != hash_mix(2, 1));
}

const struct CMUnitTest str_tests[] = {
	cmocka_unit_test(str_compares),
	cmocka_unit_test(str_sub_is_clamped),
	cmocka_unit_test(str_starts_and_ends),
	cmocka_unit_test(str_searches),
	cmocka_unit_test(str_trims),
	cmocka_unit_test(str_split_keeps_empty_pieces),
	cmocka_unit_test(str_line_takes_both_endings),
	cmocka_unit_test(str_u64_refuses_overflow),
	cmocka_unit_test(str_hash_is_stable),
	cmocka_unit_test(hash_mix_spreads_high_bits),
};
const size_t str_tests_count = sizeof(str_tests) / sizeof(*str_tests);
