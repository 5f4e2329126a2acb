/*
 * digest: events in, entries out; the packed form read back, whole, damaged and continued.
 */
#include "tests/test.h"

#include <stdio.h>

#include "analyzers/digest.h"

#define CWD "/work/app"

static struct event at(enum event_kind kind, const char *id)
{
	return (struct event){ .kind = kind,
			       .exit_code = -1,
			       .offset = 100,
			       .line = 3,
			       .time = 1700000000000,
			       .session = STR("session"),
			       .cwd = STR(CWD),
			       .call_id = str_c(id) };
}

static void feed_call(struct digest *d, const char *id, enum tool tool, struct tool_input input)
{
	struct event e = at(EVENT_CALL, id);

	e.tool = tool;
	e.input = input;
	if (!input.hash)
		e.input.hash = str_hash(input.command.n ? input.command : input.path);
	digest_event(d, &e);
}

static void feed_result(struct digest *d, const char *id, enum outcome outcome, int exit_code,
			const char *text)
{
	struct event e = at(EVENT_RESULT, id);

	e.outcome = outcome;
	e.exit_code = exit_code;
	e.offset = 200;
	e.line = 4;
	e.text[0] = str_c(text); /* the bytes of a JSON string: "\n" is two of them */
	e.text_parts = 1;
	e.text_bytes = e.text[0].n;
	digest_event(d, &e);
}

static void feed_shell(struct digest *d, const char *id, const char *command, int exit_code, const char *text)
{
	feed_call(d, id, TOOL_SHELL, (struct tool_input){ .command = str_c(command) });
	feed_result(d, id, exit_code ? OUTCOME_ERROR : OUTCOME_OK, exit_code, text);
}

/* The i-th call. */
static const struct entry *call_at(const struct vec *entries, size_t i)
{
	for (size_t k = 0; k < entries->n; k++) {
		const struct entry *e = vec_at(entries, k);

		if (e->kind == ENTRY_CALL && i-- == 0)
			return e;
	}
	fail_msg("there is no such call");
	return NULL;
}

static void assert_same_entry(const struct entry *x, const struct entry *y)
{
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->tool, y->tool);
	assert_int_equal(x->outcome, y->outcome);
	assert_int_equal(x->class, y->class);
	assert_int_equal(x->flags, y->flags);
	assert_int_equal(x->exit_code, y->exit_code);
	assert_int_equal(x->segment, y->segment);
	assert_true(x->id == y->id && x->input == y->input && x->thread == y->thread &&
		    x->message == y->message);
	assert_true(x->time == y->time && x->timeout_ms == y->timeout_ms);
	assert_true(x->offset == y->offset && x->result_offset == y->result_offset);
	assert_int_equal(x->line, y->line);
	assert_int_equal(x->result_line, y->result_line);
	assert_int_equal(x->out_tokens, y->out_tokens);
	assert_int_equal(x->context_tokens, y->context_tokens);
	assert_int_equal(x->result_bytes, y->result_bytes);
	assert_true(str_eq(x->cwd, y->cwd) && str_eq(x->arg, y->arg) && str_eq(x->pattern, y->pattern));
	assert_true(str_eq(x->slot, y->slot) && str_eq(x->hint, y->hint));
	assert_true(str_eq(x->hit_dir, y->hit_dir) && str_eq(x->hits, y->hits));
}

