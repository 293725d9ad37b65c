from __future__ import annotations

import asyncio

import pytest
from support.waiting import until

from zigwire.devices import Outcome
from zigwire.devices.errors import DefinitionError, UnknownEndpointError, UnknownKeyError
from zigwire.devices.feature import Context
from zigwire.devices.herdsman import HerdsmanSource
from zigwire.zcl import codec
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.requests import Report
from zigwire.zigbee.errors import RequestTimeoutError
from zigwire.zigbee.model import Group, Member

BULB = ("LED1545G12", [0, 3, 4, 5, 6, 8, 768])


def report(cluster, attributes, endpoint=1):
    return codec.parse(
        CLUSTERS.resolve(cluster).id,
        codec.encode(Report(endpoint=endpoint, cluster=cluster, attributes=attributes, to_client=True), 7),
    )


@pytest.fixture
async def bulb(source, home, make_device):
    device = make_device("TRADFRI bulb E27 WS opal 980lm", *BULB[1:], maker="IKEA of Sweden")
    host = home(device)
    behaviour = source.find(device, host)
    assert behaviour is not None
    return behaviour, host, device


async def test_a_device_that_the_library_knows(bulb):
    behaviour, _, device = bulb
    assert (behaviour.definition.vendor, behaviour.definition.model) == ("IKEA", "LED1545G12")
    assert behaviour.definition.source == "native"
    assert behaviour.exposes({})[0]["type"] == "light"
    assert behaviour.exposes({})[-1]["name"] == "linkquality"
    assert {"state", "brightness", "color_temp", "linkquality"} <= set(behaviour.properties)
    assert behaviour.can_configure
    assert behaviour.device is device


@pytest.mark.parametrize(
    ("model", "identity"), [("SPE600", {"manufacturerName": "SalusControls"}), ("TRADFRI bulb E27 WS opal 980lm", {})]
)
async def test_what_its_firmware_is_known_by(source, home, make_device, model, identity):
    device = make_device(model, *BULB[1:], maker="IKEA of Sweden")
    definition = source.find(device, home(device)).definition
    assert definition.ota is True
    assert definition.ota_identity == identity


async def test_what_it_tells(bulb):
    behaviour, *_ = bulb
    message = report("genOnOff", {"onOff": 1})
    assert behaviour.decode(1, message, Context()) == {"state": "ON"}
    assert behaviour.decode(1, report("haDiagnostic", {"lastMessageLqi": 1}), Context()) is None


async def test_what_is_told_to_it(bulb):
    behaviour, host, _ = bulb
    outcome = await behaviour.set("brightness", 100, Context(message={"brightness": 100}))
    assert outcome == Outcome({"state": "ON", "brightness": 100})
    assert host.sent == [{"endpoint": 1, "cluster_id": 8, "frame_hex": "0101046400000000"}]


async def test_keys_of_one_converter_have_one_claim(bulb):
    behaviour, *_ = bulb
    assert behaviour.claim("state") == behaviour.claim("brightness")
    assert behaviour.claim("state") != behaviour.claim("color_temp")


async def test_what_is_asked_of_it(bulb):
    behaviour, host, _ = bulb
    assert await behaviour.get("state", Context()) == {}
    assert [one["frame_hex"] for one in host.sent] == ["1001000000"]


async def test_keys_that_it_does_not_have(bulb):
    behaviour, *_ = bulb
    assert not behaviour.can_set("colour")
    with pytest.raises(UnknownKeyError, match=r"known: .*color_temp"):
        await behaviour.set("colour", 1, Context())
    with pytest.raises(UnknownEndpointError):
        await behaviour.set("state", "ON", Context(endpoint="left"))


async def test_a_bad_value_is_refused_in_the_library_s_words(bulb):
    behaviour, host, _ = bulb
    with pytest.raises(DefinitionError, match="warm"):
        await behaviour.set("brightness", "warm", Context(message={"brightness": "warm"}))
    assert host.sent == []


async def test_a_request_that_fails_fails_the_command_with_its_own_error(bulb):
    behaviour, host, _ = bulb

    async def silent(*_args, **_kwargs):
        raise RequestTimeoutError(10)

    host.request = silent
    with pytest.raises(RequestTimeoutError):
        await behaviour.set("state", "ON", Context(message={"state": "ON"}))


