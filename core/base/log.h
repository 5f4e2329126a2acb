/*
 * log: diagnostic lines for developers, off by default; `--log-file FILE` or HEADROOM_LOG=FILE turns it on.
 * Lines are escaped (no control bytes), stamped, one write(2) each; safe from several threads.
 * Never given result texts, commands or anything else that may hold a secret.
 */
#ifndef HEADROOM_BASE_LOG_H
#define HEADROOM_BASE_LOG_H

#include "core/base/error.h"

/* path NULL: the file HEADROOM_LOG names, or none.  Lines are appended; a second call changes the file. */
enum status log_open(const char *path, struct error *err);
void log_close(void);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
