#include "core/net/client.h"

#include <assert.h>
#include <stdlib.h>

#include "core/net/lib.h"

enum {
	CONNECT_MS = 3000, /* at most, of the whole time-out */
	WAIT_MS = 50, /* between two looks at *stop */
};

struct client {
	const struct curl_lib *curl;
	CURLM *multi; /* owns the connection that is kept alive */
	CURL *easy;
	struct buf received;
};

/* What curl's codes mean to somebody who looks at a dashboard; the rest is told in curl's words. */
static const struct reason {
	CURLcode code;
	const char *words;
} reasons[] = {
	{ CURLE_URL_MALFORMAT, "this is no URL" },
	{ CURLE_COULDNT_RESOLVE_HOST, "there is no such host" },
	{ CURLE_COULDNT_CONNECT, "connection refused" },
	{ CURLE_GOT_NOTHING, "the connection was closed without an answer" },
	{ CURLE_PARTIAL_FILE, "the answer was cut off" },
	{ CURLE_RECV_ERROR, "the connection broke" },
	{ CURLE_SEND_ERROR, "the connection broke" },
	{ CURLE_BAD_CONTENT_ENCODING, "the answer is not what its Content-Encoding says" },
	{ CURLE_UNSUPPORTED_PROTOCOL, "the answer is not HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY, "the answer is not HTTP" },
};

static const char *reason_of(const struct client *c, CURLcode code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].words;
	return c->curl->easy_strerror(code);
}

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
	struct client *c = ctx;

	/* Any other count than what was offered ends the transfer. */
	return buf_add(&c->received, (str){ p, size * n }) ? size * n : 0;
}

/* No redirects (curl's default) and a scheme that was looked at: no other protocol is ever spoken.  No proxy from the
 * environment, no signals, no user agent. */
static bool configure(struct client *c)
{
	const struct curl_lib *curl = c->curl;
	CURL *e = c->easy;

	return curl->easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_NOPROGRESS, 1L) == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
	       curl->easy_setopt(e, CURLOPT_WRITEDATA, c) == CURLE_OK;
}

enum status client_new(struct client **out, struct error *err)
{
	const struct curl_lib *curl = curl_lib(err);
	struct client *c;

	if (!curl)
		return STATUS_NOT_FOUND;
	c = xcalloc(1, sizeof(*c));
	c->curl = curl;
	c->multi = curl->multi_init();
	c->easy = curl->easy_init();
	buf_init(&c->received, CLIENT_MAX_BODY);
	if (!c->multi || !c->easy || !configure(c)) {
		client_free(c);
		return error_set(err, STATUS_FAILED, "libcurl cannot be set up");
	}
	*out = c;
	return STATUS_OK;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	if (c->easy)
		c->curl->easy_cleanup(c->easy);
	if (c->multi)
		c->curl->multi_cleanup(c->multi);
	buf_release(&c->received);
	free(c);
}

static bool is_http(const char *url)
{
	size_t n = str_find(str_c(url), STR("://"));
	str scheme = { url, n };

	return n != STR_NONE && (str_ieq(scheme, STR("http")) || str_ieq(scheme, STR("https")));
}

static bool prepare(struct client *c, const char *url, int timeout_ms)
{
	long connect_ms = timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS;

	buf_clear(&c->received);
	return c->curl->easy_setopt(c->easy, CURLOPT_URL, url) == CURLE_OK &&
	       c->curl->easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) == CURLE_OK &&
	       c->curl->easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK;
}

/* Moves bytes until the transfer is over, and looks at *stop in between: curl's own progress callback may be a second
 * late, which is too long for somebody who wants to quit. */
static enum status transfer(struct client *c, const volatile bool *stop, CURLcode *result, struct error *err)
{
	const struct curl_lib *curl = c->curl;
	CURLMcode code = CURLM_OK;
	struct CURLMsg *message;
	int running = 1, left;

	while (running && code == CURLM_OK) {
		if (stop && *stop)
			return error_set(err, STATUS_INTERRUPTED, "stopped");
		code = curl->multi_perform(c->multi, &running);
		if (running && code == CURLM_OK)
			code = curl->multi_poll(c->multi, NULL, 0, WAIT_MS, NULL);
	}
	if (code != CURLM_OK)
		return error_set(err, STATUS_FAILED, "%s", curl->multi_strerror(code));
	message = curl->multi_info_read(c->multi, &left);
	if (!message || message->msg != CURLMSG_DONE)
		return error_set(err, STATUS_FAILED, "the connection broke");
	*result = message->data.result;
	return STATUS_OK;
}

static enum status cannot_connect(int errnum, struct error *err)
{
	error_errno(err, errnum, "cannot connect");
	if (err)
		err->code = STATUS_FAILED;
	return STATUS_FAILED;
}

static enum status fail(struct client *c, CURLcode code, int timeout_ms, struct error *err)
{
	long os = 0;

	if (c->received.full)
		return error_set(err, STATUS_LIMIT, "the answer is larger than %zu MiB",
				 CLIENT_MAX_BODY >> 20);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(err, STATUS_FAILED, "no answer within %d ms", timeout_ms);
	if (code == CURLE_COULDNT_CONNECT &&
	    c->curl->easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os) == CURLE_OK && os)
		return cannot_connect((int)os, err);
	return error_set(err, STATUS_FAILED, "%s", reason_of(c, code));
}

static void describe(struct client *c, struct client_answer *answer)
{
	char *type = NULL;
	str s;

	*answer = (struct client_answer){ 0 };
	c->curl->easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	c->curl->easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
	s = str_c(type);
	s = str_trim(str_sub(s, 0, str_chr(s, ';')));
	for (size_t i = 0; i < s.n && i < sizeof(answer->type) - 1; i++)
		answer->type[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
}

/* What was received becomes the caller's, whose memory serves the next answer. */
static enum status hand_over(struct client *c, struct buf *body, struct error *err)
{
	struct buf old = *body;

	if (c->received.n > body->max)
		return error_set(err, STATUS_LIMIT, "the answer is larger than %zu bytes", body->max);
	*body = c->received;
	body->max = old.max;
	body->full = false;
	c->received = old;
	c->received.max = CLIENT_MAX_BODY;
	return STATUS_OK;
}

enum status client_get(struct client *c, const char *url, int timeout_ms, const volatile bool *stop,
		       struct buf *body, struct client_answer *answer, struct error *err)
{
	CURLcode code = CURLE_OK;
	enum status status;

	assert(timeout_ms > 0); /* 0 would be no limit */
	if (!is_http(url))
		return error_set(err, STATUS_USAGE, "only http:// and https:// can be asked");
	if (!prepare(c, url, timeout_ms) || c->curl->multi_add_handle(c->multi, c->easy) != CURLM_OK)
		return error_set(err, STATUS_FAILED, "libcurl cannot be set up");
	status = transfer(c, stop, &code, err);
	if (status == STATUS_OK && code != CURLE_OK)
		status = fail(c, code, timeout_ms, err);
	if (status == STATUS_OK)
		status = hand_over(c, body, err);
	if (status == STATUS_OK)
		describe(c, answer);
	/* Closes the connection of a transfer that was left half-way. */
	c->curl->multi_remove_handle(c->multi, c->easy);
	return status;
}
