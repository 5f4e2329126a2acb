/*
 * Which language a text is written in: by lines that only that language has.  A pattern is matched against a whole line
 * without the white space around it: '*' is anything, '~' a name, and a name may have dots.
 */
#include "core/compress/detect.h"
#include "core/compress/detect_parts.h"

enum {
	LANGUAGE_BYTES = 5000, /* looked at */
	LINE_BYTES = 300,
	SURE_HITS = 2 /* of what only the richer of two related languages has */
};

const char *const language_names[LANGUAGE_COUNT] = { "none", "python", "javascript", "typescript", "go",
						     "rust", "java",   "c",	     "cpp" };
_Static_assert(LANGUAGE_COUNT == 9, "a name for each language");

struct pattern {
	enum language language;
	const char *text;
};

/* clang-format off */
static const struct pattern patterns[] = {
	{ LANGUAGE_PYTHON, "def ~(*" }, { LANGUAGE_PYTHON, "async def ~(*" }, { LANGUAGE_PYTHON, "class ~:" },
	{ LANGUAGE_PYTHON, "class ~(*):" }, { LANGUAGE_PYTHON, "import ~" }, { LANGUAGE_PYTHON, "import ~ as ~" },
	{ LANGUAGE_PYTHON, "from ~ import *" }, { LANGUAGE_PYTHON, "if __name__ == *" },
	{ LANGUAGE_PYTHON, "elif *:" }, { LANGUAGE_PYTHON, "except *:" }, { LANGUAGE_PYTHON, "except:" },
	{ LANGUAGE_PYTHON, "try:" }, { LANGUAGE_PYTHON, "else:" }, { LANGUAGE_PYTHON, "finally:" },
	{ LANGUAGE_PYTHON, "with * as ~:" }, { LANGUAGE_PYTHON, "for ~ in *:" }, { LANGUAGE_PYTHON, "if *:" },
	{ LANGUAGE_PYTHON, "self.~ = *" }, { LANGUAGE_PYTHON, "@~" }, { LANGUAGE_PYTHON, "\"\"\"*" },
	{ LANGUAGE_PYTHON, "raise ~(*" }, { LANGUAGE_PYTHON, "while *:" }, { LANGUAGE_PYTHON, "return self.*" },

	{ LANGUAGE_JAVASCRIPT, "function ~(*" }, { LANGUAGE_JAVASCRIPT, "async function ~(*" },
	{ LANGUAGE_JAVASCRIPT, "export *" }, { LANGUAGE_JAVASCRIPT, "const ~ = *" },
	{ LANGUAGE_JAVASCRIPT, "const {*} = *" }, { LANGUAGE_JAVASCRIPT, "let ~ = *" },
	{ LANGUAGE_JAVASCRIPT, "var ~ = *" }, { LANGUAGE_JAVASCRIPT, "import * from '*" },
	{ LANGUAGE_JAVASCRIPT, "import * from \"*" }, { LANGUAGE_JAVASCRIPT, "import '*" },
	{ LANGUAGE_JAVASCRIPT, "module.exports*" }, { LANGUAGE_JAVASCRIPT, "*=> {" },
	{ LANGUAGE_JAVASCRIPT, "class ~ {" }, { LANGUAGE_JAVASCRIPT, "class ~ extends ~ {" },
	{ LANGUAGE_JAVASCRIPT, "*require('*" }, { LANGUAGE_JAVASCRIPT, "this.~ = *" },
	{ LANGUAGE_JAVASCRIPT, "*console.log(*" }, { LANGUAGE_JAVASCRIPT, "if (* === *" },
	{ LANGUAGE_JAVASCRIPT, "});" }, { LANGUAGE_JAVASCRIPT, "constructor(*" },

	{ LANGUAGE_TYPESCRIPT, "interface ~ {" }, { LANGUAGE_TYPESCRIPT, "export interface *{" },
	{ LANGUAGE_TYPESCRIPT, "type ~ = *" }, { LANGUAGE_TYPESCRIPT, "export type *" },
	{ LANGUAGE_TYPESCRIPT, "import type *" }, { LANGUAGE_TYPESCRIPT, "*: string*" },
	{ LANGUAGE_TYPESCRIPT, "*: number*" }, { LANGUAGE_TYPESCRIPT, "*: boolean*" },
	{ LANGUAGE_TYPESCRIPT, "*): void*{" }, { LANGUAGE_TYPESCRIPT, "*): Promise<*" },
	{ LANGUAGE_TYPESCRIPT, "private readonly *" }, { LANGUAGE_TYPESCRIPT, "readonly ~: *" },
	{ LANGUAGE_TYPESCRIPT, "export enum ~ {" }, { LANGUAGE_TYPESCRIPT, "export abstract class *" },
	{ LANGUAGE_TYPESCRIPT, "declare *" }, { LANGUAGE_TYPESCRIPT, "*<T>(*" },

	{ LANGUAGE_GO, "func ~(*" }, { LANGUAGE_GO, "func (*) ~(*" }, { LANGUAGE_GO, "package ~" },
	{ LANGUAGE_GO, "type ~ struct {" }, { LANGUAGE_GO, "type ~ interface {" }, { LANGUAGE_GO, "import (" },
	{ LANGUAGE_GO, "import \"*\"" }, { LANGUAGE_GO, "~ := ~(*" }, { LANGUAGE_GO, "~, ~ := *" }, { LANGUAGE_GO, "if ~ := *" }, { LANGUAGE_GO, "if err != nil {" },
	{ LANGUAGE_GO, "defer *" }, { LANGUAGE_GO, "go func(*" }, { LANGUAGE_GO, "return nil*" },
	{ LANGUAGE_GO, "for * := range * {" },

	{ LANGUAGE_RUST, "fn ~(*" }, { LANGUAGE_RUST, "fn ~<*" }, { LANGUAGE_RUST, "pub fn ~*" },
	{ LANGUAGE_RUST, "pub async fn *" }, { LANGUAGE_RUST, "async fn *" }, { LANGUAGE_RUST, "impl ~ {" },
	{ LANGUAGE_RUST, "impl* for *{" }, { LANGUAGE_RUST, "impl<*" }, { LANGUAGE_RUST, "use ~::*;" },
	{ LANGUAGE_RUST, "pub struct *" }, { LANGUAGE_RUST, "pub enum *" }, { LANGUAGE_RUST, "trait ~*{" },
	{ LANGUAGE_RUST, "pub trait *" }, { LANGUAGE_RUST, "let mut *" }, { LANGUAGE_RUST, "let ~ = *;" },
	{ LANGUAGE_RUST, "mod ~;" }, { LANGUAGE_RUST, "pub mod *" }, { LANGUAGE_RUST, "#[*]" },
	{ LANGUAGE_RUST, "match * {" }, { LANGUAGE_RUST, "* => *," }, { LANGUAGE_RUST, "pub ~: *," },
	{ LANGUAGE_RUST, "Ok(*" }, { LANGUAGE_RUST, "*.unwrap()*" }, { LANGUAGE_RUST, "pub use *" },

	{ LANGUAGE_JAVA, "public class ~*" }, { LANGUAGE_JAVA, "public interface ~*" },
	{ LANGUAGE_JAVA, "public enum ~*" }, { LANGUAGE_JAVA, "public final class *" },
	{ LANGUAGE_JAVA, "import java.*;" }, { LANGUAGE_JAVA, "import javax.*;" }, { LANGUAGE_JAVA, "import org.*;" },
	{ LANGUAGE_JAVA, "import com.*;" }, { LANGUAGE_JAVA, "import static *;" }, { LANGUAGE_JAVA, "package ~;" },
	{ LANGUAGE_JAVA, "public static *(*" }, { LANGUAGE_JAVA, "public ~ ~(*) {" },
	{ LANGUAGE_JAVA, "public ~ ~(*) throws *{" }, { LANGUAGE_JAVA, "private final *;" },
	{ LANGUAGE_JAVA, "private ~ ~;" }, { LANGUAGE_JAVA, "private ~ ~(*) {" }, { LANGUAGE_JAVA, "protected ~ ~*" },
	{ LANGUAGE_JAVA, "@Override" }, { LANGUAGE_JAVA, "@Test" }, { LANGUAGE_JAVA, "System.out.*" },
	{ LANGUAGE_JAVA, "private static final *" }, { LANGUAGE_JAVA, "throw new ~(*" },

	{ LANGUAGE_C, "#include <*>" }, { LANGUAGE_C, "#include \"*\"" }, { LANGUAGE_C, "#define *" },
	{ LANGUAGE_C, "#ifndef *" }, { LANGUAGE_C, "#ifdef *" }, { LANGUAGE_C, "#endif*" },
	{ LANGUAGE_C, "typedef *" }, { LANGUAGE_C, "struct ~ {" }, { LANGUAGE_C, "static ~ ~(*" },
	{ LANGUAGE_C, "static ~ ~ ~(*" }, { LANGUAGE_C, "int ~(*" }, { LANGUAGE_C, "void ~(*" },
	{ LANGUAGE_C, "char *;" }, { LANGUAGE_C, "int ~;" }, { LANGUAGE_C, "int ~ = *;" }, { LANGUAGE_C, "size_t ~*;" },
	{ LANGUAGE_C, "const char *" }, { LANGUAGE_C, "*->~ = *;" }, { LANGUAGE_C, "return 0;" },
	{ LANGUAGE_C, "printf(*" }, { LANGUAGE_C, "if (!*" }, { LANGUAGE_C, "enum ~ {" },
	{ LANGUAGE_C, "struct ~ ~*" }, { LANGUAGE_C, "bool ~*" }, { LANGUAGE_C, "uint64_t *" },

	{ LANGUAGE_CPP, "namespace ~ {" }, { LANGUAGE_CPP, "namespace ~" }, { LANGUAGE_CPP, "template*<*>" },
	{ LANGUAGE_CPP, "using namespace ~;" }, { LANGUAGE_CPP, "*std::*" }, { LANGUAGE_CPP, "public:" },
	{ LANGUAGE_CPP, "private:" }, { LANGUAGE_CPP, "protected:" }, { LANGUAGE_CPP, "virtual *" },
	{ LANGUAGE_CPP, "class ~ : *{" }, { LANGUAGE_CPP, "#include <iostream>" }, { LANGUAGE_CPP, "#include <vector>" },
	{ LANGUAGE_CPP, "#include <string>" }, { LANGUAGE_CPP, "#include <memory>" }, { LANGUAGE_CPP, "*nullptr*" },
	{ LANGUAGE_CPP, "auto ~ = *;" }, { LANGUAGE_CPP, "* ~::~(*) {" }, { LANGUAGE_CPP, "explicit *" },
};
/* clang-format on */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

