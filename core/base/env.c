#include "core/base/env.h"

#include <assert.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/fs.h"

#define DEFAULT_COLUMNS 80
#define MAX_COLUMNS 10000

const char *env_get(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

void env_set(const char *name, const char *value)
{
	if (value ? setenv(name, value, 1) : unsetenv(name))
		die_no_memory();
}

const char *env_home(void)
{
	const char *home = env_get("HOME");
	const struct passwd *user;

	if (home)
		return home;
	user = getpwuid(getuid());
	return user && user->pw_dir && *user->pw_dir ? user->pw_dir : "/";
}

str env_headroom_home(struct arena *a)
{
	const char *own = env_get("HEADROOM_HOME");
	str path = own ? str_c(own) : path_join(a, str_c(env_home()), STR(".headroom"));

	return path_normal(a, path_join(a, env_cwd(a), path));
}

int64_t env_now_ms(void)
{
	const char *fixed = env_get("HEADROOM_NOW");
	struct timespec now;
	int64_t ms;

	if (fixed && time_parse(str_c(fixed), &ms))
		return ms;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t env_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int env_cpus(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (int)n : 1;
}

bool env_is_tty(int fd)
{
	return isatty(fd) == 1;
}

int env_columns(int fd)
{
	const char *fixed = env_get("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (fixed && str_u64(str_c(fixed), &n) && n > 0 && n <= MAX_COLUMNS)
		return (int)n;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return DEFAULT_COLUMNS;
}

str env_cwd(struct arena *a)
{
	char *cwd = getcwd(NULL, 0);
	str copy = arena_str(a, str_c(cwd));

	free(cwd);
	return copy;
}

/* ---- time ---- */

/* Days since 1970-01-01 in the Gregorian calendar.  Years start in March, so that the leap day comes last;
 * 400 of them make an era of 146097 days. */
static int64_t days_from_date(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year, day_of_era;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t era, day_of_era, year_of_era, day_of_year, m;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	m = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

static int days_in_month(int year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly n digits off the front of *s, their value within [low, high]. */
static bool take_number(str *s, size_t n, int low, int high, int *out)
{
	int value = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		value = value * 10 + (s->p[i] - '0');
	}
	if (value < low || value > high)
		return false;
	*out = value;
	*s = str_from(*s, n);
	return true;
}

static bool take_char(str *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Any number of digits; those behind the third are dropped. */
static bool take_fraction(str *s, int *ms)
{
	int scale = 100, digit;

	if (!take_number(s, 1, 0, 9, &digit))
		return false;
	*ms = 0;
	do {
		*ms += digit * scale;
		scale /= 10;
	} while (take_number(s, 1, 0, 9, &digit));
	return true;
}

/* "Z", "+hh", "+hhmm", "+hh:mm"; nothing at all means UTC. */
static bool take_offset(str *s, int *minutes)
{
	int sign, hour, minute = 0;

	*minutes = 0;
	if (s->n == 0 || take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	sign = take_char(s, '-') ? -1 : 1;
	if (sign > 0 && !take_char(s, '+'))
		return false;
	if (!take_number(s, 2, 0, 23, &hour))
		return false;
	if ((take_char(s, ':') || s->n) && !take_number(s, 2, 0, 59, &minute))
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

static int two_digits(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "2026-11-21T09:30:00.123Z", which nearly all records have, without a step per character; false for all others. */
static bool parse_usual(str s, int64_t *ms)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";
	/* What may be added to a byte's difference from the form before it passes 0x7f: a digit's is 9 at most, a sign has
	 * none. */
	static const char room[] = "vvvv\x7fvv\x7fvv\x7fvv\x7fvv\x7fvv\x7fvvv\x7f";
	static_assert('v' == 0x7f - 9 && sizeof(room) == sizeof(form) && sizeof(form) % 8 == 1, "ten digits");
	int year, month, day, hour, minute, second;

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i += 8) {
		uint64_t bytes, form_bytes, room_bytes;

		memcpy(&bytes, s.p + i, 8);
		memcpy(&form_bytes, form + i, 8);
		memcpy(&room_bytes, room + i, 8);
		bytes ^= form_bytes;
		if (((bytes + room_bytes) | bytes) & 0x8080808080808080ULL)
			return false;
	}
	year = two_digits(s.p) * 100 + two_digits(s.p + 2);
	month = two_digits(s.p + 5);
	day = two_digits(s.p + 8);
	hour = two_digits(s.p + 11);
	minute = two_digits(s.p + 14);
	second = two_digits(s.p + 17);
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
	    minute > 59 || second > 60)
		return false;
	*ms = days_from_date(year, month, day) * MS_PER_DAY +
	      ((int64_t)(hour * 60 + minute) * 60 + second) * 1000 + two_digits(s.p + 20) * 10 +
	      (s.p[22] - '0');
	return true;
}

bool time_parse(str s, int64_t *ms)
{
	int year, month, day, hour = 0, minute = 0, second = 0, fraction = 0, offset = 0;

	if (parse_usual(s, ms))
		return true;
	if (!take_number(&s, 4, 0, 9999, &year) || !take_char(&s, '-') ||
	    !take_number(&s, 2, 1, 12, &month) || !take_char(&s, '-') ||
	    !take_number(&s, 2, 1, days_in_month(year, month), &day))
		return false;
	if (s.n) {
		if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
			return false;
		if (!take_number(&s, 2, 0, 23, &hour) || !take_char(&s, ':') ||
		    !take_number(&s, 2, 0, 59, &minute))
			return false;
		/* 60 is a leap second. */
		if (take_char(&s, ':') && !take_number(&s, 2, 0, 60, &second))
			return false;
		if ((take_char(&s, '.') || take_char(&s, ',')) && !take_fraction(&s, &fraction))
			return false;
		if (!take_offset(&s, &offset) || s.n)
			return false;
	}
	*ms = days_from_date(year, month, day) * MS_PER_DAY +
	      ((int64_t)(hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
	return true;
}

str time_format(struct arena *a, int64_t ms)
{
	int64_t day_number = time_day(ms), year;
	int second = (int)((ms - day_number * MS_PER_DAY) / 1000), month, day;

	date_from_days(day_number, &year, &month, &day);
	return arena_printf(a, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)year, month, day, second / 3600,
			    second / 60 % 60, second % 60);
}

int64_t time_day(int64_t ms)
{
	return ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
}
