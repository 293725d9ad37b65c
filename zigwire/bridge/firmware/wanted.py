"""What requests about firmware ask for: which image, and how it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.bridge.firmware.lookup import is_index
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import RequestFault
from zigwire.ota.errors import SourceError
from zigwire.ota.values import Pace
from zigwire.settings import Ota

__all__ = ["hex_image", "pace", "url", "usual_pace"]

RANGES = {
    "image_block_request_timeout": (1, 2147483647),
    "image_block_response_delay": (1, 60000),
    "default_maximum_data_size": (1, 100),
}
"""What requests may set for one update: milliseconds, milliseconds, bytes."""

LONGEST_URL = 4096
"""Characters."""


def usual_pace(ota: Ota) -> Pace:
    """Return how images are handed out where a request does not say."""
    return Pace(
        patience=ota.image_block_request_timeout / 1000,
        delay=ota.image_block_response_delay / 1000,
        block_size=ota.default_maximum_data_size,
    )


def pace(asked: Mapping[str, Any], ota: Ota) -> Pace:
    """Return how a request wants its image to be handed out.

    Raises:
        RequestFault: A value is not allowed.
    """
    usual = usual_pace(ota)
    timeout, delay, size = (_number(asked, name) for name in RANGES)
    return Pace(
        patience=usual.patience if timeout is None else timeout / 1000,
        delay=usual.delay if delay is None else delay / 1000,
        block_size=usual.block_size if size is None else int(size),
    )


def url(asked: Mapping[str, Any]) -> str | None:
    """Return the image or index that a request names.

    Raises:
        RequestFault: It can't be one.
    """
    named = asked.get("url")
    if named is None or named == "":
        return None
    if not isinstance(named, str):
        raise RequestFault("Invalid payload", f"url is {shortened(named)}; a URL or a path is allowed")
    if len(named) > LONGEST_URL:
        raise RequestFault(f"Invalid payload (url has {len(named)} characters; {LONGEST_URL} are allowed)")
    try:
        is_index(named)
    except SourceError as error:
        raise RequestFault(f"Invalid payload ({error})") from error
    return named


def hex_image(asked: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """Return the image that a request brings, as hex digits, and the name that it gives it.

    Raises:
        RequestFault: It has not the form of one.
    """
    brought = asked.get("hex")
    if brought is None:
        return None
    match brought:
        case {"data": str(data)} if data:
            name = brought.get("file_name") or None
            if name is None or isinstance(name, str):
                return data, name
    form = '{"data": "1ef1ee0b…", "file_name": "name.ota"} is allowed, the name may be left out'
    raise RequestFault("Invalid payload", f"hex is {shortened(brought)}; {form}")


def _number(asked: Mapping[str, Any], name: str) -> float | None:
    value = asked.get(name)
    least, most = RANGES[name]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise RequestFault("Invalid payload", f"{name} is {shortened(value)}; {least} to {most} is allowed")
    return value
