#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/simulate/captured.h"
#include "core/simulate/replay.h"
#include "core/simulate/totals.h"
#include "core/simulate/turn.h"

#define MODEL "claude-sonnet-4-5"

/* ---- a session told by hand ---- */

struct stage {
	struct arena arena;
	struct conversation c;
	struct sim_config configs[2]; /* the defaults, and nothing at all */
	struct sim_options o;
	struct token_cache *cache;
	struct replay *r;
	struct buf rows; /* a result worth compressing */
	uint64_t record;
	int requests;
};

static void add_rows(struct buf *out, int n)
{
	buf_add_ch(out, '[');
	for (int i = 0; i < n; i++)
		buf_printf(out, "%s{\"id\":%d,\"name\":\"item-%d\",\"state\":\"active\",\"size\":10}",
			   i ? "," : "", i, i);
	buf_add_ch(out, ']');
}

static void open_stage(struct stage *s)
{
	*s = (struct stage){ .record = 100 };
	arena_init(&s->arena);
	for (int i = 0; i < 2; i++)
		compress_config_init(&s->configs[i].config);
	s->configs[0].name = STR("default");
	s->configs[1].name = STR("audit");
	s->configs[1].config.mode = MODE_AUDIT;
	s->o = (struct sim_options){ .configs = s->configs, .configs_n = 2 };
	s->cache = token_cache_new();
	conversation_init(&s->c, &s->arena, 2);
	s->r = replay_new(&s->c, &s->o, s->cache);
	buf_init(&s->rows, 1 << 20);
	add_rows(&s->rows, 100);
}

static void close_stage(struct stage *s)
{
	replay_free(s->r);
	buf_release(&s->rows);
	conversation_release(&s->c);
	token_cache_free(s->cache);
	arena_release(&s->arena);
}

static uint64_t tell(struct stage *s, struct piece p)
{
	p.record = ++s->record;
	replay_piece(s->r, &p);
	return p.record;
}

static uint64_t say(struct stage *s, const char *text)
{
	return tell(
		s, (struct piece){ .kind = PIECE_USER, .prompt = true, .string = true, .text = str_c(text) });
}

static uint64_t answer(struct stage *s, const char *text)
{
	return tell(s, (struct piece){ .kind = PIECE_ASSISTANT, .string = true, .text = str_c(text) });
}

static void call(struct stage *s, const char *id, const char *tool, str result)
{
	tell(s,
	     (struct piece){
		     .kind = PIECE_CALL, .call = str_c(id), .tool = str_c(tool), .text = STR("{\"q\":1}") });
	tell(s, (struct piece){ .kind = PIECE_RESULT, .call = str_c(id), .text = result });
}

static void ask_in(struct stage *s, const char *thread)
{
	char id[32];

	snprintf(id, sizeof(id), "msg_%d", ++s->requests);
	tell(s,
	     (struct piece){
		     .kind = PIECE_REQUEST, .thread = str_c(thread), .id = str_c(id), .model = STR(MODEL) });
}

static void ask(struct stage *s)
{
	ask_in(s, "");
}

static const struct prompt *prompt_of(const struct stage *s, size_t i)
{
	return vec_at(&s->c.prompts, i);
}

static struct sim_tokens side_of(const struct stage *s, size_t i, size_t config)
{
	return *(struct sim_tokens *)vec_at(&s->c.tokens, i * s->c.configs + config);
}

/* Whatever happened: blocks sum up, nothing grows, what is shared is no more than all. */
static void assert_sound(const struct stage *s)
{
	for (size_t i = 0; i < s->c.prompts.n; i++) {
		const struct prompt *p = prompt_of(s, i);
		uint64_t sum = 0;

		for (int k = 0; k < BLOCK_COUNT; k++)
			sum += p->blocks[k];
		assert_int_equal(sum, p->ran.all);
		assert_true(p->ran.shared <= p->ran.all);
		for (size_t k = 0; k < s->c.configs; k++) {
			assert_true(side_of(s, i, k).all <= p->ran.all);
			assert_true(side_of(s, i, k).shared <= side_of(s, i, k).all);
			assert_true(side_of(s, i, k).shared <= p->ran.shared);
		}
		assert_int_equal(side_of(s, i, 1).all, p->ran.all);
	}
	assert_int_equal(s->c.tokens.n, s->c.prompts.n * s->c.configs);
}

/* ---- turns ---- */

