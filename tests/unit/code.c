#include "tests/test.h"

#include "core/base/utf8.h"
#include "core/compress/code.h"

/* Without grammars there is nothing to test but that code passes through. */
#define NEEDS_GRAMMARS()                              \
	do {                                          \
		if (!code_available(LANGUAGE_PYTHON)) \
			skip();                       \
	} while (0)

struct press {
	struct arena arena;
	struct compress_config config;
	struct query query;
	struct buf out;
	struct squeezed result;
	double bias;
};

static void press_init(struct press *p)
{
	arena_init(&p->arena);
	compress_config_init(&p->config);
	p->config.code_min_tokens = 0;
	query_init(&p->query, &p->arena, STR(""));
	buf_init(&p->out, (size_t)64 << 20);
	p->bias = 1;
}

static void press_release(struct press *p)
{
	buf_release(&p->out);
	arena_release(&p->arena);
}

static bool press(struct press *p, str text)
{
	struct squeeze s = { .text = text, .config = &p->config, .query = &p->query, .bias = p->bias };

	marker_hash(text, s.hash);
	buf_clear(&p->out);
	return code_compressor.run(&p->arena, &s, &p->out, &p->result);
}

static size_t errors_in(struct press *p, enum language language, str text)
{
	struct code_tree t;

	assert_true(code_parse(&p->arena, language, text, &t));
	return t.errors;
}

/* Compresses a source that must shrink; what comes out parses and says what it is. */
static const char *shortened(struct press *p, enum language language, const char *source)
{
	if (!press(p, str_c(source)))
		fail_msg("%s: %s", language_names[language], p->result.reason);
	assert_true(p->out.n < strlen(source));
	assert_true(marker_in(buf_str(&p->out)));
	assert_true(utf8_valid(buf_str(&p->out)));
	if (errors_in(p, language, buf_str(&p->out)) > errors_in(p, language, str_c(source)))
		fail_msg("%s", buf_c(&p->out));
	return buf_c(&p->out);
}

static void has_all(const char *text, const char *const *parts)
{
	for (; *parts; parts++)
		if (!strstr(text, *parts))
			fail_msg("no \"%s\" in\n%s", *parts, text);
}

static void has_none(const char *text, const char *const *parts)
{
	for (; *parts; parts++)
		if (strstr(text, *parts))
			fail_msg("\"%s\" in\n%s", *parts, text);
}

#define HAS(text, ...) has_all((text), (const char *const[]){ __VA_ARGS__, NULL })
#define HAS_NO(text, ...) has_none((text), (const char *const[]){ __VA_ARGS__, NULL })

/* ---- a language each ---- */

static const char python[] =
	"#!/usr/bin/env python3\n"
	"\"\"\"Größen — a module.\n\nMore about it.\n\"\"\"\n"
	"import os\nfrom typing import List\n\n"
	"# one\n# two\n# three\n"
	"LIMIT: int = 3\n\n"
	"@dataclass(frozen=True)\nclass Größe(Base):\n"
	"    '''Names a size.\n\n    At length.\n    '''\n"
	"    name: str = \"größe\"\n\n"
	"    @property\n    async def total(self, *, limit: int = 3) -> \"List[int]\":\n"
	"        \"\"\"The total.\n\n        Of all.\"\"\"\n"
	"        first = 'ä'\n"
	"        for item in self.items:\n            if item > limit:\n"
	"                self.process(item)\n                log_it(item)\n"
	"        second = compute_total(self.items)\n        third = second + 1\n"
	"        fourth = third + 1\n        return [first, second, third, fourth]\n\n"
	"def outer(x):\n"
	"    def inner(y):\n        return y + 'ünïcödé'\n\n"
	"    class Local:\n        field = 1\n\n"
	"    a = inner(x, around_the_corner)\n    b = inner(a, around_the_corner)\n    c = inner(b, "
	"around_the_corner)\n    d = inner(c, around_the_corner)\n    e = inner(d, around_the_corner)\n"
	"    f = inner(e, around_the_corner)\n    g = inner(f, around_the_corner)\n    return g\n\n"
	"def risky(path):\n"
	"    a = open_it(path)\n    b = a.read_all()\n    c = b.split_up()\n    d = c.join_up()\n"
	"    e = d.split_up()\n    f = e.join_up()\n    g = f.split_up()\n"
	"    try:\n        return g.finish()\n"
	"    except OSError as error:\n        raise Failure(path) from error\n";

