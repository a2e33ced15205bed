#!/bin/bash
# lorenzctl solve: the published case against its printed table and against closed forms computed here; every kind of
# error; configured loops with --set.
. "$(dirname "$0")/ctl_lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

case=(--source 15degC --sink-in 55degC --target 230degC --duty 4800kW --eta 0.55 --elec-price 132EUR/MWh
	--fuel-price 60EUR/MWh --elec-carbon 406kg/MWh --fuel-carbon 213.7kg/MWh)
worth=(--hours 6000 --capex 500EUR/kW --years 10 --discount 7%)

# --- the published case: J. Walden, R. Padulles 2024, the spray dryer; the printed table rounds on the way
run 0 solve "${case[@]}" "${worth[@]}" --csv
lines out 5
while read -r kind t electrification cop cost carbon q capex npv; do
	near "$kind outlet" "$(cell out "$kind" t_sink_out_c)" "$t" 0.005
	near "$kind r_E" "$(cell out "$kind" electrification)" "$electrification" 0.02
	near "$kind COP" "$(cell out "$kind" cop)" "$cop" 0.02
	near "$kind heat" "$(cell out "$kind" q_sink_kw)" "$q" 0.01
	near "$kind CAPEX" "$(cell out "$kind" capex_eur)" "$capex" 0.01
	near "$kind NPV" "$(cell out "$kind" npv_eur)" "$npv" 0.01
	[ "$cost" = 0 ] || near "$kind EUR/a" "$(cell out "$kind" cost_savings_eur_a)" "$cost" 0.015
	[ "$carbon" = 0 ] || near "$kind kg/a" "$(cell out "$kind" carbon_savings_kg_a)" "$carbon" 0.01
done <<'TABLE'
cost_optimal 111 0.32 2.9 134000 682000 1536 768000 174000
cost_break_even 173 0.67 2.2 0 569000 3230 1615000 -1615000
carbon_optimal 132 0.44 2.6 117000 733000 2121 1061000 -237000
carbon_break_even 221 0.95 1.9 -256000 0 4544 2272000 -4075000
TABLE
near "payback" "$(cell out cost_optimal payback_a)" 5.7 0.01
near "payback" "$(cell out carbon_optimal payback_a)" 9.0 0.01
is "payback at the break-even" "$(cell out cost_break_even payback_a)" ""
is "payback at a loss" "$(cell out carbon_break_even payback_a)" ""

# --- closed forms, to the digits of a double
read -r t q p s npv < <(awk 'BEGIN {
	eta = 0.55; r = 132 / 60; t_src = 288.15; t_in = 328.15
	t = t_src * r / (r - eta); q = 4800 / 175 * (t - t_in); mean = (t - t_in) / log(t / t_in)
	p = q * (mean - t_src) / (eta * mean); s = (60 * q - 132 * p) / 1000
	npv = -500 * q; for (n = 1; n <= 10; n++) npv += s * 6000 / 1.07 ^ n
	printf "%.17g %.17g %.17g %.17g %.17g\n", t - 273.15, q, p, s, npv }')
near "outlet" "$(cell out cost_optimal t_sink_out_c)" "$t" 1e-12
near "heat" "$(cell out cost_optimal q_sink_kw)" "$q" 1e-12
near "power" "$(cell out cost_optimal p_elec_kw)" "$p" 1e-12
near "savings" "$(cell out cost_optimal cost_savings_eur_h)" "$s" 1e-11
near "NPV" "$(cell out cost_optimal npv_eur)" "$npv" 1e-10
cp out rows.csv

# --- JSON: the same numbers with 17 digits, null where there is none
run 0 solve "${case[@]}" "${worth[@]}" --json
for member in t_sink_out_c cop q_sink_kw cost_savings_eur_h npv_eur capex_eur payback_a carbon_savings_kg_a; do
	is "$member" "$(json out "\$.cost.optimal.$member")" "$(sqlite3 :memory: "SELECT $(cell rows.csv cost_optimal $member)")"
