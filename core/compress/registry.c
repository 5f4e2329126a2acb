/*
 * registry: every compressor there is.
 */
#include <assert.h>
#include <string.h>

#include "core/compress/compress.h"

const char *const content_names[] = { "text", "json", "diff", "html", "search", "log", "code", "mixed" };
static_assert(sizeof(content_names) / sizeof(*content_names) == CONTENT_COUNT, "a name for each kind");

const struct compressor *const compressors[] = {
	&smart_crusher,	  &log_compressor,   &search_compressor,
	&diff_compressor, &html_compressor,  &text_compressor,
	&code_compressor, &mixed_compressor, NULL,
};

const struct compressor *compressor_for(enum content content)
{
	for (size_t i = 0; compressors[i]; i++)
		if (compressors[i]->content == content)
			return compressors[i];
	return NULL;
}

bool compressor_is_on(const struct compressor *c, const struct compress_config *config)
{
	bool on;

	memcpy(&on, (const char *)config + c->enabled, sizeof(on));
	return on;
}
