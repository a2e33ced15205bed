"""Two hundred loops on one price, the heartbeat of the loop that computes them, and inputs in many forms and in bursts."""
import time
import unittest

import method
from harness import SLOW, SystemTest, stamp, stamp_us, until
from plant import PREFIX, configuration, dryer, live, merged, setpoint, state

N = 200
LOOPS = {f"dryer{i}": dryer(heat_pump={"lorenz_efficiency": 0.4 + 0.001 * i}, setpoint={"deadband": "0 K"}) for i in range(N)}


class Many(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench()
        cls.wire = cls.box.wire()
        cls.daemon = cls.box.daemon(configuration(cls.box.broker.port, LOOPS)).start()
        cls.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        cls.wire.feed()
        for loop in LOOPS:
            cls.wire.wait(setpoint(loop), lambda m: m["quality"] == "good")

    def test_a_price_reaches_every_loop_within_a_second(self):
        for price in (100.0, 120.0, 90.0):
            mark, sent, now = self.wire.mark(), time.monotonic(), time.time()
            self.wire.publish("market/spot", f'{{"price": {price}}}')
            slowest = 0.0
            for i, loop in enumerate(LOOPS):
                expected = method.celsius(method.Stream(eta=0.4 + 0.001 * i).free_optimum(price / 60.0))
                came = self.wire.wait(setpoint(loop), lambda m, t=expected: abs(m["t_sink_out_c"] - t) < 1e-3, after=mark)
                slowest = max(slowest, came.at - sent)
            self.assertLess(slowest, 1.0 * SLOW, "seconds until the last loop followed")
            until(lambda us=int(now * 1e6): self.daemon.query(f"SELECT count(*) AS n FROM setpoints WHERE ts_us > {us}")[0]["n"] >= N,
                  "every one of them is in the history", timeout=1.5 * SLOW)

    def test_heartbeat(self):
        """Every ten seconds, from the computing loop, not retained (check_all), the count rises."""
        topic = f"{PREFIX}/heartbeat"
        first = self.wire.wait(topic, timeout=12.0 * SLOW)
        second = self.wire.wait(topic, lambda m: m.at > first.at, timeout=12.0 * SLOW)
        self.assertNear(second.at - first.at, 10.0, 0.5 * SLOW, "seconds between beats")
        self.assertNear(second["uptime_s"] - first["uptime_s"], 10.0, 0.5 * SLOW, "uptime_s")
        self.assertEqual(second["seq"], first["seq"] + 1)
        self.assertNear(stamp_us(second["ts"]) / 1e6, time.time(), 2.0, "ts")
        self.check_all(self.wire)

    def test_each_decision_is_stored_once(self):
        for row in self.daemon.query("SELECT loop, count(*) AS n, count(DISTINCT seq) AS seqs, count(DISTINCT ts) AS stamps FROM setpoints GROUP BY loop"):
            self.assertEqual((row["seqs"], row["stamps"]), (row["n"], row["n"]), row["loop"])


class Inputs(SystemTest):
    def test_several_signals_of_one_topic(self):
        """One message, three signals: one decision, with all of them new."""
        box = self.bench()
        wire = box.wire()
        loop = merged(dryer(setpoint={"deadband": "0 K"}), {
            "source": {"t_in": {"topic": "plant/all", "pointer": "/source", "unit": "degF"}},
            "sink": {"t_in": {"topic": "plant/all", "pointer": "/a~1b/0", "unit": "degC", "scale": 0.1, "offset": -5.0},
                     "duty": {"topic": "plant/all", "pointer": "/duty", "unit": "MW"}}})
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": loop})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.publish("plant/all", '{"source": 59.0, "a/b": [600], "duty": 4.8}')
        first = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.assertNear(first["t_sink_out_c"], 111.05, 1e-3, "t_sink_out_c")
        self.assertNear(first["q_sink_kw"], method.Stream().optimum(132.0, 60.0), 1e-2, "q_sink_kw")
        mark = wire.mark()
        wire.publish("plant/all", '{"source": 68.0, "a/b": [650], "duty": 2.4}')
        came = wire.wait(setpoint("dryer1"), after=mark)
        stream = method.Stream(source_c=20.0, inlet_c=60.0, duty_kw=2400.0)
        self.assertNear(came["q_sink_kw"], stream.optimum(132.0, 60.0), 1e-2, "q_sink_kw of all three")
        self.assertEqual(came["seq"], first["seq"] + 1)
        until(lambda: daemon.query("SELECT 1 FROM samples WHERE signal = 'loops.dryer1.sink.t_in' AND value = 60.0 AND unit = 'degC'"),
              "the value is stored in its unit, after scale and offset")
        self.assertTrue(daemon.query("SELECT 1 FROM samples WHERE signal = 'loops.dryer1.source.t_in' AND value = 68.0 AND unit = 'degF'"))

    def test_time_formats(self):
        box = self.bench()
        wire = box.wire()
        now_us = int(time.time() * 1e6)
        formats = {"rfc3339": f'"{stamp(now_us / 1e6)}"', "unix_s": str(now_us // 1000000), "unix_ms": str(now_us // 1000), "unix_us": str(now_us),
                   "unix_ns": str(now_us * 1000)}
        loops = {name: dryer(source={"t_in": live("plant/" + name, pointer="/t", unit="degC", time=f"{{pointer: /ts, format: {name}}}")})
                 for name in formats}
        box.daemon(configuration(box.broker.port, loops)).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        for name, ts in formats.items():
            wire.publish("plant/" + name, f'{{"t": 15.0, "ts": {ts}}}')
            signal = wire.wait(state(name), lambda m: m["quality"] == "good")["inputs"][f"loops.{name}.source.t_in"]
            step = {"unix_s": 1000000, "unix_ms": 1000}.get(name, 1)
            self.assertEqual(signal["last_ts"], stamp(now_us // step * step / 1e6), name)

    def test_burst(self):
        """Inputs may be conflated, the newest wins; every sample is stored, no setpoint is skipped."""
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer(setpoint={"deadband": "0 K"})})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        for i in range(3000):
            wire.client.publish("plant/source_in", f"{10 + i / 1000:.3f}", qos=1)
        last = method.celsius(method.Stream(source_c=12.999).free_optimum(2.2))
        wire.wait(setpoint("dryer1"), lambda m: abs(m["t_sink_out_c"] - last) < 1e-6, timeout=20.0 * SLOW)
        samples = "SELECT count(*) AS n, count(DISTINCT value) AS v FROM samples WHERE signal = 'loops.dryer1.source.t_in'"
        until(lambda: daemon.query(samples)[0] == {"n": 3001, "v": 3001}, "every sample is stored")
        self.check_all(wire)

    def test_prefix(self):
        """All that is published lies below it."""
        box = self.bench()
        wire = box.wire()
        box.daemon(configuration(box.broker.port, {"dryer1": dryer()}, mqtt={"prefix": "lorenz/north/7"})).start()
        wire.wait("lorenz/north/7/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait("lorenz/north/7/dryer1/setpoint", lambda m: m["quality"] == "good")
        wire.wait("lorenz/north/7/dryer1/state")
        self.assertEqual({m.topic for m in wire.all() if not m.topic.startswith("lorenz/north/7/")}, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
