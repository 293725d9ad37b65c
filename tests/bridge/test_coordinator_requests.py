"""coordinator_check and install_code/add."""

import pytest
from support.waiting import until

from zigwire.zigbee.install_codes import hash_code
from zigwire.zigbee.radio import RadioError

CODE = "83FED3407A939723A5C639B26916D505C3B5"
IEEE = "0x00158d0001a2b3ff"


async def ask(home, request, payload):
    home.say(f"bridge/request/{request}", payload.encode() if isinstance(payload, str) else payload)
    await until(lambda: home.sent.of(f"bridge/response/{request}"))
    return home.sent.of(f"bridge/response/{request}")[-1]


async def test_no_router_is_missing(make_home):
    home = await make_home()
    await home.pair()
    assert await ask(home, "coordinator_check", "") == {"data": {"missing_routers": []}, "status": "ok"}


async def test_a_router_that_the_coordinator_forgot_is_missing(make_home):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug"}})
    await home.pair()
    home.plug.network = None
    response = await ask(home, "coordinator_check", "")
    assert response["data"] == {"missing_routers": [{"ieee_address": home.plug.ieee, "friendly_name": "plug"}]}


async def test_a_radio_that_does_not_tell_whom_it_remembers_can_not_check(make_home, monkeypatch):
    home = await make_home()

    async def none():
        return None

    monkeypatch.setattr(home.house.owner, "remembered", none)
    response = await ask(home, "coordinator_check", "")
    assert response["error"] == "Coordinator does not coordinator check because it doesn't support backups"


@pytest.mark.parametrize("payload", [f"{IEEE[2:]}|{CODE}", {"value": f"Z:{IEEE[2:].upper()}$I:{CODE}"}])
async def test_an_install_code_is_added(make_home, payload):
    home = await make_home()
    value = payload if isinstance(payload, str) else payload["value"]
    assert await ask(home, "install_code/add", payload) == {"data": {"value": value}, "status": "ok"}
    assert home.house.install_keys == {IEEE: hash_code(bytes.fromhex(CODE))}


async def test_both_meanings_of_a_code_without_a_checksum_are_added(make_home, monkeypatch):
    home = await make_home()
    added = []

    async def add(ieee, key):
        added.append((ieee, key))

    monkeypatch.setattr(home.house.owner, "add_link_key", add)
    await ask(home, "install_code/add", f"{IEEE[2:]}|{CODE[:32]}")
    assert added == [(IEEE, hash_code(bytes.fromhex(CODE))), (IEEE, bytes.fromhex(CODE[:32]))]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"value": CODE}, "Unsupported install code, got 36 chars, expected 95 or 91 chars, or known format"),
        ("zz", "Unsupported install code, got 2 chars, expected 95 or 91 chars, or known format"),
        ("", "Invalid payload"),
        ({}, "Invalid payload"),
        ({"value": 5}, "Invalid payload"),
        ({"value": f"{IEEE[2:]}|00"}, "Install code 00 has invalid size: 1 octets, allowed are 8, 10, 14, 18"),
    ],
)
async def test_faulty_install_codes(make_home, payload, error):
    home = await make_home()
    assert (await ask(home, "install_code/add", payload))["error"] == error


async def test_a_radio_that_takes_no_install_codes_is_named(make_home, monkeypatch):
    home = await make_home()

    async def refuse(_ieee, _key):
        raise RadioError("install codes are not supported by ZiGate")

    monkeypatch.setattr(home.house.owner, "add_link_key", refuse)
    response = await ask(home, "install_code/add", f"{IEEE[2:]}|{CODE}")
    assert response["error"] == "the coordinator takes no link key: install codes are not supported by ZiGate"
