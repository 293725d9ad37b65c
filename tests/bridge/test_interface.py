"""bridge/request/*: each request with its good payloads, its errors, and whatever else somebody may send."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.lamps import Lit
from support.waiting import until

from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.zigbee import requests as network_requests

LAMP, OTHER, REMOTE, PLUG = (
    "0x00158d0000000000",
    "0x00158d0000000001",
    "0x00158d00000000f0",
    "0x00158d0001a2b3c4",
)
TOUCHED = "0x0017880100000001"
COORDINATOR = "0x00124b0012345678"
CODE = "Z:00158D0001A2B3FF$I:83FED3407A939723A5C639B26916D505C3B5"
INVALID = "Invalid payload"
NO_CODE = "Unsupported install code, got {} chars, expected 95 or 91 chars, or known format"
WILDCARD = "MQTT wildcard (+ and #) not allowed in friendly_name ('a/+/b')"

ELSEWHERE = {"converter/save", "converter/remove", "extension/save", "extension/remove"} | {
    "device/generate_external_definition"
}
"""Requests whose tests stand beside their features."""

KINDS: Mapping[str, Any] = {
    "null": None,
    "bool": False,
    "number": 99_999,
    "fraction": -1.5,
    "text": "nonsense",
    "list": [1],
    "object": {"a": 1},
}
"""A value of each kind, of no use for any field but those that say so."""

UNPARSABLE = (b"", b"{", b"[1", b"\xff\xfe\x00", b'{"id": ', b"nope\n")

TAKING = {
    **{name: {"ok"} for name in ("health_check", "coordinator_check", "restart", "backup", "touchlink/scan")},
    "touchlink/factory_reset": {"ok", "error"},
    "group/add": {"ok", "error"},
}
"""How requests are answered whose payload need not be an object: the first need none, a group may have any name."""

LONGEST_ERROR = 1_000
"""Characters of an error or a line of the log, whatever was asked."""

Ready = Callable[[Lit], Awaitable[None]]


async def as_it_is(_home: Lit) -> None:
    """Leave the home as it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        good: Payloads with the data of their answers.
        bad: Payloads with their errors.
        takes: The fields of the first good payload, and others: each with the kinds of values that it takes.
        ready: Brings the home into the state from which the first good payload works, again and again.
    """

    good: tuple[tuple[Any, Any], ...]
    bad: tuple[tuple[Any, str], ...] = ()
    takes: Mapping[str, str] = field(default_factory=dict)
    ready: Ready = as_it_is


async def with_lamp(home: Lit) -> None:
    """See to it that the lamp is there."""
    if home.known("lamp") is None:
        lamp = home.house.device("lamp")
        await until(lambda: not home.house.on_network(lamp))
        await home.let_in("lamp")
        await home.ask("device/rename", {"from": LAMP, "to": "lamp"})
    if home.bridge.entities.find_device("lamp") is None:
        await home.ask("device/rename", {"from": LAMP, "to": "lamp"})


async def with_group(home: Lit) -> None:
    """See to it that there are the group `lights` alone."""
    for group in list(home.bridge.entities.groups()):
        if group.name != "lights":
            await home.ask("group/remove", {"id": group.key, "force": True})
    if home.bridge.entities.find_group("lights") is None:
        await home.ask("group/add", {"friendly_name": "lights", "id": 7})


async def with_lamp_in_group(home: Lit) -> None:
    """See to it that the lamp is a member."""
    await with_group(home)
    await home.ask("group/members/add", {"group": "lights", "device": "lamp"})


async def with_bind(home: Lit) -> None:
    """Bind the remote to the lamp."""
    await home.ask("device/bind", {"from": "remote", "to": "lamp", "clusters": ["genOnOff"]})


BIND = {"from": "remote", "from_endpoint": "default", "to": "lamp", "failed": []}
REPORTING = {
    "id": "lamp",
    "endpoint": 1,
    "cluster": "genLevelCtrl",
    "attribute": "currentLevel",
    "minimum_report_interval": 5,
    "maximum_report_interval": 3600,
    "reportable_change": 1,
}
CONFIGURE_REPORTING = Asked(
    good=(
        (REPORTING, REPORTING),
        ({**REPORTING, "endpoint": "default", "options": {}}, {**REPORTING, "endpoint": "default"}),
        ({**REPORTING, "attribute": {"ID": 0, "type": 32}}, {**REPORTING, "attribute": {"ID": 0, "type": 32}}),
    ),
    bad=(
        ({}, INVALID),
        ({**REPORTING, "id": "nope"}, "Device 'nope' does not exist"),
        ({**REPORTING, "endpoint": 9}, f"Device '{LAMP}' does not have endpoint '9'"),
        ({**REPORTING, "minimum_report_interval": "5"}, INVALID),
        ({**REPORTING, "minimum_report_interval": 60, "maximum_report_interval": 30}, INVALID),
    ),
    takes={**dict.fromkeys(REPORTING, ""), "options": "null"},
)


def binding(verb: str) -> Asked:
    """Return what is asked of device/bind and device/unbind."""
    return Asked(
        good=(
            ({"from": "remote", "to": "lamp", "clusters": ["genOnOff"]}, {**BIND, "clusters": ["genOnOff"]}),
            (
                {"from": "remote", "from_endpoint": 1, "to": LAMP, "to_endpoint": "default"},
                {
                    **BIND,
                    "from_endpoint": 1,
                    "to": LAMP,
                    "to_endpoint": "default",
                    "clusters": ["genScenes", "genOnOff", "genLevelCtrl"],
                },
            ),
            (
                {"from": "remote", "to": "lights", "clusters": ["genOnOff"]},
                {**BIND, "to": "lights", "clusters": ["genOnOff"]},
            ),
            (
                {"from": "remote", "to": 901, "clusters": ["genOnOff"]},
                {**BIND, "to": 901, "clusters": ["genOnOff"]},
            ),
            (
                {"from": "remote", "to": "default_bind_group", "clusters": ["genOnOff"]},
                {**BIND, "to": "default_bind_group", "clusters": ["genOnOff"]},
            ),
            (
                {"from": "remote", "to": "Coordinator", "clusters": ["genOnOff"]},
                {**BIND, "to": "Coordinator", "clusters": ["genOnOff"]},
            ),
        ),
        bad=(
            ({}, INVALID),
            ({"from": "remote"}, INVALID),
            ({"to": "lamp"}, INVALID),
            ({"from": "nope", "to": "lamp"}, "Source device 'nope' does not exist"),
            ({"from": "lights", "to": "lamp"}, "Source device 'lights' does not exist"),
            ({"from": "remote", "to": "nope"}, "Target device or group 'nope' does not exist"),
            (
                {"from": "remote", "to": "lamp", "from_endpoint": "left"},
                "Source device 'remote' does not have endpoint 'left'",
            ),
            ({"from": "remote", "to": "lamp", "to_endpoint": 9}, "Target device 'lamp' does not have endpoint '9'"),
            ({"from": "remote", "to": "lamp", "clusters": ["lightingColorCtrl"]}, f"Nothing to {verb}"),
        ),
        takes={
            "from": "",
            "to": "",
            "clusters": "null",
            "from_endpoint": "null",
            "to_endpoint": "null",
            "skip_disable_reporting": "null bool",
        },
    )


def renaming(kind: str, name: str, ieee: str, ready: Ready) -> Asked:
    """Return what is asked of device/rename and group/rename."""
    renamed = {"from": name, "to": "new", "homeassistant_rename": False}
    return Asked(
        good=(
            ({"from": name, "to": "new"}, renamed),
            ({"from": ieee, "to": " new ", "homeassistant_rename": True}, {**renamed, "homeassistant_rename": True}),
        ),
        bad=(
            ({}, INVALID),
            ({"from": name}, INVALID),
            ({"to": "new"}, INVALID),
            ({"from": "nope", "to": "new"}, f"{kind} 'nope' does not exist"),
            ({"from": name, "to": "remote"}, "friendly_name 'remote' is already in use"),
            ({"from": name, "to": "a/+/b"}, WILDCARD),
        ),
        takes={"from": "", "to": "text", "homeassistant_rename": "null bool"},
        ready=ready,
    )


def about_one(good: Any, kind: str, takes: Mapping[str, str] | None = None, ready: Ready = as_it_is) -> Asked:
    """Return what is asked of a request about one device or group that may be named by a bare text too."""
    name = "lights" if kind == "Group" else "lamp"
    return Asked(
        good=(({"id": name}, {"id": name, **good}), (name.encode(), {"id": name, **good})),
        bad=(
            ({}, INVALID),
            ({"id": "nope"}, f"{kind} 'nope' does not exist"),
            (b"nope", f"{kind} 'nope' does not exist"),
            ({"id": None}, f"{kind} 'null' does not exist"),
        ),
        takes={"id": "", **(takes or {})},
        ready=ready,
    )


REQUESTS: Mapping[str, Asked] = {
    "permit_join": Asked(
        good=(
            ({"time": 60}, {"time": 60}),
            (b"30", {"time": 30}),
            ({"time": 10, "device": "lamp"}, {"time": 10, "device": "lamp"}),
            ({"time": 10, "device": LAMP}, {"time": 10, "device": "lamp"}),
            ({"time": 10, "device": "coordinator"}, {"time": 10, "device": "Coordinator"}),
            ({"time": 0}, {"time": 0}),
        ),
        bad=(
            ({}, INVALID),
            ({"time": 255}, "Cannot permit join for more than 254 seconds."),
            ({"time": "abc"}, "time is 'abc'; 0 to 254 (seconds) is allowed"),
            ({"time": 5, "device": "nope"}, "Device 'nope' does not exist"),
        ),
        takes={"time": "", "device": "null"},
    ),
    "health_check": Asked(good=((b"", {"healthy": True}), ({}, {"healthy": True}))),
    "coordinator_check": Asked(good=((b"", {"missing_routers": []}),)),
    "restart": Asked(good=((b"", {}),)),
    "backup": Asked(good=((b"", {"zip": ANY}),)),
    "networkmap": Asked(
        good=(
            ({"type": "raw", "routes": True}, {"type": "raw", "routes": True, "value": ANY}),
            ({"type": "graphviz"}, {"type": "graphviz", "value": ANY}),
            (b"plantuml", {"type": "plantuml", "routes": False, "value": ANY}),
        ),
        bad=(
            ({}, "Type 'null' not supported, allowed are: raw,graphviz,plantuml"),
            (b"nope", "Type 'nope' not supported, allowed are: raw,graphviz,plantuml"),
        ),
        takes={"type": "", "routes": "null bool"},
    ),
    "networkmap/cancel": Asked(good=(), bad=((b"", "No network scan is under way"),)),
    "install_code/add": Asked(
        good=(({"value": CODE}, {"value": CODE}), (CODE.encode(), {"value": CODE})),
        bad=(({}, INVALID), ({"value": "zz"}, NO_CODE.format(2)), (b"zz", NO_CODE.format(2))),
        takes={"value": ""},
    ),
    "options": Asked(
        good=(
            ({"options": {"advanced": {"log_level": "warning"}}}, {"restart_required": False}),
            ({"options": {"advanced": {"channel": 20}}}, {"restart_required": True}),
        ),
        bad=(
            ({}, INVALID),
            (
                {"options": {"advanced": {"log_level": "shout"}}},
                "advanced/log_level must be equal to one of the allowed values",
            ),
        ),
        takes={"options": "object"},
    ),
    "action": Asked(
        good=(
            (
                {
                    "action": "raw",
                    "params": {
                        "ieee_address": LAMP,
                        "dst_endpoint": 1,
                        "cluster_key": "genOnOff",
                        "zcl": {"frame_type": 1, "direction": 0, "command_key": "toggle", "payload": {}},
                    },
                },
                ANY,
            ),
        ),
        bad=(
            ({}, INVALID),
            ({"action": "nope"}, "Invalid action"),
            ({"action": "raw"}, INVALID),
            (
                {"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["x"]}},
                "serial_numbers must be an array of 6-character hex strings",
            ),
        ),
        takes={"action": "", "params": ""},
    ),
    "device/bind": binding("bind"),
    "device/unbind": binding("unbind"),
    "device/binds/clear": Asked(
        good=(
            ({"target": "remote"}, {"target": "remote", "ieee_list": ["0xffffffffffffffff"]}),
            ({"target": REMOTE, "ieee_list": [LAMP]}, {"target": REMOTE, "ieee_list": [LAMP]}),
        ),
        bad=(({}, INVALID), ({"target": "nope"}, "Invalid target"), ({"target": "lights"}, "Invalid target")),
        takes={"target": "", "ieee_list": "null"},
        ready=with_bind,
    ),
    "device/configure": about_one({}, "Device"),
    "device/interview": about_one({}, "Device"),
    "device/remove": about_one(
        {"block": False, "force": False, "keep_config": False, "clear_cache": False},
        "Device",
        dict.fromkeys(("block", "force", "keep_config", "clear_cache"), "null bool"),
        with_lamp,
    ),
    "device/rename": renaming("Device", "lamp", LAMP, with_lamp),
    "device/options": Asked(
        good=(
            (
                {"id": "lamp", "options": {"retain": True}},
                {"id": "lamp", "from": ANY, "to": {"retain": True}, "restart_required": False},
            ),
            (
                {"id": LAMP, "options": {"retain": None, "qos": 1}},
                {"id": LAMP, "from": {"retain": True}, "to": {"qos": 1}, "restart_required": False},
            ),
        ),
        bad=(
            ({}, INVALID),
            ({"id": "lamp"}, INVALID),
            ({"options": {}}, INVALID),
            ({"id": "nope", "options": {}}, "Device 'nope' does not exist"),
        ),
        takes={"id": "", "options": "object"},
    ),
    "device/reporting/configure": CONFIGURE_REPORTING,
    "device/configure_reporting": CONFIGURE_REPORTING,
    "device/reporting/read": Asked(
        good=(
            (
                {"id": "lamp", "endpoint": 1, "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]},
                {"id": "lamp", "endpoint": 1, "cluster": "genOnOff", "configs": [ANY]},
            ),
        ),
        bad=(
            ({}, INVALID),
            (
                {"id": "nope", "endpoint": 1, "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]},
                "Device 'nope' does not exist",
            ),
            (
                {"id": "lamp", "endpoint": "left", "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]},
                f"Device '{LAMP}' does not have endpoint 'left'",
            ),
        ),
        takes={"id": "", "endpoint": "", "cluster": "", "configs": "", "manufacturer_code": "null"},
    ),
    "group/add": Asked(
        good=(
            ({"friendly_name": "new", "id": 5}, {"friendly_name": "new", "id": 5}),
            ({"friendly_name": "newer"}, {"friendly_name": "newer", "id": 1}),
            (b"newest", {"friendly_name": "newest", "id": 1}),
        ),
        bad=(
            ({}, INVALID),
            ({"friendly_name": "lights"}, "friendly_name 'lights' is already in use"),
            ({"friendly_name": "new", "id": 7}, "Group ID '7' is already in use"),
            ({"friendly_name": "a/+/b"}, WILDCARD),
            ({"friendly_name": "new", "id": 901}, "id is 901; this number belongs to the default bind group"),
        ),
        takes={"friendly_name": "text", "id": "null"},
        ready=with_group,
    ),
    "group/remove": about_one({"force": False}, "Group", {"force": "null bool"}, with_group),
    "group/rename": renaming("Group", "lights", "7", with_group),
    "group/options": Asked(
        good=(
            (
                {"id": "lights", "options": {"retain": True}},
                {"id": "lights", "from": ANY, "to": {"retain": True}, "restart_required": False},
            ),
        ),
        bad=(
            ({}, INVALID),
            ({"id": "lights"}, INVALID),
            ({"id": "nope", "options": {}}, "Group 'nope' does not exist"),
        ),
        takes={"id": "", "options": "object"},
    ),
    **{
        f"group/members/{verb}": Asked(
            good=(
                (
                    {"group": "lights", "device": "lamp"},
                    {"group": "lights", "device": "lamp", "endpoint": "default"},
                ),
                ({"group": 7, "device": LAMP, "endpoint": 1}, {"group": 7, "device": LAMP, "endpoint": 1}),
            ),
            bad=(
                ({}, INVALID),
                ({"group": "lights"}, INVALID),
                ({"device": "lamp"}, INVALID),
                ({"group": "nope", "device": "lamp"}, "Group 'nope' does not exist"),
                ({"group": "lights", "device": "nope"}, "Device 'nope' does not exist"),
                (
                    {"group": "lights", "device": "lamp", "endpoint": "left"},
                    "Device 'lamp' does not have endpoint 'left'",
                ),
            ),
            takes={"group": "", "device": "", "endpoint": "null", "skip_disable_reporting": "null bool"},
            ready=with_lamp_in_group,
        )
        for verb in ("add", "remove")
    },
    "group/members/remove_all": Asked(
        good=(({"device": "lamp"}, {"device": "lamp", "endpoint": "default"}),),
        bad=(
            ({}, INVALID),
            ({"device": "nope"}, "Device 'nope' does not exist"),
            ({"device": "lamp", "endpoint": 9}, "Device 'lamp' does not have endpoint '9'"),
        ),
        takes={"device": "", "endpoint": "null", "skip_disable_reporting": "null bool"},
        ready=with_lamp_in_group,
    ),
    "touchlink/scan": Asked(good=((b"", {"found": [{"ieee_address": TOUCHED, "channel": 11}]}),)),
    "touchlink/identify": Asked(
        good=(({"ieee_address": TOUCHED, "channel": 11}, {"ieee_address": TOUCHED, "channel": 11}),),
        bad=(
            ({}, INVALID),
            ({"ieee_address": TOUCHED}, INVALID),
            ({"ieee_address": TOUCHED, "channel": 12}, f"{TOUCHED} does not answer on channel 12"),
        ),
        takes={"ieee_address": "", "channel": ""},
    ),
    "touchlink/factory_reset": Asked(
        good=(
            ({"ieee_address": TOUCHED, "channel": 11}, {"ieee_address": TOUCHED, "channel": 11}),
            (b"", {}),
        ),
        bad=(
            ({"ieee_address": TOUCHED}, INVALID),
            ({"ieee_address": TOUCHED, "channel": 12}, f"{TOUCHED} does not answer on channel 12"),
        ),
        takes={"ieee_address": "", "channel": ""},
    ),
}

UNREACHABLE = {
    "device/bind": ({"from": "lamp", "to": "Coordinator"}, "Failed to bind"),
    "device/configure": ({"id": "lamp"}, "Failed to configure ("),
    "device/interview": ({"id": "lamp"}, f"Interview of 'lamp' ({LAMP}) failed: "),
    "device/remove": (
        {"id": "lamp", "block": True},
        "Failed to remove device 'lamp' (block: true, force: false, keep config: false, clear cache: false) (",
    ),
    "device/reporting/configure": (REPORTING, "the device can't be reached ("),
    "group/members/add": ({"group": "lights", "device": "lamp"}, "Failed to add to group ("),
    "group/members/remove": ({"group": "lights", "device": "lamp"}, "Failed to remove from group ("),
    "group/members/remove_all": ({"device": "lamp"}, "Failed to remove_all from group ("),
}
"""What requests are answered, at the beginning, when the lamp has no power."""


@pytest.fixture
async def home(make_lit, monkeypatch, caplog):
    """A home with a lamp, a remote and a group, where nothing has to be waited for; each request is answered once."""
    monkeypatch.setattr(network_requests, "_SEARCH_TIMEOUT", 0.02)
    monkeypatch.setattr(network_requests, "_PAUSE", 0.0)
    home = await make_lit(groups={"7": {"friendly_name": "lights"}})
    tools = home.bridge._network_tools
    tools._map._rest = tools._actions._rest = 0
    touchlink = tools._touchlink._touchlink
    touchlink._answers, touchlink._blinks = 0.001, 0.0
    home.house.touchlink.append(TouchlinkTarget(TOUCHED, 11))
    asked = count_requests(home)
    await home.let_in("lamp", "remote")
    yield home
    responses = [message for message in home.sent.messages if message[0].startswith("bridge/response/")]
    assert Counter(topic.removeprefix("bridge/response/") for topic, *_ in responses) == asked
    assert {(qos, retain) for *_, qos, retain in responses} <= {(0, False)}
    assert not [answer for _, answer, *_ in responses if "Fault in Zigwire" in answer.get("error", "")]
    assert not [record for record in caplog.get_records("call") if record.exc_info]


def count_requests(home: Lit) -> Counter[str]:
    """Return a count of the requests by topic that goes on."""
    asked: Counter[str] = Counter()
    say = home.say

    def counted(topic: str, *args: Any) -> None:
        asked[topic.removeprefix("bridge/request/")] += 1
        say(topic, *args)

    home.say = counted  # type: ignore[method-assign]
    return asked


def ok(data: Any) -> dict[str, Any]:
    return {"data": data, "status": "ok"}


def refused(error: str) -> dict[str, Any]:
    return {"data": {}, "status": "error", "error": error}


def variants(asked: Asked) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the first good payload with each field replaced by a value of each kind."""
    for name in asked.takes:
        for kind, value in KINDS.items():
            yield name, kind, {**good(asked), name: value}


