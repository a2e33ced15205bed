/* One document per kind of error: a small valid one with one place changed, and the exact lines that must come of it. */
#include "check.h"

#include "config_file.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const char valid[] = "site: dresden\n"
                            "mqtt: {url: mqtt://127.0.0.1}\n"
                            "market:\n"
                            "  electricity: {price: 132 EUR/MWh, carbon: 406 kg/MWh}\n"
                            "  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"
                            "loops:\n"
                            "  dryer1:\n"
                            "    source: {t_in: 15 degC}\n"
                            "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
                            "    heat_pump:\n"
                            "      lorenz_efficiency: 0.55\n"
                            "    objective: cost\n";

/* from, in the valid document, becomes to; expected without the file's name, "" where the result is valid. */
struct error_case {
	const char *from, *to, *expected;
};

#define SINK "{t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}"

static const struct error_case keys_cases[] = {
    {"lorenz_efficiency:", "lorenz_eficiency:",
     "11:7: loops.dryer1.heat_pump.lorenz_eficiency: unknown key \"lorenz_eficiency\", did you mean \"lorenz_efficiency\"?\n"},
    {"mqtt:", "mqqt:", "2:1: mqqt: unknown key \"mqqt\", did you mean \"mqtt\"?\n"},
    {"objective", "foo",
     "12:5: loops.dryer1.foo: unknown key \"foo\"; known here: market, source, sink, heat_pump, boiler, electric_boiler, utilities, technologies, direct_exchange, objective, carbon_value, carbon_cap, carbon_budget, mode, "
     "setpoint, checks, feedback\n"},
    {"    objective: cost", "    source: {t_in: 1 degC}",
     "12:5: loops.dryer1.source: duplicate key \"source\", first given in line 8\n"},
    {"  fuel: {", "  electricity: {",
     "5:3: market.electricity: duplicate key \"electricity\", first given in line 4\n"
     "12:16: loops.dryer1.objective: cost needs market.fuel.price\n"},
    {"loops:\n", "site: again\nloops:\n", "6:1: site: duplicate key \"site\", first given in line 1\n"},
    {"    objective: cost\n", "  dryer1: {}\n", "12:3: loops.dryer1: duplicate key \"dryer1\", first given in line 7\n"},
    {"site: dresden\n", "", "1:1: site: is missing\n"},
    {"t_in: 15 degC", "t_out: 15 degC", "8:13: loops.dryer1.source.t_in: is missing\n"},
    {"      lorenz_efficiency: 0.55\n", "      t_max: 200 degC\n",
     "11:7: loops.dryer1.heat_pump.lorenz_efficiency: is missing\n"},
    {"    source: {t_in: 15 degC}\n", "", "8:5: loops.dryer1.source: is missing\n"},
    {"{t_in: 15 degC}", "[15 degC]", "8:13: loops.dryer1.source: must be a mapping of keys, not a list\n"},
    {"{t_in: 15 degC}", "15 degC", "8:13: loops.dryer1.source: must be a mapping of keys, not a plain value\n"},
    {"t_in: 15 degC", "t_in: [15 degC]",
     "8:20: loops.dryer1.source.t_in: must be a temperature or a signal (a mapping with topic)\n"},
    {"t_in: 15 degC", "t_in:", "8:18: found unexpected ':' (while scanning a plain scalar from line 8)\n"},
    {"site: dresden", "site: [dresden]", "1:7: site: must be a plain value, not a list\n"},
    {"site: dresden", "site:", "1:6: site: no value is given\n"},
    {"site: dresden", "site: Dresden", "1:7: site: \"Dresden\" is not a name: only a-z, 0-9, _ and - may be in it\n"},
    {"site: dresden", "site: \"a b\"", "1:7: site: \"a b\" is not a name: only a-z, 0-9, _ and - may be in it\n"},
    {"  dryer1:", "  Dryer 1:", "7:3: loops.Dryer 1: \"Dryer 1\" is not a name: only a-z, 0-9, _ and - may be in it\n"},
    {"  dryer1:", "  status:", "7:3: loops.status: \"status\" is reserved, it is a topic of the service's own\n"},
    {"  dryer1:", "  alarms:", "7:3: loops.alarms: \"alarms\" is reserved, it is a topic of the service's own\n"},
    {"cost\n", "cost\n  a.b: {}\n",
     "13:3: loops.a.b: \"a.b\" is not a name: only a-z, 0-9, _ and - may be in it\n"
     "13:8: loops.a.b.source: is missing\n"
     "13:8: loops.a.b.sink: is missing\n"
     "13:8: loops.a.b.heat_pump: is missing\n"},
};

