/*
 * Commands that failed where another form of the same command worked: one edit apart, and the error names what changed.
 */
#include "analyzers/analyzer.h"
#include "analyzers/classify.h"
#include "core/base/fs.h"

struct pair {
	const struct entry *e; /* the failure */
	const struct form *f, *g; /* failed, fixed */
	struct alignment al;
	struct arena *a;
};

static bool names_program(const struct entry *e, const struct form *f)
{
	return e->slot.n &&
	       (str_eq(e->slot, f->program) || str_eq(path_base(e->slot), path_base(f->program)));
}

/* "python -m pytest -q" is "pytest -q" to an environment that has it. */
static bool strip_module(const struct form *f, struct form *out)
{
	if (!form_is_python(f->program) || f->args_n < 2 || !str_eq_c(f->args[0], "-m"))
		return false;
	*out = *f;
	out->program = f->args[1];
	out->args_n -= 2;
	memmove(out->args, f->args + 2, out->args_n * sizeof(str));
	return true;
}

static bool environment_class(enum failure c)
{
	return c == FAIL_COMMAND_NOT_FOUND || c == FAIL_MODULE_MISSING || c == FAIL_WRONG_VERSION;
}

static bool judge_wrapper(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	if (!environment_class(p->e->class))
		return false;
	if (p->e->class == FAIL_COMMAND_NOT_FOUND && !names_program(p->e, f))
		return false;
	bool python = form_is_python(f->program) && form_is_python(g->program);
	*out = (struct evidence){ .kind = python ? KIND_RUNTIME : KIND_WRAPPER, .extra = g->dir };
	out->wrong = form_text(p->a, f, 0);
	out->right = form_text(p->a, g, 0);
	/* a module is missing only for what imports it; a program that is not there is missing for every use */
	out->wrong_key = p->e->class == FAIL_COMMAND_NOT_FOUND ? key_program(f->program) : key_exact(f);
	out->right_key = key_exact(g);
	return true;
}

/* "python3 -m pytest" -> "uv run pytest" */
static bool judge_module_wrapper(const struct pair *p, struct evidence *out)
{
	struct form plain;
	struct alignment al;
	if (!environment_class(p->e->class) || !strip_module(p->f, &plain) || form_is_python(p->g->program))
		return false;
	form_align(&plain, p->g, &al);
	unsigned core = al.edits & ~(unsigned)(EDIT_CWD | EDIT_SELECTOR);
	if (core != EDIT_WRAPPER &&
	    !(core == EDIT_PROGRAM && str_eq(path_base(plain.program), path_base(p->g->program))))
		return false;
	*out = (struct evidence){ .kind = KIND_WRAPPER, .extra = p->g->dir };
	out->wrong = form_text(p->a, p->f, 2);
	out->right = form_text(p->a, p->g, 0);
	if (core == EDIT_PROGRAM)
		out->kind = KIND_INTERPRETER;
	out->wrong_key = key_exact(p->f);
	out->right_key = key_exact(p->g);
	return true;
}

/* "jest --ci" -> "pnpm jest --ci", "yarn run jest --ci": the project's manager starts its tools */
static bool judge_managed_tool(const struct pair *p, struct evidence *out)
{
	static const char *const managers[] = { "pnpm", "yarn", "bun", "npm", "deno", "composer" };
	const struct form *f = p->f, *g = p->g;
	bool manager = false;
	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
		manager |= str_eq_c(g->program, managers[i]);
	if (!manager || p->e->class != FAIL_COMMAND_NOT_FOUND || !names_program(p->e, f) || f->wrapper.n ||
	    g->wrapper.n || !g->exact)
		return false;
	size_t at = g->args_n && (str_eq_c(g->args[0], "run") || str_eq_c(g->args[0], "exec")) ? 1 : 0;
	if (g->args_n != f->args_n + at + 1 || !str_eq(g->args[at], f->program) || !str_eq(f->dir, g->dir))
		return false;
	for (size_t i = 0; i < f->args_n; i++)
		if (!str_eq(f->args[i], g->args[at + 1 + i]))
			return false;
	*out = (struct evidence){ .kind = KIND_WRAPPER,
				  .wrong = f->program,
				  .right = form_text(p->a, g, at + 1),
				  .extra = g->dir };
	out->wrong_key = key_program(f->program);
	out->right_key = key_exact(g);
	return true;
}

