#include "tests/test.h"

#include <pthread.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/net/client.h"
#include "tests/http.h"

#define TIMEOUT_MS 5000
#define SHORT_MS 150
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* gzip of {"packed":true} */
static const char packed[] = "\037\213\010\000\000\000\000\000\002\003\253\126\052\110\114\316\116\115\121"
			     "\262\052\051\052\115\255\005\000\211\340\265\334\017\000\000\000";

static const struct http_route routes[] = {
	{ .path = "/json",
	  .status = 200,
	  .type = "Application/JSON; charset=utf-8",
	  .body = { "{\"a\":1}", 7 } },
	{ .path = "/chunks",
	  .manner = HTTP_CHUNKED,
	  .status = 200,
	  .type = "text/plain",
	  .body = { "piece by piece", 14 } },
	{ .path = "/empty", .status = 200 },
	{ .path = "/busy", .status = 503, .type = "text/html", .body = { "<p>", 3 } },
	{ .path = "/moved", .status = 302, .headers = "Location: /json\r\n", .body = { "gone", 4 } },
	{ .path = "/packed",
	  .status = 200,
	  .headers = "Content-Encoding: gzip\r\n",
	  .body = { packed, sizeof(packed) - 1 } },
	{ .path = "/spoilt",
	  .status = 200,
	  .headers = "Content-Encoding: gzip\r\n",
	  .body = { "no gzip at all", 14 } },
	{ .path = "/half", .manner = HTTP_HALF, .status = 200, .body = { "0123456789", 10 } },
	{ .path = "/hang", .manner = HTTP_HANG },
	{ .path = "/stall", .manner = HTTP_STALL, .status = 200, .body = { "0123456789", 10 } },
	{ .path = "/drop", .manner = HTTP_DROP },
	{ .path = "/garbage", .manner = HTTP_RAW, .body = { "\x01\x02\x03 what is this\r\n\r\n", 20 } },
	{ .path = "/endless", .manner = HTTP_ENDLESS, .status = 200, .body = { "a", 1 } },
};

struct world {
	struct http_server *server;
	struct client *client;
	struct buf body, url;
	struct client_answer answer;
	struct error err;
};

static int begin(void **state)
{
	static struct world world;
	struct world *w = &world;

	*w = (struct world){ .server = http_start(routes, COUNT(routes)) };
	buf_init(&w->body, CLIENT_MAX_BODY);
	buf_init(&w->url, 1 << 12);
	*state = w;
	return client_new(&w->client, &w->err) != STATUS_OK;
}

static int end(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	http_stop(w->server);
	buf_release(&w->body);
	buf_release(&w->url);
	return 0;
}

static enum status get(struct world *w, const char *path, int timeout_ms, const volatile bool *stop)
{
	buf_clear(&w->url);
	buf_printf(&w->url, "%s%s", http_url(w->server), path);
	w->err = (struct error){ 0 };
	return client_get(w->client, buf_c(&w->url), timeout_ms, stop, &w->body, &w->answer, &w->err);
}

static void expect(struct world *w, const char *path, long status, const char *body)
{
	enum status got = get(w, path, TIMEOUT_MS, NULL);

	if (got != STATUS_OK)
		fail_msg("%s: %s", path, w->err.message);
	assert_int_equal(w->answer.status, status);
	assert_str_equal(buf_str(&w->body), body);
}

static void expect_failure(struct world *w, const char *path, int timeout_ms, const char *words)
{
	buf_clear(&w->body);
	buf_add_c(&w->body, "before");
	assert_int_equal(get(w, path, timeout_ms, NULL), STATUS_FAILED);
	assert_int_equal(w->err.code, STATUS_FAILED);
	if (!str_has_c(str_c(w->err.message), words))
		fail_msg("%s: %s", path, w->err.message);
	assert_str_equal(buf_str(&w->body), "before");
}

static void client_takes_answers(void **state)
{
	struct world *w = *state;

	expect(w, "/json", 200, "{\"a\":1}");
	assert_string_equal(w->answer.type, "application/json");
	expect(w, "/empty", 200, "");
	assert_string_equal(w->answer.type, "");
	expect(w, "/chunks", 200, "piece by piece");
	expect(w, "/busy", 503, "<p>");
	assert_string_equal(w->answer.type, "text/html");
	expect(w, "/nowhere", 404, "");
}

static void client_keeps_its_connection(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 5; i++)
		expect(w, i % 2 ? "/chunks" : "/json", 200, i % 2 ? "piece by piece" : "{\"a\":1}");
	assert_int_equal(http_requests(w->server), 5);
	assert_int_equal(http_connections(w->server), 1);
	expect_failure(w, "/drop", TIMEOUT_MS, "closed");
	expect(w, "/json", 200, "{\"a\":1}");
}

