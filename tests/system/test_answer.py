"""The plant's answer over a real broker: measured points, totals, the site's sums, alarms; over restarts, kills and reloads."""
import signal
import time
import unittest

from harness import TIMEOUT, SystemTest, stamp_us, subscribed, until
from plant import FEED, PREFIX, configuration, dryer, live, setpoint

FEEDBACK = {
    "running": live("plant/running"), "remote": live("plant/remote"), "trip": live("plant/trip"),
    "t_sink_out": live("plant/out", unit="degC"), "q_sink": live("plant/heat", unit="MW"), "p_elec": live("plant/power", unit="kW"),
    "follow_within": "1 s",
}
ANSWER = {"plant/running": "1", "plant/remote": "1", "plant/trip": "0", "plant/out": "110.5", "plant/heat": "1.5", "plant/power": "500"}
ALARMS, SUMMARY = f"{PREFIX}/alarms", f"{PREFIX}/summary"


def actual(loop):
    return f"{PREFIX}/{loop}/actual"


def totals(loop):
    return f"{PREFIX}/{loop}/totals"


def listed(message, alarm):
    return next((a for a in message["alarms"] if a["id"] == alarm), None)


class Answer(SystemTest):
    def world(self, **changes):
        """A service that has decided, and whose plant answers: dryer1 with meters, dryer2 without."""
        self.box = self.bench(persistence=True)
        self.wire = self.box.wire()
        self.config = configuration(self.box.broker.port, {"dryer1": dryer(feedback=FEEDBACK, carbon_budget="20 t"), "dryer2": dryer()},
                                    publish={"interval": "0.1 s"}, **changes)
        self.daemon = self.box.daemon(self.config).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed({**ANSWER, **FEED}, retain=True)
        self.wire.wait(setpoint("dryer1"), lambda m: m["hp_on"])
        return self.wire

    def test_measured_point(self):
        wire = self.world()
        said = wire.wait(actual("dryer1"), lambda m: m["p_elec_kw"] == 500 and m["q_sink_kw"] == 1500)
        self.assertNear(said["cost_savings_eur_h"], 60 * 1.5 - 132 * 0.5, 1e-6, "savings")
        self.assertNear(said["cop"], 3, 1e-6, "cop")
        self.assertTrue(said["following"] and said["running"] and said["quality"] == "good")
        mark = wire.mark()
        for power in range(501, 701):
            wire.publish("plant/power", str(power))
        newest = wire.wait(actual("dryer1"), lambda m: m["p_elec_kw"] == 700, after=mark)
        self.assertNear(newest["cost_savings_eur_h"], 90 - 132 * 0.7, 1e-6, "savings")
        self.assertLess(len(wire.all(actual("dryer1"), after=mark)), 100, "at most once per publish.interval")
        self.assertEqual(wire.all(setpoint("dryer1"), after=mark), [], "what is measured decides nothing")
        self.assertEqual(wire.all(actual("dryer2")), [], "no feedback, no measured point")
        until(lambda: self.daemon.query("SELECT 1 FROM samples WHERE signal = 'loops.dryer1.feedback.p_elec' AND value = 700"), "samples are stored")
        wire.wait(SUMMARY, lambda m: m["loops_on"] == 2 and abs(m["p_elec_kw"] - 700 - 529.17) < 0.1)
        self.check_all(wire)

    def test_trip_local_and_not_followed(self):
        wire = self.world()
        wire.publish("plant/running", "0")
        wire.publish("plant/trip", "1")
        off = wire.wait(setpoint("dryer1"), lambda m: m["reason"] == "tripped")
        self.assertFalse(off["hp_on"])
        alarm = listed(wire.wait(ALARMS, lambda m: listed(m, "dryer1.tripped")), "dryer1.tripped")
        self.assertEqual((alarm["priority"], alarm["active"], alarm["acknowledged"]), ("high", True, False))
        self.assertEqual(wire.wait(actual("dryer1"), lambda m: m["tripped"])["cost_savings_eur_h"], 0.0)
        wire.publish("plant/running", "1")
        wire.publish("plant/trip", "0")
        wire.publish("plant/remote", "0")
        advice = wire.wait(setpoint("dryer1"), lambda m: m["reason"] == "local")
        self.assertEqual((advice["hp_on"], advice["mode"]), (True, "advisory"))
        wire.wait(SUMMARY, lambda m: m["loops_local"] == 1)
        mark = wire.mark()
        wire.publish("plant/remote", "1")
        wire.wait(setpoint("dryer1"), lambda m: m["reason"] == "optimum" and m["mode"] == "auto", after=mark)
        wire.publish("plant/out", "90")
        wire.wait(ALARMS, lambda m: "t_sink_out is 90 degC" in (listed(m, "dryer1.not_followed") or {"text": ""})["text"])
        mark = wire.mark()
        wire.publish("plant/out", "110.5")
        over = listed(wire.wait(ALARMS, lambda m: not (listed(m, "dryer1.not_followed") or {"active": True})["active"], after=mark),
                      "dryer1.not_followed")
        self.assertGreater(stamp_us(over["cleared"]), stamp_us(over["since"]))
        codes = {row["code"] for row in until(lambda: self.daemon.query("SELECT code FROM events WHERE code = 'followed'") and
                                              self.daemon.query("SELECT code FROM events"), "the events")}
        self.assertLessEqual({"tripped", "trip_over", "not_followed", "followed"}, codes)
        self.check_all(wire)

    def test_over_restarts(self):
        """Totals never go back, whether the process was stopped or killed; a listed alarm stays listed."""
        wire = self.world()
        wire.publish("plant/trip", "1")
        wire.wait(ALARMS, lambda m: listed(m, "dryer1.tripped"))
        since = listed(wire.last(ALARMS), "dryer1.tripped")["since"]
        wire.publish("plant/heat", "900")   # MW: seconds count
        time.sleep(1.5)
        mark = wire.mark()
        self.assertEqual(self.daemon.stop(), 0)
        last = wire.wait(totals("dryer1"), after=mark, what="the last totals, at the stop")
        self.assertGreater(last["total"]["heat_kwh"], 200)
        row = self.daemon.query("SELECT heat_kwh, day_heat_kwh FROM totals WHERE loop = 'dryer1'")[0]
        self.assertNear(row["heat_kwh"], last["total"]["heat_kwh"], 1e-5, "what was published is in the history")
        emitted = last["today"]["carbon_emitted_kg"]
        self.assertGreater(emitted, 0)
        self.assertIsNone(wire.last(totals("dryer2"))["today"]["carbon_emitted_kg"])
        rows = self.daemon.query("SELECT loop, day_carbon_emitted_kg AS kg FROM totals ORDER BY loop")
        self.assertNear(rows[0]["kg"], emitted, 1e-5, "as much as was published")
        self.assertIsNone(rows[1]["kg"])
        mark = wire.mark()
        self.daemon.start()
        again = wire.wait(totals("dryer1"), lambda m: m["total"]["heat_kwh"] >= last["total"]["heat_kwh"] - 1e-6, after=mark)
        self.assertEqual(again["total"]["since"], last["total"]["since"])
        self.assertGreaterEqual(again["today"]["heat_kwh"], 200)
        self.assertGreaterEqual(again["today"]["carbon_emitted_kg"], emitted - 1e-6)
        alarm = listed(wire.wait(ALARMS, lambda m: listed(m, "dryer1.tripped"), after=mark), "dryer1.tripped")
        self.assertEqual(alarm["since"], since)
        until(lambda: self.daemon.query("SELECT count(*) AS n FROM runs")[0]["n"] == 2, "the second run is in the history")
        time.sleep(1)
        self.daemon.kill()
        mark = wire.mark()
        self.daemon.start()
        wire.wait(totals("dryer1"), lambda m: m["total"]["heat_kwh"] >= again["total"]["heat_kwh"] - 1e-6, after=mark)
        self.check_all(wire)

    def test_reload(self):
        """A removed loop takes all its topics along; when it comes back it counts on."""
        wire = self.world()
        wire.publish("plant/heat", "900")
        time.sleep(1)
        topics = {f"{PREFIX}/dryer1/{leaf}" for leaf in ("setpoint", "operating_points", "state", "actual", "totals")}
        self.assertLessEqual(topics, set(subscribed(self.box.broker.port, PREFIX + "/#")))
        wire.publish("plant/trip", "1")
        wire.wait(ALARMS, lambda m: listed(m, "dryer1.tripped"))
        mark = wire.mark()
        without = configuration(self.box.broker.port, {"dryer2": dryer()}, publish={"interval": "0.1 s"})
        self.reload(without)
        for topic in topics:
            wire.wait(topic, lambda m: not m.payload, after=mark)
        wire.wait(SUMMARY, lambda m: m["loops"] == 1, after=mark)
        kept = until(lambda: [r for r in self.daemon.query("SELECT heat_kwh FROM totals WHERE loop = 'dryer1'") if r["heat_kwh"] > 100], "its totals")
        until(lambda: self.daemon.query("SELECT 1 FROM alarms WHERE code = 'tripped' AND cleared IS NOT NULL"), "its alarms are over")
        mark = wire.mark()
        self.reload(self.config)
        back = wire.wait(totals("dryer1"), lambda m: m.payload and m["total"]["heat_kwh"] >= kept[0]["heat_kwh"] - 1e-6, after=mark)
        self.assertTrue(back.payload)
        self.check_all(wire)

    def reload(self, config):
        count = "SELECT count(*) AS n FROM events WHERE code = 'config_reloaded'"
        before = self.daemon.query(count)[0]["n"]
        self.daemon.write(config)
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: self.daemon.query(count)[0]["n"] > before, "the reload is in the history")

    def test_broker_lost_and_tariff(self):
        """The broker's loss is an alarm once it is back; the tariff of the hour and a paid peak are in the points."""
        self.world(zone="Europe/Berlin", demand={"site_power": "900 kW", "peak_so_far": "1000 kW"},
                   market={"electricity": {"adders": [{"add": "10 EUR/MWh"}, {"from": "00:00", "to": "24:00", "add": "2 EUR/MWh"}]}})
        wire = self.wire
        said = wire.wait(f"{PREFIX}/dryer2/operating_points", lambda m: m["inputs"])   # dryer1's power is measured, and its own
        self.assertNear(said["inputs"]["price_elec_eur_mwh"], 144, 1e-6, "price with adders")
        self.assertEqual(said["cost"]["optimal"]["limited_by"], "demand")
        mark = wire.mark()
        self.box.broker.stop()
        self.box.broker.start()
        alarm = listed(wire.wait(ALARMS, lambda m: listed(m, "broker_lost"), after=mark, timeout=5 * TIMEOUT), "broker_lost")
        self.assertIsNone(alarm["loop"])
        wire.wait(ALARMS, lambda m: not (listed(m, "broker_lost") or {"active": True})["active"], after=mark)
        self.check_all(wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