static void assert_readable(struct turn *t, size_t slots)
{
	str text = turn_request(t);
	struct request r;

	assert_int_equal(request_parse(text, &r, NULL), STATUS_OK);
	assert_int_equal(r.slots.n, slots);
	request_release(&r);
}

static void turn_is_a_request_for_every_piece(void **state)
{
	static const str hostile[] = {
		{ "", 0 },
		{ "\"", 1 },
		{ "\\", 1 },
		{ "a\0b", 3 },
		{ "\xff\xfe\xed\xa0\x80", 5 },
		{ "\"}]}]} <|endoftext|>\n", 20 },
		{ "\xe2\x80\xae\x1b[2J", 7 },
	};
	struct turn t;

	(void)state;
	turn_init(&t);
	assert_int_equal(turn_request(&t).n, 0);
	for (int kind = 0; kind <= PIECE_IMAGE; kind++) {
		turn_clear(&t);
		turn_add(&t, &(struct piece){
				     .kind = (enum piece_kind)kind, .string = true, .text = STR("a\\nb") });
		assert_readable(&t, 1);
		for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
			turn_clear(&t);
			turn_add(&t, &(struct piece){ .kind = (enum piece_kind)kind,
						      .call = hostile[i],
						      .tool = hostile[i],
						      .text = kind == PIECE_CALL ? STR("[1]") : hostile[i] });
			assert_readable(&t, 1);
		}
	}
	turn_release(&t);
}

static void turn_alternates_roles(void **state)
{
	static const enum piece_kind kinds[] = { PIECE_USER, PIECE_IMAGE, PIECE_THINKING, PIECE_ASSISTANT,
						 PIECE_CALL, PIECE_CALL,  PIECE_RESULT,	  PIECE_RESULT };
	struct request r;
	struct turn t;

	(void)state;
	turn_init(&t);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		turn_add(&t, &(struct piece){ .kind = kinds[i],
					      .string = true,
					      .call = i % 2 ? STR("b") : STR("a"),
					      .tool = STR("Bash"),
					      .text = STR("x") });
	assert_int_equal(t.waiting, 0);
	assert_int_equal(t.longest, 1);
	assert_int_equal(request_parse(turn_request(&t), &r, NULL), STATUS_OK);
	assert_int_equal(r.messages.n, 3);
	assert_int_equal(r.calls.n, 2);
	assert_true(request_call(&r, 0)->answer != REQUEST_TOP && request_call(&r, 1)->answer != REQUEST_TOP);
	request_release(&r);
	turn_clear(&t);
	turn_add(&t, &(struct piece){ .kind = PIECE_REQUEST });
	assert_int_equal(turn_request(&t).n, 0);
	turn_release(&t);
}

/* ---- replay ---- */

static void replay_compresses_a_result_once(void **state)
{
	int64_t saved;
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "list them");
	ask(&s);
	call(&s, "t1", "list", buf_str(&s.rows));
	ask(&s);
	for (int i = 0; i < 4; i++) {
		answer(&s, "there they are");
		say(&s, "and now?");
		ask(&s);
	}
	assert_sound(&s);
	assert_int_equal(s.c.prompts.n, 6);
	assert_int_equal(side_of(&s, 0, 0).all, prompt_of(&s, 0)->ran.all);
	saved = (int64_t)prompt_of(&s, 1)->ran.all - side_of(&s, 1, 0).all;
	assert_true(saved > 500);
	for (size_t i = 2; i < 6; i++)
		assert_int_equal((int64_t)prompt_of(&s, i)->ran.all - side_of(&s, i, 0).all, saved);
	assert_true(s.c.works[0].hashes.n == 1 && s.c.works[1].hashes.n == 0);
	close_stage(&s);
}

static void replay_shares_the_prompt_before(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "list them");
	ask(&s);
	call(&s, "t1", "list", buf_str(&s.rows));
	ask(&s);
	answer(&s, "done");
	say(&s, "thanks");
	ask(&s);
	assert_int_equal(prompt_of(&s, 0)->ran.shared, 0);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(prompt_of(&s, i)->ran.shared,
				 prompt_of(&s, i - 1)->ran.all - PIPELINE_REPLY_TOKENS);
		assert_int_equal(side_of(&s, i, 0).shared, side_of(&s, i - 1, 0).all - PIPELINE_REPLY_TOKENS);
	}
	assert_sound(&s);
	close_stage(&s);
}

