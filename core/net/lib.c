/*
 * lib: finds libcurl, whatever it does TLS with.
 */
#include "core/net/lib.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/base/log.h"

/* One interface under the names that Debian and others give the builds for OpenSSL, GnuTLS and NSS. */
static const char *const lib_names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4" };

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = {
#define CURL_SYMBOL(name) { "curl_" #name, offsetof(struct curl_lib, name) },
	CURL_FUNCTIONS(CURL_SYMBOL)
#undef CURL_SYMBOL
};

static struct curl_lib table;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *open_library(void)
{
	for (size_t i = 0; i < sizeof(lib_names) / sizeof(*lib_names); i++) {
		void *handle = dlopen(lib_names[i], RTLD_NOW | RTLD_LOCAL);

		if (handle)
			return handle;
	}
	log_debug("libcurl: %s", dlerror());
	return NULL;
}

static bool find_symbols(void *handle)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (!symbol) {
			log_debug("libcurl: no %s", symbols[i].name);
			return false;
		}
		/* ISO C has no conversion from an object pointer to a function pointer; POSIX gives both one shape. */
		memcpy((char *)&table + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return true;
}

static void load(void)
{
	void *handle = open_library();

	if (!handle)
		return;
	if (!find_symbols(handle) || table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_debug("libcurl: not usable");
		dlclose(handle);
		return;
	}
	loaded = true;
}

const struct curl_lib *curl_lib(struct error *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &table;
	error_set(err, STATUS_NOT_FOUND, "libcurl cannot be loaded: install it to ask a proxy");
	return NULL;
}
