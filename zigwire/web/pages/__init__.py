"""The pages that browsers are served: npm packages, fetched and pinned, and a small one that is part of Zigwire."""

from __future__ import annotations

import logging
from pathlib import Path

from zigwire.packages import Package, PackageError, Versions, kept_in

__all__ = ["BUILT_IN", "DEFAULT", "PAGES", "assets", "versions"]

LOG = logging.getLogger(__name__)

_HERE = Path(__file__).parent
DEFAULT = "zigbee2mqtt-windfront"
PAGES = {
    DEFAULT: Package(DEFAULT, _HERE / "windfront"),
    "zigbee2mqtt-frontend": Package("zigbee2mqtt-frontend", _HERE / "frontend"),
}
"""By the value of `frontend.package`."""

BUILT_IN = _HERE.parent / "builtin"
"""Folder of the small page, for as long as no other is here."""


def versions(package: str) -> Versions:
    """Return the versions of a page that are here: in `$ZIGWIRE_PAGES`, else where Zigwire is installed.

    Args:
        package: One of `PAGES`.
    """
    return Versions(kept_in("ZIGWIRE_PAGES", "pages") / package, PAGES[package])


def assets(package: str) -> Path | None:
    """Return the folder with a page's files, None when it is not here.

    Args:
        package: One of `PAGES`.
    """
    try:
        content = versions(package).content
    except PackageError as error:
        LOG.error("The page %s can't be used: %s", package, error)
        return None
    return None if content is None else content / "dist"