static void replay_forgets_at_a_reset(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "list them");
	ask(&s);
	call(&s, "t1", "list", buf_str(&s.rows));
	ask(&s);
	tell(&s, (struct piece){ .kind = PIECE_RESET });
	tell(&s, (struct piece){ .kind = PIECE_USER, .string = true, .text = STR("summary") });
	ask(&s);
	assert_true(prompt_of(&s, 2)->ran.all < 30);
	assert_int_equal(prompt_of(&s, 2)->ran.shared, 0);
	assert_int_equal(side_of(&s, 2, 0).shared, 0);
	answer(&s, "go on");
	ask(&s);
	assert_int_equal(prompt_of(&s, 3)->ran.shared, prompt_of(&s, 2)->ran.all - PIPELINE_REPLY_TOKENS);
	assert_sound(&s);
	close_stage(&s);
}

static void replay_takes_up_further_back(void **state)
{
	uint64_t first;
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "hello");
	ask(&s);
	first = answer(&s, "hello to you");
	say(&s, "list them");
	ask(&s);
	call(&s, "t1", "list", buf_str(&s.rows));
	ask(&s);
	answer(&s, "there they are");
	tell(&s, (struct piece){ .kind = PIECE_USER,
				 .prompt = true,
				 .text = buf_str(&s.rows), /* longer than what is left behind */
				 .parent = first });
	ask(&s);
	assert_int_equal(s.c.lost, 0);
	/* it shares no more than what stood before */
	assert_true(prompt_of(&s, 3)->ran.shared >= prompt_of(&s, 0)->ran.all - PIPELINE_REPLY_TOKENS);
	assert_true(prompt_of(&s, 3)->ran.shared < prompt_of(&s, 1)->ran.all);
	assert_sound(&s);
	close_stage(&s);
}

static void replay_goes_on_behind_the_last_record(void **state)
{
	uint64_t last;
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "hello");
	ask(&s);
	last = answer(&s, "hello to you");
	tell(&s, (struct piece){ .kind = PIECE_USER,
				 .prompt = true,
				 .string = true,
				 .text = STR("more"),
				 .parent = last });
	ask(&s);
	assert_true(prompt_of(&s, 1)->ran.all > prompt_of(&s, 0)->ran.all);
	assert_int_equal(prompt_of(&s, 1)->ran.shared, prompt_of(&s, 0)->ran.all - PIPELINE_REPLY_TOKENS);
	close_stage(&s);
}

/* A prompt typed while a tool runs does not part its answer from the call, by which the tool is known. */
static void replay_keeps_an_answer_with_its_call(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "list them");
	ask(&s);
	tell(&s,
	     (struct piece){ .kind = PIECE_CALL, .call = STR("t1"), .tool = STR("Read"), .text = STR("{}") });
	say(&s, "quick");
	tell(&s, (struct piece){ .kind = PIECE_RESULT, .call = STR("t1"), .text = buf_str(&s.rows) });
	ask(&s);
	assert_int_equal(side_of(&s, 1, 0).all, prompt_of(&s, 1)->ran.all); /* Read is excluded */
	close_stage(&s);
}

static void replay_keeps_threads_apart(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "start one");
	ask(&s);
	tell(&s, (struct piece){ .kind = PIECE_USER, .thread = STR("sub"), .text = buf_str(&s.rows) });
	ask_in(&s, "sub");
	answer(&s, "started");
	ask(&s);
	assert_true(prompt_of(&s, 0)->thread != prompt_of(&s, 1)->thread);
	assert_true(prompt_of(&s, 0)->thread == prompt_of(&s, 2)->thread);
	assert_int_equal(prompt_of(&s, 1)->ran.shared, 0);
	assert_int_equal(prompt_of(&s, 2)->ran.shared, prompt_of(&s, 0)->ran.all - PIPELINE_REPLY_TOKENS);
	replay_next_log(s.r);
	say(&s, "the same once more");
	ask(&s);
	assert_int_equal(prompt_of(&s, 3)->ran.shared, 0);
	assert_true(prompt_of(&s, 3)->thread != prompt_of(&s, 0)->thread);
	close_stage(&s);
}

static void replay_counts_as_the_model_from_the_first_text_on(void **state)
{
	static const char *const texts[] = { "1234567890 1234567890 1234567890 1234567890",
					     "and another one" };
	struct stage typed, injected;

	(void)state;
	open_stage(&typed);
	open_stage(&injected);
	for (int i = 0; i < 2; i++) {
		say(&typed, texts[i]);
		tell(&injected,
		     (struct piece){ .kind = PIECE_USER, .string = true, .text = str_c(texts[i]) });
	}
	ask(&typed);
	ask(&injected);
	assert_true(typed.c.source_of_tokens == TOKEN_CALIBRATED);
	assert_int_equal(prompt_of(&typed, 0)->ran.all, prompt_of(&injected, 0)->ran.all);
	close_stage(&typed);
	close_stage(&injected);
}

