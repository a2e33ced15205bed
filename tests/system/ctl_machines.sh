#!/bin/bash
# lorenzctl on the general case: the examples against numbers worked out here, limits, units that are off, bad input in words.
. "$(dirname "$0")/ctl_lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
district=$PROJECT/config/examples/district-heat.yaml
at=(--set market.electricity.price=50EUR/MWh --set market.electricity.carbon=300g/kWh --set market.fuel.price=40EUR/MWh
	--set loops.river.source.t_in=8degC --set loops.river.source.body.heat_capacity_rate=1000MW/K --set loops.river.sink.t_in=55degC
	--set loops.river.sink.duty=200MW --set loops.quay.sink.duty=160MW)
ok=(--set loops.river.heat_pump.units.0.available=true --set loops.river.heat_pump.units.1.available=true)

# --- a river that may be cooled by 0.1 K: what is taken from it is that, and the outlet of the stream follows
run 0 solve --config "$district" --loop river "${at[@]}" --json
q=$(json out '$.cost.optimal.q_sink_kw') p=$(json out '$.cost.optimal.p_elec_kw')
near "taken from the river" "$(awk -v OFMT=%.12g "BEGIN { print $q - $p }")" 100000 1e-6
near "source outlet" "$(json out '$.cost.optimal.t_source_out_c')" 4 1e-6
is "limited by" "$(json out '$.cost.optimal.limited_by')" source_body
is "reason" "$(json out '$.setpoint.reason')" source
is "units" "$(json out '$.cost.optimal.units_on') $(json out '$.cost.optimal.units')" '2 ["hp1","hp2"]'
near "the boiler makes the rest" "$(json out '$.cost.optimal.utilities.boiler')" "$(awk -v OFMT=%.12g "BEGIN { print 200000 - $q }")" 1e-6
is "the electric boiler is dearer" "$(json out '$.cost.optimal.utilities.electric_boiler')" 0.0
near "savings" "$(json out '$.cost.optimal.cost_savings_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { print $q / 1000 * (40 + 0.202 * 70) / 0.95 - $p / 1000 * 72 }")" 1e-5
both=$q
# two of 82.5 MW where the river is large, both at full load
run 0 solve --config "$district" --loop river "${at[@]}" --set loops.river.source.body.heat_capacity_rate=4000MW/K --json
near "both units" "$(json out '$.cost.optimal.q_sink_kw')" 165000 1e-6
is "limited by" "$(json out '$.cost.optimal.limited_by')" capacity
# one of them tripped
run 0 solve --config "$district" --loop river "${at[@]}" --set loops.river.heat_pump.units.0.available=0 --json
near "one unit" "$(json out '$.cost.optimal.q_sink_kw')" 82500 1e-6
is "which" "$(json out '$.cost.optimal.units')" '["hp2"]'
near "the setpoint is not bounded by capacity" "$(json out '$.setpoint.t_sink_out_c')" "$(awk -v OFMT=%.12g "BEGIN { print 55 + 35 * $both / 200000 }")" 1e-6
near "what one reaches" "$(json out '$.setpoint.t_sink_out_expected_c')" "$(awk -v OFMT=%.12g 'BEGIN { print 55 + 35 * 82.5 / 200 }')" 1e-6
is "reason" "$(json out '$.setpoint.reason')" limited
# all of them, and a river at its limit
run 0 solve --config "$district" --loop river "${at[@]}" --set loops.river.heat_pump.units.0.available=0 \
	--set loops.river.heat_pump.units.1.capacity=0MW --json
is "none left" "$(json out '$.setpoint.reason') $(json out '$.setpoint.hp_on')" "unavailable 0"
run 0 solve --config "$district" --loop river "${at[@]}" --set loops.river.source.body.cooling_max=0K --json
is "nothing may be taken" "$(json out '$.setpoint.reason') $(json out '$.setpoint.hp_on')" "source 0"
run 0 solve --config "$district" --loop river "${at[@]}" --set loops.river.source.t_in=1.5degC --json
is "the river is near freezing" "$(json out '$.setpoint.reason')" source
# the setpoint's own lower bound is above what the river allows
sed 's/^    electric_boiler: .*/&\n    setpoint: {min: 85 degC}/' "$district" >high.yaml
run 0 solve --config high.yaml --loop river "${at[@]}" --json
is "bounds that contradict the river" "$(json out '$.setpoint.reason') $(json out '$.setpoint.hp_on')" "source 0"
# a negative price: the electric boiler makes what it can before the heat pump
run 0 solve --config "$district" --loop river "${at[@]}" --set market.electricity.price=-60EUR/MWh --json
near "the electric boiler is full" "$(json out '$.cost.optimal.utilities.electric_boiler')" 50000 1e-6

# --- sweeps over what machines, sources and utilities are: the last value is what solve says at it
while read -r name from to; do
	run 0 sweep --config "$district" --loop river "${at[@]}" --over "loops.river.$name" --from "$from" --to "$to" --steps 3 --csv --svg sweep.svg
	tail -n 5 out | cut -d , -f 4- >got
	grep -qi 'nan\|inf' sweep.svg && fail "$name: what is no number is drawn"
	run 0 solve --config "$district" --loop river "${at[@]}" --set "loops.river.$name=$to" --csv
	tail -n +2 out >want
	cmp -s got want || fail "swept over $name it is not what solve says"
