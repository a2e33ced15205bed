"""SIGHUP: another configuration while the service runs, and what goes over into it."""
import itertools
import os
import signal
import time
import unittest

from harness import SLOW, SystemTest, query, subscribed, until
from plant import FEED, PREFIX, configuration, dryer, live, merged, points, setpoint, state


class Reload(SystemTest):
    def world(self, loops, persistence=False, **changes):
        """A service that has decided, with its wire."""
        box = self.bench(persistence=persistence)
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, loops, **changes)).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed(retain=True)
        for name in loops:
            wire.wait(setpoint(name), lambda m: m["quality"] == "good")
        return box, wire, daemon

    def reload(self, daemon, config, code="config_reloaded"):
        """Until the history has the event; returns it."""
        before = len(self.events(daemon, code))
        daemon.write(config)
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(self.events(daemon, code)) > before, f"{code} in the history\n{daemon.log_text()}")
        return self.events(daemon, code)[-1]

    def events(self, daemon, code):
        return query(daemon.database, f"SELECT * FROM events WHERE code = '{code}' ORDER BY ts_us")

    def test_unchanged(self):
        """The same file again: nothing is decided or published anew but health and state."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        last, mark = wire.last(setpoint("dryer1")), wire.mark()
        with open(daemon.config_path, encoding="utf-8") as file:
            self.reload(daemon, file.read())
        wire.publish("market/spot", '{"price": 60}')
        after = wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual(after["seq"], last["seq"] + 1)
        self.assertEqual(after["quality"], "good")
        self.assertEqual([m["seq"] for m in wire.all(setpoint("dryer1"), after=mark)], [after["seq"]])
        self.assertEqual(wire.all(f"{PREFIX}/status", after=mark), [], "the connection stays")
        self.assertEqual(daemon.stop(), 0)

    def test_parameter(self):
        """A changed efficiency counts at once, on the values at hand; the runs tell which configuration was in force when."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        before, mark = wire.last(setpoint("dryer1")), wire.mark()
        port = wire.client._port
        self.reload(daemon, configuration(port, {"dryer1": dryer(heat_pump={"lorenz_efficiency": 0.45})}))
        after = wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual(after["seq"], before["seq"] + 1)
        self.assertEqual(after["quality"], "good")
        self.assertLess(after["t_sink_out_c"], before["t_sink_out_c"] - 5)
        self.assertEqual(after["cause_ts"], before["cause_ts"])
        runs = query(daemon.database, "SELECT * FROM runs ORDER BY started")
        self.assertEqual(len(runs), 2)
        self.assertIn("0.55", runs[0]["config"])
        self.assertIn("0.45", runs[1]["config"])
        self.assertEqual(runs[0]["ended"], runs[1]["started"])
        self.assertIsNone(runs[1]["ended"])
        self.assertEqual(wire.last(f"{PREFIX}/health")["config_hash"], runs[1]["config_hash"])
        stored = query(daemon.database, f"SELECT * FROM setpoints WHERE seq = {after['seq']}")
        self.assertEqual([row["ts"] for row in stored], [after["ts"]])
        self.check_all(wire)

    def test_broken(self):
        """Refused with file, line and reason; the old one goes on."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port, mark = wire.client._port, wire.mark()
        said = self.reload(daemon, configuration(port, {"dryer1": dryer(heat_pump={"lorenz_efficiency": 1.4})}), "config_refused")
        self.assertRegex(said["message"], r"lorenzd\.yaml:\d+:\d+: loops\.dryer1\.heat_pump\.lorenz_efficiency: 1\.4 is outside \(0, 1\]")
        self.assertIn("stays", said["message"])
        self.assertEqual(said["severity"], "error")
        self.reload(daemon, "loops: {", "config_refused")
        os.unlink(daemon.config_path)
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(self.events(daemon, "config_refused")) == 3, "a missing file is told")
        wire.publish("market/spot", '{"price": 60}')
        self.assertEqual(wire.wait(setpoint("dryer1"), after=mark)["quality"], "good")
        self.assertEqual(len(query(daemon.database, "SELECT 1 FROM runs")), 1)

    def test_fixed(self):
        """Site, prefix and the history's file need a restart."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port = wire.client._port
        for changes, name in (({"site": "leipzig"}, "site"), ({"mqtt": {"prefix": "other"}}, "mqtt.prefix"),
                              ({"store": {"path": "other.db"}}, "store.path")):
            said = self.reload(daemon, configuration(port, {"dryer1": dryer()}, **changes), "config_refused")
            self.assertIn(f"{name} cannot change while the service runs; restart it", said["message"])

    def test_added_and_removed(self):
        """One loop leaves, with its retained topics; another comes, and later the first one again, with its count."""
        _, wire, daemon = self.world({"dryer1": dryer(), "dryer2": dryer()})
        port, mark = wire.client._port, wire.mark()
        count = wire.last(setpoint("dryer1"))["seq"]
        self.reload(daemon, configuration(port, {"dryer2": dryer(), "dryer3": dryer(setpoint={"min": "60 degC"})}))
        new = wire.wait(setpoint("dryer3"), lambda m: m["quality"] == "uncertain", after=mark)
        self.assertEqual(new["seq"], 1)
        for topic in (setpoint("dryer1"), points("dryer1"), state("dryer1")):
            gone = wire.wait(topic, lambda m: not m.payload, after=mark)
            self.assertTrue(gone.retain)
        self.assertEqual(wire.all(setpoint("dryer2"), after=mark), [], "an unchanged loop has nothing to say")
        self.assertEqual([row["loop"] for row in self.events(daemon, "loop_removed")], ["dryer1"])
        self.assertEqual([row["loop"] for row in self.events(daemon, "loop_added")], ["dryer3"])
        self.assertNotIn(setpoint("dryer1"), subscribed(port, f"{PREFIX}/#"))
        mark = wire.mark()
        self.reload(daemon, configuration(port, {"dryer1": dryer(), "dryer2": dryer()}))
        back = wire.wait(setpoint("dryer1"), lambda m: m.payload, after=mark)
        self.assertEqual(back["seq"], count + 1)
        wire.wait(setpoint("dryer3"), lambda m: not m.payload, after=mark)
        self.assertEqual([row["seq"] for row in query(daemon.database, "SELECT seq FROM setpoints WHERE loop = 'dryer1' ORDER BY ts_us")],
                         list(range(1, count + 2)))

    def test_measured_no_longer(self):
        """The measured point leaves with the loop's feedback."""
        measured, topic = {"q_sink": live("plant/dryer1/q", unit="kW")}, f"{PREFIX}/dryer1/actual"
        _, wire, daemon = self.world({"dryer1": dryer(feedback=measured)})
        wire.publish("plant/dryer1/q", "1500", retain=True)
        wire.wait(topic, lambda m: m.payload and m["q_sink_kw"] == 1500.0)
        mark = wire.mark()
        self.reload(daemon, configuration(wire.client._port, {"dryer1": dryer()}))
        wire.wait(topic, lambda m: not m.payload, after=mark)
        self.assertNotIn(topic, subscribed(wire.client._port, f"{PREFIX}/#"))

    def test_removed_while_stopped(self):
        """What a former configuration left at the broker is emptied at the next start."""
        _, wire, daemon = self.world({"dryer1": dryer(), "dryer2": dryer()})
        port = wire.client._port
        self.assertEqual(daemon.stop(), 0)
        self.assertIn(setpoint("dryer2"), subscribed(port, f"{PREFIX}/#"))
        mark = wire.mark()
        daemon.write(configuration(port, {"dryer1": dryer()}))
        daemon.start()
        wire.wait(setpoint("dryer2"), lambda m: not m.payload, after=mark)
        wire.wait(state("dryer2"), lambda m: not m.payload, after=mark)

    def test_new_signal(self):
        """A loop with a new input keeps its setpoint until that came; its retained message is fetched."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port, mark = wire.client._port, wire.mark()
        wire.publish("plant/duty", "2400", retain=True)
        last = wire.last(setpoint("dryer1"))
        self.reload(daemon, configuration(port, {"dryer1": dryer(sink={"duty": live("plant/duty", unit="kW")})}))
        after = wire.wait(setpoint("dryer1"), lambda m: m["seq"] > last["seq"], after=mark)
        self.assertEqual((after["seq"], after["quality"]), (last["seq"] + 1, "uncertain"))
        self.assertAlmostEqual(after["q_sink_kw"], last["q_sink_kw"] / 2, delta=2.0)
        mark = wire.mark()
        # another field of a topic that is subscribed already: only the new signal hears the retained message
        wire.publish("market/spot", '{"price": 132, "duty": 1200}', retain=True)
        wire.wait(state("dryer1"), after=mark, timeout=5)
        mark = wire.mark()
        self.reload(daemon, configuration(port, {"dryer1": dryer(sink={"duty": live("market/spot", pointer="/duty", unit="kW")})}))
        wire.wait(points("dryer1"), lambda m: m["inputs"]["duty_kw"] == 1200.0, after=mark)
        inputs = wire.wait(state("dryer1"), lambda m: "loops.dryer1.sink.duty" in m["inputs"], after=mark)["inputs"]
        self.assertEqual(inputs["market.electricity.price"]["quality"], "good", "it was not heard again")
        self.assertEqual(inputs["loops.dryer1.sink.duty"]["quality"], "uncertain")

    def test_signal_that_never_comes(self):
        """After 5 s the loop says what it lacks."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port, mark = wire.client._port, wire.mark()
        self.reload(daemon, configuration(port, {"dryer1": dryer(sink={"duty": live("plant/duty", unit="kW")})}))
        began = time.monotonic()
        bad = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", after=mark)
        self.assertGreater(bad.at - began, 3.0)
        self.assertFalse(bad["hp_on"])
        wire.publish("plant/duty", "4800")
        self.assertEqual(wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)["seq"], bad["seq"] + 1)

    def test_removed_signal(self):
        """Nobody listens any more: the topic is unsubscribed."""
        box, wire, daemon = self.world({"dryer1": dryer()})
        port = wire.client._port
        self.reload(daemon, configuration(port, {"dryer1": dryer(source={"t_in": "15 degC"})}))
        until(lambda: "Received UNSUBSCRIBE from lorenzd-dresden" in box.broker.log_text(), "unsubscribed")

    def test_ranges(self):
        """A tightened range counts for the value at hand; a longer stale_after brings a stale one back."""
        fresh = dryer(source={"t_in": live("plant/source_in", unit="degC", stale_after="1 s")})
        _, wire, daemon = self.world({"dryer1": fresh})
        port = wire.client._port
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad")
        mark = wire.mark()
        longer = dryer(source={"t_in": live("plant/source_in", unit="degC", stale_after="1 h")})
        self.reload(daemon, configuration(port, {"dryer1": longer}))
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        mark = wire.mark()
        narrow = dryer(source={"t_in": live("plant/source_in", unit="degC", valid="[20, 40]")})
        self.reload(daemon, configuration(port, {"dryer1": narrow}))
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", after=mark)
        self.assertIn("outside [20, 40]", wire.wait(state("dryer1"), lambda m: m["reason"], after=mark)["reason"])

    def test_validity_goes_on(self):
        """The renewal of what was published before the reload is not lost."""
        quick = dryer(setpoint={"valid_for": "4 s"})
        _, wire, daemon = self.world({"dryer1": quick})
        with open(daemon.config_path, encoding="utf-8") as file:
            self.reload(daemon, file.read())
        mark, last = wire.mark(), wire.last(setpoint("dryer1"))
        again = wire.wait(setpoint("dryer1"), after=mark, timeout=5)
        self.assertEqual(again["seq"], last["seq"])
        self.assertGreater(again["valid_until"], last["valid_until"])

    def test_connection(self):
        """Another broker address is taken: the service leaves and comes back."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port, mark = wire.client._port, wire.mark()
        self.reload(daemon, configuration(port, {"dryer1": dryer()}, mqtt={"client_id": "lorenzd-other"}))
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"offline", after=mark)
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark)
        wire.publish("market/spot", '{"price": 60}')
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)

    def test_broker_away(self):
        """While there is no connection, all counts for the next one."""
        box, wire, daemon = self.world({"dryer1": dryer(), "dryer2": dryer()}, persistence=True)
        port = wire.client._port
        box.broker.stop()
        until(lambda: self.events(daemon, "broker_lost"), "the loss is noticed")
        self.reload(daemon, configuration(port, {"dryer1": dryer(heat_pump={"lorenz_efficiency": 0.45})}))
        mark = wire.mark()
        box.broker.start()
        wire.connected.wait(10)
        wire.wait(setpoint("dryer1"), after=mark, timeout=20)
        until(lambda: setpoint("dryer2") not in subscribed(port, f"{PREFIX}/#", timeout=1), "the removed loop's setpoint is emptied")
        self.assertIn(setpoint("dryer1"), subscribed(port, f"{PREFIX}/#"))

    def test_many_in_a_row(self):
        """Under load, two configurations in turn: counts without a gap, no descriptor lost, memory bounded."""
        _, wire, daemon = self.world({"dryer1": dryer()})
        port = wire.client._port
        configs = [configuration(port, {"dryer1": dryer(heat_pump={"lorenz_efficiency": eta}), f"other{i % 2}": dryer()})
                   for i, eta in enumerate((0.5, 0.45))]
        fds = lambda: len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
        self.reload(daemon, configs[0])
        before = fds()
        rounds = 200 if os.environ.get("LORENZ_TEST_LONG") else 30
        turns = itertools.count()

        def turn():
            i = next(turns)
            daemon.write(configs[(i + 1) % 2])
            daemon.process.send_signal(signal.SIGHUP)
            wire.publish("market/spot", '{"price": %d}' % (100 + i % 50))
            return i % 10 == 9 and len(self.events(daemon, "config_reloaded")) >= rounds
        until(turn, f"{rounds} reloads are told; signals in quick succession may be one", timeout=max(30, rounds) * SLOW, pause=0)
        time.sleep(1)
        self.assertLessEqual(fds(), before + 1)
        stored = [row["seq"] for row in query(daemon.database, "SELECT seq FROM setpoints WHERE loop = 'dryer1' ORDER BY ts_us")]
        self.assertEqual(stored, list(range(1, len(stored) + 1)))
        self.assertEqual(daemon.stop(), 0)
        runs = query(daemon.database, "SELECT * FROM runs ORDER BY started")
        self.assertTrue(all(row["ended"] for row in runs))
        self.check_all(wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
