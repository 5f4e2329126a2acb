/*
 * dynamic: a shared library that is opened when it is first needed.
 */
#ifndef HEADROOM_BASE_DYNAMIC_H
#define HEADROOM_BASE_DYNAMIC_H

#include <stddef.h>

struct dynamic_symbol {
	const char *name;
	size_t offset; /* of the function pointer in the table */
};

struct dynamic_library {
	const char *title; /* in messages */
	const char *const *names; /* of the file, the best first */
	size_t names_n;
	const struct dynamic_symbol *symbols;
	size_t symbols_n;
};

/* Fills the table; NULL if there is no library, or one that lacks a symbol.  The caller closes the handle with dynamic_close,
 * or never. */
void *dynamic_open(const struct dynamic_library *l, void *table);
void dynamic_close(void *handle);

#endif
