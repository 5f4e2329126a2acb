#include "core/compress/listing.h"

enum {
	ENTRIES_MIN = 10,
	SHARE = 8, /* tenths of the lines that must be entries */
	MODE_LENGTH = 10,
	PATHS_MIN = 20,
	PATH_BYTES = 400
};

/* ---- ls -l ---- */

/* "-rw-r--r--  1 dev staff  1234 Feb  5 08:30 name", also with ISO dates and without a group. */
struct entry {
	char type; /* of the file: - d l ... */
	bool executable;
	str owner, group, size, name;
};

static str take_field(str *rest)
{
	size_t from = 0, end;
	str field;

	while (from < rest->n && rest->p[from] == ' ')
		from++;
	for (end = from; end < rest->n && rest->p[end] != ' ';)
		end++;
	field = str_sub(*rest, from, end - from);
	*rest = str_from(*rest, end);
	return field;
}

static bool is_number(str s)
{
	size_t digits = 0;

	/* 1234, 1,234, 1.2K */
	for (size_t i = 0; i < s.n; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	return digits && digits + 2 >= s.n && s.p[0] >= '0' && s.p[0] <= '9' && !memchr(s.p, ':', s.n) &&
	       s.p[s.n - 1] != ',';
}

static bool is_mode(str s)
{
	if (s.n < MODE_LENGTH || s.n > MODE_LENGTH + 1 || !memchr("-dlbcps", s.p[0], 7))
		return false;
	for (size_t i = 1; i < MODE_LENGTH; i++)
		if (!memchr("rwxsStT-", s.p[i], 8))
			return false;
	return s.n == MODE_LENGTH || memchr(".+@", s.p[MODE_LENGTH], 3);
}

static bool is_month(str s)
{
	return s.n == 3 && str_find(STR("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"), s) % 4 == 0;
}

/* "Feb  5 08:30", "Feb  5  2024", "2024-02-05 08:30", "2024-02-05 08:30:00.000000000 +0100" */
static bool take_time(str *rest)
{
	str first = take_field(rest), next;
	str before;

	if (is_month(first)) {
		take_field(rest);
		next = take_field(rest);
		return next.n >= 4 && next.p[0] >= '0' && next.p[0] <= '9';
	}
	if (first.n != 10 || first.p[4] != '-' || first.p[7] != '-')
		return false;
	take_field(rest);
	before = *rest;
	next = take_field(rest);
	if (next.n != 5 || (next.p[0] != '+' && next.p[0] != '-'))
		*rest = before;
	return true;
}

static bool read_entry(str line, struct entry *e)
{
	str rest = line, mode = take_field(&rest), fields[3];
	size_t n = 0;

	if (!is_mode(mode) || !is_number(take_field(&rest)))
		return false;
	/* owner, group, size: the size is the number before the date */
	*e = (struct entry){ .type = mode.p[0], .executable = memchr(mode.p, 'x', MODE_LENGTH) != NULL };
	for (; n < 3; n++) {
		str time = rest;

		if (n && is_number(fields[n - 1]) && take_time(&time))
			break;
		fields[n] = take_field(&rest);
	}
	if (n < 2 || !is_number(fields[n - 1]) || !take_time(&rest) || rest.n < 2)
		return false;
	e->owner = n > 1 ? fields[0] : STR("");
	e->group = n > 2 ? fields[1] : STR("");
	e->size = fields[n - 1];
	e->name = str_from(rest, 1);
	return true;
}

/* The query is about what would be left out. */
static bool asks_for_columns(const struct query *q)
{
	static const char *const words[] = { "time",   "date",	   "newest",	"oldest",     "latest",
					     "recent", "recently", "modified",	"permission", "owner",
					     "chmod",  "chown",	   "timestamp", "timestamps", "permissions",
					     "mode",   NULL };

	for (size_t k = 0; k < q->words_n; k++)
		for (size_t i = 0; words[i]; i++)
			if (str_eq_c(q->words[k], words[i]))
				return true;
	return false;
}

static void put_entry(struct buf *out, const struct entry *e)
{
	if (e->type == 'd') {
		buf_add(out, e->name);
		buf_add_ch(out, '/');
		return;
	}
	buf_add(out, e->size);
	buf_add_ch(out, ' ');
	buf_add(out, e->name);
	if (e->type == '-' && e->executable)
		buf_add_ch(out, '*');
}

/* Owner and group, if they are everybody's. */
struct common {
	str owner, group;
	bool owners, groups; /* all the same so far */
	size_t entries, lines;
};

static void study(const struct lines *l, struct common *c)
{
	struct entry e;

	*c = (struct common){ .owners = true, .groups = true };
	for (size_t i = 0; i < l->n; i++) {
		str line = line_at(l, i);

		c->lines += str_trim(line).n > 0;
		if (!read_entry(line, &e))
			continue;
		if (c->entries++ == 0) {
			c->owner = e.owner;
			c->group = e.group;
		}
		c->owners = c->owners && str_eq(c->owner, e.owner);
		c->groups = c->groups && str_eq(c->group, e.group);
	}
}

static void put_listing(const struct lines *l, const struct squeeze *s, const struct common *c,
			struct buf *out)
{
	struct buf what;
	struct entry e;

	buf_add_c(out, "[size and name; dir/ program*; mode, links, time left out");
	buf_printf(out, c->owners ? "; owner always %.*s" : ", owner too", STR_ARG(c->owner));
	if (c->group.n)
		buf_printf(out, c->groups ? "; group always %.*s" : ", group too", STR_ARG(c->group));
	buf_add_c(out, "]\n");
	for (size_t i = 0; i < l->n; i++) {
		str line = line_at(l, i);

		if (read_entry(line, &e)) {
			put_entry(out, &e);
			buf_add(out, str_from(line_raw(l, i), line.n));
		} else {
			buf_add(out, line_raw(l, i));
		}
	}
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	put_count(&what, c->entries, "entry", "entries");
	buf_add_c(&what, " compressed to sizes and names");
	marker_put(out, buf_str(&what), s->hash, s->config->ccr_ttl_seconds);
	buf_release(&what);
}

/* ---- paths, one a line ---- */

static bool is_path(str line)
{
	return line.n > 2 && line.n < PATH_BYTES && str_chr(line, '/') != STR_NONE &&
	       str_chr(line, ' ') == STR_NONE && str_chr(line, '\t') == STR_NONE && !str_has_c(line, "://");
}

/* "src/core/" of "src/core/x.c" */
static str folder_of(str path)
{
	return str_sub(path, 0, str_rchr(str_sub(path, 0, path.n - 1), '/') + 1);
}

static bool is_path_list(const struct lines *l, size_t *paths)
{
	size_t lines = 0;

	*paths = 0;
	for (size_t i = 0; i < l->n; i++) {
		str line = line_at(l, i);

		lines += line.n > 0;
		*paths += is_path(line);
	}
	return *paths >= PATHS_MIN && *paths * 10 >= lines * 9;
}

static void put_paths(const struct lines *l, const struct squeeze *s, size_t paths, struct buf *out)
{
	str folder = STR("");
	struct buf what;

	buf_add_c(out, "[each name belongs to the folder above it]\n");
	for (size_t i = 0; i < l->n; i++) {
		str line = line_at(l, i), here = is_path(line) ? folder_of(line) : STR("");
		bool next = here.n && i + 1 < l->n && is_path(line_at(l, i + 1)) &&
			    str_eq(folder_of(line_at(l, i + 1)), here);

		if (here.n == 0 || (!next && !str_eq(here, folder))) {
			buf_add(out, line_raw(l, i)); /* alone: whole */
			folder = STR("");
			continue;
		}
		if (!str_eq(here, folder)) {
			buf_add(out, here);
			buf_add_c(out, ":\n");
			folder = here;
		}
		buf_add_ch(out, ' ');
		buf_add(out, str_from(line_raw(l, i), here.n));
	}
	lines_end(out);
	buf_init(&what, SIZE_MAX);
	put_count(&what, paths, "path", "paths");
	buf_add_c(&what, " grouped by folder");
	marker_put(out, buf_str(&what), s->hash, s->config->ccr_ttl_seconds);
	buf_release(&what);
}

bool listing_run(const struct lines *l, const struct squeeze *s, struct buf *out, bool *shorter)
{
	struct common c;
	size_t paths;

	*shorter = false;
	study(l, &c);
	if (c.entries >= ENTRIES_MIN && c.entries * 10 >= c.lines * SHARE) {
		if (!asks_for_columns(s->query)) {
			put_listing(l, s, &c, out);
			*shorter = out->n < s->text.n;
		}
		return true;
	}
	if (!is_path_list(l, &paths))
		return false;
	put_paths(l, s, paths, out);
	*shorter = out->n < s->text.n;
	return true;
}
