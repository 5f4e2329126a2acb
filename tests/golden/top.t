#!/bin/sh
# headroom top without a terminal: forms, sources, recordings, budget, exit statuses.
. "$(dirname "$0")/../lib.sh"
fresh
esc=$(printf '\033')
# The logs are as old as the clock says, whenever the test runs.
find "$home" -name '*.jsonl' -exec touch -d "$HEADROOM_NOW" {} +
# No proxy of this machine takes part.
export HEADROOM_PORT=9

# with_input FILE ARGS...: the program reads the file
with_input() {
	input=$1
	shift
	(cd "$root" && exec "$HEADROOM" "$@") >"$out" 2>"$err" <"$input"
	status=$?
}

# plain NAME: no control character but newlines in the last output
plain() {
	! LC_ALL=C tr -d '\n' <"$out" | LC_ALL=C grep -q '[[:cntrl:]]'
	test_is $? "$1" || show "$out"
}

# ---- the sessions of the sample ----
COLUMNS=100 run top --once --window all
exits 0 "one snapshot"
golden top.txt "$out"
plain "no escapes on a pipe"
holds "at most 100 columns" sh -c '! grep -q ".\{101\}" "$1"' sh "$out"
cp "$out" "$T/first"
COLUMNS=100 run top --window all
identical "--once is the default" "$out" "$T/first"
run top --window all
holds "80 columns are kept" sh -c '! grep -q ".\{81\}" "$1"' sh "$out"
COLUMNS=300 run top --window all
holds "never more than 100" sh -c '! grep -q ".\{101\}" "$1"' sh "$out"
run top --color always --demo
like "--color always is bold" "$out" "$esc[1m"
run top --once --json --window all
exits 0 "--json"
golden top.json "$out"
same "version" "$(json version)" 1
same "the clock is fixed" "$(json taken_at)" 2026-03-15T12:00:00Z
same "window" "$(json window)" all
same "a source" "$(json sources.0.kind) $(json sources.0.status)" "sessions file"
same "what is unknown is null" "$(json tokens.saved)$(json requests.failed)" ""
run top --once --csv --window all
golden top.csv "$out"
run top --once --line --window all
golden top.line "$out"
same "one line" "$(wc -l <"$out")" 1
run top --once --json --window 1h
same "an hour has fewer requests" "$(json sessions.#)" 0
run top --source "$home/.claude" --json --window all
same "a folder of logs is sessions" "$(json sources.#) $(json sources.0.kind)" "1 sessions"

# ---- demo ----
run top --demo
exits 0 "--demo"
golden top-demo.txt "$out"
like "says that it is made up" "$out" "every figure is made up"
run top --demo --json
same "in JSON, too" "$(json sources.0.kind) $(json warnings.0)" "demo demo: every figure is made up"
run top --demo --line
same "as a line" "$(cat "$out")" 'saved 700.0K 7% | $13.15 | ctx 74% | 4 fail'

# ---- record and replay ----
rec=$T/rec.jsonl
run top --demo --record "$rec"
run top --once --window all --json --record "$rec"
exits 0 "--record"
cp "$out" "$T/first"
same "appends" "$(wc -l <"$rec")" 2
same "for nobody else" "$(stat -c %a "$rec")" 600
run top --replay "$rec" --json
exits 0 "--replay"
same "shows the last" "$(json sources.0.kind) $(json sources.1.kind)" "sessions replay"
same "with its figures" "$(json requests.total)" "$(cp "$out" "$T/o"; cp "$T/first" "$out"; json requests.total)"
run top --watch --replay "$rec" --json --interval 1
exits 0 "--watch --replay ends with the recording"
same "an object a line" "$(wc -l <"$out")" 2
run top --source "$rec" --line
exits 0 "a recording is a source"
printf 'garbage\n{"version":1}\n{"cut' >>"$rec"
run top --replay "$rec" --json
exits 0 "broken lines are passed over"
like "and counted" "$out" "lines that are no snapshots: 2"
run top --demo --record "$rec" -q
same "a cut line is ended first" "$(tail -n 1 "$rec" | cut -c1-11)" '{"version":'
run top --replay "$T/none.jsonl"
exits 4 "no such recording"
echo text >"$T/text"
run top --replay "$T/text"
exits 2 "no recording"
: >"$T/empty"
run top --replay "$T/empty"
exits 2 "an empty one"
run top --demo --record "$T/no/such/folder"
exits 4 "nowhere to record"

