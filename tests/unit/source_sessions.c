/*
 * source_sessions: every figure against one worked out by hand or by tests/top_figures.pl.
 */
#include "tests/unit/top.h"

#include "core/json/jget.h"
#include "core/token/price.h"

/* ---- logs ---- */

#define MESSAGE_TIME "2026-03-20T11:00:00Z"

struct message {
	const char *id, *model, *time, *cwd, *agent, *call; /* call: id of a tool call in it */
	int input, output, read, write_5m, write_1h;
	bool complete;
};

static void say(struct buf *out, const struct message *m)
{
	buf_printf(out,
		   "{\"type\":\"assistant\",\"uuid\":\"u%zu\",\"sessionId\":\"s\",\"isSidechain\":%s,\"cwd\":"
		   "\"%s\","
		   "\"timestamp\":\"%s\",",
		   out->n, m->agent ? "true" : "false", m->cwd ? m->cwd : "/nowhere/app",
		   m->time ? m->time : MESSAGE_TIME);
	if (m->agent)
		buf_printf(out, "\"agentId\":\"%s\",", m->agent);
	buf_printf(out, "\"message\":{\"id\":\"%s\",\"role\":\"assistant\",\"model\":\"%s\",\"content\":[",
		   m->id, m->model ? m->model : "claude-opus-4-6");
	if (m->call)
		buf_printf(out,
			   "{\"type\":\"tool_use\",\"id\":\"%s\",\"name\":\"Read\",\"input\":{\"file_path\":"
			   "\"/x\"}}",
			   m->call);
	buf_printf(out,
		   "],\"stop_reason\":%s,\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d,\"cache_read_"
		   "input_tokens\":%d,"
		   "\"cache_creation_input_tokens\":%d,\"cache_creation\":{\"ephemeral_5m_input_tokens\":%d,"
		   "\"ephemeral_1h_input_tokens\":%d}}}}\n",
		   m->complete ? "\"end_turn\"" : "null", m->input, m->output, m->read,
		   m->write_5m + m->write_1h, m->write_5m, m->write_1h);
}

static void answer_call(struct buf *out, const char *call, const char *text)
{
	buf_printf(out,
		   "{\"type\":\"user\",\"uuid\":\"r%zu\",\"sessionId\":\"s\",\"cwd\":\"/nowhere/"
		   "app\",\"timestamp\":\"" MESSAGE_TIME "\",\"message\":{\"role\":\"user\",\"content\":[{"
		   "\"type\":\"tool_result\",\"tool_use_id\":\"%s\","
		   "\"content\":\"%s\",\"is_error\":true}]}}\n",
		   out->n, call, text);
}

static const char *put(const char *claude, const char *name, const struct buf *text)
{
	const char *path = test_path(test_path(claude, "projects"), name);

	test_write(path, buf_str(text));
	return path;
}

/* A log of these messages. */
static const char *put_messages(const char *claude, const char *name, const struct message *m, size_t n)
{
	const char *path;
	struct buf text;

	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < n; i++)
		say(&text, &m[i]);
	path = put(claude, name, &text);
	buf_release(&text);
	return path;
}
#define PUT(claude, name, ...)                                                  \
	put_messages((claude), (name), (const struct message[]){ __VA_ARGS__ }, \
		     sizeof((const struct message[]){ __VA_ARGS__ }) / sizeof(struct message))

static void append_message(const char *path, const struct message *m)
{
	struct buf text;

	buf_init(&text, 1 << 16);
	say(&text, m);
	top_append(path, buf_str(&text));
	buf_release(&text);
}

static const struct session_row *session_of(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->sessions.n; i++)
		if (str_eq_c(((struct session_row *)vec_at(&s->sessions, i))->id, id))
			return vec_at(&s->sessions, i);
	fail_msg("no session %s", id);
	return NULL;
}

/* ---- against the count in Perl ---- */

