"""What is decided, and when it is said: objectives, bounds, off values, deadband, refresh and throttling."""
import math
import time
import unittest

import method
from harness import SLOW, SystemTest, stamp_us, until
from plant import FEED, PREFIX, configuration, dryer, live, points, setpoint

COST, CARBON = (132.0, 60.0), (406.0, 213.7)
BLEND = (132.0 + 0.1 * 406.0, 60.0 + 0.1 * 213.7)
T_OPT = method.celsius(method.Stream().free_optimum(2.2))

LOOPS = {
    "plain": dryer(),
    "every": dryer(setpoint={"deadband": "0 K"}),
    "carbon": dryer(objective="carbon"),
    "cost_be": dryer(objective="cost_break_even"),
    "carbon_be": dryer(objective="carbon_break_even"),
    "blend": dryer(objective="blend", carbon_value="100 EUR/t"),
    "advisory": dryer(mode="advisory"),
    "capacity": dryer(heat_pump={"capacity": "1 MW"}),
    "p_elec": dryer(heat_pump={"p_elec_max": "300 kW"}),
    "t_max": dryer(heat_pump={"t_max": "100 degC"}),
    "highest": dryer(setpoint={"max": "90 degC"}),
    "lowest": dryer(setpoint={"min": "120 degC"}),
    "min_load": dryer(heat_pump={"capacity": "2 MW", "min_load": "90 %"}),
    "too_big": dryer(heat_pump={"capacity": "4800 kW", "min_load": "100 %"}),
    "parked": dryer(setpoint={"off_value": "57 degC"}),
    "near": dryer(setpoint={"off_value": "111.2 degC"}, heat_pump={"available": live("plant/hp_ok")}),
    "rate": dryer(sink={"duty": None, "heat_capacity_rate": "27.428571428571427 kW/K"}),
    "steam": dryer(sink={"t_target": None, "duty": None, "curve": [{"t_out": "80 degC", "duty": "1000 kW"},
                                                                   {"latent": "100 degC", "duty": "1500 kW"},
                                                                   {"t_in": "105 degC", "t_out": "180 degC", "duty": "800 kW"}]}),
    "adders": dryer(market={"electricity": {"adders": "38 EUR/MWh"}}),
    "boiler": dryer(market={"fuel": {"boiler_efficiency": 0.8, "co2_price": "50 EUR/t"}}),
    "switched": dryer(heat_pump={"available": live("plant/hp_ok")}),
    "warmer": dryer(source={"t_out": "10 degC"}),
    "units": dryer(source={"heat_capacity_rate": "200 kW/K", "body": {"heat_capacity_rate": "10 MW/K", "cooling_max": "0.08 K"}},
                   heat_pump={"units": [{"name": "left", "capacity": "900 kW", "min_load": "30 %"},
                                        {"name": "right", "capacity": "900 kW", "min_load": "30 %",
                                         "available": live("plant/hp_ok")}]},
                   electric_boiler={"efficiency": 0.99, "capacity": "500 kW"}, direct_exchange={"pinch": "5 K"}),
    "capped": dryer(objective="cost_under_carbon_cap", carbon_cap="905 kg/h"),
}


