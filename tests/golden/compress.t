#!/bin/sh
# Compressing requests and texts, and getting every original back.
. "$(dirname "$0")/../lib.sh"
root=$T/work
mkdir -p "$root" "$T/home"
home=$T/home
export HOME="$home"
requests=$tests/fixtures/compress/requests

# original FILE: the text of the tool's answer in a request, as bytes
original() {
	perl -MJSON::PP -e '
		local $/;
		my $v = JSON::PP->new->utf8->decode(<STDIN>);
		my ($m) = grep { $_->{role} eq "tool" } @{$v->{messages}};
		my $text = $m->{content};
		utf8::encode($text);
		print $text;' <"$1"
}

# with_input FILE ARGS...: the program reads the file
with_input() {
	input=$1
	shift
	(cd "$root" && exec "$HEADROOM" "$@") >"$out" 2>"$err" <"$input"
	status=$?
}

# ---- requests ----
for case in number_array_200 string_array_100 build_log_200 grep_150 json_array_100; do
	run compress "$requests/$case.json"
	exits 0 "$case"
	holds "something is saved" test "$(json tokens_after)" -lt "$(json tokens_before)"
	same "four messages" "$(json messages.#)" 4
	same "the figures agree" "$(($(json tokens_before) - $(json tokens_after)))" "$(json tokens_saved)"
	hash=$(json ccr_hashes.0)
	original "$requests/$case.json" >"$T/original"
	run retrieve "$hash"
	exits 0 "retrieve $case"
	identical "byte for byte" "$out" "$T/original"
done

run compress "$requests/json_array_100.json"
cp "$out" "$T/first"
golden compress.json "$out"
run compress "$requests/json_array_100.json"
identical "the same bytes again" "$out" "$T/first"
with_input "$requests/json_array_100.json" compress
identical "from standard input" "$out" "$T/first"
with_input "$requests/json_array_100.json" compress -
identical "as '-' too" "$out" "$T/first"

# ---- the request itself ----
for case in anthropic_agent gemini responses; do
	run compress --body "$requests/$case.json"
	exits 0 "$case has nothing to compress"
	identical "and comes back as it was" "$out" "$requests/$case.json"
	like "which is said" "$err" "too short"
done
run compress --body "$requests/json_array_100.json"
exits 0 "--body"
head -c 150 "$requests/json_array_100.json" >"$T/wanted"
head -c 150 "$out" >"$T/got"
identical "begins as it was" "$T/got" "$T/wanted"
cp "$out" "$T/once.json"
run compress --body "$T/once.json"
identical "what was compressed is left alone" "$out" "$T/once.json"
cat "$requests/responses.json" | tr -d '\n' >"$T/lines.jsonl"
echo >>"$T/lines.jsonl"
tr -d '\n' <"$requests/string_array_100.json" >>"$T/lines.jsonl"
run compress "$T/lines.jsonl"
exits 0 "requests, one a line"
same "give a line each" "$(wc -l <"$out")" 2
printf '%s\n' '{"role":"user","content":"hello"}' '{"role":"assistant","content":"hi"}' >"$T/messages.jsonl"
run compress "$T/messages.jsonl"
same "messages, one a line, are one request" "$(json messages.#)" 2

# ---- texts ----
original "$requests/build_log_200.json" >"$T/log"
run compress "$T/log"
exits 0 "a log"
like "ends with a marker" "$out" "Retrieve: hash="
like "figures go to stderr" "$err" "% saved, router:log:"
run compress -q "$T/log"
same "unless they are not wanted" "$(wc -c <"$err")" 0
run compress --format json "$T/log"
same "as JSON" "$(json type)" log
run compress --type text "$T/log"
like "as another kind" "$err" "router:text:"
original "$requests/json_array_100.json" >"$T/rows"
run compress --query 'item "item-42"' "$T/rows"
exits 0 "rows"
holds "are JSON still" perl -MJSON::PP -e 'local $/; JSON::PP->new->utf8->decode(<STDIN>)' <"$out"
printf 'short \377\n' >"$T/short"
run compress "$T/short"
identical "a short text comes back as it was" "$out" "$T/short"
like "with the reason" "$err" "too short"

# ---- options ----
for n in 5 15 50; do
	run compress --set max_items_after_crush=$n "$T/rows"
	wc -c <"$out" >>"$T/sizes"
