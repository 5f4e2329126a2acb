/*
 * The scanner for Claude Code: one line at a time is taken apart (claude_record), and says zero or more
 * events.
 */
#include "scanners/claude.h"

#include <stdlib.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jsonl.h"
#include "scanners/claude_call.h"
#include "scanners/claude_chain.h"
#include "scanners/claude_files.h"
#include "scanners/claude_record.h"
#include "scanners/claude_result.h"
#include "scanners/claude_text.h"
#include "scanners/claude_transcript.h"

struct claude_reader {
	struct jsonl *lines; /* NULL before the first file */
	struct jsonl_line line;
	struct claude_record record;
	struct jfill fill;
	struct arena arena; /* of one line */
	struct buf head; /* scratch of claude_result and claude_text */
	/* What the current line says and next() has not told yet. */
	struct vec queue; /* of struct said */
	size_t told;
	uint32_t malformed, unknown;
	struct jval rewritten; /* command that a hook put in place of the one asked for */
	uint64_t rewritten_hash;
	bool summary_due; /* a boundary was reported, so the summary behind it is no second compaction */
	/* The file. */
	struct arena file_arena;
	str file_session, file_agent; /* by its name */
	struct claude_chain chain;
	str thread; /* of the current line */
};

struct said {
	enum event_kind kind;
	size_t block;
};

/* ---- what a record says ---- */

static void say(struct claude_reader *r, enum event_kind kind, size_t block)
{
	struct said *said = vec_push(&r->queue);

	said->kind = kind;
	said->block = block;
}

static const struct claude_block *block_at(const struct claude_reader *r, size_t i)
{
	return vec_at(&r->record.blocks, i);
}

/* A block of this type that can be paired: it has an id. */
static bool is_block(const struct claude_block *b, const char *type, struct jval id)
{
	return id.type == J_STRING && jval_is(b->type, type);
}

static void hear_assistant(struct claude_reader *r)
{
	const struct claude_record *record = &r->record;
	bool calls = false;

	if (record->api_error.type == J_TRUE || jval_is(record->model, "<synthetic>"))
		return;
	for (size_t i = 0; i < record->blocks.n; i++)
		if (is_block(block_at(r, i), "tool_use", block_at(r, i)->id)) {
			say(r, EVENT_CALL, i);
			calls = true;
		}
	if (!calls && record->wants_usage && record->usage.whole.type == J_OBJECT)
		say(r, EVENT_USAGE, 0);
}

/* The conversation was summed up: a boundary, and behind it the summary; older versions write the
 * summary alone. */
static void hear_compaction(struct claude_reader *r, bool boundary)
{
	if (boundary || !r->summary_due)
		say(r, EVENT_COMPACT, 0);
	r->summary_due = boundary;
}

static void hear_text(struct claude_reader *r, bool answers_call)
{
	const struct claude_record *record = &r->record;
	enum claude_text text = CLAUDE_TEXT_INJECTED, said = CLAUDE_TEXT_INJECTED;

	if (record->compact_summary.type == J_TRUE) {
		hear_compaction(r, false);
		return;
	}
	if (record->meta.type == J_TRUE || record->transcript_only.type == J_TRUE)
		return;
	if (record->content.type == J_STRING)
		said = claude_text(record->content, &r->head);
	for (size_t i = 0; i < record->blocks.n; i++) {
		if (jval_is(block_at(r, i)->type, "text"))
			text = claude_text(block_at(r, i)->text, &r->head);
		else if (jval_is(block_at(r, i)->type, "image"))
			text = CLAUDE_TEXT_PROMPT;
		said = text > said ? text : said;
	}
	if (said == CLAUDE_TEXT_INTERRUPT)
		say(r, EVENT_INTERRUPT, 0);
	else if (said == CLAUDE_TEXT_SUMMARY)
		hear_compaction(r, false);
	else if (said == CLAUDE_TEXT_PROMPT && !answers_call && claude_is_human(&r->record, r->thread))
		say(r, EVENT_USER, 0);
}