class Decisions(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench()
        cls.wire = cls.box.wire()
        cls.daemon = cls.box.daemon(configuration(cls.box.broker.port, LOOPS, publish={"interval": "0.05 s"})).start()
        cls.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        cls.wire.feed({**FEED, "plant/hp_ok": "1"})
        cls.base = {loop: cls.wire.wait(setpoint(loop), lambda m: m["quality"] == "good") for loop in LOOPS}
        cls.points = {loop: cls.wire.wait(points(loop), lambda m, loop=loop: m["cause_ts"] == cls.base[loop]["cause_ts"]) for loop in LOOPS}

    def price(self, value, loops=LOOPS, condition=lambda m: True):
        """A new spot price, what each of the loops says to it, and the old one at the end."""
        mark = self.wire.mark()
        self.addCleanup(self.restore)
        self.wire.publish("market/spot", f'{{"price": {value}}}')
        return {loop: self.wire.wait(setpoint(loop), condition, after=mark) for loop in loops}

    def restore(self):
        mark = self.wire.mark()
        self.wire.publish("market/spot", '{"price": 131.99}')
        self.wire.wait(setpoint("every"), lambda m: abs(m["t_sink_out_c"] - T_OPT) < 0.05, after=mark)
        self.wire.publish("market/spot", '{"price": 132}')
        self.wire.wait(setpoint("every"), lambda m: abs(m["t_sink_out_c"] - T_OPT) < 1e-4, after=mark)

    def assertRuns(self, message, stream, q, t_out=None):
        self.assertEqual((message["hp_on"], message["quality"]), (True, "good"))
        expected = {"q_sink_kw": q, "p_elec_kw": stream.power(q), "t_sink_out_expected_c": method.celsius(stream.outlet(q)),
                    "cop": q / stream.power(q), "t_sink_out_c": method.celsius(stream.outlet(q)) if t_out is None else t_out}
        for name, value in expected.items():
            self.assertNear(message[name], value, 2e-3, f"{message.topic} {name}")

    def assertOff(self, message, t_out, reason):
        self.assertEqual((message["hp_on"], message["reason"]), (False, reason), message)
        self.assertEqual((message["q_sink_kw"], message["p_elec_kw"], message["cop"]), (0.0, 0.0, None))
        self.assertNear(message["t_sink_out_c"], t_out, 1e-6, message.topic)

    # ---- objectives

    def test_objectives(self):
        dryer1 = method.Stream()
        for loop, objective, q, reason in (("plain", "cost", dryer1.optimum(*COST), "optimum"),
                                           ("carbon", "carbon", dryer1.optimum(*CARBON), "optimum"),
                                           ("cost_be", "cost_break_even", dryer1.break_even(*COST), "break_even"),
                                           ("carbon_be", "carbon_break_even", dryer1.break_even(*CARBON), "break_even"),
                                           ("blend", "blend", dryer1.optimum(*BLEND), "optimum")):
            with self.subTest(objective=objective):
                self.assertRuns(self.base[loop], dryer1, q)
                self.assertEqual((self.base[loop]["objective"], self.base[loop]["reason"]), (objective, reason))

    def test_blend_has_points_of_its_own(self):
        blend = self.points["blend"]["blend"]
        self.assertNear(blend["ratio"], BLEND[0] / BLEND[1], 1e-5, "ratio")
        self.assertNear(blend["optimal"]["q_sink_kw"], method.Stream().optimum(*BLEND), 1e-2, "optimal")
        self.assertNear(blend["break_even"]["q_sink_kw"], method.Stream().break_even(*BLEND), 1e-2, "break-even")
        self.assertNotIn("blend", self.points["plain"].document)
        until(lambda: self.daemon.query("SELECT 1 FROM operating_points WHERE loop = 'blend' AND kind = 'blend_optimal'"), "they are stored")

    def test_advisory_computes_all_and_says_so(self):
        self.assertEqual(self.base["advisory"]["mode"], "advisory")
        self.assertRuns(self.base["advisory"], method.Stream(), method.Stream().optimum(*COST))
        until(lambda: self.daemon.query("SELECT 1 FROM setpoints WHERE loop = 'advisory' AND mode = 'advisory'"), "it is stored")

    # ---- more than one machine, source and boiler

    def test_units_on_a_river_at_its_limit(self):
        point = self.points["units"]["cost"]["optimal"]
        self.assertNear(point["q_sink_kw"] - point["p_elec_kw"], 800.0, 1e-3, "what is taken from the river")
        self.assertNear(point["t_source_out_c"], 11.0, 1e-5, "source outlet")
        self.assertEqual((point["limited_by"], point["units_on"], point["units"]), ("source_body", 2, ["left", "right"]))
        self.assertNear(sum(point["utilities"].values()), 4800.0 - point["q_sink_kw"], 1e-3, "the rest")
        self.assertEqual((self.base["units"]["reason"], self.points["units"]["direct_exchange"]["q_kw"]), ("source", 0.0))
        until(lambda: self.daemon.query("SELECT 1 FROM operating_points WHERE loop = 'units' AND units_on = 2"), "they are stored")
        self.assertNotIn("units_on", self.points["plain"]["cost"]["optimal"])

    def test_a_carbon_cap(self):
        goal, plain = self.points["capped"]["goal"], self.points["plain"]
        self.assertTrue(goal["met"])
        self.assertNear(4.8 * CARBON[1] - goal["optimal"]["carbon_savings_kg_h"], 905.0, 1e-2, "emitted")
        self.assertGreater(goal["optimal"]["q_sink_kw"], plain["cost"]["optimal"]["q_sink_kw"])
        self.assertEqual((self.base["capped"]["objective"], self.base["capped"]["reason"]), ("cost_under_carbon_cap", "optimum"))
        self.assertNear(self.base["capped"]["t_sink_out_c"], goal["optimal"]["t_sink_out_c"], 1e-5, "the setpoint")
        until(lambda: self.daemon.query("SELECT 1 FROM operating_points WHERE loop = 'capped' AND kind = 'goal_optimal'"), "it is stored")

    # ---- bounds

    def test_capacity_and_power_lower_only_what_is_expected(self):
        for loop, stream, limit in (("capacity", method.Stream(capacity_kw=1000.0), "capacity"),
                                    ("p_elec", method.Stream(p_elec_max_kw=300.0), "p_elec_max")):
            with self.subTest(loop=loop):
                self.assertRuns(self.base[loop], stream, stream.bound, t_out=T_OPT)
                optimal = self.points[loop]["cost"]["optimal"]
                self.assertEqual(optimal["limited_by"], limit)
                self.assertNear(optimal["t_sink_out_c"], method.celsius(stream.outlet(stream.bound)), 1e-3, "the point's t_sink_out_c")
                self.assertNear(optimal["t_free_c"], T_OPT, 1e-3, "t_free_c")

    def test_temperatures_bound_the_setpoint(self):
        hot = method.Stream(t_max_c=100.0)
        self.assertRuns(self.base["t_max"], hot, hot.bound)
        self.assertEqual(self.points["t_max"]["cost"]["optimal"]["limited_by"], "t_max")
        stream = method.Stream()
        self.assertRuns(self.base["highest"], stream, stream.heat(90.0 + method.KELVIN))
        self.assertRuns(self.base["lowest"], stream, stream.heat(120.0 + method.KELVIN))

    def test_minimum_load(self):
        self.assertNear(self.base["min_load"]["q_sink_kw"], 1800.0, 1e-3, "q_sink_kw at the least load")
        self.assertNear(self.base["min_load"]["p_elec_kw"], method.Stream().power(1800.0), 1e-3, "p_elec_kw")
        self.assertEqual(self.points["min_load"]["cost"]["optimal"]["limited_by"], "min_load")
        self.assertOff(self.base["too_big"], 55.0, "not_beneficial")

    # ---- the demand and the market in other forms

    def test_heat_capacity_rate_gives_the_same_as_duty(self):
        self.assertRuns(self.base["rate"], method.Stream(), method.Stream().optimum(*COST))
        self.assertNear(self.points["rate"]["inputs"]["duty_kw"], 4800.0, 1e-3, "duty_kw")

    def test_curve_with_steam(self):
        """The optimum lies at T* = 111.05 degC in the third segment; Phi is summed over the segments."""
        t_src, kelvin = 15.0 + method.KELVIN, method.KELVIN
        q3 = 800.0 / 75.0 * (T_OPT - 105.0)
        phi = (1000.0 / 25.0 * math.log((80.0 + kelvin) / (55.0 + kelvin)) + 1500.0 / (100.0 + kelvin)
               + 800.0 / 75.0 * math.log((T_OPT + kelvin) / (105.0 + kelvin)))
        q = 2500.0 + q3
        came = self.base["steam"]
        self.assertNear(came["t_sink_out_c"], T_OPT, 1e-3, "t_sink_out_c")
        self.assertNear(came["q_sink_kw"], q, 1e-2, "q_sink_kw")
        self.assertNear(came["p_elec_kw"], (q - t_src * phi) / 0.55, 1e-2, "p_elec_kw")

    def test_adders_and_the_cost_of_useful_heat(self):
        self.assertNear(self.points["adders"]["inputs"]["price_elec_eur_mwh"], 170.0, 1e-6, "all in")
        stream = method.Stream()
        self.assertRuns(self.base["adders"], stream, stream.optimum(170.0, 60.0))
        a_u = (60.0 + 0.2137 * 50.0) / 0.8
        self.assertNear(self.points["boiler"]["inputs"]["price_heat_eur_mwh"], a_u, 1e-3, "price_heat_eur_mwh")
        self.assertNear(self.points["boiler"]["inputs"]["carbon_heat_kg_mwh"], 213.7 / 0.8, 1e-3, "carbon_heat_kg_mwh")
        self.assertRuns(self.base["boiler"], stream, stream.optimum(132.0, a_u))

    def test_source_outlet_given(self):
        """The log mean of 15 and 10 degC is the source temperature."""
        t_in, t_out = 15.0 + method.KELVIN, 10.0 + method.KELVIN
        t_src = (t_in - t_out) / math.log(t_in / t_out)
        self.assertNear(self.base["warmer"]["t_sink_out_c"], method.celsius(t_src * 2.2 / 1.65), 1e-3, "t_sink_out_c")

    # ---- off

    def test_not_beneficial(self):
        came = self.price(500.0, ("plain", "every", "parked", "adders", "cost_be"), lambda m: not m["hp_on"])
        for loop in ("plain", "every", "adders"):
            self.assertOff(came[loop], 55.0, "not_beneficial")
        self.assertOff(came["parked"], 57.0, "not_beneficial")
        self.assertFalse(came["cost_be"]["hp_on"])
        for kind in ("optimal", "break_even"):
            point = self.wire.wait(points("plain"), lambda m: m["inputs"]["price_elec_eur_mwh"] == 500.0)["cost"][kind]
            figures = [point[name] for name in ("q_sink_kw", "p_elec_kw", "cost_savings_eur_h", "carbon_savings_kg_h", "electrification")]
            self.assertEqual((figures, point["cop"], point["limited_by"]), ([0.0] * 5, None, "inlet"))
            self.assertNear(point["t_sink_out_c"], 55.0, 1e-6, "at the inlet")

    def test_unavailable(self):
        for text in ("0", "false"):
            mark = self.wire.mark()
            self.wire.publish("plant/hp_ok", text)
            self.assertOff(self.wire.wait(setpoint("switched"), after=mark), 55.0, "unavailable")
            mark = self.wire.mark()
            self.wire.publish("plant/hp_ok", {"0": "true", "false": "1"}[text])
            again = self.wire.wait(setpoint("switched"), after=mark)
            self.assertEqual((again["hp_on"], again["reason"]), (True, "optimum"))

    def test_off_value_near_to_the_last_temperature(self):
        """Off is at the off value, not at a kept temperature within the deadband of it."""
        mark = self.wire.mark()
        self.addCleanup(self.wire.publish, "plant/hp_ok", "1")
        self.wire.publish("plant/hp_ok", "0")
        self.assertOff(self.wire.wait(setpoint("near"), after=mark), 111.2, "unavailable")

    # ---- negative prices

    def test_negative_price(self):
        came = self.price(-50.0, ("plain", "capacity", "adders"), lambda m: m["t_sink_out_c"] > T_OPT + 1.0)
        full = method.Stream()
        self.assertRuns(came["plain"], full, 4800.0)
        self.assertRuns(came["adders"], full, 4800.0)
        self.assertRuns(came["capacity"], method.Stream(capacity_kw=1000.0), 1000.0, t_out=230.0)
        dear = self.wire.wait(points("adders"), lambda m: m["inputs"]["price_elec_eur_mwh"] < 0.0)
        self.assertNear(dear["inputs"]["price_elec_eur_mwh"], -12.0, 1e-6, "adders apply to a negative price")
        optimal = self.wire.wait(points("plain"), lambda m: m["inputs"]["price_elec_eur_mwh"] == -50.0)["cost"]["optimal"]
        self.assertNear(optimal["cost_savings_eur_h"], full.savings(4800.0, -50.0, 60.0), 1e-2, "cost_savings_eur_h")
        self.assertEqual((optimal["t_free_c"], optimal["limited_by"]), (None, "target"))

    def test_price_of_zero_is_a_price(self):
        came = self.price(0.0, ("plain",), lambda m: m["t_sink_out_c"] > 200.0)
        self.assertRuns(came["plain"], method.Stream(), 4800.0)
        self.assertEqual(came["plain"]["quality"], "good")

    # ---- what is said when

    def test_deadband(self):
        self.restore()
        mark = self.wire.mark()
        last = self.wire.last(setpoint("plain"))
        for value in (132.1, 132.2, 132.1):     # about 0.1 K each
            at = self.wire.mark()
            self.price(value, ("every",))
            self.wire.wait(setpoint("every"), after=at)
        self.assertEqual(self.wire.all(setpoint("plain"), mark), [], "published within the deadband")
        self.price(132.1, ("every",))
        mark = self.wire.mark()
        came = self.price(131.0, ("plain",))["plain"]
        self.assertEqual(came["seq"], last["seq"] + 1)
        self.assertGreaterEqual(abs(came["t_sink_out_c"] - last["t_sink_out_c"]), 0.5)

    def test_deadband_counts_from_what_was_published(self):
        """Small steps add up: 0.1 K at a time, said once 0.5 K are reached."""
        self.restore()
        last = self.wire.last(setpoint("plain"))
        mark = self.wire.mark()
        for step in range(1, 9):
            at = self.wire.mark()
            self.price(132.0 - 0.12 * step, ("every",))
            self.wire.wait(setpoint("every"), after=at)
        came = self.wire.all(setpoint("plain"), mark)
        self.assertEqual(len(came), 1)
        self.assertNear(abs(came[0]["t_sink_out_c"] - last["t_sink_out_c"]), 0.56, 0.065, "the step said")

    def test_without_deadband_at_every_update(self):
        mark = self.wire.mark()
        for _ in range(5):
            at = self.wire.mark()
            self.wire.publish("plant/air_in", "55.0")
            self.wire.wait(setpoint("every"), after=at)
        self.assertEqual(len(self.wire.all(setpoint("every"), mark)), 5)
        self.assertEqual(self.wire.all(setpoint("plain"), mark), [])

    def test_what_goes_out_keeps_to_its_schema(self):
        self.check_all(self.wire)


class Rhythm(SystemTest):
    """Refresh of valid_until, and the throttle on points and state."""

    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench()
        cls.wire = cls.box.wire()
        loops = {"brief": dryer(setpoint={"valid_for": "1 s"}), "every": dryer(setpoint={"deadband": "0 K"})}
        cls.daemon = cls.box.daemon(configuration(cls.box.broker.port, loops, publish={"interval": "1 s"})).start()
        cls.wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        cls.wire.feed()
        cls.first = cls.wire.wait(setpoint("brief"), lambda m: m["quality"] == "good")

    def test_refresh_at_half_time(self):
        self.wire.wait(setpoint("brief"), lambda m: m.at > self.first.at + 1.8 and m["ts"] == self.first["ts"])
        came = [m for m in self.wire.all(setpoint("brief")) if m["ts"] == self.first["ts"]]
        seconds = []
        for earlier, later in zip(came, came[1:]):
            seconds.append((stamp_us(later["valid_until"]) - stamp_us(earlier["valid_until"])) / 1e6)
            self.assertEqual({**later.document, "valid_until": 0}, {**earlier.document, "valid_until": 0})
        self.assertNear(min(seconds), 0.5, 0.1, "seconds between refreshes, where nothing else held them up")
        self.assertNear(stamp_us(came[0]["valid_until"]) - stamp_us(came[0]["ts"]), 1e6, 1e5, "valid_until - ts")
        rows = self.daemon.query(f"SELECT count(*) AS n FROM setpoints WHERE loop = 'brief' AND seq = {self.first['seq']}")
        self.assertEqual(rows[0]["n"], 1, "a refresh was stored")

    def test_refresh_of_a_bad_decision(self):
        """Off is a decision too: it must not expire while the service is there."""
        mark = self.wire.mark()
        self.wire.publish("market/gas", "?")
        self.addCleanup(self.wire.publish, "market/gas", "60")
        bad = self.wire.wait(setpoint("brief"), lambda m: m["quality"] == "bad", after=mark)
        again = self.wire.wait(setpoint("brief"), lambda m: m["valid_until"] > bad["valid_until"], after=mark)
        self.assertEqual({**again.document, "valid_until": 0}, {**bad.document, "valid_until": 0})

    def test_health_is_said_on_change_only(self):
        self.assertLessEqual(len(self.wire.all(f"{PREFIX}/health")), 2)

    def test_throttle(self):
        began = time.time()
        mark = self.wire.mark()
        for i in range(75):
            self.wire.publish("market/spot", f'{{"price": {100 + i / 10}}}')
            end = time.monotonic() + 0.03
            until(lambda end=end: time.monotonic() > end, "pacing", pause=0.005)
        last = 100 + 74 / 10
        for leaf, newest in ((points("every"), lambda m: m["inputs"]["price_elec_eur_mwh"] == last),
                             (f"{PREFIX}/every/state", lambda m: m["inputs"]["market.electricity.price"]["value"] == last)):
            self.wire.wait(leaf, newest, after=mark, what="the newest comes in the end")
            came = self.wire.all(leaf, mark)
            self.assertGreaterEqual(len(came), 3)
            self.assertLessEqual(len(came), came[-1].at - came[0].at + 3)
            for earlier, later in zip(came, came[1:]):
                self.assertGreater(later["ts"], earlier["ts"])
                self.assertGreaterEqual(later.at - earlier.at, 0.5, "at most once per publish.interval")
        said = self.wire.all(setpoint("every"), mark)
        self.assertGreaterEqual(len(said), 70, "setpoints are not throttled")
        where = f"ts_us > {int(began * 1e6)}"
        until(lambda: len(self.daemon.query(f"SELECT 1 FROM samples WHERE signal = 'market.electricity.price' AND {where}")) == 75,
              "every sample is stored")
        published = [m["ts"] for m in self.wire.all(points("every"), mark)]
        rows = f"SELECT DISTINCT ts FROM operating_points WHERE loop = 'every' AND {where} ORDER BY ts"
        until(lambda: [row["ts"] for row in self.daemon.query(rows)] == published, "points are stored as they are published", timeout=2.0 * SLOW)


if __name__ == "__main__":
    unittest.main(verbosity=2)
