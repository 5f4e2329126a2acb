/*
 * request: one walk through the text.  Messages, Responses items, content blocks and Gemini parts are all objects with
 * some of the same members, so that one reader serves them all; what a text in them is turns out at the end of the
 * object, as members come in any order.
 */
#include "core/model/request.h"

#include <assert.h>

#include "core/base/map.h"

#define MAX_NESTING 4 /* lists of blocks within blocks */

const char *const request_format_names[] = { "openai", "responses", "anthropic", "gemini" };
static_assert(sizeof(request_format_names) / sizeof(*request_format_names) == REQUEST_FORMAT_COUNT,
	      "a name for each format");

const char *const slot_kind_names[] = { "system",      "user",	"assistant", "thinking", "tool_call",
					"tool_result", "image", "tools",     "other" };
static_assert(sizeof(slot_kind_names) / sizeof(*slot_kind_names) == SLOT_KIND_COUNT, "a name for each kind");

/* Of a text whose object has not said yet what it is. */
#define PENDING SLOT_KIND_COUNT

struct reader {
	struct request *r;
	struct map64 ids; /* hash of an id -> index of its call + 1; ids may come again, the newest counts */
	struct map64 names; /* hash of a name -> oldest call without an answer + 1, newest << 32 */
	struct vec next; /* uint32_t for each call: the next one of its name + 1 */
	uint32_t message; /* being read */
	bool anthropic, gemini; /* shapes only they have were met */
	bool spoken; /* there is a text that is no list of messages */
	bool strange; /* something in the list is no message */
	bool full; /* a limit was reached */
};

/* An object being read: what its members said so far. */
struct frame {
	enum role role;
	str role_raw, type, id, call_id, name;
	struct jval arguments;
	uint32_t first; /* of its slots */
	bool is_call, is_result; /* the object itself */
	bool calls, answers; /* a block in it */
	bool error, block, thought, parts;
};

enum member {
	MEMBER_ROLE,
	MEMBER_TYPE,
	MEMBER_ID,
	MEMBER_CALL_ID,
	MEMBER_NAME,
	MEMBER_TEXT,
	MEMBER_THINKING,
	MEMBER_CONTENT,
	MEMBER_PARTS,
	MEMBER_SUMMARY,
	MEMBER_ARGUMENTS,
	MEMBER_CALLS,
	MEMBER_FUNCTION,
	MEMBER_FUNCTION_RESULT,
	MEMBER_RESPONSE,
	MEMBER_IMAGE,
	MEMBER_ERROR,
	MEMBER_THOUGHT
};

/* clang-format off */
static const struct {
	const char *name;
	enum member member;
} members[] = {
	{ "type",              MEMBER_TYPE },
	{ "text",              MEMBER_TEXT },
	{ "content",           MEMBER_CONTENT },
	{ "role",              MEMBER_ROLE },
	{ "id",                MEMBER_ID },
	{ "tool_use_id",       MEMBER_CALL_ID },
	{ "tool_call_id",      MEMBER_CALL_ID },
	{ "call_id",           MEMBER_CALL_ID },
	{ "name",              MEMBER_NAME },
	{ "input",             MEMBER_ARGUMENTS },
	{ "arguments",         MEMBER_ARGUMENTS },
	{ "args",              MEMBER_ARGUMENTS },
	{ "tool_calls",        MEMBER_CALLS },
	{ "function",          MEMBER_FUNCTION },
	{ "function_call",     MEMBER_FUNCTION },
	{ "functionCall",      MEMBER_FUNCTION },
	{ "functionResponse",  MEMBER_FUNCTION_RESULT },
	{ "function_response", MEMBER_FUNCTION_RESULT },
	{ "response",          MEMBER_RESPONSE },
	{ "output",            MEMBER_CONTENT },
	{ "parts",             MEMBER_PARTS },
	{ "thinking",          MEMBER_THINKING },
	{ "summary",           MEMBER_SUMMARY },
	{ "source",            MEMBER_IMAGE },
	{ "image_url",         MEMBER_IMAGE },
	{ "inlineData",        MEMBER_IMAGE },
	{ "inline_data",       MEMBER_IMAGE },
	{ "is_error",          MEMBER_ERROR },
	{ "thought",           MEMBER_THOUGHT },
};