static void replay_takes_the_largest_usage(void **state)
{
	static const int64_t outputs[] = { 5, 90, 7 };
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "hello");
	for (int i = 0; i < 3; i++)
		tell(&s, (struct piece){ .kind = i ? PIECE_USAGE : PIECE_REQUEST,
					 .id = STR("msg"),
					 .model = STR(MODEL),
					 .complete = i == 1,
					 .usage = { .input = 10, .output = outputs[i] } });
	tell(&s, (struct piece){ .kind = PIECE_USAGE, .id = STR("unknown"), .usage = { .output = 999 } });
	tell(&s, (struct piece){ .kind = PIECE_USAGE, .usage = { .output = 999 } });
	assert_int_equal(s.c.prompts.n, 1);
	assert_int_equal(prompt_of(&s, 0)->usage.output, 90);
	assert_true(prompt_of(&s, 0)->complete && prompt_of(&s, 0)->recorded);
	close_stage(&s);
}

static void replay_counts_what_it_cannot_read(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	say(&s, "hello");
	tell(&s, (struct piece){
			 .kind = PIECE_CALL, .call = STR("t"), .tool = STR("x"), .text = STR("{broken") });
	ask(&s);
	assert_int_equal(s.c.lost, 1);
	tell(&s, (struct piece){ .kind = PIECE_CALL,
				 .call = STR("t"),
				 .tool = STR("x"),
				 .string = true,
				 .text = STR("ls") });
	tell(&s, (struct piece){ .kind = PIECE_THINKING, .string = true, .elided = 4000 });
	ask(&s);
	assert_int_equal(s.c.lost, 1);
	assert_int_equal(s.c.elided, 4000);
	assert_sound(&s);
	close_stage(&s);
}

/* ---- captured requests ---- */

struct shelf {
	struct vec conversations; /* struct conversation * */
	struct sim_config config;
	struct sim_options o;
	struct token_cache *cache;
	uint32_t skipped;
	struct error error;
};

static void open_shelf(struct shelf *s)
{
	*s = (struct shelf){ .skipped = 0 };
	compress_config_init(&s->config.config);
	s->config.name = STR("default");
	s->o = (struct sim_options){ .configs = &s->config, .configs_n = 1 };
	s->cache = token_cache_new();
	vec_init(&s->conversations, sizeof(struct conversation *));
}

static enum status read_text(struct shelf *s, const char *text)
{
	return captured_read(str_c(text), STR("test"), &s->o, s->cache, &s->conversations, &s->skipped,
			     &s->error);
}

static const struct conversation *on_shelf(const struct shelf *s, size_t i)
{
	return *(struct conversation **)vec_at(&s->conversations, i);
}

static const struct prompt *captured_prompt(const struct shelf *s, size_t conversation, size_t i)
{
	return vec_at(&on_shelf(s, conversation)->prompts, i);
}

static void close_shelf(struct shelf *s)
{
	for (size_t i = 0; i < s->conversations.n; i++) {
		struct conversation *c = *(struct conversation **)vec_at(&s->conversations, i);
		struct arena *a = c->arena;

		conversation_release(c);
		arena_release(a);
		free(a);
	}
	vec_release(&s->conversations);
	token_cache_free(s->cache);
}

#define BODY(messages) "{\"model\":\"gpt-4o\",\"messages\":[" messages "]}"
#define SAY(role, text) "{\"role\":\"" role "\",\"content\":\"" text "\"}"
#define FIRST SAY("user", "hello there, this is the first")
#define SECOND FIRST "," SAY("assistant", "hello") "," SAY("user", "and the second")

static void captured_joins_what_goes_on(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(
		read_text(&s, BODY(FIRST) "\n" BODY(SECOND) "\n" BODY(SECOND "," SAY("user", "third")) "\n"),
		STATUS_OK);
	assert_int_equal(s.conversations.n, 1);
	assert_int_equal(on_shelf(&s, 0)->prompts.n, 3);
	assert_int_equal(captured_prompt(&s, 0, 0)->ran.shared, 0);
	for (size_t i = 1; i < 3; i++)
		assert_int_equal(captured_prompt(&s, 0, i)->ran.shared,
				 captured_prompt(&s, 0, i - 1)->ran.all);
	assert_true(captured_prompt(&s, 0, 1)->cached);
	close_shelf(&s);
}

