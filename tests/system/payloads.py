"""Checks published payloads against schema/*.schema.json, on the raw text: a floating value must carry a decimal point."""
import json
import os
import re

import jsonschema

FLOATING = re.compile(r"-?[0-9]+\.[0-9]+")
SCHEMAS = os.environ.get("LORENZ_SCHEMA_DIR") or os.path.join(os.path.dirname(__file__), "..", "..", "schema")
RETAINED_LEAVES = ("setpoint", "operating_points", "state", "health", "status", "actual", "totals", "technologies", "summary", "alarms")


class Floating(float):
    """A number that was written with a decimal point."""


def _floating(text):
    if not FLOATING.fullmatch(text):
        raise ValueError(f"{text} is not written as digits with a decimal point")
    return Floating(text)


def _refuse(text):
    raise ValueError(f"{text} is no JSON number")


def _no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a member stands twice in {names}")
    return dict(pairs)


def parse(payload):
    return json.loads(payload.decode("utf-8"), parse_float=_floating, parse_constant=_refuse, object_pairs_hook=_no_duplicates)


def _validator(leaf):
    with open(os.path.join(SCHEMAS, leaf + ".schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many({
        "number": lambda _, value: isinstance(value, Floating),
        "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
    })
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=checker)(schema)


VALIDATORS = {leaf: _validator(leaf) for leaf in (
    "setpoint", "operating_points", "state", "health", "heartbeat", "ack", "actual", "totals", "technologies", "summary", "alarms")}


def check(message):
    """Raises AssertionError with the place and the payload."""
    leaf = message.topic.rsplit("/", 1)[-1]
    if leaf == "status":
        assert message.payload in (b"online", b"offline"), f"status says {message.payload!r}"
        return
    if leaf == "cmd":
        return  # a command of the test's own
    assert leaf in VALIDATORS, f"unknown topic {message.topic}"
    try:
        document = parse(message.payload)
    except ValueError as error:
        raise AssertionError(f"{message.topic}: {error}: {message.payload[:2000]!r}") from None
    errors = [f"/{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in VALIDATORS[leaf].iter_errors(document)]
    assert not errors, f"{message.topic}: {'; '.join(errors[:5])} in {message.payload[:3000].decode()}"


def check_delivery(message):
    """QoS 1; retained, but for the heartbeat."""
    leaf = message.topic.rsplit("/", 1)[-1]
    assert message.qos == 1, f"{message.topic} came at QoS {message.qos}"
    assert message.retain == (leaf in RETAINED_LEAVES), f"{message.topic} came with retain {message.retain}"
