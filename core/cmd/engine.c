#include "core/cmd/engine.h"

#include <errno.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "core/cmd/command.h"
#include "core/json/jput.h"

enum {
	CHUNK = 64 << 10
};

/* ---- configuration ---- */

/* A value of the file as it would be written behind --set KEY=. */
static const char *row_value(struct arena *a, const struct config_row *row)
{
	struct buf list;
	const char *value;

	switch (row->type) {
	case CONFIG_INT:
		return arena_printf(a, "%lld", (long long)row->integer).p;
	case CONFIG_FLOAT:
		return arena_printf(a, "%.15g", row->real).p;
	case CONFIG_BOOL:
		return row->truth ? "true" : "false";
	case CONFIG_LIST:
		buf_init(&list, CONFIG_MAX_BYTES);
		for (size_t i = 0; i < row->items_n; i++)
			buf_printf(&list, "%s%.*s", i ? "," : "", STR_ARG(row->items[i]));
		value = arena_c(a, buf_str(&list));
		buf_release(&list);
		return value;
	default:
		return arena_c(a, row->text);
	}
}

static enum status set_from_file(struct arena *a, const struct config *file, struct compress_config *c,
				 struct error *err)
{
	struct error why;

	for (size_t i = 0; i < file->rows_n; i++) {
		const struct config_row *row = &file->rows[i];

		if (!str_eq_c(row->table, ENGINE_TABLE))
			continue;
		if (compress_config_set(c, str_from(row->key, row->table.n + 1), row_value(a, row), &why) !=
		    STATUS_OK)
			return error_set(err, STATUS_USAGE, "%s:%u: %s", file->path, row->line, why.message);
	}
	return STATUS_OK;
}

