#include "core/cmd/simulate_config.h"

#include "core/base/fs.h"
#include "core/cmd/command.h"
#include "core/cmd/engine.h"

#define CONFIGS_MAX 64 /* at once: each is a run of its own */

static bool is_taken(const struct simulate_run *run, str name)
{
	for (size_t i = 0; i < run->configs.n; i++)
		if (str_eq(((const struct sim_config *)vec_at(&run->configs, i))->name, name))
			return true;
	return str_eq_c(name, AS_IT_RAN);
}

static struct sim_config *add_config(struct simulate_run *run, const struct compress_config *from, str name)
{
	struct sim_config *c = vec_push(&run->configs);

	*c = (struct sim_config){ arena_str(&run->arena, name), *from };
	return c;
}

/* What people try first when they want more, or less. */
static const struct preset {
	const char *name;
	const char *sets[6]; /* KEY=VALUE, NULL at the end */
} presets[] = {
	{ "careful", { "max_items_after_crush=50", "text=false" } },
	{ "all-tools", { "exclude_tools=" } },
	{ "hard",
	  { "max_items_after_crush=5", "exclude_tools=", "protect_recent_code=0",
	    "protect_analysis_context=false", "min_tokens_to_crush=100" } },
};

static enum status set_one(struct compress_config *c, const char *set, struct error *err)
{
	const char *equals = strchr(set, '=');

	return compress_config_set(c, (str){ set, (size_t)(equals - set) }, equals + 1, err);
}

static enum status add_presets(struct simulate_run *run, const struct compress_config *base,
			       struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < sizeof(presets) / sizeof(*presets) && status == STATUS_OK; i++) {
		struct sim_config *c = add_config(run, base, str_c(presets[i].name));

		for (size_t k = 0; presets[i].sets[k] && status == STATUS_OK; k++)
			status = set_one(&c->config, presets[i].sets[k], err);
	}
	return status;
}

static enum status add_limits(struct simulate_run *run, const char *limits,
			      const struct compress_config *base, struct error *err)
{
	str rest = str_c(limits), word;
	enum status status = STATUS_OK;
	struct error why;

	while (status == STATUS_OK && str_split(&rest, ',', &word)) {
		struct sim_config *c;

		if (run->configs.n >= CONFIGS_MAX)
			return error_set(err, STATUS_USAGE, "--max-items: more than %d configurations",
					 CONFIGS_MAX);
		word = str_trim(word);
		c = add_config(run, base, arena_printf(&run->arena, "max-items=%.*s", STR_ARG(word)));
		status = compress_config_set(&c->config, STR("max_items_after_crush"),
					     arena_c(&run->arena, word), &why);
		if (status != STATUS_OK)
			error_set(err, status, "--max-items: %s", why.message);
	}
	return status;
}

/* "fast" for "/x/fast.toml", unless there is one of that name. */
static str name_of(const struct simulate_run *run, const char *path)
{
	str base = path_base(str_c(path));
	size_t dot = str_rchr(base, '.');
	str stem = dot == STR_NONE || dot == 0 ? base : str_sub(base, 0, dot);

	return is_taken(run, stem) ? str_c(path) : stem;
}

enum status simulate_configs(struct simulate_run *run, const struct simulate_choice *choice,
			     struct error *err)
{
	const struct vec *files = &common_given()->configs;
	struct compress_config base;
	enum status status = engine_config(&run->arena, choice->sets, &base, err);

	if (status == STATUS_OK && files->n > CONFIGS_MAX)
		status = error_set(err, STATUS_USAGE, "--config: more than %d configurations", CONFIGS_MAX);
	for (size_t i = 0; i < files->n && files->n > 1 && status == STATUS_OK; i++) {
		const char *path = *(const char **)vec_at(files, i);
		struct compress_config own;

		status = engine_config_of(&run->arena, path, choice->sets, &own, err);
		if (status == STATUS_OK)
			add_config(run, &own, name_of(run, path));
	}
	if (status == STATUS_OK && files->n <= 1)
		add_config(run, &base,
			   files->n	     ? name_of(run, *(const char **)vec_at(files, 0))
			   : choice->sets->n ? STR("set")
					     : STR("default"));
	if (status == STATUS_OK && choice->compare)
		status = add_presets(run, &base, err);
	if (status == STATUS_OK && choice->max_items)
		status = add_limits(run, choice->max_items, &base, err);
	return status;
}
