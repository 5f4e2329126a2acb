#!/bin/sh
# Reads the dependency files the compiler wrote and fails when a file includes a header from a room above its own, or
# when one of the three front ends that share core/simulate's level includes another.
set -eu

awk '
BEGIN {
	n = split("core/base core/json core/model core/token core/git core/store core/shell core/compress " \
		"core/simulate core/net core/proxy core/mcp scanners analyzers writers tui core/cmd", rooms, " ")
	for (i = 1; i <= n; i++)
		level[rooms[i]] = i
	apart["core/simulate"] = apart["core/proxy"] = apart["core/mcp"] = 1
}
function room(path, part)
{
	sub(/^\.\//, "", path)
	split(path, part, "/")
	return part[1] == "core" ? part[1] "/" part[2] : part[1]
}
# A rule starts with its object; the first prerequisite is the source.  Everything else up to the line without a
# continuation is a header.
{
	last = !sub(/\\$/, "")
	for (i = 1; i <= NF; i++) {
		if ($i ~ /:$/) {
			source = ""
		} else if ($i ~ /^\//) {
			continue
		} else if (source == "") {
			source = $i
			own = room(source)
			if (!(own in level))
				complain(source " is in no known room")
		} else {
			other = room($i)
			if (!(other in level))
				complain(source " includes " $i ", which is in no known room")
			else if (level[other] > level[own])
				complain(source " includes " $i ", which is above " own)
			else if (other != own && other in apart && own in apart)
				complain(source " includes " $i "; " own " and " other " must not meet")
		}
	}
	if (last)
		source = ""
}
function complain(message)
{
	print "layers: " message
	bad = 1
}
END {
	exit bad
}
' "$@"
