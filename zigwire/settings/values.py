"""Rules of single values beyond their type and range; the JSON schema does not have them, nor has Zigbee2MQTT's.

Each returns what a value must be when it is not that.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = [
    "broker",
    "discovery_topic",
    "has_unprintable",
    "icon",
    "keepalive",
    "mqtt_version",
    "port",
    "regular_expression",
    "retention",
    "topic",
]

# Control characters, halves of surrogate pairs and non-characters: MQTT 5, 1.5.4.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]")
_SCHEMES = ("mqtt", "mqtts", "tcp", "ssl")
_ICONS = ("http://", "https://", "device_icons/")
_MQTT_VERSIONS = (3, 4, 5)
_HIGHEST_PORT = 65535
_LONGEST_KEEPALIVE = 65535
_LONGEST_RETENTION = 4294967295
"""Seconds; MQTT 5, 3.3.2.3.3."""


def has_unprintable(text: str) -> bool:
    """Tell whether a text has characters that don't belong in a topic."""
    return bool(_UNPRINTABLE.search(text)) or any(ord(character) & 0xFFFE == 0xFFFE for character in text)


def regular_expression(text: str) -> str | None:
    """Accept what is a regular expression by itself and beside others in a longer one, where names must differ."""
    try:
        re.compile(text)
        re.compile(f"(?:{text})|(?:{text})")
    except (re.error, RecursionError, OverflowError) as error:
        return f"must be a regular expression: {error}"
    return None


def topic(text: str) -> str | None:
    """Accept a topic that others are made of by putting a slash and more behind it."""
    if discovery_topic(text) is None and not text.startswith("/") and not text.endswith("/"):
        return None
    return "must be a topic without wildcards (+ and #), not beginning or ending with a slash"


def discovery_topic(text: str) -> str | None:
    """Accept a topic of Home Assistant's, where slashes may stand anywhere."""
    if text and not has_unprintable(text) and "+" not in text and "#" not in text:
        return None
    return "must be a topic without wildcards (+ and #)"


def retention(seconds: float) -> str | None:
    """Accept what fits in a message's expiry interval."""
    if 0 <= seconds <= _LONGEST_RETENTION and float(seconds).is_integer():
        return None
    return f"must be a whole number of seconds from 0 to {_LONGEST_RETENTION}"


def keepalive(seconds: float) -> str | None:
    """Accept what fits in the protocol's two bytes."""
    return None if 0 <= seconds <= _LONGEST_KEEPALIVE else f"must be from 0 to {_LONGEST_KEEPALIVE} seconds"


def port(number: int) -> str | None:
    """Accept a TCP port."""
    return None if 0 <= number <= _HIGHEST_PORT else f"must be from 0 to {_HIGHEST_PORT}"


def mqtt_version(number: int) -> str | None:
    """Accept the versions of the protocol."""
    return None if number in _MQTT_VERSIONS else "must be 3, 4 or 5"


def broker(url: str) -> str | None:
    """Accept the address of a broker."""
    return None if _is_broker(url) else "must be a URL like mqtt://host:1883 or mqtts://host:8883"


def icon(place: str) -> str | None:
    """Accept a picture's place, or none."""
    return None if not place or place.startswith(_ICONS) else "must be a URL or begin with device_icons/"


def _is_broker(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
