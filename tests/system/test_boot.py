"""The Debian package and the unit in a machine with a real systemd: installed, started, watched, killed, reloaded, upgraded, removed
and purged; the password as a credential; the history read by another user of the group. Usage: test_boot.py PROJECT"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from harness import SLOW, until
from machine import Impossible, Machine
from plant import FEED, PREFIX, configuration, dryer, setpoint

PROJECT = sys.argv.pop(1) if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]) else os.getcwd()
CONFIGURATION = "/etc/lorenzd/lorenzd.yaml"
DATABASE = "/var/lib/lorenzd/history.db"
PASSWORD = "very secret 1"
folder = machine = None
packages = {}


def build(version=None):
    """The path of lorenzd's package in the machine, made and looked at by scripts/package."""
    out = os.path.join(folder, "packages")
    more = ["--version", version] if version else []
    done = subprocess.run([f"{PROJECT}/scripts/package", "--no-bootstrap", "--out", out, *more], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError("scripts/package: " + done.stdout + done.stderr)
    return glob.glob(f"{out}/lorenzd_{version or '*'}_*.deb")[0]


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", package, name], capture_output=True, text=True, check=True).stdout.strip()


def with_other_configuration(package):
    """The same package, whose configuration is not the one of the version before."""
    tree = package + ".tree"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    with open(tree + CONFIGURATION, "a", encoding="utf-8") as file:
        file.write("# said by the new version\n")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, package], check=True, stdout=subprocess.DEVNULL)
    return package


def setUpModule():
    global folder, machine
    folder = tempfile.mkdtemp(prefix="lorenz-boot-")
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    try:
        machine = Machine(folder)
        packages["old"] = build()
        depends = re.findall(r"(?:^|, )([a-z0-9.+-]+)", field(packages["old"], "Depends"))
        machine.make([*depends, "mosquitto", "mosquitto-clients", "sqlite3"])
        packages["new"] = with_other_configuration(build("9.8.7"))
        for key, package in packages.items():
            shutil.copy(package, machine.root)
            packages[key] = "/" + os.path.basename(package)
        unittest.addModuleCleanup(machine.close)
        machine.boot()
    except Impossible as e:
        print(f"skipped: {e}")
        unittest.doModuleCleanups()
        os._exit(77)
    machine.run("adduser", "--disabled-password", "--gecos", "", "historian")
    machine.run("adduser", "--disabled-password", "--gecos", "", "stranger")


# ---- what is asked of the machine ------------------------------------------------------------------------------------

def install(which, *options):
    return machine.run("apt-get", "-y", *options, "install", packages[which])


def purge():
    machine.run("dpkg", "--purge", "lorenzd")


def show(*properties):
    text = machine.run("systemctl", "show", "lorenzd", "--property=" + ",".join(properties)).stdout
    return dict(line.split("=", 1) for line in text.splitlines())


def state():
    return machine.run("systemctl", "is-active", "lorenzd", check=False).stdout.strip()


def pid():
    return int(show("MainPID")["MainPID"])


def journal(*arguments):
    return [json.loads(line) for line in machine.run("journalctl", "-u", "lorenzd", "-o", "json", "--no-pager", *arguments).stdout.splitlines()]


def said():
    return "\n".join(str(entry["MESSAGE"]) for entry in journal())


def restart():
    machine.run("systemctl", "reset-failed", "lorenzd", check=False)
    machine.run("systemctl", "restart", "lorenzd")


class BootTest(unittest.TestCase):
    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(f"---- {self.id()}", machine.run("systemctl", "status", "lorenzd", "--no-pager", "-l", check=False).stdout,
                  machine.run("journalctl", "-n", "40", "--no-pager", check=False).stdout, sep="\n", file=sys.stderr)


# ---- the service -----------------------------------------------------------------------------------------------------

