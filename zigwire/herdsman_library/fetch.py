"""Getting a version of the library: the one that Zigwire's lock file pins, or any other that was published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from zigwire.herdsman_library.errors import LibraryError
from zigwire.herdsman_library.npm import Npm, npm
from zigwire.herdsman_library.versions import PACKAGE, VERSION, Versions, pinned_version

__all__ = ["LibraryError", "fetch"]

OWN = Path(__file__).parent
WITHOUT_SCRIPTS = ("--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund")
NEWEST = "latest"


def fetch(versions: Versions, version: str | None = None) -> str:
    """Get a version unless it is here already, and return its number. Its scripts are not run.

    Args:
        versions: Where to put it.
        version: Its number, `latest`, or None for the one that this release of Zigwire was tested with.

    Raises:
        LibraryError: It can't be had, or its packages are not what the lock file says.
    """
    wanted = version or pinned_version()
    if wanted in versions.present:
        return wanted
    if wanted != NEWEST and not VERSION.fullmatch(wanted):
        raise LibraryError(f"version {wanted!r} is not allowed; a number such as {pinned_version()}, or {NEWEST}, is")
    versions.folder.mkdir(parents=True, exist_ok=True)
    with npm() as client, TemporaryDirectory(dir=versions.folder, prefix=".fetching-") as name:
        folder = Path(name) / "library"
        folder.mkdir()
        if wanted == NEWEST:
            wanted = _newest(client, folder)
        if wanted not in versions.present:
            _install(client, folder, wanted)
            folder.rename(versions.folder / wanted)
    return wanted


def _newest(client: Npm, folder: Path) -> str:
    newest = client.run(folder, "view", PACKAGE, "version").strip()
    if not VERSION.fullmatch(newest):
        raise LibraryError(f"the newest version is said to be {newest!r}, which is no version")
    return newest


def _install(client: Npm, folder: Path, version: str) -> None:
    manifest = json.loads((OWN / "package.json").read_text())
    if version == pinned_version():
        shutil.copy(OWN / "package-lock.json", folder)
    manifest["dependencies"][PACKAGE] = version
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    if version != pinned_version():
        client.run(folder, "install", "--package-lock-only", *WITHOUT_SCRIPTS)
    client.run(folder, "ci", *WITHOUT_SCRIPTS)
