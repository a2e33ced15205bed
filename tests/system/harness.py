"""The bench of the system tests: a private broker, lorenzd with a generated configuration, and a client that records all
that is published, with arrival times. Waits by condition with a time-out, and shows lorenzd's log where a test fails."""
import contextlib
import datetime
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import paho.mqtt.client as paho
from paho.mqtt.subscribeoptions import SubscribeOptions

import payloads
from plant import FEED, yaml

LORENZD = os.environ.get("LORENZD", "lorenzd")
LORENZCTL = os.environ.get("LORENZCTL", "lorenzctl")
SLOW = float(os.environ.get("LORENZ_TEST_SLOW", "1"))   # stretches time-outs, under a sanitizer or valgrind
TIMEOUT = 10.0 * SLOW


def stamp(seconds):
    """RFC 3339 UTC with microseconds."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_us(text):
    """Microseconds since 1970 of a stamp, exactly."""
    whole, fraction = text.rstrip("Z").split(".")
    moment = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 1000000 + int(fraction.ljust(6, "0")[:6])


claims = []


def free_port():
    """A port that is this process's until it ends, also while its broker is down: below those that the kernel gives away,
    and held by a name in the abstract namespace against the tests beside this one (broker.c does the same)."""
    while True:
        port = random.randrange(12000, 20000)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0lorenz-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        claims.append(claim)
        return port


def until(condition, what, timeout=TIMEOUT, pause=0.02):
    """The first true value of condition(), polled; else AssertionError naming what was waited for."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(pause)


# ---- broker ----------------------------------------------------------------------------------------------------------

class Broker:
    """A private mosquitto on the loopback. `more` are lines for the end of its configuration, a second listener for one."""

    def __init__(self, folder, persistence=False, password_file=None, acl_file=None, more=()):
        self.port = free_port()
        self.log = os.path.join(folder, "mosquitto.log")
        self.conf = os.path.join(folder, "mosquitto.conf")
        self.process = None
        lines = [
            f"listener {self.port} 127.0.0.1", "set_tcp_nodelay true", "max_queued_messages 100000", "log_dest file " + self.log,
            "log_type all", "user root",
            f"allow_anonymous {'false' if password_file else 'true'}",
        ]
        if persistence:
            lines += ["persistence true", f"persistence_location {folder}/"]
        if password_file:
            lines.append("password_file " + password_file)
        if acl_file:
            lines.append("acl_file " + acl_file)
        lines += more
        with open(self.conf, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, "the broker listens")
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("mosquitto ended at once")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            if self.process.poll() is not None:
                print(f"mosquitto on {self.port} had ended before, {self.process.returncode}: {self.log_text()[-1000:]}", file=sys.stderr)
            self.process.terminate()
            self.process.wait(TIMEOUT)
            self.process = None

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


# ---- the recording client --------------------------------------------------------------------------------------------

class Message:
    """One message as it came. `retain` is the flag as published; `stored` says that it was the broker's copy."""

    def __init__(self, message, at):
        self.topic = message.topic
        self.payload = message.payload
        self.retain = bool(message.retain)
        self.qos = message.qos
        self.at = at
        self._document = None

    @property
    def document(self):
        if self._document is None:
            self._document = payloads.parse(self.payload)
        return self._document

    def __getitem__(self, key):
        return self.document[key]

    def __repr__(self):
        return f"{self.topic} {self.payload[:1200]!r}"


