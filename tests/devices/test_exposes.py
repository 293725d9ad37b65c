from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import (
    GET,
    PUBLISHED,
    SET,
    Binary,
    Climate,
    Composite,
    Cover,
    Enum,
    Fan,
    Light,
    List,
    Lock,
    Numeric,
    Preset,
    Switch,
    Text,
    singles,
)

PRESET = Preset("coolest", 153, "Coolest temperature supported")
COLOR_XY = Composite(
    "color_xy", PUBLISHED | SET, (Numeric("x", SET), Numeric("y", SET)), label="Color (X/Y)", stem="color"
)


@pytest.mark.parametrize(
    ("expose", "shown"),
    [
        (
            Numeric("power", PUBLISHED | GET, unit="W", description="Instantaneous measured power"),
            {
                "access": 5,
                "description": "Instantaneous measured power",
                "label": "Power",
                "name": "power",
                "property": "power",
                "type": "numeric",
                "unit": "W",
            },
        ),
        (
            Numeric("color_temp", PUBLISHED | SET | GET, unit="mired", minimum=153, maximum=500, presets=(PRESET,)),
            {
                "access": 7,
                "label": "Color temp",
                "name": "color_temp",
                "presets": [{"name": "coolest", "value": 153, "description": "Coolest temperature supported"}],
                "property": "color_temp",
                "type": "numeric",
                "unit": "mired",
                "value_max": 500,
                "value_min": 153,
            },
        ),
        (
            Binary("memory", PUBLISHED | SET, category="config", homeassistant={"name": None}),
            {
                "access": 3,
                "category": "config",
                "homeassistant": {"name": None},
                "label": "Memory",
                "name": "memory",
                "property": "memory",
                "type": "binary",
                "value_off": False,
                "value_on": True,
            },
        ),
        (
            Enum("mode", SET, ("a", "b"), label="The mode").at("left"),
            {
                "access": 2,
                "endpoint": "left",
                "label": "The mode",
                "name": "mode",
                "property": "mode_left",
                "type": "enum",
                "values": ["a", "b"],
            },
        ),
        (Text("word", SET), {"access": 2, "label": "Word", "name": "word", "property": "word", "type": "text"}),
        (
            COLOR_XY.at("top"),
            {
                "access": 3,
                "endpoint": "top",
                "features": [
                    {"access": 2, "label": "X", "name": "x", "property": "x", "type": "numeric"},
                    {"access": 2, "label": "Y", "name": "y", "property": "y", "type": "numeric"},
                ],
                "label": "Color (X/Y)",
                "name": "color_xy",
                "property": "color_top",
                "type": "composite",
            },
        ),
        (
            List("gradient", SET, Text("hex", SET), shortest=1, longest=9),
            {
                "access": 2,
                "item_type": {"access": 2, "label": "Hex", "name": "hex", "type": "text"},
                "label": "Gradient",
                "length_max": 9,
                "length_min": 1,
                "name": "gradient",
                "property": "gradient",
                "type": "list",
            },
        ),
        (
            Switch((Binary("state", PUBLISHED, on="ON", off="OFF", toggle="TOGGLE"),)).at("l1"),
            {
                "endpoint": "l1",
                "features": [
                    {
                        "access": 1,
                        "endpoint": "l1",
                        "label": "State",
                        "name": "state",
                        "property": "state_l1",
                        "type": "binary",
                        "value_off": "OFF",
                        "value_on": "ON",
                        "value_toggle": "TOGGLE",
                    }
                ],
                "type": "switch",
            },
        ),
    ],
)
def test_what_the_interface_shows(expose, shown):
    assert expose.to_dict() == shown


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Switch, "switch"), (Light, "light"), (Cover, "cover"), (Lock, "lock"), (Fan, "fan"), (Climate, "climate")],
)
def test_groups_show_their_kind(kind, name):
    group = kind((Text("word", SET),), label="Thing", description="A thing")
    shown = group.at("up").to_dict()
    assert (shown["type"], shown["label"], shown["description"], shown["endpoint"]) == (name, "Thing", "A thing", "up")
    assert [one.key for one in singles([group, Text("other", SET)])] == ["word", "other"]


@pytest.mark.parametrize(
    ("expose", "good", "bad", "allowed"),
    [
        (
            Numeric("n", SET),
            [0, -1.5, 10**300],
            [True, "1", None, math.nan, math.inf, -math.inf, 10**400, [1]],
            "a number",
        ),
        (Numeric("n", SET, minimum=0), [0, 5], [-1], "a number of at least 0"),
        (Numeric("n", SET, maximum=3), [-9, 3], [3.5], "a number of at most 3"),
        (Numeric("n", SET, minimum=0, maximum=3, whole=True), [0, 2.0, 3], [1.5, 4], "a whole number from 0 to 3"),
        (Binary("b", SET), [True, False], [1, 0, "true", "yes", None], "true or false"),
        (
            Binary("b", SET, on="ON", off="OFF", toggle="TOGGLE"),
            ["ON", "TOGGLE"],
            ["on", True],
            '"ON", "OFF" or "TOGGLE"',
        ),
        (Enum("e", SET, ("a", 2)), ["a", 2], ["b", "2", 2.0, None], '"a" or 2'),
        (Enum("e", SET, ("only",)), ["only"], [""], '"only"'),
        (Text("t", SET), ["", "x"], [1, None, ["x"]], "a text"),
        (COLOR_XY, [{}, {"x": 1}], [{"z": 1}, {"x": "1"}, [1], None], "an object with x (a number), y (a number)"),
        (List("l", SET, Numeric("n", SET)), [[], [1, 2]], [["1"], {}, "12", None], "a list, each item a number"),
        (
            List("l", SET, Text("t", SET), shortest=1, longest=2),
            [["a"], ["a", "b"]],
            [[], ["a"] * 3],
            "a list of 1 to 2 items, each a text",
        ),
    ],
)
def test_what_may_be_sent(expose, good, bad, allowed):
    for value in good:
        expose.check(value)
    for value in bad:
        with pytest.raises(BadValueError) as error:
            expose.check(value)
        assert error.value.key == expose.key
        assert str(error.value).endswith(f"; allowed: {allowed}")


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers())
def test_a_number_in_the_range_is_one_that_lies_in_it(value):
    assert Numeric("n", SET, minimum=-5, maximum=5).allows(value) == (value == value and -5 <= value <= 5)  # noqa: PLR0124
