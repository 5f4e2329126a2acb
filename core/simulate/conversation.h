/*
 * conversation: what was sent in one conversation, prompt by prompt, and what would have been sent under each of several
 * configurations.  Made by replay (agents' sessions) or captured (request bodies); turned into money by money.  A prompt
 * is counted here without what no log shows (system prompt and tools of an agent); money fits that.
 */
#ifndef HEADROOM_SIMULATE_CONVERSATION_H
#define HEADROOM_SIMULATE_CONVERSATION_H

#include "core/base/map.h"
#include "core/base/vec.h"
#include "core/compress/pipeline.h"
#include "core/model/event.h"

/* A configuration to be simulated. */
struct sim_config {
	str name;
	struct compress_config config;
};

/* Tokens of one prompt, and how many of them it shares with the prompt before it in its thread, from the beginning on. */
struct sim_tokens {
	uint32_t all, shared;
};

struct prompt {
	uint64_t id; /* of the request in the log, 0 for none: the same one in two logs was paid once */
	uint64_t thread;
	int64_t time; /* ms, 0 unknown */
	str model;
	struct sim_tokens ran; /* as it ran */
	uint32_t blocks[BLOCK_COUNT]; /* their sum is ran.all */
	bool recorded; /* usage was */
	bool complete; /* its output is final */
	bool cached; /* the provider keeps prefixes of such requests */
	struct usage usage;
};

/* What a configuration did, over all prompts of a conversation; a text counts once, when it first appears. */
struct sim_label {
	str name;
	size_t n;
};
struct sim_step {
	str name;
	uint64_t before, after;
	double ms;
};
struct sim_work {
	struct vec labels; /* struct sim_label */
	struct vec steps; /* struct sim_step */
	struct vec warnings; /* str */
	struct map64 hashes; /* of originals that would be stored */
	const char *reason; /* why nothing was saved, the last one told */
};

struct conversation {
	struct arena *arena; /* of everything here */
	str source, agent; /* a path; "claude", "" for captured requests */
	size_t configs;
	struct vec prompts; /* struct prompt, in order of the log */
	struct vec tokens; /* struct sim_tokens: [prompt * configs + config] */
	struct sim_work *works; /* one a configuration */
	struct waste waste; /* of the originals, each counted once */
	enum token_source source_of_tokens;
	uint64_t elided; /* bytes that were sent, but the log does not hold; not counted, an estimate */
	uint32_t lost; /* turns that could not be read, and are not counted */
};

/* Told of each text that a configuration would change; all is borrowed. */
struct change {
	const struct conversation *c;
	const struct sim_config *config;
	str tool, before, after; /* still escaped; texts */
};
typedef void changed_fn(void *ctx, const struct change *change);

struct sim_options {
	const struct sim_config *configs;
	size_t configs_n;
	str model; /* counted as this model does; "": as the request names */
	const struct price_user *prices; /* or NULL */
	changed_fn *changed; /* or NULL */
	void *changed_ctx;
};

void conversation_init(struct conversation *c, struct arena *a, size_t configs);
void conversation_release(struct conversation *c);
/* The next prompt, zeroed, with its row of tokens. */
struct prompt *conversation_prompt(struct conversation *c, struct sim_tokens **tokens);
/* Adds what a run of a configuration did. */
void conversation_note(struct conversation *c, size_t config, const struct pipeline_result *r);
/* Tells o->changed of the texts in which two versions of a request differ. */
void conversation_compare(const struct conversation *c, const struct sim_options *o, size_t config,
			  str before, str after);

#endif
