#include "core/model/request_read.h"

#define MAX_NESTING 4 /* lists of blocks within blocks */

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

/* ---- slots and calls ---- */

uint32_t reader_add(struct reader *rd, struct jval v, enum slot_kind kind)
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
		slot = reader_add(rd, f->arguments, SLOT_CALL);
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

void reader_settle(struct reader *rd, uint32_t first, enum slot_kind kind)
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

static bool type_is(const struct frame *f, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_c(f->type, *names))
			return true;
	return false;
}

void reader_finish(struct reader *rd, struct frame *f, struct jval whole)
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
		reader_settle(rd, f->first, SLOT_THINKING);
	if (str_eq_c(f->type, "tool_use") || str_eq_c(f->type, "tool_result"))
		rd->anthropic = true;
	if (f->is_call)
		add_call(rd, f);
	if (f->is_result)
		add_result(rd, f);
	if (f->block && f->first == rd->r->slots.n && !f->is_call && !f->is_result)
		reader_add(rd, whole, SLOT_OTHER);
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
			reader_object(rd, &child, &f, depth + 1);
			jit_leave(&list, &child);
			if (!list.bad)
				reader_finish(rd, &f, list.value);
			outer->calls = outer->calls || f.is_call;
			outer->answers = outer->answers || f.is_result;
		} else {
			struct jval v = jit_value(&list);

			if (v.type != J_NONE)
				reader_add(rd, v, v.type == J_STRING ? PENDING : SLOT_OTHER);
		}
		for (size_t i = f.first; i < rd->r->slots.n; i++)
			request_slot(rd->r, i)->block = true;
	}
	jit_leave(it, &list);
}

void reader_content(struct reader *rd, struct jit *it, struct frame *f, int depth)
{
	if (it->value.type == J_STRING)
		reader_add(rd, jit_value(it), PENDING);
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
		reader_add(rd, child.value, PENDING);
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
		reader_object(rd, &child, &f, depth + 1);
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
	reader_object(rd, &child, f, depth + 1);
	jit_leave(it, &child);
}

static enum role role_of(str name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (str_eq_c(name, roles[i].name))
			return roles[i].role;
	return ROLE_NONE;
}

str reader_string(struct jit *it)
{
	struct jval v = jit_value(it);

	return v.type == J_STRING ? v.raw : (str){ NULL, 0 };
}

static void read_member(struct reader *rd, struct jit *it, enum member member, struct frame *f, int depth)
{
	switch (member) {
	case MEMBER_ROLE:
		f->role_raw = reader_string(it);
		f->role = role_of(f->role_raw);
		break;
	case MEMBER_TYPE:
		f->type = reader_string(it);
		break;
	case MEMBER_ID:
		f->id = reader_string(it);
		break;
	case MEMBER_CALL_ID:
		f->call_id = reader_string(it);
		break;
	case MEMBER_NAME:
		f->name = reader_string(it);
		break;
	case MEMBER_TEXT:
	case MEMBER_THINKING:
		if (it->value.type == J_STRING)
			reader_add(rd, jit_value(it), member == MEMBER_TEXT ? PENDING : SLOT_THINKING);
		break;
	case MEMBER_PARTS:
		rd->gemini = rd->gemini || depth == 0;
		f->parts = true;
		reader_content(rd, it, f, depth);
		break;
	case MEMBER_CONTENT:
		reader_content(rd, it, f, depth);
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
		reader_add(rd, jit_value(it), SLOT_IMAGE);
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
void reader_object(struct reader *rd, struct jit *it, struct frame *f, int depth)
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