done
is "payback" "$(json out '$.cost.break_even.payback_a')" ""
part out '"source_t_in_c":15.0'
part out '"payback_a":null'
part out '"available":true'
grep -Eq '"q_sink_kw":1537\.37142857142[0-9]{2}' out || fail "q_sink_kw has not 17 digits"
run 0 solve "${case[@]}" --json
grep -q capex out && fail "what an investment is worth was not asked"
run 0 solve "${case[@]}" --capex 500EUR/kW --json
near "CAPEX alone" "$(json out '$.cost.optimal.capex_eur')" "$(cell rows.csv cost_optimal capex_eur)" 1e-14
part out '"npv_eur":null'

# --- one pair of rates is enough, the other merit is null
run 0 solve --source 15degC --sink-in 55degC --target 230degC --duty 4.8MW --eta 55% --elec-price 13.2ct/kWh --fuel-price 60EUR/MWh --json
part out '"carbon":null'
near "in other units" "$(json out '$.cost.optimal.t_sink_out_c')" "$t" 1e-12
run 0 solve --source 59degF --sink-in 328.15K --target 230degC --heat-capacity-rate 27.428571428571427kW/K --eta 0.55 --elec-carbon 406g/kWh \
	--fuel-carbon 213.7kg/MWh --csv
lines out 3
near "by heat capacity rate" "$(cell out carbon_optimal q_sink_kw)" "$(cell rows.csv carbon_optimal q_sink_kw)" 1e-9
run 0 solve "${case[@]}" --carbon-value 100EUR/t --csv
lines out 7
run 0 solve "${case[@]}" --capacity 1MW --t-max 100degC --min-load 20%
part out capacity

# --- the table for people fits on a screen
run 0 solve "${case[@]}" "${worth[@]}"
[ "$(wc -L <out)" -le 100 ] || fail "the table is wider than 100 columns"
has out "outlet           degC         111.05           173.15          132.41             221.12"
has out "limited by                      none             none            none               none"

# --- cost and CO2 by energy source, with and without the heat pump: by hand from heat and power
run 0 solve "${case[@]}" --co2-price 40EUR/t --boiler-efficiency 0.9 --elec-adders 10EUR/MWh --hours 6000 --json
cp out sources.json
while read -r at q p; do
	while read -r member want; do
		near "$at.$member" "$(json out "\$.$at.$member")" "$want" 1e-12
	done < <(awk -v OFMT=%.17g -v q="$q" -v p="$p" 'BEGIN {
		fuel = (4800 - q) / 0.9 / 1000; elec = p / 1000
		print "cost_elec_eur_h", 142 * elec; print "cost_fuel_eur_h", 60 * fuel; print "cost_allowances_eur_h", 0.2137 * 40 * fuel
		print "cost_eur_h", 142 * elec + 68.548 * fuel; print "cost_eur_a", 6000 * (142 * elec + 68.548 * fuel)
		print "carbon_elec_kg_h", 406 * elec; print "carbon_fuel_kg_h", 213.7 * fuel
		print "carbon_kg_h", 406 * elec + 213.7 * fuel; print "carbon_kg_a", 6000 * (406 * elec + 213.7 * fuel) }')
done <<-END
	reference 0 0
	cost.optimal $(json out '$.cost.optimal.q_sink_kw') $(json out '$.cost.optimal.p_elec_kw')
	carbon.break_even $(json out '$.carbon.break_even.q_sink_kw') $(json out '$.carbon.break_even.p_elec_kw')
END
near "cost without less cost with it" "$(sqlite3 :memory: "SELECT json_extract(x, '$.reference.cost_eur_h') -
	json_extract(x, '$.cost.optimal.cost_eur_h') FROM (SELECT readfile('out') AS x)")" "$(json out '$.cost.optimal.cost_savings_eur_h')" 1e-11
run 0 solve "${case[@]}" --co2-price 40EUR/t --boiler-efficiency 0.9 --elec-adders 10EUR/MWh --hours 6000 --csv
for member in cost_elec_eur_h cost_allowances_eur_a carbon_kg_a; do
	near "$member" "$(cell out cost_optimal $member)" "$(json sources.json "\$.cost.optimal.$member")" 1e-14
	near "reference_$member" "$(cell out cost_optimal reference_$member)" "$(json sources.json "\$.reference.$member")" 1e-14
