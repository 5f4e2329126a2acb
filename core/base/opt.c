#include "core/base/opt.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/base/vec.h"

/* The names of all options fit into an error message or are not worth reading. */
#define MAX_ACCEPTED 400

static const struct opt *find_name(const struct opt *table, str name)
{
	for (; table->name; table++)
		if (str_eq_c(name, table->name))
			return table;
	return NULL;
}

static const struct opt *find_letter(const struct opt *table, char letter)
{
	for (; table->name; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static bool ends_options(const char *word)
{
	return strcmp(word, "--") == 0;
}

/* The row of an option, and the value that is part of its word or NULL. */
static const struct opt *find_row(const struct opt *table, const char *word, const char **value)
{
	const char *equals;

	*value = NULL;
	if (word[1] != '-') {
		if (word[2])
			*value = word + 2;
		return find_letter(table, word[1]);
	}
	word += 2;
	equals = strchr(word, '=');
	if (!equals)
		return find_name(table, str_c(word));
	*value = equals + 1;
	return find_name(table, (str){ word, (size_t)(equals - word) });
}

static bool needs_value(const struct opt *row)
{
	return row->type != OPT_FLAG && row->type != OPT_OPTIONAL;
}

static const char *command_name(char **argv)
{
	return path_base(str_c(argv[0])).p; /* the end of a C string is one too */
}

static enum status raise_unknown(struct error *err, char **argv, const char *word, const struct opt *own,
				 const struct opt *common)
{
	const struct opt *tables[] = { own, common };
	str option = str_c(word);
	struct buf accepted;

	if (word[1] == '-')
		option = str_sub(option, 0, str_chr(option, '='));
	else
		option = str_sub(option, 0, 2);
	buf_init(&accepted, MAX_ACCEPTED);
	for (size_t i = 0; i < 2; i++)
		for (const struct opt *row = tables[i]; row && row->name; row++)
			buf_printf(&accepted, "%s--%s", accepted.n ? ", " : "", row->name);
	error_set(err, STATUS_USAGE, "%s has no option %.*s; it has %s%s", command_name(argv),
		  STR_ARG(option), accepted.n ? buf_c(&accepted) : "none", accepted.full ? ", ..." : "");
	buf_release(&accepted);
	return STATUS_USAGE;
}

static enum status parse_int(const struct opt *row, const char *value, long *out, struct error *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	/* strtol would skip white space in front. */
	if (errno || end == value || *end || !strchr("+-0123456789", *value) || n < row->min || n > row->max)
		return error_set(err, STATUS_USAGE, "--%s takes a number from %ld to %ld, not '%s'",
				 row->name, row->min, row->max, value);
	*out = n;
	return STATUS_OK;
}

static enum status parse_choice(const struct opt *row, const char *value, int *out, struct error *err)
{
	str rest = str_c(row->arg), choice;

	for (int i = 0; str_split(&rest, '|', &choice); i++) {
		if (str_eq_c(choice, value)) {
			*out = i;
			return STATUS_OK;
		}
	}
	return error_set(err, STATUS_USAGE, "--%s takes one of %s, not '%s'", row->name, row->arg, value);
}

static void append(struct vec *words, const char *word)
{
	if (words->size == 0)
		vec_init(words, sizeof(word));
	assert(words->size == sizeof(word));
	*(const char **)vec_push(words) = word;
}

/* Checks a value and, unless values is NULL, stores it. */
static enum status store(const struct opt *row, const char *value, void *values, struct error *err)
{
	void *field = values ? (char *)values + row->offset : NULL;
	enum status status = STATUS_OK;
	int choice = 0;
	long n = 0;

	if (row->type == OPT_INT)
		status = parse_int(row, value, &n, err);
	else if (row->type == OPT_CHOICE)
		status = parse_choice(row, value, &choice, err);
	if (status != STATUS_OK || !field)
		return status;
	switch (row->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		break;
	case OPT_TEXT:
	case OPT_OPTIONAL:
		*(const char **)field = value;
		break;
	case OPT_LIST:
		append(field, value);
		break;
	case OPT_INT:
		*(long *)field = n;
		break;
	case OPT_CHOICE:
		*(int *)field = choice;
		break;
	}
	return STATUS_OK;
}

/* An option of this row at argv[*i], whose word holds `value` or NULL; moves *i to the last word it used. */
static enum status parse_row(const struct opt *row, const char *value, void *values, char **argv, int *i,
			     struct error *err)
{
	if (row->type == OPT_FLAG && value)
		return error_set(err, STATUS_USAGE, "--%s takes no value, but got '%s'", row->name, value);
	if (!value && needs_value(row)) {
		value = argv[*i + 1];
		if (!value)
			return error_set(err, STATUS_USAGE, "--%s needs a value: %s", row->name, row->arg);
		++*i;
	}
	return store(row, value ? value : "", values, err);
}

static enum status parse_words(const struct opt *table, void *values, char **argv, struct vec *operands,
			       struct error *err)
{
	bool options = true;

	for (int i = 1; argv[i]; i++) {
		const struct opt *row;
		const char *value;
		enum status status;

		if (options && ends_options(argv[i])) {
			options = false;
		} else if (options && is_option(argv[i])) {
			row = find_row(table, argv[i], &value);
			if (!row)
				return raise_unknown(err, argv, argv[i], table, NULL);
			status = parse_row(row, value, values, argv, &i, err);
			if (status != STATUS_OK)
				return status;
		} else if (!operands) {
			return error_set(err, STATUS_USAGE, "%s takes options only, but got '%s'",
					 command_name(argv), argv[i]);
		} else if (values) {
			append(operands, argv[i]);
		}
	}
	return STATUS_OK;
}

/* Both entries go over the words twice, so that nothing changes unless all is well. */

enum status opt_parse(const struct opt *table, void *values, int argc, char **argv, struct vec *operands,
		      struct error *err)
{
	enum status status;

	assert(argc > 0 && !argv[argc]);
	status = parse_words(table, NULL, argv, operands, err);
	return status == STATUS_OK ? parse_words(table, values, argv, operands, err) : status;
}

/* With values, closes the gaps as it goes and sets *argc; without, only checks. */
static enum status take_words(const struct opt *common, void *values, const struct opt *own, int *argc,
			      char **argv, struct error *err)
{
	bool options = true;
	int kept = 1;

	for (int i = 1; argv[i]; i++) {
		const struct opt *row;
		const char *value;
		int words = 1;

		if (ends_options(argv[i]))
			options = false;
		if (options && is_option(argv[i])) {
			row = find_row(common, argv[i], &value);
			if (row) {
				enum status status = parse_row(row, value, values, argv, &i, err);

				if (status != STATUS_OK)
					return status;
				continue;
			}
			row = find_row(own, argv[i], &value);
			if (!row)
				return raise_unknown(err, argv, argv[i], own, common);
			if (needs_value(row) && !value && argv[i + 1])
				words = 2;
		}
		if (values) {
			memmove(argv + kept, argv + i, (size_t)words * sizeof(*argv));
			kept += words;
		}
		i += words - 1;
	}
	if (values) {
		argv[kept] = NULL;
		*argc = kept;
	}
	return STATUS_OK;
}

enum status opt_take(const struct opt *common, void *values, const struct opt *own, int *argc, char **argv,
		     struct error *err)
{
	enum status status;

	assert(*argc > 0 && !argv[*argc]);
	status = take_words(common, NULL, own, argc, argv, err);
	return status == STATUS_OK ? take_words(common, values, own, argc, argv, err) : status;
}
