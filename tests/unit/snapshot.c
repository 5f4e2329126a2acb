#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/csv.h"
#include "core/base/utf8.h"
#include "core/json/jget.h"
#include "tui/figure.h"
#include "tui/snapshot_form.h"

/* ---- random snapshots ---- */

struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d, uint64_t sides)
{
	d->state = hash_mix(d->state, 0x9e3779b97f4a7c15u);
	return d->state % sides;
}

/* What can be written with so many decimals; sometimes unknown, negative or zero. */
static double any_number(struct dice *d, int decimals)
{
	double scale = 1, n = (double)roll(d, 1000000000);

	while (decimals-- > 0)
		scale *= 10;
	switch (roll(d, 6)) {
	case 0:
		return UNKNOWN;
	case 1:
		return 0;
	case 2:
		return -n / scale;
	default:
		return n / scale;
	}
}

static str any_text(struct dice *d, struct arena *a)
{
	static const char *const texts[] = { "",
					     "claude-opus-4-5",
					     "quote \" back \\ slash",
					     "\n\t\r",
					     "\x1b[31mred",
					     "\xc2\x9b"
					     "31m",
					     "\xe2\x80\xae"
					     "rtl",
					     "\xf3\xa0\x81\x81",
					     "\xf0\x9f\x90\x9f fish",
					     "=cmd()",
					     "a,b",
					     "\xef\xbf\xbd" };

	if (roll(d, 8) == 0)
		return arena_str(a, (str){ "a\0b", 3 });
	return arena_str(a, str_c(texts[roll(d, sizeof(texts) / sizeof(*texts))]));
}

static void fill(struct dice *d, struct arena *a, const struct form *form, void *base)
{
	for (const struct form *f = form; f->name; f++) {
		void *at = (char *)base + f->offset;

		if (f->kind == FORM_NUMBER)
			*(double *)at = any_number(d, f->decimals);
		else if (f->kind == FORM_TIME)
			*(int64_t *)at = roll(d, 4) ? (int64_t)roll(d, 4000000000000) : 0;
		else if (f->kind == FORM_TEXT)
			*(str *)at = any_text(d, a);
		else if (f->kind == FORM_FLAG)
			*(bool *)at = roll(d, 2);
		else if (f->kind == FORM_STATUS)
			*(enum source_status *)at = (enum source_status)roll(d, SOURCE_STATUS_COUNT);
		else if (f->kind == FORM_GROUP)
			fill(d, a, f->members, base);
		else if (f->kind == FORM_ROWS)
			for (uint64_t n = roll(d, 4); n > 0; n--)
				fill(d, a, f->members, vec_push(at));
		else if (f->kind == FORM_STRINGS)
			for (uint64_t n = roll(d, 3); n > 0; n--)
				*(str *)vec_push(at) = any_text(d, a);
	}
}

static void any_snapshot(struct dice *d, struct snapshot *s)
{
	snapshot_init(s);
	fill(d, &s->arena, snapshot_form, s);
}

static void assert_same_number(const struct form *f, double x, double y)
{
	if (is_known(x) != is_known(y) || (is_known(x) && x != y))
		fail_msg("%s: %.17g became %.17g", f->name, x, y);
}

static void assert_same(const struct form *form, const void *x, const void *y)
{
	for (const struct form *f = form; f->name; f++) {
		const void *p = (const char *)x + f->offset, *q = (const char *)y + f->offset;
		const struct vec *v = p, *w = q;

		if (f->kind == FORM_NUMBER)
			assert_same_number(f, *(const double *)p, *(const double *)q);
		else if (f->kind == FORM_TIME)
			assert_true(*(const int64_t *)p == *(const int64_t *)q);
		else if (f->kind == FORM_TEXT)
			assert_true(str_eq(*(const str *)p, *(const str *)q));
		else if (f->kind == FORM_FLAG)
			assert_int_equal(*(const bool *)p, *(const bool *)q);
		else if (f->kind == FORM_STATUS)
			assert_int_equal(*(const int *)p, *(const int *)q);
		else if (f->kind == FORM_GROUP)
			assert_same(f->members, x, y);
		if (f->kind != FORM_ROWS && f->kind != FORM_STRINGS)
			continue;
		assert_int_equal(v->n, w->n);
		for (size_t i = 0; i < v->n; i++) {
			if (f->kind == FORM_ROWS)
				assert_same(f->members, vec_at(v, i), vec_at(w, i));
			else
				assert_true(str_eq(*(str *)vec_at(v, i), *(str *)vec_at(w, i)));
		}
	}
}

