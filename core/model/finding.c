/*
 * finding: the table of kinds and the two directions of their fixed phrases.
 */
#include "core/model/finding.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/buf.h"

#define TEXT_MAX 4096u /* of one bullet; slots are far shorter */

/* clang-format off */
const struct finding_type finding_types[KIND_COUNT] = {
	[KIND_PATH_MOVED] = { "path_moved", SECTION_PATHS, TARGET_CONTEXT, false,
		"`%W` is now `%R`." },
	[KIND_PATH_NAME] = { "path_name", SECTION_PATHS, TARGET_CONTEXT, false,
		"Use `%R`; there is no `%W`." },
	[KIND_PATH_REMOVED] = { "path_removed", SECTION_MISSING, TARGET_MEMORY, false,
		"`%W` was removed; do not look for it." },
	[KIND_MISSING_PATH] = { "missing_path", SECTION_MISSING, TARGET_MEMORY, false,
		"`%W` does not exist." },
	[KIND_LARGE_FILE] = { "large_file", SECTION_LARGE, TARGET_CONTEXT, false,
		"`%W` is too large to read whole: use offset/limit or search." },
	[KIND_SEARCH_SCOPE] = { "search_scope", SECTION_SEARCH, TARGET_CONTEXT, false,
		"Search for this code in `%R/`, not `%W/`." },
	[KIND_RUNTIME] = { "runtime", SECTION_ENVIRONMENT, TARGET_CONTEXT, true,
		"Run Python as `%R`; plain `%W` lacks this project's packages." },
	[KIND_WRAPPER] = { "wrapper", SECTION_ENVIRONMENT, TARGET_CONTEXT, true,
		"Run `%W` as `%R`." },
	[KIND_MANAGER] = { "manager", SECTION_ENVIRONMENT, TARGET_CONTEXT, true,
		"Use `%R`, not `%W`." },
	[KIND_INTERPRETER] = { "interpreter", SECTION_ENVIRONMENT, TARGET_CONTEXT, true,
		"Use the project's `%R`, not `%W`." },
	[KIND_CWD] = { "cwd", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"Run `%W` from `%C/`." },
	[KIND_ENV] = { "env", SECTION_ENVIRONMENT, TARGET_CONTEXT, true,
		"Set `%S` for `%W`." },
	[KIND_FLAG] = { "flag", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"`%C` takes `%r`; `%w` is not accepted.|Quote `%W` in the shell." },
	[KIND_SUBCOMMAND] = { "subcommand", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"Use `%R`; `%W` does not exist." },
	[KIND_TARGET] = { "target", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"Use `%R`; `%W` does not exist." },
	[KIND_PRE_STEP] = { "pre_step", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"Before `%W`, run `%R`." },
	[KIND_TIMEOUT] = { "timeout", SECTION_COMMANDS, TARGET_CONTEXT, true,
		"`%W` runs longer than the default limit: raise it or run in background." },
	[KIND_PERMISSION] = { "permission", SECTION_PERMISSION, TARGET_MEMORY, true,
		"Ask before `%W`; it was declined." },
	[KIND_RETRY] = { "retry", SECTION_RETRY, TARGET_MEMORY, true,
		"`%W` fails the same way each time; `%R` works." },
};

const char *const section_names[SECTION_COUNT] = {
	[SECTION_ENVIRONMENT] = "Environment",
	[SECTION_PATHS] = "File Path Corrections",
	[SECTION_SEARCH] = "Search Scope",
	[SECTION_COMMANDS] = "Command Patterns",
	[SECTION_LARGE] = "Known Large Files",
	[SECTION_MISSING] = "Known Missing Paths",
	[SECTION_RETRY] = "Retry Prevention",
	[SECTION_PERMISSION] = "Permission Notes",
};

const char *const target_names[TARGET_COUNT] = {
	[TARGET_CONTEXT] = "context",
	[TARGET_MEMORY] = "memory",
};

const char *const proof_names[PROOF_COUNT] = {
	[PROOF_NONE] = "none",
	[PROOF_GIT_RENAME] = "git_rename",
	[PROOF_TRACKED] = "tracked",
	[PROOF_STAT] = "stat",
	[PROOF_LOCKFILE] = "lockfile",
	[PROOF_MANIFEST] = "manifest",
	[PROOF_HINT] = "hint",
};

