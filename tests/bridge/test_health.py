"""bridge/health: true figures."""

import asyncio
import os
import time

import psutil
import pytest
from support.home import Home, Sent
from support.waiting import until

from zigwire.bridge import health
from zigwire.bridge.health import Health
from zigwire.mqtt.client import Statistics
from zigwire.settings import load
from zigwire.zigbee.model import Device

LAMP, PLUG = "0x00000000000000a1", "0x00000000000000b2"


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def make(tmp_path, clock):
    def make(**settings):
        path = tmp_path / "configuration.yaml"
        lines = "".join(f"  {name}: {value}\n" for name, value in {"interval": 10, **settings}.items())
        path.write_text(f"version: 5\nmqtt:\n  server: mqtt://localhost\nhealth:\n{lines}")
        sent = Sent()
        return Health(sent, load(path, {}), lambda: clock[0]), sent

    return make


def last(sent):
    topic, payload, qos, retain = sent.messages[-1]
    assert (topic, qos, retain) == ("bridge/health", 1, True)
    return payload


def test_devices(make, clock):
    health, sent = make()
    lamp, plug = Device(LAMP, 1), Device(PLUG, 2)
    for _ in range(3):
        health.heard(lamp)
    clock[0] += 7
    health.left(plug)
    health.publish()
    assert last(sent)["devices"] == {
        LAMP: {"messages": 3, "messages_per_sec": 0.4286, "leave_count": 0, "network_address_changes": 0},
        PLUG: {"messages": 0, "messages_per_sec": 0, "leave_count": 1, "network_address_changes": 0},
    }


def test_the_first_moment_has_no_rate(make):
    health, sent = make()
    health.heard(Device(LAMP, 1))
    health.publish()
    assert last(sent)["devices"][LAMP]["messages_per_sec"] == 0


async def test_only_another_address_is_a_changed_one(make):
    health, sent = make()
    lamp, plug = Device(LAMP, 1), Device(PLUG, 2)
    health.start({LAMP: lamp})
    health.changed(lamp)
    lamp.network_address = 7
    health.changed(lamp)
    health.changed(lamp)
    health.joined(plug)
    health.changed(plug)
    health.stop()
    health.publish()
    assert {ieee: counts["network_address_changes"] for ieee, counts in last(sent)["devices"].items()} == {LAMP: 1}


@pytest.mark.parametrize("reset", [True, False])
def test_counting_begins_anew_where_that_is_wanted(make, reset):
    health, sent = make(reset_on_check=str(reset).lower())
    health.heard(Device(LAMP, 1))
    sent.statistics = Statistics(connected=True, queued=2, received=10, published=20)
    health.publish()
    assert last(sent)["mqtt"] == {"connected": True, "queued": 2, "received": 10, "published": 20}
    sent.statistics = Statistics(connected=False, queued=3, received=11, published=25)
    health.publish()
    counts = {"received": 1, "published": 5} if reset else {"received": 11, "published": 25}
    assert last(sent)["mqtt"] == {"connected": False, "queued": 3, **counts}
    assert (LAMP in last(sent)["devices"]) != reset


def test_machine_and_program(make):
    health, sent = make()
    health.publish()
    report = last(sent)
    assert set(report) == {"response_time", "os", "process", "mqtt", "devices"}
    assert report["response_time"] == 1_000_000
    own, total = psutil.Process(), psutil.virtual_memory().total
    assert report["os"]["load_average"] == pytest.approx(os.getloadavg(), abs=2)
    assert 0 < report["os"]["memory_percent"] < 100
    assert report["os"]["memory_used_mb"] / report["os"]["memory_percent"] * 100 == pytest.approx(
        total / 2**20, rel=0.01
    )
    assert report["process"]["memory_used_mb"] == pytest.approx(own.memory_info().rss / 2**20, rel=0.2)
    assert 0 <= report["process"]["uptime_sec"] <= time.time() - own.create_time() + 1


def test_a_system_that_tells_nothing(tmp_path):
    assert health.memory(tmp_path / "none") == (0, 0)
    assert health.resident(tmp_path / "none") == 0


async def test_it_comes_after_each_interval_with_what_devices_did(tmp_path):
    home = Home(tmp_path, {"health": {"interval": 1}})
    await home.start()
    await home.pair()
    assert not home.sent.of("bridge/health")
    home.leap(61)
    await until(lambda: home.sent.of("bridge/health"))
    (report,) = home.sent.of("bridge/health")
    assert 0 < report["devices"][home.plug.ieee]["messages"] <= home.device.messages
    home.house.rejoin("plug")
    await until(lambda: home.device.network_address_changes)
    home.leap(61)
    await until(lambda: len(home.sent.of("bridge/health")) == 2)
    assert home.sent.of("bridge/health")[1]["devices"][home.plug.ieee]["network_address_changes"] == 1
    await home.stop()
    home.leap(61)
    await asyncio.sleep(0)
    assert len(home.sent.of("bridge/health")) == 2
