#!/bin/sh
# usage: run-demo.sh [PROGRAM]
# The main job on real data: `headroom learn --all` if Claude Code has left sessions on this machine, else `headroom learn` on
# a sample project with made-up sessions in a temporary folder.  Nothing is applied.  Ends with headroom's exit status.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
headroom=${1:-${HEADROOM:-$here/../build/headroom}}
headroom=$(cd "$(dirname "$headroom")" && pwd)/$(basename "$headroom")

has_sessions() {
	for folder; do
		[ -z "$(find "$folder/projects" -name '*.jsonl' -size +0 -print -quit 2>/dev/null)" ] || return 0
	done
	return 1
}

if [ -n "${CLAUDE_CONFIG_DIR:-}" ]; then
	set -- "$CLAUDE_CONFIG_DIR"
else
	set -- "${HOME:-/nonexistent}/.claude" "${HOME:-/nonexistent}/.config/claude"
fi
if has_sessions "$@"; then
	printf '== headroom learn --all, on the sessions in %s\n\n' "$*"
	exec "$headroom" learn --all
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/headroom-demo-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
"$here/fixtures/make-sample.sh" "$work" >/dev/null
printf '== no sessions in %s\n== headroom learn, on the sample project %s\n\n' "$*" "$work/tidemark"
cd "$work/tidemark"
status=0
env -u CLAUDE_CONFIG_DIR HOME="$work/home" HEADROOM_HOME="$work/headroom" "$headroom" learn || status=$?
exit "$status"
