/*
 * error: what went wrong, in words a user can act on.  Functions that can fail because of the world return an
 * enum status and take `struct error *err` last (may be NULL); on success err and all outputs are as
 * documented, on failure outputs are unchanged.  A bug is an assert; bad log data is counted, never an error.
 */
#ifndef HEADROOM_BASE_ERROR_H
#define HEADROOM_BASE_ERROR_H

#include <stddef.h>

enum status {
	STATUS_OK,
	STATUS_DONE, /* end of a sequence */
	STATUS_FAILED, /* I/O or another part of the world failed */
	STATUS_NOT_FOUND,
	STATUS_DENIED, /* permissions */
	STATUS_PARSE, /* a document that had to be well-formed is not */
	STATUS_USAGE, /* the user's command line or configuration is wrong */
	STATUS_REFUSED, /* possible, but unsafe */
	STATUS_CHANGED, /* somebody else changed it meanwhile */
	STATUS_LIMIT, /* a named limit was reached */
	STATUS_INTERRUPTED,
	STATUS_COUNT
};

struct error {
	enum status code;
	char message[480]; /* one line, printable, names place and remedy */
};

const char *status_name(enum status s);
/* Fills err (if any) and returns code, so that raising is one line. */
enum status error_set(struct error *err, enum status code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with ": strerror(errnum)" behind; maps EACCES/EPERM/EROFS to STATUS_DENIED, ENOENT/ENOTDIR to
 * STATUS_NOT_FOUND and everything else to STATUS_FAILED. */
enum status error_errno(struct error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Ends the program: the only place that does for lack of memory. */
void die_no_memory(void) __attribute__((noreturn));
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

#endif
