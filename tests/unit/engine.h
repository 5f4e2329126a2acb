/*
 * engine: what the tests of the pipeline share: conversations in few words, runs with a store in memory.
 */
#ifndef HEADROOM_TESTS_UNIT_ENGINE_H
#define HEADROOM_TESTS_UNIT_ENGINE_H

#include "core/compress/pipeline.h"
#include "core/json/jput.h"

/* A conversation being written, in OpenAI's shape. */
struct talk {
	struct buf text;
	struct jput j;
	int calls;
};

static inline void talk_begin(struct talk *t)
{
	*t = (struct talk){ .calls = 0 };
	buf_init(&t->text, 64 << 20);
	jput_init(&t->j, &t->text, false);
	jput_array(&t->j);
}

static inline void talk_say(struct talk *t, const char *role, const char *text)
{
	jput_object(&t->j);
	jput_kstr(&t->j, "role", str_c(role));
	jput_kstr(&t->j, "content", str_c(text));
	jput_end(&t->j);
}

static inline void talk_call(struct talk *t, const char *tool, const char *arguments)
{
	char id[32];

	snprintf(id, sizeof(id), "call_%d", ++t->calls);
	jput_object(&t->j);
	jput_kstr(&t->j, "role", STR("assistant"));
	jput_key(&t->j, "content");
	jput_null(&t->j);
	jput_key(&t->j, "tool_calls");
	jput_array(&t->j);
	jput_object(&t->j);
	jput_kstr(&t->j, "id", str_c(id));
	jput_kstr(&t->j, "type", STR("function"));
	jput_key(&t->j, "function");
	jput_object(&t->j);
	jput_kstr(&t->j, "name", str_c(tool));
	jput_kstr(&t->j, "arguments", str_c(arguments));
	jput_end(&t->j);
	jput_end(&t->j);
	jput_end(&t->j);
	jput_end(&t->j);
}

/* The answer to the last call. */
static inline void talk_answer(struct talk *t, str text)
{
	char id[32];

	snprintf(id, sizeof(id), "call_%d", t->calls);
	jput_object(&t->j);
	jput_kstr(&t->j, "role", STR("tool"));
	jput_kstr(&t->j, "tool_call_id", str_c(id));
	jput_kstr(&t->j, "content", text);
	jput_end(&t->j);
}

static inline void talk_tool(struct talk *t, const char *tool, const char *arguments, str result)
{
	talk_call(t, tool, arguments);
	talk_answer(t, result);
}

static inline str talk_end(struct talk *t)
{
	jput_end(&t->j);
	return buf_str(&t->text);
}

/* ---- texts to be compressed ---- */

static inline str rows_of(struct arena *a, int n)
{
	struct buf b;
	str text;

	buf_init(&b, 64 << 20);
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s{\"id\":%d,\"name\":\"item %d\",\"state\":\"ok\",\"value\":%d}",
			   i ? "," : "[", i, i, i * 37 % 101);
	buf_add_ch(&b, ']');
	text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static inline str code_of(struct arena *a, int functions)
{
	struct buf b;
	str text;

	buf_init(&b, 64 << 20);
	buf_add_c(&b, "import os\nimport sys\n\n");
	for (int i = 0; i < functions; i++)
		buf_printf(&b,
			   "def handle_%d(path, mode):\n    \"\"\"Handles %d.\"\"\"\n    total = 0\n"
			   "    for name in os.listdir(path):\n        total += len(name)\n        if mode:\n"
			   "            total -= 1\n    print(total)\n    sys.stdout.flush()\n    return "
			   "total\n\n",
			   i, i);
	text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* ---- runs ---- */

struct ran {
	struct request before, after; /* after: of the result */
	struct pipeline_result result;
};

static inline void engine_run(str text, const struct compress_config *config,
			      const struct pipeline_options *o, struct ran *out)
{
	struct error err = { .message = "" };

	if (request_parse(text, &out->before, &err) != STATUS_OK ||
	    pipeline_run(&out->before, config, o, &out->result, &err) != STATUS_OK ||
	    request_parse(buf_str(&out->result.bytes), &out->after, &err) != STATUS_OK)
		fail_msg("%s", err.message);
}

static inline void engine_release(struct ran *r)
{
	pipeline_result_release(&r->result);
	request_release(&r->after);
	request_release(&r->before);
}

/* The labels, joined by blanks. */
static inline str labels_of(struct arena *a, const struct ran *r)
{
	struct buf b;
	str text;

	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < r->result.labels.n; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", STR_ARG(*(str *)vec_at(&r->result.labels, i)));
	text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static inline bool has_label(const struct ran *r, const char *start)
{
	for (size_t i = 0; i < r->result.labels.n; i++)
		if (str_starts_c(*(str *)vec_at(&r->result.labels, i), start))
			return true;
	return false;
}

#endif
