"""The index of the zigbee-OTA project: which image is for which device."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from zigwire.ota.errors import IndexFault
from zigwire.ota.image import LARGEST_FILE
from zigwire.ota.values import Current

__all__ = ["Entry", "Identity", "find", "parse_index", "why_none"]

_SHORTENED = Repr()
_SHORTENED.maxstring = 60
_shown = _SHORTENED.repr


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An image that an index tells of. None means that the index says nothing about it, and any will do.

    Attributes:
        url: Where the image is, as the index has it.
        origin: URL of the index, None for one that is a file here.
        manufacturer_code: Of the devices that the image is for.
        image_type: Of the devices that the image is for.
        file_version: The image's version.
        file_size: Bytes of the file, or of the image in it.
        sha512: Of the file, in lower case.
        header_string: The manufacturer's words in the image's header.
        model_id: Of the devices that the image is for.
        manufacturer_names: Likewise, one of these.
        hardware_min: The device's hardware version at least.
        hardware_max: The device's hardware version at most.
        version_min: The version that the device runs now at least.
        version_max: The version that the device runs now at most.
        force: Whether the image is to be offered whatever version the device runs.
        release_notes: What is new.
    """

    url: str
    origin: str | None = None
    manufacturer_code: int | None = None
    image_type: int | None = None
    file_version: int | None = None
    file_size: int | None = None
    sha512: str | None = None
    header_string: str | None = None
    model_id: str | None = None
    manufacturer_names: tuple[str, ...] = ()
    hardware_min: int | None = None
    hardware_max: int | None = None
    version_min: int | None = None
    version_max: int | None = None
    force: bool = False
    release_notes: str | None = None

    @property
    def source(self) -> str:
        """Where the image is: an address relative to the index's own, or a file for an index that is a file."""
        return self.url if self.origin is None else urljoin(self.origin, self.url)

    @property
    def complete(self) -> bool:
        """Whether the index says what decides; where not, the image's header does."""
        return None not in {self.manufacturer_code, self.image_type, self.file_version}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a device is, beyond what it asks with.

    Attributes:
        model_id: Of its basic cluster.
        manufacturer_name: Of its basic cluster.
        extra: What its definition adds (`modelId`, `manufacturerName`, `otaHeaderString`, `hardwareVersionMin`,
            `hardwareVersionMax`).
    """

    model_id: str | None
    manufacturer_name: str | None
    extra: Mapping[str, Any] = field(default_factory=dict)


def parse_index(text: bytes, origin: str | None = None) -> tuple[list[Entry], list[str]]:
    """Return the entries of an index, and a sentence for each that is left out because it has a fault.

    Args:
        text: JSON.
        origin: URL that it came from, None for a file here: only those may name other files here.

    Raises:
        IndexFault: It is no list.
    """
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise IndexFault(f"the index is no JSON: {error}") from error
    if not isinstance(rows, list):
        raise IndexFault(f"the index is no list, but {_shown(rows)}")
    entries, faults = [], []
    for number, row in enumerate(rows, 1):
        try:
            entries.append(_entry(row, origin))
        except IndexFault as fault:
            faults.append(f"entry {number} is left out: {fault}")
    return entries, faults


def find(entries: Iterable[Entry], identity: Identity, current: Current) -> Entry | None:
    """Return the first entry that is for a device with the firmware that it runs now."""
    left = _of_kind(entries, current)
    return next((entry for entry in left if all(rule(entry, identity, current) for rule, _ in _RULES)), None)


def why_none(entries: Iterable[Entry], identity: Identity, current: Current) -> str:
    """Say which rule none of the entries fulfils that fulfil the ones before it."""
    kind = f"for manufacturer {current.manufacturer_code:#06x} and image type {current.image_type:#06x}"
    left = _of_kind(entries, current)
    if not left:
        return f"the index has no image {kind}"
    for rule, words in _RULES:
        before, left = left, [entry for entry in left if rule(entry, identity, current)]
        if not left:
            images = "1 image" if len(before) == 1 else f"{len(before)} images"
            return f"the index has {images} {kind}, but none {words(identity, current)}"
    return f"the index has an image {kind}"


def _of_kind(entries: Iterable[Entry], current: Current) -> list[Entry]:
    kind = (current.manufacturer_code, current.image_type)
    return [entry for entry in entries if (entry.manufacturer_code, entry.image_type) == kind]


def _is_for_model(entry: Entry, identity: Identity, _: Current) -> bool:
    names = (identity.model_id, identity.extra.get("modelId"))
    return entry.model_id is None or any(name == entry.model_id for name in names)


def _is_for_manufacturer(entry: Entry, identity: Identity, _: Current) -> bool:
    names = (identity.manufacturer_name, identity.extra.get("manufacturerName"))
    return not entry.manufacturer_names or any(name in entry.manufacturer_names for name in names)


def _has_words(entry: Entry, identity: Identity, _: Current) -> bool:
    wanted = identity.extra.get("otaHeaderString")
    return not wanted or wanted == entry.header_string


def _is_for_version(entry: Entry, _: Identity, current: Current) -> bool:
    version = current.file_version
    return _at_least(version, entry.version_min) and _at_most(version, entry.version_max)


def _is_for_hardware(entry: Entry, identity: Identity, current: Current) -> bool:
    """Compare with what the device tells, and with what its definition does: either is enough."""
    told, extra = current.hardware_version, identity.extra
    return (_at_least(told, entry.hardware_min) or _at_least(extra.get("hardwareVersionMin"), entry.hardware_min)) and (
        _at_most(told, entry.hardware_max) or _at_most(extra.get("hardwareVersionMax"), entry.hardware_max)
    )


def _at_least(value: Any, limit: int | None) -> bool:
    return limit is None or (isinstance(value, int) and value >= limit)


def _at_most(value: Any, limit: int | None) -> bool:
    return limit is None or (isinstance(value, int) and value <= limit)


_RULES: tuple[
    tuple[Callable[[Entry, Identity, Current], bool], Callable[[Identity, Current], str]],
    ...,
] = (
    (_is_for_model, lambda identity, _: f"for model {_shown(identity.model_id)}"),
    (_is_for_manufacturer, lambda identity, _: f"for manufacturer name {_shown(identity.manufacturer_name)}"),
    (_has_words, lambda identity, _: f"with header string {_shown(identity.extra.get('otaHeaderString'))}"),
    (_is_for_version, lambda _, current: f"for a device that runs version {current.file_version}"),
    (_is_for_hardware, lambda _, current: f"for hardware version {_told(current.hardware_version)}"),
)
"""What an image of the device's kind has to fulfil, and how to say that none does."""