static const struct error_case broker_cases[] = {
    {"mqtt://127.0.0.1", "tcp://127.0.0.1",
     "2:13: mqtt.url: \"tcp://127.0.0.1\" begins neither with mqtt:// nor with mqtts://\n"},
    {"mqtt://127.0.0.1", "mqtt://", "2:13: mqtt.url: \"mqtt://\" names no host; an IPv6 address is written in brackets\n"},
    {"mqtt://127.0.0.1", "mqtt://plant:secret@host",
     "2:13: mqtt.url: credentials do not belong in the url: use username and password_file\n"},
    {"mqtt://127.0.0.1", "mqtt://host:0",
     "2:13: mqtt.url: \"mqtt://host:0\": after the host only a port from 1 to 65535 may follow\n"},
    {"mqtt://127.0.0.1", "mqtt://host:65536",
     "2:13: mqtt.url: \"mqtt://host:65536\": after the host only a port from 1 to 65535 may follow\n"},
    {"mqtt://127.0.0.1", "mqtt://host:1883x",
     "2:13: mqtt.url: \"mqtt://host:1883x\": after the host only a port from 1 to 65535 may follow\n"},
    {"mqtt://127.0.0.1", "mqtt://host/path",
     "2:13: mqtt.url: \"mqtt://host/path\": after the host only a port from 1 to 65535 may follow\n"},
    {"mqtt://127.0.0.1", "\"mqtt://::1\"",
     "2:13: mqtt.url: \"mqtt://::1\" names no host; an IPv6 address is written in brackets\n"},
    {"mqtt://127.0.0.1", "\"mqtt://[::1\"",
     "2:13: mqtt.url: \"mqtt://[::1\" names no host; an IPv6 address is written in brackets\n"},
    {"mqtt://127.0.0.1", "mqtt://ho st",
     "2:13: mqtt.url: \"mqtt://ho st\": after the host only a port from 1 to 65535 may follow\n"},
    {"127.0.0.1}", "127.0.0.1, version: 4}", "2:40: mqtt.version: \"4\" is none of 5, 3.1.1\n"},
    {"127.0.0.1}", "127.0.0.1, keepalive: 4 s}", "2:42: mqtt.keepalive: 4 s is outside [5 s, 65535 s]\n"},
    {"127.0.0.1}", "127.0.0.1, keepalive: 65536 s}", "2:42: mqtt.keepalive: 65536 s is outside [5 s, 65535 s]\n"},
    {"127.0.0.1}", "127.0.0.1, keepalive: 7.5 s}", "2:42: mqtt.keepalive: 7.5 s is not a whole number of seconds\n"},
    {"127.0.0.1}", "127.0.0.1, keepalive: 30}",
     "2:42: mqtt.keepalive: 30 has no unit; a duration is written in us, ms, s, min, h, d or a\n"},
    {"127.0.0.1}", "127.0.0.1, client_id: \"\"}", "2:42: mqtt.client_id: must not be empty\n"},
    {"127.0.0.1}", "127.0.0.1, client_id: \"a\\x07\"}", "2:42: mqtt.client_id: has a control character in it\n"},
    {"127.0.0.1}", "127.0.0.1, client_id: \"a\\x85\"}", "2:42: mqtt.client_id: has a control character in it\n"},
    {"127.0.0.1}", "127.0.0.1, client_id: \"a\\uFFFE\"}", "2:42: mqtt.client_id: has a control character in it\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: a/#}", "2:39: mqtt.prefix: \"a/#\" has a wildcard (+ or #); a topic names one place\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: a/+/b}",
     "2:39: mqtt.prefix: \"a/+/b\" has a wildcard (+ or #); a topic names one place\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: /a}", "2:39: mqtt.prefix: must neither begin nor end with /\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: a/}", "2:39: mqtt.prefix: must neither begin nor end with /\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: $SYS/a}", "2:39: mqtt.prefix: topics that begin with $ are the broker's\n"},
    {"127.0.0.1}", "127.0.0.1, prefix: \"\"}", "2:39: mqtt.prefix: must not be empty\n"},
    {"127.0.0.1}", "127.0.0.1, password_file: x}", "2:46: mqtt.password_file: needs a username\n"},
    {"127.0.0.1}", "127.0.0.1, tls: {ca: ca.pem}}", ""},
    {"mqtt://127.0.0.1}", "mqtts://host, tls: {cert: a}}", "2:32: mqtt.tls: cert needs its key\n"},
    {"mqtt://127.0.0.1}", "mqtts://host, tls: {key: a}}", "2:32: mqtt.tls: key needs its cert\n"},
};