/* "max_items" -> HEADROOM_MAX_ITEMS, which is what an alias "headroom_..." is already */
static const char *variable_of(struct arena *a, str name)
{
	str full = str_starts_c(name, "headroom_") ? arena_str(a, name)
						   : arena_printf(a, "headroom_%.*s", STR_ARG(name));
	char *upper = arena_c(a, full);

	for (char *p = upper; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return upper;
}

static enum status set_from_variable(struct arena *a, struct compress_config *c,
				     const struct compress_option *o, str name, struct error *err)
{
	const char *variable = variable_of(a, name), *value = env_get(variable);
	struct error why;

	if (!value || compress_config_set(c, str_c(o->key), value, &why) == STATUS_OK)
		return STATUS_OK;
	return error_set(err, STATUS_USAGE, "%s: %s", variable, why.message);
}

static enum status set_from_environment(struct arena *a, struct compress_config *c, struct error *err)
{
	for (const struct compress_option *o = compress_options; o->key; o++) {
		str aliases = str_c(o->aliases), alias;
		enum status status = STATUS_OK;

		while (status == STATUS_OK && str_split(&aliases, ',', &alias))
			status = set_from_variable(a, c, o, alias, err);
		if (status == STATUS_OK)
			status = set_from_variable(a, c, o, str_c(o->key), err);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status configure(struct arena *a, const struct config *file, const struct vec *sets,
			     struct compress_config *out, struct error *err)
{
	enum status status;

	compress_config_init(out);
	status = set_from_file(a, file, out, err);
	if (status == STATUS_OK)
		status = set_from_environment(a, out, err);
	for (size_t i = 0; i < sets->n && status == STATUS_OK; i++) {
		const char *set = *(const char **)vec_at(sets, i), *equals = strchr(set, '=');
		struct error why;

		if (!equals)
			return error_set(err, STATUS_USAGE,
					 "--set %s: write KEY=VALUE; --set help lists the keys", set);
		status = compress_config_set(out, (str){ set, (size_t)(equals - set) }, equals + 1, &why);
		if (status != STATUS_OK)
			error_set(err, status, "--set %s: %s", set, why.message);
	}
	return status;
}

enum status engine_config(struct arena *a, const struct vec *sets, struct compress_config *out,
			  struct error *err)
{
	return configure(a, config_given(), sets, out, err);
}

enum status engine_config_of(struct arena *a, const char *path, const struct vec *sets,
			     struct compress_config *out, struct error *err)
{
	struct config file = { .arena = a };
	enum status status = config_load(a, path, &file, err);

	return status == STATUS_OK ? configure(a, &file, sets, out, err) : status;
}

bool engine_wants_help(const struct vec *sets)
{
	for (size_t i = 0; i < sets->n; i++)
		if (strcmp(*(const char **)vec_at(sets, i), "help") == 0)
			return true;
	return false;
}

/* ---- prices ---- */

static enum status add_prices(struct price_user *user, const char *path, const char *text, const char *origin,
			      struct error *err)
{
	enum status status = STATUS_OK;
	struct error why;
	struct buf json;

	buf_init(&json, CONFIG_MAX_BYTES);
	if (path)
		status = fs_read_file(path, &json, err);
	else
		buf_add_c(&json, text);
	if (status == STATUS_OK && price_user_add(user, buf_str(&json), origin, &why) != STATUS_OK)
		tell("headroom: left out: %s\n", why.message);
	buf_release(&json);
	return status;
}

enum status engine_prices(struct arena *a, struct price_user **out, struct error *err)
{
	const char *path = path_join(a, env_headroom_home(a), STR("models.json")).p;
	const char *limits = env_get("HEADROOM_MODEL_LIMITS");
	enum status status = STATUS_OK;

	*out = price_user_new();
	if (fs_exists(path))
		status = add_prices(*out, path, NULL, path, err);
	if (status == STATUS_OK && limits)
		status = add_prices(*out, *limits != '{' ? limits : NULL, limits, "HEADROOM_MODEL_LIMITS", err);
	return status;
}

/* ---- input ---- */

static enum status read_stdin(struct buf *out, struct error *err)
{
	for (;;) {
		char *room = buf_room(out, CHUNK);
		ssize_t n;

		if (!room)
			return error_set(err, STATUS_LIMIT, "standard input: larger than %zu bytes",
					 out->max);
		n = read(STDIN_FILENO, room, CHUNK);
		buf_commit(out, n > 0 ? (size_t)n : 0);
		if (n == 0)
			return STATUS_OK;
		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "standard input");
	}
}

enum status engine_read(const char *path, struct buf *out, struct error *err)
{
	bool from_stdin = !path || strcmp(path, "-") == 0;
	enum status status;

	if (from_stdin && env_is_tty(STDIN_FILENO))
		tell("headroom: reading standard input\n");
	status = from_stdin ? read_stdin(out, err) : fs_read_file(path, out, err);
	if (status == STATUS_OK && str_trim(buf_str(out)).n == 0)
		return error_set(err, STATUS_NOT_FOUND, "%s: empty", from_stdin ? "standard input" : path);
	return status;
}

/* ---- output ---- */

static void put_strings(struct jput *j, const char *key, const struct vec *list)
{
	jput_key(j, key);
	jput_array(j);
	for (size_t i = 0; i < list->n; i++)
		jput_str(j, *(const str *)vec_at(list, i));
	jput_end(j);
}

void engine_put_figures(struct jput *j, const struct pipeline_result *r)
{
	size_t saved = r->tokens_before > r->tokens_after ? r->tokens_before - r->tokens_after : 0;
	double before = r->tokens_before ? (double)r->tokens_before : 1;

	jput_kint(j, "tokens_before", (int64_t)r->tokens_before);
	jput_kint(j, "tokens_after", (int64_t)r->tokens_after);
	jput_kint(j, "tokens_saved", (int64_t)saved);
	jput_kreal(j, "compression_ratio", (double)r->tokens_after / before, 4);
	jput_kreal(j, "savings_percent", 100 * (double)saved / before, 2);
	jput_kstr(j, "token_source", str_c(token_source_names[r->source]));
	put_strings(j, "transforms_applied", &r->labels);
	jput_key(j, "ccr_hashes");
	jput_array(j);
	for (size_t i = 0; i < r->hashes.n; i++)
		jput_str(j, str_c(((const struct pipeline_hash *)vec_at(&r->hashes, i))->hex));
	jput_end(j);
	if (r->stable_prefix_hash[0]) {
		jput_kstr(j, "stable_prefix_hash", str_c(r->stable_prefix_hash));
		jput_kint(j, "cache_alignment_score", r->cache_alignment_score);
	}
	put_strings(j, "warnings", &r->warnings);
	jput_key(j, "reason");
	if (r->reason)
		jput_str(j, str_c(r->reason));
	else
		jput_null(j);
}
