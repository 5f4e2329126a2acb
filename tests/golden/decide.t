#!/bin/sh
# The user's word: rejected, allowed, deleted and edited lines, rules written by hand, --explain, --forget.
. "$(dirname "$0")/../lib.sh"

state_of() { # KIND in the last JSON: new, listed, pinned, or why it is suppressed
	{
		learned learnings kind state
		learned suppressed kind reason
	} | sed -n "s/^$1 //p" | head -n 1
}

fresh
run learn --format json
moved=$(id_of path_moved)
python=$(id_of runtime)
weak=$(id_of path_name)

# ---- --explain ----
run learn --explain "$moved"
exits 0 "--explain"
like "names the commit" "$out" "git_rename $(git -C "$root" rev-parse HEAD)"
like "the log and the line" "$out" "5b1f3a70-1c44-4e0b-9a52-0d6f7d1e2a01.jsonl:8"
like "the failing call" "$out" "$root/lib/harmonics.py"
like "and the one that worked" "$out" "$root/src/tidemark/core/harmonics.py"
run learn --explain "$weak"
exits 0 "--explain of what is kept back"
like "says why" "$out" "not published: weak"

# ---- --reject and --allow ----
run learn --reject "$moved"
exits 0 "--reject"
same "it is silent on stdout" "$(cat "$out")" ""
run learn --format json
same "a rejected learning is kept back" "$(state_of path_moved)" rejected_by_user
run learn --apply
unlike "and is not written" "$root/CLAUDE.md" "lib/harmonics.py"
like "the others are" "$root/CLAUDE.md" "uv run python"
run learn --allow "$moved"
exits 0 "--allow"
run learn --allow "$moved"
exits 4 "--allow of what was not rejected"
run learn --apply
like "then it is written" "$root/CLAUDE.md" "lib/harmonics.py"
run learn --reject "$python"
run learn --apply
unlike "rejecting a listed one takes it out" "$root/CLAUDE.md" "uv run python"

# ---- a line the user deletes ----
fresh
run learn --apply
grep -v 'lib/harmonics.py' "$root/CLAUDE.md" >"$T/edited"
cp "$T/edited" "$root/CLAUDE.md"
run learn --format json
same "a deleted line is rejected" "$(state_of path_moved)" rejected_by_user
run learn --apply
unlike "and does not come back" "$root/CLAUDE.md" "lib/harmonics.py"
run learn --reindex --apply
unlike "not even after --reindex" "$root/CLAUDE.md" "lib/harmonics.py"
run learn --allow "$moved"
run learn --apply
like "before --allow" "$root/CLAUDE.md" "lib/harmonics.py"

# ---- a line the user edits ----
fresh
run learn --apply
sed -i 's/^- `lib.harmonics.py` is now.*/- Harmonics moved: `src\/tidemark\/core\/harmonics.py`, ask Sam./' "$root/CLAUDE.md"
cp "$root/CLAUDE.md" "$T/edited"
run learn --format json
same "an edited line is pinned" "$(state_of path_moved)" pinned
run learn --apply
exits 0 "apply"
identical "keeps it as it is" "$root/CLAUDE.md" "$T/edited"
run learn --reindex --apply
identical "after --reindex too" "$root/CLAUDE.md" "$T/edited"
git -C "$root" mv src/tidemark/core/harmonics.py src/tidemark/tides.py
git_sample commit -q -m "harmonics become tides"
run learn --apply
like "even when the file moves on" "$root/CLAUDE.md" "ask Sam."
same "without saying it twice" "$(grep -c harmonics.py "$root/CLAUDE.md")" 1

# ---- a checkout is no feedback ----
fresh
git_sample checkout -q -b topic
run learn --apply
git_sample commit -q -a -m "what was learned"
git_sample checkout -q main
run learn --apply
like "an older commit without the block" "$root/CLAUDE.md" "lib/harmonics.py"
git_sample checkout -q -- CLAUDE.md
git_sample checkout -q topic
run learn --format json
same "does not reject anything" "$(learned suppressed reason | grep -c rejected)" 0

# ---- a removed block is no rejection ----
fresh
run learn --apply
git_sample checkout -q -- CLAUDE.md
run learn --apply
like "a reverted CLAUDE.md gets its block again" "$root/CLAUDE.md" "lib/harmonics.py"
run learn --undo
run learn --apply
like "after --undo too" "$root/CLAUDE.md" "lib/harmonics.py"

# ---- facts change ----
fresh
run learn --apply
git_sample mv src/tidemark/core/harmonics.py src/tidemark/tides.py
git_sample commit -q -m "harmonics become tides"
run learn --apply
like "a line follows the file" "$root/CLAUDE.md" '`lib/harmonics.py` is now `src/tidemark/tides.py`.'
run learn --format json
same "under the same id" "$(id_of path_moved)" "$moved"
git_sample rm -q uv.lock
git_sample commit -q -m "no uv"
run learn --apply
unlike "what is no longer proven leaves" "$root/CLAUDE.md" "uv run"

# ---- rules in the user's own words ----
fresh
cat >>"$root/CLAUDE.md" <<'END'
- `lib/harmonics.py` moved, it is now `src/tidemark/core/harmonics.py`.
- Never run `./gradlew publish` yourself.
END
run learn --format json
same "a rule of the user's is not repeated" "$(state_of path_moved)" already_documented
same "a one-sided one neither" "$(state_of permission)" already_documented
run learn -v
like "where it stands is told" "$out" "CLAUDE.md:7"
fresh
echo 'The report lives beside `lib/harmonics.py`.' >>"$root/CLAUDE.md"
run learn
like "a rule that is out of date is told" "$out" "stale rule CLAUDE.md:7 names lib/harmonics.py"
like "and the fact published beside it" "$out" '+- `lib/harmonics.py` is now'

# ---- memory switched off ----
fresh
printf '{"autoMemoryEnabled": false}\n' >"$home/.claude/settings.json"
run learn --apply
exits 0 "with the agent's memory switched off"
same "no memory is written" "$(ls "$memory" 2>/dev/null)" ""
like "which is said" "$out" "switched off"

# ---- a learning known from elsewhere ----
fresh
run learn --apply
rm -rf "$hh"
run learn --format json
same "a teammate's block is adopted" "$(learned learnings state | sort -u)" listed
fingerprint "$sample" >"$T/before"
run learn --apply
fingerprint "$sample" >"$T/after"
identical "and not changed" "$T/after" "$T/before"

# ---- --forget ----
fresh
run learn --apply
run learn --reject "$moved"
run learn --forget
exits 0 "--forget"
same "no decision is left" "$(grep -ac harmonics.py "$hh/headroom.db")" 0
same "no backup" "$(find "$hh" -path '*backups/*' -type f)" ""
like "the files stay" "$root/CLAUDE.md" "uv run python"
run learn --format json
same "and a rejection is forgotten" "$(state_of path_moved)" listed
finish
