"""action: raw frames of all kinds, and the reset of Hue lamps."""

import pytest
from support.waiting import until

from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.zigbee.radio import Mode

HUE = "0x0017880100000001"


@pytest.fixture
async def home(make_home):
    home = await make_home()
    tools = home.bridge._network_tools
    tools._touchlink._touchlink._answers = 0.02
    tools._actions._rest = 0
    await home.pair()
    home.air.clear()
    return home


async def ask(home, payload):
    home.sent.messages.clear()
    home.say("bridge/request/action", payload)
    await until(lambda: home.sent.of("bridge/response/action"))
    return home.sent.of("bridge/response/action")[-1]


async def raw(home, **params):
    return await ask(home, {"action": "raw", "params": params})


def command(key="toggle", payload=None, **others):
    return {"frame_type": 1, "direction": 0, "command_key": key, "payload": payload or {}, **others}


def sent(home):
    return [frame for frame in home.air if frame.source == 0]


async def test_a_command_and_its_answer(home):
    response = await raw(
        home, ieee_address=home.plug.ieee, network_address=1, dst_endpoint=1, cluster_key="genOnOff", zcl=command()
    )
    assert response["status"] == "ok"
    data = response["data"]
    tsn = data["header"].pop("transactionSequenceNumber")
    assert data == {
        "address": home.device.network_address,
        "clusterID": 6,
        "data": {"type": "Buffer", "data": [0x18, tsn, 0x0B, 2, 0]},
        "destinationEndpoint": 1,
        "endpoint": 1,
        "groupID": 0,
        "header": {
            "commandIdentifier": 0x0B,
            "frameControl": {
                "direction": 1,
                "disableDefaultResponse": True,
                "frameType": 0,
                "manufacturerSpecific": False,
                "reservedBits": 0,
            },
        },
        "linkquality": 120,
        "wasBroadcast": False,
    }
    assert home.plug.on


async def test_the_network_address_is_enough(home):
    address = home.device.network_address
    response = await raw(home, network_address=address, dst_endpoint=1, cluster_key=6, zcl=command(2))
    assert response["data"]["address"] == address


async def test_attributes_are_read(home):
    zcl = {"frame_type": 0, "direction": 0, "command_key": "read", "payload": [{"attrId": 5}], "tsn": 77}
    response = await raw(home, ieee_address=home.plug.ieee, dst_endpoint=1, cluster_key="genBasic", zcl=zcl)
    data = bytes(response["data"]["data"]["data"])
    assert data[1:3] == bytes([77, 1])
    assert data.endswith(b"lumi.plug")


async def test_nobody_waits_for_an_answer_that_is_not_wanted(home):
    response = await raw(
        home,
        ieee_address=home.plug.ieee,
        dst_endpoint=1,
        cluster_key="genOnOff",
        zcl=command("on", tsn=9),
        disable_response=True,
    )
    assert response == {"data": {}, "status": "ok"}
    assert sent(home)[0].data == bytes([0x01, 9, 1])


async def test_to_a_group(home):
    assert (await raw(home, group_id=7, cluster_key="genOnOff", zcl=command("on")))["data"] == {}
    (frame,) = sent(home)
    assert (frame.mode, frame.destination, frame.destination_endpoint) == (Mode.GROUP, 7, 0xFF)


async def test_to_all(home):
    params = {"network_address": 0xFFFD, "dst_endpoint": 255, "cluster_key": "genOnOff", "zcl": command("off")}
    assert (await raw(home, **params, src_endpoint=1, profile_id=0x0104))["data"] == {}
    (frame,) = sent(home)
    assert (frame.mode, frame.destination) == (Mode.BROADCAST, 0xFFFD)


async def test_to_a_stranger_without_waiting(home):
    params = {"network_address": 0x1234, "dst_endpoint": 1, "cluster_key": "genOnOff", "zcl": command()}
    assert (await raw(home, **params))["error"] == "Device 0x1234 does not exist"
    assert "can't be reached" in (await raw(home, **params, disable_response=True))["error"]
    assert sent(home)[0].destination == 0x1234


async def test_zdo(home):
    address = home.device.network_address
    zdo = {"profile_id": 0, "ieee_address": home.plug.ieee, "network_address": address}
    status, answer = (await raw(home, **zdo, cluster_key=5, zdo_params=[address]))["data"]
    assert (status, answer["nwkAddress"], answer["status"]) == ("SUCCESS", address, 0)
    assert answer["endpoints"] == sorted(home.device.endpoints)
    assert (await raw(home, **zdo, cluster_key=4, zdo_params=[address, 99]))["data"] == ["NOT_ACTIVE", None]


@pytest.mark.parametrize(
    ("cluster", "params"),
    [
        (0, ["0x00158d0001a2b3c4", False, 0]),
        (1, [1, False, 0]),
        (6, [1, 0x0104, [6], []]),
        (0x21, ["0x00158d0001a2b3c4", 1, 6, 3, "0x00124b0012345678", 0, 1]),
        (0x22, ["0x00158d0001a2b3c4", 1, 6, 1, "", 5]),
        (0x34, ["0x00158d0001a2b3c4", {"rejoin": True, "removeChildren": False}]),
        (0x36, [60, 1, []]),
    ],
)
async def test_zdo_requests_to_all(home, cluster, params):
    response = await raw(home, profile_id=0, network_address=0xFFFD, cluster_key=cluster, zdo_params=params)
    assert response == {"data": {}, "status": "ok"}
    assert sent(home)[0].cluster == cluster


