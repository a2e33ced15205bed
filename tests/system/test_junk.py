"""What a plant sends when it is broken: refused, counted, told once, never a zero, and good again after a good value."""
import time
import unittest

from harness import SLOW, SystemTest, stamp, until
from plant import DRYER, PREFIX, configuration, live, merged, setpoint, state

TEMPERATURE = "loops.dryer1.source.t_in"
PRICE = "market.electricity.price"

# payloads that no signal can be read from, for one that is plain text
TEXTS = {
    "nan": b"NaN", "inf": b"Inf", "minus inf": b"-inf", "too large": b"1e309", "decimal comma": b"12,5", "empty": b"",
    "blank": b"   ", "words": b"failed", "two numbers": b"12 13", "trailing": b"12abc", "invalid utf-8": b"\xff\xfe12", "nul": b"12\x0013",
    "one mebibyte": b"9" * (1 << 20), "json object": b'{"value": 12}', "null": b"null", "hexadecimal": b"0x10",
}
# and for one that lies at /price of a JSON document
DOCUMENTS = {
    "truncated": b'{"price": 13', "no json": b"132 EUR", "empty": b"", "wrong type": b'{"price": [132]}', "null": b'{"price": null}',
    "boolean": b'{"price": true}', "absent": b'{"prize": 132}', "nan": b'{"price": NaN}', "too large": b'{"price": 1e309}',
    "deep": b"[" * 100000 + b"]" * 100000, "deep at the pointer": b'{"price": ' + b"[" * 100000 + b"1" + b"]" * 100000 + b"}",
    "twice": b'{"price": 1, "price": 2}', "invalid utf-8": b'{"price": 132, "note": "\xff"}', "trailing": b'{"price": 132} x',
    "one mebibyte": b'{"price": 132, "note": "' + b"x" * (1 << 20),
}


