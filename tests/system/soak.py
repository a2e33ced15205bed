"""A long run at many times its speed: lorenzd under libfaketime, fed with the noise of a plant of two hundred signals that
fall silent now and then, while the broker restarts, the configuration is reloaded and others read the history. Prints what
the process holds over time. Fails if its memory grew by a percent or more, if it lost descriptors or threads, or if it does
not do its work to the end. scripts/soak runs it."""
import argparse
import glob
import math
import os
import random
import signal
import statistics
import sys
import time

import paho.mqtt.client as paho

from harness import Bench, query, tool, until
from plant import MARKET, PREFIX, configuration, dryer, live, merged

EVERY_S = 60                # plant seconds between two readings of a signal
GROWTH_MAX = 0.01
WAL_MAX = 64 << 20


def loop(i):
    def reading(name, unit, **more):
        return live(f"plant/loop{i}/{name}", unit=unit, stale_after="5 min", **more)
    return dryer(source={"t_in": reading("source_in", "degC")},
                 sink={"t_in": reading("air_in", "degC"), "t_target": reading("target", "degC", on_bad="hold"), "duty": reading("duty", "kW", on_bad="hold")},
                 heat_pump={"lorenz_efficiency": 0.4 + 0.004 * i, "capacity": reading("capacity", "kW", on_bad="2 MW")},
                 objective=("cost", "carbon", "cost_break_even")[i % 3])


def station(port, loops, deadband="0.5 K"):
    return configuration(port, {f"loop{i}": merged(loop(i), {"setpoint": {"deadband": deadband}}) for i in range(loops)},
                         market=MARKET, store={"keep": {"samples": "6 h", "points": "6 h"}})


class Plant:
    """What the signals say, one a topic, each a slow swing with noise on it."""

    MEANS = {"source_in": (15, 5, 0.3), "air_in": (55, 5, 0.3), "target": (230, 3, 0.2), "duty": (4800, 600, 40), "capacity": (2000, 300, 10)}

    def __init__(self, loops):
        self.random = random.Random(1)
        self.topics = [(f"plant/loop{i}/{name}", *mean) for i in range(loops) for name, mean in self.MEANS.items()]
        self.topics += [("market/spot", 100, 120, 5), ("grid/carbon", 300, 200, 10), ("market/gas", 60, 5, 0.5)]
        self.silent = {}

    def reading(self, k, plant_s):
        """(topic, payload) of the k-th reading, or None where that signal is silent for ten minutes."""
        topic, mean, swing, noise = self.topics[k % len(self.topics)]
        if plant_s < self.silent.get(topic, 0):
            return None
        if self.random.random() < 0.002:
            self.silent[topic] = plant_s + 600
        value = mean + swing * math.sin(2 * math.pi * plant_s / 86400 + k % 7) + self.random.gauss(0, noise)
        if self.random.random() < 0.001:
            return topic, "?"
        return topic, {"market/spot": '{"price": %.2f}', "grid/carbon": '{"carbonIntensity": %.1f}'}.get(topic, "%.3f") % value


class Scada:
    """The plant's publisher and the reader of setpoints, with a memory that does not grow."""

    def __init__(self, port):
        self.setpoints, self.count = {}, 0
        self.client = paho.Client(client_id="", protocol=paho.MQTTv5)
        self.client.on_connect = lambda client, *_: client.subscribe(f"{PREFIX}/+/setpoint", 1)
        self.client.on_message = self._on_message
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _on_message(self, _client, _data, message):
        self.setpoints[message.topic] = message.payload
        self.count += 1


