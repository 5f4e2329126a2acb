/*
 * What Claude Code sent and got, out of the records it wrote about it.  The log is nearly, not quite, the request;
 * what tests/bench/transcript_check.c found by comparing with recorded usage:
 *
 *  - The system prompt, the tools and the project's memory file are in no record: a constant of a conversation, but for
 *    tools loaded later (below) and files that are read again behind a compaction.
 *  - A call and its result cost some 90 tokens besides their texts, half of it the call's id, which stands in both.
 *  - Thinking is sent again in all later requests, but to the oldest models.  Since 2.1 it is often kept out of the
 *    log; its signature is there and tells its length.
 *  - Attachments are sent as text; of some only the harness knows it, so that their length is an average.
 *  - Before attachments were logged (2.1) the reminders for them left no trace: files changed by a formatter behind an
 *    edit, the rules of plan mode.  Older sessions grow by a tenth more than they tell.
 *  - Images cost by their size in pixels, not by their bytes.
 */
#include "scanners/claude_transcript.h"

#include "core/base/env.h"
#include "core/base/map.h"
#include "core/json/jsonl.h"
#include "scanners/claude_answer.h"
#include "scanners/claude_attachment.h"
#include "scanners/claude_call.h"
#include "scanners/claude_chain.h"
#include "scanners/claude_text.h"

/* A request is at most 32 MB, and a result stands twice in its record: what is longer was never sent as it is. */
#define LINE_MAX_WHOLE ((size_t)64 << 20)
/* The definition of a tool that is loaded when asked for, which results only name: 700 tokens of o200k in the average
 * of 21 that recorded usage gives away. */
#define TOOL_DEFINITION 3000
/* Ids that are remembered; past that, requests and links begin anew. */
#define IDS_MAX ((size_t)1 << 17)
#define NESTED_MAX 4

struct teller {
	bool (*fn)(void *ctx, const struct piece *p);
	void *ctx;
	bool stopped;
	struct jsonl *lines;
	struct jsonl_line line;
	struct claude_record record;
	struct jfill fill;
	struct arena arena, file_arena; /* of one record; of the file */
	struct buf head; /* scratch of claude_text */
	struct claude_chain chain;
	str file_agent;
	struct map64 requests; /* hashes of message ids that were told */
	struct map64 above; /* records that told nothing -> the nearest above that did; hashes of ids */
	struct piece place; /* thread, time, record and parent of the current record */
	bool told; /* by the current record */
	bool summary_due; /* a boundary was told, so the summary behind it is no second reset */
	uint32_t malformed, unknown;
};

/* ---- pieces ---- */

static void tell(struct teller *t, struct piece p)
{
	if (t->stopped)
		return;
	p.thread = t->place.thread;
	p.time = t->place.time;
	p.record = t->place.record;
	p.parent = t->place.parent;
	if (p.kind <
	    PIECE_REQUEST) { /* of a shortened line nobody knows which text it was: the first is told */
		p.elided += t->line.elided;
		t->line.elided = 0;
	}
	t->told = true;
	t->stopped = !t->fn(t->ctx, &p);
}

static void tell_value(struct teller *t, struct piece p, struct jval v)
{
	p.text = v.raw;
	p.string = v.type == J_STRING;
	tell(t, p);
}

static const struct claude_block *block_at(const struct teller *t, size_t i)
{
	return vec_at(&t->record.blocks, i);
}

static void reset(struct teller *t)
{
	tell(t, (struct piece){ .kind = PIECE_RESET });
}

/* ---- what the model answered ---- */

static void tell_thinking(struct teller *t, const struct claude_block *b)
{
	const struct piece p = { .kind = PIECE_THINKING, .elided = claude_hidden_thinking(b) };

	tell_value(t, p, b->thinking.type == J_STRING ? b->thinking : jval_of(STR("\"\"")));
}

static void tell_call(struct teller *t, const struct claude_block *b)
{
	const struct piece p = {
		.kind = PIECE_CALL,
		.call = jval_str(&t->arena, b->id),
		.tool = jval_str(&t->arena, b->name),
	};

	tell_value(t, p, claude_call_made(b) ? b->input : jval_of(STR("{}")));
}

static void tell_usage(struct teller *t)
{
	const struct claude_record *r = &t->record;
	struct piece p = {
		.kind = PIECE_USAGE,
		.complete = r->stop_reason.type == J_STRING,
		.id = jval_str(&t->arena, r->message_id),
		.model = jval_str(&t->arena, r->model),
		.usage = claude_tokens(&r->usage),
	};
	bool fresh;

	if (t->requests.n >= IDS_MAX)
		map64_clear(&t->requests);
	map64_put(&t->requests, str_hash(p.id), &fresh);
	if (fresh) {
		p.kind = PIECE_REQUEST;
		p.forgets = claude_forgets_thinking(p.model);
	}
	tell(t, p);
}