done <<'OVER'
source.heat_capacity_rate 5MW/K 50MW/K
source.t_out_min 2degC 6degC
source.price -5EUR/MWh 20EUR/MWh
source.body.heat_capacity_rate 500MW/K 3000MW/K
source.body.cooling_max 0K 0.2K
heat_pump.lorenz_efficiency.isentropic 0.6 0.9
heat_pump.units.0.capacity 0MW 80MW
heat_pump.units.1.min_load 10% 90%
heat_pump.units.1.cop_factor 0.8 1.2
electric_boiler.capacity 0MW 80MW
electric_boiler.efficiency 80% 99%
OVER
run 0 sweep --config "$district" --loop river "${at[@]}" --over loops.river.source.heat_capacity_rate --from 5MW/K --to 50MW/K
[ "$(wc -L <out)" -le 150 ] || fail "the table is wider than 150 columns"
part out "source.heat_capacity_rate  cost optimum"
run 64 sweep --config "$district" --loop river "${at[@]}" --over loops.river.heat_pump.units.0.available --from 0 --to 1
has err "--over loops.river.heat_pump.units.0.available: is a switch"
# an outlet beyond what the units can make has no figures, and says why
run 0 sweep --config "$district" --loop river "${at[@]}" --over outlet --steps 5 --json
is "beyond the units" "$(json out '$[5].outlet.limited_by') $(json out '$[5].outlet.p_elec_kw')$(json out '$[5].outlet.cost_allowances_eur_h')" "capacity "
is "below the least load" "$("$LORENZCTL" sweep --config "$district" --loop river "${at[@]}" --over outlet --from 56degC --to 57degC --steps 1 --json >out; json out '$[0].outlet.limited_by')" min_load

# --- 20 MW from 7 MW
run 0 solve --config "$district" --loop works "${at[@]}" "${ok[@]}" --json
near "heat" "$(json out '$.cost.optimal.q_sink_kw')" 20000 1e-3
near "power" "$(json out '$.cost.optimal.p_elec_kw')" 7000 1e-3
is "no general case" "$(json out '$.cost.optimal.units_on')" ""

# --- four of 44 MW: as many as the demand needs, and never outside their loads
last=0
for duty in 5 12 40 70 110 150 176; do
	run 0 solve --config "$district" --loop quay "${at[@]}" --set loops.quay.sink.duty=${duty}MW --json
	on=$(json out '$.cost.optimal.units_on') q=$(json out '$.cost.optimal.q_sink_kw')
	awk -v OFMT=%.12g "BEGIN { exit !($on >= $last && $q <= $on * 44000 * (1 + 1e-9) && $q >= $on * 11000 * (1 - 1e-9)) }" ||
		fail "$duty MW: $on units make $q kW"
	near "supply of $duty MW" "$(json out '$.cost.optimal.t_supply_c')" "$(awk -v OFMT=%.12g "BEGIN { print $(json out '$.cost.optimal.t_sink_out_c') + 3 }")" 1e-6
	last=$on
	echo "$duty $on" >>shed
done
is "units by demand" "$(tr '\n' ' ' <shed)" "5 0 12 1 40 1 70 2 110 3 150 4 176 4 "

# --- cost by energy source adds up, with an electric boiler and bought source heat
run 0 solve --config "$district" --loop river "${at[@]}" --set market.electricity.price=-60EUR/MWh --set loops.river.source.price=3EUR/MWh --json
for merit in cost_eur_h:cost_savings_eur_h carbon_kg_h:carbon_savings_kg_h; do
	near "reference less savings, $merit" "$(awk -v OFMT=%.12g "BEGIN { print $(json out "\$.reference.${merit%:*}") - $(json out "\$.cost.optimal.${merit#*:}") }")" \
		"$(json out "\$.cost.optimal.${merit%:*}")" 1e-9
done
near "its parts" "$(awk -v OFMT=%.12g "BEGIN { print $(json out '$.cost.optimal.cost_elec_eur_h') + $(json out '$.cost.optimal.cost_fuel_eur_h') + $(json out '$.cost.optimal.cost_allowances_eur_h') }")" \
	"$(json out '$.cost.optimal.cost_eur_h')" 1e-9
"$LORENZCTL" solve --config "$district" --loop river "${at[@]}" --set loops.river.source.price=3EUR/MWh --json >out
near "source heat is paid" "$(json out '$.cost.optimal.cost_savings_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { q = $(json out '$.cost.optimal.q_sink_kw') / 1000; p = $(json out '$.cost.optimal.p_elec_kw') / 1000; print q * (40 + 0.202 * 70) / 0.95 - p * 72 - 3 * (q - p) }")" 1e-9
run 0 solve --config "$district" --loop river "${at[@]}" --set market.electricity.price=-60EUR/MWh --json
near "electricity of both" "$(json out '$.cost.optimal.cost_elec_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { print -0.038 * ($(json out '$.cost.optimal.p_elec_kw') + $(json out '$.cost.optimal.utilities.electric_boiler') / 0.99) }")" 1e-9

# --- and so does what it emits: the optimum of carbon takes less of it, and none where it emits as much as the boiler's
"$LORENZCTL" solve --config "$district" --loop river "${at[@]}" --set loops.river.source.carbon=60kg/MWh --json >out
is "told" "$(json out '$.inputs.source_carbon_kg_mwh')" 60.0
near "carbon of source heat" "$(json out '$.carbon.optimal.carbon_savings_kg_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { q = $(json out '$.carbon.optimal.q_sink_kw') / 1000; p = $(json out '$.carbon.optimal.p_elec_kw') / 1000; print q * 202 / 0.95 - p * 300 - 60 * (q - p) }")" 1e-9
near "its cost is no other" "$(json out '$.cost.optimal.cost_savings_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { q = $(json out '$.cost.optimal.q_sink_kw') / 1000; p = $(json out '$.cost.optimal.p_elec_kw') / 1000; print q * (40 + 0.202 * 70) / 0.95 - p * 72 }")" 1e-9
near "CO2 adds up" "$(awk -v OFMT=%.12g "BEGIN { print $(json out '$.reference.carbon_kg_h') - $(json out '$.carbon.optimal.carbon_savings_kg_h') }")" \
	"$(json out '$.carbon.optimal.carbon_kg_h')" 1e-9
