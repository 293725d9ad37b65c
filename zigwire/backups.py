"""The coordinator's backup in the data folder: with it a broken stick can be replaced, and nothing is paired anew."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from zigwire.storage.private import create_private
from zigwire.storage.transfer.backup import save_backup
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.network import Network

__all__ = ["Backups", "keep_replaced"]

LOG = logging.getLogger(__name__)

DAY = 24 * 3600.0
PATIENCE = 8.0
"""Seconds that the coordinator may take."""

SIGN_OF_LIFE = 2.0
"""Seconds in which one that is not dead answers: containers are killed ten seconds after they were told to stop."""


class Backups:
    """Keeps the backup fresh: made when there is none, each day, and when the program stops.

    Args:
        network: Whose coordinator it is.
        path: The file.
    """

    def __init__(self, network: Network, path: Path) -> None:
        self._network = network
        self._path = path

    async def begin(self) -> None:
        """Make the first one."""
        if not await asyncio.to_thread(self._path.exists):
            await self.keep()

    async def daily(self) -> None:
        """Make one each day, until cancelled."""
        while True:
            await asyncio.sleep(DAY)
            await self.keep()

    async def keep(self) -> None:
        """Replace the backup; it stays as it is when the coordinator gives none."""
        try:
            async with asyncio.timeout(SIGN_OF_LIFE):
                await self._network.ping_radio()
            async with asyncio.timeout(PATIENCE):
                document = await self._network.backup()
            if document is not None:
                await asyncio.to_thread(save_backup, self._path, document)
        except TimeoutError:
            LOG.warning("%s is not renewed: the coordinator does not answer in time", self._path)
        except (RequestError, OSError) as error:
            LOG.warning("%s is not renewed: %s", self._path, error)


def keep_replaced(data: Path, backup: dict[str, Any]) -> None:
    """Keep the backup of a network that is about to be replaced, beside all others; it holds the network's key.

    Raises:
        OSError: It can't be written.
    """
    path = data / f"coordinator_backup-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.json"
    create_private(path, orjson.dumps(backup, option=orjson.OPT_INDENT_2))
