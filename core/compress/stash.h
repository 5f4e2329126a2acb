/*
 * stash: where originals go before anything of them is dropped.  The pipeline knows no more of it than this record;
 * ccr_store.db is the one in use.
 */
#ifndef HEADROOM_COMPRESS_STASH_H
#define HEADROOM_COMPRESS_STASH_H

#include "core/store/originals.h"

struct stash {
	void *ctx;
	/* All of them or none; only with STATUS_OK may anything be dropped. */
	enum status (*put)(void *ctx, const struct original *rows, size_t n, struct error *err);
	/* How often an original was asked for; NULL: that is not known. */
	uint32_t (*retrievals)(void *ctx, const char *hash);
};

struct stash stash_of(struct originals *s);

/* The user's file: $HEADROOM_CCR_SQLITE_PATH or ccr_store.db in $HEADROOM_HOME; in memory if $HEADROOM_CCR_BACKEND is
 * "memory".  STATUS_USAGE for any other backend. */
enum status stash_open(struct originals **out, struct error *err);

#endif
