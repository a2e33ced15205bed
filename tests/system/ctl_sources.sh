#!/bin/bash
# lorenzctl on the sources of heat of the examples: fumes, reactors, outside air. Numbers are worked out here, from the log means,
# the balance of the source and the two prices alone; then a day of each goes through replay.
. "$(dirname "$0")/ctl_lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"
examples=$PROJECT/config/examples

# works EXPRESSION: awk with what the cases share; temperatures in degC, kW, EUR/MWh.
# finite: power of a machine of Lorenz efficiency eta that makes q of a sink of c_h, from a source of c_s; the residual rises with p.
# best: where gain(q) is highest in [lo, hi], by thirds.
works() {
	awk -v OFMT=%.12g '
	function k(t) { return t + 273.15 }
	function mean(a, b) { return a - b < 1e-9 && b - a < 1e-9 ? k(a) : (a - b) / log(k(a) / k(b)) }
	function lorenz(eta, hot, cold) { return eta * hot / (hot - cold) }
	function finite(q, eta, t_h, c_h, t_s, c_s, lift_min,    lo, hi, p, hot, lift, i) {
		hot = mean(t_h, t_h + q / c_h)
		lo = 0; hi = q
		for (i = 0; i < 100; i++) {
			p = (lo + hi) / 2
			lift = hot - mean(t_s, t_s - (q - p) / c_s)
			if (lift < lift_min) lift = lift_min
			if (p < q * lift / hot / eta) lo = p; else hi = p
		}
		return p
	}
	function best(lo, hi,    a, b) {
		while (hi - lo > 1e-4) {
			a = lo + (hi - lo) / 3; b = hi - (hi - lo) / 3
			if (gain(a) < gain(b)) lo = a; else hi = b
		}
		return (lo + hi) / 2
	}
	function gain(q,    p) {
		p = finite(q, 0.5, 600, 30, 520, 8 * 5.193)
		return ((A_U - A_S) * q - (A_E - A_S) * p) / 1000
	}
	BEGIN { '"$1"' }'
}

# of OBJECTIVE TECHNOLOGY FIELD: of the ranking in out
of() {
	sqlite3 :memory: "SELECT json_extract(value, '\$.$3') FROM json_each(json_extract(readfile('out'), '\$.technologies.$1')) WHERE json_extract(value, '\$.technology') = '$2'"
}

# ranking OBJECTIVE: those that fit, best first
ranking() {
	sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.technology'), ' ') FROM json_each(json_extract(readfile('out'), '\$.technologies.$1')) WHERE json_extract(value, '\$.fits')"
}

# market PRICE: gas at 40 EUR/MWh with 202 kg of CO2 at 70 EUR/t
market() {
	at=(--set "market.electricity.price=$1EUR/MWh" --set market.electricity.carbon=300g/kWh --set market.fuel.price=40EUR/MWh)
}
gas='(40 + 0.202 * 70)'