/* ---- JSON ---- */

static void snapshot_json_round_trip(void **state)
{
	enum {
		ROUNDS = 2000
	};
	struct dice d = { 7 };
	struct buf text, again;

	(void)state;
	buf_init(&text, SIZE_MAX);
	buf_init(&again, SIZE_MAX);
	for (int i = 0; i < ROUNDS; i++) {
		struct snapshot s, back;

		any_snapshot(&d, &s);
		buf_clear(&text);
		buf_clear(&again);
		snapshot_json(&s, i % 2, &text);
		assert_int_equal(snapshot_parse(buf_str(&text), &back, NULL), STATUS_OK);
		assert_same(snapshot_form, &s, &back);
		snapshot_json(&back, i % 2, &again);
		assert_true(str_eq(buf_str(&text), buf_str(&again)));
		for (size_t k = 0; k < text.n; k++)
			assert_true((unsigned char)text.p[k] >= ' ' || (i % 2 && text.p[k] == '\n'));
		assert_int_equal(str_find(buf_str(&text), STR("\xe2\x80\xae")), STR_NONE);
		assert_int_equal(str_find(buf_str(&text), STR("\xc2\x9b")), STR_NONE);
		snapshot_release(&s);
		snapshot_release(&back);
	}
	buf_release(&text);
	buf_release(&again);
}

static void snapshot_json_of_nothing(void **state)
{
	struct snapshot s;
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX);
	snapshot_init(&s);
	snapshot_json(&s, false, &out);
	assert_str_equal(
		buf_str(&out),
		"{\"version\":1,\"taken_at\":null,\"window\":null,\"since\":null,\"sources\":[],"
		"\"requests\":{\"total\":null,\"cached\":null,\"failed\":null,\"rate_limited\":null},"
		"\"tokens\":{\"input\":null,\"output\":null,\"saved\":null,\"savings_percent\":null},"
		"\"lifetime\":{\"tokens_saved\":null,\"savings_usd\":null},"
		"\"cost\":{\"spent_usd\":null,\"saved_usd\":null,\"net_saved_usd\":null,"
		"\"cache_discount_usd\":null,\"bust_usd\":null,\"basis\":null,\"priced_percent\":null},"
		"\"cache\":{\"read_tokens\":null,\"write_tokens\":null,\"hit_rate\":null},"
		"\"latency_ms\":{"
		"\"overhead\":{\"average\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null},"
		"\"ttfb\":{\"average\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null},"
		"\"total\":{\"average\":null,\"p50\":null,\"p95\":null,\"p99\":null,\"max\":null}},"
		"\"by_model\":[],\"by_project\":[],\"sessions\":[],\"warnings\":[]}");
	snapshot_release(&s);
	buf_release(&out);
}

