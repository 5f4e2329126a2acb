/*
 * finding: one thing learned, ready to be shown or written.  Kinds, their sections, targets and fixed phrases are one
 * table (design: id = hash of kind and canonical wrong side; no dates, counts or estimates in the text).
 */
#ifndef HEADROOM_MODEL_FINDING_H
#define HEADROOM_MODEL_FINDING_H

#include "core/base/arena.h"

enum finding_kind {
	KIND_PATH_MOVED,
	KIND_PATH_NAME,
	KIND_PATH_REMOVED,
	KIND_MISSING_PATH,
	KIND_LARGE_FILE,
	KIND_SEARCH_SCOPE,
	KIND_RUNTIME,
	KIND_WRAPPER,
	KIND_MANAGER,
	KIND_INTERPRETER,
	KIND_CWD,
	KIND_ENV,
	KIND_FLAG,
	KIND_SUBCOMMAND,
	KIND_TARGET,
	KIND_PRE_STEP,
	KIND_TIMEOUT,
	KIND_PERMISSION,
	KIND_RETRY,
	KIND_COUNT
};

enum section {
	SECTION_ENVIRONMENT,
	SECTION_PATHS,
	SECTION_SEARCH,
	SECTION_COMMANDS,
	SECTION_LARGE, /* context */
	SECTION_MISSING,
	SECTION_RETRY,
	SECTION_PERMISSION, /* memory */
	SECTION_COUNT
};

enum target {
	TARGET_CONTEXT,
	TARGET_MEMORY,
	TARGET_COUNT
};

struct finding_type {
	const char *name;
	enum section section;
	enum target target;
	bool command; /* the wrong side is a command, not a path */
	/* The bullet.  %W wrong, %R right, %C about; %w and %r: the same sides without the leading "about ";
	 * %S: what the right side sets before the wrong one.  Forms are separated by '|': the first whose slots
	 * are all there is used. */
	const char *phrase;
};

extern const struct finding_type finding_types[KIND_COUNT];
extern const char *const section_names[SECTION_COUNT]; /* "Environment", ... */
extern const char *const target_names[TARGET_COUNT]; /* "context", "memory" */

enum proof {
	PROOF_NONE,
	PROOF_GIT_RENAME,
	PROOF_TRACKED,
	PROOF_STAT,
	PROOF_LOCKFILE,
	PROOF_MANIFEST,
	PROOF_HINT,
	PROOF_COUNT
};
extern const char *const proof_names[PROOF_COUNT];

enum reason { /* why something is not published */
	REASON_NONE,
	REASON_ALREADY_DOCUMENTED,
	REASON_CONTRADICTED,
	REASON_UNVERIFIED,
	REASON_WEAK,
	REASON_UNSAFE,
	REASON_BUDGET,
	REASON_TRANSIENT,
	REASON_DEVELOPMENT,
	REASON_REJECTED_BY_USER,
	REASON_RETIRED,
	REASON_COUNT
};
extern const char *const reason_names[REASON_COUNT];

enum state {
	STATE_NEW,
	STATE_LISTED,
	STATE_PINNED,
	STATE_COUNT
};
extern const char *const state_names[STATE_COUNT];

struct finding {
	enum finding_kind kind;
	char id[9];
	/* For commands both sides are whole: cwd "make test" -> "cd backend && make test" (about "backend"),
	 * flag "tool --colour" -> "tool --color" (about "tool"), env "pytest" -> "LANG=C pytest", wrapper
	 * "pytest" -> "uv run pytest", pre_step "npm test" -> "npm ci".  Folders have no trailing '/'.  about
	 * is "" elsewhere. */
	str wrong, right, about;
	str text; /* the bullet without "- " */
	enum target target;
	enum proof proof;
	enum state state;
};

/* The fixed phrase, slots in back-ticks; "" when a slot that the kind needs is missing or has a back-tick. */
str finding_phrase(struct arena *a, enum finding_kind kind, str wrong, str right, str about);
/* The inverse: recognises a bullet (without "- ") that one of our templates made.  Fills kind and the whole
 * sides, borrowed from text where they stand there as such, else built in a. */
bool finding_parse(struct arena *a, str text, enum finding_kind *kind, str *wrong, str *right, str *about);
/* Missing targets and missing subcommands are worded alike; the program tells which of the two a command
 * lacks: KIND_TARGET for `make x`, `npm run x`, `just x`, otherwise KIND_SUBCOMMAND. */
enum finding_kind finding_missing_word(str command);
void finding_id(char id[9], enum finding_kind kind, str canonical_wrong);
/* By name; false if unknown. */
bool finding_kind_by_name(str name, enum finding_kind *kind);

#endif
