#include "tests/test.h"

#include "core/compress/html.h"

struct press {
	struct arena arena;
	struct compress_config config;
	struct query query;
	struct buf out;
	struct squeezed result;
	bool done;
};

static void press_init(struct press *p)
{
	arena_init(&p->arena);
	compress_config_init(&p->config);
	query_init(&p->query, &p->arena, STR(""));
	buf_init(&p->out, (size_t)64 << 20);
}

static void press_release(struct press *p)
{
	buf_release(&p->out);
	arena_release(&p->arena);
}

static bool press(struct press *p, str text)
{
	struct squeeze s = { .text = text, .config = &p->config, .query = &p->query, .bias = 1 };

	marker_hash(text, s.hash);
	buf_clear(&p->out);
	p->done = html_compressor.run(&p->arena, &s, &p->out, &p->result);
	return p->done;
}

/* What a fragment becomes, on a page with enough around it to be worth the trouble; without the marker. */
static str told(struct press *p, const char *fragment)
{
	static const char head[] =
		"<!DOCTYPE html><html><head><style>body { margin: 0; padding: 0 } .a { color: red }"
		".b { color: green } .c { color: blue } .d { border: 1px solid } </style>"
		"<script>var a = '<p>no</p>'; function f() { return 1 < 2; } f(); f(); f();"
		"f(); f(); f(); f(); f(); f(); f(); f(); f(); f(); f(); f();</script></head><body>";
	str page = arena_printf(&p->arena, "%s<div>%s</div></body></html>", head, fragment);
	size_t end;

	if (!press(p, page))
		fail_msg("%s", p->result.reason);
	assert_true(marker_in(buf_str(&p->out)));
	end = str_find(buf_str(&p->out), STR("\n\n["));
	assert_true(end != STR_NONE);
	return str_sub(buf_str(&p->out), 0, end);
}

#define assert_told(p, fragment, expected) assert_str_equal(told((p), (fragment)), (expected))

static void html_writes_markdown(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p, "<h1>One</h1><p>two <b>three</b>.<h3>Four</h3>five",
		    "# One\n\ntwo three.\n\n### Four\n\nfive");
	assert_told(&p, "<ul><li>a<li><p>b<p>c<ol start=9><li>d<li>e</ol></ul>f",
		    "- a\n- b\n  c\n  9. d\n  10. e\n\nf");
	assert_told(&p, "x<blockquote><p>a<p>b</blockquote>c", "x\n\n> a\n\n> b\n\nc");
	assert_told(&p, "<dl><dt>a<dd>b<dt>c<dd><p>d</dl>", "a\n: b\nc\n: d");
	assert_told(&p, "<p>see <a href='x?a=1&amp;b=2'> this</a>, <a href=#y>that</a>, <a href='a b'>c</a>",
		    "see [this](x?a=1&b=2), that, [c](<a b>)");
	assert_told(&p, "<h2>Head <a href=#head>#</a></h2>x", "## Head\n\nx");
	assert_told(&p, "<p>run <code>make &amp;&amp; <b>x</b></code>, <kbd>a`b</kbd>",
		    "run `make && x`, ``a`b``");
	assert_told(&p, "a<br>b<hr>c", "a\nb\n\nc");
	press_release(&p);
}

static void html_keeps_code_verbatim(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p, "<pre><code class='hljs language-c'>\n  if (a &lt; b)\n\n\tx  =  1;\n</code></pre>",
		    "```c\n  if (a < b)\n\n\tx  =  1;\n```");
	assert_told(&p, "<pre>a\n```\nb</pre>", "````\na\n```\nb\n````");
	assert_told(&p, "<ul><li>x<pre>a\n b</pre></ul>", "- x\n\n  ```\n  a\n   b\n  ```");
	press_release(&p);
}

static void html_changes_no_meaning(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p,
		    "<p>up to 10<sup>6</sup> rows, 2<sup>n</sup> ways, the 1<sup>st</sup>, 5 <sup>x</sup>",
		    "up to 10^6 rows, 2^n ways, the 1st, 5 x");
	assert_told(&p, "<p>now <del>20 EUR </del>15 EUR", "now ~~20 EUR~~15 EUR");
	press_release(&p);
}

