/*
 * fuzz_text: any bytes as a query and a text for text_compressor, with the usual limits and with low ones.
 */
#include "tests/fuzz/squeeze.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_squeeze(&text_compressor, (str){ (const char *)data, size }, false);
	return 0;
}
