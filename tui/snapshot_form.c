#include "tui/snapshot_form.h"

#include <stdio.h>

#include "core/base/env.h"

enum {
	WHOLE = 0,
	TENTHS = 1,
	PERCENT = 2,
	MILLIS = 3,
	RATE = 4,
	USD = 6
};

/* clang-format off */
#define AT(member) offsetof(struct snapshot, member)
#define NUMBER(name, member, decimals) { name, FORM_NUMBER, AT(member), decimals, NULL }
#define GROUP(name, members) { name, FORM_GROUP, 0, 0, members }
#define END { NULL, FORM_VERSION, 0, 0, NULL }

static const struct form form_requests[] = {
	NUMBER("total",        requests.total,        WHOLE),
	NUMBER("cached",       requests.cached,       WHOLE),
	NUMBER("failed",       requests.failed,       WHOLE),
	NUMBER("rate_limited", requests.rate_limited, WHOLE),
	END
};

static const struct form form_tokens[] = {
	NUMBER("input",           tokens.input,           WHOLE),
	NUMBER("output",          tokens.output,          WHOLE),
	NUMBER("saved",           tokens.saved,           WHOLE),
	NUMBER("savings_percent", tokens.savings_percent, PERCENT),
	END
};

static const struct form form_lifetime[] = {
	NUMBER("tokens_saved", lifetime.tokens_saved, WHOLE),
	NUMBER("savings_usd",  lifetime.savings_usd,  USD),
	END
};

static const struct form form_cost[] = {
	NUMBER("spent_usd",          cost.spent_usd,          USD),
	NUMBER("saved_usd",          cost.saved_usd,          USD),
	NUMBER("net_saved_usd",      cost.net_saved_usd,      USD),
	NUMBER("cache_discount_usd", cost.cache_discount_usd, USD),
	NUMBER("bust_usd",           cost.bust_usd,           USD),
	{ "basis", FORM_TEXT, AT(cost.basis), 0, NULL },
	NUMBER("priced_percent",     cost.priced_percent,     PERCENT),
	END
};

static const struct form form_cache[] = {
	NUMBER("read_tokens",  cache.read_tokens,  WHOLE),
	NUMBER("write_tokens", cache.write_tokens, WHOLE),
	NUMBER("hit_rate",     cache.hit_rate,     RATE),
	END
};

#define PART(name, base, member) { name, FORM_NUMBER, (base) + offsetof(struct latency, member), MILLIS, NULL }
#define LATENCY(base) \
	PART("average", base, average), PART("p50", base, p50), PART("p95", base, p95), PART("p99", base, p99), \
	PART("max", base, max)

static const struct form form_overhead[] = { LATENCY(AT(overhead)), END };
static const struct form form_ttfb[] = { LATENCY(AT(ttfb)), END };
static const struct form form_total[] = { LATENCY(AT(total)), END };

static const struct form form_latency[] = {
	GROUP("overhead", form_overhead),
	GROUP("ttfb",     form_ttfb),
	GROUP("total",    form_total),
	END
};

#undef AT
#define AT(member) offsetof(struct source_row, member)
const struct form form_source[] = {
	{ "kind",    FORM_TEXT,   AT(kind),    0, NULL },
	{ "name",    FORM_TEXT,   AT(name),    0, NULL },
	{ "status",  FORM_STATUS, AT(status),  0, NULL },
	NUMBER("age_seconds", age_seconds, TENTHS),
	{ "version", FORM_TEXT,   AT(version), 0, NULL },
	{ "error",   FORM_TEXT,   AT(error),   0, NULL },
	END
};

#undef AT
#define AT(member) offsetof(struct model_row, member)
const struct form form_model[] = {
	{ "model",  FORM_TEXT, AT(model),  0, NULL },
	NUMBER("requests",  requests,  WHOLE),
	NUMBER("input",     input,     WHOLE),
	NUMBER("output",    output,    WHOLE),
	NUMBER("saved",     saved,     WHOLE),
	NUMBER("spent_usd", spent_usd, USD),
	{ "source", FORM_TEXT, AT(source), 0, NULL },
	END
};

#undef AT
#define AT(member) offsetof(struct project_row, member)
const struct form form_project[] = {
	{ "project", FORM_TEXT, AT(project), 0, NULL },
	NUMBER("requests",  requests,  WHOLE),
	NUMBER("input",     input,     WHOLE),
	NUMBER("output",    output,    WHOLE),
	NUMBER("saved",     saved,     WHOLE),
	NUMBER("spent_usd", spent_usd, USD),
	NUMBER("sessions",  sessions,  WHOLE),
	END
};

