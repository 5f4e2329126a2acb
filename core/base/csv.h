/*
 * csv: cells of comma-separated values (RFC 4180).
 */
#ifndef HEADROOM_BASE_CSV_H
#define HEADROOM_BASE_CSV_H

#include "core/base/buf.h"

/* Quoted where it must be, and never a formula for a spreadsheet. */
void csv_cell(struct buf *out, str text);

#endif
