#include "writers/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/fs.h"

#define MANIFEST_MAX (1u << 20)
#define HEADER "headroom backup 1"

static void add_escaped(struct buf *out, str path)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (c == '%' || c < ' ')
			buf_printf(out, "%%%02x", c);
		else
			buf_add_ch(out, (char)c);
	}
}

static str unescaped(struct arena *a, str s)
{
	char *out = arena_c(a, s), *to = out;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n) {
			char hex[3] = { s.p[i + 1], s.p[i + 2], 0 };

			*to++ = (char)strtoul(hex, NULL, 16);
			i += 2;
		} else {
			*to++ = s.p[i];
		}
	}
	return (str){ out, (size_t)(to - out) };
}

enum status manifest_write_synced(const char *path, str bytes, int flags, struct error *err)
{
	int fd = fs_open_write(path, O_WRONLY | O_CREAT | flags, 0600), failed = 0;

	if (fd < 0)
		return error_errno(err, errno, "cannot create %s", path);
	if (fs_write_all(fd, bytes.p, bytes.n) != 0 || fs_fsync(fd) != 0)
		failed = errno;
	if (close(fd) != 0 && failed == 0)
		failed = errno;
	return failed ? error_errno(err, failed, "cannot write %s", path) : STATUS_OK;
}

enum status manifest_write(struct backup *b, bool done, struct error *err)
{
	enum status status;
	struct arena a;
	struct buf text;

	arena_init(&a);
	buf_init(&text, MANIFEST_MAX);
	buf_printf(&text, HEADER "\npid %ld\nstate %s\n", (long)getpid(), done ? "done" : "begun");
	for (size_t i = 0; i < b->n; i++) {
		const struct change *c = &b->files[i].change;

		buf_printf(&text, "file %d %d %d %o ", c->existed, c->remains, b->files[i].ours,
			   (unsigned)c->mode & 07777);
		add_escaped(&text, c->path);
		buf_add_ch(&text, '\n');
	}
	const char *name = path_join(&a, str_c(b->dir), STR("manifest")).p,
		   *temp = path_join(&a, str_c(b->dir), STR("manifest.tmp")).p;
	status = manifest_write_synced(temp, buf_str(&text), O_TRUNC, err);
	if (status == STATUS_OK && fs_rename(temp, name) != 0)
		status = error_errno(err, errno, "cannot rename %s", temp);
	if (status == STATUS_OK)
		status = replace_sync_dir(b->dir, err);
	if (status == STATUS_OK) {
		b->pid = (long)getpid();
		b->done = done;
	}
	buf_release(&text);
	arena_release(&a);
	return status;
}

/* "1 0 1 644 /path": flags and mode, then the rest of the line. */
static bool parse_file(struct arena *a, str line, struct backup_file *out)
{
	str fields[4];
	char mode[8] = { 0 };

	for (int i = 0; i < 4; i++) {
		if (!str_split(&line, ' ', &fields[i]) || fields[i].n == 0)
			return false;
	}
	if (!line.p || line.n == 0 || fields[3].n >= sizeof(mode))
		return false;
	memcpy(mode, fields[3].p, fields[3].n);
	out->change.existed = str_eq_c(fields[0], "1");
	out->change.remains = str_eq_c(fields[1], "1");
	out->ours = str_eq_c(fields[2], "1");
	out->change.mode = (mode_t)strtoul(mode, NULL, 8);
	out->change.path = unescaped(a, line);
	return true;
}

static size_t count_lines(str text)
{
	size_t n = 0;
	str line;

	while (str_line(&text, &line))
		n++;
	return n;
}

static bool parse_manifest(struct arena *a, str text, struct backup *out)
{
	str line, rest = text;
	uint64_t pid;

	if (!str_line(&rest, &line) || !str_eq_c(line, HEADER))
		return false;
	if (!str_line(&rest, &line) || !str_starts_c(line, "pid ") || !str_u64(str_from(line, 4), &pid))
		return false;
	if (!str_line(&rest, &line) || !str_starts_c(line, "state "))
		return false;
	out->pid = (long)pid;
	out->done = str_eq_c(str_from(line, 6), "done");
	out->files = arena_array(a, count_lines(rest), sizeof(*out->files));
	while (str_line(&rest, &line)) {
		if (!str_starts_c(line, "file ") || !parse_file(a, str_from(line, 5), &out->files[out->n++]))
			return false;
	}
	return out->n > 0;
}

enum status manifest_read(struct arena *a, const char *dir, struct backup *out, struct error *err)
{
	struct backup b = { .dir = dir };
	struct buf text;
	enum status status;

	buf_init(&text, MANIFEST_MAX);
	status = fs_read_file(path_join(a, str_c(dir), STR("manifest")).p, &text, err);
	if (status == STATUS_OK && !parse_manifest(a, buf_str(&text), &b))
		status = error_set(err, STATUS_FAILED, "the backup %s is damaged; remove that folder", dir);
	buf_release(&text);
	if (status == STATUS_OK)
		*out = b;
	return status;
}
