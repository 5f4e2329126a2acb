/*
 * fuzz_transcript: any bytes as a session log of Claude Code, told as a transcript.  What a piece lends must be readable,
 * a request's id is told once, and an answer's pieces are never told before its request.
 */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/map.h"
#include "scanners/claude.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint64_t seen;

static bool touch(void *ctx, const struct piece *p)
{
	const str all[] = { p->thread, p->text, p->call, p->tool, p->id, p->model };
	struct map64 *requests = ctx;
	uint64_t sum = 0;
	bool fresh;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		sum ^= str_hash(all[i]);
	seen = sum;
	assert(p->kind < PIECE_KIND_COUNT);
	assert(!p->prompt || p->kind == PIECE_USER || p->kind == PIECE_IMAGE);
	if (p->kind == PIECE_REQUEST || p->kind == PIECE_USAGE) {
		assert(p->text.n == 0 && p->usage.output >= 0);
		map64_put(requests, str_hash(p->id), &fresh);
		assert(fresh == (p->kind == PIECE_REQUEST));
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session_file file = { .parent = STR("parent") };
	int fd = memfd_create("log", MFD_CLOEXEC);
	struct scan_stats stats;
	struct map64 requests;
	char path[64];

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file.path = str_c(path);
	map64_init(&requests);
	assert(claude_scanner.transcript(&file, touch, &requests, &stats, NULL) == STATUS_OK);
	assert(stats.bytes <= size);
	map64_release(&requests);
	close(fd);
	return 0;
}
