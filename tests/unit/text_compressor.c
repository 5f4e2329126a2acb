#include "tests/unit/squeeze.h"

enum {
	SEEDS = 60
};

static void add_sentence(struct press *p)
{
	buf_printf(&p->text, "The %s of the %s waits for a %s of the %s behind the %s.", press_word(p),
		   press_word(p), press_word(p), press_word(p), press_word(p));
}

static void add_lines(struct press *p, unsigned n)
{
	while (n--) {
		add_sentence(p);
		buf_add_ch(&p->text, '\n');
	}
}

static void add_paragraphs(struct press *p, unsigned n)
{
	while (n--) {
		for (unsigned i = 0; i < 5; i++) {
			add_sentence(p);
			buf_add_ch(&p->text, i < 4 ? ' ' : '\n');
		}
		buf_add_ch(&p->text, '\n');
	}
}

/* Facts among prose, wherever they stand, in lines or in the middle of paragraphs. */
static void text_finds_needles(void **state)
{
	static const char *const needles[] = {
		"The limit is 42 of them.",
		"See https://example.com/a?b=c for it.",
		"Its commit is 3f2a9bc of the branch.",
		"You must never unplug the probe.",
		"It does not apply to guests.",
		"Important: wear gloves in there.",
		"The error of the second kind is silent.",
		"Ask for ticket ABC-1234 at the desk.",
		"Write to help@example.org about it.",
		"The zebra sleeps in the cupboard.", /* asked for */
	};
	struct press p;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (int lines = 0; lines < 2; lines++) {
			press_init(&p, &text_compressor);
			p.seed = seed;
			p.query = "where does the zebra sleep?";
			buf_add_c(&p.text, "This is the first sentence.\n\n");
			for (size_t k = 0; k < sizeof(needles) / sizeof(*needles); k++) {
				if (lines) {
					add_lines(&p, 10 + press_random(&p, 10));
					buf_printf(&p.text, "%s\n", needles[k]);
				} else {
					add_paragraphs(&p, 2 + press_random(&p, 3));
					add_sentence(&p);
					buf_printf(&p.text, " %s ", needles[k]);
					add_paragraphs(&p, 1);
				}
			}
			buf_add_c(&p.text, "\n## What to do\n\n");
			add_lines(&p, 30);
			buf_add_c(&p.text, "This is the last sentence.\n");
			press_assert_promises(&p, buf_str(&p.text), lines);
			assert_true(p.shorter);
			for (size_t k = 0; k < sizeof(needles) / sizeof(*needles); k++)
				if (!press_has(&p, needles[k]))
					fail_msg("lost: %s\n%s", needles[k], buf_c(&p.out));
			assert_true(press_has(&p, "\n## What to do\n"));
			assert_true(press_has(&p, "This is the first sentence.\n"));
			assert_true(press_has(&p, "This is the last sentence.\n"));
			assert_true(p.out.n * 10 < p.text.n * 7);
			press_release(&p);
		}
}

/* Gaps say how much is missing: shown and missing add up. */
static void text_counts_gaps(void **state)
{
	struct press p;
	unsigned left = 0, shown = 0, n;
	str out, line;

	(void)state;
	press_init(&p, &text_compressor);
	add_lines(&p, 200);
	press_assert_promises(&p, buf_str(&p.text), true);
	out = buf_str(&p.out);
	while (str_line(&out, &line)) {
		uint64_t number;

		shown += str_starts_c(line, "The ");
		n = (unsigned)str_chr(line, ' ');
		if (str_ends_c(line, " omitted]") && str_u64(str_sub(line, 1, n - 1), &number))
			left += (unsigned)number;
	}
	assert_int_equal(shown, p.r.after);
	assert_int_equal(shown + left, 200);
	assert_int_equal(p.r.before, 200);
	assert_true(press_has(&p, "[200 lines compressed to 38. Retrieve: "));
	press_release(&p);
}

/* Where most lines have numbers, numbers protect none. */
static void text_shortens_tables(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &text_compressor);
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&p.text, "%s %u %u.%u\n", press_word(&p), press_random(&p, 90),
			   press_random(&p, 9), i % 10);
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	assert_true(p.r.after <= 50);
	press_release(&p);
}

static void text_protects_tags(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &text_compressor);
	add_lines(&p, 60);
	buf_add_c(&p.text, "<system-reminder>\n");
	add_lines(&p, 20);
	buf_add_c(&p.text, "the last line of what stands inside of the tag\n</system-reminder>\n");
	add_lines(&p, 60);
	assert_true(press_run(&p));
	assert_int_not_equal(str_find(buf_str(&p.text), STR("<system-reminder>\nThe")), STR_NONE);
	{
		str text = buf_str(&p.text), tag;
		size_t from = str_find(text, STR("<system-reminder>")),
		       end = str_find(text, STR("</system-reminder>"));

		tag = str_sub(text, from, end + 18 - from);
		assert_int_not_equal(str_find(buf_str(&p.out), tag), STR_NONE);
	}
	press_set(&p, "compress_tagged_content", "true");
	assert_true(press_run(&p));
	assert_true(press_has(&p, "<system-reminder>\n"));
	assert_true(press_has(&p, "</system-reminder>\n"));
	assert_false(press_has(&p, "the last line of what stands inside of the tag"));
	press_release(&p);
}

