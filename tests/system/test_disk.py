"""The disk full, failing, slow, read-only, the database locked or held by a reader: setpoints go on as fast, memory stays
bounded, health says why and says when it is over, and what was still in memory is stored then."""
import errno
import os
import sqlite3
import statistics
import subprocess
import time
import unittest

from harness import SLOW, SystemTest, query, stamp_us, until
from plant import PREFIX, configuration, dryer, live, setpoint

LONG = bool(os.environ.get("LORENZ_TEST_LONG"))
FAULT_S = 120 if LONG else 3
SMALL = "64m" if LONG else "4m"  # what waited has to go onto it
LOOPS = {"dryer1": dryer(setpoint={"deadband": "0 K"})}
# many signals of one topic: each message on it is as many samples, and hardly a setpoint
FLOODED = {f"flooded{i}": dryer(source={"t_in": live("flood/source_in", unit="degC")}, setpoint={"deadband": "5 K"},
                                market={"electricity": {"price": "100 EUR/MWh"}}) for i in range(60)}
HEALTH = f"{PREFIX}/health"
# an update of 1 ms may take 2 ms more on a busy machine without telling anything about the disk
FLOOR_S = 0.02 * SLOW


class Disk(SystemTest):
    """Each test makes one fault, looks at the service under it, and ends it."""

    def station(self, folder=None, preload=None, loops=None):
        self.box = self.bench()
        self.wire = self.box.wire()
        self.daemon = self.box.daemon("")
        if folder:
            self.daemon.database = os.path.join(folder, "history.db")
        self.daemon.write(configuration(self.box.broker.port, loops or LOOPS, store={"path": self.daemon.database}))
        self.control = os.path.join(self.daemon.folder, "fault")
        env = {"LD_PRELOAD": preload, "FAULT_DISK": self.control, "ASAN_OPTIONS": "verify_asan_link_order=0"} if preload else None
        self.daemon.start(env=env)
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed()
        self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.normal = self.latencies(1.5)

    def latencies(self, seconds):
        """From a price to its setpoint, median and worst, for as long."""
        took, end, price = [], time.monotonic() + seconds, 100
        while time.monotonic() < end or len(took) < 5:
            price = 100 + (price + 7) % 50
            mark, began = self.wire.mark(), time.monotonic()
            self.wire.publish("market/spot", f'{{"price": {price}}}')
            came = self.wire.wait(setpoint("dryer1"), after=mark)
            took.append(came.at - began)
            time.sleep(0.01)
        return statistics.median(took), max(took)

    def rss_kib(self):
        with open(f"/proc/{self.daemon.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def degraded(self, words, mark):
        """Decisions go on until one of them cannot be stored: only a write finds out."""
        def said():
            self.latencies(0.2)
            return next((m for m in self.wire.all(HEALTH, after=mark) if m["store"] == "degraded"), None)
        self.assertRegex(until(said, f"degraded: {words}", timeout=30 * SLOW)["reason"], words)

    def under_fault(self, words, mark):
        """The service while the fault is in force."""
        self.degraded(words, mark)
        median, worst = self.latencies(FAULT_S)
        self.assertLess(median, 2 * self.normal[0] + FLOOR_S, f"median while the disk fails; without {self.normal}")
        self.assertLess(worst, 1.0 * SLOW)
        self.assertLess(self.rss_kib(), 64 * 1024)

    def recovered(self, mark):
        """All that was published is in the history, and health says ok."""
        self.wire.wait(HEALTH, lambda m: m["store"] == "ok", after=mark, timeout=10 * SLOW, what="ok again")
        lost = self.wire.last(HEALTH)["lost_rows"]
        published = {m["ts"] for m in self.wire.all(setpoint("dryer1"))}
        until(lambda: published <= {row["ts"] for row in query(self.daemon.database, "SELECT ts FROM setpoints")},
              "every setpoint is in the history", timeout=5 * SLOW)
        if lost:
            until(lambda: query(self.daemon.database, "SELECT 1 FROM events WHERE code = 'history_gap'"), "the gap is told", timeout=10 * SLOW)
        self.assertEqual(query(self.daemon.database, "PRAGMA integrity_check"), [{"integrity_check": "ok"}])
        self.check_all(self.wire)
        mark = self.wire.mark()
        self.wire.publish("market/spot", '{"price": 99}')
        seen = self.wire.wait(setpoint("dryer1"), after=mark)
        time.sleep(1.0 * SLOW)
        self.daemon.kill()
        self.assertTrue(query(self.daemon.database, f"SELECT 1 FROM setpoints WHERE ts = '{seen['ts']}'"), "the promise of a second holds again")

    def tmpfs(self, size):
        if os.geteuid() != 0:
            self.skipTest("mounting a file system needs root")
        box = self.bench(broker=False)
        folder = box.daemon("").folder + "-small"
        os.makedirs(folder)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True).returncode:
            self.skipTest("mounting a file system is not allowed here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def fill(self, folder):
        filler = os.path.join(folder, "filler")
        with open(filler, "wb", buffering=0) as file:
            while True:
                try:
                    file.write(b"x" * 4096)
                except OSError:
                    return filler

    def flood(self, seconds):
        """Readings until rows are lost; how many messages that took."""
        n, end = 0, time.monotonic() + seconds
        while self.wire.last(HEALTH)["lost_rows"] == 0 and time.monotonic() < end:
            for i in range(20):
                self.wire.client.publish("flood/source_in", f"{15 + i / 1000:.3f}", qos=1)
            self.wire.publish("flood/source_in", "15.1")
            n += 21
        return n

    def test_full_until_rows_give_way(self):
        """Samples do, setpoints do not; memory has its bound, and the gap is told."""
        folder = self.tmpfs("64m")
        self.station(folder, loops={**LOOPS, **FLOODED})
        mark, filler = self.wire.mark(), self.fill(folder)
        self.degraded("full", mark)
        n = self.flood(60 * SLOW)
        self.assertGreater(self.wire.last(HEALTH)["lost_rows"], 0, f"the queue has no end: {n} messages")
        median, worst = self.latencies(FAULT_S)
        self.assertLess(median, 2 * self.normal[0] + FLOOR_S, f"median while rows are lost; without {self.normal}")
        self.assertLess(worst, 1.0 * SLOW)
        rss = self.rss_kib()
        self.assertLess(rss, 64 * 1024)
        mark, began = self.wire.mark(), time.monotonic()
        os.unlink(filler)
        told = until(lambda: query(self.daemon.database, "SELECT message FROM events WHERE code = 'history_gap'"), "the gap is told", timeout=10 * SLOW)
        print(f"{n * len(FLOODED)} samples, {rss} KiB; the gap told after {time.monotonic() - began:.1f} s: {told[0]['message']}")
        self.assertRegex(told[0]["message"], r"^\d+ samples(, \d+ points)? lost")
        self.recovered(mark)

    def test_full(self):
        folder = self.tmpfs(SMALL)
        self.station(folder)
        mark, filler = self.wire.mark(), self.fill(folder)
        # the write-ahead log has room of its own, as much as the schema took: it has to be used up
        until(lambda: any(m["store"] == "degraded" for m in self.wire.all(HEALTH, after=mark)) or not self.latencies(0.2), "rows meet the end",
              timeout=20 * SLOW)
        self.under_fault("full", mark)
        mark = self.wire.mark()
        os.unlink(filler)
        self.recovered(mark)

    def test_read_only_at_start(self):
        """A read-only file system that becomes writable again: the history begins late."""
        folder = self.tmpfs(SMALL)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        self.station(folder)
        self.under_fault("(?i)read-only", 0)
        mark = self.wire.mark()
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        self.recovered(mark)

    def fail(self, text):
        with open(self.control + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.replace(self.control + ".new", self.control)
        return self.wire.mark()

    def shim(self):
        path = os.environ.get("FAULT_DISK_LIBRARY")
        if not path:
            self.skipTest("FAULT_DISK_LIBRARY does not name the library that lets a disk fail")
        return path

    def test_input_output_error(self):
        self.station(preload=self.shim())
        self.under_fault("(?i)i/o error", self.fail(f"fail {errno.EIO}"))
        self.recovered(self.fail(""))

    def test_turns_read_only(self):
        self.station(preload=self.shim())
        self.under_fault("(?i)i/o error|read-?only", self.fail(f"fail {errno.EROFS}"))
        self.recovered(self.fail(""))

    def test_slow(self):
        """Half a second for each fsync: nothing waits for it but the writer."""
        self.station(preload=self.shim())
        self.fail("slow 500")
        median, worst = self.latencies(FAULT_S)
        self.assertLess(median, 2 * self.normal[0] + FLOOR_S, f"median on a slow disk; else {self.normal}")
        self.assertLess(worst, 1.0 * SLOW)
        self.assertEqual(self.wire.last(HEALTH)["store"], "ok")
        newest = self.wire.last(setpoint("dryer1"))
        until(lambda: query(self.daemon.database, f"SELECT 1 FROM setpoints WHERE ts = '{newest['ts']}'"), "it is stored all the same", timeout=3 * SLOW)
        began = time.monotonic()
        self.assertEqual(self.daemon.stop(10), 0)
        print(f"stopped on a slow disk within {time.monotonic() - began:.1f} s")

    def test_locked(self):
        self.station()
        other = sqlite3.connect(self.daemon.database, isolation_level=None, timeout=5)
        mark = self.wire.mark()
        other.execute("BEGIN IMMEDIATE")
        self.under_fault("locked", mark)
        mark = self.wire.mark()
        other.execute("ROLLBACK")
        other.close()
        self.recovered(mark)

    def test_reader_holds_a_snapshot(self):
        """It sees what it saw; the service writes on, and the log is begun anew once it has gone."""
        self.station()
        other = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True, isolation_level=None)
        other.execute("BEGIN")
        before = other.execute("SELECT count(*) FROM setpoints").fetchone()
        median, _ = self.latencies(FAULT_S)
        self.assertLess(median, 2 * self.normal[0] + FLOOR_S)
        self.assertEqual(other.execute("SELECT count(*) FROM setpoints").fetchone(), before)
        self.assertEqual(self.wire.last(HEALTH)["store"], "ok")
        other.close()
        newest = self.wire.last(setpoint("dryer1"))
        until(lambda: query(self.daemon.database, f"SELECT 1 FROM setpoints WHERE ts = '{newest['ts']}'"), "stored", timeout=3 * SLOW)


if __name__ == "__main__":
    unittest.main(verbosity=2)
