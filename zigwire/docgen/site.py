"""Writes pages of devices into a folder, and beside it what they lead to: two guides and the index of all devices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from zigwire.devices.portrait import Portrait
from zigwire.docgen import index, page
from zigwire.docgen.kept import Kept, read_head, read_kept

__all__ = ["Written", "write_pages"]

NOTES = Path(__file__).with_name("notes")
GUIDES = Path(__file__).with_name("guide")
NO_NOTES = "\n"


@dataclass(frozen=True, slots=True)
class Written:
    """How many pages were written.

    Attributes:
        new: That were not there.
        changed: That say something else now.
        same: That were left as they are.
        unknown: That are of no known device; they stay, and are not in the index.
    """

    new: int
    changed: int
    same: int
    unknown: int = 0


def write_pages(folder: Path, portraits: Sequence[Portrait], subjects: Sequence[Portrait]) -> Written:
    """Write pages; what people wrote into them stays, and a page that says the same is not touched.

    Args:
        folder: Where pages are, as an absolute path; the guides and the index stand beside it.
        portraits: Whose pages to write.
        subjects: All devices: those that have a page in the folder are in the index.

    Raises:
        PageFault: Notes of a page could get lost; nothing was written.
        OSError: A file can't be read or written.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    there = set(folder.glob(f"*{page.SUFFIX}"))
    known = {_place(folder, one.model): one for one in subjects}
    wanted = {_place(folder, one.model): one for one in portraits}
    kept = {path: read_kept(path, _fresh(one.model, now)) for path, one in wanted.items()}
    pages = {path: page.text(one, kept[path]) for path, one in wanted.items()}
    kept |= {path: read_head(path, _fresh(known[path].model, now)) for path in there & known.keys() - wanted.keys()}
    written = [path for path, text in pages.items() if _put(path, text)]
    _put_guides(folder)
    listed = [index.entry(one, kept[path], folder.name) for path, one in known.items() if path in kept]
    for name, text in index.files(listed).items():
        _put(folder.parent / index.FOLDER / name, text)
    new = sum(path not in there for path in written)
    return Written(new, len(written) - new, len(pages) - len(written), len(there - known.keys()))


def _place(folder: Path, model: str) -> Path:
    return folder / page.file_name(model)


def _fresh(model: str, now: str) -> Kept:
    """Return what a page has that was not there before: the notes that come with Zigwire, if any."""
    notes = _place(NOTES, model)
    return Kept(now, page.picture_of(model), notes.read_text(encoding="utf-8") if notes.is_file() else NO_NOTES)


def _put_guides(folder: Path) -> None:
    """Write the guides that pages lead to, where there are none."""
    for guide in sorted(GUIDES.rglob("*.md")):
        place = folder.parent / GUIDES.name / guide.relative_to(GUIDES)
        if not place.exists():
            _put(place, guide.read_text(encoding="utf-8"))


def _put(path: Path, text: str) -> bool:
    """Write a file unless it says the same; tells whether it did. At no moment is there half of one, whoever writes."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return True
