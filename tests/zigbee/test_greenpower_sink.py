"""Green Power switches in a simulated house: let in, heard, refused, sent away."""

from dataclasses import replace

import pytest
from support.radio import Ears
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.greenpower import GreenPowerSwitch
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zcl.greenpower_security import SecurityError, wrap_key
from zigwire.zcl.requests import Command
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.greenpower_memory import Memory
from zigwire.zigbee.model import Device, DeviceType, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters

SOURCE = 0x01719697
IEEE = "0x0000000001719697"
TOGGLE, RELEASE = 0x22, 0x36


class Place:
    """A network with a router, and the air around it."""

    def __init__(self, folder):
        self.house = default_house()
        self.air = self.house.green_power
        self.on_air = []
        self.house.on_air = self.on_air.append
        self.database = Database(folder / "zigwire.db")
        self.blocked = set()
        self.ears = Ears()
        self.network = self.make_network()

    def make_network(self):
        return Network(
            lambda: SimulatedRadio(self.house),
            self.database,
            parameters=NetworkParameters(0x1234, None, 15, bytes(16)),
            admits=lambda ieee: ieee not in self.blocked,
        )

    async def start(self):
        await self.network.start(self.ears)
        await self.network.wait_online()
        if not self.network.devices:
            self.house.join("plug")
            plug = self.house.device("plug").ieee
            await until(
                lambda: (
                    plug in self.network.devices
                    and self.network.devices[plug].interview_state is InterviewState.SUCCESSFUL
                )
            )
            self.ears.messages.clear()
            self.ears.heard.clear()

    @property
    def device(self):
        return self.network.devices.get(IEEE)

    @property
    def commands(self):
        said = [message.args["commandID"] for device, _, message in self.ears.messages if device.ieee == IEEE]
        return [command for command in said if command != 0xE0]

    def to_proxies(self, command):
        return [f for f in self.on_air if f.cluster == 0x21 and f.source == 0 and f.data[2] == command]

    async def commission(self, switch):
        await self.network.permit_join(60)
        await until(self.air._is_commissioning)
        self.air.send(switch.commissioning())
        await until(lambda: self.device)
        await until(lambda: self.air._pairings)


@pytest.fixture
async def place(tmp_path):
    place = Place(tmp_path)
    await place.start()
    yield place
    await place.network.stop()
    place.database.close()


def told(notification, source=0x5555):
    """What a proxy sends."""
    return ApsFrame(source, 242, 0, 242, 0xA1E0, 0x21, notification.serialise(1), Mode.UNICAST)


async def hear(place, switch, command, count):
    place.air.send(switch.command(command))
    await until(lambda: len(place.commands) == count)


@pytest.mark.parametrize("level", [0, 2, 3])
async def test_a_switch_is_let_in_and_heard(place, level):
    switch = GreenPowerSwitch(SOURCE, level=level)
    await place.commission(switch)
    device = place.device
    assert (device.type, device.model_id, device.network_address) == (DeviceType.GREEN_POWER, "GreenPower_2", 0x9697)
    assert device.interview_state is InterviewState.SUCCESSFUL
    assert list(device.endpoints) == [242]
    assert place.ears.names()[:2] == ["joined", "interview"]
    await hear(place, switch, TOGGLE, 1)
    _, endpoint, message = place.ears.messages[-1]
    assert (endpoint, message.type, message.cluster) == (242, "commandNotification", "greenPower")
    assert message.args["srcID"] == SOURCE
    assert message.args["commandFrame"] == {}
    await hear(place, switch, RELEASE, 2)
    assert place.commands == [TOGGLE, RELEASE]


async def test_the_proxies_get_the_key_in_the_clear(place):
    switch = GreenPowerSwitch(SOURCE, level=3, counter=100)
    await place.commission(switch)
    (frame,) = place.to_proxies(1)
    options = 0x08 | 2 << 5 | 3 << 9 | 4 << 11 | 1 << 14 | 1 << 15
    expected = options.to_bytes(3, "little") + SOURCE.to_bytes(4, "little") + bytes.fromhex("840b 02 63000000")
    assert frame.data[3:] == expected + switch.key
    assert (frame.mode, frame.destination) == (Mode.BROADCAST, 0xFFFD)


