/*
 * retrieve: what is asked of one original: all of it, a part by number, or what matches a query.  Its kind says what its
 * items are: elements of an array, members of an object, lines with their surroundings, paragraphs, messages.
 */
#ifndef HEADROOM_COMPRESS_RETRIEVE_H
#define HEADROOM_COMPRESS_RETRIEVE_H

#include "core/base/vec.h"
#include "core/compress/relevance.h"

#define RETRIEVE_RESULTS 20 /* matches at most, where nothing else is asked for */
#define RETRIEVE_CONTEXT 2 /* lines around a matching one */

enum retrieve_kind {
	RETRIEVE_ARRAY,
	RETRIEVE_OBJECT,
	RETRIEVE_LINES,
	RETRIEVE_PARAGRAPHS,
	RETRIEVE_MESSAGES,
	RETRIEVE_KIND_COUNT
};
extern const char *const retrieve_kind_names[RETRIEVE_KIND_COUNT]; /* "items" ... */

struct retrieve_item {
	size_t number; /* 0-based; of lines the first, counted from 1 */
	str key; /* of a member, as it stands */
	str text; /* a slice of the original: JSON, or lines */
	bool json;
	double score; /* 1: the best; 0 where nothing was searched for */
};

struct retrieve_result {
	enum retrieve_kind kind;
	struct vec items; /* struct retrieve_item, best first; by number where nothing was searched for */
	size_t total; /* items of the original */
	size_t matches; /* of which these are a part */
};

enum retrieve_kind retrieve_kind_of(str kind, str text);
/* offset and limit say which of the items, or of the matches; limit 0: RETRIEVE_RESULTS with a query, else all.  The
 * caller releases out->items. */
void retrieve(struct arena *a, str text, str kind, str query, size_t offset, size_t limit,
	      struct retrieve_result *out);

#endif