static void code_folds_python(void **state)
{
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_PYTHON, python);
	HAS(out, "#!/usr/bin/env python3\n", "\"\"\"Größen — a module...\"\"\"\n", "import os\n",
	    "LIMIT: int = 3\n", "# one...\n", "@dataclass(frozen=True)\nclass Größe(Base):\n",
	    "'''Names a size...'''", "name: str = \"größe\"",
	    "@property\n    async def total(self, *, limit: int = 3) -> \"List[int]\":\n",
	    "\"\"\"The total...\"\"\"\n", " lines omitted; calls: process, log_it, compute_total]\n",
	    "def outer(x):\n    def inner(y):\n", "    class Local:\n        field = 1\n",
	    "def risky(path):\n", "    try:\n        return g.finish()\n",
	    "    except OSError as error:\n        raise Failure(path) from error\n",
	    "\n# [3 of 4 bodies compressed: ");
	HAS_NO(out, "# two", "third = ", "More about", "At length", "f = inner(e)", "f = e.join_up");
	press_release(&p);
}

static const char javascript[] =
	"'use strict';\nimport fs from 'fs';\n\n/**\n * Reads the größe.\n * @param {string} path\n */\n"
	"export const read = async (path) => {\n  const a = one(path);\n  const b = two(a, "
	"around_the_corner);\n  const c = "
	"three(b);\n"
	"  const d = four(c);\n  const e = five(d);\n  const f = six(e);\n  const g = 'ü' + seven(f);\n  "
	"return eight(g);\n};\n\n"
	"class Queue extends Base {\n  #size = 0;\n  static async *push(item, { force = false } = {}) {\n"
	"    this.a = from_somewhere_far_away(1);\n    this.b = from_somewhere_far_away(2);\n    this.c = "
	"from_somewhere_far_away(3);\n    this.d = from_somewhere_far_away(4);\n    this.e = "
	"from_somewhere_far_away(5);\n    this.f = "
	"6;\n    this.g = from_somewhere_far_away(7);\n"
	"    return this;\n  }\n}\n\n"
	"module.exports = function make(x) {\n  const a = from_somewhere_far_away(1);\n  const b = "
	"from_somewhere_far_away(2);\n  const c = from_somewhere_far_away(3);\n  const d = "
	"4;\n  const e = from_somewhere_far_away(5);\n"
	"  const f = from_somewhere_far_away(6);\n  try {\n    go(x);\n  } catch (error) {\n    "
	"report(error);\n  }\n  return () => "
	"a;\n};\n\n"
	"describe('queue', () => {\n  it('pushes', () => {\n    one(around_the_corner);\n    "
	"two(around_the_corner);\n    three(around_the_corner);\n    "
	"four(around_the_corner);\n    five(around_the_corner);\n"
	"    six(around_the_corner);\n    seven(around_the_corner);\n    eight(around_the_corner);\n  "
	"});\n});\n"
	"const View = () => { return <p>x</p>; };\n";

static void code_folds_javascript(void **state)
{
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_JAVASCRIPT, javascript);
	HAS(out, "import fs from 'fs';", "/** Reads the größe... */\nexport const read = async (path) => {\n",
	    "\n};\n\nclass Queue", "  static async *push(item, { force = false } = {}) {\n",
	    "module.exports = function make(x) {\n", "  try {\n    go(x);\n",
	    "  } catch (error) {\n    report(error);\n  }\n",
	    "describe('queue', () => {\n  it('pushes', () => {\n", "const View = () => { return <p>x</p>; };",
	    "read()", "// [3 of 6 bodies compressed: read(), push(). Retrieve");
	HAS_NO(out, "seven", "this.f", "@param");
	press_release(&p);
}