/* "python tool.py" -> "uv run tool.py" */
static bool judge_script_wrapper(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	if (p->e->class != FAIL_MODULE_MISSING || !form_is_python(f->program) || f->wrapper.n ||
	    !g->wrapper.n || !f->args_n || !str_eq(f->args[0], g->program) || g->args_n + 1 != f->args_n ||
	    !g->exact || !str_eq(f->dir, g->dir))
		return false;
	for (size_t i = 0; i < g->args_n; i++)
		if (!str_eq(g->args[i], f->args[i + 1]))
			return false;
	*out = (struct evidence){
		.kind = KIND_RUNTIME, .wrong = f->program, .right = g->wrapper, .extra = g->dir
	};
	out->wrong_key = key_exact(f);
	out->right_key = key_exact(g);
	return true;
}

/* "pytest -q" -> ".venv/bin/python -m pytest -q" */
static bool judge_wrapper_module(const struct pair *p, struct evidence *out)
{
	struct form plain;
	struct alignment al;
	if (p->e->class != FAIL_COMMAND_NOT_FOUND || !names_program(p->e, p->f) || p->f->wrapper.n ||
	    !strip_module(p->g, &plain))
		return false;
	form_align(p->f, &plain, &al);
	if (al.edits & ~(unsigned)(EDIT_CWD | EDIT_SELECTOR | EDIT_WRAPPER))
		return false;
	*out = (struct evidence){ .kind = KIND_WRAPPER,
				  .wrong = p->f->program,
				  .right = form_text(p->a, p->g, 2),
				  .extra = p->g->dir };
	out->wrong_key = key_program(p->f->program);
	out->right_key = key_exact(p->g);
	return true;
}

static bool akin(str x, str y)
{
	str s = x.n < y.n ? x : y, l = x.n < y.n ? y : x;
	return s.n >= 3 && str_find(l, s) != STR_NONE;
}

/* The wrapper scripts that projects carry for a tool. */
static bool carried(str tool, str script)
{
	return (str_eq_c(tool, "gradle") && str_eq_c(script, "gradlew")) ||
	       (str_eq_c(tool, "mvn") && str_eq_c(script, "mvnw"));
}

static bool judge_program(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	str fb = path_base(f->program), gb = path_base(g->program);
	bool own = str_chr(g->program, '/') != STR_NONE; /* a file of the project */
	bool named = names_program(p->e, f);
	*out = (struct evidence){
		.kind = KIND_INTERPRETER, .wrong = f->program, .right = g->program, .extra = g->dir
	};
	out->right_key = key_exact(g);
	out->wrong_key = p->e->class == FAIL_COMMAND_NOT_FOUND ? key_program(f->program) : key_exact(f);
	if (form_is_python(fb) && form_is_python(gb))
		return environment_class(p->e->class) && (p->e->class != FAIL_COMMAND_NOT_FOUND || named);
	if (own && (str_eq(fb, gb) || carried(fb, gb)))
		return environment_class(p->e->class) && (p->e->class != FAIL_COMMAND_NOT_FOUND || named);
	if (form_manager_family(fb) && form_manager_family(fb) == form_manager_family(gb))
		return false; /* judge_manager */
	if (p->e->class == FAIL_COMMAND_NOT_FOUND && named && !own && akin(fb, gb)) {
		out->kind = KIND_RETRY; /* this machine's matter, not the project's */
		return true;
	}
	return false;
}

static bool runner_word(str w)
{
	return str_eq_c(w, "run") || str_eq_c(w, "run-script") || str_eq_c(w, "compose");
}

