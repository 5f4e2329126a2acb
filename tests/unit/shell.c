/*
 * shell: a table of command lines and how they must be read.
 *
 * Notation of the result: commands are separated by how they are joined; before the words stand the flags (!: negated,
 * ?: conditional, +N: depth), assignments as {..} and after them redirections as <fd op target>.  A word is followed by
 * ' when quoted, $ when dynamic and * when a pattern.  A trailing "INCOMPLETE" says that the whole was not understood.
 */
#include "tests/test.h"

#include "core/shell/shell.h"

static const struct {
	const char *in, *out;
} table[] = {
	/* clang-format off */
	{ "", "" },
	{ "  \t\n\n ", "" },
	{ "# only a comment", "" },
	{ "ls", "ls" },
	{ "git  commit\t-m x", "git commit -m x" },
	{ "ls # comment; rm x", "ls" },
	{ "ls a#b", "ls a#b" },
	{ "ls \\\n  -l", "ls -l" },
	{ "l\\\ns", "ls" },

	/* quotes */
	{ "echo 'a b'", "echo a b'" },
	{ "echo ''", "echo '" },
	{ "echo 'a'\\''b'", "echo a'b'" },
	{ "echo \"a b\"", "echo a b'" },
	{ "echo \"a\\\"b\\\\c\\d\"", "echo a\"b\\c\\d'" },
	{ "echo \"a\\\nb\"", "echo ab'" },
	{ "echo a\\ b\\'c", "echo a b'c'" },
	{ "echo x'y'\"z\"", "echo xyz'" },
	{ "echo '$HOME `x` \\'", "echo $HOME `x` \\'" },
	{ "echo $'a\\tb\\x41\\101\\u00e4\\'q'", "echo a\tbAA\303\244'q'" },
	{ "echo $'\\U0001F600\\e\\q'", "echo \360\237\230\200\033\\q'" },
	{ "echo $\"msg\"", "echo msg'" },
	{ "echo \"cost: 5$\"", "echo cost: 5$'" },
	{ "echo a$ b", "echo a$ b" },
	{ "echo 'open", "INCOMPLETE" },
	{ "echo \"open", "INCOMPLETE" },
	{ "echo $'open\\'", "INCOMPLETE" },
	{ "echo `open", "INCOMPLETE" },
	{ "echo a\\", "INCOMPLETE" },
	{ "ls; echo 'open", "ls INCOMPLETE" },

	/* expansions */
	{ "echo $HOME/x", "echo $HOME/x$" },
	{ "echo \"$HOME/x y\"", "echo $HOME/x y'$" },
	{ "echo ${a:-b c}d", "echo ${a:-b c}d$" },
	{ "echo \"${a:-\"x }\"}\"", "echo ${a:-\"x }\"}'$" },
	{ "echo \"${a:-'}\"'x'", "echo ${a:-'}x'$" },
	{ "echo $1 $? $@ $$", "echo $1$ $?$ $@$ $$$" },
	{ "echo $a'b'$", "echo $ab$'$" },
	{ "echo $(git rev-parse HEAD)x", "echo $(git rev-parse HEAD)x$" },
	{ "echo $(echo ')' \"$(echo \")\")\" # )\n)", "echo $(echo ')' \"$(echo \")\")\" # )\n)$" },
	{ "echo $(case x in a) b;; (c) d;; esac) y", "echo $(case x in a) b;; (c) d;; esac)$ y" },
	{ "echo `date \\`x\\` +%s` y", "echo `date \\`x\\` +%s`$ y" },
	{ "echo $((1 << (2 + x))) y", "echo $((1 << (2 + x)))$ y" },
	{ "echo $(", "INCOMPLETE" },
	{ "echo $(a; b", "INCOMPLETE" },
	{ "echo ${a", "INCOMPLETE" },
	{ "echo $(a))", "echo $(a)$ INCOMPLETE" },
	{ "diff <(sort a) <(sort b)", "diff <(sort a)$ <(sort b)$" },
	{ "tee >(gzip -c > x)", "tee >(gzip -c > x)$" },
	{ "ls *.c a?b [ab]c a[b a]", "ls *.c* a?b* [ab]c* a[b a]" },
	{ "ls '*.c' \\*", "ls *.c' *'" },
	{ "ls ~ ~/x ~joe/x a~b '~joe'", "ls ~ ~/x ~joe/x* a~b ~joe'" },
	{ "cp x{,.bak} {1..3} {} {a}", "cp x{,.bak}* {1..3}* {} {a}" },
	{ "rm !(a|b) +(x y).c", "rm !(a|b)* +(x y).c*" },

	/* joins */
	{ "a && b || c; d | e |& f & g\nh", "a && b || c ; d | e | f & g ; h" },
	{ "a &&\n\n b |\n c", "a && b | c" },
	{ "a;b;", "a ; b" },
	{ "a &", "a" },
	{ "a & b", "a & b" },
	{ "a;\n\n# x\nb", "a ; b" },
	{ "a &&", "a INCOMPLETE" },
	{ "a | | b", "a INCOMPLETE" },
	{ "; a", "INCOMPLETE" },
	{ "a ;; b", "a INCOMPLETE" },
	{ "a && && b", "a INCOMPLETE" },
	{ "a && fi", "a INCOMPLETE" },
	{ ")", "INCOMPLETE" },

	/* assignments and prefixes */
	{ "A=1 B='x y' prog C=3", "{A=1} {B=x y'} prog C=3" },
	{ "A=1", "{A=1}" },
	{ "A=$(pwd)/x; b", "{A=$(pwd)/x$} ; b" },
	{ "A+=x a[1]=2 B=* p", "{A+=x} {a[1]=2} {B=*} p" },
	{ "A=(a 'b )' c) p", "{A=(a 'b )' c)$} p" },
	{ "declare -a X=(1 2)", "declare -a X=(1 2)$" },
	{ "1A=x \"B=y\" C=z", "1A=x B=y' C=z" },
	{ "! grep -q x f", "!grep -q x f" },
	{ "! ! a", "a" },
	{ "!(a; b)", "+1 a ; +1 b" },
	{ "time make -j4", "make -j4" },
	{ "time -p ! make", "!make" },
	{ "time", "INCOMPLETE" },
	{ "timeout 5 make", "timeout 5 make" },

	/* redirections */
	{ "a > x", "a <1 > x>" },
	{ "a>x<y", "a <1 > x> <0 < y>" },
	{ "a 2>&1", "a <2 & 1>" },
	{ "a 2>&1>x", "a <2 & 1> <1 > x>" },
	{ "a >&2", "a <1 & 2>" },
	{ "a >&-", "a <1 & ->" },
	{ "a >& log", "a <-1 > log>" },
	{ "a &> log", "a <-1 > log>" },
	{ "a &>> log", "a <-1 a log>" },
	{ "a >> 'l g'", "a <1 a l g'>" },
	{ "a >| x 3<> y 0<&3", "a <1 > x> <3 < y> <0 & 3>" },
	{ "a 2> /dev/null | b", "a <2 > /dev/null> | b" },
	{ "> x", "<1 > x>" },
	{ ">x a b", "a b <1 > x>" },
	{ "a2>x", "a2 <1 > x>" },
	{ "a 2 >x", "a 2 <1 > x>" },
	{ "a > $F", "a <1 > $F$>" },
	{ "a >", "INCOMPLETE" },
	{ "a > > b", "INCOMPLETE" },
	{ "a < <(b) c", "a c <0 < <(b)$>" },
	{ "a <<< 'x y'", "a <0 s x y'>" },
	{ "(a; b) > x", "+1 a ; +1 b <1 > x>" },
	{ "{ a >y; } > x 2>&1", "+1 a <1 > x> <2 & 1> <1 > y>" },
	{ "for i in 1; do :; done >x", "?: <1 > x>" },

	/* here-documents */
	{ "cat <<EOF\na 'b\nEOF\nls", "cat <0 h EOF> ; ls" },
	{ "cat <<'EOF' > x\n$(\nEOF\n", "cat <0 h EOF'> <1 > x>" },
	{ "cat <<-\\EOF\n\tx\n\tEOF\nls", "cat <0 h EOF'> ; ls" },
	{ "cat <<A; cat <<B\nB\nA\nA\nB\nls", "cat <0 h A> ; cat <0 h B> ; ls" },
	{ "cat <<EOF | grep x && y\nEOF\n", "cat <0 h EOF> | grep x && y" },
	{ "cat <<EOF\n EOF\nEOFX\nEOF", "cat <0 h EOF>" },
	{ "cat <<EOF", "cat <0 h EOF> INCOMPLETE" },
	{ "cat <<EOF\nx", "cat <0 h EOF> INCOMPLETE" },
	{ "git commit -m \"$(cat <<'EOF'\nit's \" (\nEOF\n)\" -q",
	  "git commit -m $(cat <<'EOF'\nit's \" (\nEOF\n)'$ -q" },
	{ "python3 - <<'PY' 2>&1 | tail -5\nprint('x')\nPY", "python3 - <0 h PY'> <2 & 1> | tail -5" },
	{ "if a; then cat <<E\nfi\nE\nfi", "?a ; ?cat <0 h E>" },

	/* groups and compound commands */
	{ "(cd x && make) || b", "+1 cd x && +1 make || b" },
	{ "{ a; b; } | c", "+1 a ; +1 b | c" },
	{ "((a)) (b)", "((a))$ INCOMPLETE" },
	{ "( (a); b )", "+2 a ; +1 b" },
	{ "((a); b)", "+2 a ; +1 b" },
	{ "((i = 1 + 2)) && b", "((i = 1 + 2))$ && b" },
	{ "{a; }", "{a INCOMPLETE" },
	{ "( )", "INCOMPLETE" },
	{ "(a", "+1 a INCOMPLETE" },
	{ "a )", "a INCOMPLETE" },
	{ "a (b)", "INCOMPLETE" },
	{ "find . -exec rm {} \\; -print", "find . -exec rm {} ;' -print" },
	{ "if test -f x; then a; elif b; then c; else d; fi; e",
	  "?test -f x ; ?a ; ?b ; ?c ; ?d ; e" },
	{ "if a; then b; fi | c", "?a ; ?b | c" },
	{ "if a; then", "?a INCOMPLETE" },
	{ "if a; fi", "?a INCOMPLETE" },
	{ "echo if then fi done", "echo if then fi done" },
	{ "while read -r x; do a $x; done < f", "?read -r x ; ?a $x$ <0 < f>" },
	{ "until a\ndo\nb\ndone", "?a ; ?b" },
	{ "for f in *.c 'a b' $(ls); do cc $f && x; done && y", "?cc $f$ && ?x && y" },
	{ "for f; do a; done", "?a" },
	{ "for f\ndo a; done", "?a" },
	{ "for ((i=0; i<3; i++)); do a; done", "?a" },
	{ "for ((;;)) { a; }", "?a" },
	{ "select x in a b; do c; done", "?c" },
	{ "for f in a; b; done", "INCOMPLETE" },
	{ "case $x in a|b) c;; (d) e ;& *) f;; esac; g", "?c ; ?e ; ?f ; g" },
	{ "case x in\n a)\n  b\n  ;;\n c) ;;\nesac", "?b" },
	{ "case x in a) b; esac", "?b" },
	{ "case x in esac", "" },
	{ "case x in a b) c;; esac", "INCOMPLETE" },
	{ "f() { a; b; }; f x", "?+1 a ; ?+1 b ; f x" },
	{ "f () ( a )\nf", "?+1 a ; f" },
	{ "function f { a; }; f", "?+1 a ; f" },
	{ "function f() { a; } > x", "?+1 a <1 > x>" },
	{ "f() a", "INCOMPLETE" },
	{ "[[ -f x && ( $y == a* || z < w ) ]] && b", "[[ -f x && ( $y$ == a** || z < w ) ]] && b" },
	{ "[[ a =~ ^(x|y)$ ]]; c", "[[ a =~ ^(x|y)$ ]] ; c" },
	{ "[[ a", "INCOMPLETE" },
	{ "if [[ a ]] then b; fi", "?[[ a ]] ; ?b" },
	{ "[ -f x ] && ! [ y ]", "[ -f x ] && ![ y ]" },

	/* what agents really run */
	{ "cd /srv/app && source .venv/bin/activate && pytest -q tests/ 2>&1 | tail -20",
	  "cd /srv/app && source .venv/bin/activate && pytest -q tests/ <2 & 1> | tail -20" },
	{ "PYTHONPATH=. uv run python -c \"import x; print(x.y['z'])\"",
	  "{PYTHONPATH=.} uv run python -c import x; print(x.y['z'])'" },
	{ "for i in 1 2 3; do curl -s localhost:8080 && break; sleep 1; done; echo \"exit: $?\"",
	  "?curl -s localhost:8080 && ?break ; ?sleep 1 ; echo exit: $?'$" },
	{ "rg -n 'fn (main|run)' --glob '!target/*' src | head", "rg -n fn (main|run)' --glob !target/*' src | head" },
	{ "nohup ./server > /tmp/log 2>&1 &\nsleep 2; kill %1",
	  "nohup ./server <1 > /tmp/log> <2 & 1> & sleep 2 ; kill %1" },
	{ "awk '{print $1}' f | sort -u > \"$OUT\"", "awk {print $1}' f | sort -u <1 > $OUT'$>" },
	{ "docker compose exec -T db psql -c 'select 1;'", "docker compose exec -T db psql -c select 1;'" },
	{ "ls \303\244/\303\266 \"sp ace\"", "ls \303\244/\303\266 sp ace'" },
	/* clang-format on */
};

