/*
 * block: how learnings look in a Markdown file, the same for every agent whose files are Markdown.
 */
#ifndef HEADROOM_WRITERS_BLOCK_H
#define HEADROOM_WRITERS_BLOCK_H

#include "core/base/arena.h"
#include "core/model/finding.h"

/* The `render` of a writer: markers, title, a heading for each section, bullets; "" without items. */
str block_render(struct arena *a, const struct finding *items, size_t n);

#endif
