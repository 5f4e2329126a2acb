/*
 * tail: the bytes before the place in a file where reading goes on.  If they are no longer what they were, the file was
 * written anew, and not only appended to.
 */
#ifndef HEADROOM_TUI_TAIL_H
#define HEADROOM_TUI_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAIL_BYTES 64

struct tail {
	char bytes[TAIL_BYTES];
	uint64_t offset; /* of the place; before a shorter file all of it */
};

size_t tail_size(uint64_t offset);
bool tail_read(const char *path, uint64_t offset, struct tail *out); /* false if it cannot be read */
bool tail_still(const char *path, const struct tail *t);

#endif
