/*
 * log_lines: what the lines of a log are: their level, and which of them make up one failure.  A failure is a block: its
 * head, the lines that tell it and the frames of its stack.  Private to the log compressor.
 */
#ifndef HEADROOM_COMPRESS_LOG_LINES_H
#define HEADROOM_COMPRESS_LOG_LINES_H

#include "core/base/vec.h"
#include "core/compress/lines.h"

enum log_level {
	LEVEL_NONE,
	LEVEL_PASS, /* a test that passed */
	LEVEL_TRACE,
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_WARN,
	LEVEL_FAIL, /* a test that failed */
	LEVEL_ERROR,
	LEVEL_COUNT
};

enum log_role {
	ROLE_PLAIN,
	ROLE_BLANK,
	ROLE_RULE, /* nothing but === or --- */
	ROLE_SUMMARY,
	ROLE_HEAD, /* begins a block */
	ROLE_MESSAGE, /* tells its failure */
	ROLE_FRAME, /* of its stack, or source around it */
};

struct log_line {
	uint64_t kind; /* mask_kind; 0 where it is of no use */
	uint8_t level, role;
	bool test; /* names one test, which no mask may confuse with another */
};

struct log_block {
	uint32_t head, end; /* lines */
	uint64_t exact, same; /* equal for repetitions: the same text, the same but for numbers */
};

/* Of a line without escape sequences; test: it is the result of one test. */
enum log_level log_level(str line, bool *test);
/* The same by what a logger or a test runner wrote, not by words that tell of errors. */
enum log_level log_written_level(str line);

struct log_scan {
	struct lines lines;
	struct log_line *line; /* lines.n */
	struct vec blocks; /* struct log_block; released by whoever called log_read */
	size_t levels[LEVEL_COUNT]; /* lines of each */
};
void log_read(struct log_scan *s, struct arena *a); /* of s->lines */

#endif