static const struct {
	const char *name;
	enum role role;
} roles[] = {
	{ "user", ROLE_USER }, { "assistant", ROLE_ASSISTANT }, { "tool", ROLE_TOOL }, { "system", ROLE_SYSTEM },
	{ "developer", ROLE_SYSTEM }, { "model", ROLE_ASSISTANT }, { "function", ROLE_TOOL },
};
/* clang-format on */

static const enum slot_kind kind_of_role[ROLE_COUNT] = {
	[ROLE_NONE] = SLOT_OTHER,	   [ROLE_SYSTEM] = SLOT_SYSTEM, [ROLE_USER] = SLOT_USER,
	[ROLE_ASSISTANT] = SLOT_ASSISTANT, [ROLE_TOOL] = SLOT_RESULT,
};

/* ---- slots and calls ---- */

static uint32_t add_slot(struct reader *rd, struct jval v, enum slot_kind kind)
{
	struct slot *s;

	if (rd->r->slots.n >= REQUEST_MAX_PARTS) {
		rd->full = true;
		return REQUEST_TOP;
	}
	s = vec_push(&rd->r->slots);
	*s = (struct slot){
		.kind = kind,
		.string = v.type == J_STRING,
		.plain = v.type == J_STRING && (v.plain || !jstr_escaped(v.raw)),
		.message = rd->message,
		.call = REQUEST_TOP,
		.raw = v.raw,
	};
	return (uint32_t)rd->r->slots.n - 1;
}

static void add_call(struct reader *rd, const struct frame *f)
{
	uint32_t index = (uint32_t)rd->r->calls.n, slot = REQUEST_TOP;
	str id = f->call_id.n ? f->call_id : f->id;
	uint64_t *queue;

	if (index >= REQUEST_MAX_PARTS) {
		rd->full = true;
		return;
	}
	if (f->arguments.type != J_NONE)
		slot = add_slot(rd, f->arguments, SLOT_CALL);
	if (slot != REQUEST_TOP)
		request_slot(rd->r, slot)->call = index;
	*(struct tool_call *)vec_push(&rd->r->calls) =
		(struct tool_call){ id, f->name, rd->message, slot, REQUEST_TOP };
	*(uint32_t *)vec_push(&rd->next) = 0;
	if (id.n)
		*map64_put(&rd->ids, str_hash(id), NULL) = index + 1;
	queue = map64_put(&rd->names, str_hash(f->name), NULL);
	if ((uint32_t)*queue)
		*(uint32_t *)vec_at(&rd->next, (*queue >> 32) - 1) = index + 1;
	*queue = (uint64_t)(index + 1) << 32 | ((uint32_t)*queue ? (uint32_t)*queue : index + 1);
}

/* The call a result answers: by id, else the oldest one of that name that has no answer yet. */
static uint32_t find_call(struct reader *rd, const struct frame *f)
{
	str id = f->call_id.n ? f->call_id : f->id;
	uint64_t *at = id.n ? map64_get(&rd->ids, str_hash(id)) : NULL;
	uint32_t index;

	if (at)
		return (uint32_t)*at - 1;
	at = f->name.n ? map64_get(&rd->names, str_hash(f->name)) : NULL;
	if (!at || !(uint32_t)*at)
		return REQUEST_TOP;
	index = (uint32_t)*at - 1;
	*at = (*at & ~(uint64_t)UINT32_MAX) | *(uint32_t *)vec_at(&rd->next, index);
	return index;
}

