#!/bin/bash
# lorenzctl sweep: each row is what solve says at that value, over every input of a case and of a configured loop; values from a
# table; the charts; every kind of error.
. "$(dirname "$0")/ctl_lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

case=(--source 15degC --sink-in 55degC --target 230degC --duty 4800kW --eta 0.55 --elec-price 132EUR/MWh
	--fuel-price 60EUR/MWh --elec-carbon 406kg/MWh --fuel-carbon 213.7kg/MWh --co2-price 10EUR/t --capacity 3MW --t-max 200degC)

# like_solve FILE VALUE SOLVE-OPTION...: the rows of one value are the rows of solve
like_solve() {
	local file=$1 value=$2
	shift 2
	run 0 solve "$@" --csv
	awk -F, -v value="$value" '$2 == value' "$file" | cut -d , -f 4- >got
	tail -n +2 out >want
	cmp -s got want || fail "at $value it is not what solve says: $*"
	[ -s want ] || fail "solve says nothing"
}

# --- over every input of a case: a middle and the last value against solve; compared at once, as there are many
while read -r over from to middle; do
	run 0 sweep --over "$over" --from "$from" --to "$to" --steps 4 "${case[@]}" --min-load 10% --csv
	awk -F, -v OFS=, -v over="$over" -v middle="$middle" -v to="$to" '$2 == middle + 0 || $2 == to + 0 {
		sub(/^[^,]*,[^,]*,[^,]*,/, ""); print over "," $0 }' out >>got
	for value in "$middle" "$to"; do
		run 0 solve "${case[@]}" --min-load 10% "--$over" "$value" --csv
		while read -r row; do
			[ "${row%%,*}" = kind ] || echo "$over,$row"
		done <out >>want
	done
done <<'OVER'
source 5degC 45degC 25degC
source-out -5degC 15degC 5degC
sink-in 20degC 100degC 60degC
target 120degC 280degC 200degC
duty 1000kW 9000kW 5000kW
eta 0.25 0.75 0.5
elec-price -50EUR/MWh 350EUR/MWh 150EUR/MWh
elec-adders 0EUR/MWh 40EUR/MWh 20EUR/MWh
fuel-price 20EUR/MWh 100EUR/MWh 60EUR/MWh
fuel-adders 0EUR/MWh 8EUR/MWh 4EUR/MWh
elec-carbon 0g/kWh 800g/kWh 400g/kWh
fuel-carbon 100kg/MWh 300kg/MWh 200kg/MWh
co2-price 0EUR/t 200EUR/t 100EUR/t
boiler-efficiency 0.5 1 0.75
capacity 1MW 5MW 3MW
min-load 0% 40% 20%
p-elec-max 200kW 1800kW 1000kW
t-max 80degC 240degC 160degC
min-lift 0K 80K 40K
cop-max 2 6 4
OVER
lines want 160
diff want got >difference || fail "it is not what solve says: $(head -n 3 difference)"
plain=(--source 15degC --sink-in 55degC --target 230degC --eta 0.55 --elec-price 132EUR/MWh --fuel-price 60EUR/MWh)
run 0 sweep --over heat-capacity-rate --from 10kW/K --to 30kW/K --steps 2 "${plain[@]}" --csv
cp out rows.csv
like_solve rows.csv 20.0 "${plain[@]}" --heat-capacity-rate 20kW/K
run 0 sweep --over carbon-value --from 50EUR/t --to 150EUR/t --steps 2 "${case[@]}" --csv
cp out rows.csv
like_solve rows.csv 100.0 "${case[@]}" --carbon-value 100EUR/t

# --- Jensen's model: over its parameters, and as a configured loop has it
jensen=(--source 15degC --source-out 10degC --sink-in 55degC --target 120degC --duty 1800kW --jensen isobutane --elec-price 132EUR/MWh
	--fuel-price 60EUR/MWh --elec-carbon 406kg/MWh --fuel-carbon 213.7kg/MWh)
