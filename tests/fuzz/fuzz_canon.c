/*
 * Canonical JSON is canonical: written once more it is the same.
 */
#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/json/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct buf once, again;
	struct arena a;

	if (!utf8_valid(text))
		return 0;
	arena_init(&a);
	buf_init(&once, (size_t)64 << 20);
	buf_init(&again, (size_t)64 << 20);
	canon_add(&once, &a, jval_of(text));
	canon_add(&again, &a, jval_of(buf_str(&once)));
	if (!str_eq(buf_str(&once), buf_str(&again)))
		abort();
	buf_release(&again);
	buf_release(&once);
	arena_release(&a);
	return 0;
}
