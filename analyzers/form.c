#include "analyzers/form.h"

#include "analyzers/classify.h"
#include "core/base/fs.h"

/* ---- launchers --------------------------------------------------------------------------------------------------- */

/* Words that start another program.  `keep`: part of the fact ("uv run"); otherwise silently peeled ("time", "nice"). */
struct launcher {
	const char *words; /* "uv run" */
	bool keep;
	const char *valued; /* flags of its own that take a value, space-separated */
	unsigned
		skip; /* positionals of its own before the program (timeout's limit, compose exec's service) */
};

/* clang-format off */
static const struct launcher launchers[] = {
	{ "uv run",                true,  "--with --python -p --extra --group --package --project --directory --env-file", 0 },
	{ "uvx",                   true,  "--from --with --python -p", 0 },
	{ "poetry run",            true,  "", 0 },
	{ "pipenv run",            true,  "", 0 },
	{ "pdm run",               true,  "-p", 0 },
	{ "hatch run",             true,  "", 0 },
	{ "rye run",               true,  "", 0 },
	{ "pixi run",              true,  "-e --environment", 0 },
	{ "conda run",             true,  "-n --name -p --prefix", 0 },
	{ "bundle exec",           true,  "", 0 },
	{ "npx",                   true,  "-p --package -c", 0 },
	{ "bunx",                  true,  "", 0 },
	{ "pnpm exec",             true,  "--filter -C", 0 },
	{ "pnpm dlx",              true,  "", 0 },
	{ "yarn exec",             true,  "", 0 },
	{ "yarn dlx",              true,  "", 0 },
	{ "npm exec",              true,  "", 0 },
	{ "docker compose exec",   true,  "-e -u --user -w --workdir --index", 1 },
	{ "docker compose run",    true,  "-e -u --user -w --workdir --name", 1 },
	{ "docker-compose exec",   true,  "-e -u --user -w --workdir --index", 1 },
	{ "docker-compose run",    true,  "-e -u --user -w --workdir --name", 1 },
	{ "mise exec",             true,  "", 0 },
	{ "mise x",                true,  "", 0 },
	{ "nix develop -c",        true,  "", 0 },
	{ "nix develop --command", true,  "", 0 },
	{ "direnv exec .",         true,  "", 0 },
	{ "dotenv",                true,  "-f -e", 0 },
	{ "dotenvx run --",        true,  "", 0 },
	{ "doppler run --",        true,  "", 0 },
	{ "rtk",                   false, "", 0 },
	{ "timeout",               false, "-s --signal -k --kill-after", 1 },
	{ "gtimeout",              false, "-s --signal -k --kill-after", 1 },
	{ "time",                  false, "", 0 },
	{ "nice",                  false, "-n", 0 },
	{ "nohup",                 false, "", 0 },
	{ "stdbuf",                false, "-o -i -e", 0 },
	{ "env",                   false, "-u --unset", 0 },
	{ "exec",                  false, "", 0 },
	{ "command",               false, "", 0 },
	{ "builtin",               false, "", 0 },
};
/* clang-format on */

static bool listed(const char *list, str word)
{
	str rest = str_c(list), piece;
	while (str_split(&rest, ' ', &piece))
		if (piece.n && str_eq(piece, word))
			return true;
	return false;
}

static size_t launcher_words(const struct launcher *l, const struct shell_word *words, size_t n)
{
	if (words[0].text.n == 0 || words[0].text.p[0] != l->words[0])
		return 0; /* most programs are no launchers */
	str rest = str_c(l->words), piece;
	size_t k = 0;
	while (str_split(&rest, ' ', &piece)) {
		if (k >= n || !str_eq(words[k].text, piece))
			return 0;
		k++;
	}
	return k;
}

