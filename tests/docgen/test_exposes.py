"""What pages say of each sort of expose."""

import json
import re

import pytest

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
)
from zigwire.docgen.exposes import named, section

ALL = PUBLISHED | SET | GET
TO = "publish a message to topic `zigbee2mqtt/FRIENDLY_NAME"
NO_READ = "It's not possible to read (`/get`) this value."
NO_WRITE = "It's not possible to write (`/set`) this value."
STATE = Binary("state", ALL, on="ON", off="OFF", toggle="TOGGLE")
BRIGHTNESS = Numeric("brightness", ALL, minimum=0, maximum=254)
XY = Composite("color_xy", ALL, (Numeric("x", ALL), Numeric("y", ALL)), stem="color")
HS = Composite("color_hs", ALL, (Numeric("hue", ALL), Numeric("saturation", ALL)), stem="color")
TEMPERATURE = Numeric(
    "color_temp", ALL, unit="mired", minimum=153, maximum=500, presets=(Preset("coolest", 153, "Coolest one"),)
)


def lines(item, *keys):
    return section(item.to_dict(), frozenset(keys))


def found(name):
    return f"Value can be found in the published state on the `{name}` property."


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            Numeric("power", PUBLISHED | GET, description="Measured power", unit="W"),
            [
                "### Power (numeric)",
                "Measured power.",
                found("power"),
                f'To read (`/get`) the value {TO}/get` with payload `{{"power": ""}}`.',
                NO_WRITE,
                "The unit of this value is `W`.",
            ],
        ),
        (
            Numeric("linkquality", PUBLISHED, minimum=0, maximum=255, unit="lqi"),
            [
                "### Linkquality (numeric)",
                found("linkquality"),
                "It's not possible to read (`/get`) or write (`/set`) this value.",
                "The minimal value is `0` and the maximum value is `255`.",
                "The unit of this value is `lqi`.",
            ],
        ),
        (
            Numeric("level", SET, endpoint="left", minimum=0.5, presets=(Preset("low", 1, "Hardly any"),)),
            [
                "### Level (numeric, left endpoint)",
                "The published state does not hold this value.",
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"level_left": NEW_VALUE}}`.',
                "The minimal value is `0.5`.",
                "Instead of a number one of these names can be sent: `low` (Hardly any).",
            ],
        ),
        (
            Numeric("colour", PUBLISHED | SET, presets=(Preset("red", 0, ""), Preset("blue", 170, "Like the sky"))),
            [
                "### Colour (numeric)",
                found("colour"),
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"colour": NEW_VALUE}}`.',
                "Instead of a number one of these names can be sent: `red`, `blue` (Like the sky).",
            ],
        ),
        (
            Numeric("level", PUBLISHED, maximum=3.0),
            [
                "### Level (numeric)",
                found("level"),
                "It's not possible to read (`/get`) or write (`/set`) this value.",
                "The maximum value is `3`.",
            ],
        ),
        (
            Binary("child_lock", PUBLISHED | SET, on="LOCK", off="UNLOCK", description="Locks <the> keys!"),
            [
                "### Child_lock (binary)",
                "Locks &lt;the> keys!",
                found("child_lock"),
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"child_lock": NEW_VALUE}}`.',
                "If value equals `LOCK` child_lock is ON, if `UNLOCK` OFF.",
            ],
        ),
        (
            Enum("mode", PUBLISHED, ("eco", 2)),
            [
                "### Mode (enum)",
                found("mode"),
                "It's not possible to read (`/get`) or write (`/set`) this value.",
                "The possible values are: `eco`, `2`.",
            ],
        ),
        (
            Text("message", SET),
            [
                "### Message (text)",
                "The published state does not hold this value.",
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"message": NEW_VALUE}}`.',
            ],
        ),
        (
            Composite("warning", SET, (Enum("mode", SET, ("stop", "fire"), description="Sound"), Numeric("for", SET))),
            [
                "### Warning (composite)",
                "The published state does not hold this value.",
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"warning": {{"mode": VALUE, "for": VALUE}}}}`.',
                "",
                "- `mode` (enum): Sound. The possible values are: `stop`, `fire`.",
                "- `for` (numeric)",
            ],
        ),
        (
            List("pauses", ALL, Numeric("pause", ALL, unit="s"), shortest=1, longest=3),
            [
                "### Pauses (list)",
                found("pauses"),
                f'To read (`/get`) the value {TO}/get` with payload `{{"pauses": ""}}`.',
                f'To write (`/set`) a value {TO}/set` with payload `{{"pauses": [VALUE]}}`.',
                "The list has at least 1 and at most 3 items.",
                "Each item is of the type numeric. The unit of this value is `s`.",
            ],
        ),
        (
            List("days", SET, Composite("day", SET, (Composite("from", SET, (Numeric("hour", SET),)),))),
            [
                "### Days (list)",
                "The published state does not hold this value.",
                NO_READ,
                f'To write (`/set`) a value {TO}/set` with payload `{{"days": [{{"from": {{"hour": VALUE}}}}]}}`.',
                "Each item is an object.",
                "",
                "- `from` (composite)",
                "    - `hour` (numeric)",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_single_values(item, expected):
    assert lines(item) == [*expected, ""]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            Switch((STATE,)).at("left"),
            [
                "### Switch (left endpoint)",
                (
                    "The current state of this switch is in the published state under the `state_left` property "
                    "(value is `ON` or `OFF`)."
                ),
                (
                    f'To control this switch {TO}/set` with payload `{{"state_left": "ON"}}`, '
                    '`{"state_left": "OFF"}` or `{"state_left": "TOGGLE"}`.'
                ),
                f'To read the current state of this switch {TO}/get` with payload `{{"state_left": ""}}`.',
            ],
        ),
        (
            Lock(
                (Binary("state", SET, on="LOCK", off="UNLOCK"), Enum("lock_state", PUBLISHED, ("locked", "unlocked")))
            ),
            [
                "### Lock ",
                f'To control this lock {TO}/set` with payload `{{"state": "LOCK"}}` or `{{"state": "UNLOCK"}}`.',
                "It's not possible to read (`/get`) the state of this lock.",
                (
                    "The current `lock_state` of this lock is in the published state under the `lock_state` property "
                    "(value is `locked` or `unlocked`)."
                ),
                "It's not possible to read (`/get`) the `lock_state` of this lock.",
            ],
        ),
        (
            Cover(
                (
                    Enum("state", PUBLISHED | SET, ("OPEN", "CLOSE", "STOP")),
                    Numeric("position", ALL, minimum=0, maximum=100, unit="%"),
                ),
                description="A blind",
            ),
            [
                "### Cover ",
                "A blind.",
                (
                    "The current state of this cover is in the published state under the `state` property "
                    "(value is `OPEN` or `CLOSE`)."
                ),
                (
                    f'To control this cover {TO}/set` with payload `{{"state": "OPEN"}}`, `{{"state": "CLOSE"}}` or '
                    '`{"state": "STOP"}`.'
                ),
                "It's not possible to read (`/get`) the state of this cover.",
                "The current `position` of this cover is in the published state under the `position` property.",
                (
                    f'To change the `position` of this cover {TO}/set` with payload `{{"position": VALUE}}`, '
                    "where `VALUE` is a number from `0` to `100` in `%`."
                ),
                f'To read the current `position` of this cover {TO}/get` with payload `{{"position": ""}}`.',
            ],
        ),
        (
            Fan((Enum("mode", PUBLISHED | SET, ("low", "high")), Numeric("speed", SET))),
            [
                "### Fan ",
                (
                    "The current `mode` of this fan is in the published state under the `mode` property "
                    "(value is `low` or `high`)."
                ),
                f'To change the `mode` of this fan {TO}/set` with payload `{{"mode": "low"}}` or `{{"mode": "high"}}`.',
                "It's not possible to read (`/get`) the `mode` of this fan.",
                (
                    f'To change the `speed` of this fan {TO}/set` with payload `{{"speed": VALUE}}`, '
                    "where `VALUE` is a number."
                ),
                "It's not possible to read (`/get`) the `speed` of this fan.",
            ],
        ),
        (
            Fan((Enum("state", PUBLISHED, ()),)),
            [
                "### Fan ",
                "The current state of this fan is in the published state under the `state` property.",
                "It's not possible to read (`/get`) the state of this fan.",
            ],
        ),
        (
            Climate(
                (
                    Numeric("local_temperature", PUBLISHED | GET, unit="°C"),
                    Enum("preset", PUBLISHED | SET, ("eco", "away"), description="What is kept"),
                    Composite("schedule", SET, (Text("monday", SET),)),
                    Numeric("local_temperature_calibration", SET, minimum=-2.5, maximum=2.5, step=0.5),
                )
            ),
            [
                "### Climate ",
                (
                    "This climate supports the following features: `local_temperature`, `preset`, `schedule`, "
                    "`local_temperature_calibration`."
                ),
                "",
                (
                    "- `local_temperature`: It is in the published state under the `local_temperature` property. "
                    f"{NO_WRITE} The unit of this value is `°C`. "
                    f'To read it {TO}/get` with payload `{{"local_temperature": ""}}`.'
                ),
                (
                    "- `preset`: What is kept. It is in the published state under the `preset` property. "
                    f'To change it {TO}/set` with payload `{{"preset": "eco"}}` or `{{"preset": "away"}}`. '
                    f"The possible values are: `eco`, `away`. {NO_READ}"
                ),
                f'- `schedule`: To change it {TO}/set` with payload `{{"schedule": {{"monday": VALUE}}}}`. {NO_READ}',
                "    - `monday` (text)",
                (
                    "- `local_temperature_calibration`: "
                    f'To change it {TO}/set` with payload `{{"local_temperature_calibration": VALUE}}`. '
                    "The minimal value is `-2.5` and the maximum value is `2.5`. It changes in steps of `0.5`. "
                    f"{NO_READ}"
                ),
            ],
        ),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_things_of_several_values(item, expected):
    assert lines(item) == [*expected, ""]


def test_a_light_lists_its_features():
    about = lines(Light((STATE, BRIGHTNESS, TEMPERATURE, XY)))
    assert about[:3] == [
        "### Light ",
        "This light supports the following features: `state`, `brightness`, `color_temp`, `color_xy`.",
        "",
    ]
    assert [line.partition(":")[0] for line in about[3:-1]] == [
        "- `state`",
        "- `brightness`",
        "- `color_temp`",
        "- `color_xy`",
    ]
    assert "The minimal value is `153` and the maximum value is `500`. The unit of this value is `mired`." in about[5]
    assert "one of these names can be sent: `coolest` (Coolest one)." in about[5]
    assert '`{"color": {"x": VALUE, "y": VALUE}}`' in about[6]


@pytest.mark.parametrize(
    ("colour", "forms"),
    [
        (XY, [{"r": 1, "g": 1, "b": 1}, {"rgb": "R,G,B"}, {"hex": "#RRGGBB"}]),
        (
            HS,
            [
                *(dict.fromkeys(form, 1) for form in ("hsb", "hsv", "hsl")),
                {"hsb": "H,S,B"},
                {"hsv": "H,S,V"},
                {"hsl": "H,S,L"},
            ],
        ),
    ],
)
def test_colours_have_other_forms(colour, forms):
    (about,) = [line for line in lines(Light((colour,)).at("left")) if line.startswith("- `color")]
    shown = re.findall(r"`({[^`]*})`", about.partition("also be given")[2].partition("with")[0])
    given = [json.loads(re.sub(r": ([A-Z])\b", ": 1", one))["color_left"] for one in shown]
    assert sorted(map(str, given)) == sorted(map(str, forms))


@pytest.mark.parametrize(
    ("item", "keys", "headings"),
    [
        (Switch((STATE,)), {"state"}, []),
        (Switch((STATE,)), {"state", "on_time"}, ["On with timed off"]),
        (Switch((Binary("state", PUBLISHED, on="ON", off="OFF"),)), {"on_time"}, []),
        (Cover((Enum("state", ALL, ("OPEN", "CLOSE")),)), {"on_time"}, []),
        (Light((STATE, BRIGHTNESS)), {"on_time", "transition"}, ["On with timed off", "Transition"]),
        (Light((STATE,)), {"transition", "brightness_move", "brightness_step"}, []),
        (Light((BRIGHTNESS,)), {"brightness_move"}, []),
        (Light((BRIGHTNESS,)), {"brightness_move", "brightness_step"}, ["Moving/stepping"]),
    ],
)
def test_what_is_not_listed_is_told_where_it_can_be_set(item, keys, headings):
    assert [line.removeprefix("#### ") for line in lines(item, *keys) if line.startswith("####")] == headings


def test_only_what_can_be_moved_is_moved():
    keys = {f"{name}_{how}" for name in ("brightness", "color_temp", "hue") for how in ("move", "step", "move_onoff")}
    about = lines(Light((BRIGHTNESS, HS)).at("left"), *keys)
    messages = [json.loads(line.partition(" //")[0]) for line in about if line.startswith("{")]
    assert [next(iter(message)) for message in messages] == [
        f"{name}_{how}_left" for name in ("brightness", "hue") for how in ("move", "move", "step")
    ]
    assert "`brightness_move_onoff_left`" in about[-2]


def test_on_with_timed_off_names_the_states_own_key():
    about = "\n".join(lines(Switch((STATE,)).at("left"), "on_time"))
    assert '{"state_left": "ON", "on_time": 300, "off_wait_time": 120}' in about


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (Numeric("power", PUBLISHED, endpoint="left"), "power"),
        (Light((STATE, BRIGHTNESS)).at("left"), "light (state, brightness)"),
    ],
)
def test_names_in_lists(item, name):
    assert named(item.to_dict()) == name
