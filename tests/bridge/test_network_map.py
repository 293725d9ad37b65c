"""networkmap: shapes, drawings, failures, waiting together, cancelling."""

import asyncio

import pytest
from support.waiting import until

from zigwire.bridge.network_map_drawing import graphviz, plantuml
from zigwire.settings import GraphvizColors
from zigwire.simulator import zdo
from zigwire.zigbee import requests
from zigwire.zigbee.radio import DeliveryError

COLORS = GraphvizColors()
OWN = "0x00124b0012345678"


@pytest.fixture
async def home(make_home, monkeypatch):
    monkeypatch.setattr(requests, "_SEARCH_TIMEOUT", 0.02)
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug"}})
    home.bridge._network_tools._map._rest = 0
    await home.pair()
    return home


async def ask(home, payload, request="networkmap"):
    before = len(home.sent.of(f"bridge/response/{request}"))
    home.say(f"bridge/request/{request}", payload if isinstance(payload, dict) else payload.encode())
    await until(lambda: len(home.sent.of(f"bridge/response/{request}")) > before)
    return home.sent.of(f"bridge/response/{request}")[-1]


def hold(home, monkeypatch):
    """Keep the scan from going on until the event is set."""
    gate = asyncio.Event()
    ask_network = home.network.zdo_request

    async def held(*args, **options):
        await gate.wait()
        return await ask_network(*args, **options)

    monkeypatch.setattr(home.network, "zdo_request", held)
    return gate


async def test_raw(home):
    response = await ask(home, {"type": "raw", "routes": True, "transaction": 5})
    assert (response["status"], response["transaction"]) == ("ok", 5)
    data = response["data"]
    assert (data["type"], data["routes"]) == ("raw", True)
    first, plug = data["value"]["nodes"]
    assert first == {
        "failed": [],
        "friendlyName": "Coordinator",
        "ieeeAddr": OWN,
        "networkAddress": 0,
        "type": "Coordinator",
    }
    assert plug.pop("lastSeen") > 1_600_000_000_000
    address = home.device.network_address
    assert plug == {
        "definition": {
            "description": home.bridge.entities.of(home.device).behaviour.definition.description,
            "model": "ZNCZ02LM",
            "supports": "switch (state), power, energy, device_temperature, power_outage_memory, linkquality",
            "vendor": "Xiaomi",
        },
        "failed": [],
        "friendlyName": "plug",
        "ieeeAddr": home.plug.ieee,
        "manufacturerName": "LUMI",
        "modelID": "lumi.plug",
        "networkAddress": address,
        "type": "Router",
    }
    assert data["value"]["links"][0] == {
        "depth": 1,
        "deviceType": 1,
        "linkquality": 120,
        "lqi": 120,
        "permitJoining": 2,
        "relationship": 2,
        "routes": [],
        "rxOnWhenIdle": 1,
        "source": {"ieeeAddr": home.plug.ieee, "networkAddress": address},
        "sourceIeeeAddr": home.plug.ieee,
        "sourceNwkAddr": address,
        "target": {"ieeeAddr": OWN, "networkAddress": 0},
        "targetIeeeAddr": OWN,
    }


async def test_a_bare_word_is_enough(home):
    data = (await ask(home, "graphviz"))["data"]
    assert (data["type"], data["routes"]) == ("graphviz", False)
    assert data["value"].startswith("digraph G {\nnode[shape=record];\n  ")
    assert f'"{OWN}" -> "{home.plug.ieee}" [penwidth=0.5, weight=0, color="#994444", label="120"]' in data["value"]


async def test_routes_that_nobody_asked_for_are_not_read(home):
    data = (await ask(home, {"type": "plantuml"}))["data"]
    assert set(data) == {"type", "value"}
    asked = [frame.cluster for frame in home.air if frame.source == 0 and frame.cluster in (0x31, 0x32)]
    assert asked == [0x31, 0x31]


@pytest.mark.parametrize("payload", ["nope", "", {}, {"type": "nope"}])
async def test_other_types_are_refused(home, payload):
    response = await ask(home, payload)
    assert response["error"].startswith("Type '")
    assert response["error"].endswith("' not supported, allowed are: raw,graphviz,plantuml")


async def test_routes_must_be_true_or_false(home):
    assert (await ask(home, {"type": "raw", "routes": "yes"}))["error"] == "Invalid payload"


async def test_a_node_that_does_not_answer_is_asked_twice_and_named(home):
    home.house.cut_power("plug")
    value = (await ask(home, {"type": "raw", "routes": True}))["data"]["value"]
    assert value["nodes"][0]["failed"] == []
    assert value["nodes"][1]["failed"] == ["lqi", "routingTable"]
    assert {link["targetIeeeAddr"] for link in value["links"]} == {OWN}


async def test_a_table_that_a_node_refuses_is_named(home, monkeypatch):
    monkeypatch.setitem(home.plug.zdo._answers, 0x0032, lambda _data: bytes([zdo.NOT_SUPPORTED]))
    value = (await ask(home, {"type": "raw", "routes": True}))["data"]["value"]
    assert value["nodes"][1]["failed"] == ["routingTable"]