static const struct error_case quantities_cases[] = {
    {"0.55", "1.4", "11:26: loops.dryer1.heat_pump.lorenz_efficiency: 1.4 is outside (0, 1]\n"},
    {"0.55", "0", "11:26: loops.dryer1.heat_pump.lorenz_efficiency: 0 is outside (0, 1]\n"},
    {"0.55", "-0.1", "11:26: loops.dryer1.heat_pump.lorenz_efficiency: -0.1 is outside (0, 1]\n"},
    {"0.55", "0.55 kW",
     "11:26: loops.dryer1.heat_pump.lorenz_efficiency: kW is the unit of a power; a number is written in 1 or %\n"},
    {"0.55", "140 %", "11:26: loops.dryer1.heat_pump.lorenz_efficiency: 140 % is outside (0 %, 100 %]\n"},
    {"0.55", "0,55", "11:26: loops.dryer1.heat_pump.lorenz_efficiency: \"0,55\" has a comma; numbers are written as 12.5\n"},
    {"15 degC", "15", "8:20: loops.dryer1.source.t_in: 15 has no unit; a temperature is written in degC, degF or K\n"},
    {"15 degC", "288.15 kelvin",
     "8:20: loops.dryer1.source.t_in: \"kelvin\" is not a unit known here; a temperature is written in degC, degF or K\n"},
    {"15 degC", "-300 degC", "8:20: loops.dryer1.source.t_in: -300 degC is outside [-100 degC, 2000 degC]\n"},
    {"15 degC", "5000 degF", "8:20: loops.dryer1.source.t_in: 5000 degF is outside [-148 degF, 3632 degF]\n"},
    {"15 degC", "0 K", "8:20: loops.dryer1.source.t_in: 0 K is outside [173.15 K, 2273.15 K]\n"},
    {"15 degC", "nan degC", "8:20: loops.dryer1.source.t_in: \"nan degC\" is not a decimal number\n"},
    {"132 EUR/MWh", "132 EUR/t",
     "4:24: market.electricity.price: EUR/t is the unit of a price per mass; an energy price is written in EUR/MWh, EUR/kWh, "
     "ct/kWh or EUR/GJ\n"},
    {"213.7 kg/MWh", "-1 kg/MWh", "5:37: market.fuel.carbon: -1 kg/MWh is outside [0 kg/MWh, 100000 kg/MWh]\n"},
    {"60 EUR/MWh", "1e6 EUR/MWh", "5:17: market.fuel.price: 1e6 EUR/MWh is outside [-100000 EUR/MWh, 100000 EUR/MWh]\n"},
    {"213.7 kg/MWh}", "213.7 kg/MWh, boiler_efficiency: 0}", "5:70: market.fuel.boiler_efficiency: 0 is outside (0, 1.2]\n"},
    {"213.7 kg/MWh}", "213.7 kg/MWh, boiler_efficiency: 1.3}", "5:70: market.fuel.boiler_efficiency: 1.3 is outside (0, 1.2]\n"},
    {"213.7 kg/MWh}", "213.7 kg/MWh, co2_price: -1 EUR/t}",
     "5:62: market.fuel.co2_price: -1 EUR/t is outside [0 EUR/t, 100000 EUR/t]\n"},
    {"4800 kW", "-1 kW", "9:53: loops.dryer1.sink.duty: -1 kW is outside [0 kW, 1000000000 kW]\n"},
    {"0.55\n", "0.55\n      capacity: 0 kW\n", "12:17: loops.dryer1.heat_pump.capacity: 0 kW is outside (0 kW, 1000000000 kW]\n"},
    {"0.55\n", "0.55\n      capacity: 2 MW\n      min_load: 120 %\n",
     "13:17: loops.dryer1.heat_pump.min_load: 120 % is outside [0 %, 100 %]\n"},
    {"0.55\n", "0.55\n      min_lift: 5 degC\n",
     "12:17: loops.dryer1.heat_pump.min_lift: degC is the unit of a temperature; a temperature difference is written in K\n"},
    {"0.55\n", "0.55\n      cop_max: 0.5\n", "12:16: loops.dryer1.heat_pump.cop_max: 0.5 is outside [1, 1000]\n"},
    {"0.55\n", "0.55\n      available: maybe\n",
     "12:18: loops.dryer1.heat_pump.available: \"maybe\" is none of true, false, 1, 0\n"},
    {"cost\n", "cost\n    setpoint: {deadband: 0.5 degC}\n",
     "13:26: loops.dryer1.setpoint.deadband: degC is the unit of a temperature; a temperature difference is written in K\n"},
    {"cost\n", "cost\n    setpoint: {deadband: -1 K}\n", "13:26: loops.dryer1.setpoint.deadband: -1 K is outside [0 K, 100 K]\n"},
    {"cost\n", "cost\n    setpoint: {valid_for: 0.5 s}\n",
     "13:27: loops.dryer1.setpoint.valid_for: 0.5 s is outside [1 s, 1 a]\n"},
    {"cost\n", "cost\n    carbon_value: 100 EUR\n",
     "13:19: loops.dryer1.carbon_value: \"EUR\" is not a unit known here; a price per mass is written in EUR/t or EUR/kg\n"},
    {"cost\n", "cosst\n",
     "12:16: loops.dryer1.objective: \"cosst\" is none of cost, carbon, cost_break_even, carbon_break_even, blend, carbon_at_no_cost, cost_under_carbon_cap, electrify_at_no_carbon, did you mean "
     "\"cost\"?\n"},
    {"cost\n", "manual\n",
     "12:16: loops.dryer1.objective: \"manual\" is none of cost, carbon, cost_break_even, carbon_break_even, blend, carbon_at_no_cost, cost_under_carbon_cap, electrify_at_no_carbon\n"},
    {"cost\n", "cost\n    mode: manual\n", "13:11: loops.dryer1.mode: \"manual\" is none of auto, advisory\n"},
    {"market:\n", "publish: {interval: -1 s}\nmarket:\n", "3:21: publish.interval: -1 s is outside [0 s, 1 a]\n"},
    {"market:\n", "store: {keep: {samples: 0 d, points: 2000 a, hourly: 1}}\nmarket:\n",
     "3:25: store.keep.samples: 0 d is outside (0 s, 1000 a]\n"
     "3:38: store.keep.points: 2000 a is outside (0 s, 1000 a]\n"
     "3:54: store.keep.hourly: 1 has no unit; a duration is written in us, ms, s, min, h, d or a\n"},
};

