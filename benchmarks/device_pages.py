"""What the pages of all devices cost: time and memory to find the devices out, and to write their pages twice.

python benchmarks/device_pages.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from zigwire.devices.herdsman import Package
from zigwire.docgen import all_subjects, write_pages
from zigwire.herdsman_library import Versions, default_folder


def main() -> None:
    """Write all pages into a folder for the time being, and print figures."""
    modules = Versions(default_folder()).node_modules
    began = time.perf_counter()
    subjects = all_subjects(Package.at(modules) if modules else None)
    print(f"{len(subjects)} devices found out in {time.perf_counter() - began:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        for what in ("written", "written again"):
            began = time.perf_counter()
            written = write_pages(Path(folder).resolve() / "devices", subjects, subjects)
            print(f"{what} in {time.perf_counter() - began:.1f} s: {written}")
    print(f"{psutil.Process().memory_info().rss >> 20} MB")


if __name__ == "__main__":
    main()
