#include "scanners/claude_record.h"

#include <assert.h>

enum {
	INPUT_TABLE,
	BLOCK_TABLE,
	CACHE_CREATION_TABLE,
	USAGE_TABLE,
	MESSAGE_TABLE,
	RESULT_TABLE,
	ORIGIN_TABLE,
	ATTACHMENT_TABLE,
	RECORD_TABLE
};

/* clang-format off */
#define TABLE(id, keys) { id, keys, sizeof(keys) / sizeof((keys)[0]) }
#define SKIP(name) { JFILL_NAMED(name), .offset = JFILL_SKIP }

/* ---- a block of message.content ---- */

#define BLOCK(name, field) { JFILL_NAMED(name), .offset = offsetof(struct claude_block, field) }

static const struct jfill_key input_keys[] = {
	BLOCK("command", command),
	SKIP("description"),
	BLOCK("timeout", timeout),
	BLOCK("run_in_background", background),
	BLOCK("dangerouslyDisableSandbox", sandbox_off),
	BLOCK("file_path", file_path),
	BLOCK("notebook_path", notebook_path),
	BLOCK("offset", read_offset),
	BLOCK("limit", read_limit),
	BLOCK("pages", read_pages),
	SKIP("old_string"),
	SKIP("new_string"),
	SKIP("replace_all"),
	SKIP("content"),
	BLOCK("pattern", pattern),
	BLOCK("path", path),
	SKIP("output_mode"),
};
static const struct jfill_table input_table = TABLE(INPUT_TABLE, input_keys);

static const struct jfill_key block_keys[] = {
	BLOCK("type", type),
	BLOCK("text", text),
	BLOCK("id", id),
	BLOCK("name", name),
	{ JFILL_NAMED("input"), .offset = offsetof(struct claude_block, input), .inside = &input_table },
	BLOCK("tool_use_id", tool_use_id),
	BLOCK("content", content),
	BLOCK("is_error", is_error),
	BLOCK("thinking", thinking),
	BLOCK("signature", signature),
	BLOCK("data", data),
	BLOCK("source", source),
	SKIP("caller"),
};
static const struct jfill_table block_table = TABLE(BLOCK_TABLE, block_keys);

#undef BLOCK
/* clang-format on */

/* An answer without a call, of which nobody wants the usage.  Those of sub-agents link the records around them. */
static bool says_no_more(const struct claude_record *r)
{
	if (r->wants_usage || r->sidechain.type != J_FALSE || !jval_is(r->role, "assistant"))
		return false;
	for (size_t i = 0; i < r->blocks.n; i++) {
		const struct claude_block *block = vec_at(&r->blocks, i);

		if (!jval_is(block->type, "text") && !jval_is(block->type, "thinking"))
			return false;
	}
	return true;
}

static void enter_content(struct jfill *f, struct jit *it)
{
	struct claude_record *r = f->ctx;
	struct jit blocks, block;

	vec_clear(&r->blocks);
	if (it->value.type == J_ARRAY && jit_enter(it, &blocks)) {
		while (jit_key(&blocks))
			if (blocks.value.type == J_OBJECT && jit_enter(&blocks, &block)) {
				jfill_walk(f, &block_table, &block, vec_push(&r->blocks));
				jit_leave(&blocks, &block);
			}
		jit_leave(it, &blocks);
	}
	r->content = jit_value(it);
	if (says_no_more(r)) {
		r->type = CLAUDE_IGNORED;
		f->stop = true;
	}
}

/* ---- a record ---- */

/* clang-format off */
#define NAME(literal) { literal, sizeof(literal) - 1 }
/* clang-format on */

