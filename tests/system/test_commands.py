"""Commands over a real broker: answered, carried out, refused where they should be, in the history, over a kill, off by default."""
import json
import time
import unittest

from harness import SystemTest, until
from plant import PREFIX, configuration, dryer, setpoint, state

CMD, ACK = f"{PREFIX}/dryer1/cmd", f"{PREFIX}/dryer1/cmd/ack"
ENABLED = {"commands": {"enabled": True}}


class Commands(SystemTest):
    def station(self, **changes):
        self.box = self.bench()
        self.wire = self.box.wire()
        self.daemon = self.box.daemon(configuration(self.box.broker.port, {"dryer1": dryer(), "dryer2": dryer()}, **changes)).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed()
        self.good = self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.wire.wait(setpoint("dryer2"), lambda m: m["quality"] == "good")

    def command(self, identity, cmd, value, topic=CMD, **more):
        mark = self.wire.mark()
        self.wire.publish(topic, json.dumps({"id": identity, "cmd": cmd, "value": value, **more}))
        return self.wire.wait(topic + "/ack", lambda m: m["id"] == identity, after=mark)

    def accepted(self, *arguments, **more):
        answer = self.command(*arguments, **more)
        self.assertEqual((answer["result"], answer["why"]), ("accepted", None))

    def test_by_hand_and_back(self):
        self.station(**ENABLED)
        mark = self.wire.mark()
        self.accepted("a1", "temperature", 95, who="shift A")
        self.accepted("a2", "mode", "manual", who="shift A")
        hand = self.wire.wait(setpoint("dryer1"), lambda m: m["mode"] == "manual", after=mark)
        self.assertEqual((hand["t_sink_out_c"], hand["hp_on"], hand["reason"], hand["quality"]), (95.0, True, "manual", "good"))
        told = self.wire.wait(state("dryer1"), lambda m: m["commanded"] and m["commanded"]["mode"] == "manual", after=mark)
        self.assertEqual(told["commanded"]["temperature_c"], 95.0)
        mark = self.wire.mark()
        self.accepted("a3", "mode", None, who="shift B")
        back = self.wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual((back["mode"], back["t_sink_out_c"]), ("auto", self.good["t_sink_out_c"]))
        refused = self.command("a4", "temperature", 4000)
        self.assertEqual(refused["result"], "refused")
        self.assertIn("outside the limits", refused["why"])
        rows = until(lambda: self.daemon.query("SELECT message FROM events WHERE code LIKE 'command_%' ORDER BY ts_us")[3:] and
                     self.daemon.query("SELECT message FROM events WHERE code LIKE 'command_%' ORDER BY ts_us"), "four events")
        self.assertEqual(rows[1]["message"], "dryer1: mode manual, commanded by shift A (id a2)")
        self.assertIn("command of somebody (id a4) refused", rows[3]["message"])
        kept = self.daemon.query("SELECT command, value, who, id FROM commands WHERE loop = 'dryer1' ORDER BY ts_us")
        self.assertEqual([(row["command"], row["value"], row["who"], row["id"]) for row in kept],
                         [("temperature", "95 degC", "shift A", "a1"), ("mode", "manual", "shift A", "a2"), ("mode", None, "shift B", "a3")])
        self.check_all(self.wire)

    def test_all_loops_and_one_that_is_none(self):
        self.station(**ENABLED)
        mark = self.wire.mark()
        self.accepted("b1", "mode", "off", topic=f"{PREFIX}/cmd")
        for loop in ("dryer1", "dryer2"):
            self.wire.wait(setpoint(loop), lambda m: m["mode"] == "off" and not m["hp_on"], after=mark)
        mark = self.wire.mark()
        self.wire.publish(f"{PREFIX}/dryer9/cmd", '{"id": "b2", "cmd": "mode", "value": "auto"}')
        answer = self.wire.wait(f"{PREFIX}/dryer9/cmd/ack", after=mark)
        self.assertEqual((answer["result"], answer["why"]), ("refused", "there is no loop dryer9"))

    def test_retained_is_refused(self):
        self.station(**ENABLED)
        self.wire.publish(CMD, '{"id": "c1", "cmd": "mode", "value": "off"}', retain=True)
        self.wire.wait(ACK, lambda m: m["id"] == "c1")
        self.daemon.stop()
        mark = self.wire.mark()
        self.daemon.start()
        answer = self.wire.wait(ACK, lambda m: m["id"] == "c1", after=mark)
        self.assertEqual(answer["result"], "refused")
        self.assertIn("retained", answer["why"])

    def test_survives_a_kill(self):
        self.station(**ENABLED)
        self.accepted("d1", "mode", "off", who="maintenance")
        time.sleep(1.2)
        self.daemon.kill()
        mark = self.wire.mark()
        self.daemon.start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark)
        self.wire.feed()
        first = self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertEqual((first["mode"], first["hp_on"]), ("off", False))
        again = self.command("d1", "mode", "auto")
        self.assertEqual(again["result"], "accepted", "the same id is answered again")
        time.sleep(0.3)
        self.assertEqual(self.wire.last(setpoint("dryer1"))["mode"], "off", "and does nothing")

    def test_reload_keeps_and_disables(self):
        self.station(**ENABLED)
        self.accepted("e1", "mode", "off")
        self.daemon.write(configuration(self.box.broker.port, {"dryer1": dryer(setpoint={"deadband": "1 K"})}, **ENABLED))
        mark = self.wire.mark()
        self.daemon.process.send_signal(1)
        self.wire.wait(f"{PREFIX}/health", after=mark)
        self.assertEqual(self.wire.last(setpoint("dryer1"))["mode"], "off")
        self.accepted("e2", "mode", "auto")

    def reload(self, loops, **changes):
        mark = self.wire.mark()
        self.daemon.write(configuration(self.box.broker.port, {name: dryer() for name in loops}, **changes))
        self.daemon.process.send_signal(1)
        self.wire.wait(f"{PREFIX}/health", after=mark)
        return mark

    def test_a_loop_that_leaves_and_comes_back(self):
        """As after a restart: what was commanded counts again."""
        self.station(**ENABLED)
        self.accepted("g1", "mode", "off")
        time.sleep(1.2)
        mark = self.reload(["dryer2"], **ENABLED)
        self.wire.wait(setpoint("dryer1"), lambda m: not m.payload, after=mark)
        mark = self.reload(["dryer1", "dryer2"], **ENABLED)
        self.wire.feed()
        back = self.wire.wait(setpoint("dryer1"), lambda m: m.payload, after=mark)
        self.assertEqual((back["mode"], back["hp_on"]), ("off", False))

    def test_disabled_and_enabled_again(self):
        """Nobody can take back what is commanded where commands are not enabled: it counts no longer."""
        self.station(**ENABLED)
        self.accepted("h1", "mode", "off")
        time.sleep(1.2)
        mark = self.reload(["dryer1", "dryer2"])
        self.wire.wait(setpoint("dryer1"), lambda m: m["mode"] == "auto" and m["hp_on"], after=mark)
        mark = self.reload(["dryer1", "dryer2"], **ENABLED)
        self.wire.wait(setpoint("dryer1"), lambda m: m["mode"] == "off", after=mark)

    def test_off_unless_enabled(self):
        self.station()
        mark = self.wire.mark()
        self.wire.publish(CMD, '{"id": "f1", "cmd": "mode", "value": "off"}')
        time.sleep(0.5)
        self.assertEqual(self.wire.all(ACK), [])
        self.assertEqual(self.wire.all(setpoint("dryer1"), after=mark), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
