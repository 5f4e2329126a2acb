/*
 * fuzz_json_array: any bytes through the JSON compressor, with a query and limits taken from them, too.  A result is
 * shorter, the same every time, JSON if the input was, final, and each kept element of a list is one of the input's.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/compress/compress.h"
#include "core/json/doc.h"
#include "core/json/jget.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static bool run(const struct compress_config *config, const struct query *query, str text, struct buf *out)
{
	struct squeeze s = { .text = text, .config = config, .query = query, .bias = 1 };
	struct squeezed r;
	struct arena a;
	bool done;

	arena_init(&a);
	buf_clear(out);
	marker_hash(text, s.hash);
	done = smart_crusher.run(&a, &s, out, &r);
	require(done ? r.after < r.before && out->n < text.n : r.reason != NULL);
	arena_release(&a);
	return done;
}

/* The value without white space between its tokens. */
static void compact(struct jval v, struct buf *out)
{
	bool inside = false;

	buf_clear(out);
	for (size_t i = 0; i < v.raw.n; i++) {
		char c = v.raw.p[i];

		if (!inside && v.type != J_STRING && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
			continue;
		inside ^= c == '"';
		buf_add_ch(out, c);
		if (inside && c == '\\' && i + 1 < v.raw.n)
			buf_add_ch(out, v.raw.p[++i]);
	}
}

/* Scalars only: rows that are lists themselves may have been shortened. */
static void check_elements(str text, str result)
{
	struct buf wanted, found;
	struct jit from, to;

	buf_init(&wanted, SIZE_MAX);
	buf_init(&found, SIZE_MAX);
	jit_init(&from, jval_of(text));
	jit_init(&to, jval_of(result));
	while (!from.object && !to.object && jit_next(&to)) {
		if (to.value.type == J_OBJECT || to.value.type == J_ARRAY)
			continue;
		compact(to.value, &wanted);
		do {
			require(jit_next(&from));
			compact(from.value, &found);
		} while (from.value.type != to.value.type || !str_eq(buf_str(&found), buf_str(&wanted)));
	}
	buf_release(&found);
	buf_release(&wanted);
}

static void check(const struct compress_config *config, const struct query *query, str text)
{
	const struct doc *doc;
	struct buf out, again;
	struct arena a;

	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	buf_init(&again, SIZE_MAX);
	if (run(config, query, text, &out)) {
		require(run(config, query, text, &again) && str_eq(buf_str(&out), buf_str(&again)));
		require(marker_in(buf_str(&out)));
		if (doc_parse(&a, text, &doc, NULL) == STATUS_OK) {
			require(doc_parse(&a, buf_str(&out), &doc, NULL) == STATUS_OK);
			require(!run(config, query, buf_str(&out), &again));
			check_elements(text, buf_str(&out));
		}
	}
	buf_release(&again);
	buf_release(&out);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size }, query_text = STR("");
	struct compress_config config;
	struct query query;
	struct arena a;

	arena_init(&a);
	compress_config_init(&config);
	if (size > 2 && data[0] == '?') { /* a limit, a line of query, the document */
		config.max_items = 1 + data[1] % 20;
		config.keep_first = data[1] % 4;
		config.sample_unique = data[1] & 64;
		config.preserve_fields = data[1] & 32 ? "a,b,error" : "";
		text = str_from(text, 2);
		str_line(&text, &query_text);
	}
	query_init(&query, &a, query_text);
	check(&config, &query, text);
	config.factor_constants = true;
	check(&config, &query, text);
	arena_release(&a);
	return 0;
}
