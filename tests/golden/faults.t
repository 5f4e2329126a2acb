#!/bin/sh
# `headroom learn --apply` dies at, or fails in, each of its writing operations in turn (HEADROOM_FAULT, see core/base/fs.h).
# Whatever happens, each file of the user's is whole, either old or new; the next run finishes the job and tidies up.
. "$(dirname "$0")/../lib.sh"
most=200 # writing operations an apply may have before this test gives up

# ---- the two states each file may be in ----
fresh
run learn --apply=00000000 # the index is built, nothing is written
cp -a "$hh" "$T/saved"
cp -a "$sample" "$T/before"
run learn --apply
exits 0 "without a fault"
cp "$root/CLAUDE.md" "$T/claude"
cp "$memory" "$T/memory"

# The sample before the apply, quicker than fresh().
again() {
	rm -rf "$hh" "$memory" "${memory%/*}"
	cp -a "$T/saved" "$hh"
	find "$root" -maxdepth 1 -name '.*.tmp' -delete
	cp -p "$T/before/tidemark/CLAUDE.md" "$root/CLAUDE.md"
}

# whole: prints what is wrong with the files
whole() {
	cmp -s "$root/CLAUDE.md" "$T/before/tidemark/CLAUDE.md" || cmp -s "$root/CLAUDE.md" "$T/claude" ||
		echo "CLAUDE.md is neither old nor new"
	[ ! -e "$memory" ] || cmp -s "$memory" "$T/memory" || echo "MEMORY.md is neither absent nor new"
	[ "$(stat -c %a "$root/CLAUDE.md")" = "$mode" ] || echo "CLAUDE.md has mode $(stat -c %a "$root/CLAUDE.md")"
}

# unchanged: the same, of a run that failed and said so
unchanged() {
	cmp -s "$root/CLAUDE.md" "$T/before/tidemark/CLAUDE.md" || echo "CLAUDE.md changed"
	[ ! -e "$memory" ] || echo "MEMORY.md was made"
	leftovers
}

leftovers() {
	find "$root" "$home" "$hh" -name .git -prune -o -name '*.tmp' -print
}

# next_run: prints what is wrong after the run that follows
next_run() {
	run learn --apply
	[ "$status" = 0 ] || echo "the next run exits $status: $(cat "$err")"
	cmp -s "$root/CLAUDE.md" "$T/claude" || echo "the next run does not write CLAUDE.md"
	cmp -s "$memory" "$T/memory" || echo "the next run does not write MEMORY.md"
	leftovers
}

# The files are right, and the program knows that it wrote them.
settled() {
	run learn -v --color=never
	grep -q -e ' new    ' -e rejected_by_user "$out" && echo "the run after that rejects or repeats something"
}

mode=$(stat -c %a "$T/before/tidemark/CLAUDE.md")

# strike N: one apply with the fault, in $status
strike() {
	again
	(cd "$root" && HEADROOM_FAULT=$operation:$1:$error exec "$HEADROOM" learn --apply) >"$out" 2>"$err"
	status=$?
}

# each OPERATION ERROR FUNCTION: at each occurrence until there is none; the function prints what is wrong
each() {
	operation=$1
	error=$2
	wrong=
	n=1
	struck=0
	quiet=0
	patience=6
	[ "$error" != short ] || patience=12
	# what only tidies up may fail unnoticed: it ends where several in a row went unnoticed
	while [ $n -lt $most ] && [ $quiet -lt $patience ]; do
		strike $n
		was=$status
		if [ $was = 0 ]; then
			quiet=$((quiet + 1))
		else
			struck=$((struck + 1))
			quiet=0
		fi
		wrong=$wrong$($3 | sed "s/^/ [$n] /")
		n=$((n + 1))
		[ "$error" != kill ] || [ $was = 137 ] || break
	done
	[ $struck -gt 0 ] || [ "$error" = short ] || wrong="$wrong it never struck"
	[ $n -lt $most ] || wrong="$wrong it never ended"
	same "$operation $error, $struck of $((n - 1)) noticed" "$wrong" ""
}

killed() {
	whole
	cmp -s "$root/CLAUDE.md" "$T/claude"
	new=$?
	next_run
	[ $new != 0 ] || settled
}

# A short write is continued: nobody notices.
continued() {
	[ $was = 0 ] || echo "exit $was"
	cmp -s "$root/CLAUDE.md" "$T/claude" || echo "CLAUDE.md is not written"
	cmp -s "$memory" "$T/memory" || echo "MEMORY.md is not written"
}

# All or nothing, and the exit status tells which.
reported() {
	case $was in
	0)
		cmp -s "$root/CLAUDE.md" "$T/claude" || echo "exit 0, but CLAUDE.md is not written"
		cmp -s "$memory" "$T/memory" || echo "exit 0, but MEMORY.md is not written"
		return
		;;
	1 | 3)
		grep -q '^headroom: ' "$err" || echo "no message"
		;;
	*)
		echo "exit $was"
		;;
	esac
	# behind the last file operation comes the report, for which there may be no room
	grep -q 'standard output' "$err" || unchanged
	[ $((n % 3)) != 0 ] || next_run
}

each any kill killed
each write short continued
each any ENOSPC reported
each open EACCES reported
each mkdir EACCES reported
each rename EACCES reported
each fsync EIO reported

# ---- undo and remove under the same knife ----
for way in --undo --remove; do
	n=0
	wrong=
	while [ $n -lt $most ]; do
		n=$((n + 1))
		again
		run learn --apply
		(cd "$root" && HEADROOM_FAULT=any:$n:kill exec "$HEADROOM" learn $way) >"$out" 2>"$err"
		[ $? = 137 ] || break
		wrong=$wrong$(whole | sed "s/^/ [$n] /")
		run learn $way
		[ "$status" = 0 ] || wrong="$wrong [$n] then exit $status: $(cat "$err")"
		cmp -s "$root/CLAUDE.md" "$T/before/tidemark/CLAUDE.md" || wrong="$wrong [$n] then CLAUDE.md is not the old one"
		[ ! -e "$memory" ] || wrong="$wrong [$n] then MEMORY.md is still there"
		wrong=$wrong$(leftovers | sed "s/^/ [$n] left: /")
	done
	[ $n -gt 3 ] || wrong="$wrong it never struck"
	same "$way, killed $((n - 1)) times" "$wrong" ""
done

# ---- the same from outside: a real SIGKILL at system calls, in whatever library makes them ----
if ! command -v strace >/dev/null 2>&1; then
	skip "SIGKILL at system calls" "no strace"
elif ! strace -f -o /dev/null -e trace=none true 2>/dev/null; then
	skip "SIGKILL at system calls" "strace is not permitted"
else
	exec 2>"$T/killed" # the shell tells of each
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # which cannot work under strace
	for call in write,pwrite64 rename,renameat,renameat2 fsync,fdatasync unlink,unlinkat openat; do
		n=0
		wrong=
		step=1
		[ $call != openat ] || step=29
		[ $call != write,pwrite64 ] || step=5
		while [ $n -lt $most ]; do
			n=$((n + step))
			again
			(cd "$root" && exec strace -f -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n \
				"$HEADROOM" learn --apply) >"$out" 2>"$err"
			[ $? = 137 ] || break
			wrong=$wrong$(whole | sed "s/^/ [$n] /")$(next_run | sed "s/^/ [$n] then /")
		done
		[ $n -gt 1 ] || wrong="$wrong it never struck"
		same "SIGKILL at $call" "$wrong" ""
	done
fi
finish
