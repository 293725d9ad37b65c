"""Which versions of the file's format there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.settings.errors import Fault, SettingsError, shown
from zigwire.settings.model import VERSION

__all__ = ["check_version", "version_of"]


def version_of(document: Mapping[str, Any]) -> int:
    """Return a document's version; the first one had no key that says so.

    Raises:
        SettingsError: There is no such version.
    """
    version = document.get("version")
    if version is None:
        return 1
    if isinstance(version, bool) or not isinstance(version, int | float) or version != version // 1 or version < 1:
        raise _refused(f"{shown(version)} must be a whole number from 1 to {VERSION}, or absent for version 1")
    if version > VERSION:
        raise _refused(f"{shown(version)} is newer than this program, which knows version {VERSION}")
    return int(version)


def check_version(document: Mapping[str, Any]) -> None:
    """Refuse a document of another version than the present one.

    Raises:
        SettingsError: Says which version it is.
    """
    if (version := version_of(document)) != VERSION:
        raise _refused(f"{version} must be {VERSION}; older versions are brought up to date at the start")


def _refused(message: str) -> SettingsError:
    return SettingsError([Fault("version", message)])
