#include "tests/http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/error.h"

enum {
	MAX_OPEN = 14, /* connections at once */
	MAX_HEAD = 8192,
	SEND_SECONDS = 10, /* a client that takes nothing for so long is given up */
	ENDLESS_BYTES = 32 << 20,
};

struct http_server {
	pthread_t thread;
	int listener, stop[2]; /* stop: a pipe, closed to end the thread */
	int port;
	char url[40];
	struct pollfd polls[MAX_OPEN + 2]; /* stop, listener, connections */
	nfds_t n;

	pthread_mutex_t lock; /* over what follows */
	const struct http_route *routes;
	size_t routes_n;
	int connections, requests;
	char head[MAX_HEAD], last[MAX_HEAD];
};

static void check(bool condition)
{
	if (condition)
		return;
	perror("tests/http");
	abort();
}

static bool send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool send_chunks(int fd, str body)
{
	struct buf out;
	bool sent;

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < body.n; i++) {
		buf_add_c(&out, "1\r\n");
		buf_add_ch(&out, body.p[i]);
		buf_add_c(&out, "\r\n");
	}
	buf_add_c(&out, "0\r\n\r\n");
	sent = send_all(fd, out.p, out.n);
	buf_release(&out);
	return sent;
}

static bool send_endless(int fd)
{
	static const char nothing[65536];

	for (size_t sent = 0; sent < ENDLESS_BYTES; sent += sizeof(nothing))
		if (!send_all(fd, nothing, sizeof(nothing)))
			return false;
	return true;
}

static bool send_head(int fd, const struct http_route *r)
{
	struct buf out;
	bool sent;

	buf_init(&out, SIZE_MAX);
	buf_printf(&out, "HTTP/1.1 %d Status\r\n", r->status);
	if (r->type)
		buf_printf(&out, "Content-Type: %s\r\n", r->type);
	if (r->headers)
		buf_add_c(&out, r->headers);
	if (r->manner == HTTP_CHUNKED)
		buf_add_c(&out, "Transfer-Encoding: chunked\r\n\r\n");
	else
		buf_printf(&out, "Content-Length: %zu\r\n\r\n",
			   r->body.n + (r->manner == HTTP_ENDLESS ? ENDLESS_BYTES : 0));
	sent = send_all(fd, out.p, out.n);
	buf_release(&out);
	return sent;
}

/* False if the connection is to be closed. */
static bool answer(int fd, const struct http_route *r)
{
	switch (r->manner) {
	case HTTP_ANSWER:
		return send_head(fd, r) && send_all(fd, r->body.p, r->body.n);
	case HTTP_CHUNKED:
		return send_head(fd, r) && send_chunks(fd, r->body);
	case HTTP_HALF:
		(void)(send_head(fd, r) && send_all(fd, r->body.p, r->body.n / 2));
		return false;
	case HTTP_HANG:
		return true;
	case HTTP_STALL:
		return send_head(fd, r);
	case HTTP_RAW:
		send_all(fd, r->body.p, r->body.n);
		return false;
	case HTTP_ENDLESS:
		return send_head(fd, r) && send_all(fd, r->body.p, r->body.n) && send_endless(fd);
	case HTTP_DROP:
		break;
	}
	return false;
}

static const struct http_route *find_route(struct http_server *s, str head)
{
	static const struct http_route missing = { .status = 404, .type = "text/plain" };
	str method, path;

	if (!str_split(&head, ' ', &method) || !str_split(&head, ' ', &path))
		return &missing;
	for (size_t i = 0; i < s->routes_n; i++)
		if (str_eq_c(path, s->routes[i].path))
			return &s->routes[i];
	return &missing;
}

static bool serve(struct http_server *s, int fd)
{
	struct http_route route;
	size_t n = 0;

	while (!n || str_find((str){ s->head, n }, STR("\r\n\r\n")) == STR_NONE) {
		ssize_t got = recv(fd, s->head + n, sizeof(s->head) - n, 0);

		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	pthread_mutex_lock(&s->lock);
	s->requests++;
	memcpy(s->last, s->head, n);
	memset(s->last + n, 0, sizeof(s->last) - n);
	route = *find_route(s, (str){ s->head, n });
	pthread_mutex_unlock(&s->lock);
	return answer(fd, &route);
}

static void take_connection(struct http_server *s)
{
	struct timeval patience = { .tv_sec = SEND_SECONDS };
	int fd = accept(s->listener, NULL, NULL);

	if (fd < 0)
		return;
	check(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0);
	check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
	check(s->n < MAX_OPEN + 2);
	s->polls[s->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	pthread_mutex_lock(&s->lock);
	s->connections++;
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *ctx)
{
	struct http_server *s = ctx;

	s->polls[0] = (struct pollfd){ .fd = s->stop[0], .events = POLLIN };
	s->polls[1] = (struct pollfd){ .fd = s->listener, .events = POLLIN };
	s->n = 2;
	while (poll(s->polls, s->n, -1) > 0 && !s->polls[0].revents) {
		for (nfds_t i = s->n; i-- > 2;) {
			if (!s->polls[i].revents || serve(s, s->polls[i].fd))
				continue;
			close(s->polls[i].fd);
			s->polls[i] = s->polls[--s->n];
		}
		if (s->polls[1].revents)
			take_connection(s);
	}
	while (s->n > 2)
		close(s->polls[--s->n].fd);
	return NULL;
}

struct http_server *http_start(const struct http_route *routes, size_t n)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct http_server *s = xcalloc(1, sizeof(*s));
	socklen_t size = sizeof(address);

	s->routes = routes;
	s->routes_n = n;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(s->listener >= 0 && pipe(s->stop) == 0);
	check(bind(s->listener, (struct sockaddr *)&address, size) == 0 &&
	      listen(s->listener, MAX_OPEN) == 0);
	check(getsockname(s->listener, (struct sockaddr *)&address, &size) == 0);
	s->port = ntohs(address.sin_port);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d", s->port);
	check(pthread_mutex_init(&s->lock, NULL) == 0);
	check(pthread_create(&s->thread, NULL, run, s) == 0);
	return s;
}

void http_stop(struct http_server *s)
{
	if (!s)
		return;
	close(s->stop[1]);
	pthread_join(s->thread, NULL);
	close(s->stop[0]);
	close(s->listener);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void http_routes(struct http_server *s, const struct http_route *routes, size_t n)
{
	pthread_mutex_lock(&s->lock);
	s->routes = routes;
	s->routes_n = n;
	pthread_mutex_unlock(&s->lock);
}

int http_port(const struct http_server *s)
{
	return s->port;
}

const char *http_url(const struct http_server *s)
{
	return s->url;
}

static int locked(struct http_server *s, const int *value)
{
	int copy;

	pthread_mutex_lock(&s->lock);
	copy = *value;
	pthread_mutex_unlock(&s->lock);
	return copy;
}

int http_connections(struct http_server *s)
{
	return locked(s, &s->connections);
}

int http_requests(struct http_server *s)
{
	return locked(s, &s->requests);
}

str http_last(struct http_server *s)
{
	str last;

	pthread_mutex_lock(&s->lock);
	last = str_c(s->last);
	pthread_mutex_unlock(&s->lock);
	return last;
}
