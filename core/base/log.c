#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/utf8.h"

#define MAX_MESSAGE 2048
/* Escaped, a byte takes at most four ("\x1b"); stamp, process and \n before and behind. */
#define MAX_LINE (4 * MAX_MESSAGE + 64)

/* Not by way of fs: turning the log on must not move an injected fault to another call. */
static atomic_int log_fd = -1;

enum status log_open(const char *path, struct error *err)
{
	int fd;

	if (!path)
		path = env_get("HEADROOM_LOG");
	if (!path)
		return STATUS_OK;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return error_errno(err, errno, "cannot open the log file %s", path);
	log_close();
	log_fd = fd;
	return STATUS_OK;
}

void log_close(void)
{
	int fd = atomic_exchange(&log_fd, -1);

	if (fd >= 0)
		close(fd);
}

void log_debug(const char *fmt, ...)
{
	char message[MAX_MESSAGE];
	struct arena a;
	struct buf line;
	va_list ap;
	int fd = log_fd;
	ssize_t written;

	if (fd < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);

	arena_init(&a);
	buf_init(&line, MAX_LINE);
	buf_add(&line, time_format(&a, env_now_ms()));
	buf_printf(&line, " %ld ", (long)getpid());
	utf8_escape(&line, str_c(message), false);
	buf_add_ch(&line, '\n');
	written = write(fd, line.p, line.n);
	(void)written; /* a log that cannot be written must not stop the work it describes */
	buf_release(&line);
	arena_release(&a);
}
