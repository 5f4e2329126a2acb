/*
 * json_crush: the parts of the JSON compressor.  Nothing is parsed into a tree: an item is where an element of an array,
 * a member of an object or a line of NDJSON stands in the text, and output is copied from there.  White space between
 * the tokens of items goes where others are left out; apart from that every value that stays keeps its bytes.
 *
 *	json_array	the compressor: whole documents, NDJSON
 *	json_walk	recursion, output, markers
 *	json_pick	which items of a list stay
 *	json_fields	what the fields of many rows have in common, and which rows differ
 *	json_errors	which rows tell errors, each distinct one once
 *	json_numbers	anomalies, steps and figures of number columns
 *	json_summary	what a marker says about the items left out
 *
 * Private to core/compress.  Scratch lives in the run's arena; vecs are released by the functions that made them.
 */
#ifndef HEADROOM_COMPRESS_JSON_CRUSH_H
#define HEADROOM_COMPRESS_JSON_CRUSH_H

#include "core/base/vec.h"
#include "core/compress/compress.h"
#include "core/json/jget.h"

enum {
	CRUSH_DEPTH = 5, /* of arrays and objects whose items are chosen from */
	FIELD_DEPTH = 4, /* of containers whose members count as fields of the row they are in */
	TEXT_MAX = 64 << 10, /* bytes of a string with escapes that are looked at */
	TEXT_DEPTH = 32, /* of containers in a row whose strings are looked at */
	COLUMNS_MAX = 1024, /* fields of a kind of row; more are not looked at */
	VALUES_MAX = 12, /* distinct values of a field that are counted one by one */
	EXAMPLES = 5 /* rows remembered for a value, a type, a field */
};
#define CRUSH_ITEMS_MAX ((size_t)1 << 24) /* of a list */
#define CRUSH_TEXT_MAX UINT32_MAX /* offsets have 32 bits */

struct item {
	uint32_t start, value, end; /* offsets in the text; start < value for members of objects */
	uint8_t type; /* enum jtype of the value */
	bool keep;
};

struct crush {
	struct arena *arena;
	const struct squeeze *s;
	struct buf *out;
	size_t done; /* of the text, that much is in out or left out */
	size_t before, after; /* items of the lists from which some were left out */
	bool bad; /* the text is no sound JSON after all */
};

static inline str item_text(const struct crush *c, const struct item *i)
{
	return str_sub(c->s->text, i->start, i->end - i->start);
}

struct jval item_value(const struct crush *c, const struct item *i);

/* ---- lists of items of one kind ---- */

enum reason {
	REASON_EDGE = 1, /* first or last */
	REASON_ERROR = 2,
	REASON_ANOMALY = 4,
	REASON_RARE = 8, /* a field or a value few others have */
	REASON_ANCHOR = 16, /* named by the query */
	REASON_FIELD = 32, /* preserve_fields */
	REASON_FILL = 64
};

struct figures { /* of a list of numbers; one huge number would hide what mean and deviation tell */
	double min, max, median, p25, p75;
	size_t outliers;
	double mean, stddev; /* without them */
};

struct rows {
	struct crush *c;
	struct item *items; /* of the whole list */
	const uint32_t *at; /* indices of this kind's items */
	size_t n;
	uint8_t *reasons; /* by row; 0: left out */
	size_t kept;
	size_t errors; /* rows that tell an error, kept or not */
	enum jtype type; /* J_OBJECT stands for arrays, too, J_NULL for true, false and null */
	struct fields *fields; /* of J_OBJECT */
	const struct figures *figures; /* of J_NUMBER */
};

static inline const struct item *row_item(const struct rows *r, size_t row)
{
	return &r->items[r->at[row]];
}

static inline void row_keep(struct rows *r, size_t row, enum reason why)
{
	r->kept += r->reasons[row] == 0;
	r->reasons[row] |= (uint8_t)why;
}

/* Decides which rows stay: whatever must, and the most telling of the others up to the limit. */
void rows_pick(struct rows *r);

/* ---- fields ---- */

struct value {
	uint64_t hash;
	str raw; /* with its quotes */
	uint32_t n, rows[EXAMPLES]; /* the first of them */
	bool error;
};

struct number {
	double value;
	uint32_t row;
};

struct column {
	str key; /* as it is written, empty for elements of arrays */
	uint32_t parent, index; /* of elements: which; else 0 */
	uint32_t follower; /* column + 1 that came next the last time */
	uint32_t n, last; /* rows that have it; the last of them + 1 */
	uint32_t rows[EXAMPLES];
	uint32_t kinds[J_OBJECT + 1], kind_rows[J_OBJECT + 1][EXAMPLES];
	struct value values[VALUES_MAX];
	size_t values_n;
	bool many; /* more distinct values than that */
	bool error_key, label_key, status_key, preserved;
	size_t spaced, dated; /* string values with blanks; that begin with an ISO date */
	struct vec numbers; /* of struct number */
	struct vec hashes; /* of uint64_t, all values, only where uniqueness matters */
};

struct evidence {
	uint32_t row;
	bool strong, text; /* else a hint: a number or a truth that may mean something else */
};

struct fields {
	struct rows *rows;
	struct column *columns[COLUMNS_MAX];
	size_t n;
	uint32_t first; /* column + 1 that began the last row */
	bool full; /* there were more */
	struct map64 *by_key;
	struct vec errors; /* of struct evidence, by row */
	struct buf *scratch;
};

/* Reads all rows and keeps those with rare fields, values and types, or with something in a preserved field. */
struct fields *fields_read(struct rows *r);
void fields_release(struct fields *f);
/* Calls fn for each scalar and container that is a cell of the row; deeper strings come with column NULL. */
typedef void cell_fn(struct fields *f, struct column *column, struct jval v, size_t row, void *ctx);
void fields_walk_row(struct fields *f, size_t row, bool learn, cell_fn *fn, void *ctx);
/* The meaning of a string, for looking at; lives until the next call. */
str fields_text(struct fields *f, struct jval v);
bool fields_temporal(const struct fields *f); /* rows have a time */
bool fields_unique(const struct fields *f); /* rows are unlike each other: by similarity and uniqueness */
const struct column *fields_score(const struct fields *f, bool *descending); /* NULL: none */
const struct column *fields_category(const struct fields *f); /* by which rows are counted, NULL: none */

/* Keeps each distinct error of these rows (struct evidence, in order); changes the list. */
void errors_keep(struct rows *r, struct vec *errors);

/* ---- numbers ---- */

/* Keeps rows whose number is far from the others. */
size_t numbers_keep_anomalies(struct rows *r, const struct number *numbers, size_t n, bool few_values);
/* Rows at which a series changes its level, the largest change first, into out (of uint32_t). */
void numbers_steps(const struct number *numbers, size_t n, struct vec *out);
void numbers_figures(const struct number *numbers, size_t n, struct figures *out);

/* ---- summary ---- */

/* "500 items compressed to 14. Omitted: 486 active" */
void summary_put(struct buf *out, const struct rows *groups, size_t n, size_t before, size_t after);

/* ---- walk ---- */

/* Appends the value at items->value.., with what can be left out left out. */
void walk_value(struct crush *c, struct jval v, size_t depth);
/* Chooses among the items; false if all of them stay.  what: for the marker. */
bool walk_choose(struct crush *c, struct item *items, size_t n, struct buf *what);
/* The same for an item of a list that was chosen from, without the white space between its tokens. */
void walk_item(struct crush *c, const struct item *i, size_t depth);
void walk_copy(struct crush *c, size_t to); /* of the text, from where the copy ended */
void walk_marker(struct crush *c, str what);

#endif