"$LORENZCTL" solve --config "$district" --loop river "${at[@]}" --set loops.river.source.carbon=220kg/MWh --json >out
is "dirtier than the boiler" "$(json out '$.carbon.optimal.q_sink_kw')" 0.0

# --- direct exchange first: no pinch below 5 K, and the heat pump takes what is left down to 10 degC
# both streams by what flows; heat capacities and density from steam tables
bath=(--config "$PROJECT/config/examples/waste-water.yaml" --loop bath --set loops.bath.source.t_in=65degC --set market.electricity.price=90EUR/MWh)
run 0 solve "${bath[@]}" --set loops.bath.source.volume_flow=4.8l/s --set loops.bath.sink.mass_flow=15.5t/h --json
near "waste water" "$(json out '$.inputs.source_heat_capacity_rate_kw_k')" "$(awk -v OFMT=%.12g 'BEGIN { print 4.8 * 0.98055 * 4.187 }')" 1e-3
near "fresh water" "$(json out '$.inputs.duty_kw')" "$(awk -v OFMT=%.12g 'BEGIN { print 15.5 / 3.6 * (398.0 - 50.41) }')" 1e-3
run 0 solve "${bath[@]}" --set loops.bath.source.mass_flow=4.8kg/s --set loops.bath.source.cp='4 kJ/(kg K)' --set loops.bath.sink.duty=1MW --json
near "a mass and a cp of one's own" "$(json out '$.inputs.source_heat_capacity_rate_kw_k')" 19.2 1e-9
near "a duty in the place of the flow" "$(json out '$.inputs.duty_kw')" 1000 1e-9
run 64 solve "${bath[@]}" --set loops.bath.sink.mass_flow=-1t/h
# and by heat capacity rates in their place
run 0 solve "${bath[@]}" --set loops.bath.source.heat_capacity_rate=20kW/K --set loops.bath.sink.heat_capacity_rate=18kW/K --json
near "direct" "$(json out '$.direct_exchange.q_kw')" 864 1e-6 # to 60 degC, 5 K below the waste water
near "direct savings" "$(json out '$.direct_exchange.cost_savings_eur_h')" "$(awk -v OFMT=%.12g 'BEGIN { print 0.864 * 55 / 0.92 }')" 1e-6
q=$(json out '$.cost.optimal.q_sink_kw') p=$(json out '$.cost.optimal.p_elec_kw')
near "the rest of the waste water" "$(json out '$.cost.optimal.t_source_out_c')" "$(awk -v OFMT=%.12g "BEGIN { print 65 - (864 + $q - $p) / 20 }")" 1e-6
near "outlet" "$(json out '$.cost.optimal.t_sink_out_c')" "$(awk -v OFMT=%.12g "BEGIN { print 60 + $q / 18 }")" 1e-6
near "all of it" "$(json out '$.cost.optimal.utilities.boiler')" "$(awk -v OFMT=%.12g "BEGIN { print 18 * 83 - 864 - $q }")" 1e-6

# --- the models: the generic one's published checks, the others against it and the plain number
cat >models.yaml <<'YAML'
site: models
market: {electricity: {price: 90 EUR/MWh}, fuel: {price: 60 EUR/MWh}}
loops:
YAML
model() {
	printf '  %s: {source: {t_in: 40 degC, t_out: 30 degC}, sink: {t_in: 60 degC, t_target: 80 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: %s}}\n' \
		"$1" "$2" >>models.yaml
}
model ammonia '{model: jensen, fluid: ammonia}'
model isobutane '{model: jensen, fluid: isobutane, pinch: 5 K, isentropic: 0.8, heat_loss: 0}'
model plain 0.5
model flat '{model: polynomial, coefficients: [[0.5]]}'
model table '{model: table, t_sink: [50 degC, 90 degC], lift: [20 K, 60 K], eta: [[0.5, 0.5], [0.5, 0.5]]}'
model carnot '{model: carnot, fraction: 0.5}'
model edge '{model: polynomial, coefficients: [[0.6, -0.001]], lift_max: 10 K}'
model own '{model: jensen, a: -0.0011, b: 0.3, c: 2.4 K, d: 0.0035 1/K, e: -0.0033 1/K, f: 0.053}'
model other '{model: jensen, a: 0.2, b: 0.2, c: 0.016 K, d: 0.0014 1/K, e: -0.0015 1/K, f: 0.039, pinch: 3 K, isentropic: 0.7, heat_loss: 0.05}'
model same '{model: jensen, fluid: ammonia, pinch: 3 K, isentropic: 0.7, heat_loss: 0.05}'
run 0 solve --config models.yaml --json
near "ammonia" "$(json out '$[0].cost.optimal.cop')" 4.205835 1e-6
near "isobutane" "$(json out '$[1].cost.optimal.cop')" 4.129414 1e-6
near "isobutane's coefficients by hand" "$(json out '$[7].cost.optimal.cop')" 4.129414 1e-6
near "ammonia's, with its machine" "$(json out '$[8].cost.optimal.cop')" "$(json out '$[9].cost.optimal.cop')" 1e-12
for i in 3 4; do
	near "as the number, $i" "$(json out "\$[$i].cost.optimal.cop")" "$(json out '$[2].cost.optimal.cop')" 1e-9
	near "its efficiency, $i" "$(json out "\$[$i].cost.optimal.eta_lorenz")" 0.5 1e-9
	is "setpoint, $i" "$(json out "\$[$i].setpoint.reason")" "$(json out '$[2].setpoint.reason')"
