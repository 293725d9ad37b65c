"""From the user's `serial` settings to a radio."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from zigwire.zigbee.radio import CoordinatorInfo, Radio, RadioError

__all__ = ["ADAPTERS", "RealRadio", "UnknownAdapterError", "check_adapter", "radio_for"]


@dataclass(frozen=True, slots=True)
class _Library:
    """A zigpy library.

    Attributes:
        package: Its name.
        baudrate: What its coordinators use when the user names none.
        radio: Module and class of the radio.
        mixin: Name of the mixin in that module.
    """

    package: str
    baudrate: int
    radio: tuple[str, str] = ("zigwire.zigbee.zigpy_radio", "ZigpyRadio")
    mixin: tuple[str, str] = ("zigwire.zigbee.zigpy_radio", "ApplicationMixin")


_BELLOWS = _Library("bellows", 115200, mixin=("zigwire.zigbee.bellows_radio", "BellowsMixin"))
_LIBRARIES = {
    "zstack": _Library(
        "zigpy_znp",
        115200,
        ("zigwire.zigbee.zstack_radio", "ZstackRadio"),
        ("zigwire.zigbee.zstack_radio", "ZstackMixin"),
    ),
    "ember": _BELLOWS,
    "ezsp": _BELLOWS,
    "deconz": _Library("zigpy_deconz", 38400, mixin=("zigwire.zigbee.deconz_radio", "DeconzMixin")),
    "zigate": _Library("zigpy_zigate", 115200),
    "xbee": _Library("zigpy_xbee", 57600, mixin=("zigwire.zigbee.xbee_radio", "XbeeMixin")),
    "zoh": _Library("zigpy_ziggurat", 460800),
}

ADAPTERS = tuple(_LIBRARIES)
"""Allowed values of `serial.adapter`."""


class RealRadio(Radio, Protocol):
    """A radio that is a piece of hardware."""

    async def identify(self) -> CoordinatorInfo | None:
        """Describe the coordinator before it is started, None where it tells nothing as long as it has no network."""


class UnknownAdapterError(RadioError):
    """`serial.adapter` names none of the adapters, or its library is missing."""


def radio_for(
    adapter: str | None,
    port: str,
    *,
    baudrate: int | None = None,
    rtscts: bool = False,
    transmit_power: int | None = None,
    concurrent: int | None = None,
    disable_led: bool = False,
) -> Callable[[], RealRadio]:
    """Return what makes radios for these settings; the adapter's library is imported now, and no other.

    Args:
        adapter: One of `ADAPTERS`.
        port: Path of a serial port, or `tcp://host:port` (`socket://` is the same).
        baudrate: Of a serial port, None for what is usual for the adapter.
        rtscts: Hardware flow control.
        transmit_power: dBm.
        concurrent: Frames that the radio may be given at the same time.
        disable_led: Switch the coordinator's light off.

    Raises:
        UnknownAdapterError: There is no such adapter, or its library is missing.
        RadioError: The port is missing, or of a kind that can't be used.
    """
    library = _library(adapter)
    if not port or port.startswith("mdns://"):
        raise RadioError(_port_fault(port))
    radio, application = _load(adapter or "", library)
    device = {
        "path": port,
        "baudrate": baudrate or library.baudrate,
        "flow_control": "hardware" if rtscts else None,
    }
    config = _config(device, concurrent)
    if adapter == "zstack":
        config["znp_config"] = _znp_config(port, disable_led=disable_led)
    if library is _BELLOWS:
        config["use_thread"] = False  # what it logs would reach the event loop's objects from its thread

    def make_radio() -> RealRadio:
        made: RealRadio = radio(application, config, transmit_power)
        return made

    return make_radio


def check_adapter(adapter: str) -> None:
    """Find out whether `radio_for` takes an adapter; its library is imported.

    Raises:
        UnknownAdapterError: There is no such adapter, or its library is missing.
    """
    _load(adapter, _library(adapter))


def _library(adapter: str | None) -> _Library:
    library = _LIBRARIES.get(adapter or "")
    if library is None:
        raise UnknownAdapterError(_adapter_fault(adapter))
    return library


def _adapter_fault(adapter: str | None) -> str:
    allowed = ", ".join(ADAPTERS)
    if not adapter:
        return f"serial.adapter is missing: set it to one of {allowed}; it is found out for USB sticks only"
    return f"serial.adapter {adapter[:40]!r} is unknown: set it to one of {allowed}"


def _port_fault(port: str) -> str:
    wrong = f"{port[:80]!r} can't be used" if port else "is missing"
    return f"serial.port {wrong}: set it to a device file or tcp://host:port"


def _znp_config(port: str, *, disable_led: bool) -> dict[str, Any]:
    """Return zigpy-znp's own settings; the pins that it toggles at a serial port, for 0.4 s, a network port has not."""
    config: dict[str, Any] = {"led_mode": "OFF" if disable_led else None}
    if "://" in port:
        config |= {"connect_rts_pin_states": [], "connect_dtr_pin_states": []}
    return config


def _load(adapter: str, library: _Library) -> tuple[Any, Any]:
    """Return the class of the radio and the application with the mixin before it."""
    try:
        base = importlib.import_module(f"{library.package}.zigbee.application").ControllerApplication
    except ImportError as error:
        package = library.package.replace("_", "-")
        raise UnknownAdapterError(f"serial.adapter {adapter!r} needs the Python package {package}: {error}") from error
    mixin = _named(library.mixin)
    return _named(library.radio), type("Application", (mixin, base), {})


def _named(place: tuple[str, str]) -> Any:
    module, name = place
    return getattr(importlib.import_module(module), name)


def _config(device: dict[str, Any], concurrent: int | None) -> dict[str, Any]:
    """Return zigpy's configuration with all switched off that Zigwire does itself."""
    config: dict[str, Any] = {
        "device": device,
        "database_path": None,
        "backup_enabled": False,
        "topology_scan_enabled": False,
        "watchdog_enabled": False,
        "ota": {"enabled": False},
    }
    if concurrent is not None:
        config["max_concurrent_requests"] = concurrent
    return config
