"""Values that are too old, held, substituted, retained or never came: their quality, and what the decision makes of it."""
import signal
import time
import unittest

import method
from harness import SLOW, TIMEOUT, SystemTest, until
from plant import FEED, PREFIX, configuration, dryer, live, setpoint, state

NAME = "loops.{}.source.t_in"


def source(**more):
    return {"t_in": live("plant/source_in", unit="degC", **more)}


class Staleness(SystemTest):
    """Four loops on one temperature, each with another way to take its loss."""

    def test_stop_hold_and_substitute(self):
        box = self.bench()
        wire = box.wire()
        loops = {
            "stop": dryer(source=source(stale_after="1 s")),
            "hold": dryer(source=source(stale_after="1 s", on_bad="hold")),
            "spare": dryer(source=source(stale_after="1 s", on_bad="20 degC")),
            "ever": dryer(source=source()),
        }
        daemon = box.daemon(configuration(box.broker.port, loops, publish={"interval": "0.05 s"})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        for loop in loops:
            wire.wait(setpoint(loop), lambda m: m["quality"] == "good")
        mark = wire.mark()
        wire.publish("plant/source_in", "15.1")     # moves the optimum by 0.13 K, less than the deadband
        sent = time.monotonic()
        wire.wait(state("ever"), lambda m: m["inputs"][NAME.format("ever")]["value"] == 15.1, after=mark)

        stopped = wire.wait(setpoint("stop"), lambda m: m["quality"] == "bad", after=mark)
        self.assertEqual((stopped["hp_on"], stopped["reason"], stopped["q_sink_kw"], stopped["cop"]), (False, "bad_input", 0.0, None))
        self.assertNear(stopped.at - sent, 1.1, 0.3, "seconds until stale")
        self.assertNear(stopped["t_sink_out_c"], 55.0, 1e-6, "off at the inlet")

        held = wire.wait(setpoint("hold"), lambda m: m["quality"] == "uncertain", after=mark)
        self.assertEqual((held["hp_on"], held["quality_code"]), (True, 64))
        warmer, kept = method.Stream(source_c=15.1), method.Stream().optimum(132.0, 60.0)
        self.assertNear(held["t_sink_out_c"], 111.05, 1e-6, "the kept t_sink_out_c")
        self.assertNear(held["q_sink_kw"], kept, 1e-2, "q_sink_kw at it")
        self.assertNear(held["p_elec_kw"], warmer.power(kept), 1e-2, "p_elec_kw at it, from the newest source temperature")

        spare = wire.wait(setpoint("spare"), lambda m: m["quality"] == "uncertain", after=mark)
        self.assertNear(spare["t_sink_out_c"], method.celsius(method.Stream(source_c=20.0).free_optimum(2.2)), 1e-3, "on the substitute")

        for loop, quality in (("stop", "bad"), ("hold", "uncertain"), ("spare", "uncertain"), ("ever", "good")):
            inputs = wire.wait(state(loop), lambda m, q=quality: m["quality"] == q, after=mark)["inputs"]
            self.assertEqual(inputs[NAME.format(loop)]["quality"], quality)
        self.assertEqual([m["quality"] for m in wire.all(setpoint("ever"), mark)], [], "what is never stale did not change")

        mark = wire.mark()
        wire.publish("plant/source_in", "15.0")
        for loop in ("stop", "hold", "spare"):
            again = wire.wait(setpoint(loop), lambda m: m["quality"] == "good", after=mark)
            self.assertNear(again["t_sink_out_c"], 111.05, 0.5, loop)
        until(lambda: daemon.query("SELECT 1 FROM samples WHERE signal = 'loops.spare.source.t_in' AND value = 15.0 AND ts_us > "
                                   f"{int((time.time() - 1.5) * 1e6)}"), "the new sample is stored", timeout=2.0 * SLOW)
        rows = daemon.query(f"SELECT DISTINCT value FROM samples WHERE signal = '{NAME.format('spare')}' ORDER BY 1")
        self.assertEqual([row["value"] for row in rows], [15.0, 15.1], "a held or substituted value is never stored")
        self.check_all(wire)


class Startup(SystemTest):
    """Nothing before the inputs are known or five seconds have passed."""

    def test_nothing_then_bad_then_good(self):
        box = self.bench()
        wire = box.wire()
        loops = {
            "plain": dryer(),
            "parked": dryer(setpoint={"off_value": "57 degC"}),
            "spare": dryer(source=source(on_bad="20 degC")),
            "hold": dryer(source=source(on_bad="hold")),
            "unfed": dryer(source={"t_in": live("plant/nobody", unit="degC")}),
        }
        feed = dict(FEED)
        box.daemon(configuration(box.broker.port, loops)).start()
        began = time.monotonic()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        first = wire.wait(setpoint("plain"))
        self.assertNear(first.at - began, 5.25, 0.75, "seconds until the first word")
        self.assertEqual((first["quality"], first["reason"], first["hp_on"], first["t_sink_out_c"], first["cause_ts"]),
                         ("bad", "startup", False, None, None))
        self.assertEqual(wire.wait(state("plain"))["quality"], "bad")
        parked = wire.wait(setpoint("parked"))
        self.assertEqual((parked["t_sink_out_c"], parked["reason"]), (57.0, "startup"))
        for loop in loops:
            early = [m for m in wire.all() if m.topic.startswith(f"{PREFIX}/{loop}/") and m.at - began < 4.5]
            self.assertEqual(early, [])
        mark = wire.mark()
        del feed["plant/source_in"]
        wire.feed(feed)
        spare = wire.wait(setpoint("spare"), lambda m: m["quality"] != "bad", after=mark)
        self.assertEqual((spare["quality"], spare["hp_on"]), ("uncertain", True))
        self.assertNear(spare["t_sink_out_c"], method.celsius(method.Stream(source_c=20.0).free_optimum(2.2)), 1e-3, "on the substitute")
        mark = wire.mark()
        wire.publish("plant/source_in", "15.0")
        for loop in ("plain", "parked", "spare", "hold"):
            good = wire.wait(setpoint(loop), lambda m: m["quality"] == "good", after=mark)
            self.assertNear(good["t_sink_out_c"], 111.05, 1e-3, loop)
            before = [m["quality"] for m in wire.all(setpoint(loop))[:-1]]
            self.assertNotIn("good", before, "good before its inputs were known")
        self.assertEqual({m["quality"] for m in wire.all(setpoint("unfed"))}, {"bad"})
        self.check_all(wire)

    def test_at_once_when_everything_is_there(self):
        box = self.bench()
        wire = box.wire()
        wire.feed(retain=True)
        box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start()
        began = time.monotonic()
        first = wire.wait(setpoint("dryer1"))
        self.assertEqual((first["quality"], first["hp_on"]), ("uncertain", True))
        self.assertLess(first.at - began, 3.0)
        mark = wire.mark()
        wire.feed(retain=True)          # a live message, though the broker keeps it too
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)


