#include "core/model/failure.h"

/* clang-format off */
const struct failure_type failure_types[FAIL_COUNT] = {
	[FAIL_NONE]              = { "none",              GROUP_NONE },
	[FAIL_PATH_MISSING]      = { "path_missing",      GROUP_PATH },
	[FAIL_IS_DIRECTORY]      = { "is_directory",      GROUP_PATH },
	[FAIL_TOO_LARGE]         = { "too_large",         GROUP_PATH },
	[FAIL_COMMAND_NOT_FOUND] = { "command_not_found", GROUP_ENVIRONMENT },
	[FAIL_MODULE_MISSING]    = { "module_missing",    GROUP_ENVIRONMENT },
	[FAIL_WRONG_VERSION]     = { "wrong_version",     GROUP_ENVIRONMENT },
	[FAIL_MISSING_ENV]       = { "missing_env",       GROUP_ENVIRONMENT },
	[FAIL_UNKNOWN_FLAG]      = { "unknown_flag",      GROUP_USAGE },
	[FAIL_UNKNOWN_TARGET]    = { "unknown_target",    GROUP_USAGE },
	[FAIL_WRONG_CWD]         = { "wrong_cwd",         GROUP_USAGE },
	[FAIL_QUOTING]           = { "quoting",           GROUP_USAGE },
	[FAIL_REJECTED]          = { "rejected",          GROUP_POLICY },
	[FAIL_DENIED]            = { "denied",            GROUP_POLICY },
	[FAIL_SANDBOX]           = { "sandbox",           GROUP_POLICY },
	[FAIL_TRANSIENT]         = { "transient",         GROUP_TRANSIENT },
	[FAIL_TIMEOUT]           = { "timeout",           GROUP_TRANSIENT },
	[FAIL_DEVELOPMENT]       = { "development",       GROUP_DEVELOPMENT },
	[FAIL_DISCIPLINE]        = { "discipline",        GROUP_DISCIPLINE },
	[FAIL_UNKNOWN]           = { "unknown",           GROUP_UNKNOWN },
};
/* clang-format on */
