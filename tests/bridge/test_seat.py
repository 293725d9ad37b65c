"""What a member shares with its group, by what it exposes."""

from types import SimpleNamespace

import pytest

from zigwire.bridge.seat import Seat
from zigwire.zigbee.model import Member


def binary(name, endpoint=None, on="ON", off="OFF"):
    feature = {"type": "binary", "name": name, "property": name, "value_on": on, "value_off": off}
    return feature if endpoint is None else {**feature, "property": f"{name}_{endpoint}", "endpoint": endpoint}


def numeric(name, kind="numeric"):
    return {"type": kind, "name": name, "property": name}


PLUG = [{"type": "switch", "features": [binary("state")]}]
BULB = [{"type": "light", "features": [binary("state"), numeric("brightness"), numeric("color_temp")]}]
COLOURED = [{"type": "light", "features": [binary("state"), numeric("color_xy", "composite")]}]
COVER = [{"type": "cover", "features": [{"type": "enum", "name": "state", "values": ["OPEN", "CLOSE", "STOP"]}]}]
DOUBLE = [{"type": "switch", "endpoint": name, "features": [binary("state", name)]} for name in ("left", "right")]
SENSOR = [numeric("brightness"), numeric("color_temp"), numeric("linkquality")]


def seat(exposes, number=1, names=None):
    features = [one for item in exposes for one in item.get("features", [item])]
    properties = [one.get("property", one["name"]) for one in features]
    behaviour = SimpleNamespace(
        exposes=lambda _: exposes, properties=properties, endpoint_names=names or {}, definition=None
    )
    return Seat.of(SimpleNamespace(key="0x01", options={}), behaviour, number)


@pytest.mark.parametrize(
    ("exposes", "changes", "taken"),
    [
        (PLUG, {"state": "ON", "brightness": 5, "color_temp": 300}, {"state": "ON"}),
        (PLUG, {"state": "OPEN"}, {}),
        (BULB, {"state": "OFF", "brightness": 5}, {"state": "OFF", "brightness": 5}),
        (BULB, {"color_temp": 300, "color_mode": "color_temp"}, {"color_temp": 300, "color_mode": "color_temp"}),
        (BULB, {"color": {"x": 1}, "color_mode": "xy"}, {}),
        (COLOURED, {"color": {"x": 1}, "color_mode": "xy"}, {"color": {"x": 1}, "color_mode": "xy"}),
        (COLOURED, {"color": {"hue": 1}, "color_mode": "hs"}, {"color": {"hue": 1}}),
        (COVER, {"state": "OPEN", "brightness": 5}, {"state": "OPEN"}),
        (COVER, {"state": "ON"}, {}),
        (SENSOR, {"brightness": 5, "color_temp": 5, "state": "ON"}, {}),
        (BULB, {"power": 5, "linkquality": 5}, {}),
    ],
)
def test_what_a_member_takes_over(exposes, changes, taken):
    assert seat(exposes).taken(changes) == taken


def test_a_named_endpoint_has_keys_of_its_own():
    right = seat(DOUBLE, 2, {"left": 1, "right": 2, "default": 1})
    assert right.member == Member("0x01", 2)
    assert right.key("state") == "state_right"
    assert right.key("brightness") == "brightness"
    assert right.told({"state_left": "ON"}) == {}
    assert right.told({"state_left": "ON", "state_right": "OFF", "brightness": 3}) == {"state": "OFF", "brightness": 3}
    assert right.taken({"state": "ON"}) == {"state": "ON"}


def test_a_default_endpoint_has_no_name():
    assert seat(PLUG, 1, {"default": 1}).endpoint is None


def test_the_colour_mode_belongs_where_the_colour_does():
    exposes = [
        {
            "type": "light",
            "endpoint": "l1",
            "features": [{**numeric("color_temp"), "endpoint": "l1", "property": "color_temp_l1"}],
        }
    ]
    assert seat(exposes, 1, {"l1": 1}).key("color_mode") == "color_mode_l1"
