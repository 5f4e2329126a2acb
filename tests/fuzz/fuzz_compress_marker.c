/*
 * fuzz_compress_marker: markers are looked for in any bytes without harm, each is found behind the one before, and what
 * marker_put writes is found, wherever the bytes let a line begin.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/compress/marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static size_t count_markers(str text, char last[static MARKER_HASH + 1])
{
	char hash[MARKER_HASH + 1];
	const char *end = text.p + text.n;
	size_t n = 0, left = text.n;

	while (marker_next(&text, hash)) {
		size_t length = strlen(hash);

		require(text.p + text.n == end && text.n < left);
		require(length >= 6 && length <= MARKER_HASH && strspn(hash, "0123456789abcdef") == length);
		memcpy(last, hash, sizeof(hash));
		left = text.n;
		n++;
	}
	require(text.n == 0 && hash[0] == '\0');
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char hash[MARKER_HASH + 1], last[MARKER_HASH + 1] = "";
	str text = { (const char *)data, size };
	struct buf joined;
	size_t n = count_markers(text, last);

	require(marker_in(text) == (n > 0));
	buf_init(&joined, SIZE_MAX);
	marker_hash(text, hash);
	buf_add(&joined, text);
	buf_add_ch(&joined, '\n');
	marker_put(&joined, STR("12 lines compressed to 3"), hash, 3600);
	require(count_markers(buf_str(&joined), last) == n + 1);
	require(memcmp(last, hash, sizeof(hash)) == 0);
	buf_release(&joined);
	return 0;
}
