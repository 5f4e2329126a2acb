/*
 * config: settings from a file in a subset of TOML.  [table] and [table.sub]; bare, "quoted" and dotted keys; on one
 * line a basic or literal string, a decimal integer, a float, true or false; an array of strings, which may go over
 * several lines; comments; \n or \r\n; a byte order mark.  Dates, inline tables, arrays of tables, multi-line strings,
 * other bases, inf and nan are refused, as is anything set twice.
 * Knows nothing of any setting: an option table says what there is.  Whatever is wrong is STATUS_USAGE and names
 * FILE:LINE and what is accepted.  Everything lives in the arena it was loaded into.
 */
#ifndef HEADROOM_BASE_CONFIG_H
#define HEADROOM_BASE_CONFIG_H

#include "core/base/arena.h"
#include "core/base/error.h"

struct opt;

#define CONFIG_MAX_BYTES ((size_t)256 << 10) /* of a file */
#define CONFIG_MAX_KEY 256 /* bytes of a whole key */
#define CONFIG_MAX_DEPTH 8 /* parts of a whole key */

enum config_type {
	CONFIG_TEXT,
	CONFIG_INT,
	CONFIG_FLOAT,
	CONFIG_BOOL,
	CONFIG_LIST,
	CONFIG_TYPE_COUNT
};

/* Texts hold no NUL and are followed by one, so that .p is a C string.  Keys are their parts joined by dots; a part
 * that could not stand bare is "quoted". */
struct config_row {
	str key; /* "learn.jobs" */
	str table; /* "learn", "" at the top; a part of key */
	unsigned line;
	enum config_type type;
	str text;
	int64_t integer;
	double real;
	bool truth;
	const str *items;
	size_t items_n;
};

/* A table at the top, however it came to be. */
struct config_table {
	str name;
	unsigned line; /* the first that mentions it */
};

struct config {
	struct arena *arena;
	const char *path; /* as it was given, for messages */
	struct config_row *rows; /* in the order of the file */
	size_t rows_n;
	const struct config_table *tables;
	size_t tables_n;
};

/* An option of a command that a file may set too. */
struct config_setting {
	const char *name; /* of the option; in a file '_' will do for '-'; NULL ends the list */
	const char *variable; /* of the environment, which wins over the file; NULL if there is none */
	bool path; /* "~/x" is below the home folder, "x" beside the file */
};

struct config_target {
	const char *table; /* "learn", "" for the top */
	const struct opt *options;
	const struct config_setting *settings;
	void *values; /* what options.offset points into */
};

/* An empty configuration is all zero bytes but for its arena. */
enum status config_parse(struct arena *a, str text, const char *path, struct config *out, struct error *err);
/* STATUS_USAGE also where the file cannot be read. */
enum status config_load(struct arena *a, const char *path, struct config *out, struct error *err);

/* NULL if absent; '-' and '_' in names are the same. */
const struct config_row *config_find(const struct config *c, const char *table, const char *name);
/* Every table at the top has one of these names; NULL ends them. */
enum status config_check_tables(const struct config *c, const char *const *names, struct error *err);
/* Stores the rows of a table, and of the tables below it, as the values of options; of an OPT_LIST the caller releases
 * the vec.  A key that is no setting and a bad value are errors, and then nothing is stored.  Paths are rewritten in
 * their rows, too. */
enum status config_apply(struct config *c, const struct config_target *target, struct error *err);

#endif
