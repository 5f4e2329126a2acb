#include "analyzers/analyzer.h"

extern const struct analyzer paths_analyzer, large_files_analyzer, search_scope_analyzer, commands_analyzer,
	recovery_analyzer, permission_analyzer;

const struct analyzer *const analyzers[] = {
	&paths_analyzer,
	&large_files_analyzer,
	&search_scope_analyzer,
	&commands_analyzer,
	&recovery_analyzer,
	&permission_analyzer,
	NULL,
};