async def test_a_proxy_that_sends_to_us_alone_is_told_alone(place):
    await place.network.permit_join(60)
    router = place.house.device("plug").node.network_address
    commissioning = replace(GreenPowerSwitch(SOURCE).commissioning(), proxy=router)
    place.network.frame_received(told(commissioning, router))
    await until(lambda: place.to_proxies(1))
    (frame,) = place.to_proxies(1)
    assert (frame.mode, frame.destination) == (Mode.UNICAST, router)
    assert int.from_bytes(frame.data[3:6], "little") & 0x60 == 0x60
    sink = bytes.fromhex(place.house.nvram.ieee[2:])[::-1]
    assert frame.data[10:20] == sink + b"\x00\x00"


async def test_nobody_is_let_in_while_joining_is_closed(place):
    place.network.frame_received(told(GreenPowerSwitch(SOURCE).commissioning()))
    assert place.device is None


async def test_who_is_blocked_is_not_let_in(place):
    place.blocked.add(IEEE)
    await place.network.permit_join(60)
    place.network.frame_received(told(GreenPowerSwitch(SOURCE).commissioning()))
    assert place.device is None


@pytest.mark.parametrize(
    ("extension", "reason"), [("f2", "the MIC of its key"), ("52", "no key to give"), ("01", "reserved")]
)
async def test_a_commissioning_without_a_good_key_is_refused(place, caplog, extension, reason):
    await place.network.permit_join(60)
    payload = bytes.fromhex("0280" + extension) + bytes(24)
    place.network.frame_received(told(Notification(COMMISSIONING_NOTIFICATION, SOURCE, 1, 0xE0, payload)))
    assert place.device is None
    assert reason in caplog.text


async def test_a_key_in_the_clear_is_taken(place):
    await place.network.permit_join(60)
    key = bytes(range(16))
    payload = bytes.fromhex("0280b2") + key + bytes(4)
    place.network.frame_received(told(Notification(COMMISSIONING_NOTIFICATION, SOURCE, 1, 0xE0, payload)))
    assert Memory.of(place.device) == Memory(2, 4, key, 0)


async def test_repeated_frames_are_refused(place, caplog):
    switch = GreenPowerSwitch(SOURCE)
    await place.commission(switch)
    first = switch.command(TOGGLE)
    place.air.send(first)
    await until(lambda: place.commands == [TOGGLE])
    place.air.send(switch.command(RELEASE))
    await until(lambda: place.commands == [TOGGLE, RELEASE])
    place.air.send(first)
    await until(lambda: "it is a repetition" in caplog.text)
    assert place.commands == [TOGGLE, RELEASE]


async def test_what_several_proxies_hear_counts_once(place):
    await place.network.permit_join(60)
    place.network.frame_received(told(GreenPowerSwitch(SOURCE, level=0).commissioning()))
    press = Notification(NOTIFICATION, SOURCE, 17, TOGGLE, proxy=1)
    for proxy in (1, 2, 3):
        place.network.frame_received(told(replace(press, proxy=proxy), proxy))
    assert place.commands == [TOGGLE]


async def test_a_frame_without_security_of_a_device_with_it_is_refused(place, caplog):
    await place.commission(GreenPowerSwitch(SOURCE))
    place.network.frame_received(told(Notification(NOTIFICATION, SOURCE, 999, TOGGLE)))
    assert place.commands == []
    assert "its security level is 0, the device has 2" in caplog.text


async def test_a_frame_that_no_proxy_checked_is_checked_here(place, caplog):
    switch = GreenPowerSwitch(SOURCE, level=3)
    await place.commission(switch)
    good = replace(switch.command(TOGGLE), proxy=7)
    bad = replace(switch.command(TOGGLE), proxy=7, mic=1)
    place.network.frame_received(told(bad))
    assert place.commands == []
    assert "the MIC of frame" in caplog.text
    place.network.frame_received(told(good))
    assert place.commands == [TOGGLE]


async def test_the_counter_outlives_a_restart(place):
    switch = GreenPowerSwitch(SOURCE)
    await place.commission(switch)
    await hear(place, switch, TOGGLE, 1)
    await place.network.stop()
    place.network = place.make_network()
    await place.start()
    assert Memory.of(place.device) == Memory(2, 4, switch.key, switch.counter - 1)
    place.network.frame_received(told(replace(switch.command(TOGGLE), counter=1, mic=None, kind=NOTIFICATION)))
    assert place.commands == [TOGGLE]


