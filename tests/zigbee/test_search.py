"""Finding radios at serial ports and in the network."""

from __future__ import annotations

import secrets
import socket

import pytest
import serialx
from serialx import SerialPortInfo
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.radios import ADAPTERS
from zigwire.zigbee.search import FoundRadio, find_radios, mdns_type, network_radios, serial_radios
from zigwire.zigbee.sought_radio import SoughtRadio, Wanted, sought
from zigwire.zigbee.sticks import STICKS, recognise

BY_ID = "/dev/serial/by-id/"
SONOFF_P = "usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_b8b49abd27a6ed11a280eba32981d111-if00-port0"
SONOFF_E = "usb-Itead_Sonoff_Zigbee_3.0_USB_Dongle_Plus_V2_a6ee897e4d1fef11aa004ad0639e525b-if00-port0"
LINKS = [
    (0x1CF1, 0x0030, "usb-dresden_elektronik_ingenieurtechnik_GmbH_ConBee_II_DE2132111-if00", "ConBee II", "deconz"),
    (0x0403, 0x6015, "usb-dresden_elektronik_ConBee_III_DE03188111-if00-port0", "ConBee III", "deconz"),
    (0x10C4, 0xEA60, "usb-Nabu_Casa_SkyConnect_v1.0_3abe54797c91ed11-if00-port0", "SkyConnect", "ember"),
    (0x10C4, 0xEA60, "usb-Nabu_Casa_Home_Assistant_Connect_ZBT-1_4e7b-if00-port0", "ZBT-1", "ember"),
    (0x303A, 0x831A, "usb-Nabu_Casa_ZBT-2_10B41DE58D6C-if00", "ZBT-2", "ember"),
    (0x10C4, 0xEA60, "usb-SMLIGHT_SMLIGHT_SLZB-07_be9faa0786e1ea11bd68-if00-port0", "SLZB-07", "ember"),
    (0x10C4, 0xEA60, "usb-SMLIGHT_SMLIGHT_SLZB-07p7_be9faa0786e1ea11bd68-if00-port0", "SLZB-07p7", "zstack"),
    (0x10C4, 0xEA60, "usb-SMLIGHT_SMLIGHT_SLZB-07mg24_be9faa0786e1ea11-if00-port0", "SLZB-07", "ember"),
    (0x10C4, 0xEA60, "usb-SMLIGHT_SMLIGHT_SLZB-06p10_40df2f3e3977ed11-if00-port0", "SLZB-06", "zstack"),
    (0x10C4, 0xEA60, "usb-SMLIGHT_SMLIGHT_SLZB-06M_40df2f3e3977ed11-if00-port0", "SLZB-06M", "ember"),
    (0x10C4, 0xEA60, SONOFF_P, "ZBDongle-P", "zstack"),
    (0x10C4, 0xEA60, "usb-Silicon_Labs_Sonoff_Zigbee_3.0_USB_Dongle_Plus_0111-if00-port0", "ZBDongle-P", "zstack"),
    (0x10C4, 0xEA60, SONOFF_E, "ZBDongle-E", "ember"),
    (0x1A86, 0x55D4, "usb-ITEAD_SONOFF_Zigbee_3.0_USB_Dongle_Plus_V2_20240122184111-if00", "ZBDongle-E", "ember"),
    (0x10C4, 0xEA60, "usb-SONOFF_SONOFF_Dongle_Max_MG24_08965d6b0674ef11b2f4-if00-port0", "Max", "ember"),
    (0x10C4, 0xEA60, "usb-SONOFF_SONOFF_Dongle_Plus_MG24_b023a583a66bef118e30-if00-port0", "MG24", "ember"),
    (0x10C4, 0xEA60, "usb-SONOFF_SONOFF_Dongle_Lite_MG21_c82fc0a1a36bef11a026-if00-port0", "MG21", "ember"),
    (0x10C4, 0xEA60, "usb-SONOFF_SONOFF_Dongle_Plus_CC2674P10_141ff85f6b12f011-if00-port0", "PP10", "zstack"),
    (0x0451, 0x16A8, "usb-Texas_Instruments_TI_CC2531_USB_CDC___0X00124B0018ED1111-if00", "CC2531", "zstack"),
    (0x10C4, 0xEA60, "usb-Silicon_Labs_slae.sh_cc2652rb_stick_-_slaesh_s_iot_stuff-if00", "slae.sh", "zstack"),
    (0x0403, 0x6015, "usb-FTDI_ZiGate_ZIGATE+-if00-port0", "ZiGate+", "zigate"),
]


