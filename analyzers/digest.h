/*
 * digest: what is kept of a session file once it has been read.  Scanner events go in, packed entries come out; the entries
 * hold typed and redacted slots (a path, a command without heredoc bodies and secrets, the word an error names), offsets and
 * hashes, never result text.  A file's digest is a sequence of segments of at most DIGEST_SEGMENT entries, each readable on
 * its own, so that memory stays bounded and an appended file only touches its last segment.
 */
#ifndef HEADROOM_ANALYZERS_DIGEST_H
#define HEADROOM_ANALYZERS_DIGEST_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/model/event.h"
#include "core/model/failure.h"

/* To be raised with every change of what is kept or how it is classified: logs are then read again. */
#define DIGEST_VERSION 1
#define DIGEST_SEGMENT 4096
#define DIGEST_COMMAND_MAX 2048 /* bytes of a command that are kept; longer ones are only hashed */

enum entry_kind {
	ENTRY_CALL,
	ENTRY_USER,
	ENTRY_COMPACT,
	ENTRY_INTERRUPT,
	ENTRY_SESSION,
	ENTRY_COUNT
};

enum entry_flag {
	ENTRY_RANGED = 1 << 0, /* read with offset or limit */
	ENTRY_BACKGROUND = 1 << 1,
	ENTRY_REWRITTEN = 1 << 2, /* a hook executed something else: arg is what ran */
	ENTRY_MASKED = 1 << 3, /* reported success, yet a command in it failed */
	ENTRY_EMPTY = 1 << 4, /* a search without hits */
	ENTRY_LONG = 1 << 5, /* the command was too long to keep: arg is its beginning */
	ENTRY_REASONED = 1 << 6, /* rejected with words by the user */
	ENTRY_SIDE = 1 << 7, /* made by a sub-agent */
	ENTRY_NOT_RUN = 1 << 8, /* cancelled, interrupted or never answered */
	ENTRY_CAPPED_HITS = 1 << 9 /* more hits than were kept */
};

struct entry {
	enum entry_kind kind;
	enum tool tool;
	enum outcome outcome;
	enum failure class;
	uint32_t flags;
	int exit_code; /* -1 unknown */
	int segment; /* index of the command to blame, -1 unknown */
	uint64_t id; /* hash of the call id; SESSION: of the session id */
	uint64_t input; /* hash of the whole input */
	uint64_t thread; /* hash of the sub-agent's id, 0 = main conversation */
	uint64_t message; /* hash of the API message id */
	int64_t time; /* ms */
	int64_t timeout_ms;
	uint64_t offset, result_offset;
	uint32_t line, result_line;
	uint32_t out_tokens, context_tokens; /* of the API message, on its first call only */
	uint32_t result_bytes;
	str cwd;
	str arg; /* shell: command; read, write, edit, list: path; search: folder */
	str pattern; /* search */
	str slot; /* see struct diagnosis */
	str hint;
	str hit_dir; /* search: folder that holds all hits, absolute */
	str hits; /* search: 4-byte little-endian hashes of the absolute paths found */
};

uint32_t digest_hit_hash(str absolute_path);
bool entry_has_hit(const struct entry *e, uint32_t hash);

struct digest {
	struct arena arena; /* strings of the entries not yet packed */
	struct arena scratch;
	struct vec entries; /* struct entry */
	struct map64 pending; /* call id -> index + 1 */
	struct map64 messages; /* message id -> index + 1 of the entry that carries its usage */
	struct buf text, tail; /* scratch */
	uint64_t session;
	size_t last_miss; /* index + 1 of the last path or search that came to nothing */
	str first_cwd; /* in `keep` */
	struct arena keep;
	int64_t first_ms, last_ms;
	uint32_t calls;
	uint32_t failures; /* kinds that occurred: bit 1 << enum failure */
	bool full; /* a segment's worth of entries is ready for digest_flush */
};

void digest_init(struct digest *d);
void digest_release(struct digest *d);
void digest_clear(struct digest *d); /* ready for another file */
/* Continues a file: loads its last segment, false if it is not readable. */
bool digest_resume(struct digest *d, str packed);
void digest_event(struct digest *d, const struct event *e);
/* Packs the oldest DIGEST_SEGMENT entries (all = false) or whatever is left (all = true) and drops them. */
void digest_flush(struct digest *d, bool all, struct buf *packed);

/* The call and session ids of a segment, 8 bytes each and unaligned, without unpacking it; borrowed. */
const char *digest_ids(str packed, size_t *n);
/* Reads a segment; strings are in a.  Appends struct entry to out; false if the bytes are damaged. */
bool digest_unpack(struct arena *a, str packed, struct vec *out);

#endif
