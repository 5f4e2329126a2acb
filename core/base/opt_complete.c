/* Shell completion from option tables. */
#include "core/base/opt.h"

#include <assert.h>

/* Text within single quotes of a shell; zsh's specifications and fish's strings have escapes of their own. */
static void add_quoted(struct buf *out, str text, const char *special, const char *quote)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'') {
			buf_add_c(out, quote);
			continue;
		}
		if (strchr(special, text.p[i]))
			buf_add_ch(out, '\\');
		buf_add_ch(out, text.p[i]);
	}
}

/* "a|b|c" as "a b c" */
static void add_choices(struct buf *out, const struct opt *row)
{
	str rest = str_c(row->arg), choice;

	for (bool first = true; str_split(&rest, '|', &choice); first = false) {
		if (!first)
			buf_add_ch(out, ' ');
		buf_add(out, choice);
	}
}

/* ---- bash: a word list for each command, choices by the word before; otherwise readline's file names ---- */

static void bash_choices(struct buf *out, const char *command, const struct opt *table)
{
	for (; table && table->name; table++) {
		if (table->type != OPT_CHOICE)
			continue;
		buf_printf(out, "\t%s:--%s", command, table->name);
		if (table->letter)
			buf_printf(out, "|%s:-%c", command, table->letter);
		buf_add_c(out, ")\n\t\tCOMPREPLY=($(compgen -W '");
		add_choices(out, table);
		buf_add_c(out, "' -- \"$cur\"))\n\t\treturn\n\t\t;;\n");
	}
}

static void bash_names(struct buf *out, const struct opt *table)
{
	for (; table && table->name; table++)
		buf_printf(out, " --%s", table->name);
}

