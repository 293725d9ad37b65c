"""Firmware updates that wait for their device, and those that are under way."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass

__all__ = [
    "Schedule",
    "Update",
    "insert_schedule",
    "insert_update",
    "select_schedules",
    "select_updates",
]


@dataclass(frozen=True, slots=True)
class Schedule:
    """An update that a device gets when it next asks for one.

    Attributes:
        url: The image or index that the user named, None for the usual indexes.
        downgrade: Whether an older version is wanted.
    """

    url: str | None = None
    downgrade: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """An update under way, with all that it takes to go on with it.

    Attributes:
        image: Digest of the file that the device gets.
        patience: Seconds without a question of the device after which it has failed.
        delay: Seconds from one block to the next at least.
        block_size: Bytes in a block at most.
    """

    image: str
    patience: float
    delay: float
    block_size: int


def insert_schedule(connection: sqlite3.Connection, ieee: str, schedule: Schedule | None) -> None:
    """Replace a device's schedule; None removes it."""
    connection.execute("DELETE FROM firmware_schedules WHERE ieee = ?", (ieee,))
    if schedule is not None:
        connection.execute("INSERT INTO firmware_schedules VALUES (?, ?, ?)", (ieee, *astuple(schedule)))


def insert_update(connection: sqlite3.Connection, ieee: str, update: Update | None) -> None:
    """Replace what is known of a device's update under way; None removes it."""
    connection.execute("DELETE FROM firmware_updates WHERE ieee = ?", (ieee,))
    if update is not None:
        connection.execute("INSERT INTO firmware_updates VALUES (?, ?, ?, ?, ?)", (ieee, *astuple(update)))


def select_schedules(connection: sqlite3.Connection) -> Mapping[str, Schedule]:
    """Return the schedules by device."""
    rows = connection.execute("SELECT ieee, url, downgrade FROM firmware_schedules")
    return {ieee: Schedule(url, bool(downgrade)) for ieee, url, downgrade in rows}


def select_updates(connection: sqlite3.Connection) -> Mapping[str, Update]:
    """Return the updates under way by device."""
    rows = connection.execute("SELECT ieee, image, patience, delay, block_size FROM firmware_updates")
    return {ieee: Update(*row) for ieee, *row in rows}
