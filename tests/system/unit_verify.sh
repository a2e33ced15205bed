#!/bin/sh
# systemd's own opinion of the unit: "verify" must print nothing (it exits 0 on unknown keys), and the exposure must not
# exceed 1.2. Usage: unit_verify.sh lorenzd.service.in
set -eu
max=1.2

if ! command -v systemd-analyze >/dev/null; then
	echo "skipped: systemd-analyze is missing"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unit=$dir/lorenzd.service
# verify wants a program that exists
sed -e 's|@CMAKE_INSTALL_FULL_BINDIR@/lorenzd |/bin/true |' "$1" >"$unit"
if grep -n '@CMAKE' "$unit"; then
	echo "left unconfigured"
	exit 1
fi

output=$(systemd-analyze verify --man=no "$unit" 2>&1) || true
if [ -n "$output" ]; then
	echo "$output"
	exit 1
fi
output=$(systemd-analyze security --offline=true --no-pager "$unit" 2>&1) || true
exposure=$(echo "$output" | sed -n 's/.*Overall exposure level for lorenzd.service: \([0-9.]*\).*/\1/p')
echo "exposure: ${exposure:-unknown}"
if ! awk -v e="${exposure:-10}" -v max="$max" 'BEGIN { exit !(e <= max) }'; then
	echo "$output"
	exit 1
fi
