/*
 * simulate_input: what there is to simulate: captured requests in files and folders, or the sessions of agents on this
 * machine.
 */
#ifndef HEADROOM_CMD_SIMULATE_INPUT_H
#define HEADROOM_CMD_SIMULATE_INPUT_H

#include "core/cmd/simulate_run.h"
#include "scanners/scanner.h"

#define SESSION_LEAST 4 /* characters of a session's id that may stand for it */

struct simulate_source {
	const char *path; /* captured requests; "-" is standard input */
	const struct scanner *scanner; /* else the logs of one session */
	str name; /* its id */
	struct vec files; /* struct session_file */
	uint64_t size;
};

struct simulate_wanted {
	const char *session, *project; /* NULL: any session; the working directory */
	bool all;
	struct scan_roots roots;
};

/* Files and folders as they were named: struct simulate_source into out.  What is not there or closed is found out
 * when it is read. */
enum status simulate_find_files(struct arena *a, const struct vec *operands, struct vec *out,
				struct error *err);
/* STATUS_NOT_FOUND says where was looked. */
enum status simulate_find_sessions(struct arena *a, const struct simulate_wanted *w, struct vec *out,
				   struct error *err);
/* Reads all of them on `jobs` threads into run->conversations. */
enum status simulate_read(struct simulate_run *run, struct vec *sources, const struct sim_options *o,
			  int jobs, struct error *err);

#endif
