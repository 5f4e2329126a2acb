/*
 * headroom learn: finds what went wrong in past sessions of a project and what later worked, shows it, and on request writes
 * it where the agent reads it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/utf8.h"
#include "core/base/work.h"
#include "core/cmd/command.h"
#include "core/cmd/learn_run.h"

enum output_form {
	FORM_TEXT,
	FORM_JSON,
	FORM_DIFF
};

/* clang-format off */
#define FIELD(name) offsetof(struct learn_options, name)
static const struct opt options[] = {
	{ "project",    0, OPT_TEXT,     FIELD(project),    "PATH",           "project to learn about (default: the current folder)", 0, 0 },
	{ "moved-from", 0, OPT_LIST,     FIELD(moved_from), "PATH",           "also read sessions recorded at PATH as this project's (repeatable)", 0, 0 },
	{ "all",        0, OPT_FLAG,     FIELD(all),        NULL,             "every project that has sessions", 0, 0 },
	{ "apply",      0, OPT_OPTIONAL, FIELD(apply),      "ID,...",         "write the learnings (all, or only these new ones)", 0, 0 },
	{ "agent",      0, OPT_TEXT,     FIELD(agent),      "NAME,...",       "only the sessions of these agents", 0, 0 },
	{ "claude-dir", 0, OPT_TEXT,     FIELD(claude_dir), "PATH",           "Claude Code's folder (default: CLAUDE_CONFIG_DIR, ~/.claude)", 0, 0 },
	{ "format",     0, OPT_CHOICE,   FIELD(format),     "text|json|diff", "form of the output", 0, 0 },
	{ "local",      0, OPT_FLAG,     FIELD(local),      NULL,             "write CLAUDE.local.md instead of CLAUDE.md", 0, 0 },
	{ "since",      0, OPT_TEXT,     FIELD(since),      "7d|24h|DATE",    "learn only from failures from then on", 0, 0 },
	{ "jobs",       0, OPT_INT,      FIELD(jobs),       "N",              "threads that read logs (default: one per processor)", 1, 256 },
	{ "reindex",    0, OPT_FLAG,     FIELD(reindex),    NULL,             "read every log again", 0, 0 },
	{ "explain",    0, OPT_TEXT,     FIELD(explain),    "ID",             "show the calls and the proof behind one learning", 0, 0 },
	{ "reject",     0, OPT_TEXT,     FIELD(reject),     "ID",             "never propose this learning again", 0, 0 },
	{ "allow",      0, OPT_TEXT,     FIELD(allow),      "ID",             "lift a rejection", 0, 0 },
	{ "undo",       0, OPT_FLAG,     FIELD(undo),       NULL,             "take back the last --apply, byte for byte", 0, 0 },
	{ "remove",     0, OPT_FLAG,     FIELD(remove),     NULL,             "take our blocks out of every file", 0, 0 },
	{ "forget",     0, OPT_FLAG,     FIELD(forget),     NULL,             "delete everything kept about this project", 0, 0 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};
#undef FIELD

static const struct config_setting settings[] = {
	{ "jobs",       NULL,                false },
	{ "local",      NULL,                false },
	{ "agent",      NULL,                false },
	{ "claude-dir", "CLAUDE_CONFIG_DIR", true },
	{ NULL, NULL, false },
};
/* clang-format on */

static int run_learn(int argc, char **argv);

const struct opt_command learn_command = {
	.name = "learn",
	.title = "mine failures in agent sessions, propose and write learnings",
	.synopsis = "[--project PATH | --all] [--apply[=ID,...]] [OPTIONS]",
	.about = "Reads the session logs of coding agents, finds each failed call and what later worked, "
		 "verifies it against the "
		 "project (git history, files, lockfiles, manifests; nothing is ever run), and shows the few "
		 "learnings that are proven, "
		 "with their evidence and the change to each file.  Without --apply nothing is written.",
	.example = "headroom learn\twhat should be learned about the project here\n"
		   "headroom learn --apply\twrite it to CLAUDE.md and MEMORY.md\n"
		   "headroom learn --explain 1a2b3c4d\twhere a line comes from",
	.files = "CLAUDE.md\tblock between markers for everyone who works on the project\n"
		 "~/.claude/projects/*/memory/MEMORY.md\tblock for what may change or is personal\n"
		 "~/.claude/projects/*/*.jsonl\tsession logs, only read",
	.options = options,
	.run = run_learn,
};

/* ---- options ----------------------------------------------------------------------------------------------------- */

static bool parse_since(str s, int64_t now, int64_t *out)
{
	uint64_t n;
	if (s.n >= 2 && str_u64(str_sub(s, 0, s.n - 1), &n) && n < 100000) {
		char unit = s.p[s.n - 1];
		int64_t ms = unit == 'd'   ? MS_PER_DAY
			     : unit == 'h' ? MS_PER_DAY / 24
			     : unit == 'w' ? 7 * MS_PER_DAY
					   : 0;
		*out = now - (int64_t)n * ms;
		return ms > 0;
	}
	return time_parse(s, out);
}

static enum status choose_agents(struct learn_run *run, struct error *err)
{
	size_t n = 0, room = sizeof(run->scanners) / sizeof(run->scanners[0]) - 1;
	str rest = str_c(run->o.agent), name;
	if (!rest.n) {
		for (; n < room && scanners[n]; n++)
			run->scanners[n] = scanners[n];
		return STATUS_OK;
	}
	while (str_split(&rest, ',', &name)) {
		const struct scanner *s = scanner_by_name(str_trim(name));
		if (!s) {
			struct buf known;
			buf_init(&known, 512);
			for (size_t i = 0; scanners[i]; i++)
				buf_printf(&known, "%s%s", i ? ", " : "", scanners[i]->name);
			enum status st = error_set(err, STATUS_USAGE, "%s: '%.*s' is not known; known: %s",
						   option_place("learn", "agent", run->o.agent),
						   STR_ARG(name), buf_c(&known));
			buf_release(&known);
			return st;
		}
		if (n < room)
			run->scanners[n++] = s;
	}
	return STATUS_OK;
}

/* "--apply=" with nothing behind it, say from an empty variable, must not mean "all". */
static bool has_empty_apply(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--apply=") == 0)
			return true;
	return false;
}

static enum status read_options(struct learn_run *run, int argc, char **argv, struct error *err)
{
	struct learn_options *o = &run->o;
	enum status st = load_config("learn", options, settings, o, err);
	if (st == STATUS_OK)
		st = opt_parse(options, o, argc, argv, NULL, err);
	if (st != STATUS_OK)
		return st;
	int64_t now;
	if (env_get("HEADROOM_NOW") && !time_parse(str_c(env_get("HEADROOM_NOW")), &now))
		return error_set(err, STATUS_USAGE,
				 "HEADROOM_NOW: '%s' is no time; write 2026-01-31T12:00:00Z",
				 env_get("HEADROOM_NOW"));
	if (o->apply && has_empty_apply(argc, argv))
		return error_set(err, STATUS_USAGE,
				 "--apply= names no learning; --apply alone writes all of them");
	int modes = (o->explain != NULL) + (o->reject != NULL) + (o->allow != NULL) + o->undo + o->remove +
		    o->forget + (o->apply != NULL);
	if (modes > 1)
		return error_set(err, STATUS_USAGE,
				 "--apply, --explain, --reject, --allow, --undo, --remove and --forget "
				 "exclude each other");
	if (o->all && (o->project || o->moved_from.n))
		return error_set(err, STATUS_USAGE, "--all goes without --project and --moved-from");
	if (o->all && (o->reject || o->allow || o->undo || o->forget || o->explain))
		return error_set(err, STATUS_USAGE, "this needs one project, not --all");
	if (o->since && !parse_since(str_c(o->since), env_now_ms(), &run->since))
		return error_set(err, STATUS_USAGE, "--since: '%s' is no time; write 7d, 24h or 2026-01-31",
				 o->since);
	if (o->claude_dir && !fs_is_dir(o->claude_dir))
		return error_set(err, STATUS_USAGE, "%s: %s is no folder",
				 option_place("learn", "claude-dir", o->claude_dir), o->claude_dir);
	run->roots.override = o->claude_dir;
	return choose_agents(run, err);
}

/* ---- store ------------------------------------------------------------------------------------------------------- */

static enum status open_store(struct learn_run *run, struct error *err)
{
	struct arena *a = &run->r.arena;
	run->home = env_headroom_home(a);
	const char *path = arena_c(a, path_join(a, run->home, STR("headroom.db")));
	enum status st = fs_mkdirs(arena_c(a, run->home), 0700, err);
	if (st == STATUS_OK)
		st = store_open(path, &run->store, err);
	if (st == STATUS_OK) {
		if (store_note(run->store))
			tell("headroom: %s\n", store_note(run->store));
		return st;
	}
	bool changes = run->o.apply || run->o.reject || run->o.allow || run->o.undo || run->o.remove ||
		       run->o.forget;
	if (changes || st == STATUS_REFUSED)
		return st;
	tell("headroom: %s; going on with a temporary index\n", err->message);
	run->temporary = true;
	return store_open(NULL, &run->store, err);
}

/* ---- scanning ---------------------------------------------------------------------------------------------------- */

static void show_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct learn_run *run = ctx;
	int64_t now = env_monotonic_us();
	if (now - run->started < 300000 || (now - run->last_shown < 100000 && done < total))
		return;
	run->last_shown = now;
	fprintf(stderr, "\rreading session logs: %3d %% of %.1f MB ", total ? (int)(done * 100 / total) : 100,
		(double)total / 1e6);
	fflush(stderr);
}

