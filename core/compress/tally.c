#include "core/compress/tally.h"

#include <assert.h>

#include "core/base/work.h"

/* What every counter of providers adds in one way or another; spec of the figures: pipeline.h. */
enum {
	PER_MESSAGE = 4,
	PER_NAME = 1,
	PER_CALL = 4,
	PARALLEL_BYTES = 48 << 10 /* fewer are counted sooner than a thread is started */
};

/* Of one image in its usual size: OpenAI's high detail of four tiles, Anthropic's largest without scaling, Gemini's flat
 * figure. */
static const size_t image_tokens[REQUEST_FORMAT_COUNT] = {
	[REQUEST_OPENAI] = 765,
	[REQUEST_RESPONSES] = 765,
	[REQUEST_ANTHROPIC] = 1600,
	[REQUEST_GEMINI] = 258,
};
#define OPENAI_LOW_DETAIL 85

const char *const block_names[] = { "system", "user",  "assistant", "tool_call", "tool_result",
				    "rag",    "tools", "unknown",   "overhead" };
static_assert(sizeof(block_names) / sizeof(*block_names) == BLOCK_COUNT, "a name for each block");

static const enum block block_of[SLOT_KIND_COUNT] = {
	[SLOT_SYSTEM] = BLOCK_SYSTEM,	   [SLOT_USER] = BLOCK_USER,   [SLOT_ASSISTANT] = BLOCK_ASSISTANT,
	[SLOT_THINKING] = BLOCK_ASSISTANT, [SLOT_CALL] = BLOCK_CALL,   [SLOT_RESULT] = BLOCK_RESULT,
	[SLOT_IMAGE] = BLOCK_USER,	   [SLOT_TOOLS] = BLOCK_TOOLS, [SLOT_OTHER] = BLOCK_UNKNOWN,
};

size_t run_count(const struct run *run, int job, str text)
{
	return token_count(run->tokenizer, run->caches[job], text);
}

static size_t image(const struct run *run, const struct slot *s)
{
	enum request_format format = run->r->format;
	struct jval v = { .raw = s->raw, .type = s->string ? J_STRING : J_OBJECT };

	if (format != REQUEST_ANTHROPIC && jval_is(jget(v, "detail"), "low"))
		return OPENAI_LOW_DETAIL;
	return image_tokens[format];
}

/* Names and ids that go with a slot's text; a result of several texts names its call once. */
static size_t fixed_tokens(const struct run *run, int job, size_t index)
{
	const struct slot *s = request_slot(run->r, index);
	const struct tool_call *c;

	if (s->call == REQUEST_TOP)
		return 0;
	c = request_call(run->r, s->call);
	if (s->kind == SLOT_CALL)
		return PER_CALL + run_count(run, job, c->name) + run_count(run, job, c->id);
	return c->answer == index ? run_count(run, job, c->id) : 0;
}

static bool tally_slot(void *ctx, int job, size_t index)
{
	struct run *run = ctx;
	const struct slot *s = request_slot(run->r, index);
	struct text *t = &run->texts[index];

	if (s->kind == SLOT_IMAGE) {
		t->before = t->tokens = image(run, s);
		return true;
	}
	t->text = slot_text(s, &run->arenas[job], &t->exact);
	t->before = t->tokens = run_count(run, job, t->text);
	t->fixed = fixed_tokens(run, job, index);
	return true;
}

static size_t message_overhead(const struct run *run, const struct message *m)
{
	return PER_MESSAGE + run_count(run, 0, m->role_raw) +
	       (m->name.n ? run_count(run, 0, m->name) + PER_NAME : 0);
}

size_t run_message_tokens(const struct run *run, size_t message)
{
	const struct message *m = request_message(run->r, message);
	size_t n = message_overhead(run, m);

	for (size_t i = m->from; i < m->from + m->n; i++)
		n += run->texts[i].tokens + run->texts[i].fixed;
	return n;
}

/* Documents that were looked up for the user stand in the user's text. */
static bool is_looked_up(str text)
{
	static const char *const signs[] = { "[document ", "[source: ",	      "<context>",
					     "<document>", "retrieved from:", "from the knowledge base:" };
	char lower[32];

	for (size_t at = 0; at < text.n; at++) {
		char c = text.p[at];
		size_t n = text.n - at < sizeof(lower) ? text.n - at : sizeof(lower);

		if (c != '[' && c != '<' && c != 'R' && c != 'r' && c != 'F' && c != 'f')
			continue;
		for (size_t i = 0; i < n; i++)
			lower[i] =
				(char)(text.p[at + i] >= 'A' && text.p[at + i] <= 'Z' ? text.p[at + i] | 0x20
										      : text.p[at + i]);
		for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
			if (!str_starts_c((str){ lower, n }, signs[i]))
				continue;
			/* "[Document 12]" has a number */
			if (i > 0 || (n > 10 && lower[10] >= '0' && lower[10] <= '9'))
				return true;
		}
	}
	return false;
}

void tally_run(struct run *run)
{
	const struct request *r = run->r;
	size_t *blocks = run->out->blocks;

	work_run(r->text.n < PARALLEL_BYTES ? 1 : run->jobs, r->slots.n, tally_slot, run);
	blocks[BLOCK_OVERHEAD] = PIPELINE_REPLY_TOKENS;
	for (size_t i = 0; i < r->messages.n; i++)
		blocks[BLOCK_OVERHEAD] += message_overhead(run, request_message(r, i));
	for (size_t i = 0; i < r->slots.n; i++) {
		const struct slot *s = request_slot(r, i);
		enum block b = block_of[s->kind];

		if (b == BLOCK_USER && s->kind == SLOT_USER && is_looked_up(run->texts[i].text))
			b = BLOCK_RAG;
		blocks[b] += run->texts[i].tokens + run->texts[i].fixed;
	}
	/* a call without arguments has no slot */
	for (size_t i = 0; i < r->calls.n; i++) {
		const struct tool_call *c = request_call(r, i);

		if (c->slot == REQUEST_TOP)
			blocks[BLOCK_OVERHEAD] +=
				PER_CALL + run_count(run, 0, c->name) + run_count(run, 0, c->id);
	}
	for (size_t b = 0; b < BLOCK_COUNT; b++)
		run->tokens += blocks[b];
}
