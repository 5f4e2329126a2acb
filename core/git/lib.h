/*
 * lib: libgit2, loaded on first use.  Its header serves for types and constants only; every function is called through
 * this table.  Private to core/git.
 */
#ifndef HEADROOM_GIT_LIB_H
#define HEADROOM_GIT_LIB_H

#include <git2.h>

#include "core/base/error.h"

/* clang-format off */
#define GIT_FUNCTIONS(F) \
	F(blob_free) \
	F(blob_lookup) \
	F(blob_rawcontent) \
	F(blob_rawsize) \
	F(commit_free) \
	F(commit_lookup) \
	F(commit_parent_id) \
	F(commit_parentcount) \
	F(commit_time) \
	F(commit_tree) \
	F(diff_free) \
	F(diff_get_delta) \
	F(diff_num_deltas) \
	F(diff_tree_to_tree) \
	F(error_last) \
	F(graph_descendant_of) \
	F(ignore_path_is_ignored) \
	F(index_entrycount) \
	F(index_free) \
	F(index_get_byindex) \
	F(libgit2_init) \
	F(libgit2_opts) \
	F(libgit2_version) \
	F(odb_free) \
	F(odb_read_header) \
	F(oid_cmp) \
	F(oid_fromstr) \
	F(oid_tostr) \
	F(reference_name_to_id) \
	F(repository_free) \
	F(repository_index) \
	F(repository_is_shallow) \
	F(repository_odb) \
	F(repository_open_ext) \
	F(revwalk_free) \
	F(revwalk_new) \
	F(revwalk_next) \
	F(revwalk_push) \
	F(revwalk_sorting) \
	F(tree_entry_byname) \
	F(tree_entry_bypath) \
	F(tree_entry_free) \
	F(tree_entry_id) \
	F(tree_entry_name) \
	F(tree_entry_type) \
	F(tree_free) \
	F(tree_lookup) \
	F(tree_walk)
/* clang-format on */

#define GIT_MEMBER(name) __typeof__(git_##name) *name;
struct git_lib {
	GIT_FUNCTIONS(GIT_MEMBER)
};
#undef GIT_MEMBER

/* The table, for the rest of the process; NULL with a message where libgit2 is missing.  Safe from several threads. */
const struct git_lib *git_lib(struct error *err);

#endif
