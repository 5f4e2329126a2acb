# What the golden tests share: TAP, a private sample, a program run.  Sourced by tests/golden/*.t with the program in
# $HEADROOM; everything happens below one temporary folder.  UPDATE=1 rewrites tests/golden/expected instead of comparing.
#
#	. "$(dirname "$0")/../lib.sh"
#	fresh				# the sample as it was built: $root, $home, $hh (HEADROOM_HOME), $logs
#	run learn --format json		# sets $status, $out, $err (files)
#	exits 0 "says what"		# a test, as are: same like unlike holds golden
#	finish
set -u
tests=$(cd "$(dirname "$0")/.." && pwd)
: "${HEADROOM:=$tests/../build/headroom}"
test -x "$HEADROOM" || {
	echo "1..0 # SKIP no program at $HEADROOM"
	exit 0
}

# A path of fixed length, as paths in logs count as text that was read.
tmp=${TMPDIR:-/tmp}
[ ${#tmp} -le 40 ] || tmp=/tmp
T=$(mktemp -d "$tmp/headroom-golden-XXXXXX") || exit 1
T=$(cd "$T" && pwd -P)
trap 'chmod -R u+rwx "$T" 2>/dev/null; rm -rf "$T"' EXIT
trap 'exit 1' HUP INT PIPE TERM
sample=$T/$(printf "%0$((70 - ${#T}))d" 0 | tr 0 s)
root=$sample/tidemark
home=$sample/home
hh=$T/hh
out=$T/out
err=$T/err

for name in $(env | sed -n 's/^\(HEADROOM_[A-Z_]*\|CLAUDE_[A-Z_]*\|GIT_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
unset NO_COLOR
export HEADROOM_NOW=2026-03-15T12:00:00Z HEADROOM_HOME="$hh" HOME="$home"
export TZ=UTC LC_ALL=C COLUMNS=80 TERM=xterm GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
# Sanitizers of an instrumented program must not be mistaken for its exit statuses.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:exitcode=99"

# ---- TAP ----

count=0
failed=0

# test_is OK NAME: one line of TAP.  With todo="why" set a failure is expected and does not count.
todo=
test_is() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2${todo:+ # TODO $todo}"
	else
		[ -n "$todo" ] || failed=$((failed + 1))
		echo "not ok $count - $2${todo:+ # TODO $todo}"
	fi
	return "$1"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

show() { # a file as diagnostics
	test -e "$1" && head -c 4000 "$1" | cat -v | sed 's/^/#   /'
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish() {
	echo "1..$count"
	[ "$failed" = 0 ]
	exit
}

# holds NAME COMMAND...: the command succeeds
holds() {
	name=$1
	shift
	"$@" >"$T/holds" 2>&1
	test_is $? "$name" || show "$T/holds"
}

# fails NAME COMMAND...: it does not
fails() {
	name=$1
	shift
	! "$@" >"$T/holds" 2>&1
	test_is $? "$name" || show "$T/holds"
}

# same NAME GOT WANTED: two words
same() {
	[ "$2" = "$3" ]
	test_is $? "$1" || {
		note "got:    $2"
		note "wanted: $3"
	}
}

# identical NAME FILE FILE
identical() {
	cmp -s "$2" "$3"
	test_is $? "$1" || diff -a "$3" "$2" | show /dev/stdin
}

# like NAME FILE FIXED-STRING, unlike: the file holds it, or not
like() {
	grep -aqF -e "$3" "$2"
	test_is $? "$1" || {
		note "not there: $3"
		show "$2"
	}
}

unlike() {
	! grep -aqF -e "$3" "$2"
	test_is $? "$1" || {
		note "there: $3"
		show "$2"
	}
}

# exits STATUS NAME: of the last run
exits() {
	[ "$status" = "$1" ]
	test_is $? "$2 (exit $1)" || {
		note "exit $status"
		show "$err"
		show "$out"
	}
}

# What differs from run to run and machine to machine, made equal.
normal() {
	encoded=$(printf '%s' "$root" | sed 's/[^A-Za-z0-9]/-/g')
	sed -e "s|$root|ROOT|g" -e "s|$encoded|PROJECT|g" -e "s|$home|HOME|g" -e "s|$hh|HEADROOM_HOME|g" -e "s|$T|TMP|g" \
		-e 's/"ms": *[0-9]*/"ms": 0/' -e 's/, [0-9]* ms$/, 0 ms/'
}

# golden NAME FILE: the file is tests/golden/expected/NAME
golden() {
	normal <"$2" >"$T/normal"
	if [ -n "${UPDATE:-}" ]; then
		mkdir -p "$tests/golden/expected"
		cp "$T/normal" "$tests/golden/expected/$1"
	fi
	cmp -s "$T/normal" "$tests/golden/expected/$1"
	test_is $? "$1 as expected" || diff -a "$tests/golden/expected/$1" "$T/normal" | show /dev/stdin
}

# ---- sample and program ----

# The sample, built once at the path it is used at, then copied back.
fresh() {
	if [ -d "$T/pristine" ]; then
		chmod -R u+rwx "$sample" 2>/dev/null
		rm -rf "$sample" "$hh"
		cp -a "$T/pristine" "$sample"
	else
		"$tests/fixtures/make-sample.sh" "$sample" >/dev/null || exit 1
		cp -a "$sample" "$T/pristine"
	fi
	logs=$(echo "$home"/.claude/projects/*)
	memory=$logs/memory/MEMORY.md # of the agent, not yet there
}

# run ARGS...: the program in the sample project
run() {
	(cd "$root" && exec "$HEADROOM" "$@") >"$out" 2>"$err" </dev/null
	status=$?
}

# json FILTER: of the last output
json() {
	perl -MJSON::PP -e '
		binmode STDOUT, ":utf8";
		my ($path) = @ARGV;
		local $/;
		my $v = JSON::PP->new->utf8->decode(<STDIN>);
		for my $key (split /\./, $path) {
			$v = $key eq "#" ? scalar(@$v) : ref $v eq "ARRAY" ? $v->[$key] : $v->{$key};
		}
		print ref $v ? JSON::PP->new->canonical->encode($v) : $v, "\n";' "$1" <"$out"
}

# Fields of all learnings of the first project, a line each: learned "id kind"
learned() {
	perl -MJSON::PP -e '
		binmode STDOUT, ":utf8";
		local $/;
		my $v = JSON::PP->new->utf8->decode(<STDIN>);
		for my $l (@{$v->{projects}[0]{$ARGV[0]}}) {
			print join(" ", map { $l->{$_} } @ARGV[1 .. $#ARGV]), "\n";
		}' "$@" <"$out"
}

# id_of KIND: of the learning of that kind in the last JSON
id_of() {
	{
		learned learnings kind id
		learned suppressed kind id
	} | sed -n "s/^$1 //p" | head -n 1
}

# Every file below a folder with its mode and bytes, as one text.
fingerprint() {
	(cd "$1" && find . -name .git -prune -o -type f -printf '%m %p ' -exec sh -c 'cksum <"$1"' sh {} \; | LC_ALL=C sort)
}

git_sample() {
	git -C "$root" -c user.name=Sam -c user.email=sam@tidemark.example -c commit.gpgsign=false "$@"
}
