#!/bin/sh
# What is read, when, and which sessions count: the incremental index, --since, --moved-from, --all, --reindex, --jobs.
. "$(dirname "$0")/../lib.sh"

read_now() { # bytes read by `learn --format json` ARGS
	run learn --format json "$@"
	json index.bytes_read
}

newer() { # the log $1 has been written to since the last run, also where the clock of the file system is coarse
	touch -d "@$(($(date +%s) + ${step:=0} + 2))" "$1"
	step=$((step + 2))
}

fresh
fingerprint "$home" >"$T/before"
all=$(cat "$logs"/*.jsonl "$logs"/*/subagents/*.jsonl | wc -c)
same "the first run reads all logs" "$(read_now)" "$all"
same "the second run reads none" "$(read_now)" 0
cp "$out" "$T/second"
run learn --format json
same "and says the same" "$(sed 's/"ms": [0-9]*//' "$out" | cksum)" "$(sed 's/"ms": [0-9]*//' "$T/second" | cksum)"
same "--reindex reads all" "$(read_now --reindex)" "$all"
for jobs in 1 2 7; do
	rm -rf "$hh"
	run learn --format json --jobs "$jobs"
	sed -e 's/"ms": [0-9]*//' -e 's/"bytes_read": [0-9]*//' "$out" >"$T/jobs"
	sed -e 's/"ms": [0-9]*//' -e 's/"bytes_read": [0-9]*//' "$T/second" >"$T/wanted"
	identical "--jobs $jobs finds the same" "$T/jobs" "$T/wanted"
done
run learn --apply -q
run learn --reindex -q
fingerprint "$home" | grep -v memory/ >"$T/after"
identical "logs are never changed" "$T/after" "$T/before"

# ---- appended, rewritten, deleted ----
fresh
run learn
log=$logs/f6148bd3-90e5-4a7c-a2f8-7c9e1b3d5f06.jsonl
size=$(wc -c <"$log")
tail -n 1 "$log" | sed -e 's/"uuid":"[^"]*"/"uuid":"new-1"/' >"$T/line"
cat "$T/line" >>"$log"
newer "$log"
same "of a log that grew only the new bytes are read" "$(read_now)" "$(wc -c <"$T/line")"
printf '{"type":"user","uuid":"half' >>"$log"
newer "$log"
same "a line still being written is left for later" "$(json index.lines_skipped)" 0
run learn --format json
same "and is no broken line" "$(json index.lines_skipped)" 0
printf -- '-a-line"}\n' >>"$log"
newer "$log"
run learn --format json
same "until it is whole" "$(json index.lines_skipped) $(json projects.0.calls)" "0 56"
head -n 10 "$T/pristine/home/.claude/projects"/*/f6148bd3*.jsonl >"$log"
newer "$log"
same "a log that shrank is read anew" "$(read_now)" "$(wc -c <"$log")"

fresh
run learn --format json
learned learnings id kind text >"$T/wanted"
mv "$logs" "$T/gone"
mkdir -p "$logs"
run learn --format json
exits 0 "deleted logs"
learned learnings id kind text >"$T/found"
identical "keep their evidence" "$T/found" "$T/wanted"
run learn --reindex --format json
learned learnings id kind text >"$T/found"
identical "also with --reindex" "$T/found" "$T/wanted"
run learn --explain "$(sed -n 's/ path_moved .*//p' "$T/wanted")"
exits 0 "--explain of it"
like "tells that the log is gone" "$out" "has deleted this log"
run learn --apply
exits 0 "and it may be written"
like "as before" "$root/CLAUDE.md" "lib/harmonics.py"
rm -rf "$T/gone"

# ---- time ----
fresh
run learn --since 2d --format json
exits 0 "--since 2d"
same "counts the failures of the last two days" "$(learned learnings kind | sort | tr '\n' ' ')" "runtime target "
for since in 48h 2026-03-13 2026-03-13T12:00:00Z; do
	run learn --since "$since" --format json
	same "--since $since too" "$(learned learnings kind | sort | tr "\n" " ")" "runtime target "
done
run learn --since 4w --format json
same "--since 4w counts all" "$(learned learnings id | wc -l)" 9
run learn --apply
cp "$root/CLAUDE.md" "$T/wanted"
run learn --since 2d --apply
identical "--since with --apply takes no line out" "$root/CLAUDE.md" "$T/wanted"
fresh
HEADROOM_NOW=2026-09-15T12:00:00Z run learn --format json
same "what nobody met for months is not published" "$(learned learnings id | wc -l)" 0
HEADROOM_NOW=2026-04-20T12:00:00Z run learn --format json
same "what may change goes earlier" "$(learned learnings kind | grep -c permission)" 0
like "than what is proven" "$out" '"git_rename"'

# ---- where ----
fresh
run learn --format json
learned learnings id >"$T/wanted"
cp "$out" "$T/here"
(cd "$root/src/tidemark" && exec "$HEADROOM" learn --format json) >"$out" 2>"$err"
learned learnings id >"$T/found"
identical "a sub-folder is the same project" "$T/found" "$T/wanted"
(cd / && exec "$HEADROOM" learn --format json --project "$root") >"$out" 2>"$err"
learned learnings id >"$T/found"
identical "--project from elsewhere too" "$T/found" "$T/wanted"
ln -s "$root" "$T/link"
(cd / && exec "$HEADROOM" learn --format json --project "$T/link") >"$out" 2>"$err"
learned learnings id >"$T/found"
identical "and through a link" "$T/found" "$T/wanted"
git_sample worktree add -q "$sample/other" -b other
(cd "$sample/other" && exec "$HEADROOM" learn --apply) >"$out" 2>"$err"
same "a work tree has the same learnings" "$(grep -c '^- ' "$sample/other/CLAUDE.md")" 9
like "and the same memory" "$memory" "gradlew"

fresh
mv "$root" "$sample/renamed"
(cd "$sample/renamed" && exec "$HEADROOM" learn) >"$out" 2>"$err"
status=$?
exits 4 "a renamed project has no sessions"
(cd "$sample/renamed" && exec "$HEADROOM" learn --format json --moved-from "$root") >"$out" 2>"$err"
status=$?
exits 0 "--moved-from claims them"
learned learnings id >"$T/found"
identical "all of them" "$T/found" "$T/wanted"
(cd "$sample/renamed" && exec "$HEADROOM" learn --moved-from "$root" --apply) >"$out" 2>"$err"
same "and --apply writes them" "$(grep -c '^- ' "$sample/renamed/CLAUDE.md")" 9
(cd / && exec "$HEADROOM" learn --format json --project "$root") >"$out" 2>"$err"
status=$?
exits 0 "a project that is gone is reported"
same "but nothing of it is published" "$(learned learnings id | wc -l)" 0
same "as nothing is proven" "$(learned suppressed reason | sort -u | grep -cv -e unverified -e weak)" 0

# ---- several projects ----
fresh
"$tests/fixtures/make-sample.sh" "$sample/second" >/dev/null
cp -R "$sample/second/home/.claude/projects/." "$home/.claude/projects/"
run learn --all --format json
exits 0 "--all"
same "finds both projects" "$(json projects.#)" 2
run learn --all --apply
same "and writes both" "$(cat "$root/CLAUDE.md" "$sample/second/tidemark/CLAUDE.md" | grep -c 'lib/harmonics.py')" 2
start='<!-- headroom:learn:start -->'
fresh
"$tests/fixtures/make-sample.sh" "$sample/second" >/dev/null
cp -R "$sample/second/home/.claude/projects/." "$home/.claude/projects/"
echo "$start" >>"$root/CLAUDE.md"
cp "$root/CLAUDE.md" "$T/own"
run learn --all --apply
exits 3 "one of several projects refused"
identical "is left alone" "$root/CLAUDE.md" "$T/own"
like "the other is written" "$sample/second/tidemark/CLAUDE.md" "$start"
run learn --format json --project "$sample/second/tidemark"
same "alone each has its own" "$(json projects.#) $(json projects.0.sessions)" "1 6"

# ---- a folder without git ----
fresh
rm -rf "$root/.git"
run learn --format json
exits 0 "without git"
same "only what the files show is published" "$(learned learnings proof | grep -c git)" 0

# ---- other versions of the program ----
if command -v sqlite3 >/dev/null 2>&1; then
	fresh
	run learn
	sqlite3 "$hh/headroom.db" 'PRAGMA user_version = 900'
	cp "$hh/headroom.db" "$T/newer"
	run learn
	exits 3 "an index of a newer version is refused"
	identical "and left alone" "$hh/headroom.db" "$T/newer"
else
	skip "an index of a newer version" "no sqlite3"
fi
finish
