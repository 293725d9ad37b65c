"""Image files on this machine: shown to a person, or read to be sent."""

from __future__ import annotations

from hashlib import sha256, sha512
from pathlib import Path

import click

from zigwire.cli.values import table
from zigwire.ota.errors import ImageError, SourceError
from zigwire.ota.image import LARGEST_FILE, Header, Image
from zigwire.ota.sources import read_file

__all__ = ["inspect_file", "read_image"]

STACKS = {0: "Zigbee 2006", 1: "Zigbee 2007", 2: "Zigbee PRO", 3: "Zigbee IP"}


def read_image(path: Path) -> bytes:
    """Return a file's content, which is an image.

    Raises:
        click.ClickException: It is none, damaged or not to be read.
    """
    content = _read(path)
    try:
        Image.parse(content)
    except ImageError as error:
        raise click.ClickException(f"{path} is no image for devices: {error}") from error
    return content


def inspect_file(path: Path) -> None:
    """Print what an image file holds.

    Raises:
        click.ClickException: It has a fault.
    """
    content = _read(path)
    try:
        image = Image.parse_vouched(content)
    except ImageError as error:
        raise click.ClickException(f"{path} is no image for devices: {error}") from error
    rows = [*_header_rows(image.header), *_file_rows(content, image)]
    rows += [("element", str(element)) for element in image.elements]
    click.echo(table(rows))
    try:
        Image.parse(content)
    except ImageError as error:
        raise click.ClickException(
            f"Its elements are not as they should be: {error}. Devices get it only from an index that has its SHA-512."
        ) from error


def _header_rows(header: Header) -> list[tuple[str, str]]:
    rows = [
        ("manufacturer", f"{header.manufacturer_code:#06x}"),
        ("image type", f"{header.image_type:#06x}"),
        ("version", f"{header.file_version} ({header.file_version:#010x})"),
        ("stack", STACKS.get(header.stack_version, f"{header.stack_version:#06x}")),
        ("words", ascii(header.header_string)),
    ]
    if header.security_credential_version is not None:
        rows.append(("security credentials", f"version {header.security_credential_version}"))
    if header.destination is not None:
        rows.append(("only for device", header.destination))
    if header.hardware_min is not None:
        rows.append(("only for hardware", f"{header.hardware_min} to {header.hardware_max}"))
    return rows


def _file_rows(content: bytes, image: Image) -> list[tuple[str, str]]:
    start = content.index(image.data)
    after = len(content) - start - len(image.data)
    return [
        ("image size", f"{len(image.data)} bytes, {image.header.header_length} of them header"),
        ("file size", f"{len(content)} bytes, {start} before the image and {after} after it"),
        ("SHA-512", sha512(content).hexdigest()),
        ("SHA-256", sha256(content).hexdigest()),
    ]


def _read(path: Path) -> bytes:
    try:
        return read_file(path, LARGEST_FILE)
    except SourceError as error:
        raise click.ClickException(str(error)) from error