/* As globs are matched: only the last star is tried again. */
static bool matches(str line, const char *pattern)
{
	size_t i = 0, star_at = STR_NONE;
	const char *star = NULL;

	for (;;) {
		if (*pattern == '*') {
			if (pattern[1] == '\0')
				return true;
			star = ++pattern;
			star_at = i;
		} else if (*pattern == '~' && i < line.n && is_name(line.p[i])) {
			while (i < line.n && is_name(line.p[i]))
				i++;
			pattern++;
		} else if (*pattern && i < line.n && *pattern == line.p[i]) {
			pattern++;
			i++;
		} else if (*pattern == '\0' && i == line.n) {
			return true;
		} else if (star && star_at < line.n) {
			pattern = star;
			i = ++star_at;
		} else {
			return false;
		}
	}
}

/* "    12\t" and "12->" (an arrow) before a line: how tools number what they show. */
static str unnumbered(str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] >= '0' && line.p[n] <= '9')
		n++;
	if (n == 0 || n >= line.n)
		return line;
	if (line.p[n] == '\t')
		return str_trim(str_from(line, n + 1));
	return str_starts_c(str_from(line, n), "\342\206\222") ? str_trim(str_from(line, n + 3)) : line;
}

enum {
	PATTERNS = sizeof(patterns) / sizeof(*patterns),
	ANY_FIRST = 256 /* the list of patterns that begin with anything */
};

