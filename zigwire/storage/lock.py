"""One Zigwire at a time on a data folder."""

from __future__ import annotations

import fcntl
import os
from io import FileIO
from pathlib import Path

from zigwire.storage.errors import StorageError

__all__ = ["lock"]


def lock(path: Path) -> FileIO:
    """Hold the lock file until the returned file is closed or the process ends; it has the holder's process id in it.

    The file stays afterwards: whoever removed it could remove another's.

    Raises:
        OSError: The file can't be opened or written.
        StorageError: Another Zigwire holds it.
    """
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
    except BlockingIOError as error:
        holder = file.read().decode(errors="replace").strip()
        file.close()
        number = f" (process {holder})" if holder else ""
        raise StorageError(f"Another Zigwire{number} runs on the folder {path.parent}: stop it first") from error
    except OSError:
        file.close()
        raise
    return file
