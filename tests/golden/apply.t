#!/bin/sh
# Writing: our block and nothing else, the same bytes each time, and every byte back.
. "$(dirname "$0")/../lib.sh"
start='<!-- headroom:learn:start -->'

# outside FILE: its bytes without the block, which stands at the end or between two lines
outside() {
	perl -0777 -pe 's/(\r?\n)?<!-- headroom:learn:start -->.*<!-- headroom:learn:end -->\r?\n//s' "$1"
}

# ---- the plain case ----
fresh
run learn --apply
exits 0 "--apply"
golden claude.md "$root/CLAUDE.md"
golden memory.md "$memory"
like "what was written is named" "$err" "updated $root/CLAUDE.md"
like "also the new file" "$err" "created $memory"
same "only CLAUDE.md changes in the project" "$(git_sample status --porcelain)" " M CLAUDE.md"
fingerprint "$sample" >"$T/first"
run learn --apply
exits 0 "again"
like "there is nothing to write" "$err" "up to date"
fingerprint "$sample" >"$T/second"
identical "and the bytes are the same" "$T/second" "$T/first"
run learn --format json
same "all are listed" "$(learned learnings state | sort -u)" listed
same "no file changes" "$(json projects.0.files.0.action)" unchanged
HEADROOM_NOW=2026-03-16T12:00:00Z run learn --apply
fingerprint "$sample" >"$T/second"
identical "a day later too" "$T/second" "$T/first"
run learn --undo
exits 0 "--undo"
git_sample diff --quiet
same "gives the project back" "$?" 0
same "and removes the file that apply created" "$(ls "$memory" 2>/dev/null)" ""
run learn --undo
exits 0 "--undo once more"
like "has nothing to do" "$err" "nothing to undo"
run learn --apply
fingerprint "$sample" >"$T/second"
identical "and apply writes the same again" "$T/second" "$T/first"
run learn --remove
exits 0 "--remove"
same "takes the block out" "$(grep -c "$start" "$root/CLAUDE.md")" 0
git_sample diff --quiet
same "and leaves what was there" "$?" 0

# ---- what the user wrote stays, byte for byte ----
odd() { # NAME: with $T/user for a CLAUDE.md
	fresh
	cp "$T/user" "$root/CLAUDE.md"
	chmod 640 "$root/CLAUDE.md"
	cp -p "$root/CLAUDE.md" "$T/own"
	run learn --apply
	exits 0 "$1"
	same "has a block" "$(grep -ac "$start" "$root/CLAUDE.md")" 1
	outside "$root/CLAUDE.md" >"$T/rest"
	head -c "$(wc -c <"$T/own")" "$T/rest" >"$T/rest.cut"
	identical "its own bytes are untouched" "$T/rest.cut" "$T/own"
	same "so is its mode" "$(stat -c %a "$root/CLAUDE.md")" 640
	cp "$root/CLAUDE.md" "$T/applied"
	run learn --apply
	identical "twice is once" "$root/CLAUDE.md" "$T/applied"
	run learn --undo
	identical "undo" "$root/CLAUDE.md" "$T/own"
	same "and the mode" "$(stat -c %a "$root/CLAUDE.md")" 640
	run learn --apply
	run learn --remove
	identical "remove" "$root/CLAUDE.md" "$T/own"
}
printf '# Rules\r\n\r\n- one\r\n' >"$T/user"
odd "CRLF"
run learn --apply
same "the block ends its lines alike" "$(tail -n 3 "$root/CLAUDE.md" | grep -c "$(printf '\r')\$")" 3
printf '\357\273\277# Rules\n' >"$T/user"
odd "a byte order mark"
printf '# Rules\n- \377\376 \300\n' >"$T/user"
odd "invalid UTF-8"
printf '# Rules\n\n- last' >"$T/user"
odd "no final newline"
printf '' >"$T/user"
odd "an empty file"
printf '\n\n\n' >"$T/user"
odd "only empty lines"
printf '# A\0B\n' >"$T/user"
odd "NUL bytes"
awk 'BEGIN { for (i = 0; i < 3000; i++) print "- rule " i }' >"$T/user"
odd "a long file"

# ---- what is in a code fence is no marker ----
fresh
printf '```\n%s\n```\n' "$start" >"$root/CLAUDE.md"
cp "$root/CLAUDE.md" "$T/own"
run learn --apply
exits 0 "a marker shown in a code fence"
same "is text like any other" "$(grep -c "$start" "$root/CLAUDE.md")" 2
run learn --undo
identical "and comes back" "$root/CLAUDE.md" "$T/own"
run learn --apply
run learn --remove
identical "and stays" "$root/CLAUDE.md" "$T/own"

# ---- a block in the middle, user text on both sides ----
fresh
run learn --apply
sed -n "/$start/,\$p" "$root/CLAUDE.md" >"$T/block"
{
	printf '# Before\n\n'
	sed 's/harmonics.py` is now/harmonics.py` was/' "$T/block"
	printf '\n# Behind, no newline'
} >"$root/CLAUDE.md"
{
	printf '# Before\n\n'
	cat "$T/block"
	printf '\n# Behind, no newline'
} >"$T/wanted"
rm -rf "$hh"
run learn --apply
exits 0 "a block between the user's own lines"
head -c 10 "$root/CLAUDE.md" >"$T/head"
tail -c 21 "$root/CLAUDE.md" >"$T/tail"
same "what is before stays" "$(cat "$T/head")" "# Before"
same "what is behind too" "$(cat "$T/tail")" "$(printf '\n# Behind, no newline')"
same "there is one block" "$(grep -c "$start" "$root/CLAUDE.md")" 1

