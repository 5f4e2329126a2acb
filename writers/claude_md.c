/*
 * claude_md: CLAUDE.md or .claude/CLAUDE.md at the root of the project, CLAUDE.local.md for --local.  A file
 * that does nothing but import AGENTS.md shows where this project keeps its instructions.
 */
#include "core/base/env.h"
#include "core/base/fs.h"
#include "writers/block.h"
#include "writers/marker.h"
#include "writers/writer.h"

#define IMPORT_MAX (64u << 10) /* a file that only imports is short */

static const char *const places[] = { "CLAUDE.md", ".claude/CLAUDE.md", NULL };

/* Skips white space and HTML comments. */
static str skip_silent(str s)
{
	for (;;) {
		s = str_trim(s);
		if (!str_starts_c(s, "<!--"))
			return s;
		size_t end = str_find(s, STR("-->"));
		s = end == STR_NONE ? STR("") : str_from(s, end + 3);
	}
}

/* The path behind `@` if that is all the text says: "AGENTS.md". */
static bool only_import(str text, str *import)
{
	str rest = skip_silent(text), line;

	if (!str_line(&rest, &line) || !str_starts_c(line, "@"))
		return false;
	*import = str_trim(str_from(line, 1));
	return str_eq_c(path_base(*import), "AGENTS.md") && skip_silent(rest).n == 0;
}

/* The AGENTS.md that a CLAUDE.md hands over to; false if it says something itself. */
static bool hands_over(struct arena *a, str root, str path, str *agents)
{
	struct marker_span span;
	struct buf text, rest;
	str import = STR(""), rel;
	bool found = false;

	buf_init(&text, IMPORT_MAX);
	buf_init(&rest, IMPORT_MAX);
	if (fs_is_file(path.p) && fs_read_file(path.p, &text, NULL) == STATUS_OK &&
	    marker_find(buf_str(&text), &span, NULL) == STATUS_OK) {
		marker_splice(buf_str(&text), &span, STR(""), &rest);
		found = only_import(buf_str(&rest), &import);
	}
	if (found) {
		str target = path_normal(a, path_join(a, path_dir(path), import));

		found = path_below(target, root, &rel) && fs_exists(target.p);
		if (found)
			*agents = target;
	}
	buf_release(&rest);
	buf_release(&text);
	return found;
}

static enum status locate(struct arena *a, const struct write_place *place, str *path, struct error *err)
{
	str root = place->root, chosen;

	if (root.n == 0 || !fs_is_dir(arena_c(a, root)))
		return error_set(err, STATUS_NOT_FOUND, "the project's folder does not exist any more");
	if (place->local) {
		*path = path_join(a, root, STR("CLAUDE.local.md"));
		return STATUS_OK;
	}
	chosen = path_join(a, root, str_c(places[0]));
	/* In the home folder .claude/CLAUDE.md speaks to every project, not to one. */
	if (!fs_exists(chosen.p) && !str_eq_c(root, env_home())) {
		str other = path_join(a, root, str_c(places[1]));

		if (fs_exists(other.p))
			chosen = other;
	}
	hands_over(a, root, chosen, &chosen);
	*path = chosen;
	return STATUS_OK;
}

const struct writer writer_claude_md = {
	.name = "claude_md",
	.agent = "claude",
	.target = TARGET_CONTEXT,
	.places = places,
	.locate = locate,
	.render = block_render,
};
