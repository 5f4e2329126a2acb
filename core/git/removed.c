/*
 * Whether a commit took a text out of a file: the difference between a line somebody deleted and a line that only stands
 * in another state of the repository.
 */
#include "core/git/git.h"

#define COMMITS_MAX 1000

static bool blob_holds(struct repo *r, const git_oid *id, str text)
{
	git_blob *blob = NULL;
	bool found = false;
	if (r->git->blob_lookup(&blob, r->handle, id) == 0) {
		str content = { r->git->blob_rawcontent(blob), (size_t)r->git->blob_rawsize(blob) };
		found = content.p && str_find(content, text) != STR_NONE;
		r->git->blob_free(blob);
	}
	return found;
}

/* The file's blob in a commit; false if it is not there. */
static bool blob_in(struct repo *r, const git_oid *commit, const char *path, git_oid *blob)
{
	git_tree *tree = git_tree_of(r, commit);
	git_tree_entry *entry = NULL;
	bool found = tree && r->git->tree_entry_bypath(&entry, tree, path) == 0 &&
		     r->git->tree_entry_type(entry) == GIT_OBJECT_BLOB;
	if (found)
		*blob = *r->git->tree_entry_id(entry);
	r->git->tree_entry_free(entry);
	r->git->tree_free(tree);
	return found;
}

bool repo_text_removed(struct repo *r, str path, str text, str since)
{
	char hex[sizeof(r->head_hex)] = "";
	git_revwalk *walk = NULL;
	git_oid stop, at, blob, last = { { 0 } };
	struct arena a;
	bool held = false;
	if (!r->tree || since.n != sizeof(hex) - 1)
		return false;
	memcpy(hex, since.p, since.n);
	if (r->git->oid_fromstr(&stop, hex) != 0 || r->git->revwalk_new(&walk, r->handle) != 0)
		return false;
	arena_init(&a);
	const char *name = arena_c(&a, path);
	bool gone = blob_in(r, &r->head, name, &blob) && !blob_holds(r, &blob, text);
	if (gone && r->git->revwalk_push(walk, &r->head) == 0)
		for (int n = 0; n < COMMITS_MAX && !held && r->git->revwalk_next(&at, walk) == 0; n++) {
			if (r->git->oid_cmp(&at, &stop) == 0)
				break;
			if (!blob_in(r, &at, name, &blob) || r->git->oid_cmp(&blob, &last) == 0)
				continue;
			last = blob;
			held = blob_holds(r, &blob, text);
		}
	r->git->revwalk_free(walk);
	arena_release(&a);
	return gone && held;
}
