"""Damaged images and indexes through all that stands before a byte is offered to a device.

    python benchmarks/ota_fuzz.py [--images 200000] [--indexes 100000] [--seed 1]

Images are read; each index goes the whole way, from its text over the look-up to the loaded image, with a damaged image
in the file that it names. Prints how many were taken and why the others were refused. Exits with 1 when anything but
an OtaError came out, or something was taken that contradicts its header, its index or the device that asked.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import itertools
import logging
import random
import re
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from zigwire.ota.errors import ImageError, OtaError
from zigwire.ota.image import Image
from zigwire.ota.images import Images
from zigwire.ota.index import Entry, Identity, parse_index
from zigwire.ota.values import Current

KIND = (0x117C, 0x4203)
CURRENT = Current(*KIND, file_version=0x11, hardware_version=2)
LAMP = Identity("LAMP", "Maker", {"modelId": "LAMP.2", "hardwareVersionMin": 1})
EDGES = (0, 1, 2, 4, 8, 0x7F, 0x80, 0xFF)
WORST = 8  # causes that are printed


def whole(elements: bytes, control: int = 0, optional: bytes = b"") -> bytes:
    """Return an image without faults."""
    length = 56 + len(optional)
    numbers = (0x0100, length, control, *KIND, 0x12, 2, b"lamp", length + len(elements))
    return bytes.fromhex("1ef1ee0b") + struct.pack("<5HIH32sI", *numbers) + optional + elements


def element(tag: int, data: bytes, information: bytes = b"") -> bytes:
    """Return an element."""
    return struct.pack("<HI", tag, len(data)) + information + data


SEEDS = [
    whole(element(0, bytes(range(100)))),
    whole(element(0, b"firmware") + element(3, bytes(16)) + element(0xF007, b"x" * 30), 4, struct.pack("<HH", 1, 3)),
    whole(element(0xF000, bytes(64), b"\1\2"), 7, struct.pack("<BQHH", 2, 0x00158D0001A2B3C4, 1, 3)),
    b"NGIS" + bytes(60) + whole(element(0xF000, bytes(64))) + bytes(128),
    whole(b"\x2a\0\1\0\xff\xff" + bytes(90)),
]


class Judge:
    """Counts what became of the cases, and remembers what must not be."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def refused(self, error: OtaError) -> None:
        """Count a refusal by its words without the values."""
        text = re.sub(r"'[^']*'|/\S+|\b0x[0-9a-f]+\b|[0-9a-f]{8,}…?|\d+", "…", str(error))
        self.outcomes[f"{type(error).__name__}: {text}"] += 1

    def escaped(self, error: Exception) -> None:
        """Note an exception that is not of the family."""
        where = traceback.extract_tb(error.__traceback__)[-1]
        self.faults[f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {str(error)[:80]}"] += 1

    def taken(self, image: Image, content: bytes, **claims: bool) -> None:
        """Count an image that would be offered, and note claims that do not hold."""
        header = image.header
        claims |= {
            "it has as many bytes as its header says": len(image.data) == header.total_size > header.header_length,
            "it begins with the identifier": image.data.startswith(bytes.fromhex("1ef1ee0b")),
            "it is in the file": image.data in content,
            "its header is that of its bytes": struct.unpack_from("<HHI", image.data, 10)
            == (header.manufacturer_code, header.image_type, header.file_version),
        }
        self.outcomes["taken"] += 1
        self.faults.update(f"taken, but not true: {claim}" for claim, holds in claims.items() if not holds)

    def report(self, title: str, seconds: float) -> None:
        """Print the figures."""
        cases = self.outcomes.total() + self.faults.total()
        print(f"{title}: {cases} cases in {seconds:.0f} s")
        for text, count in self.outcomes.most_common(WORST):
            print(f"  {count:>8}  {text[:110]}")
        for text, count in self.faults.most_common():
            print(f"  FAULT {count} x {text}")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with some damage, sometimes with none."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    data = bytearray(content)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
        chance.choice(DAMAGES)(data, chance)
    return bytes(data)


def flip(data: bytearray, chance: random.Random) -> None:
    """Change a byte, mostly in the header."""
    if data:
        end = len(data) if chance.random() < 0.3 else min(len(data), 80)
        data[chance.randrange(end)] = chance.choice((*EDGES, chance.randrange(256)))


def cut(data: bytearray, chance: random.Random) -> None:
    """Leave the end out."""
    del data[chance.randrange(len(data) + 1) :]


def take(data: bytearray, chance: random.Random) -> None:
    """Leave some in the middle out."""
    begin = chance.randrange(len(data) + 1)
    del data[begin : begin + chance.randrange(1, 20)]


def insert(data: bytearray, chance: random.Random) -> None:
    """Put noise in, or a second beginning."""
    begin = chance.randrange(len(data) + 1)
    data[begin:begin] = chance.choice((chance.randbytes(chance.randrange(30)), bytes.fromhex("1ef1ee0b"), data[:70]))


def resize(data: bytearray, chance: random.Random) -> None:
    """Say another size."""
    if len(data) >= 56:
        size = chance.choice((0, 55, 56, 57, len(data) - 1, len(data), len(data) + 1, 2**31, 2**32 - 1))
        struct.pack_into("<I", data, 52, max(0, size))


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, flip, flip, cut, take, insert, resize)