def usb(path: str, vid: int, pid: int, *, manufacturer: str | None = None, interface: int = 0) -> SerialPortInfo:
    number = sum(path.encode()) % 10
    return SerialPortInfo(path, f"/dev/ttyUSB{number}", vid, pid, "S1", manufacturer, None, None, None, interface)


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch):
    ports: list[SerialPortInfo] = []

    async def listed() -> list[SerialPortInfo]:
        return ports

    monkeypatch.setattr(serialx, "async_list_serial_ports", listed)
    return ports.append


@pytest.mark.parametrize(("vid", "pid", "link", "name", "adapter"), LINKS)
async def test_a_stick_is_known_by_its_link(plug_in, vid: int, pid: int, link: str, name: str, adapter: str):
    plug_in(usb(BY_ID + link, vid, pid))
    (found,) = await serial_radios()
    assert (found.port, found.adapter) == (BY_ID + link, adapter)
    assert name in found.name


def test_every_stick_speaks_what_radios_speak():
    assert {stick.adapter for stick in STICKS} <= set(ADAPTERS)


@pytest.mark.parametrize("text", ["Silicon Labs CP2102 USB to UART Bridge", "Prolific Energy meter", ""])
def test_bridge_chips_alone_say_nothing(text: str):
    assert recognise(0x10C4, 0xEA60, 0, text) is None
    assert recognise(0x1A86, 0x7523, 0, text) is None


def test_of_a_launchpad_the_chip_is_meant_not_its_debugger():
    assert recognise(0x0451, 0xBEF3, 0, "Texas Instruments XDS110") is not None
    assert recognise(0x0451, 0xBEF3, 3, "Texas Instruments XDS110") is None


async def test_line_settings_come_with_the_stick(plug_in):
    plug_in(usb("/dev/ttyACM0", 0x303A, 0x4001, manufacturer="Nabu Casa ZBT-2"))
    (found,) = await serial_radios()
    assert (found.baudrate, found.rtscts) == (460800, True)


async def test_other_ports_are_listed_after_those_that_are_known(plug_in, monkeypatch: pytest.MonkeyPatch):
    async def none() -> list[FoundRadio]:
        return []

    monkeypatch.setattr("zigwire.zigbee.search.network_radios", none)
    plug_in(SerialPortInfo("/dev/ttyAMA0", "/dev/ttyAMA0", *[None] * 8))
    plug_in(usb(BY_ID + SONOFF_P, 0x10C4, 0xEA60))
    assert [radio.adapter for radio in await find_radios()] == ["zstack", None]


# What the settings leave open


async def test_the_only_one_is_taken(plug_in):
    plug_in(usb(BY_ID + SONOFF_P, 0x10C4, 0xEA60))
    plug_in(usb("/dev/ttyUSB9", 0x10C4, 0xEA60, manufacturer="Energy meter"))
    assert (await sought(Wanted("", ""))).port == BY_ID + SONOFF_P


async def test_two_alike_are_never_guessed_between(plug_in):
    plug_in(usb(BY_ID + SONOFF_P, 0x10C4, 0xEA60))
    plug_in(usb(BY_ID + SONOFF_P.replace("b8b4", "c9c5"), 0x10C4, 0xEA60))
    with pytest.raises(RadioError, match=r"more than one .* name one in serial\.port: .*b8b4.*c9c5"):
        await sought(Wanted("", ""))


async def test_the_adapter_chooses_between_two(plug_in):
    plug_in(usb(BY_ID + SONOFF_P, 0x10C4, 0xEA60))
    plug_in(usb(BY_ID + SONOFF_E, 0x10C4, 0xEA60))
    assert (await sought(Wanted("", "ezsp"))).port == BY_ID + SONOFF_E
    assert (await sought(Wanted("", "ezsp"))).adapter == "ezsp"


async def test_none_says_what_is_there(plug_in):
    plug_in(SerialPortInfo("/dev/ttyS7", "/dev/ttyS7", *[None] * 8))
    with pytest.raises(RadioError, match=r"no known coordinator.*ports here: Serial port ttyS7 at /dev/ttyS7"):
        await sought(Wanted("", ""))