# --- fumes of 450 degC, 5 kg/s with 6 kW/K, beside an oven that goes round at 470 degC
# oven PRICE [ARG...]
oven() {
	market "$1"
	run 0 solve --config "$examples/furnace.yaml" --loop oven "${at[@]}" --set loops.oven.source.t_in=450degC \
		--set loops.oven.source.mass_flow=5kg/s --set loops.oven.sink.t_in=470degC "${@:2}" --json
}
oven 80
is "fumes, 80 EUR/MWh" "$(ranking cost)" "transformer brayton orc caloric"
near "heat that the transformer takes" "$(of cost transformer source_heat_kw)" 1600 1e-9
near "its savings" "$(of cost transformer cost_savings_eur_h)" "$(works "print 0.8 * $gas / 0.7 - 0.04 * 100")" 1e-9
near "its carbon" "$(of cost transformer carbon_savings_kg_h)" "$(works 'print 0.8 * 202 / 0.7 - 0.04 * 300')" 1e-9
near "Brayton: power" "$(of cost brayton p_elec_kw)" "$(works 'print finite(1000, 0.45, 470, 8, 450, 6)')" 1e-6
near "Brayton: savings" "$(of cost brayton cost_savings_eur_h)" "$(works "print $gas / 0.7 - 0.1 * finite(1000, 0.45, 470, 8, 450, 6)")" 1e-6
near "power of the fumes" "$(of cost orc p_elec_kw)" "$(works 'print -0.45 * (1 - k(25) / mean(450, 160)) * 6 * 290')" 1e-9
near "its revenue" "$(of cost orc cost_savings_eur_h)" "$(works 'print 0.1 * 0.45 * (1 - k(25) / mean(450, 160)) * 6 * 290')" 1e-9
is "no exchange where the oven is hotter" "$(of cost recuperator reason)" "it saves nothing at any heat that is allowed"
is "the transformer runs" "$(json out '$.setpoint.hp_on') $(json out '$.setpoint.technology')" "1 transformer"
near "the burner makes the rest" "$(json out '$.cost.optimal.utilities.boiler')" 400 1e-9
near "the fumes leave" "$(json out '$.cost.optimal.t_source_out_c')" "$(works 'print 450 - 1600 / 6')" 1e-6
near "the oven gets" "$(json out '$.setpoint.t_sink_out_expected_c')" 570 1e-6
# as the price moves
oven -50
is "fumes, -50 EUR/MWh" "$(ranking cost)" "heater brayton transformer caloric"
near "the heater" "$(of cost heater cost_savings_eur_h)" "$(works "print $gas / 0.7 + 0.03 * 1000 / 0.95")" 1e-9
is "carbon does not follow" "$(ranking carbon)" "transformer brayton orc caloric"
oven 0
is "fumes, 0 EUR/MWh" "$(ranking cost)" "brayton transformer heater caloric orc"
oven 150
is "fumes, 150 EUR/MWh" "$(ranking cost)" "orc transformer brayton caloric"
is "power is best, and nothing heats" "$(json out '$.setpoint.hp_on') $(json out '$.setpoint.reason') $(json out '$.setpoint.technology')" "0 heat_to_power orc"
power=$(works 'print 0.45 * (1 - k(25) / mean(450, 160)) * 1740')
near "the point makes it" "$(json out '$.cost.optimal.p_elec_kw')" "-$power" 1e-9
near "and earns" "$(json out '$.cost.optimal.cost_savings_eur_h')" "$(works "print 0.17 * $power")" 1e-9
near "from the fumes" "$(json out '$.cost.optimal.source_heat_kw') " 1740 1e-9
is "down to" "$(json out '$.cost.optimal.t_source_out_c') $(json out '$.cost.optimal.t_sink_out_c') $(json out '$.cost.optimal.q_sink_kw') $(json out '$.cost.optimal.cop')" "160.0 470.0 0.0 "
is "no negative zero" "$(grep -c -e '-0\.0[,}]' out)" 0
# the front is that of the best one that makes heat
run 0 pareto --config "$examples/furnace.yaml" --loop oven "${at[@]}" --set loops.oven.source.t_in=450degC --set loops.oven.source.mass_flow=5kg/s \
	--set loops.oven.sink.t_in=470degC --points 3
part out "note: without orc, which is best but makes power"
grep -q "one point is best" out && fail "the front knows better"
# an hour of it
printf '%s\n' ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.oven.source.t_in,loops.oven.source.mass_flow,loops.oven.sink.t_in \
	2026-01-01T00:00:00Z,150,300,40,450,5,470 2026-01-01T01:00:00Z,,,,,, >orc.csv
