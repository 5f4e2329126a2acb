/*
 * headroom: the command line.  Takes the common options, finds the command, hands over.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/config.h"
#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/log.h"
#include "core/base/utf8.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"

static struct common given;
static struct arena life; /* of the process */
static struct config config;

/* clang-format off */
const struct opt common_options[] = {
	{ "help",     'h', OPT_FLAG,   offsetof(struct common, help),     NULL,                "show this help", 0, 0 },
	{ "version",  0,   OPT_FLAG,   offsetof(struct common, version),  NULL,                "show the version", 0, 0 },
	{ "config",   0,   OPT_LIST,   offsetof(struct common, configs),  "FILE",              "read settings from FILE (default: ~/.headroom/config.toml)", 0, 0 },
	{ "color",    0,   OPT_CHOICE, offsetof(struct common, color),    "auto|always|never", "colour the output (NO_COLOR counts)", 0, 0 },
	{ "verbose",  'v', OPT_FLAG,   offsetof(struct common, verbose),  NULL,                "tell more", 0, 0 },
	{ "quiet",    'q', OPT_FLAG,   offsetof(struct common, quiet),    NULL,                "tell only errors", 0, 0 },
	{ "log-file", 0,   OPT_TEXT,   offsetof(struct common, log_file), "FILE",              "append diagnostics to FILE", 0, 0 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};

/* For the build: pages and completions come from the same tables as the help. */
static const struct opt build_options[] = {
	{ "dump-man",         0, OPT_TEXT, offsetof(struct common, dump_man),         "DIR", "write the manual pages to DIR", 0, 0 },
	{ "dump-completions", 0, OPT_TEXT, offsetof(struct common, dump_completions), "DIR", "write the shell completions to DIR", 0, 0 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};

static const struct config_setting common_settings[] = {
	{ "color",    "NO_COLOR",     false },
	{ "log-file", "HEADROOM_LOG", true },
	{ NULL, NULL, false },
};
/* clang-format on */

static const struct opt_command program = {
	.name = "headroom",
	.title = "what AI coding agents read, what it costs, and what they should have learned",
	.synopsis = "COMMAND [OPTIONS] [ARGS]",
	.about = "Reads the session logs that coding agents leave on this machine and turns them into "
		 "something useful; shortens what they are about to read.  "
		 "Nothing is sent anywhere, nothing read from a log is ever executed.",
	.example = "headroom top\twhat agents use and spend\n"
		   "headroom learn\tshow what the agent should have learned about this project\n"
		   "headroom learn --apply\twrite it to CLAUDE.md and MEMORY.md\n"
		   "headroom compress request.json --body\tthe same request with fewer tokens",
	.files = "~/.headroom/\teverything headroom keeps; HEADROOM_HOME names another folder\n"
		 "~/.headroom/config.toml\tsettings; the environment wins over them, options over both\n"
		 "~/.headroom/headroom.db\tindex of session logs, learnings, decisions (no log text)\n"
		 "~/.headroom/ccr_store.db\toriginals of what was compressed, until they expire\n"
		 "~/.headroom/backups/\tfiles as they were before they were changed",
	.options = build_options + 2,
};

static const struct opt_command *const commands[] = {
	&program, &top_command, &learn_command, &simulate_command, &compress_command, &retrieve_command, NULL
};

const struct common *common_given(void)
{
	return &given;
}

int complain(const struct error *err)
{
	struct buf b;
	buf_init(&b, 4096);
	utf8_escape(&b, str_c(err->message), false);
	fprintf(stderr, "headroom: %s\n", buf_c(&b));
	buf_release(&b);
	switch (err->code) {
	case STATUS_USAGE:
		return EXIT_USAGE;
	case STATUS_REFUSED:
	case STATUS_CHANGED:
		return EXIT_REFUSED;
	case STATUS_NOT_FOUND:
		return EXIT_NOTHING;
	default:
		return EXIT_FAILED;
	}
}

void tell(const char *fmt, ...)
{
	va_list ap;
	if (given.quiet)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

bool use_color(int fd)
{
	if (given.color)
		return given.color == 1;
	return env_is_tty(fd) && !env_get("NO_COLOR") &&
	       !(env_get("TERM") && str_eq_c(str_c(env_get("TERM")), "dumb"));
}

int print(str text)
{
	struct error err;
	if (fs_write_all(STDOUT_FILENO, text.p, text.n) == 0)
		return EXIT_DONE;
	error_errno(&err, errno, "standard output");
	err.code = STATUS_FAILED;
	return complain(&err);
}

static enum status dump_file(const char *dir, const char *name, const struct buf *b, struct error *err)
{
	struct arena a;
	arena_init(&a);
	const char *path = arena_c(&a, path_join(&a, str_c(dir), str_c(name)));
	enum status st = STATUS_OK;
	int fd = fs_open_write(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || fs_write_all(fd, b->p, b->n) != 0 || close(fd) != 0)
		st = error_errno(err, errno, "%s", path);
	arena_release(&a);
	return st;
}

static enum status dump_man(const char *dir, struct error *err)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	opt_man_main(commands, common_options, HEADROOM_VERSION, &b);
	enum status st = fs_mkdirs(dir, 0755, err);
	if (st == STATUS_OK)
		st = dump_file(dir, "headroom.1", &b, err);
	for (size_t i = 1; commands[i] && st == STATUS_OK; i++) {
		char name[64];
		buf_clear(&b);
		opt_man(commands[i], common_options, HEADROOM_VERSION, &b);
		snprintf(name, sizeof(name), "headroom-%s.1", commands[i]->name);
		st = dump_file(dir, name, &b, err);
	}
	buf_release(&b);
	return st;
}

static enum status dump_completions(const char *dir, struct error *err)
{
	static const struct {
		const char *shell, *file;
	} rows[] = { { "bash", "headroom.bash" }, { "zsh", "_headroom" }, { "fish", "headroom.fish" } };
	struct buf b;
	buf_init(&b, 1 << 20);
	enum status st = fs_mkdirs(dir, 0755, err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && st == STATUS_OK; i++) {
		buf_clear(&b);
		opt_completion(commands, common_options, rows[i].shell, &b);
		st = dump_file(dir, rows[i].file, &b, err);
	}
	buf_release(&b);
	return st;
}

static int show_help(const struct opt_command *cmd)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	if (cmd)
		opt_help(cmd, common_options, env_columns(STDOUT_FILENO), &b);
	else
		opt_help_main(commands, common_options, env_columns(STDOUT_FILENO), &b);
	int code = print(buf_str(&b));
	buf_release(&b);
	return code;
}

static const struct opt_command *find_command(const char *name)
{
	for (size_t i = 1; commands[i]; i++)
		if (str_eq_c(str_c(name), commands[i]->name))
			return commands[i];
	return NULL;
}

/* ---- configuration ------------------------------------------------------------------------------------------------ */

enum status load_config(const char *command, const struct opt *options, const struct config_setting *settings,
			void *values, struct error *err)
{
	return config_apply(&config, &(struct config_target){ command, options, settings, values }, err);
}

const struct config *config_given(void)
{
	return &config;
}

const char *option_place(const char *command, const char *name, const char *text)
{
	const struct config_row *row = config_find(&config, command, name);
	if (row && row->text.p == text)
		return arena_printf(&life, "%s:%u: %.*s", config.path, row->line, STR_ARG(row->key)).p;
	return arena_printf(&life, "--%s", name).p;
}

/* The file that was named, else ours if there is one. */
static enum status read_config(const char *path, struct error *err)
{
	const char *names[sizeof(commands) / sizeof(commands[0]) + 1] = { ENGINE_TABLE };
	for (size_t i = 1; commands[i]; i++)
		names[i] = commands[i]->name;
	config.arena = &life;
	if (!path) {
		path = path_join(&life, env_headroom_home(&life), STR("config.toml")).p;
		if (!fs_exists(path))
			return STATUS_OK;
	}
	enum status st = config_load(&life, path, &config, err);
	return st == STATUS_OK ? config_check_tables(&config, names, err) : st;
}

static const char *last_of(const struct vec *list)
{
	return list->n ? *(const char **)vec_at(list, list->n - 1) : NULL;
}

/* Flags are taken twice: first to learn which file to read, then over what it says. */
static enum status take_common(const struct opt_command *cmd, int *argc, char **argv, struct error *err)
{
	const struct opt *own = cmd ? cmd->options : program.options;
	char **words = arena_array(&life, (size_t)*argc + 1, sizeof(*words));
	int n = *argc;
	struct common flags = { 0 };
	memcpy(words, argv, (size_t)n * sizeof(*words));
	enum status st = opt_take(common_options, &flags, own, &n, words, err);
	if (st == STATUS_OK && cmd && !flags.help && !flags.version) {
		st = read_config(last_of(&flags.configs), err);
		if (st == STATUS_OK)
			st = load_config("", common_options, common_settings, &given, err);
	}
	vec_release(&flags.configs);
	return st == STATUS_OK ? opt_take(common_options, &given, own, argc, argv, err) : st;
}

static enum status open_log(struct error *err)
{
	struct error why;
	if (log_open(given.log_file, &why) == STATUS_OK)
		return STATUS_OK;
	return error_set(err, STATUS_USAGE, "%s: %s",
			 given.log_file ? option_place("", "log-file", given.log_file) : "HEADROOM_LOG",
			 why.message);
}

static int run_program(int argc, char **argv)
{
	struct error err;
	enum status st;
	if (argc > 1 && str_starts_c(str_c(argv[1]), "--dump-")) {
		st = opt_parse(build_options, &given, argc, argv, NULL, &err);
		if (st == STATUS_OK && given.dump_man)
			st = dump_man(given.dump_man, &err);
		if (st == STATUS_OK && given.dump_completions)
			st = dump_completions(given.dump_completions, &err);
		return st == STATUS_OK ? EXIT_DONE : complain(&err);
	}
	/* the command is the first word; options may stand before it and behind it */
	const struct opt_command *cmd = NULL;
	for (int i = 1; i < argc && !cmd; i++)
		if (argv[i][0] != '-')
			cmd = find_command(argv[i]);
	st = take_common(cmd, &argc, argv, &err);
	if (st == STATUS_OK)
		st = open_log(&err);
	if (st != STATUS_OK)
		return complain(&err);
	if (given.version)
		return print(STR("headroom " HEADROOM_VERSION "\n"));
	if (given.help || argc < 2)
		return show_help(cmd);
	if (!cmd || argv[1][0] == '-' || find_command(argv[1]) != cmd) {
		error_set(&err, STATUS_USAGE, "'%s' is no command; 'headroom --help' lists them", argv[1]);
		return complain(&err);
	}
	return cmd->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	arena_init(&life);
	int code = run_program(argc, argv);
	log_close();
	vec_release(&given.configs);
	arena_release(&life);
	return code;
}
