/*
 * measure: runs a command several times and prints the best: wall milliseconds, CPU milliseconds, peak
 * resident KiB.
 *	measure RUNS COMMAND [ARG]...
 * The command's output goes nowhere; a status other than 0 ends with that status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static int run(char **command, double *wall, struct rusage *usage)
{
	struct timespec a, b;
	int status, null;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = fork();
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(126);
		execvp(command[0], command);
		fprintf(stderr, "measure: %s: %s\n", command[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, usage) != pid)
		return 125;
	clock_gettime(CLOCK_MONOTONIC, &b);
	*wall = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
	double best = 0, cpu = 0, wall;
	int runs = argc > 2 ? atoi(argv[1]) : 0, status;
	struct rusage usage;
	long peak = 0;

	if (runs < 1) {
		fprintf(stderr, "usage: measure RUNS COMMAND [ARG]...\n");
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		status = run(argv + 2, &wall, &usage);
		if (status != 0)
			return status;
		if (i == 0 || wall < best) {
			best = wall;
			cpu = ms_of(usage.ru_utime) + ms_of(usage.ru_stime);
		}
		peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
	}
	printf("%.2f %.2f %ld\n", best, cpu, peak);
	return 0;
}
