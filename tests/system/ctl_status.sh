#!/bin/bash
# lorenzctl status: what lies on a real broker as a service leaves it; no broker, no service, a password, junk.
. "$(dirname "$0")/ctl_lib.sh"
PATH=$PATH:/usr/sbin
for tool in mosquitto mosquitto_pub mosquitto_passwd sqlite3; do
	command -v $tool >/dev/null || skip "$tool is not installed"
done

broker=
stop() { [ -n "$broker" ] && kill "$broker" && wait "$broker" 2>/dev/null; broker=; }
trap 'stop; rm -rf "$work"' EXIT

# A free port is one on which the broker comes up.
start() {
	for ((try = 0; try < 20; try++)); do
		port=$((20000 + (RANDOM * 7 + $$) % 12000))
		printf '%s\n' "listener $port 127.0.0.1" "persistence false" "log_type error" "user root" "$@" >broker.conf
		mosquitto -c broker.conf >broker.log 2>&1 &
		broker=$!
		for ((wait = 0; wait < 50; wait++)); do
			kill -0 $broker 2>/dev/null || break
			(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
			sleep 0.05
		done
		stop
	done
	skip "mosquitto does not start: $(cat broker.log)"
}

config() {
	cat >status.yaml <<YAML
site: test
mqtt: {url: "mqtt://127.0.0.1:$port"$1}
market: {electricity: {price: {topic: spot, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}
loops:
  a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: 0.5}}
  b: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 90 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: 0.5}}
YAML
}

publish() { mosquitto_pub "${account[@]}" -h 127.0.0.1 -p "$port" -q 1 -r -t "lorenz/test/$1" -m "$2"; }
account=()

start "allow_anonymous true"
config ""
run 1 status --config status.yaml
part out "service    unknown: nothing is published"
publish status online
publish health '{"ts":"2026-01-01T00:00:00.000000Z","store":"degraded","reason":"disk full","lost_rows":3,"rejected_topics":["x/y"],"version":"1.2.3","config_hash":"0"}'
publish a/setpoint '{"ts":"2026-01-01T00:00:00.000000Z","t_sink_out_c":111.05,"t_sink_out_expected_c":110.5,"hp_on":true,"q_sink_kw":1537.4,"p_elec_kw":529.2,"cop":2.905,"objective":"cost","mode":"auto","quality":"good","quality_code":192,"reason":"optimum","technology":"brayton","valid_until":"2026-01-01T00:02:00.000000Z","cause_ts":null,"cause_us":null,"seq":7}'
publish a/operating_points '{"cost":{"ratio":2.2,"optimal":{"cost_savings_eur_h":22.392,"carbon_savings_kg_h":null}},"carbon":null}'
publish b/setpoint 'no JSON'
run 0 status --config status.yaml
has out "service    online"
has out "health     store degraded: disk full, 3 rows lost, clock unknown, version 1.2.3"
has out "rejected   x/y"
grep -Eq '^a +yes +111\.05 +110\.50 +1537\.4 +2\.9[01] +22\.39 +- +auto +good +optimum +brayton +-' out || fail "the row of a: $(cat out)"
run 0 status --config status.yaml --json
is "service" "$(json out '$.status')" online
is "store" "$(json out '$.health.store')" degraded
is "loops" "$(json out '$.loops[0].loop') $(json out '$.loops[1].loop')" "a b"
is "setpoint of a" "$(json out '$.loops[0].t_sink_out_c') $(json out '$.loops[0].hp_on')" "111.05 1"
is "technology" "$(json out '$.loops[0].technology') $(json out '$.loops[1].technology')" "brayton "
is "junk of b" "$(json out '$.loops[1].hp_on')" ""
run 0 status --config status.yaml --csv
lines out 3
publish status offline
run 1 status --config status.yaml
has out "service    offline"
stop
run 1 status --config status.yaml
part err "127.0.0.1:$port: "
lines err 1

echo secret >mqtt-password
echo "plant:secret" >accounts && mosquitto_passwd -U accounts
start "allow_anonymous false" "password_file $work/accounts"
account=(-u plant -P secret)
config ", username: plant, password_file: mqtt-password"
publish status online
run 0 status --config status.yaml
mkdir credentials && mv mqtt-password credentials/
run 78 status --config status.yaml
part err "mqtt-password: No such file"
CREDENTIALS_DIRECTORY=$work/credentials run 0 status --config status.yaml
echo wrong >credentials/mqtt-password
CREDENTIALS_DIRECTORY=$work/credentials run 1 status --config status.yaml
part err "127.0.0.1:$port: "
run 78 status --config nowhere.yaml
run 64 status
finish
