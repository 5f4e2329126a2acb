/*
 * source_proxy: a running Headroom proxy.  GET /stats, and when that answered /health, over one connection.  When a
 * proxy does not answer, or not with figures, its last good answer is told with its age, and it is left alone for a
 * while (proxy_backoff_us).  Figures that went back to 0 belong to a proxy started anew and are the new truth.
 */
#include "tui/source_proxy.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/net/client.h"
#include "tui/proxy_stats.h"

enum {
	TIMEOUT_MS = 2000, /* if the caller has none */
	FIRST_BACKOFF_US = 1000000,
	MAX_DOUBLINGS = 4,
	KEEP_BYTES = 1 << 20, /* a buffer grown beyond this by one strange answer is given back */
};

/* Both texts of one round of questions. */
struct answers {
	struct buf stats, health;
};

struct proxy {
	struct arena arena;
	struct client *client; /* made by the first poll, as it loads a library */
	const char *stats_url, *health_url;
	str name; /* what it is called: no credentials */
	str complaint; /* about HEADROOM_PORT, or "" */
	int timeout_ms;
	struct answers good, fresh; /* good: the last answers that could be read */
	bool answered; /* there are good ones */
	int64_t good_at_us, retry_at_us;
	unsigned failures; /* in a row */
	uint64_t seed;
	struct error err; /* why the last question failed */
};

/* ---- opening ---- */

static bool is_url(str s)
{
	return str_ieq(str_sub(s, 0, 7), STR("http://")) || str_ieq(str_sub(s, 0, 8), STR("https://"));
}

/* The URL without query, fragment and trailing slashes. */
static str base_of(str url)
{
	url = str_sub(url, 0, str_chr(url, '#'));
	url = str_sub(url, 0, str_chr(url, '?'));
	while (str_ends_c(url, "/"))
		url.n--;
	return url;
}

/* "http://user:secret@host" is shown as "http://host". */
static str name_of(struct arena *a, str base)
{
	size_t authority = str_find(base, STR("://")) + 3;
	str rest = str_from(base, authority);
	size_t at = str_rchr(str_sub(rest, 0, str_chr(rest, '/')), '@');

	if (at == STR_NONE)
		return base;
	return arena_printf(a, "%.*s%.*s", STR_ARG(str_sub(base, 0, authority)),
			    STR_ARG(str_from(rest, at + 1)));
}

static str default_url(struct proxy *p)
{
	const char *text = env_get("HEADROOM_PORT");
	uint64_t port = PROXY_PORT;

	if (text && (!str_u64(str_c(text), &port) || port == 0 || port > UINT16_MAX)) {
		p->complaint =
			STR("HEADROOM_PORT is no port from 1 to 65535; the proxy is looked for on 8787");
		port = PROXY_PORT;
	}
	return arena_printf(&p->arena, "http://127.0.0.1:%d", (int)port);
}

static void init_answers(struct answers *a)
{
	buf_init(&a->stats, CLIENT_MAX_BODY);
	buf_init(&a->health, CLIENT_MAX_BODY);
}

static void *open_proxy(const char *name, const struct source_options *o)
{
	struct proxy *p;
	str base;

	if (name && !is_url(str_c(name)))
		return NULL;
	p = xcalloc(1, sizeof(*p));
	arena_init(&p->arena);
	init_answers(&p->good);
	init_answers(&p->fresh);
	base = base_of(name ? arena_str(&p->arena, str_c(name)) : default_url(p));
	p->name = name_of(&p->arena, base);
	p->stats_url = arena_printf(&p->arena, "%.*s/stats", STR_ARG(base)).p;
	p->health_url = arena_printf(&p->arena, "%.*s/health", STR_ARG(base)).p;
	p->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
	p->seed = hash_mix(str_hash(base), (uint64_t)getpid());
	return p;
}

static void release_answers(struct answers *a)
{
	buf_release(&a->stats);
	buf_release(&a->health);
}

static void close_proxy(void *source)
{
	struct proxy *p = source;

	if (!p)
		return;
	client_free(p->client);
	release_answers(&p->good);
	release_answers(&p->fresh);
	arena_release(&p->arena);
	free(p);
}

/* ---- asking ---- */

/* Why an answer is not what was asked for; OK if it may be. */
static enum status judge(const struct client_answer *answer, str body, struct error *err)
{
	long status = answer->status;

