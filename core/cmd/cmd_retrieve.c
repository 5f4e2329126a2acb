/*
 * headroom retrieve: an original by the hash its marker names, whole or what matters of it.
 */
#include <stdio.h>

#include "core/cmd/command.h"
#include "core/compress/retrieve.h"
#include "core/compress/stash.h"
#include "core/json/jput.h"

struct retrieve_flags {
	const char *query;
	long max_results, offset, limit;
	int format;
};

enum {
	FORM_JSON = 1
};

/* clang-format off */
#define FIELD(name) offsetof(struct retrieve_flags, name)
static const struct opt options[] = {
	{ "query",       0, OPT_TEXT,   FIELD(query),       "TEXT",      "only what matches, best first", 0, 0 },
	{ "max-results", 0, OPT_INT,    FIELD(max_results), "N",         "matches at most (default: 20)", 1, 1000000 },
	{ "offset",      0, OPT_INT,    FIELD(offset),      "N",         "leave out the first N items or matches", 0, 1000000000 },
	{ "limit",       0, OPT_INT,    FIELD(limit),       "N",         "show N items or matches", 1, 1000000000 },
	{ "format",      0, OPT_CHOICE, FIELD(format),      "text|json", "form of the output", 0, 0 },
	{ NULL, 0, OPT_FLAG, 0, NULL, NULL, 0, 0 },
};
#undef FIELD

static const struct config_setting settings[] = {
	{ "max-results", NULL, false },
	{ NULL, NULL, false },
};
/* clang-format on */

static int run_retrieve(int argc, char **argv);

const struct opt_command retrieve_command = {
	.name = "retrieve",
	.title = "what compression dropped, by its hash",
	.synopsis = "HASH [--query TEXT] [--offset N] [--limit N] [OPTIONS]",
	.about = "The hash stands in the marker that compression left behind: [... Retrieve: hash=HASH. "
		 "...].  Without "
		 "options the original comes out byte for byte.  Its items are the elements of an array, the "
		 "members of "
		 "an object, lines, paragraphs or messages; --query finds those that match, lines with their "
		 "surroundings.  Reading extends the life of an original.",
	.example = "headroom retrieve 0123456789abcdef01234567\tthe original\n"
		   "headroom retrieve 0123456789abcdef01234567 --query timeout\tonly what is about it",
	.files = "~/.headroom/ccr_store.db\toriginals, until they expire (HEADROOM_CCR_SQLITE_PATH names "
		 "another file)",
	.options = options,
	.run = run_retrieve,
};

/* ---- output ---- */

static void put_item(struct jput *j, enum retrieve_kind kind, const struct retrieve_item *i, bool scored)
{
	jput_object(j);
	jput_kint(j, kind == RETRIEVE_LINES ? "line" : "index", (int64_t)i->number);
	if (kind == RETRIEVE_OBJECT) {
		jput_key(j, "key");
		jput_raw(j, (str){ i->key.p - 1, i->key.n + 2 });
	}
	if (scored)
		jput_kreal(j, "score", i->score, 3);
	jput_key(j, "content");
	if (i->json)
		jput_raw(j, i->text);
	else
		jput_str(j, i->text);
	jput_end(j);
}

static void add_json(struct buf *out, const struct original_row *row, const struct retrieve_result *r,
		     str query)
{
	struct jput j;

	jput_init(&j, out, false);
	jput_object(&j);
	jput_kstr(&j, "hash", str_c(row->o.hash));
	if (query.n)
		jput_kstr(&j, "query", query);
	if (!r) {
		jput_kstr(&j, "original_content", row->o.text);
		jput_kint(&j, "original_item_count", (int64_t)row->o.items);
	} else {
		jput_kstr(&j, "kind", str_c(retrieve_kind_names[r->kind]));
		jput_key(&j, "results");
		jput_array(&j);
		for (size_t i = 0; i < r->items.n; i++)
			put_item(&j, r->kind, vec_at(&r->items, i), query.n > 0);
		jput_end(&j);
		jput_kint(&j, "count", (int64_t)r->items.n);
		jput_kint(&j, "matches", (int64_t)r->matches);
		jput_kint(&j, "total_items", (int64_t)r->total);
		if (query.n && r->matches == 0)
			jput_kstr(&j, "hint",
				  STR("nothing matches; other words, or the whole without a query"));
	}
	jput_kstr(&j, "tool_name", row->o.tool);
	jput_kstr(&j, "compression_strategy", row->strategy);
	jput_kint(&j, "original_tokens", (int64_t)row->o.tokens);
	jput_kint(&j, "compressed_tokens", (int64_t)row->o.shorter_tokens);
	jput_kint(&j, "retrieval_count", row->retrievals);
	jput_end(&j);
	buf_add_ch(out, '\n');
}