async def test_options_are_checked(bulb):
    behaviour, *_ = bulb
    assert behaviour.check_options({"transition": 2, "retain": True}) == []
    assert behaviour.check_options({"transition": "slow"}) == ['transition can\'t be "slow"; allowed: numbers from 0']


async def test_the_cache_is_kept(bulb):
    behaviour, _, device = bulb
    behaviour.decode(1, report("lightingColorCtrl", {"colorTemperature": 300}), Context())
    behaviour.stop()
    assert device.endpoints[1].attributes["lightingColorCtrl"] == {"colorTemperature": 300}


async def test_identity_follows_reports_of_genbasic(bulb):
    behaviour, host, device = bulb
    behaviour.decode(1, report("genBasic", {"swBuildId": "9.9"}), Context())
    assert device.software_build_id == "9.9"
    assert host.saved == [device.ieee]


async def test_set_up_binds_to_the_coordinator_and_notes_the_reporting(library, home, make_device):
    source = HerdsmanSource(library(meter="extend: [m.temperature()]"))
    device = make_device("meter", [0, 1026])
    host = home(device)
    behaviour = source.find(device, host)
    await behaviour.configure()
    assert [one.get("zdo") for one in host.sent] == ["bind", None, None]
    assert [(one.cluster, one.attribute) for one in device.endpoints[1].reportings] == [(1026, 0)]
    source.close()


async def test_endpoints_by_name(library, home, make_device):
    source = HerdsmanSource(
        library(
            double="""
                extend: [
                    m.deviceEndpoints({endpoints: {left: 1, right: 2}}),
                    m.onOff({endpointNames: ["left", "right"]}),
                ]
            """
        )
    )
    device = make_device("double", [6], [6])
    host = home(device)
    behaviour = source.find(device, host)
    assert behaviour.endpoint_names == {"left": 1, "right": 2}
    assert behaviour.decode(2, report("genOnOff", {"onOff": 0}, 2), Context()) == {"state_right": "OFF"}
    for key, endpoint in (("state_right", None), ("state", "right"), ("state", "2")):
        host.answers()
        outcome = await behaviour.set(key, "ON", Context(message={key: "ON"}, endpoint=endpoint))
        assert outcome.state == {"state_right": "ON"}
        assert host.sent[0]["endpoint"] == 2
    assert behaviour.claim("state_left") != behaviour.claim("state_right")
    source.close()


async def test_clusters_that_a_definition_adds(library, home, make_device):
    source = HerdsmanSource(
        library(
            own="""
        extend: [m.deviceAddCustomCluster("ownCluster", {ID: 0xfc55, manufacturerCode: 0x1234, attributes: {
            speed: {ID: 1, type: 0x20, write: true, max: 9}}, commands: {go: {ID: 0, parameters: [
            {name: "far", type: 0x21}], response: 1}}, commandsResponse: {gone: {ID: 1, parameters: []}}})]
    """
        )
    )
    device = make_device("own", [0, 0xFC55])
    host = home(device)
    behaviour = source.find(device, host)
    assert behaviour.custom_clusters["ownCluster"]["ID"] == 0xFC55
    table = CLUSTERS.extended(host.clusters[device.ieee])
    cluster = table.resolve("ownCluster")
    assert (cluster.id, cluster.manufacturer, cluster.attributes["speed"].limits.maximum) == (0xFC55, 0x1234, 9)
    assert cluster.command("go").response == 1
    source.close()


async def test_a_device_nobody_described_is_asked_and_gets_a_definition(source, home, make_device):
    device = make_device("nobody.knows.it", [0, 6, 8, 768])
    host = home(device)
    host.answers("180101400a0000191000")
    assert source.find(device, host) is None
    await until(lambda: host.changes == [device.ieee])
    behaviour = source.find(device, host)
    assert behaviour.definition.source == "generated"
    assert "brightness" in behaviour.properties


