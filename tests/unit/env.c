#include "tests/test.h"

#include <stdio.h>

#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"

static void env_empty_is_unset(void **state)
{
	(void)state;
	env_set("HEADROOM_TEST", "x");
	assert_string_equal(env_get("HEADROOM_TEST"), "x");
	env_set("HEADROOM_TEST", "");
	assert_null(env_get("HEADROOM_TEST"));
	env_set("HEADROOM_TEST", NULL);
	assert_null(env_get("HEADROOM_TEST"));
	env_set("HEADROOM_TEST", NULL);
}

static void env_finds_home(void **state)
{
	struct arena a;
	str home, cwd;

	(void)state;
	arena_init(&a);
	home = arena_str(&a, str_c(env_home()));
	cwd = env_cwd(&a);
	assert_true(cwd.n > 0 && cwd.p[0] == '/');

	env_set("HOME", "/h//x/");
	assert_string_equal(env_home(), "/h//x/");
	assert_str_equal(env_headroom_home(&a), "/h/x/.headroom");
	env_set("HEADROOM_HOME", "/var/../data");
	assert_str_equal(env_headroom_home(&a), "/data");
	env_set("HEADROOM_HOME", "rel");
	assert_str_equal(env_headroom_home(&a), path_join(&a, cwd, STR("rel")).p);
	env_set("HEADROOM_HOME", NULL);

	env_set("HOME", NULL);
	assert_true(env_home()[0] == '/'); /* the password file knows, or "/" it is */
	env_set("HOME", home.p);
	arena_release(&a);
}

static void env_survives_a_removed_folder(void **state)
{
	const char *dir = test_dir();
	struct arena a;
	str cwd;

	(void)state;
	arena_init(&a);
	cwd = env_cwd(&a);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_str_equal(env_cwd(&a), "");
	assert_int_equal(chdir(cwd.p), 0);
	arena_release(&a);
}

static void env_clock_can_be_fixed(void **state)
{
	int64_t before = env_monotonic_us();

	(void)state;
	env_set("HEADROOM_NOW", "1970-01-02T00:00:00.5Z");
	assert_int_equal(env_now_ms(), MS_PER_DAY + 500);
	env_set("HEADROOM_NOW", "yesterday");
	assert_true(env_now_ms() > 1700000000000LL);
	env_set("HEADROOM_NOW", NULL);
	assert_true(env_now_ms() > 1700000000000LL);
	assert_true(env_monotonic_us() >= before);
}

static void env_knows_the_machine(void **state)
{
	int fds[2];

	(void)state;
	assert_true(env_cpus() >= 1);
	assert_int_equal(pipe(fds), 0);
	assert_false(env_is_tty(fds[0]));
	env_set("COLUMNS", "123");
	assert_int_equal(env_columns(fds[0]), 123);
	env_set("COLUMNS", "0");
	assert_int_equal(env_columns(fds[0]), 80);
	env_set("COLUMNS", "wide");
	assert_int_equal(env_columns(fds[0]), 80);
	env_set("COLUMNS", "80");
	close(fds[0]);
	close(fds[1]);
}

static void time_parses_iso_8601(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-21T09:30:00.123Z", 1795253400123 },
		{ "2026-11-21T09:30:00.123456789Z", 1795253400123 },
		{ "2026-11-21T09:30:00.1Z", 1795253400100 },
		{ "2026-11-21T09:30:00,12z", 1795253400120 },
		{ "2026-11-21t09:30:00", 1795253400000 },
		{ "2026-11-21 09:30", 1795253400000 },
		{ "2026-11-21T09:30Z", 1795253400000 },
		{ "2026-11-21T10:30:00+01:00", 1795253400000 },
		{ "2026-11-21T10:30:00+0100", 1795253400000 },
		{ "2026-11-21T10:30:00+01", 1795253400000 },
		{ "2026-11-21T04:00:00-05:30", 1795253400000 },
		{ "2026-11-22T00:00:00+14:30", 1795253400000 },
		{ "2024-02-29", 1709164800000 },
		{ "2000-02-29", 951782400000 },
		{ "2000-03-01", 951868800000 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "0000-01-01", -62167219200000 },
		{ "9999-12-31T23:59:59.999Z", 253402300799999 },
		{ "2016-12-31T23:59:60Z", 1483228800000 }, /* leap second */
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!time_parse(str_c(rows[i].text), &ms) || ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].text, (long long)ms);
	}
}

