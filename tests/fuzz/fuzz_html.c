/*
 * fuzz_html: any bytes are a page; what comes out is shorter, the same each time, says how to get the original back, and
 * is left alone when it comes in again.  The tags of the same bytes lie in them, in order.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/compress/compress.h"
#include "core/compress/tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_tags(struct arena *a, str text)
{
	const char *from = text.p;
	struct tag_spans spans;
	struct tag_span s;

	tags_find(a, text, &spans);
	for (size_t at = 0; tags_next(&spans, &at, &s);) {
		require(s.whole.p >= from && s.whole.p + s.whole.n <= text.p + text.n);
		require(s.open.n > 2 && s.open.n + s.inner.n + s.close.n == s.whole.n);
		from = s.whole.p + s.whole.n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct squeeze s = { .text = { (const char *)data, size }, .bias = 1 };
	struct compress_config config;
	struct squeezed r, again;
	struct buf out, second;
	struct query query;
	struct arena a;

	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	buf_init(&second, SIZE_MAX);
	compress_config_init(&config);
	config.html_images = size & 1;
	query_init(&query, &a, STR(""));
	s.config = &config;
	s.query = &query;
	marker_hash(s.text, s.hash);
	check_tags(&a, s.text);
	if (html_compressor.run(&a, &s, &out, &r)) {
		require(out.n < size && marker_in(buf_str(&out)));
		require(html_compressor.run(&a, &s, &second, &again) &&
			str_eq(buf_str(&out), buf_str(&second)));
		s.text = buf_str(&out);
		require(!html_compressor.run(&a, &s, &second, &again));
	} else {
		require(r.reason != NULL);
	}
	buf_release(&out);
	buf_release(&second);
	arena_release(&a);
	return 0;
}