static void snapshot_json_numbers(void **state)
{
	static const struct {
		double value;
		int decimals;
		const char *text;
	} rows[] = {
		{ 25, 2, "25.0" },
		{ 0.15, 6, "0.15" },
		{ 12500, 0, "12500" },
		{ 0, 6, "0.0" },
		{ -0.0000001, 6, "0.0" },
		{ -0.0, 0, "0" },
		{ 1e15, 0, "1000000000000000" },
		{ 33.333333, 2, "33.33" },
		{ -1.5, 1, "-1.5" },
		{ INFINITY, 2, "null" },
		{ -INFINITY, 2, "null" },
		{ UNKNOWN, 2, "null" },
		{ 100, 0, "100" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		form_number(&out, rows[i].value, rows[i].decimals, "null");
		assert_str_equal(buf_str(&out), rows[i].text);
	}
	buf_clear(&out);
	form_number(&out, 1.7976931348623157e308, 6, "null");
	assert_int_equal(out.n, 309 + 2);
	buf_release(&out);
}

static void snapshot_parse_tolerates(void **state)
{
	struct snapshot s;

	(void)state;
	assert_int_equal(
		snapshot_parse(STR(" {\"version\":9,\"future\":{\"a\":[1,{}]},\"taken_at\":7,"
				   "\"tokens\":{\"input\":\"many\",\"saved\":5,\"new\":1,\"output\":1e999},"
				   "\"requests\":[1,2],\"cost\":null,\"cache\":{},\"latency_ms\":{\"ttfb\":{"
				   "\"p50\":4}},"
				   "\"sources\":[{\"kind\":\"proxy\",\"status\":\"dancing\",\"age_seconds\":"
				   "true},7,null],"
				   "\"sessions\":{\"id\":\"x\"},\"warnings\":[1,\"w\",{}]} "),
			       &s, NULL),
		STATUS_OK);
	assert_int_equal(s.taken_at, 0);
	assert_false(is_known(s.tokens.input));
	assert_false(is_known(s.tokens.output));
	assert_true(s.tokens.saved == 5);
	assert_false(is_known(s.requests.total));
	assert_true(s.ttfb.p50 == 4);
	assert_int_equal(s.sources.n, 1);
	assert_int_equal(((struct source_row *)vec_at(&s.sources, 0))->status, SOURCE_STALE);
	assert_false(is_known(((struct source_row *)vec_at(&s.sources, 0))->age_seconds));
	assert_int_equal(s.sessions.n, 0);
	assert_int_equal(s.warnings.n, 1);
	snapshot_release(&s);
}

static void snapshot_parse_refuses(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"1",
		"null",
		"{",
		"{\"a\":}",
		"{\"tokens\":{\"saved\":5}",
		"{\"tokens\":{\"saved\":5]}",
		"{\"sources\":[{\"kind\":\"x\"}",
		"{\"sources\":[{]}",
		"{\"window\":\"24h",
		"nonsense",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct snapshot s = { .taken_at = 77 };
		struct error err;

		assert_int_equal(snapshot_parse(str_c(texts[i]), &s, &err), STATUS_PARSE);
		assert_int_equal(s.taken_at, 77);
	}
}

/* ---- merging ---- */

static void add_source(struct snapshot *s, const char *kind, const char *name)
{
	snapshot_init(s);
	snapshot_source(s, kind, str_c(name), SOURCE_LIVE);
}

static void snapshot_merge_prefers_the_first(void **state)
{
	struct snapshot all, proxy, logs;
	struct model_row *model;

	(void)state;
	snapshot_init(&all);
	add_source(&proxy, "proxy", "http://p");
	proxy.window = STR("process");
	proxy.since = 5000;
	proxy.requests.total = 0; /* known to be none */
	proxy.tokens.saved = 10;
	proxy.cost.saved_usd = 1;
	proxy.cost.basis = STR("list");
	add_source(&logs, "sessions", "/logs");
	logs.window = STR("24h");
	logs.since = 1000;
	logs.requests.total = 50;
	logs.tokens.saved = 99;
	logs.tokens.savings_percent = 9;
	logs.tokens.input = 1000;
	logs.cost.spent_usd = 2;
	logs.cost.priced_percent = 80;
	logs.cost.basis = STR("API-equivalent");
	model = vec_push(&logs.models);
	*model = (struct model_row){ .model = STR("m"), .input = 3 };
	snapshot_warn(&logs, "%d lines", 3);
	snapshot_merge(&all, &proxy);
	snapshot_merge(&all, &logs);
	snapshot_release(&proxy);
	snapshot_release(&logs);

	assert_int_equal(all.sources.n, 2);
	assert_true(all.requests.total == 0);
	assert_true(all.tokens.saved == 10);
	assert_false(is_known(all.tokens.savings_percent)); /* of other savings */
	assert_true(all.tokens.input == 1000);
	assert_true(all.cost.spent_usd == 2 && all.cost.priced_percent == 80 && all.cost.saved_usd == 1);
	assert_str_equal(all.cost.basis, "API-equivalent"); /* that of spent_usd */
	assert_str_equal(all.window, "process");
	assert_int_equal(all.since, 5000);
	assert_int_equal(all.models.n, 1);
	assert_str_equal(((struct model_row *)vec_at(&all.models, 0))->source, "/logs");
	assert_int_equal(all.warnings.n, 2); /* the lines, and that the windows differ */
	assert_true(str_has_c(*(str *)vec_at(&all.warnings, 1), "24h"));
	snapshot_release(&all);
}

