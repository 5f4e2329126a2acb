#include "core/base/config.h"

#include <assert.h>
#include <limits.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/base/opt.h"
#include "core/base/vec.h"

#define MAX_ACCEPTED 300 /* bytes of a list of names in a message */
#define MAX_SHOWN 80 /* bytes of a value there */

static const char *const type_names[] = {
	[CONFIG_TEXT] = "text",	     [CONFIG_INT] = "an integer", [CONFIG_FLOAT] = "a float",
	[CONFIG_BOOL] = "a boolean", [CONFIG_LIST] = "an array",
};
static_assert(sizeof(type_names) / sizeof(*type_names) == CONFIG_TYPE_COUNT, "a name for each type");

enum status config_load(struct arena *a, const char *path, struct config *out, struct error *err)
{
	struct buf text;
	enum status status;

	buf_init(&text, CONFIG_MAX_BYTES);
	status = fs_read_file(path, &text, err);
	if (status == STATUS_OK)
		status = config_parse(a, buf_str(&text), path, out, err);
	else if (err)
		err->code = STATUS_USAGE;
	buf_release(&text);
	return status == STATUS_OK ? STATUS_OK : STATUS_USAGE;
}

/* ---- names ---- */

static char folded(char c)
{
	return c == '_' ? '-' : c;
}

static bool same_name(str a, const char *b)
{
	size_t i = 0;

	while (i < a.n && b[i] && folded(a.p[i]) == folded(b[i]))
		i++;
	return i == a.n && !b[i];
}

/* The row is in the table or below it, and *name is its key from there; the top has nothing below it, as each other
 * table there is somebody's own. */
static bool belongs(const struct config_row *row, str table, str *name)
{
	bool below = table.n && row->table.n > table.n && str_starts(row->table, table) &&
		     row->table.p[table.n] == '.';

	if (!below && !str_eq(row->table, table))
		return false;
	*name = str_from(row->key, table.n ? table.n + 1 : 0);
	return true;
}

const struct config_row *config_find(const struct config *c, const char *table, const char *name)
{
	for (size_t i = 0; i < c->rows_n; i++) {
		str own;

		if (belongs(&c->rows[i], str_c(table), &own) && same_name(own, name))
			return &c->rows[i];
	}
	return NULL;
}

static void add_name(struct buf *list, const char *name)
{
	buf_printf(list, "%s%s", list->n ? ", " : "", name);
}