static void code_folds_typescript(void **state)
{
	static const char source[] =
		"import { A } from './a';\n\nexport interface Größe<T> {\n  name: string;\n  size?: T;\n}\n\n"
		"type Id = string | number;\nenum Kind { One, Two }\n\n"
		"@Component({ selector: 'x' })\nexport class View implements OnInit {\n  private readonly a: "
		"number = 1;\n\n"
		"  constructor(private http: Http, public id: Id) {\n    super();\n    this.a = "
		"from_somewhere_far_away(1);\n    "
		"this.b = from_somewhere_far_away(2);\n    this.c = from_somewhere_far_away(3);\n"
		"    this.d = from_somewhere_far_away(4);\n    this.e = from_somewhere_far_away(5);\n    "
		"this.f = from_somewhere_far_away(6);\n    this.g = load(id);\n    this.h = "
		"8;\n  }\n\n"
		"  @Input() get value(): Promise<Map<string, Id[]>> {\n    const a: number = "
		"from_somewhere_far_away(1);\n    const b "
		"= <Id>a;\n    const c = from_somewhere_far_away(3);\n"
		"    const d = from_somewhere_far_away(4);\n    const e = from_somewhere_far_away(5);\n    "
		"const f = from_somewhere_far_away(6);\n    const g = from_somewhere_far_away(7);\n    "
		"return 'ä' as "
		"any;\n  }\n}\n\n"
		"export function over(a: string): void;\nexport function over(a: any): void {\n  one(a, "
		"around_the_corner);\n  "
		"two(a, around_the_corner);\n  three(a, around_the_corner);\n"
		"  four(a, around_the_corner);\n  five(a, around_the_corner);\n  six(a, "
		"around_the_corner);\n  seven(a, around_the_corner);\n  eight(a, around_the_corner);\n}\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_TYPESCRIPT, source);
	HAS(out, "export interface Größe<T> {\n  name: string;\n  size?: T;\n}", "type Id = string | number;",
	    "enum Kind { One, Two }", "@Component({ selector: 'x' })\nexport class View implements OnInit {",
	    "private readonly a: number = 1;", "constructor(private http: Http, public id: Id) {",
	    "@Input() get value(): Promise<Map<string, Id[]>> {",
	    "export function over(a: string): void;\nexport function over(a: any): void {");
	HAS_NO(out, "this.f", "eight(a");
	press_release(&p);
}

static void code_folds_go(void **state)
{
	static const char source[] =
		"//go:build linux\n// +build linux\n\n// Copyright\n// of somebody\n// and others\n\npackage "
		"größe\n\n"
		"import (\n\t\"fmt\"\n)\n\ntype Größe struct {\n\tName string `json:\"name\"`\n}\n\n"
		"// Total sums.\nfunc (g *Größe) Total(limit int) (total int, err error) {\n\ta := "
		"from_somewhere_far_away(1)\n\tb := "
		"2\n\tc := from_somewhere_far_away(3)\n\td := from_somewhere_far_away(4)\n"
		"\te := from_somewhere_far_away(5)\n\tf := from_somewhere_far_away(6)\n\tif a > b "
		"{\n\t\treturn 0, fmt.Errorf(\"ü\")\n\t}\n\treturn g.sum(a, "
		"b, c, d, e, f)\n}\n\n"
		"func run[T any](xs ...T) {\n\tgo func() "
		"{\n\t\tone(around_the_corner)\n\t\ttwo(around_the_corner)\n\t\tthree(around_the_corner)"
		"\n\t\tfour(around_the_corner)\n\t\tfive(around_the_corner)\n\t\tsix(around_the_corner)\n"
		"\t\tseven(around_the_corner)\n\t\teight(around_the_corner)\n\t}()\n\twait()\n\tdone()\n}\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_GO, source);
	HAS(out, "//go:build linux\n// +build linux\n\n// Copyright...\n\npackage größe\n",
	    "import (\n\t\"fmt\"\n)", "type Größe struct {\n\tName string `json:\"name\"`\n}",
	    "// Total sums.\nfunc (g *Größe) Total(limit int) (total int, err error) {\n", ", sum]\n}\n",
	    "func run[T any](xs ...T) {\n\tgo func() {\n", "\n\t}()\n");
	HAS_NO(out, "f := from", "eight(");
	press_release(&p);
}