/* First word that says what is to be done: "npm run build" and "pnpm -r build" both say "build". */
static str verb_of(const struct form *f)
{
	static const char *const installs[] = { "ci", "i", "install", "clean-install", "add" };
	for (size_t i = 0; i < f->args_n; i++) {
		str w = f->args[i];
		if (w.n == 0 || w.p[0] == '-' || runner_word(w))
			continue;
		if (i && str_eq_c(f->args[i - 1], "--filter"))
			continue;
		for (size_t k = 0; k < sizeof(installs) / sizeof(installs[0]); k++)
			if (str_eq_c(w, installs[k]))
				return STR("install");
		if (str_eq_c(w, "t") || str_eq_c(w, "tst"))
			return STR("test");
		return w;
	}
	return STR("install"); /* bare "yarn" */
}

/* Another manager did what this one could not; whether the project uses it is for the lockfile to say. */
static bool judge_manager(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	str fb = path_base(f->program), gb = path_base(g->program);
	int family = form_manager_family(fb);
	if (!family || family != form_manager_family(gb) || str_eq(fb, gb) || form_is_python(fb) ||
	    f->wrapper.n || g->wrapper.n)
		return false;
	if (!f->exact || !g->exact || !str_eq(f->dir, g->dir))
		return false;
	enum failure c = p->e->class;
	if (c == FAIL_DEVELOPMENT || c == FAIL_TRANSIENT || c == FAIL_TIMEOUT ||
	    failure_types[c].group == GROUP_POLICY)
		return false;
	struct form inner = *g;
	bool uv_pip = str_eq_c(gb, "uv") && g->args_n > 1 && str_eq_c(g->args[0], "pip");
	if (uv_pip) {
		inner.args_n--;
		memmove(inner.args, g->args + 1, inner.args_n * sizeof(str));
	}
	if (!str_eq(verb_of(f), verb_of(&inner)))
		return false;
	*out = (struct evidence){
		.kind = KIND_MANAGER, .wrong = f->program, .right = g->program, .extra = g->dir
	};
	if (uv_pip)
		out->right = form_text(p->a, g, 1);
	if (family == 6) { /* docker-compose and docker compose */
		bool fc = str_ends_c(fb, "-compose"), gc = str_ends_c(gb, "-compose");
		if (fc == gc || c != FAIL_COMMAND_NOT_FOUND)
			return false;
		out->wrong = fc ? f->program : form_text(p->a, f, 1);
		out->right = gc ? g->program : form_text(p->a, g, 1);
	}
	bool own = str_chr(g->program, '/') != STR_NONE;
	if ((family == 4 || family == 5) && own)
		out->kind = KIND_INTERPRETER; /* ./gradlew */
	out->wrong_key = key_words(f, f->args_n ? 1 : 0);
	out->right_key = key_words(g, g->args_n ? 1 : 0);
	return true;
}

static bool judge_flag(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	/* a flag that was only left out teaches nothing to put in its place */
	if (p->e->class != FAIL_UNKNOWN_FLAG || !str_eq(p->e->slot, p->al.wrong) || !p->al.right.n)
		return false;
	size_t words = form_plain_words(f, 2);
	/* the words before the flag only: "golangci-lint run", not "black src" */
	size_t before = 0;
	while (before < f->args_n && !str_starts(f->args[before], p->al.wrong))
		before++;
	if (words > before)
		words = before;
	*out = (struct evidence){ .kind = KIND_FLAG };
	str tool = form_text(p->a, f, words), tool_g = form_text(p->a, g, words);
	out->about = tool;
	out->wrong = arena_printf(p->a, "%.*s %.*s", STR_ARG(tool), STR_ARG(p->al.wrong));
	out->right = arena_printf(p->a, "%.*s %.*s", STR_ARG(tool_g), STR_ARG(p->al.right));
	out->hinted = true;
	out->wrong_key = key_flag(f, p->al.wrong);
	out->right_key = key_flag(g, p->al.right);
	return true;
}

/* Longest run of letters two words share. */
static size_t shared_run(str x, str y)
{
	size_t best = 0;
	for (size_t i = 0; i < x.n; i++)
		for (size_t j = 0; j < y.n; j++) {
			size_t k = 0;
			while (i + k < x.n && j + k < y.n && x.p[i + k] == y.p[j + k])
				k++;
			best = k > best ? k : best;
		}
	return best;
}

