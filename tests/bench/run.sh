#!/bin/sh
# Times the whole program on made-up logs against peers on the same logs, in one run on one machine, prints
# the ratios with the bars they have to clear, and fails below one.  HEADROOM names the program; `make bench` sets it.
#
#	HEADROOM_BENCH_BYTES	size of the corpus, 1050000000
#	HEADROOM_BENCH_RUNS	runs per figure, of which the best counts, 5
#	HEADROOM_BENCH_JOBS	threads, 2
#	HEADROOM_BENCH_ONLY=compress	the compression engine alone
#	HEADROOM_BENCH_SESSIONS	folders of real Claude Code logs, which are replicated to that size, too
#	HEADROOM_BENCH_NPM=1	install ccusage (HEADROOM_BENCH_CCUSAGE, "ccusage") below build/bench if it is not there
set -eu
cd "$(dirname "$0")/../.."

headroom=${HEADROOM:-$PWD/build/headroom}
bytes=${HEADROOM_BENCH_BYTES:-1050000000}
runs=${HEADROOM_BENCH_RUNS:-5}
jobs=${HEADROOM_BENCH_JOBS:-2}
out=$PWD/build/bench
bin=$out/bin
corpus=$out/corpus-$bytes
long_lines=$out/long-lines-$bytes
many=$out/many
few_calls=$out/calls-200
most_calls=$out/calls-200000
project=/home/dev/work/app
cc=${CC:-cc}
failed=0

[ -x "$headroom" ] || { echo "run.sh: no program at $headroom: run make first" >&2; exit 1; }
mkdir -p "$bin"

# ---- programs ----

flags="-std=c11 -O3 -pthread -I. -D_XOPEN_SOURCE=700 -D_GNU_SOURCE"
lib="build/release/libheadroom.a $(pkg-config --libs jansson sqlite3) -ldl -lm"
[ ! -e build/grammars/libgrammars.a ] || lib="$lib build/grammars/libgrammars.a $(pkg-config --libs tree-sitter)"
build() # NAME SOURCE... -- LIBRARIES are in $lib
{
	name=$1
	shift
	# shellcheck disable=SC2086
	"$cc" $flags -o "$bin/$name" "$@" $lib
}
# ---- telling ----

divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
bar() # NAME VALUE UNIT at-least|at-most BAR
{
	if awk -v v="$2" -v how="$4" -v bar="$5" 'BEGIN { exit !(how == "at-least" ? v >= bar : v <= bar) }'; then
		verdict=ok
	else
		verdict=MISSED
		failed=1
	fi
	printf '%-52s %10s %-3s  %s %s  %s\n' "$1" "$2" "$3" "$(echo "$4" | tr - ' ')" "$5" "$verdict"
}
note() { printf '%-52s %10s %s\n' "$@"; }

# ---- parts ----

. tests/bench/compress.sh
[ "${HEADROOM_BENCH_ONLY:-}" != compress ] || exit $failed

build gen_corpus tests/bench/gen_corpus.c tests/bench/gen_record.c tests/bench/gen_text.c
build scan_bench tests/bench/scan_bench.c
build transcript_check tests/bench/transcript_check.c # for real sessions, by hand
build measure tests/bench/measure.c
build peer_walk tests/bench/peer_walk.c
build peer_memchr tests/bench/peer_memchr.c tests/bench/peer.c
build peer_jansson tests/bench/peer_jansson.c tests/bench/peer.c

# ---- logs, kept for the next run ----