/* Every name of a listing stays in sight; what goes is told. */
static void text_lists_files(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &text_compressor);
	buf_add_c(&p.text, "total 1600\n");
	for (unsigned i = 0; i < 80; i++)
		buf_printf(&p.text, "%s  %u dev staff %7u Feb %2u %02u:30 %s_%u.c\n",
			   i % 5 ? "-rw-r--r--" : "drwxr-xr-x", i % 9 + 1, i * 100 + 7, i % 28 + 1, i % 24,
			   press_word(&p), i);
	buf_add_c(&p.text, "-rwxr-xr-x  1 dev staff 12 2024-02-03 10:00 run me.sh\n"
			   "lrwxrwxrwx  1 dev staff 3 Feb  3  2023 here -> there\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(p.shorter);
	assert_true(p.out.n * 2 < p.text.n);
	for (unsigned i = 0; i < 80; i++)
		assert_true(i % 5 ? press_has_f(&p, "_%u.c\n", i) : press_has_f(&p, "_%u.c/\n", i));
	assert_true(press_has(&p, "\n107 "));
	assert_true(press_has(&p, "\n12 run me.sh*\n3 here -> there\n"));
	assert_true(press_has(&p, "owner always dev; group always staff]\ntotal 1600\n"));
	/* whoever asks for what would go gets the whole */
	p.query = "Which file is the newest?";
	assert_false(press_run(&p));
	press_release(&p);
}

/* Paths of one folder share its name, and no path is lost. */
static void text_groups_paths(void **state)
{
	struct press p;
	str folder = STR(""), out, line;
	struct buf again;

	(void)state;
	press_init(&p, &text_compressor);
	for (unsigned i = 0; i < 90; i++)
		buf_printf(&p.text, "./packages/part_%u/source/%s_%u.c\n", i / 9, press_word(&p), i);
	buf_add_c(&p.text, "./README/x\n");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(p.shorter);
	buf_init(&again, SIZE_MAX);
	out = buf_str(&p.out);
	while (str_line(&out, &line)) {
		if (str_ends_c(line, "/:")) {
			folder = str_sub(line, 0, line.n - 1);
		} else if (str_starts_c(line, " ")) {
			buf_add(&again, folder);
			buf_add(&again, str_from(line, 1));
			buf_add_ch(&again, '\n');
		} else if (!str_starts_c(line, "[")) {
			buf_add(&again, line);
			buf_add_ch(&again, '\n');
		}
	}
	assert_true(str_eq(buf_str(&again), buf_str(&p.text)));
	buf_release(&again);
	press_release(&p);
}

static void text_obeys_options(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "text_min_lines", "10000" },	  { "keep_first_lines", "3" },
		{ "keep_last_lines", "3" },	  { "text_max_total_lines", "24" },
		{ "sample_every_n_lines", "40" }, { "anchor_keywords", "cupboard,attic" },
		{ "relevance_threshold", "1" },
	};
	struct press p;
	struct buf usual;

	(void)state;
	press_init(&p, &text_compressor);
	p.query = "where do the zebras sleep?";
	buf_init(&usual, SIZE_MAX);
	add_lines(&p, 80);
	buf_add_c(&p.text, "Spiders live in the attic.\nThey sleep in there.\nOld zebras sleep where zebras "
			   "like to sleep.\n");
	add_lines(&p, 80);
	assert_true(press_run(&p));
	buf_add(&usual, buf_str(&p.out));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		press_set(&p, rows[i].key, rows[i].value);
		if (press_run(&p) && str_eq(buf_str(&usual), buf_str(&p.out)))
			fail_msg("%s=%s changes nothing", rows[i].key, rows[i].value);
		compress_config_init(&p.config);
	}
	buf_release(&usual);
	press_release(&p);
}

static void text_stands_hostile_input(void **state)
{
	struct press p;

	(void)state;
	press_init(&p, &text_compressor);
	assert_false(press_text(&p, STR("")));
	for (unsigned i = 0; i < 3000; i++)
		buf_add(&p.text, STR("\0\xff <a-b> \xed\xa0\x80. A! \r\n\r\n<a-b/></c-d>. <e-f "));
	press_assert_promises(&p, buf_str(&p.text), false);
	buf_clear(&p.text);
	for (unsigned i = 0; i < 300000; i++)
		buf_add_c(&p.text, "Ab. ");
	press_assert_promises(&p, buf_str(&p.text), false);
	assert_true(p.shorter);
	buf_clear(&p.text);
	for (unsigned i = 0; i < 300000; i++)
		buf_add_c(&p.text, "aaaa.aaaaaaa");
	assert_false(press_run(&p));
	press_release(&p);
}

/* A long row of a table is shown whole or not at all. */
static void text_cuts_no_rows(void **state)
{
	str rest, line;
	struct press p;

	(void)state;
	press_init(&p, &text_compressor);
	for (unsigned i = 0; i < 80; i++) {
		buf_printf(&p.text,
			   "root     %5u  0.0  0.1   5564  1068 ?        Sl   18:50   0:00 serve --uid 0",
			   i * 7);
		for (unsigned k = 0; k < 20; k++)
			buf_printf(&p.text, " --option-%u. Value_%u", k, i);
		buf_add_ch(&p.text, '\n');
	}
	press_assert_promises(&p, buf_str(&p.text), true);
	assert_true(p.shorter);
	for (rest = buf_str(&p.out); str_line(&rest, &line);)
		if (!str_starts_c(line, "["))
			assert_true(str_find(buf_str(&p.text), line) != STR_NONE &&
				    str_starts_c(line, "root "));
	press_release(&p);
}

const struct CMUnitTest text_compressor_tests[] = {
	cmocka_unit_test(text_finds_needles),	cmocka_unit_test(text_counts_gaps),
	cmocka_unit_test(text_shortens_tables), cmocka_unit_test(text_protects_tags),
	cmocka_unit_test(text_lists_files),	cmocka_unit_test(text_groups_paths),
	cmocka_unit_test(text_obeys_options),	cmocka_unit_test(text_stands_hostile_input),
	cmocka_unit_test(text_cuts_no_rows),
};
const size_t text_compressor_tests_count = sizeof(text_compressor_tests) / sizeof(*text_compressor_tests);
