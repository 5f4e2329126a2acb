/*
 * fuzz_code: any bytes are source code; what comes out is shorter, the same each time, parses no worse, and is left alone
 * when it comes in again.  The first byte picks a language for the parser alone.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/compress/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Every node lies in its parent, behind the one before it. */
static void check_tree(struct arena *a, enum language language, str text)
{
	struct code_tree t;

	if (!code_parse(a, language, text, &t))
		return;
	require(t.n > 0 && t.nodes[0].next == t.n);
	for (uint32_t i = 1; i < t.n; i++) {
		const struct code_node *n = &t.nodes[i], *parent = &t.nodes[n->parent];

		require(n->parent < i && n->next > i && n->next <= parent->next);
		require(n->start <= n->end && n->end <= text.n && n->row <= n->last + 1 &&
			n->last < t.rows + 1);
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
	config.code_min_tokens = 0;
	config.code_docstrings = (int)(size % 3);
	config.code_body_lines = (long)(size % 7);
	query_init(&query, &a, STR("\"run\" total"));
	s.config = &config;
	s.query = &query;
	marker_hash(s.text, s.hash);
	if (size > 0)
		check_tree(&a, (enum language)(1 + data[0] % (LANGUAGE_COUNT - 1)), str_from(s.text, 1));
	if (code_compressor.run(&a, &s, &out, &r)) {
		require(out.n < size && marker_in(buf_str(&out)));
		require(code_compressor.run(&a, &s, &second, &again) &&
			str_eq(buf_str(&out), buf_str(&second)));
		s.text = buf_str(&out);
		require(!code_compressor.run(&a, &s, &second, &again));
	} else {
		require(r.reason != NULL);
	}
	buf_release(&out);
	buf_release(&second);
	arena_release(&a);
	return 0;
}
