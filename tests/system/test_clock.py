"""The system clock set while the service runs, by libfaketime in lorenzd alone: steps of an hour and a day, a boot in 1970, the
nights of daylight saving. The monotonic clock stays real, as it does where a clock is set."""
import glob
import json
import os
import sys
import time
import unittest

from harness import LORENZD, SLOW, SystemTest, stamp, stamp_us, until
from plant import FEED, PREFIX, configuration, dryer, live, setpoint, state

FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
HOUR = 3600.0
DAY = 24 * HOUR
VALID = 120.0
SOON = 2.0 * SLOW                   # after a price change, whatever the clock did


def utc(text):
    return stamp_us(text + ".0Z") / 1e6


class Clocked:
    """lorenzd under a clock that the test sets; `now` is what that clock says."""

    def __init__(self, test, began=None, env=None, **loop):
        self.box = test.bench()
        self.wire = self.box.wire()
        self.price = 100.0
        config = configuration(self.box.broker.port, {"dryer1": dryer(**loop)},
                               publish={"interval": "0.05 s"})
        self.daemon = self.box.daemon(config)
        self.control = os.path.join(self.daemon.folder, "faketime")
        self.env = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": self.control, "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
                    # a report on libfaketime's own races would wait for the lock that libfaketime holds
                    "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "") + ":ignore_noninstrumented_modules=1", **(env or {})}
        self.offset = 0.0
        self.set_to(began if began is not None else time.time())
        self.daemon.start(env=self.env)
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")

    @property
    def now(self):
        return time.time() + self.offset

    def set_to(self, moment):
        self.offset = moment - time.time()
        with open(self.control + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.offset:+.6f}")
        os.replace(self.control + ".new", self.control)

    def step(self, seconds):
        self.set_to(self.now + seconds)

    def decide(self):
        """A new price has to be answered soon; returns the setpoint."""
        mark = self.wire.mark()
        self.price += 4.0
        last = max((m["seq"] for m in self.wire.all(setpoint("dryer1"))), default=0)
        self.wire.publish("market/spot", json.dumps({"price": self.price}))
        return self.wire.wait(setpoint("dryer1"), lambda m: m["seq"] > last, after=mark, timeout=SOON, what="an answer to a new price")

    def renewed(self, mark, timeout=2.0 * SLOW):
        """The setpoint, valid by the clock as it is now."""
        return self.wire.wait(setpoint("dryer1"), lambda m: abs(stamp_us(m["valid_until"]) / 1e6 - self.now - VALID) < 5 * SLOW,
                              after=mark, timeout=timeout, what=f"a setpoint valid for {VALID:g} s from {stamp(self.now)}")

    def event(self, code, contains=""):
        return until(lambda: [r for r in self.daemon.query(f"SELECT message FROM events WHERE code = '{code}'") if contains in r["message"]],
                     f"an event {code} with {contains!r}")[-1]["message"]

    def health(self, clock):
        return self.wire.wait(f"{PREFIX}/health", lambda m: m["clock"] == clock, what=f"health with clock {clock}")


class ClockTest(SystemTest):
    def check_ordered(self, clocked):
        """By ts and by seq is one order, on the wire and in the history; nothing is decided before what caused it."""
        self.check_all(clocked.wire)
        last = clocked.wire.last(setpoint("dryer1"))
        rows = until(lambda: [r for r in [clocked.daemon.query("SELECT ts, ts_us, cause_us, seq FROM setpoints ORDER BY ts_us")] if r and r[-1]["seq"] >= last["seq"]],
                     "the last setpoint is stored")[0]
        self.assertEqual([r["seq"] for r in rows], list(range(rows[0]["seq"], rows[0]["seq"] + len(rows))))
        for row in rows:
            self.assertEqual(stamp_us(row["ts"]), row["ts_us"])
            self.assertGreaterEqual(row["ts_us"], row["cause_us"] or 0)
        for message in clocked.wire.all(state("dryer1")):
            for name, value in message["inputs"].items():
                if value["last_ts"]:
                    self.assertLessEqual(value["last_ts"], message["ts"], f"{name} is newer than its state")

    def check_step(self, seconds):
        clocked = Clocked(self)
        clocked.wire.feed()
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        clocked.decide()
        mark = clocked.wire.mark()
        before = clocked.now
        clocked.step(seconds)
        again = clocked.renewed(mark)
        self.assertEqual(again["quality"], "good", "a step aged something")
        for _ in range(3):
            self.assertEqual(clocked.decide()["quality"], "good")
        message = clocked.event("clock_step", f"{abs(seconds):.1f} s" if abs(seconds) >= HOUR else "")
        self.assertIn("back" if seconds < 0 else "forward", message)
        self.assertIn(f"from {stamp(before)[:15]}", message)
        self.assertIn(f"to {stamp(clocked.now)[:15]}", message)
        clocked.health("behind" if seconds < 0 else "ok")
        self.check_ordered(clocked)
        self.assertEqual(clocked.daemon.stop(), 0)
        run = clocked.daemon.query("SELECT started, ended FROM runs")
        self.assertEqual(len(run), 1)
        self.assertGreaterEqual(run[0]["ended"], run[0]["started"])