static enum claude_type type_named(str name)
{
	static const struct {
		str name;
		enum claude_type type;
	} types[] = {
		{ NAME("assistant"), CLAUDE_ASSISTANT },
		{ NAME("user"), CLAUDE_USER },
		{ NAME("system"), CLAUDE_SYSTEM },
		{ NAME("attachment"), CLAUDE_ATTACHMENT },
		{ NAME("summary"), CLAUDE_TITLE },
		{ NAME("ai-title"), CLAUDE_TITLE },
		{ NAME("custom-title"), CLAUDE_TITLE },
		{ NAME("progress"), CLAUDE_IGNORED }, /* repeats what sub-agents' files say */
		{ NAME("file-history-snapshot"), CLAUDE_IGNORED },
		{ NAME("file-history-delta"), CLAUDE_IGNORED },
		{ NAME("queue-operation"), CLAUDE_IGNORED },
		{ NAME("last-prompt"), CLAUDE_IGNORED },
		{ NAME("mode"), CLAUDE_IGNORED },
		{ NAME("permission-mode"), CLAUDE_IGNORED },
		{ NAME("pr-link"), CLAUDE_IGNORED },
		{ NAME("agent-name"), CLAUDE_IGNORED },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(name, types[i].name))
			return types[i].type;
	return CLAUDE_UNKNOWN;
}

static void enter_type(struct jfill *f, struct jit *it)
{
	struct claude_record *r = f->ctx;
	const struct jval v = jit_value(it);
	struct arena a;

	if (v.plain || !jstr_escaped(v.raw)) {
		r->type = v.type == J_STRING ? type_named(v.raw) : CLAUDE_UNKNOWN;
	} else {
		arena_init(&a);
		r->type = type_named(jval_str(&a, v));
		arena_release(&a);
	}
	f->stop = r->type == CLAUDE_IGNORED && !r->wants_links;
}

/* clang-format off */
#define AT(field) .offset = offsetof(struct claude_record, field)
#define RECORD(name, field) { JFILL_NAMED(name), AT(field) }
#define INSIDE(name, field, table) { JFILL_NAMED(name), AT(field), .inside = &(table) }
#define ENTER(name, function) { JFILL_NAMED(name), .enter = (function) }

static const struct jfill_key cache_creation_keys[] = {
	RECORD("ephemeral_5m_input_tokens", usage.cache_write_5m),
	RECORD("ephemeral_1h_input_tokens", usage.cache_write_1h),
};
static const struct jfill_table cache_creation_table = TABLE(CACHE_CREATION_TABLE, cache_creation_keys);

static const struct jfill_key usage_keys[] = {
	RECORD("input_tokens", usage.input),
	RECORD("output_tokens", usage.output),
	RECORD("cache_read_input_tokens", usage.cache_read),
	RECORD("cache_creation_input_tokens", usage.cache_write),
	INSIDE("cache_creation", usage.cache_creation, cache_creation_table),
	SKIP("service_tier"),
	SKIP("server_tool_use"),
	SKIP("inference_geo"),
	SKIP("iterations"),
	SKIP("speed"),
};
static const struct jfill_table usage_table = TABLE(USAGE_TABLE, usage_keys);

static const struct jfill_key message_keys[] = {
	RECORD("id", message_id),
	RECORD("model", model),
	INSIDE("usage", usage.whole, usage_table),
	ENTER("content", enter_content),
	SKIP("type"),
	RECORD("role", role),
	RECORD("stop_reason", stop_reason),
	SKIP("stop_sequence"),
	SKIP("stop_details"),
};
static const struct jfill_table message_table = TABLE(MESSAGE_TABLE, message_keys);

static const struct jfill_key result_keys[] = {
	RECORD("status", result_status),
	RECORD("agentId", result_agent),
	RECORD("interrupted", interrupted),
	RECORD("backgroundTaskId", background_task),
	RECORD("returnCodeInterpretation", interpretation),
	SKIP("stdout"),
	SKIP("stderr"),
	SKIP("isImage"),
	SKIP("noOutputExpected"),
	SKIP("type"),
	SKIP("file"),
	SKIP("filePath"),
	SKIP("oldString"),
	SKIP("newString"),
	SKIP("originalFile"),
	SKIP("structuredPatch"),
	SKIP("userModified"),
	SKIP("replaceAll"),
	SKIP("content"),
	SKIP("mode"),
	SKIP("numFiles"),
	SKIP("filenames"),
	SKIP("numLines"),
};
static const struct jfill_table result_table = TABLE(RESULT_TABLE, result_keys);

