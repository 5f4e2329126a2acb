/*
 * shell: splits a command line into simple commands the way a POSIX shell (and bash/zsh where they differ) would read
 * it, without ever expanding or running anything.  Used to compare commands, not to execute them: what cannot be known
 * from the text alone (variables, substitutions, globs) is marked, not guessed.
 */
#ifndef HEADROOM_SHELL_SHELL_H
#define HEADROOM_SHELL_SHELL_H

#include "core/base/arena.h"

enum shell_join { /* how a simple command is joined to the one before it */
	JOIN_FIRST,
	JOIN_AND, /* && */
	JOIN_OR, /* || */
	JOIN_SEQ, /* ; or newline */
	JOIN_PIPE, /* | or |& */
	JOIN_BACKGROUND /* the one before ended with & */
};

struct shell_word {
	str text; /* quotes and escapes removed */
	bool quoted; /* any part was quoted */
	bool dynamic; /* has an unquoted or double-quoted $, `...`, $(...), <(...): value unknown */
	bool glob; /* has an unquoted * ? [..] {a,b} or +(..), or a leading ~user: may stand for other words */
};

struct shell_redirect {
	char op; /* '<' '>' 'a' (>>) 'h' (heredoc) 's' (here-string) '&' (fd duplication) */
	int fd; /* 0, 1, 2, ... or -1 for both outputs */
	struct shell_word target; /* heredoc: the delimiter; its body is dropped */
};

struct shell_command {
	struct shell_word *words; /* argv, assignments removed */
	size_t n;
	struct shell_word *assigns; /* NAME=value before the program */
	size_t assigns_n;
	struct shell_redirect *redirects;
	size_t redirects_n; /* those of a compound command go to the last command in it */
	enum shell_join join;
	uint8_t depth; /* of ( ) { } $( ) nesting; substitutions are not listed as commands */
	bool conditional; /* inside if/while/until/for/case or a function: may never have run */
	bool negated; /* ! */
	str source; /* the bytes of this command in the input, here-documents left out, borrowed */
};

struct shell_script {
	struct shell_command *commands;
	size_t n;
	bool incomplete; /* unbalanced quotes or brackets, unknown syntax: compare as text only */
};

#define SHELL_MAX_COMMANDS 64
#define SHELL_MAX_WORDS 512

/* Everything is in arena a; text is borrowed for `source`.  Over the limits: incomplete. */
void shell_parse(struct arena *a, str text, struct shell_script *out);
/* Appends a word spelled so that a shell reads it back as the same text (bare when possible, single quotes else). */
struct buf;
void shell_quote(struct buf *out, str word);

#endif
