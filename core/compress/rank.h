/*
 * rank: things by their scores, the best first, equals in their order.
 */
#ifndef HEADROOM_COMPRESS_RANK_H
#define HEADROOM_COMPRESS_RANK_H

#include <stdint.h>

struct rank {
	float score;
	uint32_t index;
};

int rank_by_score(const void *x, const void *y); /* for sorting */

#endif