run 0 replay --config "$examples/furnace.yaml" --data orc.csv --json
near "what it earns in an hour" "$(json out '$[0].cost_savings_eur')" "$(works "print 0.17 * $power")" 1e-9
is "the heat pump does nothing" "$(json out '$[0].on_hours') $(json out '$[0].electricity_kwh')" "0.0 0.0"
# the price at which power is worth as much as the transformer's heat
even=$(works "w = 0.45 * (1 - k(25) / mean(450, 160)) * 1.740; print 0.8 * $gas / 0.7 / (w + 0.04) - 20")
oven "$(works "print $even - 0.1")"
is "just below it" "$(json out '$.cost.optimal.technology')" transformer
oven "$(works "print $even + 0.1")"
is "just above it" "$(json out '$.cost.optimal.technology')" orc
# a sweep tells which
market 0
sweep=(sweep --config "$examples/furnace.yaml" --loop oven "${at[@]}" --set loops.oven.source.t_in=450degC --set loops.oven.source.mass_flow=5kg/s
	--set loops.oven.sink.t_in=470degC --over market.electricity.price --from -50EUR/MWh --to 150EUR/MWh --steps 4)
run 0 "${sweep[@]}" --csv
is "over the price" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "technology") t = i; if ($i == "kind") k = i } } $k == "cost_optimal" { print $t }' out | xargs)" \
	"heater brayton transformer transformer orc"
run 0 "${sweep[@]}"
is "in words" "$(awk 'NR > 2 { print $3 }' out | xargs)" "heater brayton transformer transformer orc"
# a cold oven: all that the exchanger can, no closer than 20 K where it is coldest, for the oven's stream is the larger one
oven 80 --set loops.oven.sink.t_in=150degC
is "a cold oven" "$(json out '$.setpoint.technology')" recuperator
near "exchanged" "$(of cost recuperator q_sink_kw)" $((6 * (450 - 20 - 150))) 1e-9
near "saved" "$(of cost recuperator cost_savings_eur_h)" "$(works "print 1.68 * $gas / 0.7")" 1e-9
near "no machine has a lift below 60 K" "$(of cost brayton p_elec_kw)" "$(works 'print 1000 * 60 / mean(150, 275) / 0.45')" 1e-6
# cold fumes
oven -80 --set loops.oven.source.t_in=250degC
is "cold fumes" "$(of cost transformer reason)" "the source is too cold for it"
near "Brayton from them" "$(of cost brayton p_elec_kw)" "$(works 'print finite(1000, 0.45, 470, 8, 250, 6)')" 1e-6
oven -80 --set loops.oven.source.t_in=140degC
is "below the acid's limit there is only the heater" "$(ranking cost)" heater
oven 80 --set loops.oven.source.t_in=140degC
is "which does not pay" "$(json out '$.setpoint.reason') $(json out '$.cost.optimal.p_elec_kw')" "source 0.0"
# the known figure of a caloric machine: a COP of 2.7 from 360 to 420 degC
oven 0 --set loops.oven.source.t_in=360degC --set loops.oven.source.mass_flow=50kg/s --set loops.oven.sink.t_in=400degC \
	--set loops.oven.sink.t_target=420degC
near "caloric" "$(of cost caloric cop)" "$(works 'print 0.234 * k(420) / 60')" 1e-9
near "as it is known" "$(of cost caloric cop)" 2.7 2e-3
is "not below 500 degC" "$(of cost transformer reason)" "the target is below what it is for"

