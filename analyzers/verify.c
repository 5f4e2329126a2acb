/*
 * Verification by inspection: each statement is held against the project as it is now.  Nothing is ever run.
 */
#include "analyzers/candidate.h"
#include "analyzers/match.h"
#include "core/base/fs.h"

#define LARGE_BYTES (256 * 1024)
#define LARGE_TOKENS 25000
#define BYTES_PER_TOKEN 3.1 /* of the files agents refuse to read whole */

/* The three answers; each check ends with one of them, true when the statement is proven. */
static bool unverified(struct candidate *c, str note)
{
	if (c->reason == REASON_NONE) {
		c->reason = REASON_UNVERIFIED;
		c->note = note;
	}
	return false;
}

static bool proven(struct candidate *c, enum proof proof, str detail)
{
	c->f.proof = proof;
	if (detail.n)
		c->proof_detail = detail;
	return true;
}

/* No inspection can tell: at most volatile, and never in the shared file. */
static bool unprovable(struct candidate *c)
{
	c->f.proof = PROOF_NONE;
	c->volatile_ = true;
	c->f.target = TARGET_MEMORY;
	return false;
}

/* A line that came without evidence: what git says of it. */
static void prove_adopted_path(struct tree *tree, struct candidate *c)
{
	str now;
	c->f.proof = tree_tracked(tree, c->f.right) ? PROOF_TRACKED : PROOF_STAT;
	if (tree_has_git(tree) && tree_history(tree, c->f.wrong, &now, NULL) == HISTORY_RENAMED &&
	    str_eq(now, c->f.right))
		c->f.proof = PROOF_GIT_RENAME;
}

static bool verify_path(struct tree *tree, struct candidate *c)
{
	if (c->f.kind == KIND_PATH_MOVED ? !tree_is_gone(tree, c->f.wrong) : tree_exists(tree, c->f.wrong))
		return unverified(c, STR("it exists"));
	if (tree_has_git(tree) && tree_ignored(tree, c->f.wrong))
		return unverified(c, STR("it is ignored by git, so it may come and go"));
	if (str_starts_c(path_base(c->f.wrong), ".env"))
		return unverified(c, STR("every machine has its own"));
	switch (c->f.kind) {
	case KIND_PATH_MOVED:
	case KIND_PATH_NAME:
		if (!tree_exists(tree, c->f.right))
			return unverified(c, STR("the right side is gone"));
		if (tree_has_git(tree) && !tree_tracked(tree, c->f.right) && tree_ignored(tree, c->f.right))
			return unverified(c, STR("the right side is ignored by git"));
		if (c->f.proof == PROOF_NONE)
			prove_adopted_path(tree, c);
		break;
	default:
		if (c->ambiguous)
			return unverified(c, STR("a file of that name exists elsewhere"));
		break;
	}
	return true; /* gather found the proof */
}

static bool verify_large(struct tree *tree, struct candidate *c)
{
	int64_t size = tree_size(tree, c->f.wrong);
	if (size < 0)
		return unverified(c, STR("it is no file any more"));
	if (size <= LARGE_BYTES && (double)size / BYTES_PER_TOKEN <= LARGE_TOKENS)
		return unverified(c, STR("it is small enough now"));
	if (tree_has_git(tree) && tree_ignored(tree, c->f.wrong) && !tree_tracked(tree, c->f.wrong))
		c->f.target = TARGET_MEMORY;
	return proven(c, PROOF_STAT, STR(""));
}

static bool verify_search(struct tree *tree, struct candidate *c)
{
	if (!tree_is_dir(tree, c->f.wrong) || !tree_is_dir(tree, c->f.right))
		return unverified(c, STR("a folder is gone"));
	bool tracked = !tree_has_git(tree) || str_eq_c(c->f.right, ".") || tree_tracked(tree, c->f.right);
	if (!tracked)
		return unverified(c, STR("the folder is not tracked"));
	return proven(c, tree_has_git(tree) ? PROOF_TRACKED : PROOF_STAT, STR(""));
}

