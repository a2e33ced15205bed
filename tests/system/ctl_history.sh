#!/bin/bash
# lorenzctl history: a replay's database read back, means over steps against sums made here, filters, other people's files.
. "$(dirname "$0")/ctl_lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

cat >loops.yaml <<'YAML'
site: test
store: {keep: {samples: 100 a, points: 100 a, hourly: 100 a}}
market:
  electricity: {price: {topic: spot, unit: EUR/MWh, stale_after: 90 min}}
  fuel: {price: 60 EUR/MWh}
loops:
  a:
    source: {t_in: {topic: source, unit: degC, valid: [-20, 40]}}
    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}
    heat_pump: {lorenz_efficiency: 0.55}
    setpoint: {deadband: 0 K}
  b:
    source: {t_in: 15 degC}
    sink: {t_in: 55 degC, t_target: 90 degC, duty: 1 MW}
    heat_pump: {lorenz_efficiency: 0.5}
YAML
cat >data.csv <<'CSV'
ts,market.electricity.price,loops.a.source.t_in
2026-01-01T00:10:00Z,100,15
2026-01-01T00:40:00Z,130,
2026-01-01T01:20:00Z,70,18
2026-01-01T01:30:00Z,,99
2026-01-01T04:15:00Z,90,16
2026-01-01T04:45:00Z,90,16
CSV
run 0 replay --config loops.yaml --data data.csv --stale --db h.db
h=(history --db h.db)

# --- samples come back as they were given
run 0 "${h[@]}" samples --csv
lines out 9
has out "2026-01-01T00:10:00.000000Z,1767226200000000,loops.a.source.t_in,15.0,degC,good"
has out "2026-01-01T01:30:00.000000Z,1767231000000000,loops.a.source.t_in,99.0,degC,bad"
run 0 "${h[@]}" samples --signal market.electricity.price --from 2026-01-01T00:40:00Z --to 2026-01-01T02:20:00+01:00 --csv
lines out 2
run 0 "${h[@]}" samples --signal market.electricity.price --from 2026-01-01 --to 2026-01-02 --limit 1 --json
is "the newest" "$(json out '$[0].ts') $(json out '$[0].value')" "2026-01-01T04:15:00.000000Z 90.0"

# --- means: 00:00 100 for 30 min, 130 for 20; 01:00 130 for 20, 70 for 40; 70 is stale at 02:50; 04:00 90 from 04:15
run 0 "${h[@]}" samples --signal market.electricity.price --every 1h --csv
lines out 5
mean() { awk -F, -v ts="$1" 'index($1, ts) == 1 { print $6 }' out; }
near "mean of 00" "$(mean 2026-01-01T00)" "$(awk 'BEGIN { print (100 * 30 + 130 * 20) / 50 }')" 1e-6
near "mean of 01" "$(mean 2026-01-01T01)" "$(awk 'BEGIN { print (130 * 20 + 70 * 40) / 60 }')" 1e-6
near "mean of 02" "$(mean 2026-01-01T02)" 70 1e-9
near "mean of 04" "$(mean 2026-01-01T04)" 90 1e-9
# the hourly roll-up says the same where it is complete
run 0 "${h[@]}" hourly --signal market.electricity.price --to 2026-01-01T03:00:00Z --csv
cut -d, -f2,7 out >rolled
run 0 "${h[@]}" samples --signal market.electricity.price --every 1h --to 2026-01-01T03:00:00Z --csv
cut -d, -f2,6 out >means
diff <(tail -n +2 rolled) <(tail -n +2 means) || fail "means and hourly differ"
# what is in force at --from counts; a bad sample ends it
run 0 "${h[@]}" samples --signal loops.a.source.t_in --every 10min --from 2026-01-01T00:30:00Z --to 2026-01-01T02:00:00Z --csv
lines out 7
near "in force" "$(mean 2026-01-01T00:30)" 15 1e-9
near "the step of the change" "$(mean 2026-01-01T01:20)" 18 1e-9
run 0 "${h[@]}" samples --every 1d --csv
lines out 3

# --- every view against SQL: a replay stores no totals, alarms or commands, so some are put there
sqlite3 h.db "INSERT INTO total SELECT id, 1767225600000000, 1767230000000000, 1767225600000000, 500, 200, 9, 80, 1, 0, 300, 100, 5, 40, 1, 0
		FROM loop WHERE name = 'a';
	INSERT INTO alarm SELECT id, 'tripped', 1767226200000000, 'high', 'the heat pump has tripped', 1767229800000000, NULL, '' FROM loop WHERE name = 'a';
	INSERT INTO alarm VALUES (0, 'clock', 1767226300000000, 'medium', 'the system clock is wrong', NULL, 1767226400000000, 'shift A');
	INSERT INTO command (ts_us, loop, command, value, until_us, who, command_id)
		SELECT 1767226200000000, id, 'temperature', '95 degC', NULL, 'shift A', '17' FROM loop WHERE name = 'a'"