static int jobs_of(const struct learn_run *run)
{
	return run->o.jobs ? (int)run->o.jobs : env_cpus();
}

static enum status scan(struct learn_run *run, const str *projects, size_t n, struct error *err)
{
	bool show = env_is_tty(STDERR_FILENO) && !common_given()->quiet;
	struct ingest_options o = {
		.scanners = run->scanners, .roots = run->roots, .projects = projects, .projects_n = n
	};
	o.jobs = jobs_of(run);
	o.reindex = run->o.reindex;
	o.progress = show ? show_progress : NULL;
	o.progress_ctx = run;
	enum status st = ingest_run(&run->r.arena, run->store, &o, &run->r.index, err);
	if (run->last_shown)
		fprintf(stderr, "\r\033[K");
	if (st == STATUS_OK && run->r.index.interrupted)
		return error_set(err, STATUS_INTERRUPTED,
				 "interrupted; what was read is kept, run it again to go on");
	return st;
}

static enum status nothing_found(struct learn_run *run, const char *what, struct error *err)
{
	struct buf b;
	buf_init(&b, 300);
	for (size_t i = 0; i < run->r.index.looked.n; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(*(str *)vec_at(&run->r.index.looked, i)));
	enum status st =
		error_set(err, STATUS_NOT_FOUND, "no sessions found for %s; looked in %s", what, buf_c(&b));
	buf_release(&b);
	return st;
}