async def test_a_port_tells_its_adapter_by_link_or_device(plug_in):
    stick = usb(BY_ID + SONOFF_E, 0x10C4, 0xEA60)
    plug_in(stick)
    for port in (stick.device, stick.resolved_device):
        found = await sought(Wanted(port, ""))
        assert (found.port, found.adapter, found.rtscts) == (port, "ember", False)


async def test_the_users_adapter_counts(plug_in):
    plug_in(usb(BY_ID + SONOFF_E, 0x10C4, 0xEA60))
    found = await sought(Wanted(BY_ID + SONOFF_E, "zstack"))
    assert (found.adapter, found.rtscts) == ("zstack", None)


@pytest.mark.parametrize(("port", "there"), [("/dev/ttyS7", "is not known"), ("/dev/none", "nothing at /dev/none")])
async def test_a_port_without_adapter(plug_in, port: str, there: str):
    plug_in(SerialPortInfo("/dev/ttyS7", "/dev/ttyS7", *[None] * 8))
    with pytest.raises(RadioError, match=rf"serial\.adapter is missing.*{there}.*zigwire setup"):
        await sought(Wanted(port, ""))


async def test_a_sought_radio_is_looked_for_at_each_connection(plug_in):
    made = []

    class Radio:
        closed = False

        async def connect(self) -> None:
            raise RadioError("busy")

        async def close(self) -> None:
            self.closed = True

    def make(found: FoundRadio) -> Radio:
        made.append((found.port, Radio()))
        return made[-1][1]

    sought_radio = SoughtRadio(Wanted("", ""), make)
    with pytest.raises(RadioError, match="not connected"):
        await sought_radio.load()
    with pytest.raises(RadioError, match="no known coordinator"):
        await sought_radio.connect()
    await sought_radio.close()
    plug_in(usb(BY_ID + SONOFF_P, 0x10C4, 0xEA60))
    with pytest.raises(RadioError, match="busy"):
        await sought_radio.connect()
    await sought_radio.close()
    ((port, radio),) = made
    assert port == BY_ID + SONOFF_P
    assert radio.closed


# In the network


@pytest.mark.parametrize("port", ["mdns://slzb-06", "mdns://_slzb-06._tcp", "mdns://slzb-06/"])
def test_types_of_services(port: str):
    assert mdns_type(port) == "_slzb-06._tcp.local."


@pytest.mark.parametrize("port", ["mdns://", "mdns:///", "mdns://a.b", "mdns://" + "x" * 99, "mdns://-", "mdns://a b"])
def test_what_is_no_service(port: str):
    with pytest.raises(RadioError, match="names no service"):
        mdns_type(port)


async def test_coordinators_in_the_network_make_themselves_known():
    mark = secrets.token_hex(4)
    services = [
        ("_slzb-06._tcp.local.", {"radio_type": "znp"}),
        (f"_{mark}._tcp.local.", {"radio_type": "ezsp"}),
        (f"_other-{mark}._tcp.local.", {}),
    ]
    async with AsyncZeroconf() as zeroconf:
        for number, (kind, told) in enumerate(services):
            address = [socket.inet_aton("127.0.0.1")]
            name = f"{mark}-{number}"
            info = ServiceInfo(
                kind, f"{name}.{kind}", 6638, addresses=address, properties=told, server=f"{name}.local."
            )
            await zeroconf.async_register_service(info)
        found = {radio.name: radio for radio in await network_radios() if radio.name.startswith(mark)}
        one = await sought(Wanted(f"mdns://{mark}", ""))
    assert {name: radio.adapter for name, radio in found.items()} == {f"{mark}-0": "zstack", f"{mark}-1": "ember"}
    assert found[f"{mark}-0"].port == "tcp://127.0.0.1:6638"
    assert (one.name, one.adapter) == (f"{mark}-1", "ember")


@pytest.mark.parametrize("fault", [OSError("no network"), RuntimeError("no interface with an IPv4 address")])
async def test_without_a_network_nobody_does(monkeypatch: pytest.MonkeyPatch, fault: Exception):
    def refuse() -> None:
        raise fault

    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf", refuse)
    assert await network_radios() == []
    with pytest.raises(RadioError, match="no coordinator answers to mdns://slzb-06"):
        await sought(Wanted("mdns://slzb-06", ""))


async def test_nobody_answers():
    with pytest.raises(RadioError, match=r"no coordinator answers to mdns://zigwire-has-no-such"):
        await sought(Wanted("mdns://zigwire-has-no-such", ""))
