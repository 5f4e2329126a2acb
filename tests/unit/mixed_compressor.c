#include "tests/unit/squeeze.h"

static void add_prose(struct press *p, unsigned n)
{
	while (n--)
		buf_printf(&p->text, "The %s of the %s waits for a %s of the %s behind the %s.\n",
			   press_word(p), press_word(p), press_word(p), press_word(p), press_word(p));
}

static void add_rows(struct press *p, unsigned n)
{
	buf_add_c(&p->text, "[\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&p->text, "  {\"id\": %u, \"name\": \"%s\", \"state\": \"%s\"}%s\n", i,
			   press_word(p), press_word(p), i + 1 < n ? "," : "");
	buf_add_c(&p->text, "]\n");
}

static void add_search(struct press *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(&p->text, "src/%s.c:%u:\t%s = %s;\n", i % 2 ? "one" : "two", i + 1, press_word(p),
			   press_word(p));
}

static unsigned markers(struct buf *out, const char *hash)
{
	char found[MARKER_HASH + 1];
	str rest = buf_str(out);
	unsigned n = 0;

	for (; marker_next(&rest, found); n++)
		assert_string_equal(found, hash);
	return n;
}

/* Each part by the compressor of its kind, everything between byte for byte. */
static void mixed_keeps_what_is_between(void **state)
{
	struct press p;
	char hash[MARKER_HASH + 1];

	(void)state;
	press_init(&p, &mixed_compressor);
	buf_add_c(&p.text, "\r\n\n  \n");
	add_prose(&p, 80);
	buf_add_c(&p.text, "\n\n\n```json\n\n");
	add_rows(&p, 100);
	buf_add_c(&p.text, "\n```\t\n\n\n");
	add_search(&p, 100);
	buf_add_c(&p.text, "\n\n");
	add_rows(&p, 90);
	buf_add_c(&p.text, "\n \n\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(p.shorter);
	marker_hash(buf_str(&p.text), hash);
	assert_int_equal(markers(&p.out, hash), 4);
	assert_int_equal(p.r.before, 4);
	assert_int_equal(p.r.after, 0);
	assert_true(str_starts_c(buf_str(&p.out), "\r\n\n  \nThe "));
	assert_true(press_has(&p, ".]\n\n\n\n```json\n\n["));
	assert_true(press_has(&p, "]\n\n```\t\n\n\nsrc/two.c:1:"));
	assert_true(press_has(&p, ".]\n\n\n["));
	assert_true(str_ends_c(buf_str(&p.out), "]\n\n \n\n"));
	press_release(&p);
}

/* A part that nothing is to be gained from stays; so does one whose compressor is switched off. */
static void mixed_obeys_switches(void **state)
{
	struct press p;
	struct buf copy;
	size_t from;

	(void)state;
	press_init(&p, &mixed_compressor);
	buf_init(&copy, SIZE_MAX);
	add_prose(&p, 3);
	buf_add_ch(&p.text, '\n');
	add_search(&p, 100);
	buf_add_ch(&p.text, '\n');
	from = p.text.n;
	add_rows(&p, 90);
	buf_add(&copy, str_from(buf_str(&p.text), from));
	assert_true(press_run(&p));
	assert_int_equal(p.r.before, 3);
	assert_int_equal(p.r.after, 1);
	assert_int_equal(str_find(buf_str(&p.out), buf_str(&copy)), STR_NONE);
	p.config.crush = false;
	assert_true(press_run(&p));
	assert_int_equal(p.r.after, 2);
	assert_int_not_equal(str_find(buf_str(&p.out), buf_str(&copy)), STR_NONE);
	p.config.search = false;
	assert_false(press_run(&p));
	assert_non_null(p.r.reason);
	buf_release(&copy);
	press_release(&p);
}

/* A diff or a log inside a fence is handled as what it is. */
static void mixed_looks_into_fences(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &mixed_compressor);
	add_prose(&p, 5);
	buf_add_c(&p.text, "```\n");
	for (unsigned i = 0; i < 200; i++)
		buf_printf(&p.text, "2024-05-01 10:00:00 %s stored %s_%u\n",
			   i == 99 ? "ERROR lost and never" : "INFO", press_word(&p), i);
	buf_add_c(&p.text, "```\n");
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_true(press_has(&p, "ERROR lost and never stored"));
	assert_true(press_has(&p, "[200 lines compressed to "));
	assert_true(str_ends_c(buf_str(&p.out), ".]\n```\n"));
	press_release(&p);
}

static void mixed_stands_hostile_input(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &mixed_compressor);
	assert_false(press_text(&p, STR("")));
	for (unsigned i = 0; i < 3000; i++)
		buf_add(&p.text, STR("\0\xff\n```\n{\"a\":\n```x\n~~~\n[\n]\n"));
	press_assert_promises(&p, buf_str(&p.text), false);
	press_release(&p);
}

const struct CMUnitTest mixed_compressor_tests[] = {
	cmocka_unit_test(mixed_keeps_what_is_between),
	cmocka_unit_test(mixed_obeys_switches),
	cmocka_unit_test(mixed_looks_into_fences),
	cmocka_unit_test(mixed_stands_hostile_input),
};
const size_t mixed_compressor_tests_count = sizeof(mixed_compressor_tests) / sizeof(*mixed_compressor_tests);
