#include "core/base/dynamic.h"

#include <dlfcn.h>
#include <string.h>

#include "core/base/log.h"

static void *open_first(const struct dynamic_library *l)
{
	for (size_t i = 0; i < l->names_n; i++) {
		void *handle = dlopen(l->names[i], RTLD_NOW | RTLD_LOCAL);

		if (handle)
			return handle;
	}
	log_debug("%s: %s", l->title, dlerror());
	return NULL;
}

void *dynamic_open(const struct dynamic_library *l, void *table)
{
	void *handle = open_first(l);

	for (size_t i = 0; handle && i < l->symbols_n; i++) {
		void *symbol = dlsym(handle, l->symbols[i].name);

		if (!symbol) {
			log_debug("%s: no %s", l->title, l->symbols[i].name);
			dlclose(handle);
			return NULL;
		}
		/* ISO C has no conversion from an object pointer to a function pointer; POSIX gives both one shape. */
		memcpy((char *)table + l->symbols[i].offset, &symbol, sizeof(symbol));
	}
	return handle;
}

void dynamic_close(void *handle)
{
	if (handle)
		dlclose(handle);
}
