"""Broker gone and back, kills and restarts: what is published again, and what the history still has."""
import signal
import time
import unittest

from harness import TIMEOUT, SystemTest, subscribed, tool, until
from plant import DRYER, PREFIX, RETAINED, configuration, dryer, merged, points, setpoint, state

EVERY = merged(DRYER, {"setpoint": {"deadband": "0 K"}})


def online(message):
    return message.payload == b"online"


class BrokerFaults(SystemTest):
    def test_broker_comes_later(self):
        box = self.bench(broker=False)
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start()
        until(daemon.log_text, "lorenzd says that there is no broker")
        box.broker.start()
        wire = box.wire()
        wire.wait(f"{PREFIX}/status", online, timeout=3 * TIMEOUT)
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.check_all(wire)

    def test_broker_restarts_and_has_forgotten_all(self):
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start()
        wire.wait(f"{PREFIX}/status", online)
        wire.feed()
        good = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        wire.wait(points("dryer1"), lambda m: m["cause_ts"] == good["cause_ts"])
        wire.wait(state("dryer1"), lambda m: m["quality"] == "good", timeout=TIMEOUT)
        box.broker.stop()
        box.broker.start()
        got = {}

        def all_again():
            got.update(subscribed(box.broker.port, PREFIX + "/#", timeout=1.0, enough=len(RETAINED)))
            return set(got) >= RETAINED
        until(all_again, "every retained topic is there again", timeout=3 * TIMEOUT)
        self.assertEqual(set(got), RETAINED)
        again = got[setpoint("dryer1")]
        self.assertEqual((again["ts"], again["seq"]), (good["ts"], good["seq"]), "the same decision")
        self.assertEqual(got[f"{PREFIX}/status"].payload, b"online")
        until(wire.connected.is_set, "the test's own client is back")
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 100}')
        new = wire.wait(setpoint("dryer1"), lambda m: m["seq"] == good["seq"] + 1, after=mark, what="inputs are heard again")
        self.assertEqual(new["quality"], "good")
        self.assertTrue(daemon.running())
        text = daemon.log_text().lower()
        self.assertLess(text.count("connect"), 20, "the log is full of the same")

    def test_decisions_go_on_while_the_broker_is_away(self):
        """Inputs go stale without a broker; the history has it, and the newest is published on return."""
        box = self.bench()
        wire = box.wire()
        loop = merged(DRYER, {"source": {"t_in": {"topic": "plant/source_in", "unit": "degC", "stale_after": "1 s"}}})
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": loop})).start()
        wire.wait(f"{PREFIX}/status", online)
        wire.feed()
        good = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        box.broker.stop()
        until(lambda: daemon.query(f"SELECT 1 FROM setpoints WHERE seq > {good['seq']} AND quality = 'bad'"), "the decision without a broker")
        box.broker.start()
        came = wire.wait(setpoint("dryer1"), lambda m: m["seq"] > good["seq"], timeout=3 * TIMEOUT)
        self.assertEqual((came["quality"], came["reason"], came["hp_on"]), ("bad", "bad_input", False))

    def test_tool_without_a_broker(self):
        box = self.bench(broker=False)
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()}))
        done = tool("status", "--config", daemon.config_path)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class Ends(SystemTest):
    def station(self, loops=None):
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, loops or {"dryer1": EVERY})).start()
        wire.wait(f"{PREFIX}/status", online)
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        return box, wire, daemon

    def test_kill_leaves_the_will(self):
        _, wire, daemon = self.station()
        mark = wire.mark()
        daemon.kill()
        came = wire.wait(f"{PREFIX}/status", after=mark)
        self.assertEqual((came.payload, came.retain, came.qos), (b"offline", True, 1))

    def test_sigterm(self):
        """Offline is said, the exit is clean and quick, and every decision that went out is on disk."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=signum):
                _, wire, daemon = self.station()
                mark = wire.mark()
                for i in range(200):
                    wire.publish("market/spot", f'{{"price": {100 + i / 10}}}')
                last = wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] < 124.425, after=mark,
                                 what="119.9 EUR/MWh")
                began = time.monotonic()
                daemon.process.send_signal(signum)
                self.assertEqual(daemon.wait(5.0), 0)
                self.assertLess(time.monotonic() - began, 5.0)
                offline = wire.wait(f"{PREFIX}/status", after=mark)
                self.assertEqual((offline.payload, offline.retain), (b"offline", True))
                published = {(m["ts"], m["seq"]) for m in wire.all(setpoint("dryer1"))}
                stored = {(row["ts"], row["seq"]) for row in daemon.query("SELECT ts, seq FROM setpoints")}
                self.assertLessEqual(published, stored, f"lost, and the last seen was {last}")
                samples = daemon.query("SELECT count(*) AS n FROM samples WHERE signal = 'market.electricity.price'")
                self.assertEqual(samples[0]["n"], 201)
                runs = daemon.query("SELECT started, ended FROM runs")
                self.assertEqual(len(runs), 1)
                self.assertGreater(runs[0]["ended"], runs[0]["started"])

    def test_sigterm_without_a_broker(self):
        box = self.bench(broker=False)
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start()
        until(daemon.log_text, "lorenzd says that there is no broker")
        self.assertEqual(daemon.stop(), 0)

    def test_counts_go_on_after_a_restart(self):
        _, wire, daemon = self.station()
        self.assertEqual(daemon.stop(), 0)
        last = wire.last(setpoint("dryer1"))
        mark = wire.mark()
        daemon.start()
        wire.wait(f"{PREFIX}/status", online, after=mark)
        wire.feed()
        first = wire.wait(setpoint("dryer1"), after=mark)
        self.assertEqual(first["seq"], last["seq"] + 1)
        self.assertGreater(first["ts"], last["ts"])
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(len(daemon.query("SELECT * FROM runs WHERE ended IS NOT NULL")), 2)
        rows = daemon.query("SELECT seq, ts FROM setpoints ORDER BY ts_us")
        self.assertEqual([row["seq"] for row in rows], list(range(rows[0]["seq"], rows[0]["seq"] + len(rows))))
        self.check_all(wire)

    def test_kill_keeps_what_is_older_than_a_second(self):
        _, wire, daemon = self.station()
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            at = wire.mark()
            wire.publish("market/spot", f'{{"price": {100 + len(wire.messages) % 50}}}')
            wire.wait(setpoint("dryer1"), after=at)
        killed = time.monotonic()
        daemon.kill()
        stored = {row["ts"] for row in daemon.query("SELECT ts FROM setpoints")}
        newest = daemon.query("SELECT max(seq) AS seq FROM setpoints")[0]["seq"]
        old = [m["ts"] for m in wire.all(setpoint("dryer1")) if m.at < killed - 1.0]
        self.assertGreater(len(old), 50)
        self.assertEqual([ts for ts in old if ts not in stored], [], "setpoints older than a second are lost")
        mark = wire.mark()
        daemon.start()
        wire.wait(f"{PREFIX}/status", online, after=mark)
        wire.feed()
        again = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertGreater(again["ts"], max(old))
        self.assertGreater(again["seq"], newest, "a count was given out twice")
        self.assertEqual(daemon.query("PRAGMA integrity_check"), [{"integrity_check": "ok"}])

    def test_two_on_one_database(self):
        box, wire, first = self.station()
        other = configuration(box.broker.port, {"dryer1": EVERY}, site="leipzig", store={"path": first.database})
        second = box.daemon(other, name="second").start()
        self.assertEqual(second.wait(), 1)
        lines = [line for line in second.log_text().splitlines() if "history.db" in line]
        self.assertTrue(lines, second.log_text())
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 100}')
        wire.wait(setpoint("dryer1"), after=mark)
        self.assertTrue(first.running())


if __name__ == "__main__":
    unittest.main(verbosity=2)
