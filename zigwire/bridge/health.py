"""bridge/health: how machine, program, broker and devices fare, every few minutes."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.mqtt.client import Statistics
from zigwire.settings import Settings
from zigwire.zigbee.model import Device

__all__ = ["Health"]

LOG = logging.getLogger(__name__)

MEGABYTE = 2**20
STARTED = time.monotonic()


@dataclass(slots=True)
class Tally:
    """What happened to a device since the counting began.

    Attributes:
        first: When the first frame came, Unix time in seconds.
    """

    first: float | None = None
    messages: int = 0
    leaves: int = 0
    address_changes: int = 0


class Health:
    """Counts what devices do and publishes it with all else, for the first time after one interval.

    Args:
        mqtt: The MQTT client, whose counters are shown too.
        settings: For the base topic, `health.interval` (minutes) and `health.reset_on_check`.
        now: Unix time in seconds.
    """

    def __init__(self, mqtt: Mqtt, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._now = now
        self._tallies: dict[str, Tally] = {}
        self._addresses: dict[str, int] = {}
        self._before = Statistics(connected=False, queued=0, received=0, published=0)
        self._timer: asyncio.TimerHandle | None = None

    def start(self, devices: Mapping[str, Device]) -> None:
        """Begin to publish."""
        self._addresses.update((ieee, device.network_address) for ieee, device in devices.items())
        self._schedule()

    def stop(self) -> None:
        """Publish no more."""
        if self._timer:
            self._timer.cancel()

    def joined(self, device: Device) -> None:
        """Note where a new device is."""
        self._addresses[device.ieee] = device.network_address

    def heard(self, device: Device) -> None:
        """Count a frame."""
        tally = self._tally(device)
        if tally.first is None:
            tally.first = self._now()
        tally.messages += 1

    def changed(self, device: Device) -> bool:
        """Count a changed network address; tell whether that is what changed."""
        before = self._addresses.get(device.ieee)
        self._addresses[device.ieee] = device.network_address
        moved = before not in {None, device.network_address}
        if moved:
            self._tally(device).address_changes += 1
        return moved

    def left(self, device: Device) -> None:
        """Count a leave."""
        self._tally(device).leaves += 1

    def publish(self) -> None:
        """Publish what there is to say now."""
        payload = dumps(self._report(self._now()))
        if self._settings.health.reset_on_check:
            self._tallies.clear()
            self._before = self._mqtt.statistics
        self._mqtt.publish(f"{self._settings.mqtt.base_topic}/bridge/health", payload, qos=1, retain=True)

    def _schedule(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._settings.health.interval * 60, self._check)

    def _check(self) -> None:
        self._schedule()
        self.publish()

    def _tally(self, device: Device) -> Tally:
        tally = self._tallies.get(device.ieee)
        if tally is None:
            tally = self._tallies[device.ieee] = Tally()
        return tally

    def _report(self, now: float) -> dict[str, Any]:
        mqtt, before = self._mqtt.statistics, self._before
        return {
            "response_time": round(now * 1000),
            **machine(),
            "mqtt": {
                "connected": mqtt.connected,
                "queued": mqtt.queued,
                "received": mqtt.received - before.received,
                "published": mqtt.published - before.published,
            },
            "devices": {ieee: figures(tally, now) for ieee, tally in self._tallies.items()},
        }


def figures(tally: Tally, now: float) -> dict[str, Any]:
    """Describe a device's tally."""
    seconds = 0.0 if tally.first is None else now - tally.first
    return {
        "messages": tally.messages,
        "messages_per_sec": round(tally.messages / seconds, 4) if seconds > 0 else 0,
        "leave_count": tally.leaves,
        "network_address_changes": tally.address_changes,
    }


def machine() -> dict[str, Any]:
    """Describe the machine's load and the program's part of it; what the system does not tell is 0."""
    total, available = memory()
    used, own = total - available, resident()
    return {
        "os": {
            "load_average": list(os.getloadavg()),
            "memory_used_mb": round(used / MEGABYTE, 2),
            "memory_percent": _percent(used, total),
        },
        "process": {
            "uptime_sec": int(time.monotonic() - STARTED),
            "memory_used_mb": round(own / MEGABYTE, 2),
            "memory_percent": _percent(own, total),
        },
    }


def memory(source: Path = Path("/proc/meminfo")) -> tuple[int, int]:
    """Return the bytes of memory in all, and those that programs could still have (proc(5))."""
    lines = _read(source).splitlines()
    fields = {name: int(value.split()[0]) * 1024 for name, _, value in (line.partition(":") for line in lines)}
    total = fields.get("MemTotal", 0)
    return total, fields.get("MemAvailable", total)


def resident(source: Path = Path("/proc/self/statm")) -> int:
    """Return the bytes of memory that the program holds (proc(5))."""
    pages = _read(source).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _read(source: Path) -> str:
    try:
        return source.read_text()
    except OSError as error:
        LOG.debug("%s can't be read: %s", source, error)
        return ""


def _percent(part: int, whole: int) -> float:
    return round(part / whole * 100, 4) if whole else 0
