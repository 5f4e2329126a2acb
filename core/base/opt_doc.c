/* Help screens and manual pages from option tables. */
#include "core/base/opt.h"

#include <assert.h>

#define PROGRAM "headroom"
#define MIN_COLUMNS 40
#define INDENT 2
#define GAP 2
#define EXAMPLE_INDENT 8 /* of explanations that do not fit beside their example */
/* A left column wider than this has its explanation on the next line. */
#define MAX_LEFT 32
#define MAX_LEFT_BYTES 256

static bool is_program(const struct opt_command *cmd)
{
	return strcmp(cmd->name, PROGRAM) == 0;
}

static void add_call(struct buf *out, const struct opt_command *cmd)
{
	buf_add_c(out, PROGRAM);
	if (!is_program(cmd))
		buf_printf(out, " %s", cmd->name);
}

static bool has_rows(const struct opt *table)
{
	return table && table->name;
}

/* Lines of the form "left\tright". */
static bool next_pair(str *rest, str *left, str *right)
{
	str line;

	if (!str_line(rest, &line))
		return false;
	*right = line;
	if (!str_split(right, '\t', left))
		*left = STR("");
	return true;
}

/* Paragraphs are separated by blank lines; line breaks within one mean no more than spaces. */
static bool next_paragraph(str *rest, str *paragraph)
{
	size_t end = str_find(*rest, STR("\n\n"));

	*paragraph = str_trim(str_sub(*rest, 0, end));
	*rest = end == STR_NONE ? STR("") : str_trim(str_from(*rest, end));
	return paragraph->n > 0;
}

/* ---- help ---- */

/* In cells: option names are ASCII, what explains them may not be. */
static size_t width(str s)
{
	size_t cells = 0;

	for (size_t i = 0; i < s.n; i++)
		cells += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return cells;
}

static void add_spaces(struct buf *out, size_t n)
{
	buf_printf(out, "%*s", (int)n, "");
}

static bool next_word(str *text, str *word)
{
	size_t n = 0;

	*text = str_trim(*text);
	while (n < text->n && text->p[n] != ' ' && text->p[n] != '\n')
		n++;
	*word = str_sub(*text, 0, n);
	*text = str_from(*text, n);
	return n > 0;
}

/* Text from column `at` on, its further lines indented. */
static void add_wrapped(struct buf *out, str text, size_t at, size_t indent, size_t columns)
{
	bool first = true;
	str word;

	while (next_word(&text, &word)) {
		if (!first && at + 1 + width(word) > columns) {
			buf_add_ch(out, '\n');
			add_spaces(out, indent);
			at = indent;
		} else if (!first) {
			buf_add_ch(out, ' ');
			at++;
		}
		buf_add(out, word);
		at += width(word);
		first = false;
	}
	buf_add_ch(out, '\n');
}

static void add_row(struct buf *out, str left, str right, size_t column, size_t columns)
{
	size_t at = INDENT + width(left);

	add_spaces(out, INDENT);
	buf_add(out, left);
	if (right.n && at + GAP > column) {
		buf_add_ch(out, '\n');
		at = 0;
	}
	if (right.n) {
		add_spaces(out, column - at);
		at = column;
	}
	add_wrapped(out, right, at, column, columns);
}

static size_t wider(size_t column, str left)
{
	size_t needs = INDENT + width(left) + GAP;

	return width(left) <= MAX_LEFT && needs > column ? needs : column;
}

/* "-p, --project PATH"; names without a letter stand below those with one. */
static void add_names(struct buf *out, const struct opt *row)
{
	if (row->letter)
		buf_printf(out, "-%c, ", row->letter);
	else
		add_spaces(out, strlen("-x, "));
	buf_printf(out, "--%s", row->name);
	if (row->type == OPT_OPTIONAL)
		buf_printf(out, "[=%s]", row->arg);
	else if (row->type != OPT_FLAG)
		buf_printf(out, " %s", row->arg);
}

static size_t options_column(const struct opt *table, size_t column)
{
	struct buf names;

	buf_init(&names, MAX_LEFT_BYTES);
	for (; has_rows(table); table++) {
		buf_clear(&names);
		add_names(&names, table);
		column = wider(column, buf_str(&names));
	}
	buf_release(&names);
	return column;
}

