/*
 * source_proxy: the parts of the proxy source that tests need to see.
 */
#ifndef HEADROOM_TUI_SOURCE_PROXY_H
#define HEADROOM_TUI_SOURCE_PROXY_H

#include "tui/source.h"

#define PROXY_PORT 8787 /* where a proxy listens unless HEADROOM_PORT says otherwise */
#define PROXY_BACKOFF_MAX_US 15000000

/* proxy_source.poll at that time of the monotonic clock. */
void proxy_poll_at(void *source, int64_t now_us, struct snapshot *out);
/*
 * How long a proxy is left alone after so many failures in a row: from a second doubling to PROXY_BACKOFF_MAX_US, less
 * up to a quarter by the seed, so that several dashboards do not come back at once.
 */
int64_t proxy_backoff_us(uint64_t seed, unsigned failures);

#endif