static const struct error_case signals_cases[] = {
    {"15 degC", "{topic: a/b, unit: degC, topc: x}",
     "8:45: loops.dryer1.source.t_in.topc: unknown key \"topc\", did you mean \"topic\"?\n"},
    {"15 degC", "{unit: degC}", "8:20: loops.dryer1.source.t_in.topic: is missing\n"},
    {"15 degC", "{topic: a}", "8:20: loops.dryer1.source.t_in.unit: is missing; a temperature comes in degC, degF or K\n"},
    {"15 degC", "{topic: a, unit: kW}",
     "8:37: loops.dryer1.source.t_in.unit: \"kW\" is not a unit of a temperature: degC, degF or K\n"},
    {"15 degC", "{topic: a, unit: degc}",
     "8:37: loops.dryer1.source.t_in.unit: \"degc\" is not a unit of a temperature: degC, degF or K, did you mean \"degC\"?\n"},
    {"15 degC", "{topic: a/#, unit: degC}",
     "8:28: loops.dryer1.source.t_in.topic: \"a/#\" has a wildcard (+ or #); a topic names one place\n"},
    {"15 degC", "{topic: \"\", unit: degC}", "8:28: loops.dryer1.source.t_in.topic: must not be empty\n"},
    {"15 degC", "{topic: [a], unit: degC}", "8:28: loops.dryer1.source.t_in.topic: must be a plain value, not a list\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: value}",
     "8:54: loops.dryer1.source.t_in.pointer: \"value\" is not a JSON pointer: it begins with / (RFC 6901)\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /a~2b}",
     "8:54: loops.dryer1.source.t_in.pointer: \"/a~2b\" is not a JSON pointer: ~ is written ~0 and / in a name ~1 (RFC 6901)\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /a~}",
     "8:54: loops.dryer1.source.t_in.pointer: \"/a~\" is not a JSON pointer: ~ is written ~0 and / in a name ~1 (RFC 6901)\n"},
    {"15 degC", "{topic: a/b, unit: degC, time: {pointer: /ts, format: rfc3339}}",
     "8:51: loops.dryer1.source.t_in.time: only a JSON payload has a time: the value's pointer is missing beside it\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /v, time: {pointer: /ts}}",
     "8:64: loops.dryer1.source.t_in.time.format: is missing\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /v, time: {format: unix_s}}",
     "8:64: loops.dryer1.source.t_in.time.pointer: is missing\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /v, time: {pointer: /ts, format: unix}}",
     "8:87: loops.dryer1.source.t_in.time.format: \"unix\" is none of rfc3339, unix_s, unix_ms, unix_us, unix_ns, did you mean "
     "\"unix_s\"?\n"},
    {"15 degC", "{topic: a/b, unit: degC, pointer: /v, time: {pointer: \"\", format: unix_s}}",
     "8:64: loops.dryer1.source.t_in.time: the whole payload cannot be the time: its pointer is empty\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: [5, 5]}",
     "8:52: loops.dryer1.source.t_in.valid: low (5) is not below high (5)\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: [9, 5]}",
     "8:52: loops.dryer1.source.t_in.valid: low (9) is not below high (5)\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: [1]}",
     "8:52: loops.dryer1.source.t_in.valid: must be [low, high], two numbers in the signal's unit\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: 5}",
     "8:52: loops.dryer1.source.t_in.valid: must be [low, high], two numbers in the signal's unit\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: [1 degC, 2]}",
     "8:53: loops.dryer1.source.t_in.valid: \"1 degC\" is not a decimal number; valid is [low, high], two numbers in the "
     "signal's unit\n"},
    {"15 degC", "{topic: a/b, unit: degC, valid: [[1], 2]}",
     "8:53: loops.dryer1.source.t_in.valid: not a plain value; valid is [low, high], two numbers in the signal's unit\n"},
    {"15 degC", "{topic: a/b, unit: degC, stale_after: 0 s}",
     "8:58: loops.dryer1.source.t_in.stale_after: 0 s is outside [1 ms, 1000 a]\n"},
    {"15 degC", "{topic: a/b, unit: degC, stale_after: 60}",
     "8:58: loops.dryer1.source.t_in.stale_after: 60 has no unit; a duration is written in us, ms, s, min, h, d or a\n"},
    {"15 degC", "{topic: a/b, unit: degC, scale: 0}",
     "8:52: loops.dryer1.source.t_in.scale: a scale of 0 would make every value the same\n"},
    {"15 degC", "{topic: a/b, unit: degC, scale: 1e13}",
     "8:52: loops.dryer1.source.t_in.scale: 1e13 is outside [-1e+12, 1e+12]\n"},
    {"15 degC", "{topic: a/b, unit: degC, offset: 5 K}",
     "8:53: loops.dryer1.source.t_in.offset: \"5 K\" is not a decimal number\n"},
    {"15 degC", "{topic: a/b, unit: degC, tag: \"\"}", "8:50: loops.dryer1.source.t_in.tag: must not be empty\n"},
    {"15 degC", "{topic: a/b, unit: degC, on_bad: stopp}",
     "8:53: loops.dryer1.source.t_in.on_bad: \"stopp\" is neither stop nor hold nor a quantity to use instead\n"},
    {"15 degC", "{topic: a/b, unit: degC, on_bad: 5000 degC}",
     "8:53: loops.dryer1.source.t_in.on_bad: 5000 degC is outside [-100 degC, 2000 degC]\n"},
    {"15 degC", "{topic: a/b, unit: degC, on_bad: 20}",
     "8:53: loops.dryer1.source.t_in.on_bad: 20 has no unit; a temperature is written in degC, degF or K\n"},
    {"15 degC", "{topic: a/b, unit: degC, on_bad: 20 K, on_bad: hold}",
     "8:53: loops.dryer1.source.t_in.on_bad: 20 K is outside [173.15 K, 2273.15 K]\n"
     "8:59: loops.dryer1.source.t_in.on_bad: duplicate key \"on_bad\", first given in line 8\n"},
    {"0.55\n", "0.55\n      available: {topic: a, unit: \"%\"}\n",
     "12:35: loops.dryer1.heat_pump.available.unit: a switch (1/0, true/false) has no unit\n"},
};

#define SOURCE "{t_in: 15 degC}"

