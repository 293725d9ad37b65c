"""The log in files: a directory for each start, rotation, and no more of them than wanted."""

from __future__ import annotations

import logging
import re
import shutil
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from zigwire.settings import Advanced

__all__ = ["file_handler"]

LOG = logging.getLogger(__name__)

FILE_BYTES = 10_000_000
FILES_KEPT = 3
STAMP = "%TIMESTAMP%"
STAMP_PATTERN = r"\d{4}-\d\d-\d\d\.\d\d-\d\d-\d\d"
CURRENT = "current"


def file_handler(advanced: Advanced, data: Path) -> logging.Handler:
    """Return a handler that writes to the file that the settings name, and tidy up beside it.

    Raises:
        OSError: The file can't be written.
    """
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d.%H-%M-%S")
    template = Path(advanced.log_directory or str(data / "log" / STAMP))
    directory = Path(str(template).replace(STAMP, stamp))
    directory.mkdir(parents=True, exist_ok=True)
    _tend(template, stamp, advanced)
    path = directory / advanced.log_file.replace(STAMP, stamp)
    rotation = (FILE_BYTES, FILES_KEPT - 1) if advanced.log_rotation else (0, 0)
    return RotatingFileHandler(path, maxBytes=rotation[0], backupCount=rotation[1], encoding="utf-8")


def _tend(template: Path, stamp: str, advanced: Advanced) -> None:
    """Remove the oldest of the directories that differ by their time only, and link to the one in use."""
    depth = next((number for number, part in enumerate(template.parts) if STAMP in part), None)
    if depth is None:
        return
    parent = Path(*(part.replace(STAMP, stamp) for part in template.parts[:depth]))
    name = template.parts[depth]
    pattern = re.compile(STAMP_PATTERN.join(map(re.escape, name.split(STAMP))))
    _remove_old(parent, pattern, name.replace(STAMP, stamp), advanced.log_directories_to_keep)
    if advanced.log_symlink_current:
        _link(parent / CURRENT, name.replace(STAMP, stamp))


def _remove_old(parent: Path, pattern: re.Pattern[str], in_use: str, keep: int) -> None:
    old = sorted(
        path
        for path in parent.iterdir()
        if path.name != in_use and pattern.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    )
    for directory in old[: max(0, len(old) + 1 - keep)]:
        try:
            shutil.rmtree(directory)
        except OSError as error:
            LOG.warning("The old log directory %s can't be removed: %s", directory, error)


def _link(link: Path, target: str) -> None:
    try:
        if link.is_symlink():
            link.unlink()
        link.symlink_to(target, target_is_directory=True)
    except OSError as error:
        LOG.warning("advanced.log_symlink_current has no effect: %s", error)