static void hear_user(struct claude_reader *r)
{
	bool answers_call = false;

	for (size_t i = 0; i < r->record.blocks.n; i++)
		if (is_block(block_at(r, i), "tool_result", block_at(r, i)->tool_use_id)) {
			say(r, EVENT_RESULT, i);
			if (!answers_call && r->record.result_agent.type == J_STRING)
				say(r, EVENT_LINK, i);
			answers_call = true;
		}
	hear_text(r, answers_call);
}

/* A hook's answer {"hookSpecificOutput":{"updatedInput":{"command":"..."}}}, itself a string of JSON in
 * the log. */
static void hear_hook(struct claude_reader *r)
{
	const struct claude_record *record = &r->record;
	struct jval answer, input;

	if (record->hook_stdout.type != J_STRING || record->hook_call.type != J_STRING)
		return;
	answer = jget(jval_of(jval_str(&r->arena, record->hook_stdout)), "hookSpecificOutput");
	input = jget(answer, "updatedInput");
	r->rewritten = jget(input, "command");
	r->rewritten_hash = str_hash(input.raw);
	if (r->rewritten.type == J_STRING && !jval_is(jget(answer, "permissionDecision"), "deny"))
		say(r, EVENT_REWRITE, 0);
}

static void hear_attachment(struct claude_reader *r)
{
	const struct claude_record *record = &r->record;

	if (jval_is(record->attached, "hook_success") && jval_is(record->hook_event, "PreToolUse"))
		hear_hook(r);
	if (jval_is(record->attached, "queued_command") && jval_is(record->queued_mode, "prompt") &&
	    claude_is_human(&r->record, r->thread))
		say(r, EVENT_USER, 0); /* typed ahead while the agent worked */
}

static void hear(struct claude_reader *r)
{
	r->thread = r->record.type == CLAUDE_IGNORED
			    ? STR("")
			    : claude_thread(&r->chain, &r->arena, &r->record, r->file_agent);
	switch (r->record.type) {
	case CLAUDE_ASSISTANT:
		hear_assistant(r);
		break;
	case CLAUDE_USER:
		hear_user(r);
		break;
	case CLAUDE_ATTACHMENT:
		hear_attachment(r);
		break;
	case CLAUDE_SYSTEM:
		if (jval_is(r->record.subtype, "compact_boundary"))
			hear_compaction(r, true);
		break;
	case CLAUDE_TITLE:
		if (r->record.title.type == J_STRING)
			say(r, EVENT_TITLE, 0);
		break;
	case CLAUDE_IGNORED:
		break;
	case CLAUDE_UNKNOWN:
		r->unknown++;
		break;
	}
}

/* ---- events ---- */

static void fill_event(struct claude_reader *r, const struct said *said, struct event *e)
{
	const struct claude_record *record = &r->record;
	const struct claude_block *block;

	*e = (struct event){
		.kind = said->kind,
		.exit_code = -1,
		.sidechain = record->sidechain.type == J_TRUE || r->file_agent.n > 0,
		.offset = r->line.offset,
		.line = r->line.number,
		.session = jval_str(&r->arena, record->session),
		.agent = r->thread,
		.cwd = jval_str(&r->arena, record->cwd),
		.branch = jval_str(&r->arena, record->branch),
		.record_id = jval_str(&r->arena, record->uuid),
	};
	if (e->session.n == 0)
		e->session = r->file_session;
	if (record->timestamp.type != J_STRING || !time_parse(record->timestamp.raw, &e->time))
		e->time = 0;
	switch (said->kind) {
	case EVENT_CALL:
		claude_call(&r->arena, record, block_at(r, said->block), e);
		break;
	case EVENT_USAGE:
		claude_usage(&r->arena, record, e);
		break;
	case EVENT_RESULT:
		block = block_at(r, said->block);
		e->call_id = jval_str(&r->arena, block->tool_use_id);
		claude_result(record, block, &r->head, e);
		break;
	case EVENT_LINK:
		e->call_id = jval_str(&r->arena, block_at(r, said->block)->tool_use_id);
		e->agent = jval_str(&r->arena, record->result_agent);
		break;
	case EVENT_REWRITE:
		e->call_id = jval_str(&r->arena, record->hook_call);
		e->input.command = jval_str(&r->arena, r->rewritten);
		e->input.hash = r->rewritten_hash;
		break;
	case EVENT_TITLE:
		e->title = jval_str(&r->arena, record->title);
		break;
	default:
		break;
	}
}

