#include "core/compress/stash.h"

#include "core/base/env.h"
#include "core/base/fs.h"

#define FOLDER_MODE 0700

static enum status put(void *ctx, const struct original *rows, size_t n, struct error *err)
{
	return originals_put(ctx, rows, n, err);
}

static uint32_t retrievals(void *ctx, const char *hash)
{
	return originals_retrievals(ctx, str_c(hash));
}

struct stash stash_of(struct originals *s)
{
	return (struct stash){ s, put, retrievals };
}

enum status stash_open(struct originals **out, struct error *err)
{
	const char *backend = env_get("HEADROOM_CCR_BACKEND"), *path = env_get("HEADROOM_CCR_SQLITE_PATH");
	enum status status;
	struct arena a;

	if (backend && str_eq_c(str_c(backend), "memory"))
		return originals_open(NULL, 0, 0, out, err);
	if (backend && !str_eq_c(str_c(backend), "sqlite"))
		return error_set(err, STATUS_USAGE,
				 "HEADROOM_CCR_BACKEND: '%s' is not known; sqlite, memory are", backend);
	arena_init(&a);
	if (!path)
		path = path_join(&a, env_headroom_home(&a), STR("ccr_store.db")).p;
	status = fs_mkdirs(arena_c(&a, path_dir(str_c(path))), FOLDER_MODE, err);
	if (status == STATUS_OK)
		status = originals_open(path, 0, 0, out, err);
	arena_release(&a);
	return status;
}