static void show_word(struct buf *out, const struct shell_word *w)
{
	buf_add(out, w->text);
	if (w->quoted)
		buf_add_ch(out, '\'');
	if (w->dynamic)
		buf_add_ch(out, '$');
	if (w->glob)
		buf_add_ch(out, '*');
}

static void show_command(struct buf *out, const struct shell_command *c)
{
	static const char *const joins[] = { "", " && ", " || ", " ; ", " | ", " & " };
	const char *space = "";

	buf_add_c(out, joins[c->join]);
	if (c->conditional)
		buf_add_ch(out, '?');
	if (c->depth > 0)
		buf_printf(out, "+%d ", c->depth);
	if (c->negated)
		buf_add_ch(out, '!');
	for (size_t i = 0; i < c->assigns_n; i++, space = " ") {
		buf_printf(out, "%s{", space);
		show_word(out, &c->assigns[i]);
		buf_add_ch(out, '}');
	}
	for (size_t i = 0; i < c->n; i++, space = " ") {
		buf_add_c(out, space);
		show_word(out, &c->words[i]);
	}
	for (size_t i = 0; i < c->redirects_n; i++, space = " ") {
		buf_printf(out, "%s<%d %c ", space, c->redirects[i].fd, c->redirects[i].op);
		show_word(out, &c->redirects[i].target);
		buf_add_ch(out, '>');
	}
}

