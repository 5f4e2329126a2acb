/*
 * ingest: what is read of the logs, and when; the index that comes of it.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/world.h"

#define NOTHING(day) SESSION(&w, (day), RUNS("ls"), FAILS("make x", 2, "boom"))

/* Bytes to append to a log. */
static str one_more_call(struct world *w, const char *session)
{
	static const struct call more[] = { RUNS("git status") };
	struct log_record r = { .w = w, .session = session, .time = w->in.now };
	struct buf text;
	str bytes;

	buf_init(&text, 100000);
	log_calls(&text, &r, more, 1);
	bytes = arena_str(&w->a, buf_str(&text));
	buf_release(&text);
	return bytes;
}

static void append(const char *path, str bytes)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	close(fd);
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

/* Everything the index holds, as text. */
static void show_index(struct world *w, const struct ingest_result *r, struct buf *out)
{
	struct buf packed;

	buf_init(&packed, LOG_MAX);
	for (size_t i = 0; i < r->files.n; i++) {
		const struct file_row *row = vec_at(&r->files, i);

		buf_printf(out, "%.*s %.*s %d calls %u line %u skipped %u cwd %.*s", STR_ARG(row->agent),
			   STR_ARG(row->path), row->present, row->calls, row->line, row->lines_skipped,
			   STR_ARG(row->first_cwd));
		for (uint32_t k = 0; k < row->segments; k++) {
			buf_clear(&packed);
			assert_int_equal(store_segment_get(w->store, row->id, k, &packed, NULL), STATUS_OK);
			buf_printf(out, " %016llx", (unsigned long long)str_hash(buf_str(&packed)));
		}
		buf_add_ch(out, '\n');
	}
	buf_release(&packed);
}

static const struct file_row *row_of(const struct ingest_result *r, const char *path)
{
	for (size_t i = 0; i < r->files.n; i++)
		if (str_eq_c(((struct file_row *)vec_at(&r->files, i))->path, path))
			return vec_at(&r->files, i);
	return NULL;
}

static void ingest_reads_only_what_is_new(void **state)
{
	struct ingest_result r;
	const char *path;
	struct world w;
	str more;

	(void)state;
	world_open(&w, NULL);
	path = NOTHING(3);
	NOTHING(4);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.found, 2);
	assert_int_equal(r.bytes_read, r.bytes);
	assert_int_equal(row_of(&r, path)->calls, 2);
	assert_str_equal(row_of(&r, path)->first_cwd, w.root);
	assert_true(r.looked.n > 0);
	ingest_result_release(&r);

	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.bytes_read, 0);
	assert_int_equal(r.files.n, 2);
	ingest_result_release(&r);

	more = one_more_call(&w, "session-1");
	append(path, more);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.bytes_read, more.n);
	assert_int_equal(row_of(&r, path)->calls, 3);
	assert_int_equal(row_of(&r, path)->segments, 1);
	ingest_result_release(&r);
	world_close(&w);
}

/* A log read in pieces is the same as one read at once. */
static void ingest_continues_exactly(void **state)
{
	struct ingest_result r;
	struct buf pieces, whole;
	const char *path;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	buf_init(&pieces, 100000);
	buf_init(&whole, 100000);
	path = NOTHING(3);
	for (int i = 0; i < 3; i++) {
		str more = one_more_call(&w, "session-1");

		/* the first time half of the record only: it is still being written */
		append(path, str_sub(more, 0, more.n / 2));
		assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
		ingest_result_release(&r);
		append(path, str_from(more, more.n / 2));
	}
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	show_index(&w, &r, &pieces);
	ingest_result_release(&r);
	assert_int_equal(world_ingest(&w, &r, 1, true), STATUS_OK);
	assert_int_equal(r.bytes_read, size_of(path));
	show_index(&w, &r, &whole);
	assert_string_equal(buf_c(&pieces), buf_c(&whole));
	ingest_result_release(&r);
	buf_release(&pieces);
	buf_release(&whole);
	world_close(&w);
}

static void ingest_reads_replaced_logs_again(void **state)
{
	struct ingest_result r;
	const char *path, *other;
	struct buf bytes;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	buf_init(&bytes, 100000);
	path = NOTHING(3);
	other = SESSION(&w, 4, RUNS("ls"), RUNS("ls"), RUNS("ls"), RUNS("pwd"), RUNS("date"));
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	ingest_result_release(&r);

	/* other bytes in the same file, longer than before */
	assert_int_equal(fs_read_file(other, &bytes, NULL), STATUS_OK);
	test_write(path, buf_str(&bytes));
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.bytes_read, size_of(path));
	assert_int_equal(row_of(&r, path)->calls, 5);
	ingest_result_release(&r);

	/* cut short, at the end of a line */
	buf_cut(&bytes, str_chr(buf_str(&bytes), '\n') + 1);
	test_write(path, buf_str(&bytes));
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(row_of(&r, path)->calls, 0);
	ingest_result_release(&r);

	/* another file under the same name */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(row_of(&r, path)->calls, 5);
	assert_false(row_of(&r, other)->present);
	ingest_result_release(&r);
	buf_release(&bytes);
	world_close(&w);
}

