#include "core/json/jput.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/base/utf8.h"

void jput_init(struct jput *j, struct buf *out, bool pretty)
{
	*j = (struct jput){ .out = out, .pretty = pretty };
}

static void new_line(struct jput *j)
{
	if (!j->pretty)
		return;
	buf_add_ch(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_add(j->out, STR("  "));
}

/* What stands between a value or key and the one before it. */
static void separate(struct jput *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->depth == 0)
		return;
	if (!j->first[j->depth - 1])
		buf_add_ch(j->out, ',');
	j->first[j->depth - 1] = false;
	new_line(j);
}

static void begin_value(struct jput *j)
{
	assert(j->after_key || j->depth == 0 || j->open[j->depth - 1] == '[');
	separate(j);
}

static void begin_container(struct jput *j, char open)
{
	begin_value(j);
	assert(j->depth < JPUT_DEPTH);
	buf_add_ch(j->out, open);
	j->open[j->depth] = open;
	j->first[j->depth++] = true;
}

void jput_object(struct jput *j)
{
	begin_container(j, '{');
}

void jput_array(struct jput *j)
{
	begin_container(j, '[');
}

void jput_end(struct jput *j)
{
	bool empty;

	assert(j->depth > 0 && !j->after_key);
	empty = j->first[--j->depth];
	if (!empty)
		new_line(j);
	buf_add_ch(j->out, j->open[j->depth] == '{' ? '}' : ']');
}

static void add_escape(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"':
		buf_add(out, STR("\\\""));
		break;
	case '\\':
		buf_add(out, STR("\\\\"));
		break;
	case '\n':
		buf_add(out, STR("\\n"));
		break;
	case '\r':
		buf_add(out, STR("\\r"));
		break;
	case '\t':
		buf_add(out, STR("\\t"));
		break;
	default:
		buf_printf(out, "\\u%04x", c);
		break;
	}
}

static void add_string(struct buf *out, str s)
{
	size_t plain = 0, i = 0, n;
	unsigned char c;

	buf_add_ch(out, '"');
	while (i < s.n) {
		c = (unsigned char)s.p[i];
		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
			i++;
			continue;
		}
		n = 1;
		/* A replacement decoded from one byte is not in the text itself: those bytes are no UTF-8. */
		if (c >= 0x80 && (utf8_decode(str_from(s, i), &n) != 0xfffd || n > 1)) {
			i += n;
			continue;
		}
		buf_add(out, str_sub(s, plain, i - plain));
		if (c >= 0x80)
			buf_add(out, STR("\xef\xbf\xbd"));
		else
			add_escape(out, c);
		plain = ++i;
	}
	buf_add(out, str_from(s, plain));
	buf_add_ch(out, '"');
}

void jput_key(struct jput *j, const char *key)
{
	assert(j->depth > 0 && j->open[j->depth - 1] == '{' && !j->after_key);
	separate(j);
	add_string(j->out, str_c(key));
	buf_add(j->out, j->pretty ? STR(": ") : STR(":"));
	j->after_key = true;
}

void jput_str(struct jput *j, str s)
{
	begin_value(j);
	add_string(j->out, s);
}

void jput_int(struct jput *j, int64_t v)
{
	begin_value(j);
	buf_printf(j->out, "%" PRId64, v);
}

void jput_real(struct jput *j, double v, int decimals)
{
	begin_value(j);
	if (isfinite(v))
		buf_printf(j->out, "%.*f", decimals, v);
	else
		buf_add(j->out, STR("null"));
}

void jput_bool(struct jput *j, bool v)
{
	begin_value(j);
	buf_add(j->out, v ? STR("true") : STR("false"));
}

void jput_raw(struct jput *j, str json)
{
	begin_value(j);
	buf_add(j->out, json);
}

void jput_null(struct jput *j)
{
	begin_value(j);
	buf_add(j->out, STR("null"));
}

void jput_kstr(struct jput *j, const char *key, str s)
{
	jput_key(j, key);
	jput_str(j, s);
}

void jput_kint(struct jput *j, const char *key, int64_t v)
{
	jput_key(j, key);
	jput_int(j, v);
}

void jput_kreal(struct jput *j, const char *key, double v, int decimals)
{
	jput_key(j, key);
	jput_real(j, v, decimals);
}

void jput_kbool(struct jput *j, const char *key, bool v)
{
	jput_key(j, key);
	jput_bool(j, v);
}
