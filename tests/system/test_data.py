"""Real payloads through the service, and two years of real prices through the replay against a sum made here."""
import csv
import json
import os
import unittest

import method
from harness import SystemTest, query, stamp, stamp_us, tool, until
from plant import PREFIX, configuration, dryer, live, merged, setpoint, state

DATA = os.environ.get("LORENZ_DATA_DIR")
CARBON = "co2_DK1_5min_2023-06-26_2023-07-10.csv"
PRICES = "dayahead_price_co2_DE_DK1_2022-2023_hourly.csv"

# file, signal, what is in it: value, time stamp (None: the arrival)
PAYLOADS = {
    "electricitymaps_latest_carbon_intensity.json": (
        ("market.electricity.carbon", live("d/0", pointer="/carbonIntensity", unit="g/kWh", time="{pointer: /datetime, format: rfc3339}")),
        216.0, "2024-03-06T19:00:00.000000Z"),
    "electricitymaps_legacy_response.json": (
        ("market.electricity.carbon", live("d/1", pointer="/data/carbonIntensity", unit="g/kWh",
                                           time="{pointer: /data/datetime, format: rfc3339}")),
        474.0, "2023-10-02T08:00:00.000000Z"),
    "electricitymaps_carbon_intensity_history.json": (
        ("market.electricity.carbon", live("d/2", pointer="/history/1/carbonIntensity", unit="g/kWh",
                                           time="{pointer: /history/1/datetime, format: rfc3339}")),
        607.0, "2024-03-05T21:00:00.000000Z"),
    "carbonintensity_org_uk_national.json": (
        ("market.electricity.carbon", live("d/3", pointer="/data/0/intensity/actual", unit="g/kWh")), 206.0, None),
    "energidataservice_co2emisprog.json": (
        ("market.electricity.carbon", live("d/4", pointer="/records/0/CO2Emission", unit="g/kWh")), 123.0, None),
    "energidataservice_elspotprices.json": (
        ("market.electricity.price", live("d/5", pointer="/records/3/SpotPriceEUR", unit="EUR/MWh")), 53.669998, None),
    "energidataservice_dayaheadprices_15min.json": (
        ("market.electricity.price", live("d/6", pointer="/records/0/DayAheadPriceEUR", unit="EUR/MWh")), 469.859985, None),
    "powercast_price_DK1_2023-07-02.json": (
        ("market.electricity.price", live("d/7", pointer="/11/euro", unit="EUR/MWh", time="{pointer: /11/timestamp, format: unix_s}")),
        -266.920013, stamp(1688295600)),
    "shelly_gen3_getstatus_2pm.json": (
        ("loops.{}.sink.t_in", live("d/8", pointer="/cover:0/temperature/tF", unit="degF")), 125.7, None),
}


def place(tree, path, value):
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


@unittest.skipUnless(DATA, "LORENZ_DATA_DIR is not set: no real data to test on")
class RealPayloads(SystemTest):
    def test_each_through_its_pointer(self):
        box = self.bench()
        wire = box.wire()
        loops, names = {}, {}
        for i, (file, ((signal, entry), _, _)) in enumerate(PAYLOADS.items()):
            loop = f"loop{i}"
            change = {}
            place(change, signal.split(".")[2 if signal.startswith("loops") else 0:], entry)
            loops[loop] = merged(dryer(), change)
            names[file] = signal.format(loop) if signal.startswith("loops") else f"loops.{loop}.{signal}"
        daemon = box.daemon(configuration(box.broker.port, loops, publish={"interval": "0.05 s"})).start()
        wire.wait(f"{PREFIX}/status", lambda m: m.payload == b"online")
        wire.feed()
        for i, (file, ((_, entry), value, ts)) in enumerate(PAYLOADS.items()):
            with self.subTest(file=file):
                with open(os.path.join(DATA, "payloads", file), "rb") as source:
                    wire.publish(entry["topic"], source.read())
                came = wire.wait(state(f"loop{i}"), lambda m, n=names[file]: m["inputs"][n]["quality"] == "good")["inputs"][names[file]]
                self.assertNear(came["value"], value, 1e-6, file)
                if ts:
                    self.assertEqual(came["last_ts"], ts)
                self.assertEqual(wire.wait(setpoint(f"loop{i}"), lambda m: m["quality"] == "good")["hp_on"], value != 469.859985)
                rows = until(lambda n=names[file]: daemon.query(f"SELECT ts, value, unit FROM samples WHERE signal = '{n}'"), "the sample is stored")
                self.assertEqual((rows[0]["value"], rows[0]["unit"]), (value, entry["unit"]))
        with open(os.path.join(DATA, "payloads", "sparkplug_b_payload_4.json.txt"), "rb") as source:
            wire.publish("d/8", source.read())      # no JSON, for its no-break spaces
        wire.wait(state("loop8"), lambda m: m["inputs"]["loops.loop8.sink.t_in"]["rejected"] == 1 and m["quality"] == "bad")
        self.check_all(wire)