const char *const reason_names[REASON_COUNT] = {
	[REASON_NONE] = "none",
	[REASON_ALREADY_DOCUMENTED] = "already_documented",
	[REASON_CONTRADICTED] = "contradicted",
	[REASON_UNVERIFIED] = "unverified",
	[REASON_WEAK] = "weak",
	[REASON_UNSAFE] = "unsafe",
	[REASON_BUDGET] = "budget",
	[REASON_TRANSIENT] = "transient",
	[REASON_DEVELOPMENT] = "development",
	[REASON_REJECTED_BY_USER] = "rejected_by_user",
	[REASON_RETIRED] = "retired",
};

const char *const state_names[STATE_COUNT] = {
	[STATE_NEW] = "new",
	[STATE_LISTED] = "listed",
	[STATE_PINNED] = "pinned",
};

/* Programs whose next word names a target or script of the project, or does so behind `run`. */
static const struct {
	const char *program;
	bool run;
} target_runners[] = {
	{ "make", false }, { "gmake", false }, { "ninja", false }, { "just", false }, { "task", false },
	{ "rake", false }, { "pnpm", false }, { "yarn", false }, { "npm", true }, { "bun", true },
};
/* clang-format on */

static_assert(sizeof(finding_types) / sizeof(finding_types[0]) == KIND_COUNT, "a row per kind");
static_assert(sizeof(section_names) / sizeof(section_names[0]) == SECTION_COUNT, "a title per section");
static_assert(sizeof(reason_names) / sizeof(reason_names[0]) == REASON_COUNT, "a name per reason");

/* The side without "head " in front; "" if it is not there. */
static str without_head(str side, str head)
{
	if (head.n == 0 || side.n <= head.n + 1 || !str_starts(side, head) || side.p[head.n] != ' ')
		return STR("");
	return str_from(side, head.n + 1);
}

/* The side without " tail" behind; "" if it is not there. */
static str without_tail(str side, str tail)
{
	if (tail.n == 0 || side.n <= tail.n + 1 || !str_ends(side, tail) ||
	    side.p[side.n - tail.n - 1] != ' ')
		return STR("");
	return str_sub(side, 0, side.n - tail.n - 1);
}

/* What the letters of a phrase stand for; slot_letters is in the order of the enum. */
enum slot {
	SLOT_WRONG,
	SLOT_RIGHT,
	SLOT_ABOUT,
	SLOT_WRONG_REST,
	SLOT_RIGHT_REST,
	SLOT_SETTING,
	SLOT_COUNT
};
static const char slot_letters[] = "WRCwrS";
static_assert(sizeof(slot_letters) - 1 == SLOT_COUNT, "a letter per slot");

struct slots {
	str v[SLOT_COUNT];
};

static str *slot_of(struct slots *s, char letter)
{
	const char *at = strchr(slot_letters, letter);

	assert(at && *at);
	return &s->v[at - slot_letters];
}

static bool slot_fits(str value)
{
	return value.n > 0 && str_chr(value, '`') == STR_NONE && str_chr(value, '\n') == STR_NONE;
}

/* Writes one form; false if one of its slots cannot be filled. */
static bool fill_form(struct buf *out, str form, struct slots *s)
{
	for (size_t i = 0; i < form.n; i++) {
		if (form.p[i] != '%') {
			buf_add_ch(out, form.p[i]);
			continue;
		}
		str value = *slot_of(s, form.p[++i]);
		if (!slot_fits(value) || !buf_add(out, value))
			return false;
	}
	return !out->full;
}