static bool run_perl(const char *folder, struct buf *out)
{
	char bytes[4096];
	struct buf command;
	FILE *pipe;
	size_t n;

	buf_init(&command, 1 << 16);
	buf_printf(&command, "perl tests/top_figures.pl '%s'", folder);
	pipe = popen(buf_c(&command), "r");
	buf_release(&command);
	assert_non_null(pipe);
	while ((n = fread(bytes, 1, sizeof(bytes), pipe)) > 0)
		buf_add(out, (str){ bytes, n });
	return pclose(pipe) == 0;
}

static double figure(struct jval sums, const char *key)
{
	return jval_f64(jget(sums, key), 0);
}

static void assert_sums(struct jval sums, double requests, double input, double output)
{
	assert_number(requests, figure(sums, "requests"));
	assert_number(input, figure(sums, "input") + figure(sums, "read") + figure(sums, "write"));
	assert_number(output, figure(sums, "output"));
}

static void compare_with_perl(const char *claude)
{
	double calls = 0, requests = 0, input = 0, output = 0;
	const struct snapshot *s;
	struct jval all, total;
	struct look l;
	struct buf text;

	buf_init(&text, 1 << 20);
	if (!run_perl(test_path(claude, "projects"), &text)) {
		buf_release(&text);
		print_message("there is no perl: skipped\n");
		skip();
	}
	all = jval_of(buf_str(&text));
	total = jget(all, "total");
	look_open(&l, &sessions_source, claude, 0, 2);
	s = look_again(&l);
	assert_true(s->requests.total > 0);
	assert_sums(total, s->requests.total, s->tokens.input, s->tokens.output);
	assert_number(s->cache.read_tokens, figure(total, "read"));
	assert_number(s->cache.write_tokens, figure(total, "write"));
	assert_number(s->cache.hit_rate, figure(total, "read") / s->tokens.input);
	for (size_t i = 0; i < s->models.n; i++) {
		const struct model_row *m = vec_at(&s->models, i);
		char name[64];

		snprintf(name, sizeof(name), "%.*s", STR_ARG(m->model));
		assert_sums(jget(jget(all, "by_model"), name), m->requests, m->input, m->output);
		requests += m->requests;
	}
	assert_number(requests, s->requests.total);
	for (size_t i = 0; i < s->projects.n; i++) {
		const struct project_row *p = vec_at(&s->projects, i);

		input += p->input;
		output += p->output;
	}
	assert_number(input, s->tokens.input);
	assert_number(output, s->tokens.output);
	for (size_t i = 0; i < s->sessions.n; i++)
		calls += ((const struct session_row *)vec_at(&s->sessions, i))->calls;
	assert_number(calls, jval_f64(jget(all, "calls"), -1));
	look_close(&l);
	buf_release(&text);
}

static void source_sessions_agrees_with_another_count(void **state)
{
	(void)state;
	compare_with_perl("tests/fixtures/home/claude");
	compare_with_perl("tests/fixtures/top/claude");
}

/* ---- what counts ---- */

