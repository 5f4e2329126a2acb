#include "core/token/price_table.h"

#include "core/token/price.h"

const char price_table_date[] = "2026-10-24";

/*
 * Sources.  Claude: the provider's page of model prices, read from copies of August to October 2026, and release notes
 * of tools that track it for dated changes (the rise of Sonnet 5 announced for September 2026 was withdrawn).  OpenAI
 * and Google: LiteLLM's public price list of 2026-07-24; changes since then from the provider's model pages and
 * changelog.  Minimum cacheable prefixes: the provider's page on prompt caching; sources disagree on Sonnet 4.6 (1,024
 * or 2,048).
 */
#define ANTHROPIC "platform.claude.com pricing, 2026-10"
#define ANTHROPIC_OLD "Anthropic price list, 2025-08"
#define OPENAI "developers.openai.com pricing, 2026-09"
#define LITELLM "LiteLLM price list, 2026-07-24 (third party)"
#define TRACKERS "price trackers, 2026-10 (third party)"
#define REFERENCE "former list prices"

/* Rates that follow from the input's: Claude's usual cache, a tenth for GPT-5 and later (writes are free of charge:
 * they cost as input), and prompts that pay more when they are long. */
#define CLAUDE(in, out) in, out, (in) / 10.0, (in)*1.25, (in)*2.0
#define CLAUDE_READ(in, out, read) in, out, read, (in)*1.25, (in)*2.0
#define GPT(in, out, read) in, out, read, in, in
#define GPT_WRITE(in, out, read) in, out, read, (in)*1.25, (in)*1.25
#define UNCACHED(in, out) in, out, in, in, in
#define FLAT 0, 1, 1
#define LONG_200K 200000, 2, 1.5
#define LONG_272K 272000, 2, 1.5

#define K 1000
#define M 1000000