# --- steam of 20 bar from steam of 8 bar; heat taken is power forgone
# chemistry LOOP PRICE SHARE [ARG...]: with that share of power forgone
chemistry() {
	market "$2"
	run 0 solve --config "$examples/reactors.yaml" --loop "$1" "${at[@]}" --set "loops.$1.source.price=$(works "print $2 * $3")EUR/MWh" \
		--set "loops.$1.source.carbon=$(works "print 300 * $3")kg/MWh" "${@:4}" --json
}
# saves Q P PRICE SHARE
saves() {
	works "print $1 * ($gas / 0.9 - $3 * $4) / 1000 - $2 * ($3 + 8 - $3 * $4) / 1000"
}
steam=(--set loops.steam.sink.curve.0.duty=20MW)
chemistry steam 80 0.24 "${steam[@]}"
is "steam, 80 EUR/MWh" "$(ranking cost)" "mvr vapour_compression"
near "recompression" "$(of cost mvr cop)" "$(works 'print 0.6 * k(212) / 42')" 1e-9
near "its savings" "$(of cost mvr cost_savings_eur_h)" "$(saves 15000 "15000 / (0.6 * 485.15 / 42)" 80 0.24)" 1e-9
near "its carbon" "$(of cost mvr carbon_savings_kg_h)" "$(works 'q = 15; p = q * 42 / 0.6 / k(212); print q * 202 / 0.9 - p * 300 - (q - p) * 72')" 1e-9
near "compression" "$(of cost vapour_compression cost_savings_eur_h)" "$(saves 15000 "15000 / (0.5 * 485.15 / 42)" 80 0.24)" 1e-9
chemistry steam 0 0.24 "${steam[@]}"
is "steam, 0 EUR/MWh" "$(ranking cost)" "electrode_boiler mvr vapour_compression"
near "all of it" "$(json out '$.cost.optimal.q_sink_kw')" 20000 1e-9
chemistry steam 300 0.24 "${steam[@]}"
is "steam, 300 EUR/MWh" "$(ranking cost) $(json out '$.setpoint.reason')" " not_beneficial"
is "but for carbon" "$(ranking carbon)" "mvr vapour_compression"
chemistry steam 80 0.24 "${steam[@]}" --set loops.steam.sink.t_in=252degC --set loops.steam.sink.curve.0.latent=252degC
is "above 250 degC" "$(of cost vapour_compression reason)" "the sink begins above the highest temperature it reaches"
# at low demand they are off below their smallest load, 25 % of 15 MW
chemistry steam 80 0.24 --set loops.steam.sink.curve.0.duty=3.7MW
is "little steam" "$(json out '$.setpoint.hp_on') $(of cost mvr reason)" "0 the demand is below its least load"
chemistry steam 80 0.24 --set loops.steam.sink.curve.0.duty=3.8MW
is "enough steam" "$(json out '$.setpoint.hp_on') $(json out '$.setpoint.q_sink_kw')" "1 3800.0"

# --- 520 degC from live steam of 300 degC
hot=(--set loops.superheat.source.t_in=300degC --set loops.superheat.sink.t_in=310degC)
chemistry superheat 80 0.34 "${hot[@]}"
is "superheat, 80 EUR/MWh" "$(ranking cost)" "brayton transformer"
near "Brayton: COP" "$(of cost brayton cop)" "$(works 'print lorenz(0.45, mean(310, 460), k(300))')" 1e-6
near "Brayton: savings" "$(of cost brayton cost_savings_eur_h)" "$(saves 3000 "3000 / lorenz(0.45, mean(310, 460), k(300))" 80 0.34)" 1e-6
near "transformer: savings" "$(of cost transformer cost_savings_eur_h)" "$(works "print 4.2 * ($gas / 0.9 - 1.8 * 27.2 - 0.05 * 88)")" 1e-9
is "compression" "$(of cost vapour_compression reason)" "the sink begins above the highest temperature it reaches"
chemistry superheat 40 0.34 "${hot[@]}"
is "superheat, 40 EUR/MWh" "$(ranking cost)" "transformer brayton heater"
chemistry superheat -50 0.34 "${hot[@]}"
is "superheat, -50 EUR/MWh" "$(ranking cost)" "heater transformer brayton"
near "heat that is not taken is not paid for" "$(of cost heater cost_savings_eur_h)" "$(works "print 4.2 * ($gas / 0.9 + 42)")" 1e-9
chemistry superheat 150 0.34 "${hot[@]}"
is "superheat, 150 EUR/MWh" "$(ranking cost) $(json out '$.setpoint.reason')" " not_beneficial"
chemistry superheat 40 0.34 "${hot[@]}" --set loops.superheat.source.t_in=285degC
is "steam too cold" "$(of cost transformer reason)" "the source is too cold for it"
# from 350 to 700 degC a COP of about 1.5 is what to expect
chemistry superheat 0 0.34 --set loops.superheat.source.t_in=350degC --set loops.superheat.sink.t_in=698degC \
	--set loops.superheat.sink.t_target=702degC --set loops.superheat.technologies.2.lorenz_efficiency=0.55 --set loops.superheat.technologies.2.min_load=0
