/*
 * request: a conversation on its way to a model, read lazily from its bytes: OpenAI chat and Responses, Anthropic,
 * Gemini, a bare list of messages, or one message a line.  Nothing is copied: messages and slots are slices of the text,
 * which must outlive them.  A slot is a text of its own (or a JSON value that stands for one) that is counted and may be
 * replaced.  Writing splices into the original bytes, so that whatever is not touched stays as it was: spelling of
 * numbers, order of keys, white space, escapes, unknown members.
 *
 * Shapes are those of the providers' public API references:
 *
 *	OpenAI     {"messages":[{"role","content":string|null|parts,"tool_calls":[{"id","function":{"name","arguments"}}]},
 *	            {"role":"tool","tool_call_id","content"}],"tools":[...]}
 *	Responses  {"instructions","input":string|[{"role","content"},{"type":"function_call","call_id","name","arguments"},
 *	            {"type":"function_call_output","call_id","output"}]}
 *	Anthropic  {"system":string|blocks,"messages":[{"role","content":string|[text|tool_use|tool_result|image|thinking]}]}
 *	Gemini     {"systemInstruction":{"parts"},"contents":[{"role","parts":[text|functionCall|functionResponse|inlineData]}]}
 */
#ifndef HEADROOM_MODEL_REQUEST_H
#define HEADROOM_MODEL_REQUEST_H

#include "core/base/error.h"
#include "core/base/vec.h"
#include "core/json/jget.h"

#define REQUEST_MAX_BYTES ((size_t)512 << 20)
#define REQUEST_MAX_PARTS ((size_t)1 << 20) /* messages, and slots */
#define REQUEST_TOP UINT32_MAX /* no message: the request's own text; no call */

enum request_format {
	REQUEST_OPENAI,
	REQUEST_RESPONSES,
	REQUEST_ANTHROPIC,
	REQUEST_GEMINI,
	REQUEST_FORMAT_COUNT
};
extern const char *const request_format_names[REQUEST_FORMAT_COUNT];

enum role {
	ROLE_NONE,
	ROLE_SYSTEM, /* developer, too */
	ROLE_USER,
	ROLE_ASSISTANT, /* model, too */
	ROLE_TOOL, /* function, too; an item that answers a call */
	ROLE_COUNT
};

enum slot_kind {
	SLOT_SYSTEM,
	SLOT_USER,
	SLOT_ASSISTANT,
	SLOT_THINKING,
	SLOT_CALL, /* the arguments of a call */
	SLOT_RESULT,
	SLOT_IMAGE,
	SLOT_TOOLS, /* the schemas of all tools */
	SLOT_OTHER,
	SLOT_KIND_COUNT
};
extern const char *const slot_kind_names[SLOT_KIND_COUNT];

struct slot {
	enum slot_kind kind;
	bool string; /* raw is what stands between the quotes; else it is a whole value */
	bool plain; /* a string without escapes */
	bool block; /* stands in a list of content blocks */
	bool error; /* a result that says the call failed */
	uint32_t message; /* REQUEST_TOP: beside the messages */
	uint32_t call; /* of a call or a result; REQUEST_TOP: not known */
	str raw;
};

struct message {
	enum role role;
	str raw; /* the whole object */
	str role_raw, name; /* still escaped */
	uint32_t from, n; /* its slots */
	bool calls, answers; /* tools are called in it; results stand in it */
};

struct tool_call {
	str id, name; /* still escaped */
	uint32_t message, slot;
	uint32_t answer; /* the first slot that answers it, or REQUEST_TOP */
};

struct request {
	str text;
	enum request_format format;
	bool bare; /* a list without a body around it */
	bool lines; /* a message a line */
	str list; /* the array of messages, "" where there is none */
	str model; /* still escaped, "" if it does not say */
	struct jval system; /* beside the messages, whole; J_NONE: none */
	struct jval profiles; /* headroom_tool_profiles */
	struct vec messages, slots, calls; /* slots in the order of their bytes */
};

/* STATUS_PARSE: no well-formed JSON; STATUS_NOT_FOUND: JSON, but no conversation; STATUS_LIMIT.  On success the caller
 * releases *out. */
enum status request_parse(str text, struct request *out, struct error *err);
void request_release(struct request *r);

static inline struct message *request_message(const struct request *r, size_t i)
{
	return vec_at(&r->messages, i);
}

static inline struct slot *request_slot(const struct request *r, size_t i)
{
	return vec_at(&r->slots, i);
}

static inline struct tool_call *request_call(const struct request *r, size_t i)
{
	return vec_at(&r->calls, i);
}

/* What a slot means; *exact is false if the string has no meaning in UTF-8 (lone surrogates, invalid bytes), so that it
 * could not be given back.  A borrowed slice, or a copy in a. */
str slot_text(const struct slot *s, struct arena *a, bool *exact);
str request_tool_name(const struct request *r, const struct slot *s); /* of the call it belongs to, or "" */

/* What is to be changed; whatever is NULL or empty changes nothing. */
struct request_change {
	const str *texts; /* a new text for each slot, p NULL: none; a slot that is no string gets JSON */
	const bool *dropped; /* messages */
	str inserted; /* a message, as JSON ... */
	size_t before; /* ... to stand before this one */
};
void request_write(const struct request *r, const struct request_change *c, struct buf *out);

#endif