run 0 sweep --over isentropic --from 0.6 --to 0.9 --steps 2 "${jensen[@]}" --pinch 4K --csv
cp out rows.csv
like_solve rows.csv 0.75 "${jensen[@]}" --pinch 4K --isentropic 0.75
run 0 sweep --over pinch --from 0K --to 10K --steps 2 "${jensen[@]}" --csv
cp out rows.csv
like_solve rows.csv 5.0 "${jensen[@]}"
run 0 sweep --over source --from 15degC --to 25degC --steps 2 "${jensen[@]}"
part out "  eta  "
cat >jensen.yaml <<'YAML'
site: jensen
market:
  electricity: {price: 132 EUR/MWh, carbon: 406 kg/MWh}
  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}
loops:
  dryer:
    source: {t_in: 15 degC, t_out: 10 degC}
    sink: {t_in: 55 degC, t_target: 120 degC, duty: 1800 kW}
    heat_pump: {lorenz_efficiency: {model: jensen, fluid: isobutane, isentropic: 0.75, pinch: 4 K}}
YAML
run 0 solve --config jensen.yaml --loop dryer --csv
grep -v '^dryer,setpoint' out | cut -d , -f 2- >configured
run 0 solve "${jensen[@]}" --pinch 4K --isentropic 0.75 --csv
cmp -s out configured || fail "a case with Jensen's model is not the loop with it"
run 0 sweep --over outlet --from 80degC --to 90degC --steps 1 --source 40degC --source-out 30degC --sink-in 60degC --target 90degC --duty 1MW \
	--jensen ammonia --elec-price 1EUR/MWh --fuel-price 1EUR/MWh --json
near "its published check" "$(json out '$[0].outlet.cop')" 4.205835 2e-7
near "its Lorenz efficiency" "$(json out '$[0].outlet.eta_lorenz')" \
	"$(awk 'BEGIN { sink = 20 / log(353.15 / 333.15); source = 10 / log(313.15 / 303.15); printf "%.12g", 4.205835 * (sink - source) / sink }')" 2e-7
run 0 sweep --over eta --from 0.4 --to 0.6 "${case[@]}" --svg beside.svg --beside ammonia
part beside.svg "optima by Jensen's model, ammonia"

# --- ratios set what electricity costs or emits; the adders stay in it
run 0 sweep --over ratio --from 1 --to 4 --steps 3 "${case[@]}" --elec-adders 12EUR/MWh --json
cp out ratio.json
is "values" "$(json ratio.json '$[0].value') $(json ratio.json '$[3].value') $(json ratio.json '$[4]')" "1.0 4.0 "
for i in 0 1 2 3; do
	near "ratio" "$(json ratio.json "\$[$i].cost.ratio")" $((i + 1)) 1e-14
	near "price" "$(json ratio.json "\$[$i].inputs.price_elec_eur_mwh")" "$(awk "BEGIN { print 62.137 * ($i + 1) }")" 1e-9
	near "carbon is left alone" "$(json ratio.json "\$[$i].carbon.ratio")" 1.89986 1e-5
done
run 0 sweep --over carbon-ratio --from 1 --to 4 --steps 3 "${case[@]}" --json
near "carbon ratio" "$(json out '$[2].carbon.ratio')" 3 1e-14
near "cost is left alone" "$(json out '$[2].cost.ratio')" "$(awk 'BEGIN { print 132 / 62.137 }')" 1e-5

# --- the outlet, from inlet to target if nothing else is said; what would be in its way
run 0 sweep --over outlet --steps 7 "${case[@]}" --hours 6000 --csv
lines out 9
is "kinds" "$(cut -d , -f 4 out | sort -u | tr '\n' ' ')" "kind outlet "
is "outlets" "$(cut -d , -f 2 out | tr '\n' ' ')" "value 55.0 80.0 105.0 130.0 155.0 180.0 205.0 230.0 "
is "in its way" "$(cut -d , -f 15 out | tr '\n' ' ')" "limited_by none none none none none capacity capacity capacity "
cp out rows.csv
run 0 solve "${case[@]}" --csv
optimum=$(cell out cost_optimal t_sink_out_c)
want=$(cell out cost_optimal cost_eur_h)
run 0 sweep --over outlet --from "${optimum}degC" --to 200degC --steps 1 "${case[@]}" --json
near "cost at the optimum" "$(json out '$[0].outlet.cost_eur_h')" "$want" 1e-12
is "its outlet" "$(json out '$[0].outlet.limited_by')" none
run 0 sweep --over outlet --from 60degC --to 70degC --steps 1 "${case[@]}" --min-load 30% --csv
is "below the minimum load" "$(tail -n 1 out | cut -d , -f 15)" min_load