/* ---- the scanner ---- */

static void *reader_open(bool usage)
{
	struct claude_reader *r = xcalloc(1, sizeof(*r));

	claude_record_init(&r->record, usage);
	arena_init(&r->arena);
	arena_init(&r->file_arena);
	buf_init(&r->head, CLAUDE_HEAD_MAX);
	vec_init(&r->queue, sizeof(struct said));
	claude_chain_init(&r->chain);
	return r;
}

static void reader_close(void *reader)
{
	struct claude_reader *r = reader;

	if (!r)
		return;
	jsonl_free(r->lines);
	claude_chain_release(&r->chain);
	vec_release(&r->queue);
	buf_release(&r->head);
	arena_release(&r->file_arena);
	arena_release(&r->arena);
	claude_record_release(&r->record);
	free(r);
}

static enum status reader_start(void *reader, const struct session_file *file, uint64_t offset, uint32_t line,
				struct error *err)
{
	struct claude_reader *r = reader;
	enum status status = STATUS_OK;
	str stem;
	char *path;

	arena_reset(&r->file_arena);
	vec_clear(&r->queue);
	claude_chain_clear(&r->chain);
	r->told = 0;
	r->malformed = r->unknown = 0;
	r->summary_due = false;
	path = arena_c(&r->file_arena, file->path);
	stem = path_base(str_c(path));
	if (str_ends(stem, STR(".jsonl")))
		stem = str_sub(stem, 0, stem.n - strlen(".jsonl"));
	r->file_agent = claude_file_agent(str_c(path));
	r->file_session = r->file_agent.n > 0 ? arena_str(&r->file_arena, file->parent) : stem;
	if (r->lines)
		return jsonl_reopen(r->lines, path, offset, line, err);
	r->lines = jsonl_open(path, offset, line, err);
	if (!r->lines)
		status = err ? err->code : STATUS_FAILED;
	return status;
}

static enum status reader_next(void *reader, struct event *event, struct error *err)
{
	struct claude_reader *r = reader;
	enum status status;

	while (r->told == r->queue.n) {
		vec_clear(&r->queue);
		r->told = 0;
		if (r->arena.used > 0)
			arena_reset(&r->arena);
		status = jsonl_next(r->lines, &r->line, err);
		if (status)
			return status;
		if (claude_record_parse(&r->record, &r->fill, r->line.text))
			hear(r);
		else
			r->malformed++;
	}
	fill_event(r, vec_at(&r->queue, r->told++), event);
	return STATUS_OK;
}

static void reader_position(void *reader, uint64_t *offset, uint32_t *line, struct scan_stats *stats)
{
	const struct claude_reader *r = reader;
	const struct jsonl_stats *lines = jsonl_stats(r->lines);

	jsonl_position(r->lines, offset, line);
	*stats = (struct scan_stats){
		.bytes = lines->bytes,
		.lines = (uint32_t)lines->lines,
		.skipped = lines->skipped_long + lines->skipped_nul + lines->skipped_other + r->malformed,
		.unknown_kinds = r->unknown,
		.partial = lines->partial,
	};
}

static bool reader_tail(void *reader, char *out, size_t n)
{
	const struct claude_reader *r = reader;

	return jsonl_tail(r->lines, out, n);
}

const struct scanner claude_scanner = {
	.name = "claude",
	.title = "Claude Code",
	.roots = claude_roots,
	.discover = claude_discover,
	.open = reader_open,
	.start = reader_start,
	.next = reader_next,
	.position = reader_position,
	.tail = reader_tail,
	.close = reader_close,
	.memory_file = claude_memory_file,
	.transcript = claude_transcript,
};
