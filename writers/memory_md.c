/*
 * memory_md: Claude Code's auto memory.  It loads the first 200 lines or 25,000 bytes of MEMORY.md and drops
 * what follows, so a file near these limits is left alone.
 */
#include "writers/block.h"
#include "writers/writer.h"

static enum status locate(struct arena *a, const struct write_place *place, str *path, struct error *err)
{
	if (place->memory_path.n == 0)
		return error_set(err, STATUS_NOT_FOUND, "the agent keeps no memory file for this project");
	*path = arena_str(a, place->memory_path);
	return STATUS_OK;
}

const struct writer writer_memory_md = {
	.name = "memory_md",
	.agent = "claude",
	.target = TARGET_MEMORY,
	.limits = { .max_lines = 180, .max_bytes = 22 * 1024 },
	.locate = locate,
	.render = block_render,
};