done
near "carnot" "$(json out '$[5].cost.optimal.cop')" "$(awk -v OFMT=%.12g 'BEGIN { print 0.5 * 353.15 / 40 }')" 1e-6
is "extrapolated" "$(json out '$[6].cost.optimal.extrapolated') $(json out '$[0].cost.optimal.extrapolated')" "1 0"
run 0 solve --config models.yaml --loop ammonia --set loops.ammonia.heat_pump.lorenz_efficiency=0.5 --json
near "a number in its place" "$(json out '$.cost.optimal.cop')" "$(awk -v OFMT=%.12g 'BEGIN { h = 20 / log(353.15 / 333.15); c = 10 / log(313.15 / 303.15); print 0.5 * h / (h - c) }')" 1e-6

# --- objectives under a constraint, of the published dryer at a price where the carbon optimum costs money
cat >goals.yaml <<'YAML'
site: goals
market: {electricity: {price: 180 EUR/MWh, carbon: 406 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}
loops:
YAML
goal() {
	printf '  %s: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}, %s}\n' "$@" >>goals.yaml
}
goal free 'objective: carbon_at_no_cost'
goal most 'objective: electrify_at_no_carbon'
goal cap 'objective: cost_under_carbon_cap, carbon_cap: 950 kg/h'
goal loose 'objective: cost_under_carbon_cap, carbon_cap: 2 t/h'
goal tight 'objective: cost_under_carbon_cap, carbon_cap: 100 kg/h'
goal small 'objective: cost_under_carbon_cap, carbon_cap: 950 kg/h, market: {electricity: {price: 180 EUR/MWh, carbon: 2000 kg/MWh}}'
run 0 solve --config goals.yaml --json
of() { json out "\$[$1].$2"; }
near "no cost: the cost's break-even" "$(of 0 goal.optimal.t_sink_out_c)" "$(of 0 cost.break_even.t_sink_out_c)" 1e-5
awk "BEGIN { exit !($(of 0 goal.optimal.cost_savings_eur_h) > -1e-3 && $(of 0 goal.optimal.carbon_savings_kg_h) < $(of 0 carbon.optimal.carbon_savings_kg_h)) }" ||
	fail "carbon_at_no_cost costs something"
near "most heat: the carbon's break-even" "$(of 1 goal.optimal.t_sink_out_c)" "$(of 1 carbon.break_even.t_sink_out_c)" 1e-5
near "under the cap" "$(awk -v OFMT=%.12g "BEGIN { print 4.8 * 213.7 - $(of 2 goal.optimal.carbon_savings_kg_h) }")" 950 1e-5
awk "BEGIN { exit !($(of 2 goal.optimal.t_sink_out_c) > $(of 2 cost.optimal.t_sink_out_c) && $(of 2 goal.optimal.t_sink_out_c) < $(of 2 carbon.optimal.t_sink_out_c)) }" ||
	fail "the cap is not between the optima"
near "a cap that does not bind" "$(of 3 goal.optimal.t_sink_out_c)" "$(of 3 cost.optimal.t_sink_out_c)" 1e-5
near "a cap that cannot be met" "$(of 4 goal.optimal.t_sink_out_c)" "$(of 4 carbon.optimal.t_sink_out_c)" 1e-4
is "met" "$(of 0 goal.met)$(of 1 goal.met)$(of 2 goal.met)$(of 3 goal.met)$(of 4 goal.met)$(of 5 goal.met)" 111100
for i in 0 1 2 3; do
	is "reason $i" "$(of $i setpoint.hp_on) $(of $i setpoint.reason)" "1 optimum"
	near "setpoint $i" "$(of $i setpoint.t_sink_out_c)" "$(of $i goal.optimal.t_sink_out_c)" 1e-9
done
is "as much as can be" "$(of 4 setpoint.hp_on) $(of 4 setpoint.reason)" "1 limited"
is "no help with dirty power" "$(of 5 setpoint.hp_on) $(of 5 setpoint.reason)" "0 not_beneficial"
# a small machine does what it can
run 0 solve --config goals.yaml --loop cap --set loops.cap.heat_pump.capacity=300kW --json
is "below the cap's need" "$(json out '$.setpoint.hp_on') $(json out '$.setpoint.reason') $(json out '$.setpoint.q_sink_kw')" "1 limited 300.0"
run 0 solve --config goals.yaml --csv
part out "free,goal_optimal,"
sed 's/, carbon_cap: 950 kg.h//' goals.yaml >nocap.yaml
run 78 check nocap.yaml
part err "cost_under_carbon_cap needs a carbon_cap or a carbon_budget"

# --- further boilers, the cheapest first; a CHP's heat is cheap where power is dear
cat >merit.yaml <<'YAML'
site: merit
market: {electricity: {price: 90 EUR/MWh}, fuel: {price: 60 EUR/MWh}}
loops:
  a:
    source: {t_in: 10 degC}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 10 MW}
    heat_pump: {lorenz_efficiency: 0.5, capacity: 2 MW}
    utilities: [{name: wood, capacity: 3 MW, efficiency: 80 %, price: 20 EUR/MWh, carbon: 0 kg/MWh}, {name: chp, capacity: 4 MW, efficiency: 45 %, electric_efficiency: 40 %}]
