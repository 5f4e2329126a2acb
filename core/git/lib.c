/*
 * lib: finds libgit2 and makes it deaf to whatever is configured outside the repository.
 */
#include "core/git/lib.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/dynamic.h"
#include "core/base/log.h"

#define NAME(version) "libgit2.so." version

/* The version this was compiled for comes first; in what is used here the others have the same interface. */
/* clang-format off */
static const char *const lib_names[] = {
	NAME(LIBGIT2_SOVERSION), NAME("1.9"), NAME("1.8"), NAME("1.7"), NAME("1.6"), NAME("1.5"), NAME("1.4"),
	NAME("1.3"), NAME("1.1"), "libgit2.so",
};
/* clang-format on */

static const struct dynamic_symbol symbols[] = {
#define GIT_SYMBOL(name) { "git_" #name, offsetof(struct git_lib, name) },
	GIT_FUNCTIONS(GIT_SYMBOL)
#undef GIT_SYMBOL
};

#if LIBGIT2_VER_MINOR >= 5
/* Extensions that change nothing of what is read here; without this libgit2 refuses the repository. */
static const char *extensions[] = { "worktreeconfig", "preciousobjects", "partialclone",
				    "relativeworktrees" };
#endif

/* Trees of large folders are met again in commit after commit. */
#define CACHED_TREE ((size_t)1 << 20)

static struct git_lib table;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct dynamic_library library = {
	.title = "libgit2",
	.names = lib_names,
	.names_n = sizeof(lib_names) / sizeof(*lib_names),
	.symbols = symbols,
	.symbols_n = sizeof(symbols) / sizeof(*symbols),
};

static void configure(void)
{
	static const int levels[] = { GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
				      GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL };

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		table.libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
#if LIBGIT2_VER_MINOR >= 5
	table.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	table.libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof(extensions) / sizeof(*extensions));
#endif
	table.libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, CACHED_TREE);
	/* Hashing each object again would take most of the time; whether a repository is sound is git's business. */
	table.libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

static void load(void)
{
	void *handle = dynamic_open(&library, &table);
	int major, minor, revision;

	if (!handle)
		return;
	if (table.libgit2_init() < 0 || table.libgit2_version(&major, &minor, &revision) < 0 ||
	    major != LIBGIT2_VER_MAJOR) {
		log_debug("libgit2: not usable");
		dynamic_close(handle);
		return;
	}
	configure();
	loaded = true;
}

const struct git_lib *git_lib(struct error *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &table;
	error_set(err, STATUS_NOT_FOUND,
		  "libgit2 cannot be loaded: install it to use what the repository knows");
	return NULL;
}
