/*
 * headroom compress: one request, or one text, through the pipeline; what is dropped can be had again with `headroom
 * retrieve`.
 */
#include <stdio.h>

#include "core/base/env.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"
#include "core/json/jput.h"

struct compress_flags {
	const char *model, *query;
	struct vec sets; /* const char * */
	int type, format;
	bool body;
	long jobs;
};

enum {
	TYPE_AUTO,
	FORM_JSON = 1
};

/* clang-format off */
#define FIELD(name) offsetof(struct compress_flags, name)
static const struct opt options[] = {
	{ "model",  0, OPT_TEXT,   FIELD(model),  "NAME",      "count tokens as this model does (default: the request's)", 0, 0 },
	{ "query",  0, OPT_TEXT,   FIELD(query),  "TEXT",      "what matters (default: the user's newest text)", 0, 0 },
	{ "type",   0, OPT_CHOICE, FIELD(type),   "auto|json|log|search|diff|html|code|text", "take the input as one text of this kind", 0, 0 },
	{ "set",    0, OPT_LIST,   FIELD(sets),   "KEY=VALUE", "set an option of compression; 'help' lists them (repeatable)", 0, 0 },
	{ "body",   0, OPT_FLAG,   FIELD(body),   NULL,        "print the request itself, ready to be sent", 0, 0 },
	{ "format", 0, OPT_CHOICE, FIELD(format), "text|json", "form of the output", 0, 0 },
	{ "jobs",   0, OPT_INT,    FIELD(jobs),   "N",         "threads (default: one per processor, at most 4)", 1, 64 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};
#undef FIELD

static const struct config_setting settings[] = {
	{ "model", "HEADROOM_MODEL", false },
	{ "jobs", "HEADROOM_COMPRESS_WORKERS", false },
	{ NULL, NULL, false },
};
/* clang-format on */

static const enum content types[] = { CONTENT_COUNT, CONTENT_JSON, CONTENT_LOG,	 CONTENT_SEARCH,
				      CONTENT_DIFF,  CONTENT_HTML, CONTENT_CODE, CONTENT_TEXT };

#define MAX_JOBS 4

static int run_compress(int argc, char **argv);

const struct opt_command compress_command = {
	.name = "compress",
	.title = "shorten a request, or one text, without losing what matters",
	.synopsis = "[FILE|-] [--type KIND] [--query TEXT] [--set KEY=VALUE]... [OPTIONS]",
	.about = "A request body (OpenAI, Anthropic, Gemini), a list of messages or JSON Lines of them: tool "
		 "results are "
		 "compressed, each by what it is, and the answer is one JSON object: messages, tokens before "
		 "and after, "
		 "what was done.  With --body it is the request itself; whatever was not compressed is there "
		 "byte for byte.\n\n"
		 "Any other text is compressed as what it looks like, or as --type says; figures go to "
		 "stderr.\n\n"
		 "Whatever is dropped is kept first, and a marker in its place says how to get it: "
		 "headroom retrieve HASH.  Without a store nothing is dropped.",
	.example = "headroom compress request.json --body\tthe request to send\n"
		   "cargo test 2>&1 | headroom compress --query 'why does it fail'\ta log, shortened\n"
		   "headroom compress --set help\tevery option of compression",
	.files = "~/.headroom/ccr_store.db\toriginals, until they expire (HEADROOM_CCR_SQLITE_PATH names "
		 "another file)\n"
		 "~/.headroom/config.toml\toptions of compression in [compression]",
	.options = options,
	.run = run_compress,
};

struct compress_job {
	struct compress_flags flags;
	struct arena arena;
	struct compress_config config;
	struct pipeline_options options;
	struct originals *originals; /* NULL if there is no store */
	struct stash stash;
	struct price_user *prices;
	struct buf input, out;
};

/* ---- output ---- */

/* The messages alone, as a JSON array. */
static void put_messages(struct jput *j, const struct pipeline_result *result, struct error *err)
{
	struct request r;

	jput_key(j, "messages");
	if (request_parse(buf_str(&result->bytes), &r, err) != STATUS_OK) { /* a string that is no list */
		jput_raw(j, STR("[]"));
		return;
	}
	if (!r.lines && r.list.n) {
		jput_raw(j, r.list);
	} else {
		jput_array(j);
		for (size_t i = 0; i < r.messages.n; i++)
			jput_raw(j, request_message(&r, i)->raw);
		jput_end(j);
	}
	request_release(&r);
}

static void add_response(struct buf *out, const struct pipeline_result *result, bool is_request)
{
	struct error err;
	struct jput j;

	jput_init(&j, out, false);
	jput_object(&j);
	if (is_request) {
		put_messages(&j, result, &err);
	} else {
		jput_kstr(&j, "compressed", buf_str(&result->bytes));
		jput_kstr(&j, "type", str_c(content_names[result->content]));
	}
	engine_put_figures(&j, result);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

static void tell_warnings(const struct pipeline_result *r)
{
	for (size_t i = 0; i < r->warnings.n; i++)
		tell("headroom: %.*s\n", STR_ARG(*(str *)vec_at(&r->warnings, i)));
}

/* What was done, not what was left alone before. */
static const char *first_deed(const struct pipeline_result *r)
{
	for (size_t i = 0; i < r->labels.n; i++) {
		str label = *(str *)vec_at(&r->labels, i);

		if (!str_starts_c(label, "router:protected:") && !str_starts_c(label, "router:excluded:"))
			return label.p;
	}
	return ((str *)vec_at(&r->labels, 0))->p;
}

static void tell_figures(const struct pipeline_result *r)
{
	size_t saved = r->tokens_before > r->tokens_after ? r->tokens_before - r->tokens_after : 0;

	tell("%zu -> %zu tokens (%s), %.1f %% saved, %s\n", r->tokens_before, r->tokens_after,
	     token_source_names[r->source],
	     r->tokens_before ? 100.0 * (double)saved / (double)r->tokens_before : 0.0,
	     r->reason ? r->reason : first_deed(r));
}

/* ---- work ---- */

static enum status compress_request(struct compress_job *job, const struct request *r, struct error *err)
{
	struct pipeline_result result;
	enum status status = pipeline_run(r, &job->config, &job->options, &result, err);

	if (status != STATUS_OK)
		return status;
	if (job->flags.body) {
		buf_add(&job->out, buf_str(&result.bytes));
		tell_warnings(&result);
		tell_figures(&result);
	} else {
		add_response(&job->out, &result, true);
		tell_warnings(&result);
	}
	pipeline_result_release(&result);
	return STATUS_OK;
}

static enum status compress_text(struct compress_job *job, str text, struct error *err)
{
	struct pipeline_result result;
	enum status status =
		pipeline_text(text, types[job->flags.type], &job->config, &job->options, &result, err);

	if (status != STATUS_OK)
		return status;
	tell_warnings(&result);
	if (job->flags.format == FORM_JSON) {
		add_response(&job->out, &result, false);
	} else {
		buf_add(&job->out, buf_str(&result.bytes));
		tell_figures(&result);
	}
	pipeline_result_release(&result);
	return STATUS_OK;
}

/* Several requests, one a line: each gives a line. */
static bool are_requests(str text)
{
	size_t n = 0;
	str line;

	while (str_line(&text, &line)) {
		struct request r;

		if (str_trim(line).n == 0)
			continue;
		if (request_parse(line, &r, NULL) != STATUS_OK)
			return false;
		request_release(&r);
		n++;
	}
	return n > 1;
}

static enum status compress_lines(struct compress_job *job, str text, struct error *err)
{
	enum status status = STATUS_OK;
	str line;

	while (status == STATUS_OK && str_line(&text, &line)) {
		struct request r;

		if (str_trim(line).n == 0)
			continue;
		status = request_parse(line, &r, err);
		if (status != STATUS_OK)
			break;
		status = compress_request(job, &r, err);
		if (job->flags.body)
			buf_add_ch(&job->out, '\n');
		request_release(&r);
	}
	return status;
}

static enum status compress_input(struct compress_job *job, struct error *err)
{
	str text = buf_str(&job->input);
	enum status status;
	struct error why;
	struct request r;

	if (job->flags.type != TYPE_AUTO)
		return compress_text(job, text, err);
	if (request_parse(text, &r, &why) == STATUS_OK) {
		status = compress_request(job, &r, err);
		request_release(&r);
		return status;
	}
	if (are_requests(text))
		return compress_lines(job, text, err);
	if (job->flags.body)
		return error_set(err, STATUS_USAGE, "--body: the input is no request: %s", why.message);
	return compress_text(job, text, err);
}

/* Without a store nothing is dropped, which is better than not to answer. */
static enum status open_stash(struct compress_job *job, struct error *err)
{
	enum status status = stash_open(&job->originals, err);

	if (status == STATUS_USAGE)
		return status;
	if (status != STATUS_OK) {
		tell("headroom: no store: %s\n", err->message);
		return STATUS_OK;
	}
	if (originals_note(job->originals))
		tell("headroom: %s\n", originals_note(job->originals));
	job->stash = stash_of(job->originals);
	job->options.stash = &job->stash;
	return STATUS_OK;
}

static enum status prepare(struct compress_job *job, int argc, char **argv, struct vec *operands,
			   struct error *err)
{
	struct compress_flags *f = &job->flags;
	enum status status = load_config("compress", options, settings, f, err);
	const char *model = env_get("HEADROOM_MODEL");

	if (status == STATUS_OK)
		status = opt_parse(options, f, argc, argv, operands, err);
	if (status == STATUS_OK && operands->n > 1)
		return error_set(err, STATUS_USAGE, "'%s': one file at a time",
				 *(char **)vec_at(operands, 1));
	if (status == STATUS_OK)
		status = engine_config(&job->arena, &f->sets, &job->config, err);
	if (status == STATUS_OK)
		status = engine_prices(&job->arena, &job->prices, err);
	job->options.prices = job->prices;
	job->options.model = str_c(f->model ? f->model : model);
	job->options.query = str_c(f->query);
	job->options.jobs = f->jobs ? (int)f->jobs : env_cpus() < MAX_JOBS ? env_cpus() : MAX_JOBS;
	return status;
}

static int work(struct compress_job *job, int argc, char **argv)
{
	struct error err = { 0 };
	struct vec operands;
	enum status status;
	int code;

	vec_init(&operands, sizeof(char *));
	status = prepare(job, argc, argv, &operands, &err);
	if (engine_wants_help(&job->flags.sets)) {
		compress_config_help(&job->out);
		status = STATUS_OK;
	} else {
		if (status == STATUS_OK)
			status = engine_read(operands.n ? *(char **)vec_at(&operands, 0) : NULL, &job->input,
					     &err);
		if (status == STATUS_OK)
			status = open_stash(job, &err);
		if (status == STATUS_OK)
			status = compress_input(job, &err);
	}
	code = status == STATUS_OK ? print(buf_str(&job->out)) : complain(&err);
	vec_release(&operands);
	return code;
}

static int run_compress(int argc, char **argv)
{
	struct compress_job job = { .flags = { .type = TYPE_AUTO } };
	int code;

	arena_init(&job.arena);
	buf_init(&job.input, REQUEST_MAX_BYTES);
	buf_init(&job.out, SIZE_MAX);
	code = work(&job, argc, argv);
	originals_close(job.originals);
	price_user_free(job.prices);
	vec_release(&job.flags.sets);
	buf_release(&job.out);
	buf_release(&job.input);
	arena_release(&job.arena);
	return code;
}