/* What a script is for, by its name; 0 unknown. */
static int role_of(str word)
{
	static const struct {
		const char *part;
		int role;
	} rows[] = { { "test", 1 },	   { "spec", 1 },    { "unit", 1 },    { "e2e", 1 },
		     { "integration", 1 }, { "verify", 1 },  { "lint", 2 },    { "vet", 2 },
		     { "eslint", 2 },	   { "style", 2 },   { "fmt", 3 },     { "format", 3 },
		     { "prettier", 3 },	   { "build", 4 },   { "compile", 4 }, { "bundle", 4 },
		     { "dist", 4 },	   { "doc", 5 },     { "html", 5 },    { "deploy", 6 },
		     { "release", 6 },	   { "publish", 6 }, { "serve", 7 },   { "start", 7 },
		     { "dev", 7 },	   { "install", 8 }, { "setup", 8 },   { "type", 9 },
		     { "tsc", 9 } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_has_c(word, rows[i].part))
			return rows[i].role;
	return 0;
}

static bool judge_word(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	if (p->e->class != FAIL_UNKNOWN_TARGET || !str_eq(p->e->slot, p->al.wrong))
		return false;
	/* the next job is not the same job under another name */
	int wrong_role = role_of(p->al.wrong), right_role = role_of(p->al.right);
	bool named = p->e->hint.n && str_eq(p->e->hint, p->al.right);
	if (!named && wrong_role && right_role && wrong_role != right_role &&
	    shared_run(p->al.wrong, p->al.right) < 3)
		return false;
	size_t at = p->al.position, k = 0;
	while (k < g->args_n && !str_eq(g->args[k], p->al.right))
		k++;
	if (at != k || at > 3)
		return false;
	*out = (struct evidence){ .wrong = form_text(p->a, f, at + 1), .extra = f->dir };
	out->kind = finding_missing_word(out->wrong);
	out->right = form_text(p->a, g, at + 1);
	out->hinted = p->e->hint.n && str_eq(p->e->hint, p->al.right);
	out->wrong_key = key_words(f, at + 1);
	out->right_key = key_words(g, at + 1);
	return true;
}

static bool judge_cwd(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	enum failure c = p->e->class;
	bool fits = c == FAIL_COMMAND_NOT_FOUND || c == FAIL_UNKNOWN_TARGET || c == FAIL_WRONG_CWD ||
		    c == FAIL_PATH_MISSING || c == FAIL_MODULE_MISSING || c == FAIL_MISSING_ENV ||
		    c == FAIL_UNKNOWN;
	if (!fits || !f->dir.p || !g->dir.p || g->dir.n == 0)
		return false; /* back to the root is a slip of the shell, nothing about the project */
	static const char *const anywhere[] = { "git",	 "cp",	"mv",	 "rm",	 "touch", "mkdir", "ln",
						"chmod", "tar", "unzip", "open", "code",  "gh" };
	str base = path_base(g->program);
	bool general = program_is_viewer(base);
	for (size_t i = 0; i < sizeof(anywhere) / sizeof(anywhere[0]); i++)
		general |= str_eq_c(base, anywhere[i]);
	if (general)
		return false; /* shows or moves files wherever they are: a matter of the path */
	size_t words = form_plain_words(g, 3);
	str what = form_text(p->a, g, words);
	*out = (struct evidence){ .kind = KIND_CWD, .wrong = what, .about = g->dir, .extra = f->dir };
	out->right = arena_printf(p->a, "cd %.*s && %.*s", STR_ARG(g->dir), STR_ARG(what));
	out->wrong_key = key_words_in(f, words);
	out->right_key = key_words_in(g, words);
	return true;
}

/* Variables that make a program say more, or choose a port: no requirement of the project. */
static bool only_tells_more(str name)
{
	static const char *const list[] = { "DEBUG",
					    "VERBOSE",
					    "TRACE",
					    "RUST_BACKTRACE",
					    "RUST_LOG",
					    "LOG_LEVEL",
					    "LOGLEVEL",
					    "NODE_DEBUG",
					    "PYTHONFAULTHANDLER",
					    "PYTHONUNBUFFERED",
					    "PYTHONVERBOSE",
					    "PORT",
					    "CI",
					    "FORCE_COLOR",
					    "NO_COLOR",
					    "TERM",
					    "COLUMNS",
					    "V",
					    "Q",
					    "LC_ALL",
					    "LANG",
					    "TZ" };
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_eq_c(name, list[i]))
			return true;
	return false;
}