class Steps(ClockTest):
    def test_an_hour_forward(self):
        self.check_step(HOUR)

    def test_an_hour_back(self):
        self.check_step(-HOUR)

    def test_the_heart_goes_on(self):
        clocked = Clocked(self)
        mark = clocked.wire.mark()
        clocked.step(-HOUR)
        beat = clocked.wire.wait(f"{PREFIX}/heartbeat", after=mark, timeout=12 * SLOW)
        self.assertNear(stamp_us(beat["ts"]) / 1e6, clocked.now, 2 * SLOW, "the heartbeat's clock")

    @unittest.skipUnless(os.environ.get("LORENZ_TEST_LONG"), "LORENZ_TEST_LONG is not set")
    def test_a_day_forward(self):
        self.check_step(DAY)

    def test_a_day_back(self):
        self.check_step(-DAY)

    def test_there_and_back_again(self):
        """A clock set wrongly for a while: what lies in the history afterwards is complete and in order."""
        clocked = Clocked(self)
        clocked.wire.feed()
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        for seconds in (DAY, -DAY, HOUR, -HOUR, -HOUR, HOUR):
            mark = clocked.wire.mark()
            clocked.step(seconds)
            clocked.renewed(mark)
            self.assertEqual(clocked.decide()["quality"], "good")
        self.check_ordered(clocked)
        clocked.event("clock_step", "86400.0 s forward")
        clocked.event("clock_step", "86400.0 s back")
        prices = "SELECT count(DISTINCT value) AS n FROM samples WHERE signal = 'market.electricity.price'"
        self.assertEqual(clocked.daemon.query(prices)[0]["n"], 7)
        self.assertEqual(clocked.daemon.stop(), 0)
        past = clocked.daemon.query(f"{prices} AND ts_us < {int(clocked.now * 1e6)}")[0]["n"]
        self.assertEqual(past, 5, "what the clock said is what samples are stamped with")
        hours = clocked.daemon.query("SELECT hour, n, min, mean, max FROM samples_hourly WHERE signal = 'market.electricity.price' ORDER BY 1")
        self.assertEqual(sum(row["n"] for row in hours), past, hours)
        for row in hours:
            self.assertLessEqual(row["min"], row["mean"])
            self.assertLessEqual(row["mean"], row["max"])


