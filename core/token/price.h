/*
 * price: what a model's tokens cost, how many it holds, and from how many on a prompt prefix is cached.  A dated table
 * of list prices, in USD; what a user's tables say wins over it.  A model without a row has no price: there is no
 * guessing by name.  Knows nothing of files, environment or clock: texts and times are handed in.
 */
#ifndef HEADROOM_TOKEN_PRICE_H
#define HEADROOM_TOKEN_PRICE_H

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/model/event.h"

struct tokenizer;

/* When the table was last compared with its sources: "2026-10-24". */
extern const char price_table_date[];
#define PRICE_TABLE_STALE_DAYS 60

enum price_source {
	PRICE_TABLE,
	PRICE_USER,
	PRICE_SOURCE_COUNT
};
extern const char *const price_source_names[PRICE_SOURCE_COUNT]; /* "table", "user" */

/* USD per million tokens.  Where a provider does not charge for cache writes they cost as input does. */
struct price {
	double input, output, cache_read, cache_write_5m, cache_write_1h;
	/* A request whose prompt, cached or not, is longer than this pays its whole input side and its output times
	 * the factors; 0: there is no such band. */
	int64_t long_above;
	double long_input, long_output;
	enum price_source source;
	const char *note; /* where the price is from; static, or as long-lived as the user's tables */
};

/* A user's own prices, limits and vocabularies. */
struct price_user;

struct price_user *price_user_new(void);
void price_user_free(struct price_user *u);
/*
 * Adds a table; of two that name a model the later wins, part by part.  `origin` names it in messages and notes.
 *
 *	{"anthropic":{"context_limits":{"MODEL":200000},
 *		      "pricing":{"MODEL":{"input":3,"output":15,"cached_input":0.3,
 *					  "cache_write_5m":3.75,"cache_write_1h":6}}},
 *	 "openai":{"pricing":{"MODEL":[1.25,10]},"encodings":{"MODEL":"o200k_base"}}}
 *
 * The three tables may also stand at the top, without a provider.  Rates left out follow from the input: cached input
 * as the provider usually grants, cache writes 1.25 and 2 times for Claude and once elsewhere.  STATUS_PARSE if it is
 * no JSON, STATUS_USAGE if a value is not what is expected; then nothing is added.
 */
enum status price_user_add(struct price_user *u, str json, const char *origin, struct error *err);

/* The price at a time (ms since 1970; 0: the latest); false, and *out unchanged, if there is none.  user may be
 * NULL. */
bool price_find(const struct price_user *user, str model, int64_t time, struct price *out);
/* Tokens of the context window.  *known (may be NULL) is false where it is inferred from a name's likeness. */
int64_t price_context_limit(const struct price_user *user, str model, bool *known);
/* Tokens a prompt prefix must have to be cached; 0: unknown. */
int64_t price_min_prefix(str model);
/* As tokenizer_for_model, but for the user's encodings. */
const struct tokenizer *price_tokenizer(const struct price_user *user, str model);

enum cost_flag {
	COST_UNSPLIT = 1, /* cache writes without their lifetime in the record: taken as 5-minute ones */
	COST_LONG = 2 /* the long prompt's factors apply */
};

struct cost {
	double usd; /* sum of the others */
	double input, output, cache_read, cache_write;
	unsigned flags; /* of enum cost_flag */
};

/* What one request costs.  usage.input is what was neither read from nor written to a cache. */
struct cost price_cost(const struct price *p, const struct usage *u);

#endif