# ---- the file may be a link within the project, or hand over to AGENTS.md ----
fresh
mkdir "$root/docs"
mv "$root/CLAUDE.md" "$root/docs/rules.md"
ln -s docs/rules.md "$root/CLAUDE.md"
cp "$root/docs/rules.md" "$T/own"
run learn --apply
exits 0 "a link to a file of the project"
same "stays a link" "$(readlink "$root/CLAUDE.md")" docs/rules.md
like "its target has the block" "$root/docs/rules.md" "$start"
run learn --undo
identical "undo follows it too" "$root/docs/rules.md" "$T/own"
fresh
printf '@AGENTS.md\n' >"$root/CLAUDE.md"
printf '# For all agents\n' >"$root/AGENTS.md"
run learn --apply
exits 0 "a CLAUDE.md that imports AGENTS.md"
like "sends the block there" "$root/AGENTS.md" "$start"
same "and stays as it is" "$(cat "$root/CLAUDE.md")" "@AGENTS.md"
fresh
mkdir "$root/.claude"
mv "$root/CLAUDE.md" "$root/.claude/CLAUDE.md"
run learn --apply
like "a .claude/CLAUDE.md has the block" "$root/.claude/CLAUDE.md" "$start"
same "and no other is made" "$(ls "$root/CLAUDE.md" 2>/dev/null)" ""
fresh
rm "$root/CLAUDE.md"
run learn --apply
exits 0 "no CLAUDE.md"
same "a new one begins with the block" "$(head -n 1 "$root/CLAUDE.md")" "$start"
run learn --undo
same "and goes with undo" "$(ls "$root/CLAUDE.md" 2>/dev/null)" ""

# ---- parts, places ----
fresh
run learn --format json
id=$(id_of path_moved)
run learn --apply="$id"
exits 0 "--apply=ID"
same "writes one line" "$(grep -c '^- ' "$T/pristine/tidemark/CLAUDE.md") $(grep -c '^- ' "$root/CLAUDE.md")" "2 3"
like "this one" "$root/CLAUDE.md" 'lib/harmonics.py'
same "and no memory" "$(ls "$memory" 2>/dev/null)" ""
run learn --format json
same "the others are still new" "$(learned learnings state | sort | uniq -c | tr -s ' ' | tr '\n' ';')" " 1 listed; 8 new;"
run learn --apply="$(id_of runtime),$(id_of permission)"
exits 0 "--apply=ID,ID"
same "adds to what is listed" "$(grep -c '^- ' "$root/CLAUDE.md")" 4
like "each in the file of its target" "$memory" "gradlew publish"

fresh
run learn --local --apply
exits 0 "--local"
like "writes CLAUDE.local.md" "$root/CLAUDE.local.md" "$start"
git_sample diff --quiet
same "and no shared file" "$?" 0
like "and warns, as git does not ignore it" "$err" "ignore"
fresh
echo CLAUDE.local.md >>"$root/.gitignore"
run learn --local --apply
unlike "else it does not" "$err" "not ignored"
run learn --remove
same "--remove takes the personal block out too" "$(cat "$root/CLAUDE.local.md" 2>/dev/null)" ""

# ---- the user's hand between apply and undo ----
fresh
run learn --apply
echo "- A rule of today." >>"$root/CLAUDE.md"
run learn --undo
exits 0 "undo after an edit below the block"
like "keeps the edit" "$root/CLAUDE.md" "- A rule of today."
same "and takes the block" "$(grep -c "$start" "$root/CLAUDE.md")" 0
fresh
run learn --apply
sed -i 's/^- Run `pytest` as.*/- Run the tests with uv./' "$root/CLAUDE.md"
cp "$root/CLAUDE.md" "$T/own"
run learn --undo
exits 3 "undo after an edit inside the block"
identical "does not touch it" "$root/CLAUDE.md" "$T/own"

# ---- a memory that is nearly full ----
fresh
mkdir -p "${memory%/*}"
awk 'BEGIN { for (i = 1; i <= 178; i++) print "- note " i }' >"$memory"
cp "$memory" "$T/own"
run learn --apply
exits 0 "a MEMORY.md that is too long"
identical "is left alone" "$memory" "$T/own"
like "the rest is written" "$root/CLAUDE.md" "$start"
cat "$out" "$err" >"$T/all"
like "and it is told" "$T/all" "180"
run learn --format json
same "what was not written is still new" "$(learned learnings state kind | sed -n 's/ permission//p')" new

# ---- names that need care ----
for name in "a b'c" 'q"q' 'back\slash' 'd$x' '*?[x]' "$(printf '\303\274\346\227\245')"; do
	rm -rf "$T/odd" "$hh"
	mkdir "$T/odd"
	"$tests/fixtures/make-sample.sh" "$T/odd/$name" >/dev/null
	(cd "$T/odd/$name/tidemark" && HOME=$T/odd/$name/home exec "$HEADROOM" learn --apply) >"$out" 2>"$err"
	same "a project below '$name'" "$(grep -c '^- ' "$T/odd/$name/tidemark/CLAUDE.md")" 9
	(cd "$T/odd/$name/tidemark" && HOME=$T/odd/$name/home exec "$HEADROOM" learn --format json) >"$out" 2>"$err"
	same "is the same in JSON" "$(json projects.0.root)" "$T/odd/$name/tidemark"
done
finish