static void tell_assistant(struct teller *t)
{
	const struct claude_record *r = &t->record;

	if (r->api_error.type == J_TRUE || jval_is(r->model, "<synthetic>"))
		return;
	if (r->message_id.type == J_STRING)
		tell_usage(t);
	if (r->content.type == J_STRING)
		tell_value(t, (struct piece){ .kind = PIECE_ASSISTANT }, r->content);
	for (size_t i = 0; i < r->blocks.n; i++) {
		const struct claude_block *b = block_at(t, i);

		if (jval_is(b->type, "text"))
			tell_value(t, (struct piece){ .kind = PIECE_ASSISTANT }, b->text);
		else if (jval_is(b->type, "thinking") || jval_is(b->type, "redacted_thinking"))
			tell_thinking(t, b);
		else if (b->id.type == J_STRING)
			tell_call(t, b); /* tool_use, server_tool_use */
	}
}

/* ---- what was sent ---- */

/* The conversation was summed up: a boundary, and behind it the summary; older versions write the summary alone. */
static void compaction(struct teller *t, bool boundary)
{
	if (boundary || !t->summary_due)
		reset(t);
	t->summary_due = boundary;
}

static void tell_user(struct teller *t, struct jval text, bool human)
{
	const struct claude_record *r = &t->record;
	enum claude_text who = claude_text(text, &t->head);

	if (r->compact_summary.type == J_TRUE || who == CLAUDE_TEXT_SUMMARY)
		compaction(t, false);
	if (str_starts_c(str_trim(buf_str(&t->head)), "<command-name>/clear<"))
		reset(t);
	human = human && who == CLAUDE_TEXT_PROMPT && r->compact_summary.type != J_TRUE;
	tell_value(t, (struct piece){ .kind = PIECE_USER, .prompt = human }, text);
}

/* An element of a result's content: a text, an image, or the name of a tool that is loaded. */
static void tell_part(struct teller *t, struct piece p, struct jval part)
{
	const struct jval text = jget(part, "text"), source = jget(part, "source");

	if (source.type == J_OBJECT) {
		p.kind = PIECE_IMAGE;
		tell_value(t, p, source);
	} else if (text.type == J_STRING) {
		tell_value(t, p, text);
	} else {
		if (jval_is(jget(part, "type"), "tool_reference"))
			p.elided = TOOL_DEFINITION;
		tell_value(t, p, part);
	}
}

/* One piece for each text of a result; one without text if there is none, because the answer was sent all the same. */
static void tell_result(struct teller *t, const struct claude_block *b)
{
	struct piece p = {
		.kind = PIECE_RESULT,
		.error = b->is_error.type == J_TRUE,
		.call = jval_str(&t->arena, b->tool_use_id),
	};
	bool any = false;
	struct jit it;

	if (b->content.type == J_ARRAY) {
		jit_init(&it, b->content);
		while (jit_next(&it)) {
			any = true;
			tell_part(t, p, it.value);
		}
	}
	if (!any)
		tell_value(t, p, b->content.type == J_STRING ? b->content : jval_of(STR("\"\"")));
}

static bool answers_call(const struct teller *t)
{
	for (size_t i = 0; i < t->record.blocks.n; i++)
		if (block_at(t, i)->tool_use_id.type == J_STRING)
			return true;
	return false;
}

static void tell_user_record(struct teller *t)
{
	const struct claude_record *r = &t->record;
	const bool human = r->meta.type != J_TRUE && !answers_call(t) && claude_is_human(r, t->place.thread);

	if (r->transcript_only.type == J_TRUE && r->compact_summary.type != J_TRUE)
		return;
	if (r->content.type == J_STRING)
		tell_user(t, r->content, human);
	for (size_t i = 0; i < r->blocks.n; i++) {
		const struct claude_block *b = block_at(t, i);

		if (b->tool_use_id.type == J_STRING)
			tell_result(t, b);
		else if (b->source.type == J_OBJECT)
			tell_value(t, (struct piece){ .kind = PIECE_IMAGE, .prompt = human }, b->source);
		else if (b->text.type == J_STRING)
			tell_user(t, b->text, human);
	}
}

/* Every string of an attachment's value: it is one, a list of them, of blocks or of tasks, or a file read. */
static void tell_attached(struct teller *t, struct jval v, struct piece p, int depth)
{
	struct jit it;

	if (v.type == J_STRING) {
		tell_value(t, p, v);
	} else if (v.type == J_ARRAY && depth > 0) {
		jit_init(&it, v);
		while (jit_next(&it)) {
			tell_attached(t, it.value, p, depth - 1);
			p.elided = 0;
		}
	} else if (v.type == J_OBJECT && depth > 0) {
		static const char *const inside[] = { "text", "file", "content", "subject" };

		for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++)
			tell_attached(t, jget(v, inside[i]), p, depth - 1);
	}
}

