/*
 * world: a made-up project for the tests of learning: a repository made by a shell script, an agent's folder with session
 * logs in Claude Code's form, an index in memory, a fixed clock.
 *
 *	struct world w;
 *	world_open(&w, "touch uv.lock; c");
 *	SESSION(&w, 5, FAILS("pytest", 127, "bash: pytest: command not found"), RUNS("uv run pytest"));
 *	world_learn(&w);
 *	assert_learned(&w, "wrapper", "pytest", "uv run pytest");
 */
#ifndef HEADROOM_TESTS_UNIT_WORLD_H
#define HEADROOM_TESTS_UNIT_WORLD_H

#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzers/ingest.h"
#include "analyzers/learn.h"
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/json/jput.h"
#include "scanners/claude.h"

#define WORLD_TODAY "2026-03-20T12:00:00Z"
#define LOG_MAX ((size_t)64 << 20)

/* One call with its answer, or something else that stands in a log. */
struct call {
	const char *tool; /* as the agent names it; NULL: a user message, "(interrupt)", "(compact)" */
	const char *input; /* command, path or pattern */
	const char *where; /* folder of a search */
	const char *output;
	bool failed, ranged, background, benign;
	bool cheap; /* no tokens are recorded for it */
	int64_t timeout_ms;
	const char *cwd; /* relative to the root; absolute; NULL: the root */
	const char *agent; /* sub-agent */
	const char *id; /* NULL: numbered */
};

/* clang-format off */
/* With more fields behind: RUNS_SO("make", .cwd = "web"). */
#define RUNS_SO(command, ...) { .tool = "Bash", .input = (command), .output = "ok", __VA_ARGS__ }
#define FAILS_SO(command, code, text, ...) \
	{ .tool = "Bash", .input = (command), .output = "Exit code " #code "\n" text, .failed = true, __VA_ARGS__ }
#define READS_SO(path, ...) { .tool = "Read", .input = (path), .output = "1\ttext", __VA_ARGS__ }
#define MISSES_SO(path, ...) { .tool = "Read", .input = (path), .output = "File does not exist.", .failed = true, __VA_ARGS__ }
#define RUNS(command) RUNS_SO(command, .benign = false)
#define FAILS(command, code, text) FAILS_SO(command, code, text, .benign = false)
#define READS(path) READS_SO(path, .benign = false)
#define MISSES(path) MISSES_SO(path, .benign = false)
#define PRINTS(command, text) { .tool = "Bash", .input = (command), .output = (text) }
#define DECLINES(command) { .tool = "Bash", .input = (command), .failed = true, \
	.output = "The user doesn't want to proceed with this tool use. The tool use was rejected." }
#define TIMES_OUT(command, ms) { .tool = "Bash", .input = (command), .failed = true, .timeout_ms = (ms), \
	.output = "Command timed out after 2m 0.0s" }
#define MISSES_HINTED(path, hint) { .tool = "Read", .input = (path), .failed = true, \
	.output = "File does not exist. Did you mean " hint "?" }
#define TOO_LARGE(path) { .tool = "Read", .input = (path), .failed = true, \
	.output = "File content (90000 tokens) exceeds maximum allowed tokens (25000)." }
#define WRITES(path) { .tool = "Write", .input = (path), .output = "File created" }
#define EDITS(path) { .tool = "Edit", .input = (path), .output = "The file has been updated" }
#define GREPS(pattern_, dir, text) { .tool = "Grep", .input = (pattern_), .where = (dir), .output = (text) }
#define GLOBS(pattern_, text) { .tool = "Glob", .input = (pattern_), .output = (text) }
#define FETCHES(url) { .tool = "WebFetch", .input = (url), .output = "a page" }
#define SAYS(text) { .input = (text) }
#define SESSION(w, day, ...) \
	world_session((w), (day), (const struct call[]){ __VA_ARGS__ }, \
		      sizeof((const struct call[]){ __VA_ARGS__ }) / sizeof(struct call))
/* clang-format on */

struct world {
	struct arena a;
	const char *root, *claude;
	struct store *store;
	struct project project;
	struct tree *tree;
	struct ingest_result index;
	struct vec rows; /* const struct file_row * */
	struct vec items; /* struct item_row */
	struct learn_input in;
	struct learned learned;
	bool opened, learnt;
	unsigned sessions, records;
	struct vec moved_from; /* const char * */
};

static inline const char *world_path(struct world *w, const char *name)
{
	return arena_c(&w->a, path_join(&w->a, str_c(w->root), str_c(name)));
}

