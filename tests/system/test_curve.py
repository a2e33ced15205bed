"""A live forward curve whose boundaries pass without a message: setpoints, state, history; its end; a start on a retained one."""
import json
import signal
import time
import unittest

import method
from harness import SLOW, SystemTest, stamp_us, until
from plant import FEED, PREFIX, configuration, dryer, live, setpoint, state

PRICE = "market.electricity.price"
TOPIC = "market/dayahead"
SERIES = {"preset": "awattar"}


def payload(start_ms, *intervals):
    """(length in ms, price), one after the other."""
    data = []
    for length_ms, price in intervals:
        data.append({"start_timestamp": start_ms, "end_timestamp": start_ms + length_ms, "marketprice": price, "unit": "Eur/MWh"})
        start_ms += length_ms
    return json.dumps({"object": "list", "data": data})


def optimum_c(price):
    return method.celsius(method.Stream().free_optimum(price / 60.0))


class Curve(SystemTest):
    def setUp(self):
        box = self.bench()
        self.wire = box.wire()
        self.config = configuration(box.broker.port, {"dryer": dryer(setpoint={"deadband": "0 K"})},
                                    market={"electricity": {"price": live(TOPIC, unit="EUR/MWh", series=SERIES)}}, publish={"interval": "0.05 s"})
        self.daemon = box.daemon(self.config).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed({topic: value for topic, value in FEED.items() if topic != "market/spot"})

    def test_boundaries_end_and_restart(self):
        wire, daemon = self.wire, self.daemon
        start_ms = int(time.time() * 1000)
        lengths_ms = [int(2500 * SLOW), int(2000 * SLOW)]
        ends_us = [(start_ms + after_ms) * 1000 for after_ms in (lengths_ms[0], sum(lengths_ms))]
        mark = wire.mark()
        wire.publish(TOPIC, payload(start_ms, (lengths_ms[0], 132.0), (lengths_ms[1], 150.0)), retain=True)
        first = wire.wait(setpoint("dryer"), lambda m: m["quality"] == "good", after=mark)
        self.assertNear(first["t_sink_out_c"], 111.05, 0.01, "on the first interval")
        inputs = wire.wait(state("dryer"), lambda m: m["quality"] == "good", after=mark)["inputs"][PRICE]
        self.assertEqual([stamp_us(inputs[key]) for key in ("valid_until", "curve_until")], ends_us)

        # nobody sends anything
        second = wire.wait(setpoint("dryer"), lambda m: m["cause_us"] == ends_us[0], after=mark)
        self.assertNear(second["t_sink_out_c"], optimum_c(150.0), 1e-3, "on the second interval")
        self.assertGreaterEqual(stamp_us(second["ts"]), ends_us[0])
        over = wire.wait(setpoint("dryer"), lambda m: m["quality"] == "bad", after=mark)
        self.assertEqual((over["hp_on"], over["reason"]), (False, "bad_input"))
        self.assertGreaterEqual(stamp_us(over["ts"]), ends_us[1])
        said = wire.wait(state("dryer"), lambda m: m["quality"] == "bad", after=mark)["inputs"][PRICE]
        self.assertIn("its curve ended at", said["reason"])

        until(lambda: len(daemon.query(f"SELECT 1 FROM samples WHERE signal = '{PRICE}'")) == 3, "one sample an interval, and its end")
        rows = daemon.query(f"SELECT ts_us, value, quality FROM samples WHERE signal = '{PRICE}' ORDER BY ts_us")
        self.assertEqual([(row["value"], row["quality"]) for row in rows], [(132.0, "good"), (150.0, "good"), (150.0, "bad")])
        self.assertEqual([row["ts_us"] for row in rows[1:]], ends_us)

        # another curve, retained: known again after a restart and kept over a reload
        mark = wire.mark()
        wire.publish(TOPIC, payload(start_ms, (3600000, 120.0)), retain=True)
        wire.wait(setpoint("dryer"), lambda m: m["quality"] == "good", after=mark)
        mark = wire.mark()
        daemon.write({**self.config, "publish": {"interval": "0.06 s"}})
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(daemon.query("SELECT 1 FROM runs")) == 2, "the reload is in the history")
        self.assertEqual([m["quality"] for m in wire.all(setpoint("dryer"), mark) if m["quality"] != "good"], [], "over the reload")
        self.assertEqual(daemon.stop(), 0)
        mark = wire.mark()
        daemon.start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark)
        wire.feed({topic: value for topic, value in FEED.items() if topic != "market/spot"})
        again = wire.wait(setpoint("dryer"), lambda m: m["quality"] == "good", after=mark)
        self.assertNear(again["t_sink_out_c"], optimum_c(120.0), 1e-3, "on the retained curve")
        self.check_all(wire)


if __name__ == "__main__":
    unittest.main()
