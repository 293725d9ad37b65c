"""How values are shown in a line."""

import pytest

from zigwire.cli.values import line


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"state": "ON", "power": 40.5}, "state=ON  power=40.5"),
        ({"known": False, "unknown": None, "nothing": 0}, "known=false  nothing=0"),
        ({"color": {"x": 0.5}, "list": [1]}, 'color={"x":0.5}  list=[1]'),
        ("text", "text"),
        ([1, 2], "[1, 2]"),
        ({}, ""),
    ],
)
def test_values_stand_side_by_side(values, shown):
    assert line(values) == shown
