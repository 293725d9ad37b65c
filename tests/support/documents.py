"""The documents' examples: what is published and heard, what is typed, settings and JSON.

Blocks of the kinds `publish` and `hear` have a topic and a payload a line, which goes on in lines that are indented;
`console` blocks have what is typed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^(?:\.venv/bin/)?zigwire (.*)$", re.MULTILINE)


class Block(NamedTuple):
    kind: str
    text: str

    def messages(self) -> Iterator[tuple[str, str]]:
        """Topics below the base topic, and payloads."""
        for text in re.split(r"\n(?=\S)", self.text.rstrip()):
            topic, _, payload = text.partition(" ")
            yield topic.removeprefix("zigbee2mqtt/"), payload

    def commands(self) -> Iterator[list[str]]:
        """The arguments of each `zigwire` that is typed."""
        return (shlex.split(line, comments=True) for line in _COMMAND.findall(self.text))


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *kinds: str) -> list[Block]:
    """The blocks of some kinds, in order."""
    return [block for block in map(Block._make, _BLOCK.findall(text(page))) if block.kind in kinds]


def pages_with(*kinds: str) -> list[Path]:
    """The pages that have a block of these kinds."""
    return [page for page in PAGES if blocks(page, *kinds)]


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))