static void help_rows(struct buf *out, const struct opt *table, size_t column, size_t columns)
{
	struct buf names;

	buf_init(&names, MAX_LEFT_BYTES);
	for (; has_rows(table); table++) {
		buf_clear(&names);
		add_names(&names, table);
		add_row(out, buf_str(&names), str_c(table->help), column, columns);
	}
	buf_release(&names);
}

/* One list, the command's own first: a second heading would push the screen's first line off a small
 * terminal. */
static void help_options(struct buf *out, const struct opt *own, const struct opt *common, size_t column,
			 size_t columns)
{
	if (!has_rows(own) && !has_rows(common))
		return;
	buf_add_c(out, "\nOptions:\n");
	help_rows(out, own, column, columns);
	help_rows(out, common, column, columns);
}

static void help_head(struct buf *out, const struct opt_command *cmd, size_t columns)
{
	str rest = str_c(cmd->about), paragraph;
	size_t start = out->n;

	add_call(out, cmd);
	buf_add_c(out, ": ");
	add_wrapped(out, str_c(cmd->title), out->n - start, INDENT, columns);
	buf_add_ch(out, '\n');
	start = out->n;
	buf_add_c(out, "Usage: ");
	add_call(out, cmd);
	buf_add_ch(out, ' ');
	add_wrapped(out, str_c(cmd->synopsis), out->n - start, out->n - start, columns);
	while (next_paragraph(&rest, &paragraph)) {
		buf_add_ch(out, '\n');
		add_wrapped(out, paragraph, 0, 0, columns);
	}
}

static void help_examples(struct buf *out, const struct opt_command *cmd, size_t columns)
{
	str rest = str_c(cmd->example), call, comment;
	size_t column = 0;

	if (rest.n == 0)
		return;
	while (next_pair(&rest, &call, &comment))
		column = wider(column, call);
	if (column == 0 || column > columns / 2)
		column = EXAMPLE_INDENT;
	buf_add_c(out, "\nExamples:\n");
	rest = str_c(cmd->example);
	while (next_pair(&rest, &call, &comment))
		add_row(out, call, comment, column, columns);
}

static size_t usable(int columns)
{
	return columns < MIN_COLUMNS ? MIN_COLUMNS : (size_t)columns;
}

/* Where explanations start: behind the longest name, yet leaving them half of the screen. */
static size_t shared_column(const struct opt *own, const struct opt *common, size_t columns)
{
	size_t column = options_column(common, options_column(own, 0));

	return column < columns / 2 ? column : columns / 2;
}

void opt_help(const struct opt_command *cmd, const struct opt *common, int columns, struct buf *out)
{
	size_t cells = usable(columns), column = shared_column(cmd->options, common, cells);

	help_head(out, cmd, cells);
	help_options(out, cmd->options, common, column, cells);
	help_examples(out, cmd, cells);
}

void opt_help_main(const struct opt_command *const *cmds, const struct opt *common, int columns,
		   struct buf *out)
{
	const struct opt_command *program = cmds[0];
	size_t cells = usable(columns), column = shared_column(program->options, common, cells);

	assert(is_program(program));
	help_head(out, program, cells);
	buf_add_c(out, "\nCommands:\n");
	for (size_t i = 1; cmds[i]; i++)
		add_row(out, str_c(cmds[i]->name), str_c(cmds[i]->title), column, cells);
	help_options(out, program->options, common, column, cells);
	help_examples(out, program, cells);
	buf_add_ch(out, '\n');
	add_wrapped(out, STR("'" PROGRAM " COMMAND --help' explains a command."), 0, 0, cells);
}

/* ---- manual pages ---- */

/* Text for troff: '-' would become a hyphen that cannot be pasted, '\' starts an escape, and at the start
 * of a line '.' and '\'' start a request. */
static void add_roff(struct buf *out, str text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool starts_line = out->n == 0 || out->p[out->n - 1] == '\n';

		switch (text.p[i]) {
		case '\\':
			buf_add_c(out, "\\e");
			break;
		case '-':
			buf_add_c(out, "\\-");
			break;
		case '.':
		case '\'':
			if (starts_line)
				buf_add_c(out, "\\&");
			buf_add_ch(out, text.p[i]);
			break;
		default:
			buf_add_ch(out, text.p[i]);
		}
	}
}

static void add_roff_line(struct buf *out, str text)
{
	add_roff(out, text);
	buf_add_ch(out, '\n');
}