static bool judge_env(const struct pair *p, struct evidence *out)
{
	const struct form *f = p->f, *g = p->g;
	enum failure c = p->e->class;
	if (g->env_n != f->env_n + 1 ||
	    (c != FAIL_MISSING_ENV && c != FAIL_MODULE_MISSING && c != FAIL_UNKNOWN && c != FAIL_WRONG_CWD))
		return false;
	str added = { NULL, 0 };
	for (size_t i = 0; i < g->env_n; i++) {
		bool known = false;
		for (size_t k = 0; k < f->env_n; k++)
			known |= str_eq(f->env[k], g->env[i]);
		if (!known)
			added = g->env[i];
	}
	str name = str_sub(added, 0, str_chr(added, '='));
	if (only_tells_more(name))
		return false;
	if (c == FAIL_MISSING_ENV && !str_eq(name, p->e->slot))
		return false;
	size_t words = form_plain_words(g, 2);
	str what = form_text(p->a, f, words);
	*out = (struct evidence){
		.kind = KIND_ENV, .wrong = what, .about = added, .hinted = c == FAIL_MISSING_ENV
	};
	out->right = arena_printf(p->a, "%.*s %.*s", STR_ARG(added), STR_ARG(what));
	out->wrong_key = key_exact(f);
	out->right_key = key_exact(g);
	return true;
}

static bool judge(const struct pair *p, struct evidence *out)
{
	unsigned edits = p->al.edits;
	if (judge_manager(p, out) || judge_module_wrapper(p, out) || judge_managed_tool(p, out) ||
	    judge_script_wrapper(p, out) || judge_wrapper_module(p, out))
		return true;
	enum failure c = p->e->class;
	bool selectors = environment_class(c) || c == FAIL_WRONG_CWD;
	if ((edits & EDIT_OTHER) || ((edits & EDIT_SELECTOR) && !selectors))
		return false;
	unsigned core = edits & ~(unsigned)(EDIT_CWD | EDIT_SELECTOR);
	switch (core) {
	case 0:
		return (edits & EDIT_CWD) && judge_cwd(p, out);
	case EDIT_ENV:
		return judge_env(p, out);
	case EDIT_WRAPPER:
		return judge_wrapper(p, out);
	case EDIT_WRAPPER | EDIT_PROGRAM:
		return form_is_python(p->f->program) && form_is_python(p->g->program) &&
		       judge_wrapper(p, out);
	case EDIT_PROGRAM:
		return judge_program(p, out);
	case EDIT_FLAG:
		return judge_flag(p, out);
	case EDIT_WORD:
		return judge_word(p, out);
	default:
		return false;
	}
}

static bool may_teach(enum failure c)
{
	switch (failure_types[c].group) {
	case GROUP_ENVIRONMENT:
	case GROUP_USAGE:
	case GROUP_UNKNOWN:
		return true;
	case GROUP_PATH:
		return c == FAIL_PATH_MISSING;
	default:
		return false;
	}
}

/* The agent wrote the very module that was missing. */
static bool wrote_module(struct thread *t, size_t i, size_t j, str module)
{
	size_t dot = str_rchr(module, '.'), slash = str_rchr(module, '/');
	str last = dot != STR_NONE     ? str_from(module, dot + 1)
		   : slash != STR_NONE ? str_from(module, slash + 1)
				       : module;
	for (size_t k = i + 1; k < j; k++) {
		const struct step *s = &t->steps[k];
		if (!s->has_path || (s->e->tool != TOOL_WRITE && s->e->tool != TOOL_EDIT) || !step_worked(s))
			continue;
		str base = path_base(s->path), parent = path_base(path_dir(s->path));
		size_t end = str_rchr(base, '.');
		if (str_eq(end == STR_NONE ? base : str_sub(base, 0, end), last) || str_eq(parent, last))
			return true;
	}
	return false;
}

