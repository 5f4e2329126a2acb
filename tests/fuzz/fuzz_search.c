/*
 * fuzz_search: any bytes as a query and a text for search_compressor, with the usual limits and with low ones.
 */
#include "tests/fuzz/squeeze.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_squeeze(&search_compressor, (str){ (const char *)data, size }, true);
	return 0;
}
