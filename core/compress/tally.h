/*
 * tally: what each slot and message of a request costs, and of which kind it is.  Private to the pipeline.
 */
#ifndef HEADROOM_COMPRESS_TALLY_H
#define HEADROOM_COMPRESS_TALLY_H

#include "core/compress/run.h"

/* Reads and counts every slot, on run->jobs threads; fills texts, tokens and the blocks of the result. */
void tally_run(struct run *run);

#endif
