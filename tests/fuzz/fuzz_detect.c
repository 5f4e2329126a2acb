/*
 * fuzz_detect: any bytes have a kind and a language, and parts that do not overlap; with these the mixed compressor.
 */
#include "core/compress/detect_parts.h"
#include "tests/fuzz/squeeze.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct part_scan scan;
	struct detected d;
	struct part part;
	const char *at = text.p;
	double confidence;

	detect(text, &d);
	require(d.content < CONTENT_COUNT && d.confidence >= 0 && d.confidence <= 1);
	require(detect_language(text, &confidence) < LANGUAGE_COUNT && confidence >= 0 && confidence <= 1);
	part_scan_init(&scan, text);
	while (part_next(&scan, &part)) {
		require(part.kind < PART_KINDS && part.body.p >= at);
		require(part.body.n > 0 || part.kind == PART_FENCE); /* of which there are empty ones */
		at = part.body.p + part.body.n;
	}
	require(at <= text.p + text.n);
	fuzz_squeeze(&mixed_compressor, text, false);
	return 0;
}
