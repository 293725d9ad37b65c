"""Which friendly names are allowed: a name becomes a part of MQTT topics."""

from __future__ import annotations

import re

from zigwire.settings.errors import NameFault

__all__ = ["check_name", "name_faults"]

# Control characters, halves of surrogate pairs and non-characters: MQTT 5, 1.5.4.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]")
_LOOKS_LIKE_ENDPOINT = re.compile(r"/[0-9]+\Z")


def name_faults(name: str) -> list[str]:
    """Return what is wrong with a friendly name, in sentences."""
    faults = []
    if not name:
        faults.append("friendly_name is empty, it needs one character or more")
    if name.startswith("/") or name.endswith("/"):
        faults.append(f"friendly_name must not begin or end with a slash ({name!r})")
    if _UNPRINTABLE.search(name) or any(ord(character) & 0xFFFE == 0xFFFE for character in name):
        faults.append(f"friendly_name must not contain control characters ({name!r})")
    if _LOOKS_LIKE_ENDPOINT.search(name):
        faults.append(f"friendly_name must not end with a slash and a number, that addresses an endpoint ({name!r})")
    if "+" in name or "#" in name:
        faults.append(f"MQTT wildcard (+ and #) not allowed in friendly_name ('{name}')")
    return faults


def check_name(name: str) -> None:
    """Refuse a friendly name that is not allowed.

    Raises:
        NameFault: With the first reason.
    """
    for fault in name_faults(name):
        raise NameFault(fault)
