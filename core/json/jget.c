#include "core/json/jget.h"

#include "core/json/jscan.h"
#include "core/json/jwalk.h"

#define NOTHING ((struct jval){ .type = J_NONE })

enum {
	MAX_EXPONENT = 400, /* beyond it a double is 0 or infinite anyway */
	MAX_DIGITS = 18, /* of a mantissa that fits an int64_t */
};

static inline const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* Sets v->raw to the value of v->type at p and returns the place behind it; NULL if it is malformed. */
static const char *take_value(struct jval *v, const char *p, const char *end)
{
	const char *stop = NULL;

	switch (v->type) {
	case J_STRING:
		stop = jscan_current->string_end(++p, end);
		v->raw = (str){ p, (size_t)(stop - p) };
		return stop < end ? stop + 1 : NULL;
	case J_OBJECT:
	case J_ARRAY:
		stop = jscan_current->container_end(p + 1, end);
		break;
	case J_NUMBER:
		stop = jwalk_number_end(p, end);
		break;
	case J_TRUE:
		stop = jwalk_word_end(p, end, STR("true"));
		break;
	case J_FALSE:
		stop = jwalk_word_end(p, end, STR("false"));
		break;
	case J_NULL:
		stop = jwalk_word_end(p, end, STR("null"));
		break;
	case J_NONE:
		break;
	}
	if (stop)
		v->raw = (str){ p, (size_t)(stop - p) };
	return stop;
}

struct jval jval_of(str text)
{
	struct jval v = NOTHING;
	const char *end, *p;

	if (text.n == 0)
		return v;
	end = text.p + text.n;
	p = skip_space(text.p, end);
	v.type = jwalk_type(p, end);
	if (!take_value(&v, p, end))
		return NOTHING;
	return v;
}

static void jit_start(struct jit *it, const char *p, const char *end, enum jtype type)
{
	*it = (struct jit){ .p = p, .end = end, .object = type == J_OBJECT, .first = true };
}

void jit_init(struct jit *it, struct jval container)
{
	if (container.type == J_OBJECT || container.type == J_ARRAY)
		jit_start(it, container.raw.p + 1, container.raw.p + container.raw.n, container.type);
	else
		*it = (struct jit){ .done = true };
}

static bool jit_fail(struct jit *it)
{
	it->bad = it->done = true;
	it->pending = false;
	it->key = (str){ NULL, 0 };
	it->value = NOTHING;
	return false;
}

static bool jit_close(struct jit *it, const char *p)
{
	it->p = p + 1;
	it->done = true;
	return false;
}

bool jit_stand(struct jit *it, const char *p)
{
	it->value = (struct jval){ .type = jwalk_type(p, it->end) };
	if (it->value.type == J_NONE)
		return jit_fail(it);
	it->p = p;
	it->pending = true;
	return true;
}

bool jit_key(struct jit *it)
{
	const char *p, *end = it->end, *stop;

	if (it->pending)
		jit_value(it);
	if (it->done)
		return false;
	p = skip_space(it->p, end);
	if (p < end && *p == (it->object ? '}' : ']'))
		return jit_close(it, p);
	if (!it->first) {
		if (p >= end || *p != ',')
			return jit_fail(it);
		p = skip_space(p + 1, end);
	}
	it->first = false;
	if (it->object) {
		if (p >= end || *p != '"')
			return jit_fail(it);
		stop = jscan_current->string_end(++p, end);
		if (stop >= end)
			return jit_fail(it);
		it->key = (str){ p, (size_t)(stop - p) };
		p = skip_space(stop + 1, end);
		if (p >= end || *p != ':')
			return jit_fail(it);
		p = skip_space(p + 1, end);
	}
	return jit_stand(it, p);
}

struct jval jit_value(struct jit *it)
{
	const char *stop;

	if (!it->pending)
		return it->value;
	stop = take_value(&it->value, it->p, it->end);
	if (!stop) {
		jit_fail(it);
		return it->value;
	}
	it->p = stop;
	it->pending = false;
	return it->value;
}

