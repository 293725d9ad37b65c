"""How a kind of device updates itself, as data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OtaProfile"]


@dataclass(frozen=True, slots=True)
class OtaProfile:
    """How a kind of device updates itself; times in seconds.

    Attributes:
        manufacturer_code: Whose images it takes.
        image_type: The manufacturer's number for this kind of device.
        file_version: What it runs at the factory.
        hardware_version: None where it does not tell.
        block_size: Bytes that it asks for at most.
        page_size: Bytes in a page, 0 where it asks for single blocks.
        response_spacing: Between the blocks of a page.
        with_ieee: Whether its requests carry its IEEE address.
        block_period: Shortest time between two of its requests, None where it does not tell.
        think: From a block to the next request.
        retry: After which it repeats a request.
        retries: After so many requests without an answer it gives up.
        reboot: It is away while it changes to the new image.
        ask_every: It asks for a newer image of its own accord.
    """

    manufacturer_code: int
    image_type: int
    file_version: int
    hardware_version: int | None = None
    block_size: int = 50
    page_size: int = 0
    response_spacing: float = 0.02
    with_ieee: bool = False
    block_period: float | None = None
    think: float = 0.02
    retry: float = 2.0
    retries: int = 30
    reboot: float = 2.0
    ask_every: float = 86400.0
