"""The folder data/ota: images that users gave, and those of the updates under way."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from zigwire.ota.errors import ImageError, SourceError
from zigwire.ota.image import LARGEST_FILE, Image
from zigwire.ota.sources import read_file

__all__ = ["Store"]

UNDER_WAY = "under_way"
"""Folder of the images that devices are getting."""

LONGEST_NAME = 200
"""Bytes of a file's name, so that file systems with 255 have room for the name while it is written."""

_RESERVED = re.compile(rf"(con|prn|aux|nul|com\d|lpt\d)(\..*)?|{UNDER_WAY}", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')


class Store:
    """Keeps images below the data folder, and nowhere else.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self.folder = data.absolute() / "ota"

    def keep(self, content: bytes | str, name: str | None, ieee: str) -> Path:
        """Keep a user's image; one of that name is replaced.

        Args:
            content: Bytes, or hexadecimal digits.
            name: The file's; None for one made of the device's address and the time.
            ieee: Of the device that it is for.

        Raises:
            ImageError: The content has no hexadecimal digits, or is too big.
            SourceError: The name can't be one, or the file can't be written.
        """
        raw = _unhexed(content) if isinstance(content, str) else content
        if len(raw) > LARGEST_FILE:
            raise ImageError(f"image of {len(raw)} bytes is larger than {LARGEST_FILE}")
        name = f"{ieee}_{time.time_ns() // 1_000_000}" if name is None else name
        _check_name(name)
        return self._write(self.folder / name, raw)

    def is_kept(self, source: str | Path) -> bool:
        """Tell whether a path is one that `keep` may have returned."""
        try:
            path = Path(source)
            return path.parent.resolve() == self.folder.resolve() and path.name not in {"", ".."}
        except (OSError, RuntimeError, ValueError):
            return False

    def drop(self, path: Path) -> None:
        """Remove an image that `keep` returned; what lies elsewhere is left alone.

        Raises:
            SourceError: It can't be removed.
        """
        if not self.is_kept(path):
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SourceError(f"{path} can't be removed: {error.strerror}") from error

    def hold(self, image: Image) -> str:
        """Keep the image of an update under way, and return its digest; several devices may be getting it.

        Raises:
            SourceError: It can't be written.
        """
        digest = sha256(image.data).hexdigest()
        if not self._place(digest).exists():
            self._write(self._place(digest), image.data)
        return digest

    def held(self, digest: str) -> Image:
        """Return the image of an update under way.

        Raises:
            SourceError: It is not there any more, or not what it was.
        """
        content = read_file(self._place(digest), LARGEST_FILE)
        if sha256(content).hexdigest() != digest:
            raise SourceError(f"{self._place(digest)} is not what it was")
        return Image.parse_vouched(content)

    def hold_only(self, digests: Collection[str]) -> None:
        """Remove the images of updates that are over, and their folder when none is left.

        Raises:
            SourceError: One can't be removed.
        """
        folder = self.folder / UNDER_WAY
        wanted = {self._place(digest) for digest in digests}
        try:
            if not folder.exists():
                return
            for path in set(folder.iterdir()) - wanted:
                path.unlink()
            if not wanted:
                folder.rmdir()
        except OSError as error:
            raise SourceError(f"{folder} can't be cleared: {error.strerror}") from error

    def _place(self, digest: str) -> Path:
        return self.folder / UNDER_WAY / f"{digest}.ota"

    def _write(self, path: Path, content: bytes) -> Path:
        """Write a file at once: nobody finds a part of it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
            fresh = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(path)
            except OSError:
                fresh.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise SourceError(f"{path} can't be written: {error.strerror}") from error
        return path


def _unhexed(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ImageError(f"the image's hexadecimal digits are none, or not two for each byte: {error}") from None


def _check_name(name: str) -> None:
    if not name or not name.isprintable() or name != name.strip() or name.startswith("."):
        raise SourceError(
            f"file name {name[:LONGEST_NAME]!r} is empty, begins with a dot or has characters that can't be seen"
        )
    if _FORBIDDEN.search(name) or name.endswith("."):
        raise SourceError(f'file name {name[:LONGEST_NAME]!r} has one of / \\ : * ? " < > | or ends with a dot')
    if _RESERVED.fullmatch(name):
        raise SourceError(f"file name {name!r} is reserved")
    if len(name.encode()) > LONGEST_NAME:
        raise SourceError(f"file name {name[:20]!r}… has {len(name.encode())} bytes; {LONGEST_NAME} are allowed")
