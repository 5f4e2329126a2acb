/*
 * client: HTTP GET, the only user of libcurl, which is opened on first use: without it, and on machines that lack it,
 * everything else works.  One client keeps one connection alive.  Bounded in time and size; follows no redirect; sends
 * nothing but what is asked for; takes gzip.
 */
#ifndef HEADROOM_NET_CLIENT_H
#define HEADROOM_NET_CLIENT_H

#include "core/base/buf.h"
#include "core/base/error.h"

#define CLIENT_MAX_BODY ((size_t)16 << 20)

struct client;

struct client_answer {
	long status; /* HTTP */
	char type[64]; /* Content-Type without parameters, lower case */
};

/* STATUS_NOT_FOUND if there is no libcurl. */
enum status client_new(struct client **out, struct error *err);
void client_free(struct client *c);
/* The body replaces `body`.  STATUS_FAILED says what went wrong (refused, timed out, cut off); STATUS_LIMIT: larger than
 * CLIENT_MAX_BODY.  Any HTTP status is an answer.  May be cancelled from another thread through *stop (or NULL). */
enum status client_get(struct client *c, const char *url, int timeout_ms, const volatile bool *stop,
		       struct buf *body, struct client_answer *answer, struct error *err);

#endif
