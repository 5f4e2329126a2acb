#include "core/json/jsonl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/json/elide.h"
#include "core/json/jscan.h"

#define FIRST_BUFFER ((size_t)256 << 10)

/*
 * buf[start..end) is what was read and not handed out; its first byte is the beginning of line `number` and
 * lies at `offset` in the file.  Reads are at explicit places, so nothing but this describes where we are.
 */
struct jsonl {
	int fd;
	char *path;
	char *buf;
	size_t cap, max, start, end; /* cap grows to max */
	size_t scanned; /* bytes from start on in which no newline is */
	bool has_nul; /* among them */
	bool unterminated; /* the line before was handed out without its newline */
	uint64_t offset, max_line;
	uint32_t number;
	struct jsonl_stats stats;
	char tail[JSONL_TAIL]; /* its last tail_n bytes stood before those at the front of the buffer */
	size_t tail_n;
	struct elide *elide; /* NULL until a line needs it */
	struct buf shortened;
};

struct jsonl *jsonl_open(const char *path, uint64_t offset, uint32_t number, struct error *err)
{
	struct jsonl *r = xcalloc(1, sizeof(*r));

	r->fd = -1;
	r->cap = FIRST_BUFFER;
	r->buf = xmalloc(r->cap);
	r->max = JSONL_MAX_BUFFER;
	r->max_line = JSONL_MAX_LINE;
	buf_init(&r->shortened, JSONL_MAX_BUFFER);
	if (jsonl_reopen(r, path, offset, number, err)) {
		jsonl_free(r);
		return NULL;
	}
	return r;
}

void jsonl_free(struct jsonl *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	buf_release(&r->shortened);
	free(r->elide);
	free(r->buf);
	free(r->path);
	free(r);
}

void jsonl_whole(struct jsonl *r, size_t max)
{
	r->max = max > JSONL_MAX_BUFFER ? max : JSONL_MAX_BUFFER;
}

void jsonl_limit(struct jsonl *r, uint64_t max_line)
{
	r->max_line = max_line;
}

enum status jsonl_reopen(struct jsonl *r, const char *path, uint64_t offset, uint32_t number,
			 struct error *err)
{
	char before = '\n';
	int fd;

	/* Without O_NONBLOCK a pipe would hang us; so its first read fails. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (r->fd >= 0)
		close(r->fd);
	r->fd = fd;
	free(r->path);
	r->path = xstrdup(path);
	r->start = r->end = r->scanned = r->tail_n = 0;
	r->has_nul = false;
	r->offset = offset;
	r->number = number;
	r->stats = (struct jsonl_stats){ 0 };
	r->unterminated = offset > 0 && pread(fd, &before, 1, (off_t)(offset - 1)) == 1 && before != '\n';
	return STATUS_OK;
}

/* Reads at most n bytes into buf[end..): how many, 0 at the end of the file, -1 on an error. */
static ssize_t read_more(struct jsonl *r, size_t n)
{
	ssize_t got;

	do
		got = pread(r->fd, r->buf + r->end, n, (off_t)(r->offset + (r->end - r->start)));
	while (got < 0 && errno == EINTR);
	if (got > 0)
		r->end += (size_t)got;
	return got;
}

/* The first n bytes of the buffer go: the last of them are kept for jsonl_tail. */
static void keep_tail(struct jsonl *r, size_t n)
{
	size_t take = n < JSONL_TAIL ? n : JSONL_TAIL, old = JSONL_TAIL - take;

	if (old > r->tail_n)
		old = r->tail_n;
	memmove(r->tail + JSONL_TAIL - take - old, r->tail + JSONL_TAIL - old, old);
	memcpy(r->tail + JSONL_TAIL - take, r->buf + n - take, take);
	r->tail_n = old + take;
}

/* More bytes behind the incomplete line at the front; the buffer grows only while that line fills it. */
static ssize_t fill(struct jsonl *r)
{
	size_t have = r->end - r->start;

	if (have == r->cap) {
		r->cap = r->cap < r->max / 2 ? r->cap * 2 : r->max;
		r->buf = xrealloc(r->buf, r->cap);
	} else if (r->start > 0) {
		keep_tail(r, r->start);
		memmove(r->buf, r->buf + r->start, have);
	}
	r->start = 0;
	r->end = have;
	return read_more(r, r->cap - have < FIRST_BUFFER ? r->cap - have : FIRST_BUFFER);
}

/* The first newline at or behind p, the end of the buffer if there is none; notes NUL bytes on the way. */
static const char *find_newline(struct jsonl *r, const char *p)
{
	const char *end = r->buf + r->end;

	p = jscan_current->line_end(p, end);
	while (p < end && *p == '\0') {
		r->has_nul = true;
		p = jscan_current->line_end(p + 1, end);
	}
	return p;
}

static void consume(struct jsonl *r, uint64_t n)
{
	r->offset += n;
	r->stats.bytes += n;
	r->scanned = 0;
	r->has_nul = false;
	r->number++;
}

/* Without white space around it and a byte order mark. */
static str trimmed(str text)
{
	text = str_trim(text);
	return str_starts(text, STR("\xef\xbb\xbf")) ? str_from(text, 3) : text;
}

/* Judges the line at the front, n bytes to be consumed with it; true if *line was set to it. */
static bool accept(struct jsonl *r, str text, uint64_t n, struct jsonl_line *line)
{
	bool good = false;

	text = trimmed(text);
	if (r->has_nul) {
		r->stats.skipped_nul++;
	} else if (text.n > 0 && *text.p == '{') {
		*line = (struct jsonl_line){ text, r->offset, r->number, 0 };
		r->stats.lines++;
		good = true;
	} else {
		r->stats.skipped_other += text.n > 0;
	}
	consume(r, n);
	return good;
}

/* ---- lines longer than the buffer ---- */

struct long_line {
	uint64_t bytes; /* without newline */
	bool ended, dead; /* newline seen; not worth keeping */
};

static void long_line_piece(struct jsonl *r, struct long_line *l)
{
	const char *stop = find_newline(r, r->buf);
	size_t n = (size_t)(stop - r->buf);

	l->ended = n < r->end;
	l->bytes += n;
	l->dead = l->dead || r->has_nul || l->bytes > r->max_line || r->shortened.full;
	if (!l->dead)
		elide_feed(r->elide, r->buf, n);
	r->start = n + l->ended;
}

/* The whole buffer is the beginning of a line: streams it through the elider.  OK: handed out or, with *skip,
 * counted as skipped; DONE: the file ends in the middle of it. */
static enum status long_line(struct jsonl *r, struct jsonl_line *line, bool *skip, struct error *err)
{
	struct long_line l = { 0 };
	uint64_t begin = r->offset, bytes;
	ssize_t got = 1;

