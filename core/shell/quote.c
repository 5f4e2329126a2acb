/*
 * quote: the inverse of reading a word.
 */
#include "core/base/buf.h"
#include "core/shell/shell.h"

/* Bytes that need no quotes anywhere in a word, but for a leading '=' (zsh). */
static bool is_bare(str word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

	if (word.n == 0 || word.p[0] == '=')
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (!memchr(safe, word.p[i], sizeof(safe) - 1))
			return false;
	}
	return true;
}

void shell_quote(struct buf *out, str word)
{
	str piece;

	if (is_bare(word)) {
		buf_add(out, word);
		return;
	}
	buf_add_ch(out, '\'');
	for (bool first = true; str_split(&word, '\'', &piece); first = false) {
		if (!first)
			buf_add_c(out, "'\\''");
		buf_add(out, piece);
	}
	buf_add_ch(out, '\'');
}
