"""lorenzctl pareto against grids of all heats, computed here from the equations: no heat is cheaper at no more CO2; the ends are
the optima of solve; marked points; the chart as drawn; what is refused."""
import csv
import io
import json
import math
import os
import subprocess
import tempfile
import unittest

from method import KELVIN, Stream, bisect
from picture import SVG, Picture

CTL = os.environ["LORENZCTL"]
DRYER = ["--source", "15degC", "--sink-in", "55degC", "--target", "230degC", "--duty", "4800kW", "--eta", "0.55", "--elec-price", "132EUR/MWh",
         "--fuel-price", "60EUR/MWh", "--fuel-carbon", "213.7kg/MWh"]
PLANT = """
site: test
market:
  electricity: {price: {topic: p, unit: EUR/MWh}, carbon: {topic: c, unit: kg/MWh}}
  fuel: {price: 54 EUR/MWh, carbon: 198 kg/MWh, boiler_efficiency: 0.9}
loops:
  works:
    source: {t_in: 40 degC, heat_capacity_rate: 80 kW/K, price: 2 EUR/MWh}
    sink: {t_in: 60 degC, t_target: 110 degC, duty: 4 MW}
    heat_pump:
      lorenz_efficiency: 0.5
      units: [{name: a, capacity: 2 MW, min_load: 70 %}, {name: b, capacity: 1.3 MW, min_load: 70 %}]
    electric_boiler: {efficiency: 98 %, capacity: 1 MW}
"""


def lorenzctl(*arguments, code=0):
    done = subprocess.run([CTL, *arguments], capture_output=True, text=True)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stderr}"
    return done.stdout if code == 0 else done.stderr


def front(*arguments):
    return json.loads(lorenzctl("pareto", *arguments, "--json"))


class Dryer:
    """One stream, one boiler."""

    def __init__(self, elec=(132.0, 406.0), heat=(60.0, 213.7)):
        self.stream, self.elec, self.heat = Stream(), elec, heat

    def power(self, q):
        return self.stream.power(q)

    def totals(self, q):
        return tuple((e * self.power(q) + h * (self.stream.duty - q)) / 1000.0 for e, h in zip(self.elec, self.heat))

    def heats(self, n):
        return [self.stream.duty * i / n for i in range(n + 1)]


class Works:
    """Two units on a source that cools and costs, a gas boiler and an electric one: the configuration above."""

    def __init__(self, price, carbon, gas_kw=math.inf):
        self.elec = (price, carbon)
        self.gas_kw = gas_kw
        self.gas = (54.0 / 0.9, 198.0 / 0.9)

    def power(self, q):
        flow, t_in, t_source = 80.0, 60.0 + KELVIN, 40.0 + KELVIN
        entropy = 80.0 * math.log1p(q / (80.0 * t_in))

        def excess(p):
            out = t_source - (q - p) / flow
            mean = (t_source - out) / math.log(t_source / out) if t_source - out > 1e-9 else t_source
            return p - (q - mean * entropy) / 0.5
        return bisect(excess, 0.0, q) if q > 0.0 else 0.0

    def totals(self, q):
        p, rest = self.power(q), 4000.0 - q
        electric = tuple(e / 0.98 for e in self.elec)
        by_electric = min(rest, 1000.0) if electric[0] < self.gas[0] else max(rest - self.gas_kw, 0.0)
        return tuple((e * p + source * (q - p) + b * by_electric + g * (rest - by_electric)) / 1000.0
                     for e, source, b, g in zip(self.elec, (2.0, 0.0), electric, self.gas))

    def heats(self, n):
        ranges = [(low * size, size) for low, size in ((0.7, 2000.0), (0.7, 1300.0), (0.7, 3300.0))]
        return [0.0] + [low + (high - low) * i / n for low, high in ranges for i in range(n + 1)]