	*skip = false;
	if (!r->elide)
		r->elide = xmalloc(sizeof(*r->elide));
	buf_clear(&r->shortened);
	elide_begin(r->elide, &r->shortened);
	for (;;) {
		long_line_piece(r, &l);
		if (l.ended)
			break;
		r->offset += r->end;
		keep_tail(r, r->end);
		r->start = r->end = 0;
		got = read_more(r, FIRST_BUFFER);
		if (got <= 0)
			break;
	}
	bytes = l.bytes + l.ended;
	r->offset = begin;
	if (got <= 0 && (got < 0 || l.dead || !elide_complete(r->elide))) {
		r->scanned = 0;
		r->has_nul = false;
		if (got < 0)
			return error_errno(err, errno, "cannot read %s", r->path);
		r->stats.partial = true;
		return STATUS_DONE;
	}
	r->unterminated = !l.ended;
	if (r->has_nul || !(l.dead || r->shortened.full)) {
		*skip = !accept(r, buf_str(&r->shortened), bytes, line);
		if (!*skip)
			line->elided = r->elide->elided;
	} else {
		*skip = true;
		r->stats.skipped_long++;
		consume(r, bytes);
	}
	return STATUS_OK;
}

/* ---- the sequence ---- */

/* The file ends behind the bytes at the front: a complete record nevertheless, or one still being written. */
static enum status last_line(struct jsonl *r, struct jsonl_line *line)
{
	str all = { r->buf + r->start, r->end - r->start }, text = trimmed(all);
	const char *end = text.p + text.n;

	if (text.n == 0)
		return STATUS_DONE;
	r->stats.partial = true;
	if (r->has_nul || *text.p != '{' || jscan_current->container_end(text.p + 1, end) != end)
		return STATUS_DONE;
	r->stats.partial = false;
	r->unterminated = true;
	r->start = r->end;
	accept(r, text, all.n, line);
	return STATUS_OK;
}

/* The newline that was missing when the line before it was handed out belongs to that line. */
static void skip_late_newline(struct jsonl *r)
{
	r->unterminated = false;
	if (r->buf[r->start] == '\n') {
		r->start++;
		r->offset++;
		r->stats.bytes++;
	}
}

enum status jsonl_next(struct jsonl *r, struct jsonl_line *line, struct error *err)
{
	const char *from, *stop;
	enum status status;
	ssize_t got;
	bool skip;

	r->stats.partial = false;
	for (;;) {
		if (r->unterminated && r->start < r->end)
			skip_late_newline(r);
		from = r->buf + r->start;
		stop = find_newline(r, from + r->scanned);
		if (stop < r->buf + r->end) {
			r->start += (size_t)(stop - from) + 1;
			if (accept(r, (str){ from, (size_t)(stop - from) }, (uint64_t)(stop - from) + 1,
				   line))
				return STATUS_OK;
			continue;
		}
		r->scanned = r->end - r->start;
		if (r->scanned >= r->max) {
			status = long_line(r, line, &skip, err);
			if (status || !skip)
				return status;
			continue;
		}
		got = fill(r);
		if (got < 0)
			return error_errno(err, errno, "cannot read %s", r->path);
		if (got == 0)
			return last_line(r, line);
	}
}

bool jsonl_tail(const struct jsonl *r, char *out, size_t n)
{
	size_t near = n < r->start ? n : r->start, far = n - near;

	if (far > r->tail_n)
		return false;
	memcpy(out, r->tail + JSONL_TAIL - far, far);
	memcpy(out + far, r->buf + r->start - near, near);
	return true;
}

void jsonl_position(const struct jsonl *r, uint64_t *offset, uint32_t *number)
{
	*offset = r->offset;
	*number = r->number;
}

const struct jsonl_stats *jsonl_stats(const struct jsonl *r)
{
	return &r->stats;
}
