"""The coordinator's backup (zigpy's open-coordinator-backup), and which files of a data folder hold one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from zigwire.storage.private import replace_private
from zigwire.storage.transfer.shapes import BadEntry, is_number, object_of, shown
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

__all__ = ["BACKUP", "backup_path", "latest_backup", "read_network", "save_backup"]

BACKUP = "coordinator_backup.json"

_BESIDE = "zigwire_coordinator_backup.json"
"""Takes its place in a folder that was taken over from Zigbee2MQTT, whose files stay as they are."""

_CHANNELS = range(11, 27)


def backup_path(folder: Path) -> Path:
    """Return where Zigwire keeps the backup in a data folder."""
    return folder / (_BESIDE if (folder / "database.db").exists() else BACKUP)


def latest_backup(folder: Path) -> Path | None:
    """Return the newest backup in a data folder, None when there is none."""
    kept = [path for name in (BACKUP, _BESIDE) if (path := folder / name).exists()]
    return max(kept, key=lambda path: path.stat().st_mtime, default=None)


def save_backup(path: Path, document: Mapping[str, Any]) -> None:
    """Replace a backup, which holds the network's key; at any moment there is a whole one.

    Raises:
        OSError: It can't be written.
    """
    replace_private(path, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def read_network(data: bytes) -> NetworkRecord:
    """Return the network that a backup is of.

    Raises:
        BadEntry: It is no such backup, or a field that is needed can't be used.
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadEntry(f"{error}") from None
    if not isinstance(document, dict):
        raise BadEntry(f"{shown(document)} is no object")
    channel = document.get("channel")
    if not is_number(channel, _CHANNELS[0], _CHANNELS[-1]):
        raise BadEntry(f"channel is {shown(channel)}; a number from 11 to 26 is needed")
    key = _octets(object_of(document, "network_key"), "key", 16)
    parameters = NetworkParameters(
        pan_id=int.from_bytes(_octets(document, "pan_id", 2, padded=True)),
        extended_pan_id=f"0x{_octets(document, 'extended_pan_id', 8).hex()}",
        channel=channel,
        network_key=key,
    )
    return NetworkRecord(parameters, f"0x{_octets(document, 'coordinator_ieee', 8).hex()}")


def _octets(owner: Mapping[str, Any], name: str, length: int, *, padded: bool = False) -> bytes:
    """Return a field of hex digits; with `padded`, leading zeros may be missing. A key is not shown."""
    value = owner.get(name)
    digits = value if isinstance(value, str) else ""
    try:
        octets = bytes.fromhex(digits.rjust(2 * length, "0") if padded and digits else digits)
    except ValueError:
        octets = b""
    if len(octets) != length:
        seen = "of another form" if name == "key" else shown(value)
        raise BadEntry(f"{name} is {seen}; {2 * length} hex digits are needed")
    return octets
