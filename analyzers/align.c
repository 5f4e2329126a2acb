/*
 * The single edit that leads from one form to another.
 */
#include "analyzers/form.h"

static bool is_flag(str s)
{
	return s.n > 1 && s.p[0] == '-' && !str_eq_c(s, "--");
}

static str flag_of(str s)
{
	size_t eq = str_chr(s, '=');
	return eq == STR_NONE ? s : str_sub(s, 0, eq);
}

static str value_of(str s)
{
	size_t eq = str_chr(s, '=');
	return eq == STR_NONE ? (str){ NULL, 0 } : str_from(s, eq + 1);
}

/* Arguments of one side that the other lacks (multiset difference). */
static size_t lacking(const struct form *x, const struct form *y, size_t *out, size_t max)
{
	bool used[FORM_ARGS] = { false };
	size_t n = 0;
	for (size_t i = 0; i < x->args_n; i++) {
		size_t k = 0;
		while (k < y->args_n && (used[k] || !str_eq(x->args[i], y->args[k])))
			k++;
		if (k < y->args_n)
			used[k] = true;
		else if (n < max)
			out[n++] = i;
		else
			return max + 1;
	}
	return n;
}

static bool same_env(const struct form *failed, const struct form *later, bool *added)
{
	size_t found = 0;
	for (size_t i = 0; i < failed->env_n; i++)
		for (size_t k = 0; k < later->env_n; k++)
			if (str_eq(failed->env[i], later->env[k])) {
				found++;
				break;
			}
	*added = found == failed->env_n && later->env_n > failed->env_n;
	return found == failed->env_n && later->env_n == failed->env_n;
}

static void align_args(const struct form *f, const struct form *g, struct alignment *out)
{
	enum {
		MAX = 6
	};
	size_t x[MAX + 1], y[MAX + 1];
	size_t n = lacking(f, g, x, MAX), m = lacking(g, f, y, MAX);
	if (n > MAX || m > MAX) {
		out->edits |= EDIT_OTHER;
		return;
	}
	if (n == 0 && m == 0)
		return;
	/* paths and other selectors may differ on both sides; set them apart */
	size_t xs = 0, ys = 0, xn = 0, yn = 0;
	str xr[MAX] = { { NULL, 0 } }, yr[MAX] = { { NULL, 0 } };
	size_t position = 0;
	for (size_t i = 0; i < n; i++) {
		if (form_is_selector(f->args[x[i]])) {
			xs++;
		} else {
			position = x[i];
			xr[xn++] = f->args[x[i]];
		}
	}
	for (size_t i = 0; i < m; i++) {
		if (form_is_selector(g->args[y[i]]))
			ys++;
		else
			yr[yn++] = g->args[y[i]];
	}
	if (xs || ys)
		out->edits |= EDIT_SELECTOR;
	if (xn == 0 && yn == 0)
		return;
	out->position = position;
	if (xn <= 1 && yn <= 1) {
		str w = xn ? xr[0] : (str){ NULL, 0 }, r = yn ? yr[0] : (str){ NULL, 0 };
		bool wf = is_flag(w), rf = is_flag(r);
		if ((wf || !xn) && (rf || !yn) && (wf || rf)) {
			/* --a=1 and --b=1: the flag changed; --a=1 and --a=2: its value did */
			if (wf && rf && !str_eq(value_of(w), value_of(r)) && value_of(w).n && value_of(r).n)
				out->edits |= EDIT_OTHER;
			else if (wf && rf && str_eq(flag_of(w), flag_of(r)))
				out->edits |= EDIT_OTHER;
			else
				out->edits |= EDIT_FLAG;
			out->wrong = flag_of(w);
			out->right = flag_of(r);
			return;
		}
		if (xn == 1 && yn == 1 && !wf && !rf) {
			out->edits |= EDIT_WORD;
			out->wrong = w;
			out->right = r;
			return;
		}
	}
	/* "-b 5" for "--b=5", or a flag that was dropped together with its value */
	if (xn <= 2 && yn <= 2 && xn + yn <= 3) {
		str w = xn ? xr[0] : (str){ NULL, 0 }, r = yn ? yr[0] : (str){ NULL, 0 };
		if ((xn == 0 || is_flag(w)) && (yn == 0 || is_flag(r)) && (xn < 2 || !is_flag(xr[1])) &&
		    (yn < 2 || !is_flag(yr[1])) && !str_eq(flag_of(w), flag_of(r))) {
			out->edits |= EDIT_FLAG;
			out->wrong = flag_of(w);
			out->right = flag_of(r);
			return;
		}
	}
	out->edits |= EDIT_OTHER;
}

void form_align(const struct form *f, const struct form *g, struct alignment *out)
{
	memset(out, 0, sizeof(*out));
	if (!f->exact || !g->exact) {
		out->edits = EDIT_OTHER;
		return;
	}
	if (!str_eq(f->dir, g->dir) || (f->dir.p == NULL) != (g->dir.p == NULL))
		out->edits |= EDIT_CWD;
	bool added = false;
	if (!same_env(f, g, &added))
		out->edits |= added ? EDIT_ENV : EDIT_OTHER;
	if (!str_eq(f->wrapper, g->wrapper))
		out->edits |= g->wrapper.n ? EDIT_WRAPPER : EDIT_UNWRAPPED;
	if (!str_eq(f->program, g->program))
		out->edits |= EDIT_PROGRAM;
	align_args(f, g, out);
}
