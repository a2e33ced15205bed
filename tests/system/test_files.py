"""Bad databases, bad configurations, bad arguments, bad passwords: what is said, with which exit code, and what goes on."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import LORENZD, SLOW, TIMEOUT, SystemTest, query, service, tool, until
from plant import PREFIX, configuration, dryer, setpoint, yaml

LOOPS = {"dryer1": dryer()}


class BadStore(SystemTest):
    """The service runs without its history, says why, and setpoints go out all the same."""

    def degraded(self, prepare, **popen):
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, LOOPS))
        daemon.port = box.broker.port
        prepare(daemon)
        daemon.start(**popen)
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        said = wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "degraded")
        self.assertTrue(said["reason"], said)
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.assertTrue(daemon.running())
        self.check_all(wire)
        return wire, daemon

    def test_no_database(self):
        junk = b"this is no database, but a letter to the plant\n" * 400

        def prepare(daemon):
            with open(daemon.database, "wb") as file:
                file.write(junk)
        _, daemon = self.degraded(prepare)
        self.assertEqual(daemon.stop(), 0)
        with open(daemon.database, "rb") as file:
            self.assertEqual(file.read(), junk, "a file that is not ours was changed")

    def test_a_folder(self):
        _, daemon = self.degraded(lambda daemon: os.mkdir(daemon.database))
        self.assertEqual(daemon.stop(), 0)

    def test_folder_that_is_not_there(self):
        """Once it is there, the history begins and health says so."""
        def prepare(daemon):
            daemon.database = os.path.join(daemon.folder, "later", "history.db")
            daemon.write(configuration(daemon.port, LOOPS, store={"path": daemon.database}))
        wire, daemon = self.degraded(prepare)
        os.mkdir(os.path.dirname(daemon.database))
        wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "ok", timeout=7 * TIMEOUT, what="the store is tried again")
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 100}')
        came = wire.wait(setpoint("dryer1"), after=mark)
        until(lambda: daemon.query(f"SELECT 1 FROM setpoints WHERE ts = '{came['ts']}'"), "rows are stored", timeout=2.0 * SLOW)

    @unittest.skipIf(os.geteuid(), "needs root to become a user who may not write")
    def test_read_only_folder(self):
        def prepare(daemon):
            daemon.program = shutil.copy(LORENZD, daemon.folder)  # the build may lie where only root may go
            os.chmod(daemon.folder, 0o555)
            os.chmod(daemon.config_path, 0o644)
        _, daemon = self.degraded(prepare, user=65534, group=65534, extra_groups=[])
        self.assertFalse(os.path.exists(daemon.database))
        self.assertEqual(daemon.stop(), 0)

    @unittest.skipIf(os.geteuid(), "needs root to mount a small file system")
    def test_disk_full(self):
        """Health says so, setpoints go on; with room again the history goes on too."""
        box = self.bench()
        disk = os.path.join(box.folder, "disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False).returncode:
            self.skipTest("tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        wire = box.wire()
        loop = dryer(setpoint={"deadband": "0 K"})
        daemon = box.daemon(configuration(box.broker.port, {"dryer1": loop}, store={"path": os.path.join(disk, "history.db")}))
        daemon.database = os.path.join(disk, "history.db")
        daemon.start()
        wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "ok")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        filler = os.path.join(disk, "filler")
        with open(filler, "wb", buffering=0) as file:
            with self.assertRaises(OSError):
                while True:
                    file.write(b"x" * 4096)

        def updates(n):
            for i in range(n):
                wire.publish("market/spot", f'{{"price": {100 + i % 50}}}')
            return wire.all(f"{PREFIX}/health")[-1]["store"] == "degraded"
        until(lambda: updates(200), "health says that the disk is full", timeout=3 * TIMEOUT, pause=0.1)
        self.assertTrue(wire.last(f"{PREFIX}/health")["reason"])
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 132}')
        wire.wait(setpoint("dryer1"), lambda m: abs(m["t_sink_out_c"] - 111.05) < 1e-3, after=mark)
        os.remove(filler)
        wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "ok", after=mark, timeout=7 * TIMEOUT, what="the store is tried again")
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 90}')
        came = wire.wait(setpoint("dryer1"), after=mark)
        until(lambda: daemon.query(f"SELECT 1 FROM setpoints WHERE ts = '{came['ts']}'"), "rows are stored again", timeout=2.0 * SLOW)
        lost = wire.last(f"{PREFIX}/health")["lost_rows"]
        published = {m["ts"] for m in wire.all(setpoint("dryer1"))}
        stored = {row["ts"] for row in daemon.query("SELECT ts FROM setpoints")}
        self.assertLessEqual(len(published - stored), lost, "rows went missing uncounted")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.query("PRAGMA integrity_check"), [{"integrity_check": "ok"}])

    def test_state_directory(self):
        box = self.bench()
        wire = box.wire()
        home = os.path.join(box.folder, "state")
        os.mkdir(home)
        daemon = box.daemon(configuration(box.broker.port, LOOPS)).start(env={"STATE_DIRECTORY": home})
        wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "ok")
        self.assertEqual(daemon.stop(), 0)
        self.assertTrue(os.path.exists(os.path.join(home, "history.db")))
        self.assertFalse(os.path.exists(daemon.database))

    def test_database_of_a_newer_program(self):
        box = self.bench()
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, LOOPS)).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.assertEqual(daemon.stop(), 0)
        subprocess.run(["sqlite3", daemon.database, "PRAGMA user_version = 9999"], check=True)
        self.assertEqual(daemon.start().wait(), 78)
        self.assertIn("newer", daemon.log_text())
        self.assertEqual(query(daemon.database, "PRAGMA user_version"), [{"user_version": 9999}])


class DamagedStore(SystemTest):
    """Set aside with the time in its name; the service goes on in a new one, which says so, and health is ok."""

    def station(self):
        self.box = self.bench()
        self.wire = self.box.wire()
        loop = dryer(setpoint={"deadband": "0 K"})
        self.daemon = self.box.daemon(configuration(self.box.broker.port, {"dryer1": loop})).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed(retain=True)
        self.wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        for i in range(20):
            self.price(100 + i)

    def price(self, value):
        """The setpoint that answers it."""
        mark = self.wire.mark()
        self.wire.publish("market/spot", f'{{"price": {value}}}', retain=True)
        return self.wire.wait(setpoint("dryer1"), after=mark)

    def goes_on(self):
        """The one that was set aside."""
        said = "SELECT severity, message FROM events WHERE code = 'history_corrupt'"
        def set_aside():
            return [name for name in os.listdir(self.daemon.folder) if re.fullmatch(r"history\.db\.corrupt-\d{8}T\d{6}Z", name)]
        until(lambda: "set aside as" in self.daemon.log_text(), "the log says that it is set aside")
        until(lambda: self.wire.last(f"{PREFIX}/health")["store"] == "ok", "health is ok")
        aside = set_aside()
        self.assertEqual(len(aside), 1, os.listdir(self.daemon.folder))
        events = self.daemon.query(said)
        self.assertEqual([row["severity"] for row in events], ["error"])
        self.assertIn(aside[0], events[0]["message"])
        self.assertIn(aside[0], self.daemon.log_text())
        came = self.price(95)
        until(lambda: self.daemon.query(f"SELECT 1 FROM setpoints WHERE ts = '{came['ts']}'"), "rows are stored", timeout=5.0)
        self.assertEqual(self.daemon.query("PRAGMA integrity_check"), [{"integrity_check": "ok"}])
        return os.path.join(self.daemon.folder, aside[0])

    def test_found_at_the_start(self):
        for known, damage in ((True, lambda file, size: file.truncate(size - 5000)), (False, lambda file, _: file.write(os.urandom(4096)))):
            with self.subTest(known=known):
                self.station()
                self.assertEqual(self.daemon.stop(), 0)
                before = self.wire.last(setpoint("dryer1"))["seq"]
                with open(self.daemon.database, "r+b") as file:
                    damage(file, os.path.getsize(self.daemon.database))
                with open(self.daemon.database, "rb") as file:
                    damaged = file.read()
                mark = self.wire.mark()
                self.daemon.start()
                again = self.wire.wait(setpoint("dryer1"), lambda m: m.payload, after=mark)
                self.assertEqual(again["seq"], before + 1 if known else 1)
                with open(self.goes_on(), "rb") as file:
                    self.assertEqual(file.read(), damaged, "what was set aside is as it was")
                self.assertEqual(self.daemon.stop(), 0)

    def test_found_while_running(self):
        self.station()
        before = self.price(90)
        until(lambda: self.daemon.query(f"SELECT 1 FROM setpoints WHERE ts = '{before['ts']}'"), "rows are stored", timeout=5.0)
        # another connection has it all in the file, and the service read it anew
        subprocess.run(["sqlite3", "-cmd", ".timeout 5000", self.daemon.database,
                        "PRAGMA wal_checkpoint(TRUNCATE); UPDATE progress SET ts_us = ts_us; PRAGMA wal_checkpoint(TRUNCATE)"],
                       check=True, capture_output=True)
        with open(self.daemon.database, "r+b") as file:
            size = os.path.getsize(self.daemon.database)
            file.seek(4096)
            file.write(os.urandom(size - 4096))
        after = [self.price(91 + i) for i in range(5)]
        self.assertEqual(after[-1]["seq"], before["seq"] + 5)
        self.goes_on()
        stored = {row["ts"] for row in self.daemon.query("SELECT ts FROM setpoints")}
        self.assertTrue({m["ts"] for m in after} <= stored, "what waited is in the new one")
        self.check_all(self.wire)
        self.assertEqual(self.daemon.stop(), 0)

    def test_of_another_program(self):
        """Valid, so not ours to set aside, though a history was here before."""
        self.station()
        self.assertEqual(self.daemon.stop(), 0)
        for name in ("", "-wal", "-shm"):
            os.remove(self.daemon.database + name)
        subprocess.run(["sqlite3", self.daemon.database, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"], check=True)
        mark = self.wire.mark()
        self.daemon.start()
        said = self.wire.wait(f"{PREFIX}/health", lambda m: m["store"] == "degraded", after=mark)
        self.assertIn("another program", said["reason"])
        self.price(95)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertEqual(query(self.daemon.database, "SELECT * FROM theirs"), [{"x": 1}])
        self.assertFalse([name for name in os.listdir(self.daemon.folder) if "corrupt" in name])


GOOD = yaml(configuration(1883, LOOPS))


class Configuration(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench(broker=False)
        cls.path = os.path.join(cls.box.folder, "lorenzd.yaml")

    def refused(self, text):
        """The lines on standard error, the same from all three ways to check."""
        with open(self.path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        answers = []
        for done in (service("--config", self.path), service("--config", self.path, "--check"), tool("check", self.path)):
            self.assertEqual(done.returncode, 78, done.stderr)
            answers.append(done.stderr)
        self.assertEqual(answers[1], answers[0])
        self.assertEqual(answers[2], answers[0])
        return answers[0].splitlines()

    def assertPlaced(self, lines, text, key, path, words=""):
        """One line: file:line:col: path: what is wrong."""
        number = next(i for i, line in enumerate(text.splitlines(), 1) if key in line)
        pattern = re.compile(re.escape(f"{self.path}:{number}:") + r"\d+: " + re.escape(path) + r": .*" + words)
        self.assertTrue(any(pattern.match(line) for line in lines), f"{pattern.pattern} in {lines}")

    def test_good(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(GOOD)
        before = sorted(os.listdir(self.box.folder))
        for done in (service("--config", self.path, "--check", cwd=self.box.folder), tool("check", self.path, cwd=self.box.folder)):
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(self.box.folder)), before, "a check left files behind")

    def test_one_error(self):
        cases = (
            ("lorenz_efficiency: 0.55", "lorenz_efficiency: 1.4", "loops.dryer1.heat_pump.lorenz_efficiency", r"1\.4 is outside"),
            ("duty: 4800 kW", "duty: 4800", "loops.dryer1.sink.duty", ""),
            ("duty: 4800 kW", "duty: 4800 degC", "loops.dryer1.sink.duty", ""),
            ("duty: 4800 kW", "duty: 48,0 kW", "loops.dryer1.sink.duty", ""),
            ("duty: 4800 kW", "duty: nan kW", "loops.dryer1.sink.duty", ""),
            ("duty: 4800 kW", "duty: 1e400 kW", "loops.dryer1.sink.duty", ""),
            ("t_target: 230 degC", "t_target: -300 degC", "loops.dryer1.sink.t_target", ""),
            ("objective: cost", "objective: costs", "loops.dryer1.objective", "cost"),
            ("deadband: 0.5 K", "deadband: -1 K", "loops.dryer1.setpoint.deadband", ""),
            ("site: dresden", "site: Dresden West", "site", ""),
        )
        for old, new, path, words in cases:
            with self.subTest(line=new):
                text = GOOD.replace(old, new)
                lines = self.refused(text)
                self.assertEqual(len(lines), 1, lines)
                self.assertPlaced(lines, text, new, path, words)

    def test_unknown_key_with_a_suggestion(self):
        text = GOOD.replace("lorenz_efficiency:", "lorenz_eficiency:")
        lines = self.refused(text)
        self.assertPlaced(lines, text, "lorenz_eficiency", "loops.dryer1.heat_pump.lorenz_eficiency", "lorenz_efficiency")

    def test_duplicate_key(self):
        text = GOOD.replace("    objective: cost", "    objective: cost\n    objective: carbon")
        lines = self.refused(text)
        self.assertPlaced(lines, text, "objective: carbon", "loops.dryer1.objective")

    def test_alias(self):
        for text in (GOOD.replace("objective: cost", "objective: &o cost\n    mode: *o"), GOOD.replace("objective: cost", "objective: *o")):
            lines = self.refused(text)
            number = next(i for i, line in enumerate(text.splitlines(), 1) if "objective" in line)
            self.assertTrue(any(re.search(f":{number}:.*(alias|anchor)", line) for line in lines), lines)

    def test_reserved_loop_names(self):
        for name in ("status", "heartbeat", "health", "cmd", "summary", "alarms", "Dryer", "dryer 1"):
            with self.subTest(name=name):
                text = GOOD.replace("  dryer1:", f"  {name}:")
                self.assertPlaced(self.refused(text), text, f"  {name}:", f"loops.{name}")

    def test_wildcard_in_a_topic(self):
        for topic in ("plant/+", "plant/#"):
            text = GOOD.replace("topic: plant/source_in", f'topic: "{topic}"')
            self.assertPlaced(self.refused(text), text, topic, "loops.dryer1.source.t_in.topic")

    def test_every_error_in_one_run(self):
        text = GOOD.replace("duty: 4800 kW", "duty: 4800").replace("objective: cost", "objective: costs").replace("site: dresden", "site: A b")
        lines = self.refused(text)
        self.assertEqual(len(lines), 3, lines)
        self.assertPlaced(lines, text, "duty:", "loops.dryer1.sink.duty")
        self.assertPlaced(lines, text, "objective:", "loops.dryer1.objective")
        self.assertPlaced(lines, text, "site:", "site")

    def test_syntax_error_alone(self):
        for text in (GOOD.replace("site: dresden", "site: [dresden"), GOOD.replace("objective: cost", "objective: costs\n\tmode: auto"), b"\xff\xfe\x00"):
            lines = self.refused(text)
            self.assertEqual(len(lines), 1, lines)
            self.assertRegex(lines[0], "^" + re.escape(self.path) + r":\d+:\d+: ")

    def test_nothing_to_read(self):
        for text in ("", "# only a comment\n", "17\n", "[]\n"):
            self.assertTrue(self.refused(text))
        os.remove(self.path)
        for done in (service("--config", self.path), tool("check", self.path)):
            self.assertEqual(done.returncode, 78)
            self.assertIn(self.path, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)


class Usage(unittest.TestCase):
    def test_wrong_usage(self):
        for arguments in ((), ("--config",), ("--nonsense",), ("--config", "a.yaml", "b.yaml"), ("--config", "a.yaml", "--log-level", "loud")):
            with self.subTest(arguments=arguments):
                done = service(*arguments)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_wrong_usage_of_the_tool(self):
        for arguments in ((), ("nonsense",), ("solve", "--nonsense"), ("solve", "--source", "15 bananas"), ("replay",), ("history",), ("check",)):
            with self.subTest(arguments=arguments):
                done = tool(*arguments)
                self.assertEqual((done.returncode, done.stdout), (64, ""), done.stderr)
                self.assertTrue(done.stderr)

    def test_help_and_version(self):
        done = service("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ("--config", "--check", "--log-level", "--version", "--help"):
            self.assertIn(word, done.stdout)
        done = service("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^lorenzd \d+\.\d+\.\d+\n$")
        for command in ((), ("solve",), ("check",), ("replay",), ("history",), ("status",)):
            done = tool(*command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
            self.assertIn("lorenzctl", done.stdout)


class Refusals(SystemTest):
    def test_topic_refused_by_the_broker(self):
        """The other topics go out; health names the one that does not."""
        folder = tempfile.mkdtemp(prefix="lorenz-system-")
        self.addCleanup(shutil.rmtree, folder)
        acl = os.path.join(folder, "acl")
        with open(acl, "w", encoding="ascii") as file:
            file.write(f"topic readwrite #\ntopic deny {PREFIX}/dryer1/state\n")
        os.chmod(acl, 0o644)
        box = self.bench(acl_file=acl)
        wire = box.wire()
        daemon = box.daemon(configuration(box.broker.port, LOOPS)).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        said = wire.wait(f"{PREFIX}/health", lambda m: m["rejected_topics"])
        self.assertEqual(said["rejected_topics"], [f"{PREFIX}/dryer1/state"])
        self.assertTrue(daemon.running())
        self.check_all(wire)


class Passwords(SystemTest):
    def station(self, password, where="config"):
        folder = tempfile.mkdtemp(prefix="lorenz-system-")
        self.addCleanup(shutil.rmtree, folder)
        users = os.path.join(folder, "users")
        for name, secret in (("plant", "right"), ("tester", "tester")):
            subprocess.run(["mosquitto_passwd", "-b", *([] if os.path.exists(users) else ["-c"]), users, name, secret], check=True,
                           capture_output=True)
        box = self.bench(password_file=users)
        daemon = box.daemon(configuration(box.broker.port, LOOPS, mqtt={"username": "plant", "password_file": "mqtt-password"}))
        credentials = os.path.join(box.folder, "credentials")
        os.mkdir(credentials)
        with open(os.path.join(daemon.folder if where == "config" else credentials, "mqtt-password"), "w", encoding="ascii") as file:
            file.write(password)
        daemon.start(env={"CREDENTIALS_DIRECTORY": credentials} if where != "config" else None)
        return box, daemon

    def test_right(self):
        for where, password in (("config", "right\n"), ("credentials", "right")):
            with self.subTest(where=where):
                box, _ = self.station(password, where)
                wire = box.wire(username="tester", password="tester")
                wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
                wire.feed()
                wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")

    def test_wrong(self):
        """Said once, tried on; the service does not end and stops when told to."""
        box, daemon = self.station("s3cret-of-another\n")
        until(lambda: re.search("not author|refused|denied|bad user", daemon.log_text(), re.IGNORECASE), "the log says why")
        until(lambda: box.broker.log_text().count("not authorised") >= 2, "it tries again", timeout=2 * TIMEOUT)
        self.assertTrue(daemon.running())
        self.assertNotIn("s3cret", daemon.log_text(), "the password is in the log")
        self.assertLess(len(re.findall("not author|refused|denied|bad user", daemon.log_text(), re.IGNORECASE)), 3, "said again and again")
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