/* clang-format off */
const struct price_row price_rows[] = {
	/* model			from	     rates				long		context	prefix note */
	{ "claude-fable-5",		0,	  CLAUDE(10, 50),		FLAT,		M,	512,  ANTHROPIC },
	{ "claude-fable-5-1",		0,	  CLAUDE_READ(10, 50, .25),	FLAT,		M,	0,    ANTHROPIC },
	{ "claude-mythos-5",		0,	  CLAUDE(10, 50),		FLAT,		M,	512,  ANTHROPIC },
	{ "claude-mythos-5-1",		0,	  CLAUDE_READ(10, 50, .25),	FLAT,		M,	0,    ANTHROPIC },
	{ "claude-opus-5-5",		0,	  CLAUDE_READ(4, 20, .20),	FLAT,		M,	0,    ANTHROPIC },
	{ "claude-opus-5",		0,	  CLAUDE(5, 25),		FLAT,		M,	512,  ANTHROPIC },
	{ "claude-opus-4-8",		0,	  CLAUDE(5, 25),		FLAT,		M,	1024, ANTHROPIC },
	{ "claude-opus-4-7",		0,	  CLAUDE(5, 25),		FLAT,		M,	2048, ANTHROPIC },
	{ "claude-opus-4-6",		0,	  CLAUDE(5, 25),		FLAT,		M,	4096, ANTHROPIC },
	{ "claude-opus-4-5",		0,	  CLAUDE(5, 25),		FLAT,		200*K,	4096, ANTHROPIC },
	{ "claude-opus-4-1",		0,	  CLAUDE(15, 75),		FLAT,		200*K,	1024, ANTHROPIC },
	{ "claude-opus-4",		0,	  CLAUDE(15, 75),		FLAT,		200*K,	1024, ANTHROPIC },
	{ "claude-opus-4-0",		0,	  CLAUDE(15, 75),		FLAT,		200*K,	1024, ANTHROPIC },
	{ "claude-4-opus",		0,	  CLAUDE(15, 75),		FLAT,		200*K,	1024, ANTHROPIC },
	{ "claude-3-opus",		0,	  CLAUDE(15, 75),		FLAT,		200*K,	1024, ANTHROPIC_OLD },
	{ "claude-sonnet-5-5",		0,	  CLAUDE(2, 10),		FLAT,		M,	0,    TRACKERS },
	{ "claude-sonnet-5-5",		20261007, CLAUDE_READ(2, 10, .10),	FLAT,		M,	0,    TRACKERS },
	{ "claude-sonnet-5",		0,	  CLAUDE(2, 10),		FLAT,		M,	1024, ANTHROPIC },
	{ "claude-sonnet-4-6",		0,	  CLAUDE(3, 15),		FLAT,		M,	1024, ANTHROPIC },
	{ "claude-sonnet-4-5",		0,	  CLAUDE(3, 15),		LONG_200K,	200*K,	1024, ANTHROPIC },
	{ "claude-sonnet-4",		0,	  CLAUDE(3, 15),		LONG_200K,	200*K,	1024, ANTHROPIC },
	{ "claude-sonnet-4-0",		0,	  CLAUDE(3, 15),		LONG_200K,	200*K,	1024, ANTHROPIC },
	{ "claude-4-sonnet",		0,	  CLAUDE(3, 15),		LONG_200K,	200*K,	1024, ANTHROPIC },
	{ "claude-3-7-sonnet",		0,	  CLAUDE(3, 15),		FLAT,		200*K,	1024, ANTHROPIC_OLD },
	{ "claude-3-5-sonnet",		0,	  CLAUDE(3, 15),		FLAT,		200*K,	1024, ANTHROPIC_OLD },
	{ "claude-3-sonnet",		0,	  UNCACHED(3, 15),		FLAT,		200*K,	0,    REFERENCE },
	{ "claude-haiku-5-5",		0,	  CLAUDE(.10, .50),		100*K, 5, 5,	M,	0,    TRACKERS },
	{ "claude-haiku-4-5",		0,	  CLAUDE(1, 5),			FLAT,		200*K,	4096, ANTHROPIC },
	{ "claude-3-5-haiku",		0,	  CLAUDE(.80, 4),		FLAT,		200*K,	2048, ANTHROPIC_OLD },
	{ "claude-3-haiku",		0,	  .25, 1.25, .03, .30, .50,	FLAT,		200*K,	2048, ANTHROPIC_OLD },

	{ "gpt-6.1-sol",		0,	  GPT_WRITE(2, 10, .10),	LONG_272K,	1050*K,	1024, TRACKERS },
	{ "gpt-6-sol",			0,	  GPT_WRITE(2, 10, .20),	LONG_272K,	1050*K,	1024, TRACKERS },
	{ "gpt-6-luna",			0,	  GPT_WRITE(.10, .50, .01),	LONG_272K,	1050*K,	1024, TRACKERS },
	{ "gpt-5.6",			0,	  GPT_WRITE(5, 30, .50),	LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.6",			20260821, GPT_WRITE(4, 20, .40),	LONG_272K,	1050*K,	1024, OPENAI },
	{ "gpt-5.6-sol",		0,	  GPT_WRITE(5, 30, .50),	LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.6-sol",		20260821, GPT_WRITE(4, 20, .40),	LONG_272K,	1050*K,	1024, OPENAI },
	{ "gpt-5.6-terra",		0,	  GPT_WRITE(2.50, 15, .25),	LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.6-terra",		20260730, GPT_WRITE(2, 12, .20),	LONG_272K,	1050*K,	1024, OPENAI },
	{ "gpt-5.6-luna",		0,	  GPT_WRITE(1, 6, .10),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.6-luna",		20260730, GPT_WRITE(.20, 1.20, .02),	LONG_272K,	1050*K,	1024, OPENAI },
	{ "gpt-5.5-pro",		0,	  GPT(30, 180, 3),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.5",			0,	  GPT(5, 30, .50),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "codex-auto-review",		0,	  GPT(5, 30, .50),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.4-pro",		0,	  GPT(30, 180, 3),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.4",			0,	  GPT(2.50, 15, .25),		LONG_272K,	1050*K,	1024, LITELLM },
	{ "gpt-5.4-mini",		0,	  GPT(.75, 4.50, .075),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.4-nano",		0,	  GPT(.20, 1.25, .02),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.3-codex",		0,	  GPT(1.75, 14, .175),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.3-chat",		0,	  GPT(1.75, 14, .175),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-5.2-pro",		0,	  UNCACHED(21, 168),		FLAT,		400*K,	0,    LITELLM },
	{ "gpt-5.2",			0,	  GPT(1.75, 14, .175),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.2-chat",		0,	  GPT(1.75, 14, .175),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-5.2-codex",		0,	  GPT(1.75, 14, .175),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.1",			0,	  GPT(1.25, 10, .125),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.1-chat",		0,	  GPT(1.25, 10, .125),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-5.1-codex",		0,	  GPT(1.25, 10, .125),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.1-codex-max",		0,	  GPT(1.25, 10, .125),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5.1-codex-mini",		0,	  GPT(.25, 2, .025),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5",			0,	  GPT(1.25, 10, .125),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5-chat",			0,	  GPT(1.25, 10, .125),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-5-codex",		0,	  GPT(1.25, 10, .125),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5-pro",			0,	  UNCACHED(15, 120),		FLAT,		400*K,	0,    LITELLM },
	{ "gpt-5-mini",			0,	  GPT(.25, 2, .025),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-5-nano",			0,	  GPT(.05, .40, .005),		FLAT,		400*K,	1024, LITELLM },
	{ "gpt-4.1",			0,	  GPT(2, 8, .50),		FLAT,		1047576, 1024, LITELLM },
	{ "gpt-4.1-mini",		0,	  GPT(.40, 1.60, .10),		FLAT,		1047576, 1024, LITELLM },
	{ "gpt-4.1-nano",		0,	  GPT(.10, .40, .025),		FLAT,		1047576, 1024, LITELLM },
	{ "gpt-4o",			0,	  GPT(2.50, 10, 1.25),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-4o-2024-05-13",		0,	  UNCACHED(5, 15),		FLAT,		128*K,	0,    LITELLM },
	{ "gpt-4o-mini",		0,	  GPT(.15, .60, .075),		FLAT,		128*K,	1024, LITELLM },
	{ "gpt-4-turbo",		0,	  UNCACHED(10, 30),		FLAT,		128*K,	0,    LITELLM },
	{ "gpt-4-1106-preview",		0,	  UNCACHED(10, 30),		FLAT,		128*K,	0,    LITELLM },
	{ "gpt-4-0125-preview",		0,	  UNCACHED(10, 30),		FLAT,		128*K,	0,    LITELLM },
	{ "gpt-4",			0,	  UNCACHED(30, 60),		FLAT,		8192,	0,    LITELLM },
	{ "gpt-4-32k",			0,	  UNCACHED(60, 120),		FLAT,		32768,	0,    REFERENCE },
	{ "gpt-3.5-turbo",		0,	  UNCACHED(.50, 1.50),		FLAT,		16385,	0,    LITELLM },
	{ "gpt-3.5-turbo-1106",		0,	  UNCACHED(1, 2),		FLAT,		16385,	0,    LITELLM },
	{ "gpt-3.5-turbo-16k",		0,	  UNCACHED(3, 4),		FLAT,		16385,	0,    LITELLM },
	{ "o1-pro",			0,	  UNCACHED(150, 600),		FLAT,		200*K,	0,    LITELLM },
	{ "o1",				0,	  GPT(15, 60, 7.50),		FLAT,		200*K,	1024, LITELLM },
	{ "o1-preview",			0,	  GPT(15, 60, 7.50),		FLAT,		128*K,	1024, REFERENCE },
	{ "o1-mini",			0,	  GPT(1.10, 4.40, .55),		FLAT,		128*K,	1024, REFERENCE },
	{ "o3-pro",			0,	  UNCACHED(20, 80),		FLAT,		200*K,	0,    LITELLM },
	{ "o3",				0,	  GPT(10, 40, 2.50),		FLAT,		200*K,	1024, REFERENCE },
	{ "o3",				20250610, GPT(2, 8, .50),		FLAT,		200*K,	1024, LITELLM },
	{ "o3-mini",			0,	  GPT(1.10, 4.40, .55),		FLAT,		200*K,	1024, LITELLM },
	{ "o4-mini",			0,	  GPT(1.10, 4.40, .275),	FLAT,		200*K,	1024, LITELLM },

	{ "gemini-3.8-flash",		0,	  GPT(.75, 3.75, .075),		FLAT,		1048576, 4096, TRACKERS },
	{ "gemini-3.8-flash",		20270101, GPT(1.50, 7.50, .15),		FLAT,		1048576, 4096, TRACKERS },
	{ "gemini-3.6-flash",		0,	  GPT(1.50, 7.50, .15),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-3.5-flash",		0,	  GPT(1.50, 9, .15),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-3.5-flash-lite",	0,	  GPT(.30, 2.50, .03),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-3.1-pro",		0,	  GPT(2, 12, .20),		LONG_200K,	1048576, 0,    LITELLM },
	{ "gemini-3.1-flash-lite",	0,	  GPT(.25, 1.50, .025),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-3-pro",		0,	  GPT(2, 12, .20),		LONG_200K,	1048576, 0,    LITELLM },
	{ "gemini-3-flash",		0,	  GPT(.50, 3, .05),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-2.5-pro",		0,	  GPT(1.25, 10, .125),		LONG_200K,	1048576, 0,    LITELLM },
	{ "gemini-2.5-flash",		0,	  GPT(.30, 2.50, .03),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-2.5-flash-lite",	0,	  GPT(.10, .40, .01),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-2.0-flash",		0,	  GPT(.10, .40, .025),		FLAT,		1048576, 0,    LITELLM },
	{ "gemini-2.0-flash-lite",	0,	  GPT(.075, .30, .01875),	FLAT,		1048576, 0,    LITELLM },
	{ "gemini-1.5-pro",		0,	  GPT(1.25, 5, .3125),		FLAT,		2*M,	 0,    REFERENCE },
	{ "gemini-1.5-flash",		0,	  GPT(.075, .30, .01875),	FLAT,		M,	 0,    REFERENCE },
	{ "gemini-1.5-flash-8b",	0,	  GPT(.0375, .15, .01),		FLAT,		M,	 0,    REFERENCE },

	{ "deepseek-v4-flash",		0,	  GPT(.14, .28, .0028),		FLAT,		M,	 0,    LITELLM },
	{ "deepseek-v4-pro",		0,	  GPT(.435, .87, .003625),	FLAT,		M,	 0,    LITELLM },
	{ "deepseek-chat",		0,	  GPT(.28, .42, .028),		FLAT,		131072,	 0,    LITELLM },
	{ "deepseek-reasoner",		0,	  GPT(.28, .42, .028),		FLAT,		131072,	 0,    LITELLM },
};
const size_t price_rows_n = sizeof(price_rows) / sizeof(*price_rows);

const struct price_likeness price_likenesses[] = {
	{ "claude-instant", 100*K }, { "claude-2.0", 100*K }, { "claude-2-0", 100*K }, { "claude", 200*K },
	{ "opus", 200*K }, { "sonnet", 200*K }, { "haiku", 200*K },
	{ "gpt-4o", 128*K }, { "gpt-4-turbo", 128*K }, { "gpt-4.1", 1047576 }, { "gpt-4.5", 128*K },
	{ "gpt-4", 8192 }, { "gpt-3.5", 16385 }, { "gpt-35", 16385 },
	{ "gpt-5", 400*K }, { "gpt-6", 1050*K }, { "codex", 400*K },
	{ "o1", 200*K }, { "o3", 200*K }, { "o4", 200*K },
	{ "gemini-1.0", 32768 }, { "gemini-pro", 32768 }, { "gemini", 1048576 },
	{ "", 128*K },
};
/* clang-format on */