async def test_files_are_loaded_before_a_device_is_looked_up(library, home, make_device, caplog):
    source = HerdsmanSource(library(late="extend: [m.onOff()]", broken="}}"))
    late, broken = make_device("late", [6]), make_device("broken", [6], ieee="0x00158d0001a00002")
    before = source._stage._engine.memory
    assert not any(source.prepare(device) for device in (late, broken))
    assert source._stage._engine.memory > before
    assert "The definitions for broken can't be loaded" in caplog.text
    assert source.find(late, home(late)).definition.model == "late"
    source.close()


async def test_before_its_interview_no_definition_is_made_up(source, home, make_device):
    device = make_device("nobody.knows.it", [0, 6])
    device.interview_state = type(device.interview_state).PENDING
    assert source.find(device, home(device)) is None


async def test_found_again_after_it_was_stopped(bulb, source):
    behaviour, host, device = bulb
    assert source.find(device, host) is behaviour
    behaviour.stop()
    again = source.find(device, host)
    assert again is not behaviour
    assert again.decode(1, report("genOnOff", {"onOff": 0}), Context()) == {"state": "OFF"}


async def test_timers_publish_later_and_end_with_their_device(library, home, make_device):
    source = HerdsmanSource(
        library(
            late="""
        fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: (model, msg, publish) => {
            setTimeout(() => publish({late: true}), 20);
            setTimeout(() => publish({never: true}), 60000);
            return {now: true};
        }}], toZigbee: [], exposes: []
    """
        )
    )
    device = make_device("late", [6])
    host = home(device)
    behaviour = source.find(device, host)
    assert behaviour.decode(1, report("genOnOff", {"onOff": 1}), Context()) == {"now": True}
    await until(lambda: host.published == [{"payload": {"late": True}}])
    behaviour.stop()
    assert source._stage._timers == {}
    source.close()


async def test_a_decoder_that_has_to_ask_publishes_when_it_knows(library, home, make_device):
    source = HerdsmanSource(
        library(
            asking="""
        fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: async (model, msg) => {
            const {modelId} = await msg.endpoint.read("genBasic", ["modelId"]);
            return {asked: modelId};
        }}], toZigbee: [], exposes: []
    """
        )
    )
    device = make_device("asking", [6])
    host = home(device)
    behaviour = source.find(device, host)
    host.answers("18010105000042026869")
    assert behaviour.decode(1, report("genOnOff", {"onOff": 1}), Context()) == {}
    await until(lambda: host.published == [{"payload": {"asked": "hi"}}])
    source.close()


ASKING = """
    fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: async (model, msg, publish, options, meta) => {
        const {modelId} = await msg.endpoint.read("genBasic", ["modelId"]);
        return {[`of_${msg.data.onOff}`]: modelId, before: meta.state.seen};
    }}], toZigbee: [], exposes: []
"""


@pytest.fixture
async def asking(library, home, make_device):
    """A device whose definition asks it before it knows, and the answers that are still to come."""
    source = HerdsmanSource(library(asking=ASKING))
    device = make_device("asking", [6])
    host = home(device)
    awaited = []

    async def request(*_args, **_kwargs):
        answer = asyncio.get_running_loop().create_future()
        awaited.append(answer)
        return await answer

    host.request = request
    yield source.find(device, host), host, awaited
    source.close()


ANSWERS = [codec.parse(0, bytes.fromhex(f"1801010500004202{text}")) for text in ("6869", "686f")]


async def test_two_messages_at_once_are_told_apart(asking):
    behaviour, host, awaited = asking
    for value in (0, 1):
        context = Context(state={"seen": value})
        assert behaviour.decode(1, report("genOnOff", {"onOff": value}), context) == {}
    await until(lambda: len(awaited) == 2)
    for answer, message in zip(reversed(awaited), ANSWERS, strict=True):
        answer.set_result(message)
    await until(lambda: len(host.published) == 2)
    assert host.published == [
        {"payload": {"of_1": "hi", "before": 1}},
        {"payload": {"of_0": "ho", "before": 0}},
    ]


async def test_an_answer_that_comes_after_the_device_left_is_dropped(asking):
    behaviour, host, awaited = asking
    behaviour.decode(1, report("genOnOff", {"onOff": 0}), Context())
    await until(lambda: awaited)
    behaviour.stop()
    awaited[0].set_result(ANSWERS[0])
    await behaviour._stage.settle()
    assert host.published == []