static const struct error_case flow_cases[] = {
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, medium: water}", ""},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, cp: 3.9 kJ/(kg K)}", ""},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, volume_flow: 5 m3/h, medium: water}", ""},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, volume_flow: 5 m3/h, medium: air, density: 1.293 kg/m3}", ""},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, volume_flow: 5 m3/h, cp: 3.9 kJ/(kg K), density: 1030 kg/m3}", ""},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 90 degC, heat_capacity_rate: 2 kW/K}, {t_out: 95 degC, mass_flow: 1 t/h, medium: water}, "
           "{latent: 120 degC, mass_flow: 1 t/h, medium: water}, {latent: 130 degC, mass_flow: 1 t/h, latent_heat: 900 kJ/kg}]}", ""},
    {SOURCE, "{t_in: 15 degC, volume_flow: 5 m3/s, medium: water, cooling_max: 3 K, body: {mass_flow: {topic: a, unit: t/h}, cp: 4 kJ/(kg K), cooling_max: 1 K}}", ""},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h}",
     "9:57: loops.dryer1.sink.mass_flow: needs medium (water or air) or cp: how much heat it carries is not known without\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, duty: 5 kW, medium: water, volume_flow: 5 m3/h}",
     "9:57: loops.dryer1.sink.mass_flow: is given beside duty; one of them says how much heat it is\n"
     "9:104: loops.dryer1.sink.volume_flow: is given beside duty; one of them says how much heat it is\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, duty: 5 kW, medium: water, cp: 4 kJ/(kg K)}",
     "9:66: loops.dryer1.sink.medium: is of no use without mass_flow or volume_flow\n"
     "9:77: loops.dryer1.sink.cp: is of no use without mass_flow or volume_flow\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, medium: water, cp: 4 kJ/(kg K), density: 1000 kg/m3}",
     "9:83: loops.dryer1.sink.cp: is given beside medium, of which it is built in\n"
     "9:105: loops.dryer1.sink.density: is of no use with mass_flow\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, volume_flow: 5 m3/h, medium: air}",
     "9:59: loops.dryer1.sink.volume_flow: needs density: what it weighs is built in of water alone\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, volume_flow: 5 m3/h, cp: 4 kJ/(kg K)}",
     "9:59: loops.dryer1.sink.volume_flow: needs density: what it weighs is built in of water alone\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 m3/h, medium: oil}",
     "9:57: loops.dryer1.sink.mass_flow: m3/h is the unit of a volume per time; a mass per time is written in kg/h, t/h or kg/s\n"
     "9:73: loops.dryer1.sink.medium: \"oil\" is none of water, air\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: -5 t/h, cp: 0 kJ/(kg K)}",
     "9:57: loops.dryer1.sink.mass_flow: -5 t/h is outside [0 t/h, 1000000000 t/h]\n"
     "9:69: loops.dryer1.sink.cp: 0 kJ/(kg K) is outside (0 kJ/(kg K), 100 kJ/(kg K)]\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, medium: [water]}",
     "9:72: loops.dryer1.sink.medium: must be a plain value, not a list\n"},
    {SINK, "{t_in: 55 degC, t_target: 95 degC, mass_flow: 5 t/h, medium: water, latent_heat: 5 kJ/kg}",
     "9:79: loops.dryer1.sink.latent_heat: unknown key \"latent_heat\"; known here: t_in, t_target, duty, heat_capacity_rate, mass_flow, "
     "volume_flow, medium, cp, density, curve\n"
     "9:92: loops.dryer1.sink.latent_heat: is of no use where nothing evaporates or condenses\n"},
    {SINK, "{curve: [{latent: 95 degC, heat_capacity_rate: 2 kW/K}]}",
     "9:20: loops.dryer1.sink.curve.0: duty, mass_flow or volume_flow is missing\n"
     "9:58: loops.dryer1.sink.curve.0.heat_capacity_rate: is given beside latent, where nothing gets warmer\n"},
    {SINK, "{curve: [{latent: 95 degC, mass_flow: 2 t/h, cp: 4 kJ/(kg K)}]}",
     "9:49: loops.dryer1.sink.curve.0.mass_flow: needs medium: water, or latent_heat: how much heat it carries is not known without\n"
     "9:60: loops.dryer1.sink.curve.0.cp: is of no use in a latent segment; that has a latent_heat\n"},
    {SINK, "{curve: [{latent: 95 degC, mass_flow: 2 t/h, medium: air}]}",
     "9:64: loops.dryer1.sink.curve.0.medium: nothing of it evaporates or condenses; of something else say latent_heat\n"},
    {SINK, "{curve: [{latent: 95 degC, mass_flow: 2 t/h, medium: water, latent_heat: 5 kJ/kg}]}",
     "9:84: loops.dryer1.sink.curve.0.latent_heat: is given beside medium, of which it is built in\n"},
    {SINK, "{curve: [{t_in: 5 degC, t_out: 95 degC, mass_flow: 2 t/h, medium: water, latent_heat: 5 kJ/kg}]}",
     "9:97: loops.dryer1.sink.curve.0.latent_heat: is of no use where nothing evaporates or condenses\n"},
    {SINK, "{curve: [{t_in: 5 degC, t_out: 95 degC, duty: 5 kW, heat_capacity_rate: 1 kW/K}]}",
     "9:83: loops.dryer1.sink.curve.0.heat_capacity_rate: is given beside duty; one of them says how much heat it is\n"},
    {SINK, "{mass_flow: 2 t/h, medium: water, curve: [{latent: 95 degC, duty: 2 kW}]}",
     "9:23: loops.dryer1.sink.mass_flow: is given beside curve, which takes its place\n"
     "9:38: loops.dryer1.sink.medium: is given beside curve, which takes its place\n"},
    {SOURCE, "{t_in: 15 degC, t_out: 10 degC, mass_flow: 5 t/h, medium: water}",
     "8:36: loops.dryer1.source.t_out: is given beside mass_flow, from which the outlet follows\n"},
    {SOURCE, "{t_in: 15 degC, mass_flow: 5 t/h, heat_capacity_rate: 5 kW/K, cp: 4 kJ/(kg K)}",
     "8:40: loops.dryer1.source.mass_flow: is given beside heat_capacity_rate; one of them says how much heat it is\n"},
    {SOURCE, "{t_in: 15 degC, body: {volume_flow: 5 m3/s, cooling_max: 1 K}}",
     "8:49: loops.dryer1.source.body.volume_flow: needs medium (water or air) or cp: how much heat it carries is not known without\n"
     "8:49: loops.dryer1.source.body.volume_flow: needs density: what it weighs is built in of water alone\n"},
    {SOURCE, "{t_in: 15 degC, medium: water, cooling_max: 3 K}",
     "8:37: loops.dryer1.source.medium: is of no use without mass_flow or volume_flow\n"
     "8:57: loops.dryer1.source.cooling_max: needs heat_capacity_rate, mass_flow or volume_flow: how far the source cools is not known "
     "without\n"},
};

