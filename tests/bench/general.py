"""A configuration of loops in their general case: efficiency by temperatures, a source that cools, eight segments, four units with
part-load curves, two boilers, eight technologies; objectives cost and blend, so that cost, carbon and blend are ranked and told.

usage: general.py LOOPS PORT > lorenzd.yaml
"""
import sys

TOP = """site: bench
mqtt: {{url: mqtt://127.0.0.1:{port}}}
store: {{path: history.db}}
market:
  electricity: {{price: 132 EUR/MWh, carbon: 406 g/kWh}}
  fuel: {{price: 60 EUR/MWh, carbon: 213.7 kg/MWh}}
loops:
"""

LOOP = """  {i}:
    source: {{t_in: {{topic: b/{i}/t, pointer: /t, unit: degC, time: {{pointer: /ts, format: unix_us}}}}, heat_capacity_rate: 250 kW/K}}
    sink: {{t_in: 50 degC, curve: [{curve}]}}
    heat_pump:
      lorenz_efficiency: {{model: jensen, fluid: ammonia}}
      units: [{units}]
    boiler: {{capacity: 6 MW}}
    electric_boiler: {{efficiency: 99 %, capacity: 1500 kW}}
    technologies: [vapour_compression, {{name: brayton, technology: inverse_brayton, lorenz_efficiency: 0.45, capacity: 3 MW}},
      {{name: carnot, technology: vapour_compression, lorenz_efficiency: {{model: carnot, fraction: 0.5}}}}, {{name: polynomial,
      technology: vapour_compression, lorenz_efficiency: {{model: polynomial, coefficients: [[0.45, 0.001], [-0.0005]], t_ref: 100 degC}}}},
      caloric, direct_electric, direct_exchange, {{name: second, technology: vapour_compression, lorenz_efficiency: 0.5, capacity: 2 MW}}]
    objective: {objective}
    carbon_value: 80 EUR/t
    setpoint: {{deadband: 0 K}}
"""


def curve(i):
    t_c, text = 50, []
    for k in range(8):
        duty_kw = 400 + 100 * ((i + k) % 5)
        if k == 4:
            text.append(f"{{latent: {t_c} degC, duty: {duty_kw} kW}}")
            continue
        t_c += 15 + (i + k) % 4
        text.append(f"{{t_out: {t_c} degC, duty: {duty_kw} kW}}")
    return ", ".join(text)


def units():
    return ", ".join(f"{{name: u{k}, capacity: 1 MW, min_load: 30 %, part_load: [[30 %, 0.85], [70 %, 1], [100 %, 0.97]]}}" for k in range(4))


def config(port, loops):
    return TOP.format(port=port) + "".join(LOOP.format(i=i, curve=curve(i), units=units(), objective="blend" if i % 2 else "cost") for i in range(loops))


if __name__ == "__main__":
    print(config(int(sys.argv[2]), int(sys.argv[1])))
