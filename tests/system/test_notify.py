"""What systemd and the journal hear: readiness, status, watchdog, stopping, and a level before every line."""
import os
import socket
import time
import unittest

from harness import SLOW, TIMEOUT, SystemTest, until
from plant import PREFIX, configuration, dryer, setpoint


class Supervisor:
    """A NOTIFY_SOCKET and what was written to it, with times."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = []

    def lines(self):
        while True:
            try:
                datagram = self.socket.recv(65536)
            except BlockingIOError:
                return self.heard
            self.heard += [(time.monotonic(), line) for line in datagram.decode().splitlines()]

    def wait(self, start, count=1, timeout=TIMEOUT):
        def found():
            hits = [hit for hit in self.lines() if hit[1].startswith(start)]
            return len(hits) >= count and hits
        return until(found, f"{count} times {start} from {self.heard}", timeout, pause=0.01)


class Notify(SystemTest):
    def station(self, broker=True, **env):
        box = self.bench(broker=broker)
        supervisor = Supervisor(box.folder)
        self.addCleanup(supervisor.socket.close)
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()}))
        daemon.start(env={"NOTIFY_SOCKET": supervisor.path, **env})
        return box, supervisor, daemon

    def test_ready_status_watchdog_stopping(self):
        box, supervisor, daemon = self.station(WATCHDOG_USEC="1000000")
        wire = box.wire()
        supervisor.wait("READY=1")
        supervisor.wait("STATUS=")
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        beats = [at for at, _ in supervisor.wait("WATCHDOG=1", 5)]
        for earlier, later in zip(beats, beats[1:]):
            self.assertLess(later - earlier, 0.75 * SLOW, "seconds between two words to a watchdog of one second")
        self.assertEqual(daemon.stop(), 0)
        supervisor.wait("STOPPING=1")
        words = [line for _, line in supervisor.lines()]
        self.assertEqual((words.count("READY=1"), words.count("STOPPING=1")), (1, 1))
        self.assertLess(words.index("READY=1"), words.index("STOPPING=1"))

    def test_ready_without_a_broker(self):
        _, supervisor, daemon = self.station(broker=False)
        supervisor.wait("READY=1", timeout=5.0 * SLOW)
        self.assertEqual(daemon.stop(), 0)
        supervisor.wait("STOPPING=1")
        self.assertFalse([line for _, line in supervisor.lines() if line.startswith("WATCHDOG")], "nobody asked for a watchdog")

    def test_not_ready_with_a_bad_configuration(self):
        box = self.bench(broker=False)
        supervisor = Supervisor(box.folder)
        self.addCleanup(supervisor.socket.close)
        daemon = box.daemon("site: Dresden West\n").start(env={"NOTIFY_SOCKET": supervisor.path})
        self.assertEqual(daemon.wait(), 78)
        self.assertNotIn("READY=1", [line for _, line in supervisor.lines()])

    def test_journal_levels(self):
        box = self.bench()
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": dryer()})).start(env={"JOURNAL_STREAM": "stderr"})
        box.wire().wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.assertEqual(daemon.stop(), 0)
        lines = daemon.log_text().splitlines()
        self.assertTrue(lines)
        for line in lines:
            self.assertRegex(line, "^<[3-7]>")


if __name__ == "__main__":
    unittest.main(verbosity=2)