done
run 0 solve "${case[@]}"
part out "boiler  cost optimum"
has out "fuel                EUR/h   288.00        195.76            93.57          160.61              14.61"
grep -q allowances out && fail "allowances without a price of theirs"
run 0 solve --source 15degC --sink-in 55degC --target 230degC --duty 4.8MW --eta 0.55 --elec-price 132EUR/MWh --fuel-price 60EUR/MWh
grep -q "CO2 of" out && fail "CO2 without its intensities"

# --- errors: all of them, one line each, 64
run 64 solve
has err "--source: is missing"
has err "--eta: is missing (or --jensen)"
has err "--duty: is missing (or --heat-capacity-rate)"
run 64 solve --source 15 --sink-in 55degC --taget 230degC --duty x --eta 1.4 --boiler-efficiency 0
has err "--source: 15 has no unit; a temperature is written in degC, degF or K"
has err "--taget: unknown option, did you mean --target?"
has err '--duty: "x" is not a decimal number'
has err "--eta: 1.4 is outside (0, 1]"
has err "--boiler-efficiency: 0 is outside (0, 1.2]"
lines err 5
[ -s out ] && fail "an answer in spite of errors"
run 0 solve "${case[@]}" --eta 0.5 # given again, the last one counts
part out " 99.75 "
run 64 solve --source 15degC --sink-in 55degC --target 230degC --duty 4800kW --eta 0 --elec-price 1EUR/MWh --fuel-price 1EUR/MWh
has err "--eta: 0 is outside (0, 1]"
run 64 solve --source 15degC --sink-in 55degC --target 50degC --duty 1MW --eta 0.5 --elec-price 132EUR/MWh --fuel-price 60EUR/MWh
has err "--sink-in: 55 degC is above --target 50 degC"
run 64 solve --source 240degC --sink-in 55degC --target 230degC --duty 1MW --eta 0.5 --elec-price 132EUR/MWh
has err "--source: 240 degC is not below --target 230 degC"
has err "--fuel-price: is missing; --elec-price needs it"
run 64 solve "${case[@]}" --min-load 20%
has err "--capacity: is missing; --min-load needs it"
run 64 solve "${case[@]}" --json --csv
run 64 solve "${case[@]}" --hours
has err "--hours: its value is missing"
run 64 solve "${case[@]}" --loop x
run 64 solve "${case[@]}" extra
has err "extra: unexpected argument"
run 64 slove
has err "slove: unknown command, did you mean solve?"
run 64
run 0 --version
run 0 --help
for command in solve sweep check replay history status alarms; do
	run 0 $command --help
	part out "usage: lorenzctl $command"
done
"$LORENZCTL" solve "${case[@]}" >/dev/full 2>err
is "exit code with a full disk" $? 1

# --- configured loops
cat >loops.yaml <<'YAML'
site: test
market:
  electricity:
    price: {topic: market/spot, unit: EUR/MWh}
    carbon: {topic: grid/carbon, unit: g/kWh}
  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}
loops:
  dryer:
    source: {t_in: {topic: plant/source, unit: degC}}
    sink: {t_in: {topic: plant/air, unit: degC, on_bad: 55 degC}, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55, available: {topic: plant/ok}}
  steam:
    source: {t_in: 60 degC}
    sink: {curve: [{t_in: 80 degC, t_out: 110 degC, duty: 1 MW}, {latent: 120 degC, duty: {topic: plant/steam, unit: kW}}]}
    heat_pump: {lorenz_efficiency: 0.5}
