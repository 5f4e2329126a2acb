/*
 * snapshot: what is known at one moment: requests, tokens, money, cache, latency, models, projects, sessions, and where
 * each came from.  Sources fill parts, snapshot_merge puts them together, views and --once print it.  An unknown number is
 * UNKNOWN (a NaN), never 0; money is USD, times are ms since 1970 UTC.  Strings live in the snapshot's arena.
 *
 * The JSON form (version 1) is in README.md; snapshot_json and snapshot_parse are each other's inverse, to the digits that
 * are written: whole numbers of things, a hundredth of a percent, a millionth of a dollar.
 */
#ifndef HEADROOM_TUI_SNAPSHOT_H
#define HEADROOM_TUI_SNAPSHOT_H

#include <math.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/vec.h"

#define UNKNOWN ((double)NAN)
#define is_known(x) (!isnan(x))

enum source_status {
	SOURCE_LIVE, /* answered just now */
	SOURCE_STALE, /* does not answer now; what it said last is shown with its age */
	SOURCE_DOWN, /* never answered */
	SOURCE_FILE, /* files: as of the last write */
	SOURCE_STATUS_COUNT
};
extern const char *const source_status_names[SOURCE_STATUS_COUNT]; /* "live", "stale", "down", "file" */

struct source_row {
	str kind; /* "proxy", "store", "sessions", "replay" */
	str name; /* URL or path */
	enum source_status status;
	double age_seconds; /* of what it says */
	str version; /* "" unknown */
	str error; /* why it is not live, "" if it is */
};

struct latency {
	double average, p50, p95, p99, max; /* ms */
};

struct model_row {
	str model, source; /* source: the name of the one that told, set by snapshot_merge */
	double requests, input, output, saved, spent_usd;
};

struct project_row {
	str project;
	double requests, input, output, saved, spent_usd, sessions;
};

struct session_row {
	str id, agent, project, title, model;
	double context_percent; /* of the model's window, by the last prompt */
	double tokens; /* input of every prompt and output */
	double spent_usd;
	bool partial; /* output is a lower bound, and so is spent_usd */
	double calls, failures;
	int64_t last_activity; /* 0 unknown */
};

struct snapshot {
	struct arena arena;
	int64_t taken_at;
	str window; /* what the figures really cover: "1h" ... "all", or "process" */
	int64_t since; /* 0 unknown */
	struct vec sources; /* struct source_row */
	struct {
		double total, cached, failed, rate_limited;
	} requests;
	struct {
		double input, output, saved, savings_percent;
	} tokens; /* savings_percent = 100 * saved / (input + saved) */
	struct {
		double tokens_saved, savings_usd;
	} lifetime;
	struct {
		double spent_usd, saved_usd, net_saved_usd, cache_discount_usd, bust_usd;
		str basis; /* "list", "measured", "API-equivalent" */
		double priced_percent; /* of the tokens */
	} cost;
	struct {
		double read_tokens, write_tokens, hit_rate; /* read / (read + write + uncached), 0..1 */
	} cache;
	struct latency overhead, ttfb, total;
	struct vec models; /* struct model_row, most input first */
	struct vec projects; /* struct project_row, most input first */
	struct vec sessions; /* struct session_row, latest first */
	struct vec warnings; /* str */
};

void snapshot_init(struct snapshot *s); /* everything unknown */
void snapshot_release(struct snapshot *s);
void snapshot_warn(struct snapshot *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct source_row *snapshot_source(struct snapshot *s, const char *kind, str name, enum source_status status);

/*
 * Adds what `part` knows to `all`: source rows and warnings always; a number where `all` does not know it yet.  Numbers
 * of two sources are never added: a proxy, its savings file and the sessions that went through it tell of the same
 * requests.  The caller merges the best source first: proxy, store, sessions.  Sessions, and models and projects where
 * nobody told of them before, are taken over.  What is worked out from other numbers (a rate, a share, a basis) goes with
 * them: it comes from the source they come from.  Numbers of another window than `all` has are taken with a warning.
 */
void snapshot_merge(struct snapshot *all, const struct snapshot *part);

void snapshot_json(const struct snapshot *s, bool pretty,
		   struct buf *out); /* one object, no newline behind it */
/* Initialises *out where it succeeds.  Members that are missing, unknown or of another type are passed over. */
enum status snapshot_parse(str json, struct snapshot *out, struct error *err);
/* One row for each source and each model it told of, below a row of names unless `bare`. */
void snapshot_csv(const struct snapshot *s, bool bare, struct buf *out);
/* "saved 12.5K 25% | $0.15 | ctx 43% | 2 fail", parts without data left out. */
void snapshot_line(const struct snapshot *s, struct buf *out);

#endif
