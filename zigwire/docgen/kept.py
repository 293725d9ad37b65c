"""What a page keeps when it is written anew: its date, its picture, and the notes that people wrote into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

__all__ = ["BEGIN", "END", "Kept", "PageFault", "read_head", "read_kept"]

BEGIN = '<!-- Notes BEGIN: You can edit here. Add "## Notes" headline if not already present. -->'
END = "<!-- Notes END: Do not edit below this line -->"

BEGINNING, ENDING = BEGIN.partition(":")[0], END.partition(":")[0]
HEADLINE = "## Notes"
ADDED = re.compile(r"^addedAt: (20.*\S)\s*$")
PICTURE = re.compile(r"^\| Picture \| !\[.*\]\((\S+)\) \|$")
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}#{1,2}(?:\s|$)|<h[12]\b", re.IGNORECASE)
UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*$")
UNDERLINED = re.compile(r" {0,3}(?!\d+[.)]\s)[^\s>|#<*+-]")


class PageFault(Exception):
    """A page that can't be written anew without loss; the text names its file and line."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays.

    Attributes:
        added_at: When the page was written first: ISO 8601, UTC.
        picture: Address of the device's picture.
        notes: The lines between the two comments, each with its end.
    """

    added_at: str
    picture: str
    notes: str


def read_kept(path: Path, fresh: Kept) -> Kept:
    """Return what a page keeps.

    Args:
        path: Where it is, or will be.
        fresh: What a new page has; also what stands in for a date or a picture that is not there.

    Raises:
        PageFault: Its notes can't be told from what is generated.
        OSError: It can't be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return fresh
    except UnicodeDecodeError as error:
        raise PageFault(path, error.object[: error.start].count(b"\n") + 1, "it is not in UTF-8") from error
    begin, end = _only(path, lines, BEGINNING), _only(path, lines, ENDING)
    if end < begin:
        raise PageFault(path, end + 1, f"`{ENDING}` stands before `{BEGINNING}`")
    for place in _headings(lines[begin + 1 : end]):
        raise PageFault(path, begin + place + 2, "notes have no heading of the first or second level but `## Notes`")
    return _kept(lines[:begin], fresh, "".join(f"{line}\n" for line in lines[begin + 1 : end]))


def read_head(path: Path, fresh: Kept) -> Kept:
    """Return what a page keeps that is not written anew: nobody needs its notes, and they may be as they like.

    Args:
        path: Where it is.
        fresh: What stands in for a date or a picture that is not there.

    Raises:
        OSError: It can't be read.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return _kept(list(takewhile(lambda line: not line.startswith(BEGINNING), lines)), fresh, notes="")


def _kept(head: Sequence[str], fresh: Kept, notes: str) -> Kept:
    return Kept(_first(ADDED, head) or fresh.added_at, _first(PICTURE, head) or fresh.picture, notes)


def _only(path: Path, lines: Sequence[str], start: str) -> int:
    """Return the place of the one line that begins so."""
    places = [place for place, line in enumerate(lines) if line.startswith(start)]
    if not places:
        raise PageFault(path, len(lines), f"there is no line `{start}`; one is needed, so that the notes can be kept")
    if len(places) > 1:
        raise PageFault(path, places[1] + 1, f"this is a second line `{start}`; exactly one is allowed")
    return places[0]


def _headings(notes: Sequence[str]) -> Iterator[int]:
    """Yield the places of headings that notes may not have; one `## Notes` in front of all may be."""
    top = next((place for place, line in enumerate(notes) if line.strip()), 0)
    before = ""
    for place, line in enumerate(_without_code(notes)):
        if _is_heading(line, before) and not (place == top and line.rstrip() == HEADLINE):
            yield place
        before = line


def _without_code(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, empty ones in the place of fenced code."""
    fence = ""
    for line in lines:
        fenced = FENCE.match(line)
        yield "" if fence or fenced else line
        if not fence:
            fence = fenced[1] if fenced else ""
        elif fenced and fenced[1].startswith(fence) and line.strip() == fenced[1]:
            fence = ""


def _is_heading(line: str, before: str) -> bool:
    """Whether a line is a heading of the first or second level, or makes one of the line before."""
    return bool(HEADING.match(line) or (UNDERLINED.match(before) and UNDERLINE.match(line)))


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str | None:
    return next((match[1] for line in lines if (match := pattern.match(line))), None)
