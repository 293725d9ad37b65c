"""An image compared with the entry of an index that tells of it."""

from __future__ import annotations

import logging
from hashlib import sha512

from zigwire.ota.errors import ImageError
from zigwire.ota.image import Image
from zigwire.ota.index import Entry

__all__ = ["verified"]

LOG = logging.getLogger(__name__)


def verified(entry: Entry, content: bytes) -> Image:
    """Return the image in a file, if it is the one that an entry tells of.

    Raises:
        ImageError: It is another one, damaged or none.
    """
    _check_hash(entry, content)
    image = Image.parse(content) if entry.sha512 is None else Image.parse_vouched(content)
    header = image.header
    if entry.file_size not in {None, len(content), header.total_size}:
        raise ImageError(
            f"file has {len(content)} bytes, its image {header.total_size}; the index says {entry.file_size}"
        )
    if entry.manufacturer_code not in {None, header.manufacturer_code}:
        raise ImageError(
            f"image is for manufacturer {header.manufacturer_code:#06x}; the index says {entry.manufacturer_code:#06x}"
        )
    if entry.image_type not in {None, header.image_type}:
        raise ImageError(f"image is of type {header.image_type:#06x}; the index says {entry.image_type:#06x}")
    if entry.file_version not in {None, header.file_version}:
        LOG.warning("%s holds version %d; the index says %d", entry.url, header.file_version, entry.file_version)
    return image


def _check_hash(entry: Entry, content: bytes) -> None:
    if entry.sha512 is None:
        return
    digest = sha512(content).hexdigest()
    if digest != entry.sha512:
        raise ImageError(f"SHA-512 of the file is {digest[:16]}…; the index says {entry.sha512[:16]}…")
