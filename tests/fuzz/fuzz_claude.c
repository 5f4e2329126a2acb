/*
 * fuzz_claude: any bytes as a session log of Claude Code.  What an event lends must be readable, and every
 * line must be accounted for.
 */
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scanners/claude.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint64_t seen;

static uint64_t touch(const struct event *e)
{
	const str all[] = { e->session,	   e->agent,	 e->cwd,	   e->branch,	  e->record_id,
			    e->call_id,	   e->tool_name, e->input.command, e->input.path, e->input.pattern,
			    e->message_id, e->model,	 e->hint,	   e->title };
	uint64_t sum = 0;
	struct buf text;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		sum ^= str_hash(all[i]);
	buf_init(&text, 100);
	event_text_head(&text, e, 100);
	assert(text.n <= 100 && !text.full);
	buf_clear(&text);
	event_text_tail(&text, e, 100);
	assert(text.n <= 100 && text.n <= e->text_bytes);
	sum ^= str_hash(buf_str(&text));
	buf_release(&text);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("log", MFD_CLOEXEC);
	struct session_file file = { .parent = STR("parent") };
	void *reader = claude_scanner.open(true);
	struct scan_stats stats;
	struct event e;
	uint64_t offset;
	uint32_t line;

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file.path = str_c(path);
	assert(claude_scanner.start(reader, &file, 0, 1, NULL) == STATUS_OK);
	while (claude_scanner.next(reader, &e, NULL) == STATUS_OK) {
		assert(e.kind < EVENT_KIND_COUNT && e.tool < TOOL_COUNT && e.outcome < OUTCOME_COUNT);
		assert(e.line > 0 && e.offset < size);
		seen = touch(&e);
	}
	claude_scanner.position(reader, &offset, &line, &stats);
	assert(offset <= size && (stats.partial || offset == size || stats.bytes == offset));
	claude_scanner.close(reader);
	close(fd);
	return 0;
}
