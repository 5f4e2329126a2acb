/*
 * failure: the classes a failed call falls into, whatever agent made it.  Groups decide what may become a learning.
 */
#ifndef HEADROOM_MODEL_FAILURE_H
#define HEADROOM_MODEL_FAILURE_H

enum failure {
	FAIL_NONE, /* worked, or an answer that only looks like a failure */
	FAIL_PATH_MISSING,
	FAIL_IS_DIRECTORY,
	FAIL_TOO_LARGE,
	FAIL_COMMAND_NOT_FOUND,
	FAIL_MODULE_MISSING,
	FAIL_WRONG_VERSION,
	FAIL_MISSING_ENV,
	FAIL_UNKNOWN_FLAG,
	FAIL_UNKNOWN_TARGET, /* subcommand, script, target, task */
	FAIL_WRONG_CWD,
	FAIL_QUOTING, /* the shell itself tripped over an unquoted word */
	FAIL_REJECTED,
	FAIL_DENIED,
	FAIL_SANDBOX,
	FAIL_TRANSIENT,
	FAIL_TIMEOUT,
	FAIL_DEVELOPMENT, /* build, test, lint, run-time trace: never a learning */
	FAIL_DISCIPLINE, /* the harness's own rules: report only */
	FAIL_UNKNOWN,
	FAIL_COUNT
};

enum failure_group {
	GROUP_NONE,
	GROUP_PATH,
	GROUP_ENVIRONMENT,
	GROUP_USAGE,
	GROUP_POLICY,
	GROUP_TRANSIENT,
	GROUP_DEVELOPMENT,
	GROUP_DISCIPLINE,
	GROUP_UNKNOWN
};

struct failure_type {
	const char *name; /* as in failures_by_class */
	enum failure_group group;
};

extern const struct failure_type failure_types[FAIL_COUNT];

#endif