#undef AT
#define AT(member) offsetof(struct session_row, member)
const struct form form_session[] = {
	{ "id",            FORM_TEXT, AT(id),            0, NULL },
	{ "agent",         FORM_TEXT, AT(agent),         0, NULL },
	{ "project",       FORM_TEXT, AT(project),       0, NULL },
	{ "title",         FORM_TEXT, AT(title),         0, NULL },
	{ "model",         FORM_TEXT, AT(model),         0, NULL },
	NUMBER("context_percent", context_percent, PERCENT),
	NUMBER("tokens",          tokens,          WHOLE),
	NUMBER("spent_usd",       spent_usd,       USD),
	NUMBER("calls",           calls,           WHOLE),
	NUMBER("failures",        failures,        WHOLE),
	{ "last_activity", FORM_TIME, AT(last_activity), 0, NULL },
	{ "partial",       FORM_FLAG, AT(partial),       0, NULL },
	END
};

const struct form form_warning[] = { { "", FORM_TEXT, 0, 0, NULL }, END };

#undef AT
#define AT(member) offsetof(struct snapshot, member)
const struct form snapshot_form[] = {
	{ "version",    FORM_VERSION, 0,            0, NULL },
	{ "taken_at",   FORM_TIME,    AT(taken_at), 0, NULL },
	{ "window",     FORM_TEXT,    AT(window),   0, NULL },
	{ "since",      FORM_TIME,    AT(since),    0, NULL },
	{ "sources",    FORM_ROWS,    AT(sources),  0, form_source },
	GROUP("requests",   form_requests),
	GROUP("tokens",     form_tokens),
	GROUP("lifetime",   form_lifetime),
	GROUP("cost",       form_cost),
	GROUP("cache",      form_cache),
	GROUP("latency_ms", form_latency),
	{ "by_model",   FORM_ROWS,    AT(models),   0, form_model },
	{ "by_project", FORM_ROWS,    AT(projects), 0, form_project },
	{ "sessions",   FORM_ROWS,    AT(sessions), 0, form_session },
	{ "warnings",   FORM_STRINGS, AT(warnings), 0, NULL },
	END
};
/* clang-format on */

/* The table is the bound of the recursion: groups hold groups, two deep. */
void form_unknown(const struct form *form, void *at)
{
	for (const struct form *f = form; f->name; f++) {
		if (f->kind == FORM_GROUP)
			form_unknown(f->members, at);
		else if (f->kind == FORM_NUMBER)
			*(double *)(void *)((char *)at + f->offset) = UNKNOWN;
		else if (f->kind == FORM_STATUS)
			*(enum source_status *)(void *)((char *)at + f->offset) = SOURCE_STALE;
	}
}

void form_own(const struct form *form, void *at, struct arena *a)
{
	for (const struct form *f = form; f->name; f++) {
		str *text = (str *)(void *)((char *)at + f->offset);

		if (f->kind == FORM_TEXT && text->n)
			*text = arena_str(a, *text);
	}
}

void form_number(struct buf *out, double value, int decimals, const char *nothing)
{
	char text[512]; /* the largest double has 309 digits before the point */
	size_t n, point;

	if (!isfinite(value)) {
		buf_add_c(out, nothing);
		return;
	}
	n = (size_t)snprintf(text, sizeof(text), "%.*f", decimals, value);
	if (decimals) {
		point = str_chr((str){ text, n }, '.');
		while (n > point + 2 && text[n - 1] == '0')
			n--;
	}
	text[n] = '\0';
	/* no minus before zero */
	buf_add_c(out, text[0] == '-' && strspn(text + 1, "0.") == n - 1 ? text + 1 : text);
}

void form_time(struct buf *out, int64_t ms)
{
	int fraction = (int)(ms - (ms / 1000) * 1000);
	struct arena a;
	str text;

	arena_init(&a);
	text = time_format(&a, fraction < 0 ? ms - 1000 : ms);
	if (fraction < 0)
		fraction += 1000;
	buf_add(out, str_sub(text, 0, text.n - 1));
	if (fraction)
		buf_printf(out, ".%03d", fraction);
	buf_add_ch(out, 'Z');
	arena_release(&a);
}
