/*
 * json_text: whether a text is JSON, and where a value in other text ends.  Builds no tree.
 */
#ifndef HEADROOM_COMPRESS_JSON_TEXT_H
#define HEADROOM_COMPRESS_JSON_TEXT_H

#include "core/base/str.h"

enum json_form {
	JSON_FORM_NONE,
	JSON_FORM_VALUE, /* one object or array */
	JSON_FORM_ROWS, /* one array of objects */
	JSON_FORM_LINES /* an object a line, five at least */
};

enum json_form json_form(str text);
/* Length of the object or array at the start of text, 0 if it is none or malformed. */
size_t json_length(str text);

#endif