/* Agents delete their logs; what was read of them stays, whatever is read again. */
static void ingest_keeps_deleted_logs(void **state)
{
	struct ingest_result r;
	const char *path;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	path = NOTHING(3);
	NOTHING(4);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	ingest_result_release(&r);
	assert_int_equal(unlink(path), 0);
	for (int reindex = 0; reindex < 2; reindex++) {
		assert_int_equal(world_ingest(&w, &r, 1, reindex), STATUS_OK);
		assert_int_equal(r.found, 1);
		assert_int_equal(r.files.n, 2);
		assert_false(row_of(&r, path)->present);
		assert_int_equal(row_of(&r, path)->calls, 2);
		assert_int_equal(row_of(&r, path)->segments, 1);
		ingest_result_release(&r);
	}
	world_close(&w);
}

static void ingest_counts_broken_lines(void **state)
{
	struct ingest_result r;
	const char *path;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	path = NOTHING(3);
	append(path, STR("{\"type\":\"user\", broken\nnot json at all\n"));
	append(path, one_more_call(&w, "session-1"));
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.lines_skipped, 2);
	assert_int_equal(row_of(&r, path)->calls, 3);
	ingest_result_release(&r);
	/* they are not forgotten when nothing new is read */
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.lines_skipped, 2);
	ingest_result_release(&r);
	world_close(&w);
}

/* The agent's scanner, but for one log that cannot be begun. */
static const char *refused;
static enum status refused_status;

static enum status start_unless_refused(void *reader, const struct session_file *file, uint64_t offset,
					uint32_t line, struct error *err)
{
	if (refused && str_eq_c(file->path, refused))
		return error_set(err, refused_status, "no");
	return claude_scanner.start(reader, file, offset, line, err);
}

static enum status ingest_refusing(struct world *w, struct ingest_result *r, int jobs)
{
	struct scanner scanner = claude_scanner;
	const struct scanner *const list[] = { &scanner, NULL };
	struct ingest_options o = { .scanners = list, .roots = { .override = w->claude }, .jobs = jobs };

	scanner.start = start_unless_refused;
	ingest_result_init(r);
	return ingest_run(&w->a, w->store, &o, r, NULL);
}

static void ingest_goes_on_past_unreadable_logs(void **state)
{
	struct ingest_result r;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	refused = NOTHING(3);
	NOTHING(4);
	for (int jobs = 1; jobs < 3; jobs++) {
		refused_status = jobs == 1 ? STATUS_DENIED : STATUS_NOT_FOUND;
		assert_int_equal(ingest_refusing(&w, &r, jobs), STATUS_OK);
		assert_int_equal(r.unreadable, 1);
		assert_int_equal(r.found, 2);
		assert_int_equal(row_of(&r, refused)->calls, 0);
		ingest_result_release(&r);
	}
	/* once it can be read, it is */
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(row_of(&r, refused)->calls, 2);
	ingest_result_release(&r);
	world_close(&w);
}

static void ingest_tells_of_failures(void **state)
{
	struct ingest_result r;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	refused = NOTHING(3);
	refused_status = STATUS_FAILED;
	assert_int_equal(ingest_refusing(&w, &r, 1), STATUS_FAILED);
	ingest_result_release(&r);
	world_close(&w);
}

