#include "tests/test.h"

#include "core/base/utf8.h"

static void check_decode(str s, uint32_t cp, size_t len)
{
	size_t got = 0;

	assert_int_equal(utf8_decode(s, &got), cp);
	assert_int_equal(got, len);
}

static void utf8_decodes(void **state)
{
	(void)state;
	check_decode(STR("A"), 'A', 1);
	check_decode(STR("\0"), 0, 1);
	check_decode(STR("\xc3\xa9!"), 0xe9, 2);
	check_decode(STR("\xe2\x82\xac"), 0x20ac, 3);
	check_decode(STR("\xf0\x9f\x98\x80"), 0x1f600, 4);
	check_decode(STR("\xf4\x8f\xbf\xbf"), 0x10ffff, 4);
	check_decode(STR("\xef\xbf\xbd"), 0xfffd, 3); /* a replacement character that was written as such */
}

static void utf8_refuses_malformed(void **state)
{
	static const str bad[] = {
		{ "\x80", 1 }, /* continuation alone */
		{ "\xc0\x80", 2 }, /* overlong NUL */
		{ "\xc1\xbf", 2 }, /* overlong DEL */
		{ "\xe0\x9f\xbf", 3 }, /* overlong U+07FF */
		{ "\xf0\x8f\xbf\xbf", 4 }, /* overlong U+FFFF */
		{ "\xed\xa0\x80", 3 }, /* surrogate */
		{ "\xf4\x90\x80\x80", 4 }, /* beyond U+10FFFF */
		{ "\xf5\x80\x80\x80", 4 },
		{ "\xff", 1 },
		{ "\xe2\x82\xac", 2 }, /* cut short */
		{ "\xe2\x28\xa1", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check_decode(bad[i], 0xfffd, 1);
		assert_false(utf8_valid(bad[i]));
		assert_true(utf8_has_unsafe(bad[i]));
	}
}

static void utf8_survives_a_round_trip(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		size_t n, len = 0;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		n = utf8_encode(cp, bytes);
		if (utf8_decode((str){ bytes, n }, &len) != cp || len != n)
			fail_msg("U+%04X", (unsigned)cp);
	}
	assert_int_equal(utf8_encode(0xd800, bytes), 3);
	assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
	assert_int_equal(utf8_encode(0x110000, bytes), 3);
}

/* A bad byte is found wherever it stands, in the words that are checked whole and behind them. */
static void utf8_valid_looks_everywhere(void **state)
{
	char text[40];

	(void)state;
	assert_true(utf8_valid(STR("")));
	assert_true(utf8_valid((str){ NULL, 0 }));
	for (size_t n = 1; n <= sizeof(text); n++) {
		for (size_t i = 0; i < n; i++) {
			memset(text, 'x', sizeof(text));
			assert_true(utf8_valid((str){ text, n }));
			text[i] = '\xc3';
			assert_false(utf8_valid((str){ text, n }));
			if (i + 1 < n) {
				text[i + 1] = '\xa9';
				assert_true(utf8_valid((str){ text, n }));
			}
		}
	}
}

static void utf8_knows_what_is_unsafe(void **state)
{
	static const uint32_t unsafe[] = {
		0,	 '\t',	  '\n',	   0x1b,     0x7f,     0x80,	 0x9f,	 0xad,	 0x61c,	  0x180e,
		0x200b,	 0x200d,  0x200e,  0x2028,   0x202e,   0x2060,	 0x2066, 0x2069, 0x206f,  0x3164,
		0xe000,	 0xf8ff,  0xfe0f,  0xfeff,   0xfff9,   0xfffd,	 0xffff, 0xfdd0, 0x1fffe, 0xe0001,
		0xe007f, 0xe0100, 0xf0000, 0x10fffd, 0x10ffff, 0x110000, 0xd800,
	};
	static const uint32_t safe[] = { ' ',	 '~',	 0xa0,	 0xe9,	  0x300,  0x5d0,   0x627,  0x2014,
					 0x20ac, 0x2500, 0x2800, 0x3042,  0x4e00, 0xac00,  0xfb01, 0x1f600,
					 0x2190, 0x2027, 0x202f, 0x10000, 0x3163, 0x1d172, 0xf900 };

	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		if (!utf8_is_unsafe(unsafe[i]))
			fail_msg("U+%04X is unsafe", (unsigned)unsafe[i]);
	for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++)
		if (utf8_is_unsafe(safe[i]))
			fail_msg("U+%04X is safe", (unsigned)safe[i]);
	assert_false(utf8_has_unsafe(STR("caf\xc3\xa9")));
	assert_true(utf8_has_unsafe(STR("a\nb")));
	assert_false(utf8_has_unsafe(STR("")));
}

static void utf8_escapes(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	utf8_escape(&out, STR("a\tb\n\x1b[0m\xc3\xa9\xff\0"), false);
	assert_str_equal(buf_str(&out), "a\\x09b\\x0a\\x1b[0m\xc3\xa9\\xff\\x00");
	buf_clear(&out);
	utf8_escape(&out, STR("a\tb\n\r\xe2\x80\xae\xc2\x80"), true);
	assert_str_equal(buf_str(&out), "a\tb\n\\x0d\\u{202e}\\u{80}");
	buf_clear(&out);
	utf8_escape(&out, STR(""), false);
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

static void utf8_knows_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_columns(STR("")), 0);
	assert_int_equal(utf8_columns(STR("abc")), 3);
	assert_int_equal(utf8_columns(STR("caf\xc3\xa9")), 4);
	assert_int_equal(utf8_columns(STR("cafe\xcc\x81")), 4); /* a combining accent */
	assert_int_equal(utf8_columns(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4);
	assert_int_equal(utf8_columns(STR("\xf0\x9f\x98\x80!")), 3);
	assert_int_equal(utf8_columns(STR("\xff\xfe")), 2);
}

const struct CMUnitTest utf8_tests[] = {
	cmocka_unit_test(utf8_decodes),
	cmocka_unit_test(utf8_refuses_malformed),
	cmocka_unit_test(utf8_survives_a_round_trip),
	cmocka_unit_test(utf8_valid_looks_everywhere),
	cmocka_unit_test(utf8_knows_what_is_unsafe),
	cmocka_unit_test(utf8_escapes),
	cmocka_unit_test(utf8_knows_columns),
};
const size_t utf8_tests_count = sizeof(utf8_tests) / sizeof(*utf8_tests);
