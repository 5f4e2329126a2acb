#include "tests/unit/proxy.h"

#include "core/base/env.h"
#include "tests/http.h"
#include "tui/source_proxy.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define SECOND 1000000LL

#define STATS_A "{\"requests\":{\"total\":5},\"tokens\":{\"input\":75,\"saved\":25}}"
#define STATS_B "{\"requests\":{\"total\":1},\"tokens\":{\"input\":9,\"saved\":1}}"
#define HEALTH "{\"status\":\"healthy\",\"version\":\"0.5.18\"}"
#define BODY(text)                       \
	{                                \
		(text), sizeof(text) - 1 \
	}
#define JSON .status = 200, .type = "application/json"
#define HEALTHY                                               \
	{                                                     \
		.path = "/health", JSON, .body = BODY(HEALTH) \
	}

static const struct http_route well[] = { { .path = "/stats", JSON, .body = BODY(STATS_A) }, HEALTHY };
static const struct http_route anew[] = { { .path = "/stats", JSON, .body = BODY(STATS_B) }, HEALTHY };
static const struct http_route no_health[] = { { .path = "/stats", JSON, .body = BODY(STATS_A) } };

static const struct {
	struct http_route route;
	const char *error;
} bad[] = {
	{ { .path = "/stats",
	    .status = 200,
	    .type = "text/html; charset=utf-8",
	    .body = BODY("<html></html>") },
	  "web page" },
	{ { .path = "/stats", .manner = HTTP_HALF, JSON, .body = BODY(STATS_A) }, "cut off" },
	{ { .path = "/stats", JSON, .body = BODY("{\"requests\":{\"total\":5}") }, "no whole JSON object" },
	{ { .path = "/stats", .manner = HTTP_ENDLESS, JSON, .body = BODY("{\"requests\":{},\"x\":\"") },
	  "larger than 16 MiB" },
	{ { .path = "/stats", .status = 307, .headers = "Location: http://127.0.0.1:1/\r\n" }, "HTTP 307" },
	{ { .path = "/stats", .status = 503, .type = "application/json", .body = BODY("{}") }, "HTTP 503" },
	{ { .path = "/stats", .status = 401 }, "does not let us in" },
	{ { .path = "/elsewhere", JSON }, "nothing at /stats" },
	{ { .path = "/stats", JSON }, "empty answer" },
	{ { .path = "/stats", JSON, .body = BODY("{\"hello\":\"world\"}") }, "not as a Headroom proxy" },
	{ { .path = "/stats", .manner = HTTP_RAW, .body = BODY("\x16\x03\x01 \xff\xfe\r\n\r\n") },
	  "not HTTP" },
	{ { .path = "/stats", .manner = HTTP_DROP }, "without an answer" },
	{ { .path = "/stats", .manner = HTTP_HANG }, "no answer within" },
};

struct world {
	struct http_server *server;
	void *source;
	struct snapshot s;
};

static int begin(void **state)
{
	static struct world world;
	struct source_options o = { .timeout_ms = 10000 };

	world = (struct world){ .server = http_start(well, COUNT(well)) };
	world.source = proxy_source.open(http_url(world.server), &o);
	snapshot_init(&world.s);
	*state = &world;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	snapshot_release(&w->s);
	proxy_source.close(w->source);
	http_stop(w->server);
	return 0;
}

/* The source row of a poll at that time. */
static const struct source_row *poll_at(struct world *w, int64_t now_us)
{
	snapshot_release(&w->s);
	snapshot_init(&w->s);
	proxy_poll_at(w->source, now_us, &w->s);
	assert_int_equal(w->s.sources.n, 1);
	return vec_at(&w->s.sources, 0);
}

