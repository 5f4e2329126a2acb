/*
 * sha256: the examples of FIPS 180-4 and lengths around the edges of a block.
 */
#include "tests/test.h"

#include "core/base/sha256.h"

static const struct sample {
	const char *data;
	size_t times; /* repeated */
	const char *sum;
} samples[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
	{ "a", 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
	{ "a", 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
	{ "a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
	{ "a", 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
	{ "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void sha256_gives_the_published_sums(void **state)
{
	char hex[65];
	struct buf data;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		buf_init(&data, SIZE_MAX);
		for (size_t n = 0; n < samples[i].times; n++)
			buf_add_c(&data, samples[i].data);
		sha256_hex(buf_str(&data), hex, 64);
		assert_string_equal(hex, samples[i].sum);
		buf_release(&data);
	}
}

static void sha256_hex_gives_a_beginning(void **state)
{
	char hex[65] = "................................................................";

	(void)state;
	sha256_hex(STR("abc"), hex, 24);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de");
	sha256_hex(STR("abc"), hex, 0);
	assert_string_equal(hex, "");
}

const struct CMUnitTest sha256_tests[] = {
	cmocka_unit_test(sha256_gives_the_published_sums),
	cmocka_unit_test(sha256_hex_gives_a_beginning),
};
const size_t sha256_tests_count = sizeof(sha256_tests) / sizeof(*sha256_tests);