static void code_folds_rust(void **state)
{
	static const char source[] =
		"//! A crate of größe.\n//! More.\n\nuse std::fmt;\n\n#[derive(Debug, "
		"Clone)]\npub struct Größe<'a> {\n    name: &'a str,\n}\n\n"
		"pub trait Sum {\n    fn sum(&self) -> u64;\n}\n\nimpl<'a> Sum for "
		"Größe<'a> {\n    /// Sums it up.\n    ///\n    /// Slowly.\n"
		"    #[inline]\n    fn sum(&self) -> u64 {\n        let a = from_somewhere_far_away(1);\n    "
		"    "
		"let b = from_somewhere_far_away(2);\n        let c = from_somewhere_far_away(3);\n        "
		"let d = from_somewhere_far_away(4);\n"
		"        let e = from_somewhere_far_away(5);\n        let f = from_somewhere_far_away(6);\n  "
		"      println!(\"ü\");\n     "
		"   compute(a, b, c, d, e, f)\n    }\n}\n\n"
		"pub async unsafe fn run<T: Sum>(x: T) -> Result<(), Error> where T: "
		"Clone {\n    let a = from_somewhere_far_away(1);\n    let b = from_somewhere_far_away(2);\n "
		"   let c = from_somewhere_far_away(3);\n"
		"    let d = from_somewhere_far_away(4);\n    let e = from_somewhere_far_away(5);\n    let f "
		"= move |y: u8| {\n        y "
		"+ 1\n    };\n    fn nested(z: u8) -> u8 {\n        z\n    }\n"
		"    for i in 0..9 { f(i); }\n    Ok(())\n}\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_RUST, source);
	HAS(out, "//! A crate of größe...\n", "use std::fmt;",
	    "#[derive(Debug, Clone)]\npub struct Größe<'a> {\n    name: &'a str,\n}",
	    "    fn sum(&self) -> u64;", "    /// Sums it up...\n    #[inline]\n    fn sum(&self) -> u64 {",
	    "pub async unsafe fn run<T: Sum>(x: T) -> Result<(), Error> where T: Clone {",
	    "    fn nested(z: u8) -> u8 {\n");
	HAS_NO(out, "let f = from", "Slowly");
	press_release(&p);
}

static void code_folds_java(void **state)
{
	static const char source[] =
		"package a.b;\n\nimport java.util.List;\n\n/**\n * A größe.\n * @author x\n "
		"*/\n@Entity\npublic class Größe extends Base implements Sum {\n"
		"    private static final int LIMIT = 3;\n\n    static {\n        one(around_the_corner);\n  "
		"      two(around_the_corner);\n   "
		"     three(around_the_corner);\n        four(around_the_corner);\n"
		"        five(around_the_corner);\n        six(around_the_corner);\n        "
		"seven(around_the_corner);\n        eight(around_the_corner);\n    }\n\n"
		"    public Größe(String name) {\n        super(name);\n        this.a = "
		"from_somewhere_far_away(1);\n        this.b "
		"= 2;\n        this.c = from_somewhere_far_away(3);\n"
		"        this.d = from_somewhere_far_away(4);\n        this.e = "
		"from_somewhere_far_away(5);\n        this.f = from_somewhere_far_away(6);\n        this.g = "
		"from_somewhere_far_away(7);\n    "
		"}\n\n"
		"    @Override\n    public <T> List<T> total(int... xs) throws IOException {\n        int a "
		"= 1;\n        int b = from_somewhere_far_away(2);\n"
		"        int c = from_somewhere_far_away(3);\n        int d = from_somewhere_far_away(4);\n  "
		"      int e = from_somewhere_far_away(5);\n        int f = from_somewhere_far_away(6);\n"
		"        try (Reader r = open(xs)) {\n            load(r);\n        } catch (Failure e) {\n  "
		"          throw new Problem(e);\n"
		"        } finally {\n            close();\n        }\n        return new Helper() {\n       "
		"     public void run() {\n"
		"                go(\"ü\");\n            }\n        };\n    }\n\n    interface Inner { void "
		"x(); }\n}\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_JAVA, source);
	HAS(out, "package a.b;", "import java.util.List;",
	    "/** A größe... */\n@Entity\npublic class Größe extends Base implements Sum {",
	    "private static final int LIMIT = 3;", "    static {\n", "public Größe(String name) {\n",
	    "@Override\n    public <T> List<T> total(int... xs) throws IOException {",
	    "try (Reader r = open(xs)) {",
	    "} catch (Failure e) {\n            throw new Problem(e);\n        } finally {\n            "
	    "close();\n        }",
	    "public void run() {", "interface Inner { void x(); }");
	HAS_NO(out, "this.f", "@author", "eight(");
	press_release(&p);
}

