"""Cases of common devices with what the pinned version of the library made of them; made by Zigwire itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["CASES", "Case", "different", "recorded"]

CASES = Path(__file__).with_name("cases.jsonl")


@dataclass(frozen=True, slots=True)
class Case:
    """A line for `zigwire convert`, and the answer as far as it counts.

    Attributes:
        line: A device, or a frame, a message or keys for the last one.
        answer: Keys of the answer that were recorded.
    """

    line: Mapping[str, Any]
    answer: Mapping[str, Any]

    def dumps(self) -> str:
        """Return the case as a line of the file."""
        return json.dumps([self.line, self.answer], separators=(",", ":"), ensure_ascii=False)

    def fits(self, answer: Mapping[str, Any]) -> bool:
        """Whether another answer says the same."""
        return all(answer.get(key) == value for key, value in self.answer.items())


def recorded() -> list[Case]:
    """Return the cases that are part of this program."""
    return [Case(*json.loads(line)) for line in CASES.read_text(encoding="utf-8").splitlines()]


def different(cases: Sequence[Case], answers: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Case]]:
    """Yield the cases that other answers do not fit, each with the device that it is about."""
    device = ""
    for case, answer in zip(cases, answers, strict=True):
        if case.line["kind"] == "device":
            device = case.line["id"]
        if not case.fits(answer):
            yield device, case
