"""What can go wrong with a firmware update; the text is for the user."""

from __future__ import annotations

__all__ = ["AbortedError", "ImageError", "IndexFault", "OtaError", "SourceError"]


class OtaError(Exception):
    """An update, or a look-up of one, came to nothing. The text says why.

    Attributes:
        detail: What there is to say beyond a text that clients match on, "" where that says it all.
    """

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail


class ImageError(OtaError):
    """A file is no OTA image, or not one that may be offered."""


class IndexFault(OtaError):
    """An index of images has not the form of one."""


class SourceError(OtaError):
    """A file or URL can't be read, or may not be."""


class AbortedError(OtaError):
    """An update was ended by the user."""
