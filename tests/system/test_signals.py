"""Signals that are filtered and voted, through a real broker: what state, events and samples say of a sentinel, a spike and a
sensor that disagrees, and that a reload goes on with them."""
import signal
import unittest

from harness import SystemTest, until
from plant import PREFIX, configuration, dryer, live, setpoint, state

SOURCE, INLET = "loops.dryer.source.t_in", "loops.dryer.sink.t_in"


def loop():
    made = dryer()
    made["source"]["t_in"] = {
        "any_of": [live("plant/s1", unit="degC", scale=0.1, sentinels=[8888]), live("plant/s2", unit="degC"),
                   live("plant/s3", unit="degC", smoothing="1 d")],
        "disagreement": "2 K",
    }
    made["sink"]["t_in"] = live("plant/air_in", unit="degC", stale_after="1 h", spikes={"window": 5})
    return made


class Signals(SystemTest):
    """One loop with three sensors for its source and a noisy one for its inlet."""

    def setUp(self):
        self.box = self.bench()
        self.wire = self.box.wire()
        self.daemon = self.box.daemon(configuration(self.box.broker.port, {"dryer": loop()}, publish={"interval": "0.05 s"})).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed(**{"plant/s1": "150", "plant/s2": "15.0", "plant/s3": "15.2"})
        for _ in range(5):
            self.wire.publish("plant/air_in", "55.0")
        self.mark = self.wire.mark()

    def says(self, topic, payload, name, quality, words):
        """The input's member of state once it has that quality, and its reason."""
        self.wire.publish(topic, payload)
        found = self.wire.wait(state("dryer"), lambda m: m["inputs"][name]["quality"] == quality and words in str(m["inputs"][name]["reason"]),
                               after=self.mark, what=f"{name} {quality}: {words}")
        self.mark = self.wire.mark()
        return found["inputs"]

    def event(self, code, words):
        row = until(lambda: self.daemon.query(f"SELECT loop, message FROM events WHERE code = '{code}'"), f"event {code}")[-1]
        self.assertEqual(row["loop"], "dryer")
        self.assertIn(words, row["message"])

    def stored(self, name, value, quality):
        until(lambda: self.daemon.query(f"SELECT 1 FROM samples WHERE signal = '{name}' AND abs(value - {value}) < 1e-6 AND quality = '{quality}'"),
              f"a {quality} sample {value} of {name}")

    def test_filters_and_votes(self):
        self.wire.wait(setpoint("dryer"), lambda m: m["quality"] == "good")

        inputs = self.says("plant/s1", "8888", SOURCE + ".any_of.0", "bad", "888.8 stands for a fault of the sensor")
        self.assertEqual((inputs[SOURCE]["quality"], inputs[SOURCE + ".any_of.0"]["raw"]), ("good", 888.8))
        self.assertNear(inputs[SOURCE]["value"], 15.1, 1e-6, "the mean of the two that are left")
        self.assertEqual(inputs[SOURCE]["any_of"], [f"{SOURCE}.any_of.{i}" for i in range(3)])
        self.stored(SOURCE + ".any_of.0", 888.8, "bad")
        self.stored(SOURCE, 15.1, "good")
        self.event("signal_sentinel", SOURCE + ".any_of.0")

        inputs = self.says("plant/s2", "25.0", SOURCE, "uncertain", "2 sensors are 9.8 apart, more than 2 degrees")
        self.wire.wait(setpoint("dryer"), lambda m: m["quality"] == "uncertain")
        self.event("signal_disagreement", "9.8 apart")
        self.says("plant/s2", "15.0", SOURCE, "good", "None")

        inputs = self.says("plant/air_in", "85.0", INLET, "uncertain", "85 degC is a spike: the median of the last 5 is 55")
        self.assertEqual((inputs[INLET]["value"], inputs[INLET]["raw"], inputs[INLET]["rejected"]), (55.0, 85.0, 1))
        self.stored(INLET, 85.0, "bad")
        self.event("signal_spike", "55 degC counts on")
        self.says("plant/air_in", "55.1", INLET, "good", "None")

        inputs = self.says("plant/s3", "16.5", SOURCE + ".any_of.2", "good", "None")
        self.assertEqual(inputs[SOURCE + ".any_of.2"]["raw"], 16.5)
        self.assertNear(inputs[SOURCE + ".any_of.2"]["value"], 15.2, 0.01, "smoothed over a day")
        self.stored(SOURCE + ".any_of.2", 16.5, "good")

        count = len(self.wire.all(setpoint("dryer")))
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(self.daemon.query("SELECT 1 FROM runs")) == 2, "the reload")
        self.says("plant/air_in", "20.0", INLET, "uncertain", "the median of the last 5")   # its window went over
        self.assertNotIn("bad", [m["quality"] for m in self.wire.all(setpoint("dryer"))[count:]])
        self.check_all(self.wire)


if __name__ == "__main__":
    unittest.main(verbosity=2)
