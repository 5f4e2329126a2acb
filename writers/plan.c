#include "writers/plan.h"

#include "core/base/env.h"
#include "core/base/fs.h"
#include "writers/backup.h"
#include "writers/marker.h"
#include "writers/place.h"

#define FILE_LIMIT (4u << 20) /* larger files are no instructions */
#define AFTER_LIMIT (8u << 20) /* such a file with a block */

const char *const action_names[ACTION_COUNT] = {
	[ACTION_CREATE] = "create",
	[ACTION_UPDATE] = "update",
	[ACTION_UNCHANGED] = "unchanged",
	[ACTION_REFUSE] = "refuse",
};

struct source { /* a file as it is now */
	str path; /* real */
	bool existed;
	str bytes;
	struct marker_span span;
};

static str shown_path(struct arena *a, const struct write_place *place, str path)
{
	str rel;

	if (place->root.n > 0 && path_below(path, place->root, &rel))
		return arena_str(a, rel);
	if (path_below(path, str_c(env_home()), &rel))
		return path_join(a, STR("~"), rel);
	return arena_str(a, path);
}

/* The folder that a file of this writer may not lead out of. */
static str tree_of(const struct write_place *place, const struct writer *writer, str path)
{
	return writer->target == TARGET_MEMORY ? path_dir(path) : place->root;
}

static enum status read_bytes(struct arena *a, str path, str *bytes, struct error *err)
{
	enum status status;
	struct buf b;

	buf_init(&b, FILE_LIMIT);
	status = fs_read_file(path.p, &b, err);
	if (status == STATUS_OK &&
	    (str_starts_c(buf_str(&b), "\xff\xfe") || str_starts_c(buf_str(&b), "\xfe\xff")))
		status = error_set(err, STATUS_REFUSED, "%s is UTF-16; save it as UTF-8", path.p);
	if (status == STATUS_OK)
		*bytes = arena_str(a, buf_str(&b));
	buf_release(&b);
	return status;
}

/* Reads the file, if there is one, and finds our block in it. */
static enum status open_source(struct arena *a, str real, struct source *out, struct error *err)
{
	struct source s = { .path = real, .existed = fs_exists(real.p), .bytes = STR("") };
	enum status status = STATUS_OK;

	if (s.existed)
		status = read_bytes(a, real, &s.bytes, err);
	if (status == STATUS_OK)
		status = marker_find(s.bytes, &s.span, err);
	if (status == STATUS_OK)
		*out = s;
	return status;
}

/* The spliced file must read back as what was meant: a fence or comment that the text above leaves open would
 * hide the block, a bullet with markers in it would break it. */
static enum status check_result(const struct source *s, str block, str after, struct error *err)
{
	struct marker_span span = { 0 };
	bool sound = marker_find(after, &span, NULL) == STATUS_OK && span.found == (block.n > 0);

	if (sound && (block.n == 0 || s->span.found || span.to == after.n))
		return STATUS_OK;
	return error_set(err, STATUS_REFUSED,
			 "the block cannot stand in %s: a code fence or comment above it is still open",
			 s->path.p);
}

static size_t count_lines(str text)
{
	size_t n = 0;
	str line;

	while (str_line(&text, &line))
		n++;
	return n;
}

static enum status check_limit(size_t before, size_t after, size_t most, const char *unit, struct error *err)
{
	/* What is too long already may still become shorter. */
	if (most == 0 || after <= most || after <= before)
		return STATUS_OK;
	return error_set(err, STATUS_LIMIT,
			 "it would have %zu %s, more than the %zu that are safely read; shorten it", after,
			 unit, most);
}

static enum status check_limits(const struct write_limits *limits, str before, str after, struct error *err)
{
	enum status status = check_limit(before.n, after.n, limits->max_bytes, "bytes", err);

	if (status == STATUS_OK)
		status =
			check_limit(count_lines(before), count_lines(after), limits->max_lines, "lines", err);
	return status;
}

static enum status splice(struct arena *a, const struct source *s, str block, str *after, struct error *err)
{
	enum status status;
	struct buf out;

	buf_init(&out, AFTER_LIMIT);
	marker_splice(s->bytes, &s->span, block, &out);
	if (out.full)
		status = error_set(err, STATUS_LIMIT, "%s would become too large", s->path.p);
	else
		status = check_result(s, block, buf_str(&out), err);
	if (status == STATUS_OK)
		*after = arena_str(a, buf_str(&out));
	buf_release(&out);
	return status;
}