near "Brayton, far up" "$(of cost brayton cop)" "$(works 'print 0.55 * k(700) / 350')" 1e-4
near "as it is known" "$(of cost brayton cop)" 1.5 0.03

# --- 800 degC from helium of 520 degC, 8 kg/s
helium=(--set loops.reformer.source.t_in=520degC --set loops.reformer.source.mass_flow=8kg/s
	--set loops.reformer.sink.t_target=800degC)
chemistry reformer 40 0.4 "${helium[@]}"
is "helium, 40 EUR/MWh" "$(ranking cost)" "brayton transformer heater caloric"
p=$(works 'print finite(6000, 0.5, 600, 30, 520, 8 * 5.193)')
near "all of it: power" "$(of cost brayton p_elec_kw)" "$p" 1e-6
near "all of it: savings" "$(of cost brayton cost_savings_eur_h)" "$(saves 6000 "$p" 40 0.4)" 1e-6
near "helium returns" "$(json out '$.cost.optimal.t_source_out_c')" "$(works "print 520 - (6000 - $p) / (8 * 5.193)")" 1e-6
near "the transformer cools it to 300 degC" "$(of cost transformer q_sink_kw)" "$(works 'print 8 * 5.193 * 220 / 2.2')" 1e-9
near "the heater has 5 MW" "$(of cost heater q_sink_kw)" 5000 1e-9
chemistry reformer 80 0.4 "${helium[@]}"
is "helium, 80 EUR/MWh" "$(ranking cost)" "brayton caloric"
near "the best part of it" "$(of cost brayton q_sink_kw)" "$(works "A_U = $gas / 0.9; A_S = 32; A_E = 88; print best(1600, 6000)")" 1e-4
near "what that saves" "$(of cost brayton cost_savings_eur_h)" "$(works "A_U = $gas / 0.9; A_S = 32; A_E = 88; print gain(best(1600, 6000))")" 1e-7
chemistry reformer 150 0.4 "${helium[@]}"
is "helium, 150 EUR/MWh" "$(ranking cost) $(json out '$.setpoint.reason')" " not_beneficial"
chemistry reformer 40 0.4 "${helium[@]}" --set loops.reformer.source.t_in=290degC
is "helium below what the reactor gets back" "$(ranking cost)" heater
chemistry reformer 0 0.4 "${helium[@]}" --set loops.reformer.sink.t_target=850degC
near "the transformer ends at 800 degC" "$(of cost transformer t_sink_out_c)" "$(works 't = 600 + 8 * 5.193 * 220 / 2.2 / 30; print t < 800 ? t : 800')" 1e-9

# --- outside air
# air T DUTY PRICE [ARG...]
air() {
	run 0 solve --config "$examples/air.yaml" --loop heating --set "loops.heating.source.t_in=$1degC" --set "loops.heating.sink.duty=$2kW" \
		--set "market.electricity.price=$3EUR/MWh" --set market.electricity.carbon=300g/kWh --set market.fuel.price=45EUR/MWh \
		--set loops.heating.sink.t_in=45degC --set loops.heating.sink.t_target=65degC "${@:4}" --json
}
while read -r t kw reach; do
	air "$t" 2500 40
	near "capacity at $t degC" "$(json out '$.cost.optimal.q_sink_kw')" "$kw" 1e-9
	near "power at $t degC" "$(json out '$.cost.optimal.p_elec_kw')" "$(works "print finite($kw, 0.45, 45, 125, $t, 200 * 1.3 * 1.01)")" 1e-6
	near "setpoint at $t degC" "$(json out '$.setpoint.t_sink_out_c')" "$reach" 1e-9
	is "units at $t degC" "$(json out '$.cost.optimal.units')" '["hp1","hp2"]'
