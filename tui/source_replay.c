/*
 * The replay source: a recording, one snapshot a line.  Each poll tells the next; behind the last it stays, until the file
 * has grown.
 */
#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jget.h"
#include "core/json/jsonl.h"
#include "tui/source.h"

#define MAX_LINE ((size_t)16 << 20)

struct replay {
	struct jsonl *lines;
	char *path;
	struct buf line; /* the one told last; "" before the first */
	struct buf next; /* the one to be told, "" at the end */
	uint32_t skipped;
};

/* Something a snapshot has and hardly anything else. */
static bool is_snapshot(str line)
{
	struct jval v = jval_of(line);

	return v.type == J_OBJECT && jget(v, "sources").type == J_ARRAY &&
	       jget(v, "version").type == J_NUMBER;
}

/* The next line that is a snapshot, if there is one. */
static void look_ahead(struct replay *r)
{
	struct jsonl_line line;

	buf_clear(&r->next);
	while (r->next.n == 0 && jsonl_next(r->lines, &line, NULL) == STATUS_OK) {
		if (line.elided == 0 && is_snapshot(line.text))
			buf_add(&r->next, line.text);
		else
			r->skipped++;
	}
}

static void replay_close(void *source)
{
	struct replay *r = source;

	if (!r)
		return;
	jsonl_free(r->lines);
	buf_release(&r->line);
	buf_release(&r->next);
	free(r->path);
	free(r);
}

static void *replay_open(const char *name, const struct source_options *o)
{
	struct jsonl *lines = name && fs_is_file(name) ? jsonl_open(name, 0, 1, NULL) : NULL;
	struct replay *r;

	(void)o;
	if (!lines)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->lines = lines;
	r->path = xstrdup(name);
	buf_init(&r->line, MAX_LINE);
	buf_init(&r->next, MAX_LINE);
	jsonl_whole(lines, MAX_LINE);
	look_ahead(r);
	if (r->next.n == 0) {
		replay_close(r);
		return NULL;
	}
	return r;
}

/* The rows of the recording are told as they were; ours, behind them, says where they are from. */
static void tell_source(const struct replay *r, struct snapshot *out)
{
	int64_t now = env_now_ms();
	struct source_row *row;

	for (size_t i = 0; i < out->sources.n; i++) {
		row = vec_at(&out->sources, i);
		if (str_eq_c(row->kind, "replay") && str_eq_c(row->name, r->path))
			return;
	}
	row = snapshot_source(out, "replay", str_c(r->path), SOURCE_FILE);
	if (out->taken_at)
		row->age_seconds = now > out->taken_at ? (double)(now - out->taken_at) / 1000 : 0;
}

static void replay_poll(void *source, struct snapshot *out)
{
	struct replay *r = source;
	const struct jsonl_stats *stats = jsonl_stats(r->lines);
	uint32_t skipped;
	struct snapshot told;
	struct error err;

	if (r->next.n == 0)
		look_ahead(r);
	if (r->next.n) {
		struct buf line = r->line;

		r->line = r->next;
		r->next = line;
		look_ahead(r);
	}
	if (snapshot_parse(buf_str(&r->line), &told, &err) == STATUS_OK) {
		snapshot_release(out);
		*out = told;
	} else {
		snapshot_warn(out, "%s: %s", r->path, err.message);
	}
	skipped = r->skipped + stats->skipped_long + stats->skipped_nul + stats->skipped_other;
	if (skipped)
		snapshot_warn(out, "%s: lines that are no snapshots: %u", r->path, skipped);
	tell_source(r, out);
}

static bool replay_ended(void *source)
{
	struct replay *r = source;

	if (r->next.n == 0)
		look_ahead(r);
	return r->next.n == 0;
}

const struct source_type replay_source = {
	.kind = "replay",
	.open = replay_open,
	.poll = replay_poll,
	.close = replay_close,
	.ended = replay_ended,
};