async def test_the_coordinators_own_tables(home):
    response = await raw(home, profile_id=0, network_address=0, cluster_key=0x31, zdo_params=[0])
    status, answer = response["data"]
    assert status == "SUCCESS"
    assert answer["entries"][0]["eui64"] == home.plug.ieee


PLUG = {"ieee_address": "0x00158d0001a2b3c4", "dst_endpoint": 1, "cluster_key": "genOnOff"}


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({}, "Invalid payload"),
        ({"action": "nope"}, "Invalid action"),
        ({"action": ["raw"]}, "Invalid action"),
        ({"action": "raw", "params": 5}, "Invalid payload"),
        ({"action": "raw"}, "Invalid payload"),
        ({"action": "raw", "params": {**PLUG, "zcl": {"command_key": "on"}}}, "Invalid payload"),
        ({"action": "raw", "params": {**PLUG, "zcl": command(), "dst_endpoint": 0}}, "Invalid payload"),
        ({"action": "raw", "params": {**PLUG, "zcl": command(), "ieee_address": "plug"}}, "Invalid payload"),
        ({"action": "raw", "params": {**PLUG, "zcl": command(), "timeout": "soon"}}, "Invalid payload"),
        ({"action": "raw", "params": {"cluster_key": 6, "zcl": command(), "dst_endpoint": 1}}, "Invalid payload"),
        ({"action": "raw", "params": {"profile_id": 0, "network_address": 0, "cluster_key": 5}}, "Invalid payload"),
        ({"action": "raw", "params": {"profile_id": 0, "cluster_key": 5, "zdo_params": [0]}}, "Invalid payload"),
        ({"action": "raw", "params": {**PLUG, "zcl": command("dance")}}, "has no command 'dance'"),
        ({"action": "raw", "params": {**PLUG, "cluster_key": "genNope", "zcl": command()}}, "genNope"),
        (
            {"action": "raw", "params": {**PLUG, "zcl": command("readAll", frame_type=0)}},
            "there is no general command 'readAll'",
        ),
        (
            {"action": "raw", "params": {**PLUG, "zcl": command("read", [{}], frame_type=0)}},
            "record {} has no attrId",
        ),
        (
            {"action": "raw", "params": {"profile_id": 0, "network_address": 0, "cluster_key": 999, "zdo_params": []}},
            "0x03e7 is no ZDO request",
        ),
        (
            {"action": "raw", "params": {"profile_id": 0, "network_address": 0, "cluster_key": 5, "zdo_params": ["x"]}},
            "do not fit",
        ),
        ({"action": "philips_hue_factory_reset"}, "serial_numbers must be an array of 6-character hex strings"),
        ({"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["12345"]}}, "serial_numbers must"),
        (
            {"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["123abc"], "extended_pan_id": 5}},
            "Invalid payload",
        ),
    ],
)
async def test_faults(home, payload, error):
    assert error in (await ask(home, payload))["error"]
    assert sent(home) == []


async def test_between_networks(home):
    home.house.touchlink.append(TouchlinkTarget(HUE, 25))
    zcl = {
        "command_key": "scanRequest",
        "payload": {"transactionID": 1, "zigbeeInformation": 4, "touchlinkInformation": 18},
    }
    response = await raw(home, interpan=True, channel=25, zcl=zcl)
    assert (response["data"]["address"], response["data"]["clusterID"]) == (HUE, 0x1000)
    assert home.house.tuned is None
    assert "no answer within 0.05 s" in (await raw(home, interpan=True, channel=11, timeout=50, zcl=zcl))["error"]
    assert (await raw(home, interpan=True, ieee_address=HUE, zcl=zcl))["data"] == {}


async def test_hue_lamps_are_reset_on_all_channels(home, monkeypatch):
    heard = []
    home.house.touchlink += [TouchlinkTarget(HUE, channel) for channel in (11, 26)]
    monkeypatch.setattr(TouchlinkTarget, "receive", lambda self, frame: heard.append((self.channel, frame)))
    response = await ask(
        home, {"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["12abCD", "000001"]}}
    )
    assert response == {"data": {}, "status": "ok"}
    assert [channel for channel, _ in heard] == [11, 26]
    extended_pan_id = bytes.fromhex(home.house.nvram.ieee[2:])[::-1]
    assert heard[0][1].data == bytes.fromhex("15 0b10 00 00") + extended_pan_id + bytes.fromhex("02 cdab1200 01000000")
    assert home.house.tuned is None


async def test_the_definitions_list_the_actions(home):
    home.bridge.info.definitions()
    assert home.sent.of("bridge/definitions")[-1]["actions"] == ["raw", "philips_hue_factory_reset"]
