#include "tests/test.h"

#include "core/compress/detect.h"
#include "core/compress/detect_parts.h"
#include "core/compress/json_text.h"

static const char *const kinds[CONTENT_COUNT] = { "text",   "json", "diff", "html",
						  "search", "log",  "code", "mixed" };

static enum content content_of(str text)
{
	struct detected d;

	detect(text, &d);
	assert_true(d.confidence >= 0 && d.confidence <= 1);
	assert_true((d.language != LANGUAGE_NONE) == (d.content == CONTENT_CODE));
	return d.content;
}

#define PROSE                                                                                               \
	"Whoever reads this wants to know what became of it, and why nobody said so before the end of the " \
	"day.\n"                                                                                            \
	"It is a text like others, with sentences of a usual length and no figures in them at all.\n"
#define VALUE                                                                                               \
	"{\n  \"name\": \"one of them\",\n  \"values\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],\n" \
	"  \"text\": \"some words that make it longer than a few bytes, so that it is worth a part\",\n"    \
	"  \"more\": {\"a\": null, \"b\": true, \"c\": \"and some more of the same kind of words "          \
	"here\"}\n}\n"
#define SEARCH                                                                                   \
	"src/a.c:1:int a;\nsrc/a.c:2:int b;\nsrc/a.c:3:int c;\nsrc/b.c:4:int d;\nsrc/b.c:5:int " \
	"e;\nsrc/b.c:6:int f;\n"
#define DIFF "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
#define PYTHON                                                                                               \
	"import os\nfrom sys import argv\n\n\nclass Thing(Base):\n    def run(self, x):\n"                   \
	"        if x:\n            self.x = x\n        return self.x\n\n\nif __name__ == '__main__':\n    " \
	"run()\n"