static void settle(struct reader *rd, uint32_t first, enum slot_kind kind)
{
	for (size_t i = first; i < rd->r->slots.n; i++) {
		struct slot *s = request_slot(rd->r, i);

		if (s->kind == PENDING)
			s->kind = kind;
	}
}

static void add_result(struct reader *rd, const struct frame *f)
{
	uint32_t call = find_call(rd, f);

	for (size_t i = f->first; i < rd->r->slots.n; i++) {
		struct slot *s = request_slot(rd->r, i);

		if (s->kind == PENDING)
			s->kind = SLOT_RESULT;
		s->call = call;
		s->error = f->error;
		s->block = s->block || f->block;
	}
	if (call != REQUEST_TOP && f->first < rd->r->slots.n &&
	    request_call(rd->r, call)->answer == REQUEST_TOP)
		request_call(rd->r, call)->answer = f->first;
}

/* ---- objects ---- */

static void read_object(struct reader *rd, struct jit *it, struct frame *f, int depth);

static bool type_is(const struct frame *f, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_c(f->type, *names))
			return true;
	return false;
}

/* What the object turned out to be, apart from its role. */
static void finish_object(struct reader *rd, struct frame *f, struct jval whole)
{
	static const char *const calls[] = { "tool_use",
					     "server_tool_use",
					     "mcp_tool_use",
					     "function_call",
					     "custom_tool_call",
					     "local_shell_call",
					     NULL };
	static const char *const results[] = { "tool_result",
					       "function_call_output",
					       "mcp_tool_result",
					       "custom_tool_call_output",
					       "local_shell_call_output",
					       NULL };
	static const char *const thoughts[] = { "thinking", "reasoning", "redacted_thinking", "summary_text",
						NULL };

	f->is_call = f->is_call || type_is(f, calls);
	f->is_result = f->is_result || type_is(f, results);
	if (type_is(f, thoughts) || f->thought)
		settle(rd, f->first, SLOT_THINKING);
	if (str_eq_c(f->type, "tool_use") || str_eq_c(f->type, "tool_result"))
		rd->anthropic = true;
	if (f->is_call)
		add_call(rd, f);
	if (f->is_result)
		add_result(rd, f);
	if (f->block && f->first == rd->r->slots.n && !f->is_call && !f->is_result)
		add_slot(rd, whole, SLOT_OTHER);
}

/* A list of blocks, or of messages' parts: objects and plain strings. */
static void read_blocks(struct reader *rd, struct jit *it, struct frame *outer, int depth)
{
	struct jit list, child;

	if (!jit_enter(it, &list))
		return;
	while (!rd->full && jit_key(&list)) {
		struct frame f = { .first = (uint32_t)rd->r->slots.n, .block = true };

		if (list.value.type == J_OBJECT && depth < MAX_NESTING && jit_enter(&list, &child)) {
			read_object(rd, &child, &f, depth + 1);
			jit_leave(&list, &child);
			if (!list.bad)
				finish_object(rd, &f, list.value);
			outer->calls = outer->calls || f.is_call;
			outer->answers = outer->answers || f.is_result;
		} else {
			struct jval v = jit_value(&list);

			if (v.type != J_NONE)
				add_slot(rd, v, v.type == J_STRING ? PENDING : SLOT_OTHER);
		}
		for (size_t i = f.first; i < rd->r->slots.n; i++)
			request_slot(rd->r, i)->block = true;
	}
	jit_leave(it, &list);
}

static void read_content(struct reader *rd, struct jit *it, struct frame *f, int depth)
{
	if (it->value.type == J_STRING)
		add_slot(rd, jit_value(it), PENDING);
	else if (it->value.type == J_ARRAY)
		read_blocks(rd, it, f, depth);
}

/* Gemini's answer is an object; what counts are its members. */
static void read_response(struct reader *rd, struct jit *it)
{
	struct jit child;

	if (!jit_enter(it, &child))
		return;
	while (!rd->full && child.object && jit_next(&child))
		add_slot(rd, child.value, PENDING);
	jit_leave(it, &child);
}