static void html_writes_tables(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p, "<table><tr><th>A<th>B<tr><td>1|2<td><p>x<p>y</table>behind it",
		    "| A | B |\n|---|---|\n| 1\\|2 | x y |\n\nbehind it");
	/* each cell stands below its heading */
	assert_told(
		&p,
		"<table><tr><th>P<th>R<th colspan=2>N<tr><td rowspan=2>x<td>1<td>a<td>b"
		"<tr><td>2<td>c<td rowspan=9>d<tr><td>y<td>3<td>e</table>",
		"| P | R | N |  |\n|---|---|---|---|\n| x | 1 | a | b |\n|  | 2 | c | d |\n| y | 3 | e |  |");
	/* layout, not data */
	assert_told(&p, "<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>",
		    "a\n\n| b | c |\n|---|---|\n\nd");
	press_release(&p);
}

static void html_forgives(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p, "a </b></div></td> b <i><p>c</i> d", "a\nb\n\nc d");
	assert_told(&p, "1 < 2, 3 <4 &amp &foo; AT&T &#8212;&#x27;&#150;&eacute;",
		    "1 < 2, 3 <4 &amp &foo; AT&T —'–é");
	assert_told(&p, "a<!-- x > --> b <!> c <?php echo 1 ?> d", "a b c d");
	assert_told(&p, "a <![CDATA[1 <b> 2]]> c", "a 1 <b> 2 c");
	assert_told(&p, "<p title='a > b' class=x>a</p><p id=\"x>b<p>c", "a\n\nb\n\nc");
	assert_told(&p, "<SCRIPT>x</sCript >a<Style>b</STYLE>c", "ac");
	assert_told(&p, "a<!-- never closed ><p>b", "a\n\nb");
	assert_told(&p, "<my-card><x-y>a</x-y> b</my-card> c", "a b c");
	press_release(&p);
}

static void html_drops_what_nobody_reads(void **state)
{
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(
		&p,
		"<nav>1</nav><header>2</header><p>kept words of the text</p><aside>3</aside><form>4</form>"
		"<iframe>5</iframe><svg><text>6</text></svg><noscript>7</noscript><!-- 8 --><p hidden>9</p>"
		"<p style='color:red; Display : NONE'>10</p><p aria-hidden=true>11</p><div "
		"role=navigation>12</div>"
		"<div class='site-breadcrumb'>13</div><select><option>14</select><template>15</template>"
		"<footer>16</footer>",
		"kept words of the text");
	/* unless it is all there is */
	assert_told(&p, "<form><h1>A</h1><p>text</form>", "# A\n\ntext");
	assert_told(&p, "<div class=sidebar-right><p>text</div>", "text");
	press_release(&p);
}

static void html_chooses_the_article(void **state)
{
	struct press p;
	str out;

	(void)state;
	press_init(&p);
	out = told(&p, "<div>Around the article.</div><main><article><header><h1>Title</h1></header><p>Text "
		       "of the article."
		       "</article></main><div>More around.</div>");
	assert_str_equal(out, "# Title\n\nText of the article.");
	/* the densest part, without any help */
	out = told(&p, "<div><ul><li><a href=a>Home</a><li><a href=b>News</a><li><a href=c>About</a><li><a "
		       "href=d>Help</a>"
		       "<li><a href=e>Login</a></ul></div><div><div><h2>Head</h2><p>A text that is long "
		       "enough to be the one "
		       "that is meant by whoever comes here.</p></div></div>");
	assert_str_equal(
		out,
		"## Head\n\nA text that is long enough to be the one that is meant by whoever comes here.");
	/* a page of links is told as it is */
	out = told(&p, "<ul><li><a href=a>Home</a><li><a href=b>News</a><li><a href=c>About</a><li><a "
		       "href=d>Help</a>"
		       "<li><a href=e>Login</a></ul>");
	assert_str_equal(out, "- [Home](a)\n- [News](b)\n- [About](c)\n- [Help](d)\n- [Login](e)");
	press_release(&p);
}