corpus() # DIR ARG...: made once for its arguments and this generator
{
	dir=$1
	stamp="$(cksum <"$bin/gen_corpus") $*"
	if [ "$(head -n 1 "$dir/stamp" 2>/dev/null)" != "$stamp" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		"$bin/gen_corpus" "$@" >"$dir/said"
		{ echo "$stamp"; cat "$dir/said"; } >"$dir/stamp"
		rm "$dir/said"
	fi
	echo "${dir##*/}: $(tail -n 1 "$dir/stamp")"
}
corpus "$corpus" "$bytes"
corpus "$long_lines" "$bytes" 648 400
corpus "$many" 100000000 5000 30
corpus "$few_calls" 200c 1 5
corpus "$most_calls" 200000c 1 5
find "$corpus" "$long_lines" "$many" "$most_calls" -name '*.jsonl' -exec cat {} + >/dev/null # into the page cache

# ---- measuring ----

best() # COMMAND...: "wall cpu peak" of the best of $runs
{
	"$bin/measure" "$runs" "$@"
}
wall() { echo "${1%% *}"; }
peak() { echo "${1##* }"; }

at_home() { (export HEADROOM_HOME="$home"; "$@"); }

cold() # DIR [ARG]...: learns with an empty index
{
	home=$(mktemp -d "$out/home-XXXXXX")
	dir=$1
	shift
	# shellcheck disable=SC2016
	at_home best sh -c 'rm -rf "$HEADROOM_HOME"; exec "$@"' sh "$headroom" learn -q --claude-dir "$dir" \
		--jobs "$jobs" "$@"
	rm -rf "$home"
}

# Whole command with an empty index against the bare reading of the same files.  How much slower than that jansson is
# depends on the machine and on the length of the lines, so it is told beside it.
first_run() # TITLE DIR
{
	echo
	echo "$1"
	memchr=$(best "$bin/peer_memchr" "$2" "$jobs")
	scan=$(best "$bin/scan_bench" "$2" "$jobs")
	learn=$(cold "$2" --all)
	jansson=$("$bin/measure" 1 "$bin/peer_jansson" "$2" "$jobs")
	note "read and find newlines, $jobs threads" "$(wall "$memchr")" ms
	note "jansson, a document per line" "$(wall "$jansson")" ms
	note "scanner alone" "$(wall "$scan")" ms
	note "learn, empty index" "$(wall "$learn")" ms
	note "scanner alone, times read and find newlines" "$(divide "$(wall "$scan")" "$(wall "$memchr")")" x
	bar "learn, times read and find newlines" "$(divide "$(wall "$learn")" "$(wall "$memchr")")" x at-most 3.2
	note "learn, faster than jansson" "$(divide "$(wall "$jansson")" "$(wall "$learn")")" x
	note "read and find newlines, faster than jansson" "$(divide "$(wall "$jansson")" "$(wall "$memchr")")" x
	bar "learn, peak resident" "$(divide "$(peak "$learn")" 1024)" MiB at-most 64
}
first_run "logs with the quantiles of real ones" "$corpus"
real=$learn
first_run "logs with fewer and longer lines" "$long_lines"
if [ -n "${HEADROOM_BENCH_SESSIONS:-}" ]; then
	replicated=$out/replicated-$bytes
	stamp="$(cksum <tests/bench/replicate.pl) $HEADROOM_BENCH_SESSIONS"
	if [ "$(cat "$replicated/stamp" 2>/dev/null)" != "$stamp" ]; then
		rm -rf "$replicated"
		# shellcheck disable=SC2086
		perl tests/bench/replicate.pl $HEADROOM_BENCH_SESSIONS "$replicated" "$bytes"
		echo "$stamp" >"$replicated/stamp"
	fi
	find "$replicated" -name '*.jsonl' -exec cat {} + >/dev/null
	first_run "real sessions, replicated with fresh ids" "$replicated"
fi

echo
# ---- a second run that finds nothing new ----

home=$(mktemp -d "$out/home-XXXXXX")
at_home "$headroom" learn -q --claude-dir "$many" --jobs "$jobs" --all >/dev/null || :
walk=$(best "$bin/peer_walk" "$many")
again=$(at_home best "$headroom" learn -q --claude-dir "$many" --jobs "$jobs" --project "$project") || again=
rm -rf "$home"
note "walk over 5,000 files" "$(wall "$walk")" ms
if [ -n "$again" ]; then
	note "second run, one project among them" "$(wall "$again")" ms
	bar "second run, times the walk" "$(divide "$(wall "$again")" "$(wall "$walk")")" x at-most 3
fi

# ---- long sessions cost no more per call than short ones ----

few=$(cold "$few_calls" --all)
most=$(cold "$most_calls" --all)
nothing=$(best "$headroom" --version)
cost() { awk -v t="$1" -v start="$2" -v n="$3" 'BEGIN { printf "%.3f", (t - start) * 1000 / n }'; }
note "a call, in a session of 200" "$(cost "$(wall "$few")" "$(wall "$nothing")" 200)" us
note "a call, in a session of 200,000" "$(cost "$(wall "$most")" "$(wall "$nothing")" 200000)" us
bar "peak resident, session of 200,000 calls" "$(divide "$(peak "$most")" 1024)" MiB at-most 64

# ---- ccusage, which reads token counts only ----

if [ "${HEADROOM_BENCH_NPM:-0}" = 1 ] && [ ! -x "$out/node_modules/.bin/ccusage" ]; then
	npm install --silent --include=optional --prefix "$out" "${HEADROOM_BENCH_CCUSAGE:-ccusage}" >/dev/null
fi
ccusage=$(command -v "$out/node_modules/.bin/ccusage" || command -v ccusage || :)
if [ -z "$ccusage" ]; then
	note "ccusage is not installed" - "(HEADROOM_BENCH_NPM=1 installs it)"
elif peer=$(CLAUDE_CONFIG_DIR=$corpus "$bin/measure" 3 "$ccusage" daily --offline --json); then
	note "ccusage" "$(wall "$peer")" ms
	bar "learn, faster than ccusage" "$(divide "$(wall "$peer")" "$(wall "$real")")" x at-least 5
else
	note "ccusage does not run here" - ""
fi
exit $failed
