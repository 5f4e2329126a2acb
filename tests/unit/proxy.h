/*
 * proxy: what the tests of the proxy source share.
 */
#ifndef HEADROOM_TESTS_UNIT_PROXY_H
#define HEADROOM_TESTS_UNIT_PROXY_H

#include "tests/test.h"

#include "tui/snapshot.h"

/* Two figures are the same, or both unknown. */
#define same(got, expected) same_at((got), (expected), #got, __LINE__)
static inline void same_at(double got, double expected, const char *what, int line)
{
	if (is_known(got) == is_known(expected) && (!is_known(got) || fabs(got - expected) < 1e-9))
		return;
	fail_msg("line %d: %s is %.12g, not %.12g", line, what, got, expected);
}

/* One of the warnings has these words. */
static inline bool warned(const struct snapshot *s, const char *words)
{
	for (size_t i = 0; i < s->warnings.n; i++)
		if (str_has_c(*(const str *)vec_at(&s->warnings, i), words))
			return true;
	return false;
}

#endif