class Pareto(unittest.TestCase):
    def near(self, got, want, relative=1e-9, absolute=1e-7, what=""):
        self.assertTrue(math.isclose(got, want, rel_tol=relative, abs_tol=absolute), f"{what}: {got} is not {want}")

    def check_front(self, rows, plant, n=1500):
        """All that makes a front one; the grid is independent of the program."""
        grid = [plant.totals(q) for q in plant.heats(n)]
        reference, points = rows[0], rows[1:]
        self.assertEqual(reference["kind"], "reference")
        self.near(reference["cost_eur_h"], plant.totals(0.0)[0])
        for row in points:
            cost, carbon = plant.totals(row["q_sink_kw"])
            self.near(row["p_elec_kw"], plant.power(row["q_sink_kw"]), 1e-8)
            self.near(row["cost_eur_h"], cost)
            self.near(row["carbon_kg_h"], carbon)
            self.near(row["cost_savings_eur_h"], reference["cost_eur_h"] - cost)
            self.near(row["carbon_savings_kg_h"], reference["carbon_kg_h"] - carbon)
            self.near(row["carbon_savings_pct"], 100.0 - 100.0 * carbon / reference["carbon_kg_h"])
            cheapest = min((c for c, k in grid if k <= carbon), default=math.inf)
            self.assertLessEqual(cost, cheapest * (1.0 + 1e-8), f"{row}")
        for before, row in zip(points, points[1:]):
            self.assertGreater(before["carbon_kg_h"], row["carbon_kg_h"])
            self.assertLess(before["cost_eur_h"], row["cost_eur_h"])
            self.near(row["abatement_eur_t"], 1000.0 * (row["cost_eur_h"] - before["cost_eur_h"]) / (before["carbon_kg_h"] - row["carbon_kg_h"]), 1e-6)
        self.assertIsNone(points[0]["abatement_eur_t"])
        self.assertIn("cost_optimal", points[0]["kind"])
        self.assertIn("carbon_optimal", points[-1]["kind"])
        self.assertLessEqual(points[-1]["carbon_kg_h"], min(k for _, k in grid) * (1.0 + 1e-9))

    def check_ends(self, rows, *arguments):
        solved = json.loads(lorenzctl("solve", *arguments, "--json"))
        for row, merit in ((rows[1], "cost"), (rows[-1], "carbon")):
            for key in ("cost_savings_eur_h", "carbon_savings_kg_h", "t_sink_out_c", "q_sink_kw", "p_elec_kw", "electrification"):
                self.near(row[key], solved[merit]["optimal"][key], 1e-6, 1e-6, f"{merit} {key}")

    def test_dryer(self):
        case = DRYER + ["--elec-carbon", "406kg/MWh"]
        rows = front(*case, "--points", "21")
        self.assertEqual(len(rows), 22)
        self.check_front(rows, Dryer())
        self.check_ends(rows, *case)
        steps = [a["carbon_kg_h"] - b["carbon_kg_h"] for a, b in zip(rows[1:], rows[2:])]
        for step in steps:
            self.near(step, steps[0], 1e-5)
        rising = [row["abatement_eur_t"] for row in rows[2:]]
        self.assertEqual(rising, sorted(rising))
        self.assertEqual(len(front(*case)), 12)

    def test_no_extra_cost(self):
        """Clean electricity: by carbon the heat pump does all, which costs; at no extra cost it goes to the break-even."""
        case = DRYER + ["--elec-carbon", "60kg/MWh"]
        rows = front(*case)
        self.check_front(rows, Dryer(elec=(132.0, 60.0)))
        self.check_ends(rows, *case)
        marked = next(row for row in rows if row["kind"] == "no_extra_cost")
        self.near(marked["cost_savings_eur_h"], 0.0, 0.0, 1e-6)
        self.near(marked["t_sink_out_c"] + KELVIN, Stream().break_even_free(132.0, 60.0), 1e-9)
        self.assertEqual(rows[-1]["electrification"], 1.0)
        self.assertLess(rows[-1]["cost_savings_eur_h"], 0.0)

    def test_cap_and_carbon_value(self):
        case = DRYER + ["--elec-carbon", "406kg/MWh"]
        rows = front(*case, "--carbon-cap", "0.91t/h", "--carbon-value", "100EUR/t")
        self.assertEqual(len(rows), 14)
        self.check_front(rows, Dryer())
        cap = next(row for row in rows if row["kind"] == "carbon_cap")
        self.near(cap["carbon_kg_h"], 910.0, 1e-9)
        blend = next(row for row in rows if row["kind"] == "blend_optimal")
        want = Stream().optimum(132.0 + 40.6, 60.0 + 21.37)
        self.near(blend["q_sink_kw"], want, 1e-6)
        slack = front(*case, "--carbon-cap", "1t/h")
        self.assertEqual(slack[1]["kind"], "cost_optimal carbon_cap")
        said = lorenzctl("pareto", *case, "--carbon-cap", "900kg/h")
        self.assertIn("note: the cap of 900 kg/h cannot be kept; the least is 903.68 kg/h\n", said)
        self.assertNotIn("CO2 cap", said)

    def plant(self, text, *arguments):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            return front("--config", file.name, *arguments), json.loads(lorenzctl("solve", "--config", file.name, "--loop", "works", "--json",
                                                                                  *[a for a in arguments if a.startswith("--set=")]))

    def test_units_source_and_utilities(self):
        """The electric boiler is the cheaper one and emits more; the units leave a gap below 910 kW, and none above."""
        for price, carbon in ((50.0, 650.0), (140.0, 300.0), (95.0, 560.0)):
            rows, solved = self.plant(PLANT, f"--set=market.electricity.price={price}EUR/MWh", f"--set=market.electricity.carbon={carbon}kg/MWh")
            self.check_front(rows, Works(price, carbon))
            self.near(rows[1]["q_sink_kw"], solved["cost"]["optimal"]["q_sink_kw"], 1e-6, 1e-3)
            self.near(rows[-1]["q_sink_kw"], solved["carbon"]["optimal"]["q_sink_kw"], 1e-6, 1e-3)
            self.assertTrue(all((row["units_on"] > 0) == (row["q_sink_kw"] > 0.0) for row in rows))

    def test_objectives_of_the_loop(self):
        """Its own cap, or value of carbon, is marked without being asked for, where solve has it."""
        at = ("--set=market.electricity.price=140EUR/MWh", "--set=market.electricity.carbon=300kg/MWh")
        for objective, mark, goal in (("cost_under_carbon_cap\n    carbon_cap: 520 kg/h", "carbon_cap", "goal"),
                                      ("blend\n    carbon_value: 60 EUR/t", "blend_optimal", "blend")):
            rows, solved = self.plant(PLANT + f"    objective: {objective}\n", *at)
            marked = next(row for row in rows if mark in (row["kind"] or "").split())
            self.near(marked["q_sink_kw"], solved[goal]["optimal"]["q_sink_kw"], 1e-6, 1e-2)
            self.near(marked["cost_savings_eur_h"], solved[goal]["optimal"]["cost_savings_eur_h"], 1e-8)
            self.check_front(rows, Works(140.0, 300.0))
        rows, _ = self.plant(PLANT, *at, "--carbon-cap", f"{rows[3]['carbon_kg_h']}kg/h")
        self.assertTrue(any(row["kind"] == "carbon_cap" for row in rows))

    def check_needed(self, rows, plant, least):
        """The front of what is needed and more; without, there is no reference."""
        grid = [plant.totals(q) for q in plant.heats(1500) if q >= least]
        self.assertIsNone(rows[0]["cost_eur_h"])
        for row in rows[1:]:
            cost, carbon = plant.totals(row["q_sink_kw"])
            self.near(row["cost_eur_h"], cost, 1e-8)
            self.near(row["carbon_kg_h"], carbon, 1e-8)
            self.assertIsNone(row["cost_savings_eur_h"])
            self.assertLessEqual(cost, min((c for c, k in grid if k <= carbon), default=math.inf) * (1.0 + 1e-8))
        for before, row in zip(rows[1:], rows[2:]):
            self.near(row["abatement_eur_t"], 1000.0 * (row["cost_eur_h"] - before["cost_eur_h"]) / (before["carbon_kg_h"] - row["carbon_kg_h"]), 1e-5)

    def test_boilers_that_need_the_heat_pump(self):
        at = ("--set=market.electricity.price=140EUR/MWh", "--set=market.electricity.carbon=300kg/MWh")
        text = PLANT + "    boiler: {capacity: 1.5 MW}\n"
        rows, _ = self.plant(text, *at)
        self.assertGreater(len(rows), 3)
        self.check_needed(rows, Works(140.0, 300.0, gas_kw=1500.0), 1500.0)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plant.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            said = lorenzctl("pareto", "--config", path, *at, "--svg", os.path.join(folder, "front.svg"))
            self.assertIn("note: the boilers cannot carry the demand alone; there is nothing to save against\n", said)
            picture = Picture(os.path.join(folder, "front.svg"))
            self.assertFalse(any("boilers alone" in text.text for text in picture.texts("points")))
            with open(os.path.join(folder, "front.svg"), encoding="utf-8") as file:
                self.assertNotIn("nan", file.read())

    def test_envelope(self):
        """Outside of it the heat pump is off, on the front as well."""
        at = ("--set=market.electricity.price=140EUR/MWh", "--set=market.electricity.carbon=300kg/MWh")
        text = PLANT.replace("lorenz_efficiency: 0.5", "lorenz_efficiency: 0.5\n      envelope: {t_source_min: 45 degC}")
        rows, _ = self.plant(text, *at)
        self.assertEqual([row["q_sink_kw"] for row in rows], [0.0, 0.0])
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            self.assertIn("note: outside the operating envelope: source.t_in is 40 degC, below", lorenzctl("pareto", "--config", file.name, *at))

    def test_demand(self):
        """Power beyond the paid peak has a price: the ends are those of solve, on either side of it and on it."""
        for peak, price in ((400, 120), (560, 20), (900, 120)):
            demand = f"demand: {{site_power: 0 kW, peak_so_far: {peak} kW, price: {price} EUR/kW, hours: 2000 h}}\n"
            text = demand + """
site: test
market:
  electricity: {price: 132 EUR/MWh, carbon: 406 kg/MWh}
  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}
loops:
  works: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}, heat_pump: {lorenz_efficiency: 0.55}}
"""
            rows, solved = self.plant(text)
            self.near(rows[1]["q_sink_kw"], solved["cost"]["optimal"]["q_sink_kw"], 1e-6)
            self.near(rows[1]["cost_savings_eur_h"], solved["cost"]["optimal"]["cost_savings_eur_h"], 1e-6)
            self.near(rows[-1]["q_sink_kw"], solved["carbon"]["optimal"]["q_sink_kw"], 1e-6)

    def test_years(self):
        hourly = front(*DRYER, "--elec-carbon", "406kg/MWh")
        rows = front(*DRYER, "--elec-carbon", "406kg/MWh", "--hours", "6000", "--capex", "500EUR/kW")
        self.assertNotIn("cost_eur_a", hourly[1])
        for row in rows:
            self.near(row["cost_eur_a"], 6000.0 * row["cost_eur_h"])
            self.near(row["carbon_savings_kg_a"], 6000.0 * row["carbon_savings_kg_h"])
            self.near(row["capex_eur"], 500.0 * row["q_sink_kw"])
        said = lorenzctl("pareto", *DRYER, "--elec-carbon", "406kg/MWh", "--csv", "--hours", "6000", "--capex", "500EUR/kW")
        for row, want in zip(csv.DictReader(io.StringIO(said)), rows):
            self.assertEqual(float(row["cost_eur_a"]), want["cost_eur_a"])
            self.assertEqual(row["kind"], want["kind"] or "")

    # ---- the chart

    def draw(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "front.svg")
            rows = front(*arguments, "--svg", path)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for bad in ("nan", "inf"):
                self.assertNotIn(bad, text.lower())
            return rows, Picture(path), text

    def test_chart(self):
        case = DRYER + ["--elec-carbon", "60kg/MWh", "--carbon-cap", "700kg/h"]
        rows, picture, text = self.draw(*case, "--title", "a <b> & c")
        plant = Dryer(elec=(132.0, 60.0))
        self.assertIn("a &lt;b&gt; &amp; c", text)
        self.assertIn(">cost, EUR/h</text>", text)
        self.assertIn(">CO₂, kg/h</text>", text)
        line = picture.path("least cost for that CO₂")
        self.assertEqual(len(line), 401)
        for (x, y), row in ((line[0], rows[1]), (line[-1], rows[-1])):
            self.near(x, row["carbon_kg_h"], 0.0, 0.02)
            self.near(y, row["cost_eur_h"], 0.0, 0.01)
        for x, y in line[::20]:
            q = bisect(lambda heat: x - plant.totals(heat)[1], 0.0, 4800.0)
            self.near(y, plant.totals(q)[0], 0.0, 0.02)
        dots = picture.root.findall(f"{SVG}g[@id='points']/{SVG}circle")
        marked = [row for row in rows if row["kind"]]
        self.assertEqual([row["kind"] for row in marked], ["reference", "cost_optimal", "carbon_cap", "no_extra_cost", "carbon_optimal"])
        for dot, row in zip(dots, marked):
            self.near(picture.x(float(dot.get("cx"))), row["carbon_kg_h"], 0.0, 0.02)
            self.near(picture.y(float(dot.get("cy"))), row["cost_eur_h"], 0.0, 0.01)
        at_cap = Stream().outlet(bisect(lambda q: 700.0 - plant.totals(q)[1], 0.0, 4800.0)) - KELVIN
        words = [text.text for text in picture.texts("points")]
        self.assertEqual(words, ["boilers alone", "cost optimum, 111.0 °C", f"CO₂ cap, {at_cap:.1f} °C", "no extra cost, 173.1 °C", "CO₂ optimum, 230.0 °C"])

    def test_chart_looks_closely(self):
        """A front that is short beside what the heat pump saves fills the picture, and the boilers are said to be outside."""
        rows, picture, _ = self.draw(*DRYER, "--elec-carbon", "406kg/MWh", "--hours", "6000")
        line = picture.path("least cost for that CO₂")
        self.near(line[-1][0], rows[-1]["carbon_kg_a"] / 1000.0, 0.0, 0.05)
        self.assertIn("boilers alone, outside: 1728 kEUR/a, 6154.6 t/a", [text.text for text in picture.texts("points")])

    # ---- what is refused

    def test_refusals(self):
        carbon = ["--elec-carbon", "406kg/MWh"]
        plain = [a for a in DRYER if a not in ("--fuel-carbon", "213.7kg/MWh")]
        for arguments, said in (
                (plain, "--elec-carbon: is missing; cost against carbon needs prices and carbon intensities\n"
                        "--fuel-carbon: is missing; cost against carbon needs prices and carbon intensities\n"),
                (DRYER, "--elec-carbon: is missing; --fuel-carbon needs it\n"),
                (DRYER + carbon + ["--points", "1"], "--points: 1 is outside [2, 1000]\n"),
                (DRYER + carbon + ["--points", "2.5"], "--points: 2.5 is not a whole number\n"),
                (DRYER + carbon + ["--carbon-cap", "900"], "--carbon-cap: 900 has no unit; a mass per time is written in kg/h, t/h or kg/s\n"),
                (DRYER + carbon + ["--json", "--csv"], "--csv: cannot be given together with --json\n"),
                (DRYER + carbon + ["--loop", "x"], "--loop: needs --config\n"),
                (DRYER[2:] + ["--source", "240degC"] + carbon, "--source: 240 degC is not below --target 230 degC\n")):
            self.assertEqual(lorenzctl("pareto", *arguments, code=64), said)
        self.assertEqual(lorenzctl("pareto", *DRYER, *carbon, "--svg", "/nowhere/x.svg", code=1), "--svg /nowhere/x.svg: No such file or directory\n")

    def test_refusals_of_a_configuration(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(PLANT.replace(", carbon: {topic: c, unit: kg/MWh}", "").replace("40 degC", "{topic: t, unit: degC}"))
            file.flush()
            live = ["--config", file.name, "--set", "market.electricity.price=50EUR/MWh"]
            self.assertEqual(lorenzctl("pareto", *live, code=64), "loops.works.source.t_in: is a live signal: add --set 'loops.works.source.t_in=… degC'\n")
            live += ["--set", "loops.works.source.t_in=50degC"]
            self.assertEqual(lorenzctl("pareto", *live, code=64),
                             "loops.works.market.electricity.carbon: is not configured; cost against carbon needs prices and carbon intensities\n")
            self.assertIn("--loop wroks: the configuration has no such loop, did you mean works?", lorenzctl("pareto", *live, "--loop", "wroks", code=64))
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(PLANT)
            file.flush()
            live = ["--config", file.name, "--set", "market.electricity.price=50EUR/MWh", "--set", "market.electricity.carbon=400kg/MWh"]
            said = lorenzctl("pareto", *live, "--set", "loops.works.sink.t_in=120degC", code=64)
            self.assertIn("loops.works: the target is below the inlet", said)
            off = lorenzctl("pareto", *live, "--set", "loops.works.heat_pump.units.0.available=0", "--set", "loops.works.heat_pump.units.1.available=0")
            self.assertIn("note: one point is best by cost and by CO2\n", off)
            self.assertIn("note: the heat pump is not available\n", off)


if __name__ == "__main__":
    unittest.main()