/* Words at `words` that belong to a launcher, 0 if none begins here or nothing would be left to run. */
static size_t peel_launcher(const struct shell_word *words, size_t n, const struct launcher **which)
{
	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
		const struct launcher *l = &launchers[i];
		size_t k = launcher_words(l, words, n);
		if (!k)
			continue;
		for (unsigned skip = l->skip; k < n;) {
			str w = words[k].text;
			if (w.n > 1 && w.p[0] == '-') {
				bool end = str_eq_c(w, "--");
				k += listed(l->valued, w) ? 2 : 1;
				if (end)
					break;
			} else if (skip) {
				skip--;
				k++;
			} else {
				break;
			}
		}
		if (k >= n)
			return 0;
		*which = l;
		return k;
	}
	return 0;
}

/* "python -m pytest" stays as it is; "FOO=1" behind env is an assignment. */
static bool assignment(str w)
{
	size_t eq = str_chr(w, '=');
	if (eq == STR_NONE || eq == 0)
		return false;
	for (size_t i = 0; i < eq; i++)
		if (!((w.p[i] >= 'A' && w.p[i] <= 'Z') || (w.p[i] >= 'a' && w.p[i] <= 'z') || w.p[i] == '_' ||
		      (i && w.p[i] >= '0' && w.p[i] <= '9')))
			return false;
	return true;
}

static void add_env(struct form *f, const struct shell_word *w)
{
	if (f->env_n < sizeof(f->env) / sizeof(f->env[0]))
		f->env[f->env_n++] = w->text;
	else
		f->exact = false;
	if (w->dynamic)
		f->exact = false;
}

static bool make_form(struct arena *a, const struct shell_command *c, struct form *f)
{
	struct buf wrapper;
	size_t i = 0;
	f->exact = true;
	for (size_t k = 0; k < c->assigns_n; k++)
		add_env(f, &c->assigns[k]);
	buf_init(&wrapper, 512);
	for (;;) {
		const struct launcher *l = NULL;
		while (i < c->n && assignment(c->words[i].text))
			add_env(f, &c->words[i++]);
		size_t k = i < c->n ? peel_launcher(c->words + i, c->n - i, &l) : 0;
		if (!k)
			break;
		for (size_t w = i; l->keep && w < i + k; w++) {
			buf_add_c(&wrapper, wrapper.n ? " " : "");
			buf_add(&wrapper, c->words[w].text);
			f->exact &= !c->words[w].dynamic;
		}
		i += k;
	}
	if (i >= c->n) {
		buf_release(&wrapper);
		return false;
	}
	f->wrapper = arena_str(a, buf_str(&wrapper));
	buf_release(&wrapper);
	f->program = c->words[i].text;
	f->exact &= !c->words[i].dynamic;
	for (i++; i < c->n; i++) {
		if (f->args_n == FORM_ARGS) {
			f->exact = false;
			break;
		}
		f->args[f->args_n++] = c->words[i].text;
		f->exact &= !c->words[i].dynamic;
	}
	return true;
}

/* Folder switches that are flags of the program itself: "make -C web x" is "cd web && make x". */
static str dir_flag(struct form *f)
{
	static const struct {
		const char *program, *flag;
	} rows[] = { { "make", "-C" },
		     { "make", "--directory" },
		     { "git", "-C" },
		     { "npm", "--prefix" },
		     { "npm", "-C" },
		     { "pnpm", "-C" },
		     { "pnpm", "--dir" },
		     { "yarn", "--cwd" },
		     { "uv", "--directory" },
		     { "poetry", "-C" },
		     { "just", "--working-directory" },
		     { "go", "-C" },
		     { "terraform", "-chdir" },
		     { "cargo", "-C" } };
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
		for (size_t i = 0; str_eq_c(f->program, rows[r].program) && i < f->args_n && i < 4; i++) {
			str flag = str_c(rows[r].flag), arg = f->args[i], dir = { NULL, 0 };
			size_t used = 0;
			if (str_eq(arg, flag) && i + 1 < f->args_n) {
				dir = f->args[i + 1];
				used = 2;
			} else if (str_starts(arg, flag) && arg.n > flag.n + 1 && arg.p[flag.n] == '=') {
				dir = str_from(arg, flag.n + 1);
				used = 1;
			}
			if (!used)
				continue;
			memmove(&f->args[i], &f->args[i + used], (f->args_n - i - used) * sizeof(str));
			f->args_n -= used;
			return dir;
		}
	return (str){ NULL, 0 };
}

