/*
 * classes: what kind of character a code point is, as far as the splitting patterns of the vocabularies ask.  The table
 * is Unicode 16.0, the version tiktoken 1.0.22 uses.  Private to core/token.
 */
#ifndef HEADROOM_TOKEN_CLASSES_H
#define HEADROOM_TOKEN_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#include "core/token/embed.h"

enum char_class {
	CLASS_OTHER,
	CLASS_SPACE, /* \s but for the line ends */
	CLASS_NUMBER, /* \p{N} */
	CLASS_MARK, /* \p{M} */
	CLASS_LETTER, /* \p{Lm} \p{Lo}: letters without case */
	CLASS_LOWER, /* \p{Ll} */
	CLASS_UPPER, /* \p{Lu} \p{Lt} */
	CLASS_NEWLINE, /* \r \n */
	CLASS_COUNT
};

extern const uint8_t class_of_ascii[128];

/* Of the code point at p, which begins a valid sequence; sets its length. */
static inline enum char_class class_at(const char *p, size_t *len)
{
	const unsigned char *s = (const unsigned char *)p;
	uint32_t cp;

	if (s[0] < 0x80) {
		*len = 1;
		return (enum char_class)class_of_ascii[s[0]];
	}
	if (s[0] < 0xe0) {
		*len = 2;
		cp = (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	} else if (s[0] < 0xf0) {
		*len = 3;
		cp = (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	} else {
		*len = 4;
		cp = (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
	}
	/* a block of 128 code points has one byte in the index, which comes first */
	return (enum char_class)embed_classes[0x110000 / 128 + embed_classes[cp >> 7] * 128u + (cp & 127)];
}

#endif
