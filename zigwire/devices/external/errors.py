"""What is wrong with a user's converter, and where."""

from __future__ import annotations

import traceback
from pathlib import Path

__all__ = ["ConverterFault", "told"]


class ConverterFault(Exception):
    """A converter that can't be used; the text says why.

    Attributes:
        line: Of its file, None when it lies at none.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text if line is None else f"{text} (line {line})")
        self.line = line


def told(error: BaseException, path: Path) -> ConverterFault:
    """Return what a converter raised, with the line of its file that it came from."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return ConverterFault(f"{type(error).__name__}: {error.msg}", error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    line = next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)
    return ConverterFault(f"{type(error).__name__}: {error}", line)