static void bash(const struct opt_command *const *cmds, const struct opt *common, struct buf *out)
{
	buf_add_c(out,
		  "# bash completion for headroom\n"
		  "_headroom()\n"
		  "{\n"
		  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=$((COMP_CWORD - 1)) command= word words=\n"
		  "\n"
		  "\t# --name=value comes as three words\n"
		  "\tif [[ $cur == '=' ]]; then\n"
		  "\t\tcur=\n"
		  "\telif [[ ${COMP_WORDS[before]} == '=' ]]; then\n"
		  "\t\tbefore=$((before - 1))\n"
		  "\tfi\n"
		  "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		  "\t\tcase $word in\n"
		  "\t\t");
	for (size_t i = 1; cmds[i]; i++)
		buf_printf(out, "%s%s", i > 1 ? "|" : "", cmds[i]->name);
	buf_add_c(out, ")\n"
		       "\t\t\tcommand=$word\n"
		       "\t\t\tbreak\n"
		       "\t\t\t;;\n"
		       "\t\tesac\n"
		       "\tdone\n"
		       "\tcase $command:${COMP_WORDS[before]} in\n");
	bash_choices(out, "", cmds[0]->options);
	for (size_t i = 1; cmds[i]; i++)
		bash_choices(out, cmds[i]->name, cmds[i]->options);
	bash_choices(out, "*", common);
	buf_add_c(out, "\tesac\n"
		       "\tcase $command in\n"
		       "\t'')\n"
		       "\t\twords='");
	for (size_t i = 1; cmds[i]; i++)
		buf_printf(out, "%s%s", i > 1 ? " " : "", cmds[i]->name);
	bash_names(out, cmds[0]->options);
	buf_add_c(out, "'\n\t\t;;\n");
	for (size_t i = 1; cmds[i]; i++) {
		buf_printf(out, "\t%s)\n\t\twords='", cmds[i]->name);
		bash_names(out, cmds[i]->options);
		buf_add_c(out, "'\n\t\t;;\n");
	}
	buf_add_c(out, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words");
	bash_names(out, common);
	buf_add_c(out, "\" -- \"$cur\"))\n"
		       "}\n"
		       "complete -o default -F _headroom headroom\n");
}

/* ---- zsh: _arguments specifications ---- */

#define ZSH_SPECIAL "\\:[]"
#define ZSH_QUOTE "'\\''"

static void zsh_spec(struct buf *out, const struct opt *row, bool letter)
{
	buf_add_c(out, " \\\n\t\t\t'");
	if (row->type == OPT_LIST)
		buf_add_ch(out, '*');
	else if (row->letter)
		buf_printf(out, "(-%c --%s)", row->letter, row->name);
	if (letter)
		buf_printf(out, "-%c", row->letter);
	else
		buf_printf(out, "--%s", row->name);
	/* "-" wants the value in the same word; "+" and "=" take it there or in the next. */
	if (row->type == OPT_OPTIONAL)
		buf_add_c(out, letter ? "-" : "=-");
	else if (row->type != OPT_FLAG)
		buf_add_c(out, letter ? "+" : "=");
	buf_add_ch(out, '[');
	add_quoted(out, str_c(row->help), ZSH_SPECIAL, ZSH_QUOTE);
	buf_add_ch(out, ']');
	if (row->type == OPT_CHOICE) {
		buf_add_c(out, ":choice:(");
		add_choices(out, row);
		buf_add_ch(out, ')');
	} else if (row->type != OPT_FLAG) {
		buf_printf(out, "%s%s:%s", row->type == OPT_OPTIONAL ? "::" : ":", row->arg,
			   row->type == OPT_INT ? " " : "_files");
	}
	buf_add_ch(out, '\'');
}

static void zsh_specs(struct buf *out, const struct opt *table)
{
	for (; table && table->name; table++) {
		if (table->letter)
			zsh_spec(out, table, true);
		zsh_spec(out, table, false);
	}
}

static void zsh(const struct opt_command *const *cmds, const struct opt *common, struct buf *out)
{
	buf_add_c(out, "#compdef headroom\n"
		       "_headroom()\n"
		       "{\n"
		       "\tlocal curcontext=$curcontext state line\n"
		       "\tlocal -a commands common\n"
		       "\n"
		       "\tcommands=(");
	for (size_t i = 1; cmds[i]; i++) {
		buf_printf(out, " \\\n\t\t\t'%s:", cmds[i]->name);
		add_quoted(out, str_c(cmds[i]->title), "\\", ZSH_QUOTE);
		buf_add_ch(out, '\'');
	}
	buf_add_c(out, ")\n\tcommon=(");
	zsh_specs(out, common);
	buf_add_c(out, ")\n\t_arguments -C $common");
	zsh_specs(out, cmds[0]->options);
	buf_add_c(out, " \\\n\t\t\t'1:command:->command' '*::argument:->argument'\n"
		       "\tcase $state in\n"
		       "\tcommand)\n"
		       "\t\t_describe command commands\n"
		       "\t\t;;\n"
		       "\targument)\n"
		       "\t\tcase $words[1] in\n");
	for (size_t i = 1; cmds[i]; i++) {
		buf_printf(out, "\t\t%s)\n\t\t\t_arguments $common", cmds[i]->name);
		zsh_specs(out, cmds[i]->options);
		buf_add_c(out, " \\\n\t\t\t'*:file:_files'\n\t\t\t;;\n");
	}
	buf_add_c(out, "\t\tesac\n"
		       "\t\t;;\n"
		       "\tesac\n"
		       "}\n"
		       "_headroom \"$@\"\n");
}

/* ---- fish: a line for each command and option ---- */

#define FISH_SPECIAL "\\"
#define FISH_QUOTE "\\'"

static const char no_command[] = "__fish_use_subcommand";

static void fish_options(struct buf *out, const char *condition, const struct opt *table)
{
	for (; table && table->name; table++) {
		buf_add_c(out, "complete -c headroom");
		if (*condition)
			buf_printf(out, " -n '%s'", condition);
		if (table->letter)
			buf_printf(out, " -s %c", table->letter);
		buf_printf(out, " -l %s", table->name);
		if (table->type == OPT_CHOICE) {
			buf_add_c(out, " -x -a '");
			add_choices(out, table);
			buf_add_ch(out, '\'');
		} else if (table->type == OPT_INT) {
			buf_add_c(out, " -x");
		} else if (table->type == OPT_TEXT || table->type == OPT_LIST) {
			buf_add_c(out, " -r -F");
		}
		buf_add_c(out, " -d '");
		add_quoted(out, str_c(table->help), FISH_SPECIAL, FISH_QUOTE);
		buf_add_c(out, "'\n");
	}
}

static void fish(const struct opt_command *const *cmds, const struct opt *common, struct buf *out)
{
	struct buf condition;

	buf_printf(out, "# fish completion for headroom\ncomplete -c headroom -n '%s' -f\n", no_command);
	for (size_t i = 1; cmds[i]; i++) {
		buf_printf(out, "complete -c headroom -n '%s' -a %s -d '", no_command, cmds[i]->name);
		add_quoted(out, str_c(cmds[i]->title), FISH_SPECIAL, FISH_QUOTE);
		buf_add_c(out, "'\n");
	}
	fish_options(out, "", common);
	fish_options(out, no_command, cmds[0]->options);
	buf_init(&condition, SIZE_MAX);
	for (size_t i = 1; cmds[i]; i++) {
		buf_clear(&condition);
		buf_printf(&condition, "__fish_seen_subcommand_from %s", cmds[i]->name);
		fish_options(out, buf_c(&condition), cmds[i]->options);
	}
	buf_release(&condition);
}

void opt_completion(const struct opt_command *const *cmds, const struct opt *common, const char *shell,
		    struct buf *out)
{
	static const struct {
		const char *name;
		void (*write)(const struct opt_command *const *, const struct opt *, struct buf *);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	size_t i = 0;

	while (strcmp(shells[i].name, shell) != 0) {
		i++;
		assert(i < sizeof(shells) / sizeof(*shells));
	}
	shells[i].write(cmds, common, out);
}