class Retained(SystemTest):
    """A retained message is history: fresh by its own time, without one uncertain until a live one comes."""

    def test_by_time_and_without(self):
        box = self.bench()
        wire = box.wire()

        def stamped(topic):
            return dryer(source={"t_in": live(topic, pointer="/t", unit="degC", stale_after="60 s", time="{pointer: /ts, format: unix_ms}")})

        loops = {"fresh": stamped("plant/fresh"), "old": stamped("plant/old"), "unstamped": dryer(source=source(stale_after="60 s"))}
        now = time.time()
        wire.publish("plant/fresh", f'{{"t": 15.0, "ts": {int(now * 1e3) - 1000}}}', retain=True)
        wire.publish("plant/old", f'{{"t": 15.0, "ts": {int(now * 1e3) - 7200000}}}', retain=True)
        wire.publish("plant/source_in", "15.0", retain=True)
        box.daemon(configuration(box.broker.port, loops, publish={"interval": "0.05 s"})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed({topic: payload for topic, payload in FEED.items() if topic != "plant/source_in"})
        self.assertEqual(wire.wait(setpoint("fresh"), lambda m: m["quality"] == "good")["hp_on"], True)
        bad = wire.wait(setpoint("old"), timeout=TIMEOUT)
        self.assertEqual((bad["quality"], bad["hp_on"]), ("bad", False))
        waiting = wire.wait(setpoint("unstamped"), lambda m: m["quality"] != "bad")
        self.assertEqual((waiting["quality"], waiting["hp_on"]), ("uncertain", True))
        self.assertNear(waiting["t_sink_out_c"], 111.05, 1e-3, "usable at once")

        mark = wire.mark()
        wire.publish("plant/source_in", "15.0")
        wire.wait(setpoint("unstamped"), lambda m: m["quality"] == "good", after=mark)
        wire.publish("plant/old", f'{{"t": 15.0, "ts": {int(time.time() * 1e3)}}}')
        wire.wait(setpoint("old"), lambda m: m["quality"] == "good", after=mark)

    def test_age_of_one_without_time_counts_from_arrival(self):
        box = self.bench()
        wire = box.wire()
        wire.feed(retain=True)
        box.daemon(configuration(box.broker.port, {"dryer1": dryer(source=source(stale_after="1 s"))})).start()
        first = wire.wait(setpoint("dryer1"))
        self.assertEqual(first["quality"], "uncertain")
        stale = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad")
        self.assertNear(stale.at - first.at, 1.0, 0.4, "seconds until stale")

    def test_equal_to_what_is_known_after_a_reconnect(self):
        box = self.bench(persistence=True)
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()}, publish={"interval": "0.05 s"})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed(retain=True)
        good = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        known = wire.wait(state("dryer1"), lambda m: m["quality"] == "good")
        samples = "SELECT count(*) AS n FROM samples"
        until(lambda: daemon.query(samples)[0]["n"] == len(FEED), "all samples are stored")

        box.broker.stop()
        mark = wire.mark()
        box.broker.start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark, timeout=2 * TIMEOUT)
        until(lambda: box.broker.log_text().count("Sending PUBLISH to lorenzd-dresden") >= 2 * len(FEED), "the broker sent all it keeps")
        mark = wire.mark()
        wire.publish("market/gas", "61")
        new = wire.wait(setpoint("dryer1"), lambda m: m["seq"] > good["seq"], after=mark)
        self.assertEqual(new["quality"], "good", "a retained message that says nothing new made it uncertain")
        self.assertEqual(new["seq"], good["seq"] + 1, "decided anew on nothing new")
        until(lambda: daemon.query("SELECT 1 FROM samples WHERE value = 61.0"), "the new price is stored")
        self.assertEqual(daemon.query(samples)[0]["n"], len(FEED) + 1, "what was known was stored again")
        inputs = wire.wait(state("dryer1"), lambda m: m["inputs"]["market.fuel.price"]["value"] == 61.0, after=mark)["inputs"]
        for name in inputs:
            if name != "market.fuel.price":
                self.assertEqual(inputs[name], known["inputs"][name])

    def test_another_value_after_a_reconnect(self):
        """While the connection was away the plant said something new: usable, uncertain until a live message comes."""
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        daemon.process.send_signal(signal.SIGSTOP)
        box.broker.stop()
        box.broker.start()
        until(wire.connected.is_set, "the test's own client is back", timeout=2 * TIMEOUT)
        wire.publish("market/spot", '{"price": 100}', retain=True)
        mark = wire.mark()
        daemon.process.send_signal(signal.SIGCONT)
        came = wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] > 120.0, after=mark, timeout=3 * TIMEOUT)
        self.assertEqual((came["quality"], came["hp_on"]), ("uncertain", True))
        wire.publish("market/spot", '{"price": 100}')
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)


if __name__ == "__main__":
    unittest.main(verbosity=2)
