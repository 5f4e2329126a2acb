/*
 * peer: what the programs we compare with share: the list of logs below a folder, and N threads that take
 * them largest first.  Nothing of headroom is in here, so that a peer measures only itself.
 */
#ifndef HEADROOM_TESTS_BENCH_PEER_H
#define HEADROOM_TESTS_BENCH_PEER_H

#include <stdint.h>

/* Reads one file; returns a number that depends on what it saw, so that no work can be left out. */
typedef uint64_t peer_fn(const char *path, uint64_t *bytes);

/* main() of a peer: `PEER DIR THREADS`, prints one line. */
int peer_main(int argc, char **argv, const char *name, peer_fn *fn);

#endif
