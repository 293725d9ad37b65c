"""The library among the packages: its folder, and the version that is pinned."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from zigwire.herdsman_library import default_folder
from zigwire.herdsman_library.versions import PACKAGE, pinned_version


def test_the_folder_is_the_environments_unless_it_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("ZIGWIRE_LIBRARY", raising=False)
    assert default_folder() == Path(sys.prefix) / "share" / "zigwire" / "library"
    monkeypatch.setenv("ZIGWIRE_LIBRARY", str(tmp_path))
    assert default_folder() == tmp_path


def test_the_lock_file_pins_every_package_by_its_hash():
    import zigwire.herdsman_library as library

    lock = json.loads((Path(library.__file__).parent / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages[f"node_modules/{PACKAGE}"]["version"] == pinned_version()
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
