"""The two pages that are made of the program itself; `python -m zigwire.docgen.reference FOLDER` writes them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from zigwire.docgen import reference_mqtt, reference_settings

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    with TemporaryDirectory() as folder:
        interface = asyncio.run(reference_mqtt.page(Path(folder)))
    return {"configuration.md": reference_settings.page(), "mqtt.md": interface}


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")
