/*
 * fuzz_stored: any bytes as a savings file and as a file of lines, read at once, and a first line before the
 * rest: the requests are the same.
 */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tui/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(const struct stored *s, const struct savings *savings)
{
	struct snapshot out;
	struct buf text;

	snapshot_init(&out);
	buf_init(&text, SIZE_MAX);
	stored_tell(s, savings, &out);
	snapshot_json(&out, false, &text);
	assert(text.n > 0);
	buf_release(&text);
	snapshot_release(&out);
}

/* The bytes up to `first`, then all of them. */
static double requests(const uint8_t *data, size_t size, size_t first, const struct savings *savings)
{
	struct stored_file f = { .line = 1 };
	struct stored s;
	struct error err;
	double sum = 0;
	char path[64];
	int fd = memfd_create("lines", MFD_CLOEXEC);

	assert(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	stored_init(&s, 0);
	assert(pwrite(fd, data, first, 0) == (ssize_t)first);
	assert(stored_read_lines(&s, path, &f, &err) == STATUS_OK);
	assert(f.tail.offset <= first);
	assert(pwrite(fd, data + first, size - first, (off_t)first) == (ssize_t)(size - first));
	assert(stored_read_lines(&s, path, &f, &err) == STATUS_OK);
	assert(f.tail.offset <= size);
	tell(&s, savings);
	for (size_t i = 0; i < TALLY_COUNT; i++)
		sum += s.tallies[i].requests;
	stored_release(&s);
	close(fd);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct savings savings = { .is = false };
	struct error err;
	const uint8_t *newline = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = newline ? (size_t)(newline - data) + 1 : 0;
	char path[64];
	int fd = memfd_create("savings", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (savings_read(path, 1773921600000, &savings, &err) != STATUS_OK)
		assert(!savings.is);
	close(fd);
	assert(requests(data, size, 0, &savings) == requests(data, size, first, &savings));
	return 0;
}