class Boot(ClockTest):
    """No clock chip: 1970 until the network's time is there."""

    def test_1970_then_the_real_date(self):
        clocked = Clocked(self, began=5.0)
        clocked.wire.feed()
        first = clocked.wire.wait(setpoint("dryer1"), lambda m: m["hp_on"])
        self.assertEqual(first["quality"], "uncertain", "stamps of a clock that was never set are not to be trusted")
        self.assertTrue(first["ts"].startswith("1970-01-01T00:00:"))
        clocked.health("unset")
        clocked.event("clock_unset", "1970-01-01")
        clocked.decide()
        mark = clocked.wire.mark()
        clocked.set_to(time.time())
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark, timeout=SOON)
        clocked.renewed(mark)
        clocked.health("ok")
        clocked.decide()
        clocked.event("clock_step", "from 1970-01-01T00:00:")
        self.check_ordered(clocked)
        unset = "ts_us < 1577836800000000"
        until(lambda: clocked.daemon.query(f"SELECT 1 FROM samples WHERE NOT {unset}"), "samples of the real date are stored")
        self.assertEqual(clocked.daemon.query(f"SELECT DISTINCT quality FROM samples WHERE {unset}"), [{"quality": "uncertain"}])
        self.assertEqual(clocked.daemon.query(f"SELECT DISTINCT quality FROM samples WHERE NOT {unset}"), [{"quality": "good"}])
        self.assertEqual(clocked.daemon.stop(), 0)
        hours = clocked.daemon.query("SELECT count(*) AS n FROM samples_hourly")[0]["n"]
        self.assertLess(hours, 4 * len(FEED) + 1, "hours between 1970 and now were made up")

    def test_1970_with_a_history(self):
        """The count and the stamps go on from the history, however early it is."""
        clocked = Clocked(self)
        clocked.wire.feed()
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        clocked.decide()
        self.assertEqual(clocked.daemon.stop(), 0)
        last = clocked.wire.last(setpoint("dryer1"))
        mark = clocked.wire.mark()
        clocked.set_to(5.0)
        clocked.daemon.start(env=clocked.env)
        clocked.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark)
        clocked.wire.feed()
        again = clocked.wire.wait(setpoint("dryer1"), lambda m: m["seq"] > last["seq"] and m["hp_on"], after=mark)
        self.assertGreater(again["ts"], last["ts"])
        self.assertTrue(again["valid_until"].startswith("1970-01-01T00:0"), "SCADA is not to trust what is decided without a clock")
        mark = clocked.wire.mark()
        clocked.set_to(time.time())
        clocked.renewed(mark)
        self.assertEqual(clocked.decide()["quality"], "good")
        self.check_ordered(clocked)
        self.assertEqual(clocked.daemon.stop(), 0)
        for row in clocked.daemon.query("SELECT started, ended FROM runs"):
            self.assertGreaterEqual(row["ended"], row["started"])


class OwnTimes(ClockTest):
    """Samples that bring their time: correct ones look as if they came from the future where the clock is behind."""

    SOURCE = {"t_in": live("plant/source_in", pointer="/t", unit="degC", stale_after="60 s", time="{pointer: /ts, format: rfc3339}")}
    NAME = "loops.dryer1.source.t_in"

    def feed(self, clocked, at):
        clocked.wire.publish("plant/source_in", json.dumps({"t": 15.0, "ts": stamp(at)}))

    def test_clock_back_and_right_again(self):
        clocked = Clocked(self, source=self.SOURCE)
        clocked.wire.feed({topic: payload for topic, payload in FEED.items() if topic != "plant/source_in"})
        self.feed(clocked, time.time())
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        clocked.step(-HOUR)
        self.assertEqual(clocked.decide()["quality"], "good", "what is known ages as before")
        mark = clocked.wire.mark()
        self.feed(clocked, time.time())
        bad = clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", after=mark, timeout=SOON)
        self.assertEqual((bad["hp_on"], bad["reason"]), (False, "bad_input"))
        words = clocked.wire.wait(state("dryer1"), lambda m: m["quality"] == "bad", after=mark)["inputs"][self.NAME]["reason"]
        self.assertIn("in the future: here it is " + stamp(clocked.now)[:14], words)
        mark = clocked.wire.mark()
        clocked.step(HOUR)
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark, timeout=SOON,
                          what="the sample that was refused for its time counts once the clock is right")
        self.check_ordered(clocked)


class Dst(ClockTest):
    """All is UTC: where the host's zone changes its clocks, nothing happens."""

    def check_night(self, change):
        clocked = Clocked(self, began=utc(change) - 3.0, env={"TZ": "Europe/Berlin"})
        clocked.wire.feed()
        clocked.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        until(lambda: clocked.now > utc(change) + 1.0, "the change is over", timeout=10)
        after = clocked.decide()
        self.assertNear(stamp_us(after["ts"]) / 1e6, clocked.now, 2 * SLOW, "ts")
        self.assertNear(stamp_us(after["valid_until"]) / 1e6, clocked.now + VALID, 2 * SLOW, "valid_until")
        self.check_ordered(clocked)
        self.assertEqual(clocked.daemon.query("SELECT message FROM events WHERE code LIKE 'clock%'"), [])

    def test_spring(self):
        self.check_night("2027-03-28T01:00:00")

    def test_autumn(self):
        self.check_night("2027-10-31T01:00:00")


def sanitized():
    with open(LORENZD, "rb") as file:
        return b"__asan_init" in file.read() or b"__tsan_init" in file.read()


if __name__ == "__main__":
    if not FAKETIME or sanitized():
        print("skipped: " + ("libfaketime is not installed" if not FAKETIME else "libfaketime does not go with a sanitizer"))
        sys.exit(77)
    unittest.main(verbosity=2)
