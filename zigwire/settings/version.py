"""Which versions of the file's format can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.settings.errors import Fault, SettingsError, shown
from zigwire.settings.model import VERSION

__all__ = ["check_version"]

_KEYS_OF_VERSION_1 = frozenset(
    {"permit_join", "ban", "whitelist", "experimental", "external_converters"}
    | {
        f"advanced.{key}"
        for key in ("homeassistant_discovery_topic", "homeassistant_status_topic", "baudrate", "rtscts")
    }
    | {f"advanced.{key}" for key in ("legacy_api", "legacy_availability_payload", "soft_reset_timeout", "report")}
    | {f"advanced.{key}" for key in ("availability_timeout", "availability_blocklist", "availability_passlist")}
)


def check_version(document: Mapping[str, Any]) -> None:
    """Refuse a document of another version; one without a version is new, unless it has keys of version 1.

    Raises:
        SettingsError: Says which version it is.
    """
    version = document.get("version")
    if version is None and (old := sorted(_keys(document) & _KEYS_OF_VERSION_1)):
        raise _refused(f"the key {old[0]} is of version 1, which can't be migrated yet, must be of version {VERSION}")
    if version is None or (version == VERSION and not isinstance(version, bool)):
        return
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _refused(f"{shown(version)} must be {VERSION}")
    if version > VERSION:
        raise _refused(f"{version} is newer than this program, which knows version {VERSION}")
    raise _refused(f"{version} can't be migrated yet, must be {VERSION}")


def _keys(document: Mapping[str, Any]) -> set[str]:
    advanced = document.get("advanced")
    inner = advanced if isinstance(advanced, dict) else {}
    return {*document, *(f"advanced.{key}" for key in inner)}


def _refused(message: str) -> SettingsError:
    return SettingsError([Fault("version", message)])
