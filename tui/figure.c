#include "tui/figure.h"

#include <math.h>

#define UNITS "KMGTPE"

/* One digit behind the point; a unit up where it would read 1000.0. */
static void add_scaled(struct buf *out, double n)
{
	const char *unit = UNITS;

	for (n /= 1000; unit[1] && fabs(n) >= 999.95; unit++)
		n /= 1000;
	buf_printf(out, "%.1f%c", n, *unit);
}

void figure_count(struct buf *out, double n)
{
	if (!isfinite(n))
		buf_add_ch(out, '?');
	else if (fabs(n) < 999.5)
		buf_printf(out, "%.0f", n + 0.0);
	else
		add_scaled(out, n);
}

void figure_usd(struct buf *out, double usd)
{
	double size = fabs(usd);

	if (!isfinite(usd)) {
		buf_add_ch(out, '?');
		return;
	}
	if (usd < 0 && size >= 0.005)
		buf_add_ch(out, '-');
	if (size > 0 && size < 0.005)
		buf_add_c(out, "<$0.01");
	else if (size < 9999.995)
		buf_printf(out, "$%.2f", size);
	else {
		buf_add_ch(out, '$');
		add_scaled(out, size);
	}
}

void figure_percent(struct buf *out, double percent)
{
	if (!isfinite(percent))
		buf_add_ch(out, '?');
	else
		buf_printf(out, "%.0f%%", fabs(percent) < 0.5 ? 0.0 : percent);
}

void figure_age(struct buf *out, double seconds)
{
	static const struct {
		double seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' } };

	if (!isfinite(seconds)) {
		buf_add_ch(out, '?');
		return;
	}
	if (seconds < 0)
		seconds = 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (seconds < units[i].seconds)
			continue;
		buf_printf(out, "%.0f%c", floor(seconds / units[i].seconds), units[i].unit);
		return;
	}
	buf_printf(out, "%.0fs", floor(seconds));
}

void figure_ms(struct buf *out, double ms)
{
	if (!isfinite(ms))
		buf_add_ch(out, '?');
	else if (ms < 9.95)
		buf_printf(out, "%.1f ms", ms);
	else if (ms < 999.5)
		buf_printf(out, "%.0f ms", ms);
	else
		buf_printf(out, "%.1f s", ms / 1000);
}
