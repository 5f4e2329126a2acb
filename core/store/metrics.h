/*
 * metrics: the database in which the Headroom library notes the requests it handled, one row each, in table `requests`.
 * It is another program's, perhaps being written: opened read-only, never changed.  Private temporary files of SQLite
 * may come and go beside it.
 */
#ifndef HEADROOM_STORE_METRICS_H
#define HEADROOM_STORE_METRICS_H

#include "core/base/error.h"
#include "core/base/str.h"

struct metrics_row {
	int64_t row; /* rises with every row added */
	str id, timestamp, model, mode, error; /* borrowed until the next row; "" for NULL */
	int64_t before, after; /* tokens of the prompt, as asked for and as sent */
	int64_t output, cached; /* tokens, -1 unknown */
};

/*
 * Calls fn for each row added behind row `after` (0: all), in order.  STATUS_NOT_FOUND if there is no such table: then
 * it is another database.  STATUS_DONE if row `after` is gone, so that rows may have been dropped or written anew.
 */
enum status metrics_read(const char *path, int64_t after,
			 void (*fn)(void *ctx, const struct metrics_row *row), void *ctx, struct error *err);

#endif
