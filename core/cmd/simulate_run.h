/*
 * simulate_run: one run of `headroom simulate`, and what is shown of it.
 */
#ifndef HEADROOM_CMD_SIMULATE_RUN_H
#define HEADROOM_CMD_SIMULATE_RUN_H

#include "core/simulate/totals.h"

struct simulate_run {
	struct arena arena;
	struct vec configs; /* struct sim_config */
	struct vec conversations; /* struct conversation *, in order of their sources */
	struct vec
		settled; /* struct settled, in the same order; those without a prompt of their own are left out */
	struct total ran, *totals; /* as it ran; one a configuration */
	long best; /* -1: as it ran */
	str best_reason;
	size_t files; /* looked at */
	uint32_t skipped; /* lines that are no request, or broken */
	uint32_t unreadable; /* files */
	bool sessions; /* of agents, not captured requests */
	bool verbose;
};

void simulate_text(const struct simulate_run *run, struct buf *out);
void simulate_json(const struct simulate_run *run, struct buf *out);
void simulate_csv(const struct simulate_run *run, struct buf *out);
void simulate_markdown(const struct simulate_run *run, struct buf *out);

/* Why nothing was saved, or NULL. */
const char *simulate_reason(const struct settled *s, long config);

#define AS_IT_RAN "as-it-ran"

static inline const char *simulate_name(const struct simulate_run *run, long config)
{
	return config < 0 ? AS_IT_RAN
			  : ((const struct sim_config *)vec_at(&run->configs, (size_t)config))->name.p;
}

#endif