static void source_sessions_counts_a_message_once(void **state)
{
	const double window = (double)price_context_limit(NULL, STR("claude-opus-4-6"), NULL);
	const char *claude = test_dir();
	const struct session_row *row;
	const struct snapshot *s;
	struct look l;

	(void)state;
	PUT(claude, "p/one.jsonl",
	    { .id = "m1", .input = 1000, .output = 1, .read = 20000, .write_5m = 3000, .write_1h = 400 },
	    { .id = "m1",
	      .input = 1000,
	      .output = 500,
	      .read = 20000,
	      .write_5m = 3000,
	      .write_1h = 400,
	      .complete = true },
	    { .id = "m1", .input = 1000, .output = 7, .read = 20000, .write_5m = 3000, .write_1h = 400 });
	look_open(&l, &sessions_source, claude, 0, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 1);
	assert_number(s->tokens.input, 24400);
	assert_number(s->tokens.output, 500);
	assert_number(s->cache.hit_rate, 20000.0 / 24400);
	/* 5 and 25 dollars a million; reads a tenth, writes 1.25 and 2 times */
	assert_number(s->cost.spent_usd, (1000 * 5 + 20000 * .5 + 3000 * 6.25 + 400 * 10 + 500 * 25) / 1e6);
	assert_str_equal(s->cost.basis, "API-equivalent");
	assert_number(s->cost.priced_percent, 100);
	assert_true(!is_known(s->tokens.saved) && !is_known(s->cost.saved_usd) &&
		    !is_known(s->lifetime.tokens_saved));
	assert_int_equal(s->warnings.n, 0);
	row = session_of(s, "one");
	assert_str_equal(row->agent, "claude");
	assert_str_equal(row->project, "app");
	assert_str_equal(row->model, "claude-opus-4-6");
	assert_number(row->tokens, 24900);
	assert_number(row->spent_usd, s->cost.spent_usd);
	assert_false(row->partial);
	assert_number(row->context_percent, 100 * 24400.0 / window);
	look_close(&l);
}

static void source_sessions_counts_forks_once(void **state)
{
	const char *claude = test_dir(), *first;
	const struct snapshot *s;
	struct look l;

	(void)state;
	first = PUT(claude, "p/zzz.jsonl", { .id = "m1", .output = 100, .call = "c1" },
		    { .id = "m2", .output = 3 });
	PUT(claude, "p/aaa.jsonl", { .id = "m1", .output = 100, .call = "c1" }, { .id = "m2", .output = 30 },
	    { .id = "m3", .output = 5 });
	top_set_time(first, 1773900000);
	look_open(&l, &sessions_source, claude, 0, 2);
	s = look_again(&l);
	assert_number(s->requests.total, 3);
	assert_number(s->tokens.output, 135);
	/* what both tell is the older's */
	assert_number(session_of(s, "zzz")->tokens, 130);
	assert_number(session_of(s, "zzz")->calls, 1);
	assert_number(session_of(s, "aaa")->tokens, 5);
	assert_number(session_of(s, "aaa")->calls, 0);
	look_close(&l);
}

static void source_sessions_gives_sub_agents_to_their_session(void **state)
{
	const double window = (double)price_context_limit(NULL, STR("claude-opus-4-6"), NULL);
	const char *claude = test_dir();
	const struct session_row *row;
	const struct snapshot *s;
	struct look l;

	(void)state;
	PUT(claude, "p/one.jsonl", { .id = "m1", .input = 50000, .output = 1, .complete = true });
	PUT(claude, "p/one/subagents/agent-a1.jsonl",
	    { .id = "m2",
	      .input = 150000,
	      .output = 2,
	      .agent = "a1",
	      .complete = true,
	      .model = "claude-haiku-4-5-20251001",
	      .time = "2026-03-20T11:30:00Z" });
	look_open(&l, &sessions_source, claude, 0, 1);
	s = look_again(&l);
	assert_int_equal(s->sessions.n, 1);
	row = session_of(s, "one");
	assert_number(row->tokens, 200003);
	assert_number(row->context_percent, 100 * 50000.0 / window);
	assert_str_equal(row->model, "claude-opus-4-6");
	assert_int_equal(row->last_activity - 1774006200000, 0);
	assert_int_equal(s->models.n, 2);
	look_close(&l);
}

static void source_sessions_says_what_is_unpriced_and_partial(void **state)
{
	const char *claude = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	PUT(claude, "p/one.jsonl", { .id = "m1", .input = 100, .output = 100, .complete = true });
	PUT(claude, "p/two.jsonl",
	    { .id = "m2", .input = 500, .output = 100, .complete = true, .model = "acme-large-9" });
	PUT(claude, "p/three.jsonl", { .id = "m3", .input = 100, .output = 100 });
	look_open(&l, &sessions_source, claude, 0, 1);
	s = look_again(&l);
	assert_number(s->cost.spent_usd, 2 * (100 * 5 + 100 * 25) / 1e6);
	assert_number(s->cost.priced_percent, 40);
	assert_false(is_known(session_of(s, "two")->spent_usd));
	assert_false(is_known(session_of(s, "two")->context_percent));
	assert_false(session_of(s, "one")->partial);
	assert_true(session_of(s, "three")->partial);
	assert_true(top_warns(s, "lower bounds: 1 of 3"));
	look_close(&l);
}

