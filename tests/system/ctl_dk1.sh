#!/bin/bash
# Two years of hourly prices and carbon of Western Denmark through the replay, against closed forms summed up here;
# negative prices included. Well under a second.
. "$(dirname "$0")/ctl_lib.sh"
[ -n "${LORENZ_DATA_DIR:-}" ] || skip "LORENZ_DATA_DIR is not set: it holds dayahead_price_co2_DE_DK1_2022-2023_hourly.csv"
source=$LORENZ_DATA_DIR/dayahead_price_co2_DE_DK1_2022-2023_hourly.csv
[ -r "$source" ] || skip "$source cannot be read"

cat >dk1.yaml <<'YAML'
site: dk1
market:
  electricity:
    price: {topic: spot, unit: EUR/MWh}
    adders: 20 EUR/MWh
    carbon: {topic: carbon, unit: g/kWh}
  fuel: {price: 45 EUR/MWh, carbon: 203 kg/MWh, co2_price: 80 EUR/t, boiler_efficiency: 0.95}
loops:
  cost:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55, t_max: 180 degC, capacity: 3 MW}
    setpoint: {deadband: 0 K}
  carbon:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55, t_max: 180 degC, capacity: 3 MW}
    setpoint: {deadband: 0 K}
    objective: carbon
YAML
awk -F, '/^#/ { next } !n++ { for (i = 1; i <= NF; i++) c[$i] = i; print "ts,market.electricity.price,market.electricity.carbon"; next }
	{ print $c["time_utc"] "," $c["price_DK1_EUR_per_MWh"] "," $c["co2_DK1_g_per_kWh"] }' "$source" >dk1.csv

# One hour for each row but the last. T = T_src r/(r - eta), at most 180 degC; heat at most 3 MW; all of it for r <= eta.
awk -F, 'function add(loop, ae, au, price, carbon,   r, t, q, mean, p) {
		r = ae / au; t = r > 0.55 ? 288.15 * r / (r - 0.55) : 1e9
		if (t > 453.15) t = 453.15
		if (t <= 328.15) return
		q = 4800 / 175 * (t - 328.15)
		if (q > 3000) { q = 3000; t = 328.15 + q * 175 / 4800 }
		mean = (t - 328.15) / log(t / 328.15); p = q * (mean - 288.15) / (0.55 * mean)
		on[loop]++; heat[loop] += q; elec[loop] += p
		cost[loop] += (useful * q - price * p) / 1000; saved[loop] += (203 / 0.95 * q - carbon * p) / 1000
	}
	BEGIN { useful = (45 + 203 * 80 / 1000) / 0.95 }
	NR > 2 { add("cost", price + 20, useful, price + 20, carbon); add("carbon", carbon, 203 / 0.95, price + 20, carbon); n++; negative += price < 0 }
	{ price = $2; carbon = $3 }
	END { for (loop in on) printf "%s %d %d %.12g %.12g %.12g %.12g %d\n", loop, n, on[loop], cost[loop], saved[loop], heat[loop], elec[loop], negative }' \
	dk1.csv >want

begin=$(date +%s%N)
run 0 replay --config dk1.yaml --data dk1.csv --csv
spent=$((($(date +%s%N) - begin) / 1000000))
echo "17,519 hours and two loops in $spent ms"
while read -r loop hours on cost carbon heat elec negative; do
	is "$loop hours" "$(cell out "$loop" hours)" "$hours.0"
	is "$loop updates" "$(cell out "$loop" updates)" "$hours"
	is "$loop on_hours" "$(cell out "$loop" on_hours)" "$on.0"
	near "$loop cost_savings_eur" "$(cell out "$loop" cost_savings_eur)" "$cost" 1e-9
	near "$loop carbon_savings_kg" "$(cell out "$loop" carbon_savings_kg)" "$carbon" 1e-9
	near "$loop heat_kwh" "$(cell out "$loop" heat_kwh)" "$heat" 1e-9
	near "$loop electricity_kwh" "$(cell out "$loop" electricity_kwh)" "$elec" 1e-9
	echo "$loop: on $on of $hours h ($negative at negative prices), saved $cost EUR, $carbon kg"
done <want
[ "$(wc -l <want)" -eq 2 ] || fail "the loops never run"
finish
