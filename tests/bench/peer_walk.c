/*
 * peer_walk: the limit of a run that finds nothing new.  A bare readdir and fstatat of everything below a
 * folder.
 *	peer_walk DIR
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static size_t files;
static off_t bytes;

static void walk(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	struct stat st;

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR) {
			walk(fd, e->d_name);
		} else if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			files++;
			bytes += st.st_size;
		}
	}
	if (dir)
		closedir(dir);
}

int main(int argc, char **argv)
{
	struct timespec a, b;

	if (argc != 2) {
		fprintf(stderr, "usage: peer_walk DIR\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	walk(AT_FDCWD, argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("walk: %zu files, %lld bytes in %.2f ms\n", files, (long long)bytes,
	       (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
	return 0;
}