static void time_refuses_malformed(void **state)
{
	static const char *const rows[] = {
		"",
		"now",
		"2026",
		"2026-11",
		"2026-11-2",
		"2026-13-01",
		"2026-00-01",
		"2026-01-00",
		"2026-04-31",
		"2023-02-29",
		"1900-02-29",
		"2026-1-01",
		"20261121",
		"2026-11-21T",
		"2026-11-21T09",
		"2026-11-21T24:00:00Z",
		"2026-11-21T09:60:00Z",
		"2026-11-21T09:30:61Z",
		"2026-11-21T09:30:00.Z",
		"2026-11-21T09:30:00Zx",
		"2026-11-21T09:30:00+1",
		"2026-11-21T09:30:00+01:",
		"2026-11-21T09:30:00+01:60",
		"2026-11-21T09:30:00+24:00",
		"2026-11-21T09:30:00 Z",
		" 2026-11-21",
		"-026-11-21",
		"2026-11-21X09:30:00",
	};
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (time_parse(str_c(rows[i]), &ms))
			fail_msg("%s is accepted", rows[i]);
	assert_false(time_parse(STR("2026-11-21\0"), &ms));
	assert_int_equal(ms, 7);
}

/* The usual form has a way of its own; with the offset spelled out it is read like all others. */
static void time_usual_form_is_no_exception(void **state)
{
	static const char usual[] = "2026-11-21T09:30:58.123";
	char quick[sizeof(usual) + 1], slow[sizeof(usual) + 6];

	(void)state;
	for (size_t i = 0; i < sizeof(usual) - 1; i++)
		for (int c = 1; c < 256; c++) {
			int64_t quick_ms = 0, slow_ms = 0;

			snprintf(quick, sizeof(quick), "%sZ", usual);
			snprintf(slow, sizeof(slow), "%s+00:00", usual);
			quick[i] = slow[i] = (char)c;
			if (time_parse(str_c(quick), &quick_ms) != time_parse(str_c(slow), &slow_ms) ||
			    quick_ms != slow_ms)
				fail_msg("%s is not %s", quick, slow);
		}
}

static void time_format_is_the_inverse(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_str_equal(time_format(&a, 0), "1970-01-01T00:00:00Z");
	assert_str_equal(time_format(&a, 1795253400999), "2026-11-21T09:30:00Z");
	assert_str_equal(time_format(&a, -1), "1969-12-31T23:59:59Z");
	assert_str_equal(time_format(&a, -62167219200000), "0000-01-01T00:00:00Z");
	/* Each day of more than four centuries, so each kind of leap year. */
	for (int64_t day = -40000; day < 120000; day++) {
		int64_t ms = day * MS_PER_DAY + 86399000, back;

		arena_reset(&a);
		if (!time_parse(time_format(&a, ms), &back) || back != ms)
			fail_msg("day %lld", (long long)day);
	}
	arena_release(&a);
}

static void time_day_is_floored(void **state)
{
	(void)state;
	assert_int_equal(time_day(0), 0);
	assert_int_equal(time_day(MS_PER_DAY - 1), 0);
	assert_int_equal(time_day(MS_PER_DAY), 1);
	assert_int_equal(time_day(-1), -1);
	assert_int_equal(time_day(-MS_PER_DAY), -1);
	assert_int_equal(time_day(-MS_PER_DAY - 1), -2);
}

const struct CMUnitTest env_tests[] = {
	cmocka_unit_test(env_empty_is_unset),
	cmocka_unit_test(env_finds_home),
	cmocka_unit_test(env_survives_a_removed_folder),
	cmocka_unit_test(env_clock_can_be_fixed),
	cmocka_unit_test(env_knows_the_machine),
	cmocka_unit_test(time_parses_iso_8601),
	cmocka_unit_test(time_refuses_malformed),
	cmocka_unit_test(time_usual_form_is_no_exception),
	cmocka_unit_test(time_format_is_the_inverse),
	cmocka_unit_test(time_day_is_floored),
};
const size_t env_tests_count = sizeof(env_tests) / sizeof(*env_tests);