static void source_proxy_tells_a_live_one(void **state)
{
	struct world *w = *state;
	const struct source_row *row;

	for (int i = 0; i < 3; i++) {
		row = poll_at(w, SECOND * i);
		assert_str_equal(row->kind, "proxy");
		assert_str_equal(row->name, http_url(w->server));
		assert_int_equal(row->status, SOURCE_LIVE);
		assert_str_equal(row->version, "0.5.18");
		assert_str_equal(row->error, "");
		same(row->age_seconds, 0);
		same(w->s.requests.total, 5);
		same(w->s.tokens.savings_percent, 25);
		assert_true(w->s.taken_at > 0);
	}
	assert_int_equal(http_connections(w->server), 1);
	assert_int_equal(http_requests(w->server), 6);
}

static void source_proxy_needs_no_health(void **state)
{
	struct world *w = *state;
	const struct source_row *row;

	http_routes(w->server, no_health, COUNT(no_health));
	row = poll_at(w, 0);
	assert_int_equal(row->status, SOURCE_LIVE);
	assert_str_equal(row->version, "");
	same(w->s.requests.total, 5);
}

static void source_proxy_says_what_is_wrong(void **state)
{
	struct source_options o = { .timeout_ms = 200 };
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct world other = { .server = w->server };
		const struct source_row *row;

		o.timeout_ms = bad[i].route.manner == HTTP_HANG ? 100 : 10000;
		other.source = proxy_source.open(http_url(w->server), &o);
		snapshot_init(&other.s);
		/* never answered */
		http_routes(w->server, &bad[i].route, 1);
		row = poll_at(&other, 0);
		assert_int_equal(row->status, SOURCE_DOWN);
		same(row->age_seconds, UNKNOWN);
		same(other.s.requests.total, UNKNOWN);
		if (!str_has_c(row->error, bad[i].error))
			fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(row->error), bad[i].error);
		/* answered before */
		http_routes(w->server, well, COUNT(well));
		assert_int_equal(poll_at(&other, 20 * SECOND)->status, SOURCE_LIVE);
		http_routes(w->server, &bad[i].route, 1);
		row = poll_at(&other, 25 * SECOND);
		assert_int_equal(row->status, SOURCE_STALE);
		same(row->age_seconds, 5);
		assert_str_equal(row->version, "0.5.18");
		assert_true(str_has_c(row->error, bad[i].error));
		same(other.s.requests.total, 5);
		same(other.s.tokens.savings_percent, 25);
		assert_str_equal(other.s.window, "process");
		snapshot_release(&other.s);
		proxy_source.close(other.source);
	}
}

static void source_proxy_backs_off(void **state)
{
	struct world *w = *state;
	const struct source_row *row;
	int asked;

	poll_at(w, 0);
	http_routes(w->server, &bad[5].route, 1);
	poll_at(w, SECOND);
	asked = http_requests(w->server);
	/* less than the shortest wait: not asked, told as before */
	row = poll_at(w, SECOND + SECOND / 2);
	assert_int_equal(http_requests(w->server), asked);
	assert_int_equal(row->status, SOURCE_STALE);
	assert_str_equal(row->error, "HTTP 503");
	same(row->age_seconds, 1.5);
	same(w->s.requests.total, 5);
	http_routes(w->server, anew, COUNT(anew));
	row = poll_at(w, 3 * SECOND);
	assert_int_equal(row->status, SOURCE_LIVE);
	assert_str_equal(row->error, "");
	same(row->age_seconds, 0);
}

static void source_proxy_waits_longer_each_time(void **state)
{
	int64_t whole[] = { 1, 1, 2, 4, 8, 15, 15, 15 };
	bool differ = false;

	(void)state;
	for (unsigned n = 1; n < COUNT(whole); n++) {
		for (uint64_t seed = 0; seed < 100; seed++) {
			int64_t wait = proxy_backoff_us(seed, n);

			assert_true(wait <= whole[n] * SECOND && wait >= whole[n] * SECOND * 3 / 4);
			assert_true(wait == proxy_backoff_us(seed, n));
			differ |= wait != proxy_backoff_us(0, n);
		}
	}
	assert_true(differ);
	assert_true(proxy_backoff_us(1, UINT32_MAX) <= PROXY_BACKOFF_MAX_US);
}

