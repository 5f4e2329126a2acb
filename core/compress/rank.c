#include "core/compress/rank.h"

int rank_by_score(const void *x, const void *y)
{
	const struct rank *a = x, *b = y;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}