static void captured_parts_what_begins_anew(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(
		read_text(&s, BODY(FIRST) "\n" BODY(SAY("user", "another") "," SAY("assistant", "hello"))),
		STATUS_OK);
	assert_int_equal(s.conversations.n, 2);
	assert_int_equal(captured_prompt(&s, 1, 0)->ran.shared, 0);
	close_shelf(&s);
}

/* Of two conversations that begin alike a request goes on with the one it holds more of. */
#define LONG_WORD \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Models count differently, but nothing shares more than it is. */
static void captured_shares_no_more_than_there_is(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(
		read_text(&s, "{\"messages\":[" SAY("user", LONG_WORD) "]}\n" BODY(SAY("user", LONG_WORD))),
		STATUS_OK);
	assert_int_equal(on_shelf(&s, 0)->prompts.n, 2);
	assert_true(captured_prompt(&s, 0, 0)->ran.all > captured_prompt(&s, 0, 1)->ran.all);
	assert_int_equal(captured_prompt(&s, 0, 1)->ran.shared, captured_prompt(&s, 0, 1)->ran.all);
	close_shelf(&s);
}

static void captured_goes_on_with_the_longest(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(read_text(&s, BODY(SECOND) "\n" BODY(FIRST) "\n" BODY(SECOND "," SAY("user", "x"))),
			 STATUS_OK);
	assert_int_equal(s.conversations.n, 2);
	assert_int_equal(on_shelf(&s, 0)->prompts.n, 2);
	close_shelf(&s);
}

static void captured_reads_logs_of_requests(void **state)
{
	static const char *const members[] = { "request", "body", "request_body", "payload" };
	char text[2000];
	struct shelf s;

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		open_shelf(&s);
		snprintf(text, sizeof(text),
			 "{\"time\":1,\"%s\":%s}\nnot "
			 "json\n\n{\"time\":2}\n{\"%s\":\"text\"}\n{\"time\":2,\"%s\":%s}\n",
			 members[i], BODY(FIRST), members[i], members[i], BODY(SECOND));
		assert_int_equal(read_text(&s, text), STATUS_OK);
		assert_int_equal(s.skipped, 3);
		assert_int_equal(s.conversations.n, 1);
		assert_int_equal(on_shelf(&s, 0)->prompts.n, 2);
		close_shelf(&s);
	}
}

static void captured_takes_messages_a_line_as_one(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(read_text(&s, FIRST "\n" SAY("assistant", "yes") "\n"), STATUS_OK);
	assert_int_equal(s.conversations.n, 1);
	assert_int_equal(on_shelf(&s, 0)->prompts.n, 1);
	assert_int_equal(read_text(&s, "{\"request\":" BODY(FIRST) "}"), STATUS_OK);
	assert_int_equal(s.conversations.n, 2);
	close_shelf(&s);
}

static void captured_says_what_is_none(void **state)
{
	static const char *const none[] = { "",	       "{}", "[]", "nothing\nhere", "{\"a\":1}\n{\"b\":2}",
					    "\xff\xfe" };
	struct shelf s;

	(void)state;
	open_shelf(&s);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		assert_int_equal(read_text(&s, none[i]), STATUS_PARSE);
		assert_true(strstr(s.error.message, "test") != NULL);
	}
	assert_int_equal(s.conversations.n + s.skipped, 0);
	close_shelf(&s);
}

static void captured_keeps_prefixes_as_providers_do(void **state)
{
	struct shelf s;

	(void)state;
	open_shelf(&s);
	assert_int_equal(
		read_text(&s, "{\"model\":\"claude-sonnet-4-5\",\"system\":\"x\",\"messages\":[" FIRST "]}"),
		STATUS_OK);
	assert_false(captured_prompt(&s, 0, 0)->cached);
	assert_int_equal(
		read_text(&s,
			  "{\"model\":\"claude-sonnet-4-5\",\"system\":[{\"type\":\"text\",\"text\":\"x\","
			  "\"cache_control\":{\"type\":\"ephemeral\"}}],\"messages\":[" FIRST "]}"),
		STATUS_OK);
	assert_true(captured_prompt(&s, 1, 0)->cached);
	close_shelf(&s);
}

/* ---- totals ---- */

struct sample {
	struct arena arena;
	struct vec settled; /* struct settled */
};