str finding_phrase(struct arena *a, enum finding_kind kind, str wrong, str right, str about)
{
	struct slots s = { .v = {
				   [SLOT_WRONG] = wrong,
				   [SLOT_RIGHT] = right,
				   [SLOT_ABOUT] = about,
				   [SLOT_WRONG_REST] = without_head(wrong, about),
				   [SLOT_RIGHT_REST] = without_head(right, about),
				   [SLOT_SETTING] = without_tail(right, wrong),
			   } };
	str forms = str_c(finding_types[kind].phrase), form, text = STR("");
	struct buf out;

	buf_init(&out, TEXT_MAX);
	while (text.n == 0 && str_split(&forms, '|', &form)) {
		buf_clear(&out);
		if (fill_form(&out, form, &s))
			text = arena_str(a, buf_str(&out));
	}
	buf_release(&out);
	return text;
}

/* Matches a whole text against one form.  A slot ends before its closing back-tick, or before the "/`" that
 * the form puts behind folders. */
static bool match_form(str form, str text, struct slots *out)
{
	size_t at = 0;

	for (size_t i = 0; i < form.n; i++) {
		if (form.p[i] != '%') {
			if (at >= text.n || text.p[at++] != form.p[i])
				return false;
			continue;
		}
		char letter = form.p[++i];
		size_t len = str_chr(str_from(text, at), '`');
		size_t behind = form.p[i + 1] == '/' ? 1 : 0;
		if (len == STR_NONE || len <= behind)
			return false;
		str value = str_sub(text, at, len - behind);
		if (!slot_fits(value))
			return false;
		*slot_of(out, letter) = value;
		at += value.n;
	}
	return at == text.n;
}

static str joined(struct arena *a, str first, str second)
{
	return arena_printf(a, "%.*s %.*s", STR_ARG(first), STR_ARG(second));
}

/* Puts the whole sides together from the slots that a form shows. */
static void complete(struct arena *a, enum finding_kind kind, struct slots *s)
{
	str *v = s->v;

	if (v[SLOT_WRONG_REST].n > 0)
		v[SLOT_WRONG] = joined(a, v[SLOT_ABOUT], v[SLOT_WRONG_REST]);
	if (v[SLOT_RIGHT_REST].n > 0)
		v[SLOT_RIGHT] = joined(a, v[SLOT_ABOUT], v[SLOT_RIGHT_REST]);
	if (v[SLOT_SETTING].n > 0)
		v[SLOT_RIGHT] = joined(a, v[SLOT_SETTING], v[SLOT_WRONG]);
	if (kind == KIND_CWD)
		v[SLOT_RIGHT] =
			arena_printf(a, "cd %.*s && %.*s", STR_ARG(v[SLOT_ABOUT]), STR_ARG(v[SLOT_WRONG]));
}

bool finding_parse(struct arena *a, str text, enum finding_kind *kind, str *wrong, str *right, str *about)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		str forms = str_c(finding_types[k].phrase), form;

		while (str_split(&forms, '|', &form)) {
			struct slots s = { 0 };

			if (!match_form(form, text, &s))
				continue;
			complete(a, (enum finding_kind)k, &s);
			*kind = (enum finding_kind)k;
			*wrong = s.v[SLOT_WRONG];
			*right = s.v[SLOT_RIGHT];
			*about = s.v[SLOT_ABOUT];
			if (k == KIND_SUBCOMMAND || k == KIND_TARGET)
				*kind = finding_missing_word(*wrong);
			return true;
		}
	}
	return false;
}

enum finding_kind finding_missing_word(str command)
{
	str rest = command, program = STR(""), second = STR("");

	str_split(&rest, ' ', &program);
	str_split(&rest, ' ', &second);
	for (size_t i = 0; i < sizeof(target_runners) / sizeof(target_runners[0]); i++) {
		if (str_eq_c(program, target_runners[i].program) &&
		    (!target_runners[i].run || str_eq_c(second, "run")))
			return KIND_TARGET;
	}
	return KIND_SUBCOMMAND;
}

void finding_id(char id[9], enum finding_kind kind, str canonical_wrong)
{
	uint64_t h = hash_mix(str_hash(str_c(finding_types[kind].name)), str_hash(canonical_wrong));

	snprintf(id, 9, "%08x", (unsigned)(h >> 32));
}

bool finding_kind_by_name(str name, enum finding_kind *kind)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		if (str_eq_c(name, finding_types[k].name)) {
			*kind = (enum finding_kind)k;
			return true;
		}
	}
	return false;
}