def hours():
    """(time, price, carbon) of each hour."""
    with open(os.path.join(DATA, PRICES), encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            yield row["time_utc"], float(row["price_DK1_EUR_per_MWh"]), float(row["co2_DK1_g_per_kWh"])


def expected(stream, rows, adders, a_u):
    """The sums over all hours but the last row, which only ends the run."""
    sums = dict.fromkeys(("hours", "on_hours", "updates", "cost_reference_eur", "cost_savings_eur", "carbon_reference_kg", "carbon_savings_kg",
                          "heat_kwh", "electricity_kwh"), 0.0)
    for _, price, carbon in rows[:-1]:
        q = stream.optimum(price + adders, a_u)
        for name, value in (("hours", 1.0), ("on_hours", float(q > 0.0)), ("updates", 1), ("cost_reference_eur", a_u * stream.duty / 1000.0),
                            ("cost_savings_eur", stream.savings(q, price + adders, a_u)), ("carbon_reference_kg", 213.7 * stream.duty / 1000.0),
                            ("carbon_savings_kg", stream.savings(q, carbon, 213.7)), ("heat_kwh", q), ("electricity_kwh", stream.power(q))):
            sums[name] += value
    return sums


@unittest.skipUnless(DATA, "LORENZ_DATA_DIR is not set: no real data to test on")
class RealPrices(SystemTest):
    """DK1, 2022 and 2023, 319 hours of negative prices among them."""

    CASES = {
        "plain": (dryer(), {}, 0.0),
        "capacity": (dryer(heat_pump={"capacity": "1 MW"}), {"capacity_kw": 1000.0}, 0.0),
        "grid": (dryer(heat_pump={"p_elec_max": "300 kW"}), {"p_elec_max_kw": 300.0}, 0.0),
        "t_max": (dryer(heat_pump={"t_max": "160 degC"}), {"t_max_c": 160.0}, 0.0),
        "adders": (dryer(market={"electricity": {"adders": "38 EUR/MWh"}}), {}, 38.0),
    }

    @classmethod
    def setUpClass(cls):
        cls.box = cls.class_bench(broker=False)
        cls.rows = list(hours())
        loops = {name: merged(loop, {"source": {"t_in": "15 degC"}, "sink": {"t_in": "55 degC"}, "setpoint": {"deadband": "0 K"}})
                 for name, (loop, _, _) in cls.CASES.items()}
        daemon = cls.box.daemon(configuration(1883, loops, market={"fuel": {"price": "60 EUR/MWh"}}))
        cls.config = daemon.config_path
        cls.data = os.path.join(cls.box.folder, "data.csv")
        with open(cls.data, "w", encoding="ascii") as file:
            file.write("# two years, hourly\nts,market.electricity.price,market.electricity.carbon\n")
            file.writelines(f"{ts},{price!r},{carbon!r}\n" for ts, price, carbon in cls.rows)
        cls.database = os.path.join(cls.box.folder, "replay.db")
        cls.done = tool("replay", "--config", cls.config, "--data", cls.data, "--db", cls.database, "--json")

    def test_energy_and_money(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        answers = {answer["loop"]: answer for answer in json.loads(self.done.stdout)}
        self.assertEqual(list(answers), list(self.CASES))
        for name, (_, bounds, adders) in self.CASES.items():
            for field, value in expected(method.Stream(**bounds), self.rows, adders, 60.0).items():
                with self.subTest(loop=name, field=field):
                    self.assertNear(answers[name][field], value, 1e-6 * abs(value), field)

    def test_the_history_of_it(self):
        count = "SELECT loop, count(*) AS n, min(ts) AS first, max(ts) AS last FROM setpoints GROUP BY loop"
        for row in query(self.database, count):
            self.assertEqual((row["n"], row["first"]), (len(self.rows) - 1, "2022-01-01T00:00:00.000000Z"), row)
            self.assertEqual(row["last"], "2023-12-31T22:00:00.000000Z")

    def test_hourly_means(self):
        """Two weeks of carbon in steps of five minutes, rolled up, against a time-weighted mean made here."""
        rows = []
        with open(os.path.join(DATA, CARBON), encoding="utf-8") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                rows.append((stamp_us(row["time_utc"].replace("Z", ".0Z")), float(row["co2_DK1_g_per_kWh"])))
        data, database = os.path.join(self.box.folder, "carbon.csv"), os.path.join(self.box.folder, "carbon.db")
        with open(data, "w", encoding="ascii") as file:
            file.write("ts,market.electricity.carbon\n")
            file.writelines(f"{stamp(us / 1e6)},{value!r}\n" for us, value in rows)
        done = tool("replay", "--config", self.config, "--data", data, "--db", database)
        self.assertEqual(done.returncode, 0, done.stderr)
        hour_us, total, count, newest = 3600000000, {}, {}, {}
        for (us, value), (end, _) in zip(rows, rows[1:]):
            count[us // hour_us] = count.get(us // hour_us, 0) + 1
            newest[us // hour_us] = value
            while us < end:
                step = min(end, (us // hour_us + 1) * hour_us) - us
                total[us // hour_us] = total.get(us // hour_us, 0.0) + value * step
                us += step
        stored = {row["hour_us"] // hour_us: row for row in query(database, "SELECT * FROM samples_hourly")
                  if row["signal"] == "market.electricity.carbon"}
        full = sorted(total)[:-1]
        self.assertGreater(len(full), 330)
        for hour in full:
            row = stored[hour]
            self.assertEqual(row["hour"], stamp(hour * 3600)[:19] + "Z")
            self.assertNear(row["mean"], total[hour] / hour_us, 1e-6, row["hour"])
            self.assertEqual((row["n"], row["last"], row["unit"]), (count[hour], newest[hour], "g/kWh"), row)
            self.assertLessEqual(row["min"], row["mean"] + 1e-9)
            self.assertGreaterEqual(row["max"], row["mean"] - 1e-9)

    def test_twice_is_the_same(self):
        """No wall clock takes part."""
        again = tool("replay", "--config", self.config, "--data", self.data, "--json")
        self.assertEqual((again.returncode, again.stdout), (0, self.done.stdout))

    def test_bad_data(self):
        bad = os.path.join(self.box.folder, "bad.csv")
        head = "ts,market.electricity.price,market.electricity.carbon\n"
        for text in ("", head + "yesterday,1,2\n", "ts,market.electricity.prize\n2022-01-01T00:00:00Z,1\n",
                     head + "2022-01-01T01:00:00Z,1,2\n2022-01-01T00:00:00Z,1,2\n"):
            with open(bad, "w", encoding="ascii") as file:
                file.write(text)
            done = tool("replay", "--config", self.config, "--data", bad, "--json")
            self.assertEqual((done.returncode, done.stdout), (1, ""), text)
            self.assertIn("bad.csv", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
