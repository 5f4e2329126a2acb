#include "writers/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/env.h"
#include "core/base/fs.h"

#define RETRY_MS 20

static const struct timespec retry_pause = { .tv_nsec = RETRY_MS * 1000000L };

/* 0 when locked, else errno; EAGAIN with the holder's pid if another process has it. */
static int try_lock(int fd, long *holder)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &whole) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return errno;
	*holder = fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK ? (long)whole.l_pid : 0;
	return EAGAIN;
}

enum status lock_take(const char *home, int wait_ms, int *fd, struct error *err)
{
	int64_t end = env_monotonic_us() + (int64_t)wait_ms * 1000;
	enum status status = fs_mkdirs(home, 0700, err);
	struct arena a;
	long holder = 0;
	int file, failed;

	if (status != STATUS_OK)
		return status;
	arena_init(&a);
	file = fs_open_write(path_join(&a, str_c(home), STR("lock")).p, O_RDWR | O_CREAT, 0600);
	failed = errno;
	arena_release(&a);
	if (file < 0)
		return error_errno(err, failed, "cannot open %s/lock", home);
	while ((failed = try_lock(file, &holder)) == EAGAIN && env_monotonic_us() < end)
		nanosleep(&retry_pause, NULL);
	if (failed == 0) {
		*fd = file;
		return STATUS_OK;
	}
	close(file);
	if (failed != EAGAIN)
		return error_errno(err, failed, "cannot lock %s/lock", home);
	return error_set(err, STATUS_FAILED, "another headroom (process %ld) is writing; %s/lock is not free",
			 holder, home);
}

void lock_release(int fd)
{
	close(fd);
}
