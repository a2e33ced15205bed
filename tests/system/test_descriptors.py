"""Descriptors and threads of a service that lives through broker restarts, new connections, reloads and a history whose
folder goes away: as many afterwards as before, and after many rounds as after one."""
import os
import shutil
import signal
import unittest

from harness import SLOW, SystemTest, until
from plant import PREFIX, configuration, dryer, merged, setpoint

ROUNDS = 60 if os.environ.get("LORENZ_TEST_LONG") else 2
STATUS, HEALTH = f"{PREFIX}/status", f"{PREFIX}/health"


class Descriptors(SystemTest):
    def setUp(self):
        self.box = self.bench()
        self.wire = self.box.wire()
        self.daemon = self.box.daemon("")
        self.disk = os.path.join(self.daemon.folder, "disk")
        os.mkdir(self.disk)
        self.daemon.database = os.path.join(self.disk, "history.db")
        self.config = configuration(self.box.broker.port, {"dryer1": dryer(setpoint={"deadband": "0 K"})}, store={"path": self.daemon.database})
        self.daemon.write(self.config)
        self.daemon.start()
        self.wire.wait(STATUS, lambda m: m.payload == b"online")
        self.wire.feed(retain=True)
        self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.stored()

    def stored(self):
        """A new decision has reached the history: broker, loop and writer are all there."""
        mark = self.wire.mark()
        self.price = 100 + (getattr(self, "price", 100) + 7) % 50
        self.wire.publish("market/spot", f'{{"price": {self.price}}}', retain=True)
        came = self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        until(lambda: self.daemon.query(f"SELECT 1 FROM setpoints WHERE ts = '{came['ts']}'"), "the setpoint is in the history", timeout=10 * SLOW)

    def held(self):
        """What it has open, by name without what differs each time, and how many threads."""
        base, files = f"/proc/{self.daemon.process.pid}", []
        for fd in os.listdir(base + "/fd"):
            try:
                files.append(os.readlink(f"{base}/fd/{fd}").split(":")[0])
            except FileNotFoundError:
                pass    # closed meanwhile
        return sorted(files), len(os.listdir(base + "/task"))

    def check(self, once):
        """The first time may leave something for good (a library's own), any further one must not."""
        once()
        self.stored()
        before = self.held()
        for _ in range(ROUNDS):
            once()
        self.stored()
        try:
            until(lambda: self.held() == before, "as before", timeout=15 * SLOW)
        except AssertionError:
            self.assertEqual(self.held(), before)
        print(f"{ROUNDS} rounds, {len(before[0])} descriptors, {before[1]} threads", flush=True)
        self.assertEqual(self.daemon.stop(), 0)

    def test_broker_goes_away(self):
        """The connection lost, attempts that are refused, a new one."""
        def once():
            mark = self.wire.mark()
            self.box.broker.stop()
            asked = self.daemon.log_text().count("refused")
            until(lambda: self.daemon.log_text().count("refused") > asked, "the loss is told")
            self.box.broker.start()
            self.wire.wait(STATUS, lambda m: m.payload == b"online", after=mark, timeout=60 * SLOW)
        self.check(once)

    def reload(self, config):
        before = self.daemon.log_text().count(" in force instead of ")
        self.daemon.write(config)
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: self.daemon.log_text().count(" in force instead of ") > before, "it is in force")

    def test_new_connections(self):
        """Each reload asks for another one."""
        names = iter(f"lorenzd-{i}" for i in range(1000000))

        def once():
            mark = self.wire.mark()
            self.reload(merged(self.config, {"mqtt": {"client_id": next(names)}}))
            self.wire.wait(STATUS, lambda m: m.payload == b"online", after=mark)
        self.check(once)

    def test_reloads(self):
        """Loops and topics come and go; what is refused is closed as well."""
        def once():
            self.reload(merged(self.config, {"loops": {"dryer2": dryer(source={"t_in": {"topic": "plant/other", "unit": "degC"}})}}))
            self.daemon.write("site: dresden\nloops: {a: {}}\n")
            refused = self.daemon.log_text().count("force stays")
            self.daemon.process.send_signal(signal.SIGHUP)
            until(lambda: self.daemon.log_text().count("force stays") > refused, "it is refused")
            self.reload(self.config)
        self.check(once)

    def test_history_goes_away(self):
        """The folder with the file removed while it is open, tried again while it is missing, made anew."""
        def once():
            mark = self.wire.mark()
            shutil.rmtree(self.disk)
            self.wire.publish("market/spot", '{"price": 80}', retain=True)
            self.wire.wait(HEALTH, lambda m: m["store"] == "degraded", after=mark, timeout=60 * SLOW)
            os.mkdir(self.disk)
            self.wire.wait(HEALTH, lambda m: m["store"] == "ok", after=mark, timeout=60 * SLOW)
        self.check(once)


if __name__ == "__main__":
    unittest.main(verbosity=2)