def _told(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _entry(row: Any, origin: str | None) -> Entry:
    if not isinstance(row, dict):
        raise IndexFault(f"it is no object, but {_shown(row)}")
    known = {
        attribute: read(name, row[name])
        for name, (attribute, read) in _FIELDS.items()
        if row.get(name) is not None and row[name] != ""
    }
    if "url" not in known:
        raise IndexFault("url is missing")
    entry = Entry(**known, origin=origin)
    _check_source(entry)
    return entry


def _check_source(entry: Entry) -> None:
    try:
        where = urlsplit(entry.source)
        host = where.hostname
    except ValueError as error:
        raise IndexFault(f"url {_shown(entry.url)} is none: {error}") from None
    if where.scheme in {"http", "https"} and host:
        if not entry.complete:
            raise IndexFault("imageType, manufacturerCode and fileVersion are needed unless the image is a file here")
        return
    if entry.origin is not None:
        raise IndexFault(f"url {_shown(entry.url)} is not http or https, as an index from the network needs")
    if where.scheme not in {"", "file"}:
        raise IndexFault(f"url {_shown(entry.url)} is not http, https or the path of a file")


def _number(largest: int, smallest: int = 0) -> Callable[[str, Any], int]:
    def read(name: str, value: Any) -> int:
        if type(value) is not int or not smallest <= value <= largest:
            raise IndexFault(f"{name} {_shown(value)} is no number from {smallest} to {largest}")
        return value

    return read


def _words(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise IndexFault(f"{name} {_shown(value)} is no text")
    return value


def _names(name: str, value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise IndexFault(f"{name} {_shown(value)} is no list of texts")
    return tuple(names)


def _sha512(name: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-fA-F]{128}", value):
        raise IndexFault(f"{name} {_shown(value)} has not 128 hexadecimal digits")
    return value.lower()


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise IndexFault(f"{name} {_shown(value)} is neither true nor false")
    return value


_FIELDS: Mapping[str, tuple[str, Callable[[str, Any], Any]]] = {
    "url": ("url", _words),
    "manufacturerCode": ("manufacturer_code", _number(0xFFFF)),
    "imageType": ("image_type", _number(0xFFFF)),
    "fileVersion": ("file_version", _number(0xFFFFFFFF)),
    "fileSize": ("file_size", _number(LARGEST_FILE, 1)),
    "sha512": ("sha512", _sha512),
    "otaHeaderString": ("header_string", _words),
    "modelId": ("model_id", _words),
    "manufacturerName": ("manufacturer_names", _names),
    "hardwareVersionMin": ("hardware_min", _number(0xFFFF)),
    "hardwareVersionMax": ("hardware_max", _number(0xFFFF)),
    "minFileVersion": ("version_min", _number(0xFFFFFFFF)),
    "maxFileVersion": ("version_max", _number(0xFFFFFFFF)),
    "force": ("force", _truth),
    "releaseNotes": ("release_notes", _words),
}
"""By name in the index: the attribute, and how to read it. `fileName` and `originalUrl` are for the project itself."""
