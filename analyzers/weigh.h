/*
 * weigh: counts, over all sessions of a project, how often each side of the evidence was used and how that went.  Evidence
 * that its own lineage refutes later (the missing path was then read or written) is dropped here.
 */
#ifndef HEADROOM_ANALYZERS_WEIGH_H
#define HEADROOM_ANALYZERS_WEIGH_H

#include "analyzers/study.h"

/* Uses of one side (key) from the first failure that speaks for it on. */
struct tally {
	uint64_t key;
	int64_t since; /* first failure of the evidence */
	uint32_t worked, failed; /* calls */
	uint32_t worked_lineages, failed_lineages;
	int64_t last_worked, last_failed;
	/* uses after the learning was published, if it was */
	int64_t published;
	uint32_t later_worked, later_failed;
};

struct weights {
	struct vec tallies; /* struct tally */
	struct map64 index; /* key -> index + 1 */
};

void weights_init(struct weights *w);
void weights_release(struct weights *w);
/* NULL if the key was never used. */
const struct tally *weights_of(const struct weights *w, uint64_t key);
/* published: key -> time a learning with that wrong side was first written; may be NULL. */
enum status weigh(struct study *s, const struct vec *groups, const struct map64 *published, struct weights *w,
		  struct error *err);

#endif
