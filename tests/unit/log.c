#include "tests/test.h"

#include <sys/stat.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/log.h"

static struct buf read_log(const char *path)
{
	struct error err;
	struct buf out;

	buf_init(&out, 1 << 20);
	if (fs_read_file(path, &out, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	return out;
}

static void log_lines_are_stamped_and_escaped(void **state)
{
	const char *path = test_path(test_dir(), "log");
	struct error err;
	struct buf out;
	struct stat st;

	(void)state;
	log_debug("nobody hears this");
	env_set("HEADROOM_NOW", "2026-11-21T09:30:00Z");
	assert_int_equal(log_open(path, &err), STATUS_OK);
	log_debug("a\nb %d\x1b", 7);
	log_debug("second");
	log_close();
	log_debug("nobody hears this");
	env_set("HEADROOM_NOW", NULL);

	out = read_log(path);
	assert_true(str_starts_c(buf_str(&out), "2026-11-21T09:30:00Z "));
	assert_true(str_has_c(buf_str(&out), " a\\x0ab 7\\x1b\n2026-"));
	assert_true(str_ends_c(buf_str(&out), " second\n"));
	buf_release(&out);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void log_cuts_long_lines(void **state)
{
	const char *path = test_path(test_dir(), "log");
	struct error err;
	struct buf out;
	char text[5000];

	(void)state;
	memset(text, '\x1b', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(log_open(path, &err), STATUS_OK);
	log_debug("%s", text);
	log_debug("next");
	log_close();
	out = read_log(path);
	assert_true(str_has_c(buf_str(&out), "\\x1b\n"));
	assert_true(str_ends_c(buf_str(&out), " next\n"));
	assert_true(out.n < 10000);
	buf_release(&out);
}

static void log_is_named_by_the_environment(void **state)
{
	const char *dir = test_dir(), *path = test_path(dir, "log");
	struct error err;
	struct buf out;

	(void)state;
	assert_int_equal(log_open(NULL, &err), STATUS_OK);
	log_debug("still off");
	env_set("HEADROOM_LOG", path);
	assert_int_equal(log_open(NULL, &err), STATUS_OK);
	log_debug("on");
	assert_int_equal(log_open(test_path(dir, "none/log"), &err), STATUS_NOT_FOUND);
	assert_true(str_has_c(str_c(err.message), "none/log"));
	log_debug("on as before");
	log_close();
	log_close();
	env_set("HEADROOM_LOG", NULL);
	out = read_log(path);
	assert_false(str_has_c(buf_str(&out), "still off"));
	assert_true(str_ends_c(buf_str(&out), "on as before\n"));
	buf_release(&out);
}

const struct CMUnitTest log_tests[] = {
	cmocka_unit_test(log_lines_are_stamped_and_escaped),
	cmocka_unit_test(log_cuts_long_lines),
	cmocka_unit_test(log_is_named_by_the_environment),
};
const size_t log_tests_count = sizeof(log_tests) / sizeof(*log_tests);
