# shellcheck shell=sh
# Part of run.sh: the compression engine.  Times of whole results of tools, on one thread, in one process that is warm;
# the first run of a process, which makes its tables, is told beside them.
#
#	HEADROOM_BENCH_FIXTURES	a folder of CASE/{input.json,meta.json} with recorded times of a peer

build gen_texts tests/bench/gen_texts.c
build crush_bench tests/bench/crush_bench.c
build pipeline_bench tests/bench/pipeline_bench.c
texts=$out/texts
mkdir -p "$texts"

# A machine that does something else besides can only make a time longer: of the medians of several processes the
# least counts.
field() { sed -n "s/.*$1 \([0-9.]*\) ms.*/\1/p"; } # NAME
least() # NAME COMMAND...
{
	name=$1
	shift
	i=0
	while [ "$i" -lt "$runs" ]; do
		"$@" | tail -n 1 | field "$name"
		i=$((i + 1))
	done | sort -n | head -n 1
}
crush() { least median "$bin/crush_bench" "$@"; } # COMPRESSOR FILE [QUERY]: ms
whole() { least median "$bin/pipeline_bench" "$@"; }

echo
echo "compression"
"$bin/gen_texts" results 1000 >"$texts/results"
"$bin/gen_texts" log 5000 >"$texts/log"
"$bin/gen_texts" grep 1000 >"$texts/grep"
bar "1,000 results, without counting" "$(crush smart_crusher "$texts/results" "Which page is about the lease?")" \
	ms at-most 2
note "1,000 results with exact counts, first run" "$(least first "$bin/pipeline_bench" -s "$texts/results")" ms
bar "1,000 results with exact counts" "$(whole -s "$texts/results")" ms at-most 8
bar "log of 5,000 lines" "$(crush log "$texts/log")" ms at-most 5
bar "1,000 matches" "$(crush search "$texts/grep" "Where is the lease taken?")" ms at-most 3
note "request of 61 messages, 150 KB, first run" "$(least first "$bin/pipeline_bench")" ms
bar "request of 61 messages, 150 KB" "$(whole)" ms at-most 2
note "the same, 2 threads" "$(whole -j 2)" ms

# ---- five times as much takes five times as long, and little more where it does not fit the processor's caches ----

linear() # TITLE COMPRESSOR KIND ROWS: of 50 MB
{
	"$bin/gen_texts" "$3" "$(($4 / 5))" >"$texts/small"
	"$bin/gen_texts" "$3" "$4" >"$texts/large"
	small=$("$bin/crush_bench" "$2" "$texts/small" | field best)
	large=$("$bin/crush_bench" "$2" "$texts/large" | field best)
	note "$1, $(($(wc -c <"$texts/large") / 1000000)) MB" "$large" ms
	bar "$1, five times as much, times as long" "$(divide "$large" "$small")" x at-most 10
	rm "$texts/small" "$texts/large"
}
linear "results" smart_crusher results 150000
linear "log" log log 550000
linear "matches" search grep 700000

# ---- a peer's recorded times, whole calls with counting ----

if [ -d "${HEADROOM_BENCH_FIXTURES:-}" ]; then
	for dir in "$HEADROOM_BENCH_FIXTURES"/*/; do
		theirs=$(tr -d '\n' <"$dir/meta.json" | sed -n 's/.*"latency_ms": *{ *"median": *\([0-9.]*\).*/\1/p')
		[ -n "$theirs" ] || continue
		ours=$(whole "$dir/input.json")
		note "$(basename "$dir"), faster than recorded" "$(divide "$theirs" "$ours")" x
	done
else
	note "recorded times of a peer" - "(HEADROOM_BENCH_FIXTURES names them)"
fi

# ---- tiktoken ----

if [ "${HEADROOM_BENCH_NPM:-0}" = 1 ]; then
	tests/bench/token.sh >"$texts/tokens"
	for name in o200k_base cl100k_base; do
		bar "tokens of $name, faster than tiktoken" \
			"$(sed -n "s/^$name .* \([0-9.]*\) x\$/\1/p" "$texts/tokens")" x at-least 30
	done
else
	note "tokens against tiktoken" - "(HEADROOM_BENCH_NPM=1 installs it)"
fi
