"""Scenes: frames as recorded, what is noted on the endpoints, what a recall brings back."""

import struct

import pytest

from zigwire.devices import compile_definition
from zigwire.devices.convert import Bench
from zigwire.devices.errors import BadValueError, DefinitionError
from zigwire.devices.feature import Context
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.model import Group, Member, Scene

NOT_FOUND, SUCCESS = "8b", "00"


class Desk(Bench):
    """A bench with devices."""

    def __init__(self, *devices):
        super().__init__()
        self.devices = {device.ieee: device for device in devices}
        self.states = {}
        self.told = []

    def device(self, ieee):
        return self.devices.get(ieee)

    def state(self, device):
        return self.states.get(device.ieee, {})

    def scenes_changed(self, devices):
        self.told.extend(device.ieee for device in devices)


@pytest.fixture
def desk(plug):
    return Desk(plug)


@pytest.fixture
def scenes(plug, desk, behaviour):
    """Set keys of a plug; `answers` are statuses of the responses, in their order."""
    compiled = compile_definition(behaviour.definition, plug, desk)

    async def say(key, value, *answers, state=None, group=None, options=None):
        frames = {"store": "04", "add": "00", "remove": "02", "removeAll": "03"}
        commands = [frames[one] for one in (("remove", "add") if key == "scene_add" else (_command(key),)) if one]
        answered = [
            {"frame": number, "frame_hex": f"1901{command}{status}000001"}
            for number, (command, status) in enumerate(zip(commands, answers, strict=False))
        ]
        desk.begin({"read_answers": answered})
        context = Context(options or {}, state or {}, group=group)
        outcome = await compiled.set(key, value, context)
        return [frame["frame_hex"] for frame in desk.sent], outcome

    return say


def _command(key):
    return {"scene_store": "store", "scene_remove": "remove", "scene_remove_all": "removeAll"}.get(key)


def held(plug):
    return {(scene.id, scene.group): (scene.name, scene.state) for scene in plug.endpoints[1].scenes}


async def test_store_and_recall(scenes, plug, desk):
    state = {"state": "ON", "brightness": 5, "color": {"x": 0.1, "y": 0.2}, "power": 7, "color_temp": None}
    frames, outcome = await scenes("scene_store", {"ID": 3, "name": "Cosy"}, SUCCESS, state=state)
    assert frames == ["110104000003"]
    assert outcome.state == {}
    kept = {"state": "ON", "brightness": 5, "color": {"x": 0.1, "y": 0.2}}
    assert held(plug) == {(3, 0): ("Cosy", kept)}
    assert desk.told == [plug.ieee]
    frames, outcome = await scenes("scene_recall", 3)
    assert frames == ["010105000003ffff"]
    assert outcome.state == {**kept, "color_mode": "xy"}


async def test_storing_again_replaces(scenes, plug):
    await scenes("scene_store", 3, SUCCESS, state={"state": "ON"})
    await scenes("scene_store", {"ID": 3, "group_id": 7}, SUCCESS, state={"state": "ON"})
    await scenes("scene_store", 3, SUCCESS, state={"state": "OFF"})
    assert held(plug) == {(3, 0): ("", {"state": "OFF"}), (3, 7): ("", {"state": "ON"})}


async def test_what_a_device_refuses_is_not_noted(scenes, plug):
    for key, value, answers in [
        ("scene_store", 3, ["89"]),
        ("scene_add", {"ID": 3}, [SUCCESS, "89"]),
        ("scene_add", {"ID": 3}, ["01"]),
    ]:
        with pytest.raises(StatusError):
            await scenes(key, value, *answers)
    assert held(plug) == {}
    await scenes("scene_store", 3, SUCCESS)
    with pytest.raises(StatusError, match="NOT_FOUND"):
        await scenes("scene_remove", 3, NOT_FOUND)
    assert held(plug) == {(3, 0): ("", {})}


@pytest.mark.parametrize(
    ("value", "fields", "state"),
    [
        ({"state": "ON", "brightness": 254}, "00000006000101080001fe", {"state": "ON", "brightness": 254}),
        ({"brightness": 10, "state": "off"}, "0000000800010a06000100", {"state": "OFF", "brightness": 10}),
        ({"transition": 3}, "030000", {}),
        ({"position": 30}, "0000000201011e", {"position": 30}),
        (
            {"color": {"hue": 360, "saturation": 100}},
            "0000000003045ab39f4c",
            {"color_mode": "hs", "color": {"hue": 360, "saturation": 100}},
        ),
        (
            {"color": {"x": 0.3, "y": 0.4}},
            "000000000304cd4c6666",
            {"color_mode": "xy", "color": {"x": 0.3, "y": 0.4}},
        ),
        ({"color": "#ff0000"}, "0000000003045ab39f4c", {"color_mode": "xy", "color": {"x": 0.7006, "y": 0.2993}}),
        (
            {"color": {"r": 255, "g": 0, "b": 0}},
            "0000000003045ab39f4c",
            {"color_mode": "xy", "color": {"x": 0.7006, "y": 0.2993}},
        ),
    ],
)
async def test_add(scenes, plug, value, fields, state):
    frames, _ = await scenes("scene_add", {"ID": 4, **value}, NOT_FOUND, SUCCESS)
    assert frames == ["110102000004", "110100000004" + fields]
    assert held(plug) == {(4, 0): ("", state)}