static void source_sessions_keeps_to_its_window(void **state)
{
	const char *claude = test_dir(), *old;
	const struct snapshot *s;
	struct look l;

	(void)state;
	PUT(claude, "p/one.jsonl", { .id = "m1", .output = 1, .call = "c1", .time = "2026-03-18T00:00:00Z" },
	    { .id = "m2", .output = 20, .call = "c2", .time = "2026-03-20T10:00:00Z" });
	/* touched long ago: not read, whatever its records say */
	old = PUT(claude, "p/two.jsonl", { .id = "m3", .output = 300, .time = "2026-03-20T10:00:00Z" });
	top_set_time(old, 1773000000);
	look_open(&l, &sessions_source, claude, 1773921600000, 1);
	s = look_again(&l);
	assert_number(s->requests.total, 1);
	assert_number(s->tokens.output, 20);
	assert_int_equal(s->sessions.n, 1);
	assert_number(session_of(s, "one")->calls, 1);
	assert_int_equal(s->since - 1773921600000, 0);
	look_close(&l);
}

static void source_sessions_tells_projects_apart(void **state)
{
	const char *claude = test_dir();
	const struct project_row *p;
	const struct snapshot *s;
	struct look l;

	(void)state;
	PUT(claude, "p/one.jsonl", { .id = "m1", .output = 9, .cwd = "/nowhere/a/app" });
	PUT(claude, "q/two.jsonl", { .id = "m2", .output = 8, .cwd = "/nowhere/b/app" });
	PUT(claude, "r/three.jsonl", { .id = "m3", .output = 7, .cwd = "C:\\\\work\\\\tool" });
	look_open(&l, &sessions_source, claude, 0, 1);
	s = look_again(&l);
	assert_int_equal(s->projects.n, 3);
	assert_str_equal(session_of(s, "one")->project, "a/app");
	assert_str_equal(session_of(s, "two")->project, "b/app");
	assert_str_equal(session_of(s, "three")->project, "tool");
	p = vec_at(&s->projects, 0);
	assert_str_equal(p->project, "a/app");
	assert_number(p->requests, 1);
	assert_number(p->sessions, 1);
	look_close(&l);
}

/* ---- from poll to poll ---- */

static void source_sessions_reads_only_what_was_appended(void **state)
{
	const char *claude = test_dir(), *path;
	const struct snapshot *s;
	struct look l;
	int fd;

	(void)state;
	path = PUT(claude, "p/one.jsonl", { .id = "m1", .output = 100 }, { .id = "m2", .output = 10 });
	look_open(&l, &sessions_source, claude, 0, 1);
	assert_number(look_again(&l)->tokens.output, 110);
	assert_number(look_again(&l)->tokens.output, 110);
	/* what was read is spoilt where nobody looks again */
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "{\"type\":\"spoiled\"  ", 19, 0), 19);
	close(fd);
	append_message(path, &(struct message){ .id = "m2", .output = 15 });
	append_message(path, &(struct message){ .id = "m3", .output = 1000 });
	s = look_again(&l);
	assert_number(s->requests.total, 3);
	assert_number(s->tokens.output, 1115);
	assert_number(session_of(s, "one")->tokens, 1115);
	look_close(&l);
}