done <<EOF
-15 1100 60
-11 1250 $(works 'print 60 + 4 * 10 / 15')
-7 1400 65
0 $(works 'print 1400 + 300 * 7 / 9') 65
6 1850 65
25 2000 65
EOF
air -15.1 2500 40
is "below the cut-off" "$(json out '$.setpoint.hp_on') $(json out '$.setpoint.reason') $(json out '$.inputs.envelope')" "0 envelope t_source_min"
is "says so in words" "$(json out '$.cost.optimal.limited_by') $(json out '$.setpoint.t_sink_out_c')" "envelope 40.0"
near "and the boiler has it all" "$(json out '$.cost.optimal.utilities.boiler')" 2500 1e-9
# where it is cold, what it reaches bounds it, not only what it makes
air -15 1200 10 --set loops.heating.sink.t_in=40degC
near "to 60 of 65 degC" "$(json out '$.cost.optimal.q_sink_kw')" "$(works 'print 1200 * 20 / 25')" 1e-9
is "limited by" "$(json out '$.cost.optimal.limited_by') $(json out '$.setpoint.reason')" "t_max limited"
# little heat needs one machine, and less than 30 % of what that makes at 2 degC none
air 2 600 60 && is "little heat" "$(json out '$.cost.optimal.units')" '["hp1"]'
air 2 260 60 && is "less" "$(json out '$.cost.optimal.units_on')" 1
air 2 250 60 && is "none" "$(json out '$.cost.optimal.units_on') $(json out '$.setpoint.reason')" "0 not_beneficial"
# it does not pay to begin where the COP at the return's temperature is below the ratio of the prices
ratio=$(works 'print lorenz(0.45, k(45), k(2))')
air 2 2500 "$(works "print $ratio * (45 + 0.202 * 55) / 0.92 - 45 + 1")"
is "dear power" "$(json out '$.setpoint.reason')" not_beneficial
air 2 2500 "$(works "print 0.95 * $ratio * (45 + 0.202 * 55) / 0.92 - 45")"
is "just not too dear" "$(json out '$.setpoint.hp_on')" 1

# --- a day of each. The oven: cold in the morning, power to be given away at noon, dear in the evening, no draught at night
cat >furnace.csv <<'CSV'
ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.oven.source.t_in,loops.oven.source.mass_flow,loops.oven.sink.t_in
2026-01-01T00:00:00Z,70,300,40,80,0,60
2026-01-01T05:00:00Z,,,,450,5,150
2026-01-01T07:00:00Z,,,,,,470
2026-01-01T11:00:00Z,-50,,,,,
2026-01-01T15:00:00Z,0,,,,,
2026-01-01T16:00:00Z,80,,,,,
2026-01-01T17:00:00Z,300,,,,,
2026-01-01T20:00:00Z,60,,,,,
2026-01-01T22:00:00Z,,,,120,0,
2026-01-01T23:00:00Z,-60,,,,,
2026-01-02T00:00:00Z,,,,,,
CSV
# told DB LOOP: what ran, or why nothing did, in order
told() {
	sqlite3 "$1" "SELECT group_concat(what, ' ') FROM (SELECT coalesce(technology, reason) AS what FROM setpoints WHERE loop = '$2' ORDER BY ts_us)"
}
run 0 replay --config "$examples/furnace.yaml" --data furnace.csv --db furnace.db --json
is "the oven's day" "$(told furnace.db oven)" \
	"not_beneficial recuperator min_off transformer min_off heater min_off brayton min_off transformer orc transformer not_beneficial heater"
