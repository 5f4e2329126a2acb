/*
 * relevance: what matters in a text regardless of its format: error words, anchors of the query, BM25.
 */
#ifndef HEADROOM_COMPRESS_RELEVANCE_H
#define HEADROOM_COMPRESS_RELEVANCE_H

#include "core/base/arena.h"

/* "error exception failed failure critical fatal crash panic abort timeout denied rejected" as the beginning of a word
 * (the "Error" of "KeyError", too), "fail" and "timed out" as whole words, any case; "0 errors", "no errors",
 * "error: none" and the like are none. */
bool tells_error(str text);
bool tells_warning(str text); /* warn, warning */
bool tells_note(str text); /* important note todo fixme hack xxx bug fix */

/* A query made ready: anchors (UUIDs, ids with 4+ digits, host names, quoted strings of 2-50 characters, e-mail addresses)
 * and words (lower case, without stop words). */
struct query {
	str text;
	const str *anchors;
	size_t anchors_n;
	const str *words;
	const uint64_t *hashes; /* str_hash of words */
	size_t words_n;
};
void query_init(struct query *q, struct arena *a, str text); /* copies nothing but the words */
bool anchor_in(str anchor, str text); /* stands in it, as a whole: 1234 is not in 12345 */
bool query_anchored(const struct query *q, str text); /* one of the anchors stands in it, as a whole */

/* BM25 (k1 1.5, b .75, idf ln((N-n+.5)/(n+.5)+1)) of n documents for q; scores are divided by the best one. */
void bm25(const struct query *q, const str *documents, size_t n, float *scores);

#endif
