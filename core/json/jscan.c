#include "core/json/jscan.h"

#include <string.h>

#include "core/base/env.h"
#include "core/json/jget.h"
#include "core/json/jscan_kernels.h"

/* Best first. */
static const struct jscan *const kernels[] = {
#ifdef __x86_64__
	&jscan_avx2,
	&jscan_sse2,
#endif
	&jscan_swar,
	NULL,
};

const struct jscan *jscan_current = &jscan_swar;

const char *jscan_name(void)
{
	return jscan_current->name;
}

bool jscan_select(const char *name)
{
	for (const struct jscan *const *k = kernels; *k; k++)
		if (strcmp((*k)->name, name) == 0 && (*k)->runs_here()) {
			jscan_current = *k;
			return true;
		}
	return false;
}

/* Before main(), so that no thread ever sees it change and no caller can forget it. */
__attribute__((constructor)) static void select_best(void)
{
	const char *wanted = env_get("HEADROOM_SIMD");

	if (wanted && jscan_select(wanted))
		return;
	for (const struct jscan *const *k = kernels; *k; k++)
		if ((*k)->runs_here()) {
			jscan_current = *k;
			return;
		}
}
