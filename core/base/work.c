#include "core/base/work.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/base/error.h"

struct work {
	work_fn *fn;
	void *ctx;
	size_t items;
	atomic_size_t next; /* first item nobody has taken */
	atomic_bool stopped;
};

struct worker {
	struct work *work;
	int index;
	pthread_t thread;
};

static void *run_worker(void *arg)
{
	const struct worker *me = arg;
	struct work *w = me->work;
	size_t item;

	while (!w->stopped && (item = atomic_fetch_add(&w->next, 1)) < w->items)
		if (!w->fn(w->ctx, me->index, item))
			w->stopped = true;
	return NULL;
}

/* Signals stay with the calling thread, whose blocking calls they are meant to end. */
static int start_workers(struct worker *workers, int jobs)
{
	sigset_t all, old;
	int started = 1;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (started < jobs &&
	       pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return started;
}

void work_run(int jobs, size_t items, work_fn *fn, void *ctx)
{
	struct work w = { .fn = fn, .ctx = ctx, .items = items };
	struct worker *workers;
	int started;

	if (jobs < 1 || items <= 1)
		jobs = 1;
	else if ((size_t)jobs > items)
		jobs = (int)items;
	workers = xcalloc((size_t)jobs, sizeof(*workers));
	for (int i = 0; i < jobs; i++) {
		workers[i].work = &w;
		workers[i].index = i;
	}
	/* The calling thread is worker 0, so the work gets done even when no thread can be had. */
	started = start_workers(workers, jobs);
	run_worker(&workers[0]);
	for (int i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	free(workers);
}

static atomic_bool interrupted;

static void on_signal(int signum)
{
	(void)signum;
	interrupted = true;
}

void work_catch_signals(void)
{
	/* Once each: whoever asks a second time is not made to wait.  Blocking calls return with EINTR. */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool work_interrupted(void)
{
	return interrupted;
}