/* Runs a shell script in a folder; c MESSAGE commits all there is. */
static inline void world_script(const char *dir, const char *script)
{
	static const char prelude[] =
		"set -e\n"
		"export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0\n"
		"export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t "
		"GIT_COMMITTER_EMAIL=t@example.org\n"
		"export GIT_COMMITTER_DATE='@1770000000 +0000' GIT_AUTHOR_DATE='@1770000000 +0000'\n"
		"unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE\n"
		"c() { git add -A; git commit -qm \"${1:-x}\" --allow-empty; }\n"
		"put() { mkdir -p \"$(dirname \"$1\")\"; printf '%s\\n' \"${2:-content of $1}\" >\"$1\"; }\n"
		"lines() { seq -f \"$2 holds line number %g of its own\" \"$1\"; }\n"
		"init() { git init -q .; git symbolic-ref HEAD refs/heads/main; }\n";
	const char *path = test_path(test_dir(), "script");
	struct buf text;

	buf_init(&text, 1 << 16);
	buf_printf(&text, "cd '%s'\n%s%s\n", dir, prelude, script);
	test_write(path, buf_str(&text));
	buf_clear(&text);
	buf_printf(&text, "sh '%s' >'%s.out' 2>&1 || { cat '%s.out' >&2; exit 1; }", path, path, path);
	if (system(buf_c(&text)) != 0)
		fail_msg("the script failed: %s", script);
	buf_release(&text);
}

static inline void world_need_git(void)
{
	if (system("git --version >/dev/null 2>&1") == 0)
		return;
	print_message("there is no git program: skipped\n");
	skip();
}

/* script: makes the repository; NULL: a folder without git. */
static inline void world_open(struct world *w, const char *script)
{
	if (script)
		world_need_git();
	memset(w, 0, sizeof(*w));
	arena_init(&w->a);
	w->root = fs_realpath(&w->a, test_dir());
	w->claude = test_dir();
	if (script) {
		world_script(w->root, "init");
		world_script(w->root, script);
	}
	assert_int_equal(store_open(NULL, &w->store, NULL), STATUS_OK);
	time_parse(STR(WORLD_TODAY), &w->in.now);
	vec_init(&w->in.user_texts, sizeof(struct user_text));
	vec_init(&w->in.bullets, sizeof(struct listed_bullet));
	vec_init(&w->rows, sizeof(const struct file_row *));
	vec_init(&w->items, sizeof(struct item_row));
	vec_init(&w->moved_from, sizeof(const char *));
	w->opened = true;
}

static inline void world_forget_learned(struct world *w)
{
	if (!w->learnt)
		return;
	learned_release(&w->learned);
	tree_free(w->tree);
	project_release(&w->project);
	ingest_result_release(&w->index);
	vec_clear(&w->rows);
	w->learnt = false;
}

static inline void world_close(struct world *w)
{
	world_forget_learned(w);
	store_close(w->store);
	vec_release(&w->in.user_texts);
	vec_release(&w->in.bullets);
	vec_release(&w->rows);
	vec_release(&w->items);
	vec_release(&w->moved_from);
	arena_release(&w->a);
}

/* ---- logs ---- */

struct log_record {
	struct world *w;
	const char *session;
	int64_t time;
	const struct call *call;
};

static inline void log_envelope(struct jput *j, struct log_record *r, const char *type)
{
	const struct call *c = r->call;
	struct world *w = r->w;
	str cwd = c->cwd ? path_join(&w->a, str_c(w->root), str_c(c->cwd)) : str_c(w->root);

	w->records++;
	r->time += 10000;
	jput_object(j);
	jput_kstr(j, "type", str_c(type));
	jput_kstr(j, "uuid", arena_printf(&w->a, "u%u", w->records));
	jput_kstr(j, "sessionId", str_c(r->session));
	jput_kstr(j, "cwd", cwd);
	jput_kstr(j, "timestamp", time_format(&w->a, r->time));
	jput_kstr(j, "version", STR("2.1.119"));
	if (c->agent)
		jput_kstr(j, "agentId", str_c(c->agent));
	jput_kbool(j, "isSidechain", c->agent != NULL);
}

