"""Trying whether there is a coordinator at a port: it is asked who it is and what network it holds, nothing more.

Nothing is formed, started or changed.
"""

from __future__ import annotations

import asyncio
import errno
import grp
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from zigwire.zigbee.radio import CoordinatorInfo, NetworkParameters, RadioError
from zigwire.zigbee.radios import UnknownAdapterError, radio_for
from zigwire.zigbee.search import FoundRadio

__all__ = ["Answer", "check_port", "find_adapter", "try_radio"]

PATIENCE = 15.0
"""Seconds for one attempt; a Z-Stack chip that does not answer at once is asked for up to ten."""

TCP = ("tcp", "socket")
WEB = ("http", "https")

PROBED = ("zstack", "ember", "deconz", "zigate")
"""Adapters in the order of how common they are. XBee is left out: its greeting changes modes of the module."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a coordinator says of itself.

    Attributes:
        radio: Where it is, and the adapter that it speaks.
        info: None where it tells nothing as long as it has no network.
        network: What it holds, None for nothing.
    """

    radio: FoundRadio
    info: CoordinatorInfo | None
    network: NetworkParameters | None

    def __str__(self) -> str:
        who = f"{self.info.type}, {self.info.ieee}" if self.info else "a coordinator without an address yet"
        return f"{who}, {_held(self.network)}"


async def try_radio(radio: FoundRadio) -> Answer:
    """Ask the coordinator at a port who it is.

    Args:
        radio: With its adapter.

    Raises:
        RadioError: There is no answer; the text says why, and what to do where that is known.
    """
    tried = radio_for(radio.adapter, radio.port, baudrate=radio.baudrate, rtscts=bool(radio.rtscts))()
    try:
        async with asyncio.timeout(PATIENCE):
            await tried.connect()
            network = await tried.load()
            return Answer(radio, await tried.identify(), network)
    except TimeoutError as error:
        raise RadioError(f"what is at {radio.port} does not answer as {radio.adapter}") from error
    except RadioError as error:
        raise RadioError(_reason(error, radio)) from error
    finally:
        await tried.close()


async def find_adapter(radio: FoundRadio) -> Answer:
    """Ask with the radio's adapter, where it names one, then with others, until the coordinator answers.

    Raises:
        RadioError: It answers to none, or its port can't be opened.
    """
    check_port(radio.port)
    tried = []
    for adapter in dict.fromkeys([radio.adapter, *PROBED] if radio.adapter else PROBED):
        try:
            return await try_radio(replace(radio, adapter=adapter))
        except UnknownAdapterError:
            if adapter == radio.adapter:
                raise
        except RadioError as error:
            if _is_port_fault(error):
                raise
            tried.append(adapter)
    raise RadioError(f"what is at {radio.port} answers as none of {', '.join(tried)}")


def check_port(port: str) -> None:
    """Find out whether a port in the network has a host and a number; web addresses are none.

    Raises:
        RadioError: It has not.
    """
    try:
        place = urlsplit(port)
        wrong = place.scheme in WEB or (place.scheme in TCP and not (place.hostname and place.port))
    except ValueError:
        wrong = True
    if wrong:
        raise RadioError(f"port {port[:80]!r} can't be used: a device file or tcp://host:port is allowed")


def _held(network: NetworkParameters | None) -> str:
    if network is None:
        return "holds no network"
    return f"holds the network with PAN id {network.pan_id} on channel {network.channel}"


def _is_port_fault(error: BaseException) -> bool:
    """Whether it is the port that can't be opened: another adapter would not do better."""
    return any(isinstance(cause, OSError) and not isinstance(cause, TimeoutError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: RadioError, radio: FoundRadio) -> str:
    """Say why a coordinator can't be reached, and what helps."""
    port = radio.port
    for cause in _causes(error):
        match cause:
            case PermissionError() if "://" not in port:
                return f"no permission to open {port}: {_permission(port)}"
            case FileNotFoundError():
                return f"there is no {port}"
            case ConnectionRefusedError():
                return f"nothing listens at {port}"
            case BlockingIOError():
                return f"{port} is in use by another program: stop it first (Zigbee2MQTT, ZHA, ModemManager?)"
            case OSError(errno=errno.EBUSY):
                return f"{port} is in use by another program: stop it first"
            case TimeoutError():
                return f"what is at {port} does not answer as {radio.adapter}"
            case OSError(strerror=str(text)):
                return f"{port} can't be used: {text}"
    return f"what is at {port} does not answer as {radio.adapter}: {error}"


def _permission(port: str) -> str:
    """Name the group that may open a device file."""
    status = Path(port).stat()
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    user = os.environ.get("USER", "USER")
    return f"add yourself to the group that may (`sudo usermod -aG {group} {user}`) and log in again"
