/*
 * fuzz_proxy_stats: any bytes as what a proxy answers, the part behind a NUL as its /health.  What is refused leaves the
 * snapshot as it was; what is accepted holds numbers in their limits and no more rows than are allowed, and says the
 * same when it is read again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tui/proxy_stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LARGEST 9007199254740992.0

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_count(double x)
{
	require(!is_known(x) || (x >= 0 && x <= LARGEST));
}

static void check_read(const struct snapshot *s)
{
	require_count(s->requests.total);
	require_count(s->tokens.input);
	require_count(s->cache.read_tokens);
	require(!is_known(s->cache.hit_rate) || (s->cache.hit_rate >= 0 && s->cache.hit_rate <= 1));
	require(!isinf(s->cost.net_saved_usd) && !isinf(s->tokens.savings_percent));
	require(s->models.n <= PROXY_MAX_MODELS && s->sources.n == 0);
	for (size_t i = 0; i < s->models.n; i++) {
		const struct model_row *row = vec_at(&s->models, i);

		require(row->model.n <= PROXY_MAX_NAME);
		require_count(row->requests);
		require_count(row->input);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str stats = { (const char *)data, size }, health, version = STR("as it was");
	struct snapshot s, again;
	struct buf a, b;
	size_t cut = str_chr(stats, '\0');

	health = cut == STR_NONE ? STR("") : str_from(stats, cut + 1);
	stats = str_sub(stats, 0, cut);
	snapshot_init(&s);
	snapshot_init(&again);
	buf_init(&a, SIZE_MAX);
	buf_init(&b, SIZE_MAX);
	snapshot_json(&s, false, &a);
	if (proxy_stats_read(stats, health, 0, &s, &version, NULL) == STATUS_OK) {
		check_read(&s);
		buf_clear(&a);
		snapshot_json(&s, false, &a);
		require(proxy_stats_read(stats, health, 0, &again, &version, NULL) == STATUS_OK);
		snapshot_json(&again, false, &b);
	} else {
		require(str_eq_c(version, "as it was"));
		snapshot_json(&s, false, &b);
	}
	require(str_eq(buf_str(&a), buf_str(&b)));
	buf_release(&a);
	buf_release(&b);
	snapshot_release(&s);
	snapshot_release(&again);
	return 0;
}
