"""Why an update did not begin."""

from __future__ import annotations

from zigwire.ota.errors import OtaError

__all__ = ["NoImageError"]


class NoImageError(OtaError):
    """There is no image that the device may get.

    Args:
        reason: Why.
        expected: Whether there just is none that is newer (or older, as wanted): the reason is a detail then.
    """

    def __init__(self, reason: str, *, expected: bool = False) -> None:
        if expected:
            super().__init__("No image currently available", reason)
        else:
            super().__init__(f"No image currently available: {reason}")
        self.expected = expected