static void source_sessions_waits_for_the_end_of_a_line(void **state)
{
	static const str half = { "{\"type\":\"assistant\",\"mess", 26 };
	const char *claude = test_dir(), *path;
	const struct snapshot *s;
	struct look l;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	path = PUT(claude, "p/one.jsonl", { .id = "m1", .output = 100 });
	say(&text, &(struct message){ .id = "m2", .output = 5 });
	top_append(path, str_sub(buf_str(&text), 0, 200));
	look_open(&l, &sessions_source, claude, 0, 1);
	assert_number(look_again(&l)->tokens.output, 100);
	top_append(path, str_from(buf_str(&text), 200));
	s = look_again(&l);
	assert_number(s->tokens.output, 105);
	top_append(path, half);
	top_append(path, STR("\n"));
	s = look_again(&l);
	assert_number(s->tokens.output, 105);
	assert_true(top_warns(s, "broken lines left out: 1 in 1 logs"));
	look_close(&l);
	buf_release(&text);
}

/* A last line without its newline counts, and what is behind it later is no broken line. */
static void source_sessions_takes_a_last_line_as_it_is(void **state)
{
	const char *claude = test_dir(), *path;
	const struct snapshot *s;
	struct look l;
	struct stat st;

	(void)state;
	path = PUT(claude, "p/one.jsonl", { .id = "m1", .output = 100 });
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 1), 0);
	look_open(&l, &sessions_source, claude, 0, 1);
	assert_number(look_again(&l)->tokens.output, 100);
	top_append(path, STR("\n"));
	append_message(path, &(struct message){ .id = "m2", .output = 10 });
	s = look_again(&l);
	assert_number(s->tokens.output, 110);
	assert_false(top_warns(s, "broken"));
	look_close(&l);
}

static void source_sessions_pairs_calls_across_polls(void **state)
{
	const char *claude = test_dir(), *path;
	const struct session_row *row;
	struct look l;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	path = PUT(claude, "p/one.jsonl", { .id = "m1", .output = 1, .call = "c1" },
		   { .id = "m2", .output = 1, .call = "c2" });
	look_open(&l, &sessions_source, claude, 0, 1);
	row = session_of(look_again(&l), "one");
	assert_number(row->calls, 2);
	assert_number(row->failures, 0);
	answer_call(&text, "c1", "File does not exist.");
	top_append(path, buf_str(&text));
	row = session_of(look_again(&l), "one");
	assert_number(row->calls, 2);
	assert_number(row->failures, 1);
	/* told once more, and the other at last */
	answer_call(&text, "c2", "File does not exist.");
	top_append(path, buf_str(&text));
	row = session_of(look_again(&l), "one");
	assert_number(row->calls, 2);
	assert_number(row->failures, 2);
	look_close(&l);
	buf_release(&text);
}

static void source_sessions_forgets_what_is_gone(void **state)
{
	const char *claude = test_dir(), *one, *two;
	const struct snapshot *s;
	struct look l;

	(void)state;
	one = PUT(claude, "p/one.jsonl", { .id = "m1", .output = 100 }, { .id = "m2", .output = 10 });
	two = PUT(claude, "p/two.jsonl", { .id = "m1", .output = 100 }, { .id = "m3", .output = 1 });
	look_open(&l, &sessions_source, claude, 0, 1);
	assert_number(look_again(&l)->tokens.output, 111);
	assert_int_equal(truncate(one, 0), 0);
	append_message(one, &(struct message){ .id = "m4", .output = 3000 });
	assert_number(look_again(&l)->tokens.output, 3101);
	/* longer than before, and not what it was */
	assert_int_equal(truncate(one, 0), 0);
	for (int i = 0; i < 3; i++)
		append_message(one,
			       &(struct message){ .id = "m5", .output = 20000, .model = "claude-opus-4-5" });
	assert_number(look_again(&l)->tokens.output, 20101);
	assert_int_equal(unlink(two), 0);
	s = look_again(&l);
	assert_number(s->tokens.output, 20000);
	assert_int_equal(s->sessions.n, 1);
	look_close(&l);
}