/* One of everything. */
static void feed_all_kinds(struct digest *d)
{
	struct event e;

	digest_event(d, &(struct event){ .kind = EVENT_TITLE, .session = STR("session"), .exit_code = -1 });
	e = at(EVENT_USER, "");
	digest_event(d, &e);
	feed_call(d, "r1", TOOL_READ, (struct tool_input){ .path = STR(CWD "/src/confg.h"), .ranged = true });
	e = at(EVENT_RESULT, "r1");
	e.outcome = OUTCOME_MISSING;
	e.hint = STR("config.h");
	e.offset = 70; /* before the call: whatever a log says */
	e.line = 1;
	digest_event(d, &e);
	feed_call(d, "g1", TOOL_GREP, (struct tool_input){ .path = STR("src"), .pattern = STR("confi") });
	feed_result(d, "g1", OUTCOME_OK, -1, "Found 2 files\\nsrc/config.h\\nsrc/config.c");
	feed_shell(d, "s1", "cd src && pytest -q", 127, "bash: pytest: command not found");
	e = at(EVENT_CALL, "s2");
	e.tool = TOOL_SHELL;
	e.input = (struct tool_input){
		.command = STR("npm run dev"), .background = true, .timeout_ms = 600000, .hash = 7
	};
	e.message_id = STR("msg_1");
	e.usage = (struct usage){ .input = 10, .output = 20, .cache_read = 3000, .cache_write = 400 };
	e.agent = STR("agent-1");
	e.sidechain = true;
	e.time = 0;
	digest_event(d, &e);
	feed_result(d, "s2", OUTCOME_BACKGROUND, -1, "running");
	e = at(EVENT_COMPACT, "");
	digest_event(d, &e);
	e = at(EVENT_INTERRUPT, "");
	e.cwd = STR("/elsewhere");
	digest_event(d, &e);
	feed_call(d, "w1", TOOL_WEB, (struct tool_input){ .hash = 1 });
	feed_call(d, "x1", TOOL_SHELL, (struct tool_input){ .command = STR("unanswered") });
}

static void digest_makes_entries(void **state)
{
	const struct entry *e;
	struct digest d;

	(void)state;
	digest_init(&d);
	feed_all_kinds(&d);
	assert_int_equal(d.calls, 6);
	assert_str_equal(d.first_cwd, CWD);
	assert_true(d.first_ms == 1700000000000 && d.last_ms == 1700000000000);
	assert_int_equal(((struct entry *)vec_at(&d.entries, 0))->kind, ENTRY_SESSION);

	e = call_at(&d.entries, 0);
	assert_int_equal(e->class, FAIL_PATH_MISSING);
	assert_str_equal(e->arg, CWD "/src/confg.h");
	assert_str_equal(e->hint, "config.h");
	assert_int_equal(e->flags, ENTRY_RANGED);

	e = call_at(&d.entries, 1);
	assert_int_equal(e->class, FAIL_NONE);
	assert_str_equal(e->pattern, "confi");
	assert_str_equal(e->hit_dir, CWD "/src");
	assert_true(entry_has_hit(e, digest_hit_hash(STR(CWD "/src/config.h"))));
	assert_false(entry_has_hit(e, digest_hit_hash(STR(CWD "/src/other.h"))));

	e = call_at(&d.entries, 2);
	assert_int_equal(e->class, FAIL_COMMAND_NOT_FOUND);
	assert_str_equal(e->slot, "pytest");
	assert_int_equal(e->segment, 1);
	assert_int_equal(e->exit_code, 127);

	e = call_at(&d.entries, 3);
	assert_int_equal(e->outcome, OUTCOME_BACKGROUND);
	assert_int_equal(e->flags, ENTRY_BACKGROUND | ENTRY_SIDE);
	assert_int_equal(e->out_tokens, 20);
	assert_int_equal(e->context_tokens, 3410);
	assert_true(e->thread != 0 && e->timeout_ms == 600000);

	assert_int_equal(call_at(&d.entries, 5)->outcome, OUTCOME_NONE);
	digest_release(&d);
}

static void digest_survives_packing(void **state)
{
	struct buf packed;
	struct vec entries;
	struct digest d;
	struct arena a;
	struct entry before[32];
	size_t n;

	(void)state;
	arena_init(&a);
	buf_init(&packed, 1 << 20);
	vec_init(&entries, sizeof(struct entry));
	digest_init(&d);
	feed_all_kinds(&d);
	n = d.entries.n;
	assert_true(n <= 32);
	memcpy(before, d.entries.p, n * sizeof(*before));
	digest_flush(&d, true, &packed);
	assert_int_equal(d.entries.n, 0);
	assert_true(digest_unpack(&a, buf_str(&packed), &entries));
	assert_int_equal(entries.n, n);
	for (size_t i = 0; i < n; i++)
		assert_same_entry(vec_at(&entries, i), &before[i]);
	digest_release(&d);
	vec_release(&entries);
	buf_release(&packed);
	arena_release(&a);
}

