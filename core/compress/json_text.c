#include "core/compress/json_text.h"

#include "core/json/jget.h"
#include "core/json/jscan.h"

enum {
	DEPTH_MAX = 64, /* what lies deeper is checked for balanced brackets only */
	LINES_MIN = 5
};

/* A string's escapes and bytes are right: no bare control characters. */
static bool string_valid(str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		if ((unsigned char)raw.p[i] < ' ')
			return false;
		if (raw.p[i] != '\\')
			continue;
		if (++i >= raw.n || !memchr("\"\\/bfnrtu", raw.p[i], 9))
			return false;
		if (raw.p[i] != 'u')
			continue;
		for (size_t k = 1; k <= 4; k++)
			if (i + k >= raw.n || !strchr("0123456789abcdefABCDEF", raw.p[i + k]) ||
			    raw.p[i + k] == '\0')
				return false;
	}
	return true;
}

/* Walks all members of all containers, with a stack of its own. */
static bool walk(struct jval top)
{
	struct jit stack[DEPTH_MAX];
	size_t depth = 0;

	jit_init(&stack[0], top);
	for (;;) {
		struct jit *it = &stack[depth];

		if (!jit_key(it)) {
			if (!jit_ok(it))
				return false;
			if (depth == 0)
				return true;
			jit_leave(&stack[depth - 1], it);
			if (!jit_ok(&stack[--depth]))
				return false;
			continue;
		}
		if (it->object && !string_valid(it->key))
			return false;
		if (depth + 1 < DEPTH_MAX && jit_enter(it, &stack[depth + 1])) {
			depth++;
			continue;
		}
		if (jit_value(it).type == J_NONE ||
		    (it->value.type == J_STRING && !string_valid(it->value.raw)))
			return false;
	}
}

size_t json_length(str text)
{
	const char *stop;
	struct jval v;

	if (text.n < 2 || (text.p[0] != '{' && text.p[0] != '['))
		return 0;
	stop = jscan_current->container_end(text.p + 1, text.p + text.n);
	if (!stop)
		return 0;
	text.n = (size_t)(stop - text.p);
	v = jval_of(text);
	return (v.type == J_OBJECT || v.type == J_ARRAY) && v.raw.n == text.n &&
			       stop[-1] == (text.p[0] == '{' ? '}' : ']') && walk(v)
		       ? text.n
		       : 0;
}

static bool is_rows(str text)
{
	struct jit it;

	jit_init(&it, jval_of(text));
	return text.p[0] == '[' && jit_key(&it) && it.value.type == J_OBJECT;
}

static bool is_lines(str text)
{
	size_t n = 0;
	str line;

	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (line.p[0] != '{' || json_length(line) != line.n)
			return false;
		n++;
	}
	return n >= LINES_MIN;
}

enum json_form json_form(str text)
{
	text = str_trim(text);
	if (text.n < 2 || (text.p[0] != '{' && text.p[0] != '['))
		return JSON_FORM_NONE;
	if (json_length(text) == text.n)
		return is_rows(text) ? JSON_FORM_ROWS : JSON_FORM_VALUE;
	return text.p[0] == '{' && is_lines(text) ? JSON_FORM_LINES : JSON_FORM_NONE;
}