# --- values from a table
printf 'label,value\n# a comment\n"Spain, north",3.1\nÅland,1.3\n' >values.csv
run 0 sweep --over ratio --values values.csv "${case[@]}" --csv --svg labels.svg
lines out 9
part out 'ratio,3.1'
part out '"Spain, north",cost_optimal'
part labels.svg '>Åland  1.3</text>'
run 0 sweep --over ratio --values values.csv "${case[@]}" --json
is "label" "$(json out '$[0].label')" "Spain, north"
run 0 sweep --over ratio --values values.csv "${case[@]}"
part out 'Spain, north'
printf 'label,value\nspring,15degC\nsummer,77degF\n' >values.csv
run 0 sweep --over source --values values.csv "${case[@]}" --csv
is "in the first unit" "$(awk -F, 'NR > 2 { print int($2 + 0.5) $3 }' out | tail -n 1)" 25degC
while IFS='|' read -r text message; do
	printf '%b' "$text" >values.csv
	run 64 sweep --over source --values values.csv "${case[@]}"
	lines err 1
	has err "values.csv:$message"
	[ -s out ] && fail "an answer in spite of errors"
done <<'TABLES'
a,b\n|1: the first row is not label,value
label,value\na,15\n|2: 15 has no unit; a temperature is written in degC, degF or K
label,value\na,15degC,x\n|2: is not of the form LABEL,VALUE
label,value\na,15degC\nb,-300degC\n|3: -300degC is outside [-100 degC, 2000 degC]
TABLES
printf 'label,value\n' >values.csv
run 64 sweep --over source --values values.csv "${case[@]}"
part err ": no values"
run 64 sweep --over source --values nowhere.csv "${case[@]}"
has err "--values nowhere.csv: No such file or directory"

# --- charts: all kinds over all kinds, well-formed, and none where there is nothing to draw
for over in outlet "eta --from 0.3 --to 0.7" "elec-price --from -100EUR/MWh --to 100EUR/MWh"; do
	for chart in outlet savings cost carbon; do
		[ "${over%% *} $chart" = "outlet outlet" ] && continue
		# shellcheck disable=SC2086
		run 0 sweep --over $over "${case[@]}" --svg chart.svg --chart $chart --title 'a <b> & "c"'
		python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' chart.svg || fail "$over, $chart: no XML"
		grep -Eqi 'nan|inf["< ]' chart.svg && fail "$over, $chart: what is no number"
		part chart.svg 'a &lt;b&gt; &amp; "c"'
	done
done
run 64 sweep --over outlet "${case[@]}" --chart outlet
has err "--chart: outlet needs another --over than outlet"
run 64 sweep --over eta --from 0.3 --to 0.6 "${plain[@]}" --duty 1MW --chart carbon
has err "--chart: carbon needs the carbon intensities of electricity and fuel"
run 64 sweep --over eta --from 0.3 --to 0.6 "${case[@]}" --chart outlets
has err "--chart: outlets is none of outlet, savings, cost, carbon, did you mean outlet?"
run 1 sweep --over eta --from 0.3 --to 0.6 "${case[@]}" --svg nowhere/chart.svg
has err "--svg nowhere/chart.svg: No such file or directory"
run 1 sweep --over eta --from 0.3 --to 0.6 "${case[@]}" --svg /dev/full
has err "--svg /dev/full: No space left on device"
"$LORENZCTL" sweep --over eta --from 0.3 --to 0.6 "${case[@]}" >/dev/full 2>err
is "exit code with a full disk" $? 1

