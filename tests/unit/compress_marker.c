/*
 * marker of compressed texts: what is written is found again, as are the older forms; what only looks like one is not.
 */
#include "tests/test.h"

#include "core/compress/marker.h"

#define HASH "0123456789abcdef01234567"

static void marker_is_written_in_one_form(void **state)
{
	char hash[MARKER_HASH + 1];
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	marker_put(&out, STR("90 lines compressed to 12"), HASH, 3600);
	assert_str_equal(buf_str(&out),
			 "[90 lines compressed to 12. Retrieve: hash=" HASH ". Expires in 60m.]");
	buf_clear(&out);
	marker_put(&out, STR("x"), HASH, 90);
	assert_str_equal(buf_str(&out), "[x. Retrieve: hash=" HASH ". Expires in 90s.]");
	buf_release(&out);
	marker_hash(STR("abc"), hash);
	assert_string_equal(hash, "ba7816bf8f01cfea414140de");
}

static const struct sample {
	const char *text, *hash; /* NULL: none */
} samples[] = {
	{ "", NULL },
	{ "[90 lines compressed to 12. Retrieve: hash=" HASH ". Expires in 60m.]", HASH },
	{ "line\n  [90 lines compressed to 12. Retrieve: hash=" HASH ". Expires in 60m.]\n", HASH },
	{ "[1,2,{\"_headroom\":\"[9 items compressed to 2. Retrieve: hash=" HASH ". Expires in 60m.]\"}]",
	  HASH },
	{ "[{\"a\":1},{\"_headroom\":\"[9 items. Retrieve: hash=0123456789ABCDEF01234567. Expires in "
	  "5m.]\"}]",
	  HASH },
	{ "[{\"a\":1}]\n[1000 items compressed to 20. Omitted: 9 ok. Retrieve more: hash=" HASH
	  ". Expires in 5m.]",
	  HASH },
	{ "[1000 items compressed to 20. Retrieve more: hash=abc123]", "abc123" },
	{ "[2 hunks omitted. Retrieve full diff: hash=" HASH "]", HASH },
	{ "[Read content stale: app/[id].tsx was modified after this read. Retrieve original: hash=" HASH "]",
	  HASH },
	{ "[Earlier context compressed: 60 message(s) dropped by importance scoring. Full content available "
	  "via "
	  "ccr_retrieve tool with reference '" HASH "'.]",
	  HASH },
	{ "def f():\n    # [20 tokens compressed. Retrieve: hash=" HASH ". Expires in 60m.]\n", HASH },
	{ "log\\n[20 lines. Retrieve: hash=" HASH ". Expires in 60m.]", HASH },
	{ "The marker reads [90 lines. Retrieve: hash=" HASH ". Expires in 60m.]", NULL },
	{ "[90 lines compressed to 12.\nRetrieve: hash=" HASH ". Expires in 60m.]", NULL },
	{ "[90 lines compressed to 12. Retrieve: hash=" HASH "0. Expires in 60m.]", NULL },
	{ "[90 lines compressed to 12. Retrieve: hash=xyz. Expires in 60m.]", NULL },
	{ "[90 lines compressed to 12. Retrieve: hash=" HASH, NULL },
	{ "[90 lines compressed to 12. hash=" HASH "]", NULL },
	{ "Retrieve: hash=" HASH "]", NULL },
};

static void marker_is_found(void **state)
{
	char hash[MARKER_HASH + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		str text = str_c(samples[i].text);

		if (marker_next(&text, hash) != (samples[i].hash != NULL))
			fail_msg("%s", samples[i].text);
		assert_string_equal(hash, samples[i].hash ? samples[i].hash : "");
		assert_int_equal(marker_in(str_c(samples[i].text)), samples[i].hash != NULL);
	}
}

static void marker_next_goes_on_behind(void **state)
{
	str text = STR("[a. Retrieve: hash=111111111111111111111111. Expires in 60m.]\nx\n"
		       "[b with reference '222222222222222222222222'.]\n"
		       "not [c. Retrieve: hash=333333333333333333333333]\n"
		       "[d. Retrieve more: hash=444444444444444444444444]\nend");
	char hash[MARKER_HASH + 1];

	(void)state;
	assert_true(marker_next(&text, hash));
	assert_int_equal(hash[0], '1');
	assert_true(str_starts(text, STR("\nx\n")));
	assert_true(marker_next(&text, hash));
	assert_int_equal(hash[0], '2');
	assert_true(marker_next(&text, hash));
	assert_int_equal(hash[0], '4');
	assert_str_equal(text, "\nend");
	assert_false(marker_next(&text, hash));
	assert_int_equal(text.n, 0);
}

/* Many near misses: a search that went back from each of them to the beginning would not end in time. */
static void marker_search_is_linear(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, SIZE_MAX);
	for (size_t i = 0; i < 200000; i++)
		buf_add_c(&text, "x[[[[[[[ Retrieve: hash=" HASH "]");
	assert_false(marker_in(buf_str(&text)));
	buf_release(&text);
}

const struct CMUnitTest compress_marker_tests[] = {
	cmocka_unit_test(marker_is_written_in_one_form),
	cmocka_unit_test(marker_is_found),
	cmocka_unit_test(marker_next_goes_on_behind),
	cmocka_unit_test(marker_search_is_linear),
};
const size_t compress_marker_tests_count = sizeof(compress_marker_tests) / sizeof(*compress_marker_tests);
