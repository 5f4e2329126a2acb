/*
 * fuzz_diff: any bytes as a query and a text for diff_compressor.  All changed lines stay, in order.
 */
#include "core/compress/diff_lines.h"
#include "tests/fuzz/squeeze.h"

static void changes(struct arena *a, str text, struct buf *out)
{
	struct diff d = { 0 };
	struct hunk_head head;

	require(lines_cut(&d.lines, a, text));
	diff_read(&d);
	for (size_t k = 0; k < d.hunks.n; k++) {
		const struct hunk *h = vec_at(&d.hunks, k);

		require(h->first < h->end && h->end <= d.lines.n);
		require(hunk_head_read(line_at(&d.lines, h->first), &head));
		for (size_t i = h->first + 1; i < h->end && h->exact; i++) {
			str line = line_at(&d.lines, i);

			if (line.n && (line.p[0] == '+' || line.p[0] == '-'))
				buf_add(out, line_raw(&d.lines, i));
		}
	}
	vec_release(&d.files);
	vec_release(&d.hunks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct compress_config config;
	struct query query;
	struct squeeze s = { .config = &config, .query = &query, .bias = 1 };
	struct buf out, before, after;
	struct arena a;

	fuzz_squeeze(&diff_compressor, text, false);
	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	buf_init(&before, SIZE_MAX);
	buf_init(&after, SIZE_MAX);
	compress_config_init(&config);
	config.diff_min_lines = 1;
	query_init(&query, &a, STR(""));
	s.text = text;
	changes(&a, text, &before);
	if (squeeze_twice(&diff_compressor, &s, &out)) {
		str rest = buf_str(&before), result = buf_str(&out), line, shown;

		while (str_line(&rest, &line)) {
			bool found = false;

			while (!found && str_line(&result, &shown))
				found = str_eq(shown, line);
			require(found);
		}
		changes(&a, buf_str(&out), &after);
	}
	buf_release(&after);
	buf_release(&before);
	buf_release(&out);
	arena_release(&a);
	return 0;
}