static void read_calls(struct reader *rd, struct jit *it, struct frame *outer, int depth)
{
	struct jit list, child;

	if (!jit_enter(it, &list))
		return;
	while (!rd->full && jit_key(&list)) {
		struct frame f = { .first = (uint32_t)rd->r->slots.n };

		if (depth >= MAX_NESTING || list.value.type != J_OBJECT || !jit_enter(&list, &child))
			continue;
		read_object(rd, &child, &f, depth + 1);
		jit_leave(&list, &child);
		if (!list.bad) {
			add_call(rd, &f);
			outer->calls = true;
		}
	}
	jit_leave(it, &list);
}

static void read_function(struct reader *rd, struct jit *it, struct frame *f, int depth)
{
	struct jit child;

	if (depth >= MAX_NESTING || it->value.type != J_OBJECT || !jit_enter(it, &child))
		return;
	read_object(rd, &child, f, depth + 1);
	jit_leave(it, &child);
}

static enum role role_of(str name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (str_eq_c(name, roles[i].name))
			return roles[i].role;
	return ROLE_NONE;
}

static str take_string(struct jit *it)
{
	struct jval v = jit_value(it);

	return v.type == J_STRING ? v.raw : (str){ NULL, 0 };
}

static void read_member(struct reader *rd, struct jit *it, enum member member, struct frame *f, int depth)
{
	switch (member) {
	case MEMBER_ROLE:
		f->role_raw = take_string(it);
		f->role = role_of(f->role_raw);
		break;
	case MEMBER_TYPE:
		f->type = take_string(it);
		break;
	case MEMBER_ID:
		f->id = take_string(it);
		break;
	case MEMBER_CALL_ID:
		f->call_id = take_string(it);
		break;
	case MEMBER_NAME:
		f->name = take_string(it);
		break;
	case MEMBER_TEXT:
	case MEMBER_THINKING:
		if (it->value.type == J_STRING)
			add_slot(rd, jit_value(it), member == MEMBER_TEXT ? PENDING : SLOT_THINKING);
		break;
	case MEMBER_PARTS:
		rd->gemini = rd->gemini || depth == 0;
		f->parts = true;
		read_content(rd, it, f, depth);
		break;
	case MEMBER_CONTENT:
		read_content(rd, it, f, depth);
		break;
	case MEMBER_SUMMARY:
		if (it->value.type == J_ARRAY)
			read_blocks(rd, it, f, depth);
		break;
	case MEMBER_ARGUMENTS:
		f->arguments = jit_value(it);
		break;
	case MEMBER_CALLS:
		read_calls(rd, it, f, depth);
		break;
	case MEMBER_FUNCTION:
		f->is_call = depth == 0 || f->block; /* the list tool_calls knows it anyway */
		read_function(rd, it, f, depth);
		break;
	case MEMBER_FUNCTION_RESULT:
		f->is_result = true;
		read_function(rd, it, f, depth);
		break;
	case MEMBER_RESPONSE:
		read_response(rd, it);
		break;
	case MEMBER_IMAGE:
		add_slot(rd, jit_value(it), SLOT_IMAGE);
		break;
	case MEMBER_ERROR:
		f->error = it->value.type == J_TRUE;
		break;
	case MEMBER_THOUGHT:
		f->thought = it->value.type == J_TRUE;
		break;
	}
}

/* Members nobody asks for are skipped by the next jit_key. */
static void read_object(struct reader *rd, struct jit *it, struct frame *f, int depth)
{
	while (!rd->full && jit_key(it)) {
		for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
			if (jkey_is(it->key, members[i].name)) {
				read_member(rd, it, members[i].member, f, depth);
				break;
			}
		}
	}
}

/* ---- messages ---- */

static bool is_message(const struct frame *f)
{
	return f->role_raw.n || f->is_call || f->is_result || f->parts || str_eq_c(f->type, "reasoning");
}