async def test_what_fails_once_may_succeed_the_second_time(home, monkeypatch):
    radio = home.house.owner
    send = radio.send
    failed = []

    async def flaky(frame):
        if frame.cluster == 0x31 and frame.destination and len(failed) < 5:
            failed.append(frame)
            raise DeliveryError("MAC_NO_ACK")
        await send(frame)

    monkeypatch.setattr(radio, "send", flaky)
    value = (await ask(home, "raw"))["data"]["value"]
    assert len(failed) == 5
    assert value["nodes"][1]["failed"] == []


async def test_disabled_devices_are_hidden(make_home):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "disabled": True}})
    await home.pair()
    value = (await ask(home, "raw"))["data"]["value"]
    assert [node["type"] for node in value["nodes"]] == ["Coordinator"]


async def test_who_asks_while_a_scan_runs_waits_for_it(home, monkeypatch):
    gate = hold(home, monkeypatch)
    home.say("bridge/request/networkmap", {"type": "raw", "routes": True, "transaction": 1})
    home.say("bridge/request/networkmap", {"type": "plantuml", "transaction": 2})
    gate.set()
    await until(lambda: len(home.sent.of("bridge/response/networkmap")) == 2)
    responses = {response["transaction"]: response["data"] for response in home.sent.of("bridge/response/networkmap")}
    assert responses[1]["value"]["nodes"]
    assert responses[2]["value"].endswith("@enduml")
    assert len([frame for frame in home.air if frame.source == 0 and frame.cluster == 0x31]) == 2


async def test_routes_can_not_be_had_of_a_scan_without(home, monkeypatch):
    gate = hold(home, monkeypatch)
    home.say("bridge/request/networkmap", b"raw")
    home.say("bridge/request/networkmap", {"type": "raw", "routes": True})
    await home.leaping(lambda: home.sent.of("bridge/response/networkmap"))
    (response,) = home.sent.of("bridge/response/networkmap")
    assert "without routes is under way" in response["error"]
    gate.set()


async def test_a_scan_is_cancelled(home, monkeypatch):
    hold(home, monkeypatch)
    home.say("bridge/request/networkmap", b"raw")
    await asyncio.sleep(0)
    assert (await ask(home, "", "networkmap/cancel")) == {"data": {}, "status": "ok"}
    await until(lambda: home.sent.of("bridge/response/networkmap"))
    assert home.sent.of("bridge/response/networkmap")[0]["error"] == "The network scan was cancelled"
    assert (await ask(home, "", "networkmap/cancel"))["error"] == "No network scan is under way"


async def test_a_long_scan_tells_how_far_it_came(home, monkeypatch):
    ask_network = home.network.zdo_request

    async def slow(*args, **options):
        home.leap(2)
        return await ask_network(*args, **options)

    monkeypatch.setattr(home.network, "zdo_request", slow)
    await ask(home, "raw")
    assert home.sent.of("bridge/networkmap/progress") == [{"done": 1, "total": 2, "scanning": "plug"}]


def node(**changes):
    described = {
        "ieeeAddr": "0x1",
        "friendlyName": 'the "lamp"',
        "type": "Router",
        "networkAddress": 0x2A,
        "lastSeen": 1_000_000,
        "definition": {"vendor": "V", "description": "a lamp", "model": "M"},
    }
    return described | changes


def test_graphviz_of_a_route():
    link = {
        "source": {"ieeeAddr": "0x1"},
        "target": {"ieeeAddr": "0x2"},
        "lqi": 7,
        "routes": [{"destinationAddress": 0x1234}],
    }
    text = graphviz({"nodes": [node()], "links": [link]}, COLORS, 1005.0)
    assert 'label="{the \\"lamp\\"|0x1 (0x002a)|V a lamp (M)|5 seconds ago}"' in text
    assert '"0x1" -> "0x2" [penwidth=2, weight=1, color="#009900", label="7 (routes: 0x1234)"]' in text


@pytest.mark.parametrize(
    ("age", "text"),
    [(0, "0 seconds"), (1, "1 second"), (61, "1 minute, 1 second"), (90_061, "1 day, 1 hour"), (-5, "0 seconds")],
)
def test_ages(age, text):
    assert f"\n---\n{text} ago\n]" in plantuml({"nodes": [node()], "links": []}, 1000.0 + age)


def test_what_is_not_known_is_said():
    lines = plantuml({"nodes": [node(definition=None, lastSeen=None, failed=["lqi"])], "links": []}, 0.0).splitlines()
    assert "0x1 (0x002a) failed: lqi" in lines
    assert "unknown device (unsupported)" in lines
    assert "unknown" in lines


def test_end_devices_have_thin_lines():
    link = {"source": {"ieeeAddr": "0x1"}, "target": {"ieeeAddr": "0x2"}, "lqi": 7, "routes": []}
    text = graphviz({"nodes": [node(type="EndDevice")], "links": [link]}, COLORS, 1000.0)
    assert "rounded, dashed, filled" in text
    assert "penwidth=1, weight=0" in text
