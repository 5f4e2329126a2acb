/*
 * http: a small HTTP server on 127.0.0.1 for tests.  One thread serves one connection after another, as the route of
 * the asked path says.  Everything is over within the test: http_stop joins the thread.
 */
#ifndef HEADROOM_TESTS_HTTP_H
#define HEADROOM_TESTS_HTTP_H

#include "core/base/str.h"

enum http_manner {
	HTTP_ANSWER, /* headers and body, the connection stays open */
	HTTP_CHUNKED, /* the same in chunks of one byte */
	HTTP_HALF, /* all headers, half of the body, then closes */
	HTTP_HANG, /* reads and never says a word */
	HTTP_STALL, /* the headers, then nothing more */
	HTTP_DROP, /* reads and closes */
	HTTP_RAW, /* the body alone, as it is, then closes */
	HTTP_ENDLESS, /* 32 MiB of NULs behind the body */
};

struct http_route {
	const char *path;
	enum http_manner manner;
	int status;
	const char *type; /* Content-Type */
	const char *headers; /* more lines, each with \r\n, or NULL */
	str body;
};

struct http_server;

struct http_server *http_start(const struct http_route *routes, size_t n); /* routes are borrowed */
void http_stop(struct http_server *s);
/* Other answers from now on. */
void http_routes(struct http_server *s, const struct http_route *routes, size_t n);
int http_port(const struct http_server *s);
const char *http_url(const struct http_server *s); /* "http://127.0.0.1:PORT" */
int http_connections(struct http_server *s); /* made so far */
int http_requests(struct http_server *s);
/* The head of the last request, which stays valid until the next one. */
str http_last(struct http_server *s);

#endif
