/*
 * figure: numbers as people read them, short and of one form everywhere.  What is unknown is "?".
 */
#ifndef HEADROOM_TUI_FIGURE_H
#define HEADROOM_TUI_FIGURE_H

#include "core/base/buf.h"

void figure_count(struct buf *out, double n); /* "950", "12.5K", "3.1M" */
void figure_usd(struct buf *out, double usd); /* "$0.15", "<$0.01", "-$2.00", "$12.5K" */
void figure_percent(struct buf *out, double percent); /* "25%" */
void figure_age(struct buf *out, double seconds); /* "4s", "12m", "3h", "9d" */
void figure_ms(struct buf *out, double ms); /* "12 ms", "1.5 s" */

#endif