async def test_add_with_tenths_of_seconds(scenes):
    frames, _ = await scenes("scene_add", {"ID": 4, "transition": 1.5, "state": "ON"}, SUCCESS)
    assert frames[1] == "1101400000040f000006000101"


async def test_add_keeps_colour_temperatures_within_what_the_light_can(scenes, plug):
    plug.endpoints[1].attributes["lightingColorCtrl"] = {"colorTempPhysicalMin": 250, "colorTempPhysicalMax": 454}
    frames, _ = await scenes("scene_add", {"ID": 4, "color_temp": 100}, SUCCESS)
    assert held(plug)[4, 0][1] == {"color_temp": 250, "color_mode": "color_temp"}
    stored = struct.unpack("<HH", bytes.fromhex(frames[1])[-4:])
    assert stored == (pytest.approx(24932, abs=14), pytest.approx(24690, abs=14))


async def test_an_inverted_cover_stores_the_other_position(scenes):
    frames, _ = await scenes("scene_add", {"ID": 4, "position": 30}, SUCCESS, options={"invert_cover": True})
    assert frames[1].endswith("02010146")


async def test_rename_and_remove(scenes, plug):
    await scenes("scene_store", 3, SUCCESS, state={"state": "ON"})
    frames, _ = await scenes("scene_rename", {"ID": 3, "name": "Late"})
    assert frames == []
    assert held(plug) == {(3, 0): ("Late", {"state": "ON"})}
    with pytest.raises(DefinitionError, match="no scene 9 of group 0"):
        await scenes("scene_rename", {"ID": 9, "name": "Late"})
    frames, _ = await scenes("scene_remove", 3, SUCCESS)
    assert frames == ["110102000003"]
    assert held(plug) == {}


async def test_remove_all_removes_those_of_the_group(scenes, plug):
    plug.endpoints[1].scenes = [Scene(1, 0, ""), Scene(2, 0, ""), Scene(1, 7, "")]
    frames, _ = await scenes("scene_remove_all", "", SUCCESS)
    assert frames == ["1101030000"]
    assert set(held(plug)) == {(1, 7)}


async def test_a_group_stores_the_state_of_each_member(scenes, plug, desk):
    desk.states = {plug.ieee: {"state": "ON", "brightness": 42}}
    group = Group(21, [Member(plug.ieee, 1), Member("0x00", 1), Member(plug.ieee, 9)])
    frames, _ = await scenes("scene_store", {"ID": 1, "name": "Cosy", "group_id": 5}, group=group)
    assert frames == ["110104150001"]
    assert held(plug) == {(1, 21): ("Cosy", {"state": "ON", "brightness": 42})}
    frames, outcome = await scenes("scene_recall", 1, group=group)
    assert frames == ["010105150001ffff"]
    assert outcome.state == {}
    assert outcome.members == {plug.ieee: {"state": "ON", "brightness": 42}}


async def test_a_recall_of_an_unknown_scene_changes_nothing(scenes, caplog):
    _, outcome = await scenes("scene_recall", 99)
    assert outcome.state == {}
    assert "What scene 99 of" in caplog.text


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("scene_store", 0, "scene_store.ID can't be 0"),
        ("scene_store", 256, "scene_store.ID"),
        ("scene_store", "x", "an object with ID"),
        ("scene_store", {"name": "x"}, "scene_store.ID"),
        ("scene_store", {"ID": 1, "name": 5}, "scene_store.name"),
        ("scene_store", {"ID": 1, "group_id": 70000}, "scene_store.group_id"),
        ("scene_recall", "1", "scene_recall"),
        ("scene_recall", True, "scene_recall"),
        ("scene_remove", None, "scene_remove"),
        ("scene_add", {"ID": 1, "brightness": 255}, "scene_add.brightness"),
        ("scene_add", {"ID": 1, "state": "TOGGLE"}, "scene_add.state"),
        ("scene_add", {"ID": 1, "color": {}}, "color"),
        ("scene_add", {"ID": 1, "color": {"hex": "#12"}}, "color.hex"),
        ("scene_add", {"ID": 1, "color": "red"}, "color.hex"),
        ("scene_add", {"ID": 1, "color": {"x": 0.1}}, "color.y"),
        ("scene_add", {"ID": 1, "color": {"hue": 1}, "color_temp": 300}, "not both"),
        ("scene_add", {"ID": 1, "transition": -1}, "scene_add.transition"),
        ("scene_add", {"ID": 1, "sound": 1}, "'sound' is none of them"),
        ("scene_rename", 5, "no scene 5"),
    ],
)
async def test_wrong_values_are_refused_by_name(scenes, desk, key, value, named):
    with pytest.raises(DefinitionError, match=named) as raised:
        await scenes(key, value)
    assert isinstance(raised.value, BadValueError) or key == "scene_rename"
    assert desk.sent == []
