/*
 * diff_lines: the parts of a diff: files, hunks, what stands around them.  Reads unified diffs with or without git's
 * headers, and the combined diffs of merges.
 *
 *	diff --git a/x.c b/x.c          --- x.c	2024-05-01
 *	index 1234567..89abcde 100644   +++ x.c	2024-05-02
 *	--- a/x.c                       @@ -1,7 +1,8 @@ int main(void)
 *	+++ b/x.c
 *	@@ -10,7 +10,8 @@ int main(void)          of merges: @@@ -1,7 -2,6 +1,8 @@@
 *
 * Private to the diff compressor and detection.
 */
#ifndef HEADROOM_COMPRESS_DIFF_LINES_H
#define HEADROOM_COMPRESS_DIFF_LINES_H

#include "core/base/vec.h"
#include "core/compress/lines.h"

#define DIFF_PARENTS 8 /* of a merge; hunks of more are kept whole */

struct range {
	uint32_t start, count;
};

/* "@@ -a,b +c,d @@ text" */
struct hunk_head {
	size_t parents; /* 1 of an ordinary diff */
	struct range old[DIFF_PARENTS], new;
	str text; /* behind the last @@ */
};
bool hunk_head_read(str line, struct hunk_head *out);

struct hunk {
	uint32_t first, end; /* lines; first is its head */
	uint32_t file;
	uint32_t changes;
	bool exact; /* its head counts its lines rightly */
	bool left_out;
	float score;
};

struct diff_file {
	uint32_t first, head_end; /* lines of its headers */
	uint32_t changes, hunks; /* lines added and removed; hunks */
	str name;
	bool left_out;
};

struct diff {
	struct lines lines;
	struct vec files, hunks; /* struct diff_file, struct hunk; released by whoever called diff_read */
	size_t added, removed;
};
void diff_read(struct diff *d); /* of d->lines */

#endif