static void code_folds_c_and_cpp(void **state)
{
	static const char c[] =
		"/*\n * größe.c: sizes.\n *\n * At length.\n */\n#include <stdio.h>\n#define "
		"LIMIT 3\n\nstruct size {\n\tint n;\n};\n\n"
		"static int total(const struct size *s, int (*f)(int))\n{\n\tint a = "
		"1;\n\tint b = from_somewhere_far_away(2);\n\tint c = from_somewhere_far_away(3);\n\tint d = "
		"from_somewhere_far_away(4);\n"
		"\tint e = from_somewhere_far_away(5);\n\tint g = from_somewhere_far_away(6);\n#ifdef "
		"LIMIT\n\tprintf(\"ü\");\n#endif\n\treturn compute(a, b, c, d, e, g);\n}\n\n"
		"int main(int argc, char **argv)\n{\n\treturn total(0, 0);\n}\n";
	static const char cpp[] =
		"#include <vector>\n\nnamespace größe {\n\ntemplate <typename T> class Queue : public "
		"Base<T> {\npublic:\n"
		"\tQueue(int n) : n_(n), "
		"x_{1}\n\t{\n\t\tone();\n\t\ttwo();\n\t\tthree();\n\t\tfour();\n\t\tfive();\n\t\tsix();\n"
		"\t\tseven();\n\t\teight();\n\t}\n\tvirtual ~Queue() = default;\n\tbool operator==(const "
		"Queue &q) const noexcept;\n\n"
		"private:\n\tint n_;\n};\n\ntemplate <typename T>\nbool Queue<T>::operator==(const Queue &q) "
		"const noexcept\n{\n"
		"\tauto a = from_somewhere_far_away(1);\n\tauto b = from_somewhere_far_away(2);\n\tauto c = "
		"from_somewhere_far_away(3);\n\tauto d = from_somewhere_far_away(4);\n\tauto e = "
		"from_somewhere_far_away(5);\n\tauto f = "
		"[&](int x) {\n\t\treturn x + 1;\n\t};\n"
		"\ttry {\n\t\tgo();\n\t} catch (const std::exception &e) {\n\t\tthrow;\n\t}\n\treturn f(a) "
		"== std::max(b, c + d + e);\n}\n\n}\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_C, c);
	HAS(out, "/* größe.c: sizes... */\n#include <stdio.h>\n#define LIMIT 3\n",
	    "struct size {\n\tint n;\n};", "static int total(const struct size *s, int (*f)(int))\n{\n",
	    ", compute]\n}\n", "int main(int argc, char **argv)\n{\n\treturn total(0, 0);\n}\n",
	    "1 of 2 bodies compressed: total()");
	out = shortened(&p, LANGUAGE_CPP, cpp);
	HAS(out, "namespace größe {", "template <typename T> class Queue : public Base<T> {",
	    "\tQueue(int n) : n_(n), x_{1}\n\t{\n", "virtual ~Queue() = default;",
	    "bool Queue<T>::operator==(const Queue &q) const noexcept\n{\n",
	    "\t} catch (const std::exception &e) {\n\t\tthrow;\n\t}\n");
	HAS_NO(out, "auto f = ");
	press_release(&p);
}

/* ---- what must hold for all ---- */