/* A relative path with a folder in it that is an executable file of the project. */
static bool own_executable(struct tree *tree, str program)
{
	str path = program;
	if (str_starts_c(path, "./"))
		path = str_from(path, 2);
	return path.n && path.p[0] != '/' && (str_chr(program, '/') != STR_NONE) &&
	       tree_is_executable(tree, path);
}

static bool starts_with_any(str command, const char *const *list)
{
	for (; *list; list++)
		if (str_starts_c(command, *list))
			return true;
	return false;
}

static bool verify_launcher(struct tree *tree, struct candidate *c)
{
	/* these fetch what they run from a registry: the project must name the program itself */
	static const char *const fetch[] = { "uvx ",	  "pnpm dlx ", "yarn dlx ",
					     "pipx run ", "npm exec ", "uv tool run ",
					     "npx ",	  "bunx ",     NULL };
	static const char *const fetch_missing[] = { "npx ", "bunx ", NULL }; /* only what is not installed */
	str tool = match_first_word(c->f.right);
	if (starts_with_any(c->f.right, fetch)) {
		bool unasked = str_has_c(c->f.right, " -y") || str_has_c(c->f.right, " --yes");
		bool named = tree_names_tool(tree, c->where, match_last_word(c->f.right));
		if (unasked || (!named && !starts_with_any(c->f.right, fetch_missing)))
			return unverified(c, STR("it fetches a program that the project does not name"));
		if (!named)
			return unprovable(c);
	}
	if (str_chr(tool, '/') != STR_NONE) {
		if (own_executable(tree, tool))
			return proven(c, PROOF_STAT, STR(""));
		return unverified(c, STR("it is no executable of the project"));
	}
	str file = tree_evidence_of_tool(tree, c->where, tool);
	if (file.n)
		return proven(c, PROOF_LOCKFILE, file);
	return unprovable(c);
}

static bool verify_manager(struct tree *tree, struct candidate *c)
{
	str right = tree_evidence_of_tool(tree, c->where, match_first_word(c->f.right));
	str wrong = tree_evidence_of_tool(tree, c->where, match_first_word(c->f.wrong));
	bool absent = false; /* the wrong one is not even installed */
	for (size_t i = 0; i < c->evidence.n; i++)
		absent |=
			(*(const struct evidence **)vec_at(&c->evidence, i))->class == FAIL_COMMAND_NOT_FOUND;
	if (right.n && (!wrong.n || str_eq(right, wrong)))
		return proven(c, PROOF_LOCKFILE, right);
	if (wrong.n && !absent)
		return unverified(c, STR("a lockfile of the other one exists"));
	if (absent)
		return unprovable(c);
	return unverified(c, STR("no lockfile tells which one the project uses"));
}

/* The file of the project that a command runs: "./x.sh", "python3 tools/x.py"; "" for other commands. */
static str script_of(str command)
{
	str rest = command, program, next;
	if (!str_split(&rest, ' ', &program))
		return STR("");
	if (str_starts_c(program, "./"))
		return str_from(program, 2);
	if (str_chr(program, '/') != STR_NONE && program.p[0] != '/')
		return program;
	if (rest.p && str_split(&rest, ' ', &next) && next.n && next.p[0] != '-' && form_is_selector(next))
		return str_starts_c(next, "./") ? str_from(next, 2) : next;
	return STR("");
}

