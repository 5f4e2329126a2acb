/*
 * event: what a scanner tells about one session file, agent peculiarities removed.  Tool names and inputs are
 * normalised here once, so that no analyzer knows an agent.  Events are borrowed: every str is valid until the next call
 * of the scanner's next().
 */
#ifndef HEADROOM_MODEL_EVENT_H
#define HEADROOM_MODEL_EVENT_H

#include "core/base/buf.h"

enum event_kind {
	EVENT_CALL, /* a tool call */
	EVENT_RESULT, /* its result, paired by call_id */
	EVENT_USER, /* a human wrote something (not meta, not a summary, not injected text) */
	EVENT_COMPACT, /* the conversation was summed up here */
	EVENT_INTERRUPT, /* the human pressed escape */
	EVENT_LINK, /* sub-agent `agent` was started by call_id */
	EVENT_REWRITE, /* a hook executed `input.command` instead of what call_id asked for */
	EVENT_USAGE, /* an API message without tool call: its usage only */
	EVENT_TITLE, /* text: the session's title */
	EVENT_KIND_COUNT
};

enum tool {
	TOOL_OTHER,
	TOOL_READ,
	TOOL_WRITE,
	TOOL_EDIT,
	TOOL_SHELL, /* POSIX-like shell */
	TOOL_POWERSHELL,
	TOOL_SHELL_OUTPUT, /* polls a background shell */
	TOOL_GREP, /* searches contents: pattern, path */
	TOOL_GLOB, /* searches names: pattern, path */
	TOOL_LIST, /* lists a folder: path */
	TOOL_WEB, /* fetches or searches the web */
	TOOL_MCP, /* a tool of an external server */
	TOOL_TASK, /* starts a sub-agent */
	TOOL_ASK, /* asks the user, shows a plan */
	TOOL_COUNT
};
extern const char *const tool_names[TOOL_COUNT];

/* Structural outcome of a call as the agent's harness states it; program output is classified elsewhere. */
enum outcome {
	OUTCOME_NONE, /* no result seen */
	OUTCOME_OK,
	OUTCOME_ERROR, /* failed, reason only in the text (exit codes in exit_code where known) */
	OUTCOME_MISSING, /* path does not exist; hint may name the file that was meant */
	OUTCOME_IS_DIRECTORY,
	OUTCOME_TOO_LARGE,
	OUTCOME_REJECTED, /* a deliberate refusal by the user */
	OUTCOME_REJECTED_REASON, /* the same with a text by the user */
	OUTCOME_DENIED, /* a permission rule or missing permission */
	OUTCOME_SANDBOX,
	OUTCOME_TIMEOUT,
	OUTCOME_CANCELLED, /* cancelled with a sibling, aborted, interrupted: no failure of its own */
	OUTCOME_DISCIPLINE, /* edit-not-found, stale, unread, bad input: the harness's own rules */
	OUTCOME_NO_MATCH, /* an answer, not a failure */
	OUTCOME_BACKGROUND, /* started in background */
	OUTCOME_COUNT
};
extern const char *const outcome_names[OUTCOME_COUNT];

struct tool_input {
	str command; /* shell */
	str path; /* read, write, edit, list; folder of a search */
	str pattern; /* grep, glob */
	bool ranged; /* read: offset or limit given */
	bool background; /* shell: run in background */
	bool sandbox_off;
	int64_t timeout_ms; /* shell, 0 = default */
	uint64_t hash; /* of the whole input as written: identity of a call */
};

struct usage {
	int64_t input, output, cache_read, cache_write_5m, cache_write_1h,
		cache_write; /* tokens; cache_write = all writes */
};

#define EVENT_TEXT_PARTS 4

struct event {
	enum event_kind kind;
	enum tool tool; /* CALL; RESULT: TOOL_OTHER (pair by id) */
	enum outcome outcome; /* RESULT */
	int exit_code; /* RESULT: -1 unknown */
	bool sidechain;
	bool exit_benign; /* RESULT: the harness itself says that this exit code means "nothing found" */
	uint64_t offset; /* of the record in its file */
	uint32_t line;
	int64_t time; /* ms, 0 unknown */
	str session; /* session id as recorded */
	str agent; /* thread: sub-agent id, "" for the main conversation */
	str cwd; /* as recorded with this record, "" unknown */
	str branch; /* git branch, "" unknown */
	str record_id; /* the record's uuid */
	str call_id; /* CALL, RESULT, LINK, REWRITE */
	str tool_name; /* CALL: as the agent calls it */
	struct tool_input input; /* CALL, REWRITE */
	str message_id; /* CALL, USAGE: API message, whose usage repeats in several records */
	str model;
	struct usage usage;
	bool complete; /* CALL, USAGE: the answer carries its stop reason, so that its output is final */
	str hint; /* RESULT, MISSING: the name the harness suggests */
	str title;
	/* RESULT: the text as slices of raw JSON strings (still escaped), in order; use event_text_* */
	str text[EVENT_TEXT_PARTS];
	int text_parts;
	uint64_t text_bytes; /* size of the result, all parts, also those not kept; above 512 bytes it is estimated */
};

/* Append the unescaped beginning or end of the result text, at most max bytes. */
void event_text_head(struct buf *out, const struct event *e, size_t max);
void event_text_tail(struct buf *out, const struct event *e, size_t max);

#endif
