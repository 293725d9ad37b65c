"""Getting a version of a package: the one that Zigwire's lock file pins, or any other that was published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from zigwire.packages.errors import PackageError
from zigwire.packages.npm import Npm, npm
from zigwire.packages.package import Package
from zigwire.packages.versions import VERSION, Versions

__all__ = ["fetch"]

WITHOUT_SCRIPTS = ("--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund")
NEWEST = "latest"


def fetch(versions: Versions, version: str | None = None) -> str:
    """Get a version unless it is here already, and return its number. Its scripts are not run.

    Args:
        versions: Where to put it.
        version: Its number, `latest`, or None for the one that this release of Zigwire was tested with.

    Raises:
        PackageError: It can't be had, or its packages are not what the lock file says.
    """
    package = versions.package
    wanted = version or package.pinned
    if wanted in versions.present:
        return wanted
    if wanted != NEWEST and not VERSION.fullmatch(wanted):
        raise PackageError(f"version {wanted!r} is not allowed; a number such as {package.pinned}, or {NEWEST}, is")
    versions.folder.mkdir(parents=True, exist_ok=True)
    with npm() as client, TemporaryDirectory(dir=versions.folder, prefix=".fetching-") as name:
        folder = Path(name) / "package"
        folder.mkdir()
        if wanted == NEWEST:
            wanted = _newest(client, package, folder)
        if wanted not in versions.present:
            _install(client, package, folder, wanted)
            versions.add(folder, wanted)
    return wanted


def _newest(client: Npm, package: Package, folder: Path) -> str:
    newest = client.run(folder, "view", package.name, "version").strip()
    if not VERSION.fullmatch(newest):
        raise PackageError(f"the newest version is said to be {newest!r}, which is no version")
    return newest


def _install(client: Npm, package: Package, folder: Path, version: str) -> None:
    pinned = version == package.pinned
    if pinned:
        shutil.copy(package.locked / "package-lock.json", folder)
    manifest = package.manifest
    manifest["dependencies"][package.name] = version
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    if not pinned:
        client.run(folder, "install", "--package-lock-only", *WITHOUT_SCRIPTS)
    client.run(folder, "ci", *WITHOUT_SCRIPTS)
