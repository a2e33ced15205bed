"""Inputs in, decisions out, and all of it again from the history: the spray dryer of the published case."""
import json
import os
import time
import unittest

import method
import payloads
from harness import SLOW, TIMEOUT, SystemTest, service, stamp, stamp_us, subscribed, tool, until
from plant import DRYER, FEED, PREFIX, RETAINED, configuration, dryer, live, merged, points, setpoint, state

# The published table: outlet degC, electrification %, COP, savings %, emissions avoided %, kW. Digits as printed.
PRINTED = {
    ("cost", "optimal"): (111, 32, 2.9, 7.8, 11.1, 1536),
    ("cost", "break_even"): (173, 67, 2.2, 0.0, 9.2, 3230),
    ("carbon", "optimal"): (132, 44, 2.6, 6.7, 11.9, 2121),
    ("carbon", "break_even"): (221, 95, 1.9, -14.9, 0.0, 4544),
}
RATES = {"cost": (132.0, 60.0), "carbon": (406.0, 213.7)}
SIGNALS = {
    "loops.dryer1.source.t_in": (15.0, "degC"),
    "loops.dryer1.sink.t_in": (55.0, "degC"),
    "market.electricity.price": (132.0, "EUR/MWh"),
    "market.electricity.carbon": (406.0, "g/kWh"),
    "market.fuel.price": (60.0, "EUR/MWh"),
}


