#!/bin/bash
# The replay of one log is the same to the last byte with every compiler and optimisation: sums, setpoints and points of a
# made-up day, paced and not, against committed hashes. A change of them is a change of what machines are asked for.
. "$(dirname "$0")/ctl_lib.sh"

sed '/setpoint:/d' "$PROJECT/config/examples/demo-dryer.yaml" >free.yaml
cat free.yaml - >paced.yaml <<'YAML'
    setpoint:
      {deadband: 1 %, ramp: 2 K/min, min_on: 30 min, min_off: 15 min, max_starts: 4, start_above: 2 %, stop_below: 0.5 %,
       start_delay: 5 min, stop_delay: 5 min, min: 60 degC, max: 200 degC}
YAML
# what only the general case has: null here
general=,$(printf '"%s":null,' t_source_out_c t_supply_c eta_lorenz source_heat_kw units_on units utilities shortfall_kw extrapolated | sed 's/,$//')
for name in free paced; do
	run 0 replay --config $name.yaml --data "$PROJECT/tests/data/demo/dryer-day.csv" --db $name.db --json
	cp out $name.json
	for what in setpoints points; do
		run 0 history --db $name.db $what --from 2000-01-01T00:00Z --json
		sed "s/$general//" out >$name.$what
	done
	[ "$(json $name.json '$[0].starts')" -ge 1 ] || fail "$name never starts"
	grep -q t_sink_out_c $name.setpoints || fail "$name has no setpoints"
done
grep -q '"ramp"' paced.setpoints || fail "paced has no ramp"
sha256sum free.json free.setpoints free.points paced.json paced.setpoints paced.points >got
cmp -s got "$PROJECT/tests/data/demo/replay.sha256" || fail "another replay than the committed one: $(diff got "$PROJECT/tests/data/demo/replay.sha256")"
finish