#define SHELL_DEPTH 8 /* nested groups whose folder is followed */

/* An absolute path inside the project is the same as the relative one. */
static str relative(struct arena *a, const struct project *p, str dir, str word)
{
	str rel, below;
	if (word.n < 2 || word.p[0] != '/' || !project_owns(p, path_normal(a, word), &rel) || !rel.n)
		return word;
	if (!dir.n)
		return rel;
	return path_below(rel, dir, &below) && below.n ? below : word;
}

size_t form_list(struct arena *a, const struct project *p, str cwd, const struct shell_script *script,
		 struct form *out, size_t max)
{
	size_t n = 0;
	str dirs[SHELL_DEPTH],
		exported[6]; /* dirs: by depth of ( ) groups, which keep their cd to themselves */
	unsigned depth = 0;
	size_t exported_n = 0;
	bool moved = false;
	dirs[0] = cwd;
	for (size_t i = 0; i < script->n && n < max; i++) {
		const struct shell_command *c = &script->commands[i];
		str program = command_program(c);
		unsigned to = c->depth < SHELL_DEPTH ? c->depth : SHELL_DEPTH - 1;
		while (depth < to) {
			dirs[depth + 1] = dirs[depth];
			depth++;
		}
		depth = to;
		str dir = dirs[depth];
		if (str_eq_c(program, "cd") || str_eq_c(program, "pushd")) {
			size_t k = 1;
			while (k < c->n && c->words[k].text.n && c->words[k].text.p[0] == '-')
				k++;
			bool known = k < c->n && !c->words[k].dynamic && c->depth < SHELL_DEPTH && dir.p;
			dirs[depth] = known ? path_normal(a, path_join(a, dir, c->words[k].text))
					    : (str){ NULL, 0 };
			moved = true;
			continue;
		}
		if (str_eq_c(program, "export")) {
			for (size_t k = 1; k < c->n && exported_n < 6; k++)
				if (assignment(c->words[k].text) && !c->words[k].dynamic)
					exported[exported_n++] = c->words[k].text;
			continue;
		}
		struct form *f = &out[n];
		memset(f, 0, sizeof(*f));
		for (size_t k = 0; k < exported_n; k++)
			f->env[f->env_n++] = exported[k];
		if (!make_form(a, c, f))
			continue;
		f->segment = (int)i;
		f->cd_inside = moved;
		f->guarded = c->conditional || c->join == JOIN_OR || c->negated;
		f->piped = i + 1 < script->n && script->commands[i + 1].join == JOIN_PIPE;
		str sub = dir_flag(f), here = dir, rel;
		if (sub.p && here.p) {
			here = path_normal(a, path_join(a, here, sub));
			f->cd_inside = true;
		}
		f->dir = (str){ NULL, 0 };
		if (here.p && project_owns(p, project_portable(a, here), &rel))
			f->dir = rel.p ? rel : STR("");
		if (f->dir.p) {
			f->program = relative(a, p, f->dir, f->program);
			for (size_t k = 0; k < f->args_n; k++)
				f->args[k] = relative(a, p, f->dir, f->args[k]);
		}
		n++;
	}
	return n;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

bool form_is_python(str program)
{
	str base = path_base(program);
	if (!str_starts_c(base, "python") && !str_eq_c(base, "py"))
		return false;
	for (size_t i = 6; i < base.n; i++)
		if (base.p[i] != '.' && (base.p[i] < '0' || base.p[i] > '9'))
			return false;
	return true;
}

int form_manager_family(str program)
{
	static const struct {
		const char *name;
		int family;
	} rows[] = { { "npm", 1 },
		     { "pnpm", 1 },
		     { "yarn", 1 },
		     { "bun", 1 },
		     { "pip", 2 },
		     { "pip3", 2 },
		     { "uv", 2 },
		     { "poetry", 2 },
		     { "pdm", 2 },
		     { "pipenv", 2 },
		     { "make", 3 },
		     { "gmake", 3 },
		     { "just", 3 },
		     { "task", 3 },
		     { "gradle", 4 },
		     { "gradlew", 4 },
		     { "mvn", 5 },
		     { "mvnw", 5 },
		     { "docker-compose", 6 },
		     { "docker", 6 },
		     { "podman-compose", 6 },
		     { "podman", 6 },
		     { "node", 7 },
		     { "deno", 7 },
		     { "tsx", 7 },
		     { "ts-node", 7 } };
	str base = path_base(program);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_eq_c(base, rows[i].name))
			return rows[i].family;
	return form_is_python(program) ? 8 : 0;
}