static void code_keeps_broken_functions_whole(void **state)
{
	static const char source[] =
		"import os\nimport sys\n\ndef broken(a):\n    one = from_somewhere_far_away(1)\n    two = = "
		"2\n    three = from_somewhere_far_away(3)\n    four "
		"= 4\n    five = from_somewhere_far_away(5)\n"
		"    six = from_somewhere_far_away(6)\n    seven = from_somewhere_far_away(7)\n    eight = "
		"from_somewhere_far_away(8)\n    nine = from_somewhere_far_away(9)\n\n"
		"def fine(a):\n    one = from_somewhere_far_away(1)\n    two = from_somewhere_far_away(2)\n  "
		"  three = from_somewhere_far_away(3)\n    four = from_somewhere_far_away(4)\n    five = "
		"from_somewhere_far_away(5)\n    six "
		"= 6\n"
		"    seven = from_somewhere_far_away(7)\n    eight = from_somewhere_far_away(8)\n    nine = "
		"from_somewhere_far_away(9)\n    return compute(nine)\n\n"
		"def also_fine(a):\n    one = from_somewhere_far_away(1)\n    two = "
		"from_somewhere_far_away(2)\n    three = from_somewhere_far_away(3)\n    four = "
		"from_somewhere_far_away(4)\n    five = from_somewhere_far_away(5)\n    "
		"six = from_somewhere_far_away(6)\n"
		"    seven = from_somewhere_far_away(7)\n    eight = from_somewhere_far_away(8)\n    nine = "
		"from_somewhere_far_away(9)\n    return compute(nine)\n";
	const char *out;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	out = shortened(&p, LANGUAGE_PYTHON, source);
	HAS(out, "def broken(a):\n    one = ", "    two = = 2\n    three = ",
	    "    seven = from_somewhere_far_away(7)\n    eight = ",
	    "    nine = from_somewhere_far_away(9)\n\ndef fine(a):\n", "def also_fine(a):\n",
	    "2 of 3 bodies compressed");
	press_release(&p);
}

/* A comment may stand anywhere, which the parser tells nothing about. */
static void code_indents_like_statements(void **state)
{
	static const char source[] =
		"import os\n\ndef total(items):\n    \"\"\"Sums.\"\"\"\n# was: return 0\n"
		"    first = compute_the_first(items)\n    second = compute_the_second(items)\n"
		"    third = compute_the_third(items)\n    fourth = compute_the_fourth(items)\n"
		"    fifth = compute_the_fifth(items)\n    sixth = compute_the_sixth(items)\n"
		"    return first + second + third + fourth + fifth + sixth\n";
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	p.config.code_body_lines = 0;
	p.config.code_docstrings = DOCSTRING_REMOVE;
	HAS(shortened(&p, LANGUAGE_PYTHON, source),
	    "def total(items):\n    # [8 lines omitted; calls: ", "]\n    pass\n");
	press_release(&p);
}

static void code_drops_comments_without_words(void **state)
{
	static const char source[] =
		"import os\n\n#\n#\n#\n\ndef total(items):\n"
		"    first = compute_the_first(items)\n    second = compute_the_second(items)\n"
		"    third = compute_the_third(items)\n    fourth = compute_the_fourth(items)\n"
		"    fifth = compute_the_fifth(items)\n    sixth = compute_the_sixth(items)\n"
		"    return first + second + third + fourth + fifth + sixth\n";
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	p.config.code_body_lines = 0;
	HAS(shortened(&p, LANGUAGE_PYTHON, source), "import os\n\n\ndef total(items):\n");
	press_release(&p);
}

static void code_is_stable(void **state)
{
	struct press p;
	struct buf first;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	buf_init(&first, SIZE_MAX);
	shortened(&p, LANGUAGE_PYTHON, python);
	buf_add(&first, buf_str(&p.out));
	shortened(&p, LANGUAGE_PYTHON, python);
	assert_true(str_eq(buf_str(&first), buf_str(&p.out)));
	assert_false(press(&p, buf_str(&first)));
	assert_string_equal(p.result.reason, "compressed before");
	buf_release(&first);
	press_release(&p);
}

