/*
 * Runs one harness over stored inputs, where libFuzzer is not to be had or would take too long.
 * usage: fuzz_NAME FOLDER; fails when the folder has no inputs, as nothing would have been tested.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"

#define MAX_INPUT ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct replay {
	const char *folder;
	size_t inputs;
};

static bool run_input(void *ctx, int dirfd, const char *name, char type)
{
	struct replay *r = ctx;
	struct arena a;
	struct error err;
	struct buf input;
	uint8_t *exact;

	(void)dirfd;
	if (type != 'f')
		return true;
	arena_init(&a);
	buf_init(&input, MAX_INPUT);
	if (fs_read_file(path_join(&a, str_c(r->folder), str_c(name)).p, &input, &err) != STATUS_OK) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	/* Without the NUL behind a buf, so that the sanitizer sees a read past the end. */
	exact = xmalloc(input.n);
	memcpy(exact, buf_c(&input), input.n);
	LLVMFuzzerTestOneInput(exact, input.n);
	free(exact);
	r->inputs++;
	buf_release(&input);
	arena_release(&a);
	return true;
}

int main(int argc, char **argv)
{
	struct replay r = { .folder = argc > 1 ? argv[1] : "." };
	struct error err;

	if (fs_list(r.folder, run_input, &r, &err) != STATUS_OK) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	printf("replayed %zu inputs of %s\n", r.inputs, r.folder);
	return r.inputs == 0;
}