class Wire:
    """Publishes inputs, records everything below lorenz/. Says afterwards what came when."""

    def __init__(self, port, username=None, password=None, listen="lorenz/#"):
        self.messages = []
        self.listen = listen
        self.changed = threading.Condition()
        self.connected = threading.Event()
        self.client = paho.Client(client_id="", protocol=paho.MQTTv5)
        if username:
            self.client.username_pw_set(username, password)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self.connected.set()
        self.client.on_disconnect = lambda *_: self.connected.clear()
        self.client.on_message = self._on_message
        self.client.max_queued_messages_set(0)
        self.client.max_inflight_messages_set(20)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port, clean_start=paho.MQTT_CLEAN_START_FIRST_ONLY)
        self.client.loop_start()
        if not self.connected.wait(TIMEOUT):
            raise AssertionError("the test's own client is not connected")

    def _on_connect(self, client, _data, _flags, _code, _properties=None):
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.subscribe(self.listen, options=SubscribeOptions(qos=2, retainAsPublished=True))

    def _on_message(self, _client, _data, message):
        with self.changed:
            self.messages.append(Message(message, time.monotonic()))
            self.changed.notify_all()

    def publish(self, topic, payload, retain=False):
        """Returns when the broker has it."""
        info = self.client.publish(topic, payload, qos=1, retain=retain)
        info.wait_for_publish(TIMEOUT)
        if not info.is_published():
            raise AssertionError(f"the broker did not take {topic}")

    def feed(self, values=None, retain=False, **renamed):
        for topic, payload in {**(FEED if values is None else values), **renamed}.items():
            self.publish(topic, payload, retain)

    def mark(self):
        """A place in the record: what comes after it is new."""
        with self.changed:
            return len(self.messages)

    def all(self, topic=None, after=0):
        with self.changed:
            return [m for m in self.messages[after:] if topic is None or m.topic == topic]

    def last(self, topic):
        found = self.all(topic)
        if not found:
            raise AssertionError(f"nothing was published on {topic}")
        return found[-1]

    def wait(self, topic, condition=lambda m: True, after=0, timeout=TIMEOUT, what=None):
        """The first message on the topic after the mark that fulfils the condition."""
        end = time.monotonic() + timeout
        seen = after
        with self.changed:
            while True:
                for message in self.messages[seen:]:
                    if message.topic == topic and condition(message):
                        return message
                seen = max(len(self.messages), after)
                left = end - time.monotonic()
                if left <= 0:
                    break
                self.changed.wait(left)
            recent = [m for m in self.messages[after:] if m.topic == topic][-3:]
        raise AssertionError(f"not within {timeout:g} s on {topic}: {what or 'the message waited for'}; it said {recent}")

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def subscribed(port, topic_filter, timeout=TIMEOUT, enough=None, version=paho.MQTTv5):
    """What a client that comes now gets as retained: {topic: Message}, once `enough` topics came (else until quiet)."""
    got, last = {}, [time.monotonic()]
    client = paho.Client(client_id="", protocol=version)

    def on_message(_client, _data, message):
        if message.retain:
            got[message.topic] = Message(message, time.monotonic())
        last[0] = time.monotonic()

    client.on_message = on_message
    client.on_connect = lambda c, *_: c.subscribe(topic_filter, 1)
    client.connect("127.0.0.1", port)
    end = time.monotonic() + timeout
    while time.monotonic() < end and (len(got) < enough if enough else time.monotonic() - last[0] < 0.4):
        client.loop(0.05)
    client.disconnect()
    return got


# ---- lorenzd ---------------------------------------------------------------------------------------------------------

