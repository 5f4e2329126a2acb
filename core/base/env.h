/*
 * env: the only door to clock, time zone, environment, home folder, terminal and processors, so that tests
 * can fix them.  HEADROOM_NOW (ISO 8601) fixes the clock.  Times are milliseconds since 1970 UTC; days are
 * UTC days.
 */
#ifndef HEADROOM_BASE_ENV_H
#define HEADROOM_BASE_ENV_H

#include "core/base/arena.h"
#include "core/base/error.h"

#define MS_PER_DAY 86400000LL

const char *env_get(const char *name); /* NULL if unset or empty */
void env_set(const char *name, const char *value); /* for tests and for options that stand for a variable */
const char *env_home(void); /* $HOME, else the password file; "/" if neither */
/* $HEADROOM_HOME or ~/.headroom, normal and absolute */
str env_headroom_home(struct arena *a);
int64_t env_now_ms(void);
int64_t env_monotonic_us(void);
int env_cpus(void); /* usable processors, at least 1 */
bool env_is_tty(int fd);
int env_columns(int fd); /* $COLUMNS, else the terminal width, else 80 */
str env_cwd(struct arena *a); /* "" if the folder was removed */

/* ISO 8601 "2026-11-21T09:30:00.123Z", offsets accepted, none = UTC, date alone = midnight; false if
 * malformed. */
bool time_parse(str s, int64_t *ms);
str time_format(struct arena *a, int64_t ms); /* "2026-11-21T09:30:00Z" */
int64_t time_day(int64_t ms); /* UTC day number, floor */

#endif
