"""Finds the image that a device may get: in the indexes, in one that the user named, or in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.firmware.errors import NoImageError
from zigwire.bridge.firmware.quirks import corrected
from zigwire.bridge.payloads import shortened
from zigwire.ota.errors import SourceError
from zigwire.ota.image import Image
from zigwire.ota.images import Images
from zigwire.ota.index import Entry, Identity
from zigwire.ota.values import Current
from zigwire.storage.firmware import Schedule

__all__ = ["Candidate", "Lookup", "is_index"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was found for a device.

    Attributes:
        current: What the device runs.
        available: Whether the device may get the image.
        version: The image's, None where there is none.
        source: Where it is.
        notes: What is new in it.
        reason: Why there is none that the device may get.
        found: The image, or where an index has it.
    """

    current: Current
    available: bool = False
    version: int | None = None
    source: str | None = None
    notes: str | None = None
    reason: str = ""
    found: Entry | Image | None = None


class Lookup:
    """Finds images and loads them."""

    def __init__(self, images: Images) -> None:
        self._images = images

    async def find(self, entity: DeviceEntity, current: Current, wanted: Schedule) -> Candidate:
        """Return what there is for a device with the firmware that it runs now.

        Raises:
            OtaError: An index or a file can't be read, or is none.
        """
        if wanted.url is None or is_index(wanted.url):
            return await self._find_entry(entity, corrected(entity.device, current), wanted)
        image = await self._images.open(wanted.url)
        version, running = image.header.file_version, current.file_version
        return Candidate(
            current,
            available=version < running if wanted.downgrade else version > running,
            version=version,
            source=wanted.url,
            reason=f"the image has version {version}, the device runs {running}",
            found=image,
        )

    async def image(self, candidate: Candidate) -> Image:
        """Load what was found.

        Raises:
            NoImageError: The device may not get it.
            OtaError: It can't be loaded.
        """
        if not candidate.available or candidate.found is None:
            raise NoImageError(candidate.reason, expected=candidate.found is not None)
        if isinstance(candidate.found, Image):
            return candidate.found
        return await self._images.load(candidate.found)

    async def _find_entry(self, entity: DeviceEntity, current: Current, wanted: Schedule) -> Candidate:
        found = await self._images.find(identity(entity), current, downgrade=wanted.downgrade, index=wanted.url)
        entry = found.entry
        if entry is None:
            return Candidate(current, reason=found.reason)
        return Candidate(
            current,
            found.available,
            version=entry.file_version,
            source=entry.url,
            notes=entry.release_notes,
            reason=found.reason,
            found=entry,
        )


def is_index(url: str) -> bool:
    """Tell whether a URL or path names an index rather than an image.

    Raises:
        SourceError: It is neither.
    """
    try:
        return urlsplit(url).path.lower().endswith(".json")
    except ValueError as error:
        raise SourceError(f"url {shortened(url)} is no address: {error}") from None


def identity(entity: DeviceEntity) -> Identity:
    """Return by what indexes know a device."""
    device = entity.device
    extra: Mapping[str, object] = entity.behaviour.definition.ota_identity if entity.behaviour else {}
    return Identity(device.model_id, device.manufacturer_name, extra)
