/*
 * work: run one function over many items on several threads.  Items are taken in order of their index; the
 * caller sorts largest first.  With jobs == 1 everything runs on the calling thread.
 */
#ifndef HEADROOM_BASE_WORK_H
#define HEADROOM_BASE_WORK_H

#include <stdbool.h>
#include <stddef.h>

/* worker: 0..jobs-1.  Returns false to stop handing out further items. */
typedef bool work_fn(void *ctx, int worker, size_t item);
void work_run(int jobs, size_t items, work_fn *fn, void *ctx);

/* True once SIGINT or SIGTERM arrived after work_catch_signals; long loops ask it.  A second one ends the
 * program. */
void work_catch_signals(void);
bool work_interrupted(void);

#endif