YAML
run 0 solve --config merit.yaml --loop a --json
near "wood" "$(json out '$.cost.optimal.utilities.wood')" 3000 1e-9
near "chp" "$(json out '$.cost.optimal.utilities.chp')" 4000 1e-9
near "boiler" "$(json out '$.cost.optimal.utilities.boiler')" 1000 1e-9
near "the boiler's price is what the heat pump saves" "$(json out '$.cost.optimal.cost_savings_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { print 2 * 60 - 0.09 * $(json out '$.cost.optimal.p_elec_kw') }")" 1e-9
run 0 solve --config merit.yaml --loop a --set market.electricity.price=10EUR/MWh --json
near "no chp at a low price" "$(json out '$.cost.optimal.utilities.chp')" 0 0

# --- an electric boiler for the whole demand stops the heat pump at a negative price, a small one does not
cat >negative.yaml <<'YAML'
site: negative
market: {electricity: {price: -50 EUR/MWh}, fuel: {price: 45 EUR/MWh}}
loops:
  a:
    source: {t_in: 20 degC}
    sink: {t_in: 60 degC, t_target: 100 degC, duty: 5 MW}
    heat_pump: {lorenz_efficiency: 0.5, capacity: 2 MW}
    electric_boiler: {efficiency: 0.99, capacity: 2 MW}
YAML
run 0 solve --config negative.yaml --loop a --json
near "beside a small one" "$(json out '$.cost.optimal.cost_savings_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { print 2 * 45 + 0.05 * $(json out '$.cost.optimal.p_elec_kw') }")" 1e-9
run 0 solve --config negative.yaml --loop a --set loops.a.electric_boiler.capacity=5MW --json
is "beside a large one" "$(json out '$.setpoint.reason') $(json out '$.cost.optimal.q_sink_kw')" "not_beneficial 0.0"
run 0 solve --config negative.yaml --loop a --set loops.a.electric_boiler.capacity=0MW --json
near "beside none" "$(json out '$.cost.optimal.utilities.boiler')" 3000 1e-6

# --- boilers that cannot carry the demand: the heat pump makes what they cannot, and nothing is compared
sed -i 's/price: -50/price: 500/; s|    electric_boiler: .*|    boiler: {capacity: 2 MW}\n    utilities: [{name: oil, capacity: 1.5 MW, price: 60 EUR/MWh}]|' negative.yaml
run 0 solve --config negative.yaml --loop a --json
is "needed" "$(json out '$.setpoint.reason') $(json out '$.cost.optimal.limited_by') $(json out '$.cost.optimal.q_sink_kw')" "needed utilities 1500.0"
is "nothing to compare with" "$(json out '$.cost.optimal.cost_savings_eur_h')$(json out '$.cost.optimal.cost_savings_pct')$(json out '$.reference.cost_eur_h')$(json out '$.cost.optimal.shortfall_kw')" ""
near "what it costs" "$(json out '$.cost.optimal.cost_eur_h')" \
	"$(awk -v OFMT=%.12g "BEGIN { print 2 * 45 + 1.5 * 60 + 0.5 * $(json out '$.cost.optimal.p_elec_kw') }")" 1e-9
run 0 solve --config negative.yaml --loop a --set loops.a.boiler.capacity=0MW --json
is "a shortfall" "$(json out '$.setpoint.reason') $(json out '$.cost.optimal.q_sink_kw') $(json out '$.cost.optimal.shortfall_kw')" "limited 2000.0 1500.0"
run 0 solve --config negative.yaml --loop a --set loops.a.boiler.capacity=0MW
has out "cost optimum: boiler 0.0 kW, oil 1500.0 kW, nobody 1500.0 kW, source out 20.00 degC"

# --- what the library refuses is told in words, and only of that loop
sed '/^  a:/,$d' merit.yaml >hot.yaml
cat >>hot.yaml <<'YAML'
  a: {source: {t_in: {topic: s, unit: degC}}, sink: {t_in: 60 degC, t_target: 90 degC, duty: 10 MW}, heat_pump: {lorenz_efficiency: 0.5, approach_sink: 2 K}}
YAML
run 64 solve --config hot.yaml --set loops.a.source.t_in=95degC
part err "loops.a: the source is not below the highest sink temperature: there is nothing to lift (source 95 degC, sink from 60 to 90 degC)"

cat >steps.yaml <<'YAML'
site: steps
market: {electricity: {price: 80 EUR/MWh}, fuel: {price: 45 EUR/MWh}}
loops:
  a:
    source: {t_in: 12 degC}
    sink: {t_in: 60 degC, curve: [{t_out: {topic: a, unit: degC}, duty: 1 MW}, {latent: {topic: b, unit: degC}, duty: 1 MW}]}
    heat_pump: {lorenz_efficiency: 0.5}
YAML
steps() { run "$1" solve --config steps.yaml --loop a --set loops.a.sink.curve.0.t_out="$2" --set loops.a.sink.curve.1.latent="$3"; }
steps 0 90degC 100degC
steps 64 55degC 100degC
has err "loops.a: the sink curve falls: sink.curve.0 begins at 60 degC and ends at 55 degC"
steps 64 110degC 100degC
has err "loops.a: segments of the sink curve overlap: sink.curve.1 begins at 100 degC, the one before ends at 110 degC"
# outside the operating envelope: no error, but off, and why
cat >cold.yaml <<'YAML'
site: cold
market: {electricity: {price: 60 EUR/MWh}, fuel: {price: 60 EUR/MWh}}
loops:
  a:
    source: {t_in: {topic: s, unit: degC}}
    sink: {t_in: 50 degC, t_target: 80 degC, duty: 4 MW}
    heat_pump: {lorenz_efficiency: 0.5, envelope: {capacity: [[-10 degC, 1 MW], [10 degC, 2 MW]], t_source_min: -15 degC}}
