/*
 * Canonical JSON is canonical: written once more it is the same, if it was sound; if not, nothing worse happens.
 */
#include <stdlib.h>

#include "core/base/utf8.h"
#include "core/compress/json_text.h"
#include "core/json/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct buf once, again;
	struct arena a;

	arena_init(&a);
	buf_init(&once, (size_t)64 << 20);
	buf_init(&again, (size_t)64 << 20);
	canon_add(&once, &a, jval_of(text));
	canon_add(&again, &a, jval_of(buf_str(&once)));
	if (utf8_valid(text) && text.n && json_length(text) == text.n &&
	    !str_eq(buf_str(&once), buf_str(&again)))
		abort();
	buf_release(&again);
	buf_release(&once);
	arena_release(&a);
	return 0;
}