done
holds "each limit gives its own result" sort -nuc "$T/sizes"
run compress --set help
exits 0 "--set help"
like "lists the options" "$out" max_items_after_crush
mkdir -p "$hh"
printf '[compression]\nmax_items = 50\nexclude-tools = ["a", "list_items"]\n' >"$hh/config.toml"
run compress "$requests/json_array_100.json"
like "config.toml is read" "$out" "router:excluded:tool"
run compress --set exclude_tools= "$requests/json_array_100.json"
unlike "--set wins" "$out" "router:excluded:tool"
HEADROOM_EXCLUDE_TOOLS=x run compress "$requests/json_array_100.json"
unlike "so does the environment" "$out" "router:excluded:tool"
HEADROOM_DEFAULT_MODE=audit run compress "$requests/json_array_100.json"
like "audit only measures" "$out" "mode audit"
printf '[compression]\nmax_items = 0\n' >"$hh/config.toml"
run compress "$T/rows"
exits 2 "a bad value in config.toml"
like "is named with its line" "$err" "config.toml:2:"
printf '[compression]\nnope = 0\n' >"$hh/config.toml"
run compress "$T/rows"
exits 2 "an unknown key"
rm "$hh/config.toml"
HEADROOM_MAX_ITEMS=no run compress "$T/rows"
exits 2 "a bad value in the environment"
like "is named" "$err" HEADROOM_MAX_ITEMS
for set in nope=1 max_items max_items=x accept_ratio=2; do
	run compress --set $set "$T/rows"
	exits 2 "--set $set"
done
run compress --type tree "$T/rows"
exits 2 "an unknown kind"
like "lists those there are" "$err" "auto|json|log"
run compress --body "$T/rows"
exits 2 "--body of what is no request"
like "says why" "$err" "the input is no request: JSON, but neither"
run compress "$T/rows" "$T/log"
exits 2 "two files"
run compress "$T/none"
exits 4 "no such file"
: >"$T/empty"
run compress "$T/empty"
exits 4 "an empty file"

# ---- retrieving ----
run compress --body "$requests/build_log_200.json"
hash=$(sed -n 's/.*Retrieve: hash=\([0-9a-f]*\).*/\1/p' "$out")
run retrieve "$hash" --query error
exits 0 "a search"
like "finds lines with their numbers" "$out" ":"
like "says how many" "$err" "lines that match"
run retrieve "$hash" --query error --format json
same "as JSON" "$(json query)" error
run retrieve "$hash" --query zebra --format json
exits 0 "no match is an answer"
same "and says so" "$(json count) $(json matches)" "0 0"
like "with a hint" "$out" hint
run retrieve "$hash" --offset 1 --limit 2
same "a part by number" "$(wc -l <"$out")" 2
run retrieve "$hash" --format json
original "$requests/build_log_200.json" >"$T/original"
same "the whole as JSON" "$(json original_content | cksum)" "$( (cat "$T/original" && echo) | cksum)"
run retrieve "$(echo "$hash" | tr a-f A-F)"
identical "capitals will do" "$out" "$T/original"
HEADROOM_NOW=2026-03-15T12:59:59Z run retrieve "$hash"
exits 0 "up to the time that was printed"
HEADROOM_NOW=2026-03-15T14:30:00Z run retrieve "$hash"
exits 4 "not behind it"
like "which is not the same as wrong" "$err" expired
run retrieve 000000000000000000000000
exits 4 "a wrong hash"
like "is one that was never here" "$err" "no original of that hash"
run retrieve abc
exits 4 "no hash at all"
like "which is said" "$err" "24 hexadecimal digits"
run retrieve
exits 2 "no hash given"
same "the store is private" "$(stat -c %a "$hh/ccr_store.db")" 600

# ---- the prefix a provider can cache ----
run compress "$requests/json_array_100.json"
same "has a hash" "$(json stable_prefix_hash)" "$(printf '%s' '[{"content":"You are a careful engineering assistant.","role":"system"},{"content":"Which items are in an error state?","role":"user"}]' | sha256sum | head -c 16)"
same "and a score" "$(json cache_alignment_score)" 100

# ---- hostile sizes ----
said='[{"role":"user","content":"hello"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"q","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"'
{
	printf '%s' "$said"
	head -c 100000000 /dev/zero | tr '\0' x
	printf '"}]'
} >"$T/long.json"
run compress --body "$T/long.json"
exits 0 "a string of 100 MB"
identical "passes through" "$out" "$T/long.json"
like "with a reason" "$err" "already compact"
{
	printf '%s' "$said"
	awk 'BEGIN { for (i = 0; i < 200; i++) printf "[{\\\"a\\\":"; printf "1"; for (i = 0; i < 200; i++) printf "}]" }'
	printf '"}]'
} >"$T/deep.json"
run compress --body "$T/deep.json"
exits 0 "nesting of 400 levels"
identical "passes through, too" "$out" "$T/deep.json"
rm "$T/long.json"

# ---- without a store ----
mkdir "$T/closed"
: >"$T/closed/file"
HEADROOM_CCR_SQLITE_PATH=$T/closed/file/x.db run compress --body "$requests/json_array_100.json"
exits 0 "no store"
identical "nothing is dropped" "$out" "$requests/json_array_100.json"
like "and that is said" "$err" "no store"
HEADROOM_CCR_BACKEND=cloud run compress "$T/rows"
exits 2 "an unknown store"
HEADROOM_CCR_BACKEND=memory run compress "$T/rows"
exits 0 "a store in memory"

run compress --help
golden compress-help.txt "$out"
run retrieve --help
golden retrieve-help.txt "$out"
finish
