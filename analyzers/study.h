/*
 * study: the work on one project, from its indexed sessions to learnings.  Private to the driver, weighing, verifying and
 * ranking; analyzers see analyzer.h only.
 */
#ifndef HEADROOM_ANALYZERS_STUDY_H
#define HEADROOM_ANALYZERS_STUDY_H

#include <pthread.h>

#include "analyzers/analyzer.h"
#include "core/store/store.h"

struct lineage {
	int64_t first_ms, last_ms;
	uint32_t files, calls;
};

struct study {
	struct arena *arena; /* results */
	int jobs;
	pthread_mutex_t *store_lock; /* held while the store is asked; several lineages are read at once */
	const struct project *project;
	struct store *store;
	int64_t now, since; /* since: evidence before is ignored, 0 = none */
	struct vec evidence; /* struct evidence */
	struct vec lineages; /* struct lineage */
	uint32_t sessions, calls, failures;
	uint32_t by_class[FAIL_COUNT];
	/* of the lineage being read */
	uint32_t lineage;
	struct map64 touched; /* path hash -> 1 */
	struct map64 seen; /* call ids judged already */
};

/* Files of one lineage. */
struct lineage_files {
	const struct file_row **rows;
	size_t n;
};

/* Groups the files of a project into lineages: files that share a call id or a session id, and sub-agents with their
 * parents. out: vec of struct lineage_files. */
enum status lineage_group(struct arena *a, struct store *store, const struct file_row **rows, size_t n,
			  struct vec *out, struct error *err);

typedef void thread_fn(void *ctx, struct thread *t);
/* Reads the files of a lineage segment by segment and calls fn for each thread of each segment. */
enum status lineage_read(struct study *s, const struct lineage_files *files, thread_fn *fn, void *ctx,
			 struct error *err);

/* Calls fn for each lineage on up to s->jobs threads.  Each thread works on a study of its own that shares project and
 * store; afterwards evidence and counts are joined in order of lineage, so that the result does not depend on jobs. */
typedef enum status lineage_fn(void *ctx, struct study *own, int worker, size_t lineage,
			       const struct lineage_files *files, struct error *err);
enum status lineage_each(struct study *s, const struct vec *groups, lineage_fn *fn, void *ctx,
			 struct error *err);

/* The pass that feeds all analyzers; fills evidence, lineages and counts.  groups: of lineage_group. */
enum status drive(struct study *s, const struct vec *groups, struct error *err);

#endif