/* One of the other commands of the failed script: it stood there already and is no fix. */
static bool stood_beside(const struct form *failed, size_t n, const struct form *blamed,
			 const struct form *later)
{
	for (size_t i = 0; i < n; i++) {
		struct alignment al;
		if (&failed[i] == blamed)
			continue;
		form_align(&failed[i], later, &al);
		if (al.edits == EDIT_NONE)
			return true;
	}
	return false;
}

/* Looks for the fix from step j on: true with the evidence, its step in *at. */
static bool find_fix(struct thread *t, size_t i, size_t j, size_t end, const struct form *f,
		     struct evidence *out, const struct form **fixed, size_t *at)
{
	const struct entry *e = t->steps[i].e;
	size_t failed_n;
	const struct form *failed = step_forms(t, i, &failed_n);
	for (; j < end; j++) {
		if (!step_worked(&t->steps[j]) || (t->steps[j].e->flags & (ENTRY_REWRITTEN | ENTRY_MASKED)))
			continue;
		size_t n;
		const struct form *forms = step_forms(t, j, &n);
		for (size_t k = 0; k < n; k++) {
			struct pair p = { .e = e, .f = f, .g = &forms[k], .a = t->arena };
			if (forms[k].guarded || !forms[k].dir.p)
				continue;
			form_align(f, &forms[k], &p.al);
			if (p.al.edits == EDIT_NONE)
				return false; /* the same form worked: no lesson about the form */
			if (!stood_beside(failed, failed_n, f, &forms[k]) && judge(&p, out)) {
				*fixed = &forms[k];
				*at = j;
				return true;
			}
		}
	}
	return false;
}

static size_t likeness(const struct evidence *ev)
{
	size_t w = str_rchr(ev->wrong, ' '), r = str_rchr(ev->right, ' ');
	size_t run = shared_run(w == STR_NONE ? ev->wrong : str_from(ev->wrong, w + 1),
				r == STR_NONE ? ev->right : str_from(ev->right, r + 1));
	return ev->hinted ? SIZE_MAX : run < 3 ? 0 : run;
}

/* Two targets that both worked afterwards are equally good, unless one of them is named or looks like the wrong one. */
static bool is_ambiguous(struct thread *t, size_t i, size_t end, const struct form *f,
			 const struct evidence *ev, size_t at)
{
	if (ev->kind != KIND_TARGET && ev->kind != KIND_SUBCOMMAND)
		return false;
	struct evidence other;
	const struct form *fixed;
	while (find_fix(t, i, at + 1, end, f, &other, &fixed, &at))
		if (other.kind == ev->kind && !str_eq(other.right, ev->right) &&
		    likeness(&other) >= likeness(ev))
			return true;
	return false;
}

static void on_event(void *state, struct thread *t, size_t i)
{
	(void)state;
	const struct entry *e = t->steps[i].e;
	if (!step_is_shell(&t->steps[i]) || !may_teach(e->class) || (e->flags & ENTRY_REWRITTEN))
		return;
	const struct form *f = step_blamed(t, i), *fixed;
	if (!f || !f->exact || !f->dir.p || (f->guarded && !(e->flags & ENTRY_MASKED)))
		return;
	struct evidence ev;
	size_t end = thread_horizon(t, i), at;
	if (!find_fix(t, i, i + 1, end, f, &ev, &fixed, &at) || is_ambiguous(t, i, end, f, &ev, at))
		return;
	/* a program that was installed in between, a file that was written: the state changed, not the form */
	unsigned changes = thread_changes(t, i, at, NULL);
	if (changes & (CHANGE_INSTALL | CHANGE_GENERATE | CHANGE_MOVE))
		return;
	if ((changes & CHANGE_EDIT) && (e->class == FAIL_UNKNOWN ||
					(e->class == FAIL_MODULE_MISSING && wrote_module(t, i, at, e->slot))))
		return; /* may as well have been the edit */
	ev.failed_form = f;
	ev.fixed_form = fixed;
	study_add(t, &ev, i, at);
}

const struct analyzer commands_analyzer = {
	.name = "commands",
	.about = "commands that work in another form: launcher, manager, interpreter, folder, variable, "
		 "flag, target",
	.event = on_event,
};
