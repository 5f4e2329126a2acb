/*
 * proxy_stats: what a Headroom proxy says of itself (GET /stats and /health, releases 0.5.18 to 0.28), read into a
 * snapshot.  Fields may be missing, added, null or of another type: each is looked for by itself, and what is not there
 * stays UNKNOWN.  The table in proxy_stats.c says which field gives which figure; derived figures:
 *
 *	requests.cached         answered from the proxy's response cache; hits of the provider's prefix cache, which later
 *	                        releases add, are taken off
 *	tokens.savings_percent  100 * saved / (input + saved)
 *	cache.hit_rate          read / (read + write + uncached), of tokens; unknown where the uncached are not counted
 *	                        (0.5.18 has a rate of requests only)
 *	cost.cache_discount_usd what reading from the provider's cache saved less what writing to it cost more; the proxy's
 *	                        own net_savings_usd does not subtract that premium.  Never part of our saving.
 *	cost.bust_usd           tokens written to the cache anew which would have been read, at the price per token that
 *	                        the provider's discount and premium imply
 *	cost.net_saved_usd      saved_usd - bust_usd
 *
 * All of it counts since the proxy started, which is the window "process".  What a proxy keeps longer is not mixed in:
 * only `lifetime` is, and the projects of later releases, which are lifetime sums as well, are left out.
 */
#ifndef HEADROOM_TUI_PROXY_STATS_H
#define HEADROOM_TUI_PROXY_STATS_H

#include "tui/snapshot.h"

#define PROXY_MAX_MODELS 1000 /* further ones are counted in a warning */
#define PROXY_MAX_NAME 256 /* bytes of a model's name */

/*
 * Fills *out, which is initialised, and *version ("" unknown, in out's arena).  health may be empty; now is the time
 * the start of the process is reckoned from if /health does not say when it was asked.  STATUS_PARSE, and *out as it
 * was: stats is no whole JSON object, or none of a Headroom proxy.
 */
enum status proxy_stats_read(str stats, str health, int64_t now, struct snapshot *out, str *version,
			     struct error *err);

#endif
