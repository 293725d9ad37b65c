"""Pictures of devices that come inside a text (`data:image/png;base64,…`) and are kept as files."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

from zigwire.settings.errors import Fault, SettingsError, shown
from zigwire.settings.replace import replace_bytes

__all__ = ["Icon", "embedded_icon", "keep_icon"]

_DATA_URL = re.compile(r"data:image/([^;,]*);base64,(.+)", re.DOTALL)
_EXTENSIONS = {
    "avif": "avif",
    "bmp": "bmp",
    "gif": "gif",
    "jpeg": "jpeg",
    "jpg": "jpg",
    "png": "png",
    "svg+xml": "svg",
    "vnd.microsoft.icon": "ico",
    "webp": "webp",
    "x-icon": "ico",
}
"""By kind of picture; no other word gets into a file's name."""


@dataclass(frozen=True, slots=True)
class Icon:
    """A picture; `place` is its file below the data folder, as the key `icon` names it."""

    place: str
    content: bytes


def embedded_icon(value: Any) -> Icon | None:
    """Return the picture that a value holds, None when it holds none but names a place.

    Raises:
        SettingsError: The value has data that is no picture of a known kind.
    """
    if not isinstance(value, str) or not value.startswith("data:"):
        return None
    match = _DATA_URL.fullmatch(value)
    if match is None:
        raise _refused(value, "must be a URL, begin with device_icons/ or with data:image/<kind>;base64,")
    extension = _EXTENSIONS.get(match[1].lower())
    if extension is None:
        raise _refused(match[1], f"is no kind of picture that is kept, allowed are {', '.join(sorted(_EXTENSIONS))}")
    name = md5(match[2].encode(), usedforsecurity=False).hexdigest()
    return Icon(f"device_icons/{name}.{extension}", _decoded(match[2]))


def keep_icon(folder: Path, icon: Icon) -> None:
    """Write a picture into the data folder.

    Raises:
        SettingsError: It can't be written.
    """
    path = folder / icon.place
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([Fault(path.parent.name, f"can't be made: {error.strerror}")]) from error
    replace_bytes(path, icon.content)


def _decoded(text: str) -> bytes:
    packed = "".join(text.split()).rstrip("=")
    try:
        return b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _refused(text, "is not base64") from None


def _refused(value: str, allowed: str) -> SettingsError:
    return SettingsError([Fault("icon", f"{shown(value)} {allowed}")])
