"""Files with keys in them: for their owner only, and on disk when the call returns."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["create_private", "replace_private"]


def create_private(path: Path, content: bytes) -> None:
    """Write a new file.

    Raises:
        FileExistsError: There is one of that name.
        OSError: It can't be written.
    """
    _write(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), content)


def replace_private(path: Path, content: bytes) -> None:
    """Write a file in the place of another; at any moment there is a whole one, whoever else replaces it too.

    Raises:
        OSError: It can't be written; the other one is still there.
    """
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    fresh = Path(name)
    try:
        _write(handle, content)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _write(handle: int, content: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
