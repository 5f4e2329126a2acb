#include "writers/writer.h"

const struct writer *const writers[] = {
	&writer_claude_md,
	&writer_memory_md,
	NULL,
};
