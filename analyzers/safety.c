/*
 * What may stand in a file that agents obey.  Slots are typed: a path of the project, a program that was really executed, a
 * flag, a verified word.  Anything secret-like, instruction-like or that bypasses a check drops the item.
 */
#include "analyzers/candidate.h"
#include "analyzers/match.h"
#include "analyzers/secret.h"
#include "core/base/fs.h"
#include "core/base/utf8.h"

#define PATH_MAX_BYTES 120
#define COMMAND_MAX_BYTES 160
#define BLANKS_MAX 3 /* in a path: file names have a few, sentences many */

static bool alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool instruction_like(str s)
{
	static const char *const tells[] = {
		"ignore previous", "ignore all", "instructions", "system:",   "system prompt",
		"you must",	   "<!--",	 "-->",		 "headroom:", "disregard",
		"important:",	   "assistant:", "curl http",	 "| sh",      "|sh"
	};
	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		if (match_has_fold(s, tells[i]))
			return true;
	return false;
}

static bool clean_text(str s)
{
	return s.n > 0 && !utf8_has_unsafe(s) && str_chr(s, '`') == STR_NONE && !secret_in(s) &&
	       !instruction_like(s);
}

static bool safe_path(str s)
{
	if (s.n > PATH_MAX_BYTES || !clean_text(s) || s.p[0] == '/' || s.p[0] == '~' || s.p[0] == '-')
		return false;
	size_t blanks = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		blanks += c == ' ';
		if (!alnum(c) && !strchr("._/@+- ", c) && (unsigned char)c < 0x80)
			return false;
	}
	str rest = s, piece;
	while (str_split(&rest, '/', &piece))
		if (str_eq_c(piece, "..") || (str_eq_c(piece, ".git")))
			return false;
	return blanks <= BLANKS_MAX && s.p[0] != ' ' && s.p[s.n - 1] != ' ';
}

/* A name that reads like a sentence: the words of a file that nothing in the project vouches for. */
static bool sentence_like(str path)
{
	static const char *const tells[] = { "sudo",	 "always",    "ignore",	     "disable", "skip",
					     "curl",	 "dangerous", "instruction", "system",	"must",
					     "bypass",	 "override",  "execute",     "force",	"important",
					     "previous", "password",  "noverify" };
	char words[PATH_MAX_BYTES + 1];
	size_t n = 0, run = 1, longest = 1, hits = 0;
	for (; n < path.n && n < PATH_MAX_BYTES; n++) {
		bool gap = strchr("-_+. ", path.p[n]) != NULL;
		words[n] = gap ? ' ' : path.p[n];
		run = path.p[n] == '/' ? 1 : run + gap;
		longest = run > longest ? run : longest;
	}
	str text = { words, n };
	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		hits += match_has_fold(text, tells[i]);
	return instruction_like(text) || match_has_fold(text, "sudo") || longest > 7 ||
	       (hits >= 2 && longest > 3);
}

/* A long run of hex digits: the name of one cached or generated thing, if not a key. */
static bool hash_like(str path)
{
	size_t run = 0, digits = 0;
	for (size_t i = 0; i < path.n; i++) {
		char ch = path.p[i];
		bool digit = ch >= '0' && ch <= '9',
		     hex = digit || (ch >= 'a' && ch <= 'f') || (ch >= 'A' && ch <= 'F');
		run = hex ? run + 1 : 0;
		digits = hex ? digits + digit : 0;
		if (run >= 16 && digits >= 3)
			return true;
	}
	return false;
}

/* Ways around a check, and what destroys: never taught, on either side. */
static bool bypass_flag(str flag)
{
	static const char *const exact[] = { "--force",
					     "--no-verify",
					     "--insecure",
					     "--no-gpg-sign",
					     "--yolo",
					     "-auto-approve",
					     "--auto-approve",
					     "--no-check-certificate",
					     "--trusted-host",
					     "--break-system-packages",
					     "--no-check",
					     "--no-lint",
					     "--no-test",
					     "--no-tests",
					     "--passwithnotests",
					     "--force-with-lease",
					     "--hard",
					     "--admin",
					     "--allow-root",
					     "--privileged",
					     "--no-edit-check",
					     "--legacy-peer-deps",
					     "--ignore-scripts",
					     "--no-frozen-lockfile",
					     "--unsafe-perm",
					     "--delete",
					     "--no-strict" };
	static const char *const starts[] = {
		"--dangerously", "--skip",	  "--disable",	       "-dskip",	"--unsafe",
		"--no-sandbox",	 "--bypass",	  "--insecure",	       "--no-verify",	"--noverify",
		"--no-hooks",	 "--no-check-",	  "--no-ssl",	       "--ignore-cert", "--ignore-ssl",
		"--ignore-err",	 "--ignore-fail", "--ignore-platform", "--allow-dirty", "--force"
	};
	size_t eq = str_chr(flag, '=');
	str name = eq == STR_NONE ? flag : str_sub(flag, 0, eq);
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		if (str_ieq(name, str_c(exact[i])))
			return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (name.n >= strlen(starts[i]) &&
		    str_ieq(str_sub(name, 0, strlen(starts[i])), str_c(starts[i])))
			return true;
	return false;
}

static bool dangerous_program(str p)
{
	static const char *const list[] = { "sudo",    "su",	   "doas",     "rm",	   "rmdir",
					    "dd",      "mkfs",	   "chmod",    "chown",	   "kill",
					    "killall", "pkill",	   "eval",     "curl",	   "wget",
					    "ssh",     "scp",	   "shutdown", "reboot",   "xargs",
					    "shred",   "truncate", "nc",       "iptables", "setenforce",
					    "crontab", "visudo",   "passwd" };
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_eq_c(p, list[i]))
			return true;
	return false;
}

