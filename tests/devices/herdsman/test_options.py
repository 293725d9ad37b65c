import pytest

from zigwire.devices.herdsman.options import faults

NUMBER = {"type": "numeric", "name": "n", "property": "n", "value_min": 0, "value_max": 9, "presets": [{"value": -1}]}
FLAG = {"type": "binary", "name": "b", "property": "b", "value_on": True, "value_off": False}
CHOICE = {"type": "enum", "name": "e", "property": "e", "values": ["x", "y"]}
TEXT = {"type": "text", "name": "t", "property": "t"}
LIST = {"type": "list", "name": "l", "property": "l", "item_type": {"type": "numeric", "name": "one"}}
OBJECT = {"type": "composite", "name": "o", "property": "o", "features": [NUMBER]}
OPTIONS = [NUMBER, FLAG, CHOICE, TEXT, LIST, OBJECT]


@pytest.mark.parametrize(
    "values",
    [
        {"n": 0, "b": True, "e": "x", "t": "", "l": [1, 2.5], "o": {"n": 9}},
        {"n": -1},
        {"n": None},
        {"friendly_name": 5},
    ],
)
def test_what_fits(values):
    assert faults(OPTIONS, values) == []


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("n", 10, "numbers from 0 to 9"),
        ("n", "1", "numbers from 0 to 9"),
        ("n", True, "numbers from 0 to 9"),
        ("b", 1, "true or false"),
        ("e", "z", '"x", "y"'),
        ("t", 1, "text"),
        ("l", ["a"], "a list of numbers"),
        ("o", {"n": 99}, "an object with n"),
        ("o", 1, "an object with n"),
    ],
)
def test_what_does_not_fit(name, value, allowed):
    (fault,) = faults(OPTIONS, {name: value})
    assert fault.startswith(f"{name} can't be ")
    assert fault.endswith(f"allowed: {allowed}")