YAML
run 0 solve --config cold.yaml --loop a --set loops.a.source.t_in=0degC --json
is "half-way between the points" "$(json out '$.cost.optimal.q_sink_kw') $(json out '$.cost.optimal.limited_by')" "1500.0 capacity"
run 0 solve --config cold.yaml --loop a --set loops.a.source.t_in=-16degC
part out "setpoint: heat pump off, 50.00 degC, envelope,"
has out "note: outside the operating envelope: source.t_in is -16 degC, below heat_pump.envelope.t_source_min, -15 degC"
run 0 solve --config cold.yaml --loop a --set loops.a.source.t_in=-15degC --set loops.a.heat_pump.envelope.t_source_min=-14degC --json
is "by --set" "$(json out '$.setpoint.reason') $(json out '$.inputs.envelope') $(json out '$.cost.break_even.limited_by')" "envelope t_source_min envelope"

# --- wrong configurations, all at once
cat >bad.yaml <<'YAML'
site: bad
market: {electricity: {price: 80 EUR/MWh}, fuel: {price: 45 EUR/MWh}}
loops:
  a:
    source: {t_in: 12 degC, t_out: 10 degC, heat_capacity_rate: 0 kW/K, body: {cooling_max: 0.1 K}}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 200 MW}
    heat_pump:
      lorenz_efficiency: {model: jensen, pinch: 5 K}
      capacity: 3 MW
      approach_sink: 3 K
      units: [{name: a, capacity: 3 MW}, {name: a, capacity: 3 MW, part_load: [[1, 2], [0.5, 1]]}]
    utilities: [{name: boiler, capacity: 3 MW}]
    electric_boiler: {}
  b:
    source: {t_in: 12 degC, cooling_max: 3 K}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 200 MW}
    heat_pump: {lorenz_efficiency: {model: table, t_sink: [60 degC, 70 degC], lift: [20 K], eta: [[0.5]]}, units: []}
  c:
    source: {t_in: 12 degC}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 200 MW}
    heat_pump: {lorenz_efficiency: {model: jenssen}}
YAML
run 78 check bad.yaml
has err "bad.yaml:5:36: loops.a.source.t_out: is given beside heat_capacity_rate, from which the outlet follows"
has err "bad.yaml:5:65: loops.a.source.heat_capacity_rate: must be above 0"
has err "bad.yaml:5:79: loops.a.source.body: heat_capacity_rate, mass_flow or volume_flow is missing"
has err "bad.yaml:8:26: loops.a.heat_pump.lorenz_efficiency.fluid: is missing, or a to f, the coefficients of one's own"
has err "bad.yaml:9:17: loops.a.heat_pump.capacity: is given beside units, which have their own"
has err "bad.yaml:10:22: loops.a.heat_pump.approach_sink: is given beside the model jensen, which has its own (pinch)"
has err "bad.yaml:11:49: loops.a.heat_pump.units.1.name: is the name of another one as well"
has err "bad.yaml:11:79: loops.a.heat_pump.units.1.part_load: the part-load curve does not rise in its load shares, or a factor is outside (0, 2]"
has err "bad.yaml:12:24: loops.a.utilities.0.name: is what another boiler of the loop is called"
has err "bad.yaml:13:22: loops.a.electric_boiler.capacity: is missing"
has err "bad.yaml:15:42: loops.b.source.cooling_max: needs heat_capacity_rate, mass_flow or volume_flow: how far the source cools is not known without"
has err "bad.yaml:17:36: loops.b.heat_pump.lorenz_efficiency: eta has 1 lists of 1 values; t_sink and lift ask for 2 of 1"
has err "bad.yaml:17:115: loops.b.heat_pump.units: has 0 units; 1 to 8 are possible"
has err 'bad.yaml:21:44: loops.c.heat_pump.lorenz_efficiency.model: "jenssen" is none of jensen, polynomial, table, carnot, did you mean "jensen"?'
lines err 14
jensen() { sed "s/{model: jenssen}/{model: jensen, $1}/;/^  [ab]:/,/^  c:/{/^  c:/!d}" bad.yaml >own.yaml; }
jensen 'a: 0.2, b: 0.2, c: 0.016 K, d: 0.0014 1\/K, e: -0.0015 1\/K, f: 0.039'
run 0 check own.yaml
jensen 'fluid: ammonia, c: 0.016 K'
run 78 check own.yaml
has err "own.yaml:7:71: loops.c.heat_pump.lorenz_efficiency.c: is given beside fluid, which has its own coefficients"
lines err 1
jensen 'a: 0.2, b: 0.2, c: 0.016, d: 0.0014, e: -0.0015 1\/K'
run 78 check own.yaml
has err "own.yaml:7:71: loops.c.heat_pump.lorenz_efficiency.c: 0.016 has no unit; a temperature difference is written in K"
has err "own.yaml:7:81: loops.c.heat_pump.lorenz_efficiency.d: 0.0014 has no unit; a number per temperature difference is written in 1/K"
has err "own.yaml:7:36: loops.c.heat_pump.lorenz_efficiency.f: is missing: coefficients of one's own are all of a to f"
lines err 3
cat >estimate.yaml <<'YAML'
site: bad
market: {electricity: {price: 80 EUR/MWh}, fuel: {price: 45 EUR/MWh}}
loops:
  a:
    source: {t_in: 12 degC, t_out: 10 degC, estimate_rate: {smoothing: 1 h}}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 200 MW}
    heat_pump: {lorenz_efficiency: 0.5}
    feedback: {q_sink: {topic: q, unit: kW}}
  b:
    source: {t_in: 12 degC, heat_capacity_rate: 5 MW/K, estimate_rate: {}}
    sink: {t_in: 60 degC, t_target: 90 degC, duty: 200 MW}
    heat_pump: {lorenz_efficiency: 0.5}
    direct_exchange: {pinch: 3 K}
    feedback: {q_source: {topic: q, unit: kW}}
