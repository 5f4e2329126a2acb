/*
 * top: made-up session logs and looks at sources, for the tests of `headroom top`.
 */
#ifndef HEADROOM_TESTS_UNIT_TOP_H
#define HEADROOM_TESTS_UNIT_TOP_H

#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/env.h"
#include "tui/source.h"

#define TOP_NOW "2026-03-20T12:00:00Z"

/* A source and its last snapshot. */
struct look {
	const struct source_type *type;
	void *source;
	struct source_options o;
	struct snapshot s;
};

static inline void look_open(struct look *l, const struct source_type *type, const char *name, int64_t since,
			     int jobs)
{
	*l = (struct look){ .type = type };
	l->o = (struct source_options){ .since = since, .window = STR("all"), .home = name, .jobs = jobs };
	env_set("HEADROOM_NOW", TOP_NOW);
	l->source = type->open(name, &l->o);
	snapshot_init(&l->s);
}

static inline const struct snapshot *look_again(struct look *l)
{
	snapshot_release(&l->s);
	snapshot_init(&l->s);
	l->type->poll(l->source, &l->s);
	return &l->s;
}

static inline void look_close(struct look *l)
{
	snapshot_release(&l->s);
	l->type->close(l->source);
	env_set("HEADROOM_NOW", NULL);
}

static inline bool top_warns(const struct snapshot *s, const char *text)
{
	for (size_t i = 0; i < s->warnings.n; i++)
		if (str_has_c(*(const str *)vec_at(&s->warnings, i), text))
			return true;
	return false;
}

static inline const struct source_row *top_row(const struct snapshot *s)
{
	assert_int_equal(s->sources.n, 1);
	return vec_at(&s->sources, 0);
}

#define assert_number(actual, expected) assert_number_at((actual), (expected), __FILE__, __LINE__)
static inline void assert_number_at(double actual, double expected, const char *file, int line)
{
	double off = actual - expected;

	if ((isnan(actual) && isnan(expected)) || (off < 1e-9 && off > -1e-9))
		return;
	print_error("%.12g != %.12g\n", actual, expected);
	_fail(file, line);
}

static inline void top_append(const char *path, str bytes)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	close(fd);
}

static inline void top_set_time(const char *path, int64_t seconds)
{
	const struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

#endif