static void add_text(struct buf *out, const struct retrieve_result *r)
{
	for (size_t i = 0; i < r->items.n; i++) {
		const struct retrieve_item *item = vec_at(&r->items, i);
		size_t number = item->number;
		str rest = item->text, line;

		if (i > 0 && !item->json)
			buf_add_c(out, r->kind == RETRIEVE_LINES && item->score > 0 ? "--\n" : "");
		if (r->kind == RETRIEVE_OBJECT)
			buf_printf(out, "\"%.*s\": ", STR_ARG(item->key));
		if (r->kind != RETRIEVE_LINES) {
			buf_add(out, item->text);
			buf_add_c(out, r->kind == RETRIEVE_PARAGRAPHS ? "\n\n" : "\n");
			continue;
		}
		while (str_line(&rest, &line))
			buf_printf(out, "%zu:%.*s\n", number++, STR_ARG(line));
	}
}

/* ---- work ---- */

static enum status fetch(const struct retrieve_flags *f, const char *hash, struct arena *a, struct buf *out,
			 struct error *err)
{
	bool part = f->query || f->max_results || f->offset || f->limit;
	struct originals *originals = NULL;
	struct original_row row;
	struct retrieve_result r;
	enum status status = stash_open(&originals, err);

	if (status == STATUS_OK)
		status = originals_get(originals, a, str_c(hash), str_c(f->query), &row, err);
	originals_close(originals);
	if (status == STATUS_CHANGED) /* nothing there is nothing found, however that came about */
		err->code = status = STATUS_NOT_FOUND;
	if (status != STATUS_OK)
		return status;
	if (part)
		retrieve(a, row.o.text, row.kind, str_c(f->query), (size_t)f->offset,
			 (size_t)(f->limit ? f->limit : f->max_results), &r);
	if (f->format == FORM_JSON)
		add_json(out, &row, part ? &r : NULL, str_c(f->query));
	else if (part)
		add_text(out, &r);
	else
		buf_add(out, row.o.text);
	if (part && f->format != FORM_JSON)
		tell("%zu of %zu %s%s\n", r.items.n, f->query ? r.matches : r.total,
		     retrieve_kind_names[r.kind], f->query ? " that match" : "");
	if (part)
		vec_release(&r.items);
	return STATUS_OK;
}

static int run_retrieve(int argc, char **argv)
{
	struct retrieve_flags flags = { 0 };
	struct error err = { 0 };
	struct vec operands;
	struct arena a;
	struct buf out;
	enum status status;
	int code;

	arena_init(&a);
	buf_init(&out, SIZE_MAX);
	vec_init(&operands, sizeof(char *));
	status = load_config("retrieve", options, settings, &flags, &err);
	if (status == STATUS_OK)
		status = opt_parse(options, &flags, argc, argv, &operands, &err);
	if (status == STATUS_OK && operands.n != 1)
		status = error_set(&err, STATUS_USAGE,
				   "name one hash of 24 hexadecimal digits, as it stands in a marker");
	if (status == STATUS_OK)
		status = fetch(&flags, *(char **)vec_at(&operands, 0), &a, &out, &err);
	code = status == STATUS_OK ? print(buf_str(&out)) : complain(&err);
	vec_release(&operands);
	buf_release(&out);
	arena_release(&a);
	return code;
}
