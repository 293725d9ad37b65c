"""Actions of remote controls, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks import remote

CLUSTERS = (5, 6, 8, 0x102, 0x300)


@pytest.fixture
def buttons(bed):
    made = (remote.on_off_actions(), remote.level_actions(), remote.colour_actions())
    return bed(*made, remote.cover_actions(), remote.scene_actions(1, 2), clusters=(), outputs=CLUSTERS)


@pytest.mark.parametrize(
    ("cluster", "frame", "state"),
    [
        (6, "012a01", {"action": "on"}),
        (6, "012a400000", {"action": "off"}),
        (8, "012a00800500", {"action": "brightness_move_to_level", "action_level": 128, "action_transition_time": 0.5}),
        (8, "012a050132", {"action": "brightness_move_down", "action_rate": 50}),
        (8, "012a0200320500", {"action": "brightness_step_up", "action_step_size": 50, "action_transition_time": 0.5}),
        (8, "012a07", {"action": "brightness_stop"}),
        (0x102, "012a02", {"action": "stop"}),
        (5, "012a05010002", {"action": "recall_2"}),
        (
            0x300,
            "012a4b0332000100ff00",
            {"action": "color_temperature_move_down", "action_rate": 50, "action_minimum": 1, "action_maximum": 255},
        ),
        (
            0x300,
            "012a07ff7fff7f0500",
            {"action": "color_move", "action_color": {"x": 0.5, "y": 0.5}, "action_transition_time": 5},
        ),
        (0x300, "012a010132", {"action": "hue_move", "action_rate": 50}),
        (0x300, "012a47", {"action": "stop_move_step"}),
    ],
)
def test_a_command_is_an_action(buttons, cluster, frame, state):
    assert buttons.decode(cluster, frame) == state


def test_a_direction_that_nobody_knows_says_nothing(buttons):
    assert buttons.decode(0x300, "012a4b0232000100ff00") == {}


async def test_the_set_up_binds(buttons):
    assert await buttons.configure() == ["1:6:bind", "1:8:bind", "1:300:bind", "1:102:bind", "1:5:bind"]


def test_all_actions_are_listed_as_one(buttons):
    listed = [one for one in buttons.behaviour.exposes({}) if one["name"] == "action"]
    assert len(listed) == 1
    assert {"on", "brightness_stop", "color_loop_set", "close", "recall_1"} <= set(listed[0]["values"])


def test_several_endpoints_tell_under_one_key(bed):
    buttons = bed(
        remote.on_off_actions().at("left", "right"), outputs=(6,), endpoints=(1, 2), names={"left": 1, "right": 2}
    )
    assert buttons.decode(6, "012a01", endpoint=2) == {"action": "on_right"}
    assert buttons.behaviour.properties == ("action", "linkquality")