static void tell_attachment(struct teller *t)
{
	const struct claude_record *r = &t->record;
	struct piece p = { .kind = PIECE_USER };

	p.prompt = jval_is(r->attached, "queued_command") && jval_is(r->queued_mode, "prompt") &&
		   claude_is_human(r, t->place.thread);
	tell_attached(t, claude_attachment(r, &p.elided), p, NESTED_MAX);
	if (!t->told && p.elided > 0)
		tell_value(t, p, jval_of(STR("\"\"")));
}

static void tell_system(struct teller *t)
{
	const struct claude_record *r = &t->record;

	if (jval_is(r->subtype, "compact_boundary"))
		compaction(t, true);
	else if (jval_is(r->subtype, "local_command") && r->system_content.type == J_STRING)
		tell_value(t, (struct piece){ .kind = PIECE_USER }, r->system_content);
}

/* ---- records ---- */

static uint64_t id_hash(struct jval id)
{
	return id.type == J_STRING ? str_hash(id.raw) : 0;
}

/* The nearest record at or above this one that told something. */
static uint64_t teller_above(const struct teller *t, uint64_t record)
{
	const uint64_t *above = record ? map64_get(&t->above, record) : NULL;

	return above ? *above : record;
}

static void hear(struct teller *t)
{
	const struct claude_record *r = &t->record;

	t->told = false;
	t->place =
		(struct piece){ .record = id_hash(r->uuid), .parent = teller_above(t, id_hash(r->parent)) };
	if (r->timestamp.type != J_STRING || !time_parse(r->timestamp.raw, &t->place.time))
		t->place.time = 0;
	if (r->type != CLAUDE_IGNORED)
		t->place.thread = claude_thread(&t->chain, &t->arena, r, t->file_agent);
	switch (r->type) {
	case CLAUDE_ASSISTANT:
		tell_assistant(t);
		break;
	case CLAUDE_USER:
		tell_user_record(t);
		break;
	case CLAUDE_ATTACHMENT:
		tell_attachment(t);
		break;
	case CLAUDE_SYSTEM:
		tell_system(t);
		break;
	case CLAUDE_TITLE:
	case CLAUDE_IGNORED:
		break;
	case CLAUDE_UNKNOWN:
		t->unknown++;
		break;
	}
	if (t->told || !t->place.record)
		return;
	if (t->above.n >= IDS_MAX)
		map64_clear(&t->above);
	*map64_put(&t->above, t->place.record, NULL) = t->place.parent;
}

/* ---- files ---- */

static enum status tell_lines(struct teller *t, struct error *err)
{
	enum status status;

	while (!(status = jsonl_next(t->lines, &t->line, err))) {
		arena_reset(&t->arena);
		if (claude_record_parse(&t->record, &t->fill, t->line.text))
			hear(t);
		else
			t->malformed++;
		if (t->stopped)
			return STATUS_OK;
	}
	return status == STATUS_DONE ? STATUS_OK : status;
}

static void count(const struct teller *t, struct scan_stats *stats)
{
	const struct jsonl_stats *lines = jsonl_stats(t->lines);

	*stats = (struct scan_stats){
		.bytes = lines->bytes,
		.lines = (uint32_t)lines->lines,
		.skipped = lines->skipped_long + lines->skipped_nul + lines->skipped_other + t->malformed,
		.unknown_kinds = t->unknown,
		.partial = lines->partial,
	};
}

static void release(struct teller *t)
{
	jsonl_free(t->lines);
	map64_release(&t->above);
	map64_release(&t->requests);
	claude_chain_release(&t->chain);
	buf_release(&t->head);
	arena_release(&t->file_arena);
	arena_release(&t->arena);
	claude_record_release(&t->record);
}

enum status claude_transcript(const struct session_file *file, bool (*fn)(void *ctx, const struct piece *p),
			      void *ctx, struct scan_stats *stats, struct error *err)
{
	struct teller t = { .fn = fn, .ctx = ctx };
	enum status status = STATUS_FAILED;
	char *path;

	claude_record_init(&t.record, true);
	t.record.wants_links = true;
	arena_init(&t.arena);
	arena_init(&t.file_arena);
	buf_init(&t.head, CLAUDE_TEXT_HEAD);
	claude_chain_init(&t.chain);
	map64_init(&t.requests);
	map64_init(&t.above);
	path = arena_c(&t.file_arena, file->path);
	t.file_agent = claude_file_agent(str_c(path));
	t.lines = jsonl_open(path, 0, 1, err);
	if (t.lines) {
		jsonl_whole(t.lines, LINE_MAX_WHOLE);
		status = tell_lines(&t, err);
		count(&t, stats);
	} else if (err) {
		status = err->code;
	}
	release(&t);
	return status;
}
