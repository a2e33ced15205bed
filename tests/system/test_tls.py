"""lorenzd over TLS: what is not trusted is named within seconds, never goes on in plain, and is tried again."""
import os
import shutil
import sys
import tempfile
import time
import unittest

from authority import Authority
from harness import SLOW, TIMEOUT, SystemTest, free_port, until
from plant import PREFIX, configuration, dryer, setpoint

SOON = 5.0 * SLOW


class Tls(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.mkdtemp(prefix="lorenz-keys-")
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        cls.authority = Authority(cls.keys)
        for name, subject, days in (("good", "localhost", 2), ("expired", "localhost", -1), ("client", "plant", 2), ("late", "plant", -1)):
            cls.authority.certify(name, subject, days)
        Authority(cls.keys, "other")

    def present(self, server, client="client"):
        """The certificates in use, from the next start of the broker, and lorenzd's next connection, on."""
        for name, use in ((server, "server"), (client, "mine")):
            for end in (".pem", ".key"):
                shutil.copy(self.authority.path(name + end), self.authority.path(use + end))

    def station(self):
        """A broker that listens in plain for the test and over TLS for lorenzd."""
        self.present("good")
        self.port = free_port()
        at = self.authority.path
        return self.bench(more=[f"listener {self.port} 127.0.0.1", "cafile " + at("ca.pem"), "certfile " + at("server.pem"), "keyfile " + at("server.key"),
                                "require_certificate true"])

    def lorenzd(self, box, name="lorenzd", host="localhost", port=None, **tls):
        files = {key: self.authority.path(value) for key, value in {"ca": "ca.pem", "cert": "mine.pem", "key": "mine.key", **tls}.items() if value}
        mqtt = {"url": f"mqtts://{host}:{port or self.port}", "client_id": name, "tls": files}
        return box.daemon(configuration(0, {"dryer1": dryer()}, mqtt=mqtt), name=name).start()

    def test_certificates_expire_while_it_runs(self):
        """The broker's, then lorenzd's own; both are replaced, and neither needs a restart of lorenzd."""
        box = self.station()
        daemon = self.lorenzd(box)
        wire = box.wire()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        good = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        for server, client, words in (("expired", "client", "TLS: the broker's certificate has expired"), ("good", "late", "certificate"),
                                      ("good", "client", None)):
            box.broker.stop()
            self.present(server, client)
            at = len(daemon.log_text())
            box.broker.start()
            if words:
                until(lambda w=words, a=at: w in daemon.log_text()[a:], "the log says so", SOON)
                like = words.replace("'", "''")
                until(lambda w=like: daemon.query(f"SELECT 1 FROM events WHERE code = 'broker_lost' AND message LIKE '%{w}%'"), "an event says so")
                until(wire.connected.is_set, "the test's own client is back")
                mark = wire.mark()
                time.sleep(0.5)
                self.assertEqual(wire.all(after=mark), [], "nothing gets out")
        again = wire.wait(setpoint("dryer1"), after=mark, timeout=3 * TIMEOUT)
        self.assertEqual((again["seq"], again["ts"]), (good["seq"], good["ts"]))
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 100}')
        wire.wait(setpoint("dryer1"), after=mark)
        self.check_all(wire)

    def test_each_fault_is_named(self):
        """At once: each lorenzd has a fault of its own, and none of them gets as far as MQTT."""
        box = self.station()
        at = self.authority.path
        cases = {
            "name": ({"host": "127.0.0.1"}, "TLS: the broker's certificate is for another host name"),
            "unknown": ({"ca": "other.pem"}, "TLS: the broker's certificate comes from an unknown authority"),
            "system": ({"ca": None}, "TLS: the broker's certificate comes from an unknown authority"),
            "no-ca": ({"ca": "missing"}, f"TLS: cannot read ca {at('missing')}: No such file"),
            "no-cert": ({"cert": "missing"}, f"TLS: cannot read cert {at('missing')}: No such file"),
            "no-key": ({"key": "missing"}, f"TLS: cannot read key {at('missing')}: No such file"),
            "bad-ca": ({"ca": "ca.key"}, f"TLS: cannot read ca {at('ca.key')}: "),
            "other-key": ({"key": "good.key"}, f"TLS: cannot read key {at('good.key')}: key values mismatch"),
            "anonymous": ({"cert": None, "key": None}, "certificate"),
            "late": ({"cert": "late.pem", "key": "late.key"}, "certificate"),
            "plain": ({"port": box.broker.port}, "TLS: "),
        }
        daemons = {name: self.lorenzd(box, name, **fault) for name, (fault, _) in cases.items()}
        began = time.monotonic()
        for name, (_, words) in cases.items():
            said = until(lambda d=daemons[name], w=words: [line for line in d.log_text().splitlines() if w in line],
                         f"{name}: the log says {words!r}", max(SOON + began - time.monotonic(), 0.1))
            print(f"{name}: {said[0].split('broker ', 1)[-1].split('; ')[0]}")
        time.sleep(max(0.0, 2.0 + began - time.monotonic()))
        for name, daemon in daemons.items():
            self.assertTrue(daemon.running(), name)
            self.assertNotIn(f" as {name} ", box.broker.log_text(), "was let in")
            self.assertLess(len(daemon.log_text().splitlines()), 5, "the log is full of the same")


if __name__ == "__main__":
    if not shutil.which("openssl", path=os.environ.get("PATH", "") + ":/usr/bin"):
        print("skipped: there is no openssl program to make certificates")
        sys.exit(77)
    unittest.main(verbosity=2)
