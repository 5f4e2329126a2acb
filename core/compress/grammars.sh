#!/bin/sh
# Fetches the tree-sitter grammars (all MIT) from npm at pinned versions and compiles them into FOLDER/libgrammars.a,
# which the Makefile links when it is there; without it code passes through.  Their ABI is 14, the last that
# libtree-sitter 0.20 reads.  Their sources stay below FOLDER.
# usage: grammars.sh FOLDER; GRAMMARS_FROM names a folder that already holds the packages, for work without a network.
set -eu

folder=$1
archive=$folder/libgrammars.a
# name, version, SHA-256 of the package, folders with a parser
rows='
python     0.23.6 aab5b860d93dbf84b37fed532f7dacc0468ede5387d0c74911d68f964287662a src
javascript 0.23.1 90e80b25a67517a4daf6ad751557bee21efbda7b7a5a554897933245d1734398 src
typescript 0.23.2 0fdf63c35930a75885145d75ee63cb879da2d49db9bfe454bd8e60b08ba778a1 typescript/src,tsx/src
go         0.23.4 8779d20d322b4319ad8c833ea72ecb6d109cf1fec8979bdcdb5315a2e511dd2c src
rust       0.23.3 5c1d96a9628875c7ba122da1a3aa0bf62b547b5a720673fa318336de27506c66 src
java       0.23.5 6b6c1b62605f9d8bb80efd2ebe5951a87b182faafa3eeb67c460a667818551b6 src
c          0.23.6 88175d4425037ec0026233a44f82064a676573b1fd748fc709ae607332151243 src
cpp        0.23.4 615d152f70e7a6bed8f15a93c3c0c264c40dc71c1b6a1445646fff9439e776bc src
'

skip() {
	echo "grammars: $1; code will not be compressed" >&2
	exit 1
}

[ ! -e "$archive" ] || [ -z "$(find "$0" -newer "$archive")" ] || rm "$archive"
[ ! -e "$archive" ] || exit 0
pkg-config --exists tree-sitter 2>/dev/null || skip "libtree-sitter-dev is missing"
[ -n "${GRAMMARS_FROM:-}" ] || command -v npm >/dev/null || skip "npm is missing"
mkdir -p "$folder"

fetch() {
	package=$folder/tree-sitter-$1-$2.tgz
	if [ ! -e "$package" ] && [ -n "${GRAMMARS_FROM:-}" ]; then
		cp "$GRAMMARS_FROM/${package##*/}" "$folder"
	elif [ ! -e "$package" ]; then
		npm pack --silent --fetch-retries=0 --fetch-timeout=60000 --pack-destination "$folder" \
			"tree-sitter-$1@$2" >/dev/null
	fi
	echo "$3  $package" | sha256sum -c --status 2>/dev/null || {
		rm -f "$package"
		return 1
	}
	rm -rf "${folder:?}/$1"
	mkdir "$folder/$1"
	tar -xzf "$package" -C "$folder/$1" --strip-components=1
}

echo "$rows" | while read -r name version sum places; do
	[ -n "$name" ] || continue
	fetch "$name" "$version" "$sum" || skip "could not fetch tree-sitter-$name $version"
	for place in $(echo "$places" | tr , ' '); do
		for source in "$folder/$name/$place/parser.c" "$folder/$name/$place/scanner.c"; do
			[ ! -e "$source" ] || ${CC:-cc} -std=c11 -O2 -w -fPIC -I"$folder/$name/$place" \
				-c -o "${source%.c}.o" "$source"
		done
	done
done
find "$folder" -name '*.o' | LC_ALL=C sort | xargs ar rcs "$archive.new"
mv "$archive.new" "$archive"
