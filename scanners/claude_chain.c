#include "scanners/claude_chain.h"

#include "core/base/fs.h"

/* Records that are remembered; past that, threads begin anew. */
#define CHAIN_MAX ((size_t)1 << 17)

void claude_chain_init(struct claude_chain *c)
{
	map64_init(&c->known);
	vec_init(&c->roots, sizeof(str));
	arena_init(&c->arena);
}

void claude_chain_release(struct claude_chain *c)
{
	arena_release(&c->arena);
	vec_release(&c->roots);
	map64_release(&c->known);
}

void claude_chain_clear(struct claude_chain *c)
{
	map64_clear(&c->known);
	vec_clear(&c->roots);
	arena_reset(&c->arena);
}

str claude_file_agent(str path)
{
	str stem = path_base(path);

	if (str_ends(stem, STR(".jsonl")))
		stem = str_sub(stem, 0, stem.n - strlen(".jsonl"));
	return str_starts(stem, STR("agent-")) ? str_from(stem, strlen("agent-")) : STR("");
}

/* Of a record that has a uuid. */
static str chain_thread(struct claude_chain *c, const struct claude_record *record)
{
	uint64_t *parent = NULL, root;

	if (c->known.n >= CHAIN_MAX)
		claude_chain_clear(c);
	if (record->parent.type == J_STRING)
		parent = map64_get(&c->known, str_hash(record->parent.raw));
	root = parent ? *parent : c->roots.n;
	if (!parent)
		*(str *)vec_push(&c->roots) = jstr_copy(&c->arena, record->uuid.raw);
	*map64_put(&c->known, str_hash(record->uuid.raw), NULL) = root;
	return *(const str *)vec_at(&c->roots, (size_t)root);
}

str claude_thread(struct claude_chain *c, struct arena *a, const struct claude_record *record, str file_agent)
{
	if (record->agent.type == J_STRING)
		return jval_str(a, record->agent);
	if (file_agent.n > 0)
		return file_agent;
	if (record->sidechain.type == J_TRUE && record->uuid.type == J_STRING)
		return chain_thread(c, record);
	return STR("");
}
