/*
 * fuzz_config: any bytes as a configuration file.  What is accepted gives the same rows when it is written again, a
 * dotted key a line, and keeps within its limits; what is refused says where.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/config.h"
#include "core/base/opt.h"
#include "core/base/vec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_message(enum status status, const struct error *err)
{
	unsigned line;
	char space;

	require(status == STATUS_USAGE && err->code == STATUS_USAGE);
	require(sscanf(err->message, "f:%u:%c", &line, &space) == 2 && line > 0 && space == ' ');
}

static void write_text(struct buf *out, str s)
{
	buf_add_ch(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		require(c != '\0');
		if (c < ' ' || c == 0x7f || c == '"' || c == '\\')
			buf_printf(out, "\\u%04x", c);
		else
			buf_add_ch(out, s.p[i]);
	}
	buf_add_ch(out, '"');
	require(s.p[s.n] == '\0');
}

/* Control characters stand in quoted parts only. */
static void write_key(struct buf *out, str key)
{
	require(key.n <= CONFIG_MAX_KEY);
	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];

		if (c < ' ' || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else
			buf_add_ch(out, key.p[i]);
	}
}

static void write_row(struct buf *out, const struct config_row *row)
{
	require(str_starts(row->key, row->table) && row->table.n < row->key.n);
	write_key(out, row->key);
	buf_add_c(out, " = ");
	switch (row->type) {
	case CONFIG_TEXT:
		write_text(out, row->text);
		break;
	case CONFIG_INT:
		buf_printf(out, "%lld", (long long)row->integer);
		break;
	case CONFIG_FLOAT:
		buf_printf(out, "%.17e", row->real);
		break;
	case CONFIG_BOOL:
		buf_add_c(out, row->truth ? "true" : "false");
		break;
	default:
		require(row->type == CONFIG_LIST);
		buf_add_ch(out, '[');
		for (size_t i = 0; i < row->items_n; i++) {
			write_text(out, row->items[i]);
			buf_add_ch(out, ',');
		}
		buf_add_ch(out, ']');
	}
	buf_add_ch(out, '\n');
}

static void check_same(const struct config_row *a, const struct config_row *b)
{
	require(str_eq(a->key, b->key) && str_eq(a->table, b->table) && a->type == b->type);
	require(str_eq(a->text, b->text) && a->integer == b->integer && a->truth == b->truth);
	require(memcmp(&a->real, &b->real, sizeof(a->real)) == 0 && a->items_n == b->items_n);
	for (size_t i = 0; i < a->items_n; i++)
		require(str_eq(a->items[i], b->items[i]));
}

struct values {
	bool local;
	const char *dir;
	struct vec names;
	long jobs;
	int color;
};

static void check_apply(struct config *c)
{
	static const struct opt options[] = {
		{ "local", 0, OPT_FLAG, offsetof(struct values, local), NULL, "", 0, 0 },
		{ "claude-dir", 0, OPT_TEXT, offsetof(struct values, dir), "PATH", "", 0, 0 },
		{ "agent", 0, OPT_LIST, offsetof(struct values, names), "NAME", "", 0, 0 },
		{ "jobs", 0, OPT_INT, offsetof(struct values, jobs), "N", "", 1, 256 },
		{ "color", 0, OPT_CHOICE, offsetof(struct values, color), "auto|always|never", "", 0, 0 },
		{ 0 },
	};
	static const struct config_setting settings[] = {
		{ "local", NULL, false }, { "claude-dir", NULL, true }, { "agent", NULL, false },
		{ "jobs", NULL, false },  { "color", NULL, false },	{ 0 },
	};
	static const char *const tables[] = { "learn", NULL };
	struct values v = { .jobs = 1 };
	struct error err = { 0 };
	enum status status = config_apply(c, &(struct config_target){ "learn", options, settings, &v }, &err);

	if (status != STATUS_OK)
		check_message(status, &err);
	require(v.jobs >= 1 && v.jobs <= 256 && v.color >= 0 && v.color <= 2);
	require(!v.dir || strlen(v.dir) < SIZE_MAX);
	vec_release(&v.names);
	status = config_check_tables(c, tables, &err);
	if (status != STATUS_OK)
		check_message(status, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config c = { 0 }, again = { 0 };
	struct error err = { 0 };
	struct arena a;
	struct buf out;
	enum status status;

	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	status = config_parse(&a, (str){ (const char *)data, size }, "f", &c, &err);
	if (status == STATUS_OK) {
		for (size_t i = 0; i < c.rows_n; i++)
			write_row(&out, &c.rows[i]);
		require(config_parse(&a, buf_str(&out), "f", &again, &err) == STATUS_OK);
		require(again.rows_n == c.rows_n);
		for (size_t i = 0; i < c.rows_n; i++)
			check_same(&c.rows[i], &again.rows[i]);
		check_apply(&c);
	} else {
		check_message(status, &err);
	}
	buf_release(&out);
	arena_release(&a);
	return 0;
}
