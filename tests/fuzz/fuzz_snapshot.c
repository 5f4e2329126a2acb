/*
 * fuzz_snapshot: any bytes as a recorded snapshot.  What is accepted is written as JSON that reads back as the same JSON,
 * and in no form does a control character or worse come out.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/utf8.h"
#include "tui/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_harmless(str text)
{
	size_t n;

	for (size_t i = 0; i < text.n; i += n)
		require(text.p[i] == '\n' ? (n = 1) : !utf8_is_unsafe(utf8_decode(str_from(text, i), &n)));
}

/* Past 2^53 a decimal may be read as its neighbour. */
static bool is_exact(str json)
{
	size_t digits = 0;

	for (size_t i = 0; i < json.n; i++) {
		digits = (json.p[i] >= '0' && json.p[i] <= '9') || json.p[i] == '.' ? digits + 1 : 0;
		if (digits > 15)
			return false;
	}
	return true;
}

static void check(const struct snapshot *s)
{
	struct snapshot again, merged;
	struct buf json, copy;

	buf_init(&json, SIZE_MAX);
	buf_init(&copy, SIZE_MAX);
	snapshot_json(s, false, &json);
	require_harmless(buf_str(&json));
	require(snapshot_parse(buf_str(&json), &again, NULL) == STATUS_OK);
	require(again.sources.n == s->sources.n && again.models.n == s->models.n &&
		again.projects.n == s->projects.n && again.sessions.n == s->sessions.n);
	snapshot_json(&again, false, &copy);
	require(!is_exact(buf_str(&json)) || str_eq(buf_str(&json), buf_str(&copy)));
	snapshot_init(&merged);
	snapshot_merge(&merged, s);
	snapshot_merge(&merged, &again);
	require(merged.sources.n == 2 * s->sources.n);
	buf_clear(&copy);
	snapshot_csv(&merged, false, &copy);
	snapshot_line(&merged, &copy);
	require_harmless(buf_str(&copy));
	snapshot_release(&merged);
	snapshot_release(&again);
	buf_release(&json);
	buf_release(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot s;

	if (snapshot_parse((str){ (const char *)data, size }, &s, NULL) != STATUS_OK)
		return 0;
	check(&s);
	snapshot_release(&s);
	return 0;
}
