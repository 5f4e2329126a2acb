#include "core/model/event.h"

#include <assert.h>

#include "core/json/jget.h"

const char *const tool_names[TOOL_COUNT] = {
	[TOOL_OTHER] = "other",
	[TOOL_READ] = "read",
	[TOOL_WRITE] = "write",
	[TOOL_EDIT] = "edit",
	[TOOL_SHELL] = "shell",
	[TOOL_POWERSHELL] = "powershell",
	[TOOL_SHELL_OUTPUT] = "shell_output",
	[TOOL_GREP] = "grep",
	[TOOL_GLOB] = "glob",
	[TOOL_LIST] = "list",
	[TOOL_WEB] = "web",
	[TOOL_MCP] = "mcp",
	[TOOL_TASK] = "task",
	[TOOL_ASK] = "ask",
};
static_assert(TOOL_ASK == TOOL_COUNT - 1, "a tool without a name");

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_NONE] = "none",
	[OUTCOME_OK] = "ok",
	[OUTCOME_ERROR] = "error",
	[OUTCOME_MISSING] = "missing",
	[OUTCOME_IS_DIRECTORY] = "is_directory",
	[OUTCOME_TOO_LARGE] = "too_large",
	[OUTCOME_REJECTED] = "rejected",
	[OUTCOME_REJECTED_REASON] = "rejected_reason",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_SANDBOX] = "sandbox",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_CANCELLED] = "cancelled",
	[OUTCOME_DISCIPLINE] = "discipline",
	[OUTCOME_NO_MATCH] = "no_match",
	[OUTCOME_BACKGROUND] = "background",
};
static_assert(OUTCOME_BACKGROUND == OUTCOME_COUNT - 1, "an outcome without a name");

void event_text_head(struct buf *out, const struct event *e, size_t max)
{
	size_t before;

	for (int i = 0; i < e->text_parts && max > 0; i++) {
		before = out->n;
		jstr_head(out, e->text[i], max);
		max -= out->n - before;
		if (i + 1 < e->text_parts && jstr_length(e->text[i]) > out->n - before)
			break;
	}
}

void event_text_tail(struct buf *out, const struct event *e, size_t max)
{
	size_t wanted = max, length;
	int first = e->text_parts;

	/* All parts behind `first` are wanted whole, of `first` itself at most the last `wanted` bytes. */
	while (first > 0) {
		str part = e->text[--first];

		if (part.n / JSTR_RAW_MAX >= wanted) /* certainly */
			break;
		length = jstr_length(part);
		if (length >= wanted)
			break;
		if (first > 0)
			wanted -= length;
	}
	for (int i = first; i < e->text_parts; i++)
		jstr_tail(out, e->text[i], i == first ? wanted : max);
}