# --- errors, one line each, 64
while IFS='|' read -r options message; do
	# shellcheck disable=SC2086
	run 64 sweep $options "${case[@]}"
	lines err 1
	has err "$message"
	[ -s out ] && fail "an answer in spite of errors"
done <<'ERRORS'
--from 1 --to 2|--over: is missing
--over sauce --from 1 --to 2|--over sauce: is nothing that a case can be swept over, did you mean source?
--over a-rather-long-name --from 1 --to 2|--over a-rather-long-name: is nothing that a case can be swept over
--over eta --to 2%|--from: is missing
--over eta --from 0.4|--to: is missing
--over eta --from 0.4 --to 1.4|--to: 1.4 is outside (0, 1]
--over source --from 5 --to 10degC|--from: 5 has no unit; a temperature is written in degC, degF or K
--over eta --from 0.4 --to 0.4|--to: is the same as --from
--over eta --from 0.4 --to 0.5 --steps 1.5|--steps: 1.5 is not a whole number
--over eta --from 0.4 --to 0.5 --steps 0|--steps: 0 is outside [1, 9999]
--over eta --from 0.4 --values x|--from: cannot be given together with --values
--over sink-in --from 100degC --to 300degC|--over sink-in: at 240 degC: the target is below the inlet: the sink curve falls (source 15 degC, sink from 240 to 230 degC)
--over sink-in --from 240degC --to 20degC|--sink-in: 240 degC is above --target 230 degC
--over outlet --from 40degC|--over outlet: at 40 degC: is not between the inlet, 55 degC, and the target, 230 degC
--over eta --from 0.4 --to 0.5 --json --csv|--csv: cannot be given together with --json
--over eta --from 0.4 --to 0.5 --loop x|--loop: needs --config
--over eta --from 0.4 --to 0.5 --beside ammonia|--beside: needs --svg
--over sink-in --from 40degC --to 50degC --beside ammonia --svg x.svg|--beside: needs --over eta, from one value to another
--over eta --from 0.4 --to 0.5 --beside ammoniac --svg x.svg|--beside: ammoniac is none of ammonia, isobutane, did you mean ammonia?
--over source --from 5degC --to 15degC --jensen ammonia|--eta: cannot be given together with --jensen
--over source --from 5degC --to 15degC --isentropic 0.7|--isentropic: needs --jensen
--over isentropic --from 0.7 --to 1.1|--to: 1.1 is outside (0, 1]
--over isentropic --from 0.7 --to 0.8|--isentropic: needs --jensen
ERRORS

run 64 sweep "${case[@]}" --over ratio --from 1 --to 3 --fuel-price 0EUR/MWh --co2-price 0EUR/t
has err "--over ratio: at 1: there is no ratio where heat has no price above 0"

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
set_dryer=(--set "market.electricity.carbon=406 g/kWh" --set loops.dryer.source.t_in=15degC)
run 0 sweep --config loops.yaml --loop dryer "${set_dryer[@]}" --over market.electricity.price --from 50EUR/MWh --to 150EUR/MWh --steps 2 \
	--csv --svg dryer.svg
cp out rows.csv
like_solve rows.csv 100.0 --config loops.yaml --loop dryer "${set_dryer[@]}" --set market.electricity.price=100EUR/MWh
part dryer.svg '>dryer: source 15 °C'
part dryer.svg '>price of electricity, EUR/MWh</text>'
set_steam=(--set market.electricity.price=100EUR/MWh --set market.electricity.carbon=300g/kWh)
run 0 sweep --config loops.yaml --loop steam "${set_steam[@]}" --over loops.steam.sink.curve.1.duty --from 0.5MW --to 2MW --steps 3 --csv
cp out rows.csv
like_solve rows.csv 1.5 --config loops.yaml --loop steam "${set_steam[@]}" --set loops.steam.sink.curve.1.duty=1.5MW
run 0 sweep --config loops.yaml --loop dryer "${set_dryer[@]}" --over ratio --from 2.2 --to 3 --json
near "by ratio" "$(json out '$[0].cost.optimal.t_sink_out_c')" 111.05 1e-9
run 0 sweep --config loops.yaml --loop steam "${set_steam[@]}" --set loops.steam.sink.curve.1.duty=500kW --over outlet --csv
is "the curve's ends" "$(cut -d , -f 2 out | sed -n '2p;$p' | tr '\n' ' ')" "80.0 120.0 "
while IFS='|' read -r options message; do
	# shellcheck disable=SC2086
	run 64 sweep --config loops.yaml "${set_dryer[@]}" $options
	lines err 1
	has err "$message"