class Junk(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench()
        cls.wire = cls.box.wire()
        loop = merged(DRYER, {"source": {"t_in": live("plant/source_in", unit="degC", valid=[-40, 120])}})
        stamped = merged(DRYER, {"source": {"t_in": live("plant/stamped", pointer="/t", unit="degC", time="{pointer: /ts, format: rfc3339}")}})
        cls.daemon = cls.box.daemon(configuration(cls.box.broker.port, {"dryer1": loop, "stamped": stamped}, publish={"interval": "0.05 s"}))
        cls.daemon.start()
        cls.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        cls.wire.feed()
        cls.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")

    def tearDown(self):
        self.assertTrue(self.daemon.running(), "lorenzd has gone")

    @staticmethod
    def signal(message, name):
        return message["inputs"][name]

    def refuse(self, topic, name, junk, good):
        """junk makes the signal and the decision bad, good makes both good again."""
        before = self.signal(self.wire.last(state("dryer1")), name)
        mark = self.wire.mark()
        self.wire.publish(topic, junk)
        refused = self.signal(self.wire.wait(state("dryer1"), lambda m: self.signal(m, name)["rejected"] > before["rejected"], after=mark,
                                             what=f"{name} counts what it refused"), name)
        self.assertEqual((refused["rejected"], refused["quality"]), (before["rejected"] + 1, "bad"))
        self.assertTrue(refused["reason"], "no reason given")
        self.assertIn(refused["value"], (before["value"], None), "a value was made of junk")
        bad = self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "bad", after=mark)
        self.assertEqual((bad["hp_on"], bad["reason"], bad["quality_code"]), (False, "bad_input", 0))
        mark = self.wire.mark()
        self.wire.publish(topic, good)
        again = self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark)
        self.assertTrue(again["hp_on"])
        state_again = self.wire.wait(state("dryer1"), lambda m: self.signal(m, name)["quality"] == "good", after=mark)
        self.assertEqual(self.signal(state_again, name)["rejected"], before["rejected"] + 1)

    def test_text(self):
        for name, junk in TEXTS.items():
            with self.subTest(junk=name):
                self.refuse("plant/source_in", TEMPERATURE, junk, "15.0")

    def test_documents(self):
        for name, junk in DOCUMENTS.items():
            with self.subTest(junk=name):
                self.refuse("market/spot", PRICE, junk, '{"price": 132}')

    def test_out_of_the_valid_range(self):
        for value in (-40.001, 120.5, 888.8):
            with self.subTest(value=value):
                self.refuse("plant/source_in", TEMPERATURE, str(value), "15.0")
                rows = until(lambda value=value: self.daemon.query(f"SELECT * FROM samples WHERE signal = '{TEMPERATURE}' AND value = {value}"),
                             "what is out of range is a sample of quality bad", timeout=2.0 * SLOW)
                self.assertEqual({row["quality"] for row in rows}, {"bad"})

    def test_ends_of_the_valid_range_belong_to_it(self):
        mark = self.wire.mark()
        self.wire.publish("plant/source_in", "-40")
        self.wire.wait(state("dryer1"), lambda m: self.signal(m, TEMPERATURE)["value"] == -40.0, after=mark)
        self.wire.publish("plant/source_in", "15.0")
        came = self.wire.wait(state("dryer1"), lambda m: self.signal(m, TEMPERATURE)["value"] == 15.0, after=mark)
        self.assertEqual({self.signal(m, TEMPERATURE)["quality"] for m in self.wire.all(state("dryer1"), mark)}, {"good"}, came)

    def test_one_event_per_change_of_state(self):
        mark = time.time()
        before = self.signal(self.wire.last(state("dryer1")), TEMPERATURE)["rejected"]
        for _ in range(5):
            self.wire.publish("plant/source_in", "NaN")
        self.wire.wait(state("dryer1"), lambda m: self.signal(m, TEMPERATURE)["rejected"] == before + 5)
        self.wire.publish("plant/source_in", "15.0")
        self.wire.wait(state("dryer1"), lambda m: self.signal(m, TEMPERATURE)["quality"] == "good")
        where = f"FROM events WHERE ts_us >= {int(mark * 1e6)} AND message LIKE '%{TEMPERATURE}%'"
        until(lambda: len(self.daemon.query(f"SELECT 1 {where}")) >= 2, "an event when it went bad, one when good again", timeout=3.0 * SLOW)
        rows = self.daemon.query(f"SELECT code, severity, message, count(*) AS n {where} GROUP BY code")
        self.assertEqual({row["n"] for row in rows}, {1}, rows)
        self.assertTrue(all(TEMPERATURE in row["message"] for row in rows))

    def test_a_time_that_cannot_be(self):
        """A day ahead, going back, no time at all: refused, and the last good value stays what it was."""
        name = "loops.stamped.source.t_in"
        now = time.time()
        self.wire.publish("plant/stamped", f'{{"t": 15.0, "ts": "{stamp(now)}"}}')
        good = self.wire.wait(state("stamped"), lambda m: m["inputs"][name]["quality"] == "good")["inputs"][name]
        self.assertEqual(good["last_ts"], stamp(now))
        later = now
        for text in (f'"{stamp(now + 86400)}"', f'"{stamp(now - 60)}"', '"yesterday"', "17", "null", '"2026-02-30T00:00:00Z"'):
            with self.subTest(time=text):
                before, mark = self.wire.last(state("stamped"))["inputs"][name], self.wire.mark()
                self.wire.publish("plant/stamped", f'{{"t": 99.0, "ts": {text}}}')
                after = self.wire.wait(state("stamped"), lambda m, n=before["rejected"]: m["inputs"][name]["rejected"] == n + 1, after=mark)
                self.assertNotEqual(after["inputs"][name]["value"], 99.0)
                mark, later = self.wire.mark(), later + 0.001
                self.wire.publish("plant/stamped", f'{{"t": 15.0, "ts": "{stamp(later)}"}}')
                self.wire.wait(state("stamped"), lambda m, ts=stamp(later): m["inputs"][name]["last_ts"] == ts
                               and m["inputs"][name]["quality"] == "good", after=mark)
        late = self.daemon.query("SELECT ts FROM samples WHERE value = 99.0")
        self.assertLessEqual({row["ts"] for row in late}, {stamp(now - 60)}, "only what came late may be in the history, at its own time")

    def test_one_time_twice(self):
        """Two values of one time stamp, and an old one once more: the history takes what comes after, nothing is lost."""
        now = time.time()
        for value, at in ((14.0, now), (16.0, now), (14.5, now - 30), (17.0, now - 30), (18.0, now + 0.001)):
            self.wire.publish("plant/stamped", f'{{"t": {value}, "ts": "{stamp(at)}"}}')
        until(lambda: self.daemon.query(f"SELECT 1 FROM samples WHERE value = 18.0 AND ts = '{stamp(now + 0.001)}'"), "the last is stored")
        self.assertEqual({(m["store"], m["lost_rows"]) for m in self.wire.all(f"{PREFIX}/health")}, {("ok", 0)})
        newest = self.wire.wait(state("stamped"), lambda m: m["inputs"]["loops.stamped.source.t_in"]["last_ts"] == stamp(now + 0.001))
        self.assertEqual(newest["inputs"]["loops.stamped.source.t_in"]["value"], 18.0)

    def test_never_a_zero(self):
        for junk in (b"", b"NaN", b"failed"):
            self.wire.publish("plant/source_in", junk)
            self.wire.publish("market/spot", junk)
        began = time.time()
        self.wire.publish("plant/source_in", "15.0")
        self.wire.publish("market/spot", '{"price": 132}')
        until(lambda: self.daemon.query(f"SELECT 1 FROM samples WHERE ts_us >= {int(began * 1e6)} AND signal = '{PRICE}'"),
              "the good value is in the history, and with it all before it", timeout=2.0 * SLOW)
        # where junk and good values were taken in one pass it was good all along
        until(lambda: self.wire.last(setpoint("dryer1"))["quality"] == "good", "a good setpoint is the newest")
        self.assertEqual(self.daemon.query("SELECT * FROM samples WHERE value = 0"), [])
        for message in self.wire.all(setpoint("dryer1")):
            if message["hp_on"]:
                self.assertNear(message["t_sink_out_c"], 111.05, 0.01, "t_sink_out_c")

    def test_what_goes_out_keeps_to_its_schema(self):
        self.check_all(self.wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