/* A bit for a character, which some others share. */
static uint64_t bit_of(char c)
{
	return 1ull << ((unsigned char)c % 64);
}

/* The patterns by their first character; a line needs their other characters, too. */
struct pattern_index {
	uint64_t needs[PATTERNS];
	unsigned char next[PATTERNS], first[ANY_FIRST + 1]; /* pattern + 1 */
};
_Static_assert(PATTERNS < 256, "an index of a pattern fits in a byte");

static void index_patterns(struct pattern_index *x)
{
	memset(x, 0, sizeof(*x));
	for (size_t k = PATTERNS; k-- > 0;) {
		const char *text = patterns[k].text;
		size_t first = *text == '*' || *text == '~' ? ANY_FIRST : (unsigned char)*text;

		x->next[k] = x->first[first];
		x->first[first] = (unsigned char)(k + 1);
		for (; *text; text++)
			x->needs[k] |= *text == '*' || *text == '~' ? 0 : bit_of(*text);
	}
}

static void score_line(const struct pattern_index *x, str line, size_t hits[static LANGUAGE_COUNT])
{
	const size_t lists[] = { (unsigned char)line.p[0], ANY_FIRST };
	bool hit[LANGUAGE_COUNT] = { false };
	uint64_t has = 0;

	for (size_t i = 0; i < line.n; i++)
		has |= bit_of(line.p[i]);
	for (size_t list = 0; list < 2; list++) {
		for (size_t k = x->first[lists[list]]; k; k = x->next[k - 1]) {
			const struct pattern *p = &patterns[k - 1];

			if (hit[p->language] || (x->needs[k - 1] & ~has))
				continue;
			hit[p->language] = matches(line, p->text);
			hits[p->language] += hit[p->language];
		}
	}
}