def as_json(value: Any) -> bytes:
    """Return a value as a payload."""
    return json.dumps(value).encode()


def good(asked: Asked) -> Any:
    """Return the first good payload."""
    return asked.good[0][0] if asked.good else b""


async def test_all_requests_are_here(home):
    handlers = {name for name in home.bridge.requests.handlers if not name.startswith("device/ota_update/")}
    assert handlers - ELSEWHERE == set(REQUESTS)


@pytest.mark.parametrize("request_", REQUESTS)
async def test_what_is_asked_for_is_answered_as_clients_know_it(home, request_):
    asked = REQUESTS[request_]
    for payload, data in asked.good:
        await asked.ready(home)
        assert await home.ask(request_, payload) == ok(data), payload
    await asked.ready(home)
    for payload, error in asked.bad:
        assert await home.ask(request_, payload) == refused(error), payload
    for transaction in ("x", 5, None, False, {"a": [1, {"b": None}]}, []):
        response = await home.ask(request_, {**(good(asked) or {}), "transaction": transaction})
        assert "transaction" in response
        assert response["transaction"] == transaction


@pytest.mark.parametrize("request_", REQUESTS)
async def test_what_nobody_should_ask_for_is_refused(home, request_):
    asked = REQUESTS[request_]
    for name, kind, payload in variants(asked):
        await asked.ready(home)
        status = "ok" if kind in asked.takes[name].split() else "error"
        response = await home.ask(request_, payload)
        assert response["status"] == status, (payload, response)
    await asked.ready(home)
    answers = [await home.ask(request_, payload) for payload in (*KINDS.values(), *UNPARSABLE)]
    assert {answer["status"] for answer in answers} == TAKING.get(request_, {"error"})