def read_images(count: int, chance: random.Random) -> Judge:
    """Read damaged files."""
    judge = Judge()
    for seed in itertools.islice(itertools.cycle(SEEDS), count):
        content = damaged(seed, chance)
        for read in (Image.parse, Image.parse_vouched):
            try:
                judge.taken(read(content), content)
            except ImageError as error:
                judge.refused(error)
            except Exception as error:  # noqa: BLE001 - that there is none is what is measured
                judge.escaped(error)
    return judge


def row(content: bytes, chance: random.Random) -> dict[str, Any]:
    """Return an entry about a file, mostly with some fields changed."""
    fields: dict[str, Any] = {
        "fileName": "lamp.ota",
        "fileVersion": 0x12,
        "fileSize": len(content),
        "url": "lamp.ota",
        "imageType": KIND[1],
        "manufacturerCode": KIND[0],
        "sha512": hashlib.sha512(content if chance.random() < 0.8 else chance.choice(SEEDS)).hexdigest(),
        "otaHeaderString": "lamp",
    }
    for name in chance.sample(NAMES, chance.choice((0, 0, 1, 1, 2, 4))):
        if chance.random() < 0.3:
            fields.pop(name, None)
        else:
            fields[name] = chance.choice(STRANGE)
    return fields


NAMES = (
    *("url", "fileVersion", "fileSize", "imageType", "manufacturerCode", "sha512", "otaHeaderString", "modelId"),
    *("manufacturerName", "hardwareVersionMin", "hardwareVersionMax", "minFileVersion", "maxFileVersion", "force"),
    "releaseNotes",
)


STRANGE = (
    *(None, True, False, 0, 1, 2, 3, -1, 0x11, 0xFFFF, 0x10000, 2**32, 2**63, 1.5, 1e300, "", "LAMP", "0" * 128),
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "file://x/y", "link", "a\0b", ".", "..", "x" * 9999),
    *("http://[", "http://", "https://127.0.0.1:1/x", "\u2028", [], {}, ["Maker"], [1], [[[]]], {"a": [None]}),
)
"""Values that a field may have, or may not."""


def index_text(content: bytes, chance: random.Random) -> bytes:
    """Return the text of an index, mostly one that can be read."""
    rows: list[Any] = [row(content, chance) for _ in range(chance.choice((1, 1, 2, 5)))]
    if chance.random() < 0.1:
        rows.insert(0, chance.choice(STRANGE))
    text = orjson.dumps(rows)
    kind = chance.random()
    if kind < 0.1:
        return damaged(text, chance)
    if kind < 0.12:
        return b"[" * chance.randrange(3000) + text
    if kind < 0.13:
        return b'[{"url":' + b"[" * 500 + b"]" * 500 + b'},{"modelId":' + b"9" * 5000 + b"}]"
    return text


async def follow_indexes(count: int, chance: random.Random, folder: Path) -> Judge:
    """Let damaged indexes go the whole way, beside damaged files."""
    judge = Judge()
    (folder / "link").symlink_to("/etc/passwd")
    images = Images(folder, None)
    content = SEEDS[0]
    for number in range(count):
        if number % 4 == 0:
            content = damaged(chance.choice(SEEDS), chance)
            (folder / "lamp.ota").write_bytes(content)
        text = index_text(content, chance)
        (folder / "index.json").write_bytes(text)
        try:
            parse_index(text, "https://example.invalid/index.json")
            found = await images.find(LAMP, CURRENT, downgrade=chance.random() < 0.2, index="index.json")
            if found.entry is None:
                judge.outcomes["no image for the device"] += 1
            elif found.entry.source.startswith("http"):
                judge.outcomes["an image elsewhere in the network"] += 1
            else:
                image = await images.load(found.entry)
                judge.taken(image, content, **claims(found.entry, image, content))
        except OtaError as error:
            judge.refused(error)
        except Exception as error:  # noqa: BLE001 - that there is none is what is measured
            judge.escaped(error)
    return judge


def claims(entry: Entry, image: Image, content: bytes) -> dict[str, bool]:
    """Return what has to be true of an image that a device gets because of an entry."""
    header, digest = image.header, hashlib.sha512(content).hexdigest()
    return {
        "it is of the device's kind": (header.manufacturer_code, header.image_type) == KIND,
        "its hash is the index's": entry.sha512 in {None, digest},
        "its size is the index's": entry.file_size in {None, len(content), header.total_size},
        "a hash vouches for it, or its elements fill it": bool(entry.sha512 or image.elements),
    }


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--indexes", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    chance = random.Random(arguments.seed)
    begin = time.perf_counter()
    files = read_images(arguments.images // 2, chance)  # each is read twice
    files.report("images", time.perf_counter() - begin)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        indexes = asyncio.run(follow_indexes(arguments.indexes, chance, Path(folder)))
    indexes.report("indexes", time.perf_counter() - begin)
    return 1 if files.faults or indexes.faults else 0


if __name__ == "__main__":
    sys.exit(main())