static bool verify_cwd(struct tree *tree, struct candidate *c)
{
	str dir = c->f.about, program = match_first_word(c->f.wrong), target = match_last_word(c->f.wrong);
	if (!tree_is_dir(tree, dir))
		return unverified(c, STR("the folder is gone"));
	str script = script_of(c->f.wrong);
	if (script.n) {
		struct arena a;
		arena_init(&a);
		bool in_dir = tree_is_file(tree, path_join(&a, dir, script));
		bool in_where = tree_is_file(tree, c->where.n ? path_join(&a, c->where, script) : script);
		arena_release(&a);
		if (in_dir && !in_where)
			return proven(c, PROOF_STAT, STR(""));
		return unverified(c, STR("the script is not in that folder alone"));
	}
	/* behind a launcher or "run" the runner is the first word all the same */
	int there = str_eq(program, target) ? -1 : tree_has_target(tree, dir, program, target);
	int here = str_eq(program, target) ? -1 : tree_has_target(tree, c->where, program, target);
	if (there == 1 && here != 1)
		return proven(c, PROOF_MANIFEST, STR(""));
	if (here == 1)
		return unverified(c, STR("the target exists in both folders"));
	/* "go test", "cargo build": no target of a manifest, the manifest itself decides */
	there = tree_has_manifest(tree, dir, program);
	here = tree_has_manifest(tree, c->where, program);
	if (there == 1 && here == 0)
		return proven(c, PROOF_MANIFEST, STR(""));
	if (there == 0 || here == 1)
		return unverified(c, STR("the manifests do not tell the folders apart"));
	return unprovable(c);
}

static bool verify_env(struct tree *tree, struct candidate *c)
{
	size_t eq = str_chr(c->f.about, '=');
	str name = str_sub(c->f.about, 0, eq), value = str_from(c->f.about, eq + 1);
	if (str_eq_c(value, ".") || (value.n && value.p[0] != '/' && tree_exists(tree, value)))
		return proven(c, PROOF_STAT, STR(""));
	if (tree_mentions_variable(tree, name))
		return proven(c, PROOF_MANIFEST, STR(""));
	return unprovable(c);
}

static bool verify_word(struct tree *tree, struct candidate *c)
{
	str runner = match_first_word(c->f.wrong);
	int right = tree_has_target(tree, c->where, runner, match_last_word(c->f.right));
	int wrong = tree_has_target(tree, c->where, runner, match_last_word(c->f.wrong));
	if (wrong == 1)
		return unverified(c, STR("the target exists"));
	if (right == 1)
		return proven(c, PROOF_MANIFEST, STR(""));
	if (right == 0)
		return unverified(c, STR("the manifest does not have the right side"));
	if (c->hinted)
		return proven(c, PROOF_HINT, STR(""));
	return unprovable(c);
}

static bool verify_pre_step(struct tree *tree, struct candidate *c)
{
	str runner = match_first_word(c->f.right), word = match_last_word(c->f.right);
	if (tree_has_target(tree, c->where, runner, word) == 1)
		return proven(c, PROOF_MANIFEST, STR(""));
	str file = tree_evidence_of_tool(tree, c->where, runner);
	if (file.n)
		return proven(c, PROOF_LOCKFILE, file);
	if (own_executable(tree, runner))
		return proven(c, PROOF_STAT, STR(""));
	return unverified(c, STR("nothing in the project shows the step"));
}

void verify(struct study *s, struct tree *tree, struct candidate *c)
{
	if (!s->project->exists)
		unverified(c, STR("the project folder does not exist"));
	if (c->reason != REASON_NONE)
		return;
	switch (c->f.kind) {
	case KIND_PATH_MOVED:
	case KIND_PATH_NAME:
	case KIND_PATH_REMOVED:
	case KIND_MISSING_PATH:
		verify_path(tree, c);
		break;
	case KIND_LARGE_FILE:
		verify_large(tree, c);
		break;
	case KIND_SEARCH_SCOPE:
		verify_search(tree, c);
		break;
	case KIND_RUNTIME:
	case KIND_WRAPPER:
	case KIND_INTERPRETER:
		verify_launcher(tree, c);
		break;
	case KIND_MANAGER:
		verify_manager(tree, c);
		break;
	case KIND_CWD:
		verify_cwd(tree, c);
		break;
	case KIND_ENV:
		verify_env(tree, c);
		break;
	case KIND_FLAG:
		proven(c, PROOF_HINT, STR(""));
		break;
	case KIND_SUBCOMMAND:
	case KIND_TARGET:
		verify_word(tree, c);
		break;
	case KIND_PRE_STEP:
		verify_pre_step(tree, c);
		break;
	case KIND_TIMEOUT:
	case KIND_PERMISSION:
	case KIND_RETRY:
	case KIND_COUNT:
		unprovable(c);
		break;
	}
}
