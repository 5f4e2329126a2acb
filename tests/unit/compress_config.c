/*
 * config of the compression engine: the table is sound, values are parsed and refused in words.
 */
#include "tests/test.h"

#include <stdio.h>

#include "core/compress/config.h"

static void config_starts_with_its_defaults(void **state)
{
	struct compress_config c;

	(void)state;
	compress_config_init(&c);
	assert_int_equal(c.mode, MODE_OPTIMIZE);
	assert_int_equal(c.max_items, 15);
	assert_int_equal(c.min_items, 5);
	assert_int_equal(c.keep_first, 3);
	assert_int_equal(c.keep_last, 2);
	assert_true(c.relevance_threshold == .3);
	assert_true(c.accept_ratio == .95);
	assert_int_equal(c.ccr_ttl_seconds, 3600);
	assert_string_equal(c.exclude_tools, "Read,Glob,Grep,Write,Edit");
	assert_string_equal(c.preserve_fields, "");
	assert_true(c.crush && c.sample_unique && c.preserve_errors && !c.align && !c.factor_constants);
	assert_int_equal(c.code_docstrings, DOCSTRING_FIRST_LINE);
	assert_true(c.w_recency + c.w_similarity + c.w_learned + c.w_error + c.w_reference + c.w_density >
		    .999);
}

static void check_row(const struct compress_option *o, struct buf *names)
{
	struct compress_config c, d;
	struct error err;
	char name[64];
	str aliases = str_c(o->aliases), alias;

	compress_config_init(&c);
	d = c;
	assert_true(o->help && o->help[0] && o->initial && o->min <= o->max);
	assert_int_equal(compress_config_set(&c, str_c(o->key), o->initial, &err), STATUS_OK);
	assert_memory_equal(&c, &d, sizeof(c));
	snprintf(name, sizeof(name), ",%s,", o->key);
	assert_false(str_has_c(buf_str(names), name)); /* no name twice */
	buf_add_c(names, name);
	while (o->aliases && str_split(&aliases, ',', &alias)) {
		snprintf(name, sizeof(name), ",%.*s,", STR_ARG(alias));
		assert_false(str_has_c(buf_str(names), name));
		buf_add_c(names, name);
		assert_int_equal(compress_config_set(&c, alias, o->initial, &err), STATUS_OK);
	}
}

static void config_rows_are_sound(void **state)
{
	bool used[sizeof(struct compress_config)] = { false };
	struct buf names;

	(void)state;
	buf_init(&names, SIZE_MAX);
	for (const struct compress_option *o = compress_options; o->key; o++) {
		check_row(o, &names);
		assert_false(used[o->offset]); /* no field twice */
		used[o->offset] = true;
	}
	buf_release(&names);
}

static void config_takes_values(void **state)
{
	struct compress_config c;
	struct error err;

	(void)state;
	compress_config_init(&c);
	assert_int_equal(compress_config_set(&c, STR("max-items"), "50", &err), STATUS_OK);
	assert_int_equal(c.max_items, 50);
	assert_int_equal(compress_config_set(&c, STR("variance_threshold"), "2.5", &err), STATUS_OK);
	assert_true(c.sigma == 2.5);
	assert_int_equal(compress_config_set(&c, STR("Relevance-Threshold"), ".5", &err), STATUS_OK);
	assert_true(c.relevance_threshold == .5);
	assert_int_equal(compress_config_set(&c, STR("cache_aligner"), "ON", &err), STATUS_OK);
	assert_true(c.align);
	assert_int_equal(compress_config_set(&c, STR("docstring_mode"), "remove", &err), STATUS_OK);
	assert_int_equal(c.code_docstrings, DOCSTRING_REMOVE);
	assert_int_equal(compress_config_set(&c, STR("preserve_fields"), "a,b", &err), STATUS_OK);
	assert_string_equal(c.preserve_fields, "a,b");
}

static void config_refuses_what_it_does_not_take(void **state)
{
	static const char *const bad[][3] = {
		{ "max_items_after_crush", "0", "from 1" },
		{ "max_items_after_crush", "-3", "integer" },
		{ "max_items_after_crush", "ten", "integer" },
		{ "max_items_after_crush", "", "integer" },
		{ "accept_ratio", "1.5", "from 0 to 1" },
		{ "accept_ratio", "1x", "number" },
		{ "accept_ratio", "", "number" },
		{ "accept_ratio", "nan", "number" },
		{ "smart_crusher", "maybe", "true or false" },
		{ "default_mode", "fast", "optimize|audit" },
		{ "max_items_after_crush", "99999999999999999999", "integer" },
		{ "no_such_thing", "1", "no_such_thing" },
	};
	struct compress_config c, d;
	struct error err;

	(void)state;
	compress_config_init(&c);
	d = c;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(compress_config_set(&c, str_c(bad[i][0]), bad[i][1], &err), STATUS_USAGE);
		if (!str_has_c(str_c(err.message), bad[i][2]))
			fail_msg("%s", err.message);
		assert_memory_equal(&c, &d, sizeof(c));
	}
}

static void config_help_names_every_option(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX);
	compress_config_help(&out);
	for (const struct compress_option *o = compress_options; o->key; o++)
		assert_true(str_has_c(buf_str(&out), o->key) && str_has_c(buf_str(&out), o->help));
	buf_release(&out);
}

const struct CMUnitTest compress_config_tests[] = {
	cmocka_unit_test(config_starts_with_its_defaults),
	cmocka_unit_test(config_rows_are_sound),
	cmocka_unit_test(config_takes_values),
	cmocka_unit_test(config_refuses_what_it_does_not_take),
	cmocka_unit_test(config_help_names_every_option),
};
const size_t compress_config_tests_count = sizeof(compress_config_tests) / sizeof(*compress_config_tests);
