"""The command `simulator firmware`: new firmware for a simulated device, so that an update can be tried."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from zigwire.cli.faults import told
from zigwire.cli.folder import choose
from zigwire.cli.simulating import status_of
from zigwire.settings import load
from zigwire.simulator.ota_image import Firmware

__all__ = ["INDEX", "make_firmware", "make_index"]

INDEX = "firmware/index.json"
"""In the data folder: where the default run looks for firmware first."""

HIGHEST = 0xFFFFFFFE
"""Version of a file; 0xFFFFFFFF stands for none."""


def make_firmware(data: Path | None, name: str, version: str | None, size: int, out: Path | None) -> None:
    """Write an image for a simulated device, and tell what to do with it.

    Args:
        data: The data folder of the house.
        name: Of the device.
        version: Of the image, in digits of any base (`0x11`); None for the one after that which the device runs.
        size: In bytes.
        out: The file; None for one in the data folder, which the index there names.

    Raises:
        click.ClickException: There is no such device, it can't be updated, or the file can't be written.
    """
    folder = data or choose(None)
    status = status_of(folder, name)
    runs = status.get("firmware")
    if runs is None:
        raise click.ClickException(f"{name}: {status['model']} can't be updated")
    firmware = _firmware(runs, runs["file_version"] + 1 if version is None else _number(version))
    path = out or (folder / INDEX).with_name(f"{name}-{firmware.file_version:x}.ota")
    with told():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(firmware.image(size))
        indexed = out is None and _put(folder, path, firmware, status["model"])
    way = f"zigwire ota update {name}" if indexed else f"zigwire ota update {name} --file {path}"
    versions = f"version 0x{firmware.file_version:x}, {name} runs 0x{runs['file_version']:x}"
    click.echo(f"{path} has {versions}. `{way}` updates it.")


def make_index(folder: Path) -> None:
    """Begin an index without images in a data folder, unless there is one.

    Raises:
        OSError: It can't be written.
    """
    index = folder / INDEX
    index.parent.mkdir(parents=True, exist_ok=True)
    if not index.exists():
        index.write_text("[]\n")


def _number(version: str) -> int:
    try:
        number = int(version, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= HIGHEST:
        raise click.ClickException(f"version: {version!r} is no number from 0 to 0x{HIGHEST:x}")
    return number


def _firmware(runs: dict[str, Any], version: int) -> Firmware:
    return Firmware(
        runs["manufacturer_code"],
        runs["image_type"],
        version,
        software_build=f"0x{version:x}",
        date_code=f"{datetime.now(UTC):%Y%m%d}",
    )


def _put(folder: Path, path: Path, firmware: Firmware, model: str) -> bool:
    """Put an image into the index in place of others of its kind; returns whether the settings name that index."""
    make_index(folder)
    index = folder / INDEX
    content = path.read_bytes()
    entry = {
        "fileName": path.name,
        "fileVersion": firmware.file_version,
        "fileSize": len(content),
        "url": path.relative_to(folder).as_posix(),
        "imageType": firmware.image_type,
        "manufacturerCode": firmware.manufacturer_code,
        "sha512": hashlib.sha512(content).hexdigest(),
        "modelId": model,
    }
    others = [other for other in _entries(index) if other.get("modelId") != model]
    index.write_text(json.dumps([*others, entry], indent=1) + "\n")
    return load(folder / "configuration.yaml", os.environ).ota.zigbee_ota_override_index_location == INDEX


def _entries(index: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))
    except ValueError:
        entries = None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise click.ClickException(f"{index} is no index: it is to be a list of objects in JSON")
    return entries
