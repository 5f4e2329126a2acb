/* From the text of a configuration file to its rows: keys, tables and lines. */
#include "core/base/config_reader.h"
#include "core/base/map.h"

#define BOM "\xef\xbb\xbf"
#define RAISE(p, ...) reader_raise(&(p)->r, (p)->r.line, __VA_ARGS__)

/* What a key stands for.  A table that has its header, or was made by dotted keys, gets no other header; one that only
 * a longer header mentioned may still get its own. */
enum node_kind {
	NODE_VALUE,
	NODE_MENTIONED,
	NODE_HEADER,
	NODE_DOTTED
};

struct node {
	enum node_kind kind;
	unsigned line;
};

/* A key as it grows; its part i ends at ends[i]. */
struct path {
	struct buf text;
	size_t ends[CONFIG_MAX_DEPTH], n;
};

struct parser {
	struct reader r;
	struct map nodes; /* key -> struct node; keys in the arena */
	struct vec rows, tables;
	struct path header, key; /* the table we are in; a row's key, which starts with it */
};

/* ---- keys ---- */

static bool is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

static void copy_path(struct path *to, const struct path *from)
{
	buf_clear(&to->text);
	buf_add(&to->text, buf_str(&from->text));
	memcpy(to->ends, from->ends, sizeof(to->ends));
	to->n = from->n;
}

static str prefix_of(str key, const struct path *path, size_t i)
{
	return str_sub(key, 0, path->ends[i]);
}

static bool stands_bare(str part)
{
	for (size_t i = 0; i < part.n; i++)
		if (!is_bare((unsigned char)part.p[i]))
			return false;
	return part.n > 0;
}

static enum status add_part(struct parser *p, struct path *path, str part)
{
	bool bare = stands_bare(part);

	if (path->n == CONFIG_MAX_DEPTH)
		return RAISE(p, "a key has at most %d parts", CONFIG_MAX_DEPTH);
	if (path->n)
		buf_add_ch(&path->text, '.');
	if (!bare)
		buf_add_ch(&path->text, '"');
	for (size_t i = 0; i < part.n; i++) {
		if (part.p[i] == '"' || part.p[i] == '\\')
			buf_add_ch(&path->text, '\\');
		buf_add_ch(&path->text, part.p[i]);
	}
	if (!bare)
		buf_add_ch(&path->text, '"');
	if (path->text.full)
		return RAISE(p, "a key has at most %d bytes", CONFIG_MAX_KEY);
	path->ends[path->n++] = path->text.n;
	return STATUS_OK;
}

static enum status take_part(struct parser *p, struct path *path)
{
	size_t start = p->r.at;
	enum status status;

	if (reader_at_string(&p->r)) {
		status = reader_take_string(&p->r);
		return status == STATUS_OK ? add_part(p, path, buf_str(&p->r.scratch)) : status;
	}
	while (is_bare(reader_peek(&p->r)))
		p->r.at++;
	if (p->r.at == start)
		return RAISE(p, "a key is expected, not '%.*s': letters, digits, - and _, or \"text\"",
			     STR_ARG(reader_shown(&p->r)));
	return add_part(p, path, str_sub(p->r.text, start, p->r.at - start));
}

static enum status take_path(struct parser *p, struct path *path)
{
	enum status status;

	do {
		reader_skip_blanks(&p->r);
		status = take_part(p, path);
		reader_skip_blanks(&p->r);
	} while (status == STATUS_OK && reader_take(&p->r, '.'));
	return status;
}

static struct node *find_node(struct parser *p, str key, bool *fresh)
{
	struct map_entry *e = map_put(&p->nodes, key, fresh);

	if (*fresh)
		e->value = arena_alloc(p->r.arena, sizeof(struct node));
	return e->value;
}

static void add_table(struct parser *p, str key)
{
	struct config_table *t = vec_push(&p->tables);

	*t = (struct config_table){ .name = arena_str(p->r.arena, key), .line = p->r.line };
}

static enum status raise_node(const struct parser *p, str key, const struct node *node, bool wants_table)
{
	bool is_value = node->kind == NODE_VALUE;

	if (wants_table && is_value)
		return RAISE(p, "%.*s is no table, it is set at line %u", STR_ARG(key), node->line);
	return RAISE(p, "%s%.*s%s is there already, at line %u", is_value ? "" : "[", STR_ARG(key),
		     is_value ? "" : "]", node->line);
}

/* A header makes its table, and mentions those that it is in. */
static enum status enter_header(struct parser *p)
{
	str key = arena_str(p->r.arena, buf_str(&p->header.text));