class Service(BootTest):
    """The unit as it is shipped, with a broker that wants a password."""

    document = configuration(1883, {"dryer1": dryer()}, mqtt={"username": "plant", "password_file": "mqtt-password"})

    @classmethod
    def setUpClass(cls):
        install("old")
        cls.addClassCleanup(purge)
        machine.run("mosquitto_passwd", "-b", "-c", "/etc/mosquitto/passwd", "plant", PASSWORD)
        machine.run("chown", "mosquitto", "/etc/mosquitto/passwd")
        machine.write("/etc/mosquitto/conf.d/test.conf", "listener 1883 127.0.0.1\nset_tcp_nodelay true\npassword_file /etc/mosquitto/passwd\n")
        machine.run("systemctl", "restart", "mosquitto")
        machine.run("adduser", "historian", "lorenzd")

    def setUp(self):
        machine.write("/etc/credstore/mqtt-password", PASSWORD + "\n", 0o600)
        self.configure(self.document)
        restart()
        self.wait_status("connected to 127.0.0.1:1883")

    def configure(self, document):
        machine.write(CONFIGURATION, document if isinstance(document, str) else json.dumps(document))

    def wait_status(self, part):
        return until(lambda: part in show("StatusText")["StatusText"], f"the status says {part}, not {show('StatusText')}", pause=0.1)

    def broker(self, program, *arguments):
        return machine.run(program, "-h", "127.0.0.1", "-u", "plant", "-P", PASSWORD, "-q", "1", *arguments).stdout

    def feed(self):
        for topic, payload in FEED.items():
            self.broker("mosquitto_pub", "-r", "-t", topic, "-m", payload)

    def setpoint(self):
        return json.loads(self.broker("mosquitto_sub", "-t", setpoint("dryer1"), "-C", "1", "-W", "15"))

    def count(self, user, database=DATABASE):
        done = machine.run("sqlite3", "-readonly", database, "SELECT count(*) FROM setpoints", user=user, check=False)
        return int(done.stdout) if done.returncode == 0 else done.stdout

    def test_ready_and_confined(self):
        seen = show("Type", "ActiveState", "SubState", "NRestarts", "WatchdogUSec", "Result")
        self.assertEqual(seen, {"Type": "notify", "ActiveState": "active", "SubState": "running", "NRestarts": "0", "WatchdogUSec": "20s",
                                "Result": "success"})
        status = dict(re.findall(r"^(\w+):\s*(.*)$", machine.run("cat", f"/proc/{pid()}/status").stdout, re.M))
        user = machine.run("id", "-u", "lorenzd").stdout.strip()
        self.assertEqual(status["Uid"].split(), [user] * 4)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"], int(status["CapBnd"], 16)), ("1", "2", 0))

    def test_decides_and_stores(self):
        self.feed()
        until(lambda: self.setpoint()["quality"] == "good", "a good setpoint", pause=0.2)
        found = self.setpoint()
        self.assertTrue(found["hp_on"])
        self.assertAlmostEqual(found["t_sink_out_c"], 111.05, delta=0.01)
        self.assertEqual(self.broker("mosquitto_sub", "-t", f"{PREFIX}/status", "-C", "1", "-W", "15").strip(), "online")

    def test_another_user_reads_the_history(self):
        self.feed()
        until(lambda: isinstance(self.count("historian"), int) and self.count("historian") > 0, f"rows: {self.count('historian')}", pause=0.2)
        self.assertRegex(str(self.count("stranger")), "unable to open|denied")
        machine.run("systemctl", "stop", "lorenzd")
        self.assertGreater(self.count("historian"), 0)
        folder_mode, file_mode = machine.run("stat", "-c", "%A %U %G", os.path.dirname(DATABASE), DATABASE).stdout.splitlines()
        self.assertEqual((folder_mode, file_mode), ("drwxr-x--- lorenzd lorenzd", "-rw-r----- lorenzd lorenzd"))

    def test_credential(self):
        place = "/run/credentials/lorenzd.service/mqtt-password"
        self.assertNotEqual(machine.run("cat", place, user="historian", check=False).returncode, 0)
        environment = machine.run("cat", f"/proc/{pid()}/environ").stdout
        self.assertNotIn(PASSWORD, environment)
        machine.write("/etc/credstore/mqtt-password", "wrong\n", 0o600)
        restart()
        until(lambda: re.search("password|authori", show("StatusText")["StatusText"]), f"refused: {show('StatusText')}", pause=0.1)
        self.assertEqual(state(), "active")

    def test_starts_without_a_credential(self):
        os.unlink(machine.path("/etc/credstore/mqtt-password"))
        self.configure(configuration(1883, {"dryer1": dryer()}))
        restart()
        self.assertEqual(state(), "active")

    def test_reload(self):
        before = pid()
        self.configure(configuration(1883, {"dryer1": dryer(), "dryer2": dryer()}, mqtt=self.document["mqtt"]))
        machine.run("systemctl", "reload", "lorenzd")
        self.wait_status("loops: 2 (1 added, 0 removed)")
        self.configure("site: Dresden West\n")
        machine.run("systemctl", "reload", "lorenzd")
        until(lambda: f"{CONFIGURATION}:1:7: site:" in said(), "the journal says what is wrong", pause=0.1)
        self.assertEqual((pid(), state()), (before, "active"))
        wrong = [entry for entry in journal() if "site:" in str(entry["MESSAGE"])]
        self.assertLessEqual(int(wrong[-1]["PRIORITY"]), 4)

    def test_watchdog_ends_a_stalled_loop(self):
        stalled = pid()
        machine.run("systemctl", "kill", "--kill-who=main", "--signal=STOP", "lorenzd")
        began = time.monotonic()
        until(lambda: show("NRestarts")["NRestarts"] == "1" and state() == "active", "a restart by the watchdog", 60 * SLOW, pause=0.2)
        self.assertGreater(time.monotonic() - began, 9, "the watchdog waits for a while")
        self.assertNotEqual(pid(), stalled)
        self.assertIn("Watchdog timeout", machine.run("journalctl", "-u", "lorenzd", "--no-pager").stdout)
        self.wait_status("connected to")

    def test_killed_comes_back(self):
        killed = pid()
        machine.run("systemctl", "kill", "--kill-who=main", "--signal=KILL", "lorenzd")
        until(lambda: pid() not in (0, killed) and state() == "active", "a restart", 30 * SLOW, pause=0.1)
        self.assertEqual(show("NRestarts")["NRestarts"], "1")

    def test_wrong_configuration_is_not_tried_again(self):
        self.configure("site: Dresden West\n")
        self.assertNotEqual(machine.run("systemctl", "restart", "lorenzd", check=False).returncode, 0)
        time.sleep(4)  # twice RestartSec
        self.assertEqual(show("ActiveState", "ExecMainStatus", "NRestarts"), {"ActiveState": "failed", "ExecMainStatus": "78", "NRestarts": "0"})

    def test_stop(self):
        began = time.monotonic()
        machine.run("systemctl", "stop", "lorenzd")
        self.assertLess(time.monotonic() - began, 9 * SLOW)
        self.assertEqual(show("ActiveState", "Result", "ExecMainStatus"), {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"})
        self.assertEqual(self.broker("mosquitto_sub", "-t", f"{PREFIX}/status", "-C", "1", "-W", "15").strip(), "offline")

    def test_systemd_is_content(self):
        self.assertEqual(machine.run("systemd-analyze", "verify", "--man=no", "lorenzd.service").stdout, "")
        security = machine.run("systemd-analyze", "security", "--no-pager", "lorenzd.service", check=False).stdout
        self.assertLessEqual(float(re.search(r"exposure level for lorenzd.service: ([\d.]+)", security)[1]), 1.2, security)


# ---- the package -----------------------------------------------------------------------------------------------------

class Package(BootTest):
    """From the installation to the purge; each test begins without the package."""

    def setUp(self):
        self.addCleanup(purge)
        install("old")

    def running_version(self):
        return machine.run(f"/proc/{pid()}/exe", "--version").stdout.split()[1]

    def enabled(self):
        return machine.run("systemctl", "is-enabled", "lorenzd", check=False).stdout.strip()

    def exists(self, path):
        return os.path.lexists(machine.path(path))

    def test_installed_it_runs(self):
        self.assertEqual((state(), self.enabled()), ("active", "enabled"))
        self.assertEqual(machine.run("lorenzctl", "check", CONFIGURATION).stdout.splitlines()[0], f"{CONFIGURATION}: ok")
        self.assertIn(CONFIGURATION, machine.run("dpkg-query", "-W", "-f", "${Conffiles}", "lorenzd").stdout)
        self.assertRegex(machine.run("getent", "passwd", "lorenzd").stdout, "^lorenzd:.*:/usr/sbin/nologin\n$")
        self.assertEqual(machine.run("dpkg", "--verify", "lorenzd").stdout, "")

    def test_upgrade_keeps_an_edited_configuration(self):
        edited = machine.read(CONFIGURATION).replace("site: dresden ", "site: freiberg ")
        machine.write(CONFIGURATION, edited)
        before, version = pid(), self.running_version()
        install("new", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
        self.assertEqual((state(), self.enabled()), ("active", "enabled"))
        self.assertNotEqual(pid(), before)
        self.assertEqual((version != "9.8.7", self.running_version()), (True, "9.8.7"))
        self.assertEqual(machine.read(CONFIGURATION), edited)
        self.assertIn("# said by the new version", machine.read(CONFIGURATION + ".dpkg-dist"))

    def test_upgrade_replaces_an_untouched_configuration(self):
        install("new")
        self.assertIn("# said by the new version", machine.read(CONFIGURATION))

    def test_upgrade_leaves_a_disabled_service_alone(self):
        machine.run("systemctl", "disable", "--now", "lorenzd")
        install("new")
        self.assertEqual((state(), self.enabled()), ("inactive", "disabled"))

    def test_removed_and_installed_again(self):
        machine.write(CONFIGURATION, machine.read(CONFIGURATION).replace("site: dresden ", "site: freiberg "))
        running = pid()
        machine.run("apt-get", "-y", "remove", "lorenzd")
        self.assertFalse(self.exists(f"/proc/{running}"))
        self.assertNotEqual(machine.run("pgrep", "-x", "lorenzd", check=False).returncode, 0)
        self.assertEqual([self.exists(path) for path in ("/usr/bin/lorenzd", CONFIGURATION, DATABASE)], [False, True, True])
        install("old")
        self.assertEqual(state(), "active")
        self.assertIn("site: freiberg ", machine.read(CONFIGURATION))

    def test_purged(self):
        machine.write("/etc/lorenzd/ca.pem", "a certificate of the plant\n")
        purge()
        for path in ("/etc/lorenzd", "/var/lib/lorenzd", "/usr/share/doc/lorenzd", "/usr/lib/systemd/system/lorenzd.service",
                     "/etc/systemd/system/multi-user.target.wants/lorenzd.service", "/etc/systemd/system/lorenzd.service",
                     "/var/lib/systemd/deb-systemd-helper-enabled/lorenzd.service.dsh-also"):
            self.assertFalse(self.exists(path), path)
        self.assertNotEqual(machine.run("dpkg-query", "-W", "lorenzd", check=False).returncode, 0)
        self.assertEqual(machine.run("systemctl", "show", "-P", "LoadState", "lorenzd").stdout.strip(), "not-found")
        self.assertEqual(machine.run("systemctl", "--failed", "--plain", "--no-legend").stdout, "")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    unittest.main(verbosity=2)