static void ingest_is_the_same_with_more_jobs(void **state)
{
	struct buf shown[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		buf_init(&shown[i], 1 << 20);
	struct world w;
	world_open(&w, NULL);
	for (int i = 0; i < 12; i++)
		SESSION(&w, i, RUNS("ls"), FAILS("make x", 2, "make: *** No rule to make target 'x'.  Stop."),
			READS("a.c"));
	for (int i = 0; i < 3; i++) {
		struct ingest_result r;

		assert_int_equal(world_ingest(&w, &r, i == 0 ? 1 : i == 1 ? 2 : 40, true), STATUS_OK);
		assert_int_equal(r.files.n, 12);
		show_index(&w, &r, &shown[i]);
		ingest_result_release(&r);
	}
	assert_string_equal(buf_c(&shown[0]), buf_c(&shown[1]));
	assert_string_equal(buf_c(&shown[0]), buf_c(&shown[2]));
	for (int i = 0; i < 3; i++)
		buf_release(&shown[i]);
	world_close(&w);
}

/* More entries than one segment holds. */
static void ingest_splits_long_logs(void **state)
{
	enum {
		CALLS = 2 * DIGEST_SEGMENT + 500
	};
	struct ingest_result r;
	struct call *calls;
	const char *path;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	calls = arena_array(&w.a, CALLS, sizeof(*calls));
	for (int i = 0; i < CALLS; i++)
		calls[i] = (struct call)RUNS("true");
	calls[CALLS - 2] = (struct call)MISSES("src/confg.h");
	calls[CALLS - 1] = (struct call)READS("src/config.h");
	path = world_session(&w, 3, calls, CALLS);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(row_of(&r, path)->calls, CALLS);
	assert_int_equal(row_of(&r, path)->segments, 2);
	ingest_result_release(&r);
	append(path, one_more_call(&w, "session-1"));
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(row_of(&r, path)->calls, CALLS + 1);
	assert_int_equal(row_of(&r, path)->segments, 2);
	ingest_result_release(&r);
	world_learn(&w);
	assert_int_equal(w.learned.study.calls, CALLS + 1);
	assert_dropped(&w, "missing_path", "src/confg.h", "weak");
	world_close(&w);
}

/* What an older version of the program kept is made anew where the log is still there. */
static void ingest_reads_again_what_another_version_kept(void **state)
{
	struct ingest_result r;
	const char *gone;
	struct world w;

	(void)state;
	world_open(&w, NULL);
	gone = NOTHING(3);
	NOTHING(4);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	ingest_result_release(&r);
	assert_int_equal(unlink(gone), 0);
	assert_int_equal(store_doc_put(w.store, STR("index"), STR("version"), STR("of old"), NULL),
			 STATUS_OK);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.bytes_read, r.bytes);
	assert_int_equal(row_of(&r, gone)->calls, 2);
	ingest_result_release(&r);
	assert_int_equal(world_ingest(&w, &r, 1, false), STATUS_OK);
	assert_int_equal(r.bytes_read, 0);
	ingest_result_release(&r);
	world_close(&w);
}

struct progress {
	uint64_t done, total;
	int calls;
};

static void note_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	assert_true(done >= p->done && done <= total);
	*p = (struct progress){ done, total, p->calls + 1 };
}

static void ingest_tells_its_progress(void **state)
{
	struct ingest_result r;
	struct progress p = { 0 };
	struct world w;
	str project;

	(void)state;
	world_open(&w, NULL);
	NOTHING(3);
	NOTHING(4);
	project = str_c(w.root);
	struct ingest_options o = { .scanners = scanners,
				    .roots = { .override = w.claude },
				    .projects = &project,
				    .projects_n = 1,
				    .progress = note_progress,
				    .progress_ctx = &p };
	ingest_result_init(&r);
	assert_int_equal(ingest_run(&w.a, w.store, &o, &r, NULL), STATUS_OK);
	assert_int_equal(p.calls, 2);
	assert_true(p.done == p.total && p.total == r.bytes);
	assert_false(r.interrupted);
	ingest_result_release(&r);
	/* another project's logs are none of ours */
	project = STR("/some/where/else");
	o.reindex = true;
	ingest_result_init(&r);
	assert_int_equal(ingest_run(&w.a, w.store, &o, &r, NULL), STATUS_OK);
	assert_int_equal(r.found, 0);
	assert_int_equal(r.files.n, 2);
	ingest_result_release(&r);
	world_close(&w);
}

const struct CMUnitTest ingest_tests[] = {
	cmocka_unit_test(ingest_reads_only_what_is_new),
	cmocka_unit_test(ingest_continues_exactly),
	cmocka_unit_test(ingest_reads_replaced_logs_again),
	cmocka_unit_test(ingest_keeps_deleted_logs),
	cmocka_unit_test(ingest_counts_broken_lines),
	cmocka_unit_test(ingest_goes_on_past_unreadable_logs),
	cmocka_unit_test(ingest_tells_of_failures),
	cmocka_unit_test(ingest_is_the_same_with_more_jobs),
	cmocka_unit_test(ingest_splits_long_logs),
	cmocka_unit_test(ingest_reads_again_what_another_version_kept),
	cmocka_unit_test(ingest_tells_its_progress),
};
const size_t ingest_tests_count = sizeof(ingest_tests) / sizeof(*ingest_tests);
