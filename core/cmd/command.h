/*
 * command: what the commands of the program share.  This is the roof: only files here and in tui/ speak to the user or
 * decide on an exit status, and nobody includes them.  A new command is one file and one row in headroom.c.
 */
#ifndef HEADROOM_CMD_COMMAND_H
#define HEADROOM_CMD_COMMAND_H

#include <stdbool.h>

#include "core/base/config.h"
#include "core/base/error.h"
#include "core/base/opt.h"
#include "core/base/str.h"
#include "core/base/vec.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_NOTHING = 4,
	EXIT_THRESHOLD = 5
};

/* Options every command has. */
struct common {
	bool help, version, verbose, quiet;
	struct vec configs; /* const char *: the files named, the last of which is read */
	const char *log_file;
	int color; /* 0 auto, 1 always, 2 never */
	const char *dump_man, *dump_completions;
};

extern const struct opt common_options[];
const struct common *common_given(void);
extern const struct opt_command top_command, learn_command, compress_command, retrieve_command, simulate_command;

/* What the configuration file says for a command, to be called before opt_parse, so that flags win.  Texts last as long
 * as the process. */
enum status load_config(const char *command, const struct opt *options, const struct config_setting *settings,
			void *values, struct error *err);
/* Where a text came from, for messages: "FILE:LINE: command.name" or "--name".  Command "" is the common options. */
const char *option_place(const char *command, const char *name, const char *text);

/* Every row of the configuration file, for tables that are no command's options. */
const struct config *config_given(void);

/* "headroom: message" on stderr; the exit status that belongs to the error. */
int complain(const struct error *err);
void tell(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* stderr, not with -q */
bool use_color(int fd);
/* Writes all of it to stdout; EXIT_FAILED if that is not possible (a closed pipe, a full disk). */
int print(str text);

#endif
