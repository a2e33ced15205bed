"""Technologies over a real broker: the ranking, the one that runs, one that is out of range, a figure that is live; after the broker
was gone, after reloads and in the history."""
import json
import signal
import unittest

from harness import TIMEOUT, SystemTest, tool, until
from plant import FEED, PREFIX, configuration, dryer, live, points, setpoint, state

LIST = [
    {"name": "hp", "technology": "vapour_compression", "t_max": "110 degC"},
    {"name": "brayton", "technology": "inverse_brayton", "lorenz_efficiency": live("plant/eta"), "t_source_min": "10 degC"},
    "direct_electric",
    "mvr",
]


def technologies(loop):
    return f"{PREFIX}/{loop}/technologies"


def row(message, objective, name):
    return next(entry for entry in message[objective] if entry["technology"] == name)


class Technologies(SystemTest):
    def setUp(self):
        self.box = self.bench()
        self.wire = self.box.wire()
        self.config = configuration(self.box.broker.port, {"dryer1": dryer(technologies=LIST), "dryer2": dryer()},
                                    publish={"interval": "0.05 s"})
        self.daemon = self.box.daemon(self.config).start()
        self.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        self.wire.feed({**FEED, "plant/eta": "0.4"}, retain=True)
        self.wire.wait(setpoint("dryer1"), lambda m: m["hp_on"])

    def reload(self, loops):
        runs = len(self.daemon.query("SELECT 1 FROM runs"))
        self.daemon.write(configuration(self.box.broker.port, loops))
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(self.daemon.query("SELECT 1 FROM runs")) == runs + 1, "the reload is in the history")

    def test_ranking(self):
        wire = self.wire
        said = wire.wait(setpoint("dryer1"), lambda m: m["quality"] == "good")
        self.assertEqual((said["technology"], said["hp_on"]), ("hp", True))
        ranking = wire.wait(technologies("dryer1"), lambda m: m["cost"] is not None)
        self.assertEqual([entry["technology"] for entry in ranking["cost"]], ["hp", "brayton", "direct_electric", "mvr"])
        self.assertEqual([entry["rank"] for entry in ranking["cost"]], [1, 2, 3, 4])
        self.assertEqual(row(ranking, "cost", "mvr")["reason"], "source or sink does not keep its temperature")
        best = wire.wait(points("dryer1"), lambda m: m["cost"]["optimal"]["technology"] == "hp")["cost"]["optimal"]
        for figure in ("t_sink_out_c", "cop", "q_sink_kw", "p_elec_kw", "cost_savings_eur_h", "carbon_savings_kg_h", "source_heat_kw"):
            self.assertNear(row(ranking, "cost", "hp")[figure], best[figure], 1e-6, figure)
        self.assertEqual(wire.all(technologies("dryer2")), [], "a loop that lists none")
        self.assertIsNone(wire.last(setpoint("dryer2"))["technology"])

        # a live figure makes another one the best, then its source is too cold
        mark = wire.mark()
        wire.publish("plant/eta", "0.7")
        wire.wait(setpoint("dryer1"), lambda m: m["technology"] == "brayton", after=mark)
        ranking = wire.wait(technologies("dryer1"), lambda m: m["cost"][0]["technology"] == "brayton", after=mark)
        self.assertTrue(row(ranking, "cost", "brayton")["fits"])
        mark = wire.mark()
        wire.publish("plant/source_in", "5")
        wire.wait(setpoint("dryer1"), lambda m: m["technology"] == "hp", after=mark)
        ranking = wire.wait(technologies("dryer1"), lambda m: not row(m, "cost", "brayton")["fits"], after=mark)
        self.assertEqual(row(ranking, "cost", "brayton")["reason"], "the source is too cold for it")
        wire.publish("plant/source_in", "15")
        wire.wait(setpoint("dryer1"), lambda m: m["technology"] == "brayton", after=mark)

        # power for nothing
        mark = wire.mark()
        wire.publish("market/spot", '{"price": 1}')
        wire.wait(setpoint("dryer1"), lambda m: m["t_sink_out_c"] == 230.0, after=mark)
        self.check_all(wire)

    def test_broker_gone_and_reloads(self):
        wire = self.wire
        wire.wait(technologies("dryer1"), lambda m: m["cost"] is not None)
        mark = wire.mark()
        self.box.broker.stop()
        self.box.broker.start()   # has forgotten all
        wire.wait(technologies("dryer1"), lambda m: m["cost"][0]["technology"] == "hp", after=mark, timeout=5 * TIMEOUT, what="said again")

        # none fits: off, in words
        mark = wire.mark()
        self.reload({"dryer1": dryer(technologies=["mvr"]), "dryer2": dryer()})
        off = wire.wait(setpoint("dryer1"), lambda m: not m["hp_on"] and m["reason"] == "no_technology", after=mark)
        self.assertIsNone(off["technology"])
        said = wire.wait(state("dryer1"), lambda m: m["reason"], after=mark)
        self.assertEqual(said["reason"], "no technology fits: mvr: source or sink does not keep its temperature")

        # the loop lists none any more, then the loop is gone: what is retained is emptied
        mark = wire.mark()
        self.reload({"dryer1": dryer(), "dryer2": dryer(technologies=LIST[:1])})
        wire.wait(technologies("dryer1"), lambda m: not m.payload, after=mark, what="emptied")
        wire.wait(technologies("dryer2"), lambda m: m.payload and m["cost"], after=mark)
        mark = wire.mark()
        self.reload({"dryer1": dryer()})
        wire.wait(technologies("dryer2"), lambda m: not m.payload, after=mark, what="emptied")

    def test_history(self):
        wire = self.wire
        wire.wait(technologies("dryer1"), lambda m: m["cost"] is not None)
        until(lambda: self.daemon.query("SELECT 1 FROM technologies"), "the first ranking is stored")
        first = self.daemon.query("SELECT * FROM technologies WHERE objective = 'cost' ORDER BY rank")
        self.assertEqual([r["technology"] for r in first], ["hp", "brayton", "direct_electric", "mvr"])
        self.assertEqual((first[3]["fits"], first[3]["reason"]), (0, "source or sink does not keep its temperature"))
        count = len(self.daemon.query("SELECT 1 FROM technologies"))
        mark = wire.mark()
        for eta in range(400, 440):
            wire.publish("plant/eta", f"0.{eta}")
        wire.wait(technologies("dryer1"), lambda m: row(m, "cost", "brayton")["cop"] > 1, after=mark)
        wire.publish("plant/eta", "0.7")
        wire.wait(setpoint("dryer1"), lambda m: m["technology"] == "brayton", after=mark)
        until(lambda: len(self.daemon.query("SELECT 1 FROM technologies")) > count, "another order is stored")
        stamps = self.daemon.query("SELECT DISTINCT ts_us FROM technologies")
        self.assertLessEqual(len(stamps), 3, "not each update")
        until(lambda: self.daemon.query("SELECT 1 FROM setpoints WHERE technology = 'brayton'"), "the setpoint's technology")
        until(lambda: self.daemon.query("SELECT 1 FROM operating_points WHERE technology = 'brayton' AND kind = 'cost_optimal'"), "the point's")
        told = tool("history", "--db", self.daemon.database, "technologies", "--json")
        self.assertEqual(len(json.loads(told.stdout)), len(self.daemon.query("SELECT 1 FROM technologies")))
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
