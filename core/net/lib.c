/*
 * lib: finds libcurl, whatever it does TLS with.
 */
#include "core/net/lib.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/dynamic.h"
#include "core/base/log.h"

/* One interface under the names that Debian and others give the builds for OpenSSL, GnuTLS and NSS. */
static const char *const lib_names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4" };

static const struct dynamic_symbol symbols[] = {
#define CURL_SYMBOL(name) { "curl_" #name, offsetof(struct curl_lib, name) },
	CURL_FUNCTIONS(CURL_SYMBOL)
#undef CURL_SYMBOL
};

static struct curl_lib table;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct dynamic_library library = {
	.title = "libcurl",
	.names = lib_names,
	.names_n = sizeof(lib_names) / sizeof(*lib_names),
	.symbols = symbols,
	.symbols_n = sizeof(symbols) / sizeof(*symbols),
};

static void load(void)
{
	void *handle = dynamic_open(&library, &table);

	if (!handle)
		return;
	if (table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_debug("libcurl: not usable");
		dynamic_close(handle);
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
