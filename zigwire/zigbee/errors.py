"""What can go wrong with a request to a device, in words that a user understands."""

from __future__ import annotations

__all__ = [
    "DeliveryError",
    "NetworkRefusedError",
    "RadioOfflineError",
    "RequestError",
    "RequestTimeoutError",
    "StatusError",
]


class RequestError(Exception):
    """A request to a device failed."""


class DeliveryError(RequestError):
    """The device could not be reached; `status` is the radio's word for it (`MAC_NO_ACK`)."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the device can't be reached ({status})")
        self.status = status


class RadioOfflineError(RequestError):
    """There is no radio at the moment."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(f"the coordinator is offline{f': {reason}' if reason else ''}")


class RequestTimeoutError(RequestError):
    """The request went out and nothing came back in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s")
        self.seconds = seconds


class StatusError(RequestError):
    """The device answered with an error; `status` is its name (`UNSUPPORTED_ATTRIBUTE`)."""

    def __init__(self, status: str, what: str = "") -> None:
        super().__init__(f"the device refused: {status}{f' ({what})' if what else ''}")
        self.status = status
        self.what = what


class NetworkRefusedError(Exception):
    """The radio holds another network than the one the devices belong to; only the user can decide."""
