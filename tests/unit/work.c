#include "tests/test.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/work.h"

#define ITEMS 1000
#define JOBS 4

struct tally {
	atomic_int done[ITEMS];
	atomic_int in_use[JOBS]; /* a worker must never be in two places */
	atomic_int total;
	int jobs, stop_at;
};

static bool count_item(void *ctx, int worker, size_t item)
{
	struct tally *t = ctx;

	/* cmocka's asserts jump, which only the test's own thread may do. */
	if (worker < 0 || worker >= t->jobs || atomic_fetch_add(&t->in_use[worker], 1) != 0)
		return false;
	atomic_fetch_add(&t->done[item], 1);
	atomic_fetch_sub(&t->in_use[worker], 1);
	return atomic_fetch_add(&t->total, 1) + 1 != t->stop_at;
}

static void work_does_each_item_once(void **state)
{
	static const int jobs[] = { 1, 2, JOBS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct tally t = { .jobs = jobs[i] };

		work_run(jobs[i], ITEMS, count_item, &t);
		assert_int_equal(t.total, ITEMS);
		for (size_t j = 0; j < ITEMS; j++)
			assert_int_equal(t.done[j], 1);
	}
}

static void work_takes_odd_counts(void **state)
{
	struct tally t = { .jobs = JOBS };

	(void)state;
	work_run(JOBS, 0, count_item, &t);
	assert_int_equal(t.total, 0);
	work_run(JOBS, 1, count_item, &t);
	assert_int_equal(t.total, 1);
	t.jobs = 1;
	work_run(0, 2, count_item, &t);
	assert_int_equal(t.total, 3);
	t.jobs = 2; /* never more workers than items */
	work_run(JOBS, 2, count_item, &t);
	assert_int_equal(t.total, 5);
}

static void work_stops_when_told(void **state)
{
	struct tally alone = { .jobs = 1, .stop_at = 3 }, many = { .jobs = JOBS, .stop_at = 3 };

	(void)state;
	work_run(1, ITEMS, count_item, &alone);
	assert_int_equal(alone.total, 3);
	assert_int_equal(alone.done[2], 1);
	assert_int_equal(alone.done[3], 0);
	work_run(JOBS, ITEMS, count_item, &many);
	assert_true(many.total >= 3 && many.total <= ITEMS);
}

/* In a child, as signal handlers and the flag are for the whole process. */
static void work_notices_signals(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		work_catch_signals();
		if (work_interrupted())
			_exit(1);
		raise(SIGINT);
		if (!work_interrupted())
			_exit(2);
		raise(SIGINT); /* the second one is not caught */
		_exit(3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	assert_false(work_interrupted());
}

const struct CMUnitTest work_tests[] = {
	cmocka_unit_test(work_does_each_item_once),
	cmocka_unit_test(work_takes_odd_counts),
	cmocka_unit_test(work_stops_when_told),
	cmocka_unit_test(work_notices_signals),
};
const size_t work_tests_count = sizeof(work_tests) / sizeof(*work_tests);