async def test_beginning_anew_with_the_same_key_keeps_the_counter(place):
    switch = GreenPowerSwitch(SOURCE)
    await place.commission(switch)
    await hear(place, switch, TOGGLE, 1)
    kept = Memory.of(place.device).counter
    old = GreenPowerSwitch(SOURCE, counter=1)
    place.network.frame_received(told(old.commissioning()))
    assert Memory.of(place.device).counter == kept
    assert place.ears.names().count("joined") == 1


async def test_a_device_leaves(place):
    switch = GreenPowerSwitch(SOURCE)
    await place.commission(switch)
    place.air.send(switch.command(0xE1))
    await until(lambda: place.device is None)
    await until(lambda: not place.air._pairings)
    assert "left" in place.ears.names()


async def test_a_device_is_removed(place):
    await place.commission(GreenPowerSwitch(SOURCE))
    await place.network.remove(place.device)
    assert place.device is None
    await until(lambda: not place.air._pairings)


async def test_a_device_can_not_be_asked(place):
    await place.commission(GreenPowerSwitch(SOURCE))
    with pytest.raises(RequestError, match="can't be asked"):
        await place.network.request(place.device, Command(endpoint=242, cluster="genOnOff", command="on"))
    await place.network.interview(place.device)


async def test_its_address_takes_nobody_elses(place):
    plug = next(iter(place.network.devices.values()))
    await place.network.permit_join(60)
    source = 0xABCD0000 | plug.network_address
    place.network.frame_received(told(GreenPowerSwitch(source).commissioning()))
    assert len(place.network.devices) == 2
    assert place.network.device_at(plug.network_address) is plug


async def test_the_channel_is_told_to_a_device_that_looks_for_it(place):
    request = Notification(COMMISSIONING_NOTIFICATION, 0, 1, 0xE3, bytes([0x25]), proxy=0x1234)
    place.network.frame_received(told(request))
    assert place.to_proxies(6) == []
    await place.network.permit_join(60)
    place.network.frame_received(told(replace(request, counter=2)))
    await until(lambda: place.to_proxies(6))
    (frame,) = place.to_proxies(6)
    assert frame.data[3:] == bytes.fromhex("00 3412 05 00000000 f3 01 14")


async def test_a_device_that_listens_gets_an_answer(place):
    await place.network.permit_join(60)
    asking = replace(GreenPowerSwitch(SOURCE).commissioning(), rx_after_tx=True, proxy=0x1234)
    place.network.frame_received(told(asking))
    await until(lambda: place.to_proxies(6))
    (frame,) = place.to_proxies(6)
    assert frame.data[3:] == bytes.fromhex("00 3412 04") + SOURCE.to_bytes(4, "little") + bytes.fromhex("f0 01 90")


async def test_a_cut_notification_is_counted(place):
    place.network.frame_received(ApsFrame(1, 242, 0, 242, 0xA1E0, 0x21, bytes.fromhex("110100 0000"), Mode.UNICAST))
    assert place.network.unreadable == 1


def test_a_key_that_zigbee2mqtt_kept():
    key = bytes(range(16))
    device = Device(IEEE, 1, DeviceType.GREEN_POWER, keepsakes={"gpSecurityKey": list(wrap_key(SOURCE, key)[0])})
    assert Memory.of(device) == Memory(None, 4, key)
    assert Memory.of(Device(IEEE, 1, DeviceType.GREEN_POWER)) == Memory(None)


@pytest.mark.parametrize("kept", [[0] * 16, [1, 2], [300] * 16, "none", None])
def test_what_zigbee2mqtt_kept_is_no_key(kept):
    assert Memory.of(Device(IEEE, 1, DeviceType.GREEN_POWER, keepsakes={"gpSecurityKey": kept})) == Memory(None)


def test_a_device_with_a_key_is_not_believed_without_protection():
    with pytest.raises(SecurityError, match="no protection"):
        Memory(None, 4, bytes(range(16))).accept(Notification(NOTIFICATION, SOURCE, 7, TOGGLE))


def test_zigbee2mqtt_gets_the_key_back():
    device = Device(IEEE, 1, DeviceType.GREEN_POWER)
    Memory(2, 4, bytes(range(16)), 9).keep(device)
    assert Memory.of(device) == Memory(2, 4, bytes(range(16)), 9)
    del device.meta["green_power"]
    assert Memory.of(device).key == bytes(range(16))
