"""Keys in the terms of the ZCL: frames as recorded, values into the state, wrong values refused."""

import pytest

from zigwire.devices import compile_definition
from zigwire.devices.convert import Bench
from zigwire.devices.errors import BadValueError
from zigwire.devices.feature import Context
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.model import Group, Member


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def behaviour(plug, bench, behaviour):
    return compile_definition(behaviour.definition, plug, bench)


async def told(behaviour, bench, message, *, line=None, context=None):
    bench.begin(line or {})
    (key, value), *_ = message.items()
    outcome = await behaviour.set(key, value, context or Context())
    return [(frame["cluster_id"], frame["frame_hex"]) for frame in bench.sent], outcome.state


@pytest.mark.parametrize(
    ("message", "frame"),
    [
        ({"read": {"cluster": "genBasic", "attributes": ["modelId"]}}, (0, "1001000500")),
        ({"read": {"cluster": 0, "attributes": [5, "zclVersion"]}}, (0, "10010005000000")),
        (
            {"read": {"cluster": "genBasic", "attributes": [65520], "options": {"manufacturerCode": 4447}}},
            (0, "145f110100f0ff"),
        ),
        ({"write": {"cluster": "genOnOff", "payload": {"startUpOnOff": 1}}}, (6, "10010203403001")),
        ({"write": {"cluster": "genBasic", "payload": {"16": {"value": 0, "type": 48}}}}, (0, "10010210003000")),
        ({"write": {"cluster": "genBasic", "payload": {"0x0010": {"value": 0, "type": 48}}}}, (0, "10010210003000")),
        (
            {"write": {"cluster": "genOnOff", "payload": {"startUpOnOff": 1}, "options": {"writeUndiv": True}}},
            (6, "10010303403001"),
        ),
        ({"command": {"cluster": "genOnOff", "command": "toggle", "payload": {}}}, (6, "010102")),
        ({"command": {"cluster": "genOnOff", "command": 2}}, (6, "010102")),
        (
            {"command": {"cluster": "genIdentify", "command": "identify", "payload": {"identifytime": 5}}},
            (3, "0101000500"),
        ),
        (
            {"command": {"cluster": "genGroups", "command": "view", "payload": {"groupid": 7}}},
            (4, "1101010700"),
        ),
        (
            {"command": {"cluster": "genOnOff", "command": "on", "options": {"disableDefaultResponse": True}}},
            (6, "110101"),
        ),
        (
            {"zclcommand": {"cluster": "genIdentify", "command": "identify", "payload": {"identifytime": 5}}},
            (3, "0101000500"),
        ),
        ({"identify": "identify"}, (3, "0101000300")),
        ({"identify": 7}, (3, "0101000700")),
        ({"reset": ""}, (0, "010100")),
    ],
)
async def test_frames(behaviour, bench, message, frame):
    assert await told(behaviour, bench, message) == ([frame], {})


async def test_identify_takes_its_time_from_the_option(behaviour, bench):
    context = Context(options={"identify_timeout": 16})
    assert (await told(behaviour, bench, {"identify": ""}, context=context))[0] == [(3, "0101001000")]


async def test_what_is_read_goes_to_the_log_and_the_state(behaviour, bench, caplog):
    caplog.set_level("INFO")
    line = {"read_answers": [{"frame": 0, "frame_hex": "1801010500004202" + b"ab".hex() + "990086"}]}
    wanted = {"cluster": "genBasic", "attributes": ["modelId", 153], "state_property": "told"}
    _, state = await told(behaviour, bench, {"read": wanted}, line=line)
    assert state == {"told": {"modelId": "ab"}}
    assert 'Read result of \'genBasic\': {"modelId": "ab"}' in caplog.text


async def test_a_group_is_told_at_once(behaviour, bench):
    group = Group(7, [Member(behaviour.device.ieee, 1)])
    wanted = {"write": {"cluster": "genOnOff", "payload": {"startUpOnOff": 1}}}
    assert (await told(behaviour, bench, wanted, context=Context(group=group)))[0] == [(6, "10010203403001")]
    assert bench.sent[0]["group_id"] == 7


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"read": 5}, "read can't be 5"),
        ({"read": {"attributes": ["modelId"]}}, r"read\.cluster can't be null"),
        ({"read": {"cluster": "genBasic", "attributes": []}}, r"read\.attributes"),
        ({"read": {"cluster": "genBasic", "attributes": [70000]}}, r"read\.attributes"),
        ({"read": {"cluster": "genBasic", "attributes": ["modelId"], "other": 1}}, "'other' is none of them"),
        (
            {"read": {"cluster": "genBasic", "attributes": ["modelId"], "options": {"timeout": 0}}},
            r"read\.options\.timeout",
        ),
        ({"read": {"cluster": "genBasic", "attributes": ["modelId"], "options": {"x": 0}}}, r"read\.options"),
        ({"write": {"cluster": "genBasic"}}, r"write\.payload"),
        ({"write": {"cluster": "genBasic", "payload": {"16": {"value": 0, "type": "x"}}}}, r"write\.payload\.16\.type"),
        ({"command": {"cluster": "genOnOff"}}, r"command\.command"),
        ({"command": {"cluster": True, "command": "on"}}, r"command\.cluster"),
        ({"zclcommand": {"cluster": "genOnOff", "command": "on", "frametype": 0}}, r"zclcommand\.frametype"),
        ({"identify": True}, "identify can't be true"),
        ({"identify": "x"}, 'identify can\'t be "x"'),
        ({"reset": False}, "reset can't be false"),
    ],
)
async def test_wrong_values_are_refused_by_name(behaviour, bench, message, named):
    with pytest.raises(BadValueError, match=named):
        await told(behaviour, bench, message)
    assert bench.sent == []


@pytest.mark.parametrize(
    "message",
    [
        {"read": {"cluster": "genNothing", "attributes": ["modelId"]}},
        {"read": {"cluster": "genBasic", "attributes": ["nothing"]}},
        {"command": {"cluster": "genOnOff", "command": "nothing"}},
        {"write": {"cluster": "genOnOff", "payload": {"startUpOnOff": "x"}}},
    ],
)
async def test_what_no_table_knows_is_refused(behaviour, bench, message):
    with pytest.raises(EncodeError):
        await told(behaviour, bench, message)
    assert bench.sent == []


def test_they_are_known_but_not_listed(behaviour):
    for key in ("read", "write", "command", "zclcommand", "identify", "reset", "scene_store", "scene_recall"):
        assert behaviour.can_set(key)
        assert not behaviour.can_get(key)
        assert key not in str(behaviour.exposes({}))
        assert key not in behaviour.properties
