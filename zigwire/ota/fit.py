"""Whether an image is for a device."""

from __future__ import annotations

from zigwire.ota.image import Header
from zigwire.ota.values import Current

__all__ = ["misfit"]


def misfit(header: Header, ieee: str, current: Current) -> str | None:
    """Return why an image is not for a device, None when it is."""
    if header.manufacturer_code != current.manufacturer_code:
        return _says("manufacturer code", f"{header.manufacturer_code:#06x}", f"{current.manufacturer_code:#06x}")
    if header.image_type != current.image_type:
        return _says("image type", f"{header.image_type:#06x}", f"{current.image_type:#06x}")
    if header.destination not in {None, ieee}:
        return _says("destination", str(header.destination), ieee)
    hardware = current.hardware_version
    if hardware is None:
        return None
    lowest, highest = header.hardware_min, header.hardware_max
    if (lowest is not None and hardware < lowest) or (highest is not None and hardware > highest):
        return _says("hardware version", f"{lowest} to {highest}", str(hardware))
    return None


def _says(field: str, image: str, device: str) -> str:
    return f"The image is not for this device: {field} of the image {image}, of the device {device}"
