"""Finding radios: at serial ports by what their USB sticks say of themselves, in the network by mDNS.

What is found is listed and never guessed at: where two radios fit, the user has to say which.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.sticks import recognise

__all__ = ["FoundRadio", "find_radios", "mdns_type", "network_radios", "serial_radios"]

SCAN_TIME = 2.0
"""Seconds that radios in the network have to answer; zigbee-herdsman waits as long."""

RESOLVE_TIME = 1000
"""Milliseconds for one of them to tell its address."""

SERVICE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,40}[A-Za-z0-9])?")
ALL_TYPES = "_services._dns-sd._udp.local."
TYPES = (
    "_slzb-06._tcp.local.",
    "_uzg-01._tcp.local.",
    "_xzg._tcp.local.",
    "_zigstar_gw._tcp.local.",
    "_zigate-zigbee-gateway._tcp.local.",
)
"""Services of known coordinators; others are found by the services that the network lists."""

ADAPTERS = {"znp": "zstack", "ezsp": "ember"}
"""What coordinators call their protocol in `radio_type`, where it is not the name of the adapter."""


@dataclass(frozen=True, slots=True)
class FoundRadio:
    """A place where a radio is, or may be.

    Attributes:
        port: As `serial.port` has it.
        name: For people.
        adapter: As `serial.adapter` has it, None when it is not known.
        baudrate: None is what is usual for the adapter.
        rtscts: Hardware flow control, None is what is usual.
        device: The device file itself where `port` is a link to it.
    """

    port: str
    name: str
    adapter: str | None = None
    baudrate: int | None = None
    rtscts: bool | None = None
    device: str | None = None

    def __str__(self) -> str:
        return f"{self.name} at {self.port}" + (f" ({self.adapter})" if self.adapter else "")


async def find_radios() -> list[FoundRadio]:
    """Return every radio and every other serial port, those that were recognised first."""
    at_ports, in_network = await asyncio.gather(serial_radios(), network_radios())
    return sorted([*at_ports, *in_network], key=lambda found: found.adapter is None)


async def serial_radios() -> list[FoundRadio]:
    """Return the serial ports of this machine, with what sits at them where that is known."""
    import serialx

    ports = await serialx.async_list_serial_ports()
    return [_at_port(port) for port in sorted(ports, key=lambda port: str(port.device))]


async def network_radios(only: str | None = None, seconds: float = SCAN_TIME) -> list[FoundRadio]:
    """Return the coordinators that make themselves known in the network.

    Args:
        only: The type of service to look for (`_slzb-06._tcp.local.`), None for any.
        seconds: How long they have to answer.
    """
    from zeroconf.asyncio import AsyncZeroconf

    try:
        zeroconf = AsyncZeroconf()
    except (OSError, RuntimeError):  # no network at all, or none with IPv4 addresses
        return []
    async with zeroconf:
        services = _Services(zeroconf)
        services.browse([only] if only else [ALL_TYPES, *TYPES])
        await asyncio.sleep(seconds)
        await services.close()
        found = await asyncio.gather(*(_in_network(zeroconf, *service) for service in sorted(services.seen)))
    return [radio for radio in found if radio is not None]


class _Services:
    """Services that are seen in the network; each type of service that it lists is looked for, too.

    Attributes:
        seen: Type and name of each.
    """

    def __init__(self, zeroconf: Any) -> None:
        self._zeroconf = zeroconf
        self._browsers: dict[str, Any] = {}
        self.seen: set[tuple[str, str]] = set()

    def browse(self, types: Iterable[str]) -> None:
        """Look for types of services."""
        from zeroconf.asyncio import AsyncServiceBrowser

        for kind in types:
            if kind not in self._browsers:
                self._browsers[kind] = AsyncServiceBrowser(self._zeroconf.zeroconf, kind, handlers=[self._heard])

    async def close(self) -> None:
        """Look no more."""
        browsers, self._browsers = self._browsers, dict.fromkeys(self._browsers)
        for browser in browsers.values():
            await browser.async_cancel()

    def _heard(self, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        """Take what the library tells, by the names that it calls with."""
        del zeroconf, state_change
        if service_type != ALL_TYPES:
            self.seen.add((service_type, name))
        elif name.endswith("._tcp.local."):
            asyncio.get_running_loop().call_soon(self.browse, [name])


def mdns_type(port: str) -> str:
    """Return the type of service that a `serial.port` such as `mdns://slzb-06` means.

    Raises:
        RadioError: It means none.
    """
    name = port.removeprefix("mdns://").strip("/").removeprefix("_").removesuffix("._tcp")
    if not SERVICE.fullmatch(name):
        raise RadioError(f"serial.port {port[:80]!r} names no service: mdns://slzb-06 would, for example")
    return f"_{name}._tcp.local."


def _at_port(port: Any) -> FoundRadio:
    path, device = str(port.device), str(port.resolved_device)
    said = [text for text in (port.manufacturer, port.product, port.interface_description) if text]
    shown = " ".join(dict.fromkeys(said)) or f"Serial port {Path(device).name}"
    stick = None
    if port.vid is not None and port.pid is not None:
        stick = recognise(port.vid, port.pid, port.interface_num, " ".join([*said, Path(path).name]))
    if stick is None:
        return FoundRadio(path, shown, device=device)
    serial = f" {port.serial_number}" if port.serial_number else ""
    return FoundRadio(path, f"{stick.name}{serial}", stick.adapter, stick.baudrate, stick.rtscts, device)


async def _in_network(zeroconf: Any, service_type: str, name: str) -> FoundRadio | None:
    """Return a coordinator; None for anything else that the network has."""
    with contextlib.suppress(ValueError):  # a name that the library takes for none
        info = await zeroconf.async_get_service_info(service_type, name, RESOLVE_TIME)
        return _coordinator(info, service_type) if info is not None else None
    return None


def _coordinator(info: Any, service_type: str) -> FoundRadio | None:
    told = {key.lower(): value or "" for key, value in info.decoded_properties.items()}
    kind = told.get("radio_type", "").lower()
    addresses = info.parsed_scoped_addresses()
    if not info.port or not addresses or not (kind or service_type in TYPES):
        return None
    host = next((address for address in addresses if ":" not in address), f"[{addresses[0]}]")
    shown = info.name.removesuffix(f".{service_type}")
    return FoundRadio(f"tcp://{host}:{info.port}", shown, ADAPTERS.get(kind, kind) or None)