done <<'ERRORS'
--over market.electricity.price --from 1EUR/MWh --to 2EUR/MWh|--loop: is missing; the configuration has several
--loop dryer --over market.electricty.price --from 1EUR/MWh --to 2EUR/MWh|--over market.electricty.price: the configuration knows no such input, did you mean market.electricity.price?
--loop dryer --over loops.steam.source.t_in --from 1degC --to 2degC|--over loops.steam.source.t_in: is not an input of loop dryer
--loop dryer --over loops.dryer.heat_pump.available --from 0 --to 1|--over loops.dryer.heat_pump.available: is a switch
--loop dryer --over loops.dryer.source.t_in --from 1degC --to 2degC|market.electricity.price: is a live signal: add --set 'market.electricity.price=… EUR/MWh'
--loop dryer --over carbon-value --from 1EUR/t --to 2EUR/t|--over carbon-value: the objective of loop dryer is not blend
--loop dryer --over outlet --jensen ammonia|--jensen: cannot be given with --config; a loop has its model there
--loop dryer --over outlet --pinch 4K|--pinch: cannot be given with --config; use --set with a name of the configuration
--loop dryer --over outlet --eta 0.4|--eta: cannot be given with --config; use --set with a name of the configuration
ERRORS
run 78 sweep --config nowhere.yaml --over outlet

# --- tariffs: a ratio is one all in, whatever floor and factor say; what power beyond the paid peak costs is electricity's
cat >tariff.yaml <<'YAML'
site: tariff
market:
  electricity: {price: {topic: p, unit: EUR/MWh}, floor: 20 EUR/MWh, factor: 10 %, adders: 30 EUR/MWh}
  fuel: {price: 60 EUR/MWh}
demand: {site_power: 0 kW, peak_so_far: 300 kW, price: 10 EUR/kW, hours: 2000 h}
loops:
  dryer:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55}
YAML
run 0 sweep --config tariff.yaml --over ratio --from 0.5 --to 2.5 --steps 4 --json
near "the lowest ratio" "$(json out '$[0].inputs.price_elec_eur_mwh')" 30 1e-13
near "a ratio" "$(json out '$[3].inputs.price_elec_eur_mwh')" 120 1e-13
run 0 sweep --config tariff.yaml --over outlet --steps 4 --set market.electricity.price=80EUR/MWh --json
for i in 1 4; do
	p=$(json out "\$[$i].outlet.p_elec_kw")
	near "electricity" "$(json out "\$[$i].outlet.cost_elec_eur_h")" "$(awk -v p="$p" 'BEGIN { printf "%.15g", (118 * p + 5 * (p - 300)) / 1000 }')" 1e-12
	near "cost without less with" "$(awk -v with="$(json out "\$[$i].outlet.cost_eur_h")" 'BEGIN { printf "%.15g", 288 - with }')" \
		"$(json out "\$[$i].outlet.cost_savings_eur_h")" 1e-11
done

# --- the table for people
run 0 sweep --over eta --from 0.5 --to 0.6 --steps 2 "${case[@]}"
[ "$(wc -L <out)" -le 120 ] || fail "the table is wider than 120 columns"
lines out 5
part out "0.55 "
run 0 sweep --over sink-in --from 5degC --to 55degC "${case[@]}"
part out "note: where the sink inlet is below the source"
finish