static void client_follows_no_redirect(void **state)
{
	struct world *w = *state;

	expect(w, "/moved", 302, "gone");
	assert_int_equal(http_requests(w->server), 1);
}

static void client_unpacks(void **state)
{
	struct world *w = *state;

	expect(w, "/packed", 200, "{\"packed\":true}");
	assert_true(str_has_c(http_last(w->server), "Accept-Encoding: gzip\r\n"));
	expect_failure(w, "/spoilt", TIMEOUT_MS, "Content-Encoding");
}

static void client_sends_nothing_of_its_own(void **state)
{
	struct world *w = *state;

	env_set("http_proxy", "http://127.0.0.1:1");
	expect(w, "/json", 200, "{\"a\":1}");
	env_set("http_proxy", NULL);
	assert_false(str_has_c(http_last(w->server), "User-Agent"));
	assert_false(str_has_c(http_last(w->server), "Cookie"));
}

static void client_says_what_went_wrong(void **state)
{
	struct world *w = *state;

	expect_failure(w, "/half", TIMEOUT_MS, "cut off");
	expect_failure(w, "/drop", TIMEOUT_MS, "closed without an answer");
	expect_failure(w, "/garbage", TIMEOUT_MS, "not HTTP");
	expect_failure(w, "/hang", SHORT_MS, "no answer within 150 ms");
	expect_failure(w, "/stall", SHORT_MS, "no answer within 150 ms");
	expect(w, "/json", 200, "{\"a\":1}");
}

static void client_bounds_the_body(void **state)
{
	struct world *w = *state;

	assert_int_equal(get(w, "/endless", TIMEOUT_MS, NULL), STATUS_LIMIT);
	assert_true(str_has_c(str_c(w->err.message), "larger than 16 MiB"));
	buf_release(&w->body);
	buf_init(&w->body, 6);
	assert_int_equal(get(w, "/json", TIMEOUT_MS, NULL), STATUS_LIMIT);
	buf_release(&w->body);
	buf_init(&w->body, 7);
	expect(w, "/json", 200, "{\"a\":1}");
	assert_int_equal(w->body.max, 7);
}

static void client_refuses_other_schemes(void **state)
{
	static const char *const urls[] = {
		"file:///etc/passwd",	       "127.0.0.1:8787", "ftp://127.0.0.1/", "", "http",
		"gopher://127.0.0.1:1/http://"
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(urls); i++)
		assert_int_equal(
			client_get(w->client, urls[i], TIMEOUT_MS, NULL, &w->body, &w->answer, &w->err),
			STATUS_USAGE);
	assert_int_equal(client_get(w->client, "http://", TIMEOUT_MS, NULL, &w->body, &w->answer, &w->err),
			 STATUS_FAILED);
}

static void client_survives_a_restart(void **state)
{
	struct world *w = *state;
	struct http_server *gone = w->server;

	expect(w, "/json", 200, "{\"a\":1}");
	w->server = http_start(routes, COUNT(routes));
	http_stop(gone);
	expect(w, "/json", 200, "{\"a\":1}");
}

static void client_tells_who_does_not_listen(void **state)
{
	struct world *w = *state;
	const char *url = "http://127.0.0.1:1/";

	assert_int_equal(client_get(w->client, url, TIMEOUT_MS, NULL, &w->body, &w->answer, &w->err),
			 STATUS_FAILED);
	assert_string_equal(w->err.message, "cannot connect: Connection refused");
}

struct stopper {
	struct http_server *server;
	volatile bool stop;
};

static void *stop_soon(void *ctx)
{
	struct stopper *s = ctx;

	while (http_requests(s->server) == 0)
		usleep(1000);
	s->stop = true;
	return NULL;
}

static void client_can_be_stopped(void **state)
{
	struct world *w = *state;
	struct stopper s = { .server = w->server };
	int64_t start = env_monotonic_us();
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stop_soon, &s), 0);
	assert_int_equal(get(w, "/hang", 60000, &s.stop), STATUS_INTERRUPTED);
	pthread_join(thread, NULL);
	assert_true(env_monotonic_us() - start < 10000000);
	expect(w, "/json", 200, "{\"a\":1}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

const struct CMUnitTest client_tests[] = {
	TEST(client_takes_answers),
	TEST(client_keeps_its_connection),
	TEST(client_follows_no_redirect),
	TEST(client_unpacks),
	TEST(client_sends_nothing_of_its_own),
	TEST(client_says_what_went_wrong),
	TEST(client_bounds_the_body),
	TEST(client_refuses_other_schemes),
	TEST(client_survives_a_restart),
	TEST(client_tells_who_does_not_listen),
	TEST(client_can_be_stopped),
};
const size_t client_tests_count = COUNT(client_tests);
