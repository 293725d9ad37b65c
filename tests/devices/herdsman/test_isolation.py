"""A definition that takes all there is harms nobody but its own device."""

from __future__ import annotations

import asyncio
import logging

import pytest
from support.waiting import until

from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Context
from zigwire.devices.herdsman import HerdsmanSource, stage
from zigwire.zcl import codec

ON = codec.parse(6, bytes.fromhex("18070a00001001"))
GOOD = "extend: [m.onOff()]"


def bad(body: str) -> str:
    """A definition whose decoder and setter do something bad, and whose getter is fine."""
    return f"""
        fromZigbee: [{{cluster: "genOnOff", type: "attributeReport", convert: (model, msg, publish) => {{ {body} }}}}],
        toZigbee: [{{key: ["x"], convertSet: async () => {{ {body} }}, convertGet: async () => {{}}}}],
        exposes: []
    """


LOOP = bad("while (true) {}")
LATER_LOOP = bad("setTimeout(() => { while (true) {} }, 1);")
HOARD = bad("const all = []; while (true) all.push(new Array(10000).fill(1));")
CRAM = bad("globalThis.all ??= []; while (true) globalThis.all.push(new Array(10000).fill(1));")
ENDLESS = bad("const again = () => Promise.resolve().then(again); again();")
DEEP = bad("const deeper = () => deeper() + 1; deeper();")
THROW = bad("throw new Error('I am broken');")
LATER_HOARD = bad("setTimeout(() => { globalThis.all ??= []; while (true) all.push(new Array(10000).fill(1)); }, 1);")
JOBS = bad("const loop = () => { while (true) {} }; for (let i = 0; i < 6; i++) Promise.resolve().then(loop); loop();")
NEVER_TOLD = bad("msg.device.meta.x = {toJSON() { while (true) {} }}; msg.device.save();")
FLOODS = {
    "logs": bad("while (true) console.error('x');"),
    "timers": bad("while (true) setTimeout(() => {}, 1000);"),
    "states": bad("while (true) publish({a: 1});"),
    "requests": bad("while (true) msg.endpoint.read('genBasic', ['modelId']);"),
}
ODDITIES = {
    "circular state": "const a = {}; a.a = a; return {a};",
    "circular meta": "msg.device.meta.x = msg; msg.device.save();",
    "no meta": "msg.device.meta = undefined; msg.endpoint.meta = null; msg.device.save();",
    "scenes": "msg.endpoint.meta.scenes = {x: 1}; msg.device.save();",
    "type": "msg.device.type = 'Thing'; msg.device.save();",
    "endpoints": "msg.device.endpoints = null; msg.device.save();",
    "no state": "publish(5);",
    "delays": "for (const delay of [Infinity, NaN, -5, 1e300, undefined]) setTimeout(() => {}, delay);",
    "timeout": "msg.endpoint.read('genBasic', ['modelId'], {timeout: 'soon'}).catch(() => {});",
}
NEVER = bad("return new Promise(() => {});")
WAITING = """
    fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: () => globalThis.heard("heard")}],
    toZigbee: [{key: ["x"], convertSet: async () => {
        return {state: {x: await new Promise((go) => { globalThis.heard = go; })}};
    }}],
    exposes: []
"""
REJECT = bad("setTimeout(async () => { throw new Error('nobody waits'); }, 1);")


@pytest.fixture
def two(library, home, make_device):
    """Make two devices of one host: one with a bad definition, one with a good one."""
    made = []

    def make(script: str):
        source = HerdsmanSource(library(wild=script, tame=GOOD))
        made.append(source)
        wild = make_device("wild", [6])
        tame = make_device("tame", [6], ieee="0x00158d0001a00002")
        host = home(wild, tame)
        return source.find(wild, host), source.find(tame, host)

    yield make
    for source in made:
        source.close()


def works(behaviour) -> bool:
    return behaviour.decode(1, ON, Context()) == {"state": "ON"}


@pytest.mark.parametrize(
    "script", [LOOP, HOARD, CRAM, ENDLESS, NEVER_TOLD], ids=["loop", "hoard", "cram", "endless", "untold"]
)
async def test_one_that_takes_all_is_stopped_and_after_three_times_not_asked_any_more(two, caplog, script):
    wild, tame = two(script)
    for _ in range(3):
        assert wild.decode(1, ON, Context()) == {}
        await until(lambda: works(tame))
    assert caplog.text.count("The definition of 0x00158d0001a00001 went wrong") == 3
    assert "not used any more" in caplog.text
    assert wild.decode(1, ON, Context()) is None
    with pytest.raises(DefinitionError, match="went wrong too often"):
        await wild.set("x", 1, Context())
    assert works(tame)


async def test_what_a_stopped_call_left_behind_does_not_take_the_time_of_others(two, caplog):
    wild, tame = two(JOBS)
    assert wild.decode(1, ON, Context()) == {}
    await until(lambda: works(tame))
    assert "The definition of 0x00158d0001a00002 went wrong" not in caplog.text


@pytest.mark.parametrize("script", FLOODS.values(), ids=FLOODS.keys())
async def test_one_that_wants_too_much_at_once_is_stopped(two, caplog, script):
    wild, tame = two(script)
    assert wild.decode(1, ON, Context()) == {}
    assert "0x00158d0001a00001 went wrong: it wanted too much to be done at once" in caplog.text
    await until(lambda: works(tame))


