#!/bin/sh
# Exact token counts against the npm package tiktoken (WebAssembly), one thread each: the same answers, and how much
# faster.  Needs node and npm; the package goes below build/npm.  Usage: token.sh [DIR...]: files to compare on as well,
# which are also the text that is timed (this project's sources if there are none).
set -eu
cd "$(dirname "$0")/../.."

out=$PWD/build/bench
package=$PWD/build/npm/package
text=$out/token.txt
mkdir -p "$out/bin" build/npm
[ -d "$package" ] || (cd build/npm && npm pack --silent tiktoken@1.0.22 >/dev/null && tar xf tiktoken-1.0.22.tgz)
make -s build/release/libheadroom.a
grammars=
[ ! -e build/grammars/libgrammars.a ] || grammars="build/grammars/libgrammars.a $(pkg-config --libs tree-sitter)"
# shellcheck disable=SC2046
"${CC:-cc}" -std=c11 -O3 -pthread -I. -D_XOPEN_SOURCE=700 -D_GNU_SOURCE -o "$out/bin/token_bench" \
	tests/bench/token_bench.c build/release/libheadroom.a $(pkg-config --libs jansson sqlite3) $grammars -ldl -lm

node tests/bench/token_peer.js "$package" compare "$out/bin/token_bench" "$@"
if [ $# -gt 0 ]; then
	find "$@" -type f -exec cat {} + | head -c 4000000 | iconv -c -f UTF-8 -t UTF-8 >"$text"
else
	cat core/*/*.[ch] scanners/*.c analyzers/*.c writers/*.c | head -c 4000000 >"$text"
fi
for name in o200k_base cl100k_base; do
	ours=$("$out/bin/token_bench" time "$name" "$text")
	theirs=$(node tests/bench/token_peer.js "$package" time "$text" "$name")
	[ "${ours% *}" = "${theirs% *}" ] || { echo "token.sh: $ours against $theirs tokens" >&2; exit 1; }
	awk -v name="$name" -v tokens="${ours% *}" -v a="${ours#* }" -v b="${theirs#* }" \
		'BEGIN { printf "%-12s %9d tokens  %8.1f MB/s  tiktoken %6.2f MB/s  %6.1f x\n", name, tokens, a, b, a / b }'
done
