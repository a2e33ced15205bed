#!/bin/bash
# What bash offers after a half-typed command, by the installed completion and bash-completion itself; zsh and fish where they
# are installed. Usage: completion.sh BIN COMPLETIONS
set -u
export PATH=$1:$PATH
completions=$2
failures=0

library=/usr/share/bash-completion/bash_completion
if [ ! -r $library ]; then
	echo "SKIP: bash-completion is not installed"
	exit 77
fi
# shellcheck source=/dev/null
. $library
# shellcheck source=daemon/completions/lorenz.bash
. "$completions/lorenz.bash"
cd "$completions/../.." || exit 1

expect() {
	[ "$2" = "$3" ] && return
	echo "FAIL: \"$1\" offers \"$2\", not \"$3\"" >&2
	failures=$((failures + 1))
}

# offers WORD... => CANDIDATE...: what is offered for the last word
offers() {
	local line=()
	while [ "$1" != "=>" ]; do
		line+=("$1")
		shift
	done
	shift
	COMP_WORDS=("${line[@]}") COMP_CWORD=$((${#line[@]} - 1)) COMP_LINE="${line[*]}" COMPREPLY=()
	COMP_POINT=${#COMP_LINE}
	_lorenz "${line[0]}" "${line[-1]}" "${line[-2]}"
	expect "${line[*]}" "${COMPREPLY[*]}" "$*"
}

offers lorenzctl '' "=>" solve sweep pareto check replay history status alarms
offers lorenzctl s "=>" solve sweep status
offers lorenzctl solve --elec- "=>" --elec-price --elec-adders --elec-carbon
offers lorenzctl solve --co2 "=>" --co2-price
offers lorenzctl solve --config config/l "=>" config/lorenzd.yaml
offers lorenzctl solve --eta '' "=>"
offers lorenzctl sweep --chart '' "=>" outlet savings cost carbon
offers lorenzctl p "=>" pareto
offers lorenzctl sweep --st "=>" --steps
offers lorenzctl check config/l "=>" config/lorenzd.yaml
offers lorenzctl replay --data tests/data/demo/d "=>" tests/data/demo/dryer-day.csv
offers lorenzctl history '' "=>" setpoints samples points technologies events hourly totals alarms commands runs
offers lorenzctl history --db x s "=>" setpoints samples
offers lorenzctl nonsense '' "=>"
offers lorenzd --lo "=>" --log-level
offers lorenzd --log-level '' "=>" error warning info debug
offers lorenzd -c config/l "=>" config/lorenzd.yaml

# every option that a command takes
for command in solve sweep pareto check replay history status alarms; do
	mapfile -t options < <(lorenzctl $command --help | grep -oE '^  --[a-z0-9-]+' | tr -d ' ')
	offers lorenzctl $command -- "=>" "${options[@]}"
done

if command -v fish >/dev/null; then
	expect "fish: lorenzctl solve --elec-" \
		"$(fish -c "source $completions/lorenzctl.fish; complete -C 'lorenzctl solve --elec-'" | cut -f 1 | tr '\n' ' ')" \
		"--elec-adders --elec-carbon --elec-price "
fi
if command -v zsh >/dev/null; then
	zsh -nf "$completions/_lorenzctl" || failures=$((failures + 1))
fi
exit $((failures > 0))
