/*
 * ingest: brings the index of session files up to date.  Finds the logs that can belong to the wanted projects, reads only what
 * is new (on several threads), and leaves the digests in the store.  Rows of logs that the agent has deleted stay.
 */
#ifndef HEADROOM_ANALYZERS_INGEST_H
#define HEADROOM_ANALYZERS_INGEST_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/vec.h"
#include "core/store/store.h"
#include "scanners/scanner.h"

struct ingest_options {
	const struct scanner *const *scanners; /* NULL-terminated */
	struct scan_roots roots;
	const str *projects; /* roots whose logs are wanted; n = 0: all logs */
	size_t projects_n;
	int jobs;
	bool reindex; /* read every file again */
	/* Progress of a long scan, called from the calling thread's locks: bytes done and to do. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

struct ingest_result {
	struct vec files; /* struct file_row: all known rows, present and absent, in order of path */
	uint64_t found; /* logs on disk that can belong to the wanted projects */
	uint64_t bytes, bytes_read;
	uint32_t lines_skipped, unknown_kinds, unreadable;
	struct vec looked; /* str: folders that were looked at */
	bool interrupted;
};

void ingest_result_init(struct ingest_result *r);
void ingest_result_release(struct ingest_result *r);
/* Strings of the result are in a. */
enum status ingest_run(struct arena *a, struct store *store, const struct ingest_options *o,
		       struct ingest_result *r, struct error *err);

#endif
