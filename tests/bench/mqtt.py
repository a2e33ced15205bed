"""lorenzd beside a bare echo on libmosquitto and libevent, each at a broker of its own, in turns: latency by open loop,
throughput with 64 unanswered, processor time an update, memory. Figures of a shared machine drift; the ratios hold.
Then loops of the general case (general.py) that each get ten readings a second, service or echo on one core of its own.

usage: mqtt.py BIN [--short] [--general]
  --general  these alone
"""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import general

BIN = os.path.abspath(sys.argv[1])
SHORT = "--short" in sys.argv
GENERAL = "--general" in sys.argv
LOOPS = (1, 100, 10000)
ROUNDS, SECONDS = (1, 2) if SHORT else (5, 6)
GENERAL_LOOPS, PER_SECOND = 1000, 10
CORES = sorted(os.sched_getaffinity(0))
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alone():
    os.sched_setaffinity(0, CORES[:1])


def beside():
    """Broker and load leave the first core to what is measured, where there is another one."""
    if GENERAL and len(CORES) > 1:
        os.sched_setaffinity(0, CORES[1:])


class Broker:
    def __init__(self, folder, name):
        self.port = free_port()
        path = os.path.join(folder, name + ".conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\nuser root\n")
        self.process = subprocess.Popen(["mosquitto", "-c", path], stderr=subprocess.DEVNULL, preexec_fn=beside)
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)


def config(port, loops, interval):
    text = f"""site: bench
mqtt: {{url: mqtt://127.0.0.1:{port}}}
publish: {{interval: {interval}}}
store: {{path: history.db}}
market:
  electricity: {{price: 132 EUR/MWh, carbon: 406 g/kWh}}
  fuel: {{price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}
loops:
"""
    for i in range(loops):
        text += f"""  {i}:
    source: {{t_in: {{topic: b/{i}/t, pointer: /t, unit: degC, time: {{pointer: /ts, format: unix_us}}}}}}
    sink: {{t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}}
    heat_pump: {{lorenz_efficiency: 0.55}}
    setpoint: {{deadband: 0 K}}
"""
    return text


