#!/bin/sh
# Makes a manual page: a line "@PROGRAM ARGUMENT…" of the text becomes what lorenzd or lorenzctl prints for it, without the
# usage, and "@usage PROGRAM ARGUMENT…" the usage alone.
# Usage: fill.sh TEXT PAGE SCDOC LORENZD LORENZCTL
set -eu
awk=$(dirname "$0")/printed.awk
whole=$2.scd printed=$2.printed

while IFS= read -r line; do
	case $line in
	@*) line=${line#@} ;;
	*) printf '%s\n' "$line" && continue ;;
	esac
	part=body
	[ "${line#usage }" = "$line" ] || { part=usage && line=${line#usage }; }
	case $line in
	lorenzd\ *) program=$4 ;;
	lorenzctl\ *) program=$5 ;;
	*) echo "$1: @$line: no such program" >&2 && exit 1 ;;
	esac
	# shellcheck disable=SC2086
	"$program" ${line#* } >"$printed"
	LC_ALL=C awk -v part=$part -f "$awk" "$printed"
done <"$1" >"$whole"
"$3" <"$whole" >"$2.new"
mv "$2.new" "$2"
rm -f "$whole" "$printed"
