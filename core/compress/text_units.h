/*
 * text_units: prose cut into what can be left out one by one: lines, and the sentences of long ones; and what speaks for
 * keeping each.  Private to the text compressor.
 */
#ifndef HEADROOM_COMPRESS_TEXT_UNITS_H
#define HEADROOM_COMPRESS_TEXT_UNITS_H

#include "core/base/arena.h"
#include "core/base/vec.h"

enum {
	UNIT_BLANK = 1,
	UNIT_HEADING = 2, /* of Markdown, underlined, in capitals, "Name:" */
	UNIT_ID = 4, /* an address, a hash, an id: nobody guesses it */
	UNIT_NUMBER = 8,
	UNIT_NEGATION = 16, /* without it the rest means the contrary */
	UNIT_WORD = 32, /* tells of an error, a warning, something important */
	UNIT_TAG = 64, /* in or of a tag that is no HTML: protected */
	UNIT_ENDS_LINE = 128
};

struct unit {
	uint32_t from, end; /* bytes, the blanks or line end behind it included */
	uint32_t traits;
};

#define UNITS_MAX (1u << 23)

/* False if there are more than UNITS_MAX units or 4 GB.  split: some line was cut into sentences. */
bool text_cut(struct vec *units, str text, bool *split);
/* Marks what belongs to tags such as <system-reminder>; only the tags themselves if `only_tags`. */
void text_mark_tags(struct vec *units, struct arena *a, str text, bool only_tags);

static inline str unit_str(str text, const struct unit *u)
{
	return str_sub(text, u->from, u->end - u->from);
}

#endif
