/*
 * run: one request on its way through the pipeline; what the steps share.  Private to the pipeline and its steps (align,
 * lifecycle, router, window, intelligent).
 */
#ifndef HEADROOM_COMPRESS_RUN_H
#define HEADROOM_COMPRESS_RUN_H

#include "core/compress/pipeline.h"

/* A slot: what it says now. */
struct text {
	str text; /* before */
	str now; /* p NULL: as before */
	size_t tokens; /* of now */
	size_t before; /* of text */
	size_t fixed; /* beside the text: names and ids */
	bool exact; /* text can be given back */
};

struct run {
	const struct request *r;
	const struct compress_config *config;
	const struct pipeline_options *o;
	struct pipeline_result *out;
	struct arena *a; /* of the result */
	const struct tokenizer *tokenizer;
	size_t limit; /* tokens the model takes */
	int jobs;
	struct arena *arenas; /* one a job */
	struct token_cache **caches;
	struct query query;
	struct text *texts; /* one a slot */
	bool *dropped; /* one a message */
	str stable; /* what the aligner left of a system text, p NULL: it moved nothing ... */
	size_t stable_slot; /* ... and which */
	str inserted; /* a message, raw */
	size_t before; /* ... and where */
	size_t tokens; /* of the whole list, as it is now */
	unsigned routes; /* bits of enum route that were met */
};

size_t run_count(const struct run *run, int job, str text);
size_t run_message_tokens(const struct run *run, size_t message); /* as it is now */
/* May originals be given up for a marker? */
bool run_may_drop(const struct run *run);
void run_label(struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void run_warn(struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Stores the originals of what is about to be replaced and notes their hashes; false: nothing may be replaced. */
bool run_stash(struct run *run, const struct original *rows, size_t n);
void run_replace(struct run *run, size_t slot, str now, size_t tokens);

/* ---- the steps ---- */
void step_align(struct run *run);
void step_lifecycle(struct run *run);
void step_router(struct run *run);
void step_window(struct run *run);

#endif