static void digest_refuses_damaged_bytes(void **state)
{
	struct buf packed, copy;
	struct vec entries;
	struct digest d;
	struct arena a;

	(void)state;
	arena_init(&a);
	buf_init(&packed, 1 << 20);
	buf_init(&copy, 1 << 20);
	vec_init(&entries, sizeof(struct entry));
	digest_init(&d);
	feed_all_kinds(&d);
	digest_flush(&d, true, &packed);
	vec_push(&entries);
	/* cut anywhere: refused, and what was there before stays */
	for (size_t n = 0; n < packed.n; n++) {
		assert_false(digest_unpack(&a, str_sub(buf_str(&packed), 0, n), &entries));
		assert_int_equal(entries.n, 1);
	}
	/* one bit flipped anywhere: read or refused, without harm, and every value within its type */
	for (size_t i = 0; i < packed.n * 8; i++) {
		buf_clear(&copy);
		buf_add(&copy, buf_str(&packed));
		copy.p[i / 8] ^= (char)(1 << i % 8);
		vec_clear(&entries);
		digest_unpack(&a, buf_str(&copy), &entries);
		for (size_t k = 0; k < entries.n; k++) {
			const struct entry *e = vec_at(&entries, k);

			assert_true(e->kind < ENTRY_COUNT && e->tool < TOOL_COUNT &&
				    e->outcome < OUTCOME_COUNT && e->class < FAIL_COUNT);
		}
		arena_reset(&a);
	}
	assert_false(digest_unpack(&a, STR(""), &entries));
	assert_false(digest_unpack(&a, STR("\x7f\x01\x01\x01"), &entries));
	assert_false(digest_resume(&d, STR("\x01\x05nonsense")));
	digest_release(&d);
	vec_release(&entries);
	buf_release(&copy);
	buf_release(&packed);
	arena_release(&a);
}

/* The ids can be had without reading the rest. */
static void digest_tells_ids(void **state)
{
	struct buf packed;
	struct digest d;
	const char *ids;
	uint64_t id;
	size_t n = 0;

	(void)state;
	buf_init(&packed, 1 << 20);
	digest_init(&d);
	feed_all_kinds(&d);
	digest_flush(&d, true, &packed);
	ids = digest_ids(buf_str(&packed), &n);
	assert_non_null(ids);
	assert_int_equal(n, 7); /* one session, six calls */
	memcpy(&id, ids + 8, sizeof(id));
	assert_true(id == str_hash(STR("r1")));
	for (size_t cut = 0; cut < packed.n; cut++) {
		ids = digest_ids(str_sub(buf_str(&packed), 0, cut), &n);
		assert_true(!ids || (ids >= packed.p && ids + 8 * n <= packed.p + cut));
	}
	digest_release(&d);
	buf_release(&packed);
}

/* A result that comes after the log was read once finds its call. */
static void digest_goes_on(void **state)
{
	const struct entry *e;
	struct buf packed;
	struct digest d;
	struct event usage;

	(void)state;
	buf_init(&packed, 1 << 20);
	digest_init(&d);
	usage = at(EVENT_CALL, "s0");
	usage.tool = TOOL_SHELL;
	usage.input.command = STR("make");
	usage.message_id = STR("msg_7");
	usage.usage.output = 5;
	digest_event(&d, &usage);
	feed_call(&d, "s1", TOOL_SHELL, (struct tool_input){ .command = STR("pytest") });
	digest_flush(&d, true, &packed);
	digest_clear(&d);
	assert_true(digest_resume(&d, buf_str(&packed)));
	feed_result(&d, "s1", OUTCOME_ERROR, 127, "bash: pytest: command not found");
	usage.call_id = STR("s2");
	usage.usage.output = 50; /* the same message, its later and larger count */
	digest_event(&d, &usage);
	assert_int_equal(d.entries.n, 4); /* session, three calls: the session is not begun again */
	e = call_at(&d.entries, 1);
	assert_int_equal(e->class, FAIL_COMMAND_NOT_FOUND);
	assert_int_equal(call_at(&d.entries, 0)->out_tokens, 50);
	assert_int_equal(call_at(&d.entries, 2)->out_tokens, 0);
	digest_release(&d);
	buf_release(&packed);
}

