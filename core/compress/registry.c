/*
 * registry: every compressor there is.
 */
#include <assert.h>

#include "core/compress/compress.h"

const struct compressor *const compressors[] = {
	&smart_crusher,
	&log_compressor,
	&search_compressor,
	&diff_compressor,
	&html_compressor,
	&code_compressor,
	NULL,
};

const struct compressor *compressor_for(enum content content)
{
	for (size_t i = 0; compressors[i]; i++)
		if (compressors[i]->content == content)
			return compressors[i];
	return NULL;
}
