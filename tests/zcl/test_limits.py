"""Which values are allowed."""

import math

import pytest

from zigwire.zcl.errors import EncodeError
from zigwire.zcl.limits import Limits

PERCENT = Limits.from_json({"min": 0, "max": 100, "special": [255]}, 0xFF)


@pytest.mark.parametrize(("value", "allowed"), [(0, True), (100, True), (101, False), (-1, False), (255, True)])
def test_numbers(value, allowed):
    assert PERCENT.allow(value) is allowed


@pytest.mark.parametrize("value", [math.nan, "text", b"bytes", None, [300]])
def test_what_is_no_number_is_not_limited(value):
    assert PERCENT.allow(value)


@pytest.mark.parametrize(
    ("data", "non_value"),
    [
        ({}, 0xFF),
        ({"max": 254}, 0xFF),
        ({"max": 255}, None),
        ({"default": 255}, None),
        ({"special": [255]}, None),
    ],
)
def test_a_usual_value_is_no_non_value(data, non_value):
    assert Limits.from_json(data, 0xFF).non_value == non_value


@pytest.mark.parametrize(
    ("data", "value", "text"),
    [
        ({"min": 1, "max": 9}, 10, "10 is out of range for it: 1 to 9 is allowed"),
        ({"max": 9}, 10, "at most 9 is allowed"),
        ({"min": 1}, 0, "1 or more is allowed"),
        ({"max_length": 3}, "long", "'long' has 4 bytes, it takes 0 to 3"),
        ({"length": 2}, "l", "'l' has 1 bytes, it takes 2 to 2"),
    ],
)
def test_refused_values_are_named_with_what_is_allowed(data, value, text):
    with pytest.raises(EncodeError, match=text):
        Limits.from_json(data, None).check(value, "it")


@pytest.mark.parametrize(
    ("data", "value"), [({"max": 9, "default": 10}, 10), ({"max": 9}, None), ({"length": 2}, "de")]
)
def test_allowed_values_pass(data, value):
    Limits.from_json(data, None).check(value, "it")