/* Long logs come in segments; calls that are still open at a border get their results in the next one. */
static void digest_flushes_segments(void **state)
{
	struct buf packed;
	struct vec entries;
	struct digest d;
	struct arena a;
	char id[24];
	int n = 0;

	(void)state;
	arena_init(&a);
	buf_init(&packed, 64 << 20);
	vec_init(&entries, sizeof(struct entry));
	digest_init(&d);
	feed_call(&d, "open", TOOL_SHELL, (struct tool_input){ .command = STR("make") });
	while (!d.full) {
		snprintf(id, sizeof(id), "c%d", n++);
		if (n < 2 * DIGEST_SEGMENT - 20)
			feed_shell(&d, id, "make all", 0, "fine");
		else
			feed_call(&d, id, TOOL_SHELL, (struct tool_input){ .command = STR("make last") });
	}
	digest_flush(&d, false, &packed);
	assert_true(digest_unpack(&a, buf_str(&packed), &entries));
	assert_int_equal(entries.n, DIGEST_SEGMENT);
	assert_false(d.full);
	assert_int_equal(d.entries.n, DIGEST_SEGMENT);
	feed_result(&d, id, OUTCOME_ERROR, 2, "make: *** No rule to make target 'last'.  Stop.");
	assert_int_equal(((struct entry *)vec_at(&d.entries, d.entries.n - 1))->class, FAIL_UNKNOWN_TARGET);
	assert_int_equal(d.calls, n + 1);
	digest_flush(&d, true, &packed);
	digest_release(&d);
	vec_release(&entries);
	buf_release(&packed);
	arena_release(&a);
}

static void digest_keeps_commands(void **state)
{
	/* clang-format off */
	static const struct {
		const char *command, *kept;
	} rows[] = {
		{ "make test", "make test" },
		{ "cat > x.txt <<'EOF'\nsecret file content\nEOF", "cat > x.txt <<'EOF'" },
		{ "cat <<EOF > a && make\nbody words\nEOF", "cat <<EOF > a && make" },
		{ "python3 - <<'EOF'\nimport os\nEOF\nmake check", "python3 - <<'EOF'\nmake check" },
		{ "a <<X || b; c | d & e\nbody\nX", "a <<X || b\nc | d & e" },
		{ "cat <<EOF unbalanced ' quote\nbody", "cat <<EOF unbalanced ' quote\nbody" },
		{ "deploy --token " "abcdef12345 --to prod", "deploy --token REDACTED --to prod" },
		{ "echo $((1<<4))", "echo $((1<<4))" },
	};
	/* clang-format on */
	struct digest d;
	struct buf long_command;
	const struct entry *e;

	(void)state;
	digest_init(&d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		digest_clear(&d);
		feed_call(&d, "c", TOOL_SHELL, (struct tool_input){ .command = str_c(rows[i].command) });
		assert_str_equal(call_at(&d.entries, 0)->arg, rows[i].kept);
	}
	buf_init(&long_command, 100000);
	buf_add_c(&long_command, "echo");
	while (long_command.n <= DIGEST_COMMAND_MAX)
		buf_add_c(&long_command, " word");
	digest_clear(&d);
	feed_call(&d, "c", TOOL_SHELL, (struct tool_input){ .command = buf_str(&long_command) });
	e = call_at(&d.entries, 0);
	assert_true(e->flags & ENTRY_LONG);
	assert_true(e->arg.n < DIGEST_COMMAND_MAX && str_starts(buf_str(&long_command), e->arg));
	buf_release(&long_command);
	digest_release(&d);
}

static void digest_keeps_no_secrets(void **state)
{
	static const char key[] = "ghp_"
				  "16C7e42F292c6912E7710c838347Ae178B4a";
	struct buf text, packed;
	struct digest d;

	(void)state;
	buf_init(&text, 4000);
	buf_init(&packed, 4000);
	digest_init(&d);
	buf_printf(&text, "curl -H 'Authorization: token %s' x", key);
	feed_shell(&d, "s", buf_c(&text), 1, key);
	feed_call(&d, "r", TOOL_READ, (struct tool_input){ .path = str_c(key) });
	feed_call(&d, "g", TOOL_GREP, (struct tool_input){ .pattern = str_c(key) });
	buf_clear(&text);
	buf_printf(&text, "Error: Cannot find module '%s'", key);
	feed_shell(&d, "n", "node x.js", 1, buf_c(&text));
	digest_flush(&d, true, &packed);
	assert_false(str_has_c(buf_str(&packed), key));
	digest_release(&d);
	buf_release(&packed);
	buf_release(&text);
}

