"""Which friendly names are allowed: a name becomes a part of MQTT topics."""

from __future__ import annotations

import re

from zigwire.settings.errors import NameFault
from zigwire.settings.values import has_unprintable

__all__ = ["check_name", "name_faults", "text_faults", "topic_faults"]

_LOOKS_LIKE_ENDPOINT = re.compile(r"/[0-9]+\Z")
_VERBS = {"set", "get"}
_MOST_PARTS = 7
"""The bridge hears commands of eight levels, of which one may be an endpoint."""


def name_faults(name: str) -> list[str]:
    """Return what is wrong with a friendly name that is to be given, in sentences."""
    return text_faults(name) + topic_faults(name)


def text_faults(name: str) -> list[str]:
    """Return why a friendly name can't be used at all."""
    faults = []
    if not name:
        faults.append("friendly_name is empty, it needs one character or more")
    if name.startswith("/") or name.endswith("/"):
        faults.append(f"friendly_name must not begin or end with a slash ({name!r})")
    if has_unprintable(name):
        faults.append(f"friendly_name must not contain control characters ({name!r})")
    if _LOOKS_LIKE_ENDPOINT.search(name):
        faults.append(f"friendly_name must not end with a slash and a number, that addresses an endpoint ({name!r})")
    if "+" in name or "#" in name:
        faults.append(f"MQTT wildcard (+ and #) not allowed in friendly_name ('{name}')")
    return faults


def topic_faults(name: str) -> list[str]:
    """Return what won't work with a friendly name because its topics have another meaning too.

    Houses of Zigbee2MQTT may have such names: they are loaded, but none is given any more.
    """
    parts, faults = name.split("/"), []
    if parts[0] == "bridge":
        faults.append(f"friendly_name must not begin with 'bridge', its topics would be the bridge's own ({name!r})")
    if _VERBS.intersection(parts[-2:]):
        faults.append(
            "friendly_name must not have 'set' or 'get' as its last part or the one before it, "
            f"its states would be taken for commands ({name!r})"
        )
    if parts[-1] == "availability":
        faults.append(
            "friendly_name must not end with 'availability', "
            f"its states would be taken for another device's availability ({name!r})"
        )
    if len(parts) > _MOST_PARTS:
        faults.append(
            f"friendly_name must not have more than {_MOST_PARTS} parts, "
            f"commands to its endpoints would not be heard ({name!r})"
        )
    return faults


def check_name(name: str) -> None:
    """Refuse a friendly name that must not be given.

    Raises:
        NameFault: With the first reason.
    """
    for fault in name_faults(name):
        raise NameFault(fault)
