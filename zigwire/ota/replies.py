"""What the server side of the OTA Upgrade cluster says to a device (ZCL 11.13), as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.ota.asked import number
from zigwire.ota.image import Header
from zigwire.zcl.message import Message
from zigwire.zcl.replies import default_response
from zigwire.zcl.requests import Command, Prepared, Request
from zigwire.zcl.status import Status

__all__ = [
    "CLUSTER",
    "Reply",
    "abort",
    "block",
    "default",
    "no_image",
    "no_specific_file",
    "notify",
    "offer",
    "upgrade",
    "wait",
]

CLUSTER = "genOta"

_QUERY_JITTER = 100
"""Percent of the devices that are meant by a notification: all."""

_UPGRADE_IN = 1
"""Seconds after which a device is to run its new image. It counts them itself: the current time is told as 0."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say.

    Attributes:
        to: The message that it answers, None where it answers none.
        command: Name of the command, "" for a default response.
        args: The command's parameters.
        status: Of a default response.
        paced: Whether it is a block of an image, which waits for others to be through.
    """

    to: Message | None
    command: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    status: Status = Status.SUCCESS
    paced: bool = False

    def request(self, endpoint: int) -> Request:
        """Return what to send to a device's endpoint."""
        if self.to is not None and not self.command:
            frame = default_response(self.to, self.status)
            return Prepared(endpoint=endpoint, cluster=CLUSTER, frame=frame, numbered=True)
        return Command(
            endpoint=endpoint,
            cluster=CLUSTER,
            command=self.command,
            args=self.args,
            to_client=True,
            disable_default_response=True,
        )


def notify() -> Reply:
    """Ask a device to ask for its next image."""
    return Reply(None, "imageNotify", {"payloadType": 0, "queryJitter": _QUERY_JITTER})


def offer(query: Message, header: Header) -> Reply:
    """Offer an image."""
    args = {"status": Status.SUCCESS, **_identity(header), "imageSize": header.total_size}
    return Reply(query, "queryNextImageResponse", args)


def no_image(query: Message) -> Reply:
    """Say that there is no image for who asks."""
    return Reply(query, "queryNextImageResponse", {"status": Status.NO_IMAGE_AVAILABLE})


def no_specific_file(query: Message) -> Reply:
    """Say that there is no file for this very device: none is kept here."""
    return Reply(query, "queryDeviceSpecificFileResponse", {"status": Status.NO_IMAGE_AVAILABLE})


def block(request: Message, header: Header, offset: int, data: bytes) -> Reply:
    """Hand out a piece of an image."""
    piece = {"fileOffset": offset, "dataSize": len(data), "data": data}
    args = {"status": Status.SUCCESS, **_identity(header), **piece}
    return Reply(request, "imageBlockResponse", args, paced=True)


def wait(request: Message, seconds: int) -> Reply:
    """Let a device ask again later."""
    period = number(request, "minimumBlockPeriod")
    args = {"status": Status.WAIT_FOR_DATA, "currentTime": 0, "requestTime": seconds, "minimumBlockPeriod": period}
    return Reply(request, "imageBlockResponse", args)


def abort(request: Message) -> Reply:
    """End a device's download."""
    return Reply(request, "imageBlockResponse", {"status": Status.ABORT})


def upgrade(end: Message, header: Header) -> Reply:
    """Tell a device to run what it has downloaded."""
    return Reply(end, "upgradeEndResponse", {**_identity(header), "currentTime": 0, "upgradeTime": _UPGRADE_IN})


def default(message: Message, status: Status) -> Reply:
    """Answer with a status."""
    return Reply(message, status=status)


def _identity(header: Header) -> dict[str, int]:
    return {
        "manufacturerCode": header.manufacturer_code,
        "imageType": header.image_type,
        "fileVersion": header.file_version,
    }
