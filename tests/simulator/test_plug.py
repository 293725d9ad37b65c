"""The ZNCZ02LM: what it measures, what it tells, its button, and its power outage memory."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.load import Load, Meter
from zigwire.simulator.plug import HEARTBEAT, MEMORY, XiaomiPlug, xiaomi_plug_without_voltage
from zigwire.zcl import types
from zigwire.zigbee.radio import ApsFrame

from .conftest import NETWORK, Home

LUMI = 0x115F
MEMORY_ON = (bytes.fromhex("aa8005d14707011001"), bytes.fromhex("aa8003d3070801"))
MEMORY_OFF = (bytes.fromhex("aa8005d14709011000"), bytes.fromhex("aa8003d3070a01"))


def command(number: int) -> ZclFrame:
    return ZclFrame(number, 0x44, cluster_specific=True, disable_default_response=False)


def read(attribute: int, manufacturer: int | None = None) -> ZclFrame:
    return ZclFrame(0x00, 0x44, struct.pack("<H", attribute), manufacturer=manufacturer)


def write_memory(home: Home, plug: XiaomiPlug, halves: tuple[bytes, bytes]) -> None:
    for half in halves:
        payload = b"\xf0\xff\x41" + bytes([len(half)]) + half
        (answer,) = home.ask(plug, 0, ZclFrame(0x02, 0x45, payload, manufacturer=LUMI))
        assert (answer.command, answer.payload, answer.manufacturer) == (0x04, b"\x00", LUMI)


def heartbeats(home: Home) -> list[dict[int, float]]:
    found = []
    for frame in home.ear.zcl(0):
        if frame.command == 0x0A and frame.payload[:3] == b"\x01\xff\x42":
            assert frame.manufacturer == LUMI
            assert frame.payload[3] == len(frame.payload[4:])
            tags: dict[int, float] = {}
            position, data = 0, frame.payload[4:]
            while position < len(data):
                tag = data[position]
                tags[tag], position = types.decode(data[position + 1], data, position + 2)
            found.append(tags)
    return found


# Physics


@given(
    watts=st.floats(1, 2200),
    seed=st.integers(0, 1000),
    start=st.floats(0, 1e5),
    spans=st.lists(st.floats(0.1, 5000), min_size=1, max_size=20),
)
def test_energy_adds_up_however_often_it_is_read(watts: float, seed: int, start: float, spans: list[float]) -> None:
    load, often = Load(watts, seed=seed), Meter(start)
    end = start
    for span in spans:
        end += span
        often.advance(end, load)
    once = Meter(start)
    once.advance(end, load)
    assert often.energy == pytest.approx(once.energy, rel=1e-6)
    mean = once.energy * 3_600_000 / (end - start)
    assert watts * 0.94 <= mean <= watts * 1.06
    assert watts * 0.94 <= once.power <= watts * 1.06


@given(st.floats(0, 2200), st.floats(-40, 85), st.floats(1, 1e5))
def test_temperature_stays_between_where_it_was_and_where_the_load_drives_it(
    watts: float, ambient: float, seconds: float
) -> None:
    meter = Meter(0.0)
    meter.set_ambient(ambient)
    meter.advance(seconds, Load(watts, swing=0))
    goal = ambient + 6 + 0.012 * watts
    assert min(28.0, goal) - 1e-6 <= meter.temperature <= max(28.0, goal) + 1e-6


def test_the_same_seed_takes_the_same_course() -> None:
    assert [Load(40, seed=3).power(t) for t in range(100)] == [Load(40, seed=3).power(t) for t in range(100)]
    assert Load(40, seed=3).power(50) != Load(40, seed=4).power(50)


@pytest.mark.parametrize("watts", [-1, 2201, float("nan"), float("inf")])
def test_loads_that_no_socket_bears(watts: float) -> None:
    with pytest.raises(SimulatorError, match="watts"):
        Load(watts)


def test_an_hour_of_forty_watts(home: Home, plug: XiaomiPlug) -> None:
    home.ask(plug, 6, command(1))
    before = plug.meter.energy
    home.house.advance(3600)
    plug.refresh()
    assert plug.meter.energy - before == pytest.approx(0.040, rel=0.03)
    assert plug.meter.temperature > 28
    home.ask(plug, 6, command(0))
    cold = plug.meter.energy
    home.house.advance(7200)
    plug.refresh()
    assert plug.meter.energy == pytest.approx(cold, abs=1e-6)
    assert plug.meter.temperature == pytest.approx(28.0, abs=0.1)


def test_power_and_energy_are_read_at_their_endpoints(home: Home, plug: XiaomiPlug) -> None:
    home.ask(plug, 6, command(1))
    home.house.advance(600)
    values = []
    for endpoint in (2, 3):
        (answer,) = home.ask(plug, 0x0C, read(0x55), endpoint)
        assert answer.payload[:4] == b"\x55\x00\x00\x39"
        values.append(struct.unpack("<f", answer.payload[4:])[0])
    assert values[0] == pytest.approx(40, rel=0.06)
    assert values[1] == pytest.approx(40 * 600 / 3_600_000, rel=0.06)
    (answer,) = home.ask(plug, 2, read(0))
    assert struct.unpack("<h", answer.payload[4:]) == (round(plug.meter.temperature),)


# What it tells


def test_what_it_says_after_joining(home: Home) -> None:
    home.house.join("plug")
    home.house.advance(10)
    announce, hello, beat = home.ear.frames
    assert (announce.cluster, announce.destination, announce.data[-1]) == (0x0013, 0xFFFD, 0x8E)
    assert ZclFrame.parse(hello.data).payload == b"\x05\x00\x42\x09lumi.plug\x01\x00\x20\x18"
    assert beat.linkquality == 120
    assert heartbeats(home)[0].keys() == {0x03, 0x05, 0x08, 0x64, 0x95, 0x96, 0x98, 0x9A}


def test_basic_attributes(home: Home, plug: XiaomiPlug) -> None:
    texts = {4: b"LUMI", 5: b"lumi.plug", 6: b"02-28-2017"}
    for attribute, text in texts.items():
        (answer,) = home.ask(plug, 0, read(attribute))
        assert answer.payload[5:] == text
    (answer,) = home.ask(plug, 0, read(0x4000))
    assert answer.payload == b"\x00\x40\x86"
    (answer,) = home.ask(plug, 0, read(HEARTBEAT.attribute, LUMI))
    assert answer.payload[2:] == b"\x8f"


def test_heartbeats_come_every_five_minutes_and_tell_the_truth(home: Home, plug: XiaomiPlug) -> None:
    home.ask(plug, 6, command(1))
    home.ear.clear()
    home.house.advance(3600)
    beats = heartbeats(home)
    assert len(beats) == 12
    last = beats[-1]
    assert last[0x64] == 1
    assert last[0x95] == pytest.approx(plug.meter.energy, rel=0.1)
    assert last[0x98] == pytest.approx(40, rel=0.06)
    assert last[0x96] == pytest.approx(2300, rel=0.02)
    assert last[0x03] == round(plug.meter.temperature)
    assert last[0x05] == 1
    assert [beat[0x95] for beat in beats] == sorted(beat[0x95] for beat in beats)


def test_the_firmware_without_voltage(home: Home) -> None:
    home.house.add("old", xiaomi_plug_without_voltage, "0x00158d0000000001")
    home.house.join("old")
    home.house.advance(10)
    assert 0x96 not in heartbeats(home)[0]


def test_switching_is_reported_and_then_the_power(home: Home, plug: XiaomiPlug) -> None:
    (answer,) = home.ask(plug, 6, command(2))
    assert (answer.command, answer.payload) == (0x0B, b"\x02\x00")
    assert home.ear.reports(6, 0) == [b"\x10\x01"]
    assert [f.command for f in home.ear.zcl(6)] == [0x0B, 0x0A]
    home.house.advance(2)
    (power,) = home.ear.reports(0x0C, 0x55)
    assert struct.unpack("<f", power[1:])[0] == pytest.approx(40, rel=0.06)
    home.ask(plug, 6, command(1))
    assert home.ear.reports(6, 0) == []


def test_a_load_that_changes_is_reported(home: Home, plug: XiaomiPlug) -> None:
    home.ask(plug, 6, command(1))
    home.house.advance(10)
    home.ear.clear()
    plug.plug_in(Load(2000))
    home.house.advance(2)
    plug.unplug()
    home.house.advance(2)
    reported = [struct.unpack("<f", value[1:])[0] for value in home.ear.reports(0x0C, 0x55)]
    assert reported == [pytest.approx(2000, rel=0.06), 0.0]


def test_without_power_or_network_it_is_mute(home: Home, plug: XiaomiPlug) -> None:
    home.house.cut_power("plug")
    home.house.advance(3600)
    assert home.ear.frames == []
    home.house.restore_power("plug")
    home.house.advance(1)
    assert [f.cluster for f in home.ear.frames] == [0x0013, 0x0006, 0x0000]
    assert heartbeats(home)[0][0x05] == 2
    home.house.leave("plug")
    home.ear.clear()
    plug.press()
    home.house.advance(3600)
    assert home.ear.frames == []


# The button


def test_the_button_toggles_and_reports(home: Home, plug: XiaomiPlug) -> None:
    home.house.press("plug")
    home.house.press("plug")
    home.house.advance(0.1)
    assert home.ear.reports(6, 0) == [b"\x10\x01", b"\x10\x00"]


def test_without_power_the_button_does_nothing(home: Home, plug: XiaomiPlug) -> None:
    home.house.cut_power("plug")
    with pytest.raises(SimulatorError, match="plug: it has no power"):
        home.house.press("plug")
    plug.press()
    assert not plug.on


# Power outage memory


def cut(home: Home) -> None:
    home.house.cut_power("plug")
    home.house.advance(5)
    home.house.restore_power("plug")
    home.house.advance(5)


@pytest.mark.parametrize(
    ("steps", "on"),
    [
        ("on cut", False),
        ("remember on cut", False),
        ("remember press cut", True),
        ("remember press press cut", False),
        ("remember press on cut", True),
        ("remember press on cut cut", True),
        ("remember cut press cut", True),
        ("remember forget press cut", False),
        ("remember press forget on cut", True),
        ("remember press forget press on cut", False),
        ("on remember press off on cut", True),
        ("on half press on cut", False),
    ],
)
def test_power_outage_memory(home: Home, plug: XiaomiPlug, steps: str, on: bool) -> None:
    actions = {
        "on": lambda: home.ask(plug, 6, command(1)),
        "off": lambda: home.ask(plug, 6, command(0)),
        "press": lambda: home.house.press("plug"),
        "remember": lambda: write_memory(home, plug, MEMORY_ON),
        "forget": lambda: write_memory(home, plug, MEMORY_OFF),
        "half": lambda: write_memory(home, plug, (MEMORY_ON[1], b"\xaa\x80")),
        "cut": lambda: cut(home),
    }
    for step in steps.split():
        actions[step]()
    assert plug.on is on


def test_what_was_written_can_be_read(home: Home, plug: XiaomiPlug) -> None:
    (answer,) = home.ask(plug, 0, read(0xFFF0, LUMI))
    assert answer.payload == b"\xf0\xff\x00\x41\x00"
    for halves in (MEMORY_ON, MEMORY_OFF):
        write_memory(home, plug, halves)
        (answer,) = home.ask(plug, 0, read(0xFFF0, LUMI))
        assert answer.payload == b"\xf0\xff\x00\x41\x09" + halves[0]
    (answer,) = home.ask(plug, 0, read(0xFFF0))
    assert answer.payload == b"\xf0\xff\x86"


class Life(RuleBasedStateMachine):
    """Whatever happens to a plug, it agrees with a model of four booleans and its energy never falls."""

    def __init__(self) -> None:
        super().__init__()
        self.house = default_house(lambda: 0.0)
        self.house.form(NETWORK)
        self.house.join("plug")
        self.house.advance(10)
        device = self.house.device("plug")
        assert isinstance(device, XiaomiPlug)
        self.plug = device
        self.on = self.restores = False
        self.written: bool | None = None
        self.energy = 0.0
        self.outages = 1

    def send(self, cluster: int, frame: ZclFrame) -> None:
        self.house.transmit(ApsFrame(0, 1, self.plug.node.network_address, 1, 0x0104, cluster, frame.serialize()))
        self.house.advance(0.1)

    @precondition(lambda self: self.plug.powered)
    @rule(number=st.sampled_from([0, 1, 2]))
    def switch(self, number: int) -> None:
        self.send(6, command(number))
        self.on = {0: False, 1: True, 2: not self.on}[number]

    @precondition(lambda self: not self.plug.powered)
    @rule(number=st.sampled_from([0, 1, 2]))
    def switch_in_vain(self, number: int) -> None:
        self.send(6, command(number))

    @precondition(lambda self: self.plug.powered)
    @rule()
    def press(self) -> None:
        self.house.press("plug")
        self.on = not self.on
        if self.written is not None:
            self.restores, self.written = self.written, None

    @precondition(lambda self: self.plug.powered)
    @rule(remember=st.booleans())
    def write(self, remember: bool) -> None:
        for half in MEMORY_ON if remember else MEMORY_OFF:
            self.send(0, ZclFrame(0x02, 1, b"\xf0\xff\x41" + bytes([len(half)]) + half, manufacturer=LUMI))
        self.written = remember

    @rule()
    def cut_power(self) -> None:
        self.house.cut_power("plug")

    @rule()
    def restore_power(self) -> None:
        if not self.plug.powered:
            self.outages += 1
            self.on = self.on and self.restores
        self.house.restore_power("plug")

    @rule(seconds=st.floats(0, 7200))
    def wait(self, seconds: float) -> None:
        self.house.advance(seconds)

    @rule(watts=st.floats(0, 2200))
    def plug_in(self, watts: float) -> None:
        self.house.plug_in("plug", watts)

    @rule()
    def unplug(self) -> None:
        self.house.unplug("plug")

    @invariant()
    def agrees(self) -> None:
        self.plug.refresh()
        assert (self.plug.on, self.plug.restores, self.plug.outages) == (self.on, self.restores, self.outages)
        assert self.plug.meter.energy >= self.energy
        self.energy = self.plug.meter.energy
        drawing = self.plug.powered and self.on and self.plug.load is not None and self.plug.load.watts > 0
        assert (self.plug.meter.power > 0) is drawing
        assert self.plug.attributes[MEMORY].value in {b"", MEMORY_ON[0], MEMORY_OFF[0]}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
