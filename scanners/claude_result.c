#include "scanners/claude_result.h"

#define MEASURED 512 /* bytes of a text whose unescaped length is counted */

/*
 * The harness's sentences.  They stand at the beginning of the text of a failed call, behind an optional
 * <tool_use_error> and an optional "Error: ".  `also` must occur in the same head; the first row that fits
 * decides.
 */
static const struct phrase {
	const char *start, *also;
	enum outcome outcome;
} phrases[] = {
	{ "File does not exist.", NULL, OUTCOME_MISSING },
	{ "Notebook file does not exist.", NULL, OUTCOME_MISSING },
	{ "Path does not exist", NULL, OUTCOME_MISSING },
	{ "Directory does not exist", NULL, OUTCOME_MISSING },
	{ "ENOENT: no such file or directory", NULL, OUTCOME_MISSING },
	{ "EISDIR: illegal operation on a directory", NULL, OUTCOME_IS_DIRECTORY },
	{ "File content (", "exceeds maximum allowed", OUTCOME_TOO_LARGE },

	{ "The user doesn't want to proceed with this tool use", "the user said:", OUTCOME_REJECTED_REASON },
	{ "The user doesn't want to proceed with this tool use", NULL, OUTCOME_REJECTED },
	{ "The user wants to clarify these questions", NULL, OUTCOME_REJECTED_REASON },
	{ "The agent proposed a plan that was rejected by the user", NULL, OUTCOME_REJECTED },
	{ "User rejected tool use", NULL, OUTCOME_REJECTED },

	{ "The user doesn't want to take this action right now", NULL, OUTCOME_CANCELLED },
	{ "Sibling tool call errored", NULL, OUTCOME_CANCELLED },
	{ "Cancelled: parallel tool call", NULL, OUTCOME_CANCELLED },
	{ "[Request interrupted by user", NULL, OUTCOME_CANCELLED },
	{ "Interrupted by user", NULL, OUTCOME_CANCELLED },
	{ "Streaming fallback - tool execution discarded", NULL, OUTCOME_CANCELLED },
	{ "Tool permission stream closed before response received", NULL, OUTCOME_CANCELLED },
	{ "", "auto mode cannot determine the safety of", OUTCOME_CANCELLED }, /* its judge is out of order */

	{ "Claude requested permissions to ", NULL, OUTCOME_DENIED },
	{ "Permission to use ", NULL, OUTCOME_DENIED },
	{ "Permission for this ", "denied", OUTCOME_DENIED },
	{ "This command requires approval", NULL, OUTCOME_DENIED },
	{ "File is in a directory that is denied by your permission settings", NULL, OUTCOME_DENIED },
	{ "File is in a directory that is ignored by your project configuration", NULL, OUTCOME_DENIED },
	{ "", "was blocked. For security, Claude Code may only", OUTCOME_DENIED },
	{ "PreToolUse:", " hook error: ", OUTCOME_DENIED },
	{ "", " operation blocked by hook", OUTCOME_DENIED },

	{ "File has not been read yet", NULL, OUTCOME_DISCIPLINE },
	{ "File has been modified since read", NULL, OUTCOME_DISCIPLINE },
	{ "File has been unexpectedly modified", NULL, OUTCOME_DISCIPLINE },
	{ "File is a Jupyter Notebook", NULL, OUTCOME_DISCIPLINE },
	{ "String to replace not found", NULL, OUTCOME_DISCIPLINE },
	{ "String not found in file", NULL, OUTCOME_DISCIPLINE },
	{ "Found ", "matches of the string to replace", OUTCOME_DISCIPLINE },
	{ "No changes to make", NULL, OUTCOME_DISCIPLINE },
	{ "Cannot create new file - file already exists", NULL, OUTCOME_DISCIPLINE },
	{ "This tool cannot read binary files", NULL, OUTCOME_DISCIPLINE },
	{ "InputValidationError", NULL, OUTCOME_DISCIPLINE },
	{ "No such tool available", NULL, OUTCOME_DISCIPLINE },
	{ "Unknown skill", NULL, OUTCOME_DISCIPLINE },
	{ "Blocked: sleep", NULL, OUTCOME_DISCIPLINE },
	{ "No task found with ID", NULL, OUTCOME_DISCIPLINE },
	{ "No shell found with ID", NULL, OUTCOME_DISCIPLINE },
	{ "Shell ", "is not running, so cannot be killed", OUTCOME_DISCIPLINE },

	{ "Command timed out after ", NULL, OUTCOME_TIMEOUT },
};

static bool is_true(struct jval v)
{
	return v.type == J_TRUE;
}

/* Of a long text, which nothing needs to the byte, as many as its beginning promises. */
static uint64_t length_of(str raw)
{
	size_t head = jstr_length(str_sub(raw, 0, MEASURED));

	return raw.n <= MEASURED ? head : (uint64_t)((double)raw.n * (double)head / MEASURED);
}