# each change is a stop of a quarter of an hour
near "its heat" "$(json out '$[0].heat_kwh')" "$(works 'print 2 * 1680 + 3.75 * 800 + 3.75 * 1000 + 0.75 * 1000 + 0.75 * 800 + 2 * 800 + 1000')" 1e-6
near "its power" "$(json out '$[0].electricity_kwh')" \
	"$(works 'print (3.75 + 0.75 + 2) * 40 + (3.75 + 1) * 1000 / 0.95 + 0.75 * finite(1000, 0.45, 470, 8, 450, 6)')" 1e-6

awk 'BEGIN {
	print "ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.steam.source.price,loops.steam.source.carbon," \
		"loops.steam.sink.curve.0.duty,loops.superheat.source.price,loops.superheat.source.carbon,loops.superheat.source.t_in," \
		"loops.superheat.sink.t_in,loops.reformer.source.price,loops.reformer.source.carbon,loops.reformer.source.t_in," \
		"loops.reformer.source.mass_flow,loops.reformer.sink.t_target"
	split("40 80 -50 300", price); split("20 20 4 4", duty)
	for (i = 1; i <= 4; i++) {
		p = price[i]
		printf "2026-01-01T%02d:00:00Z,%g,300,40,%g,72,%g,%g,102,300,310,%g,120,520,8,800\n", 6 * (i - 1), p, p * 0.24, duty[i], p * 0.34, p * 0.4
	}
	print "2026-01-02T00:00:00Z,,,,,,,,,,,,,,," }' >reactors.csv
run 0 replay --config "$examples/reactors.yaml" --data reactors.csv --db reactors.db --json
# ran DB LOOP: those, each once
ran() {
	sqlite3 "$1" "SELECT group_concat(technology, ' ') FROM (SELECT technology, lag(technology, 1, '') OVER (ORDER BY ts_us) AS before FROM setpoints
		WHERE loop = '$2' AND technology IS NOT NULL ORDER BY ts_us) WHERE technology <> before"
}
is "a day of steam" "$(ran reactors.db steam)" "mvr electrode_boiler"
is "a day of superheat" "$(ran reactors.db superheat)" "transformer brayton heater"
is "a day of helium" "$(ran reactors.db reformer)" brayton
is "where power is dear all are off" "$(sqlite3 reactors.db "SELECT group_concat(DISTINCT reason) FROM setpoints WHERE ts_us = (SELECT max(ts_us) FROM setpoints)")" not_beneficial

# a day between -16 and -4 degC: off from -15 degC down, on again at -13 degC
awk 'BEGIN {
	print "ts,market.electricity.price,market.electricity.carbon,market.fuel.price,loops.heating.source.t_in,loops.heating.sink.t_in,loops.heating.sink.t_target,loops.heating.sink.duty"
	for (m = 0; m < 1440; m += 15)
		printf "2026-01-01T%02d:%02d:00Z,40,300,45,%.3f,45,65,2500\n", m / 60, m % 60, -10 - 6 * cos((m / 60 - 5) * 3.14159265 / 12)
	print "2026-01-02T00:00:00Z,,,,,,," }' >air.csv
off=$(awk -F, 'NR > 1 && $5 != "" { if ($5 < -15) off = 1; if ($5 >= -13) off = 0; n += off } END { print n / 4 }' air.csv)
run 0 replay --config "$examples/air.yaml" --data air.csv --db air.db --json
near "hours on" "$(json out '$[0].on_hours')" "$(works "print 24 - $off")" 1e-9
is "a cold day" "$(sqlite3 air.db "SELECT group_concat(code, ' ') FROM (SELECT code FROM events WHERE code LIKE 'envelope%' ORDER BY ts_us)")" "envelope_left envelope_entered"
is "off by the cold alone" "$(sqlite3 air.db "SELECT count(*), group_concat(DISTINCT reason) FROM setpoints WHERE NOT hp_on")" "1|envelope"
finish