static void html_tells_title_author_and_date(void **state)
{
	static const char page[] =
		"<html><head><title> A &amp;\n B </title><meta name=author content='C. D.'>"
		"<meta property='article:published_time' content='2026-01-02'>"
		"<style>p{margin:0}p{margin:0}p{margin:0}p{margin:0}p{margin:0}p{margin:0}p{margin:0}"
		"p{margin:0}p{margin:0}p{margin:0}p{margin:0}</style></head><body>%s<p>text</body></html>";
	struct press p;

	(void)state;
	press_init(&p);
	assert_true(press(&p, arena_printf(&p.arena, page, "")));
	assert_true(str_starts_c(buf_str(&p.out), "# A & B\n\nAuthor: C. D.\nDate: 2026-01-02\n\ntext\n\n["));
	/* once is enough */
	assert_true(press(&p, arena_printf(&p.arena, page, "<h1>A &amp; B</h1>")));
	assert_true(str_starts_c(buf_str(&p.out), "Author: C. D.\nDate: 2026-01-02\n\n# A & B\n\ntext\n\n["));
	press_release(&p);
}

static void html_options_change_what_they_name(void **state)
{
	static const char page[] = "<p>a <a href=x>b</a> <img src=y alt=z></p><table><tr><td>1<td>2</table>";
	struct press p;

	(void)state;
	press_init(&p);
	assert_told(&p, page, "a [b](x)\n\n| 1 | 2 |\n|---|---|");
	p.config.html_links = false;
	assert_told(&p, page, "a b\n\n| 1 | 2 |\n|---|---|");
	p.config.html_images = true;
	assert_told(&p, page, "a b ![z](y)\n\n| 1 | 2 |\n|---|---|");
	p.config.html_tables = false;
	assert_told(&p, page, "a b ![z](y)");
	p.config.ccr_ttl_seconds = 120;
	told(&p, page);
	assert_true(str_has_c(buf_str(&p.out), "Expires in 2m."));
	press_release(&p);
}

static void html_does_nothing_when_in_doubt(void **state)
{
	static const char *const pages[] = {
		"",
		"plain text, a < b and c > d",
		"<p>short</p>",
		"<html><head><title>t</title><style>x</style></head><body><script>y()</script></body></html>",
		"<html><body><div></div><p></p><img src=x></body></html>",
		"<html><body><script>never closed <p>text</p></body></html>",
	};
	struct press p;

	(void)state;
	press_init(&p);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		if (press(&p, str_c(pages[i])))
			fail_msg("%s became %s", pages[i], buf_c(&p.out));
		assert_non_null(p.result.reason);
	}
	press_release(&p);
}

/* ---- an article among everything else; the recall counts its words, each as often as it occurs ---- */

enum {
	PARAGRAPHS = 24,
	WORDS = 50,
	ITEMS = 60
};

static void put_words(struct buf *b, unsigned seed)
{
	static const char *const words[] = { "queue", "cursor", "lease",    "naïve",
					     "shard", "retry",	"upstream", "Ærø" };

	for (unsigned i = 0; i < WORDS; i++) {
		seed = seed * 1103515245u + 12345u;
		buf_printf(b, "%s%u ", words[seed >> 16 & 7], seed >> 20 & 31);
	}
}

static void build_page(struct buf *article, struct buf *page)
{
	struct buf menu;

	buf_init(&menu, SIZE_MAX);
	for (unsigned i = 0; i < ITEMS; i++)
		buf_printf(&menu,
			   "<li class=\"nav-item\"><a href=\"/p%u\" class=\"nav-link\">Item %u</a></li>", i,
			   i);
	buf_add_c(page, "<!DOCTYPE html><html><head><title>The title</title><style>");
	for (unsigned i = 0; i < 8 * ITEMS; i++)
		buf_printf(page, ".class-%u { margin: %upx; color: #%06x; display: flex }\n", i, i, i * 4099);
	buf_printf(page, "</style></head><body><header><ul>%s</ul></header><main><article>", buf_c(&menu));
	for (unsigned i = 0; i < PARAGRAPHS; i++) {
		buf_add_c(page, i % 6 ? "<p>" : "<h2>A part</h2><p>");
		buf_add_c(article, i % 6 ? "" : "A part ");
		put_words(article, i);
		put_words(page, i);
		buf_add_c(page, "</p>");
	}
	buf_printf(page, "</article></main><footer><ul>%s</ul></footer><script>", buf_c(&menu));
	for (unsigned i = 0; i < 8 * ITEMS; i++)
		buf_printf(page, "window.value%u = function (a, b) { return a.x + b * %u; };\n", i, i);
	buf_add_c(page, "</script></body></html>");
	buf_release(&menu);
}

