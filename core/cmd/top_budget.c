/*
 * top_budget: dollars for an hour, a day or a month, of UTC.
 */
#include <math.h>
#include <stdlib.h>

#include "core/base/env.h"
#include "core/cmd/top_run.h"

#define VARIABLE "HEADROOM_BUDGET"
#define MS_PER_HOUR 3600000LL

static int64_t month_of(int64_t now)
{
	int64_t first = now;
	struct arena a;
	str text;

	arena_init(&a);
	text = time_format(&a, now);
	text = arena_printf(&a, "%.*s-01", STR_ARG(str_sub(text, 0, sizeof("2026-11") - 1)));
	time_parse(text, &first);
	arena_release(&a);
	return first;
}

static int64_t hour_of(int64_t now)
{
	return now - now % MS_PER_HOUR;
}

static int64_t day_of(int64_t now)
{
	return time_day(now) * MS_PER_DAY;
}

static const struct {
	const char *name;
	int64_t (*begin)(int64_t now);
} periods[] = { { "hourly", hour_of }, { "daily", day_of }, { "monthly", month_of } };

enum status top_budget_read(int64_t now, struct top_budget *out, struct error *err)
{
	const char *usd = env_get(VARIABLE), *period = env_get(VARIABLE "_PERIOD");
	char *end;

	*out = (struct top_budget){ .usd = UNKNOWN };
	for (size_t i = 0; i < sizeof(periods) / sizeof(*periods); i++)
		if (str_eq_c(str_c(period ? period : "daily"), periods[i].name)) {
			out->period = periods[i].name;
			out->since = periods[i].begin(now);
		}
	if (!out->period)
		return error_set(err, STATUS_USAGE, VARIABLE "_PERIOD: '%s' is none of hourly|daily|monthly",
				 period);
	if (!usd)
		return STATUS_OK;
	out->usd = strtod(usd, &end);
	if (*end || end == usd || !isfinite(out->usd) || out->usd <= 0)
		return error_set(err, STATUS_USAGE, VARIABLE ": '%s' is no amount of dollars above 0", usd);
	return STATUS_OK;
}

/* Sources that tell of the same requests are not added: the one that knows most counts.  One that counts since before the
 * period began says nothing of it. */
double top_budget_spent(const struct top_budget *b, const struct vec *feeds)
{
	double spent = UNKNOWN;

	for (size_t i = 0; i < feeds->n; i++) {
		const struct feed *feed = vec_at(feeds, i);
		struct snapshot s;

		snapshot_init(&s);
		feed->type->poll(feed->source, &s);
		if (s.since >= b->since && is_known(s.cost.spent_usd) &&
		    (!is_known(spent) || s.cost.spent_usd > spent))
			spent = s.cost.spent_usd;
		snapshot_release(&s);
	}
	return spent;
}
