#include "scanners/claude_call.h"

static const struct {
	const char *name;
	enum tool tool;
} tools[] = {
	{ "Bash", TOOL_SHELL },
	{ "Read", TOOL_READ },
	{ "Edit", TOOL_EDIT },
	{ "Write", TOOL_WRITE },
	{ "Grep", TOOL_GREP },
	{ "Glob", TOOL_GLOB },
	{ "LS", TOOL_LIST },
	{ "MultiEdit", TOOL_EDIT },
	{ "NotebookRead", TOOL_READ },
	{ "NotebookEdit", TOOL_EDIT },
	{ "PowerShell", TOOL_POWERSHELL },
	{ "BashOutput", TOOL_SHELL_OUTPUT },
	{ "KillBash", TOOL_SHELL_OUTPUT },
	{ "KillShell", TOOL_SHELL_OUTPUT },
	{ "TaskOutput", TOOL_SHELL_OUTPUT },
	{ "TaskStop", TOOL_SHELL_OUTPUT },
	{ "AgentOutputTool", TOOL_SHELL_OUTPUT },
	{ "WebFetch", TOOL_WEB },
	{ "WebSearch", TOOL_WEB },
	{ "Task", TOOL_TASK },
	{ "Agent", TOOL_TASK },
	{ "AskUserQuestion", TOOL_ASK },
	{ "ExitPlanMode", TOOL_ASK },
	{ "exit_plan_mode", TOOL_ASK },
	{ "EnterPlanMode", TOOL_ASK },
	{ "ListMcpResourcesTool", TOOL_MCP },
	{ "ReadMcpResourceTool", TOOL_MCP },
};

static enum tool tool_named(str name)
{
	if (str_starts(name, STR("mcp__")))
		return TOOL_MCP;
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (str_eq_c(name, tools[i].name))
			return tools[i].tool;
	return TOOL_OTHER;
}

static bool is_set(struct jval v)
{
	return v.type != J_NONE && v.type != J_NULL;
}

static void fill_input(struct arena *a, const struct claude_block *b, enum tool tool, struct tool_input *in)
{
	in->hash = str_hash(b->input.raw);
	switch (tool) {
	case TOOL_SHELL:
	case TOOL_POWERSHELL:
		in->command = jval_str(a, b->command);
		in->background = b->background.type == J_TRUE;
		in->sandbox_off = b->sandbox_off.type == J_TRUE;
		in->timeout_ms = jval_i64(b->timeout, 0);
		break;
	case TOOL_READ:
	case TOOL_WRITE:
	case TOOL_EDIT:
		in->path = jval_str(a, is_set(b->file_path) ? b->file_path : b->notebook_path);
		in->ranged = is_set(b->read_offset) || is_set(b->read_limit) || is_set(b->read_pages);
		break;
	case TOOL_GREP:
	case TOOL_GLOB:
	case TOOL_LIST:
		in->path = jval_str(a, b->path);
		in->pattern = jval_str(a, b->pattern);
		break;
	default:
		break;
	}
}

static int64_t tokens(struct jval v)
{
	int64_t n = jval_i64(v, 0);

	return n > 0 ? n : 0;
}

struct usage claude_tokens(const struct claude_usage *u)
{
	return (struct usage){
		.input = tokens(u->input),
		.output = tokens(u->output),
		.cache_read = tokens(u->cache_read),
		.cache_write_5m = tokens(u->cache_write_5m),
		.cache_write_1h = tokens(u->cache_write_1h),
		.cache_write = tokens(u->cache_write),
	};
}

void claude_usage(struct arena *a, const struct claude_record *r, struct event *e)
{
	e->message_id = jval_str(a, r->message_id);
	e->model = jval_str(a, r->model);
	e->usage = claude_tokens(&r->usage);
	e->complete = r->stop_reason.type == J_STRING;
}

void claude_call(struct arena *a, const struct claude_record *r, const struct claude_block *b,
		 struct event *e)
{
	e->call_id = jval_str(a, b->id);
	e->tool_name = jval_str(a, b->name);
	e->tool = tool_named(e->tool_name);
	fill_input(a, b, e->tool, &e->input);
	claude_usage(a, r, e);
}