static void add_text(struct event *e, str raw)
{
	e->text_bytes += length_of(raw);
	/* With more parts than fit, the last place goes to the last part. */
	if (e->text_parts < EVENT_TEXT_PARTS)
		e->text_parts++;
	e->text[e->text_parts - 1] = raw;
}

static void take_text(struct event *e, struct jval content)
{
	struct jval text;
	struct jit it;

	if (content.type == J_STRING)
		add_text(e, content.raw);
	if (content.type != J_ARRAY)
		return;
	jit_init(&it, content);
	while (jit_next(&it)) {
		text = jget(it.value, "text");
		if (text.type == J_STRING)
			add_text(e, text.raw);
	}
}

static bool skip(str *text, const char *prefix)
{
	if (!str_starts_c(*text, prefix))
		return false;
	*text = str_from(*text, strlen(prefix));
	return true;
}

/* "Exit code 127" and what follows, behind it. */
static bool take_exit_code(str *text, int *code)
{
	str line, rest = *text;
	uint64_t n;

	if (!skip(&rest, "Exit code ") || !str_line(&rest, &line) || !str_u64(line, &n) || n > 255)
		return false;
	*code = (int)n;
	*text = rest;
	return true;
}

/* "File does not exist. Did you mean src/main.c?" */
static str hint_of(str text)
{
	static const char question[] = "Did you mean ";
	size_t at = str_find(text, str_c(question));
	str rest, hint = STR("");

	if (at == STR_NONE)
		return hint;
	rest = str_from(text, at + strlen(question));
	str_line(&rest, &hint);
	at = str_rchr(hint, '?');
	return at == STR_NONE ? STR("") : str_sub(hint, 0, at);
}

static const struct phrase *find_phrase(str text)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (str_starts_c(text, phrases[i].start) &&
		    (!phrases[i].also || str_has_c(text, phrases[i].also)))
			return &phrases[i];
	return NULL;
}

static enum outcome failure(const struct claude_record *r, str text, struct event *e)
{
	const struct phrase *phrase;

	skip(&text, "Error: ");
	if (take_exit_code(&text, &e->exit_code) && !str_starts_c(text, "Command timed out after "))
		return str_has_c(text, "<sandbox_violations>") ? OUTCOME_SANDBOX : OUTCOME_ERROR;
	phrase = find_phrase(text);
	if (phrase) {
		if (phrase->outcome == OUTCOME_MISSING)
			e->hint = hint_of(text);
		return phrase->outcome;
	}
	if (is_true(r->interrupted))
		return OUTCOME_CANCELLED;
	if (jval_is(r->result, "User rejected tool use")) /* then the text is all the user's own */
		return OUTCOME_REJECTED_REASON;
	if (r->denial.type == J_STRING)
		return jval_is(r->denial, "user-rejected") ? OUTCOME_REJECTED : OUTCOME_DENIED;
	return OUTCOME_ERROR;
}

static enum outcome success(const struct claude_record *r, str text, struct event *e)
{
	/* Once seen in a result that is not marked as an error. */
	if (str_starts_c(text, "Permission to use ") && str_has_c(text, "has been auto-denied"))
		return OUTCOME_DENIED;
	if (is_true(r->interrupted))
		return OUTCOME_CANCELLED;
	if (str_starts_c(text, "Command running in background with ID") ||
	    r->background_task.type == J_STRING || jval_is(r->result_status, "async_launched"))
		return OUTCOME_BACKGROUND;
	e->exit_benign = r->interpretation.type == J_STRING;
	return OUTCOME_OK;
}

/* Whether the text of a call that did not fail may begin with one of the few sentences that matter
 * nevertheless: <tool_use_error>, "Permission to use", "Command running"; or with an escape.  Nearly all do
 * not. */
static bool may_be_marked(const struct event *e)
{
	return e->text_parts > 0 && e->text[0].n > 0 && strchr("<PC\\", *e->text[0].p);
}

void claude_result(const struct claude_record *r, const struct claude_block *b, struct buf *head,
		   struct event *e)
{
	bool wrapped;
	str text;

	take_text(e, b->content);
	if (e->text_parts == 0 && r->result.type == J_STRING)
		add_text(e, r->result.raw);
	e->exit_code = -1;
	buf_clear(head);
	if (is_true(b->is_error) || may_be_marked(e))
		event_text_head(head, e, CLAUDE_HEAD_MAX);
	text = buf_str(head);
	wrapped = skip(&text, "<tool_use_error>");
	if (is_true(b->is_error))
		skip(&text, "<error>");
	e->outcome = wrapped || is_true(b->is_error) ? failure(r, text, e) : success(r, text, e);
}
