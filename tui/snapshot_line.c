#include "tui/figure.h"
#include "tui/snapshot.h"

static void begin_part(struct buf *out, size_t start)
{
	if (out->n > start)
		buf_add(out, STR(" | "));
}

void snapshot_line(const struct snapshot *s, struct buf *out)
{
	const struct session_row *latest = s->sessions.n ? vec_at(&s->sessions, 0) : NULL;
	size_t start = out->n;

	if (is_known(s->tokens.saved)) {
		buf_add(out, STR("saved "));
		figure_count(out, s->tokens.saved);
		if (is_known(s->tokens.savings_percent)) {
			buf_add_ch(out, ' ');
			figure_percent(out, s->tokens.savings_percent);
		}
	}
	if (is_known(s->cost.spent_usd)) {
		begin_part(out, start);
		figure_usd(out, s->cost.spent_usd);
	}
	if (latest && is_known(latest->context_percent)) {
		begin_part(out, start);
		buf_add(out, STR("ctx "));
		figure_percent(out, latest->context_percent);
	}
	if (latest && is_known(latest->failures)) {
		begin_part(out, start);
		figure_count(out, latest->failures);
		buf_add(out, STR(" fail"));
	}
}
