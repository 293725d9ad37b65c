"""Replaces a file's content so that a power cut leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path

from zigwire.settings.errors import Fault, SettingsError

__all__ = ["copy_file", "replace_bytes", "replace_text"]

_PRIVATE = 0o600


def replace_text(path: Path, text: str) -> None:
    """Write a text file; mode, owner and a link in its place stay, a new one is for its owner only.

    Raises:
        SettingsError: It can't be written.
    """
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a file, as `replace_text` does.

    Raises:
        SettingsError: It can't be written.
    """
    try:
        _replace(path.resolve(), content)
    except OSError as error:
        raise SettingsError([Fault(path.name, f"can't be written: {error.strerror}")]) from error


def copy_file(path: Path, to: Path) -> None:
    """Copy a file as it is on disk, mode included, over what `to` may have been.

    Raises:
        SettingsError: It can't be copied.
    """
    try:
        shutil.copy2(path, to)
    except OSError as error:
        raise SettingsError([Fault(to.name, f"can't be written: {error.strerror}")]) from error


def _replace(path: Path, content: bytes) -> None:
    temporary = _write_beside(path, content)
    try:
        temporary.replace(path)
    except OSError as error:
        temporary.unlink()
        if error.errno != errno.EBUSY:
            raise
        _write_through(path, content)  # a file mounted into a container can't be renamed over
        return
    _sync_directory(path.parent)


def _write_beside(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _copy_owner(path, file.fileno())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _copy_owner(path: Path, descriptor: int) -> None:
    if not path.exists():
        os.fchmod(descriptor, _PRIVATE)
        return
    status = path.stat()
    with contextlib.suppress(PermissionError):  # only root may give files away; the content matters more
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
