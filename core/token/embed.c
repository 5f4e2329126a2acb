#include "core/token/embed.h"

#include <assert.h>

/* The tables are read in place: their numbers are little-endian. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pack_tables.js writes little-endian tables");

/* The files are named from the root of the tree, where make runs; the Makefile knows that this object needs them. */
#define EMBED(name, file)                                \
	__asm__(".pushsection .rodata\n"                 \
		".balign 64\n"                           \
		".global " #name "\n"                    \
		".hidden " #name "\n"                    \
		".type " #name ", %object\n" #name ":\n" \
		".incbin \"core/token/" file "\"\n"      \
		".size " #name ", . - " #name "\n"       \
		".popsection\n")

EMBED(embed_o200k, "o200k.bin");
EMBED(embed_cl100k, "cl100k.bin");
EMBED(embed_classes, "classes.bin");