static void detect_knows_kinds(void **state)
{
	static const struct {
		const char *text;
		enum content content;
	} rows[] = {
		{ "", CONTENT_TEXT },
		{ PROSE, CONTENT_TEXT },
		{ " [1, 2, {\"a\": [\"}\"]}]\n", CONTENT_JSON },
		{ "{\"a\": 1}", CONTENT_JSON },
		{ "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n\n{\"a\":4}\n{\"a\":5}\n", CONTENT_JSON },
		{ DIFF, CONTENT_DIFF },
		{ "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", CONTENT_DIFF },
		{ "--- old.c\t2024-05-01\n+++ new.c\t2024-05-02\n@@ -1 +1 @@\n-a\n+b\n", CONTENT_DIFF },
		{ "diff --cc x.c\n@@@ -1,2 -1,2 +1,2 @@@\n  a\n- b\n -c\n++d\n", CONTENT_DIFF },
		{ "<!DOCTYPE html>\n<html><head><title>x</title></head><body><div>x</div></body></html>",
		  CONTENT_HTML },
		{ "HTTP/1.1 200 "
		  "OK\n\n<HTML><HEAD></HEAD><BODY><DIV><SPAN><MAIN><NAV><DIV><DIV><DIV></BODY></HTML>",
		  CONTENT_HTML },
		{ SEARCH, CONTENT_SEARCH },
		{ "a-1/x.c-1-b\na-1/x.c:2:c\na-1/x.c-3-d\n--\na-1/x.c-7-b\na-1/x.c:8:c\na-1/x.c-9-d\n",
		  CONTENT_SEARCH },
		{ "C:\\a.c:1:x\nC:\\a.c:2:y\nC:\\b.c:3:z\n", CONTENT_SEARCH },
		{ "2024-05-01 10:00:00 INFO a\n2024-05-01 10:00:01 INFO b\n2024-05-01 10:00:02 ERROR c\n",
		  CONTENT_LOG },
		{ "===== test session starts =====\ncollected 2 items\n\nt.py::a PASSED [ 50%]\nt.py::b "
		  "FAILED [100%]\n",
		  CONTENT_LOG },
		{ "   Compiling a v1\n   Compiling b v1\nerror[E0308]: mismatched types\n --> src/a.rs:1:2\n",
		  CONTENT_LOG },
		{ "May  1 10:00:00 host app[1]: up\nMay  1 10:00:01 host app[1]: down\n", CONTENT_LOG },
		{ PYTHON, CONTENT_CODE },
		{ PROSE "\n```python\n" PYTHON "```\n" PROSE, CONTENT_MIXED },
		{ PROSE VALUE PROSE, CONTENT_MIXED },
		{ PROSE SEARCH PROSE, CONTENT_MIXED },

		/* traps */
		{ "[1, 2", CONTENT_TEXT },
		{ "{\"a\":1} and\n", CONTENT_TEXT },
		{ "{'a': 1}", CONTENT_TEXT },
		{ "[1 2]", CONTENT_TEXT },
		{ "{\"a\":01}", CONTENT_TEXT },
		{ "[1,]", CONTENT_TEXT },
		{ "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\nbroken\n", CONTENT_TEXT },
		/* a value with search lines, fences and braces in it is one value */
		{ "{\n\"a\": \"```c\",\n\"b\": [\n[1],\n{\"x\":\n2}]\n}", CONTENT_JSON },
		/* clock times are no line numbers */
		{ "10:30:15 INFO up\n10:30:16 INFO up\n10:30:17 INFO down\n", CONTENT_LOG },
		{ "2024-01-01T10:30:15 INFO up\n2024-01-01T10:30:16 INFO up\n2024-01-01T10:30:17 INFO up\n",
		  CONTENT_LOG },
		{ "2024-01-01T10:30:15Z INFO up\n2024-01-01T10:30:16Z INFO up\n2024-01-01T10:30:17Z INFO up\n"
		  "2024-01-01T10:30:18Z INFO up\n2024-01-01T10:30:19Z INFO up\n[10:30:20] INFO up\n",
		  CONTENT_LOG },
		{ "a/b.c:1:int x;\na/b.c:2:int x;\na/b.c:3:int x;\na/b.c:4:int x;\na/b.c:5:int x;\n"
		  "a/b.c-6-int y;\n--\na/b.c-8-int y;\na/b.c:9:int x;\n",
		  CONTENT_SEARCH },
		/* a compiler's words are no search */
		{ "x.c:1:2: error: a\nx.c:3:4: warning: b\ny.c:5:6: error: c\n", CONTENT_LOG },
		{ "[1/3] Compiling a.ts\nINFO: bundled a\n[2/3] Compiling b.ts\nERROR in src/b.ts:1:2 - "
		  "error TS1\n",
		  CONTENT_LOG },
		/* words of errors make no log, words of programs no program */
		{ "The error of the class is to import what it should return, const or let.\n" PROSE,
		  CONTENT_TEXT },
		{ "- a list\n- of things\n+ and others\n", CONTENT_TEXT },
		{ "VERSION := 1\nNAME := $(shell x)\nall: $(NAME)\n\tcc -o x\nX := y\n", CONTENT_TEXT },
		{ PYTHON "PAGE = '''\n<html><head><body><div><div><div>\n'''\n", CONTENT_CODE },
		{ "#include <stdio.h>\n#define ERROR 1\nstatic int f(void)\n{\n\tLOG_ERROR(\"x\");\n\treturn "
		  "0;\n}\n",
		  CONTENT_CODE },
		/* rules and one loud word make no log of a document */
		{ "---\ntitle: x\n---\n# One\n\n---\n\n## Two\n\nCRITICAL: read it\n\n---\n\n## "
		  "Three\n" PROSE,
		  CONTENT_TEXT },
		/* a program with line numbers is a program */
		{ "     1\timport os\n     2\t\n     3\tclass A:\n     4\t    def f(self):\n     5\t        "
		  "return self.x\n",
		  CONTENT_CODE },
		{ PROSE "```\n" DIFF DIFF "```\n" PROSE, CONTENT_MIXED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (content_of(str_c(rows[i].text)) != rows[i].content)
			fail_msg("%s, not %s: %s", kinds[content_of(str_c(rows[i].text))],
				 kinds[rows[i].content], rows[i].text);
}

static void detect_knows_languages(void **state)
{
	static const struct {
		const char *text;
		enum language language;
	} rows[] = {
		{ PYTHON, LANGUAGE_PYTHON },
		{ "import x from 'y';\nexport const f = (a) => {\n  return a;\n};\nfunction g(b) {\n}\n",
		  LANGUAGE_JAVASCRIPT },
		{ "import x from 'y';\nexport interface A {\n  b: string;\n  c: number;\n}\nconst f = (a: A) "
		  "=> {\n",
		  LANGUAGE_TYPESCRIPT },
		{ "package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() {\n\tx, err := f()\n\tif err != nil "
		  "{\n",
		  LANGUAGE_GO },
		{ "use std::io;\n\npub struct A {\n    pub x: u8,\n}\n\nimpl A {\n    pub fn new() -> Self "
		  "{\n",
		  LANGUAGE_RUST },
		{ "package a.b;\n\nimport java.util.List;\n\npublic class A {\n    @Override\n    public "
		  "String x() {\n",
		  LANGUAGE_JAVA },
		{ "#include <stdio.h>\n#define X 1\n\nstruct a {\n\tint x;\n};\n\nint "
		  "main(void)\n{\n\treturn 0;\n}\n",
		  LANGUAGE_C },
		{ "#include <vector>\n\nnamespace a {\nclass B : public C {\npublic:\n  std::string "
		  "x;\n};\n}\n",
		  LANGUAGE_CPP },
		{ PROSE, LANGUAGE_NONE },
	};
	double confidence;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum language found = detect_language(str_c(rows[i].text), &confidence);

		if (found != rows[i].language)
			fail_msg("%s: %s", language_names[found], rows[i].text);
		assert_true(found == LANGUAGE_NONE ? confidence == 0 : confidence >= .5 && confidence <= 1);
	}
}

static void detect_tells_forms_of_json(void **state)
{
	(void)state;
	assert_int_equal(json_form(STR("[{\"a\":1}]")), JSON_FORM_ROWS);
	assert_int_equal(json_form(STR("[1]")), JSON_FORM_VALUE);
	assert_int_equal(json_form(STR("[]")), JSON_FORM_VALUE);
	assert_int_equal(json_form(STR("1")), JSON_FORM_NONE);
	assert_int_equal(json_form(STR("[\"\\u12g4\"]")), JSON_FORM_NONE);
	assert_int_equal(json_form(STR("[\"a\nb\"]")), JSON_FORM_NONE);
	assert_int_equal(json_form(STR("[{]}")), JSON_FORM_NONE);
	assert_int_equal(json_length(STR("{\"a\":\"}\"} x")), 9);
	assert_int_equal(json_length(STR("{\"a\"}")), 0);
}

/* Every byte is in a part or between two; parts have no blank lines at their ends. */
static void detect_splits_mixed_text(void **state)
{
	static const char text[] = "\n" PROSE "\n```json\n" VALUE "```\n\n" VALUE "\n" SEARCH "\n~~~\nopen\n";
	static const enum part_kind expected[] = { PART_TEXT, PART_FENCE, PART_JSON, PART_SEARCH, PART_TEXT };
	struct part_scan scan;
	struct part part;
	const char *at = text;
	size_t n = 0;

	(void)state;
	part_scan_init(&scan, STR(text));
	for (; part_next(&scan, &part); n++) {
		assert_true(n < 5);
		assert_int_equal(part.kind, expected[n]);
		assert_true(part.body.p >= at);
		at = part.body.p + part.body.n;
		assert_true(part.body.n > 0 && part.body.p[part.body.n - 1] != '\n' &&
			    part.body.p[0] != '\n');
		if (n == 1)
			assert_str_equal(part.info, "json");
	}
	assert_int_equal(n, 5);
	assert_true(at <= text + sizeof(text) - 1);
}

static void detect_stands_hostile_input(void **state)
{
	static const char *const pieces[] = { "[",	  "{\n",  "```\n", "~~~~~\n", "{\"a\":\n",
					      "[[[[[[[[", "\n\n", "a:1:",  "--- \n",  "@@ -1 +1 @@\n",
					      "<div",	  "\"",	  "'''" };
	struct buf text;

	(void)state;
	buf_init(&text, SIZE_MAX);
	for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
		buf_clear(&text);
		for (unsigned i = 0; i < 100000; i++)
			buf_add_c(&text, pieces[k]);
		content_of(buf_str(&text));
	}
	/* fences of growing length, each without an end */
	buf_clear(&text);
	for (unsigned i = 3; i < 1000; i++) {
		for (unsigned k = 0; k < i; k++)
			buf_add_ch(&text, '`');
		buf_add_c(&text, "x\n");
	}
	content_of(buf_str(&text));
	buf_release(&text);
}

const struct CMUnitTest detect_tests[] = {
	cmocka_unit_test(detect_knows_kinds),	       cmocka_unit_test(detect_knows_languages),
	cmocka_unit_test(detect_tells_forms_of_json),  cmocka_unit_test(detect_splits_mixed_text),
	cmocka_unit_test(detect_stands_hostile_input),
};
const size_t detect_tests_count = sizeof(detect_tests) / sizeof(*detect_tests);