/* What both languages of a pair have counts for the richer one, if there is enough that only it has. */
static void settle_pairs(size_t hits[static LANGUAGE_COUNT])
{
	static const enum language pairs[][2] = { { LANGUAGE_JAVASCRIPT, LANGUAGE_TYPESCRIPT },
						  { LANGUAGE_C, LANGUAGE_CPP } };

	for (size_t k = 0; k < sizeof(pairs) / sizeof(*pairs); k++) {
		size_t *base = &hits[pairs[k][0]], *rich = &hits[pairs[k][1]];

		if (*rich >= SURE_HITS) {
			*rich += *base;
			*base = 0;
		} else {
			*base += *rich;
			*rich = 0;
		}
	}
}

enum language detect_code_lines(str text, size_t lines_max, size_t *best_hits, size_t *lines)
{
	size_t hits[LANGUAGE_COUNT] = { 0 };
	enum language best = LANGUAGE_NONE;
	struct pattern_index index;
	str line;

	index_patterns(&index);
	*lines = 0;
	for (size_t n = 0; n < lines_max && str_line(&text, &line); n++) {
		line = unnumbered(str_trim(str_sub(line, 0, LINE_BYTES)));
		if (line.n == 0)
			continue;
		++*lines;
		score_line(&index, line, hits);
	}
	settle_pairs(hits);
	for (int k = LANGUAGE_NONE + 1; k < LANGUAGE_COUNT; k++)
		if (hits[k] > hits[best])
			best = (enum language)k;
	*best_hits = hits[best];
	return best;
}

enum language detect_language(str text, double *confidence)
{
	size_t hits, lines;
	enum language best = detect_code_lines(str_sub(text, 0, LANGUAGE_BYTES), SIZE_MAX, &hits, &lines);

	*confidence = best == LANGUAGE_NONE ? 0 : .3 + .1 * (double)hits;
	if (*confidence > 1)
		*confidence = 1;
	return best;
}