YAML
run 78 check estimate.yaml
has err "estimate.yaml:5:60: loops.a.source.estimate_rate: needs a measured t_out"
has err "estimate.yaml:5:60: loops.a.source.estimate_rate: needs feedback.q_source, or feedback.q_sink and feedback.p_elec"
has err "estimate.yaml:10:72: loops.b.source.estimate_rate: is given beside what tells the rate already"
has err "estimate.yaml:10:72: loops.b.source.estimate_rate: is not possible with direct_exchange, which cools the source before the evaporator"
has err "estimate.yaml:10:72: loops.b.source.estimate_rate.smoothing: is missing"
lines err 5

# --- replay goes the same way: units are shed as the demand falls, and the history has what the points add
cat >day.csv <<'CSV'
ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.quay.sink.duty
2026-01-01T00:00:00Z,50,300,40,176
2026-01-01T06:00:00Z,,,,100
2026-01-01T12:00:00Z,,,,40
2026-01-01T18:00:00Z,,,,5
2026-01-02T00:00:00Z,,,,
CSV
sed '/^  river:/,/^  quay:/{/^  quay:/!d}' "$district" >quay.yaml
run 0 replay --config quay.yaml --data day.csv --db day.db --json
near "hours on" "$(json out '$[0].on_hours')" 18 1e-9
near "heat" "$(json out '$[0].heat_kwh')" $((6 * 176000 + 6 * 100000 + 6 * 40000)) 2e-3
is "units in the history" "$(sqlite3 day.db "SELECT group_concat(units_on, ' ') FROM (SELECT units_on FROM operating_points WHERE kind = 'cost_optimal' ORDER BY ts_us)")" "4 3 1 0"

# a day's carbon budget is what the day comes to, also where the duty falls in between
cat >budget.yaml <<'YAML'
site: budget
zone: Europe/Berlin
market: {electricity: {price: {topic: p, unit: EUR/MWh}, carbon: 406 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}
loops:
  a:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: {topic: d, unit: kW}}
    heat_pump: {lorenz_efficiency: 0.55}
    objective: cost_under_carbon_cap
    carbon_budget: 23 t
    setpoint: {deadband: 0 K}
YAML
cat >budget.csv <<'CSV'
ts,market.electricity.price,loops.a.sink.duty
2026-01-01T23:00:00Z,300,4800
2026-01-02T06:00:00Z,,4600
2026-01-02T08:00:00Z,,4800
2026-01-02T23:00:00Z,,
CSV
run 0 replay --config budget.yaml --data budget.csv --db budget.db --json
near "the day's carbon" "$(awk -v OFMT=%.12g "BEGIN { print $(json out '$[0].carbon_reference_kg') - $(json out '$[0].carbon_savings_kg') }")" 23000 1e-4
is "their names" "$(sqlite3 day.db "SELECT group_concat(units, ' ') FROM (SELECT units FROM operating_points WHERE kind = 'cost_optimal' ORDER BY ts_us)")" \
	"u1,u2,u3,u4 u1,u2,u3 u1 "
near "what the boiler makes of 5 MW" "$(sqlite3 day.db "SELECT json_extract(utilities, '\$.boiler') FROM operating_points WHERE kind = 'cost_optimal' ORDER BY ts_us DESC LIMIT 1")" 5000 1e-9
run 0 history --db day.db points --kind cost_optimal --csv
is "new columns go to the end" "$(head -1 out | cut -d, -f19-)" "t_source_out_c,t_supply_c,eta_lorenz,source_heat_kw,units_on,units,utilities,shortfall_kw,extrapolated,technology"
part out ',1,u1,"{""boiler"":'
run 0 history --db day.db points --kind cost_optimal --json
is "as JSON" "$(json out '$[3].units_on') $(json out '$[3].units') $(sqlite3 :memory: "SELECT json_extract(json_extract(readfile('out'), '\$[3].utilities'), '\$.boiler')")" "0  5000.0"
# a file as the program before has left it: what it lacks is empty
sqlite3 day.db "DROP VIEW operating_points; CREATE VIEW operating_points AS SELECT '2026-01-01T00:00:00.000000Z' AS ts, 1767225600000000 AS ts_us, 'quay' AS loop,
	'cost_optimal' AS kind, 70.0 AS t_sink_out_c, NULL AS t_free_c, 1.0 AS electrification, 3.0 AS cop, 1.0 AS q_sink_kw, 1.0 AS p_elec_kw, 1.0 AS cost_savings_eur_h,
	1.0 AS cost_savings_pct, 1.0 AS carbon_savings_kg_h, 1.0 AS carbon_savings_pct, 'none' AS limited_by, 1.0 AS ratio, NULL AS cause_ts, NULL AS cause_us"
