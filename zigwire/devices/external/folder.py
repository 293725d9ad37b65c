"""A folder of code that the user keeps or sends: which files count, and writing them without losing any."""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Iterable
from pathlib import Path

__all__ = ["Folder", "Stamp"]

NAME = re.compile(r"\w[\w .+-]{0,99}")
INVALID = ".invalid"

Stamp = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size in bytes."""


class Folder:
    """Files of code in a folder, which need not exist.

    Args:
        path: The folder.
        endings: What the names of its files end with.
    """

    def __init__(self, path: Path, endings: Iterable[str]) -> None:
        self.path = path
        self.endings = tuple(endings)

    def admits(self, name: object) -> bool:
        """Whether a file may have this name: no path, nothing hidden, one of the endings."""
        return isinstance(name, str) and NAME.fullmatch(name) is not None and name.endswith(self.endings)

    def file(self, name: str) -> Path:
        """Return the path of a file."""
        return self.path / name

    def stamps(self) -> dict[str, Stamp]:
        """Return the files that are here, by name in alphabetical order.

        Raises:
            OSError: The folder can't be read.
        """
        try:
            names = sorted(entry.name for entry in self.path.iterdir() if self.admits(entry.name))
        except FileNotFoundError:
            return {}
        stamps = ((name, _stamp(self.file(name))) for name in names)
        return {name: stamp for name, stamp in stamps if stamp}

    def read(self, name: str) -> str:
        """Return the text of a file.

        Raises:
            OSError: It can't be read.
            UnicodeDecodeError: It is no UTF-8.
        """
        return self.file(name).read_text(encoding="utf-8")

    def write(self, name: str, code: str) -> None:
        """Write a file at one stroke.

        Raises:
            OSError: It can't be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        new = self.file(f".{name}.new")
        new.write_text(code, encoding="utf-8")
        new.replace(self.file(name))

    def put_aside(self, name: str, code: str) -> None:
        """Write code that can't be used beside the files that can, for its author to look at.

        Raises:
            OSError: It can't be written.
        """
        self.write(f"{name}{INVALID}", code)

    def remove(self, name: str) -> bool:
        """Delete a file; tells whether there was one.

        Raises:
            OSError: It can't be deleted.
        """
        try:
            self.file(name).unlink()
        except FileNotFoundError:
            return False
        return True


def _stamp(path: Path) -> Stamp | None:
    """Return the stamp of a file, None of what is none, or is gone meanwhile."""
    with contextlib.suppress(FileNotFoundError):
        facts = path.stat()
        if stat.S_ISREG(facts.st_mode):
            return facts.st_mtime_ns, facts.st_size
    return None