/* ---- projects ---------------------------------------------------------------------------------------------------- */

static struct project_report *add_project(struct learn_run *run, str path)
{
	struct project_report *p = vec_push(&run->r.projects);
	p->arena = &run->r.arena;
	project_init(&p->project, p->arena, path, run->o.all ? NULL : &run->o.moved_from);
	vec_init(&p->rows, sizeof(const struct file_row *));
	vec_init(&p->items, sizeof(struct item_row));
	vec_init(&p->plans, sizeof(struct plan_file));
	vec_init(&p->agents, sizeof(str));
	return p;
}

/* Of the folders this run looks at: another --claude-dir is another history. */
static bool looked_at(const struct learn_run *run, const struct file_row *row)
{
	str rel;
	for (size_t i = 0; i < run->r.index.looked.n; i++)
		if (path_below(row->path, *(str *)vec_at(&run->r.index.looked, i), &rel))
			return true;
	return run->o.forget; /* which looks at nothing and means everything */
}

void learn_claim_rows(struct learn_run *run, struct project_report *p)
{
	str rel;
	for (size_t i = 0; i < run->r.index.files.n; i++) {
		const struct file_row *row = vec_at(&run->r.index.files, i);
		bool wanted = false;
		for (size_t k = 0; run->scanners[k] && !wanted; k++)
			wanted = str_eq_c(row->agent, run->scanners[k]->name);
		if (!wanted || !looked_at(run, row) || !row->first_cwd.n ||
		    !project_owns(&p->project, project_portable(p->arena, row->first_cwd), &rel))
			continue;
		*(const struct file_row **)vec_push(&p->rows) = row;
		bool known = false;
		for (size_t k = 0; k < p->agents.n && !known; k++)
			known = str_eq(*(str *)vec_at(&p->agents, k), row->agent);
		if (!known)
			*(str *)vec_push(&p->agents) = row->agent;
	}
}

