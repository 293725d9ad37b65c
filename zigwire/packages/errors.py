"""What can go wrong with a package."""

from __future__ import annotations

__all__ = ["PackageError"]


class PackageError(Exception):
    """A version of a package can't be had or used; the text says why."""
