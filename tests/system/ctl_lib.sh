# For the tests of lorenzctl: runs the program in a folder of its own, checks exit codes, lines and numbers.
set -u
: "${LORENZCTL:?is the program to test}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset CREDENTIALS_DIRECTORY STATE_DIRECTORY
failures=0

skip() {
	echo "SKIP: $*"
	exit 77
}

fail() {
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# run CODE ARG...: standard output in out, standard error in err
run() {
	local want=$1 got
	shift
	"$LORENZCTL" "$@" >out 2>err
	got=$?
	if [ $got -ne "$want" ]; then
		fail "lorenzctl $*: exit code $got, not $want"
		cat err >&2
	fi
}

# has FILE LINE: that very line is in the file
has() {
	grep -qxF -- "$2" "$1" && return
	fail "$1 lacks the line: $2"
	head -20 "$1" >&2
}

# part FILE TEXT
part() {
	grep -qF -- "$2" "$1" && return
	fail "$1 lacks: $2"
	head -20 "$1" >&2
}

# lines FILE N
lines() {
	local n
	n=$(wc -l <"$1")
	[ "$n" -eq "$2" ] && return
	fail "$1 has $n lines, not $2"
	head -20 "$1" >&2
}

# cell CSV ROW COLUMN: a field by its row's first field and its column's name
cell() {
	awk -F, -v row="$2" -v column="$3" \
		'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) n = i; next } $1 == row { print $n; exit }' "$1"
}

# near WHAT GOT WANT RELATIVE
near() {
	awk -v got="$2" -v want="$3" -v relative="$4" 'BEGIN {
		if (got == "") exit 1
		d = got - want; if (d < 0) d = -d
		w = want < 0 ? -want : want
		exit !(d <= relative * w + 1e-12)
	}' && return
	fail "$1 is $2, not $3"
}

# json FILE PATH: one value (1 and 0 for true and false), empty for null
json() {
	sqlite3 :memory: "SELECT json_extract(readfile('$1'), '$2')"
}

is() {
	[ "$2" = "$3" ] || fail "$1 is \"$2\", not \"$3\""
}

finish() {
	[ "$failures" -eq 0 ] && echo "ok" && exit 0
	echo "$failures failures" >&2
	exit 1
}
