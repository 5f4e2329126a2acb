#include "scanners/claude.h"
#include "scanners/scanner.h"

const struct scanner *const scanners[] = {
	&claude_scanner,
	NULL,
};

const struct scanner *scanner_by_name(str name)
{
	for (const struct scanner *const *s = scanners; *s; s++)
		if (str_eq_c(name, (*s)->name))
			return *s;
	return NULL;
}