	if (status >= 300 && status < 400)
		return error_set(err, STATUS_FAILED, "HTTP %ld: it sends elsewhere, which is not followed",
				 status);
	if (status == 401 || status == 403)
		return error_set(err, STATUS_FAILED, "HTTP %ld: it does not let us in", status);
	if (status == 404)
		return error_set(err, STATUS_FAILED,
				 "HTTP 404: nothing at /stats; is this a Headroom proxy?");
	if (status != 200)
		return error_set(err, STATUS_FAILED, "HTTP %ld", status);
	if (body.n == 0)
		return error_set(err, STATUS_FAILED, "an empty answer");
	if (str_eq_c(str_c(answer->type), "text/html"))
		return error_set(err, STATUS_FAILED,
				 "a web page instead of figures; is this a Headroom proxy?");
	return STATUS_OK;
}

static void empty(struct buf *b)
{
	size_t max = b->max;

	if (b->cap > KEEP_BYTES) {
		buf_release(b);
		buf_init(b, max);
	}
	buf_clear(b);
}

/* The figures stand without /health, which adds version and start. */
static enum status ask(struct proxy *p, struct error *err)
{
	struct client_answer answer;
	enum status status = STATUS_OK;

	empty(&p->fresh.stats);
	empty(&p->fresh.health);
	if (!p->client)
		status = client_new(&p->client, err);
	if (!status)
		status = client_get(p->client, p->stats_url, p->timeout_ms, NULL, &p->fresh.stats, &answer,
				    err);
	if (!status)
		status = judge(&answer, buf_str(&p->fresh.stats), err);
	if (!status)
		(void)client_get(p->client, p->health_url, p->timeout_ms, NULL, &p->fresh.health, &answer,
				 NULL);
	return status;
}

int64_t proxy_backoff_us(uint64_t seed, unsigned failures)
{
	unsigned doublings = failures > MAX_DOUBLINGS ? MAX_DOUBLINGS : failures ? failures - 1 : 0;
	int64_t wait = (int64_t)FIRST_BACKOFF_US << doublings;

	if (wait > PROXY_BACKOFF_MAX_US)
		wait = PROXY_BACKOFF_MAX_US;
	return wait - (int64_t)(hash_mix(seed, failures) % ((uint64_t)wait / 4 + 1));
}

/* ---- telling ---- */

static enum status read_answers(const struct answers *a, struct snapshot *out, str *version,
				struct error *err)
{
	return proxy_stats_read(buf_str(&a->stats), buf_str(&a->health), env_now_ms(), out, version, err);
}

static void succeed(struct proxy *p, int64_t now_us)
{
	struct answers old = p->good;

	p->good = p->fresh;
	p->fresh = old;
	p->answered = true;
	p->failures = 0;
	p->good_at_us = now_us;
	p->retry_at_us = 0;
	p->err = (struct error){ 0 };
}

static void fail(struct proxy *p, int64_t now_us)
{
	p->failures += p->failures < MAX_DOUBLINGS + 1;
	p->retry_at_us = now_us + proxy_backoff_us(p->seed, p->failures);
}

static void tell_source(const struct proxy *p, int64_t now_us, str version, struct snapshot *out)
{
	enum source_status status = !p->answered ? SOURCE_DOWN : p->failures ? SOURCE_STALE : SOURCE_LIVE;
	struct source_row *row = snapshot_source(out, proxy_source.kind, p->name, status);

	row->age_seconds = p->answered ? (double)(now_us - p->good_at_us) / 1e6 : UNKNOWN;
	row->version = version;
	row->error = arena_str(&out->arena, str_c(p->err.message));
	if (p->complaint.n)
		snapshot_warn(out, "%.*s", STR_ARG(p->complaint));
}

void proxy_poll_at(void *source, int64_t now_us, struct snapshot *out)
{
	struct proxy *p = source;
	bool told = false;
	str version = STR("");

	out->taken_at = env_now_ms();
	if (now_us >= p->retry_at_us) {
		told = ask(p, &p->err) == STATUS_OK &&
		       read_answers(&p->fresh, out, &version, &p->err) == STATUS_OK;
		if (told)
			succeed(p, now_us);
		else
			fail(p, now_us);
	}
	if (!told && p->answered) /* they could be read before */
		(void)read_answers(&p->good, out, &version, NULL);
	tell_source(p, now_us, version, out);
}

static void poll_proxy(void *source, struct snapshot *out)
{
	proxy_poll_at(source, env_monotonic_us(), out);
}

const struct source_type proxy_source = {
	.kind = "proxy",
	.open = open_proxy,
	.poll = poll_proxy,
	.close = close_proxy,
};
