"""From the settings to a radio, named or to be found."""

from __future__ import annotations

import pytest
import serialx
from serialx import SerialPortInfo

from zigwire.coordinator import Coordinator
from zigwire.settings import Settings
from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.sought_radio import SoughtRadio

STICK = "/dev/serial/by-id/usb-Nabu_Casa_ZBT-2_10B41DE58D6C-if00"


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Return what makes a radio for a `serial` section; the ports of this machine hold one stick."""

    async def listed():
        return [SerialPortInfo(STICK, "/dev/ttyACM7", 0x303A, 0x831A, "1", "Nabu Casa", "ZBT-2", None, None, 0)]

    monkeypatch.setattr(serialx, "async_list_serial_ports", listed)

    async def make(serial):
        document = {"mqtt": {"server": "mqtt://x"}, "serial": serial}
        return (await Coordinator(tmp_path).maker(Settings.create(tmp_path / "configuration.yaml", document, {})))()

    return make


@pytest.mark.parametrize("serial", [{}, {"adapter": "ember"}, {"port": STICK}, {"port": "/dev/ttyACM7"}])
async def test_what_is_not_named_is_found(make, serial, monkeypatch):
    asked = []

    def radio_for(adapter, port, **options):
        asked.append((adapter, port, options["baudrate"], options["rtscts"]))
        raise RadioError("enough")

    monkeypatch.setattr("zigwire.zigbee.radios.radio_for", radio_for)
    radio = await make(serial)
    with pytest.raises(RadioError, match="enough"):
        await radio.connect()
    assert asked == [("ember", serial.get("port", STICK), 460800, True)]


async def test_the_users_line_settings_count(make, monkeypatch):
    asked = []

    def radio_for(adapter, port, **options):
        asked.append((adapter, port, options["baudrate"], options["rtscts"]))
        raise RadioError("enough")

    monkeypatch.setattr("zigwire.zigbee.radios.radio_for", radio_for)
    radio = await make({"port": STICK, "adapter": "ember", "baudrate": 115200, "rtscts": False})
    with pytest.raises(RadioError, match="enough"):
        await radio.connect()
    assert asked == [("ember", STICK, 115200, False)]


async def test_a_tcp_port_is_not_looked_for(make):
    assert not isinstance(await make({"port": "tcp://127.0.0.1:1", "adapter": "zstack"}), SoughtRadio)


@pytest.mark.parametrize(
    "serial", [{"port": "tcp://127.0.0.1:1"}, {"adapter": "zboss"}, {"port": STICK, "adapter": "zboss"}]
)
async def test_what_can_never_be_a_radio_is_refused_at_once(make, serial):
    with pytest.raises(RadioError, match=r"^serial\.adapter"):
        await make(serial)


async def test_nobody_there_is_no_end(make):
    radio = await make({"port": "mdns://zigwire-has-no-such"})
    with pytest.raises(RadioError, match="no coordinator answers to mdns://zigwire-has-no-such"):
        await radio.connect()
    await radio.close()