static void source_sessions_is_the_same_on_many_threads(void **state)
{
	struct buf text[2];
	struct look l;

	(void)state;
	for (int i = 0; i < 2; i++) {
		buf_init(&text[i], 1 << 22);
		look_open(&l, &sessions_source, "tests/fixtures/home/claude", 0, i ? 7 : 1);
		snapshot_json(look_again(&l), true, &text[i]);
		look_close(&l);
	}
	assert_true(str_eq(buf_str(&text[0]), buf_str(&text[1])));
	buf_release(&text[0]);
	buf_release(&text[1]);
}

/* ---- what is not there ---- */

static void source_sessions_lives_without_logs(void **state)
{
	const struct source_options o = { .window = STR("all"),
					  .jobs = 1,
					  .roots = { .override = "/nowhere/at/all" } };
	const char *claude = test_dir();
	const struct snapshot *s;
	struct look l;

	(void)state;
	assert_null(sessions_source.open(claude, &o)); /* no folder of logs in it */
	assert_null(sessions_source.open("/nowhere/at/all", &o));
	l = (struct look){ .type = &sessions_source, .source = sessions_source.open(NULL, &o) };
	assert_non_null(l.source);
	snapshot_init(&l.s);
	s = look_again(&l);
	assert_int_equal(top_row(s)->status, SOURCE_DOWN);
	assert_str_equal(top_row(s)->name, "/nowhere/at/all/projects");
	assert_true(top_row(s)->error.n > 0);
	assert_false(is_known(top_row(s)->age_seconds));
	look_close(&l);
}

static void source_sessions_goes_on_without_what_it_cannot_read(void **state)
{
	const char *claude = test_dir(), *path;
	const struct snapshot *s;
	struct look l;

	(void)state;
	if (geteuid() == 0) {
		print_message("root reads everything: skipped\n");
		skip();
	}
	PUT(claude, "p/one.jsonl", { .id = "m1", .output = 100 });
	path = PUT(claude, "p/two.jsonl", { .id = "m2", .output = 10 });
	assert_int_equal(chmod(path, 0), 0);
	look_open(&l, &sessions_source, claude, 0, 1);
	for (int i = 0; i < 2; i++) {
		s = look_again(&l);
		assert_number(s->tokens.output, 100);
		assert_true(top_warns(s, "logs that cannot be read: 1"));
	}
	assert_int_equal(chmod(path, 0600), 0);
	s = look_again(&l);
	assert_number(s->tokens.output, 110);
	assert_false(top_warns(s, "cannot be read"));
	look_close(&l);
}

const struct CMUnitTest source_sessions_tests[] = {
	cmocka_unit_test(source_sessions_agrees_with_another_count),
	cmocka_unit_test(source_sessions_counts_a_message_once),
	cmocka_unit_test(source_sessions_counts_forks_once),
	cmocka_unit_test(source_sessions_gives_sub_agents_to_their_session),
	cmocka_unit_test(source_sessions_says_what_is_unpriced_and_partial),
	cmocka_unit_test(source_sessions_keeps_to_its_window),
	cmocka_unit_test(source_sessions_tells_projects_apart),
	cmocka_unit_test(source_sessions_reads_only_what_was_appended),
	cmocka_unit_test(source_sessions_waits_for_the_end_of_a_line),
	cmocka_unit_test(source_sessions_takes_a_last_line_as_it_is),
	cmocka_unit_test(source_sessions_pairs_calls_across_polls),
	cmocka_unit_test(source_sessions_forgets_what_is_gone),
	cmocka_unit_test(source_sessions_is_the_same_on_many_threads),
	cmocka_unit_test(source_sessions_lives_without_logs),
	cmocka_unit_test(source_sessions_goes_on_without_what_it_cannot_read),
};
const size_t source_sessions_tests_count = sizeof(source_sessions_tests) / sizeof(*source_sessions_tests);