static void show(struct buf *out, const struct shell_script *script)
{
	buf_clear(out);
	for (size_t i = 0; i < script->n; i++)
		show_command(out, &script->commands[i]);
	if (script->incomplete)
		buf_add_c(out, script->n > 0 ? " INCOMPLETE" : "INCOMPLETE");
}

static void shell_reads_the_table(void **state)
{
	struct arena a;
	struct buf out;
	size_t failed = 0;

	(void)state;
	arena_init(&a);
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct shell_script script;

		shell_parse(&a, str_c(table[i].in), &script);
		show(&out, &script);
		if (!str_eq_c(buf_str(&out), table[i].out)) {
			print_error("input:    %s\nexpected: %s\ngot:      %s\n", table[i].in, table[i].out,
				    buf_c(&out));
			failed++;
		}
		arena_reset(&a);
	}
	assert_int_equal(failed, 0);
	buf_release(&out);
	arena_release(&a);
}

static void shell_survives_every_prefix(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		str text = str_c(table[i].in);

		for (size_t n = 0; n <= text.n; n++) {
			struct shell_script script;
			/* its own allocation, so that sanitizers see a read past the end */
			char *copy = test_malloc(n + 1);

			memcpy(copy, text.p, n);
			shell_parse(&a, (str){ copy, n }, &script);
			test_free(copy);
		}
		arena_reset(&a);
	}
	arena_release(&a);
}