enum status config_check_tables(const struct config *c, const char *const *names, struct error *err)
{
	for (size_t i = 0; i < c->tables_n; i++) {
		const struct config_table *t = &c->tables[i];
		struct buf known;
		size_t k = 0;

		while (names[k] && !str_eq_c(t->name, names[k]))
			k++;
		if (names[k])
			continue;
		buf_init(&known, MAX_ACCEPTED);
		for (k = 0; names[k]; k++)
			add_name(&known, names[k]);
		error_set(err, STATUS_USAGE, "%s:%u: [%.*s] is no table here; accepted: %s", c->path, t->line,
			  STR_ARG(t->name), buf_c(&known));
		buf_release(&known);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* ---- settings ---- */

static const struct config_setting *find_setting(const struct config_setting *settings, str name)
{
	for (; settings->name; settings++)
		if (same_name(name, settings->name))
			return settings;
	return NULL;
}

static const struct opt *find_option(const struct opt *options, str name)
{
	for (; options->name; options++)
		if (same_name(name, options->name))
			return options;
	return NULL;
}

static enum status raise_unknown(const struct config *c, const struct config_row *row,
				 const struct config_target *target, bool is_option, struct error *err)
{
	struct buf known;

	buf_init(&known, MAX_ACCEPTED);
	for (const struct config_setting *s = target->settings; s->name; s++)
		add_name(&known, s->name);
	error_set(err, STATUS_USAGE, "%s:%u: %.*s %s; accepted: %s", c->path, row->line, STR_ARG(row->key),
		  is_option ? "is for the command line only" : "is no setting", buf_c(&known));
	buf_release(&known);
	return STATUS_USAGE;
}

/* The value of a row as the file might say it. */
static void add_value(struct buf *out, const struct config_row *row)
{
	switch (row->type) {
	case CONFIG_TEXT:
		buf_printf(out, "'%.*s'", STR_ARG(str_sub(row->text, 0, MAX_SHOWN)));
		break;
	case CONFIG_INT:
		buf_printf(out, "%lld", (long long)row->integer);
		break;
	case CONFIG_FLOAT:
		buf_printf(out, "%g", row->real);
		break;
	case CONFIG_BOOL:
		buf_add_c(out, row->truth ? "true" : "false");
		break;
	case CONFIG_LIST:
	case CONFIG_TYPE_COUNT:
		buf_add_c(out, "[...]");
		break;
	}
}

static bool in_range(const struct config_row *row, const struct opt *o)
{
	return row->integer >= o->min && row->integer <= o->max;
}

static int choice_of(str value, const char *choices)
{
	str rest = str_c(choices), choice;

	for (int i = 0; str_split(&rest, '|', &choice); i++)
		if (str_eq(choice, value))
			return i;
	return -1;
}

static bool fits(const struct config_row *row, const struct opt *o)
{
	switch (o->type) {
	case OPT_FLAG:
		return row->type == CONFIG_BOOL;
	case OPT_TEXT:
	case OPT_OPTIONAL:
		return row->type == CONFIG_TEXT;
	case OPT_LIST:
		return row->type == CONFIG_LIST || row->type == CONFIG_TEXT;
	case OPT_INT:
		return row->type == CONFIG_INT && in_range(row, o);
	case OPT_CHOICE:
		return row->type == CONFIG_TEXT && choice_of(row->text, o->arg) >= 0;
	}
	return false;
}

/* What else an option takes than what it got. */
static void add_accepted(struct buf *out, const struct opt *o)
{
	switch (o->type) {
	case OPT_FLAG:
		buf_add_c(out, "true, false");
		break;
	case OPT_TEXT:
	case OPT_OPTIONAL:
		buf_add_c(out, "\"text\"");
		break;
	case OPT_LIST:
		buf_add_c(out, "[\"text\", ...]");
		break;
	case OPT_INT:
		buf_printf(out, "%ld..%ld", o->min, o->max);
		break;
	case OPT_CHOICE:
		buf_add_c(out, o->arg);
		break;
	}
}

static enum status raise_misfit(const struct config *c, const struct config_row *row, const struct opt *o,
				struct error *err)
{
	struct buf value, wanted;

	assert((unsigned)row->type < CONFIG_TYPE_COUNT);
	buf_init(&value, MAX_ACCEPTED);
	buf_init(&wanted, MAX_ACCEPTED);
	add_value(&value, row);
	add_accepted(&wanted, o);
	if (o->type == OPT_INT && row->type == CONFIG_INT)
		buf_add_c(&value, " is not within ");
	else if (o->type == OPT_CHOICE && row->type == CONFIG_TEXT)
		buf_add_c(&value, " is not one of ");
	else
		buf_printf(&value, " is %s; accepted: ", type_names[row->type]);
	error_set(err, STATUS_USAGE, "%s:%u: %.*s: %s%s", c->path, row->line, STR_ARG(row->key),
		  buf_c(&value), buf_c(&wanted));
	buf_release(&wanted);
	buf_release(&value);
	return STATUS_USAGE;
}

static enum status check_row(const struct config *c, const struct config_row *row, str name,
			     const struct config_target *target, struct error *err)
{
	const struct opt *o = find_option(target->options, name);
	const struct config_row *first;

	if (!o || !find_setting(target->settings, name))
		return raise_unknown(c, row, target, o != NULL, err);
	first = config_find(c, target->table, o->name); /* for the parser, a-b and a_b are two keys */
	if (first != row)
		return error_set(err, STATUS_USAGE, "%s:%u: %.*s is there already, at line %u", c->path,
				 row->line, STR_ARG(row->key), first->line);
	return fits(row, o) ? STATUS_OK : raise_misfit(c, row, o, err);
}

static str place_path(const struct config *c, str path)
{
	if (str_eq_c(path, "~") || str_starts_c(path, "~/"))
		return path_join(c->arena, str_c(env_home()), str_from(path, 2));
	return path.n ? path_join(c->arena, path_dir(str_c(c->path)), path) : path;
}

static void append(struct vec *words, const char *word)
{
	if (words->size == 0)
		vec_init(words, sizeof(word));
	assert(words->size == sizeof(word));
	*(const char **)vec_push(words) = word;
}

static void store_row(const struct config_row *row, const struct opt *o, void *values)
{
	void *field = (char *)values + o->offset;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = row->truth;
		break;
	case OPT_TEXT:
	case OPT_OPTIONAL:
		*(const char **)field = row->text.p;
		break;
	case OPT_LIST:
		if (row->type == CONFIG_TEXT)
			append(field, row->text.p);
		for (size_t i = 0; i < row->items_n; i++)
			append(field, row->items[i].p);
		break;
	case OPT_INT:
		*(long *)field = (long)row->integer;
		break;
	case OPT_CHOICE:
		*(int *)field = choice_of(row->text, o->arg);
		break;
	}
}

enum status config_apply(struct config *c, const struct config_target *target, struct error *err)
{
	str table = str_c(target->table), name;

	for (size_t i = 0; i < c->rows_n; i++) {
		enum status status = STATUS_OK;

		if (belongs(&c->rows[i], table, &name))
			status = check_row(c, &c->rows[i], name, target, err);
		if (status != STATUS_OK)
			return status;
	}
	for (size_t i = 0; i < c->rows_n; i++) {
		struct config_row *row = &c->rows[i];
		const struct config_setting *setting;

		if (!belongs(row, table, &name))
			continue;
		setting = find_setting(target->settings, name);
		if (setting->variable && env_get(setting->variable))
			continue;
		if (setting->path && row->type == CONFIG_TEXT)
			row->text = place_path(c, row->text);
		store_row(row, find_option(target->options, name), target->values);
	}
	return STATUS_OK;
}
