#include "core/base/csv.h"

#define FORMULA "=+-@\t\r"

void csv_cell(struct buf *out, str text)
{
	bool formula = text.n > 1 && text.p[0] && strchr(FORMULA, text.p[0]); /* "-" alone is none */
	bool quote = formula;

	for (size_t i = 0; i < text.n && !quote; i++)
		quote = text.p[i] && strchr(",\"\r\n", text.p[i]);
	if (!quote) {
		buf_add(out, text);
		return;
	}
	buf_add_ch(out, '"');
	if (formula)
		buf_add_ch(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_add_ch(out, '"');
		buf_add_ch(out, text.p[i]);
	}
	buf_add_ch(out, '"');
}
