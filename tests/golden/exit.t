#!/bin/sh
# Exit statuses and the messages that go with them: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 nothing found.
. "$(dirname "$0")/../lib.sh"
fresh

# refused STATUS SAYS ARGS...: nothing on stdout, a message of one line on stderr, the status
refused() {
	wanted=$1
	says=$2
	shift 2
	run "$@"
	exits "$wanted" "headroom $*"
	like "and says so" "$err" "$says"
	same "and nothing else" "$(wc -c <"$out") $(wc -l <"$err") $(grep -c '^headroom: ' "$err")" "0 1 1"
}

mkdir "$T/empty"
git -C "$T/empty" -c init.defaultBranch=main init -q
refused 4 "$T/empty/projects" learn --claude-dir "$T/empty"

run learn
exits 0 "something to learn"
run learn --since 2026-03-15
exits 0 "nothing to learn is well too"
like "and is said" "$out" "Nothing proven enough"

# ---- 2: wrong usage ----
refused 2 "--nope" learn --nope
refused 2 "--nope" --nope
refused 2 "'lean'" lean
refused 2 "'yesterday'" learn --since yesterday
refused 2 "2026-13-01" learn --since 2026-13-01
refused 2 "text|json|diff" learn --format xml
refused 2 "auto|always|never" learn --color sometimes
refused 2 "--jobs" learn --jobs 0
refused 2 "--jobs" learn --jobs many
refused 2 "claude" learn --agent nobody
refused 2 "$T/none" learn --claude-dir "$T/none"
refused 2 "exclude each other" learn --apply --undo
refused 2 "exclude each other" learn --reject 00000000 --allow 00000000
refused 2 "--all" learn --all --project .
refused 2 "--all" learn --all --undo
refused 2 "--project" learn --project
refused 2 "stray" learn stray
printf '# settings\n\nnope = 1\n' >"$T/config.toml"
refused 2 "$T/config.toml:3" --config "$T/config.toml" learn
printf '[learn]\njobs = 0\n' >"$T/config.toml"
refused 2 "$T/config.toml:2" learn --config "$T/config.toml"
printf '[learn\n' >"$T/config.toml"
refused 2 "$T/config.toml:1" learn --config "$T/config.toml"
refused 2 "$T/none.toml" learn --config "$T/none.toml"
printf 'color = "always"\n[learn]\njobs = 1\n' >"$T/config.toml"
run learn --config "$T/config.toml"
exits 0 "a configuration"
like "is obeyed" "$out" "$(printf '\033[')"
mkdir -p "$hh"
cp "$T/config.toml" "$hh"
run learn
like "also in its usual place" "$out" "$(printf '\033[')"
run learn --color never
unlike "options win over it" "$out" "$(printf '\033[')"
rm "$hh/config.toml"
same "wrong usage writes nothing" "$(git_sample status --porcelain)" ""

# ---- 4: nothing found ----
refused 4 "$home/.claude/projects" learn --project "$T/empty"
like "naming the project" "$err" "$T/empty"
refused 4 "no learning 00000000" learn --explain 00000000
refused 4 "no learning 00000000" learn --reject 00000000
refused 4 "00000000 was not rejected" learn --allow 00000000
refused 4 "no learning 00000000" learn --apply=00000000
mv "$home/.claude" "$home/elsewhere"
rm -rf "$hh"
refused 4 "$home/.claude/projects" learn --all
(cd "$root" && CLAUDE_CONFIG_DIR=$home/elsewhere exec "$HEADROOM" learn) >"$out" 2>"$err"
status=$?
exits 0 "CLAUDE_CONFIG_DIR is looked at"
run learn --claude-dir "$home/elsewhere"
exits 0 "--claude-dir too"
fresh

# ---- 3: refused, and nothing is written ----
start='<!-- headroom:learn:start -->'
end='<!-- headroom:learn:end -->'
for broken in "$start\ntext" "text\n$end" "$end\n$start" "$start\n$end\n$start\n$end" "$start\n$start\n$end"; do
	fresh
	printf "$broken\n" >"$root/CLAUDE.md"
	fingerprint "$sample" >"$T/before"
	run learn --apply
	exits 3 "broken markers: $(printf "$broken" | sed 's/<!-- headroom:learn:\([a-z]*\) -->/\1/' | tr "\n" " ")"
	like "the file is named" "$err" "CLAUDE.md"
	fingerprint "$sample" >"$T/after"
	identical "and no file is touched, MEMORY.md neither" "$T/after" "$T/before"
done
run learn --format json
exits 0 "the dry run shows it"
same "as refused" "$(json projects.0.files.0.action)" refuse
run learn
like "in the text too" "$out" "not written:"
run learn --undo
exits 0 "nothing to undo is well"
like "and said" "$err" "nothing to undo"

fresh
mv "$root/CLAUDE.md" "$sample/outside.md"
ln -s ../outside.md "$root/CLAUDE.md"
run learn --apply
exits 3 "a link out of the work tree"
fresh
rm "$root/CLAUDE.md"
ln -s nowhere.md "$root/CLAUDE.md"
run learn --apply
exits 3 "a link to nowhere"
fresh
rm "$root/CLAUDE.md"
mkdir "$root/CLAUDE.md"
run learn --apply
exits 3 "a folder in its place"
fresh
rm "$root/CLAUDE.md"
mkfifo "$root/CLAUDE.md"
run learn --apply
exits 3 "a pipe in its place"
fresh
printf '\377\376#\0' >"$root/CLAUDE.md"
run learn --apply
exits 3 "UTF-16"

# ---- where nothing can be kept ----
fresh
printf 'a file\n' >"$T/file"
(cd "$root" && HEADROOM_HOME=$T/file/home exec "$HEADROOM" learn) >"$out" 2>"$err"
status=$?
exits 0 "without a home of our own the learnings are shown all the same"
like "with a temporary index" "$err" "temporary index"
like "and all of them" "$out" 'lib/harmonics.py'
(cd "$root" && HEADROOM_HOME=$T/file/home exec "$HEADROOM" learn --apply) >"$out" 2>"$err"
status=$?
exits 1 "but nothing is applied"
like "the folder is named" "$err" "$T/file"
same "the project is as it was" "$(git_sample status --porcelain)" ""

mkdir "$hh"
printf 'SQLite format 3, or so it says' >"$hh/headroom.db"
run learn
exits 0 "a damaged database is replaced"
like "and that is said" "$err" "headroom.db"
same "the damaged one is kept" "$(cat "$hh"/headroom.db.damaged*)" "SQLite format 3, or so it says"

if [ "$(id -u)" = 0 ]; then
	skip "folders without write permission" "root may write anywhere"
else
	fresh
	mkdir "$hh"
	chmod 500 "$hh"
	run learn
	exits 0 "a read-only home"
	like "gives a temporary index" "$err" "temporary index"
	run learn --apply
	exits 1 "and no apply"
	chmod 700 "$hh"
	chmod 500 "$root"
	fingerprint "$sample" >"$T/before"
	run learn --apply
	exits 3 "a read-only project"
	fingerprint "$sample" >"$T/after"
	identical "and no file is touched" "$T/after" "$T/before"
	fresh
	chmod 000 "$logs"/5b1f*.jsonl
	run learn
	exits 0 "an unreadable log"
	like "is counted" "$out" "1 file unreadable"
fi
finish
