#include "tests/bench/gen_record.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/env.h"

/* ---- lines ---- */

static void add(struct gen *g, const char *c)
{
	buf_add_c(&g->line, c);
}

static void begin(struct gen *g)
{
	buf_clear(&g->line);
	buf_printf(&g->line, "{\"parentUuid\":\"%s\",\"isSidechain\":%s,", g->last,
		   g->sidechain ? "true" : "false");
}

static void stamp(struct gen *g)
{
	struct arena a;
	str time;

	arena_init(&a);
	make_uuid(&g->text, g->last);
	g->clock += 1 + (int64_t)pick(&g->text, 9000);
	time = str_sub(time_format(&a, g->clock), 0, strlen("2026-01-01T00:00:00"));
	buf_printf(&g->line, "\"uuid\":\"%s\",\"timestamp\":\"%.*s.%03dZ\",", g->last, STR_ARG(time),
		   (int)(g->clock % 1000));
	arena_release(&a);
}

static void finish(struct gen *g, bool result)
{
	buf_printf(&g->line,
		   "\"userType\":\"external\",\"entrypoint\":\"cli\",\"cwd\":\"%s\",\"sessionId\":\"%s\","
		   "\"version\":\"2.1.119\",\"gitBranch\":\"main\",\"slug\":\"quiet-brown-fox\"}\n",
		   g->cwd, g->session);
	if (fwrite(g->line.p, 1, g->line.n, g->file) != g->line.n) {
		perror("gen_corpus");
		exit(1);
	}
	*(uint32_t *)vec_push(&g->sizes) = (uint32_t)g->line.n;
	g->bytes += g->line.n;
	g->result_bytes += result ? g->line.n : 0;
}

/* Of any type that is no message of the model, with a body of about n bytes. */
static void other(struct gen *g, const char *type, const char *before, size_t n, const char *behind)
{
	begin(g);
	buf_printf(&g->line, "\"type\":\"%s\",%s", type, before);
	buf_add(&g->line, some_text(&g->text, n));
	buf_printf(&g->line, "%s,", behind);
	stamp(g);
	finish(g, false);
}

/* One block of a message of the model. */
static void assistant(struct gen *g, uint64_t message, const char *kind, const struct buf *body)
{
	struct text *t = &g->text;

	begin(g);
	buf_printf(&g->line,
		   "\"message\":{\"model\":\"claude-opus-4-6\",\"id\":\"msg_01%020" PRIu64 "\",\"type\":"
		   "\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"%s\",",
		   message, kind);
	buf_add(&g->line, buf_str(body));
	buf_printf(&g->line,
		   "}],\"stop_reason\":\"tool_use\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":%d,"
		   "\"cache_creation_input_tokens\":%d,\"cache_read_input_tokens\":%d,\"cache_creation\":{"
		   "\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":%d},\"output_tokens\":%d,"
		   "\"service_tier\":\"standard\",\"inference_geo\":\"not_available\"}},\"requestId\":"
		   "\"req_011C%020" PRIu64 "\",\"type\":\"assistant\",",
		   (int)pick(t, 20), (int)pick(t, 9000), (int)pick(t, 90000), (int)pick(t, 9000),
		   (int)pick(t, 900), message);
	stamp(g);
	finish(g, false);
}

/* ---- tools ---- */

struct call {
	const struct tool *tool;
	uint64_t id;
	str path, asked, old, answer;
	bool failed;
};

/* What a tool is asked: the members of `input`; and what it answers, apart from the text: `toolUseResult`. */
struct tool {
	const char *name;
	double share, answer, spread; /* of all calls; bytes in the middle */
	void (*input)(struct gen *g, const struct call *c, struct buf *out);
	void (*result)(struct gen *g, const struct call *c);
};

static void bash_input(struct gen *g, const struct call *c, struct buf *out)
{
	buf_printf(out, "\"command\":\"cd %s && %.*s\",\"description\":\"Run the command\"", g->cwd,
		   STR_ARG(c->asked));
}

static void bash_result(struct gen *g, const struct call *c)
{
	add(g, "{\"stdout\":\"");
	buf_add(&g->line, c->answer);
	add(g, "\",\"stderr\":\"\",\"interrupted\":false,\"isImage\":false,\"noOutputExpected\":false}");
}