static inline void log_input(struct jput *j, const struct call *c)
{
	str tool = str_c(c->tool);
	bool search = str_eq_c(tool, "Grep") || str_eq_c(tool, "Glob");

	jput_key(j, "input");
	jput_object(j);
	jput_kstr(j,
		  str_eq_c(tool, "Bash") ? "command"
		  : search		 ? "pattern"
		  : str_eq_c(tool, "LS") ? "path"
					 : "file_path",
		  str_c(c->input));
	if (search && c->where)
		jput_kstr(j, "path", str_c(c->where));
	if (c->ranged)
		jput_kint(j, "offset", 100);
	if (c->timeout_ms)
		jput_kint(j, "timeout", c->timeout_ms);
	if (c->background)
		jput_kbool(j, "run_in_background", true);
	jput_end(j);
}

static inline void log_call(struct buf *out, struct log_record *r, const char *id)
{
	struct world *w = r->w;
	struct jput j;

	jput_init(&j, out, false);
	log_envelope(&j, r, "assistant");
	jput_key(&j, "message");
	jput_object(&j);
	jput_kstr(&j, "id", arena_printf(&w->a, "msg_%s", id));
	jput_kstr(&j, "role", STR("assistant"));
	jput_kstr(&j, "model", STR("claude-opus-4-6"));
	jput_key(&j, "content");
	jput_array(&j);
	jput_object(&j);
	jput_kstr(&j, "type", STR("tool_use"));
	jput_kstr(&j, "id", str_c(id));
	jput_kstr(&j, "name", str_c(r->call->tool));
	log_input(&j, r->call);
	jput_end(&j);
	jput_end(&j);
	jput_key(&j, "usage");
	jput_object(&j);
	jput_kint(&j, "input_tokens", 10);
	jput_kint(&j, "output_tokens", r->call->cheap ? 1 : 120);
	jput_kint(&j, "cache_read_input_tokens", r->call->cheap ? 0 : 20000);
	jput_end(&j);
	jput_end(&j);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

static inline void log_result(struct buf *out, struct log_record *r, const char *id)
{
	const struct call *c = r->call;
	struct jput j;

	jput_init(&j, out, false);
	log_envelope(&j, r, "user");
	jput_key(&j, "message");
	jput_object(&j);
	jput_kstr(&j, "role", STR("user"));
	jput_key(&j, "content");
	jput_array(&j);
	jput_object(&j);
	jput_kstr(&j, "type", STR("tool_result"));
	jput_kstr(&j, "tool_use_id", str_c(id));
	jput_kstr(&j, "content", str_c(c->output));
	jput_kbool(&j, "is_error", c->failed);
	jput_end(&j);
	jput_end(&j);
	jput_end(&j);
	jput_key(&j, "toolUseResult");
	jput_object(&j);
	if (c->benign)
		jput_kstr(&j, "returnCodeInterpretation", STR("No matches found"));
	if (c->background)
		jput_kstr(&j, "backgroundTaskId", STR("b1"));
	jput_end(&j);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

static inline void log_prompt(struct buf *out, struct log_record *r)
{
	struct jput j;

	jput_init(&j, out, false);
	log_envelope(&j, r, "user");
	jput_key(&j, "message");
	jput_object(&j);
	jput_kstr(&j, "role", STR("user"));
	jput_kstr(&j, "content", str_c(r->call->input));
	jput_end(&j);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

static inline void log_calls(struct buf *out, struct log_record *r, const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *id = calls[i].id;

		r->call = &calls[i];
		if (!calls[i].tool) {
			log_prompt(out, r);
			continue;
		}
		if (!id)
			id = arena_c(&r->w->a,
				     arena_printf(&r->w->a, "toolu_%s_%u", r->session, r->w->records));
		log_call(out, r, id);
		log_result(out, r, id);
	}
}

static inline const char *world_log_path(struct world *w, const char *session)
{
	return arena_c(&w->a, arena_printf(&w->a, "%s/projects/%.*s/%s.jsonl", w->claude,
					   STR_ARG(claude_encode(&w->a, str_c(w->root))), session));
}

static inline int64_t world_time(const struct world *w, int days_ago)
{
	return w->in.now - days_ago * MS_PER_DAY;
}

/* A log of one session so many days ago; returns its path. */
static inline const char *world_session(struct world *w, int days_ago, const struct call *calls, size_t n)
{
	const char *session = arena_c(&w->a, arena_printf(&w->a, "session-%u", ++w->sessions)), *path;
	struct log_record r = { .w = w, .session = session, .time = world_time(w, days_ago) };
	struct buf text;

	buf_init(&text, LOG_MAX);
	log_calls(&text, &r, &(struct call){ .input = "please do it" }, 1);
	log_calls(&text, &r, calls, n);
	path = world_log_path(w, session);
	test_write(path, buf_str(&text));
	buf_release(&text);
	return path;
}

/* ---- learning ---- */

static inline enum status world_ingest(struct world *w, struct ingest_result *r, int jobs, bool reindex)
{
	struct ingest_options o = {
		.scanners = scanners,
		.roots = { .override = w->claude },
		.jobs = jobs,
		.reindex = reindex,
	};
	struct error err = { .message = "" };
	enum status st;

	ingest_result_init(r);
	st = ingest_run(&w->a, w->store, &o, r, &err);
	if (st != STATUS_OK)
		print_error("%s\n", err.message);
	return st;
}

static inline void world_claim(struct world *w)
{
	for (size_t i = 0; i < w->index.files.n; i++) {
		const struct file_row *row = vec_at(&w->index.files, i);
		str rel;

		if (project_owns(&w->project, project_portable(&w->a, row->first_cwd), &rel))
			*(const struct file_row **)vec_push(&w->rows) = row;
	}
}

/* Brings the index up to date and learns; what was learned before is forgotten. */
static inline void world_learn(struct world *w)
{
	struct error err = { .message = "" };

	world_forget_learned(w);
	project_init(&w->project, &w->a, str_c(w->root), &w->moved_from);
	assert_int_equal(world_ingest(w, &w->index, 1, false), STATUS_OK);
	world_claim(w);
	w->tree = tree_new(&w->project, w->store);
	if (learn_project(&w->a, w->store, &w->project, w->tree, w->rows.p, w->rows.n, &w->in, &w->items,
			  &w->learned, &err) != STATUS_OK)
		fail_msg("%s", err.message);
	w->learnt = true;
}

static inline const struct learning *find_in(const struct vec *list, const char *kind, const char *wrong)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct learning *l = vec_at(list, i);

		if (strcmp(finding_types[l->c.f.kind].name, kind) == 0 && str_eq_c(l->c.f.wrong, wrong))
			return l;
	}
	return NULL;
}

