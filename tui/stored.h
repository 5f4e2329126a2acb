/*
 * stored: what Headroom's files say of requests and savings.  Private to the store source.
 *
 * Four kinds of files, told apart by what is in them, each with its own sums, because they tell of the same requests
 * or of different ones as it happens:
 *   proxy_savings.json	{"schema_version":1,"lifetime":{...},"history":[{"timestamp","total_tokens_saved",...}]}
 *   request log	{"request_id":"hr_...","timestamp":"...","model":"...","input_tokens_optimized":444,...}
 *   library metrics	{"id":"...","timestamp":"...","tokens_input_before":3490,...}, or the same as rows of SQLite
 *   session stats	{"type":"compress","input_tokens":2361,"output_tokens":324,"timestamp":1795226527.04,...}
 */
#ifndef HEADROOM_TUI_STORED_H
#define HEADROOM_TUI_STORED_H

#include "core/base/map.h"
#include "tui/snapshot.h"
#include "tui/tail.h"

#define STORED_IDS_MAX ((size_t)1 << 20) /* requests whose ids are remembered */
#define STORED_LATENCIES 10000 /* of the latest requests */

/* ---- the savings file ---- */

struct savings {
	double lifetime_tokens, lifetime_usd, lifetime_input, lifetime_requests;
	double tokens, usd, input; /* in the window */
	bool is;
};

/* Sums up the file as it stands; STATUS_PARSE, and *out unchanged, if it is none. */
enum status savings_read(const char *path, int64_t since, struct savings *out, struct error *err);

/* ---- requests ---- */

enum tally_kind {
	TALLY_LOG,
	TALLY_LIBRARY,
	TALLY_TOOLS,
	TALLY_COUNT
};

struct model_tally {
	str model;
	double requests, input, output, saved;
};

struct latencies {
	struct vec ms; /* double, the latest STORED_LATENCIES, as a ring */
	size_t n; /* all there were */
	double sum, max;
};

/* Tokens of requests that were sent; of those that failed or were answered from a cache there are none. */
struct tally {
	double requests, failed, cached, input, output, saved, cache_read;
	bool has_output, has_cache_read;
	struct map64 ids;
	struct map model_names; /* -> index + 1 */
	struct vec models; /* struct model_tally */
	struct latencies overhead, total;
};

struct stored {
	struct arena arena;
	int64_t since;
	struct tally tallies[TALLY_COUNT];
};

void stored_init(struct stored *s, int64_t since);
void stored_release(struct stored *s);

/* One file of lines or rows, and where reading goes on. */
struct stored_file {
	struct tail tail;
	uint64_t skipped;
	int64_t row;
	uint32_t line;
	enum tally_kind kind;
	bool foreign; /* says nothing that we know */
};

/* Reads what was added.  STATUS_CHANGED if the file is no longer what was read. */
enum status stored_read_lines(struct stored *s, const char *path, struct stored_file *f, struct error *err);
enum status stored_read_rows(struct stored *s, const char *path, struct stored_file *f, struct error *err);

struct latency latency_of(const struct latencies *l);

/* Everything but the source's own row. */
void stored_tell(const struct stored *stored, const struct savings *s, struct snapshot *out);

#endif
