"""The paper's figures as scripts/figures makes them: every number of their tables against the closed forms, the published table's
values on them, what is drawn against what is tabled, and the pictures in the README against what is drawn now."""
import csv
import math
import os
import subprocess
import tempfile
import unittest

from method import Jensen, Stream, celsius
from picture import SVG, Picture

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.path.dirname(os.path.dirname(os.environ["LORENZCTL"]))
DATA = os.environ.get("LORENZ_DATA_DIR")
SHOWN = os.path.join(PROJECT, "config", "examples")
ELEC, HEAT, HOURS = 132.0, 60.0, 6000.0
ALLOWANCES = 0.2137 * 70.0
CARBON_ELEC, CARBON_HEAT = 406.0, 213.7


def rows_of(folder, name):
    with open(os.path.join(folder, name + ".csv"), encoding="utf-8") as file:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file)]


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        done = subprocess.run([os.path.join(PROJECT, "scripts", "figures"), "--no-bootstrap", "--build-dir", BUILD, "--out", cls.folder],
                              check=True, capture_output=True, text=True)
        cls.said = done.stdout

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def near(self, got, want, relative=1e-9, absolute=1e-7, what=""):
        self.assertTrue(math.isclose(got, want, rel_tol=relative, abs_tol=absolute), f"{what}: {got} is not {want}")

    def rows(self, name, kind):
        found = [row for row in rows_of(self.folder, name) if row["kind"] == kind]
        self.assertGreater(len(found), 20)
        return found

    def check_drawn(self, name, series, points, x_step, y_step):
        """Each point is where the row says, to a hundredth of a pixel."""
        drawn = Picture(os.path.join(self.folder, name + ".svg")).path(series)[:len(points)]
        self.assertEqual(len(drawn), len(points))
        for (x, y), (want_x, want_y) in zip(drawn, points):
            self.near(x, want_x, 0, x_step, series)
            self.near(y, want_y, 0, y_step, series)

    # ---- 2 and 3: cost and carbon by source, over the outlet

    def test_breakdown(self):
        stream = Stream()
        rows = self.rows("figure-2-cost", "outlet")
        self.assertEqual([row["value"] for row in rows[:2]] + [rows[-1]["value"]], [55.0, 56.0, 230.0])
        for row in rows:
            q = stream.heat(row["value"] + 273.15)
            p, boiler = stream.power(q) / 1000.0, (stream.duty - q) / 1000.0
            want = {"q_sink_kw": q, "p_elec_kw": p * 1000.0, "cost_elec_eur_h": ELEC * p, "cost_fuel_eur_h": (HEAT - ALLOWANCES) * boiler,
                    "cost_allowances_eur_h": ALLOWANCES * boiler, "cost_eur_h": ELEC * p + HEAT * boiler,
                    "carbon_elec_kg_h": CARBON_ELEC * p, "carbon_fuel_kg_h": CARBON_HEAT * boiler,
                    "carbon_kg_h": CARBON_ELEC * p + CARBON_HEAT * boiler, "reference_cost_eur_h": 288.0,
                    "reference_carbon_kg_h": CARBON_HEAT * 4.8, "cost_savings_eur_h": stream.savings(q, ELEC, HEAT)}
            for key, value in want.items():
                self.near(row[key], value, what=f"{key} at {row['value']}")
            self.near(row["cost_eur_a"], HOURS * want["cost_eur_h"])
            self.near(row["carbon_kg_a"], HOURS * want["carbon_kg_h"])

    def test_breakdown_meets_the_published_table(self):
        """The lowest cost at 111 degC, 134 kEUR/a below the boiler's; that again at 173 degC; by carbon 733 t/a at 132, 0 at 221."""
        rows = self.rows("figure-2-cost", "outlet")
        cost = {row["value"]: row["reference_cost_eur_a"] - row["cost_eur_a"] for row in rows}
        carbon = {row["value"]: row["reference_carbon_kg_a"] - row["carbon_kg_a"] for row in rows}
        self.assertEqual(max(cost, key=cost.get), 111.0)
        self.assertEqual(round(cost[111.0] / 1e3), 134)
        self.assertGreater(cost[173.0], 0.0)
        self.assertLess(cost[174.0], 0.0)
        self.assertEqual(max(carbon, key=carbon.get), 132.0)
        self.near(carbon[132.0] / 1e3, 733.0, 0.01)
        self.assertGreater(carbon[221.0], 0.0)
        self.assertLess(carbon[222.0], 0.0)
        self.near(cost[221.0] / 1e3, -256.0, 0.02)

    def test_breakdown_as_drawn(self):
        rows = self.rows("figure-2-cost", "outlet")
        for name, parts, factor in (("figure-2-cost", ("cost_elec_eur_a", "cost_fuel_eur_a", "cost_allowances_eur_a"), 1e-3),
                                    ("figure-3-carbon", ("carbon_elec_kg_a", "carbon_fuel_kg_a"), 1e-3)):
            for n, series in enumerate(("electricity", "fuel", "CO₂ allowances")[:len(parts)]):
                stack = [(row["value"], sum(row[part] for part in parts[:n + 1]) * factor) for row in rows]
                self.check_drawn(name, series, stack, 0.01, 10.0 if "carbon" in name else 0.1)
            reference = [(row["value"], row["reference_" + parts[0].replace("_elec", "")] * factor) for row in rows]
            self.check_drawn(name, "boiler alone", reference, 0.01, 10.0 if "carbon" in name else 0.1)

    # ---- 4 to 7: optimum and break-even

    def check_points(self, rows, stream_of, rates_of, kind):
        for row in rows:
            stream, (a_e, a_u) = stream_of(row["value"]), rates_of(row["value"])
            q = stream.optimum(a_e, a_u) if kind.endswith("optimal") else stream.break_even(a_e, a_u)
            # beyond T* = T_in nothing pays, and the machine is off
            if stream.free_optimum(a_e / a_u) is not None and stream.free_optimum(a_e / a_u) <= stream.t_in:
                q = 0.0
            self.near(row["q_sink_kw"], q, 1e-9, 1e-5, f"{kind} at {row['value']}")
            self.near(row["t_sink_out_c"], celsius(stream.outlet(q)), 1e-9, 1e-6, f"{kind} at {row['value']}")
            self.near(row["p_elec_kw"], stream.power(q), 1e-8, 1e-5)

    def test_ratio(self):
        for kind, series in (("cost_optimal", "cost optimum"), ("cost_break_even", "cost break-even")):
            rows = self.rows("figure-4-ratio", kind)
            self.assertEqual((rows[0]["value"], rows[-1]["value"]), (1.0, 5.0))
            self.check_points(rows, lambda ratio: Stream(), lambda ratio: (ratio * HEAT, HEAT), kind)
            self.check_drawn("figure-4-ratio", series, [(row["value"], row["t_sink_out_c"]) for row in rows], 1e-4, 0.01)
        published = next(row for row in self.rows("figure-4-ratio", "cost_optimal") if abs(row["value"] - 2.2) < 1e-9)
        self.assertEqual(round(published["t_sink_out_c"]), 111)

    def test_efficiency(self):
        rates = {"cost": (ELEC, HEAT), "carbon": (CARBON_ELEC, CARBON_HEAT)}
        for name in ("figure-5-efficiency", "figure-6-savings"):
            for merit, pair in rates.items():
                for kind in (merit + "_optimal", merit + "_break_even"):
                    self.check_points(self.rows(name, kind), lambda eta: Stream(eta=eta), lambda eta, pair=pair: pair, kind)
        for kind, series in (("cost_optimal", "cost optimum"), ("carbon_break_even", "CO₂ break-even")):
            rows = self.rows("figure-5-efficiency", kind)
            self.check_drawn("figure-5-efficiency", series, [(row["value"], row["t_sink_out_c"]) for row in rows], 1e-5, 0.01)
        at = {row["kind"]: row for row in rows_of(self.folder, "figure-5-efficiency") if row["value"] == 0.55}
        table = {"cost_optimal": (111, 32, 2.9), "cost_break_even": (173, 67, 2.2), "carbon_optimal": (132, 44, 2.6), "carbon_break_even": (221, 95, 1.9)}
        for kind, (outlet, share, cop) in table.items():
            self.assertEqual(round(at[kind]["t_sink_out_c"]), outlet)
            self.near(100 * at[kind]["electrification"], share, 0, 0.6)
            self.assertEqual(round(at[kind]["cop"], 1), cop)

    def test_savings(self):
        for row in self.rows("figure-6-savings", "cost_optimal"):
            stream = Stream(eta=row["value"])
            q = stream.optimum(ELEC, HEAT)
            self.near(row["cost_savings_pct"], 100 * stream.savings(q, ELEC, HEAT) / 288.0)
            self.near(row["carbon_savings_pct"], 100 * stream.savings(q, CARBON_ELEC, CARBON_HEAT) / (4.8 * CARBON_HEAT))
        for kind, series, key in (("cost_optimal", "cost, at its optimum", "cost_savings_pct"),
                                  ("carbon_optimal", "CO₂, at its optimum", "carbon_savings_pct"),
                                  ("cost_optimal", "CO₂, at the cost optimum", "carbon_savings_pct")):
            rows = self.rows("figure-6-savings", kind)
            self.check_drawn("figure-6-savings", series, [(row["value"], row[key]) for row in rows], 1e-5, 0.01)
        at = next(row for row in self.rows("figure-6-savings", "cost_optimal") if row["value"] == 0.55)
        self.near(at["cost_savings_pct"], 7.8, 0, 0.05)
        self.near(at["carbon_savings_pct"], 11.1, 0, 0.05)

    # ---- 5 and 6: Jensen's model beside the constant

    def test_jensen(self):
        """Its published checks; then the numbers of the figure, by cost and by carbon."""
        for fluid, source, sink, cop in (("ammonia", (40.0, 30.0), (60.0, 80.0), 4.205835), ("isobutane", (40.0, 30.0), (60.0, 80.0), 4.129414),
                                         ("ammonia", (80.0, 60.0), (140.0, 150.0), 2.742535), ("isobutane", (80.0, 60.0), (140.0, 150.0), 2.351337)):
            stream = Jensen(fluid, source_c=source[0], source_out_c=source[1], inlet_c=sink[0], target_c=sink[1])
            self.near(stream.cop(stream.duty), cop, 0, 5e-7)
        for fluid in Jensen.FLUIDS:
            for kind, pair, key, whole in (("cost_optimal", (ELEC, HEAT), "cost_savings_eur_h", 288.0),
                                           ("carbon_optimal", (CARBON_ELEC, CARBON_HEAT), "carbon_savings_kg_h", 4.8 * CARBON_HEAT)):
                rows = self.rows("figure-5-" + fluid, kind)
                self.assertEqual((len(rows), rows[0]["value"], rows[-1]["value"]), (61, 0.6, 0.9))
                for row in rows:
                    stream = Jensen(fluid, row["value"])
                    q = stream.optimum(*pair)
                    self.near(row["t_sink_out_c"], celsius(stream.outlet(q)), 0, 2e-3, f"{fluid} {kind} at {row['value']}")
                    self.near(row[key], stream.savings(q, *pair), 1e-9, 1e-9)
                    self.near(row["p_elec_kw"], stream.power(row["q_sink_kw"]), 1e-9)
                    self.near(row["eta_lorenz"], stream.eta_lorenz(row["q_sink_kw"]), 1e-9)
                    self.assertEqual(row["extrapolated"], str(row["t_sink_out_c"] > 130.0).lower())
                self.check_beside(fluid, kind, [(row["eta_lorenz"], row["t_sink_out_c"], 100.0 * row[key] / whole, row["extrapolated"] == "true")
                                                for row in rows])

    def check_beside(self, fluid, kind, points):
        """Solid within the model's fit, dotted beyond and up to there; the outlet in Fig. 5, what is saved in Fig. 6."""
        names = {"cost_optimal": ("cost optimum", "cost, at its optimum"), "carbon_optimal": ("CO₂ optimum", "CO₂, at its optimum")}[kind]
        beyond = next((i for i, point in enumerate(points) if point[3]), len(points))
        for figure, series, column in (("figure-5-efficiency", names[0], 1), ("figure-6-savings", names[1], 2)):
            wanted = [(point[0], point[column]) for point in points]
            self.check_drawn(figure, f"{series}, Jensen, {fluid}", wanted[:beyond], 1e-5, 0.01)
            if beyond < len(points):
                self.check_drawn(figure, f"{series}, Jensen, {fluid}, extrapolated", wanted[beyond - 1:], 1e-5, 0.01)

    def test_jensen_beside_the_constant(self):
        """What the README says of it: the constant that the model has at its optimum leads some kelvins astray, and loses 1 % at most."""
        for fluid, low, high in (("ammonia", 2.0, 5.3), ("isobutane", -1.8, 1.8)):
            for kind, pair in (("cost_optimal", (ELEC, HEAT)), ("carbon_optimal", (CARBON_ELEC, CARBON_HEAT))):
                for row in self.rows("figure-5-" + fluid, kind):
                    model, constant = Jensen(fluid, row["value"]), Stream(eta=row["eta_lorenz"])
                    q = constant.optimum(*pair)
                    apart = row["t_sink_out_c"] - celsius(constant.outlet(q))
                    self.assertTrue(low < apart < high, f"{fluid} {kind} at {row['value']}: {apart} K")
                    self.assertGreater(model.savings(q, *pair), 0.99 * model.savings(row["q_sink_kw"], *pair))

    @unittest.skipUnless(DATA, "LORENZ_DATA_DIR is not set: no prices of countries")
    def test_countries(self):
        self.assertIn("The paper used other bands", self.said)
        with open(os.path.join(DATA, "country_eurostat_nonhousehold_prices_2021-2023.csv"), encoding="utf-8") as file:
            data = csv.DictReader(line for line in file if not line.startswith("#"))
            ratios = {row["country"]: float(row["ratio"]) for row in data if row["half_year"] == "2023H2" and row["ratio"]}
        for kind in ("cost_optimal", "cost_break_even"):
            rows = self.rows("figure-7-countries", kind)
            self.assertEqual({row["label"]: row["value"] for row in rows}, ratios)
            self.check_points(rows, lambda ratio: Stream(), lambda ratio: (ratio * HEAT, HEAT), kind)
        picture = Picture(os.path.join(self.folder, "figure-7-countries.svg"))
        dots = picture.root.findall(f"{SVG}g[@id='rows']/{SVG}circle")
        self.assertEqual(len(picture.texts("labels")), len(ratios))
        for row, dot in zip(self.rows("figure-7-countries", "cost_optimal"), dots[::2]):
            self.near(picture.x(float(dot.get("cx"))), row["t_sink_out_c"], 0, 0.01)

    @unittest.skipIf(DATA, "LORENZ_DATA_DIR is set")
    def test_without_countries(self):
        self.assertIn("is left out", self.said)

    # ---- what the README shows

    def test_pictures_of_the_readme(self):
        shown = sorted(name for name in os.listdir(SHOWN) if name.startswith(("figure-", "pareto")))
        self.assertEqual([name[:8] for name in shown], ["figure-2", "figure-3", "figure-4", "figure-5", "figure-6", "pareto.s"])
        with open(os.path.join(PROJECT, "README.md"), encoding="utf-8") as file:
            readme = file.read()
        for name in shown:
            with open(os.path.join(SHOWN, name), encoding="utf-8") as old, open(os.path.join(self.folder, name), encoding="utf-8") as new:
                self.assertTrue(old.read() == new.read(), f"config/examples/{name} is not what scripts/figures makes now")
            self.assertTrue(f"(config/examples/{name})" in readme, name)


if __name__ == "__main__":
    unittest.main()