static void shell_keeps_sources(void **state)
{
	static const char *const want[] = { "A=1 b 'c d' > x", "[[ -f y ]]", "e" };
	str text = STR("  A=1 b 'c d' > x  && [[ -f y ]] # z\n(e )");
	struct shell_script script;
	struct arena a;

	(void)state;
	arena_init(&a);
	shell_parse(&a, text, &script);
	assert_int_equal(script.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(str_eq_c(script.commands[i].source, want[i]));
	arena_release(&a);
}

static void repeat(struct buf *out, const char *piece, size_t times)
{
	buf_clear(out);
	for (size_t i = 0; i < times; i++)
		buf_add_c(out, piece);
}

static void shell_stops_at_its_limits(void **state)
{
	static const struct {
		const char *piece;
		size_t times, commands;
		bool incomplete;
	} cases[] = {
		{ "a;", SHELL_MAX_COMMANDS, SHELL_MAX_COMMANDS, false },
		{ "a;", SHELL_MAX_COMMANDS + 1, SHELL_MAX_COMMANDS, true },
		{ "a ", SHELL_MAX_WORDS, 1, false },
		{ "a ", SHELL_MAX_WORDS + 1, 0, true },
		{ "A=1 ", SHELL_MAX_WORDS + 1, 0, true },
		{ ">x ", SHELL_MAX_WORDS + 1, 0, true },
		{ "(", 100000, 0, true },
		{ "$(", 100000, 0, true },
		{ "${a:-", 100000, 0, true },
		{ "\"$(", 100000, 0, true },
		{ "{ ", 100000, 0, true },
		{ "if ", 100000, 0, true },
		{ "((a);", 100000, 0, true },
		{ "<<a ", 100000, 0, true },
		{ "! ", 100001, 0, true },
		{ "time ", 100000, 0, true },
		{ "\\\n", 100000, 0, false },
		{ "9", 100000, 1, false },
		{ "x=(", 100000, 0, true },
		{ "a[", 100000, 1, false },
	};
	struct arena a;
	struct buf text;

	(void)state;
	arena_init(&a);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct shell_script script;

		repeat(&text, cases[i].piece, cases[i].times);
		shell_parse(&a, buf_str(&text), &script);
		if (script.n != cases[i].commands || script.incomplete != cases[i].incomplete)
			fail_msg("%s: %zu commands, incomplete %d", cases[i].piece, script.n,
				 script.incomplete);
		arena_reset(&a);
	}
	buf_release(&text);
	arena_release(&a);
}

