"""From settings to radios, one library at a time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.radios import ADAPTERS, UnknownAdapterError, radio_for


@pytest.mark.parametrize("adapter", [None, "", "zboss", "x" * 100])
def test_an_unknown_adapter(adapter: str | None):
    with pytest.raises(UnknownAdapterError, match="zstack, ember, ezsp, deconz, zigate, xbee, zoh"):
        radio_for(adapter, "/dev/null")


def test_a_missing_adapter_says_what_to_set():
    with pytest.raises(RadioError, match=r"^serial\.adapter is missing: set it to one of zstack, .*USB sticks only$"):
        radio_for(None, "/dev/null")


@pytest.mark.parametrize(("port", "fault"), [("", "is missing"), ("mdns://slzb-06", "'mdns://slzb-06' can't be used")])
def test_a_port_that_there_is_not(port: str, fault: str):
    with pytest.raises(RadioError, match=f"^serial\\.port {fault}: set it to a device file or tcp://host:port"):
        radio_for("zstack", port)


@pytest.mark.parametrize("adapter", [adapter for adapter in ADAPTERS if adapter != "zoh"])
async def test_every_library_has_a_radio_that_reports_a_missing_port(adapter: str):
    radio = radio_for(adapter, "/dev/zigwire-has-no-such-port", baudrate=57600, rtscts=True, concurrent=4)()
    with pytest.raises(RadioError):
        await radio.connect()
    await radio.close()
    with pytest.raises(RadioError, match="not connected"):
        await radio.ping()


def test_a_missing_library(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "zigpy_ziggurat", None)
    with pytest.raises(UnknownAdapterError, match="zigpy-ziggurat"):
        radio_for("zoh", "/dev/null")


def test_no_other_library_is_imported():
    program = (
        "import sys; from zigwire.zigbee import network, radios; before = {m.split('.')[0] for m in sys.modules};"
        "radios.radio_for('zstack', 'tcp://127.0.0.1:1'); after = {m.split('.')[0] for m in sys.modules};"
        "known = {'zigpy', 'zigpy_znp', 'bellows', 'zigpy_deconz', 'zigpy_zigate', 'zigpy_xbee'};"
        "print(sorted(before & known), sorted(after & known))"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "[] ['zigpy', 'zigpy_znp']"