bool form_is_selector(str arg)
{
	if (arg.n == 0 || arg.p[0] == '-')
		return false;
	return str_chr(arg, '/') != STR_NONE || str_chr(arg, '*') != STR_NONE ||
	       str_find(arg, STR("::")) != STR_NONE ||
	       (str_chr(arg, '.') != STR_NONE && path_ext(arg).n > 0 && path_ext(arg).n <= 4);
}

/* Sums do not depend on the order, in which arguments and settings may stand as they like. */
uint64_t form_hash(const struct form *f)
{
	uint64_t h = hash_mix(str_hash(f->dir), str_hash(f->wrapper)), sum = 0;
	for (size_t i = 0; i < f->args_n; i++)
		sum += hash_mix(str_hash(f->args[i]), 1);
	for (size_t i = 0; i < f->env_n; i++)
		sum += hash_mix(str_hash(f->env[i]), 1);
	return hash_mix(hash_mix(h, str_hash(f->program)), sum);
}

static void form_show(struct buf *out, const struct form *f, size_t args)
{
	if (f->wrapper.n) {
		buf_add(out, f->wrapper);
		buf_add_ch(out, ' ');
	}
	buf_add(out, f->program);
	for (size_t i = 0; i < f->args_n && i < args; i++) {
		buf_add_ch(out, ' ');
		buf_add(out, f->args[i]);
	}
}

str form_request(struct arena *a, const struct form *f, unsigned depth)
{
	struct buf b;
	buf_init(&b, 1024);
	form_show(&b, f, 0);
	unsigned words = 0;
	for (size_t i = 0; i < f->args_n && words + 1 < (depth == 3 ? 5u : depth); i++) {
		if (f->args[i].n == 0 || f->args[i].p[0] == '-')
			continue;
		buf_add_ch(&b, ' ');
		buf_add(&b, f->args[i]);
		words++;
	}
	str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

str form_text(struct arena *a, const struct form *f, size_t args)
{
	struct buf b;
	buf_init(&b, 4096);
	form_show(&b, f, args);
	str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* Programs that run what they are given: alone they say nothing. */
static bool interprets(str program)
{
	static const char *const list[] = {
		"node", "deno", "bun", "tsx",  "ts-node", "bash", "sh",	 "zsh",
		"ruby", "perl", "php", "java", "Rscript", "pwsh", "lua", "julia"
	};
	str base = path_base(program);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_eq_c(base, list[i]))
			return true;
	return form_is_python(program);
}

size_t form_plain_words(const struct form *f, size_t most)
{
	size_t n = 0;
	/* "python manage.py migrate", "python -m pytest": the script is part of the command */
	if (f->args_n && interprets(f->program)) {
		if (f->args_n > 1 && str_eq_c(f->args[0], "-m"))
			n = 2;
		else if (f->args[0].n && f->args[0].p[0] != '-')
			n = 1;
		most += n;
	}
	while (n < f->args_n && n < most && f->args[n].n && f->args[n].p[0] != '-' &&
	       !form_is_selector(f->args[n]))
		n++;
	return n;
}
