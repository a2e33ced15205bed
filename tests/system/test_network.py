"""A network that loses packets, between lorenzd and its broker: all of them, those of one direction, the goodbye of a broker
that died, a third of them. Long waits under LORENZ_TEST_LONG."""
import os
import re
import sys
import time
import unittest

import network
from harness import SLOW, TIMEOUT, SystemTest, until
from plant import PREFIX, configuration, dryer, live, setpoint

LONG = bool(os.environ.get("LORENZ_TEST_LONG"))
KEEPALIVE_S = 5.0
NOTICED = 1.5 * KEEPALIVE_S + 2.0 * SLOW
CLIENT = "lorenzd-dresden"


class Lossy(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.network = network.Network()
        cls.addClassCleanup(cls.network.close)

    def station(self):
        self.network.lose(0.0)
        box = self.bench(broker=False)
        with open(box.broker.conf, "a", encoding="ascii") as file:
            file.write(f"listener {box.broker.port} {network.HERE}\n")
        box.broker.start()
        loop = dryer(setpoint={"deadband": "0 K"}, source={"t_in": live("plant/source_in", unit="degC", stale_after="3 s")})
        daemon = box.daemon(configuration(0, {"dryer1": loop}, mqtt={"url": f"mqtt://{network.HERE}:{box.broker.port}", "keepalive": f"{KEEPALIVE_S:g} s"}))
        daemon.start(preexec_fn=self.network.enter)
        wire = box.wire()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        return box, wire, daemon

    def noticed(self, daemon, words="", since=0, timeout=NOTICED):
        return until(lambda: [line for line in daemon.log_text()[since:].splitlines() if "broker " in line and words in line],
                     f"the log says {words!r}", timeout)

    def check_back(self, box, wire, daemon, mark):
        """Soon connected, at once on the wire, and each topic said once."""
        connected = f"as {CLIENT} "
        before, began = len(box.broker.log_text()), time.monotonic()
        until(lambda: connected in box.broker.log_text()[before:], "it is back", NOTICED, pause=0.005)
        back = time.monotonic()
        said = f"Received PUBLISH from {CLIENT} "
        until(lambda: re.search(said + ".*dryer1/setpoint", box.broker.log_text()[before:]), "a setpoint is on the wire", 1.0 * SLOW, pause=0.005)
        print(f"back {back - began:.2f} s after the network, setpoint {time.monotonic() - back:.3f} s later")
        time.sleep(0.5)
        topics = re.findall(said + r".*'(lorenz/.*?)'", box.broker.log_text()[before:])
        for leaf in ("status", "health", "dryer1/setpoint", "dryer1/operating_points", "dryer1/state"):
            self.assertEqual(topics.count(f"{PREFIX}/{leaf}"), 1, leaf)
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", after=mark, what="what was decided in the meantime")
        wire.publish("plant/source_in", "16.0")
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertTrue(daemon.running())

    def check_silence(self, directions):
        box, wire, daemon = self.station()
        mark = wire.mark()
        self.network.lose(directions=directions)
        self.noticed(daemon)
        until(lambda: daemon.query("SELECT 1 FROM setpoints WHERE quality = 'bad' AND reason = 'bad_input'"), "decisions go on, and are stored")
        return box, wire, daemon, mark

    def test_black_hole(self):
        """Nothing comes, nothing is refused."""
        box, wire, daemon, mark = self.check_silence(("INPUT", "OUTPUT"))
        self.network.lose(0.0)
        self.check_back(box, wire, daemon, mark)

    @unittest.skipUnless(LONG, "LORENZ_TEST_LONG is not set")
    def test_long_black_hole(self):
        """Attempts that were given up do not come back later and take the client id."""
        box, wire, daemon, mark = self.check_silence(("INPUT", "OUTPUT"))
        time.sleep(75.0)
        before = len(box.broker.log_text())
        threads = len(os.listdir(f"/proc/{daemon.process.pid}/task"))
        self.network.lose(0.0)
        self.check_back(box, wire, daemon, mark)
        time.sleep(70.0)
        self.assertNotIn("already connected", box.broker.log_text()[before:])
        self.assertEqual(wire.last(f"{PREFIX}/status").payload, b"online")
        self.assertLessEqual(threads, 4)

    @unittest.skipUnless(LONG, "LORENZ_TEST_LONG is not set")
    def test_deaf(self):
        box, wire, daemon, mark = self.check_silence(("INPUT",))
        self.network.lose(0.0)
        self.check_back(box, wire, daemon, mark)

    @unittest.skipUnless(LONG, "LORENZ_TEST_LONG is not set")
    def test_mute(self):
        box, wire, daemon, mark = self.check_silence(("OUTPUT",))
        self.network.lose(0.0)
        self.check_back(box, wire, daemon, mark)

    @unittest.skipUnless(LONG, "LORENZ_TEST_LONG is not set")
    def test_half_open(self):
        """The broker dies unheard and comes back as another that knows of no connection."""
        box, wire, daemon = self.station()
        mark = wire.mark()
        self.network.lose()
        box.broker.process.kill()
        box.broker.process.wait()
        box.broker.start()
        until(wire.connected.is_set, "the test's own client is back")
        time.sleep(3.5)
        self.network.lose(0.0)
        self.check_back(box, wire, daemon, mark)

    def test_a_third_is_lost(self):
        """It goes slowly, but all of it comes, or is refused with the connection: what was acknowledged is in the history."""
        box, wire, daemon = self.station()
        self.network.lose(0.3)
        end, n = time.monotonic() + (60.0 if LONG else 5.0), 0
        while time.monotonic() < end:
            wire.publish("plant/source_in", f"{10.0 + n * 0.001:.3f}")
            n += 1
            time.sleep(0.02)
        self.network.lose(0.0)
        wire.publish("plant/source_in", "9.0")
        until(lambda: daemon.query("SELECT 1 FROM samples WHERE value = 9.0"), "the last one is stored", NOTICED + 3 * TIMEOUT)
        acknowledged = len(re.findall("Received PUBACK from " + CLIENT, box.broker.log_text()))
        sent = len(re.findall(f"Sending PUBLISH to {CLIENT} ", box.broker.log_text()))
        stored = until(lambda: [k for k in [daemon.query("SELECT count(*) AS n FROM samples")[0]["n"]] if k >= acknowledged], "what was acknowledged is stored")[0]
        print(f"{n} published, {sent} sent on, {acknowledged} acknowledged, {stored} stored, {daemon.log_text().count('connected to')} connections")
        self.assertTrue(daemon.running())


if __name__ == "__main__":
    WHY = network.missing()
    if WHY:
        print("skipped: " + WHY)
        sys.exit(77)
    unittest.main(verbosity=2)
