"""The program as a systemd service: when it is ready, that it is alive, what it does (sd_notify(3))."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping

__all__ = ["Service"]

LOG = logging.getLogger(__name__)

EXTENSION = 60.0
"""Seconds for which systemd is asked to be patient while we start: a radio may be missing for long."""


PATIENCE = 0.2
"""Seconds that a manager may be too busy to take a message."""


class Service:
    """Tells the service manager how the program is; without one every call does nothing.

    Args:
        environ: With `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`, as systemd sets them.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._alive_every = _alive_every(environ)
        self._ready = False

    def ready(self) -> None:
        """Say that the bridge is online."""
        self._ready = True
        self._send("READY=1", "STATUS=Online")

    def reloading(self) -> None:
        """Say that the bridge restarts in place."""
        self._ready = False
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", "STATUS=Restarting")

    def stopping(self) -> None:
        """Say that the program ends."""
        self._send("STOPPING=1", "STATUS=Stopping")

    async def live(self) -> None:
        """Give signs of life until cancelled. They come from the event loop: while that hangs there are none."""
        if self._address is None:
            return
        every = min(self._alive_every or EXTENSION, EXTENSION) / 2
        while True:
            signs = ["WATCHDOG=1"] if self._alive_every else []
            if not self._ready:
                signs.append(f"EXTEND_TIMEOUT_USEC={int(EXTENSION * 1e6)}")
            self._send(*signs)
            await asyncio.sleep(every)

    def _send(self, *lines: str) -> None:
        if self._address is None or not lines:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.settimeout(PATIENCE)
                notify.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            LOG.warning("The service manager does not hear '%s': %s", lines[0], error)


def _address(path: str) -> str | None:
    """Return where systemd listens: a socket file or, with an @, a name in Linux's abstract namespace."""
    if not path:
        return None
    if path[0] not in "/@":
        LOG.warning("NOTIFY_SOCKET is '%s', which is no path: the service manager is not told anything", path)
        return None
    return f"\0{path[1:]}" if path[0] == "@" else path


def _alive_every(environ: Mapping[str, str]) -> float | None:
    """Return the seconds after which systemd misses a sign of life, None when it wants none of this process."""
    microseconds = environ.get("WATCHDOG_USEC")
    if microseconds is None or environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    if not microseconds.isdecimal() or not int(microseconds):
        LOG.warning("WATCHDOG_USEC is '%s', no number of microseconds: there will be no signs of life", microseconds)
        return None
    return int(microseconds) / 1e6
