# What the scripts share: where the project is, how a tree is configured and built. To be sourced.
# shellcheck shell=bash

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() {
	echo "${0##*/}: $1" >&2
	exit "${2:-1}"
}

# compile DIR COMPILER "TARGET..." [cmake option...]: warnings are errors; says nothing unless it fails.
compile() {
	local dir=$1 compiler=$2 targets=$3 log
	shift 3
	log=$(mktemp)
	# shellcheck disable=SC2086
	if cmake -S "$project" -B "$dir" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@" >"$log" 2>&1 &&
		cmake --build "$dir" --target $targets >"$log" 2>&1; then
		rm -f "$log"
		return
	fi
	tail -n 60 "$log" >&2
	rm -f "$log"
	die "building in $dir failed"
}