static void shell_quotes_round_trip(void **state)
{
	static const struct {
		const char *word, *quoted;
	} words[] = {
		{ "plain", "plain" },
		{ "--a=b/c.d:e", "--a=b/c.d:e" },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "'", "''\\'''" },
		{ "$x", "'$x'" },
		{ "~/x", "'~/x'" },
		{ "=ls", "'=ls'" },
		{ "a\nb", "'a\nb'" },
		{ "#", "'#'" },
		{ "*", "'*'" },
		{ "\303\244", "'\303\244'" },
	};
	struct arena a;
	struct buf out;

	(void)state;
	arena_init(&a);
	buf_init(&out, 4096);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct shell_script script;

		buf_clear(&out);
		shell_quote(&out, str_c(words[i].word));
		assert_string_equal(buf_c(&out), words[i].quoted);
		shell_parse(&a, buf_str(&out), &script);
		assert_int_equal(script.n, 1);
		assert_int_equal(script.commands[0].n, 1);
		assert_true(str_eq_c(script.commands[0].words[0].text, words[i].word));
	}
	buf_release(&out);
	arena_release(&a);
}

/* clang-format off */
const struct CMUnitTest shell_tests[] = {
	cmocka_unit_test(shell_reads_the_table),
	cmocka_unit_test(shell_survives_every_prefix),
	cmocka_unit_test(shell_keeps_sources),
	cmocka_unit_test(shell_stops_at_its_limits),
	cmocka_unit_test(shell_quotes_round_trip),
};
/* clang-format on */
const size_t shell_tests_count = sizeof(shell_tests) / sizeof(shell_tests[0]);
