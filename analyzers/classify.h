/*
 * classify: what a failed shell call failed of, from the program's own words.  Content is only looked at for shells and only
 * where a structural sign said "failed" (or the command masks its exit status).  A class names a word of the command
 * itself, never text of the output: `slot` is borrowed from the script.  Patterns are anchored per program and tried
 * in order of how specific they are.
 */
#ifndef HEADROOM_ANALYZERS_CLASSIFY_H
#define HEADROOM_ANALYZERS_CLASSIFY_H

#include "core/model/failure.h"
#include "core/shell/shell.h"

struct diagnosis {
	enum failure class;
	str slot; /* the word of the command the message names: program, module, flag, target, path, variable */
	str hint; /* what the message proposes instead, only ever compared with what was executed later; in arena */
	int segment; /* index of the command to blame, -1 unknown */
	bool masked; /* the call as a whole reported success */
};

/* output: beginning and end of the result, unescaped. */
void classify_shell(struct arena *a, const struct shell_script *script, int exit_code, str head, str tail,
		    struct diagnosis *out);
/* For calls that reported success although a command in them failed; FAIL_NONE when nothing shows. */
void classify_masked(struct arena *a, const struct shell_script *script, str head, str tail,
		     struct diagnosis *out);
/* True when the way the commands are joined hides a failing exit status. */
bool classify_masks_exit(const struct shell_script *script);

/* The program's base name ("/usr/bin/python3" -> "python3"). */
str command_program(const struct shell_command *c);
/* Programs that only show or look for things; their failing says nothing about the project. */
bool program_is_viewer(str program);
bool program_is_probe(const struct shell_command *c);

#endif