# ---- watch ----
# Waits for the second line, then ends it.
watch() {
	: >"$T/watch"
	(cd "$root" && exec "$HEADROOM" top --watch --interval 1 "$@") >>"$T/watch" 2>"$err" </dev/null &
	pid=$!
	tries=0
	until [ "$(wc -l <"$T/watch")" -ge 2 ] || [ $((tries += 1)) -gt 100 ]; do
		sleep 0.1
	done
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	cp "$T/watch" "$out"
}
watch --json --demo
exits 0 "--watch until SIGTERM"
holds "each line is an object" perl -MJSON::PP -ne 'JSON::PP->new->utf8->decode($_)->{version} == 1 or exit 1' "$out"
watch --line --demo
same "a line each" "$(sort -u "$out")" 'saved 700.0K 7% | $13.15 | ctx 74% | 4 fail'
watch --csv --window all
same "names once" "$(grep -c ^taken_at "$out")" 1

# ---- the status line of Claude Code ----
log=$(ls "$logs"/*.jsonl | head -n 1)
cat >"$T/status" <<END
{"hook_event_name":"Status","session_id":"s","transcript_path":"$log","cwd":"$root",
 "model":{"id":"claude-opus-4-5","display_name":"Opus"},"workspace":{"current_dir":"$root"},
 "cost":{"total_cost_usd":0.4249},"context_window":{"used_percentage":30.5}}
END
with_input "$T/status" top --line
exits 0 "a status line"
like "has Claude Code's figures" "$out" '$0.42 | ctx 30% | '
like "and the failures of the log" "$out" " fail"
HEADROOM_BUDGET=0.000001 HEADROOM_BUDGET_PERIOD=monthly with_input "$T/status" top --line
exits 0 "whatever the budget"
sed "s|$log|$T/none|; s/30.5/null/" "$T/status" >"$T/status2"
with_input "$T/status2" top --line
same "without a log" "$(cat "$out")" '$0.42'
echo '{"a":1}' >"$T/status2"
with_input "$T/status2" top --line
exits 1 "another JSON"
like "is told" "$err" "no session_id"
head -c 100000 /dev/zero >"$T/status2"
with_input "$T/status2" top --line
exits 1 "zeros"

# ---- budget ----
HEADROOM_BUDGET=0.000001 HEADROOM_BUDGET_PERIOD=monthly run top --once
exits 5 "the budget is reached"
like "and that is said" "$err" "budget reached: "
HEADROOM_BUDGET=1000000 HEADROOM_BUDGET_PERIOD=monthly run top --once
exits 0 "one that is not"
HEADROOM_BUDGET=0.000001 HEADROOM_BUDGET_PERIOD=monthly run top --once --json
exits 5 "with --json"
same "which is printed" "$(json version)" 1
HEADROOM_NOW=2026-03-15T23:30:00Z HEADROOM_BUDGET=0.000001 HEADROOM_BUDGET_PERIOD=hourly run top --once
exits 0 "nothing was spent in this hour"
for bad in 0 -1 x 1x nan inf; do
	HEADROOM_BUDGET=$bad run top --once
	exits 2 "HEADROOM_BUDGET=$bad"
done
HEADROOM_BUDGET=1 HEADROOM_BUDGET_PERIOD=weekly run top --once
exits 2 "a period there is not"
like "lists those there are" "$err" "hourly|daily|monthly"

# ---- hostile names ----
mkdir -p "$T/evil"
printf '%s\n' '{"version":1,"taken_at":"2026-03-15T11:00:00Z","window":"\u001b[2J","sources":[{"kind":"proxy\u001b]0;x\u0007","name":"=cmd()|x","status":"live","version":"\u202eabc","error":"\u009b31m"}],"by_model":[{"model":"@SUM(A1)\u001b[31m","input":5,"source":"=cmd()|x"}],"by_project":[{"project":"'"$(printf '\342\200\256')"'rtl"}],"sessions":[{"id":"\u0000\u0008","title":"\r\n\u2028x","model":"'"$(printf '\302\233')"'1m","project":"日本語","failures":1}],"warnings":["\u001b[31mred"]}' >"$T/evil/rec.jsonl"
for form in "" --json --csv --line; do
	run top --replay "$T/evil/rec.jsonl" $form
	exits 0 "hostile names ${form:-as text}"
	plain "reach no terminal"
	! LC_ALL=C grep -qa -e "$(printf '\302\233')" -e "$(printf '\342\200\256')" "$out"
	test_is $? "nor do C1 and bidi controls"
done
run top --replay "$T/evil/rec.jsonl" --csv
like "no formula in a cell" "$out" "\"'=cmd()"

# ---- a proxy ----
# Answers /stats and /health from files until it is ended; prints its port.
cat >"$T/proxy.pl" <<'END'
use IO::Socket::INET;
$SIG{PIPE} = "IGNORE";
my ($dir, $name) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5) or die;
$| = 1;
print $server->sockport, "\n";
while (my $peer = $server->accept) {
	while (defined(my $request = <$peer>)) {
		while (defined(my $line = <$peer>)) { last if $line =~ /^\r?$/ }
		my %files = ("/stats" => "$name.json", "/health" => "$name-health.json");
		my $file = $files{(split /[ ?]/, $request)[1] // ""};
		my ($status, $body) = ("404 Not Found", "{}");
		if ($file && open my $in, "<", "$dir/$file") { local $/; ($status, $body) = ("200 OK", <$in>) }
		print $peer "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: " . length($body) .
			"\r\n\r\n$body";
	}
}
END
perl "$T/proxy.pl" "$tests/fixtures/proxy" 0.5.18 >"$T/port" 2>/dev/null &
proxy=$!
tries=0
until [ -s "$T/port" ] || [ $((tries += 1)) -gt 100 ]; do
	sleep 0.1
done
port=$(cat "$T/port")
run top --source "http://127.0.0.1:$port" --json
exits 0 "a proxy"
same "is live" "$(json sources.0.status) $(json sources.0.version)" "live 0.5.18"
same "counts since it started" "$(json window)" process
saved=$(json tokens.saved)
HEADROOM_PORT=$port run top --json --window all
same "is a default source" "$(json sources.0.kind) $(json sources.1.kind)" "proxy sessions"
same "its figures come first" "$(json tokens.saved) $(json window)" "$saved process"
same "sessions add what it does not know" "$(json cost.basis) $(json sessions.#)" "API-equivalent 6"
like "of another time, which is said" "$out" "what only sessions tell is of all, the rest of process"
HEADROOM_PORT=$port run top --line --window all
like "a line of both" "$out" "saved "
like "with the latest session" "$out" " | ctx 2% | 6 fail"
kill "$proxy"
wait "$proxy" 2>/dev/null
HEADROOM_PORT=$port run top --json --window all
same "once it is gone it is no source" "$(json sources.0.kind)" sessions

# ---- exit statuses ----
mkdir -p "$T/bare"
HOME=$T/bare HEADROOM_HOME=$T/bare/hh run top --once
exits 4 "no proxy, no store, no session"
same "prints nothing" "$(wc -c <"$out")" 0
like "and says where it looked" "$err" "$T/bare/hh"
run top --source http://127.0.0.1:9 --once
exits 4 "a proxy that is not there"
run top --source "$T/none"
exits 4 "a folder that is not there"
run top --source "$T/text"
exits 2 "a file that is no source"
for bad in "--once --watch" "--json --csv" "--line --json" "--demo --replay x" "--window 2h" "--interval 0" "--interval 61" \
	"--interval x" "--nope" "--source" "--demo --source x" "operand"; do
	run top $bad
	exits 2 "top $bad"
done
mkdir -p "$hh"
printf '[top]\nwindow = "7d"\ninterval = 5\n' >"$hh/config.toml"
run top --json --source "$home/.claude"
same "config.toml sets the window" "$(json window)" 7d
run top --json --window all --source "$home/.claude"
same "an option wins" "$(json window)" all
printf '[top]\nwindow = "8d"\n' >"$hh/config.toml"
run top --json
exits 2 "a bad value there"
like "with its line" "$err" "config.toml:2:"
rm "$hh/config.toml"
run top --help
golden top-help.txt "$out"
finish