async def test_timers_that_are_begun_at_the_end_do_not_run(library, home, make_device):
    script = """fromZigbee: [], toZigbee: [], exposes: [], onEvent: async (event) => {
        if (event.type !== "stop") return;
        await null;
        setTimeout(() => {}, 1000);
    }"""
    source = HerdsmanSource(library(last=script))
    device = make_device("last", [6])
    behaviour = source.find(device, home(device))
    behaviour.stop()
    assert source._stage._timers == {}


async def test_the_group_that_a_message_was_sent_to(library, home, make_device):
    script = """fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: (model, msg) =>
        ({group: msg.groupID})}], toZigbee: [], exposes: []"""
    source = HerdsmanSource(library(grouped=script))
    device = make_device("grouped", [6])
    behaviour = source.find(device, home(device))
    message = report("genOnOff", {"onOff": 1})
    assert behaviour.decode(1, message, Context()) == {"group": 0}
    message.group = 7
    assert behaviour.decode(1, message, Context()) == {"group": 7}
    source.close()


async def test_who_answers_a_read_by_itself_keeps_the_network_quiet(library, home, make_device):
    source = HerdsmanSource(library(clocked='extend: [m.customTimeResponse("2000_LOCAL")]'))
    device = make_device("clocked", [6, 10])
    host = home(device)
    behaviour = source.find(device, host)
    message = codec.parse(10, bytes.fromhex("0005000000"))
    assert behaviour.decode(1, message, Context()) is None
    assert message.answered
    await source.settle()
    assert host.sent[0]["frame_hex"].startswith("180501000000e2")


async def test_group_commands_and_scenes(bulb, make_device):
    behaviour, host, device = bulb
    other = make_device("lumi.plug", [6], ieee="0x00158d0001a00009")
    host.devices[other.ieee] = other
    group = Group(7, [Member(device.ieee, 1), Member(other.ieee, 1)])
    host.states = {device.ieee: {"state": "ON", "brightness": 9}, other.ieee: {"state": "OFF"}}
    await behaviour.set("state", "ON", Context(message={"state": "ON"}, group=group))
    assert [(one["group_id"], one["cluster_id"]) for one in host.sent] == [(7, 6)]
    stored = {"ID": 3, "name": "evening"}
    await behaviour.set("scene_store", stored, Context(message={"scene_store": stored}, group=group))
    assert [(one.id, one.group, one.name) for one in device.endpoints[1].scenes] == [(3, 7, "evening")]
    assert other.endpoints[1].scenes[0].state == {"state": "OFF"}
    assert sorted(host.other_scenes) == [device.ieee, other.ieee]
    recalled = await behaviour.set("scene_recall", 3, Context(message={"scene_recall": 3}, group=group))
    assert recalled.members[device.ieee]["brightness"] == 9


async def test_events_reach_the_definition(library, home, make_device):
    source = HerdsmanSource(
        library(
            curious="""
        fromZigbee: [], toZigbee: [], exposes: [],
        onEvent: (event) => { event.data.device.meta[event.type] = event.data.to ?? true; event.data.device.save(); }
    """
        )
    )
    device = make_device("curious", [6])
    host = home(device)
    behaviour = source.find(device, host)
    host.set_options = {"one": 1}
    for kind in ("deviceAnnounce", "deviceOptionsChanged"):
        behaviour.event(kind, {})
    assert device.meta == {"start": True, "deviceAnnounce": True, "deviceOptionsChanged": {"one": 1}}
    source.close()


async def test_discovery_is_changed_by_who_wants_to(library, home, make_device):
    source = HerdsmanSource(
        library(
            plain="extend: [m.onOff()]",
            other='extend: [m.onOff()], meta: {overrideHaDiscoveryPayload: (payload) => { payload.icon = "mdi:cat"; }}',
        )
    )
    plain = make_device("plain", [6])
    other = make_device("other", [6], ieee="0x00158d0001a00002")
    host = home(plain, other)
    assert source.find(plain, host).override_discovery({"name": "x"}, {}) == {"name": "x"}
    assert source.find(other, host).override_discovery({"name": "x"}, {}) == {"name": "x", "icon": "mdi:cat"}
    source.close()
