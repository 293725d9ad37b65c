"""What can go wrong with the library."""

from __future__ import annotations

__all__ = ["LibraryError"]


class LibraryError(Exception):
    """A version of the library can't be had or used; the text says why."""
