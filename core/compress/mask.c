#include "core/compress/mask.h"

enum {
	UUID_LENGTH = 36,
	HASH_DIGITS = 8, /* hexadecimal digits with a decimal one among them that make a hash, not a word */
	TIME_DIGITS = 4,
	QUOTED_MAX = 200, /* bytes between quotes */
};

/* Classes of bytes: what a token is made of. */
enum {
	DIGIT = 1,
	ALPHA = 2,
	HEX = 4,
	JOIN = 8, /* inside identifiers and paths */
	SPACE = 16,
	NOT_HEX = 32
};

/* What stands for the masked, beyond any byte. */
enum {
	MARK_NUMBER = 256,
	MARK_HEX,
	MARK_UUID,
	MARK_NAME
};

/* clang-format off */
#define D (DIGIT | HEX)
#define H (ALPHA | HEX)
#define A ALPHA
#define A16 A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A
static const unsigned char classes[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, SPACE, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	SPACE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, JOIN, 0, JOIN, JOIN, JOIN, /* + - . / */
	D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
	JOIN, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A, /* @ */
	A, A, A, A, A, A, A, A, A, A, A, 0, JOIN, 0, 0, JOIN, /* \ _ */
	0, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A,
	A, A, A, A, A, A, A, A, A, A, A, 0, 0, 0, 0, 0,
	A16, A16, A16, A16, A16, A16, A16, A16, /* any part of UTF-8 */
};
#undef D
#undef H
#undef A
#undef A16
/* clang-format on */

static inline unsigned class_at(str s, size_t i)
{
	return i < s.n ? classes[(unsigned char)s.p[i]] : 0;
}

static inline uint64_t feed(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x9e3779b97f4a7c15ULL + (hash >> 29);
}

/* Behind the date and clock at the beginning of a line, in brackets or not. */
static size_t time_end(str line)
{
	size_t i = 0, digits = 0;

	while (i < line.n && (class_at(line, i) & (DIGIT | SPACE) || memchr("[]:.,-/+TZ", line.p[i], 10))) {
		digits += class_at(line, i) & DIGIT;
		i++;
	}
	return digits >= TIME_DIGITS ? i : 0;
}

uint64_t mask_time(str line)
{
	return str_hash(str_from(line, time_end(line)));
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool is_uuid(str s)
{
	if (s.n < UUID_LENGTH)
		return false;
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? s.p[i] != '-' : !(class_at(s, i) & HEX))
			return false;
	}
	return !(class_at(s, UUID_LENGTH) & (ALPHA | DIGIT));
}

/* A number behind one of these says what happened, not to whom. */
static bool names_code(str word)
{
	static const char *const words[] = { "status", "code", "http", "errno", "exit", "signal", "error" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_ieq(word, str_c(words[i])))
			return true;
	return false;
}

/* A run of letters and digits: how it counts depends on what it is. */
static uint64_t feed_word(uint64_t hash, str word, unsigned all, bool raw)
{
	bool number = classes[(unsigned char)word.p[0]] & DIGIT, in_digits = false;

	if (all & DIGIT && !raw) {
		if (word.n > 2 && word.p[0] == '0' && (word.p[1] | ' ') == 'x')
			return feed(hash, MARK_HEX);
		if (word.n >= HASH_DIGITS && !(all & NOT_HEX))
			return feed(hash, MARK_HEX);
	}
	for (size_t i = 0; i < word.n; i++) {
		bool digit = classes[(unsigned char)word.p[i]] & DIGIT;

		if (number && digit && !raw) {
			if (!in_digits)
				hash = feed(hash, MARK_NUMBER);
		} else {
			hash = feed(hash, (unsigned char)word.p[i]);
		}
		in_digits = digit;
	}
	return hash;
}

uint64_t mask_message(str line)
{
	uint64_t hash = 1;
	bool coded = false; /* behind "status", so that the next number counts */
	bool dotted = false, located = false; /* in a name with a dot; behind "file.c:", likewise */

	for (size_t i = time_end(line), from; i < line.n;) {
		unsigned class = class_at(line, i), all = 0;

		if (!(class & (ALPHA | DIGIT))) {
			dotted = class & JOIN && (dotted || line.p[i] == '.');
			located = located && (line.p[i] == ':' || line.p[i] == '(' || line.p[i] == ',');
			coded = coded && (class & SPACE || memchr(":=#(", line.p[i], 4));
			if (!(class & SPACE && i && class_at(line, i - 1) & SPACE))
				hash = feed(hash, (unsigned char)line.p[i]);
			i++;
			continue;
		}
		if (class & HEX && is_uuid(str_from(line, i))) {
			hash = feed(hash, MARK_UUID);
			i += UUID_LENGTH;
			continue;
		}
		from = i;
		while ((class = class_at(line, i)) & (ALPHA | DIGIT)) {
			all |= class | (class & HEX ? 0 : NOT_HEX);
			i++;
		}
		str word = str_sub(line, from, i - from);
		hash = feed_word(hash, word, all, coded || located);
		coded = names_code(word);
		located = located || (dotted && all & ALPHA);
	}
	return hash;
}

/* Behind the text in quotes that begins at i, i if there is none. */
static size_t quoted_end(str line, size_t i)
{
	char quote = line.p[i];
	size_t end;

	if ((quote != '\'' && quote != '"' && quote != '`') || (i && class_at(line, i - 1) & (ALPHA | DIGIT)))
		return i;
	end = str_chr(str_sub(line, i + 1, QUOTED_MAX), quote);
	return end == STR_NONE ? i : i + end + 2;
}

uint64_t mask_kind(str line)
{
	uint64_t hash = 1;
	bool name = false; /* several names in a row are one */

	for (size_t i = 0, quoted; i < line.n;) {
		unsigned class = class_at(line, i), all = 0, before = 0;
		uint64_t word = 1;
		bool camel = false;

		if (!(class & (ALPHA | DIGIT | JOIN))) {
			quoted = quoted_end(line, i);
			if (quoted > i && !name)
				hash = feed(hash, MARK_NAME);
			name = name || quoted > i;
			i = quoted > i ? quoted : i + 1;
			continue;
		}
		for (; class & (ALPHA | DIGIT | JOIN); class = class_at(line, ++i)) {
			unsigned char c = (unsigned char)line.p[i];

			if (before & JOIN) /* one at the end joins nothing */
				all |= JOIN;
			if (c >= 'A' && c <= 'Z')
				camel = camel || (before && line.p[i - 1] >= 'a' && line.p[i - 1] <= 'z');
			all |= class & DIGIT;
			before = class;
			if (!(class & JOIN))
				word = feed(word, c);
		}
		if (!(all & (DIGIT | JOIN)) && !camel) {
			hash = feed(hash, word);
			name = false;
		} else if (!name) {
			hash = feed(hash, MARK_NAME);
			name = true;
		}
	}
	return hash;
}
