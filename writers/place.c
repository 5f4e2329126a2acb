#include "writers/place.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/fs.h"

static const char *type_name(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a folder";
	if (S_ISFIFO(mode))
		return "a pipe";
	return S_ISSOCK(mode) ? "a socket" : "a device";
}

/* No folder between the tree's root and the file may be .git or the root of another work tree. */
static enum status check_way(struct arena *a, str tree, str rel, struct error *err)
{
	str rest = rel, piece, dir = tree;

	while (str_split(&rest, '/', &piece) && rest.p) {
		if (str_ieq(piece, STR(".git")))
			return error_set(err, STATUS_REFUSED, "%.*s/%.*s lies in git's own folder",
					 STR_ARG(tree), STR_ARG(rel));
		dir = path_join(a, dir, piece);
		if (fs_exists(path_join(a, dir, STR(".git")).p))
			return error_set(err, STATUS_REFUSED, "%.*s/%.*s belongs to another work tree",
					 STR_ARG(tree), STR_ARG(rel));
	}
	return STATUS_OK;
}

/* The real name of a missing file: real folder, same name.  A folder that is missing too stays as it is. */
static str resolve_missing(struct arena *a, str path)
{
	const char *dir = fs_realpath(a, arena_c(a, path_dir(path)));

	return dir ? path_join(a, str_c(dir), path_base(path)) : arena_str(a, path);
}

enum status place_resolve(struct arena *a, str tree, str path, str *real, struct error *err)
{
	const char *name = arena_c(a, path), *root = fs_realpath(a, arena_c(a, tree)), *target = NULL;
	enum status status;
	struct stat link, st;
	str found, rel;

	if (lstat(name, &link) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return error_errno(err, errno, "cannot look at %s", name);
		found = resolve_missing(a, path);
	} else {
		target = fs_realpath(a, name);
		if (!target || stat(target, &st) != 0)
			return error_set(err, STATUS_REFUSED,
					 "%s is a symbolic link to nowhere; remove or mend it", name);
		if (!S_ISREG(st.st_mode))
			return error_set(err, STATUS_REFUSED, "%s is %s, not a file", name,
					 type_name(st.st_mode));
		found = str_c(target);
	}
	if (!path_below(found, root ? str_c(root) : tree, &rel))
		return error_set(err, STATUS_REFUSED, "%s leads out of %.*s to %.*s", name, STR_ARG(tree),
				 STR_ARG(found));
	if (target && S_ISLNK(link.st_mode) && !str_ieq(path_ext(found), STR("md")))
		return error_set(err, STATUS_REFUSED,
				 "%s is a symbolic link to %.*s, which is not a .md file", name,
				 STR_ARG(found));
	status = check_way(a, root ? str_c(root) : tree, rel, err);
	if (status == STATUS_OK)
		*real = found;
	return status;
}

enum status place_writable(struct arena *a, str real, struct error *err)
{
	const char *name = arena_c(a, real), *dir;

	if (fs_exists(name) && faccessat(AT_FDCWD, name, W_OK, AT_EACCESS) != 0)
		return error_errno(err, errno, "%s is not writable", name);
	do {
		real = path_dir(real);
		dir = real.n > 0 ? arena_c(a, real) : "/";
	} while (!fs_exists(dir) && real.n > 1);
	if (!fs_is_dir(dir))
		return error_set(err, STATUS_DENIED, "%s is not a folder", dir);
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) != 0)
		return error_errno(err, errno, "the folder %s is not writable", dir);
	return STATUS_OK;
}
