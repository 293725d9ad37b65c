"""Set-ups: when, how often, and never in the way."""

import asyncio
import logging
import shutil

import pytest
from support.lamps import SETUP, Lit, lamp
from support.waiting import until

from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.simulator.device import Sleep
from zigwire.zcl.requests import ConfigureReporting, Reporting

BIND_REQUEST, ACTIVE_ENDPOINTS = 0x0021, 0x0005
REFUSED = (ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting("onTime", 0, 300, 1),)),)


def binds(home, name="lamp"):
    return [frame for frame in home.heard_by(name) if frame.cluster == BIND_REQUEST and not frame.destination_endpoint]


def attempts(caplog):
    return [record for record in caplog.records if record.getMessage().startswith("Setting up 'lamp'")]


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO)
    return caplog


async def test_a_device_is_set_up_once_after_its_interview(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    order = [frame.cluster for frame in home.heard_by("lamp")]
    assert order[-2:] == [BIND_REQUEST, ON_OFF]
    assert order.index(ACTIVE_ENDPOINTS) < order.index(BIND_REQUEST)
    assert home.of("lamp").meta == {"configured": "0.0.0"}
    home.bridge.info.flush()
    shown = home.sent.of("bridge/devices")[-1][-1]["endpoints"]["1"]
    assert shown["bindings"][0]["cluster"] == "genOnOff"
    assert shown["configured_reportings"][0]["attribute"] == "onOff"
    home.bridge.start()
    home.house.device("lamp").announce()
    await until(lambda: [e for e in home.sent.of("bridge/event") if e["type"] == "device_announce"])
    assert len(binds(home)) == 1


@pytest.mark.parametrize(
    ("configured", "version", "again"),
    [
        ("0.0.0", "0.0.0", False),
        (-1734816241, "0.0.0", False),
        ("1.0.0", "1.0.0", False),
        ("1.0.0", "0.0.0", False),
        ("0.0.0", "1.0.0", True),
        (-1734816241, "1.0.0", True),
        (None, "0.0.0", True),
        ("generated", "0.0.0", True),
    ],
)
async def test_at_the_start_what_is_not_set_up_yet_is(make_lit, tmp_path, configured, version, again):
    home = await make_lit()
    await home.let_in("lamp")
    device = home.of("lamp")
    device.meta = {} if configured is None else {"configured": configured}
    home.network.save(device)
    home.database.flush()
    folder = tmp_path / "again"
    folder.mkdir()
    for path in tmp_path.glob("zigwire.db*"):
        shutil.copy(path, folder)
    later = Lit(folder, {})
    later.lamps.version = version
    later.house.form(home.house.parameters)
    later.house.join("lamp")
    try:
        await later.start()
        assert len(later.bridge._configure._plans) == again
        if again:
            await until(lambda: later.of("lamp").meta == {"configured": version})
    finally:
        await later.stop()


async def test_a_set_up_that_was_made_up_is_done_again_once_somebody_described_the_device(make_lit):
    home = await make_lit()
    home.lamps.source = "generated"
    await home.let_in("lamp")
    assert home.of("lamp").meta == {"configured": "generated"}
    home.bridge._configure.consider(home.bridge.entities.refresh(home.of("lamp")))
    assert home.bridge._configure._plans == {}
    home.lamps.source = "native"
    home.bridge._configure.consider(home.bridge.entities.refresh(home.of("lamp")))
    await until(lambda: home.of("lamp").meta == {"configured": "0.0.0"})


async def test_another_interview_sets_up_again(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    home.air.clear()
    assert (await home.ask("device/interview", {"id": "lamp"}))["status"] == "ok"
    await until(lambda: binds(home) and home.is_ready("lamp"))


async def test_a_disabled_device_is_set_up_when_it_is_enabled(make_lit):
    home = await make_lit()
    home.lamps.setup = ()
    home.house.join("lamp")
    await until(lambda: home.known("lamp") and home.known("lamp").interview_state.value == "SUCCESSFUL")
    home.lamps.setup = SETUP
    await home.ask("device/options", {"id": "lamp", "options": {"disabled": True}})
    home.bridge.start()
    assert home.of("lamp").meta == {}
    await home.ask("device/options", {"id": "lamp", "options": {"disabled": False}})
    await until(lambda: home.is_ready("lamp"))


async def test_a_failed_set_up_is_tried_twice_more_when_the_device_is_heard_then_with_pauses(make_lit, log):
    home = await make_lit()
    home.lamps.setup = REFUSED
    home.house.join("lamp")
    await until(lambda: "Can't set up 'lamp', attempt 1" in log.text)
    assert "UNSUPPORTED_ATTRIBUTE (genOnOff.onTime); the next is when it is heard" in log.text
    for attempt in (2, 3):
        home.bridge.last_seen_changed(home.of("lamp"))
        await until(lambda attempt=attempt: f"Can't set up 'lamp', attempt {attempt}" in log.text)
    home.bridge.last_seen_changed(home.of("lamp"))
    home.bridge.device_announced(home.of("lamp"))
    assert len(attempts(log)) == 3
    home.leap(61)
    await until(lambda: "Can't set up 'lamp', attempt 4" in log.text)
    home.leap(601)
    await until(lambda: "Can't set up 'lamp', attempt 5" in log.text)
    home.leap(6000)
    home.bridge.last_seen_changed(home.of("lamp"))
    assert "bridge/request/device/configure tries again" in log.text
    assert len(attempts(log)) == 5
    assert home.of("lamp").meta == {}


async def test_a_failed_set_up_of_a_device_that_says_nothing_is_tried_after_a_minute(make_lit, log):
    home = await make_lit()
    home.lamps.setup = REFUSED
    home.house.join("lamp")
    await until(lambda: "Can't set up 'lamp', attempt 1" in log.text)
    home.lamps.setup = SETUP
    home.bridge.entities.refresh(home.of("lamp"))
    home.leap(61)
    await until(lambda: home.is_ready("lamp"))


async def test_configure_answers_with_success_or_why_not(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    home.lamps.setup = REFUSED
    home.bridge.entities.refresh(home.of("lamp"))
    refusal = "Failed to configure (the device refused: UNSUPPORTED_ATTRIBUTE (genOnOff.onTime))"
    assert (await home.ask("device/configure", "lamp"))["error"] == refusal
    home.lamps.setup = SETUP
    home.bridge.entities.refresh(home.of("lamp"))
    home.air.clear()
    assert await home.ask("device/configure", {"id": "lamp"}) == {"data": {"id": "lamp"}, "status": "ok"}
    assert len(binds(home)) == 1
    assert (await home.ask("device/configure", {"id": "nope"}))["error"] == "Device 'nope' does not exist"
    assert (await home.ask("device/configure", "remote"))["error"] == "Device 'remote' cannot be configured"


async def test_who_can_not_be_reached_is_set_up_when_it_is_heard(make_lit, log):
    home = await make_lit()
    home.lamps.setup = ()
    home.house.join("lamp")
    await until(lambda: home.known("lamp") and home.known("lamp").interview_state.value == "SUCCESSFUL")
    home.lamps.setup = SETUP
    home.bridge.entities.refresh(home.of("lamp"))
    home.house.device("lamp").online = False
    home.bridge.start()
    await home.leaping(lambda: "Can't set up 'lamp' before it is heard again" in log.text)
    home.house.device("lamp").online = True
    home.leap(61)
    home.house.device("lamp").report([next(iter(home.house.device("lamp").attributes))])
    await until(lambda: home.is_ready("lamp"))


async def test_a_sleeping_device_is_set_up_when_it_speaks(make_lit):
    home = await make_lit({"lamp": lamp(sleep=Sleep(fast_interval=0.0))})
    await home.let_in("lamp")
    device = home.of("lamp")
    home.ahead += 60
    device.meta.clear()
    home.air.clear()
    home.bridge.start()
    assert home.bridge._configure._plans.keys() == {device.ieee}
    assert home.bridge._configure._plans[device.ieee].task is None
    home.house.device("lamp").announce()
    await until(lambda: home.is_ready("lamp"))
    assert len(binds(home)) == 1


async def test_two_at_a_time_at_most_and_commands_go_first(make_lit):
    names = [f"lamp{number}" for number in range(5)]
    home = await make_lit(dict.fromkeys(names, lamp()))
    home.lamps.setup = (*SETUP, *SETUP)
    await home.let_in(*names)
    for name in names:
        home.of(name).meta.clear()
    home.house.medium.delay = 0.02
    home.air.clear()
    home.bridge.start()
    home.say("lamp4/set", {"state": "ON"})
    await until(lambda: all(home.is_ready(name) for name in names))
    owners = [frame.destination_ieee for frame in home.air if frame.source == 0]
    switched = owners.index(home.of("lamp4").ieee)
    assert switched <= 2, "the command waited for set-ups"
    order = [ieee for place, ieee in enumerate(owners) if place != switched]
    assert order == sorted(order), "set-ups were mixed"


async def test_a_rename_is_not_in_the_way_of_a_set_up(make_lit, log):
    home = await make_lit()
    await home.let_in("lamp")
    log.clear()
    behaviour = home.bridge.entities.of(home.of("lamp")).behaviour
    home.house.medium.delay = 0.05
    home.say("bridge/request/device/configure", {"id": "lamp"})
    await until(lambda: attempts(log))
    assert (await home.ask("device/rename", {"from": "lamp", "to": "light"}))["status"] == "ok"
    await until(lambda: home.sent.of("bridge/response/device/configure"))
    assert home.sent.of("bridge/response/device/configure")[0]["status"] == "ok"
    assert home.bridge.entities.of(home.of("lamp")).behaviour is behaviour
    assert "Set up 'light'" in log.text


class Mad:
    """A step that no device is asked for."""


async def test_a_set_up_with_a_fault_of_ours_is_not_tried_with_every_frame(make_lit, log):
    home = await make_lit()
    home.lamps.setup = (Mad(),)
    home.house.join("lamp")
    await until(lambda: "set-up of 0x00158d0000000000 failed" in log.text)
    for _ in range(3):
        home.bridge.last_seen_changed(home.of("lamp"))
        await asyncio.sleep(0)
    assert len(attempts(log)) == 1


async def test_a_removed_devices_set_up_is_given_up(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    home.house.medium.delay = 0.05
    home.say("bridge/request/device/configure", {"id": "lamp"})
    await until(lambda: home.bridge._configure._plans)
    assert (await home.ask("device/remove", {"id": "lamp", "force": True}))["status"] == "ok"
    await until(lambda: home.sent.of("bridge/response/device/configure"))
    assert home.sent.of("bridge/response/device/configure")[0]["error"].startswith("Failed to configure")
    assert home.bridge._configure._plans == {}


async def test_without_a_radio_nothing_has_failed(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    home.of("lamp").meta.clear()
    home.has_radio = False
    home.house.lose_radio()
    await until(lambda: home.network.radio_state != "online")
    home.bridge._configure.start()
    await until(
        lambda: home.bridge._configure._plans and all(p.task is None for p in home.bridge._configure._plans.values())
    )
    assert [plan.failures for plan in home.bridge._configure._plans.values()] == [0]
    home.has_radio = True
    home.leap(120)
    await until(lambda: home.is_ready("lamp"))


async def test_a_second_definition_adds_its_own(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    home.lamps.version = "1.1.0"
    home.lamps.setup = (
        *SETUP,
        ConfigureReporting(endpoint=1, cluster="genLevelCtrl", records=(Reporting("currentLevel", 1, 60, 1),)),
    )
    home.bridge._configure.consider(home.bridge.entities.refresh(home.of("lamp")))
    await until(lambda: home.of("lamp").meta == {"configured": "1.1.0"})
    assert {item.cluster for item in home.of("lamp").endpoints[1].reportings} == {ON_OFF, LEVEL}
