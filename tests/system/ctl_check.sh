#!/bin/bash
# lorenzctl check: the summary, the errors with their places, the reference of all keys.
. "$(dirname "$0")/ctl_lib.sh"

cat >good.yaml <<'YAML'
site: test
mqtt: {url: "mqtts://broker.example:8884", prefix: plant/heat}
market: {electricity: {price: {topic: spot, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}
loops:
  a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: 0.5}}
  b: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 90 degC, duty: 1 MW}, heat_pump: {lorenz_efficiency: 0.5}, mode: advisory}
YAML
run 0 check good.yaml
has out "good.yaml: ok"
has out "site     test"
has out "broker   broker.example:8884, TLS, MQTT 5, client lorenzd-test, below plant/heat"
has out "loops    2 (1 advisory)"
has out "signals  1 live"

sed -e 's/lorenz_efficiency: 0.5}}/lorenz_efficiency: 1.5}}/' -e 's/t_target: 90 degC/t_taget: 90 degC/' good.yaml >bad.yaml
run 78 check bad.yaml
part err "loops.a.heat_pump.lorenz_efficiency: 1.5 is outside (0, 1]"
part err 't_taget'
grep -qvE '^bad\.yaml:[0-9]+:[0-9]+: ' err && fail "an error without its place"
[ -s out ] && fail "a summary in spite of errors"
run 78 check nowhere.yaml
part err "nowhere.yaml: "

run 0 check --keys
has out "market.electricity.price"
run 64 check --keys good.yaml
run 64 check
has err "FILE: is missing"
run 64 check good.yaml bad.yaml
# --- the examples are right
for example in "$PROJECT"/config/examples/*.yaml; do
	run 0 check "$example"
	has out "$example: ok"
done
finish