for kind in setpoints:setpoints points:operating_points events:events samples:samples hourly:samples_hourly totals:totals alarms:alarms \
	commands:commands runs:runs; do
	run 0 "${h[@]}" "${kind%:*}" --csv
	is "rows of ${kind%:*}" "$(($(wc -l <out) - 1))" "$(sqlite3 h.db "SELECT count(*) FROM ${kind#*:}")"
	cp out rows.csv
	run 0 "${h[@]}" "${kind%:*}" --json
	is "JSON of ${kind%:*}" "$(sqlite3 :memory: "SELECT json_array_length(readfile('out'))")" "$(($(wc -l <rows.csv) - 1))"
	run 0 "${h[@]}" "${kind%:*}"
done
run 0 "${h[@]}" setpoints --loop a --limit 1 --json
is "seq" "$(json out '$[0].seq')" "$(sqlite3 h.db "SELECT max(seq) FROM setpoints WHERE loop = 'a'")"
is "ts" "$(json out '$[0].ts')" "$(sqlite3 h.db "SELECT max(ts) FROM setpoints WHERE loop = 'a'")"
grep -Eq '"hp_on":(true|false),' out || fail "hp_on is no boolean"
run 0 "${h[@]}" setpoints --every 1h --csv
is "last in each hour" "$(($(wc -l <out) - 1))" \
	"$(sqlite3 h.db "SELECT count(*) FROM (SELECT 1 FROM setpoints GROUP BY loop, ts_us / 3600000000)")"
is "the last in hour 0 of a" "$(grep ,a, out | head -1 | cut -d, -f2)" \
	"$(sqlite3 h.db "SELECT max(ts_us) FROM setpoints WHERE loop = 'a' AND ts_us < 1767225600000000 + 3600000000")"
run 0 "${h[@]}" points --loop a --kind cost_optimal --csv
is "points of a kind" "$(($(wc -l <out) - 1))" "$(sqlite3 h.db "SELECT count(*) FROM operating_points WHERE loop = 'a' AND kind = 'cost_optimal'")"
run 0 "${h[@]}" events --loop a
run 0 "${h[@]}" setpoints --from -1h --to now --csv
lines out 1
run 0 "${h[@]}" setpoints --loop "a' OR 1=1 --" --csv
lines out 1

# --- wrong usage, all of it
run 64 "${h[@]}" setpoint
has err "setpoint: is not stored, did you mean setpoints?"
run 64 "${h[@]}" samples --loop a --from yesterday --to 2026-13-01
has err "--loop: does not apply to samples"
has err '--from: "yesterday" is no time; write 2026-01-31T12:00:00Z, 2026-01-31, now or -24h'
part err '--to: "2026-13-01" is no time'
run 64 "${h[@]}" points --kind cost_optimum
has err "--kind: cost_optimum is no kind of point, did you mean cost_optimal?"
run 64 "${h[@]}" events --every 1h
run 64 "${h[@]}" samples --every 0s
run 64 history setpoints
has err "--db: is missing"

# --- other people's files
run 1 history --db nowhere.db setpoints
has err "nowhere.db: No such file or directory"
run 1 history --db . setpoints
has err ".: is not a file"
seq 1 2000 >text.db
run 1 history --db text.db setpoints
has err "text.db: is not a database"
sqlite3 foreign.db "CREATE TABLE t (a)"
run 1 history --db foreign.db setpoints
has err "foreign.db: is a database of another program, not a history"
cp h.db newer.db
sqlite3 newer.db "PRAGMA user_version = 999" >/dev/null
run 78 history --db newer.db setpoints
part err "newer.db: made by a newer version of this program"

# --- a reader who may not write, with and without what a writer leaves beside the file
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$work"
	chmod 644 h.db*
	as_nobody() {
		setpriv --reuid=65534 --regid=65534 --clear-groups "$LORENZCTL" history --db "$1" setpoints --csv >out 2>err ||
			fail "nobody cannot read $1: $(cat err)"
		[ "$(wc -l <out)" -gt 1 ] || fail "nobody reads nothing from $1"
	}
	as_nobody h.db
	mkdir alone && cp h.db "alone/odd %?# name.db"
	as_nobody "alone/odd %?# name.db"
fi
finish