class Feed(SystemTest):
    """The daemon is fed once; every test looks at another side of what came out."""

    version = "5"

    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench()
        cls.wire = cls.box.wire()
        loops = {"dryer1": merged(DRYER, {"setpoint": {"deadband": "0 K"}})}
        cls.daemon = cls.box.daemon(configuration(cls.box.broker.port, loops, mqtt={"version": cls.version}, publish={"interval": "0.2 s"}))
        cls.daemon.start()
        cls.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        cls.wire.feed()
        cls.fed = cls.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        cls.points = cls.wire.wait(points("dryer1"), lambda m: m["cause_ts"] == cls.fed["cause_ts"])
        cls.state = cls.wire.wait(state("dryer1"), lambda m: m["quality"] == "good")

    def test_every_payload_keeps_to_its_schema(self):
        self.check_all(self.wire)

    def test_setpoint_is_the_published_optimum(self):
        expected = {"hp_on": True, "objective": "cost", "mode": "auto", "quality": "good", "quality_code": 192, "reason": "optimum"}
        self.assertEqual({key: self.fed[key] for key in expected}, expected)
        dryer1 = method.Stream()
        q = dryer1.optimum(132.0, 60.0)
        for name, value, tolerance in (("t_sink_out_c", method.celsius(dryer1.outlet(q)), 1e-3),
                                       ("t_sink_out_expected_c", method.celsius(dryer1.outlet(q)), 1e-3),
                                       ("q_sink_kw", q, 1e-3), ("p_elec_kw", dryer1.power(q), 1e-3), ("cop", q / dryer1.power(q), 1e-3)):
            self.assertNear(self.fed[name], value, tolerance, name)
        self.assertEqual(round(self.fed["t_sink_out_c"]), 111)
        valid = stamp_us(self.fed["valid_until"]) - stamp_us(self.fed["ts"])
        self.assertNear(valid, 120e6, 1e6, "valid_until - ts")

    def test_points_are_the_published_ones(self):
        for (objective, kind), (t_out, electrification, cop, savings, carbon, q) in PRINTED.items():
            point = self.points[objective][kind]
            with self.subTest(point=f"{objective} {kind}"):
                self.assertEqual(round(point["t_sink_out_c"]), t_out)
                self.assertNear(100.0 * point["electrification"], electrification, 0.6, "electrification")
                self.assertEqual(round(point["cop"], 1), cop)
                self.assertNear(point["cost_savings_pct"], savings, 0.06 + 0.01 * abs(savings), "cost_savings_pct")
                self.assertNear(point["carbon_savings_pct"], carbon, 0.06 + 0.01 * abs(carbon), "carbon_savings_pct")
                self.assertNear(point["q_sink_kw"], q, 0.01 * q, "q_sink_kw")
                self.assertEqual(point["limited_by"], "none")

    def test_points_are_exact(self):
        dryer1 = method.Stream()
        for objective, rates in RATES.items():
            self.assertNear(self.points[objective]["ratio"], rates[0] / rates[1], 1e-5, "ratio")
            for kind, q in (("optimal", dryer1.optimum(*rates)), ("break_even", dryer1.break_even(*rates))):
                point = self.points[objective][kind]
                cost, carbon = dryer1.savings(q, *RATES["cost"]), dryer1.savings(q, *RATES["carbon"])
                expected = {
                    "t_sink_out_c": method.celsius(dryer1.outlet(q)), "t_free_c": method.celsius(dryer1.outlet(q)),
                    "electrification": q / 4800.0, "cop": q / dryer1.power(q), "q_sink_kw": q, "p_elec_kw": dryer1.power(q),
                    "cost_savings_eur_h": cost, "cost_savings_pct": cost / 2.88, "carbon_savings_kg_h": carbon,
                    "carbon_savings_pct": carbon / 10.2576,
                }
                for name, value in expected.items():
                    self.assertNear(point[name], value, 6e-4, f"{objective}.{kind}.{name}")

    def test_points_name_their_inputs(self):
        expected = {
            "source_t_in_c": 15.0, "source_t_out_c": 15.0, "sink_t_in_c": 55.0, "sink_t_target_c": 230.0, "duty_kw": 4800.0,
            "price_elec_eur_mwh": 132.0, "price_heat_eur_mwh": 60.0, "carbon_elec_kg_mwh": 406.0, "carbon_heat_kg_mwh": 213.7,
            "eta_lorenz": 0.55,
        }
        for name, value in expected.items():
            self.assertNear(self.points["inputs"][name], value, 1e-6, name)

    def test_figures_have_three_decimals(self):
        for name in ("q_sink_kw", "p_elec_kw", "cop"):      # t_sink_out_c is 111.05 exactly
            text = self.fed.payload.decode().split(f'"{name}":')[1].strip().split(",")[0]
            self.assertGreaterEqual(len(text.split(".")[1]), 3, f"{name} is printed as {text}")

    def test_state_tells_of_each_signal(self):
        inputs = self.state["inputs"]
        self.assertEqual(set(inputs), set(SIGNALS))
        for name, (value, unit) in SIGNALS.items():
            signal = inputs[name]
            self.assertEqual((signal["value"], signal["unit"], signal["quality"], signal["rejected"]), (value, unit, "good", 0), name)
            self.assertLess(abs(stamp_us(signal["last_ts"]) / 1e6 - time.time()), 120.0)

    def test_setpoint_row_equals_what_went_out(self):
        def row():
            found = self.daemon.query(f"SELECT * FROM setpoints WHERE loop = 'dryer1' AND seq = {self.fed['seq']}")
            return found and found[0]
        row = until(row, "the setpoint is in the history", timeout=max(0.0, self.fed.at + 1.0 * SLOW - time.monotonic()))
        self.assertEqual(row["ts_us"], stamp_us(self.fed["ts"]))
        for name, value in self.fed.document.items():
            if name == "hp_on":
                self.assertEqual(bool(row[name]), value)
            elif isinstance(value, float):
                self.assertNear(row[name], value, 1e-9 * max(1.0, abs(value)), name)
            else:
                self.assertEqual(row[name], value, name)

    def test_setpoint_is_in_the_history_within_a_second(self):
        mark = self.wire.mark()
        self.wire.publish("plant/source_in", "15.0")
        came = self.wire.wait(setpoint("dryer1"), after=mark)
        until(lambda: self.daemon.query(f"SELECT 1 FROM setpoints WHERE loop = 'dryer1' AND ts = '{came['ts']}'"),
              "the setpoint is in the history", timeout=came.at + 1.0 * SLOW - time.monotonic())

    def test_points_are_in_the_history(self):
        rows = until(lambda: self.daemon.query(f"SELECT * FROM operating_points WHERE loop = 'dryer1' AND ts = '{self.points['ts']}'"),
                     "the points are in the history", timeout=2.0 * SLOW)
        kinds = {"cost_optimal", "cost_break_even", "carbon_optimal", "carbon_break_even"}
        self.assertEqual({row["kind"] for row in rows}, kinds)
        for row in rows:
            objective, kind = row["kind"].split("_", 1)
            self.assertEqual(row["ts_us"], stamp_us(self.points["ts"]))
            for name, value in self.points[objective][kind].items():
                if isinstance(value, float):
                    self.assertNear(row[name], value, 1e-9 * max(1.0, abs(value)), name)
                else:
                    self.assertEqual(row[name], value, name)

    def test_samples_are_in_the_history(self):
        rows = self.daemon.query("SELECT * FROM samples ORDER BY ts_us")
        for name, (value, unit) in SIGNALS.items():
            first = next(row for row in rows if row["signal"] == name)
            self.assertEqual((first["value"], first["unit"], first["quality"]), (value, unit, "good"), name)
            self.assertEqual(first["ts_us"], stamp_us(first["ts"]))

    def test_runs_tell_of_this_one(self):
        runs = self.daemon.query("SELECT * FROM runs")
        health = payloads.parse(self.wire.last(f"{PREFIX}/health").payload)
        self.assertEqual(len(runs), 1)
        self.assertIsNone(runs[0]["ended"])
        self.assertEqual((runs[0]["version"], runs[0]["config_hash"]), (health["version"], health["config_hash"]))
        with open(self.daemon.config_path, encoding="utf-8") as file:
            self.assertEqual(runs[0]["config"], file.read())
        self.assertIn(health["version"], service("--version").stdout)
        self.assertEqual((health["store"], health["lost_rows"], health["rejected_topics"]), ("ok", 0, []))

    def test_events_have_their_columns(self):
        rows = self.daemon.query("SELECT ts, ts_us, loop, severity, code, message FROM events")
        for row in rows:
            self.assertEqual(row["ts_us"], stamp_us(row["ts"]))
            self.assertTrue(row["code"] and row["message"], row)

    def test_hourly_view_has_its_columns(self):
        self.daemon.query("SELECT hour, hour_us, signal, unit, n, min, mean, max, last FROM samples_hourly")

    def test_all_but_the_heartbeat_is_retained(self):
        self.assertEqual(set(subscribed(self.box.broker.port, PREFIX + "/#", enough=len(RETAINED))), RETAINED)

    def test_online_comes_after_the_subscriptions(self):
        log = self.box.broker.log_text().splitlines()
        acknowledged = next(i for i, line in enumerate(log) if "Sending SUBACK to lorenzd-dresden" in line)
        online = next(i for i, line in enumerate(log) if "Received PUBLISH from lorenzd-dresden" in line and f"{PREFIX}/status'" in line)
        self.assertLess(acknowledged, online)
        asked = sum("Received SUBSCRIBE from lorenzd-dresden" in line for line in log[:online])
        self.assertEqual(sum("Sending SUBACK to lorenzd-dresden" in line for line in log[:online]), asked)

    def test_protocol_version_is_the_configured_one(self):
        line = next(line for line in self.box.broker.log_text().splitlines() if "as lorenzd-dresden" in line)
        self.assertIn("p5" if self.version == "5" else "p2", line)

    def test_every_decision_counts_and_its_stamp_rises(self):
        mark, first = self.wire.mark(), self.wire.last(setpoint("dryer1"))
        for price in (131.0, 130.0, 129.0, 128.0, 127.0):
            self.wire.publish("market/spot", f'{{"price": {price}}}')
        last = self.wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] > 116.0, after=mark)
        came = [first, *self.wire.all(setpoint("dryer1"), mark)]
        for earlier, later in zip(came, came[1:]):
            self.assertEqual(later["seq"], earlier["seq"] + 1)
            self.assertGreater(later["ts"], earlier["ts"])
        self.assertEqual(last["seq"], came[-1]["seq"])
        self.wire.publish("market/spot", '{"price": 132}')
        self.wire.wait(setpoint("dryer1"), lambda m: abs(m["t_sink_out_c"] - 111.05) < 0.01, after=mark)

    def test_status_of_the_tool_leaves_the_service_alone(self):
        mark = self.wire.mark()
        done = tool("status", "--config", self.daemon.config_path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("dryer1", done.stdout)
        self.assertIn("online", done.stdout)
        self.wire.publish("plant/source_in", "15.0")
        self.wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual([m for m in self.wire.all(f"{PREFIX}/status", mark)], [], "the service lost its connection")

    def test_history_of_the_tool(self):
        def rows():
            done = tool("history", "--db", self.daemon.database, "setpoints", "--loop", "dryer1", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            return self.fed["ts"] in [row["ts"] for row in json.loads(done.stdout)]
        until(rows, "the tool shows the setpoint", timeout=2.0 * SLOW)

    def test_the_tool_says_what_the_service_does(self):
        given = [f"--set={name}={value}{unit}" for name, (value, unit) in SIGNALS.items()]
        done = tool("solve", "--config", self.daemon.config_path, "--loop", "dryer1", "--json", *given)
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        for objective, kind in PRINTED:
            for name, value in self.points[objective][kind].items():
                if isinstance(value, float):
                    self.assertNear(answer[objective][kind][name], value, 1e-6, f"{objective} {kind} {name}")
                else:
                    self.assertEqual(answer[objective][kind][name], value)

    @unittest.skipIf(os.geteuid(), "needs root to become another user")
    def test_another_user_of_the_group_can_read_the_history(self):
        group = os.stat(self.daemon.database).st_gid
        until(lambda: self.daemon.query("SELECT 1 FROM setpoints", user=65534, group=group, extra_groups=[]), "the setpoints are seen")
        self.assertEqual(os.stat(self.daemon.database).st_mode & 0o007, 0, "others than the group may read it")


class FeedMqtt311(Feed):
    """All of it once more on the older protocol."""

    version = "3.1.1"


class Cause(SystemTest):
    """The newest sample that a decision was computed from is named by its own time stamp."""

    def test_cause_is_the_sample_in_the_payload(self):
        box = self.bench()
        wire = box.wire()
        price = live("market/spot", pointer="/price", unit="EUR/MWh", time="{pointer: /ts, format: rfc3339}")
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()}, market={"electricity": {"price": price}}))
        daemon.start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        old = stamp(time.time() - 1.0)
        wire.feed({**FEED, "market/spot": f'{{"price": 132, "ts": "{old}"}}'})
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        now = stamp(time.time())
        mark = wire.mark()
        wire.publish("market/spot", f'{{"price": 100, "ts": "{now}"}}')
        came = wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual((came["cause_ts"], came["cause_us"]), (now, stamp_us(now)))
        wire.wait(points("dryer1"), lambda m: m["cause_ts"] == now, after=mark)
        rows = until(lambda: daemon.query(f"SELECT value FROM samples WHERE signal = 'market.electricity.price' AND ts_us = {stamp_us(now)}"),
                     "the sample is in the history", timeout=TIMEOUT)
        self.assertEqual(rows[0]["value"], 100.0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