static void code_keeps_crlf_and_order(void **state)
{
	static const char *const heads[] = { "x = 1\r\n", "def a(",    "y = 2\r\n", "class B",
					     "def c(",	  "z = 3\r\n", "def d(" };
	struct buf source;
	struct press p;
	const char *at;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	buf_init(&source, SIZE_MAX);
	buf_add_c(&source, "import os\r\nx = 1\r\ndef a(s):\r\n");
	for (int i = 0; i < 12; i++)
		buf_printf(&source, "    value%d = call%d(s)\r\n", i, i);
	buf_add_c(&source, "y = 2\r\nclass B:\r\n    def c(self):\r\n");
	for (int i = 0; i < 12; i++)
		buf_printf(&source, "        value%d = call%d(self)\r\n", i, i);
	buf_add_c(&source, "z = 3\r\ndef d(s):\r\n    return 1\r\n");
	at = shortened(&p, LANGUAGE_PYTHON, buf_c(&source));
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		at = strstr(at, heads[i]);
		assert_non_null(at);
	}
	buf_release(&source);
	press_release(&p);
}

/* A module like those agents read: thirty-five methods of ten lines. */
static void build_module(struct buf *b, size_t *methods)
{
	*methods = 0;
	buf_add_c(b, "\"\"\"Module replica.\"\"\"\n\nimport json\nfrom dataclasses import dataclass\n");
	for (int c = 0; c < 7; c++) {
		buf_printf(b,
			   "\n\n@dataclass\nclass Filter%d:\n    \"\"\"Builds context %d.\"\"\"\n    name: "
			   "str\n    size: int = %d\n",
			   c, c, c);
		for (int m = 0; m < 5; m++, ++*methods)
			buf_printf(b,
				   "\n    def method_%d_%d(self, value: int) -> dict:\n        \"\"\"Method "
				   "%d of %d.\"\"\"\n"
				   "        result = {}\n        for i in range(value):\n            if i %% "
				   "%d == 0:\n"
				   "                result[str(i)] = self.size * i\n            else:\n"
				   "                result[str(i)] = i + %d\n        if not result:\n"
				   "            raise ValueError(\"empty value\")\n        return result\n",
				   c, m, m, c, m + 2, m + c);
	}
}

static void code_keeps_every_signature(void **state)
{
	struct buf source;
	size_t methods;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	p.config.code_min_tokens = 100;
	buf_init(&source, SIZE_MAX);
	build_module(&source, &methods);
	shortened(&p, LANGUAGE_PYTHON, buf_c(&source));
	assert_true((double)p.out.n < .6 * (double)source.n);
	for (str rest = buf_str(&source), line; str_line(&rest, &line);)
		if (str_has_c(line, "def ") || str_has_c(line, "class ") || str_has_c(line, "import ") ||
		    str_has_c(line, "@") || str_has_c(line, "\"\"\""))
			assert_true(str_find(buf_str(&p.out), line) != STR_NONE);
	assert_int_equal(p.result.before, methods);
	assert_int_equal(p.result.after, 0);
	buf_release(&source);
	press_release(&p);
}

static size_t lines_of(struct press *p, const char *source)
{
	size_t n = 0;
	str rest, line;

	rest = press(p, str_c(source)) ? buf_str(&p->out) : str_c(source);
	while (str_line(&rest, &line))
		n++;
	return n;
}

static void code_options_change_what_they_name(void **state)
{
	size_t methods, normal;
	struct buf source;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	buf_init(&source, SIZE_MAX);
	build_module(&source, &methods);

	p.config.code_docstrings = DOCSTRING_FULL;
	HAS(shortened(&p, LANGUAGE_PYTHON, python), "More about it.", "        Of all.\"\"\"");
	p.config.code_docstrings = DOCSTRING_REMOVE;
	HAS_NO(shortened(&p, LANGUAGE_PYTHON, python), "a module", "Names a size", "The total");
	HAS_NO(shortened(&p, LANGUAGE_JAVASCRIPT, javascript), "/**", "Reads");
	p.config.code_docstrings = DOCSTRING_FIRST_LINE;

	p.config.code_comments = false;
	HAS(shortened(&p, LANGUAGE_PYTHON, python), "# one\n# two\n# three\n");
	p.config.code_comments = true;

	normal = lines_of(&p, buf_c(&source));
	p.config.code_target = .02;
	assert_true(lines_of(&p, buf_c(&source)) < normal);
	p.config.code_target = .6;
	p.config.code_body_lines = 6;
	assert_true(lines_of(&p, buf_c(&source)) > normal);
	p.config.code_body_lines = 40;
	assert_false(press(&p, buf_str(&source)));
	p.config.code_body_lines = 5;
	p.bias = 3;
	assert_false(press(&p, buf_str(&source)));
	p.bias = 1;

	p.config.code_min_tokens = 100000;
	assert_false(press(&p, buf_str(&source)));
	assert_string_equal(p.result.reason, "too short");
	p.config.code_min_tokens = 0;
	p.config.ccr_ttl_seconds = 60;
	HAS(shortened(&p, LANGUAGE_PYTHON, python), "Expires in 1m.");
	buf_release(&source);
	press_release(&p);
}

