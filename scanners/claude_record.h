/*
 * claude_record: one line of a Claude Code log, taken apart by key and judged by nobody yet.  Every value
 * is a borrowed slice of the line, J_NONE where the line does not have it.  Private to the Claude scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_RECORD_H
#define HEADROOM_SCANNERS_CLAUDE_RECORD_H

#include "core/base/vec.h"
#include "core/json/jfill.h"

enum claude_type {
	CLAUDE_UNKNOWN,
	CLAUDE_IGNORED, /* known, and says nothing we want; its fields are not read */
	CLAUDE_USER,
	CLAUDE_ASSISTANT,
	CLAUDE_SYSTEM,
	CLAUDE_ATTACHMENT,
	CLAUDE_TITLE
};

/* One block of message.content: text, thinking, tool_use, tool_result or image. */
struct claude_block {
	struct jval type, text;
	struct jval thinking, signature; /* the latter base64 of what is encrypted in it */
	struct jval data; /* redacted_thinking, the same */
	struct jval source; /* image, document */
	struct jval id, name, input; /* tool_use */
	struct jval command, path, file_path, notebook_path, pattern, read_offset, read_limit, read_pages,
		timeout, background, sandbox_off; /* its input */
	struct jval tool_use_id, content, is_error; /* tool_result */
};

struct claude_usage {
	struct jval whole, input, output, cache_read, cache_write, cache_creation, cache_write_5m,
		cache_write_1h;
};

struct claude_record {
	enum claude_type type;
	bool wants_usage; /* of answers without a call, too */
	bool wants_links; /* id and parent of what is CLAUDE_IGNORED, too */
	struct jval uuid, parent, session, agent, cwd, branch, timestamp, sidechain, subtype, title;
	struct jval meta, compact_summary, transcript_only, api_error, origin, origin_kind, prompt_source,
		denial;
	struct jval message, message_id, model, role, content, stop_reason, system_content;
	struct claude_usage usage;
	struct vec blocks; /* of struct claude_block: content if it is an array */
	struct jval result, result_status, result_agent, interrupted, interpretation, background_task;
	struct jval attachment, attached, hook_event, hook_call, hook_stdout, queued_mode;
	struct jval attached_content, attached_prompt, attached_snippet, attached_names, attached_lines,
		attached_blocks;
};

void claude_record_init(struct claude_record *r, bool wants_usage);
void claude_record_release(struct claude_record *r);
/* False if the line is malformed; then nothing in r counts. */
bool claude_record_parse(struct claude_record *r, struct jfill *f, str line);

#endif
