"""lorenzd and lorenzctl under valgrind: a day of a dryer over MQTT with junk, reloads and a broker that restarts, then a
clean stop; the same day by replay. No error of memory, nothing lost at the exit. With LORENZ_TEST_LONG the day takes ten
minutes, with LORENZ_DATA_DIR it is a real one."""
import csv
import os
import shutil
import signal
import subprocess
import time
import unittest

from harness import LORENZCTL, SystemTest, until

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DATA = os.environ.get("LORENZ_DATA_DIR")
LONG = bool(os.environ.get("LORENZ_TEST_LONG"))
SECONDS, TURNS = (600, 60) if LONG else (8, 5)
VALGRIND = ["valgrind", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
            "--errors-for-leak-kinds=definite,indirect,possible", "--num-callers=25", "--fair-sched=try"]
PREFIX = "lorenz/demo"
TOPICS = {"market.electricity.price": ("market/dayahead", "price"), "market.electricity.carbon": ("grid/carbon", "carbonIntensity"),
          "loops.dryer1.source.t_in": ("plant/dryer1/temperatures", "source"), "loops.dryer1.sink.t_in": ("plant/dryer1/temperatures", "inlet")}
JUNK = ["", "{", "[1,2", '{"ts": 5}', '{"price": "x"}', '{"price": 1e999, "ts": "2024-06-19T12:00:00Z"}', "\0\xff", '{"a":' * 400]


def day(folder):
    """The table that scripts/demo feeds."""
    if not DATA:
        return os.path.join(ROOT, "tests/data/demo/dryer-day.csv")
    path = os.path.join(folder, "day.csv")
    with open(path, "wb") as file:
        subprocess.run(["awk", "-v", "day=2023-06-25", "-v", "next_day=2023-06-26", "-f", os.path.join(ROOT, "scripts/demo.d/real-day.awk"),
                        os.path.join(DATA, "dayahead_price_co2_DE_DK1_2022-2023_hourly.csv"),
                        os.path.join(DATA, "process_solar_thermal_1min_2018-06-18_19.csv")], stdout=file, check=True)
    return path


@unittest.skipUnless(shutil.which("valgrind"), "valgrind is not installed")
class Memory(SystemTest):
    def setUp(self):
        self.box = self.bench()
        with open(os.path.join(ROOT, "config/examples/demo-dryer.yaml"), encoding="utf-8") as file:
            self.config = file.read().replace("127.0.0.1:1883", f"127.0.0.1:{self.box.broker.port}")
        self.daemon = self.box.daemon(self.config)
        self.day = day(self.box.folder)

    def rows(self):
        """{topic: payload} by the minute."""
        with open(self.day, encoding="utf-8") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                said = {}
                for signal_name, (topic, key) in TOPICS.items():
                    if row[signal_name]:
                        said.setdefault(topic, f'{{"ts": "{row["ts"]}"')
                        said[topic] += f', "{key}": {row[signal_name]}'
                yield {topic: payload + "}" for topic, payload in said.items()}

    def feed(self):
        rows = list(self.rows())[::1 if LONG else 10]
        began, step = time.monotonic(), len(rows) // TURNS
        for i, row in enumerate(rows):
            time.sleep(max(0.0, began + SECONDS * i / len(rows) - time.monotonic()))
            for topic, payload in row.items():
                self.wire.publish(topic, payload, retain=True)
            if i % step == step // 2:
                self.disturb(i // step)
        print(f"{len(rows)} rows of the day in {time.monotonic() - began:.0f} s, {TURNS} disturbances;", end=" ", flush=True)

    def disturb(self, i):
        """Something that goes wrong, in turn."""
        if i % 5 == 0:
            mark = self.wire.mark()
            self.box.broker.stop()
            self.box.broker.start()
            self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=mark, timeout=60)
        elif i % 5 == 1:
            for topic, _ in TOPICS.values():
                self.wire.publish(topic, JUNK[i // 5 % len(JUNK)])
        else:
            self.daemon.write([self.config.replace("cost", "carbon"), self.config + "  bad: 1\n", self.config][i % 5 - 2])
            self.daemon.process.send_signal(signal.SIGHUP)

    def lived(self):
        """A life under valgrind. False if the stop was cut off, which may be on a busy machine: then nothing can be said of
        leaks, as the writer was still at work."""
        with open(self.daemon.log_path, "w", encoding="ascii"):
            pass
        self.daemon.start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online", after=self.wire.mark(), timeout=60)
        self.feed()
        until(lambda: self.daemon.query("SELECT 1 FROM setpoints") and not self.daemon.query("SELECT 1 FROM sample_hot"),
              "all is stored and moved to its hour", timeout=60)
        self.daemon.process.send_signal(signal.SIGTERM)
        code, log = self.daemon.wait(60), self.daemon.log_text()
        if "not everything could be written in time" in log:
            return False
        self.assertEqual(code, 0, log)
        self.assertIn("ERROR SUMMARY: 0 errors", log)
        print(*(line.split("== ")[1] for line in log.splitlines() if "total heap usage" in line), flush=True)
        return True

    def test_service(self):
        self.daemon.under = VALGRIND
        self.wire = self.box.wire()
        self.assertTrue(any(self.lived() for _ in range(3)), "the stop was cut off each time")

    def test_replay(self):
        done = subprocess.run([*VALGRIND, LORENZCTL, "replay", "--config", self.daemon.config_path, "--data", self.day,
                               "--db", self.daemon.database], capture_output=True, text=True, timeout=3600, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ERROR SUMMARY: 0 errors", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