@pytest.mark.parametrize("request_", UNREACHABLE)
async def test_a_device_that_does_not_answer_is_an_error(home, request_):
    await REQUESTS[request_].ready(home)
    home.house.cut_power("lamp")
    payload, error = UNREACHABLE[request_]
    response = await home.ask(request_, payload)
    assert (response["status"], response["data"]) == ("error", {})
    assert response["error"].startswith(error)


async def test_what_a_request_changed_is_shown(home):
    shown = ["bridge/devices", "bridge/definitions"]
    requests = (
        ("device/bind", {"from": "remote", "to": "lamp"}, ["bridge/info"]),
        ("device/unbind", {"from": "remote", "to": "lamp"}, ["bridge/info"]),
        ("device/binds/clear", {"target": "remote"}, ["bridge/info"]),
        ("device/remove", {"id": "lamp"}, ["bridge/groups"]),
    )
    for request, payload, also in requests:
        home.bridge.info.flush()
        since = len(home.sent.messages)
        assert (await home.ask(request, payload))["status"] == "ok"
        home.bridge.info.flush()
        assert {*shown, *also} <= {topic for topic, *_ in home.sent.messages[since:]}


async def test_a_state_that_nobody_knows_is_published_under_a_new_name_too(home):
    await home.ask("device/rename", {"from": "lamp", "to": "new"})
    assert home.sent.of("new") == [{"linkquality": ANY}]


