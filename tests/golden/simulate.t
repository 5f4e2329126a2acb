#!/bin/sh
# What compression would have done to requests and to sessions; nothing is sent, nothing is stored.
. "$(dirname "$0")/../lib.sh"
fresh
requests=$tests/fixtures/compress/requests
rows=$requests/json_array_100.json
hostile=$(printf '\033]0;owned\007\302\233\342\200\256')

# with_input FILE ARGS...: the program reads the file
with_input() {
	input=$1
	shift
	(cd "$root" && exec "$HEADROOM" "$@") >"$out" 2>"$err" <"$input"
	status=$?
}

# session ID TEXT: a log in the sample's project: TEXT lists items, their answer is asked about five more times
session() {
	perl -MJSON::PP -e '
		my ($root, $id, $text) = @ARGV;
		my $json = JSON::PP->new->canonical;
		my ($n, $parent, $held, $read) = (0, undef, 14000, 0);
		my $record = sub {
			my ($type, $message) = @_;
			my $uuid = "$id-" . ++$n;
			print $json->encode({ parentUuid => $parent, isSidechain => JSON::PP::false, userType => "external",
				cwd => $root, sessionId => $id, version => "2.1.40", type => $type, uuid => $uuid,
				timestamp => sprintf("2026-03-14T09:%02d:00.000Z", $n), message => $message }), "\n";
			$parent = $uuid;
		};
		my $user = sub { $held += int(length($json->allow_nonref->encode($_[0])) / 3); $record->("user", { role => "user", content => $_[0] }) };
		my $model = sub {
			my ($content, $out) = @_;
			$record->("assistant", { id => "msg_$id$n", role => "assistant", type => "message", model => "claude-sonnet-4-20250514",
				content => [$content], stop_reason => "end_turn", usage => { input_tokens => 4,
				cache_read_input_tokens => $read, cache_creation_input_tokens => $held - $read,
				cache_creation => { ephemeral_5m_input_tokens => $held - $read, ephemeral_1h_input_tokens => 0 },
				output_tokens => $out } });
			$read = $held;
			$held += $out;
		};
		$user->($text);
		$model->({ type => "tool_use", id => "toolu_$id", name => "Bash", input => { command => "list --json" } }, 40);
		my @rows = map { { id => $_, name => "item-$_", status => $_ == 41 ? "error: lost" : "active", size => 1024 } } 1 .. 150;
		$user->([{ type => "tool_result", tool_use_id => "toolu_$id", content => $json->encode(\@rows) }]);
		for my $i (1 .. 5) {
			$model->({ type => "text", text => "Item $i is there." }, 12);
			$user->("And item " . ($i + 1) . "?");
		}
		$model->({ type => "text", text => "That is all." }, 8);' "$root" "$1" "$2" >"$logs/$1.jsonl"
}

# is_result: the last output has every field of the contract, with its type, and its figures agree
is_result() {
	perl -MJSON::PP -e '
		local $/;
		my $v = JSON::PP->new->utf8->decode(<STDIN>);
		my $number = qr/^-?\d+(?:\.\d+)?$/;
		sub must { die "$_[1]\n" unless $_[0] }
		must($v->{version} == 1 && $v->{prices}{date} =~ /^\d{4}-\d\d-\d\d$/, "head");
		must($v->{configs}[0]{name} eq "as-it-ran", "as-it-ran comes first");
		must((grep { $_->{name} eq $v->{best}{name} } @{$v->{configs}}) == 1 && $v->{best}{reason}, "best");
		for my $c (@{$v->{configs}}) {
			my ($t, %sum) = ($c->{total});
			must(defined $t->{$_} && $t->{$_} =~ $number, "total.$_") for qw(conversations requests tokens_before
				tokens_after tokens_saved savings_percent priced_percent);
			must(exists $t->{$_}, "total.$_") for qw(cost_before_usd cost_after_usd gross_saved_usd cache_effect_usd
				net_saved_usd bands);
			must(!defined $t->{net_saved_usd} ||
				abs($t->{gross_saved_usd} + $t->{cache_effect_usd} - $t->{net_saved_usd}) < .0003, "net");
			must($t->{conversations} == @{$c->{conversations}}, "conversations");
			for my $s (@{$c->{conversations}}) {
				must(!ref $s->{$_} && defined $s->{$_}, $_) for qw(source model token_source);
				must($s->{$_} =~ $number, $_) for qw(tokens_before tokens_after tokens_saved savings_percent);
				must($s->{tokens_saved} == $s->{tokens_before} - $s->{tokens_after} && $s->{tokens_saved} >= 0, "saved");
				my ($blocks, $waste) = (0, 0);
				$blocks += $_ for values %{$s->{block_breakdown}};
				must(exists $s->{block_breakdown}{$_}, $_) for qw(system user assistant tool_call tool_result rag overhead);
				must($blocks == $s->{tokens_before}, "blocks $blocks");
				must(exists $s->{waste_signals}{"${_}_tokens"}, $_) for qw(json_bloat html_noise base64 whitespace
					dynamic_date repetition);
				$waste += $s->{waste_signals}{$_} for grep { $_ ne "total" } keys %{$s->{waste_signals}};
				must($waste == $s->{waste_signals}{total}, "waste");
				must(ref $s->{$_} eq "ARRAY", $_) for qw(transforms_applied per_transform warnings);
				must($_->{name} && $_->{before} >= $_->{after} && defined $_->{ms}, "step") for @{$s->{per_transform}};
				must(exists $s->{cost}{$_}, $_) for qw(before_usd after_usd price_source);
				must(exists $s->{$_}, $_) for qw(recorded error_percent reason);
				must($c->{name} eq "as-it-ran" || (defined $s->{reason}) == ($s->{tokens_saved} == 0), "reason");
				$sum{$_} += $s->{$_} for qw(tokens_before tokens_after);
			}
			must($sum{$_} == $t->{$_}, "sum of $_") for keys %sum;
		}' <"$out"
}

