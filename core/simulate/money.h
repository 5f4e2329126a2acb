/*
 * money: what the prompts of a conversation cost, as they ran and under each configuration, with the provider's prefix
 * cache taken into account.
 *
 * Rules.  A prompt reads from the cache what it shares with the prompt before it in its thread, if that was for the same
 * model, is no longer ago than the cache lives (5 minutes, or an hour where most recorded writes were for an hour), and is
 * no shorter than the model's least prefix; the rest is written (Claude) or simply input (others).  Both sides of a
 * comparison go by these rules, so that what a configuration saves is
 *
 *	gross		the tokens not sent, at the price of input (of a shorter prompt, where long ones cost more)
 *	cache effect	what they would have cost less than that, because they were read from the cache, and what it
 *			costs to write a prefix anew that the configuration changed
 *	net		gross + cache effect
 *
 * Where usage was recorded, what a conversation cost is taken from that; the rules give only the difference, and how well
 * they meet the record is told; where they give more than was paid, savings shrink in proportion.  Of what no log shows, one constant a thread is fitted: the median of recorded less
 * counted tokens.
 */
#ifndef HEADROOM_SIMULATE_MONEY_H
#define HEADROOM_SIMULATE_MONEY_H

#include "core/simulate/conversation.h"
#include "core/token/price.h"

struct settled_side {
	uint64_t tokens;
	double gross_usd, net_usd; /* 0 if nothing is priced */
};

struct settled {
	const struct conversation *c;
	size_t requests; /* those paid before in another log are not counted */
	size_t repeated; /* ... these */
	uint64_t tokens; /* as it ran, with the unseen */
	uint64_t blocks[BLOCK_COUNT], unseen; /* their sum is tokens */
	size_t recorded_requests;
	struct usage recorded; /* sums */
	double error_percent; /* counted against recorded input tokens; NaN without a record */
	size_t priced; /* requests */
	str unpriced; /* a model without a price, or "" */
	double recorded_usd; /* of the priced ones that were recorded */
	double simulated_usd; /* the same by the rules */
	double usd; /* as it ran: recorded where it was, else by the rules, without output */
	enum price_source price_source;
	bool partial; /* some answers are recorded without their end: their output is a lower bound */
	bool unsplit; /* cache writes of unknown lifetime: taken as five-minute ones */
	struct settled_side *sides; /* one a configuration; in the conversation's arena */
};

/* paid: ids of requests that are settled already; grows.  prices may be NULL. */
void money_settle(const struct conversation *c, const struct price_user *prices, struct map64 *paid,
		  struct settled *out);

#endif
