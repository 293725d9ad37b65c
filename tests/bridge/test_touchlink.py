"""touchlink/* requests."""

import pytest
from support.waiting import until

from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.zigbee.radio import RadioError

IEEE = "0x0017880100000001"


@pytest.fixture
async def home(make_home):
    home = await make_home()
    touchlink = home.bridge._network_tools._touchlink._touchlink
    touchlink._answers, touchlink._blinks = 0.02, 0
    return home


async def ask(home, request, payload=b""):
    home.say(f"bridge/request/touchlink/{request}", payload)
    await until(lambda: home.sent.of(f"bridge/response/touchlink/{request}"))
    return home.sent.of(f"bridge/response/touchlink/{request}")[-1]


async def test_scan(home):
    assert await ask(home, "scan") == {"data": {"found": []}, "status": "ok"}
    home.house.touchlink.append(TouchlinkTarget(IEEE, 20))
    home.sent.messages.clear()
    assert (await ask(home, "scan"))["data"] == {"found": [{"ieee_address": IEEE, "channel": 20}]}


async def test_identify_and_reset(home):
    target = TouchlinkTarget(IEEE, 20)
    home.house.touchlink.append(target)
    where = {"ieee_address": IEEE, "channel": 20}
    assert (await ask(home, "identify", where))["data"] == where
    assert target.identified == 1
    assert (await ask(home, "factory_reset", where))["data"] == where
    assert target.resets == 1


async def test_reset_of_the_first(home):
    assert (await ask(home, "factory_reset"))["error"] == "Failed to factory reset device through Touchlink"
    home.sent.messages.clear()
    home.house.touchlink.append(TouchlinkTarget(IEEE, 11))
    assert await ask(home, "factory_reset") == {"data": {}, "status": "ok"}


@pytest.mark.parametrize(
    "payload",
    [
        "",
        {"ieee_address": IEEE},
        {"channel": 11},
        {"ieee_address": "lamp", "channel": 11},
        {"ieee_address": IEEE, "channel": 10},
        {"ieee_address": IEEE, "channel": True},
    ],
)
@pytest.mark.parametrize("request_name", ["identify", "factory_reset"])
async def test_faulty_payloads(home, payload, request_name):
    if request_name == "factory_reset" and payload == "":
        payload = {"channel": None}
    assert (await ask(home, request_name, payload))["error"] == "Invalid payload"


async def test_a_radio_that_can_not_is_named(home, monkeypatch):
    def refuse():
        raise RadioError("ConBee II does nothing outside of its own network")

    monkeypatch.setattr(home.house.owner, "inter_pan", refuse)
    error = (await ask(home, "scan"))["error"]
    assert error == "the coordinator can't talk to other networks: ConBee II does nothing outside of its own network"