static void read_input(struct gen *g, const struct call *c, struct buf *out)
{
	(void)g;
	buf_printf(out, "\"file_path\":\"%.*s\"", STR_ARG(c->path));
}

static void read_result(struct gen *g, const struct call *c)
{
	buf_printf(&g->line, "{\"type\":\"text\",\"file\":{\"filePath\":\"%.*s\",\"content\":\"",
		   STR_ARG(c->path));
	buf_add(&g->line, c->answer);
	add(g, "\",\"numLines\":80,\"startLine\":1,\"totalLines\":80}}");
}

static void edit_input(struct gen *g, const struct call *c, struct buf *out)
{
	(void)g;
	buf_printf(out, "\"file_path\":\"%.*s\",\"old_string\":\"%.*s\",\"new_string\":\"%.*s\",",
		   STR_ARG(c->path), STR_ARG(c->old), STR_ARG(c->asked));
	buf_add_c(out, "\"replace_all\":false");
}

static void edit_result(struct gen *g, const struct call *c)
{
	str line;

	buf_printf(&g->line, "{\"filePath\":\"%.*s\",\"oldString\":\"%.*s\",\"newString\":\"%.*s\",",
		   STR_ARG(c->path), STR_ARG(c->old), STR_ARG(c->asked));
	add(g, "\"originalFile\":\"");
	buf_add(&g->line, some_text(&g->text, size_around(&g->text, 2500 * g->scale, 1.5)));
	add(g, "\",\"structuredPatch\":[{\"oldStart\":12,\"oldLines\":9,\"newStart\":12,\"newLines\":9,"
	       "\"lines\":[");
	for (size_t i = 0, n = 4 + pick(&g->text, 12); i < n; i++) {
		line = some_text(&g->text, 1);
		line = str_sub(line, 0, line.n > 2 ? line.n - 2 : 0); /* without its newline */
		buf_printf(&g->line, "%s\"%s%.*s\"", i ? "," : "", i % 3 ? " " : "+", STR_ARG(line));
	}
	add(g, "]}],\"userModified\":false,\"replaceAll\":false}");
}

static void grep_input(struct gen *g, const struct call *c, struct buf *out)
{
	(void)c;
	buf_printf(out, "\"pattern\":\"%s\",\"path\":\"%s/src\",\"output_mode\":\"content\"",
		   some_word(&g->text), g->cwd);
}

static void grep_result(struct gen *g, const struct call *c)
{
	add(g, "{\"mode\":\"content\",\"numFiles\":0,\"filenames\":[],\"content\":\"");
	buf_add(&g->line, c->answer);
	add(g, "\",\"numLines\":9}");
}

static const struct tool tools[] = {
	{ "Bash", 0.42, 470, 1.55, bash_input, bash_result },
	{ "Read", 0.24, 480, 1.7, read_input, read_result },
	{ "Edit", 0.24, 310, 1.7, edit_input, edit_result },
	{ "Grep", 1, 470, 1.7, grep_input, grep_result },
};

static const char *const failures[] = {
	"File does not exist. Note: your current working directory is /home/dev/work/app.",
	"<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>",
	"<tool_use_error>String to replace not found in file.\\nString: ",
	"Exit code 1\\n",
	"Exit code 1\\n",
	"Exit code 2\\n",
	"Exit code 127\\n/bin/bash: line 1: frobnicate: command not found",
	"EISDIR: illegal operation on a directory, read",
	"The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a "
	"file edit, "
	"the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell "
	"you how "
	"to proceed.",
};

static const struct tool *some_tool(struct gen *g)
{
	const struct tool *tool = tools;
	double at = (double)pick(&g->text, 1000) / 1000;

	for (; at >= tool->share; tool++)
		at -= tool->share;
	return tool;
}

