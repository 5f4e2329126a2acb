/*
 * Going back from what was kept (file, offset, hash) to the record in the log.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/cmd/learn_report.h"
#include "core/json/jget.h"

#define RECORD_MAX (1u << 20) /* of a record that is shown again; longer ones are cut */

const struct file_row *learn_row(const struct project_report *p, int64_t file)
{
	for (size_t i = 0; i < p->rows.n; i++) {
		const struct file_row *row = *(const struct file_row **)vec_at(&p->rows, i);
		if (row->id == file)
			return row;
	}
	return NULL;
}

str learn_session_name(struct arena *a, const struct project_report *p, int64_t file)
{
	const struct file_row *row = learn_row(p, file);
	if (!row)
		return STR("");
	str base = path_base(row->path);
	size_t dot = str_rchr(base, '.');
	return arena_str(a, dot == STR_NONE ? base : str_sub(base, 0, dot));
}

bool learn_read_record(struct arena *a, const struct project_report *p, const struct call_ref *ref,
		       bool result, str *line)
{
	const struct file_row *row = learn_row(p, ref->file);
	if (!row || !ref->id)
		return false;
	int fd = open(arena_c(a, row->path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	off_t at = (off_t)(result ? ref->result_offset : ref->offset);
	size_t n = 0, cap = 16 * 1024;
	char *text = arena_alloc(a, cap);
	for (;;) {
		ssize_t k = pread(fd, text + n, cap - n, at + (off_t)n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		char *newline = memchr(text + n, '\n', (size_t)k);
		n += (size_t)k;
		if (newline) {
			n = (size_t)(newline - text);
			break;
		}
		if (n == cap) {
			if (cap >= RECORD_MAX)
				break;
			char *more = arena_alloc(a, cap * 4);
			memcpy(more, text, n);
			text = more;
			cap *= 4;
		}
	}
	close(fd);
	*line = (str){ text, n };
	return n > 0 && text[0] == '{';
}

/* Ids of calls are strings somewhere in the record, whatever the agent's format: the one with the hash we kept. */
static bool find_id(struct jval v, uint64_t hash, int depth, str *out)
{
	struct jit it;
	if (v.type == J_STRING && v.raw.n < 200 && str_hash(v.raw) == hash) {
		*out = v.raw;
		return true;
	}
	if ((v.type != J_OBJECT && v.type != J_ARRAY) || depth > 6)
		return false;
	jit_init(&it, v);
	while (jit_next(&it))
		if (find_id(it.value, hash, depth + 1, out))
			return true;
	return false;
}

str learn_call_id(struct arena *a, const struct project_report *p, const struct call_ref *ref)
{
	str line, id;
	if (!ref->id)
		return STR("");
	if (learn_read_record(a, p, ref, false, &line) && find_id(jval_of(line), ref->id, 0, &id))
		return arena_str(a, id);
	return arena_printf(a, "%016llx", (unsigned long long)ref->id);
}
