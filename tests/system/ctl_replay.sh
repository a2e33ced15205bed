#!/bin/bash
# lorenzctl replay: energy and money against sums made here, staleness, the file format, and what is refused.
. "$(dirname "$0")/ctl_lib.sh"

cat >loop.yaml <<'YAML'
site: test
market:
  electricity: {price: {topic: spot, unit: EUR/MWh, stale_after: 90 min, valid: [-500, 4000]}, carbon: 400 kg/MWh}
  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}
loops:
  dryer:
    source: {t_in: {topic: source, unit: degC}}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55}
    setpoint: {deadband: 0 K}
YAML
cat >data.csv <<'CSV'
# made by hand
ts,market.electricity.price,loops.dryer.source.t_in
2026-01-01T00:00:00Z,132,15
2026-01-01T01:00:00Z,,20.5
2026-01-01T01:30:00Z,90,
2026-01-01T05:00:00+01:00,-50,12
2026-01-01T06:00:00Z,400,12
2026-01-01T07:00:00Z,junk,12
2026-01-01T08:00:00Z,9999,12
2026-01-01T09:00:00Z,1,1
CSV

# The closed form for each interval: hours, price, source; full electrification where r <= eta or beyond the target.
sum() {
	awk 'function run(h, a, src,   r, t, q, mean, p, on) {
		r = a / 60; t = r > 0.55 ? (src + 273.15) * r / (r - 0.55) : 1e9
		if (t > 503.15) t = 503.15
		q = t > 328.15 ? 4800 / 175 * (t - 328.15) : 0
		hours += h; ref += 4800 * 60 / 1000 * h
		if (q <= 0) return
		mean = (t - 328.15) / log(t / 328.15); p = q * (mean - src - 273.15) / (0.55 * mean)
		on_hours += h; heat += q * h; elec += p * h; cost += (60 * q - a * p) / 1000 * h; carbon += (213.7 * q - 400 * p) / 1000 * h
	}
	{ run($1, $2, $3) }
	END { printf "%.12g %.12g %.12g %.12g %.12g %.12g\n", on_hours, ref, cost, carbon, heat, elec }'
}

# --- every value holds until the next; what is junk or out of range ends the decisions
run 0 replay --config loop.yaml --data data.csv --csv
has err "data.csv: 2 of 12 fields rejected: unreadable, out of range or filtered"
read -r on ref cost carbon heat elec < <(printf '%s\n' "1 132 15" "0.5 132 20.5" "2.5 90 20.5" "2 -50 12" "1 400 12" | sum)
is "hours" "$(cell out dryer hours)" 9.0
near "on_hours" "$(cell out dryer on_hours)" "$on" 1e-12
is "updates" "$(cell out dryer updates)" 7
near "cost_reference_eur" "$(cell out dryer cost_reference_eur)" "$ref" 1e-10
near "cost_savings_eur" "$(cell out dryer cost_savings_eur)" "$cost" 1e-10
near "carbon_savings_kg" "$(cell out dryer carbon_savings_kg)" "$carbon" 1e-10
near "carbon_reference_kg" "$(cell out dryer carbon_reference_kg)" "$(awk 'BEGIN { print 4.8 * 213.7 * 7 }')" 1e-10
near "heat_kwh" "$(cell out dryer heat_kwh)" "$heat" 1e-10
near "electricity_kwh" "$(cell out dryer electricity_kwh)" "$elec" 1e-10

# --- with --stale the price at 01:30 ends at 03:00, that at 04:00 at 05:30; the bad one at 07:00 ends that of 06:00
run 0 replay --config loop.yaml --data data.csv --stale --csv
read -r on ref cost carbon heat elec < <(printf '%s\n' "1 132 15" "0.5 132 20.5" "1.5 90 20.5" "1.5 -50 12" "1 400 12" | sum)
near "on_hours, stale" "$(cell out dryer on_hours)" "$on" 1e-12
near "cost_reference_eur, stale" "$(cell out dryer cost_reference_eur)" "$ref" 1e-10
near "cost_savings_eur, stale" "$(cell out dryer cost_savings_eur)" "$cost" 1e-10
near "electricity_kwh, stale" "$(cell out dryer electricity_kwh)" "$elec" 1e-10

# --- the same file by other means: BOM, CRLF, quotes, blanks, order of columns, no newline at the end, standard input
run 0 replay --config loop.yaml --data data.csv --json
cp out want
awk -F, 'BEGIN { printf "\357\273\277" } /^#/ { next } { printf("%s\"%s\" , %s,%s", (NR > 2 ? "\r\n\r\n" : ""), $3, $1, $2) }' data.csv >other.csv
run 0 replay --config loop.yaml --data other.csv --json
cmp -s out want || fail "other.csv gives another answer"
"$LORENZCTL" replay --config loop.yaml --data - --json <data.csv >out 2>err
cmp -s out want || fail "standard input gives another answer"
run 0 replay --config loop.yaml --data data.csv
[ "$(wc -L <out)" -le 100 ] || fail "the table is wider than 100 columns"

# --- a signal without a column was never received
cut -d, -f1,2 data.csv | grep -v '^#' >price.csv
run 0 replay --config loop.yaml --data price.csv --csv
has err "price.csv: no column for loops.dryer.source.t_in: counts as never received"
is "on_hours without the source" "$(cell out dryer on_hours)" 0.0
is "hours without the source" "$(cell out dryer hours)" 9.0
is "reference without the source" "$(cell out dryer cost_reference_eur)" 0.0