static void result(struct gen *g, const struct call *c, const char *call_uuid)
{
	const char *failure = c->failed ? failures[pick(&g->text, sizeof(failures) / sizeof(*failures))] : "";

	begin(g);
	buf_printf(&g->line,
		   "\"promptId\":\"%s\",\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":[{"
		   "\"tool_use_id\":\"toolu_01%020" PRIu64 "\",\"type\":\"tool_result\",\"content\":\"",
		   g->session, c->id);
	add(g, failure);
	buf_add(&g->line, c->answer);
	add(g, c->failed ? "\",\"is_error\":true}]}," : "\",\"is_error\":false}]},");
	stamp(g);
	add(g, "\"toolUseResult\":");
	if (c->failed) {
		buf_printf(&g->line, "\"Error: %s", failure);
		buf_add(&g->line, c->answer);
		add(g, "\"");
	} else {
		c->tool->result(g, c);
	}
	buf_printf(&g->line, ",\"sourceToolAssistantUUID\":\"%s\",", call_uuid);
	finish(g, true);
}

/* ---- a conversation ---- */

void gen_prompt(struct gen *g)
{
	size_t n = chance(&g->text, 0.12) ? size_around(&g->text, 12000, 1.0) : 60;

	other(g, "user", "\"message\":{\"role\":\"user\",\"content\":\"", n, "\"}");
}

/* What the model says before it calls a tool. */
static void prose(struct gen *g, uint64_t message, struct buf *body)
{
	struct text *t = &g->text;

	if (chance(t, 0.23)) {
		buf_clear(body);
		buf_add_c(body, "\"thinking\":\"");
		buf_add(body, some_text(t, size_around(t, 900, 0.9)));
		buf_add_c(body, "\",\"signature\":\"");
		for (size_t i = size_around(t, 900, 0.6); i > 0; i--)
			buf_add_ch(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"[pick(t, 32)]);
		buf_add_ch(body, '"');
		assistant(g, message, "thinking", body);
	}
	if (chance(t, 0.53)) {
		buf_clear(body);
		buf_add_c(body, "\"text\":\"");
		buf_add(body, some_text(t, size_around(t, 160, 1.0)));
		buf_add_ch(body, '"');
		assistant(g, message, "text", body);
	}
}

/* Lines that are no part of the conversation, in the numbers they have in real logs. */
static void noise(struct gen *g)
{
	struct text *t = &g->text;

	if (chance(t, 0.14))
		other(g, "attachment", "\"attachment\":{\"type\":\"task_reminder\",\"content\":\"",
		      size_around(t, 600, 1.5), "\"}");
	if (chance(t, 0.18))
		other(g, "system", "\"subtype\":\"stop_hook_summary\",\"content\":\"", 60, "\"");
	if (chance(t, 0.12))
		other(g, "file-history-snapshot", "\"snapshot\":{\"x\":\"", 300, "\"}");
	if (chance(t, 0.17))
		gen_prompt(g);
}

void gen_exchange(struct gen *g, struct buf *body)
{
	static const char *const files[] = { "src/main.c", "src/parse.c", "lib/buffer.c", "docs/notes.md" };
	struct text *t = &g->text;
	struct call c = { .tool = some_tool(g), .id = random_bits(t), .failed = chance(t, 0.066) };
	uint64_t message = random_bits(t);
	char call_uuid[UUID_SIZE];
	struct arena a;

	arena_init(&a);
	c.path = arena_printf(&a, "%s/%s", g->cwd, files[pick(t, sizeof(files) / sizeof(*files))]);
	c.old = some_text(t, 120);
	c.asked = some_text(t, size_around(t, c.tool->input == edit_input ? 350 : 60, 0.8));
	c.answer = some_text(t, size_around(t, (c.failed ? 500 : c.tool->answer) * g->scale, c.tool->spread));
	prose(g, message, body);
	buf_clear(body);
	buf_printf(body, "\"id\":\"toolu_01%020" PRIu64 "\",\"name\":\"%s\",\"input\":{", c.id, c.tool->name);
	c.tool->input(g, &c, body);
	buf_add_c(body, "},\"caller\":{\"type\":\"direct\"}");
	assistant(g, message, "tool_use", body);
	memcpy(call_uuid, g->last, sizeof(call_uuid));
	if (chance(t, 0.43))
		other(g, "progress", "\"data\":{\"type\":\"bash_progress\",\"output\":\"",
		      size_around(t, 400, 1.6), "\"}");
	result(g, &c, call_uuid);
	noise(g);
	g->calls++;
	g->failures += c.failed;
	arena_release(&a);
}
