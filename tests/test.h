/*
 * test: what every file in tests/unit includes first.  To add tests, write tests/unit/NAME.c (NAME a C
 * identifier) that ends with
 *
 *	const struct CMUnitTest NAME_tests[] = {
 *		cmocka_unit_test(name_does_this),
 *	};
 *	const size_t NAME_tests_count = sizeof(NAME_tests) / sizeof(*NAME_tests);
 *
 * and nothing else: the Makefile lists the files, tests/main.c joins their tables into one group.
 *
 * Tests run in one process, in order, with a fixed environment: HOME is an empty folder that lasts as long as
 * the run, TZ is UTC, COLUMNS 80, every HEADROOM_ variable unset.  Whoever changes it with env_set puts it
 * back.
 */
#ifndef HEADROOM_TESTS_TEST_H
#define HEADROOM_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* A new empty folder below the run's temporary one, its name absolute; the string and the folder last
 * until the run ends, which removes both. */
const char *test_dir(void);
/* "DIR/NAME", lasting as long. */
const char *test_path(const char *dir, const char *name);
/* Writes a file with these bytes, creating the folders it is in. */
void test_write(const char *path, str bytes);

#define assert_str_equal(s, literal) assert_str_equal_at((s), (literal), __FILE__, __LINE__)
void assert_str_equal_at(str s, const char *expected, const char *file, int line);

#endif
