"""The library among the packages that are fetched: its name, its folder, the version that Zigwire was tested with."""

from __future__ import annotations

from pathlib import Path

from zigwire.packages import Package, kept_in
from zigwire.packages import Versions as VersionsOfPackage

__all__ = ["PACKAGE", "Versions", "default_folder", "pinned_version"]

PACKAGE = "zigbee-herdsman-converters"
LIBRARY = Package(PACKAGE, Path(__file__).parent)


class Versions(VersionsOfPackage):
    """Versions of the library in a folder.

    Args:
        folder: Need not exist.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, LIBRARY)


def default_folder() -> Path:
    """Return where versions are kept: `$ZIGWIRE_LIBRARY`, else in the environment that Zigwire is installed in."""
    return kept_in("ZIGWIRE_LIBRARY", "library")


def pinned_version() -> str:
    """Return the version that this release of Zigwire was tested with."""
    return LIBRARY.pinned
