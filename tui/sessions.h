/*
 * sessions: what the agents' own logs say of requests, tokens, calls and failures, kept between polls so that only what
 * was appended is read.  An API message counts once, however many records and logs tell of it, with the largest output
 * any of them knows; it belongs to the session whose log told it first, older logs first.  Sub-agents' logs belong to
 * the session that started them.  What was told before `since` is not kept.  Private to the sessions source.
 */
#ifndef HEADROOM_TUI_SESSIONS_H
#define HEADROOM_TUI_SESSIONS_H

#include "core/base/map.h"
#include "core/model/event.h"
#include "core/token/price.h"
#include "scanners/scanner.h"
#include "tui/source.h"
#include "tui/tail.h"

#define SESSIONS_NONE UINT32_MAX
/* Of these at most are kept; more are said to be missing. */
#define SESSIONS_ANSWERS_MAX ((size_t)1 << 20)
#define SESSIONS_CALLS_MAX ((size_t)1 << 21)

/* ---- what was read of one log since the last time ---- */

struct told_answer {
	uint64_t id; /* hash of the API message's */
	str model;
	struct usage usage;
	int64_t time;
	bool complete;
};

struct told_call {
	uint64_t id; /* hash */
	bool failed;
};

/* The last prompt of the conversation itself. */
struct prompt {
	int64_t time;
	double tokens;
	str model;
	bool is;
};

struct told {
	const struct scanner *scanner;
	struct session_file file;
	struct session_log *log; /* NULL: never read before */
	bool done, replaced; /* read to its end; found to be another file than last time */
	struct vec answers, calls; /* of struct told_answer, struct told_call */
	struct map64 by_id; /* of the answers: index + 1 */
	struct prompt prompt;
	str session, cwd, title;
	bool aside; /* it begins with a sub-agent */
	int64_t last_ms;
	struct tail tail; /* where it ends */
	uint32_t line, skipped;
	struct buf pending; /* calls without an answer yet, as a packed digest */
	str error; /* why it could not be read */
};

/* Reads what is new in n logs, oldest first, on up to `jobs` threads.  Strings are in a. */
void sessions_read(struct arena *a, struct told *logs, size_t n, const struct source_options *o);
void told_release(struct told *t);

/* ---- what is known ---- */

struct session_log {
	uint64_t device, inode, size;
	int64_t mtime_ns;
	uint32_t line, session, skipped;
	bool seen; /* at the last look */
	str error; /* why it could not be read; then it is tried again */
	struct tail tail; /* where reading goes on */
	char *pending; /* or NULL */
	size_t pending_n;
};

struct answer {
	struct usage usage;
	int64_t time;
	double usd;
	uint32_t session, model;
	bool complete, priced;
};

struct session {
	str agent, id, title, model;
	uint32_t project;
	bool own_project; /* told by its own log, not by a sub-agent's */
	int64_t last_ms, prompt_ms;
	double context; /* tokens of the last prompt, or UNKNOWN */
	uint32_t calls, failures;
};

struct model_known {
	str name;
	int64_t day; /* the price holds for */
	bool looked, priced;
	struct price price;
};

struct project_known {
	str root; /* absolute, or as recorded on another machine */
	str name; /* its last component, and those before it where others have the same */
};

struct sessions {
	struct source_options o;
	struct arena arena;
	struct map logs; /* path -> struct session_log */
	struct map session_ids; /* agent, NUL, id -> index + 1 */
	struct map model_names, folders; /* -> index + 1; a folder's -> of its project */
	struct map roots; /* -> index + 1 of projects */
	struct vec sessions, models, projects, answers;
	struct map64 answer_ids; /* -> index + 1 of answers */
	struct map64 calls; /* -> twice the session's index, plus 1 if it failed */
	bool full; /* something was left out for lack of room */
};

void sessions_init(struct sessions *s);
void sessions_release(struct sessions *s);
void sessions_clear(struct sessions *s); /* as if nothing had been read */
/* Takes over what was read of a log. */
void sessions_add(struct sessions *s, const struct told *t);
/* Gives each project a name that no other has. */
void sessions_name_projects(struct sessions *s);

/* ---- sums of it ---- */

/* Sums over requests; dollars are those of the priced ones. */
struct sums {
	double requests, input, output, cache_read, cache_write, usd, priced, incomplete;
};

struct totals {
	struct sums all;
	struct vec models, projects, sessions; /* struct sums, by their index */
};

void totals_init(struct totals *t);
void totals_release(struct totals *t);
void totals_sum(struct totals *t, const struct sessions *s);
/* Everything but the source's own row. */
void sessions_tell(const struct sessions *s, const struct totals *t, struct snapshot *out);

#endif
