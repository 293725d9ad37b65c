"""The command `convert`."""

from __future__ import annotations

import sys

import orjson

from zigwire.devices import NativeSource, Sources
from zigwire.devices.convert import Session

__all__ = ["convert_lines"]


def convert_lines() -> None:
    """Answer JSON lines of standard input on standard output, in their order."""
    session = Session(Sources([NativeSource()]))
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(orjson.dumps(session.answer(orjson.loads(line))) + b"\n")
        out.flush()