static void add_session(struct snapshot *s, const char *id, int64_t when)
{
	struct session_row *row = vec_push(&s->sessions);

	row->id = str_c(id);
	row->agent = STR("claude");
	row->last_activity = when;
}

static void snapshot_merge_takes_sessions_once(void **state)
{
	struct snapshot all, one, two;

	(void)state;
	snapshot_init(&all);
	add_source(&one, "sessions", "/a");
	add_session(&one, "x", 30);
	add_session(&one, "y", 10);
	add_source(&two, "sessions", "/b");
	add_session(&two, "z", 20);
	add_session(&two, "x", 30);
	snapshot_merge(&all, &one);
	snapshot_merge(&all, &two);
	assert_int_equal(all.sessions.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_str_equal(((struct session_row *)vec_at(&all.sessions, i))->id, i == 0	? "x"
										       : i == 1 ? "z"
												: "y");
	snapshot_release(&one);
	snapshot_release(&two);
	snapshot_release(&all);
}

/* A snapshot merged into an empty one is the same, but for who told of the models. */
static void snapshot_merge_into_nothing_copies(void **state)
{
	struct dice d = { 11 };

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct snapshot all, part;

		any_snapshot(&d, &part);
		snapshot_init(&all);
		for (size_t k = 0; k < part.models.n; k++)
			((struct model_row *)vec_at(&part.models, k))->source = STR("s");
		snapshot_merge(&all, &part);
		if (part.window.n == 0)
			all.since = part.since;
		assert_same(snapshot_form, &part, &all);
		snapshot_release(&part);
		snapshot_release(&all);
	}
}

/* ---- CSV and line ---- */

static void snapshot_csv_rows(void **state)
{
	struct snapshot s;
	struct model_row *m;
	struct buf out;
	str rest, line;

	(void)state;
	add_source(&s, "proxy", "http://p");
	snapshot_source(&s, "sessions", STR("/a,b"), SOURCE_FILE);
	s.taken_at = 1000;
	s.window = STR("24h");
	m = vec_push(&s.models);
	*m = (struct model_row){ STR("=HYPERLINK(\"x\")"), STR("http://p"), 1, 2, UNKNOWN, 4, 0.5 };
	m = vec_push(&s.models);
	*m = (struct model_row){ STR("\x1b[2Jm"), STR("http://p"), 1, 2, 3, 4, UNKNOWN };
	buf_init(&out, SIZE_MAX);
	snapshot_csv(&s, false, &out);
	rest = buf_str(&out);
	assert_true(str_line(&rest, &line));
	assert_str_equal(line, "taken_at,window,since,kind,name,status,age_seconds,version,error,"
			       "model,requests,input,output,saved,spent_usd");
	assert_true(str_line(&rest, &line));
	assert_str_equal(
		line,
		"1970-01-01T00:00:01Z,24h,,proxy,http://p,live,,,,\"'=HYPERLINK(\"\"x\"\")\",1,2,,4,0.5");
	assert_true(str_line(&rest, &line));
	assert_str_equal(line, "1970-01-01T00:00:01Z,24h,,proxy,http://p,live,,,,\\x1b[2Jm,1,2,3,4,");
	assert_true(str_line(&rest, &line));
	assert_str_equal(line, "1970-01-01T00:00:01Z,24h,,sessions,\"/a,b\",file,,,,,,,,,");
	assert_int_equal(rest.n, 0);
	buf_clear(&out);
	snapshot_csv(&s, true, &out);
	assert_true(str_starts_c(buf_str(&out), "1970"));
	buf_release(&out);
	snapshot_release(&s);
}

