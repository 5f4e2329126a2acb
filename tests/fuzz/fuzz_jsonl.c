/*
 * fuzz_jsonl: any bytes as a file of JSON lines.  Every kernel must see the same lines and values, reading
 * on from the middle must give what is left, and the elider must not change what is short.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/json/elide.h"
#include "core/json/jget.h"
#include "core/json/jsonl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	DEPTH = 32
};

static uint64_t digest(struct jval v, int depth)
{
	uint64_t sum = hash_mix((uint64_t)v.type, str_hash(v.raw));
	struct jit it;

	if (v.type == J_STRING)
		sum = hash_mix(sum, jstr_length(v.raw));
	if (v.type == J_NUMBER)
		sum = hash_mix(sum, (uint64_t)jval_i64(v, 0));
	if (depth > 0) {
		for (jit_init(&it, v); jit_next(&it);)
			sum = hash_mix(sum ^ str_hash(it.key), digest(it.value, depth - 1));
		sum = hash_mix(sum, jit_ok(&it));
	}
	return sum;
}

static void check_elider(struct elide *e, str line)
{
	struct buf out;

	buf_init(&out, JSONL_MAX_BUFFER);
	elide_begin(e, &out);
	for (str rest = line; rest.n > 0; rest = str_from(rest, 7))
		elide_feed(e, rest.p, rest.n < 7 ? rest.n : 7);
	assert(line.n > ELIDE_STRING_PART || (e->elided == 0 && str_eq(buf_str(&out), line)));
	buf_release(&out);
}

/* What the file says from a place on; *half: a place in the middle. */
static uint64_t read_all(const char *path, uint64_t offset, uint32_t number, uint64_t *half,
			 uint32_t *half_number)
{
	struct jsonl *r = jsonl_open(path, offset, number, NULL);
	struct elide *e = malloc(sizeof(*e));
	struct jsonl_line line;
	uint64_t sum = 0;
	uint32_t n = 0;

	assert(r && e);
	while (jsonl_next(r, &line, NULL) == STATUS_OK) {
		check_elider(e, line.text);
		sum += digest(jval_of(line.text), DEPTH) ^ hash_mix(line.offset, line.number);
		if (half && ++n == 2) {
			jsonl_position(r, half, half_number);
			sum = 0; /* from there on */
		}
	}
	free(e);
	jsonl_free(r);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kernels[] = { "swar", "sse2", "avx2" };
	uint64_t first = 0, sum, half = 0;
	uint32_t half_number = 1;
	char path[64];
	int fd = memfd_create("log", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int k = 0; k < 3; k++) {
		if (!jscan_select(kernels[k]))
			continue;
		sum = read_all(path, 0, 1, &half, &half_number);
		assert(k == 0 || sum == first);
		first = sum;
		if (half > 0)
			assert(read_all(path, half, half_number, NULL, NULL) == sum);
	}
	close(fd);
	return 0;
}
