"""Commands for groups that a device with several endpoints carries out."""

import pytest

from zigwire.devices import compile_definition
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.convert import Bench
from zigwire.devices.definition import Definition
from zigwire.devices.feature import Context
from zigwire.zigbee.model import Device, Endpoint, Group, Member

IEEE = "0x00158d0001a00000"


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def switch(bench):
    definition = Definition(
        vendor="Test",
        model="double",
        description="Switch with two halves",
        features=[on_off().at("left", "right")],
        endpoint_names={"left": 1, "right": 2},
    )
    device = Device(IEEE, 1, endpoints={number: Endpoint(number, input_clusters=[6, 5]) for number in (1, 2)})
    return compile_definition(definition, device, bench)


@pytest.mark.parametrize("endpoint", [1, 2])
async def test_the_state_of_a_group_knows_no_endpoints(switch, bench, endpoint):
    assert switch.can_set("state", str(endpoint))
    context = Context(state={"state": "ON"}, group=Group(7, [Member("0x01", 1), Member(IEEE, endpoint)]))
    outcome = await switch.set("state", "TOGGLE", context)
    assert outcome.state == {"state": "OFF"}
    assert [(frame["group_id"], frame["frame_hex"]) for frame in bench.sent] == [(7, "010102")]


async def test_a_group_is_read_by_one_multicast(switch, bench):
    await switch.get("state", Context(group=Group(7, [Member(IEEE, 2)])))
    assert [(frame["group_id"], frame["frame_hex"]) for frame in bench.sent] == [(7, "1001000000")]


async def test_keys_that_every_device_has_are_known_at_each_endpoint(switch, bench):
    await switch.set("scene_store_right", 3, Context(state={"state_left": "ON", "state_right": "OFF"}))
    assert [(frame["endpoint"], frame["frame_hex"]) for frame in bench.sent] == [(2, "110104000003")]
    (scene,) = switch.device.endpoints[2].scenes
    assert scene.state == {"state": "OFF"}
    outcome = await switch.set("scene_recall", 3, Context(endpoint="right"))
    assert outcome.state == {"state_right": "OFF"}