static void finish_message(struct reader *rd, struct frame *f, struct message *m, struct jval whole)
{
	if (f->role == ROLE_NONE && f->parts)
		f->role = ROLE_USER;
	if (f->role == ROLE_TOOL && !f->answers)
		f->is_result = true;
	finish_object(rd, f, whole);
	if (!is_message(f))
		rd->strange = true;
	m->calls = f->calls || f->is_call;
	m->answers = f->answers || f->is_result;
	if (f->role == ROLE_NONE && (m->calls || m->answers))
		f->role = m->calls ? ROLE_ASSISTANT : ROLE_TOOL;
	settle(rd, f->first, kind_of_role[f->role]);
	m->role = f->role;
	m->role_raw = f->role_raw;
	m->name = f->is_call ? (str){ NULL, 0 } : f->name;
	m->raw = whole.raw;
	m->n = (uint32_t)rd->r->slots.n - f->first;
}

static void read_message(struct reader *rd, struct jit *it)
{
	struct frame f = { .first = (uint32_t)rd->r->slots.n };
	struct message *m;
	struct jit child;

	if (rd->r->messages.n >= REQUEST_MAX_PARTS) {
		rd->full = true;
		return;
	}
	rd->message = (uint32_t)rd->r->messages.n;
	if (it->value.type != J_OBJECT || !jit_enter(it, &child)) {
		rd->strange = true;
		return;
	}
	read_object(rd, &child, &f, 0);
	jit_leave(it, &child);
	if (it->bad)
		return;
	m = vec_push(&rd->r->messages);
	m->from = f.first;
	finish_message(rd, &f, m, it->value);
}

static void read_list(struct reader *rd, struct jit *it)
{
	struct jit list;

	if (!jit_enter(it, &list))
		return;
	while (!rd->full && !rd->strange && jit_key(&list))
		read_message(rd, &list);
	jit_leave(it, &list);
	rd->message = REQUEST_TOP;
	if (!it->bad)
		rd->r->list = it->value.raw;
}

/* ---- the whole ---- */

static void read_system(struct reader *rd, struct jit *it)
{
	struct frame f = { .first = (uint32_t)rd->r->slots.n };
	struct jit child;

	if (it->value.type == J_OBJECT && jit_enter(it, &child)) {
		read_object(rd, &child, &f, 1);
		jit_leave(it, &child);
	} else {
		read_content(rd, it, &f, 0);
	}
	settle(rd, f.first, SLOT_SYSTEM);
}

static void read_body(struct reader *rd, struct jit *it)
{
	struct request *r = rd->r;
	uint32_t first;

	while (!rd->full && !rd->strange && jit_key(it)) {
		bool list = it->value.type == J_ARRAY && !r->list.n;

		if (jkey_is(it->key, "messages") && list) {
			read_list(rd, it);
		} else if (jkey_is(it->key, "contents") && list) {
			rd->gemini = true;
			read_list(rd, it);
		} else if (jkey_is(it->key, "input") && !r->list.n) {
			r->format = REQUEST_RESPONSES;
			first = (uint32_t)r->slots.n;
			if (list)
				read_list(rd, it);
			else if (it->value.type == J_STRING)
				add_slot(rd, jit_value(it), SLOT_USER);
			rd->spoken = rd->spoken || r->slots.n > first;
		} else if (jkey_is(it->key, "system")) {
			rd->anthropic = true;
			read_system(rd, it);
		} else if (jkey_is(it->key, "systemInstruction") || jkey_is(it->key, "system_instruction") ||
			   jkey_is(it->key, "instructions")) {
			read_system(rd, it);
		} else if (jkey_is(it->key, "tools") && it->value.type == J_ARRAY) {
			add_slot(rd, jit_value(it), SLOT_TOOLS);
		} else if (jkey_is(it->key, "model")) {
			r->model = take_string(it);
		} else if (jkey_is(it->key, "headroom_tool_profiles")) {
			r->profiles = jit_value(it);
		}
	}
}

