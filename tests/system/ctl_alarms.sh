#!/bin/bash
# lorenzctl alarms: every alarm with cause and remedy, the same codes as in the payload's schema.
. "$(dirname "$0")/ctl_lib.sh"

run 0 alarms
has out "tripped (loop, high priority): the heat pump has tripped"
part out "  remedy  Find out at the machine what tripped"
lines out 39
run 0 alarms not_followed
lines out 3
run 64 alarms not_folowed
has err 'not_folowed: there is no such alarm, did you mean not_followed?'
run 64 alarms --json --csv
run 0 alarms --json
python3 - out "$PROJECT/schema/alarms.schema.json" <<'PY' || fail "the schema knows other codes"
import json, sys
told = {row["code"] for row in json.load(open(sys.argv[1]))}
known = json.load(open(sys.argv[2]))["properties"]["alarms"]["items"]["properties"]["code"]["enum"]
sys.exit(told != set(known) or not all(row["cause"] and row["remedy"] for row in json.load(open(sys.argv[1]))))
PY
run 0 alarms --csv
has out "code,of,priority,text,cause,remedy"
lines out 14
finish