static const struct error_case contradictions_cases[] = {
    {SINK, "{t_target: 230 degC, duty: 1 kW}", "9:11: loops.dryer1.sink.t_in: is missing\n"},
    {SINK, "{t_in: 55 degC, duty: 1 kW}", "9:11: loops.dryer1.sink.t_target: is missing\n"},
    {SINK, "{t_in: 55 degC, t_target: 230 degC}", "9:11: loops.dryer1.sink: duty, heat_capacity_rate, mass_flow or volume_flow is missing\n"},
    {SINK, "{}",
     "9:11: loops.dryer1.sink.t_in: is missing\n"
     "9:11: loops.dryer1.sink.t_target: is missing\n"
     "9:11: loops.dryer1.sink: duty, heat_capacity_rate, mass_flow or volume_flow is missing\n"},
    {SINK, "{t_in: 55 degC, t_target: 230 degC, duty: 1 kW, heat_capacity_rate: 1 kW/K}",
     "9:79: loops.dryer1.sink.heat_capacity_rate: is given beside duty; one of them says how much heat it is\n"},
    {SINK, "{t_in: 55 degC, t_target: 50 degC, duty: 1 kW}", "9:37: loops.dryer1.sink.t_target: is below t_in\n"},
    {SINK, "{t_in: 5 degC, t_target: 10 degC, duty: 1 kW}",
     "8:20: loops.dryer1.source.t_in: the source is not below what the sink has to reach: no heat pump is needed\n"},
    {"15 degC", "300 degC",
     "8:20: loops.dryer1.source.t_in: the source is not below what the sink has to reach: no heat pump is needed\n"},
    {"{t_in: 15 degC}", "{t_in: 15 degC, t_out: 16 degC}",
     "8:36: loops.dryer1.source.t_out: the source would leave the evaporator warmer than it enters (t_in)\n"},
    {SINK, "{t_in: 55 degC, curve: []}", "9:34: loops.dryer1.sink.curve: has 0 segments; 1 to 32 are possible\n"},
    {SINK, "{curve: {}}", "9:19: loops.dryer1.sink.curve: must be a list of segments, not a mapping\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 90 degC}]}", "9:35: loops.dryer1.sink.curve.0: duty, heat_capacity_rate, mass_flow or volume_flow is missing\n"},
    {SINK, "{t_in: 55 degC, curve: [{duty: 1 kW}]}", "9:35: loops.dryer1.sink.curve.0: t_out or latent is missing\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 90 degC, latent: 90 degC, duty: 1 kW}]}",
     "9:43: loops.dryer1.sink.curve.0.t_out: is given beside latent; a segment has one of them\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_in: 80 degC, latent: 90 degC, duty: 1 kW}]}",
     "9:42: loops.dryer1.sink.curve.0.t_in: is given beside latent, which is the one temperature of its segment\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 50 degC, duty: 1 kW}]}",
     "9:43: loops.dryer1.sink.curve.0.t_out: the curve falls here; segments stand in heating order\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 90 degC, duty: 1 kW}, {latent: 80 degC, duty: 1 kW}]}",
     "9:74: loops.dryer1.sink.curve.1.latent: the curve falls here; segments stand in heating order\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_out: 90 degC, duty: 1 kW}, {t_in: 80 degC, t_out: 100 degC, duty: 1 kW}]}",
     "9:72: loops.dryer1.sink.curve.1.t_in: the curve falls here; segments stand in heating order\n"},
    {SINK, "{t_in: 55 degC, curve: [{t_in: 50 degC, t_out: 60 degC, duty: 1 kW}]}",
     "9:42: loops.dryer1.sink.curve.0.t_in: the curve falls here; segments stand in heating order\n"},
    {SINK, "{curve: [{t_out: 90 degC, duty: 1 kW}]}",
     "9:20: loops.dryer1.sink.curve.0: nothing says where the curve begins: t_in is missing, here or in sink\n"},
    {SINK, "{t_in: 55 degC, curve: [1 kW]}", "9:35: loops.dryer1.sink.curve.0: must be a mapping of keys, not a plain value\n"},
    {SINK, "{curve: [{latent: 10 degC, duty: 1 kW}]}",
     "8:20: loops.dryer1.source.t_in: the source is not below what the sink has to reach: no heat pump is needed\n"},
    {SINK, "{t_in: 55 degC, curve: [{latent: 90 degC, duty: 1 kW}], t_target: 230 degC, duty: 1 kW}",
     "9:77: loops.dryer1.sink.t_target: is given beside curve, which takes its place\n"
     "9:93: loops.dryer1.sink.duty: is given beside curve, which takes its place\n"},
    {"0.55\n", "0.55\n      min_load: 20 %\n",
     "12:17: loops.dryer1.heat_pump.min_load: is a share of capacity, which is missing\n"},
    {"cost\n", "cost\n    setpoint: {min: 90 degC, max: 80 degC}\n", "13:21: loops.dryer1.setpoint.min: is above max\n"},
    {"price: 132 EUR/MWh, ", "", "12:16: loops.dryer1.objective: cost needs market.electricity.price\n"},
    {", carbon: 213.7 kg/MWh", ", co2_price: 80 EUR/t",
     "12:16: loops.dryer1.objective: cost needs market.fuel.carbon to count market.fuel.co2_price\n"},
    {", carbon: 213.7 kg/MWh}\n", ", co2_price: 0 EUR/t}\n", ""},
    {"carbon: 406 kg/MWh", "adders: 1 EUR/MWh", ""},
    {"cost\n", "blend\n", "12:16: loops.dryer1.objective: blend needs a carbon_value above 0\n"},
    {"cost\n", "blend\n    carbon_value: 0 EUR/t\n", "13:19: loops.dryer1.carbon_value: blend needs a carbon_value above 0\n"},
    {"loops:\n", "loops: {}\nx:\n",
     "6:8: loops: there must be at least one loop\n"
     "7:1: x: unknown key \"x\"; known here: site, zone, mqtt, publish, commands, store, market, demand, loops\n"},
    {"loops:\n", "loops: []\nx:\n",
     "6:8: loops: must be a mapping of loops by name, not a list\n"
     "7:1: x: unknown key \"x\"; known here: site, zone, mqtt, publish, commands, store, market, demand, loops\n"},
};

