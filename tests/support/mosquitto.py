"""A real mosquitto on a free port."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """One broker with one port, which may be started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self, *lines: str) -> None:
        config = self._folder / "mosquitto.conf"
        # A broker started by root gives up its rights, and with them its files, unless told otherwise.
        user = [f"user {getpass.getuser()}"]
        access = [] if any(line.startswith("allow_anonymous") for line in lines) else ["allow_anonymous true"]
        config.write_text("\n".join([*user, f"listener {self.port} 127.0.0.1", *access, *lines, ""]))
        self._process = subprocess.Popen(
            [tool_path("mosquitto"), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await_port()

    def _await_port(self) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        pytest.fail("mosquitto does not listen")

    def stop(self) -> None:
        """End it in an orderly way: what it shall remember is saved."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(5)
            self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)
            self._process = None


def tool_path(name: str) -> str:
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path
