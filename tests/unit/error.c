#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/utf8.h"

static void error_fills_and_returns(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(error_set(&err, STATUS_LIMIT, "%s at %d", "x", 3), STATUS_LIMIT);
	assert_int_equal(err.code, STATUS_LIMIT);
	assert_string_equal(err.message, "x at 3");
	assert_int_equal(error_set(NULL, STATUS_PARSE, "nobody listens"), STATUS_PARSE);
	assert_int_equal(error_errno(NULL, ENOENT, "nobody listens"), STATUS_NOT_FOUND);
}

static void error_maps_errno(void **state)
{
	static const struct {
		int errnum;
		enum status status;
	} rows[] = {
		{ EACCES, STATUS_DENIED },    { EPERM, STATUS_DENIED },	     { EROFS, STATUS_DENIED },
		{ ENOENT, STATUS_NOT_FOUND }, { ENOTDIR, STATUS_NOT_FOUND }, { ENOSPC, STATUS_FAILED },
		{ EIO, STATUS_FAILED },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(error_errno(&err, rows[i].errnum, "cannot open %s", "f"), rows[i].status);
		assert_int_equal(err.code, rows[i].status);
		assert_memory_equal(err.message, "cannot open f: ", 15);
		assert_string_equal(err.message + 15, strerror(rows[i].errnum));
	}
}

static void error_is_one_printable_line(void **state)
{
	struct error err;

	(void)state;
	error_set(&err, STATUS_FAILED,
		  "a\nb\x1b[31mc\xff"
		  "d\xe2\x80\xae"
		  "e \xc3\xa9");
	assert_string_equal(err.message, "a?b?[31mc?d?e \xc3\xa9");
}

/* Whatever byte the cut falls on, no half character is left. */
static void error_is_cut_between_characters(void **state)
{
	char text[1024], pad[8] = "";
	struct error err;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 4);
	for (size_t n = 0; n < 4; n++) {
		size_t len;

		error_set(&err, STATUS_FAILED, "%s%s", pad, text);
		len = strlen(err.message);
		assert_true(len < sizeof(err.message) && len > sizeof(err.message) - 8);
		assert_true(utf8_valid(str_c(err.message)));
		assert_true(str_ends_c(str_c(err.message), "\xe2\x82\xac..."));
		error_errno(&err, ENOSPC, "%s%s", pad, text);
		assert_true(utf8_valid(str_c(err.message)));
		assert_true(str_ends_c(str_c(err.message), "..."));
		pad[n] = 'x';
	}
}

static void error_names_each_status(void **state)
{
	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		assert_non_null(status_name((enum status)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(status_name((enum status)i), status_name((enum status)j));
	}
}

static void xmalloc_takes_zero(void **state)
{
	void *p = xmalloc(0);
	char *s = xstrdup("");

	(void)state;
	assert_non_null(p);
	p = xrealloc(p, 0);
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
	assert_string_equal(s, "");
	free(s);
}

const struct CMUnitTest error_tests[] = {
	cmocka_unit_test(error_fills_and_returns),     cmocka_unit_test(error_maps_errno),
	cmocka_unit_test(error_is_one_printable_line), cmocka_unit_test(error_is_cut_between_characters),
	cmocka_unit_test(error_names_each_status),     cmocka_unit_test(xmalloc_takes_zero),
};
const size_t error_tests_count = sizeof(error_tests) / sizeof(*error_tests);