/* --all: one project for each repository that any session worked in. */
static void find_projects(struct learn_run *run)
{
	struct map seen;
	map_init(&seen);
	for (size_t i = 0; i < run->r.index.files.n; i++) {
		const struct file_row *row = vec_at(&run->r.index.files, i);
		bool fresh = false;
		if (!row->present || !row->first_cwd.n)
			continue;
		map_put(&seen, row->first_cwd, &fresh);
		if (!fresh)
			continue;
		struct repo_id id;
		str root = row->first_cwd;
		if (fs_is_dir(arena_c(&run->r.arena, root)) && repo_identify(&run->r.arena, root, &id))
			root = id.main_root;
		bool known = false;
		for (size_t k = 0; k < run->r.projects.n && !known; k++) {
			str rel;
			known = project_owns(&((struct project_report *)vec_at(&run->r.projects, k))->project,
					     project_portable(&run->r.arena, root), &rel);
		}
		if (!known)
			add_project(run, root);
	}
	map_release(&seen);
	for (size_t k = 0; k < run->r.projects.n; k++)
		learn_claim_rows(run, vec_at(&run->r.projects, k));
}

str learn_key(const struct project_report *p)
{
	return str_c(p->project.key);
}

static void find_place(struct learn_run *run, struct project_report *p)
{
	p->place = (struct write_place){ .root = p->project.exists ? p->project.root : STR(""),
					 .local = run->o.local,
					 .home = run->home,
					 .project = learn_key(p),
					 .memory_path = STR("") };
	for (size_t i = 0; run->scanners[i] && p->project.exists; i++)
		if (run->scanners[i]->memory_file && !p->place.memory_path.n)
			p->place.memory_path =
				run->scanners[i]->memory_file(p->arena, &run->roots, p->project.main_root);
	p->memory_disabled = p->project.exists && !p->place.memory_path.n;
}

static enum status save_decided(struct learn_run *run, struct project_report *p, struct error *err)
{
	enum status st = STATUS_OK;
	for (size_t i = 0; i < p->learned.decided.n && st == STATUS_OK && !run->temporary; i++)
		st = store_item_put(run->store, vec_at(&p->learned.decided, i), err);
	return st;
}