static void code_asks_the_query(void **state)
{
	size_t methods;
	struct buf source;
	struct press p;
	str out;

	(void)state;
	NEEDS_GRAMMARS();
	press_init(&p);
	buf_init(&source, SIZE_MAX);
	build_module(&source, &methods);
	query_init(&p.query, &p.arena, STR("why does \"method_3_2\" fail?"));
	shortened(&p, LANGUAGE_PYTHON, buf_c(&source));
	out = buf_str(&p.out);
	/* named exactly: whole */
	out = str_from(out, str_find(out, STR("def method_3_2")));
	assert_true(str_starts_c(
		out, "def method_3_2(self, value: int) -> dict:\n        \"\"\"Method 2 of 3.\"\"\"\n"
		     "        result = {}\n        for i in range(value):\n            if i % 4 == 0:\n"));
	assert_int_equal(p.result.after, 1);
	buf_release(&source);
	press_release(&p);
}

static void code_leaves_what_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"Plain words that say nothing in any language a machine would read, at some length.",
		"def a(): pass\n",
		"x = 1\n",
	};
	struct press p;

	(void)state;
	press_init(&p);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(press(&p, str_c(texts[i])));
		assert_non_null(p.result.reason);
	}
	press_release(&p);
}

static void code_is_bounded(void **state)
{
	static const char *const pieces[] = { "((((", "{",   "[",   "if x:\n",	"\"",	  "'''",
					      "/*",   "`${", "<T<", "def f(\n", "\0\xff", "else " };
	struct buf source;
	struct press p;

	(void)state;
	NEEDS_GRAMMARS();
	buf_init(&source, SIZE_MAX);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		press_init(&p);
		buf_clear(&source);
		buf_add_c(&source, "import os\ndef a():\n  pass\nclass B:\n  pass\n");
		for (int k = 0; k < 20000; k++)
			buf_add(&source, i == 10 ? STR("\0\xff") : str_c(pieces[i]));
		for (enum language l = LANGUAGE_PYTHON; l < LANGUAGE_COUNT; l++) {
			struct code_tree t;

			code_parse(&p.arena, l, buf_str(&source), &t);
		}
		press(&p, buf_str(&source));
		press_release(&p);
	}
	buf_release(&source);
}

const struct CMUnitTest code_tests[] = {
	cmocka_unit_test(code_folds_python),
	cmocka_unit_test(code_folds_javascript),
	cmocka_unit_test(code_folds_typescript),
	cmocka_unit_test(code_folds_go),
	cmocka_unit_test(code_folds_rust),
	cmocka_unit_test(code_folds_java),
	cmocka_unit_test(code_folds_c_and_cpp),
	cmocka_unit_test(code_keeps_broken_functions_whole),
	cmocka_unit_test(code_indents_like_statements),
	cmocka_unit_test(code_drops_comments_without_words),
	cmocka_unit_test(code_is_stable),
	cmocka_unit_test(code_keeps_crlf_and_order),
	cmocka_unit_test(code_keeps_every_signature),
	cmocka_unit_test(code_options_change_what_they_name),
	cmocka_unit_test(code_asks_the_query),
	cmocka_unit_test(code_leaves_what_is_none),
	cmocka_unit_test(code_is_bounded),
};
const size_t code_tests_count = sizeof(code_tests) / sizeof(*code_tests);
