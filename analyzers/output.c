#include "analyzers/output.h"

#include "analyzers/match.h"
#include "core/base/fs.h"

/* A word of the script equal to the token, or ending with it as a path; sets the segment. */
static const struct shell_word *find_word(const struct shell_script *s, str token, size_t first, int *segment)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = first; k < s->commands[i].n; k++) {
			const struct shell_word *w = &s->commands[i].words[k];
			if (str_eq(w->text, token)) {
				*segment = (int)i;
				return w;
			}
		}
	return NULL;
}

static bool program_named(const struct shell_script *s, str token, struct diagnosis *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 0; k < c->n; k++) {
			/* behind a launcher ("uv run pytest", "timeout 5 pytest", "xargs foo") the program is a later word */
			if (str_eq(c->words[k].text, token) ||
			    (k == 0 && str_eq(path_base(c->words[k].text), path_base(token)))) {
				out->segment = (int)i;
				out->slot = c->words[k].text;
				return true;
			}
		}
	}
	return false;
}

static str flag_name(str word)
{
	size_t eq = str_chr(word, '=');
	return eq == STR_NONE ? word : str_sub(word, 0, eq);
}

/* The next quoted or dashed token of a "did you mean" message that is not the named one. */
static str find_hint(struct arena *a, str line, str named)
{
	static const char *const leads[] = { "did you mean", "replaced by", "renamed to", "similar",
					     "use ",	     "instead",	    NULL };
	for (const char *const *l = leads; *l; l++) {
		size_t at = match_find_fold(line, *l);
		if (at == STR_NONE)
			continue;
		str rest = str_from(line, at + strlen(*l)), token;
		while (match_token(&rest, &token))
			if (token.n > 1 && !str_eq(token, named) && !str_eq_c(token, "to") &&
			    !str_eq_c(token, "the"))
				if (token.p[0] == '-' || (token.p > line.p && strchr("'\"`", token.p[-1])))
					return arena_str(a, token);
	}
	return (str){ NULL, 0 };
}

bool output_read_flag(struct arena *a, const struct shell_script *s, const struct output_line *l,
		      struct diagnosis *out)
{
	str line = l->text;
	if (!output_has(l, WORDS_ABSENT) || !output_has(l, WORDS_FLAG))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 1; k < c->n; k++) {
			str flag = flag_name(c->words[k].text);
			if (flag.n < 2 || flag.p[0] != '-' || str_eq_c(flag, "--"))
				continue;
			str bare = flag;
			while (bare.n && bare.p[0] == '-')
				bare = str_from(bare, 1);
			bool quoted_bare = bare.n >= 3 && match_quoted(line, bare);
			/* yargs: "Unknown arguments: time-out, timeOut" */
			quoted_bare |= bare.n >= 3 && match_has_fold(line, "unknown argument") &&
				       match_bounded(line, bare);
			bool letter =
				flag.n == 2 && (match_quoted(line, bare) || match_ends_token(line, bare));
			if (match_bounded(line, flag) || quoted_bare || letter) {
				*out = (struct diagnosis){ .class = FAIL_UNKNOWN_FLAG,
							   .slot = flag,
							   .segment = (int)i,
							   .hint = find_hint(a, line, flag) };
				return true;
			}
		}
	}
	return false;
}

bool output_read_target(struct arena *a, const struct shell_script *s, const struct output_line *l,
			struct diagnosis *out)
{
	str line = l->text;
	if (!output_has(l, WORDS_ABSENT) || !output_has(l, WORDS_TARGET))
		return false;
	/* a quoted word is what the message is about; a line may merely end with another one */
	for (int quoted = 1; quoted >= 0; quoted--)
		for (size_t i = 0; i < s->n; i++) {
			const struct shell_command *c = &s->commands[i];
			if (c->n < 2 || program_is_viewer(command_program(c)))
				continue;
			for (size_t k = 1; k < c->n && k < 8; k++) {
				str w = c->words[k].text;
				if (w.n < 2 || w.p[0] == '-' || c->words[k].dynamic)
					continue;
				if (quoted ? !match_quoted(line, w) : w.n < 3 || !match_ends_token(line, w))
					continue;
				*out = (struct diagnosis){ .class = FAIL_UNKNOWN_TARGET,
							   .slot = w,
							   .segment = (int)i,
							   .hint = find_hint(a, line, w) };
				return true;
			}
		}
	return false;
}

/* "cat: x/y.c: No such file or directory" and its many relatives: the line must name a word of the command. */
/* Tools whose "X does not exist" speaks of branches, services, roles and other things that are no files. */
static bool names_other_things(const struct shell_command *c)
{
	static const char *const git_files[] = { "add",	  "rm",	     "mv",   "diff",	 "log",
						 "blame", "restore", "show", "ls-files", "check-ignore" };
	str program = command_program(c);
	for (size_t i = 0; c->n > 1 && i < sizeof(git_files) / sizeof(git_files[0]); i++)
		if (str_eq_c(program, "git") && str_eq_c(c->words[1].text, git_files[i]))
			return false;
	static const char *const list[] = { "git",	 "psql",      "createdb", "dropdb", "mysql",
					    "redis-cli", "kubectl",   "helm",	  "docker", "docker-compose",
					    "podman",	 "gh",	      "glab",	  "aws",    "gcloud",
					    "az",	 "terraform", "npm",	  "pnpm",   "yarn",
					    "bun",	 "systemctl", "heroku",	  "fly",    "vercel",
					    "supabase",	 "ssh" };
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_eq_c(program, list[i]))
			return true;
	return false;
}

