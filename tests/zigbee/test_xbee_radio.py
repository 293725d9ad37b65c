"""What is asked of an XBee module, and what its answers mean."""

from __future__ import annotations

from typing import Any

import pytest
import zigpy_xbee.api

from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.radios import radio_for

COORDINATOR = {"AI": 0, "MY": 0, "EE": 1, "EO": 2, "ZS": 2, "CE": 1, "OI": 0x1A62, "ID": 0xDDDDDDDDDDDDDDDD, "CH": 11}


class Module:
    """An XBee module behind its port, which answers AT commands from a table."""

    settings: dict[str, Any]

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.read: list[str] = []

    async def connect(self) -> None:
        pass

    async def disconnect(self) -> None:
        pass

    def set_application(self, application: Any) -> None:
        pass

    async def _at_command(self, name: str) -> int:
        self.read.append(name)
        if name not in self.settings:
            raise TimeoutError
        return self.settings[name]


@pytest.fixture
async def radio(monkeypatch: pytest.MonkeyPatch) -> Any:
    Module.settings = {**COORDINATOR, "SH": 0x0013A200, "SL": 0x40C0FFEE, "VR": 0x1014}
    monkeypatch.setattr(zigpy_xbee.api, "XBee", Module)
    radio = radio_for("xbee", "/dev/ttyUSB0")()
    await radio.connect()
    return radio


async def test_it_is_opened_at_its_usual_speed(radio: Any):
    assert radio._app._api.config["baudrate"] == 57600


async def test_it_holds_a_network(radio: Any):
    held = await radio.load()
    assert (held.pan_id, held.extended_pan_id, held.channel) == (0x1A62, "0xdddddddddddddddd", 11)


@pytest.mark.parametrize(("name", "value"), [("AI", 0x21), ("MY", 0xFFFE), ("EE", 0), ("EO", 0), ("ZS", 0)], ids=str)
async def test_it_holds_none_that_starts(radio: Any, name: str, value: int):
    Module.settings[name] = value
    assert await radio.load() is None


async def test_it_never_starts(radio: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zigwire.zigbee.xbee_radio._STARTING", 0.01)
    Module.settings["AI"] = 0xFF
    with pytest.raises(RadioError, match="in time"):
        await radio.load()


async def test_a_sign_of_life(radio: Any):
    await radio.ping()
    del Module.settings["AI"]
    with pytest.raises(RadioError, match="in time"):
        await radio.ping()
