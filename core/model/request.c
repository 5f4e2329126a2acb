/*
 * request: one walk through the text, from its top to the messages; request_read.h goes on from there.
 */
#include <assert.h>

#include "core/model/request_read.h"

const char *const request_format_names[] = { "openai", "responses", "anthropic", "gemini" };
static_assert(sizeof(request_format_names) / sizeof(*request_format_names) == REQUEST_FORMAT_COUNT,
	      "a name for each format");

const char *const slot_kind_names[] = { "system",      "user",	"assistant", "thinking", "tool_call",
					"tool_result", "image", "tools",     "other" };
static_assert(sizeof(slot_kind_names) / sizeof(*slot_kind_names) == SLOT_KIND_COUNT, "a name for each kind");

static const enum slot_kind kind_of_role[ROLE_COUNT] = {
	[ROLE_NONE] = SLOT_OTHER,	   [ROLE_SYSTEM] = SLOT_SYSTEM, [ROLE_USER] = SLOT_USER,
	[ROLE_ASSISTANT] = SLOT_ASSISTANT, [ROLE_TOOL] = SLOT_RESULT,
};

/* ---- messages ---- */

/* Items of Responses need no role: a reference, a search, a call of some tool of the provider's. */
static bool is_message(const struct reader *rd, const struct frame *f)
{
	return (rd->r->format == REQUEST_RESPONSES && f->type.n) || f->role_raw.n || f->is_call ||
	       f->is_result || f->parts || str_eq_c(f->type, "reasoning");
}

static void finish_message(struct reader *rd, struct frame *f, struct message *m, struct jval whole)
{
	if (f->role == ROLE_NONE && f->parts)
		f->role = ROLE_USER;
	if (f->role == ROLE_TOOL && !f->answers)
		f->is_result = true;
	reader_finish(rd, f, whole);
	if (!is_message(rd, f))
		rd->strange = true;
	m->calls = f->calls || f->is_call;
	m->answers = f->answers || f->is_result;
	if (f->role == ROLE_NONE && (m->calls || m->answers))
		f->role = m->calls ? ROLE_ASSISTANT : ROLE_TOOL;
	reader_settle(rd, f->first, kind_of_role[f->role]);
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
	reader_object(rd, &child, &f, 0);
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
		reader_object(rd, &child, &f, 1);
		jit_leave(it, &child);
	} else {
		reader_content(rd, it, &f, 0);
	}
	reader_settle(rd, f.first, SLOT_SYSTEM);
	rd->r->system = jit_value(it);
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
				reader_add(rd, jit_value(it), SLOT_USER);
			rd->spoken = rd->spoken || r->slots.n > first;
			rd->strange = rd->strange || (list && r->messages.n && r->slots.n == first);
		} else if (jkey_is(it->key, "system")) {
			rd->anthropic = true;
			read_system(rd, it);
		} else if (jkey_is(it->key, "systemInstruction") || jkey_is(it->key, "system_instruction") ||
			   jkey_is(it->key, "instructions")) {
			read_system(rd, it);
		} else if (jkey_is(it->key, "tools") && it->value.type == J_ARRAY) {
			reader_add(rd, jit_value(it), SLOT_TOOLS);
		} else if (jkey_is(it->key, "model")) {
			r->model = reader_string(it);
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
