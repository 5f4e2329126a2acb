/*
 * lib: libcurl, loaded on first use.  Its headers serve for types and constants only; every function is called through
 * this table.  Private to core/net.
 */
#ifndef HEADROOM_NET_LIB_H
#define HEADROOM_NET_LIB_H

#include <curl/curl.h>

#include "core/base/error.h"

/* clang-format off */
#define CURL_FUNCTIONS(F) \
	F(easy_cleanup) \
	F(easy_getinfo) \
	F(easy_init) \
	F(easy_setopt) \
	F(easy_strerror) \
	F(global_init) \
	F(multi_add_handle) \
	F(multi_cleanup) \
	F(multi_info_read) \
	F(multi_init) \
	F(multi_perform) \
	F(multi_poll) \
	F(multi_remove_handle) \
	F(multi_strerror)
/* clang-format on */

#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
struct curl_lib {
	CURL_FUNCTIONS(CURL_MEMBER)
};
#undef CURL_MEMBER

/* The table, for the rest of the process; NULL with a message where libcurl is missing.  Safe from several threads. */
const struct curl_lib *curl_lib(struct error *err);

#endif
