#include "scanners/claude_attachment.h"

/* clang-format off */
#define AT(field) offsetof(struct claude_record, field)
#define NOTHING SIZE_MAX
/* clang-format on */

/* Where the text of each kind stands, and how long the sentences around it or in its place are: from the growth of
 * recorded input where such a record, and nothing else unknown, came between two requests.  Kinds that are not here are for the screen or the log alone: command_permissions,
 * hook_system_message, hook_non_blocking_error, or not known. */
static const struct {
	const char *type;
	size_t field;
	uint64_t around;
} kinds[] = {
	{ "queued_command", AT(attached_prompt), 0 },
	{ "edited_text_file", AT(attached_snippet), 200 },
	{ "hook_additional_context", AT(attached_content), 0 },
	{ "hook_success", AT(attached_content), 0 },
	{ "skill_listing", AT(attached_content), 0 },
	{ "deferred_tools_delta", AT(attached_names), 0 },
	{ "agent_listing_delta", AT(attached_lines), 0 },
	{ "mcp_instructions_delta", AT(attached_blocks), 0 },
	{ "task_reminder", AT(attached_content), 100 },
	{ "todo_reminder", AT(attached_content), 100 },
	{ "file", AT(attached_content), 0 },
	{ "nested_memory", AT(attached_content), 0 },
	{ "directory", AT(attached_content), 0 },
	{ "selected_lines_in_ide", AT(attached_content), 0 },
	{ "plan_mode", NOTHING, 4000 },
	{ "plan_mode_reentry", NOTHING, 700 },
	{ "plan_mode_exit", NOTHING, 200 },
	{ "auto_mode", NOTHING, 0 },
	{ "auto_mode_exit", NOTHING, 200 },
	{ "date_change", NOTHING, 400 },
};

/* Of hooks that went well only those of these events speak to the model. */
static bool hook_speaks(const struct claude_record *r)
{
	return jval_is(r->hook_event, "SessionStart") || jval_is(r->hook_event, "UserPromptSubmit");
}

struct jval claude_attachment(const struct claude_record *r, uint64_t *around)
{
	static const struct jval empty = { .raw = { "", 0 }, .type = J_STRING, .plain = true };

	*around = 0;
	if (jval_is(r->attached, "hook_success") && !hook_speaks(r))
		return (struct jval){ .type = J_NONE };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!jval_is(r->attached, kinds[i].type))
			continue;
		*around = kinds[i].around;
		if (kinds[i].field == NOTHING)
			return empty;
		return *(const struct jval *)((const char *)r + kinds[i].field);
	}
	return (struct jval){ .type = J_NONE };
}
