#include "core/base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

/* sysexits.h calls it EX_OSERR; outside the exit codes that commands document. */
#define EXIT_NO_MEMORY 71

static const char *const status_names[] = {
	[STATUS_OK] = "ok",
	[STATUS_DONE] = "done",
	[STATUS_FAILED] = "failed",
	[STATUS_NOT_FOUND] = "not found",
	[STATUS_DENIED] = "denied",
	[STATUS_PARSE] = "malformed",
	[STATUS_USAGE] = "usage",
	[STATUS_REFUSED] = "refused",
	[STATUS_CHANGED] = "changed",
	[STATUS_LIMIT] = "limit",
	[STATUS_INTERRUPTED] = "interrupted",
};
static_assert(sizeof(status_names) / sizeof(*status_names) == STATUS_COUNT, "a name for each status");

const char *status_name(enum status s)
{
	assert((unsigned)s < STATUS_COUNT);
	return status_names[s];
}

/* Messages quote file names and log data: whatever could break the line or the terminal becomes '?'. */
static void make_printable(char *message)
{
	str rest = str_c(message);
	char *out = message;
	size_t len;

	for (; rest.n; rest = str_from(rest, len)) {
		if (utf8_is_unsafe(utf8_decode(rest, &len))) {
			*out++ = '?';
		} else {
			memmove(out, rest.p, len);
			out += len;
		}
	}
	*out = '\0';
}

/* Drops a character that the cut may have split, and shows that there was more. */
static void mark_cut(char *message, size_t size)
{
	static const char more[] = "...";
	size_t n = size - sizeof(more);

	while (n > 0 && ((unsigned char)message[n] & 0xc0) == 0x80)
		n--;
	memcpy(message + n, more, sizeof(more));
}

__attribute__((format(printf, 2, 0))) static void fill(struct error *err, const char *fmt, va_list ap)
{
	int n = vsnprintf(err->message, sizeof(err->message), fmt, ap);

	if (n < 0)
		err->message[0] = '\0';
	else if ((size_t)n >= sizeof(err->message))
		mark_cut(err->message, sizeof(err->message));
}

enum status error_set(struct error *err, enum status code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	fill(err, fmt, ap);
	va_end(ap);
	make_printable(err->message);
	return code;
}

static enum status errno_status(int errnum)
{
	switch (errnum) {
	case EACCES:
	case EPERM:
	case EROFS:
		return STATUS_DENIED;
	case ENOENT:
	case ENOTDIR:
		return STATUS_NOT_FOUND;
	default:
		return STATUS_FAILED;
	}
}

enum status error_errno(struct error *err, int errnum, const char *fmt, ...)
{
	enum status code = errno_status(errnum);
	size_t n, room;
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	fill(err, fmt, ap);
	va_end(ap);
	n = strlen(err->message);
	room = sizeof(err->message) - n;
	if ((size_t)snprintf(err->message + n, room, ": %s", strerror(errnum)) >= room)
		mark_cut(err->message, sizeof(err->message));
	make_printable(err->message);
	return code;
}

void die_no_memory(void)
{
	fputs("headroom: out of memory\n", stderr);
	exit(EXIT_NO_MEMORY);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		die_no_memory();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die_no_memory();
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		die_no_memory();
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}