static enum status study_project(struct learn_run *run, struct project_report *p, struct error *err)
{
	struct learn_input in = { .now = env_now_ms(), .since = run->since, .jobs = jobs_of(run) };
	vec_init(&in.user_texts, sizeof(struct user_text));
	vec_init(&in.bullets, sizeof(struct listed_bullet));
	p->tree = tree_new(&p->project, run->store);
	enum status st = store_items(run->store, p->arena, learn_key(p), &p->items, err);
	find_place(run, p);
	if (st == STATUS_OK) {
		learn_read_files(p, &run->roots, &in);
		st = learn_project(p->arena, run->store, &p->project, p->tree, p->rows.p, p->rows.n, &in,
				   &p->items, &p->learned, err);
	}
	if (st == STATUS_OK)
		st = save_decided(run, p, err);
	vec_release(&in.user_texts);
	vec_release(&in.bullets);
	return st;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void split_ids(const char *list, struct arena *a, struct vec *out)
{
	str rest = str_c(list), id;
	while (rest.n && str_split(&rest, ',', &id))
		if (str_trim(id).n)
			*(const char **)vec_push(out) = arena_c(a, str_trim(id));
}

static enum status check_ids(const struct project_report *p, const struct vec *ids, struct error *err)
{
	for (size_t i = 0; i < ids->n; i++)
		if (!learn_find(&p->learned.learnings, *(const char **)vec_at(ids, i)))
			return error_set(err, STATUS_NOT_FOUND,
					 "--apply: no learning %s is due here; 'headroom learn' lists them",
					 *(const char **)vec_at(ids, i));
	return STATUS_OK;
}

static int show(struct learn_run *run, struct error *err)
{
	struct buf out;
	enum status st = STATUS_OK;
	buf_init(&out, SIZE_MAX);
	run->r.ms = (env_monotonic_us() - run->started) / 1000;
	run->r.verbose = common_given()->verbose;
	run->r.color = use_color(STDOUT_FILENO);
	if (run->o.explain)
		st = learn_explain(&run->r, run->o.explain, &out, err);
	else if (run->o.format == FORM_JSON)
		learn_json(&run->r, &out);
	else if (run->o.format == FORM_DIFF)
		learn_diff(&run->r, &out, run->r.color);
	else
		learn_text(&run->r, &out);
	int code = st == STATUS_OK ? print(buf_str(&out)) : complain(err);
	buf_release(&out);
	return code;
}

static enum status study_all(struct learn_run *run, struct error *err)
{
	enum status st = STATUS_OK;
	for (size_t i = 0; i < run->r.projects.n && st == STATUS_OK; i++) {
		if (work_interrupted())
			return error_set(err, STATUS_INTERRUPTED, "interrupted; nothing was written");
		st = study_project(run, vec_at(&run->r.projects, i), err);
	}
	return st;
}

/* The exit status of a mode that shows nothing. */
static int finish(enum status st, const struct error *err)
{
	return st == STATUS_OK ? EXIT_DONE : complain(err);
}

static int work(struct learn_run *run)
{
	struct error err = { 0 };
	struct arena *a = &run->r.arena;
	struct learn_options *o = &run->o;
	enum status st = open_store(run, &err);
	if (st != STATUS_OK)
		return complain(&err);
	struct project_report *one =
		o->all ? NULL : add_project(run, o->project ? str_c(o->project) : env_cwd(a));
	if (one && !one->project.exists && !one->project.moved.n && !o->forget && o->project &&
	    !fs_exists(o->project))
		tell("headroom: %.*s does not exist; what is found there is only reported\n",
		     STR_ARG(one->project.root));
	if (o->undo)
		return finish(learn_undo(run, one, &err), &err);
	if (o->forget)
		return finish(learn_forget(run, one, &err), &err);
	if (o->allow)
		return finish(learn_allow(run, one, o->allow, &err), &err);
	st = scan(run, one ? one->project.spelled.p : NULL, one ? one->project.spelled.n : 0, &err);
	if (st == STATUS_OK && one)
		learn_claim_rows(run, one);
	else if (st == STATUS_OK)
		find_projects(run);
	if (st == STATUS_OK && !o->remove && (one ? one->rows.n == 0 : run->r.projects.n == 0))
		st = nothing_found(run, one ? arena_c(a, one->project.root) : "any project", &err);
	if (st == STATUS_OK)
		st = study_all(run, &err);
	if (st != STATUS_OK)
		return complain(&err);
	if (o->reject)
		return finish(learn_reject(run, one, o->reject, &err), &err);
	struct vec ids;
	vec_init(&ids, sizeof(const char *));
	split_ids(o->apply ? o->apply : "", a, &ids);
	int code = EXIT_DONE;
	for (size_t i = 0; i < run->r.projects.n; i++) {
		struct project_report *p = vec_at(&run->r.projects, i);
		learn_plan_files(p, &ids, o->remove);
		st = one ? check_ids(p, &ids, &err) : STATUS_OK;
		if (st == STATUS_OK && (o->apply || o->remove) && p->project.exists)
			st = learn_apply(run, p, &ids, o->remove, &err);
		if (st != STATUS_OK && !one)
			tell("headroom: %.*s:\n", STR_ARG(p->project.root));
		if (st != STATUS_OK)
			code = complain(&err);
	}
	vec_release(&ids);
	/* what went well in other projects is shown all the same */
	if ((code == EXIT_DONE || !one) && !(o->remove && o->format == FORM_TEXT)) {
		int shown = show(run, &err);
		code = code == EXIT_DONE ? shown : code;
	}
	return code;
}

static void release(struct learn_run *run)
{
	for (size_t i = 0; i < run->r.projects.n; i++) {
		struct project_report *p = vec_at(&run->r.projects, i);
		tree_free(p->tree);
		if (p->learned.study.arena)
			learned_release(&p->learned);
		project_release(&p->project);
		vec_release(&p->rows);
		vec_release(&p->items);
		vec_release(&p->plans);
		vec_release(&p->agents);
	}
	vec_release(&run->r.projects);
	ingest_result_release(&run->r.index);
	store_close(run->store);
	vec_release(&run->o.moved_from);
	arena_release(&run->r.arena);
}

static int run_learn(int argc, char **argv)
{
	struct learn_run run = { .started = env_monotonic_us() };
	struct error err;
	arena_init(&run.r.arena);
	vec_init(&run.r.projects, sizeof(struct project_report));
	ingest_result_init(&run.r.index);
	work_catch_signals();
	int code = read_options(&run, argc, argv, &err) == STATUS_OK ? work(&run) : complain(&err);
	release(&run);
	return code;
}
