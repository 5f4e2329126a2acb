#include "core/base/utf8.h"

#include <assert.h>

#define REPLACEMENT 0xfffd

uint32_t utf8_decode(str s, size_t *len)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead;
	uint32_t cp;
	size_t n;

	assert(s.n > 0);
	lead = (unsigned char)s.p[0];
	*len = 1;
	if (lead < 0x80)
		return lead;
	if (lead < 0xc2 || lead > 0xf4)
		return REPLACEMENT;
	n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (s.n < n)
		return REPLACEMENT;
	cp = lead & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c & 0xc0) != 0x80)
			return REPLACEMENT;
		cp = cp << 6 | (c & 0x3f);
	}
	if (cp < smallest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return REPLACEMENT;
	*len = n;
	return cp;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/* Length of the ASCII prefix, eight bytes at a time: most of what we read is ASCII. */
static size_t ascii_prefix(str s)
{
	size_t i = 0;
	uint64_t word;

	for (; s.n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		if (word & 0x8080808080808080ULL)
			break;
	}
	while (i < s.n && !((unsigned char)s.p[i] & 0x80))
		i++;
	return i;
}

bool utf8_valid(str s)
{
	size_t len;

	for (;;) {
		s = str_from(s, ascii_prefix(s));
		if (s.n == 0)
			return true;
		if (utf8_decode(s, &len) == REPLACEMENT && len == 1)
			return false;
		s = str_from(s, len);
	}
}

/* Sorted.  Blank or invisible in common fonts, able to reorder or to hide text, or without a meaning of
 * their own. */
static const struct range {
	uint32_t first, last;
} unsafe_ranges[] = {
	{ 0x00, 0x1f }, /* C0 */
	{ 0x7f, 0x9f }, /* DEL, C1 */
	{ 0xad, 0xad }, /* soft hyphen */
	{ 0x34f, 0x34f }, /* combining grapheme joiner */
	{ 0x61c, 0x61c }, /* Arabic letter mark */
	{ 0x115f, 0x1160 }, /* Hangul fillers */
	{ 0x17b4, 0x17b5 }, /* Khmer inherent vowels */
	{ 0x180b, 0x180f }, /* Mongolian selectors and vowel separator */
	{ 0x200b, 0x200f }, /* zero width, directional marks */
	{ 0x2028, 0x202e }, /* line and paragraph separators, bidi embeddings and overrides */
	{ 0x2060, 0x206f }, /* word joiner, invisible operators, bidi isolates */
	{ 0x3164, 0x3164 }, /* Hangul filler */
	{ 0xd800, 0xf8ff }, /* surrogates, private use */
	{ 0xfdd0, 0xfdef }, /* noncharacters */
	{ 0xfe00, 0xfe0f }, /* variation selectors, which can carry hidden bytes */
	{ 0xfeff, 0xfeff }, /* byte order mark */
	{ 0xffa0, 0xffa0 }, /* half-width Hangul filler */
	{ 0xfff0, 0xffff }, /* specials: annotation, object and character replacement, noncharacters */
	{ 0x13430, 0x1345f }, /* Egyptian format controls */
	{ 0x1bca0, 0x1bca3 }, /* shorthand format controls */
	{ 0x1d173, 0x1d17a }, /* musical format controls */
	{ 0xe0000, 0xe0fff }, /* tags, more variation selectors */
	{ 0xf0000, UINT32_MAX }, /* private use planes, beyond Unicode */
};

bool utf8_is_unsafe(uint32_t cp)
{
	size_t low = 0, high = sizeof(unsafe_ranges) / sizeof(*unsafe_ranges);

	if (cp >= ' ' && cp < 0x7f)
		return false;
	if ((cp & 0xfffe) == 0xfffe) /* the last two of every plane are noncharacters */
		return true;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cp < unsafe_ranges[middle].first)
			high = middle;
		else if (cp > unsafe_ranges[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

bool utf8_has_unsafe(str s)
{
	size_t len;

	for (; s.n; s = str_from(s, len))
		if (utf8_is_unsafe(utf8_decode(s, &len)))
			return true;
	return false;
}

void utf8_escape(struct buf *out, str s, bool keep_newlines)
{
	size_t run = 0, len; /* s[0, run) is safe and not yet copied */
	uint32_t cp;

	while (run < s.n) {
		cp = utf8_decode(str_from(s, run), &len);
		if (!utf8_is_unsafe(cp) || (keep_newlines && (cp == '\n' || cp == '\t'))) {
			run += len;
			continue;
		}
		buf_add(out, str_sub(s, 0, run));
		if (len == 1) /* a control byte, or a byte that is not UTF-8 */
			buf_printf(out, "\\x%02x", (unsigned char)s.p[run]);
		else
			buf_printf(out, "\\u{%x}", (unsigned)cp);
		s = str_from(s, run + len);
		run = 0;
	}
	buf_add(out, s);
}

/* From, to, and columns; sorted.  Blocks of Unicode 15, East Asian Width W and F, and general category Mn. */
static const struct {
	uint32_t from, to;
	size_t columns;
} widths[] = {
	{ 0x0300, 0x036f, 0 },	 { 0x0483, 0x0489, 0 },	  { 0x0591, 0x05bd, 0 },   { 0x0610, 0x061a, 0 },
	{ 0x064b, 0x065f, 0 },	 { 0x1100, 0x115f, 2 },	  { 0x1ab0, 0x1aff, 0 },   { 0x1dc0, 0x1dff, 0 },
	{ 0x20d0, 0x20ff, 0 },	 { 0x2e80, 0x303e, 2 },	  { 0x3041, 0x4dbf, 2 },   { 0x4e00, 0xa4cf, 2 },
	{ 0xa960, 0xa97c, 2 },	 { 0xac00, 0xd7a3, 2 },	  { 0xf900, 0xfaff, 2 },   { 0xfe20, 0xfe2f, 0 },
	{ 0xfe30, 0xfe6f, 2 },	 { 0xff00, 0xff60, 2 },	  { 0xffe0, 0xffe6, 2 },   { 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 },
};

static size_t columns_of(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths) && cp >= widths[i].from; i++)
		if (cp <= widths[i].to)
			return widths[i].columns;
	return 1;
}

size_t utf8_columns(str s)
{
	size_t n = 0, len;

	for (; s.n; s = str_from(s, len))
		n += columns_of(utf8_decode(s, &len));
	return n;
}
