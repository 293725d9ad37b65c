"""What can go wrong with the files that Zigwire keeps."""

from __future__ import annotations

__all__ = ["StorageError"]


class StorageError(Exception):
    """A file can't be read or written, and the user has to do something about it."""
