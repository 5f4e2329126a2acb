/*
 * simulate_config: the configurations that are compared: one a --config FILE, or the one there is, and what --compare and
 * --max-items add to it.
 */
#ifndef HEADROOM_CMD_SIMULATE_CONFIG_H
#define HEADROOM_CMD_SIMULATE_CONFIG_H

#include "core/base/error.h"
#include "core/cmd/simulate_run.h"

struct simulate_choice {
	const struct vec *sets; /* const char *: KEY=VALUE */
	const char *max_items; /* "5,15,50", or NULL */
	bool compare;
};

/* Adds struct sim_config to run->configs, no two files under one name. */
enum status simulate_configs(struct simulate_run *run, const struct simulate_choice *choice,
			     struct error *err);

#endif
