/*
 * fuzz_shell: any bytes are read without harm; sources lie in the text; a word that is quoted and read again is the
 * same word.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/shell/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_word(struct arena *a, struct buf *out, str word)
{
	struct shell_script again;

	buf_clear(out);
	buf_add_c(out, "x ");
	shell_quote(out, word);
	shell_parse(a, buf_str(out), &again);
	require(!again.incomplete && again.n == 1 && again.commands[0].n == 2);
	require(str_eq(again.commands[0].words[1].text, word));
	require(!again.commands[0].words[1].dynamic && !again.commands[0].words[1].glob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct shell_script script;
	struct arena a;
	struct buf out;

	arena_init(&a);
	buf_init(&out, 8 * size + 16);
	shell_parse(&a, text, &script);
	require(script.n <= SHELL_MAX_COMMANDS);
	for (size_t i = 0; i < script.n; i++) {
		const struct shell_command *c = &script.commands[i];

		require(c->source.p >= text.p && c->source.p + c->source.n <= text.p + text.n);
		require((c->join == JOIN_FIRST) == (i == 0));
		require(c->n <= SHELL_MAX_WORDS && c->n + c->assigns_n + c->redirects_n > 0);
		for (size_t w = 0; w < c->n; w++)
			check_word(&a, &out, c->words[w].text);
	}
	buf_release(&out);
	arena_release(&a);
	return 0;
}
