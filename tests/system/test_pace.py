"""The pacing in the real service: a ramp over a kill and a reload, minimum times from the history, bad inputs on the wire."""
import signal
import unittest

from harness import SystemTest, query, until
from plant import PREFIX, configuration, dryer, setpoint, state

PACED = {"deadband": "1 K", "ramp": "60 K/min", "min_off": "10 min", "max_starts": 5,
         "bad_inputs": {"hold": "500 ms", "then": "fallback"}, "fallback": "70 degC"}


class Pace(SystemTest):
    def world(self):
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer(setpoint=PACED)}, publish={"interval": "0.05 s"})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        return wire, daemon

    def again(self, wire, daemon):
        mark = wire.mark()
        daemon.start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark)
        wire.feed()
        return mark

    def assertRamp(self, wire, after=0):
        """No two setpoints while on are further apart than 1 K/s allows."""
        on = [m for m in wire.all(setpoint("dryer1"), after=after) if m["hp_on"]]
        for before, later in zip(on, on[1:]):
            seconds = later.at - before.at
            self.assertLessEqual(abs(later["t_sink_out_c"] - before["t_sink_out_c"]), 1.0 * seconds + 1.5, (before, later))

    def test_a_ramp_goes_on_after_a_kill(self):
        wire, daemon = self.world()
        first = wire.wait(setpoint("dryer1"))
        self.assertEqual((first["t_sink_out_c"], first["reason"], first["hp_on"]), (55.0, "ramp", True))
        wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] >= 58)
        last = wire.last(setpoint("dryer1"))
        until(lambda: query(daemon.database, f"SELECT seq FROM setpoints WHERE seq >= {last['seq']}"), "the setpoint in the history")
        daemon.kill()
        stored = query(daemon.database, "SELECT * FROM setpoints ORDER BY ts_us DESC LIMIT 1")[0]
        mark = self.again(wire, daemon)
        came = wire.wait(setpoint("dryer1"), lambda m: m["seq"] > stored["seq"], after=mark)
        self.assertEqual((came["hp_on"], came["reason"]), (True, "ramp"))
        self.assertNear(came["t_sink_out_c"], stored["t_sink_out_c"], 1.5)
        said = wire.wait(state("dryer1"), after=mark)["pacing"]
        self.assertEqual(said["starts_24h"], 1)
        self.assertNear(said["t_target_c"], 111.05, 1.1)
        wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] > came["t_sink_out_c"] + 1, after=mark)
        self.assertRamp(wire, after=mark)
        self.assertEqual(daemon.stop(), 0)
        self.check_all(wire)

    def test_a_wait_goes_on_after_a_stop(self):
        wire, daemon = self.world()
        wire.wait(setpoint("dryer1"), lambda m: m["hp_on"])
        wire.publish("market/spot", '{"price": 900}')
        off = wire.wait(setpoint("dryer1"), lambda m: not m["hp_on"])
        self.assertEqual(off["reason"], "not_beneficial")
        self.assertEqual(daemon.stop(), 0)
        mark = self.again(wire, daemon)
        waits = wire.wait(setpoint("dryer1"), lambda m: m["seq"] > off["seq"], after=mark)
        self.assertEqual((waits["hp_on"], waits["reason"], waits["quality"]), (False, "min_off", "good"))
        said = wire.wait(state("dryer1"), after=mark)["pacing"]
        self.assertEqual(said["since"], off["ts"])
        self.check_all(wire)

    def test_a_loop_that_comes_back_waits(self):
        """Its setpoint was emptied meanwhile, so that the machine stopped; its start still counts."""
        wire, daemon = self.world()
        loops = {"dryer1": dryer(setpoint=PACED), "other": dryer()}
        for names, event, topic in ((["other"], "loop_removed", setpoint("other")), (["dryer1", "other"], "loop_added", setpoint("dryer1"))):
            wire.wait(setpoint("dryer1"), lambda m: m["hp_on"])
            until(lambda: query(daemon.database, "SELECT seq FROM setpoints WHERE hp_on = 1"), "the start in the history")
            daemon.write(configuration(wire.client._port, {name: loops[name] for name in names}, publish={"interval": "0.05 s"}))
            mark = wire.mark()
            daemon.process.send_signal(signal.SIGHUP)
            until(lambda: query(daemon.database, f"SELECT * FROM events WHERE code = '{event}' AND loop = 'dryer1'"), f"{event}\n{daemon.log_text()}")
            wire.feed()
            came = wire.wait(topic, lambda m: m.payload and m["quality"] == "good", after=mark)
        self.assertEqual((came["hp_on"], came["reason"]), (False, "min_off"))
        self.assertEqual(wire.wait(state("dryer1"), lambda m: m.payload and m["pacing"]["starts_24h"] == 1, after=mark)["pacing"]["t_target_c"], None)

    def test_bad_inputs_are_held_then_the_fallback(self):
        wire, daemon = self.world()
        wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] >= 57)
        mark = wire.mark()
        wire.publish("plant/source_in", "junk")
        held = wire.wait(setpoint("dryer1"), lambda m: m["reason"] == "hold", after=mark)
        self.assertEqual((held["hp_on"], held["quality"], held["quality_code"]), (True, "uncertain", 64))
        back = wire.wait(setpoint("dryer1"), lambda m: m["reason"] == "fallback", after=mark)
        self.assertEqual((back["hp_on"], back["quality"], back["q_sink_kw"], back["p_elec_kw"], back["cop"]), (True, "uncertain", None, None, None))
        self.assertNear(back["t_sink_out_c"], held["t_sink_out_c"], 0.001)
        wire.publish("plant/source_in", "15.0")
        good = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertEqual(good["reason"], "ramp")
        self.assertRamp(wire)
        until(lambda: [row["code"] for row in query(daemon.database, "SELECT code FROM events WHERE code LIKE 'loop_%' ORDER BY ts_us")]
              == ["loop_hold", "loop_fallback", "loop_good"], "the events")
        row = query(daemon.database, "SELECT * FROM setpoints WHERE reason = 'fallback' LIMIT 1")[0]
        self.assertEqual((row["q_sink_kw"], row["cop"], row["controlled"]), (None, None, "temperature"))
        self.check_all(wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