bool jit_next(struct jit *it)
{
	if (!jit_key(it))
		return false;
	jit_value(it);
	return !it->bad;
}

bool jit_enter(struct jit *it, struct jit *child)
{
	if (!it->pending || (it->value.type != J_OBJECT && it->value.type != J_ARRAY))
		return false;
	jit_start(child, it->p + 1, it->end, it->value.type);
	return true;
}

void jit_leave(struct jit *it, struct jit *child)
{
	const char *stop = child->p;

	if (!child->done)
		stop = jscan_current->container_end(child->p, child->end);
	child->done = true;
	if (child->bad || !stop) {
		jit_fail(it);
		return;
	}
	it->value.raw = (str){ it->p, (size_t)(stop - it->p) };
	it->p = stop;
	it->pending = false;
}

bool jit_ok(const struct jit *it)
{
	return !it->bad;
}

bool jkey_is(str raw_key, const char *name)
{
	return str_eq_c(raw_key, name) || (jstr_escaped(raw_key) && jstr_eq_c(raw_key, name));
}

static struct jval member(struct jval object, str name)
{
	struct jit it;

	if (object.type == J_OBJECT) {
		jit_init(&it, object);
		while (jit_key(&it))
			if (str_eq(it.key, name) || (jstr_escaped(it.key) && jstr_eq(it.key, name)))
				return jit_value(&it);
	}
	return NOTHING;
}

struct jval jget(struct jval object, const char *name)
{
	return member(object, str_c(name));
}

struct jval jget_path(struct jval object, const char *dotted)
{
	str rest = str_c(dotted), name;

	while (str_split(&rest, '.', &name))
		object = member(object, name);
	return object;
}

bool jget_bool(struct jval object, const char *name, bool otherwise)
{
	enum jtype type = jget(object, name).type;

	return type == J_TRUE ? true : type == J_FALSE ? false : otherwise;
}

int64_t jval_i64(struct jval v, int64_t otherwise)
{
	const char *p = v.raw.p, *end;
	bool negative;
	int64_t n = 0;
	double real;

	if (v.type != J_NUMBER)
		return otherwise;
	end = p + v.raw.n;
	negative = *p == '-';
	for (p += negative; jwalk_is_digit(p, end); p++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, *p - '0', &n))
			return otherwise;
	}
	if (jwalk_skip_digits(p < end && *p == '.' ? p + 1 : p, end) != end) { /* an exponent */
		real = jval_f64(v, 0);
		return real > -9.2e18 && real < 9.2e18 ? (int64_t)real : otherwise;
	}
	if (negative)
		return n;
	return n == INT64_MIN ? otherwise : -n;
}

static double power_of_ten(int exponent)
{
	double result = 1, base = 10;

	for (; exponent > 0; exponent /= 2, base *= base)
		if (exponent % 2)
			result *= base;
	return result;
}

/* Exact to the last digit or two, which counts, seconds and scores do not miss; strtod would obey the
 * locale. */
double jval_f64(struct jval v, double otherwise)
{
	const char *p = v.raw.p, *end;
	int64_t mantissa = 0;
	int exponent = 0, shown = 0, digits = 0;
	bool negative, point = false, minus;

	if (v.type != J_NUMBER)
		return otherwise;
	end = p + v.raw.n;
	negative = *p == '-';
	for (p += negative; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			point = true;
		} else if (digits < MAX_DIGITS) {
			mantissa = mantissa * 10 + (*p - '0');
			digits += mantissa != 0;
			exponent -= point;
		} else if (exponent < MAX_EXPONENT) {
			exponent += !point;
		}
	}
	if (p < end) {
		p++;
		minus = *p == '-';
		for (p += minus || *p == '+'; p < end; p++)
			if (shown < MAX_EXPONENT * 2)
				shown = shown * 10 + (*p - '0');
		exponent += minus ? -shown : shown;
	}
	if (mantissa == 0)
		return negative ? -0.0 : 0.0;
	return (negative ? -1 : 1) * (exponent < 0 ? (double)mantissa / power_of_ten(-exponent)
						   : (double)mantissa * power_of_ten(exponent));
}
