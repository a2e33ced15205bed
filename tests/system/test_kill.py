"""kill -9 at random moments under load: the file stays whole, what was promised is in it, the counts go on."""
import os
import random
import signal
import threading
import time
import unittest

from harness import SLOW, SystemTest, query, stamp_us, until
from plant import PREFIX, configuration, dryer, live, merged, setpoint

LONG = bool(os.environ.get("LORENZ_TEST_LONG"))
KILLS = 200 if LONG else 15
SEED = int(os.environ.get("LORENZ_TEST_SEED", time.time_ns() % 1_000_000))
LOOPS = {f"dryer{i}": dryer(heat_pump={"lorenz_efficiency": 0.5 + 0.01 * i}, setpoint={"deadband": "0 K"}) for i in range(5)}
# a noisy field of raw samples beside, so that the writer is busy
for _name, _loop in list(LOOPS.items()):
    LOOPS[_name] = merged(_loop, {"source": {"t_in": live("plant/source_in", unit="degC", stale_after="1 h")}})


class Load(threading.Thread):
    """About 200 readings and 10 prices a second until it is told to stop."""

    def __init__(self, wire, random_state):
        super().__init__(daemon=True)
        self.wire, self.random, self.done = wire, random_state, threading.Event()

    def run(self):
        i = 0
        while not self.done.wait(0.005):
            i += 1
            self.wire.client.publish("plant/source_in", f"{15 + self.random.random():.6f}", qos=1, retain=i % 20 == 0)
            if i % 20 == 0:
                self.wire.client.publish("market/spot", '{"price": %.3f}' % (100 + 50 * self.random.random()), qos=1, retain=True)


class Kill(SystemTest):
    def check(self, wire, daemon, killed_us, since):
        """What a subscriber saw more than a second before the kill is in the history, to the letter."""
        rows = {(row["loop"], row["seq"]): row for row in query(daemon.database, "SELECT * FROM setpoints")}
        checked = 0
        for message in wire.all(after=since):
            if not message.topic.endswith("/setpoint") or not message.payload or stamp_us(message["ts"]) > killed_us - 1_000_000:
                continue
            loop = message.topic.split("/")[-2]
            row = rows.get((loop, message["seq"]))
            self.assertIsNotNone(row, f"seed {SEED}: {message} is not in the history")
            for key in ("ts", "t_sink_out_c", "q_sink_kw", "p_elec_kw", "cop", "quality", "reason", "cause_us"):
                self.assertEqual(row[key], message[key], f"seed {SEED}: {key} of {message}")
            checked += 1
        return checked

    def check_order(self, daemon):
        """Counts without a repetition or a gap, stamps rising with them."""
        bad = query(daemon.database, """SELECT * FROM (SELECT loop, seq, ts_us, lag(seq) OVER w AS before, lag(ts_us) OVER w AS ts_before
                    FROM setpoints WINDOW w AS (PARTITION BY loop ORDER BY ts_us)) WHERE seq <= before OR ts_us <= ts_before""")
        self.assertEqual(bad, [], f"seed {SEED}")

    def test_random_moments(self):
        chance = random.Random(SEED)
        print(f"seed {SEED}, {KILLS} kills", flush=True)
        box = self.bench()
        wire = box.wire()
        wire.feed(retain=True)
        load = Load(wire, chance)
        load.start()
        daemon = box.daemon(configuration(box.broker.port, LOOPS)).start()
        checked, slowest = 0, 0.0
        for i in range(KILLS):
            since = wire.mark()
            # now and then within the start, else while it works
            time.sleep(chance.uniform(0, 0.1) if i % 10 == 9 else chance.uniform(0.1, 2.5))
            if i % 7 == 6:
                daemon.process.send_signal(signal.SIGTERM)  # the kill falls into the clean stop
                time.sleep(chance.uniform(0, 0.05))
            killed_us = time.time_ns() // 1000
            daemon.kill()
            mark, began = wire.mark(), time.monotonic()
            daemon.start()
            good = wire.wait(setpoint("dryer0"), lambda m: m.payload and m["quality"] != "bad" and m["hp_on"], after=mark)
            slowest = max(slowest, good.at - began)
            checked += self.check(wire, daemon, killed_us, since)
            if i % 5 == 4:
                self.assertEqual(query(daemon.database, "PRAGMA integrity_check"), [{"integrity_check": "ok"}], f"seed {SEED}")
                self.check_order(daemon)
        load.done.set()
        load.join()
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(query(daemon.database, "PRAGMA integrity_check"), [{"integrity_check": "ok"}])
        self.check_order(daemon)
        self.assertGreater(checked, KILLS)
        self.assertEqual(len(query(daemon.database, "SELECT 1 FROM runs WHERE ended IS NULL")), 0, "runs that died were given their end")
        print(f"{checked} setpoints checked, slowest good setpoint after a restart {slowest:.2f} s", flush=True)
        self.assertLess(slowest, 2.0 * SLOW, f"seed {SEED}: seconds from the restart to a good setpoint")


if __name__ == "__main__":
    unittest.main(verbosity=2)
