#include "tests/test.h"

#include <stdlib.h>

#include "core/base/fs.h"
#include "core/model/request.h"

#define FOLDER "tests/fixtures/compress/requests"

static struct request parsed(const char *text)
{
	struct request r;
	struct error err = { .message = "" };

	if (request_parse(str_c(text), &r, &err) != STATUS_OK)
		fail_msg("%s: %s", text, err.message);
	return r;
}

static void load(const char *name, struct buf *out)
{
	struct error err;
	const char *path = test_path(FOLDER, name);

	buf_init(out, 1 << 20);
	if (fs_read_file(path, out, &err) != STATUS_OK)
		fail_msg("%s", err.message);
}

/* "role:kind kind;..." of all slots, messages apart; '+' an answer that has a call, '!' one that failed, '"' a string. */
static str sketch(struct arena *a, const struct request *r)
{
	static const char *const names[ROLE_COUNT] = { "none", "system", "user", "assistant", "tool" };
	uint32_t message = REQUEST_TOP;
	struct buf b;
	str text;

	buf_init(&b, 4096);
	for (size_t i = 0; i < r->slots.n; i++) {
		const struct slot *s = request_slot(r, i);

		if (s->message != message && s->message != REQUEST_TOP)
			buf_printf(&b, "%s%s:", b.n ? ";" : "", names[request_message(r, s->message)->role]);
		else if (b.n)
			buf_add_ch(&b, ' ');
		message = s->message;
		buf_printf(&b, "%s%s%s%s", slot_kind_names[s->kind], s->string ? "\"" : "",
			   s->call != REQUEST_TOP ? "+" : "", s->error ? "!" : "");
	}
	text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void assert_sketch(const char *text, enum request_format format, const char *expected)
{
	struct request r = parsed(text);
	struct arena a;

	arena_init(&a);
	assert_str_equal(sketch(&a, &r), expected);
	assert_int_equal(r.format, format);
	request_release(&r);
	arena_release(&a);
}

static void request_reads_every_shape(void **state)
{
	struct buf b;

	(void)state;
	assert_sketch("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"content\":\"u\",\"role\":"
		      "\"user\"},"
		      "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":"
		      "\"function\","
		      "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
		      "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"r\"}]}",
		      REQUEST_OPENAI,
		      "system:system\";user:user\";assistant:tool_call\"+;tool:tool_result\"+");
	assert_sketch("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},\"b\","
		      "{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}},{\"type\":\"odd\"}]}]",
		      REQUEST_OPENAI, "user:user\" user\" image other");
	load("anthropic_agent.json", &b);
	assert_sketch(buf_c(&b), REQUEST_ANTHROPIC,
		      "system\" tools;user:user\";assistant:thinking\" assistant\" tool_call+;"
		      "user:tool_result\"+! image+!;assistant:tool_call+;user:tool_result\"+ user\"");
	buf_release(&b);
	load("gemini.json", &b);
	assert_sketch(
		buf_c(&b), REQUEST_GEMINI,
		"system\";user:user\" image;assistant:tool_call+ tool_call+;user:tool_result\"+ tool_result+ "
		"tool_result+");
	buf_release(&b);
	load("responses.json", &b);
	assert_sketch(buf_c(&b), REQUEST_RESPONSES,
		      "system\";user:user\";none:thinking\";assistant:tool_call\"+;tool:tool_result\"+");
	buf_release(&b);
	assert_sketch("{\"model\":\"m\",\"input\":\"hello\"}", REQUEST_RESPONSES, "user\"");
	assert_sketch(
		"{\"role\":\"user\",\"content\":\"a\"}\n\n{\"role\":\"assistant\",\"content\":\"b\"}\r\n",
		REQUEST_OPENAI, "user:user\";assistant:assistant\"");
	assert_sketch("\xef\xbb\xbf{\"messages\":[]}", REQUEST_OPENAI, "");
}

static void request_links_answers_to_calls(void **state)
{
	struct request r;
	struct buf b;

	(void)state;
	load("gemini.json", &b);
	r = parsed(buf_c(&b));
	/* without ids the first answer of a name belongs to the first call of it */
	assert_int_equal(r.calls.n, 2);
	assert_int_equal(request_slot(&r, 5)->call, 0);
	assert_int_equal(request_slot(&r, 6)->call, 1);
	assert_int_equal(request_slot(&r, 7)->call, 1);
	assert_int_equal(request_call(&r, 1)->answer, 6);
	request_release(&r);
	buf_release(&b);

	/* an id that comes again means the newest call */
	r = parsed("[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\"}}]},"
		   "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"1\"},"
		   "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"g\"}}]},"
		   "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"2\"},"
		   "{\"role\":\"tool\",\"tool_call_id\":\"unknown\",\"content\":\"3\"}]");
	assert_str_equal(request_tool_name(&r, request_slot(&r, 0)), "f");
	assert_str_equal(request_tool_name(&r, request_slot(&r, 1)), "g");
	assert_str_equal(request_tool_name(&r, request_slot(&r, 2)), "");
	request_release(&r);
}

static void request_tells_data_from_conversations(void **state)
{
	static const struct {
		const char *text;
		enum status status;
	} cases[] = {
		{ "", STATUS_PARSE },
		{ "hello", STATUS_PARSE },
		{ "[]", STATUS_NOT_FOUND },
		{ "{}", STATUS_NOT_FOUND },
		{ "\"text\"", STATUS_NOT_FOUND },
		{ "[{\"id\":1,\"name\":\"x\"}]", STATUS_NOT_FOUND },
		{ "[{\"role\":\"user\",\"content\":\"a\"},{\"id\":1}]", STATUS_NOT_FOUND },
		{ "{\"messages\":[\"a\",\"b\"]}", STATUS_NOT_FOUND },
		{ "{\"messages\":\"none\"}", STATUS_NOT_FOUND },
		{ "{\"input\":[1,2]}", STATUS_NOT_FOUND },
		{ "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}", STATUS_PARSE },
		{ "{\"messages\":[{\"role\" \"user\"}]}", STATUS_PARSE },
		{ "{\"input\":[{\"type\":\"click\",\"x\":1}]}", STATUS_NOT_FOUND },
		{ "{\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"item_reference\",\"id\":"
		  "\"b\"},"
		  "{\"type\":\"web_search_call\",\"id\":\"c\",\"status\":\"completed\"}]}",
		  STATUS_OK },
		{ "{\"messages\":[]} trailing", STATUS_NOT_FOUND },
		{ "{\"a\":1}\n{\"a\":2}\n", STATUS_NOT_FOUND },
		{ "{\"role\":\"user\",\"content\":\"a\"}\nnot json\n", STATUS_PARSE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct request r;
		struct error err;
		enum status status = request_parse(str_c(cases[i].text), &r, &err);

		if (status != cases[i].status)
			fail_msg("%s: %s", cases[i].text, status_name(status));
		if (status == STATUS_OK)
			request_release(&r);
	}
}

/* ---- writing ---- */

static void assert_written(const struct request *r, const struct request_change *c, const char *expected)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	request_write(r, c, &out);
	assert_string_equal(buf_c(&out), expected);
	buf_release(&out);
}

static bool round_trip(void *ctx, int dirfd, const char *name, char type)
{
	struct request_change nothing = { 0 };
	size_t *files = ctx;
	struct request r;
	struct buf b, out;

	(void)dirfd, (void)type;
	load(name, &b);
	buf_init(&out, 1 << 20);
	r = parsed(buf_c(&b));
	/* nothing to change, and each slot changed to what it says already, where that spells the same */
	nothing.texts = NULL;
	request_write(&r, &nothing, &out);
	assert_true(str_eq(buf_str(&out), buf_str(&b)));
	for (size_t i = 0; i < r.slots.n; i++) {
		const struct slot *s = request_slot(&r, i);
		str *texts = xcalloc(r.slots.n, sizeof(*texts));
		struct request_change c = { .texts = texts };

		if (!s->string || s->plain) {
			texts[i] = s->raw;
			buf_clear(&out);
			request_write(&r, &c, &out);
			assert_true(str_eq(buf_str(&out), buf_str(&b)));
		}
		free(texts);
	}
	request_release(&r);
	buf_release(&out);
	buf_release(&b);
	++*files;
	return true;
}

static void writing_nothing_changes_nothing(void **state)
{
	size_t files = 0;

	(void)state;
	assert_int_equal(fs_list(FOLDER, round_trip, &files, NULL), STATUS_OK);
	assert_true(files >= 8);
}

static void writing_changes_one_text_only(void **state)
{
	struct request r = parsed(
		"{ \"n\":1.50e+0 , \"messages\" :[ {\"x\":[ ],\"content\":\"a\\u0041\\/\",\"role\":\"user\"},"
		"{\"role\":\"assistant\",\"content\":\"b\"}\n]}");
	str texts[] = { STR("new \"q\"\n\xc3\xa9"), { NULL, 0 } };
	struct request_change c = { .texts = texts };

	(void)state;
	assert_written(&r, &c,
		       "{ \"n\":1.50e+0 , \"messages\" :[ {\"x\":[ ],\"content\":\"new "
		       "\\\"q\\\"\\n\xc3\xa9\",\"role\":"
		       "\"user\"},{\"role\":\"assistant\",\"content\":\"b\"}\n]}");
	texts[0] = (str){ NULL, 0 };
	texts[1] = STR("");
	assert_written(
		&r, &c,
		"{ \"n\":1.50e+0 , \"messages\" :[ {\"x\":[ ],\"content\":\"a\\u0041\\/\",\"role\":\"user\"},"
		"{\"role\":\"assistant\",\"content\":\"\"}\n]}");
	request_release(&r);
}

#define M(c) "{\"role\":\"user\",\"content\":\"" c "\"}"

static void writing_drops_and_inserts(void **state)
{
	struct request r = parsed("{\"messages\":[ " M("a") " , " M("b") " , " M("c") " ],\"z\":0}");
	static const struct {
		bool dropped[3];
		const char *inserted;
		size_t before;
		const char *expected;
	} cases[] = {
		{ { true, false, false }, "", 0, "{\"messages\":[ " M("b") " , " M("c") " ],\"z\":0}" },
		{ { false, true, false }, "", 0, "{\"messages\":[ " M("a") " , " M("c") " ],\"z\":0}" },
		{ { false, false, true }, "", 0, "{\"messages\":[ " M("a") " , " M("b") " ],\"z\":0}" },
		{ { false, true, true }, "", 0, "{\"messages\":[ " M("a") " ],\"z\":0}" },
		{ { true, true, true }, "", 0, "{\"messages\":[  ],\"z\":0}" },
		{ { true, true, true }, "{}", 0, "{\"messages\":[ {} ],\"z\":0}" },
		{ { true, true, false }, "{}", 0, "{\"messages\":[ {}," M("c") " ],\"z\":0}" },
		{ { false, true, true }, "{}", 1, "{\"messages\":[ " M("a") ",{} ],\"z\":0}" },
		{ { false, true, false }, "{}", 1, "{\"messages\":[ " M("a") " , {}," M("c") " ],\"z\":0}" },
		{ { false, false, false },
		  "{}",
		  3,
		  "{\"messages\":[ " M("a") " , " M("b") " , " M("c") ",{} ],\"z\":0}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct request_change c = { .dropped = cases[i].dropped,
					    .inserted = str_c(cases[i].inserted),
					    .before = cases[i].before };

		assert_written(&r, &c, cases[i].expected);
	}
	request_release(&r);

	r = parsed(M("a") "\n" M("b") "\n");
	assert_written(&r,
		       &(struct request_change){ .dropped = (bool[]){ true, false }, .inserted = STR("{}") },
		       "{}\n" M("b") "\n");
	request_release(&r);
	r = parsed("{\"messages\":[]}");
	assert_written(&r, &(struct request_change){ .inserted = STR("{}") }, "{\"messages\":[{}]}");
	request_release(&r);
}

/* A text in a message that goes is not written; one in another message is. */
static void writing_leaves_no_text_of_dropped_messages(void **state)
{
	struct request r = parsed("[" M("a") "," M("b") "]");
	str texts[] = { STR("x"), STR("y") };
	struct request_change c = { .texts = texts, .dropped = (bool[]){ true, false } };

	(void)state;
	assert_written(&r, &c, "[" M("y") "]");
	request_release(&r);
}

static void slots_tell_whether_they_can_be_given_back(void **state)
{
	static const struct {
		const char *content, *text;
		bool exact;
	} cases[] = {
		{ "plain", "plain", true },
		{ "a\\nb", "a\nb", true },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80", true },
		{ "\\ud83d", "\xef\xbf\xbd", false },
		{ "\\uFFFD", "\xef\xbf\xbd", true },
		{ "\xef\xbf\xbd\\n", "\xef\xbf\xbd\n", true },
		{ "\\\\uFFFD\\udead", "\\uFFFD\xef\xbf\xbd", false },
		{ "\xff", "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a;
		struct request r;
		bool exact;

		arena_init(&a);
		r = parsed(arena_printf(&a, "[{\"role\":\"user\",\"content\":\"%s\"}]", cases[i].content).p);
		assert_str_equal(slot_text(request_slot(&r, 0), &a, &exact), cases[i].text);
		assert_int_equal(exact, cases[i].exact);
		request_release(&r);
		arena_release(&a);
	}
}

/* Conversations of all kinds of members in any order and spelling: read, and written back as they were. */
static void generated_requests_come_back(void **state)
{
	static const char *const values[] = {
		"\"role\" :\"user\"",
		"\"role\":\"tool\"",
		"\"content\": null",
		"\"content\":\"x\\u0000y\"",
		"\"content\":[ ]",
		"\"content\":[{\"type\":\"text\",\"text\":\"t\"} , \"s\"]",
		"\"tool_calls\":[{\"id\":\"i\",\"function\":{\"name\":\"n\",\"arguments\":\"{}\"}}]",
		"\"tool_call_id\":\"i\"",
		"\"x\":{\"role\":1e-7}",
		"\"parts\":[{\"functionResponse\":{\"response\":{\"a\":[1]}}}]"
	};
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct request_change nothing = { 0 };
		struct buf text, out;
		struct request r;

		buf_init(&text, 1 << 16);
		buf_init(&out, 1 << 16);
		buf_add_c(&text, round % 2 ? "[" : "{\"messages\":[");
		for (int m = 0; m < 3; m++) {
			buf_add_c(&text, m ? ",{\"role\":\"assistant\"" : "{\"role\":\"user\"");
			for (int k = 0; k < 3; k++) {
				seed = hash_mix(seed, (uint64_t)round * 9 + (uint64_t)k);
				buf_printf(&text, "%s%s", seed % 3 ? "," : "\n,\t",
					   values[seed / 8 % (sizeof(values) / sizeof(*values))]);
			}
			buf_add_ch(&text, '}');
		}
		buf_add_c(&text, round % 2 ? "]" : "]}");
		r = parsed(buf_c(&text));
		assert_int_equal(r.messages.n, 3);
		request_write(&r, &nothing, &out);
		assert_string_equal(buf_c(&out), buf_c(&text));
		request_release(&r);
		buf_release(&out);
		buf_release(&text);
	}
}

static void deep_and_many_are_bounded(void **state)
{
	struct request r;
	struct error err;
	struct buf b;

	(void)state;
	buf_init(&b, 64 << 20);
	buf_add_c(&b, "[{\"role\":\"user\",\"content\":");
	for (int i = 0; i < 100000; i++)
		buf_add_c(&b, "[{\"content\":");
	buf_add_c(&b, "\"x\"");
	for (int i = 0; i < 100000; i++)
		buf_add_c(&b, "}]");
	buf_add_c(&b, "}]");
	assert_int_equal(request_parse(buf_str(&b), &r, &err), STATUS_OK);
	request_release(&r);
	buf_clear(&b);
	buf_add_ch(&b, '[');
	for (size_t i = 0; i <= REQUEST_MAX_PARTS; i++)
		buf_add_c(&b, i ? ",{\"role\":\"user\"}" : "{\"role\":\"user\"}");
	buf_add_ch(&b, ']');
	assert_int_equal(request_parse(buf_str(&b), &r, &err), STATUS_LIMIT);
	buf_release(&b);
}

const struct CMUnitTest request_tests[] = {
	cmocka_unit_test(request_reads_every_shape),
	cmocka_unit_test(request_links_answers_to_calls),
	cmocka_unit_test(request_tells_data_from_conversations),
	cmocka_unit_test(writing_nothing_changes_nothing),
	cmocka_unit_test(writing_changes_one_text_only),
	cmocka_unit_test(writing_drops_and_inserts),
	cmocka_unit_test(writing_leaves_no_text_of_dropped_messages),
	cmocka_unit_test(slots_tell_whether_they_can_be_given_back),
	cmocka_unit_test(generated_requests_come_back),
	cmocka_unit_test(deep_and_many_are_bounded),
};
const size_t request_tests_count = sizeof(request_tests) / sizeof(*request_tests);
