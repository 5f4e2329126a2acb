/*
 * fuzz_marker: any bytes as an instruction file.  Replacing or removing a block leaves all other bytes alone,
 * doing it twice changes nothing more, and an appended block can be taken away without a trace.
 */
#include <stdint.h>
#include <stdlib.h>

#include "writers/marker.h"

#define BLOCK MARKER_START "\n## T\n- `a` is now `b`.\n" MARKER_END "\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool find(str file, struct marker_span *span)
{
	struct error err = { 0 };
	enum status status = marker_find(file, span, &err);

	require(status == STATUS_OK || (status == STATUS_REFUSED && err.message[0]));
	if (status == STATUS_OK && span->found) {
		require(span->from < span->to && span->to <= file.n);
		require(span->body.p >= file.p + span->from &&
			span->body.p + span->body.n <= file.p + span->to);
	}
	return status == STATUS_OK;
}

static void splice(str file, const struct marker_span *span, str block, struct buf *out)
{
	buf_clear(out);
	marker_splice(file, span, block, out);
	require(!out->full);
}

static void check_bullets(str body)
{
	struct vec bullets;

	vec_init(&bullets, sizeof(struct marker_bullet));
	marker_bullets(body, &bullets);
	for (size_t i = 0; i < bullets.n; i++) {
		const struct marker_bullet *b = vec_at(&bullets, i);

		require(b->text.n == 0 || (b->text.p >= body.p && b->text.p + b->text.n <= body.p + body.n));
		require(b->section.n == 0 || (b->section.p >= body.p && b->section.p < body.p + body.n));
	}
	vec_release(&bullets);
}

/* A file with a block: only the block changes, and it can go. */
static void check_replace(str file, const struct marker_span *span, struct buf *once, struct buf *twice)
{
	str before = str_sub(file, 0, span->from), after = str_from(file, span->to);
	struct marker_span again;

	check_bullets(span->body);
	splice(file, span, STR(BLOCK), once);
	require(str_starts(buf_str(once), before) && str_ends(buf_str(once), after));
	require(find(buf_str(once), &again) && again.found && again.from == span->from);
	require(again.to == once->n - after.n);
	splice(buf_str(once), &again, STR(BLOCK), twice);
	require(str_eq(buf_str(once), buf_str(twice)));

	splice(file, span, STR(""), once);
	require(str_ends(buf_str(once), after));
	require(str_starts(before, str_sub(buf_str(once), 0, once->n - after.n)));
	require(before.n + after.n - once->n <= (after.n == 0 ? 5 : 0));
	require(find(buf_str(once), &again) && !again.found);
}

/* A file without one; where something is left open at its end the block does not show and nothing follows. */
static void check_append(str file, const struct marker_span *span, struct buf *once, struct buf *twice)
{
	struct marker_span added;

	splice(file, span, STR(""), once);
	require(str_eq(buf_str(once), file));
	splice(file, span, STR(BLOCK), once);
	require(str_starts(buf_str(once), file));
	if (!find(buf_str(once), &added) || !added.found)
		return;
	require(added.to == once->n);
	splice(buf_str(once), &added, STR(BLOCK), twice);
	require(str_eq(buf_str(once), buf_str(twice)));
	splice(buf_str(once), &added, STR(""), twice);
	require(str_eq(buf_str(twice), file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str file = { (const char *)data, size };
	struct marker_span span;
	struct buf once, twice;

	if (!find(file, &span))
		return 0;
	buf_init(&once, 2 * size + 1000);
	buf_init(&twice, 2 * size + 1000);
	if (span.found)
		check_replace(file, &span, &once, &twice);
	else
		check_append(file, &span, &once, &twice);
	buf_release(&twice);
	buf_release(&once);
	return 0;
}
