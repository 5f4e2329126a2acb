/*
 * pipeline: one request through every step, in one call: aligner, read lifecycle, router with its compressors, context
 * manager.  Decides by exact counts what is taken, stores the original before anything is dropped, and says what it did
 * and, if nothing was saved, why.  Same bytes and configuration in, same bytes out; times alone differ.
 *
 * Counting: 4 tokens a message and its role, 3 for the reply, 4 a tool call with its name, arguments and id, the id of
 * the call a result answers, system text and tool schemas of the request, images by a fixed figure of their provider.
 */
#ifndef HEADROOM_COMPRESS_PIPELINE_H
#define HEADROOM_COMPRESS_PIPELINE_H

#include "core/compress/compress.h"
#include "core/compress/stash.h"
#include "core/compress/waste.h"
#include "core/model/request.h"
#include "core/token/token.h"

struct price_user;

#define PIPELINE_MODEL_LIMIT 200000 /* tokens, where no model is named */
#define PIPELINE_REPLY_TOKENS 3 /* of a prompt, beside its messages; BLOCK_OVERHEAD holds them */

struct pipeline_options {
	str model; /* "": the one the request names */
	str query; /* "": the newest text of the user */
	size_t model_limit; /* tokens; 0: the model's own */
	const struct price_user *prices; /* the user's limits and vocabularies, or NULL */
	const struct stash *stash; /* NULL: nothing may be dropped ... */
	bool pretend; /* ... or all is done as if there were one */
	bool measure_waste;
	struct waste_meter *meter; /* ... into this one, which goes on from request to request, instead of the result */
	int jobs; /* threads; 0 and 1: none */
	struct token_cache **caches; /* one a job, or NULL */
};

#define PREFIX_HASH 16 /* digits */

enum block {
	BLOCK_SYSTEM,
	BLOCK_USER,
	BLOCK_ASSISTANT,
	BLOCK_CALL,
	BLOCK_RESULT,
	BLOCK_RAG,
	BLOCK_TOOLS,
	BLOCK_UNKNOWN,
	BLOCK_OVERHEAD,
	BLOCK_COUNT
};
extern const char *const block_names[BLOCK_COUNT];

struct pipeline_step {
	const char *name;
	size_t before, after; /* tokens of the whole list */
	double ms;
};

struct pipeline_hash {
	char hex[MARKER_HASH + 1];
};

struct pipeline_result {
	struct arena arena; /* of everything here */
	struct buf bytes; /* the request as it should be sent */
	bool changed;
	enum token_source source;
	const char *tokenizer;
	enum content content; /* of one text, as found */
	size_t tokens_before, tokens_after;
	size_t blocks[BLOCK_COUNT]; /* before; the sum is tokens_before */
	struct vec labels; /* str: transforms_applied */
	struct vec steps; /* struct pipeline_step */
	struct vec hashes; /* struct pipeline_hash: of what was dropped, each once */
	struct vec warnings; /* str */
	/* SHA-256 of the canonical JSON of the system texts and the first message that is none, as they would be sent,
	 * but for what the aligner moved: while it stays, so can a provider's cache */
	char stable_prefix_hash[PREFIX_HASH + 1];
	int cache_alignment_score; /* 0-100, see align_score */
	const char *reason; /* why nothing was saved, or NULL */
	struct waste waste;
	size_t messages_dropped;
};

/* Fails never on what is in the request; STATUS_LIMIT if the result would be larger than a request may be.  The caller
 * releases the result. */
enum status pipeline_run(const struct request *r, const struct compress_config *config,
			 const struct pipeline_options *o, struct pipeline_result *out, struct error *err);
/* One text that is no request; CONTENT_COUNT: of the kind it looks like. */
enum status pipeline_text(str text, enum content content, const struct compress_config *config,
			  const struct pipeline_options *o, struct pipeline_result *out, struct error *err);
void pipeline_result_release(struct pipeline_result *r);

#endif