static void digest_judges_results(void **state)
{
	/* clang-format off */
	static const struct {
		enum outcome outcome;
		enum failure class;
		unsigned flags;
	} rows[] = {
		{ OUTCOME_OK, FAIL_NONE, 0 },
		{ OUTCOME_ERROR, FAIL_UNKNOWN, 0 },
		{ OUTCOME_MISSING, FAIL_PATH_MISSING, 0 },
		{ OUTCOME_IS_DIRECTORY, FAIL_IS_DIRECTORY, 0 },
		{ OUTCOME_TOO_LARGE, FAIL_TOO_LARGE, 0 },
		{ OUTCOME_REJECTED, FAIL_REJECTED, 0 },
		{ OUTCOME_REJECTED_REASON, FAIL_REJECTED, ENTRY_REASONED },
		{ OUTCOME_DENIED, FAIL_DENIED, 0 },
		{ OUTCOME_SANDBOX, FAIL_SANDBOX, 0 },
		{ OUTCOME_TIMEOUT, FAIL_TIMEOUT, 0 },
		{ OUTCOME_CANCELLED, FAIL_NONE, ENTRY_NOT_RUN },
		{ OUTCOME_DISCIPLINE, FAIL_DISCIPLINE, 0 },
		{ OUTCOME_NO_MATCH, FAIL_NONE, 0 },
	};
	/* clang-format on */
	struct digest d;

	(void)state;
	digest_init(&d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct entry *e;

		digest_clear(&d);
		feed_call(&d, "r", TOOL_READ, (struct tool_input){ .path = STR("x.c") });
		/* content is never looked at for anything but shells */
		feed_result(&d, "r", rows[i].outcome, -1, "bash: pytest: command not found");
		e = call_at(&d.entries, 0);
		assert_int_equal(e->class, rows[i].class);
		assert_int_equal(e->flags, rows[i].flags);
		assert_int_equal(e->slot.n, 0);
	}
	digest_release(&d);
}

static void digest_judges_shells(void **state)
{
	const struct entry *e;
	struct event benign;
	struct digest d;

	(void)state;
	digest_init(&d);
	feed_shell(&d, "a", "pytest -q 2>&1 | tail", 0, "bash: pytest: command not found");
	e = call_at(&d.entries, 0);
	assert_int_equal(e->class, FAIL_COMMAND_NOT_FOUND);
	assert_true(e->flags & ENTRY_MASKED);

	feed_shell(&d, "b", "cat log | tail", 0, "bash: pytest: command not found");
	feed_shell(&d, "c", "echo a; echo b", 0, "module not found");
	feed_shell(&d, "d", "echo 'a;b' not found", 0, "a;b not found");
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(call_at(&d.entries, i)->class, FAIL_NONE);

	feed_call(&d, "e", TOOL_SHELL, (struct tool_input){ .command = STR("grep -rn x src") });
	benign = at(EVENT_RESULT, "e");
	benign.outcome = OUTCOME_OK;
	benign.exit_benign = true;
	digest_event(&d, &benign);
	assert_true(call_at(&d.entries, 4)->flags & ENTRY_EMPTY);
	feed_shell(&d, "f", "grep -rn x src", 1, "");
	feed_shell(&d, "g", "grep -rn x src | head", 0, "(Bash completed with no output)");
	feed_shell(&d, "h", "grep -rn x src | head", 0, "src/a.c:1:x");
	assert_true(call_at(&d.entries, 6)->flags & ENTRY_EMPTY);
	assert_false(call_at(&d.entries, 7)->flags & ENTRY_EMPTY);
	assert_true(call_at(&d.entries, 5)->flags & ENTRY_EMPTY);
	assert_int_equal(call_at(&d.entries, 5)->class, FAIL_NONE);
	digest_release(&d);
}