static void add_bold(struct buf *out, str text)
{
	buf_add_c(out, "\\fB");
	add_roff(out, text);
	buf_add_c(out, "\\fR");
}

static void man_head(struct buf *out, const struct opt_command *cmd, const char *version)
{
	str rest = str_c(cmd->about), paragraph;
	const char *dash = is_program(cmd) ? "" : "-", *name = is_program(cmd) ? "" : cmd->name;

	/* No date: the same source gives the same page. */
	buf_printf(out, ".TH \"" PROGRAM "%s%s\" 1 \"\" \"" PROGRAM " %s\" \"User Commands\"\n", dash, name,
		   version);
	buf_add_c(out, ".SH NAME\n" PROGRAM);
	add_roff(out, str_c(dash));
	add_roff(out, str_c(name));
	buf_add_c(out, " \\- ");
	add_roff_line(out, str_c(cmd->title));
	buf_add_c(out, ".SH SYNOPSIS\n\\fB" PROGRAM);
	if (!is_program(cmd)) {
		buf_add_ch(out, ' ');
		add_roff(out, str_c(name));
	}
	buf_add_c(out, "\\fR ");
	add_roff_line(out, str_c(cmd->synopsis));
	buf_add_c(out, ".SH DESCRIPTION\n");
	for (bool first = true; next_paragraph(&rest, &paragraph); first = false) {
		if (!first)
			buf_add_c(out, ".PP\n");
		add_roff_line(out, paragraph);
	}
}

static void man_options(struct buf *out, const char *title, const struct opt *table)
{
	if (!has_rows(table))
		return;
	buf_printf(out, ".SH %s\n", title);
	for (; table->name; table++) {
		buf_add_c(out, ".TP\n");
		if (table->letter) {
			const char name[] = { '-', table->letter, '\0' };

			add_bold(out, str_c(name));
			buf_add_c(out, ", ");
		}
		buf_add_c(out, "\\fB\\-\\-");
		add_roff(out, str_c(table->name));
		buf_add_c(out, "\\fR");
		if (table->type != OPT_FLAG) {
			buf_add_c(out, table->type == OPT_OPTIONAL ? "[=\\fI" : " \\fI");
			add_roff(out, str_c(table->arg));
			buf_add_c(out, table->type == OPT_OPTIONAL ? "\\fR]" : "\\fR");
		}
		buf_add_ch(out, '\n');
		add_roff_line(out, str_c(table->help));
	}
}

static void man_pairs(struct buf *out, const char *title, const char *lines)
{
	str rest = str_c(lines), left, right;

	if (rest.n == 0)
		return;
	buf_printf(out, ".SH %s\n", title);
	while (next_pair(&rest, &left, &right)) {
		buf_add_c(out, ".TP\n");
		add_bold(out, left);
		buf_add_ch(out, '\n');
		add_roff_line(out, right);
	}
}

void opt_man(const struct opt_command *cmd, const struct opt *common, const char *version, struct buf *out)
{
	man_head(out, cmd, version);
	man_options(out, "OPTIONS", cmd->options);
	man_options(out, "COMMON OPTIONS", common);
	man_pairs(out, "EXAMPLES", cmd->example);
	man_pairs(out, "FILES", cmd->files);
	buf_add_c(out, ".SH SEE ALSO\n\\fB" PROGRAM "\\fR(1)\n");
}

void opt_man_main(const struct opt_command *const *cmds, const struct opt *common, const char *version,
		  struct buf *out)
{
	const struct opt_command *program = cmds[0];

	assert(is_program(program));
	man_head(out, program, version);
	buf_add_c(out, ".SH COMMANDS\n");
	for (size_t i = 1; cmds[i]; i++) {
		buf_add_c(out, ".TP\n");
		add_bold(out, str_c(cmds[i]->name));
		buf_add_ch(out, '\n');
		add_roff_line(out, str_c(cmds[i]->title));
	}
	man_options(out, "OPTIONS", program->options);
	man_options(out, "COMMON OPTIONS", common);
	man_pairs(out, "EXAMPLES", program->example);
	man_pairs(out, "FILES", program->files);
	buf_add_c(out, ".SH SEE ALSO\n");
	for (size_t i = 1; cmds[i]; i++) {
		buf_add_c(out, "\\fB" PROGRAM "\\-");
		add_roff(out, str_c(cmds[i]->name));
		buf_printf(out, "\\fR(1)%s\n", cmds[i + 1] ? "," : "");
	}
}