	for (size_t i = 0; i < p->header.n; i++) {
		bool last = i + 1 == p->header.n, fresh;
		str prefix = prefix_of(key, &p->header, i);
		struct node *node = find_node(p, prefix, &fresh);

		if (fresh)
			*node = (struct node){ last ? NODE_HEADER : NODE_MENTIONED, p->r.line };
		else if (node->kind == NODE_VALUE || (last && node->kind != NODE_MENTIONED))
			return raise_node(p, prefix, node, true);
		else if (last)
			*node = (struct node){ NODE_HEADER, p->r.line };
		if (fresh && i == 0)
			add_table(p, prefix);
	}
	return STATUS_OK;
}

/* A row sets its key, and makes tables of the parts between the header's and its last. */
static enum status enter_key(struct parser *p, str key)
{
	for (size_t i = p->header.n; i < p->key.n; i++) {
		bool last = i + 1 == p->key.n, fresh;
		str prefix = prefix_of(key, &p->key, i);
		struct node *node = find_node(p, prefix, &fresh);

		if (fresh)
			*node = (struct node){ last ? NODE_VALUE : NODE_DOTTED, p->r.line };
		else if (last || node->kind != NODE_DOTTED)
			return raise_node(p, prefix, node, !last);
		if (fresh && i == 0 && !last)
			add_table(p, prefix);
	}
	return STATUS_OK;
}

/* ---- lines ---- */

static enum status take_header(struct parser *p)
{
	enum status status;

	p->r.at++;
	if (reader_peek(&p->r) == '[')
		return RAISE(p, "arrays of tables are not accepted; write a [table]");
	buf_clear(&p->header.text);
	p->header.n = 0;
	status = take_path(p, &p->header);
	if (status != STATUS_OK)
		return status;
	if (!reader_take(&p->r, ']'))
		return RAISE(p, "the header is not closed with ]");
	return enter_header(p);
}

static enum status take_row(struct parser *p)
{
	struct config_row row = { .line = p->r.line };
	enum status status;

	copy_path(&p->key, &p->header);
	status = take_path(p, &p->key);
	if (status != STATUS_OK)
		return status;
	row.key = arena_str(p->r.arena, buf_str(&p->key.text));
	row.table = p->key.n > 1 ? prefix_of(row.key, &p->key, p->key.n - 2) : STR("");
	if (!reader_take(&p->r, '='))
		return RAISE(p, "%.*s: = and a value are expected, not '%.*s'", STR_ARG(row.key),
			     STR_ARG(reader_shown(&p->r)));
	status = enter_key(p, row.key);
	if (status != STATUS_OK)
		return status;
	reader_skip_blanks(&p->r);
	status = reader_take_value(&p->r, &row);
	if (status == STATUS_OK)
		*(struct config_row *)vec_push(&p->rows) = row;
	return status;
}

static enum status take_lines(struct parser *p)
{
	enum status status = reader_check_text(&p->r);

	if (str_starts_c(p->r.text, BOM))
		p->r.at += sizeof(BOM) - 1;
	while (status == STATUS_OK) {
		reader_skip_empty_lines(&p->r);
		if (reader_peek(&p->r) == END_OF_TEXT)
			break;
		status = reader_peek(&p->r) == '[' ? take_header(p) : take_row(p);
		reader_skip_comment(&p->r);
		if (status == STATUS_OK && !reader_at_line_end(&p->r))
			status = RAISE(p, "the line goes on with '%.*s'; one key = value or [table] a line",
				       STR_ARG(reader_shown(&p->r)));
	}
	return status;
}

static void *copy_rows(struct arena *a, const struct vec *rows)
{
	void *copy = arena_array(a, rows->n, rows->size);

	if (rows->n)
		memcpy(copy, rows->p, rows->n * rows->size);
	return copy;
}

enum status config_parse(struct arena *a, str text, const char *path, struct config *out, struct error *err)
{
	struct parser p = { .rows = { 0 } };
	enum status status;

	reader_init(&p.r, a, path, text, err);
	map_init(&p.nodes);
	vec_init(&p.rows, sizeof(struct config_row));
	vec_init(&p.tables, sizeof(struct config_table));
	buf_init(&p.header.text, CONFIG_MAX_KEY);
	buf_init(&p.key.text, CONFIG_MAX_KEY);
	status = take_lines(&p);
	if (status == STATUS_OK)
		*out = (struct config){ .arena = a,
					.path = arena_c(a, str_c(path)),
					.rows = copy_rows(a, &p.rows),
					.rows_n = p.rows.n,
					.tables = copy_rows(a, &p.tables),
					.tables_n = p.tables.n };
	buf_release(&p.key.text);
	buf_release(&p.header.text);
	vec_release(&p.tables);
	vec_release(&p.rows);
	map_release(&p.nodes);
	reader_release(&p.r);
	return status;
}
