/*
 * source: where snapshots come from.  A new source is one file and one row in source.c.  A source never fails as a
 * whole: whatever goes wrong is told in its row of the snapshot (status, age, error), and the next poll may be better.
 *
 * Named by the user: what begins with http:// or https:// is a proxy, a session log or a folder of them sessions, any
 * other folder a store, a file a recording if it reads like one, else a store.
 */
#ifndef HEADROOM_TUI_SOURCE_H
#define HEADROOM_TUI_SOURCE_H

#include "scanners/scanner.h"
#include "tui/snapshot.h"

struct price_user;

struct source_options {
	int64_t since; /* ms; 0: everything */
	str window; /* as the user named it */
	const char *home; /* $HEADROOM_HOME, absolute */
	struct scan_roots roots;
	const struct price_user *prices; /* or NULL */
	int jobs;
	int timeout_ms; /* of one answer over the network */
};

struct source_type {
	const char *kind;
	/* name: URL, folder or file; NULL: the default.  NULL if it is none of this kind. */
	void *(*open)(const char *name, const struct source_options *o);
	/* Fills *out, which is initialised: its own source row, and whatever it knows. */
	void (*poll)(void *source, struct snapshot *out);
	void (*close)(void *source);
	/* True when the next poll will tell the same; NULL: never. */
	bool (*ended)(void *source);
};

extern const struct source_type proxy_source, store_source, sessions_source, replay_source, demo_source;
extern const struct source_type *const source_types[]; /* NULL-terminated, best first */

/* One that is open. */
struct feed {
	const struct source_type *type;
	void *source;
	bool assumed; /* nobody named it: while it has nothing it is not spoken of */
};

/* STATUS_NOT_FOUND: no such file; STATUS_USAGE: it is there, but no source. */
enum status feed_open(const char *name, const struct source_options *o, struct feed *out, struct error *err);
/* The same, of this type alone. */
enum status feed_open_as(const struct source_type *type, const char *name, const struct source_options *o,
			 struct feed *out, struct error *err);
/* Appends to `feeds` (vec of struct feed) a proxy, the store and the sessions of this machine. */
void feed_open_defaults(const struct source_options *o, struct vec *feeds);
/* Polls them and merges what they tell, best first.  False if none of them has anything. */
bool feed_poll(const struct vec *feeds, struct snapshot *all);
bool feed_ended(const struct vec *feeds); /* every one of them */
void feed_close(struct vec *feeds); /* and empties it */

#endif