static void open_sample(struct sample *s, size_t n)
{
	arena_init(&s->arena);
	vec_init(&s->settled, sizeof(struct settled));
	for (size_t i = 0; i < n; i++) {
		struct settled *c = vec_push(&s->settled);

		*c = (struct settled){ .requests = 1, .priced = 1, .tokens = 1000 * (i + 1), .usd = 1 };
		c->sides = arena_array(&s->arena, 2, sizeof(*c->sides));
		c->sides[0] = (struct settled_side){ c->tokens / 2, .5, .4 };
		c->sides[1] = (struct settled_side){ c->tokens - 10 * i, .1, .05 };
	}
}

static void close_sample(struct sample *s)
{
	vec_release(&s->settled);
	arena_release(&s->arena);
}

static void totals_have_bands_from_eight_on(void **state)
{
	struct total few, many, again;
	struct sample s;

	(void)state;
	open_sample(&s, TOTALS_BAND_LEAST - 1);
	totals_of(&s.settled, 1, &few);
	assert_false(few.has_bands);
	close_sample(&s);
	open_sample(&s, 20);
	totals_of(&s.settled, 1, &many);
	totals_of(&s.settled, 1, &again);
	assert_true(many.has_bands);
	assert_memory_equal(&many.percent_band, &again.percent_band, sizeof(many.percent_band));
	assert_true(many.percent_band.low < many.savings_percent &&
		    many.savings_percent < many.percent_band.high);
	assert_true(many.net_band.low > .99 && many.net_band.high < 1.01); /* all alike */
	assert_int_equal(many.before, 210000);
	assert_int_equal(many.requests, 20);
	assert_true(many.net_usd - (many.gross_usd + many.cache_usd) < 1e-12);
	close_sample(&s);
}

static void best_is_what_saves_most_money(void **state)
{
	struct total t[3] = {
		{ .before = 100, .after = 50, .savings_percent = 50, .priced = 1, .net_usd = 1 },
		{ .before = 100, .after = 80, .savings_percent = 20, .priced = 1, .net_usd = 2 },
		{ .before = 100, .after = 90, .savings_percent = 10, .priced = 1, .net_usd = -1 },
	};
	struct arena a;
	str why;

	(void)state;
	arena_init(&a);
	assert_int_equal(totals_best(&a, t, 3, &why), 1);
	assert_true(str_has_c(why, "$2.00 net"));
	t[0].priced = t[1].priced = 0;
	assert_int_equal(totals_best(&a, t, 2, &why), 0);
	assert_true(str_has_c(why, "no price"));
	assert_int_equal(totals_best(&a, t + 2, 1, &why), -1);
	assert_true(str_has_c(why, "cache"));
	t[2].after = 100;
	t[2].net_usd = 0;
	assert_int_equal(totals_best(&a, t + 2, 1, &why), -1);
	assert_true(str_has_c(why, "no configuration saves anything"));
	assert_int_equal(totals_best(&a, t, 0, &why), -1);
	arena_release(&a);
}

const struct CMUnitTest simulate_tests[] = {
	cmocka_unit_test(turn_is_a_request_for_every_piece),
	cmocka_unit_test(turn_alternates_roles),
	cmocka_unit_test(replay_compresses_a_result_once),
	cmocka_unit_test(replay_shares_the_prompt_before),
	cmocka_unit_test(replay_forgets_at_a_reset),
	cmocka_unit_test(replay_takes_up_further_back),
	cmocka_unit_test(replay_goes_on_behind_the_last_record),
	cmocka_unit_test(replay_keeps_an_answer_with_its_call),
	cmocka_unit_test(replay_keeps_threads_apart),
	cmocka_unit_test(replay_counts_as_the_model_from_the_first_text_on),
	cmocka_unit_test(replay_takes_the_largest_usage),
	cmocka_unit_test(replay_counts_what_it_cannot_read),
	cmocka_unit_test(captured_joins_what_goes_on),
	cmocka_unit_test(captured_parts_what_begins_anew),
	cmocka_unit_test(captured_shares_no_more_than_there_is),
	cmocka_unit_test(captured_goes_on_with_the_longest),
	cmocka_unit_test(captured_reads_logs_of_requests),
	cmocka_unit_test(captured_takes_messages_a_line_as_one),
	cmocka_unit_test(captured_says_what_is_none),
	cmocka_unit_test(captured_keeps_prefixes_as_providers_do),
	cmocka_unit_test(totals_have_bands_from_eight_on),
	cmocka_unit_test(best_is_what_saves_most_money),
};
const size_t simulate_tests_count = sizeof(simulate_tests) / sizeof(*simulate_tests);
