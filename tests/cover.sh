#!/bin/sh
# usage: cover.sh OBJECTS PERCENT FOLDER...
# Sums gcov's line coverage of the object folder by source folder, and fails when a named one is below the percentage.
set -eu
objects=$1 least=$2
shift 2

find "$objects" -name '*.gcda' ! -path '*/tests/*' -exec gcov -n {} + 2>/dev/null |
	awk -v least="$least" -v wanted="$*" '
# File '\''core/base/str.c'\''
# Lines executed:97.50% of 120
/^File / {
	file = substr($2, 2, length($2) - 2)
	next
}
/^Lines executed:/ && file ~ /^(core|scanners|analyzers|writers|tui)\/.*\.c$/ {
	percent = $0
	sub(/.*executed:/, "", percent)
	sub(/%.*/, "", percent)
	folder = file
	sub(/\/[^\/]*$/, "", folder)
	total[folder] += $NF
	hit[folder] += $NF * percent / 100
	all += $NF
	all_hit += $NF * percent / 100
}
{
	file = ""
}
END {
	row = "%-16s %6.1f %% of %5d lines\n"
	for (folder in total)
		printf(row, folder, 100 * hit[folder] / total[folder], total[folder]) | "sort"
	close("sort")
	if (all)
		printf(row, "all", 100 * all_hit / all, all)
	n = split(wanted, folders, " ")
	for (i = 1; i <= n; i++) {
		folder = folders[i]
		if (!(folder in total) || hit[folder] * 100 < least * total[folder]) {
			printf "cover: %s is below %d %%\n", folder, least
			bad = 1
		}
	}
	exit bad
}'
