/*
 * mixed_compressor: a document of several kinds: each part goes to the compressor of its kind; everything between the parts
 * stays byte for byte.  Markers in the parts name the whole document.
 */
#include "core/compress/compress.h"
#include "core/compress/detect_parts.h"

enum {
	PART_MIN = 80 /* bytes of a part that is worth it: some 20 tokens */
};

/* What stands behind a fence, where it says more than the text does. */
static const struct {
	const char *info;
	enum content content;
} infos[] = {
	{ "json", CONTENT_JSON },   { "jsonl", CONTENT_JSON },	    { "diff", CONTENT_DIFF },
	{ "patch", CONTENT_DIFF },  { "html", CONTENT_HTML },	    { "log", CONTENT_LOG },
	{ "python", CONTENT_CODE }, { "py", CONTENT_CODE },	    { "javascript", CONTENT_CODE },
	{ "js", CONTENT_CODE },	    { "typescript", CONTENT_CODE }, { "ts", CONTENT_CODE },
	{ "go", CONTENT_CODE },	    { "rust", CONTENT_CODE },	    { "rs", CONTENT_CODE },
	{ "java", CONTENT_CODE },   { "c", CONTENT_CODE },	    { "cpp", CONTENT_CODE },
	{ "c++", CONTENT_CODE },
};

static enum content content_of(const struct part *part)
{
	struct detected d;

	if (part->kind == PART_JSON)
		return CONTENT_JSON;
	if (part->kind == PART_SEARCH)
		return CONTENT_SEARCH;
	for (size_t i = 0; part->kind == PART_FENCE && i < sizeof(infos) / sizeof(*infos); i++)
		if (str_ieq(part->info, str_c(infos[i].info)))
			return infos[i].content;
	detect(part->body, &d);
	return d.content;
}

/* Appends the part, shortened if that can be done. */
static bool put_part(struct arena *a, const struct squeeze *s, const struct part *part, struct buf *out)
{
	enum content content = part->body.n >= PART_MIN ? content_of(part) : CONTENT_MIXED;
	struct squeezed ignored;
	struct squeeze piece = *s;
	struct buf shorter;
	bool done = false;
	const struct compressor *c;

	c = content == CONTENT_MIXED ? NULL : compressor_for(content);
	buf_init(&shorter, SIZE_MAX);
	piece.text = part->body;
	if (c && compressor_is_on(c, s->config))
		done = c->run(a, &piece, &shorter, &ignored) && shorter.n < part->body.n;
	buf_add(out, done ? buf_str(&shorter) : part->body);
	buf_release(&shorter);
	return done;
}

static bool mixed_run(struct arena *a, const struct squeeze *s, struct buf *out, struct squeezed *r)
{
	struct part_scan scan;
	struct part part;
	const char *at = s->text.p;

	*r = (struct squeezed){ .reason = "compressed before" };
	if (marker_in(s->text))
		return false;
	part_scan_init(&scan, s->text);
	while (part_next(&scan, &part)) {
		buf_add(out, (str){ at, (size_t)(part.body.p - at) });
		at = part.body.p + part.body.n;
		r->before++;
		r->after += !put_part(a, s, &part, out);
	}
	if (s->text.n)
		buf_add(out, (str){ at, (size_t)(s->text.p + s->text.n - at) });
	r->reason = r->after < r->before && out->n < s->text.n ? NULL : "nothing to gain";
	return !r->reason;
}

const struct compressor mixed_compressor = { "mixed", CONTENT_MIXED, offsetof(struct compress_config, text),
					     mixed_run };
