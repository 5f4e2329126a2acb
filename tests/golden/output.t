#!/bin/sh
# What the program prints: every form of `learn` on the sample, help, version, manual pages, completions, colour.
. "$(dirname "$0")/../lib.sh"
fresh

run learn
exits 0 "learn"
golden learn.txt "$out"
same "nothing on stderr when it is no terminal" "$(cat "$err")" ""
run learn -v
golden learn-verbose.txt "$out"
run learn --format json
exits 0 "json"
golden learn.json "$out"
holds "JSON is one object" json version
run learn --format=diff
golden learn.diff "$out"
run learn --explain "$({ run learn --format json; id_of path_moved; })"
golden explain.txt "$out"

# the diff of a project file is a patch
run learn --format diff
sed '/^--- \/dev\/null/,$d' "$out" >"$T/patch"
holds "git applies the diff" git_sample apply "$T/patch"
cp "$root/CLAUDE.md" "$T/patched"
git_sample checkout -q CLAUDE.md
run learn --apply -q
identical "and --apply writes the same" "$root/CLAUDE.md" "$T/patched"
same "-q is silent on stderr" "$(cat "$err")" ""
fresh

# ---- the documented examples ----
run learn
like "a file path correction" "$out" '`lib/harmonics.py` is now `src/tidemark/core/harmonics.py`.'
like "the project's Python" "$out" 'Run Python as `uv run python`; plain `python3`'
like "a wider search" "$out" 'Search for this code in `src/tidemark/core/`, not `scripts/`.'
like "a command the user keeps for himself" "$out" 'Ask before `./gradlew publish`'
like "a large file" "$out" '`data/stations.json` is too large to read whole'

# ---- help ----
run --help
exits 0 "--help"
golden help.txt "$out"
same "fits one screen" "$([ "$(wc -l <"$out")" -le 50 ] && echo yes)" yes
run learn --help
golden learn-help.txt "$out"
same "learn --help fits one screen" "$([ "$(wc -l <"$out")" -le 60 ] && echo yes)" yes
same "and 80 columns" "$(awk 'length > 80' "$out")" ""
like "with an example" "$out" "headroom learn --apply"
cp "$out" "$T/long"
run learn -h
identical "-h is --help" "$out" "$T/long"
run -h learn
identical "before the command too" "$out" "$T/long"
run
exits 0 "no command shows the help"
run --version
exits 0 "--version"
same "names itself and a version" "$(grep -c '^headroom [0-9][0-9.]*$' "$out")" 1

# ---- manual pages and completions know every option ----
run --dump-man "$T/man"
exits 0 "manual pages"
run --dump-completions "$T/completions"
exits 0 "completions"
sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' "$T/long" >"$T/options"
same "the help lists options" "$([ "$(wc -l <"$T/options")" -ge 20 ] && echo yes)" yes
for file in man/headroom-learn.1 completions/headroom.bash completions/_headroom completions/headroom.fish; do
	missing=
	while read -r option; do
		word=${option#--}
		case $file in
		*.1) sed 's/\\-/-/g; s/\\f[BIR]//g' "$T/$file" | grep -qF -e "--$word" ;;
		*) grep -qE -e "(--|-l ?'?)$word" "$T/$file" ;;
		esac || missing="$missing $option"
	done <"$T/options"
	same "$file has every option" "$missing" ""
done
if command -v man >/dev/null 2>&1; then
	same "the pages are sound" "$(man --warnings -l "$T/man/headroom-learn.1" 2>&1 >/dev/null)" ""
else
	skip "the pages are sound" "no man"
fi
holds "bash reads its completion" bash -n "$T/completions/headroom.bash"

# ---- colour ----
escape=$(printf '\033')
run learn
unlike "no colour into a file" "$out" "$escape"
run learn --color always
like "--color always" "$out" "${escape}[32m"
sed "s/$escape\[[0-9;]*[mK]//g" "$out" >"$T/plain"
run learn
identical "colour changes nothing but colour" "$T/plain" "$out"
(cd "$root" && NO_COLOR=1 "$HEADROOM" learn --color=always) >"$out" 2>"$err"
like "the option wins over NO_COLOR" "$out" "${escape}["
run --color=always learn --format json
unlike "JSON has no colour" "$out" "$escape"
run learn --format diff --color=always
like "a diff has" "$out" "${escape}[32m+"
if script -qec true /dev/null >/dev/null 2>&1; then
	cd "$root" || exit 1
	script -qec "'$HEADROOM' learn" /dev/null </dev/null >"$out" 2>&1
	like "colour on a terminal" "$out" "${escape}["
	NO_COLOR=1 script -qec "'$HEADROOM' learn" /dev/null </dev/null >"$out" 2>&1
	unlike "not with NO_COLOR" "$out" "${escape}[3"
	script -qec "'$HEADROOM' learn --color=never" /dev/null </dev/null >"$out" 2>&1
	unlike "not with --color never" "$out" "${escape}[3"
	TERM=dumb script -qec "'$HEADROOM' learn" /dev/null </dev/null >"$out" 2>&1
	unlike "not on a dumb terminal" "$out" "${escape}[3"
else
	skip "colour on a terminal" "no script(1)"
fi
finish