def held(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return int(status["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"])


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


class Soak:
    def __init__(self, options):
        self.options = options
        self.box = Bench()
        self.daemon = self.box.daemon(station(self.box.broker.port, options.loops))
        self.rows = []      # seconds, rss, descriptors, threads
        self.wal_max = 0

    def run(self):
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
        if not library:
            sys.exit("soak: libfaketime is not installed")
        self.daemon.start(env={"LD_PRELOAD": library, "FAKETIME": f"+0 x{self.options.speed}"})
        self.scada = Scada(self.box.broker.port)
        until(lambda: "connected" in self.daemon.log_text() or not self.daemon.running(), "lorenzd connects", timeout=60)
        self.look(0)
        print(f"{len(Plant(self.options.loops).topics)} signals, {self.options.loops} loops, {self.options.speed} times the speed", flush=True)
        print("plant h  RSS KiB  descriptors  threads  WAL MiB  file MiB  setpoints", flush=True)
        self.feed()
        return self.verdict()

    def feed(self):
        plant, k = Plant(self.options.loops), 0
        began, seconds = time.monotonic(), self.options.minutes * 60
        per_s = len(plant.topics) * self.options.speed / EVERY_S
        jobs = [(10, self.look), (7, self.read), (180, self.restart), (130, self.reload)]
        due = [began + every for every, _ in jobs]
        while time.monotonic() < began + seconds:
            now = time.monotonic()
            while k < (now - began) * per_s:
                said = plant.reading(k, (now - began) * self.options.speed)
                if said:
                    self.scada.client.publish(*said)
                k += 1
            for i, (every, job) in enumerate(jobs):
                if now >= due[i]:
                    job((now - began))
                    due[i] += every
            time.sleep(0.02)
        self.look(seconds)

    def look(self, at):
        if not self.daemon.running():
            sys.exit("soak: lorenzd has gone\n" + self.daemon.log_text()[-4000:])
        rss, descriptors, threads = held(self.daemon.process.pid)
        wal = size(self.daemon.database + "-wal")
        self.wal_max = max(self.wal_max, wal)
        self.rows.append((at, rss, descriptors, threads))
        if len(self.rows) % 6 == 0:
            print(f"{at * self.options.speed / 3600:7.2f} {rss:8d} {descriptors:12d} {threads:8d} {wal / (1 << 20):8.1f} {size(self.daemon.database) / (1 << 20):9.1f} "
                  f"{self.scada.count:10d}", flush=True)

    def read(self, _at):
        self.daemon.query("SELECT count(*), max(ts_us) FROM samples WHERE signal = 'market.electricity.price'")
        tool("history", "--db", self.daemon.database, "setpoints", "--loop", "loop1")

    def restart(self, _at):
        self.box.broker.stop()
        self.box.broker.start()

    def reload(self, at):
        self.daemon.write(station(self.box.broker.port, self.options.loops, ("0.4 K", "0.5 K")[int(at / 130) % 2]))
        self.daemon.process.send_signal(signal.SIGHUP)

    def verdict(self):
        """What is wrong, as a list of sentences."""
        wrong = []
        log, reloads = self.daemon.log_text(), self.daemon.log_text().count(" in force instead of ")
        newest = query(self.daemon.database, "SELECT max(ts_us) AS ts_us FROM setpoints")[0]["ts_us"]
        fresh = query(self.daemon.database, f"SELECT count(DISTINCT loop) AS n FROM setpoints WHERE ts_us > {newest} - 3600000000")[0]["n"]
        oldest = query(self.daemon.database, "SELECT min(ts_us) AS ts_us, count(*) AS n FROM samples")[0]
        tenth = max(1, len(self.rows) // 10)
        early, late = ([row[1] for row in rows] for rows in (self.rows[tenth:2 * tenth + 1], self.rows[-tenth:]))
        growth = statistics.median(late) / statistics.median(early) - 1
        print(f"RSS {statistics.median(early):.0f} KiB in the second tenth, {statistics.median(late):.0f} KiB in the last: {100 * growth:+.2f} %; "
              f"WAL at most {self.wal_max / (1 << 20):.1f} MiB; {oldest['n']} samples of the last {(newest - oldest['ts_us']) / 3.6e9:.1f} h; "
              f"{log.count('connected to')} connections, {reloads} reloads, {self.scada.count} setpoint messages")
        if growth >= GROWTH_MAX:
            wrong.append(f"memory grew by {100 * growth:.2f} %")
        if max(row[2:] for row in self.rows[-tenth:]) > max(row[2:] for row in self.rows[:2 * tenth + 1]):
            wrong.append("descriptors or threads became more")
        if self.wal_max > WAL_MAX:
            wrong.append("the write-ahead log is not begun anew")
        if fresh < self.options.loops:
            wrong.append(f"only {fresh} loops decided anything in the last hour")
        if query(self.daemon.database, "SELECT 1 FROM events WHERE code = 'history_gap'"):
            wrong.append("rows of the history were lost")
        if self.daemon.stop(30) != 0:
            wrong.append("the stop was not clean")
        if query(self.daemon.database, "PRAGMA integrity_check") != [{"integrity_check": "ok"}]:
            wrong.append("the history is damaged")
        return wrong


def main():
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15, help="by the wall clock (default: 15)")
    parser.add_argument("--speed", type=int, default=100, help="plant seconds a second (default: 100)")
    parser.add_argument("--loops", type=int, default=40, help="of five signals each (default: 40)")
    soak = Soak(parser.parse_args())
    try:
        wrong = soak.run()
    finally:
        soak.box.close()
    for sentence in wrong:
        print("soak: " + sentence, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
