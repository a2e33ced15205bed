#!/bin/bash
# The three documented ways to pace a machine, on two real years of hourly prices in two zones: starts a day and the share
# of the savings of the same machine without any pacing. Some seconds.
. "$(dirname "$0")/ctl_lib.sh"
[ -n "${LORENZ_DATA_DIR:-}" ] || skip "LORENZ_DATA_DIR is not set: it holds dayahead_price_co2_DE_DK1_2022-2023_hourly.csv"
source=$LORENZ_DATA_DIR/dayahead_price_co2_DE_DK1_2022-2023_hourly.csv
[ -r "$source" ] || skip "$source cannot be read"

cat "$PROJECT/config/examples/paced.yaml" - >paced.yaml <<'YAML'
  free:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55, t_max: 180 degC, capacity: 3 MW, min_load: 20 %}
    setpoint: {deadband: 0 K}
YAML

for zone in DE DK1; do
	awk -F, -v column="price_${zone}_EUR_per_MWh" '/^#/ { next }
		!n++ { for (i = 1; i <= NF; i++) c[$i] = i; print "ts,market.electricity.price"; next }
		{ print $c["time_utc"] "," $c[column] }' "$source" >"$zone.csv"
	run 0 replay --config paced.yaml --data "$zone.csv" --csv
	days=$(awk -v h="$(cell out free hours)" 'BEGIN { print h / 24 }')
	for loop in free quiet default eager; do
		share=$(awk -v s="$(cell out $loop cost_savings_eur)" -v of="$(cell out free cost_savings_eur)" 'BEGIN { printf "%.2f", 100 * s / of }')
		starts=$(awk -v n="$(cell out $loop starts)" -v d="$days" 'BEGIN { printf "%.2f", n / d }')
		most=$(cell out $loop starts_per_day_max)
		echo "$zone $loop: $share % of the savings, $starts starts a day, at most $most in 24 h, $(cell out $loop on_hours) h on"
		case $loop in
		quiet) least=95 limit=2 ;;
		default) least=99 limit=4 ;;
		eager) least=99.5 limit=12 ;;
		free) least=100 limit=1000 ;;
		esac
		awk -v s="$share" -v l="$least" 'BEGIN { exit !(s >= l && s <= 100) }' || fail "$zone $loop keeps $share % of the savings, less than $least %"
		[ "$most" -le $limit ] || fail "$zone $loop starts $most times in 24 h, more than $limit"
	done
done
finish
