/*
 * detect: what kind of content a text is, by the documented table (JSON 1.0/.8 > diff .7 > HTML .7 > search .6 > log .5 >
 * code .5 > text), from its first lines only.
 */
#ifndef HEADROOM_COMPRESS_DETECT_H
#define HEADROOM_COMPRESS_DETECT_H

#include "core/compress/compress.h"

enum language {
	LANGUAGE_NONE,
	LANGUAGE_PYTHON,
	LANGUAGE_JAVASCRIPT,
	LANGUAGE_TYPESCRIPT,
	LANGUAGE_GO,
	LANGUAGE_RUST,
	LANGUAGE_JAVA,
	LANGUAGE_C,
	LANGUAGE_CPP,
	LANGUAGE_COUNT
};
extern const char *const language_names[LANGUAGE_COUNT];

struct detected {
	enum content content;
	double confidence;
	enum language language; /* of code */
};
void detect(str text, struct detected *out);
enum language detect_language(str text, double *confidence);

#endif