# after: tokens of each configuration but as-it-ran, a line each
after() {
	perl -MJSON::PP -e 'local $/; my $v = JSON::PP->new->utf8->decode(<STDIN>);
		print "$_->{total}{tokens_after}\n" for @{$v->{configs}}[1 .. $#{$v->{configs}}]' <"$out"
}

# widest: characters of the longest line of the last output
widest() {
	perl -CS -ne 'chomp; $n = length if length > $n; END { print $n }' <"$out"
}

# without_ms FILE: times taken out
without_ms() {
	sed 's/"ms": [0-9.]*/"ms": 0/' "$1"
}

# ---- captured requests ----
before=$(fingerprint "$home")
run simulate --format json "$rows"
exits 0 "a request"
holds "the fields of the contract" is_result
same "as it ran, and the defaults" "$(json configs.#) $(json configs.1.name)" "2 default"
holds "something is saved" test "$(json configs.1.total.tokens_after)" -lt "$(json configs.1.total.tokens_before)"
same "without a record" "$(json configs.1.conversations.0.recorded)$(json configs.1.conversations.0.error_percent)" ""
cp "$out" "$T/first.json"
with_input "$rows" simulate --format json -
sed -i 's|"source": "-"|"source": "'"$rows"'"|' "$out"
without_ms "$T/first.json" >"$T/first"
without_ms "$out" >"$T/second"
identical "from standard input" "$T/second" "$T/first"
run compress --format json "$rows"
same "as headroom compress has it" "$(json tokens_after)" "$(out=$T/first.json && json configs.1.total.tokens_after)"
rm -rf "$hh"

run simulate "$requests"
exits 0 "a folder"
like "all of it" "$out" "8 conversations, 8 requests"
like "dollars are labelled" "$out" "API-equivalent; input alone"
like "a model without a price is told" "$out" "no price for 1 of 8 requests"
like "and has none" "$out" "gemini.json"
holds "no line is too wide" test "$(widest)" -le 100
run simulate --format json "$requests"
holds "as JSON" is_result
same "unknown dollars are null" "$(json configs.1.conversations.2.cost.before_usd)" ""
same "bands from eight on" "$(json configs.1.total.bands.savings_percent.#)" 2

for case in json_array_100 build_log_200 grep_150; do
	printf '{"time":1,"body":%s}\n' "$(tr -d '\n' <"$requests/$case.json")"
done >"$T/log.jsonl"
printf 'broken\n{"time":2}\n' >>"$T/log.jsonl"
run simulate --format json "$T/log.jsonl"
exits 0 "a log of requests"
same "each line of it" "$(json configs.1.total.requests)" 3
same "what is none is counted" "$(json lines_skipped)" 2
run simulate "$T/log.jsonl"
like "and shown" "$out" "skipped: 2 lines"

# ---- configurations ----
run simulate --max-items 5,15,50 --format json "$rows"
exits 0 "--max-items"
holds "as JSON" is_result
after | tail -n +2 >"$T/after" # the first is the default
same "three results" "$(sort -nu "$T/after" | wc -l)" 3
holds "larger limits never save more" sort -nc "$T/after"
run simulate --compare --format json "$rows"
holds "--compare" is_result
same "names" "$(json configs | grep -o '"name":"[a-z-]*","total"' | cut -d'"' -f4 | tr '\n' ' ')" "as-it-ran default careful all-tools hard "
printf '[compression]\nmax_items = 5\n' >"$T/few.toml"
printf '[compression]\nmax_items = 50\n' >"$T/many.toml"
run simulate --config "$T/few.toml" --config "$T/many.toml" --format json "$rows"
exits 0 "two files"
same "side by side" "$(json configs.1.name) $(json configs.2.name)" "few many"
holds "each with its own" test "$(after | head -n 1)" -lt "$(after | tail -n 1)"
mkdir "$T/other"
cp "$T/many.toml" "$T/other/few.toml"
run simulate --config "$T/few.toml" --config "$T/other/few.toml" --format json "$rows"
same "of one name" "$(json configs.1.name) $(json configs.2.name)" "few $T/other/few.toml"
run simulate --set mode=audit --format json "$rows"
same "--set" "$(json configs.1.name) $(json configs.1.conversations.0.reason)" "set mode audit: only measured"
same "nothing saved, nothing better" "$(json best.name)" as-it-ran
run simulate --set help
exits 0 "--set help"
like "lists the options" "$out" max_items_after_crush
run simulate --model nobody-7b "$rows"
like "an unpriced model" "$out" "no price for 1 of 1 request"
like "has question marks" "$out" "?"
mkdir -p "$hh"
printf '{"openai":{"pricing":{"nobody-7b":[1000,1]}}}' >"$hh/models.json"
run simulate --model nobody-7b --format json "$rows"
same "unless the user knows" "$(json configs.1.conversations.0.cost.price_source)" user
rm -rf "$hh"

# ---- forms ----
run simulate --format csv "$rows"
same "CSV" "$(head -n 1 "$out")" "name,source,model,requests,tokens_before,tokens_after,tokens_saved,savings_percent,cost_before_usd,cost_after_usd,gross_saved_usd,cache_effect_usd,net_saved_usd,error_percent"
same "has a row for each" "$(wc -l <"$out")" 3
same "and as many cells" "$(awk -F, 'NF != 14' "$out" | wc -l)" 0
with_input "$rows" simulate --format csv -
like "standard input is no formula" "$out" "default,-,gpt-4o"
run simulate --format md "$rows"
like "Markdown" "$out" "|---|---:|"
like "has a table" "$out" "| as-it-ran"

# ---- sessions ----
run simulate --format json
exits 0 "the sample's sessions"
holds "as JSON" is_result
cp "$out" "$T/sample.json"
(cd / && exec "$HEADROOM" simulate --project "$root" --format json) >"$out" 2>"$err"
without_ms "$T/sample.json" >"$T/first"
without_ms "$out" >"$T/second"
identical "--project" "$T/second" "$T/first"
session 5e551000-aaaa-4bbb-8ccc-000000000001 'List all items and tell me which is lost.'
session 5e552000-aaaa-4bbb-8ccc-000000000002 'List them once more.'
kept=$(fingerprint "$home")
run simulate --session 5e551
exits 0 "a session"
golden simulate-session.txt "$out"
holds "no line is too wide" test "$(widest)" -le 100
run simulate --session 5e551 --format json
holds "as JSON" is_result
same "seven prompts" "$(json configs.1.total.requests)" 7
same "recorded" "$(json configs.1.conversations.0.recorded.requests)" 7
holds "net is less than gross" perl -e 'exit !($ARGV[0] > $ARGV[1] && $ARGV[1] > 0)' \
	"$(json configs.1.total.gross_saved_usd)" "$(json configs.1.total.net_saved_usd)"
(cd / && exec "$HEADROOM" simulate --all --jobs 1 --compare --format json) >"$out" 2>"$err"
without_ms "$out" >"$T/first"
holds "every session" test "$(json configs.1.total.conversations)" -ge 8
holds "as JSON" is_result
run simulate --all --jobs 4 --compare --format json
without_ms "$out" >"$T/second"
identical "on four threads" "$T/second" "$T/first"
run simulate --all --jobs 1
cp "$out" "$T/first"
run simulate --all --jobs 4
identical "text, too" "$out" "$T/first"
cp "$logs/5e551000-aaaa-4bbb-8ccc-000000000001.jsonl" "$logs/5e553000-aaaa-4bbb-8ccc-000000000003.jsonl"
run simulate --session 5e55 --format json
same "a request in two logs is paid once" "$(json configs.1.total.requests) $(json configs.1.total.conversations)" "14 2"
rm "$logs/5e553000-aaaa-4bbb-8ccc-000000000003.jsonl"

# ---- differences ----
run simulate --diff --session 5e551
exits 0 "--diff"
like "says where" "$out" "# default: 5e551000-aaaa-4bbb-8ccc-000000000001: Bash"
like "what is left out" "$out" '-[{"id":1,'
like "and what stands there instead" "$out" "Retrieve: hash="
same "once" "$(grep -c '^# ' "$out")" 1
perl -MJSON::PP -e 'local $/; my $v = JSON::PP->new->utf8->decode(<STDIN>); my ($bad) = @ARGV; utf8::decode($bad);
	for my $m (@{$v->{messages}}) {
		$_->{function}{name} = "list$bad" for @{$m->{tool_calls} || []};
		$m->{content} = join("\n", map { "2026-03-14 ERROR job $_ $bad failed" } 1 .. 200) if $m->{role} eq "tool";
	}
	$v->{model} = "gpt-4o$bad";
	print JSON::PP->new->utf8->encode($v), "\n"' "$hostile" <"$rows" >"$T/ho|stile.json"
for form in "--diff" "--format csv" "--format md" "--format text"; do
	run simulate $form "$T/ho|stile.json"
	exits 0 "hostile text, $form"
	fails "does not reach the terminal" grep -aqP '\x1b|\x07|\xc2\x9b|\xe2\x80\xae' "$out"
done
run simulate --format md "$T/ho|stile.json"
like "nor does it break a table" "$out" 'ho\|stile.json'
mkdir "$T/wide"
cp "$rows" "$T/wide/日本語のファイル.json"
cp "$rows" "$T/wide/plain.json"
run simulate "$T/wide"
same "wide names do not move columns" "$(grep -a '\.json' "$out" | perl -CS -pe 's/[^\x00-\x7f]/../g' | awk '{ print index($0, "3,482") }' | sort -u | wc -l)" 1

# ---- nothing is stored ----
same "the home is as it was" "$(fingerprint "$home")" "$kept"
fails "no store appears" test -e "$hh"
rm "$logs"/5e55*
same "all along" "$(fingerprint "$home")" "$before"

# ---- what cannot be done ----
for args in "--set nope=1" "--set max_items_after_crush" "--max-items 5,x" "--max-items 0" "--max-items ," "--nope" \
	"--format xml" "--diff --format json" "--diff --format csv" "--jobs 0" "--session abc" "--all --session 5e55" \
	"--config /nowhere.toml"; do
	run simulate $args "$rows"
	exits 2 "simulate $args"
done
run simulate --max-items "$(seq -s, 1 100)" "$rows"
exits 2 "too many configurations"
run simulate --all "$rows"
exits 2 "sessions or files"
mkdir "$T/nothing"
run simulate --project "$T/nothing"
exits 4 "no sessions"
like "says where it looked" "$err" "$home/.claude"
run simulate --session ffffffff
exits 4 "no such session"
run simulate "$T/none.json"
exits 4 "no such file"
: >"$T/empty.json"
run simulate "$T/empty.json"
exits 4 "an empty file"
with_input /dev/null simulate -
exits 4 "empty standard input"
run simulate "$T/nothing"
exits 4 "an empty folder"
run simulate "$logs"/5b1f*.jsonl
exits 1 "a session's log"
like "has another way in" "$err" "--session ID"
printf 'no request\n' >"$T/text.json"
run simulate "$T/text.json"
exits 1 "no request"
run simulate "$T/none.json" "$T/text.json" "$rows" "$T/empty.json"
exits 0 "bad files beside a good one"
like "the first is named" "$err" "(and 2 more)"
like "they are counted" "$out" "skipped: 0 lines, 3 files"
like "the good one is there" "$out" "json_array_100.json"
run simulate -q "$T/none.json" "$rows"
same "-q" "$(cat "$err")" ""

run simulate --help
golden simulate-help.txt "$out"
finish
