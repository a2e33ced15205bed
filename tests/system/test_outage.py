"""The broker away for a while, coming and going, and killed in mid-stream: what was received stays, memory does not grow, and
once it is back each topic is said once, at once. The full lengths under LORENZ_TEST_LONG."""
import os
import re
import time
import unittest

from harness import SLOW, SystemTest, until
from plant import PREFIX, configuration, dryer, live, setpoint
from test_clock import FAKETIME, sanitized

LONG = bool(os.environ.get("LORENZ_TEST_LONG"))
CLIENT = "lorenzd-dresden"
SAID = f"Received PUBLISH from {CLIENT} "
TOPICS = sorted(f"{PREFIX}/{leaf}" for leaf in ("status", "health", "dryer1/setpoint", "dryer1/operating_points", "dryer1/state", "dryer1/totals"))
# of the whole site: may change once more, as the broker's return ends an alarm
SITE = {f"{PREFIX}/{leaf}" for leaf in ("heartbeat", "alarms", "summary")}
KEEPALIVE_S = 5.0
BACK = 1.5 * KEEPALIVE_S + 2.0 * SLOW
GROWTH_KIB = 4096


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


class Outage(SystemTest):
    def station(self, env=None, valid_for="2 min", keepalive=f"{KEEPALIVE_S:g} s", **signal):
        box = self.bench()
        wire = box.wire()
        loop = dryer(setpoint={"deadband": "0 K", "valid_for": valid_for}, source={"t_in": live("plant/source_in", unit="degC", **signal)})
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": loop}, mqtt={"keepalive": keepalive}))
        daemon.start(env=env)
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        return box, wire, daemon

    def connections(self, box):
        return len(re.findall(f"as {CLIENT} ", box.broker.log_text()))

    def check_back(self, box, wire, daemon, before, within=BACK):
        """From the broker's log after `before`: connected, at once a setpoint, each topic once; and inputs are heard."""
        until(lambda: f"as {CLIENT} " in box.broker.log_text()[before:], "it is back", within, pause=0.005)
        back = time.monotonic()
        until(lambda: re.search(SAID + ".*dryer1/setpoint", box.broker.log_text()[before:]), "a setpoint is on the wire", 1.0 * SLOW, pause=0.005)
        print(f"setpoint {time.monotonic() - back:.3f} s after the connection", end=" ", flush=True)
        time.sleep(0.5)
        said = re.findall(SAID + r".*'(lorenz/.*?)'", box.broker.log_text()[before:])
        self.assertEqual(sorted(topic for topic in said if topic not in SITE), TOPICS)
        self.assertLessEqual({f"{PREFIX}/alarms", f"{PREFIX}/summary"}, set(said))
        until(wire.connected.is_set, "the test's own client is back")
        mark = wire.mark()
        wire.feed(**{"plant/source_in": "15.5"})
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertTrue(daemon.running())

    def check_away(self, seconds):
        box, wire, daemon = self.station()
        memory = rss_kib(daemon.process.pid)
        box.broker.stop()
        time.sleep(seconds)
        before = len(box.broker.log_text())
        box.broker.start()
        self.check_back(box, wire, daemon, before)
        self.assertLess(rss_kib(daemon.process.pid) - memory, GROWTH_KIB)

    def test_a_second(self):
        self.check_away(1.0)

    @unittest.skipUnless(LONG, "LORENZ_TEST_LONG is not set")
    def test_a_minute(self):
        self.check_away(60.0)

    @unittest.skipUnless(FAKETIME and not sanitized(), "no libfaketime, or it does not go with a sanitizer")
    def test_an_hour(self):
        """By lorenzd's clocks, which run fast; six minutes of it by default. Inputs go stale, retries go on."""
        speed, minutes = 120, 60 if LONG else 6
        box, wire, daemon = self.station({"LD_PRELOAD": FAKETIME, "FAKETIME": f"+0 x{speed}"}, valid_for="1 d", keepalive="10 min",
                                         stale_after="2 min")
        memory = rss_kib(daemon.process.pid)
        box.broker.stop()
        time.sleep(minutes * 60 / speed)
        until(lambda: daemon.query("SELECT 1 FROM setpoints WHERE quality = 'bad' AND reason = 'bad_input'"), "decisions went on")
        before = len(box.broker.log_text())
        box.broker.start()
        self.check_back(box, wire, daemon, before)
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", what="what was decided in the meantime")
        self.assertLess(rss_kib(daemon.process.pid) - memory, GROWTH_KIB)
        self.assertLess(len(daemon.log_text().splitlines()), 100, "the log is full of the same")

    def test_flapping(self):
        """Up for half a second, down for half a second."""
        box, wire, daemon = self.station()
        pid = daemon.process.pid
        memory, threads = rss_kib(pid), len(os.listdir(f"/proc/{pid}/task"))
        for _ in range(60 if LONG else 5):
            box.broker.stop()
            time.sleep(0.5)
            box.broker.start()
            time.sleep(0.5)
        print(f"{self.connections(box)} connections", end=" ")
        box.broker.stop()
        before = len(box.broker.log_text())
        box.broker.start()
        self.check_back(box, wire, daemon, before)
        self.assertLess(rss_kib(pid) - memory, GROWTH_KIB)
        until(lambda: len(os.listdir(f"/proc/{pid}/task")) <= threads, "no thread is left behind")
        events = daemon.query("SELECT count(*) AS n FROM events WHERE code = 'broker_lost'")[0]["n"]
        self.assertLessEqual(events, 2 * (self.connections(box) + 1))

    def test_killed_in_mid_stream(self):
        """Every reading that lorenzd acknowledged is in the history, whenever the broker was killed."""
        box, wire, daemon = self.station()
        number = 0
        for kills in range(1, 21 if LONG else 3):
            end = time.monotonic() + 0.4
            while time.monotonic() < end:
                number += 1
                wire.client.publish("plant/source_in", f"{10 + number / 1000:.3f}", qos=1)
                time.sleep(0.001)
            box.broker.process.kill()
            box.broker.process.wait()
            box.broker.start()
            until(wire.connected.is_set, "the test's own client is back")
            until(lambda n=kills: daemon.log_text().count("connected to") > n, "lorenzd is back", BACK)
        wire.publish("plant/source_in", "9.0")
        until(lambda: daemon.query("SELECT 1 FROM samples WHERE value = 9.0"), "the last one is stored")
        acknowledged = len(re.findall("Received PUBACK from " + CLIENT, box.broker.log_text()))
        stored = daemon.query("SELECT count(*) AS n FROM samples")[0]["n"]
        print(f"{number} sent, {acknowledged} acknowledged, {stored} stored", end=" ")
        self.assertGreater(acknowledged, 100)
        self.assertGreaterEqual(stored, acknowledged)
        self.check_all(wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
