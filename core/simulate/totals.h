/*
 * totals: settled conversations summed up per configuration, with bands from resampling the conversations, and the
 * configuration to take.
 */
#ifndef HEADROOM_SIMULATE_TOTALS_H
#define HEADROOM_SIMULATE_TOTALS_H

#include "core/simulate/money.h"

#define TOTALS_BAND_LEAST 8 /* conversations below which no band is told */

struct band {
	double low, high; /* 2.5th and 97.5th percentile */
};

struct total {
	size_t conversations, requests;
	uint64_t before, after; /* tokens */
	double savings_percent;
	size_t priced; /* requests; dollars are those of these alone */
	double usd_before, usd_after, gross_usd, cache_usd, net_usd;
	bool has_bands;
	struct band percent_band, net_band;
};

/* settled: struct settled.  config < 0: as it ran. */
void totals_of(const struct vec *settled, long config, struct total *out);
/* The index of the best of n, with the reason in a; -1: as it ran. */
long totals_best(struct arena *a, const struct total *totals, size_t n, str *reason);

#endif
