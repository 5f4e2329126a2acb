/*
 * recall: what the sessions of a project gave (evidence, tallies, counts) is kept in the store under a fingerprint of the
 * files it came from, so that a run with nothing new reads none of it again.  What the project itself says is never kept
 * here; it is asked afresh.
 */
#ifndef HEADROOM_ANALYZERS_RECALL_H
#define HEADROOM_ANALYZERS_RECALL_H

#include "analyzers/weigh.h"

/* Fingerprint of everything that evidence depends on. */
uint64_t recall_key(const struct study *s, const struct file_row **rows, size_t n, const struct vec *items);
/* False if nothing is kept under that key. */
bool recall_load(struct study *s, struct weights *w, uint64_t key);
void recall_save(struct study *s, const struct weights *w, uint64_t key);

#endif
