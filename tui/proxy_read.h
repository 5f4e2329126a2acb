/*
 * proxy_read: the parts of proxy_stats.  Private to it.
 */
#ifndef HEADROOM_TUI_PROXY_READ_H
#define HEADROOM_TUI_PROXY_READ_H

#include "core/json/jget.h"
#include "tui/snapshot.h"

/* What a number must be to be believed; counts stop where a double no longer tells neighbours apart. */
enum proxy_kind {
	PROXY_WHOLE,
	PROXY_DELTA, /* saved tokens: a compression may have made things larger */
	PROXY_USD,
	PROXY_MS,
	PROXY_SECONDS,
	PROXY_COUNT
};

/* UNKNOWN if it is none, or none of that kind; numbers in quotes are numbers. */
double proxy_number(struct jval v, enum proxy_kind kind);
double proxy_number_at(struct jval object, const char *path, enum proxy_kind kind);

/* Adds the rows of out->models: requests from counts (requests.by_model), tokens from priced (cost.per_model), whose own
 * requests are only those that were priced. */
void proxy_read_models(struct jval counts, struct jval priced, struct snapshot *out);

/* USD more for a token written to the provider's cache anew than for one read from it, averaged over the busted tokens
 * of all providers (prefix_cache.by_provider); UNKNOWN if no price follows. */
double proxy_bust_price(struct jval by_provider);

#endif