static inline void world_show(const struct world *w)
{
	for (size_t i = 0; i < w->learned.learnings.n; i++) {
		const struct learning *l = vec_at(&w->learned.learnings, i);

		print_error("  learned %s \"%.*s\" -> \"%.*s\" (%s, %u lineages)\n",
			    finding_types[l->c.f.kind].name, STR_ARG(l->c.f.wrong), STR_ARG(l->c.f.right),
			    proof_names[l->c.f.proof], l->c.lineages);
	}
	for (size_t i = 0; i < w->learned.suppressed.n; i++) {
		const struct learning *l = vec_at(&w->learned.suppressed, i);

		print_error("  dropped %s \"%.*s\" -> \"%.*s\": %s (%.*s)\n", finding_types[l->c.f.kind].name,
			    STR_ARG(l->c.f.wrong), STR_ARG(l->c.f.right), reason_names[l->c.reason],
			    STR_ARG(l->c.note));
	}
	print_error("  %u calls, %u failures\n", w->learned.study.calls, w->learned.study.failures);
}

#define assert_learned(w, kind, wrong, right) \
	assert_learned_at((w), (kind), (wrong), (right), __FILE__, __LINE__)
static inline const struct learning *assert_learned_at(struct world *w, const char *kind, const char *wrong,
						       const char *right, const char *file, int line)
{
	const struct learning *l = find_in(&w->learned.learnings, kind, wrong);

	if (l && str_eq_c(l->c.f.right, right))
		return l;
	print_error("not learned: %s \"%s\" -> \"%s\"\n", kind, wrong, right);
	world_show(w);
	_fail(file, line);
	return NULL;
}

#define assert_dropped(w, kind, wrong, reason) \
	assert_dropped_at((w), (kind), (wrong), (reason), __FILE__, __LINE__)
static inline const struct learning *assert_dropped_at(struct world *w, const char *kind, const char *wrong,
						       const char *reason, const char *file, int line)
{
	const struct learning *l = find_in(&w->learned.suppressed, kind, wrong);

	if (l && strcmp(reason_names[l->c.reason], reason) == 0)
		return l;
	print_error("not dropped as %s: %s \"%s\"\n", reason, kind, wrong);
	world_show(w);
	_fail(file, line);
	return NULL;
}

#define assert_silent(w) assert_silent_at((w), __FILE__, __LINE__)
static inline void assert_silent_at(struct world *w, const char *file, int line)
{
	if (w->learned.learnings.n == 0)
		return;
	print_error("something was learned\n");
	world_show(w);
	_fail(file, line);
}

#endif
