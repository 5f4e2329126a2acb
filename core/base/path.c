/* The lexical half of fs.h. */
#include "core/base/fs.h"

str path_base(str path)
{
	size_t slash = str_rchr(path, '/');

	return slash == STR_NONE ? path : str_from(path, slash + 1);
}

str path_dir(str path)
{
	size_t slash = str_rchr(path, '/');

	if (slash == STR_NONE)
		return str_sub(path, 0, 0);
	while (slash > 0 && path.p[slash - 1] == '/')
		slash--;
	return str_sub(path, 0, slash ? slash : 1);
}

str path_ext(str path)
{
	str base = path_base(path);
	size_t dot = str_rchr(base, '.');

	return dot == STR_NONE || dot == 0 ? str_from(base, base.n) : str_from(base, dot + 1);
}

str path_join(struct arena *a, str dir, str name)
{
	if (dir.n == 0 || str_starts(name, STR("/")))
		return arena_str(a, name);
	if (name.n == 0)
		return arena_str(a, dir);
	bool slash = dir.p[dir.n - 1] != '/';
	char *out = arena_array(a, 1, dir.n + slash + name.n + 1);

	memcpy(out, dir.p, dir.n);
	out[dir.n] = '/';
	memcpy(out + dir.n + slash, name.p, name.n);
	return (str){ out, dir.n + slash + name.n };
}

str path_normal(struct arena *a, str path)
{
	bool absolute = str_starts(path, STR("/"));
	char *out = arena_alloc(a, path.n + 2); /* "" becomes "." */
	size_t n = 0, floor = 0; /* what lies below floor is the root or "..", which ".." cannot take away */
	str piece;

	if (absolute) {
		out[n++] = '/';
		floor = 1;
	}
	while (str_split(&path, '/', &piece)) {
		if (piece.n == 0 || str_eq(piece, STR(".")))
			continue;
		if (str_eq(piece, STR(".."))) {
			if (n > floor) {
				while (n > floor && out[n - 1] != '/')
					n--;
				if (n > floor)
					n--;
				continue;
			}
			if (absolute)
				continue;
		}
		if (n > 0 && out[n - 1] != '/')
			out[n++] = '/';
		memcpy(out + n, piece.p, piece.n);
		n += piece.n;
		if (str_eq(piece, STR("..")))
			floor = n;
	}
	if (n == 0)
		out[n++] = '.';
	out[n] = '\0';
	return (str){ out, n };
}

bool path_below(str path, str root, str *rel)
{
	if (!str_starts(path, root))
		return false;
	path = str_from(path, root.n);
	if (path.n && !str_ends(root, STR("/"))) {
		if (*path.p != '/')
			return false;
		path = str_from(path, 1);
	}
	*rel = path;
	return true;
}

bool path_within(str path, str dir)
{
	return dir.n == 0 || str_eq(path, dir) ||
	       (path.n > dir.n && str_starts(path, dir) && path.p[dir.n] == '/');
}
