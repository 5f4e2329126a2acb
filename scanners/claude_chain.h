/*
 * claude_chain: the sub-agents of old logs, which are inside the main file and have no id.  Each is called
 * by the uuid of its first record, which the others lead to through their parents.  Private to the Claude
 * scanner.
 */
#ifndef HEADROOM_SCANNERS_CLAUDE_CHAIN_H
#define HEADROOM_SCANNERS_CLAUDE_CHAIN_H

#include "core/base/map.h"
#include "scanners/claude_record.h"

struct claude_chain {
	struct map64 known; /* hash of a record's uuid -> index in roots */
	struct vec roots; /* of str: the uuids of first records */
	struct arena arena; /* of the roots */
};

void claude_chain_init(struct claude_chain *c);
void claude_chain_release(struct claude_chain *c);
void claude_chain_clear(struct claude_chain *c);
/* The agent whose file has this name, "agent-ID.jsonl": borrowed from it, "" if it is a session's. */
str claude_file_agent(str path);
/* The thread of a record: "" for the conversation itself, else the agent it names, or its file does, or its chain.
 * Borrowed from a, the file's agent or the chain, there until the next record is asked for. */
str claude_thread(struct claude_chain *c, struct arena *a, const struct claude_record *record,
		  str file_agent);

#endif
