#include "core/base/env.h"
#include "core/base/utf8.h"
#include "core/json/jget.h"
#include "core/json/jput.h"
#include "tui/snapshot_form.h"

enum {
	MAX_NUMBER = 512
};

/* ---- writing ---- */

static void put_number(struct jput *j, double value, int decimals)
{
	struct buf text;

	buf_init(&text, MAX_NUMBER);
	form_number(&text, value, decimals, "null");
	jput_raw(j, buf_str(&text));
	buf_release(&text);
}

static void put_time(struct jput *j, int64_t ms)
{
	struct buf text;

	if (ms == 0) {
		jput_null(j);
		return;
	}
	buf_init(&text, MAX_NUMBER);
	form_time(&text, ms);
	jput_str(j, buf_str(&text));
	buf_release(&text);
}

static void put_text(struct jput *j, str text)
{
	if (text.n)
		jput_str(j, text);
	else
		jput_null(j);
}

static void put_members(struct jput *j, const struct form *form, const void *at);

static void put_rows(struct jput *j, const struct form *f, const struct vec *rows)
{
	jput_array(j);
	for (size_t i = 0; i < rows->n; i++) {
		if (f->kind == FORM_STRINGS)
			jput_str(j, *(const str *)vec_at(rows, i));
		else
			put_members(j, f->members, vec_at(rows, i));
	}
	jput_end(j);
}

static void put_member(struct jput *j, const struct form *f, const void *base)
{
	const void *at = (const char *)base + f->offset;

	switch (f->kind) {
	case FORM_VERSION:
		jput_int(j, SNAPSHOT_VERSION);
		break;
	case FORM_NUMBER:
		put_number(j, *(const double *)at, f->decimals);
		break;
	case FORM_TIME:
		put_time(j, *(const int64_t *)at);
		break;
	case FORM_TEXT:
		put_text(j, *(const str *)at);
		break;
	case FORM_FLAG:
		jput_bool(j, *(const bool *)at);
		break;
	case FORM_STATUS:
		jput_str(j, str_c(source_status_names[*(const enum source_status *)at]));
		break;
	case FORM_GROUP:
		put_members(j, f->members, base);
		break;
	case FORM_ROWS:
	case FORM_STRINGS:
		put_rows(j, f, at);
		break;
	}
}

/* As deep as the table: rows and groups within the snapshot, groups within a group. */
static void put_members(struct jput *j, const struct form *form, const void *at)
{
	jput_object(j);
	for (const struct form *f = form; f->name; f++) {
		jput_key(j, f->name);
		put_member(j, f, at);
	}
	jput_end(j);
}

static void put_escape(struct buf *out, uint32_t cp)
{
	if (cp > 0xffff)
		buf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (cp >> 10), 0xdc00 + (cp & 0x3ff));
	else
		buf_printf(out, "\\u%04x", cp);
}

/* The same JSON, in which what a terminal might obey (C1 controls, bidi marks ...) is escaped; such bytes stand only
 * within strings. */
static void add_safely(struct buf *out, str json)
{
	size_t plain = 0, n;

	for (size_t i = 0; i < json.n; i += n) {
		uint32_t cp;

		n = 1;
		if ((unsigned char)json.p[i] < 0x80)
			continue;
		cp = utf8_decode(str_from(json, i), &n);
		if (!utf8_is_unsafe(cp))
			continue;
		buf_add(out, str_sub(json, plain, i - plain));
		put_escape(out, cp);
		plain = i + n;
	}
	buf_add(out, str_from(json, plain));
}

void snapshot_json(const struct snapshot *s, bool pretty, struct buf *out)
{
	struct buf text;
	struct jput j;

	buf_init(&text, SIZE_MAX);
	jput_init(&j, &text, pretty);
	put_members(&j, snapshot_form, s);
	add_safely(out, buf_str(&text));
	buf_release(&text);
}

/* ---- reading ---- */

static void take_members(struct arena *a, const struct form *form, struct jit *it, void *at);

static void take_rows(struct arena *a, const struct form *f, struct jit *it, struct vec *rows)
{
	struct jit items, members;

	if (it->value.type != J_ARRAY || !jit_enter(it, &items))
		return;
	while (jit_key(&items)) {
		void *row;

		if (f->kind == FORM_STRINGS) {
			if (items.value.type == J_STRING)
				*(str *)vec_push(rows) = arena_str(a, jval_str(a, jit_value(&items)));
			continue;
		}
		if (items.value.type != J_OBJECT || !jit_enter(&items, &members))
			continue;
		row = vec_push(rows);
		form_unknown(f->members, row);
		take_members(a, f->members, &members, row);
		jit_leave(&items, &members);
	}
	jit_leave(it, &items);
}

static void take_group(struct arena *a, const struct form *f, struct jit *it, void *at)
{
	struct jit members;

	if (it->value.type != J_OBJECT || !jit_enter(it, &members))
		return;
	take_members(a, f->members, &members, at);
	jit_leave(it, &members);
}

static void take_number(struct jval v, double *out)
{
	double value = jval_f64(v, UNKNOWN);

	*out = isfinite(value) ? value : UNKNOWN;
}

static void take_time(struct arena *a, struct jval v, int64_t *out)
{
	int64_t ms;

	if (v.type == J_STRING && time_parse(jval_str(a, v), &ms))
		*out = ms;
}

static void take_status(struct jval v, enum source_status *out)
{
	for (int i = 0; i < SOURCE_STATUS_COUNT; i++)
		if (jval_is(v, source_status_names[i]))
			*out = (enum source_status)i;
}

static void take_member(struct arena *a, const struct form *f, struct jit *it, void *base)
{
	void *at = (char *)base + f->offset;

	switch (f->kind) {
	case FORM_VERSION:
		break;
	case FORM_NUMBER:
		take_number(jit_value(it), at);
		break;
	case FORM_TIME:
		take_time(a, jit_value(it), at);
		break;
	case FORM_TEXT:
		if (it->value.type == J_STRING)
			*(str *)at = arena_str(a, jval_str(a, jit_value(it)));
		break;
	case FORM_FLAG:
		*(bool *)at = it->value.type == J_TRUE;
		break;
	case FORM_STATUS:
		take_status(jit_value(it), at);
		break;
	case FORM_GROUP:
		take_group(a, f, it, base);
		break;
	case FORM_ROWS:
	case FORM_STRINGS:
		take_rows(a, f, it, at);
		break;
	}
}

static const struct form *member_named(const struct form *form, str raw_key)
{
	for (const struct form *f = form; f->name; f++)
		if (jkey_is(raw_key, f->name))
			return f;
	return NULL;
}

static void take_members(struct arena *a, const struct form *form, struct jit *it, void *at)
{
	while (jit_key(it)) {
		const struct form *f = member_named(form, it->key);

		if (f)
			take_member(a, f, it, at);
	}
}

enum status snapshot_parse(str json, struct snapshot *out, struct error *err)
{
	struct jval whole = jval_of(json);
	struct snapshot s;
	struct jit it;

	if (whole.type != J_OBJECT)
		return error_set(err, STATUS_PARSE, "a snapshot is a JSON object");
	snapshot_init(&s);
	jit_init(&it, whole);
	take_members(&s.arena, snapshot_form, &it, &s);
	if (!jit_ok(&it)) {
		snapshot_release(&s);
		return error_set(err, STATUS_PARSE, "a snapshot that is cut off or no JSON");
	}
	*out = s;
	return STATUS_OK;
}
