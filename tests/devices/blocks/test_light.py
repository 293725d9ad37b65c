"""Frames and states of lights, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks.light import Colours, light
from zigwire.devices.errors import BadValueError

CLUSTERS = (0, 3, 6, 8, 0x300)
ALL = Colours(temperature=True, xy=True, hs=True, enhanced_hue=True)
FACTS = {"lightingColorCtrl": {"colorTempPhysicalMin": 153, "colorTempPhysicalMax": 500}}
LIT = {
    "state": "ON",
    "brightness": 127,
    "color_temp": 327,
    "color": {"x": 0.7006, "y": 0.2993, "hue": 120, "saturation": 100},
}
ON_LEVEL_10 = "180101110000200a"


@pytest.fixture
def lamp(bed):
    return bed(*light(ALL, (153, 500)), clusters=CLUSTERS, attributes=FACTS)


@pytest.mark.parametrize(
    ("message", "frames", "follows"),
    [
        ({"state": "on"}, ["1:6:010101"], {"state": "ON"}),
        ({"state": "TOGGLE"}, ["1:6:010102"], {}),
        ({"state": "ON", "on_time": 300}, ["1:6:01014200b80b0000"], {}),
        ({"brightness": 127}, ["1:8:0101047f00000000"], {"brightness": 127, "state": "ON"}),
        ({"brightness": "64"}, ["1:8:0101044000000000"], {"brightness": 64, "state": "ON"}),
        ({"brightness": 255}, ["1:8:010104fe00000000"], {"brightness": 254, "state": "ON"}),
        ({"brightness": 0}, ["1:8:0101040000000000"], {"brightness": 0, "state": "OFF"}),
        ({"brightness": 0, "state": "ON"}, ["1:8:0101040100000000"], {"brightness": 1, "state": "ON"}),
        ({"brightness": 9, "state": None}, ["1:8:0101000900000000"], {"brightness": 9}),
        ({"brightness": 9, "state": "OFF"}, ["1:6:010100"], {"state": "OFF"}),
        ({"brightness_percent": 50}, ["1:8:0101048000000000"], {"brightness": 128, "state": "ON"}),
        ({"brightness": 9, "transition": 2.5}, ["1:8:0101040919000000"], {"brightness": 9, "state": "ON"}),
        ({"state": "OFF", "transition": 1}, ["1:8:010104000a000000"], {"state": "OFF"}),
        ({"brightness_move": -40}, ["1:8:01010101280000"], {}),
        ({"brightness_step_onoff": 30}, ["1:8:010106001e00000000"], {}),
        ({"color_temp": 327}, ["1:300:01010a470100000000"], {"color_mode": "color_temp", "color_temp": 327}),
        ({"color_temp": "warmest"}, ["1:300:01010af40100000000"], {"color_mode": "color_temp", "color_temp": 500}),
        ({"color_temp": 10}, ["1:300:01010a990000000000"], {"color_mode": "color_temp", "color_temp": 153}),
        ({"color_temp_percent": 50}, ["1:300:01010a470100000000"], {"color_mode": "color_temp", "color_temp": 327}),
        ({"color_temp_startup": "previous"}, ["1:300:100102104021ffff"], {"color_temp_startup": 65535}),
        ({"color_temp_move": 60}, ["1:300:01014b013c00000058020000"], {}),
        (
            {"color": {"hex": "#00FF80"}},
            ["1:300:010107092aae9600000000"],
            {"color_mode": "xy", "color": {"x": 0.1642, "y": 0.5886}},
        ),
        (
            {"color": {"rgb": "46,102,150"}},
            ["1:300:010107432cd53700000000"],
            {"color_mode": "xy", "color": {"x": 0.1729, "y": 0.2181}},
        ),
        (
            {"color": {"hue": 200, "saturation": 60}},
            ["1:300:010143388e9800000000"],
            {"color_mode": "hs", "color": {"hue": 200, "saturation": 60}},
        ),
        ({"color": {"hue": 90}}, ["1:300:01014000400000000000"], {"color_mode": "hs", "color": {"hue": 90}}),
        ({"color": {"saturation": 30}}, ["1:300:0101034c00000000"], {"color_mode": "hs", "color": {"saturation": 30}}),
        ({"hue_move": 10}, ["1:300:010101010a0000"], {}),
        ({"effect": "Breathe"}, ["1:3:0101400100"], {}),
        ({"effect": "colorloop"}, ["1:300:01010101110000"], {}),
        ({"power_on_behavior": "previous"}, ["1:6:100102034030ff"], {"power_on_behavior": "previous"}),
        (
            {"level_config": {"on_level": "previous", "on_transition_time": 2, "execute_if_off": True}},
            ["1:8:10010212002114 00".replace(" ", ""), "1:8:1001021100 20ff".replace(" ", ""), "1:8:1001020f001801"],
            {"level_config": {"on_transition_time": 2, "on_level": "previous", "execute_if_off": True}},
        ),
    ],
)
async def test_commands(lamp, message, frames, follows):
    assert await lamp.set(message) == (frames, follows)


async def test_a_colour_keeps_all_parts_in_step(lamp):
    _, state = await lamp.set({"color_temp": 500}, state=LIT)
    assert state["color"] == {"x": 0.5267, "y": 0.4133, "hue": 25, "saturation": 95}
    _, state = await lamp.set({"color": {"x": 0.7006, "y": 0.2993}}, state=LIT)
    assert state == {
        "color_mode": "xy",
        "color": {"x": 0.7006, "y": 0.2993, "hue": 0, "saturation": 100},
        "color_temp": 160,
    }
    _, state = await lamp.set({"color_temp": 500}, state=LIT, options={"color_sync": False})
    assert state == {"color_mode": "color_temp", "color_temp": 500}


async def test_switching_on_slowly_asks_for_the_level(lamp):
    frames, state = await lamp.set({"state": "ON"}, options={"transition": 1}, answers={0: ON_LEVEL_10})
    assert frames == ["1:8:1001001100", "1:8:0101040a0a000000"]
    assert state == {"brightness": 10, "state": "ON"}


async def test_a_light_that_was_dimmed_off_comes_back_as_bright(lamp):
    await lamp.set({"state": "OFF", "transition": 1}, state=LIT)
    frames, state = await lamp.set(
        {"state": "ON"}, state={"state": "OFF", "brightness": 1}, answers={0: "18010111008600"}
    )
    assert frames[1:] == ["1:8:0101047f00000000"]
    assert state == {"brightness": 127, "state": "ON"}
    frames, _ = await lamp.set({"state": "ON"}, state={"state": "OFF", "brightness": 127})
    assert frames == ["1:6:010101"]


async def test_where_a_move_stops_is_asked_for(lamp):
    answers = {1: "1801010000001001", 2: "1801010000002080"}
    frames, state = await lamp.set({"brightness_move": "stop"}, answers=answers)
    assert frames == ["1:8:0101030000", "1:6:1001000000", "1:8:1001000000"]
    assert state == {"brightness": 128, "state": "ON"}
    assert lamp.paused == [0.5, 0]


async def test_a_step_is_followed_by_a_look_at_what_came_of_it(lamp):
    frames, state = await lamp.set({"color_temp_step": 50, "transition": 2})
    assert (frames[1:], state, lamp.paused) == (["1:300:1001000700"], {}, [2.1])
    _, state = await lamp.set({"brightness_step": 200}, state=LIT)
    assert state == {"brightness": 254, "state": "ON"}


async def test_ikea_lights_get_no_transition_beside_a_colour(bed):
    lamp = bed(*light(ALL), clusters=CLUSTERS, code=0x117C)
    frames, _ = await lamp.set({"brightness": 9, "color_temp": 250, "transition": 2})
    assert frames == ["1:8:0101040900000000"]


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ({"state": "MAYBE"}, "state can't be"),
        ({"brightness": 300}, "brightness can't be 300"),
        ({"brightness": "bright"}, "brightness can't be"),
        ({"brightness": True}, "brightness can't be true"),
        ({"brightness": 5, "transition": -1}, "transition can't be -1"),
        ({"brightness_move": "left"}, "brightness_move can't be"),
        ({"color_temp": "hot"}, "color_temp can't be"),
        ({"color_temp_move": {"rate": 5, "minimum": 9, "maximum": 3}}, "color_temp_move.minimum can't be 9"),
        ({"color": "red"}, "color can't be"),
        ({"color": {}}, "color can't be"),
        ({"color": {"x": 2, "y": 0}}, "color.x can't be 2"),
        ({"color": {"hex": "zz"}}, "color.hex can't be"),
        ({"color": {"rgb": "1,2"}}, "color.rgb can't be"),
        ({"color_options": {"execute_if_off": 1}}, "color_options can't be"),
        ({"effect": "boom"}, "effect can't be"),
        ({"power_on_behavior": "never"}, "power_on_behavior can't be"),
        ({"level_config": {"on_level": 999}}, "level_config.on_level can't be 999"),
        ({"level_config": {"nope": 1}}, "level_config can't be"),
        ({"level_config": {"execute_if_off": "yes"}}, "level_config.execute_if_off can't be"),
    ],
)
async def test_nonsense_is_refused_and_nothing_is_sent(lamp, message, fault):
    with pytest.raises(BadValueError) as refused:
        await lamp.set(message)
    assert str(refused.value).startswith(fault)
    assert lamp.sent == []


@pytest.mark.parametrize(
    ("cluster", "frame", "state"),
    [
        (8, "182a0a00002080", {"brightness": 128}),
        (8, "182a0a110020ff", {"level_config": {"on_level": "previous"}}),
        (6, "182a0a034030ff", {"power_on_behavior": "previous"}),
        (0x300, "182a0a0700214701", {"color_mode": "color_temp", "color_temp": 327}),
        (
            0x300,
            "182a0a080030010300 216666 0400 216147".replace(" ", ""),
            {"color_mode": "xy", "color": {"x": 0.4, "y": 0.2788}},
        ),
        (0x300, "182a0a0f001801", {"color_options": {"execute_if_off": True}}),
    ],
)
def test_reports(lamp, cluster, frame, state):
    assert lamp.decode(cluster, frame) == state


async def test_reads_ask_for_what_the_light_has(lamp, bed):
    assert await lamp.get("color") == ["1:300:100100080003000400004001000700"]
    assert await lamp.get("color_temp_startup") == ["1:300:1001001040"]
    white = bed(*light(Colours(temperature=True)), clusters=CLUSTERS)
    assert await white.get("color_temp") == ["1:300:1001000800 0700".replace(" ", "")]


async def test_the_set_up_learns_what_the_light_can_show(bed):
    lamp = bed(*light(ALL), clusters=CLUSTERS)
    await lamp.configure({0: "1801010a4000191f00", 1: "1801010b40002199000c400021f401"})
    known = lamp.behaviour.device.endpoints[1].attributes["lightingColorCtrl"]
    assert known == {"colorCapabilities": 31, "colorTempPhysicalMin": 153, "colorTempPhysicalMax": 500}


async def test_two_lamps_in_one_keep_apart(bed):
    lamps = bed(
        *(one.at("left", "right") for one in light(ALL, (153, 500))),
        clusters=CLUSTERS,
        endpoints=(1, 2),
        names={"left": 1, "right": 2},
        attributes=FACTS,
    )
    assert await lamps.set({"brightness_right": 5, "transition": 1}) == (
        ["2:8:010104050a000000"],
        {"brightness_right": 5, "state_right": "ON"},
    )
    assert lamps.decode(0x300, "182a0a0700214701", endpoint=2) == {
        "color_mode_right": "color_temp",
        "color_temp_right": 327,
    }
    assert lamps.behaviour.can_set("transition")
    assert await lamps.set({"transition": 1}) == ([], {})
