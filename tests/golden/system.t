#!/bin/sh
# The world around: closed pipes, full disks, Ctrl-C, several at once, copies of logs, odd environments.
. "$(dirname "$0")/../lib.sh"
fresh

# ---- where the output goes ----
run learn --format json
cp "$out" "$T/wanted"
(
	trap '' PIPE
	cd "$root" && "$HEADROOM" learn -v 2>"$err"
	echo $? >"$T/status"
) | :
same "a closed pipe is a failure" "$(cat "$T/status")" 1
like "with a message" "$err" "standard output"
if [ -w /dev/full ]; then
	(cd "$root" && exec "$HEADROOM" learn) >/dev/full 2>"$err"
	same "a full disk too" "$?" 1
	like "with a message" "$err" "No space left"
	(cd "$root" && exec "$HEADROOM" --help) >/dev/full 2>"$err"
	same "also for the help" "$?" 1
else
	skip "a full disk" "no /dev/full"
fi
(cd "$root" && exec "$HEADROOM" learn --apply) >&- 2>"$err"
same "no standard output" "$?" 1
run learn --format json --log-file "$T/log"
exits 0 "--log-file"
run learn --log-file "$T/none/log"
exits 2 "--log-file where there is no folder"
like "which is named" "$err" "$T/none/log"

# ---- copies of logs count once ----
fresh
for copy in 1 2 3; do
	for log in "$T/pristine/home/.claude/projects"/*/????????-*.jsonl; do
		cp "$log" "$logs/copy$copy-${log##*/}"
	done
done
run learn --format json
same "copied logs add no failures" "$(json projects.0.failures) $(json projects.0.calls)" "22 56"
same "and no lineages" "$(json projects.0.lineages)" 5

# ---- several at once ----
fresh
for n in 1 2 3 4; do
	(
		cd "$root" && "$HEADROOM" learn --apply >"$T/out$n" 2>"$T/err$n"
		echo $? >"$T/status$n"
	) &
done
wait
same "four at once succeed, or see that another one wrote" "$(sort -u "$T"/status? | tr '\n' ' ' | sed 's/ 3 $/ /')" "0 "
same "and write one block" "$(grep -c 'headroom:learn:start' "$root/CLAUDE.md")" 1
run learn --apply
like "which is complete" "$err" "up to date"

# ---- Ctrl-C ----
fresh
run learn --apply
cp "$root/CLAUDE.md" "$T/claude"
wrong=
for delay in 0 0.001 0.002 0.004 0.006 0.008 0.012 0.016 0.024; do
	fresh
	(cd "$root" && exec "$HEADROOM" learn --apply) >"$out" 2>"$err" &
	pid=$!
	sleep $delay
	kill -INT $pid 2>/dev/null
	wait $pid
	case $? in
	0 | 1 | 130) ;;
	*) wrong="$wrong [$delay] exit $?" ;;
	esac
	cmp -s "$root/CLAUDE.md" "$T/claude" || cmp -s "$root/CLAUDE.md" "$T/pristine/tidemark/CLAUDE.md" ||
		wrong="$wrong [$delay] CLAUDE.md is neither old nor new"
	run learn --apply
	[ "$status" = 0 ] || wrong="$wrong [$delay] the next run exits $status"
	cmp -s "$root/CLAUDE.md" "$T/claude" || wrong="$wrong [$delay] the next run does not write"
	left=$(find "$sample" "$hh" -name '*.tmp')
	wrong=$wrong${left:+" [$delay] left $left"}
done
same "Ctrl-C at any time leaves whole files" "$wrong" ""
if ! strace -f -o /dev/null -e trace=none true 2>/dev/null; then
	skip "Ctrl-C in the middle of a scan" "strace is absent or not permitted"
else
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # which cannot work under strace
	# reading is made slow, so that the signal comes while logs are read
	fresh
	(cd "$root" && exec strace -f -qq -o "$T/trace" -e trace=read -e inject=read:delay_enter=100000 \
		timeout -s INT 0.7 "$HEADROOM" learn --apply --jobs 2) >"$out" 2>"$err"
	if grep -q interrupted "$err"; then
		like "Ctrl-C in the middle of a scan is said" "$err" "headroom: interrupted"
		git_sample diff --quiet
		same "nothing is written" "$?" 0
	else
		skip "Ctrl-C in the middle of a scan" "it came too early or too late here"
	fi
	run learn --apply
	exits 0 "the next run goes on"
	identical "and ends the same" "$root/CLAUDE.md" "$T/claude"
fi

# ---- environments ----
fresh
(cd "$root" && env -i HOME="$home" HEADROOM_NOW="$HEADROOM_NOW" "$HEADROOM" learn --apply) >"$out" 2>"$err"
same "an almost empty environment" "$?" 0
same "has its home in ~/.headroom" "$(stat -c %a "$home/.headroom/headroom.db")" 600
fresh
(cd "$root" && HEADROOM_HOME=relative/home exec "$HEADROOM" learn -q) >"$out" 2>"$err"
same "a relative HEADROOM_HOME" "$(ls "$root/relative/home")" "headroom.db"
fresh
for locale in C tr_TR.UTF-8 de_DE.UTF-8; do
	(cd "$root" && LC_ALL=$locale TZ=Asia/Kathmandu exec "$HEADROOM" learn --format json) >"$out" 2>"$err"
	sed -e 's/"ms": [0-9]*//' -e 's/"bytes_read": [0-9]*//' "$out" >"$T/a"
	sed -e 's/"ms": [0-9]*//' -e 's/"bytes_read": [0-9]*//' "$T/wanted" >"$T/b"
	identical "locale $locale and time zone change nothing" "$T/a" "$T/b"
done
mkdir "$T/gone"
(cd "$T/gone" && rmdir "$T/gone" && exec "$HEADROOM" learn) >"$out" 2>"$err"
status=$?
same "a folder that is gone" "$([ $status = 1 ] || [ $status = 4 ] && echo told)" told

# ---- nothing is run, nothing is sent ----
if strace -f -o /dev/null -e trace=none true 2>/dev/null; then
	fresh
	(cd "$root" && exec strace -f -qq -o "$T/trace" -e trace=execve,execveat,fork,vfork,socket,connect,sendto,bind \
		"$HEADROOM" learn --apply) >"$out" 2>"$err"
	same "one program" "$(grep -c 'exec' "$T/trace")" 1
	same "no connection" "$(grep -v exec "$T/trace" | grep -v '+++' | grep -v AF_UNIX)" ""
	rm -rf "$hh"
	(cd "$root" && exec strace -f -qq -o "$T/trace" -e trace=openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat \
		"$HEADROOM" learn) >"$out" 2>"$err"
	same "a dry run writes to its own home only" "$(grep -e O_WRONLY -e O_RDWR -e O_CREAT -e rename -e unlink -e mkdir "$T/trace" |
		grep -v -e "$hh" -e /dev/ -e ENOENT -e '/proc/' -e '\.gcda')" ""
else
	skip "nothing is run, nothing is sent" "strace is absent or not permitted"
fi
finish