static const struct error_case yaml_cases[] = {
    {"site: dresden", "site: &a dresden", "1:7: YAML anchors (&) and tags (!) are not supported\n"},
    {"site: dresden", "site: *a", "1:7: YAML aliases are not supported: write the value again\n"},
    {"site: dresden", "site: !!str dresden", "1:7: YAML anchors (&) and tags (!) are not supported\n"},
    {"market:\n", "market: &m\n", "3:9: YAML anchors (&) and tags (!) are not supported\n"},
    {"  fuel:", "\tfuel:", "5:1: no value can begin here (a tab may not indent; @, ` and % need quotes)\n"},
    {"{t_in: 15 degC}", "{t_in: 15 degC", "9:9: did not find expected ',' or '}' (while parsing a flow mapping from line 8)\n"},
    {"site: dresden", "site: \"dresden", "13:1: found unexpected end of stream (while scanning a quoted scalar from line 1)\n"},
    {"site: dresden", "site: dresden\n---\na: b", "2:1: a second document begins here; a configuration is one\n"},
    {"site: dresden", "site: \"a\\0b\"", "1:7: there is a NUL in this text\n"},
    {"site: dresden", "? [a]\n: b", "1:3: a key must be a plain word\n"},
    {"site: dresden", "site: a: b", "1:8: mapping values are not allowed in this context\n"},
    {"site: dresden", "site: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     "1:38: nested too deep\n"},
    {"site: dresden", "site: @x", "1:7: no value can begin here (a tab may not indent; @, ` and % need quotes)\n"},
    {"site: dresden", "- dresden", "2:1: did not find expected '-' indicator (while parsing a block collection from line 1)\n"},
    {"site: dresden\n", "site: dresden\n   mqtt: {}\n", "2:8: mapping values are not allowed in this context\n"},
};

/* After "objective: cost" in line 12. */
#define SETPOINT(keys) "objective: cost\n    setpoint: {" keys "}"

static const struct error_case pacing_cases[] = {
    {"objective: cost", SETPOINT("deadband: 1 %, ramp: 2 K/min, min_on: 30 min, min_off: 15 min, max_starts: 24, start_above: 5 EUR/h, "
                                 "stop_below: 1 EUR/h, start_delay: 5 min, stop_delay: 0 s, bad_inputs: {hold: 10 min, then: fallback}, "
                                 "fallback: 90 degC, min: 60 degC, max: 200 degC"), ""},
    {"objective: cost", SETPOINT("deadband: 101 %"), "13:26: loops.dryer1.setpoint.deadband: 101 % is outside (0 %, 100 %]\n"},
    {"objective: cost", SETPOINT("deadband: 0.5"),
     "13:26: loops.dryer1.setpoint.deadband: 0.5 has no unit; a temperature difference is written in K\n"},
    {"objective: cost", SETPOINT("ramp: 2 K"),
     "13:22: loops.dryer1.setpoint.ramp: K is the unit of a temperature; a rate of temperature is written in K/min, K/s or K/h\n"},
    {"objective: cost", SETPOINT("ramp: 0 K/min"), "13:22: loops.dryer1.setpoint.ramp: 0 K/min is outside (0 K/min, 60000 K/min]\n"},
    {"objective: cost", SETPOINT("min_on: 25 h"), "13:24: loops.dryer1.setpoint.min_on: 25 h is outside [0 s, 1 d]\n"},
    {"objective: cost", SETPOINT("max_starts: 1.5"), "13:28: loops.dryer1.setpoint.max_starts: 1.5 is not a whole number\n"},
    {"objective: cost", SETPOINT("max_starts: 0"), "13:28: loops.dryer1.setpoint.max_starts: 0 is outside [1, 24]\n"},
    {"objective: cost", SETPOINT("max_starts: 25"), "13:28: loops.dryer1.setpoint.max_starts: 25 is outside [1, 24]\n"},
    {"objective: cost", SETPOINT("start_above: 5"),
     "13:29: loops.dryer1.setpoint.start_above: \"5\" is none of money per time (EUR/h), a mass per time (kg/h, t/h or kg/s), a share of the "
     "reference (%)\n"},
    {"objective: cost", SETPOINT("start_above: -1 EUR/h"), "13:29: loops.dryer1.setpoint.start_above: -1 EUR/h is below 0\n"},
    {"objective: cost", SETPOINT("start_above: 5 kg/h"),
     "13:29: loops.dryer1.setpoint.start_above: an objective of money is judged in EUR/h\n"},
    {"objective: cost", "objective: carbon\n    setpoint: {start_above: 5 EUR/h, stop_below: 0.001 t/h}",
     "13:29: loops.dryer1.setpoint.start_above: an objective of carbon is judged in kg/h, t/h or kg/s\n"},
    {"objective: cost", "objective: carbon\n    setpoint: {start_above: 5 kg/h, stop_below: 0.001 t/h}", ""},
    {"objective: cost", SETPOINT("stop_below: 1 EUR/h"),
     "13:28: loops.dryer1.setpoint.stop_below: needs a start_above, else it would start and stop for ever\n"},
    {"objective: cost", SETPOINT("start_above: 2 %, stop_below: 1 EUR/h"),
     "13:46: loops.dryer1.setpoint.stop_below: is not of the same kind as start_above\n"},
    {"objective: cost", SETPOINT("start_above: 2 %, stop_below: 3 %"), "13:46: loops.dryer1.setpoint.stop_below: is above start_above\n"},
    {"objective: cost", "objective: cost_break_even\n    setpoint: {deadband: 1 %}",
     "13:26: loops.dryer1.setpoint.deadband: a break-even saves nothing to have a share of; give a difference in K\n"},
    {"objective: cost", SETPOINT("bad_inputs: {then: fallback}"),
     "13:28: loops.dryer1.setpoint.bad_inputs: then: fallback needs a fallback beside it, a temperature\n"},
    {"objective: cost", SETPOINT("bad_inputs: {then: stop}"),
     "13:35: loops.dryer1.setpoint.bad_inputs.then: \"stop\" is none of off, fallback\n"},
    {"objective: cost", SETPOINT("fallback: 90 degC, min: 95 degC"), "13:26: loops.dryer1.setpoint.fallback: is below min\n"},
    {"objective: cost", SETPOINT("fallback: 90 degC, max: 85 degC"),
     "13:26: loops.dryer1.setpoint.fallback: is above what max and heat_pump.t_max allow\n"},
};

#define ENVELOPE(keys) "0.55\n", "0.55\n      envelope: {" keys "}\n"
static const struct error_case envelope_cases[] = {
    {ENVELOPE("capacity: [[-10 degC, 0 kW], [10 degC, 2 MW]], t_max: [[0 degC, 90 degC]], t_source_min: -5 degC, sink_rate_min: 1 kW/K"), ""},
    {ENVELOPE("ambient: {topic: a, unit: degC}, t_ambient_min: {topic: b, unit: degC}, hysteresis: 2 K"), ""},
    {"0.55\n", "0.55\n      min_load: 20 %\n      envelope: {capacity: [[0 degC, 1 MW]]}\n", ""},
    {ENVELOPE("capacity: 2 MW"), "12:28: loops.dryer1.heat_pump.envelope.capacity: must be a list of points, not a plain value\n"},
    {ENVELOPE("capacity: []"), "12:28: loops.dryer1.heat_pump.envelope.capacity: has 0 points; 1 to 16 are possible\n"},
    {ENVELOPE("capacity: [1 MW]"), "12:29: loops.dryer1.heat_pump.envelope.capacity.0: must be [temperature of the source, a power]\n"},
    {ENVELOPE("t_max: [[0 degC, 80 degC, 1]]"),
     "12:26: loops.dryer1.heat_pump.envelope.t_max.0: must be [temperature of the source, a temperature]\n"},
    {ENVELOPE("capacity: [[0 degC, 80 degC], [0, 1 MW], [-300 degC, 1 MW]]"),
     "12:38: loops.dryer1.heat_pump.envelope.capacity.0: degC is the unit of a temperature; a power is written in W, kW, MW or GJ/h\n"
     "12:49: loops.dryer1.heat_pump.envelope.capacity.1: 0 has no unit; a temperature is written in degC, degF or K\n"
     "12:60: loops.dryer1.heat_pump.envelope.capacity.2: -300 degC is outside [-100 degC, 2000 degC]\n"},
    {ENVELOPE("capacity: [[10 degC, 2 MW], [-10 degC, 1 MW]]"),
     "12:46: loops.dryer1.heat_pump.envelope.capacity.1: the temperature of the source must rise from one point to the next\n"},
    {ENVELOPE("t_ambient_min: -20 degC"), "12:33: loops.dryer1.heat_pump.envelope.t_ambient_min: needs ambient, which it is compared with\n"},
    {ENVELOPE("ambient: 5 degC"), "12:27: loops.dryer1.heat_pump.envelope.ambient: is of no use without t_ambient_min\n"},
    {ENVELOPE("source_rate_min: 50 kW/K"),
     "12:35: loops.dryer1.heat_pump.envelope.source_rate_min: needs source.heat_capacity_rate, mass_flow or volume_flow, with which it is compared\n"},
    {ENVELOPE("t_source_min: 5 degC, t_source_max: 0 degC"), "12:32: loops.dryer1.heat_pump.envelope.t_source_min: is above t_source_max\n"},
    {ENVELOPE("hysteresis: 2 degC"),
     "12:30: loops.dryer1.heat_pump.envelope.hysteresis: degC is the unit of a temperature; a temperature difference is written in K\n"},
    {ENVELOPE("t_source: 5 degC"),
     "12:18: loops.dryer1.heat_pump.envelope.t_source: unknown key \"t_source\", did you mean \"t_source_min\"?\n"},
};

static void check_cases(const struct error_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = strstr(valid, cases[i].from);
		char *text = NULL, *said;
		struct config *config;

		assert_non_null(at);
		assert_true(asprintf(&text, "%.*s%s%s", (int)(at - valid), valid, cases[i].to, at + strlen(cases[i].from)) > 0);
		config = load_text(text, strlen(text), &said);
		assert_string_equal(said, cases[i].expected);
		assert_int_equal(config != NULL, !*cases[i].expected);
		config_free(config);
		free(said);
		free(text);
	}
}

