"""A radio that the settings don't describe wholly: it is looked for each time that it is connected to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from zigwire.zigbee.radio import Radio, RadioError
from zigwire.zigbee.search import FoundRadio, mdns_type, network_radios, serial_radios

__all__ = ["SoughtRadio", "Wanted", "sought"]

_LOG = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """What the settings say of the radio: `serial.port` and `serial.adapter`, empty for what they leave open."""

    port: str
    adapter: str


class SoughtRadio:
    """Looks for a radio when it is to be connected to, and is that radio from then on.

    Args:
        wanted: What is known of it.
        make: Makes the radio that was found.
    """

    def __init__(self, wanted: Wanted, make: Callable[[FoundRadio], Radio]) -> None:
        self._wanted = wanted
        self._make = make
        self._radio: Radio | None = None

    async def connect(self) -> None:
        """Find the radio, open its port and greet it.

        Raises:
            RadioError: There is none, there are several, or it can't be reached.
        """
        found = await sought(self._wanted)
        if not all(self._wanted):
            _LOG.info("Using the coordinator %s", found)
        self._radio = self._make(found)
        await self._radio.connect()

    async def close(self) -> None:
        """Let go of the port."""
        if self._radio is not None:
            await self._radio.close()

    def __getattr__(self, name: str) -> Any:
        """Return what is the found radio's own.

        Raises:
            RadioError: None was found yet.
        """
        radio = self.__dict__.get("_radio")
        if radio is None:
            raise RadioError("the radio is not connected")
        return getattr(radio, name)


async def sought(wanted: Wanted) -> FoundRadio:
    """Return the one radio that fits.

    Raises:
        RadioError: None fits, or several do; the text lists what was found.
    """
    if wanted.port.startswith("mdns://"):
        return _only(await _answering(wanted), f"coordinator answers to {wanted.port}")
    found = await serial_radios()
    if wanted.port:
        return _at(wanted, found)
    fitting = [radio for radio in found if radio.adapter and _same(radio.adapter, wanted.adapter)]
    kind = f"{wanted.adapter} coordinator" if wanted.adapter else "known coordinator"
    return _only([_as_wanted(radio, wanted) for radio in fitting], f"{kind} is at a USB port", found)


async def _answering(wanted: Wanted) -> list[FoundRadio]:
    radios = await network_radios(mdns_type(wanted.port))
    return [_as_wanted(radio, wanted) for radio in radios]


def _as_wanted(radio: FoundRadio, wanted: Wanted) -> FoundRadio:
    """Return a radio with the adapter that the user names, who knows better what it speaks."""
    return replace(radio, adapter=wanted.adapter or radio.adapter)


def _at(wanted: Wanted, found: list[FoundRadio]) -> FoundRadio:
    """Return what is at a port that the settings name: a stick that is known needs its own line settings."""
    port, adapter = wanted
    radio = next((radio for radio in found if port in {radio.port, radio.device}), None)
    if radio is not None and radio.adapter and _same(radio.adapter, adapter):
        return replace(_as_wanted(radio, wanted), port=port)
    if adapter:
        return FoundRadio(port, port, adapter)
    there = f"what is at {port} is not known" if radio else f"there is nothing at {port}"
    raise RadioError(f"serial.adapter is missing, and {there}: name the adapter, or let `zigwire setup` find it out")


def _only(fitting: list[FoundRadio], what: str, others: list[FoundRadio] | None = None) -> FoundRadio:
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise RadioError(f"more than one {what}, name one in serial.port: {_listed(fitting)}")
    there = f"; ports here: {_listed(others)}" if others else ""
    raise RadioError(f"no {what}: plug it in, or name it in serial.port{there}")


def _listed(radios: list[FoundRadio]) -> str:
    return ", ".join(map(str, radios))


def _same(adapter: str, wanted: str) -> bool:
    """Whether a stick speaks what is wanted; `ezsp` is the older name of `ember`."""
    both = {"ember", "ezsp"}
    return not wanted or adapter == wanted or {adapter, wanted} <= both
