/*
 * opt: option tables.  One row drives parsing, --help, the man page and shell completion; a test compares
 * them.  Long options take their value as --name VALUE or --name=VALUE (optional values only with =), short
 * ones as -n VALUE or -nVALUE (optional ones only the latter); letters are not bundled; "--" ends options.
 * Unknown options, missing and bad values are STATUS_USAGE naming the accepted ones.
 */
#ifndef HEADROOM_BASE_OPT_H
#define HEADROOM_BASE_OPT_H

#include "core/base/buf.h"
#include "core/base/error.h"

enum opt_type {
	OPT_FLAG, /* bool */
	OPT_TEXT, /* const char *, the last one wins */
	OPT_LIST, /* struct vec of const char *, repeatable */
	OPT_INT, /* long, within [min, max] */
	OPT_CHOICE, /* int, index into choices ("a|b|c") */
	OPT_OPTIONAL /* const char *; "" when given without =VALUE, NULL when absent */
};

struct opt {
	const char *name; /* long name without dashes; NULL ends the table */
	char letter; /* 0 if none */
	enum opt_type type;
	size_t offset; /* of the field in the values struct */
	const char *arg; /* name of the value in help, or the choices of OPT_CHOICE */
	const char *help; /* one line, no full stop */
	long min, max;
};

struct opt_command {
	const char *name; /* "learn" */
	const char *title; /* one line for the command list and the man page's NAME */
	const char *synopsis; /* "[--project PATH] ..." */
	const char *about; /* paragraphs for help and man page, separated by blank lines */
	const char *example; /* lines "command\tcomment" */
	const char *files; /* lines "path\tmeaning" for the man page, or NULL */
	const struct opt *options; /* the command's own rows; the common rows are added */
	int (*run)(int argc, char **argv); /* exit status; argv[0] is the command's name */
};

struct vec;

/* Parses argv[1..] by a command's own table; operands are appended to `operands` (vec of char *, may be
 * NULL: none allowed).  An OPT_LIST field may be all zero bytes; the caller releases it. */
enum status opt_parse(const struct opt *table, void *values, int argc, char **argv, struct vec *operands,
		      struct error *err);
/* Takes the common options out of argv[1..], wherever they stand before "--", and leaves the rest in order
 * for the command's opt_parse.  `own`, the command's table, tells which other words are values; an option
 * neither table has is an error here, where both can be named. */
enum status opt_take(const struct opt *common, void *values, const struct opt *own, int *argc, char **argv,
		     struct error *err);

void opt_help(const struct opt_command *cmd, const struct opt *common, int columns, struct buf *out);
/* roff man(7) page headroom-NAME(1). */
void opt_man(const struct opt_command *cmd, const struct opt *common, const char *version, struct buf *out);

/* The whole program: cmds ends with NULL, and its first row is the program itself, named "headroom". */
void opt_help_main(const struct opt_command *const *cmds, const struct opt *common, int columns,
		   struct buf *out);
void opt_man_main(const struct opt_command *const *cmds, const struct opt *common, const char *version,
		  struct buf *out);
/* shell: "bash", "zsh" or "fish" */
void opt_completion(const struct opt_command *const *cmds, const struct opt *common, const char *shell,
		    struct buf *out);

#endif
