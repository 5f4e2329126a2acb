/*
 * peer_memchr: the limit.  Reads every log in pieces of 256 KiB and finds the newlines.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/peer.h"

#define PIECE ((size_t)256 << 10)

static uint64_t count_lines(const char *path, uint64_t *bytes)
{
	static _Thread_local char buf[PIECE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t lines = 0;
	ssize_t n;

	if (fd < 0)
		return 0;
	while ((n = read(fd, buf, PIECE)) > 0) {
		const char *p = buf, *end = buf + n;

		*bytes += (uint64_t)n;
		while ((p = memchr(p, '\n', (size_t)(end - p)))) {
			lines++;
			p++;
		}
	}
	close(fd);
	return lines;
}

int main(int argc, char **argv)
{
	return peer_main(argc, argv, "memchr", count_lines);
}