bool output_read_path(const struct shell_script *s, const struct output_line *l, struct diagnosis *out)
{
	str line = l->text;
	if (!output_has(l, WORDS_PATH))
		return false;
	const struct shell_word *best = NULL;
	int segment = -1;
	for (size_t i = 0; i < s->n; i++) {
		const struct shell_command *c = &s->commands[i];
		for (size_t k = 0; k < c->n; k++) {
			const struct shell_word *w = &c->words[k];
			str bare = w->text;
			size_t colons = str_find(bare, STR("::")); /* pytest node ids */
			if (colons != STR_NONE)
				bare = str_sub(bare, 0, colons);
			if (bare.n < 2 || w->dynamic || bare.p[0] == '-' || str_has_c(bare, "...") ||
			    str_has_c(bare, "@{"))
				continue; /* no path: a flag, a range of revisions */
			/* a bare word is a branch, a service or a program more often than a path */
			bool spelled =
				str_chr(bare, '/') != STR_NONE || (k && str_chr(bare, '.') != STR_NONE);
			bool reads = k && (program_is_viewer(command_program(c)) ||
					   str_eq_c(command_program(c), "cd"));
			if (!spelled && !reads)
				continue;
			/* the system's own words are about files; a tool's "does not exist" may be about anything */
			bool system = match_has_fold(line, "no such file") ||
				      match_has_fold(line, "file or directory not found");
			bool filelike = str_chr(bare, '/') != STR_NONE || path_ext(bare).n > 0;
			if (!system && (!filelike || names_other_things(c)))
				continue;
			if (match_bounded(line, bare) && (!best || bare.n > best->text.n)) {
				best = w;
				segment = (int)i;
			}
		}
	}
	if (!best)
		return false;
	const struct shell_command *c = &s->commands[segment];
	/* a relative script that is not there: wrong folder or wrong path, never a missing program */
	*out = (struct diagnosis){ .class = best == &c->words[0] ? FAIL_WRONG_CWD : FAIL_PATH_MISSING,
				   .slot = best->text,
				   .segment = segment };
	if (program_is_probe(c))
		*out = (struct diagnosis){ .class = FAIL_NONE, .segment = segment };
	return true;
}

static bool asks_for_variable(str line)
{
	static const char *const tells[] = { "not set",	    "must",	 "required", "missing", "undefined",
					     "not defined", "not found", "unset",    "need",	"expected",
					     "unbound",	    "keyerror",	 "no value", "empty" };
	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		if (match_has_fold(line, tells[i]))
			return true;
	return false;
}

/* The word of a command that an absolute path ends with. */
static bool names_script(const struct shell_script *s, str path, struct diagnosis *d)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 1; k < s->commands[i].n; k++) {
			str w = s->commands[i].words[k].text;
			str bare = str_starts_c(w, "./") ? str_from(w, 2) : w;
			if (bare.n < 4 || str_chr(bare, '.') == STR_NONE || !str_ends(path, bare))
				continue;
			d->class = FAIL_PATH_MISSING;
			d->slot = w;
			d->segment = (int)i;
			return true;
		}
	return false;
}

bool output_read_row(struct arena *a, const struct shell_script *s, size_t index, const struct output_line *l,
		     struct diagnosis *out)
{
	const struct output_row *row = &output_rows[index];
	str line = l->text, cap = { NULL, 0 };
	if (!output_may_match(l, index) || !match_line(line, row->pattern, &cap))
		return false;
	struct diagnosis d = { .class = row->class, .segment = -1 };
	switch (row->names) {
	case NAMES_NOTHING:
		break;
	case NAMES_PROGRAM:
		if (!program_named(s, cap, &d))
			return false; /* a program inside a script of the project: not the command's own */
		break;
	case NAMES_WORD: {
		const struct shell_word *w = find_word(s, cap, 1, &d.segment);
		if (!w)
			return false;
		d.slot = w->text;
		break;
	}
	case NAMES_MODULE:
		/* "Cannot find module '/x/scripts/build.js'": the script itself is not there */
		if (cap.n && cap.p[0] == '/' && names_script(s, cap, &d))
			break;
		d.slot = arena_str(a, str_sub(cap, 0, 80));
		break;
	case NAMES_VARIABLE:
		if (!asks_for_variable(line))
			return false; /* "run with RUST_BACKTRACE=1 environment variable": a tip */
		d.slot = arena_str(a, str_sub(cap, 0, 80));
		break;
	}
	if (row->names == NAMES_WORD)
		d.hint = find_hint(a, line, d.slot);
	*out = d;
	return true;
}