run 0 history --db day.db points --csv
has out "2026-01-01T00:00:00.000000Z,1767225600000000,quay,cost_optimal,70.0,,1.0,3.0,1.0,1.0,1.0,1.0,1.0,1.0,none,1.0,,,,,,,,,,,,"

# --- solve tells the same in CSV, where one of the loops has it
run 0 solve --config "$district" "${at[@]}" "${ok[@]}" --csv
is "its columns" "$(head -1 out | awk -F, '{ print $(NF - 9) "," $(NF - 4) "," $(NF - 1) "," $NF }')" "t_source_out_c,units,extrapolated,technology"
part out '4,"u1,u2,u3,u4","{""boiler"":0.0}",,false,'
grep -q '^works,cost_optimal,.*,,,,,,,,,,$' out || fail "a loop in closed form has none of them: $(cat out)"
run 0 solve --config "$district" --loop works "${at[@]}" "${ok[@]}" --csv
grep -q units out && fail "columns that no loop has"
# --- technologies: the ranking below the points and in JSON; a figure set by hand; the replay goes the same way
cat >tech.yaml <<'YAML'
site: t
market: {electricity: {price: {topic: e, unit: EUR/MWh}, carbon: 300 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}
loops:
  a:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55}
    technologies:
      - {name: hp, technology: vapour_compression, t_max: 110 degC}
      - direct_electric
      - {name: brayton, technology: inverse_brayton, lorenz_efficiency: {model: jensen, fluid: isobutane}, t_max: 90 degC}
      - {name: orc, technology: heat_to_power, efficiency: {topic: orc}}
YAML
tech=(solve --config tech.yaml --loop a --set loops.a.technologies.3.efficiency=0.1)
run 0 "${tech[@]}" --set market.electricity.price=20EUR/MWh --json
is "best for cost and carbon" "$(json out '$.cost.optimal.technology') $(json out '$.carbon.optimal.technology')" "direct_electric hp"
is "ranked" "$(json out '$.technologies.cost[0].technology') $(json out '$.technologies.cost[3].technology')" "direct_electric orc"
is "why not" "$(json out '$.technologies.cost[3].reason')" "the source is too cold for it"
near "savings" "$(json out '$.technologies.cost[0].cost_savings_eur_h')" 192 1e-9
near "the breakdown is that of the technology" "$(json out '$.carbon.optimal.cost_eur_h')" \
	"$(awk -v OFMT=%.12g -v s="$(json out '$.carbon.optimal.cost_savings_eur_h')" 'BEGIN { print 288 - s }')" 1e-9
is "setpoint" "$(json out '$.setpoint.technology') $(json out '$.setpoint.t_sink_out_c')" "direct_electric 230.0"
run 0 "${tech[@]}" --set market.electricity.price=20EUR/MWh
grep -q "^cost .* direct_electric  *230.00" out || fail "no ranking: $(cat out)"
part out "the source is too cold for it"
part out "setpoint: heat pump on, 230.00 degC, direct_electric, optimum"
run 0 "${tech[@]}" --set market.electricity.price=132EUR/MWh --set loops.a.technologies.2.lorenz_efficiency=0.7 --json
is "a figure set by hand" "$(json out '$.cost.optimal.technology')" brayton
near "its efficiency" "$(json out '$.cost.optimal.eta_lorenz')" 0.7 1e-9
cat >tech.csv <<'CSV'
ts,market.electricity.price,loops.a.technologies.3.efficiency
2026-01-01T00:00:00Z,60,0.1
2026-01-01T06:00:00Z,45.9,
2026-01-01T07:00:00Z,46.3,
2026-01-01T08:00:00Z,20,
2026-01-01T12:00:00Z,132,
2026-01-01T18:00:00Z,,
CSV
sed '/brayton/d; s/technologies.3/technologies.2/' tech.yaml >two.yaml
sed 's/technologies.3/technologies.2/' tech.csv >two.csv
run 0 replay --config two.yaml --data two.csv --db tech.db --json
is "starts" "$(json out '$[0].starts')" 3
is "who ran" "$(sqlite3 tech.db "SELECT group_concat(technology, ' ') FROM (SELECT technology FROM setpoints ORDER BY ts_us)")" "hp direct_electric hp"
is "orders" "$(sqlite3 tech.db "SELECT count(DISTINCT ts_us) FROM technologies WHERE objective = 'cost'")" 5
run 0 history --db tech.db technologies --loop a --limit 3
grep -q "hp .* yes .* 110.00" out || fail "the history does not tell the best: $(cat out)"

# a limit is found once by the optimum and once by the bounds: that is no other limit
awk 'BEGIN { print "ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.river.source.t_in," \
	"loops.river.source.body.volume_flow,loops.river.sink.t_in,loops.river.sink.duty,loops.river.heat_pump.units.0.available,loops.river.heat_pump.units.1.available"
	for (i = 0; i < 300; i++)
		printf "2026-01-01T%02d:%02d:00Z,%g,300,40,%g,%g,%g,%g,1,1\n", i / 60, i % 60, 20 + i * 37 % 997 / 40, 6 + i % 7, (250 + i * 7 % 250) / 4.19, 50 + i % 9, 140 + i * 13 % 121 }' >river.csv
sed '/^  works:/,$d' "$district" >river.yaml
run 0 replay --config river.yaml --data river.csv --db river.db
is "reasons on the river" "$(sqlite3 river.db "SELECT group_concat(DISTINCT reason) FROM setpoints WHERE hp_on")" source
finish