YAML
run 64 solve --config loops.yaml
has err "market.electricity.price: is a live signal: add --set 'market.electricity.price=… EUR/MWh'"
has err "loops.dryer.source.t_in: is a live signal: add --set 'loops.dryer.source.t_in=… degC'"
has err "loops.steam.sink.curve.1.duty: is a live signal: add --set 'loops.steam.sink.curve.1.duty=… kW'"
lines err 4
set_all=(--set market.electricity.price=132EUR/MWh --set "market.electricity.carbon=406 g/kWh" --set loops.dryer.source.t_in=15degC)
run 0 solve --config loops.yaml --loop dryer "${set_all[@]}" --json
near "configured" "$(json out '$.cost.optimal.t_sink_out_c')" "$t" 1e-12
is "hp_on" "$(json out '$.setpoint.hp_on')" 1
is "reason" "$(json out '$.setpoint.reason')" optimum
is "substituted inlet" "$(json out '$.setpoint.quality')" uncertain
run 0 solve --config loops.yaml "${set_all[@]}" --set loops.steam.sink.curve.1.duty=500kW --json
is "an array" "$(json out '$[0].loop') $(json out '$[1].loop')" "dryer steam"
is "duty of the curve" "$(json out '$[1].inputs.duty_kw')" 1500.0
run 0 solve --config loops.yaml "${set_all[@]}" --set loops.steam.sink.curve.1.duty=500kW --set market.fuel.price=1EUR/MWh
has out "setpoint: heat pump off, 55.00 degC, not_beneficial, objective cost, mode auto, quality uncertain"
run 0 solve --config loops.yaml --loop dryer "${set_all[@]}" --set loops.dryer.heat_pump.available=false --json
is "not available" "$(json out '$.setpoint.reason')" unavailable
run 64 solve --config loops.yaml --loop dryr --set market.electricty.price=1EUR/MWh --set market.electricity.carbon=1 \
	--set loops.dryer.source.t_in=99999degC --set loops.dryer.heat_pump.available=2
has err "--loop dryr: the configuration has no such loop, did you mean dryer?"
has err "--set market.electricty.price: the configuration knows no such input, did you mean market.electricity.price?"
part err "--set market.electricity.carbon: 1 has no unit"
part err "--set loops.dryer.source.t_in: 99999degC is outside"
part err "--set loops.dryer.heat_pump.available: 2"
run 64 solve --config loops.yaml --source 15degC
run 64 solve --config loops.yaml --loop dryer "${set_all[@]}" --set loops.dryer.sink.t_target=50degC
part err "loops.dryer: "
run 78 solve --config nowhere.yaml

# the common market is set for the loops that take part in it, not for one with an entry of its own
cat >own.yaml <<'YAML'
site: own
market: {electricity: {price: {topic: p, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}
loops:
YAML
loop='source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: 0.55}'
printf '  a: {%s}\n  b: {%s, market: {electricity: {price: 100 EUR/MWh}}}\n' "$loop" "$loop" >>own.yaml
run 0 solve --config own.yaml --set market.electricity.price=132EUR/MWh --csv
part out "a,cost_optimal,111.0"
part out "b,cost_optimal,156.9"

# a tariff's live adder and the peak that is paid; what the plant answers is no input
cat >bill.yaml <<'YAML'
site: bill
market:
  electricity: {price: {topic: p, unit: EUR/MWh}, adders: [{add: 10 EUR/MWh}, {add: {topic: fee, unit: EUR/MWh}}]}
  fuel: {price: 60 EUR/MWh}
demand: {site_power: {topic: s, unit: kW}, peak_so_far: 1000 kW}
YAML
printf 'loops:\n  a: {%s, feedback: {trip: {topic: t}}}\n' "$loop" | sed 's/1 MW/4800 kW/' >>bill.yaml
run 64 solve --config bill.yaml --set market.electricity.price=100EUR/MWh
has err "market.electricity.adders.1.add: is a live signal: add --set 'market.electricity.adders.1.add=… EUR/MWh'"
lines err 2
run 0 solve --config bill.yaml --set market.electricity.price=100EUR/MWh --set market.electricity.adders.1.add=22EUR/MWh \
	--set demand.site_power=700kW --loop a --json
is "price with adders" "$(json out '$.inputs.price_elec_eur_mwh')" 132.0
is "what is paid" "$(json out '$.setpoint.p_elec_kw')" 300.0
is "reason" "$(json out '$.setpoint.reason')" demand
is "limited by" "$(json out '$.cost.optimal.limited_by')" demand
finish