/* A message a line: lines that are empty do not count. */
static bool read_lines(struct reader *rd, str rest)
{
	str line;

	while (str_line(&rest, &line) && !rd->full && !rd->strange) {
		struct jit it = { 0 };

		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (line.p[0] != '{')
			return false;
		it.p = line.p;
		it.end = line.p + line.n;
		it.pending = true;
		it.value.type = J_OBJECT;
		read_message(rd, &it);
		if (it.bad || it.p != it.end)
			return false;
	}
	rd->message = REQUEST_TOP;
	rd->r->list = rd->r->text;
	rd->r->lines = true;
	return rd->r->messages.n > 0;
}

static enum status read_whole(struct reader *rd, str text, struct error *err)
{
	struct jval v = jval_of(text);
	struct request *r = rd->r;
	struct jit it;

	if (v.type == J_NONE)
		return error_set(err, STATUS_PARSE, "no well-formed JSON");
	if (str_trim(str_from(text, (size_t)(v.raw.p + v.raw.n - text.p) + (v.type == J_STRING))).n) {
		if (v.type == J_OBJECT && read_lines(rd, text))
			return STATUS_OK;
		return error_set(err, rd->strange ? STATUS_NOT_FOUND : STATUS_PARSE,
				 "more than one JSON value, and they are no messages");
	}
	jit_init(&it, v);
	if (v.type == J_OBJECT) {
		read_body(rd, &it);
	} else if (v.type == J_ARRAY) {
		struct jit outer = {
			.p = v.raw.p, .end = v.raw.p + v.raw.n, .pending = true, .value = { .type = J_ARRAY }
		};

		r->bare = true;
		read_list(rd, &outer);
		it.bad = outer.bad;
	}
	if (it.bad)
		return error_set(err, STATUS_PARSE, "broken JSON inside of a conversation");
	return STATUS_OK;
}

static enum status check(const struct reader *rd, struct error *err)
{
	const struct request *r = rd->r;

	if (rd->full)
		return error_set(err, STATUS_LIMIT, "more than %zu messages or texts", REQUEST_MAX_PARTS);
	if (rd->strange || (!r->list.n && !rd->spoken) || (r->bare && !r->messages.n))
		return error_set(err, STATUS_NOT_FOUND, "JSON, but neither a request nor a list of messages");
	return STATUS_OK;
}

enum status request_parse(str text, struct request *out, struct error *err)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct request r = { .text = text, .format = REQUEST_OPENAI };
	struct reader rd = { .r = &r, .message = REQUEST_TOP };
	enum status status = STATUS_LIMIT;

	vec_init(&r.messages, sizeof(struct message));
	vec_init(&r.slots, sizeof(struct slot));
	vec_init(&r.calls, sizeof(struct tool_call));
	vec_init(&rd.next, sizeof(uint32_t));
	map64_init(&rd.ids);
	map64_init(&rd.names);
	if (text.n > REQUEST_MAX_BYTES)
		error_set(err, status, "larger than %zu bytes", REQUEST_MAX_BYTES);
	else
		status = read_whole(&rd, str_starts_c(text, bom) ? str_from(text, 3) : text, err);
	if (status == STATUS_OK)
		status = check(&rd, err);
	if (rd.gemini)
		r.format = REQUEST_GEMINI;
	else if (rd.anthropic)
		r.format = REQUEST_ANTHROPIC;
	map64_release(&rd.ids);
	map64_release(&rd.names);
	vec_release(&rd.next);
	if (status == STATUS_OK)
		*out = r;
	else
		request_release(&r);
	return status;
}

void request_release(struct request *r)
{
	if (!r)
		return;
	vec_release(&r->messages);
	vec_release(&r->slots);
	vec_release(&r->calls);
}
