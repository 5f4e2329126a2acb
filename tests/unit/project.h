/*
 * project: a made-up project for the tests of writing: its root, an agent's memory folder, a folder of ours.
 */
#ifndef HEADROOM_TESTS_UNIT_PROJECT_H
#define HEADROOM_TESTS_UNIT_PROJECT_H

#include "tests/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"
#include "writers/lock.h"
#include "writers/marker.h"
#include "writers/plan.h"

#define BLOCK(text) MARKER_START "\n" text "\n" MARKER_END "\n"
#define DIED 137 /* exit status of a process that fs_inject ended */

struct project {
	struct arena a;
	struct write_place place;
	const char *home, *root, *claude, *memory_dir, *memory;
	str key;
};

static inline void project_open(struct project *p)
{
	arena_init(&p->a);
	p->root = test_dir();
	p->home = test_path(test_dir(), "headroom");
	p->claude = test_path(p->root, "CLAUDE.md");
	p->memory_dir = test_path(test_dir(), "memory");
	p->memory = test_path(p->memory_dir, "MEMORY.md");
	p->key = str_c(p->root);
	p->place = (struct write_place){
		.root = str_c(p->root),
		.memory_path = str_c(p->memory),
		.home = str_c(p->home),
		.project = p->key,
	};
}

static inline void project_close(struct project *p)
{
	arena_release(&p->a);
}

/* The bytes of a file, or the text "(none)". */
static inline str project_read(struct project *p, const char *path)
{
	struct buf b;
	str bytes;

	buf_init(&b, 16 << 20);
	bytes = fs_read_file(path, &b, NULL) == STATUS_OK ? arena_str(&p->a, buf_str(&b)) : STR("(none)");
	buf_release(&b);
	return bytes;
}

static inline bool project_holds(struct project *p, const char *path, const char *text)
{
	return str_eq_c(project_read(p, path), text);
}

/* Plans both files; NULL leaves one out.  Returns how many. */
static inline size_t project_plan(struct project *p, const char *context, const char *memory,
				  struct plan_file *files)
{
	size_t n = 0;

	if (context)
		plan_file_block(&p->a, &p->place, &writer_claude_md, str_c(context), &files[n++]);
	if (memory)
		plan_file_block(&p->a, &p->place, &writer_memory_md, str_c(memory), &files[n++]);
	return n;
}

static inline enum status project_apply(struct project *p, const char *context, const char *memory)
{
	struct plan_file files[2];
	size_t changed, n = project_plan(p, context, memory, files);

	return plan_apply(p->home, p->key, files, n, &changed, NULL);
}

/* Undoes once and returns how many files were restored; -1 on failure. */
static inline int project_undo(struct project *p)
{
	size_t restored;
	struct buf told;
	enum status status;

	buf_init(&told, 10000);
	status = plan_undo(p->home, p->key, &restored, &told, NULL);
	buf_release(&told);
	return status == STATUS_OK ? (int)restored : -1;
}

static inline bool project_count_entry(void *ctx, int dirfd, const char *name, char type)
{
	(void)dirfd, (void)name, (void)type;
	++*(int *)ctx;
	return true;
}

static inline int project_entries(const char *dir)
{
	int n = 0;

	fs_list(dir, project_count_entry, &n, NULL);
	return n;
}

static inline bool project_first_name(void *ctx, int dirfd, const char *name, char type)
{
	(void)dirfd, (void)type;
	*(const char **)ctx = test_path("", name);
	return false;
}

/* How many backups there are. */
static inline int project_backups(struct project *p)
{
	const char *all = test_path(p->home, "backups"), *name = NULL;

	fs_list(all, project_first_name, &name, NULL);
	return name ? project_entries(test_path(all, name)) : 0;
}

/* Runs fn in a child process that dies in its k-th writing operation; the child's exit status. */
static inline int project_die(struct project *p, long k, enum status (*fn)(struct project *))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		fs_inject("any", k, -1);
		_exit(fn(p) == STATUS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#endif