static void source_proxy_believes_a_restart(void **state)
{
	struct world *w = *state;

	same((poll_at(w, 0), w->s.requests.total), 5);
	http_routes(w->server, anew, COUNT(anew));
	assert_int_equal(poll_at(w, SECOND)->status, SOURCE_LIVE);
	same(w->s.requests.total, 1);
	same(w->s.tokens.savings_percent, 10);
}

static void source_proxy_outlives_the_proxy(void **state)
{
	struct world *w = *state;
	const struct source_row *row;

	poll_at(w, 0);
	http_stop(w->server);
	w->server = NULL;
	row = poll_at(w, 10 * SECOND);
	assert_int_equal(row->status, SOURCE_STALE);
	assert_str_equal(row->error, "cannot connect: Connection refused");
	same(row->age_seconds, 10);
	same(w->s.requests.total, 5);
}

static void expect_name(const char *url, const char *name, bool complains)
{
	struct source_options o = { .timeout_ms = 1 };
	void *source = proxy_source.open(url, &o);
	struct snapshot s;

	assert_non_null(source);
	snapshot_init(&s);
	proxy_poll_at(source, -SECOND, &s); /* before its time: nobody is asked */
	assert_str_equal(((struct source_row *)vec_at(&s.sources, 0))->name, name);
	assert_int_equal(((struct source_row *)vec_at(&s.sources, 0))->status, SOURCE_DOWN);
	assert_int_equal(warned(&s, "HEADROOM_PORT"), complains);
	snapshot_release(&s);
	proxy_source.close(source);
}

static void source_proxy_opens_urls(void **state)
{
	static const char *const others[] = { "",	 "/tmp",      "127.0.0.1:8787",
					      "ftp://x", "httpx://y", "snapshots.jsonl" };
	struct source_options o = { .timeout_ms = 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_null(proxy_source.open(others[i], &o));
	expect_name("http://127.0.0.1:1/", "http://127.0.0.1:1", false);
	expect_name("HTTP://h/base//?a=b#c", "HTTP://h/base", false);
	expect_name("https://user:secret@h:1/p@q", "https://h:1/p@q", false);
	expect_name(NULL, "http://127.0.0.1:8787", false);
	env_set("HEADROOM_PORT", "65535");
	expect_name(NULL, "http://127.0.0.1:65535", false);
	env_set("HEADROOM_PORT", "65536");
	expect_name(NULL, "http://127.0.0.1:8787", true);
	env_set("HEADROOM_PORT", "eighty");
	expect_name(NULL, "http://127.0.0.1:8787", true);
	env_set("HEADROOM_PORT", NULL);
}

static void source_proxy_looks_on_its_port(void **state)
{
	struct source_options o = { .timeout_ms = 10000 };
	struct world *w = *state;
	struct buf port;

	buf_init(&port, 16);
	buf_printf(&port, "%d", http_port(w->server));
	env_set("HEADROOM_PORT", buf_c(&port));
	proxy_source.close(w->source);
	w->source = proxy_source.open(NULL, &o);
	env_set("HEADROOM_PORT", NULL);
	assert_int_equal(poll_at(w, 0)->status, SOURCE_LIVE);
	buf_release(&port);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

const struct CMUnitTest source_proxy_tests[] = {
	TEST(source_proxy_tells_a_live_one),
	TEST(source_proxy_needs_no_health),
	TEST(source_proxy_says_what_is_wrong),
	TEST(source_proxy_backs_off),
	cmocka_unit_test(source_proxy_waits_longer_each_time),
	TEST(source_proxy_believes_a_restart),
	TEST(source_proxy_outlives_the_proxy),
	cmocka_unit_test(source_proxy_opens_urls),
	TEST(source_proxy_looks_on_its_port),
};
const size_t source_proxy_tests_count = COUNT(source_proxy_tests);