static bool may_remove(struct arena *a, const struct write_place *place, const struct source *s, str after)
{
	return s->existed && after.n == 0 && place->home.n > 0 &&
	       backup_created(arena_c(a, place->home), place->project, s->path);
}

static void plan_source(struct arena *a, const struct write_place *place, const struct writer *writer,
			const struct source *s, str block, struct plan_file *out, struct error *err)
{
	enum status status;
	str after = s->bytes;

	out->path = s->path;
	out->shown = shown_path(a, place, s->path);
	out->existed = s->existed;
	out->before = out->after = s->bytes;
	if (block.n == 0 && !s->span.found)
		return;
	status = splice(a, s, block, &after, err);
	if (status == STATUS_OK && str_eq(after, s->bytes))
		return;
	if (status == STATUS_OK)
		status = place_writable(a, s->path, err);
	if (status == STATUS_OK && block.n > 0) {
		status = check_limits(&writer->limits, s->bytes, after, err);
		out->soft = status != STATUS_OK;
	}
	if (status != STATUS_OK) {
		out->action = ACTION_REFUSE;
		return;
	}
	out->action = s->existed ? ACTION_UPDATE : ACTION_CREATE;
	out->after = after;
	out->remove = may_remove(a, place, s, after);
}

static void plan_path(struct arena *a, const struct write_place *place, const struct writer *writer, str path,
		      str block, struct plan_file *out)
{
	struct error err = { 0 };
	struct source s;
	str real;

	*out = (struct plan_file){
		.path = path,
		.shown = shown_path(a, place, path),
		.action = ACTION_UNCHANGED,
		.before = STR(""),
		.after = STR(""),
		.reason = STR(""),
		.target = writer->target,
	};
	if (place_resolve(a, tree_of(place, writer, path), path, &real, &err) != STATUS_OK)
		/* Where no block can be, there is none to take out. */
		out->action = block.n > 0 ? ACTION_REFUSE : ACTION_UNCHANGED;
	else if (open_source(a, real, &s, &err) != STATUS_OK)
		out->action = ACTION_REFUSE;
	else
		plan_source(a, place, writer, &s, block, out, &err);
	out->reason = arena_str(a, str_c(err.message));
}

void plan_file_block(struct arena *a, const struct write_place *place, const struct writer *writer, str block,
		     struct plan_file *out)
{
	struct error err;
	str path;

	if (writer->locate(a, place, &path, &err) == STATUS_OK) {
		plan_path(a, place, writer, path, block, out);
		return;
	}
	*out = (struct plan_file){
		.path = STR(""),
		.shown = STR(""),
		.action = block.n > 0 ? ACTION_REFUSE : ACTION_UNCHANGED,
		.soft = block.n > 0,
		.before = STR(""),
		.after = STR(""),
		.reason = arena_str(a, str_c(err.message)),
		.target = writer->target,
	};
}

void plan_strays(struct arena *a, const struct write_place *place, const struct writer *writer,
		 struct vec *files)
{
	str chosen, real;

	if (place->local || !writer->places || writer->locate(a, place, &chosen, NULL) != STATUS_OK ||
	    place_resolve(a, tree_of(place, writer, chosen), chosen, &real, NULL) != STATUS_OK)
		return;
	for (size_t i = 0; writer->places[i]; i++) {
		str path = path_join(a, place->root, str_c(writer->places[i])), other;
		struct source s;

		if (place_resolve(a, place->root, path, &other, NULL) == STATUS_OK && !str_eq(other, real) &&
		    open_source(a, other, &s, NULL) == STATUS_OK && s.span.found)
			plan_path(a, place, writer, path, STR(""), vec_push(files));
	}
}

void plan_current(struct arena *a, const struct write_place *place, const struct writer *writer,
		  struct vec *bullets, str *path)
{
	str named = STR(""), real;
	struct source s;

	if (writer->locate(a, place, &named, NULL) == STATUS_OK &&
	    place_resolve(a, tree_of(place, writer, named), named, &real, NULL) == STATUS_OK) {
		named = real;
		if (open_source(a, real, &s, NULL) == STATUS_OK && s.span.found)
			marker_bullets(s.span.body, bullets);
	}
	*path = named;
}
