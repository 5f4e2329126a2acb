/*
 * headroom simulate: what compression would do to captured requests, or to the agents' sessions of this machine, under
 * one configuration or several.  Nothing is sent, nothing is stored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/utf8.h"
#include "core/base/work.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"
#include "core/cmd/simulate_config.h"
#include "core/cmd/simulate_input.h"
#include "writers/plan.h"

struct simulate_flags {
	const char *session, *project, *model, *claude_dir, *max_items;
	struct vec sets; /* const char * */
	bool all, compare, diff;
	int format;
	long jobs;
};

enum {
	FORM_TEXT,
	FORM_JSON,
	FORM_CSV,
	FORM_MARKDOWN
};

/* clang-format off */
#define FIELD(name) offsetof(struct simulate_flags, name)
static const struct opt options[] = {
	{ "session",    0, OPT_TEXT,   FIELD(session),    "ID",        "only this session (the beginning of its id will do)", 0, 0 },
	{ "project",    0, OPT_TEXT,   FIELD(project),    "PATH",      "sessions of this project (default: the current directory's)", 0, 0 },
	{ "all",        0, OPT_FLAG,   FIELD(all),        NULL,        "sessions of every project", 0, 0 },
	{ "claude-dir", 0, OPT_TEXT,   FIELD(claude_dir), "PATH",      "Claude Code's folder (default: CLAUDE_CONFIG_DIR or ~/.claude)", 0, 0 },
	{ "model",      0, OPT_TEXT,   FIELD(model),      "NAME",      "count and price as this model (default: the recorded one)", 0, 0 },
	{ "set",        0, OPT_LIST,   FIELD(sets),       "KEY=VALUE", "set an option of compression; 'help' lists them (repeatable)", 0, 0 },
	{ "compare",    0, OPT_FLAG,   FIELD(compare),    NULL,        "also with: careful, all-tools, hard (they keep more or less)", 0, 0 },
	{ "max-items",  0, OPT_TEXT,   FIELD(max_items),  "N,N,...",   "also with these values of max_items_after_crush", 0, 0 },
	{ "diff",       0, OPT_FLAG,   FIELD(diff),       NULL,        "show each text that changes, and the figures behind it", 0, 0 },
	{ "format",     0, OPT_CHOICE, FIELD(format),     "text|json|csv|md", "form of the output", 0, 0 },
	{ "jobs",       0, OPT_INT,    FIELD(jobs),       "N",         "threads (default: one per processor)", 1, 256 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};
#undef FIELD

static const struct config_setting settings[] = {
	{ "claude-dir", "CLAUDE_CONFIG_DIR", true },
	{ "model", "HEADROOM_MODEL", false },
	{ "jobs", NULL, false },
	{ NULL, NULL, false },
};
/* clang-format on */

static int run_simulate(int argc, char **argv);

const struct opt_command simulate_command = {
	.name = "simulate",
	.title = "what compression would save, before it is turned on",
	.synopsis = "[FILE|DIR|-]... [--session ID | --project PATH | --all] [--compare] [OPTIONS]",
	.about =
		"Takes captured requests (a request body, a list of messages, JSON Lines of either or of a "
		"log that "
		"carries them, a folder of .json and .jsonl files) or, without a FILE, the sessions of "
		"Claude Code "
		"on this machine, sends each once more, prompt by prompt, through the engine of headroom "
		"compress, "
		"and counts and prices what comes out.  Nothing is sent anywhere, nothing is stored.\n\n"
		"Gross is what the tokens left out would have cost as plain input.  But most of a prompt is "
		"read from "
		"the provider's cache at a discount, so that leaving it out saves less, and a prefix that "
		"changes is "
		"written anew: that is the cache effect.  Net, the sum of both, is what is saved.  Dollars "
		"are list "
		"prices (API-equivalent: not what a subscription costs); ? stands where a model has no "
		"price.  Where "
		"usage was recorded, it tells the cost, and how far counts and rules are off it is shown.\n\n"
		"In a session, a result is compressed when it first appears and stays so; context managers "
		"and the "
		"replacing of outdated reads are not replayed.  --compare, --max-items and several --config "
		"FILE add "
		"configurations; as-it-ran is always one of those compared.",
	.example = "headroom simulate --all --compare\tevery session, several configurations\n"
		   "headroom simulate request.json --max-items 10,25,50\thow many items to keep\n"
		   "headroom simulate --session 3f2a --diff\twhat the model would no longer see",
	.files = "~/.headroom/config.toml\toptions of compression in [compression]\n"
		 "~/.headroom/models.json\tyour own prices and limits\n"
		 "~/.claude/projects/*/*.jsonl\tsessions of Claude Code (read only)",
	.options = options,
	.run = run_simulate,
};

struct simulate_job {
	struct simulate_flags flags;
	struct simulate_run run;
	struct price_user *prices; /* NULL: the table alone */
	struct buf out;
	struct map64 shown; /* changes */
};

/* ---- differences ---- */

/* The same change is repeated in every later request of a capture. */
static bool was_shown(struct simulate_job *job, const struct change *c)
{
	uint64_t key = hash_mix(hash_mix(str_hash(c->before), str_hash(c->after)), str_hash(c->config->name));
	bool fresh = false;

	map64_put(&job->shown, key, &fresh);
	return !fresh;
}

/* Texts come from logs: what they do to a terminal is taken out. */
static void show_change(void *ctx, const struct change *c)
{
	struct simulate_job *job = ctx;
	struct plan_file file = { .existed = true, .before = c->before, .after = c->after };
	struct arena a;

	if (was_shown(job, c))
		return;
	arena_init(&a);
	file.shown = c->tool.n ? jstr_take(&a, c->tool) : STR("text");
	utf8_escape(&job->out,
		    arena_printf(&a, "# %.*s: %.*s: %.*s", STR_ARG(c->config->name), STR_ARG(c->c->source),
				 STR_ARG(file.shown)),
		    false);
	buf_add_ch(&job->out, '\n');
	utf8_escape(&job->out, plan_diff(&a, &file), true);
	buf_add_ch(&job->out, '\n');
	arena_release(&a);
}

/* ---- work ---- */

static void settle(struct simulate_job *job)
{
	struct simulate_run *run = &job->run;
	struct map64 paid;

	map64_init(&paid);
	for (size_t i = 0; i < run->conversations.n; i++) {
		struct settled *s = vec_push(&run->settled);

		money_settle(*(struct conversation **)vec_at(&run->conversations, i), job->prices, &paid, s);
		if (s->requests == 0)
			run->settled.n--;
	}
	map64_release(&paid);
	run->totals = arena_array(&run->arena, run->configs.n, sizeof(*run->totals));
	totals_of(&run->settled, -1, &run->ran);
	for (size_t i = 0; i < run->configs.n; i++)
		totals_of(&run->settled, (long)i, &run->totals[i]);
	run->best = totals_best(&run->arena, run->totals, run->configs.n, &run->best_reason);
}

static void show(struct simulate_job *job)
{
	static void (*const forms[])(const struct simulate_run *, struct buf *) = {
		[FORM_TEXT] = simulate_text,
		[FORM_JSON] = simulate_json,
		[FORM_CSV] = simulate_csv,
		[FORM_MARKDOWN] = simulate_markdown,
	};

	job->run.verbose = common_given()->verbose;
	forms[job->flags.format](&job->run, &job->out);
}

static enum status find_sources(struct simulate_job *job, const struct vec *operands, struct vec *sources,
				struct error *err)
{
	const struct simulate_flags *f = &job->flags;
	struct simulate_wanted wanted = { .session = f->session, .project = f->project, .all = f->all };

	if (operands->n && (f->session || f->project || f->all))
		return error_set(err, STATUS_USAGE, "--session, --project and --all go without FILE");
	if ((f->session != NULL) + (f->project != NULL) + f->all > 1)
		return error_set(err, STATUS_USAGE, "--session, --project and --all exclude each other");
	if (f->session && strlen(f->session) < SESSION_LEAST)
		return error_set(err, STATUS_USAGE, "--session %s: at least %d characters of its id",
				 f->session, SESSION_LEAST);
	if (f->diff && f->format != FORM_TEXT)
		return error_set(err, STATUS_USAGE, "--diff goes with --format text alone");
	if (operands->n)
		return simulate_find_files(&job->run.arena, operands, sources, err);
	wanted.roots.override = f->claude_dir;
	job->run.sessions = true;
	return simulate_find_sessions(&job->run.arena, &wanted, sources, err);
}

static enum status simulate(struct simulate_job *job, const struct vec *operands, struct error *err)
{
	struct simulate_run *run = &job->run;
	struct simulate_choice choice = { &job->flags.sets, job->flags.max_items, job->flags.compare };
	struct sim_options o = { .model = str_c(job->flags.model) };
	int jobs = job->flags.jobs ? (int)job->flags.jobs : env_cpus();
	struct vec sources;
	enum status status;

	vec_init(&sources, sizeof(struct simulate_source));
	status = find_sources(job, operands, &sources, err);
	if (status == STATUS_OK)
		status = simulate_configs(run, &choice, err);
	if (status == STATUS_OK)
		status = engine_prices(&run->arena, &job->prices, err);
	o.prices = job->prices;
	o.configs = run->configs.p;
	o.configs_n = run->configs.n;
	if (job->flags.diff) {
		o.changed = show_change;
		o.changed_ctx = job;
	}
	if (status == STATUS_OK)
		status = simulate_read(run, &sources, &o, jobs, err);
	if (status == STATUS_OK) {
		settle(job);
		if (run->settled.n == 0)
			status = error_set(err, STATUS_NOT_FOUND, "no request in what was read");
	}
	if (status == STATUS_OK)
		show(job);
	for (size_t i = 0; i < sources.n; i++)
		if (((struct simulate_source *)vec_at(&sources, i))->scanner)
			vec_release(&((struct simulate_source *)vec_at(&sources, i))->files);
	vec_release(&sources);
	return status;
}

static void release(struct simulate_job *job)
{
	struct simulate_run *run = &job->run;

	for (size_t i = 0; i < run->conversations.n; i++) {
		struct conversation *c = *(struct conversation **)vec_at(&run->conversations, i);
		struct arena *a = c->arena;

		conversation_release(c);
		arena_release(a);
		free(a);
	}
	vec_release(&run->conversations);
	vec_release(&run->settled);
	vec_release(&run->configs);
	price_user_free(job->prices);
	vec_release(&job->flags.sets);
	buf_release(&job->out);
	map64_release(&job->shown);
	arena_release(&run->arena);
}

static int run_simulate(int argc, char **argv)
{
	struct simulate_job job = { .run = { .best = -1 } };
	struct error err = { 0 };
	struct vec operands;
	enum status status;
	int code;

	arena_init(&job.run.arena);
	vec_init(&job.run.configs, sizeof(struct sim_config));
	vec_init(&job.run.conversations, sizeof(struct conversation *));
	vec_init(&job.run.settled, sizeof(struct settled));
	buf_init(&job.out, SIZE_MAX);
	map64_init(&job.shown);
	vec_init(&operands, sizeof(char *));
	work_catch_signals();
	status = load_config("simulate", options, settings, &job.flags, &err);
	if (status == STATUS_OK)
		status = opt_parse(options, &job.flags, argc, argv, &operands, &err);
	if (status == STATUS_OK && engine_wants_help(&job.flags.sets))
		compress_config_help(&job.out);
	else if (status == STATUS_OK)
		status = simulate(&job, &operands, &err);
	code = status == STATUS_OK ? print(buf_str(&job.out)) : complain(&err);
	vec_release(&operands);
	release(&job);
	return code;
}