static const struct jfill_key origin_keys[] = {
	RECORD("kind", origin_kind),
};
static const struct jfill_table origin_table = TABLE(ORIGIN_TABLE, origin_keys);

static const struct jfill_key attachment_keys[] = {
	RECORD("type", attached),
	RECORD("toolUseID", hook_call),
	RECORD("hookEvent", hook_event),
	RECORD("stdout", hook_stdout),
	RECORD("commandMode", queued_mode),
	RECORD("content", attached_content),
	RECORD("prompt", attached_prompt),
	RECORD("snippet", attached_snippet),
	RECORD("addedNames", attached_names),
	RECORD("addedLines", attached_lines),
	RECORD("addedBlocks", attached_blocks),
	INSIDE("origin", origin, origin_table),
};
static const struct jfill_table attachment_table = TABLE(ATTACHMENT_TABLE, attachment_keys);

static const struct jfill_key record_keys[] = {
	ENTER("type", enter_type),
	RECORD("uuid", uuid),
	RECORD("parentUuid", parent),
	RECORD("sessionId", session),
	RECORD("agentId", agent),
	RECORD("cwd", cwd),
	RECORD("gitBranch", branch),
	RECORD("timestamp", timestamp),
	RECORD("isSidechain", sidechain),
	RECORD("subtype", subtype),
	RECORD("content", system_content),
	RECORD("summary", title),
	RECORD("aiTitle", title),
	RECORD("customTitle", title),
	RECORD("isMeta", meta),
	RECORD("isCompactSummary", compact_summary),
	RECORD("isVisibleInTranscriptOnly", transcript_only),
	RECORD("isApiErrorMessage", api_error),
	RECORD("promptSource", prompt_source),
	RECORD("toolDenialKind", denial),
	INSIDE("message", message, message_table),
	INSIDE("toolUseResult", result, result_table),
	INSIDE("attachment", attachment, attachment_table),
	INSIDE("origin", origin, origin_table),
	SKIP("userType"),
	SKIP("entrypoint"),
	SKIP("version"),
	SKIP("slug"),
	SKIP("session_id"),
	SKIP("requestId"),
	SKIP("promptId"),
	SKIP("permissionMode"),
	SKIP("sourceToolAssistantUUID"),
	SKIP("effort"),
};
static const struct jfill_table record_table = TABLE(RECORD_TABLE, record_keys);
/* clang-format on */

static_assert(RECORD_TABLE < JFILL_TABLES, "more tables than a jfill has");
static_assert(sizeof(record_keys) / sizeof(record_keys[0]) <= JFILL_KEYS, "more keys than a table has");

bool claude_record_parse(struct claude_record *r, struct jfill *f, str line)
{
	const struct claude_record blank = {
		.type = CLAUDE_UNKNOWN,
		.wants_usage = r->wants_usage,
		.wants_links = r->wants_links,
		.blocks = r->blocks,
	};
	struct jit it;

	*r = blank;
	vec_clear(&r->blocks);
	f->ctx = r;
	f->stop = false;
	jit_init(&it, (struct jval){ .raw = line, .type = J_OBJECT });
	jfill_walk(f, &record_table, &it, r);
	return jit_ok(&it);
}

void claude_record_init(struct claude_record *r, bool wants_usage)
{
	*r = (struct claude_record){ .type = CLAUDE_UNKNOWN, .wants_usage = wants_usage };
	vec_init(&r->blocks, sizeof(struct claude_block));
}

void claude_record_release(struct claude_record *r)
{
	vec_release(&r->blocks);
}