async def test_a_touchlink_reset_that_nobody_can_read_resets_nobody(home):
    for payload in (b'{"ieee_address": "0x00', b"null", b"[]", b"lamp"):
        assert await home.ask("touchlink/factory_reset", payload) == refused(INVALID)
    assert home.house.touchlink[0].resets == 0


async def test_the_case_of_a_request_is_kept_in_the_answer(home):
    assert await home.ask("Health_Check", b"") == ok({"healthy": True})


async def test_unknown_requests_are_answered_with_an_error(home):
    assert await home.ask("does/not/exist", {"transaction": 1}) == {
        **refused("Unknown request 'does/not/exist'"),
        "transaction": 1,
    }


# --- whatever comes ---

FIELDS = sorted({name for asked in REQUESTS.values() for name in asked.takes} | {"last", "transaction", "nonsense"})
NAMES = st.sampled_from(["lamp", "remote", "lights", LAMP, "7", "coordinator", "default", "genOnOff", "onOff", "raw"])
LEAVES = NAMES | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
)
MESSAGES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), VALUES, max_size=6)
PAYLOADS = st.binary(max_size=40) | MESSAGES.map(lambda message: json.dumps(message).encode()) | VALUES.map(as_json)
LARGE = 1_000_000
HUGE = {
    "text": b"x" * LARGE,
    "value": json.dumps(dict.fromkeys(FIELDS, "x" * (LARGE // len(FIELDS)))).encode(),
    "key": json.dumps({"x" * LARGE: 1}).encode(),
    "keys": json.dumps({str(number): None for number in range(LARGE // 10)}).encode(),
    "list": json.dumps([0] * (LARGE // 2)).encode(),
    "number": b'{"id": ' + b"9" * LARGE + b"}",
    "deep list": b"[" * LARGE,
    "deep object": b'{"id":' * 1_000 + b"1" + b"}" * 1_000,
    "deep transaction": b'{"transaction":' + b"[" * 250 + b"]" * 250 + b"}",
    "no UTF-8": b'{"id": "' + b"\xff" * LARGE + b'"}',
    "half a surrogate": b'{"id": "\\ud800", "transaction": "\\ud800"}',
}
"""Payloads that are too much."""

UNMOVED = sorted(REQUESTS.keys() - {"restart", "backup", "networkmap", "touchlink/scan", "action"})
"""Requests that answer nonsense at once."""


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)
@given(st.sampled_from(UNMOVED), PAYLOADS)
async def test_any_payload_gets_one_answer(home, request_, payload):
    assert (await home.ask(request_, payload))["status"] in {"ok", "error"}


@pytest.mark.parametrize("payload", HUGE)
async def test_a_payload_that_is_too_much_gets_a_short_answer(home, caplog, payload):
    for request_ in UNMOVED:
        response = await home.ask(request_, HUGE[payload])
        assert len(response.get("error", "")) < LONGEST_ERROR
    assert max(len(record.getMessage()) for record in caplog.records) < LONGEST_ERROR


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
@given(st.text(min_size=1, max_size=50), PAYLOADS)
async def test_any_topic_of_a_request_gets_one_answer(home, name, payload):
    assume(name.lower() not in REQUESTS.keys() | ELSEWHERE)
    response = await home.ask(name, payload)
    assert response["error"].startswith("Unknown request ")


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
@given(st.text(max_size=30), PAYLOADS)
async def test_any_topic_of_a_command_is_survived(home, name, payload):
    for topic in (name, f"{name}/set", f"{name}/get", f"lamp/{name}/set", f"lamp/set/{name}", f"lights/set/{name}"):
        home.bridge.message(f"zigbee2mqtt/{topic}", payload)
    await home.bridge.commands.idle()