static void test_keys(void **state)
{
	(void)state;
	check_cases(keys_cases, LENGTH(keys_cases));
}

static void test_pacing(void **state)
{
	(void)state;
	check_cases(pacing_cases, LENGTH(pacing_cases));
}

static void test_broker(void **state)
{
	(void)state;
	check_cases(broker_cases, LENGTH(broker_cases));
}

static void test_quantities(void **state)
{
	(void)state;
	check_cases(quantities_cases, LENGTH(quantities_cases));
}

static void test_signals(void **state)
{
	(void)state;
	check_cases(signals_cases, LENGTH(signals_cases));
}

static void test_flows(void **state)
{
	(void)state;
	check_cases(flow_cases, LENGTH(flow_cases));
}

static void test_contradictions(void **state)
{
	(void)state;
	check_cases(contradictions_cases, LENGTH(contradictions_cases));
}

static void test_envelope(void **state)
{
	(void)state;
	check_cases(envelope_cases, LENGTH(envelope_cases));
}

static void test_yaml(void **state)
{
	(void)state;
	check_cases(yaml_cases, LENGTH(yaml_cases));
}

/* All that is wrong is told in one run, in the order of the file. */
static void test_many(void **state)
{
	char *expected = file_text(TESTS_DIR "/data/config/many_errors.txt");
	char *text = file_text(TESTS_DIR "/data/config/many_errors.yaml");
	char *said;

	(void)state;
	assert_null(load_text(text, strlen(text), &said));
	assert_string_equal(said, expected);
	free(said);
	free(text);
	free(expected);
}

/* The name of the file is told as it was given, at each line. */
static void test_name_of_file(void **state)
{
	char *said = NULL;
	size_t len = 0;
	FILE *errors = open_memstream(&said, &len);

	(void)state;
	assert_null(config_load(TESTS_DIR "/data/config/one_error.yaml", errors));
	fclose(errors);
	assert_string_equal(said, TESTS_DIR "/data/config/one_error.yaml:12:26: "
	                                    "loops.dryer1.heat_pump.lorenz_efficiency: 1.4 is outside (0, 1]\n");
	free(said);
}

/* Texts of any length and any bytes in them give one line of UTF-8 each. */
static void test_long_texts(void **state)
{
	static const char head[] = "site: x\nloops: {a: 1, \"", tail[] = "\\n\\x01\": 2}\n";
	char *text = malloc(100000), *said;
	size_t n = 0;

	(void)state;
	strcpy(text, head);
	for (size_t i = 0; i < 300; i++)
		strcat(text, "\xc3\xa4");
	strcat(text, tail);
	assert_null(load_text(text, strlen(text), &said));
	for (const char *c = said; *c; c++) {
		n += *c == '\n';
		assert_true(*c == '\n' || (unsigned char)*c >= 0x20);
	}
	assert_int_equal(n, 3);
	free(said);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),    cmocka_unit_test(test_pacing), cmocka_unit_test(test_broker),         cmocka_unit_test(test_quantities),
	    cmocka_unit_test(test_signals), cmocka_unit_test(test_contradictions), cmocka_unit_test(test_flows), cmocka_unit_test(test_yaml), cmocka_unit_test(test_envelope),
	    cmocka_unit_test(test_many),    cmocka_unit_test(test_name_of_file),   cmocka_unit_test(test_long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
