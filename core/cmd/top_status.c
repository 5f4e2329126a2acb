/*
 * top_status: the JSON that Claude Code writes to its status line's standard input:
 *
 *	{"session_id":"...","transcript_path":"/.../ID.jsonl","model":{"id":"...","display_name":"..."},
 *	 "workspace":{"current_dir":"..."},"cost":{"total_cost_usd":0.42},
 *	 "context_window":{"used_percentage":30.5,"context_window_size":200000,"current_usage":{"input_tokens":1,
 *	  "cache_creation_input_tokens":1,"cache_read_input_tokens":1}}}
 *
 * Format: https://code.claude.com/docs/en/statusline.  context_window came later than the rest; its members may be null.
 */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/cmd/top_run.h"
#include "core/json/jget.h"

enum {
	MAX_INPUT = 1 << 20,
	WAIT_MS = 200, /* for the next byte */
	CHUNK = 16 << 10
};

/* Percent of the window, as told, or from the tokens of the last prompt. */
static double context_of(struct jval whole)
{
	struct jval window = jget(whole, "context_window"), usage = jget(window, "current_usage");
	double told = jval_f64(jget(window, "used_percentage"), UNKNOWN);
	double size = jval_f64(jget(window, "context_window_size"), UNKNOWN);
	double tokens = jval_f64(jget(usage, "input_tokens"), UNKNOWN) +
			jval_f64(jget(usage, "cache_creation_input_tokens"), 0) +
			jval_f64(jget(usage, "cache_read_input_tokens"), 0);

	if (is_known(told))
		return told;
	return size > 0 ? 100 * tokens / size : UNKNOWN;
}

enum status top_status_parse(struct arena *a, str json, struct top_status *out, struct error *err)
{
	struct jval whole = jval_of(json);
	struct top_status s;

	s.session_id = jval_str(a, jget(whole, "session_id"));
	s.transcript = jval_str(a, jget(whole, "transcript_path"));
	s.model = jval_str(a, jget_path(whole, "model.id"));
	s.spent_usd = jval_f64(jget_path(whole, "cost.total_cost_usd"), UNKNOWN);
	s.context_percent = context_of(whole);
	if (s.session_id.n == 0 && s.transcript.n == 0)
		return error_set(
			err, STATUS_PARSE,
			"standard input: not what Claude Code tells a status line: no session_id, no "
			"transcript_path");
	*out = s;
	return STATUS_OK;
}

/* Terminals and the like are not read, and nobody is waited for who keeps silent. */
static bool is_ready(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct stat st;

	if (fstat(STDIN_FILENO, &st) != 0 || S_ISCHR(st.st_mode) || S_ISDIR(st.st_mode))
		return false;
	return poll(&fd, 1, WAIT_MS) > 0;
}

enum status top_status_read(struct arena *a, struct top_status *out, struct error *err)
{
	enum status status = STATUS_DONE;
	struct buf text;
	ssize_t n = 1;

	buf_init(&text, MAX_INPUT);
	while (n > 0 && is_ready()) {
		char *room = buf_room(&text, CHUNK);

		if (!room)
			break;
		n = read(STDIN_FILENO, room, CHUNK);
		buf_commit(&text, n > 0 ? (size_t)n : 0);
	}
	if (str_trim(buf_str(&text)).n)
		status = top_status_parse(a, arena_str(a, buf_str(&text)), out, err);
	buf_release(&text);
	return status;
}

/* The latest row of the log is the session's; what Claude Code says itself goes before what the log says. */
void top_status_poll(const struct top_status *status, const struct source_options *o, struct snapshot *out)
{
	struct source_options all = *o;
	struct session_row *row;
	struct arena a;
	struct feed feed;

	all.since = 0;
	all.window = STR("all");
	all.jobs = 1;
	arena_init(&a);
	if (status->transcript.n &&
	    feed_open_as(&sessions_source, arena_c(&a, status->transcript), &all, &feed, NULL) == STATUS_OK) {
		feed.type->poll(feed.source, out);
		feed.type->close(feed.source);
	}
	arena_release(&a);
	if (out->sessions.n == 0) {
		row = vec_push(&out->sessions);
		*row = (struct session_row){ .id = arena_str(&out->arena, status->session_id),
					     .agent = STR("claude"),
					     .model = arena_str(&out->arena, status->model),
					     .context_percent = UNKNOWN,
					     .tokens = UNKNOWN,
					     .spent_usd = UNKNOWN,
					     .calls = UNKNOWN,
					     .failures = UNKNOWN };
	}
	row = vec_at(&out->sessions, 0);
	if (is_known(status->context_percent))
		row->context_percent = status->context_percent;
	if (!is_known(status->spent_usd))
		return;
	row->spent_usd = out->cost.spent_usd = status->spent_usd;
	row->partial = false;
	out->cost.basis = STR("Claude Code");
}
