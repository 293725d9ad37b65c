"""bridge/request/backup: the data folder as a ZIP file."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zigwire.bridge.requests import Handler, RequestFault
from zigwire.settings import Settings
from zigwire.storage.snapshots import copy_database
from zigwire.storage.transfer.backup import backup_path, save_backup
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.network import Network

__all__ = ["SET_ASIDE", "BackupRequest"]

LOG = logging.getLogger(__name__)

COORDINATOR_PATIENCE = 30.0  # seconds
LARGEST = 180 * 2**20
"""Bytes of a ZIP file; as base64 it just fits into an MQTT packet (MQTT 3.1.1, 2.2.3)."""

DATABASE = "zigwire.db"
LEFT_OUT = ("log", "ota")
SET_ASIDE = "replaced-"
"""Beginning of the names of folders into which `zigwire restore` puts what it replaces."""

TRANSIENT = re.compile(r"zigwire\.lock|zigwire\.db(-wal|-shm|\.\d+)|.*\.new")
"""Files at the top that mean something only beside a running program, and the daily snapshots of the database."""


class BackupRequest:
    """backup.

    Args:
        settings: Their file stands in the data folder.
        network: Whose coordinator is backed up too.
    """

    def __init__(self, settings: Settings, network: Network) -> None:
        self._settings = settings
        self._network = network
        self._turn = asyncio.Lock()

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"backup": self.backup}

    async def backup(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """Return all of the data folder that a restore needs, with the coordinator's backup made now."""
        data = self._settings.path.parent
        async with self._turn:
            await self._keep_coordinator(data)
            packed = await asyncio.to_thread(_encoded, data, _log_root(self._settings, data))
        LOG.info("Made a backup of %s: %.1f MB", data, len(packed) / 1e6)
        return {"zip": packed}

    async def _keep_coordinator(self, data: Path) -> None:
        """Renew the coordinator's backup in the folder; the last one stays when the radio gives none now."""
        try:
            async with asyncio.timeout(COORDINATOR_PATIENCE):
                document = await self._network.backup()
            if document is not None:
                await asyncio.to_thread(save_backup, backup_path(data), document)
        except (RequestError, OSError) as error:
            LOG.warning("The backup has the coordinator's last one, if any: %s", str(error) or "it takes too long")


def _encoded(data: Path, log_root: Path) -> str:
    """Pack a data folder, as base64.

    Raises:
        RequestFault: A file can't be read, or it is too much for one message.
    """
    try:
        packed = pack(data, log_root)
    except (OSError, sqlite3.Error) as error:
        raise RequestFault(f"The data folder can't be backed up: {error}") from error
    if len(packed) > LARGEST:
        raise RequestFault(
            f"The backup has {len(packed) / 1e6:.0f} MB, too much for an MQTT message",
            f"{LARGEST / 1e6:.0f} MB are allowed: copy {data} by hand, or move what is large out of it",
        )
    return base64.b64encode(packed).decode()


def pack(data: Path, log_root: Path) -> bytes:
    """Return a data folder as a ZIP file, without logs, firmware, links and what only a running program needs.

    The journal of states is read before the database: a flush between both loses nothing.

    Raises:
        OSError: A file can't be read.
        sqlite3.Error: The database can't be copied.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(_files(data, log_root)):
            _add(archive, path, path.relative_to(data).as_posix())
        _add_database(archive, data / DATABASE)
    return packed.getvalue()


def _files(data: Path, log_root: Path) -> Iterator[Path]:
    """Yield the regular files that belong into a backup, without the database."""
    for path in data.iterdir():
        if path.name in LEFT_OUT or path.name.startswith(SET_ASIDE) or path.name == DATABASE:
            continue
        if path.is_symlink() or path == log_root or TRANSIENT.fullmatch(path.name):
            continue
        yield from _below(path, log_root) if path.is_dir() else _regular(path)


def _below(folder: Path, log_root: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_symlink() or path == log_root:
            continue
        yield from _below(path, log_root) if path.is_dir() else _regular(path)


def _regular(path: Path) -> Iterator[Path]:
    """Yield what is a file, unlike the sockets of a simulated house."""
    if path.is_file():
        yield path


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    """Add a file; one that went away meanwhile was of no account."""
    try:
        content = path.read_bytes()
        moment = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    except FileNotFoundError:
        return
    moment.compress_type = zipfile.ZIP_DEFLATED
    moment.external_attr = (stat.S_IFREG | 0o600) << 16
    archive.writestr(moment, content)


def _add_database(archive: zipfile.ZipFile, path: Path) -> None:
    if not path.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy_database(path, copy)
        _add(archive, copy, path.name)


def _log_root(settings: Settings, data: Path) -> Path:
    """Return the folder that holds the logs, which may be another one than `log`."""
    template = Path(settings.advanced.log_directory or data / "log")
    stamped = next((number for number, part in enumerate(template.parts) if "%TIMESTAMP%" in part), None)
    root = template if stamped is None else Path(*template.parts[:stamped])
    return data / "log" if root == data else root