class Daemon:
    """lorenzd as a process in a folder of its own. Any `user` it runs as must be able to read that folder."""

    def __init__(self, folder, config, name="lorenzd"):
        self.folder = folder
        self.config_path = os.path.join(folder, name + ".yaml")
        self.log_path = os.path.join(folder, name + ".log")
        self.database = os.path.join(folder, "history.db")
        self.program = LORENZD
        self.under = []     # a program that runs it, with arguments
        self.process = None
        self.started = 0.0
        self._log = ""
        self.write(config)

    def write(self, config):
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(config if isinstance(config, str) else yaml(config))

    def start(self, *arguments, env=None, **popen):
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY")}
        with open(self.log_path, "ab") as log:
            if env and env.get("JOURNAL_STREAM") == "stderr":
                status = os.fstat(log.fileno())
                env = {**env, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
            self.started = time.monotonic()
            self.process = subprocess.Popen([*self.under, self.program, "--config", self.config_path, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={**environment, **(env or {})}, **popen)
        return self

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout=5.0):
        """SIGTERM; the exit code, within the time that the contract gives."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait(self, timeout=TIMEOUT):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"lorenzd did not end within {timeout:g} s") from None

    def end(self):
        """Whatever happened before: gone, and its log kept."""
        if self.running():
            self.kill()
        self._log = self.log_text()
        if "Sanitizer: " in self._log:
            raise AssertionError(f"a sanitizer found something in {self.config_path}: {self._log[-6000:]}")

    def log_text(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return self._log

    def query(self, sql, **popen):
        return query(self.database, sql, **popen)


def query(database, sql, **popen):
    """Rows as dictionaries, by the sqlite3 program, read-only."""
    done = subprocess.run(["sqlite3", "-readonly", "-json", "-cmd", ".timeout 5000", database, sql], capture_output=True, text=True,
                          timeout=60, check=False, **popen)
    if done.returncode:
        raise AssertionError(f"sqlite3: {done.stderr.strip()}: {sql}")
    return json.loads(done.stdout or "[]")


# ---- test cases ------------------------------------------------------------------------------------------------------

class Bench:
    """A folder, a broker, a recording client and any number of daemons; close() ends and removes all of it."""

    def __init__(self, broker=True, **broker_options):
        self.folder = tempfile.mkdtemp(prefix="lorenz-system-")
        os.chmod(self.folder, 0o755)
        self.daemons, self.wires = [], []
        self.broker = Broker(self.folder, **broker_options)
        if broker:
            self.broker.start()

    def wire(self, **options):
        self.wires.append(Wire(self.broker.port, **options))
        return self.wires[-1]

    def daemon(self, config, name="lorenzd"):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        self.daemons.append(Daemon(folder, config, name))
        return self.daemons[-1]

    def close(self):
        with contextlib.ExitStack() as last_to_first:
            last_to_first.callback(shutil.rmtree, self.folder, ignore_errors=True)
            last_to_first.callback(self.broker.stop)
            for part in [wire.close for wire in self.wires] + [daemon.end for daemon in self.daemons]:
                last_to_first.callback(part)


class SystemTest(unittest.TestCase):
    """Has benches made per test or per class; prints the daemons' logs when a test fails."""

    maxDiff = None
    benches = ()

    @classmethod
    def class_bench(cls, **options):
        bench = Bench(**options)
        cls.benches = (*cls.benches, bench)
        cls.addClassCleanup(bench.close)
        return bench

    def bench(self, **options):
        bench = Bench(**options)
        self.benches = (*self.benches, bench)
        self.addCleanup(bench.close)
        return bench

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for daemon in [d for bench in self.benches for d in bench.daemons]:
                print(f"---- {self.id()}: log of {daemon.config_path}", daemon.log_text()[-6000:], sep="\n", file=sys.stderr)

    def assertNear(self, value, expected, tolerance, name=""):
        self.assertIsNotNone(value, name)
        self.assertLessEqual(abs(value - expected), tolerance, f"{name} is {value}, expected {expected}")

    def check_all(self, wire):
        """Every message recorded so far: schema, QoS and retain flag; stamps rise, counts by one."""
        newest = {}
        for message in wire.all():
            if not message.payload:
                continue  # a topic that is emptied
            payloads.check(message)
            payloads.check_delivery(message)
            if message.topic.endswith("/setpoint"):
                ts, seq = newest.get(message.topic, ("", -1))
                again = message["ts"] == ts and message["seq"] == seq
                new = message["ts"] > ts and (seq < 0 or message["seq"] == seq + 1)
                self.assertTrue(again or new, f"after ts {ts}, seq {seq} came {message}")
                newest[message.topic] = (message["ts"], message["seq"])


def tool(*arguments, **options):
    """lorenzctl, to its end."""
    return subprocess.run([LORENZCTL, *arguments], capture_output=True, text=True, timeout=120, check=False, **options)


def service(*arguments, **options):
    """lorenzd for what ends by itself."""
    return subprocess.run([LORENZD, *arguments], capture_output=True, text=True, timeout=20, check=False, **options)