/* After a path was missed, what a shell lists counts as found. */
static void digest_reads_discoveries(void **state)
{
	struct buf many;
	struct digest d;

	(void)state;
	digest_init(&d);
	feed_shell(&d, "a", "find . -name 'conf*'", 0, "./src/config.h");
	assert_int_equal(call_at(&d.entries, 0)->hits.n, 0); /* nothing was looked for */
	feed_call(&d, "r", TOOL_READ, (struct tool_input){ .path = STR("confg.h") });
	feed_result(&d, "r", OUTCOME_MISSING, -1, "File does not exist.");
	feed_shell(&d, "b", "find . -name 'conf*'", 0,
		   "./src/config.h\\n./src/old/config.h:12:x\\n-- \\nno path here");
	assert_true(entry_has_hit(call_at(&d.entries, 2), digest_hit_hash(STR(CWD "/src/config.h"))));
	assert_str_equal(call_at(&d.entries, 2)->hit_dir, CWD "/src");
	feed_shell(&d, "c", "ls nothing | cat", 0, "");
	assert_true(call_at(&d.entries, 3)->flags & ENTRY_EMPTY);
	buf_init(&many, 100000);
	for (int i = 0; i < 250; i++)
		buf_printf(&many, "a%d/x.c\\n", i);
	feed_call(&d, "g", TOOL_GLOB, (struct tool_input){ .pattern = STR("**/x.c") });
	feed_result(&d, "g", OUTCOME_OK, -1, buf_c(&many));
	assert_true(call_at(&d.entries, 4)->flags & ENTRY_CAPPED_HITS);
	assert_str_equal(call_at(&d.entries, 4)->hit_dir, CWD);
	buf_release(&many);
	digest_release(&d);
}

static void digest_takes_what_logs_hold(void **state)
{
	struct event e;
	struct digest d;

	(void)state;
	digest_init(&d);
	/* a repeated call, an answer to nothing, a second answer */
	feed_call(&d, "a", TOOL_SHELL, (struct tool_input){ .command = STR("make") });
	feed_call(&d, "a", TOOL_SHELL, (struct tool_input){ .command = STR("make") });
	feed_result(&d, "nobody", OUTCOME_ERROR, 1, "x");
	feed_result(&d, "a", OUTCOME_OK, 0, "x");
	feed_result(&d, "a", OUTCOME_ERROR, 1, "x");
	assert_int_equal(d.calls, 1);
	assert_int_equal(call_at(&d.entries, 0)->outcome, OUTCOME_OK);
	/* a hook ran something else */
	feed_call(&d, "b", TOOL_SHELL, (struct tool_input){ .command = STR("git status") });
	e = at(EVENT_REWRITE, "b");
	e.input.command = STR("git status");
	digest_event(&d, &e);
	assert_int_equal(call_at(&d.entries, 1)->flags, 0);
	e.input.command = STR("rtk git status");
	digest_event(&d, &e);
	assert_int_equal(call_at(&d.entries, 1)->flags, ENTRY_REWRITTEN);
	assert_str_equal(call_at(&d.entries, 1)->arg, "rtk git status");
	e = at(EVENT_REWRITE, "nobody");
	digest_event(&d, &e);
	/* two sessions in one file */
	e = at(EVENT_USER, "");
	e.session = STR("another");
	e.time = 1800000000000;
	digest_event(&d, &e);
	assert_int_equal(((struct entry *)vec_at(&d.entries, d.entries.n - 2))->kind, ENTRY_SESSION);
	assert_true(d.last_ms == 1800000000000 && d.first_ms == 1700000000000);
	digest_release(&d);
}

/* An answer longer than what is kept of it: its end is read too. */
static void digest_reads_the_end(void **state)
{
	struct buf text;
	struct digest d;

	(void)state;
	digest_init(&d);
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 2000; i++)
		buf_add_c(&text, "building something\\n");
	buf_add_c(&text, "make: *** No rule to make target 'al'.  Stop.");
	feed_shell(&d, "a", "make al", 2, buf_c(&text));
	assert_int_equal(call_at(&d.entries, 0)->class, FAIL_UNKNOWN_TARGET);
	assert_int_equal(call_at(&d.entries, 0)->result_bytes, text.n);
	buf_release(&text);
	digest_release(&d);
}

const struct CMUnitTest digest_tests[] = {
	cmocka_unit_test(digest_makes_entries),
	cmocka_unit_test(digest_survives_packing),
	cmocka_unit_test(digest_refuses_damaged_bytes),
	cmocka_unit_test(digest_tells_ids),
	cmocka_unit_test(digest_goes_on),
	cmocka_unit_test(digest_flushes_segments),
	cmocka_unit_test(digest_keeps_commands),
	cmocka_unit_test(digest_keeps_no_secrets),
	cmocka_unit_test(digest_judges_results),
	cmocka_unit_test(digest_judges_shells),
	cmocka_unit_test(digest_reads_discoveries),
	cmocka_unit_test(digest_takes_what_logs_hold),
	cmocka_unit_test(digest_reads_the_end),
};
const size_t digest_tests_count = sizeof(digest_tests) / sizeof(*digest_tests);
