#include "tui/tail.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

size_t tail_size(uint64_t offset)
{
	return offset < TAIL_BYTES ? (size_t)offset : TAIL_BYTES;
}

bool tail_read(const char *path, uint64_t offset, struct tail *out)
{
	size_t n = tail_size(offset);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && pread(fd, out->bytes, n, (off_t)(offset - n)) == (ssize_t)n;

	if (fd >= 0)
		close(fd);
	if (ok)
		out->offset = offset;
	return ok;
}

bool tail_still(const char *path, const struct tail *t)
{
	struct tail now;

	return tail_read(path, t->offset, &now) && memcmp(now.bytes, t->bytes, tail_size(t->offset)) == 0;
}
