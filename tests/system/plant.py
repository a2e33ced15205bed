"""The plant of the system tests: the spray dryer of the published case as a configuration, what feeds it, and the topics."""
import copy

PREFIX = "lorenz/dresden"

# What the broker keeps of one loop without feedback, dryer1.
RETAINED = {f"{PREFIX}/{leaf}" for leaf in (
    "status", "health", "summary", "alarms", "dryer1/setpoint", "dryer1/operating_points", "dryer1/state", "dryer1/totals")}


def live(topic, **more):
    return {"topic": topic, **more}


def merged(base, changes):
    """A copy of base with changes laid over it, mapping by mapping; None removes."""
    out = copy.deepcopy(base)
    for key, value in changes.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict) and "topic" not in value:
            out[key] = merged(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


def _flow(value):
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def yaml(document, indent=0):
    """Mappings as blocks, what lies in a list in one line."""
    text = ""
    for key, value in document.items():
        if isinstance(value, dict) and value:
            text += " " * indent + f"{key}:\n" + yaml(value, indent + 2)
        else:
            text += " " * indent + f"{key}: {_flow(value)}\n"
    return text


# The spray dryer of the published case, its prices and temperatures live.
DRYER = {
    "source": {"t_in": live("plant/source_in", unit="degC")},
    "sink": {"t_in": live("plant/air_in", unit="degC"), "t_target": "230 degC", "duty": "4800 kW"},
    "heat_pump": {"lorenz_efficiency": 0.55},
    "objective": "cost",
    "setpoint": {"deadband": "0.5 K"},
}
MARKET = {
    "electricity": {
        "price": live("market/spot", pointer="/price", unit="EUR/MWh"),
        "carbon": live("grid/carbon", pointer="/carbonIntensity", unit="g/kWh"),
    },
    "fuel": {"price": live("market/gas", unit="EUR/MWh"), "carbon": "213.7 kg/MWh"},
}
FEED = {
    "plant/source_in": "15.0",
    "plant/air_in": "55.0",
    "market/spot": '{"price": 132}',
    "market/gas": "60",
    "grid/carbon": '{"carbonIntensity": 406}',
}


def dryer(**changes):
    return merged(DRYER, changes)


def configuration(port, loops, **changes):
    base = {
        "site": "dresden",
        "mqtt": {"url": f"mqtt://127.0.0.1:{port}"},
        "store": {"path": "history.db"},
        "market": MARKET,
        "loops": loops,
    }
    return merged(base, changes)


def setpoint(loop):
    return f"{PREFIX}/{loop}/setpoint"


def points(loop):
    return f"{PREFIX}/{loop}/operating_points"


def state(loop):
    return f"{PREFIX}/{loop}/state"
