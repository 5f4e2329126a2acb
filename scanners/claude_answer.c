#include "scanners/claude_answer.h"

#include "core/token/model_name.h"

/*
 * A signature is base64 of the thinking, encrypted, and some 175 bytes: 160 bytes of thinking have one of 448
 * characters, 1,208 one of 1,828; of 205 that can be compared half agree to 1 % and 9 of 10 to a tenth of the bytes.
 * The rest are longer than what is shown, which is a summary then.  What is sent again is what was signed, so a log
 * that keeps the thinking back, all or some of it, still says how long it was.
 */
#define SIGNATURE_EXTRA 175

static uint64_t signed_bytes(struct jval signature)
{
	uint64_t bytes = signature.type == J_STRING ? signature.raw.n / 4 * 3 : 0;

	return bytes > SIGNATURE_EXTRA ? bytes - SIGNATURE_EXTRA : 0;
}

uint64_t claude_hidden_thinking(const struct claude_block *b)
{
	const uint64_t whole = signed_bytes(b->signature.type == J_STRING ? b->signature : b->data),
		       shown = b->thinking.type == J_STRING ? jstr_length(b->thinking.raw) : 0;

	return whole > shown ? whole - shown : 0;
}

/* Newer versions keep a plan in a file and write it into the log's call, where the model had not put it. */
bool claude_call_made(const struct claude_block *b)
{
	if (jval_is(b->name, "ExitPlanMode") && jget(b->input, "planFilePath").type != J_NONE)
		return false;
	return b->input.type != J_NONE;
}

/*
 * The first models that think drop the thinking of earlier turns.  The others keep it: behind 74 turns of Opus 4.6, 4.7
 * and 4.8 with more than 300 tokens of thinking, 178,904 in all, the next requests had grown by 99 % of it, and one
 * session of Sonnet 4.5 is explained to 1,300 tokens with its 7,250 of thinking, and not without.  For the older ones there is one such turn, of
 * Opus 4.1, and it was dropped.
 */
bool claude_forgets_thinking(str model)
{
	static const char *const names[] = {
		"claude-opus-4", "claude-opus-4-0", "claude-opus-4-1", "claude-sonnet-4", "claude-sonnet-4-0",
	};
	char space[MODEL_NAME_MAX];
	str name = model_name_plain(model, space);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq_c(name, names[i]))
			return true;
	return model_name_begins(name, "claude-3");
}
