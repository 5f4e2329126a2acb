/*
 * headroom top: what the agents of this machine use and what compression saves, from a running proxy, the local store and
 * the agents' sessions.  Prints one snapshot, or one after another.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/work.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"
#include "core/cmd/top_run.h"
#include "core/token/price.h"
#include "tui/figure.h"

struct top_flags {
	struct vec sources; /* const char * */
	const char *record, *replay, *claude_dir;
	bool once, watch, json, csv, line, demo;
	int window;
	long interval, jobs;
};

/* clang-format off */
#define FIELD(name) offsetof(struct top_flags, name)
#define WINDOWS "1h|24h|7d|30d|all"
static const struct opt options[] = {
	{ "once",       0, OPT_FLAG,   FIELD(once),       NULL,           "print one snapshot (the default)", 0, 0 },
	{ "watch",      0, OPT_FLAG,   FIELD(watch),      NULL,           "print one after another, until interrupted", 0, 0 },
	{ "json",       0, OPT_FLAG,   FIELD(json),       NULL,           "as JSON; with --watch one object a line", 0, 0 },
	{ "csv",        0, OPT_FLAG,   FIELD(csv),        NULL,           "as CSV, one row per source and model", 0, 0 },
	{ "line",       0, OPT_FLAG,   FIELD(line),       NULL,           "as one line, for prompts and status lines", 0, 0 },
	{ "source",     0, OPT_LIST,   FIELD(sources),    "URL|DIR|FILE", "a proxy, a folder or a file to read (repeatable)", 0, 0 },
	{ "window",     0, OPT_CHOICE, FIELD(window),     WINDOWS,        "how far back to look (default: 24h)", 0, 0 },
	{ "interval",   0, OPT_INT,    FIELD(interval),   "S",            "seconds between snapshots (default: 2)", 1, 60 },
	{ "record",     0, OPT_TEXT,   FIELD(record),     "FILE",         "append each snapshot to FILE, as a line of JSON", 0, 0 },
	{ "replay",     0, OPT_TEXT,   FIELD(replay),     "FILE",         "show what was recorded instead", 0, 0 },
	{ "demo",       0, OPT_FLAG,   FIELD(demo),       NULL,           "show made-up figures instead", 0, 0 },
	{ "claude-dir", 0, OPT_TEXT,   FIELD(claude_dir), "PATH",         "Claude Code's folder (default: CLAUDE_CONFIG_DIR or ~/.claude)", 0, 0 },
	{ "jobs",       0, OPT_INT,    FIELD(jobs),       "N",            "threads (default: one per processor)", 1, 256 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};
#undef FIELD

static const struct config_setting settings[] = {
	{ "window",     NULL,                false },
	{ "interval",   NULL,                false },
	{ "claude-dir", "CLAUDE_CONFIG_DIR", true },
	{ "jobs",       NULL,                false },
	{ NULL, NULL, false },
};

static const struct {
	const char *name;
	int64_t ms; /* 0: everything */
} windows[] = { /* in the order of WINDOWS */
	{ "1h",  MS_PER_DAY / 24 },
	{ "24h", MS_PER_DAY },
	{ "7d",  7 * MS_PER_DAY },
	{ "30d", 30 * MS_PER_DAY },
	{ "all", 0 },
};
/* clang-format on */

enum {
	WINDOW_DAY = 1,
	INTERVAL = 2, /* seconds */
	TIMEOUT_MS = 1000, /* for an answer of a proxy */
	LINE_TIMEOUT_MS = 200,
	COLUMNS_LEAST = 80,
	COLUMNS_MOST = 100
};

static int run_top(int argc, char **argv);

const struct opt_command top_command = {
	.name = "top",
	.title = "what agents use, spend and save, now",
	.synopsis = "[--once|--watch] [--json|--csv|--line] [--source URL|DIR|FILE]... [OPTIONS]",
	.about = "Prints one snapshot: requests, tokens, money, cache, models, projects and sessions.  With "
		 "--watch one "
		 "after another.  There is no full-screen form yet.\n\n"
		 "Sources are a Headroom proxy (asked on HEADROOM_PORT or 8787 of this machine), what it "
		 "left in "
		 "~/.headroom, and the agents' own session logs, which need no proxy.  A number is taken "
		 "from the first of "
		 "these that knows it; numbers of two sources are never added.  What is unknown is '?', and "
		 "null in JSON.\n\n"
		 "--line fed with the JSON that Claude Code gives its status line reports that session.  "
		 "HEADROOM_BUDGET is an amount of dollars for each HEADROOM_BUDGET_PERIOD (hourly, daily, "
		 "monthly, by "
		 "UTC): when it is spent the exit status is 5.  It is 4 where there is no source.",
	.example = "headroom top\tone snapshot\n"
		   "headroom top --watch --json --interval 5\ta line of JSON every 5 seconds\n"
		   "headroom top --once --window 7d --csv\tthe models of a week, for a spreadsheet\n"
		   "HEADROOM_BUDGET=20 headroom top --line\tfails once today's $20 are spent",
	.files = "~/.headroom/\twhat a proxy left there\n"
		 "~/.headroom/config.toml\tsettings in [top]\n"
		 "~/.headroom/models.json\tyour own prices and limits\n"
		 "~/.claude/projects/*/*.jsonl\tsessions of Claude Code (read only)",
	.options = options,
	.run = run_top,
};

struct top_job {
	struct top_flags flags;
	struct arena arena;
	struct price_user *prices;
	struct source_options options;
	struct top_budget budget;
	struct top_status status;
	bool one_session; /* status says which */
	struct vec feeds; /* struct feed */
	int record; /* file descriptor, or -1 */
	size_t printed; /* snapshots */
	struct buf out;
};

/* ---- options ---- */

static enum status check_flags(const struct top_flags *f, struct error *err)
{
	if (f->once && f->watch)
		return error_set(err, STATUS_USAGE, "--once and --watch exclude each other");
	if (f->json + f->csv + f->line > 1)
		return error_set(err, STATUS_USAGE, "--json, --csv and --line exclude each other");
	if ((f->replay != NULL) + f->demo + (f->sources.n > 0) > 1)
		return error_set(err, STATUS_USAGE, "--source, --replay and --demo exclude each other");
	return STATUS_OK;
}

static enum status prepare(struct top_job *job, int argc, char **argv, struct error *err)
{
	struct top_flags *f = &job->flags;
	struct source_options *o = &job->options;
	int64_t now = env_now_ms();
	enum status status;

	f->window = WINDOW_DAY;
	f->interval = INTERVAL;
	status = load_config("top", options, settings, f, err);
	if (status == STATUS_OK)
		status = opt_parse(options, f, argc, argv, NULL, err);
	if (status == STATUS_OK)
		status = check_flags(f, err);
	if (status == STATUS_OK)
		status = top_budget_read(now, &job->budget, err);
	if (status == STATUS_OK)
		status = engine_prices(&job->arena, &job->prices, err);
	if (status != STATUS_OK)
		return status;
	o->since = windows[f->window].ms ? now - windows[f->window].ms : 0;
	o->window = str_c(windows[f->window].name);
	o->home = arena_c(&job->arena, env_headroom_home(&job->arena));
	o->roots.override = f->claude_dir;
	o->prices = job->prices;
	o->jobs = f->jobs ? (int)f->jobs : env_cpus();
	o->timeout_ms = f->line ? LINE_TIMEOUT_MS : TIMEOUT_MS;
	return STATUS_OK;
}

/* ---- sources ---- */

static enum status add_feed(const struct source_type *type, const char *name, const struct source_options *o,
			    struct vec *feeds, struct error *err)
{
	struct feed feed;
	enum status status = type ? feed_open_as(type, name, o, &feed, err) : feed_open(name, o, &feed, err);

	if (status == STATUS_OK)
		*(struct feed *)vec_push(feeds) = feed;
	return status;
}

static enum status open_feeds(const struct top_flags *f, const struct source_options *o, struct vec *feeds,
			      struct error *err)
{
	enum status status = STATUS_OK;

	if (f->replay)
		return add_feed(&replay_source, f->replay, o, feeds, err);
	if (f->demo)
		return add_feed(&demo_source, NULL, o, feeds, err);
	for (size_t i = 0; i < f->sources.n && status == STATUS_OK; i++)
		status = add_feed(NULL, *(const char **)vec_at(&f->sources, i), o, feeds, err);
	if (f->sources.n == 0)
		feed_open_defaults(o, feeds);
	return status;
}

static enum status nothing_there(const struct top_job *job, struct error *err)
{
	if (job->flags.sources.n)
		return error_set(err, STATUS_NOT_FOUND,
				 "no source has anything; 'headroom top --help' says what they are");
	return error_set(err, STATUS_NOT_FOUND,
			 "no proxy answers, nothing in %s, no sessions; --source names others, --demo shows "
			 "what there "
			 "would be to see",
			 job->options.home);
}

/* ---- one snapshot ---- */

static size_t columns(void)
{
	int n = env_is_tty(STDOUT_FILENO) || env_get("COLUMNS") ? env_columns(STDOUT_FILENO) : COLUMNS_MOST;

	return (size_t)(n < COLUMNS_LEAST ? COLUMNS_LEAST : n > COLUMNS_MOST ? COLUMNS_MOST : n);
}

static void add_form(struct top_job *job, const struct snapshot *s)
{
	const struct top_flags *f = &job->flags;

	if (f->json) {
		snapshot_json(s, !f->watch, &job->out);
		buf_add_ch(&job->out, '\n');
	} else if (f->csv) {
		snapshot_csv(s, job->printed > 0, &job->out);
	} else if (f->line) {
		snapshot_line(s, &job->out);
		buf_add_ch(&job->out, '\n');
	} else {
		struct top_text_options o = { .columns = columns(),
					      .all = common_given()->verbose,
					      .color = use_color(STDOUT_FILENO) };

		if (job->printed)
			buf_add_ch(&job->out, '\n');
		top_text(s, &o, &job->out);
	}
	job->printed++;
}

static enum status record(const struct top_job *job, const struct snapshot *s, struct error *err)
{
	enum status status = STATUS_OK;
	struct buf line;

	if (job->record < 0)
		return STATUS_OK;
	buf_init(&line, SIZE_MAX);
	snapshot_json(s, false, &line);
	buf_add_ch(&line, '\n');
	if (fs_write_all(job->record, line.p, line.n) != 0)
		status = error_errno(err, errno, "%s", job->flags.record);
	buf_release(&line);
	return status;
}

/* A line that was cut off is ended, so that ours stands alone. */
static enum status open_record(struct top_job *job, struct error *err)
{
	const char *path = job->flags.record;
	char last = '\n';
	off_t size;

	if (!path)
		return STATUS_OK;
	job->record = fs_open_write(path, O_RDWR | O_CREAT | O_APPEND, 0600);
	if (job->record < 0)
		return error_errno(err, errno, "%s", path);
	size = lseek(job->record, 0, SEEK_END);
	if (size > 0 && pread(job->record, &last, 1, size - 1) == 1 && last != '\n' &&
	    fs_write_all(job->record, "\n", 1) != 0)
		return error_errno(err, errno, "%s", path);
	return STATUS_OK;
}

/* Polls, records and prints. */
static enum status step(struct top_job *job, struct error *err)
{
	enum status status = STATUS_OK;
	struct snapshot s;

	snapshot_init(&s);
	if (job->one_session)
		top_status_poll(&job->status, &job->options, &s);
	else if (!feed_poll(&job->feeds, &s) && !job->flags.watch)
		status = nothing_there(job, err);
	if (s.taken_at == 0)
		s.taken_at = env_now_ms();
	if (status == STATUS_OK)
		status = record(job, &s, err);
	if (status == STATUS_OK)
		add_form(job, &s);
	snapshot_release(&s);
	return status;
}

/* ---- once ---- */

/* EXIT_THRESHOLD when the budget is spent.  The status line of one session is quick, and shown only if it exits with 0. */
static int check_budget(const struct top_job *job)
{
	const struct top_budget *b = &job->budget;
	struct source_options o = job->options;
	struct vec feeds;
	struct buf text;
	double spent;

	if (!is_known(b->usd) || job->flags.replay || job->flags.demo || job->one_session)
		return EXIT_DONE;
	o.since = b->since;
	o.window = str_c(b->period);
	vec_init(&feeds, sizeof(struct feed));
	open_feeds(&job->flags, &o, &feeds, NULL);
	spent = top_budget_spent(b, &feeds);
	feed_close(&feeds);
	buf_init(&text, 256);
	figure_usd(&text, spent);
	buf_add(&text, STR(" of "));
	figure_usd(&text, b->usd);
	if (!is_known(spent))
		tell("headroom: budget: no source says what was spent (%s)\n", b->period);
	else if (spent >= b->usd)
		tell("headroom: budget reached: %s (%s)\n", buf_c(&text), b->period);
	buf_release(&text);
	return is_known(spent) && spent >= b->usd ? EXIT_THRESHOLD : EXIT_DONE;
}

static int once(struct top_job *job)
{
	struct error err = { 0 };
	enum status status;
	int code;

	/* of a recording the last one */
	do {
		buf_clear(&job->out);
		job->printed = 0;
		status = step(job, &err);
	} while (status == STATUS_OK && job->flags.replay && !feed_ended(&job->feeds));
	if (status != STATUS_OK)
		return complain(&err);
	code = print(buf_str(&job->out));
	return code == EXIT_DONE ? check_budget(job) : code;
}

/* ---- watch ---- */

/* Until `when` of the monotonic clock, or a signal: those are let through nowhere but within ppoll, so that none is
 * missed between a look and the wait. */
static void wait_until(int64_t when)
{
	int64_t left = when - env_monotonic_us();
	struct timespec time = { .tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000 };
	sigset_t ours, before;

	if (left <= 0)
		return;
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &before);
	if (!work_interrupted())
		ppoll(NULL, 0, &time, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static int watch(struct top_job *job)
{
	int64_t next = env_monotonic_us();
	struct error err = { 0 };
	int code = EXIT_DONE;

	while (code == EXIT_DONE && !work_interrupted()) {
		buf_clear(&job->out);
		if (step(job, &err) != STATUS_OK)
			return complain(&err);
		code = print(buf_str(&job->out));
		if (feed_ended(&job->feeds))
			break;
		next += job->flags.interval * 1000000;
		wait_until(next);
		if (env_monotonic_us() > next + job->flags.interval * 1000000) /* asleep, or stopped */
			next = env_monotonic_us();
	}
	return code;
}

/* ---- the command ---- */

/* With --line and nothing else named, standard input may say which session is meant. */
static enum status read_status(struct top_job *job, struct error *err)
{
	const struct top_flags *f = &job->flags;
	enum status status;

	if (!f->line || f->watch || f->replay || f->demo || f->sources.n)
		return STATUS_OK;
	status = top_status_read(&job->arena, &job->status, err);
	job->one_session = status == STATUS_OK;
	return status == STATUS_DONE ? STATUS_OK : status;
}

static int work(struct top_job *job, int argc, char **argv)
{
	struct error err = { 0 };
	enum status status = prepare(job, argc, argv, &err);

	if (status == STATUS_OK)
		status = read_status(job, &err);
	if (status == STATUS_OK && !job->one_session)
		status = open_feeds(&job->flags, &job->options, &job->feeds, &err);
	if (status == STATUS_OK)
		status = open_record(job, &err);
	if (status != STATUS_OK)
		return complain(&err);
	if (!job->flags.watch)
		return once(job);
	work_catch_signals();
	return watch(job);
}

static int run_top(int argc, char **argv)
{
	struct top_job job = { .record = -1 };
	int code;

	arena_init(&job.arena);
	vec_init(&job.feeds, sizeof(struct feed));
	buf_init(&job.out, SIZE_MAX);
	code = work(&job, argc, argv);
	feed_close(&job.feeds);
	if (job.record >= 0)
		close(job.record);
	price_user_free(job.prices);
	vec_release(&job.flags.sources);
	buf_release(&job.out);
	arena_release(&job.arena);
	return code;
}