# --- what is refused, with FILE:LINE
refuse() {
	printf "$1" >junk.csv
	run 1 replay --config loop.yaml --data junk.csv
	has err "junk.csv$2"
	[ -s out ] && fail "an answer in spite of: $2"
}
head=ts,market.electricity.price
refuse '' ': holds no header'
refuse '# nothing\n\n' ': holds no header'
refuse "$head\n" ': holds no rows'
refuse "market.electricity.price\n1\n" ':1: the header has no column ts'
refuse "ts,market.electricity.prise\n" ':1: column "market.electricity.prise": the configuration has no such signal, did you mean market.electricity.price?'
refuse "# x\nts,market.fuel.price\n" ':2: column market.fuel.price: is not a live signal in the configuration; only live signals can be replayed'
refuse "$head,ts\n" ':1: column ts: is given twice'
refuse "$head,market.electricity.price\n" ':1: column market.electricity.price: is given twice'
refuse "$head\nyesterday,1\n" ':2: ts: "yesterday" is no RFC 3339 time'
refuse "$head\n,1\n" ':2: ts: "" is no RFC 3339 time'
refuse "$head\n2026-01-01T00:00:00Z,1\n2026-01-01T00:00:00Z,2\n" ':3: ts: 2026-01-01T00:00:00Z is not after the row before, 2026-01-01T00:00:00.000000Z'
refuse "$head\n2026-01-01T00:00:00Z,1\n2026-01-01T00:30:00+01:00,2\n" ':3: ts: 2026-01-01T00:30:00+01:00 is not after the row before, 2026-01-01T00:00:00.000000Z'
refuse "$head\n2026-01-01T00:00:00Z\n" ':2: 1 fields where the header has 2'
refuse "$head\n\"2026-01-01T00:00:00Z,1\n" ':2: a quote is not closed'
refuse "$head\n2026-01-01T00:00:00Z,1\"2\n" ':2: a quote in the middle of a field'
refuse "$head\n2026-01-01T00:00:00Z,1\0002\n" ':2: a NUL byte'
run 1 replay --config loop.yaml --data nowhere.csv
has err "nowhere.csv: No such file or directory"
run 1 replay --config loop.yaml --data .
has err ".:1: Is a directory"
run 78 replay --config nowhere.yaml --data data.csv
run 64 replay --data data.csv
has err "--config: is missing"

# --- filters and votes: the fields of a row are one moment, so one vote; a vote may be fed by its members or as a whole
sed -e "s/{topic: source, unit: degC}/{any_of: [{topic: a, unit: degC, sentinels: [85]}, {topic: b, unit: degC}], disagreement: 2 K}/" loop.yaml >vote.yaml
member=loops.dryer.source.t_in.any_of
printf '%s\n' "ts,market.electricity.price,$member.0,$member.1" 2026-01-01T00:00:00Z,132,14,16 2026-01-01T01:00:00Z,132,85,20 \
	2026-01-01T02:00:00Z,132,30,30 2026-01-01T03:00:00Z,132,30,30 >vote.csv
run 0 replay --config vote.yaml --data vote.csv --db vote.db --csv
has err "vote.csv: 1 of 9 fields rejected: unreadable, out of range or filtered"
is "updates" "$(cell out dryer updates)" 3
read -r on _ _ _ heat _ < <(printf '%s\n' "1 132 15" "1 132 20" "1 132 30" | sum)
near "on_hours" "$(cell out dryer on_hours)" "$on" 1e-12
near "heat_kwh" "$(cell out dryer heat_kwh)" "$heat" 1e-10
is "votes" "$(sqlite3 -readonly vote.db "SELECT group_concat(round(value, 6), ' ') FROM samples WHERE signal = 'loops.dryer.source.t_in'")" "15.0 20.0 30.0"
is "disagreements" "$(sqlite3 -readonly vote.db "SELECT count(*) FROM events WHERE code = 'signal_disagreement'")" 0
run 0 replay --config vote.yaml --data data.csv --csv
has err "data.csv: 2 of 12 fields rejected: unreadable, out of range or filtered"

# --- a history: new files only, none is left after a failure
run 0 replay --config loop.yaml --data data.csv --db out.db
cp out.db before.db
run 1 replay --config loop.yaml --data data.csv --db out.db
has err "out.db: exists already; a replay writes a new file"
cmp -s out.db before.db || fail "the refused file was touched"
printf '%s\n' "$head" 2026-01-01T00:00:00Z,1 2026-01-01T01:00:00Z,1 2026-01-01T00:00:00Z,1 >junk.csv
run 1 replay --config loop.yaml --data junk.csv --db half.db
ls half.db* >/dev/null 2>&1 && fail "half a replay was left"
run 1 replay --config loop.yaml --data data.csv --db nowhere/out.db
part err "nowhere/out.db: "
(
	failures=0
	exec 9>busy.db.lock
	flock 9
	run 1 replay --config loop.yaml --data data.csv --db busy.db
	part err "busy.db: in use"
	[ "$failures" -eq 0 ]
) || fail "a locked file"
finish