static void snapshot_line_parts(void **state)
{
	struct session_row *row;
	struct snapshot s;
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX);
	snapshot_init(&s);
	snapshot_line(&s, &out);
	assert_int_equal(out.n, 0);
	s.cost.spent_usd = 0.15;
	snapshot_line(&s, &out);
	assert_str_equal(buf_str(&out), "$0.15");
	buf_clear(&out);
	s.tokens.saved = 12500;
	s.tokens.savings_percent = 25;
	row = vec_push(&s.sessions);
	*row = (struct session_row){ .context_percent = 43.2, .failures = 2 };
	snapshot_line(&s, &out);
	assert_str_equal(buf_str(&out), "saved 12.5K 25% | $0.15 | ctx 43% | 2 fail");
	buf_clear(&out);
	s.cost.spent_usd = s.tokens.savings_percent = row->context_percent = UNKNOWN;
	snapshot_line(&s, &out);
	assert_str_equal(buf_str(&out), "saved 12.5K | 2 fail");
	buf_release(&out);
	snapshot_release(&s);
}

static void figure_forms(void **state)
{
	static const struct {
		void (*fn)(struct buf *out, double n);
		double n;
		const char *text;
	} rows[] = {
		{ figure_count, 0, "0" },	    { figure_count, 999, "999" },
		{ figure_count, 999.6, "1.0K" },    { figure_count, 12500, "12.5K" },
		{ figure_count, 999949, "999.9K" }, { figure_count, 999950, "1.0M" },
		{ figure_count, -2000, "-2.0K" },   { figure_count, UNKNOWN, "?" },
		{ figure_count, -0.0, "0" },	    { figure_usd, 0, "$0.00" },
		{ figure_usd, 0.15, "$0.15" },	    { figure_usd, 0.001, "<$0.01" },
		{ figure_usd, -3, "-$3.00" },	    { figure_usd, 12345, "$12.3K" },
		{ figure_usd, UNKNOWN, "?" },	    { figure_percent, 43.2, "43%" },
		{ figure_percent, -0.2, "0%" },	    { figure_percent, UNKNOWN, "?" },
		{ figure_age, 0.4, "0s" },	    { figure_age, 59.9, "59s" },
		{ figure_age, 60, "1m" },	    { figure_age, 7200, "2h" },
		{ figure_age, 90000, "1d" },	    { figure_age, UNKNOWN, "?" },
		{ figure_age, -5, "0s" },	    { figure_ms, 1.25, "1.2 ms" },
		{ figure_ms, 120, "120 ms" },	    { figure_ms, 1500, "1.5 s" },
		{ figure_ms, INFINITY, "?" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		rows[i].fn(&out, rows[i].n);
		assert_str_equal(buf_str(&out), rows[i].text);
	}
	buf_release(&out);
}

static void csv_cells(void **state)
{
	static const struct {
		str text;
		const char *cell;
	} rows[] = {
		{ { "", 0 }, "" },	     { { "plain", 5 }, "plain" },
		{ { "a,b", 3 }, "\"a,b\"" }, { { "say \"x\"", 7 }, "\"say \"\"x\"\"\"" },
		{ { "@x", 2 }, "\"'@x\"" },  { { "\rx", 2 }, "\"'\rx\"" },
		{ { "-1", 2 }, "\"'-1\"" },  { { "1-1", 3 }, "1-1" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		csv_cell(&out, rows[i].text);
		assert_str_equal(buf_str(&out), rows[i].cell);
	}
	buf_clear(&out);
	csv_cell(&out, (str){ "\0,", 2 }); /* a NUL is no separator */
	assert_int_equal(out.n, 4);
	buf_release(&out);
}

const struct CMUnitTest snapshot_tests[] = {
	cmocka_unit_test(snapshot_json_round_trip),
	cmocka_unit_test(snapshot_json_of_nothing),
	cmocka_unit_test(snapshot_json_numbers),
	cmocka_unit_test(snapshot_parse_tolerates),
	cmocka_unit_test(snapshot_parse_refuses),
	cmocka_unit_test(snapshot_merge_prefers_the_first),
	cmocka_unit_test(snapshot_merge_takes_sessions_once),
	cmocka_unit_test(snapshot_merge_into_nothing_copies),
	cmocka_unit_test(snapshot_csv_rows),
	cmocka_unit_test(snapshot_line_parts),
	cmocka_unit_test(figure_forms),
	cmocka_unit_test(csv_cells),
};
const size_t snapshot_tests_count = sizeof(snapshot_tests) / sizeof(*snapshot_tests);
