"""What passes between those who look images up and those who hand them out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Current", "Pace", "Progress"]


@dataclass(frozen=True, slots=True)
class Current:
    """The firmware that a device runs, as its Query Next Image Request tells (ZCL 11.13.4.2).

    Attributes:
        manufacturer_code: Of the image that runs.
        image_type: The manufacturer's number for this kind of device.
        file_version: Version of the image that runs.
        hardware_version: Of the device, None where it does not tell.
    """

    manufacturer_code: int
    image_type: int
    file_version: int
    hardware_version: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How an image is handed out.

    Attributes:
        patience: Seconds without a question of the device after which the update has failed.
        delay: Seconds from one block to the next at least.
        block_size: Bytes in a block at most.
    """

    patience: float = 150.0
    delay: float = 0.25
    block_size: int = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update is.

    Attributes:
        offset: Bytes that the device has.
        size: Bytes in all.
        remaining: Seconds that the rest will take, None when it can't be told yet.
    """

    offset: int
    size: int
    remaining: float | None
