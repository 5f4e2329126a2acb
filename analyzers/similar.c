#include "analyzers/similar.h"

#include "core/base/fs.h"

#define COMPONENTS_MAX 32
#define NAME_MAX_COMPARED 64
#define TYPO_LEAST 5 /* shorter stems need equality */
#define TYPO_TWO_FROM 9 /* from this length on two edits are a typo */
#define TYPO_TOKEN_LEAST 4 /* letters of the token the edit lies in */

unsigned edit_distance(str a, str b, unsigned limit)
{
	unsigned row[3][NAME_MAX_COMPARED + 1];
	if (a.n > NAME_MAX_COMPARED || b.n > NAME_MAX_COMPARED)
		return limit + 1;
	unsigned *before = row[0], *prev = row[1], *cur = row[2];
	for (size_t j = 0; j <= b.n; j++)
		prev[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned best = prev[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			if (prev[j] + 1 < best)
				best = prev[j] + 1;
			if (cur[j - 1] + 1 < best)
				best = cur[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			cur[j] = best;
		}
		unsigned *spare = before;
		before = prev;
		prev = cur;
		cur = spare;
	}
	return prev[b.n] > limit ? limit + 1 : prev[b.n];
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Next run of letters; a capital behind a small letter begins a new one. */
static bool next_token(str *rest, str *token)
{
	size_t i = 0;
	while (i < rest->n && !letter(rest->p[i]))
		i++;
	size_t from = i;
	while (i < rest->n && letter(rest->p[i])) {
		bool capital = rest->p[i] >= 'A' && rest->p[i] <= 'Z';
		if (i > from && capital && rest->p[i - 1] >= 'a' && rest->p[i - 1] <= 'z')
			break;
		i++;
	}
	*token = str_sub(*rest, from, i - from);
	*rest = str_from(*rest, i);
	return token->n > 0;
}

/* A whole differing token ("test_a" for "test_b", "alpha" for "beta") is another thing, never a typo: all edits must lie
 * in one token that is long enough and keeps most of its letters. */
static bool typo_inside_token(str a, str b)
{
	str x, y, ra = a, rb = b;
	size_t differing = 0;
	for (;;) {
		bool more_a = next_token(&ra, &x), more_b = next_token(&rb, &y);
		if (!more_a && !more_b)
			break;
		if (more_a != more_b)
			return false;
		if (str_eq(x, y))
			continue;
		differing++;
		if (x.n < TYPO_TOKEN_LEAST || y.n < TYPO_TOKEN_LEAST)
			return false;
		/* the first letter is hardly ever mistyped; whole other words differ there */
		if (x.p[0] != y.p[0] && (x.n < 2 || y.n < 2 || x.p[0] != y.p[1] || x.p[1] != y.p[0]))
			return false;
	}
	/* digits and separators must agree: v1/v2, part_1/part_2 */
	size_t i = 0, j = 0;
	for (;;) {
		while (i < a.n && letter(a.p[i]))
			i++;
		while (j < b.n && letter(b.p[j]))
			j++;
		if (i == a.n || j == b.n)
			break;
		if (a.p[i++] != b.p[j++])
			return false;
	}
	return i == a.n && j == b.n && differing == 1;
}

static str stem_of(str base)
{
	size_t dot = str_rchr(base, '.');
	return dot == STR_NONE || dot == 0 ? base : str_sub(base, 0, dot);
}

static bool plural_of(str a, str b)
{
	str s = a.n < b.n ? a : b, l = a.n < b.n ? b : a;
	return l.n == s.n + 1 && l.p[l.n - 1] == 's' && str_starts(l, s);
}

/* Extensions under which the same thing may stand; a page of documentation and a source file are two things. */
static bool same_family(str a, str b)
{
	static const char *const families[] = { "js mjs cjs jsx ts tsx mts cts vue svelte",
						"yml yaml json json5 jsonc toml ini conf",
						"c cc cpp cxx h hh hpp hxx m mm inc",
						"md mdx markdown rst txt adoc org",
						"py pyi pyx ipynb",
						"sh bash zsh fish ps1 bat",
						"html htm xhtml ejs hbs njk",
						"css scss sass less styl",
						"java kt kts scala groovy clj",
						"gradle kts",
						"rb erb rake",
						"ex exs",
						"tf hcl tfvars",
						"proto pb",
						"sql ddl",
						"png jpg jpeg svg webp gif" };
	if (a.n == 0 || b.n == 0)
		return true;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		str rest = str_c(families[i]), ext;
		bool has_a = false, has_b = false;
		while (str_split(&rest, ' ', &ext)) {
			has_a |= str_ieq(ext, a);
			has_b |= str_ieq(ext, b);
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

double similar_base(str wrong, str right)
{
	str w = path_base(wrong), r = path_base(right);
	if (str_eq(w, r))
		return 0.55;
	if (str_ieq(w, r))
		return 0.50;
	str ws = stem_of(w), rs = stem_of(r), we = path_ext(w), re = path_ext(r);
	if (ws.n && str_eq(ws, rs))
		return same_family(we, re) ? 0.35 : 0;
	if (!str_eq(we, re))
		return 0;
	size_t shorter = ws.n < rs.n ? ws.n : rs.n;
	if (shorter < TYPO_LEAST && !(shorter == TYPO_LEAST - 1 && ws.n == rs.n))
		return 0;
	if (plural_of(ws, rs))
		return 0.40;
	unsigned limit = shorter >= TYPO_TWO_FROM ? 2 : 1;
	if (edit_distance(ws, rs, limit) > limit || !typo_inside_token(ws, rs))
		return 0;
	/* four letters are too few for anything but swapped neighbours ("mian" for "main"; "math" is another word) */
	if (shorter < TYPO_LEAST) {
		size_t differ = 0;
		for (size_t i = 0; i < ws.n; i++)
			differ += ws.p[i] != rs.p[i];
		return differ == 2 ? 0.40 : 0;
	}
	return 0.40;
}

static size_t components(str dir, str *out)
{
	size_t n = 0;
	str piece;
	while (n < COMPONENTS_MAX && str_split(&dir, '/', &piece))
		if (piece.n)
			out[n++] = piece;
	return n;
}

double similar_dirs(str wrong, str right)
{
	str x[COMPONENTS_MAX], y[COMPONENTS_MAX];
	size_t n = components(path_dir(wrong), x), m = components(path_dir(right), y);
	if (n == 0 && m == 0)
		return 1;
	size_t lcs[COMPONENTS_MAX + 1][COMPONENTS_MAX + 1] = { { 0 } };
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			size_t best = lcs[i - 1][j] > lcs[i][j - 1] ? lcs[i - 1][j] : lcs[i][j - 1];
			if (str_eq(x[i - 1], y[j - 1]))
				best = lcs[i - 1][j - 1] + 1;
			lcs[i][j] = best;
		}
	return (double)lcs[n][m] / (double)(n > m ? n : m);
}

bool is_generic_name(str base)
{
	static const char *const names[] = { "README",	   "index",    "__init__",  "__main__", "main",
					     "mod",	   "lib",      "setup",	    "package",	"Makefile",
					     "Dockerfile", "config",   "conftest",  "utils",	"util",
					     "types",	   "helpers",  "constants", "test",	"tests",
					     "page",	   "layout",   "route",	    "models",	"views",
					     "urls",	   "app",      "server",    "client",	"LICENSE",
					     "CHANGELOG",  "Cargo",    "go",	    "pom",	"build",
					     "settings",   "tsconfig", "styles",    "common",	"base",
					     "schema",	   "CLAUDE",   "AGENTS",    NULL };
	str stem = stem_of(base);
	for (size_t i = 0; names[i]; i++)
		if (str_ieq(stem, str_c(names[i])))
			return true;
	return stem.n <= 2 || base.p[0] == '.';
}
