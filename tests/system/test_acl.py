"""lorenzd under the access lists that are shipped: they give it all it needs and nothing else, and what is taken away is named
in health while the rest goes on."""
import glob
import os
import re
import signal
import subprocess
import unittest

from harness import SLOW, Broker, SystemTest, until
from plant import PREFIX, setpoint

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config")
PLUGIN = next(iter(glob.glob("/usr/lib/*/mosquitto_dynamic_security.so")), None)
FEED = {"market/spot": '{"price": 132}', "market/gas": "60", "grid/carbon": '{"carbonIntensity": 406}', "plant/dryer1/air_in": "55.0"}
USERS = ("lorenzd", "plant", "scada", "operator")
SOON = 5.0 * SLOW


def shipped(name):
    with open(os.path.join(CONFIG, name), encoding="utf-8") as file:
        return file.read()


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise AssertionError(f"{command[0]}: {done.stderr or done.stdout}")
    return done.stdout + done.stderr


class Listed(SystemTest):
    """The configuration that is shipped, at a broker that knows the users of the access lists."""

    def lorenzd(self, box, **changes):
        text = shipped("lorenzd.yaml").replace("mqtt://127.0.0.1:1883", f"mqtt://127.0.0.1:{box.broker.port}")
        for key, value in {"username": "lorenzd", "password_file": "secret", **changes}.items():
            text = re.sub(rf"(?m)^  #{key}:.*$", f"  {key}: {value}", text)
        daemon = box.daemon(text)
        with open(os.path.join(daemon.folder, "secret"), "w", encoding="ascii") as file:
            file.write("secret\n")
        return daemon.start()

    def people(self, box):
        """The plant, which feeds, and SCADA, which listens."""
        return [box.wire(username=name, password="secret", listen=PREFIX + "/#") for name in ("plant", "scada")]

    def rejected(self, scada, topics, after=0):
        """Health names exactly these, soon."""
        return scada.wait(f"{PREFIX}/health", lambda m: sorted(m["rejected_topics"]) == sorted(topics), after=after, timeout=SOON,
                          what=f"rejected: {topics}")

    def check_works(self, box, daemon, plant, scada):
        scada.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        plant.feed(FEED)
        scada.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        scada.wait(f"{PREFIX}/dryer1/operating_points")
        scada.wait(f"{PREFIX}/dryer1/state", lambda m: m["quality"] == "good")
        self.assertEqual(scada.last(f"{PREFIX}/health")["rejected_topics"], [])
        self.assertEqual(daemon.query("SELECT * FROM events WHERE code LIKE '%refused'"), [])
        self.assertNotIn("Denied", box.broker.log_text())

    def check_nothing_else(self, box):
        """Each user tries what belongs to the others."""
        for user, topic in (("lorenzd", "plant/dryer1/air_in"), ("lorenzd", "market/spot"), ("lorenzd", "lorenz/other/dryer1/setpoint"),
                            ("plant", setpoint("dryer1")), ("scada", setpoint("dryer1")), ("scada", "market/spot"),
                            ("scada", f"{PREFIX}/dryer1/cmd"), ("plant", f"{PREFIX}/cmd"), ("operator", setpoint("dryer1")),
                            ("operator", f"{PREFIX}/dryer1/cmd/ack")):
            said = run("mosquitto_pub", "-V", "5", "-p", str(box.broker.port), "-u", user, "-P", "secret", "-q", "1", "-t", topic, "-m", "99", "-d")
            self.assertIn("RC:135", said, f"{user} may publish {topic}")
        for topic in (f"{PREFIX}/cmd", f"{PREFIX}/dryer1/cmd"):
            said = run("mosquitto_pub", "-V", "5", "-p", str(box.broker.port), "-u", "operator", "-P", "secret", "-q", "1", "-t", topic, "-m", "{}", "-d")
            self.assertNotIn("RC:135", said, f"operators may not publish {topic}")


class AclFile(Listed):
    def station(self, acl=None):
        box = self.bench(broker=False)
        passwords, rules = os.path.join(box.folder, "passwords"), os.path.join(box.folder, "lorenz.acl")
        for i, name in enumerate(USERS):
            run("mosquitto_passwd", *(["-c"] if i == 0 else []), "-b", passwords, name, "secret")
        with open(rules, "w", encoding="utf-8") as file:
            file.write(acl or shipped("mosquitto/lorenz.acl"))
        os.chmod(rules, 0o600)
        box.broker = Broker(box.folder, password_file=passwords, acl_file=rules)
        box.broker.start()
        return box

    def test_the_file_that_is_shipped(self):
        box = self.station()
        plant, scada = self.people(box)
        self.check_works(box, self.lorenzd(box), plant, scada)
        self.check_nothing_else(box)

    def test_publishes_refused(self):
        """Setpoint and points may not be written: health, an event and the log say so, once; status and state go on."""
        allowed = "".join(f"topic write {PREFIX}/{leaf}\n" for leaf in ("status", "health", "alarms", "summary", "dryer1/state", "dryer1/totals"))
        box = self.station(shipped("mosquitto/lorenz.acl").replace("topic write lorenz/dresden/#\n", allowed))
        plant, scada = self.people(box)
        daemon = self.lorenzd(box)
        scada.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        plant.feed(FEED)
        refused = [setpoint("dryer1"), f"{PREFIX}/dryer1/operating_points"]
        self.rejected(scada, refused)
        mark = scada.mark()
        plant.publish("plant/dryer1/air_in", "60.0")
        scada.wait(f"{PREFIX}/dryer1/state", after=mark, what="the rest goes on")
        plant.publish("plant/dryer1/air_in", "70.0")
        until(lambda: len(daemon.query("SELECT * FROM events WHERE code = 'publish_refused'")) == len(refused), "an event for each")
        self.assertGreater(daemon.query("SELECT count(*) AS n FROM setpoints")[0]["n"], 0, "decisions go on")
        for topic in refused:
            self.assertEqual(daemon.log_text().count(topic + ": the broker refuses what is published: not authorised"), 1)