@pytest.mark.parametrize("script", [*map(bad, ODDITIES.values())], ids=ODDITIES.keys())
async def test_what_makes_no_sense_harms_nobody_else(two, script):
    wild, tame = two(script)
    for _ in range(2):
        assert wild.decode(1, ON, Context()) == {}
        assert works(tame)
    wild.stop()
    assert works(tame)


@pytest.mark.parametrize("exposes", ["[5]", "[{type: 'light', features: 5}]", "() => [{name: 'x'}]"])
async def test_exposes_of_no_form_are_named_and_left_out(library, home, make_device, caplog, exposes):
    source = HerdsmanSource(library(odd=f"fromZigbee: [], toZigbee: [], exposes: {exposes}"))
    device = make_device("odd", [6])
    behaviour = source.find(device, home(device))
    assert [one["name"] for one in behaviour.exposes({})] == list(behaviour.properties) == ["linkquality"]
    assert "exposes holds something else than exposes" in caplog.text
    source.close()


@pytest.mark.parametrize("option", ["5", "{}", "{name: 'x', type: 'list'}", "{name: 'x', type: 'enum'}"])
async def test_options_of_no_form_are_the_end_of_a_definition(library, home, make_device, caplog, option):
    source = HerdsmanSource(library(odd=f"fromZigbee: [], toZigbee: [], exposes: [], options: [{option}]"))
    device = make_device("odd", [6])
    assert source.find(device, home(device)) is None
    assert "options holds something else than options" in caplog.text
    source.close()


async def test_endpoints_that_are_no_numbers_have_no_name(library, home, make_device):
    odd = "fromZigbee: [], toZigbee: [], exposes: [], version: 5, endpoint: () => ({left: 'x', right: 1})"
    source = HerdsmanSource(library(odd=odd))
    device = make_device("odd", [6])
    behaviour = source.find(device, home(device))
    assert (behaviour.endpoint_names, behaviour.definition.version) == ({"right": 1}, "5")
    source.close()


async def test_a_promise_that_waits_for_nothing_is_ended(two, monkeypatch):
    monkeypatch.setattr(stage, "PATIENCE", 0.02)
    wild, tame = two(NEVER)
    with pytest.raises(DefinitionError, match="waits for something that never comes"):
        await wild.set("x", 1, Context())
    assert wild.decode(1, ON, Context()) == {}
    await until(lambda: not wild._stage._calls)
    assert works(tame)


async def test_a_promise_that_waits_for_a_message_is_kept(two, monkeypatch):
    monkeypatch.setattr(stage, "PATIENCE", 0.5)
    wild, _ = two(WAITING)
    command = asyncio.ensure_future(wild.set("x", 1, Context()))
    await asyncio.sleep(0)
    wild.decode(1, ON, Context())
    assert (await command).state == {"x": "heard"}


@pytest.mark.parametrize("script", [LOOP, HOARD], ids=["loop", "hoard"])
async def test_a_command_that_takes_all_fails(two, script):
    wild, tame = two(script)
    with pytest.raises(DefinitionError, match=r"stopped after 0\.5 s|wanted more than 256 MB"):
        await wild.set("x", 1, Context())
    await until(lambda: works(tame))


@pytest.mark.parametrize("script", [LATER_LOOP, LATER_HOARD], ids=["loop", "hoard"])
async def test_a_timer_that_takes_all_is_stopped(two, caplog, script):
    wild, tame = two(script)
    wild.decode(1, ON, Context())
    await until(lambda: "0x00158d0001a00001 went wrong" in caplog.text)
    await until(lambda: works(tame))


async def test_a_new_engine_knows_what_the_old_one_knew(two):
    wild, tame = two(CRAM)
    wild.decode(1, ON, Context())
    assert works(tame)
    assert (await tame.set("state", "OFF", Context(message={"state": "OFF"}))).state == {"state": "OFF"}
    await until(lambda: not tame._stage._strangers)
    assert await wild.get("x", Context()) == {}


@pytest.mark.parametrize("script", [THROW, DEEP], ids=["throw", "deep"])
async def test_one_that_throws_is_named_and_goes_on(two, caplog, script):
    wild, tame = two(script)
    for _ in range(5):
        assert wild.decode(1, ON, Context()) == {}
    assert "Definition of 0x00158d0001a00001: attributeReport of genOnOff: " in caplog.text
    with pytest.raises(DefinitionError, match=r"I am broken|call stack"):
        await wild.set("x", 1, Context())
    assert await wild.get("x", Context()) == {}
    assert works(tame)


async def test_a_promise_that_nobody_waits_for_is_logged_with_its_device(two, caplog):
    caplog.set_level(logging.ERROR)
    wild, _ = two(REJECT)
    wild.decode(1, ON, Context())
    await until(lambda: "Definition of 0x00158d0001a00001: a timer: nobody waits" in caplog.text)


async def test_devices_that_leave_take_their_memory_with_them(library, home, make_device):
    source = HerdsmanSource(library(tame=GOOD))
    host = home()

    def come_and_go(times: int) -> int:
        for place in range(times):
            device = make_device("tame", [6], ieee=f"0x{place:016x}")
            host.devices[device.ieee] = device
            behaviour = source.find(device, host)
            assert works(behaviour)
            behaviour.stop()
        return source._stage._engine.memory

    first = come_and_go(30)
    assert come_and_go(300) < first + 300_000
    assert source._visits == source._stage._guests == source._stage._timers == {}
    source.close()
