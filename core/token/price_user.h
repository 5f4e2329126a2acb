/*
 * price_user: what a user's tables say, as price.c reads it.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_PRICE_USER_H
#define HEADROOM_TOKEN_PRICE_USER_H

#include "core/base/arena.h"
#include "core/base/vec.h"
#include "core/token/price.h"

/* One entry of one of the three tables: the others' fields are 0. */
struct price_user_row {
	str model; /* as model_name_dated gives it */
	bool priced;
	struct price price;
	int64_t context;
	const struct tokenizer *encoding;
};

struct price_user {
	struct arena arena;
	struct vec rows; /* of struct price_user_row, later ones win */
};

#endif