/* What takes away, as the word of a tool: never taught as the way to go. */
static bool destructive_word(str w)
{
	static const char *const list[] = { "prune",	"destroy", "delete",	  "purge",
					    "drop",	"clean",   "reset",	  "uninstall",
					    "wipe",	"nuke",	   "teardown",	  "force-unlock",
					    "fresh",	"remove",  "rm",	  "del",
					    "truncate", "flush",   "revoke",	  "deploy:force",
					    "unlink",	"evict",   "format-disk", "erase" };
	str rest = w, piece;
	while (str_split(&rest, ':', &piece))
		for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
			if (str_ieq(piece, str_c(list[i])))
				return true;
	return false;
}

static bool safe_program(str p)
{
	if (str_chr(p, '/') != STR_NONE)
		return safe_path(str_starts_c(p, "./") ? str_from(p, 2) : p) && str_chr(p, ' ') == STR_NONE;
	if (p.n == 0 || p.n > 40 || !((p.p[0] >= 'a' && p.p[0] <= 'z') || (p.p[0] >= '0' && p.p[0] <= '9')))
		return false;
	for (size_t i = 0; i < p.n; i++)
		if (!((p.p[i] >= 'a' && p.p[i] <= 'z') || (p.p[i] >= '0' && p.p[i] <= '9') ||
		      strchr("._+-", p.p[i])))
			return false;
	return true;
}

static bool safe_flag(str w)
{
	size_t i = w.n > 1 && w.p[1] == '-' ? 2 : 1;
	if (i >= w.n || !((w.p[i] >= 'a' && w.p[i] <= 'z') || (w.p[i] >= 'A' && w.p[i] <= 'Z')))
		return false;
	for (; i < w.n; i++)
		if (!alnum(w.p[i]) && w.p[i] != '-' && w.p[i] != '_' && w.p[i] != '.')
			return false;
	return !bypass_flag(w);
}

/* A script, target, ref, remote, package or path: one plain word. */
static bool safe_word(str w)
{
	if (w.n == 0 || w.n > 60)
		return false;
	for (size_t i = 0; i < w.n; i++)
		if (!alnum(w.p[i]) && !strchr("._/@+:-", w.p[i]))
			return false;
	return alnum(w.p[0]) || w.p[0] == '.' || w.p[0] == '@';
}

static bool safe_assignment(str w)
{
	size_t eq = str_chr(w, '=');
	str value = str_from(w, eq + 1);
	if (eq == STR_NONE || eq == 0 || eq > 40 || value.n == 0 || value.n > 40)
		return false;
	for (size_t i = 0; i < eq; i++)
		if (!((w.p[i] >= 'A' && w.p[i] <= 'Z') || (i && w.p[i] >= '0' && w.p[i] <= '9') ||
		      w.p[i] == '_'))
			return false;
	/* a value of a variable with such a name is nobody's business */
	static const char *const names[] = { "key",  "token",	   "secret", "passw",
					     "auth", "credential", "cookie", "session" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (match_has_fold(str_sub(w, 0, eq), names[i]))
			return false;
	/* switches checks off */
	static const char *const switches[] = { "verify",     "insecure",   "unauthorized", "skip",
						"disable",    "force",	    "husky",	    "trusted_host",
						"git_config", "allow_root", "strict",	    "bypass",
						"unsafe",     "no_check" };
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (match_has_fold(str_sub(w, 0, eq), switches[i]))
			return false;
	return value.p[0] != '/' && (safe_word(value) || str_eq_c(value, "."));
}

/* "cd web && make test", "PYTHONPATH=src pytest", "uv run pytest": rebuilt from a grammar, never copied text. */
static bool safe_command(str s, bool right)
{
	if (s.n > COMMAND_MAX_BYTES || !clean_text(s))
		return false;
	if (str_starts_c(s, "cd ")) {
		size_t and = str_find(s, STR(" && "));
		if (and == STR_NONE || !safe_path(str_sub(s, 3, and-3)))
			return false;
		s = str_from(s, and+4);
	}
	str word, rest = s;
	bool first = true, git = false;
	while (str_split(&rest, ' ', &word)) {
		if (word.n == 0)
			return false;
		if (first && str_chr(word, '=') != STR_NONE) {
			if (!safe_assignment(word))
				return false;
			continue;
		}
		if (first) {
			str base = path_base(word);
			git = str_eq_c(base, "git");
			if (!safe_program(word) || str_eq_c(base, "sudo") ||
			    (right && dangerous_program(base)))
				return false;
			first = false;
		} else if (str_eq_c(word, "--")) {
			continue;
		} else if (word.p[0] == '-') {
			if (!safe_flag(word) || (git && str_eq_c(word, "-f")))
				return false;
		} else if (!safe_word(word) ||
			   (right && (dangerous_program(word) || destructive_word(word)))) {
			return false;
		}
	}
	return !first;
}

bool is_safe(const struct candidate *c)
{
	const struct finding *f = &c->f;
	if (utf8_has_unsafe(f->text) || secret_in(f->text) || str_has_c(f->text, "<!--") ||
	    str_chr(f->text, '\n') != STR_NONE)
		return false;
	if (f->kind == KIND_MISSING_PATH && hash_like(f->wrong))
		return false;
	if ((f->kind == KIND_MISSING_PATH || c->f.proof == PROOF_NONE) && !finding_types[f->kind].command &&
	    sentence_like(f->wrong))
		return false;
	if (!finding_types[f->kind].command)
		return safe_path(f->wrong) &&
		       (f->right.n == 0 || str_eq_c(f->right, ".") || safe_path(f->right));
	if (f->kind == KIND_CWD && !safe_path(f->about))
		return false;
	return safe_command(f->wrong, false) && (f->right.n == 0 || safe_command(f->right, true));
}
