/*
 * align: keeps the beginning of a request the same from day to day, so that a provider's cache goes on fitting.  Lines
 * and sentences of system texts that say something of the moment (dates, times, ids, keys, versions, hashes) move to the
 * end of the last system text, whole, so that a value keeps what it is the value of:
 *
 *	\n\n---\n[Dynamic Context]\nCurrent Date: 2026-11-21
 *
 * Nothing is lost, nothing outside of system texts is touched, fenced code stays, and so does the frozen prefix.
 */
#ifndef HEADROOM_COMPRESS_ALIGN_H
#define HEADROOM_COMPRESS_ALIGN_H

#include <regex.h>

#include "core/base/vec.h"
#include "core/compress/run.h"

/* Where text says something of the moment; vec of struct align_span, in order. */
struct align_span {
	size_t from, to; /* the value */
	size_t unit_from,
		unit_to; /* the line or sentence it is in, with its line end if that is all of the line */
};
/* Own expressions of the user, compiled. */
struct align_patterns {
	regex_t *own;
	size_t n;
};
void align_patterns_init(struct align_patterns *p, struct arena *a, const char *lines);
void align_find(str text, const struct align_patterns *p, struct vec *spans);

/* Tokens of what would move out of a system slot. */
size_t align_dynamic_tokens(const struct run *run, size_t slot);
/* 100 less what keeps the system texts from being the same again: 10 a value, 5 for CRs, 2 for runs of blanks or of
 * empty lines. */
int align_score(str text);
/* Takes back what the aligner did, with its label: it may cost some tokens, but only of those others have saved. */
void align_undo(struct run *run);

/* Fills stable_prefix_hash and cache_alignment_score of the result. */
void prefix_measure(struct run *run);

#endif