static double recall(str wanted, str text)
{
	size_t words = 0, found = 0, at;
	str word;

	while (str_split(&wanted, ' ', &word)) {
		if (word.n == 0)
			continue;
		words++;
		at = str_find(text, word);
		if (at == STR_NONE)
			continue;
		found++;
		text = str_from(text, at + word.n); /* in order */
	}
	return (double)found / (double)words;
}

static void html_keeps_the_article_and_little_else(void **state)
{
	struct buf article, page, first;
	struct press p;

	(void)state;
	press_init(&p);
	buf_init(&article, SIZE_MAX);
	buf_init(&page, SIZE_MAX);
	buf_init(&first, SIZE_MAX);
	build_page(&article, &page);
	assert_true(press(&p, buf_str(&page)));
	assert_true(recall(buf_str(&article), buf_str(&p.out)) >= .95);
	assert_true((double)p.out.n < .2 * (double)page.n);
	assert_true(str_starts_c(buf_str(&p.out), "# The title\n"));
	assert_false(str_has_c(buf_str(&p.out), "Item"));
	assert_false(str_has_c(buf_str(&p.out), "window"));

	/* the same bytes again, and nothing to do on its own output */
	buf_add(&first, buf_str(&p.out));
	assert_true(press(&p, buf_str(&page)));
	assert_true(str_eq(buf_str(&first), buf_str(&p.out)));
	assert_false(press(&p, buf_str(&first)));
	buf_release(&first);
	buf_release(&page);
	buf_release(&article);
	press_release(&p);
}

/* One element a hundred thousand times: finishes, and in bounded depth. */
static void html_survives_hostile_pages(void **state)
{
	static const char *const pieces[] = {
		"<div>",     "<a \"", "<!--",	   "<title>", "<table><tr><td>", "</x>",	  "<![CDATA[",
		"<ul><li>a", "&#",    "<a href='", "<b><p>x", "<pre>`",		 "<blockquote>q", "\0<p>\xff"
	};
	struct buf page;
	struct press p;

	(void)state;
	buf_init(&page, SIZE_MAX);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		press_init(&p);
		buf_clear(&page);
		for (int k = 0; k < 100000; k++)
			buf_add(&page, i == 13 ? STR("\0<p>\xff") : str_c(pieces[i]));
		if (press(&p, buf_str(&page)))
			assert_true(p.out.n < page.n);
		press_release(&p);
	}
	buf_release(&page);
}

static void html_knows_its_elements(void **state)
{
	(void)state;
	assert_non_null(html_element(STR("a")));
	assert_non_null(html_element(STR("BlockQuote")));
	assert_non_null(html_element(STR("xmp")));
	assert_int_equal(html_element(STR("th"))->tag, TAG_TD);
	assert_null(html_element(STR("")));
	assert_null(html_element(STR("tool_call")));
	assert_null(html_element(STR("p\0x")));
	assert_null(html_element(STR("blockquotes")));
}

const struct CMUnitTest html_tests[] = {
	cmocka_unit_test(html_writes_markdown),
	cmocka_unit_test(html_keeps_code_verbatim),
	cmocka_unit_test(html_changes_no_meaning),
	cmocka_unit_test(html_writes_tables),
	cmocka_unit_test(html_forgives),
	cmocka_unit_test(html_drops_what_nobody_reads),
	cmocka_unit_test(html_chooses_the_article),
	cmocka_unit_test(html_tells_title_author_and_date),
	cmocka_unit_test(html_options_change_what_they_name),
	cmocka_unit_test(html_does_nothing_when_in_doubt),
	cmocka_unit_test(html_keeps_the_article_and_little_else),
	cmocka_unit_test(html_survives_hostile_pages),
	cmocka_unit_test(html_knows_its_elements),
};
const size_t html_tests_count = sizeof(html_tests) / sizeof(*html_tests);
