"""The command `convert`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import orjson

from zigwire.devices import NativeSource, Sources
from zigwire.devices.convert import Session

__all__ = ["convert_lines"]


def convert_lines() -> None:
    """Answer JSON lines of standard input on standard output, in their order."""
    session = Session(Sources([NativeSource()]))
    out = sys.stdout.buffer
    with asyncio.Runner() as runner:
        for line in sys.stdin.buffer:
            out.write(orjson.dumps(runner.run(_answer(session, line))) + b"\n")
            out.flush()


async def _answer(session: Session, line: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {"error": f"the line is no JSON: {error}"}
    return await session.answer(asked) if isinstance(asked, dict) else {"error": "the line is no JSON object"}