class Peer:
    """A process under load: its answers' topics, its broker."""

    def __init__(self, broker, answers, arguments, **popen):
        self.port, self.answers = broker.port, answers
        self.process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL, **popen)

    def cpu_s(self, thread=""):
        with open(f"/proc/{self.process.pid}{thread}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def loop_s(self):
        """Of the thread that decides."""
        return self.cpu_s(f"/task/{self.process.pid}")

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def load(self, loops, mode, value, qos, seconds):
        before, loop_before_s = self.cpu_s(), self.loop_s()
        done = subprocess.run([os.path.join(BIN, "bench_load"), str(self.port), str(loops), mode, str(value), str(qos), str(seconds), self.answers],
                              capture_output=True, text=True, check=True, preexec_fn=beside)
        out = json.loads(done.stdout)
        out["loop_us"] = (self.loop_s() - loop_before_s) * 1e6 / max(out["answered"], 1)
        out["answers"] = out["answered"] / max(out["seconds"], 1e-3)  # a second
        out["cpu_us"] = (self.cpu_s() - before) * 1e6 / max(out["sent"], 1)
        out["rate"] = out["sent"] / out["seconds"]  # one answer may stand for several updates of a loop
        return out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def started(port):
    """Until the service is online; seconds."""
    begin = time.monotonic()
    subprocess.run(["mosquitto_sub", "-p", str(port), "-t", "lorenz/bench/status", "-C", "1", "-W", "60"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def median(rounds, key):
    return statistics.median(r[key] for r in rounds)


def compare(lorenzd, echo, loops, mode, value, qos):
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(echo.load(loops, mode, value, qos, SECONDS))
        ours.append(lorenzd.load(loops, mode, value, qos, SECONDS))
    return ours, floor


def latency(lorenzd, echo, loops, rate):
    ours, floor = compare(lorenzd, echo, loops, "rate", rate, 1)
    row = [median(x, key) for key in ("p50_us", "p99_us", "cpu_us") for x in (ours, floor)]
    answered = sum(r["answered"] for r in ours) / sum(r["sent"] for r in ours)
    print(f"{loops:6d} loops  {rate:5d}/s    p50 {row[0] / 1e3:6.3f} ms = {row[0] / row[1]:4.2f}x   p99 {row[2] / 1e3:7.3f} ms = {row[2] / row[3]:4.2f}x"
          f"   CPU {row[4]:5.1f} us = {row[4] / max(row[5], 0.1):4.2f}x   answered {answered:.1%}", flush=True)


def throughput(lorenzd, echo, loops, qos):
    ours, floor = compare(lorenzd, echo, loops, "window", 64, qos)
    a, b, c, d = median(ours, "rate"), median(floor, "rate"), median(ours, "cpu_us"), median(floor, "cpu_us")
    print(f"{loops:6d} loops  QoS {qos}, 64   {a:7.0f}/s = {a / b:4.2f}x of {b:.0f}/s   CPU {c:5.1f} us = {c / max(d, 0.1):4.2f}x", flush=True)


def one(folder, brokers, loops, interval):
    state = os.path.join(folder, f"state{loops}-{interval.replace(' ', '')}")
    os.mkdir(state)
    path = os.path.join(state, "lorenzd.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(config(brokers[0].port, loops, interval))
    begin = time.monotonic()
    lorenzd = Peer(brokers[0], "lorenz/bench/+/setpoint", [os.path.join(BIN, "lorenzd"), "--config", path], cwd=state)
    echo = Peer(brokers[1], "b/+/echo", [os.path.join(BIN, "bench_echo"), str(brokers[1].port)])
    started(brokers[0].port)
    print(f"{loops:6d} loops, points at most each {interval}: online after {time.monotonic() - begin:.2f} s", flush=True)
    time.sleep(6)  # the start's grace
    for rate in (100, 1000):
        latency(lorenzd, echo, loops, rate)
    for qos in (0, 1):
        throughput(lorenzd, echo, loops, qos)
    print(f"{loops:6d} loops  RSS {lorenzd.rss_kib() / 1024:.1f} MiB (aim {12 + 3 * loops / 1024:.1f}), echo {echo.rss_kib() / 1024:.1f} MiB", flush=True)
    echo.process.kill()
    echo.process.wait()
    lorenzd.stop()
    subprocess.run(["mosquitto_sub", "-p", str(brokers[0].port), "-t", "lorenz/#", "--remove-retained", "--retained-only", "-W", "5"],
                   check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def general_row(name, rounds, rate):
    row = [median(rounds, key) for key in ("answers", "loop_us", "p50_us", "p99_us")]
    answered = sum(r["answered"] for r in rounds) / sum(r["sent"] for r in rounds)
    print(f"{name:8s} {rate:6.0f}/s    {row[0]:6.0f} answers/s = {answered:6.1%}   deciding thread {row[1]:6.1f} us each, {row[0] * row[1] / 1e6:4.0%} of the core, which alone does {1e6 / row[1]:6.0f}/s"
          f"   p50 {row[2] / 1e3:8.1f} ms   p99 {row[3] / 1e3:8.1f} ms", flush=True)
    return row[0], row[1], answered


def general_loops(folder, brokers):
    """At the rate that is asked for; where it does not keep up, at what it then decided, less until all are answered."""
    state = os.path.join(folder, "general")
    os.mkdir(state)
    path = os.path.join(state, "lorenzd.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(general.config(brokers[0].port, GENERAL_LOOPS))
    lorenzd = Peer(brokers[0], "lorenz/bench/+/setpoint", [os.path.join(BIN, "lorenzd"), "--config", path], cwd=state, preexec_fn=alone)
    echo = Peer(brokers[1], "b/+/echo", [os.path.join(BIN, "bench_echo"), str(brokers[1].port)], preexec_fn=alone)
    started(brokers[0].port)
    time.sleep(6)  # the start's grace
    rate = GENERAL_LOOPS * PER_SECOND
    print(f"{GENERAL_LOOPS} loops of the general case, {PER_SECOND} readings a second each", flush=True)
    ours, floor = compare(lorenzd, echo, GENERAL_LOOPS, "rate", rate, 0)
    _, floor_us, _ = general_row("echo", floor, rate)
    done, each_us, answered = general_row("lorenzd", ours, rate)
    print(f"lorenzd is {each_us / floor_us:.1f} echoes")
    while answered < 0.99 and done > 1:
        rate = 0.9 * done
        done, _, answered = general_row("lorenzd", [lorenzd.load(GENERAL_LOOPS, "rate", f"{rate:.0f}", 0, SECONDS)], rate)
    print(f"lorenzd  RSS {lorenzd.rss_kib() / 1024:.1f} MiB", flush=True)
    echo.process.kill()
    echo.process.wait()
    lorenzd.stop()


def main():
    folder = tempfile.mkdtemp(prefix="lorenz-bench-")
    brokers = [Broker(folder, "a"), Broker(folder, "b")]
    try:
        if GENERAL:
            general_loops(folder, brokers)
            return
        for loops in LOOPS:
            one(folder, brokers, loops, "1 h")
        one(folder, brokers, 100, "1 s")
    finally:
        for broker in brokers:
            broker.process.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