@unittest.skipUnless(PLUGIN, "mosquitto has no plugin for dynamic security here")
class DynamicSecurity(Listed):
    def station(self):
        box = self.bench(broker=False)
        rules = os.path.join(box.folder, "dynamic-security.json")
        run("mosquitto_ctrl", "dynsec", "init", rules, "admin", "admin-secret")
        box.broker = Broker(box.folder, more=["plugin " + PLUGIN, "plugin_opt_config_file " + rules])
        with open(box.broker.conf, encoding="ascii") as file:
            lines = file.read().replace("allow_anonymous true", "allow_anonymous false")
        with open(box.broker.conf, "w", encoding="ascii") as file:
            file.write(lines)
        box.broker.start()
        self.box = box
        run("mosquitto_pub", "-p", str(box.broker.port), "-u", "admin", "-P", "admin-secret", "-q", "1", "-t", "$CONTROL/dynamic-security/v1",
            "-f", os.path.join(CONFIG, "mosquitto", "dynamic-security.json"))
        for name in USERS:
            self.control("setClientPassword", name, "secret")
        return box

    def control(self, *words):
        said = run("mosquitto_ctrl", "-p", str(self.box.broker.port), "-u", "admin", "-P", "admin-secret", "dynsec", *words)
        self.assertNotIn("Error", said)

    def test_the_example_that_is_shipped(self):
        box = self.station()
        plant, scada = self.people(box)
        self.check_works(box, self.lorenzd(box), plant, scada)
        self.check_nothing_else(box)

    def check_subscription(self, version):
        """Refused, named, the rest goes on; given back, and heard after a reload."""
        box = self.station()
        plant, scada = self.people(box)
        self.control("removeRoleACL", "lorenzd", "subscribeLiteral", "market/gas")
        daemon = self.lorenzd(box, version=version)
        scada.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.rejected(scada, ["market/gas"])
        until(lambda: daemon.query("SELECT * FROM events WHERE code = 'subscription_refused' AND message LIKE 'market/gas: %'"), "an event")
        plant.feed(FEED)
        inputs = scada.wait(f"{PREFIX}/dryer1/state", lambda m: m["inputs"]["loops.dryer1.sink.t_in"]["quality"] == "good", what="the rest goes on")["inputs"]
        self.assertEqual(inputs["market.fuel.price"]["quality"], "bad")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(daemon.query("SELECT * FROM events WHERE code = 'subscription_refused'")) == 2, "tried again, refused again")
        mark = scada.mark()
        self.control("addRoleACL", "lorenzd", "subscribeLiteral", "market/gas", "allow", "0")
        daemon.process.send_signal(signal.SIGHUP)
        self.rejected(scada, [], mark)
        plant.publish("market/gas", "60")
        scada.wait(setpoint("dryer1"), lambda m: m["quality"] == "good", after=mark, what="gas is heard")

    def test_subscription_refused(self):
        self.check_subscription("5")

    @unittest.skipUnless(os.environ.get("LORENZ_TEST_LONG"), "LORENZ_TEST_LONG is not set")
    def test_subscription_refused_3_1_1(self):
        self.check_subscription("3.1.1")

    def test_publish_refused_while_it_runs(self):
        box = self.station()
        plant, scada = self.people(box)
        daemon = self.lorenzd(box)
        self.check_works(box, daemon, plant, scada)
        mark = scada.mark()
        self.control("addRoleACL", "lorenzd", "publishClientSend", setpoint("dryer1"), "deny", "9")
        plant.publish("market/spot", '{"price": 100}')
        self.rejected(scada, [setpoint("dryer1")], mark)
        scada.wait(f"{PREFIX}/dryer1/operating_points", after=mark, what="the rest goes on")
        self.assertEqual(scada.all(setpoint("dryer1"), after=mark), [])
        mark = scada.mark()
        self.control("removeRoleACL", "lorenzd", "publishClientSend", setpoint("dryer1"))
        daemon.process.send_signal(signal.SIGHUP)
        self.rejected(scada, [], mark)
        scada.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] > 120, after=mark, what="the setpoint that was refused")


if __name__ == "__main__":
    unittest.main(verbosity=2)
