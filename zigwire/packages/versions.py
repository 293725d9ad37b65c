"""The versions of a package that lie in a folder, which one is in use, and which one was before."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from zigwire.packages.errors import PackageError
from zigwire.packages.package import Package

__all__ = ["VERSION", "Versions"]

VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")


class Versions:
    """Versions in a folder, each in a folder of its own name; `use.json` says which one counts.

    Args:
        folder: Need not exist.
        package: Whose versions they are.
    """

    def __init__(self, folder: Path, package: Package) -> None:
        self.folder = folder
        self.package = package
        self._use = folder / "use.json"

    @property
    def present(self) -> list[str]:
        """The versions that are here, the oldest first."""
        if not self.folder.is_dir():
            return []
        found = (entry.name for entry in self.folder.iterdir() if VERSION.fullmatch(entry.name))
        return sorted((name for name in found if self._is_whole(name)), key=_age)

    @property
    def current(self) -> str | None:
        """The version in use, None when there is none."""
        current = self._read().get("current")
        return current if current in self.present else None

    @property
    def previous(self) -> str | None:
        """The version that was in use before, where it is still here."""
        previous = self._read().get("previous")
        return previous if previous in self.present else None

    @property
    def pinned(self) -> bool:
        """Whether the user wants no other version than the current one."""
        return bool(self._read().get("pinned"))

    @property
    def node_modules(self) -> Path | None:
        """The folder that the current version's packages lie in, None when there is none."""
        return None if self.current is None else self.folder / self.current / "node_modules"

    @property
    def content(self) -> Path | None:
        """The folder of the package itself in the current version, None when there is none."""
        return None if self.node_modules is None else self.node_modules / self.package.name

    def add(self, folder: Path, version: str) -> None:
        """Move a version here, unless another program has brought it meanwhile."""
        if version in self.present:
            return
        place = self.folder / version
        if place.exists():  # what a removal that was cut short has left
            shutil.rmtree(place)
        folder.rename(place)

    def use(self, version: str, *, pinned: bool | None = None) -> None:
        """Let a version that is here be the current one.

        Args:
            version: Which.
            pinned: Whether updates are to leave it alone from now on; None: as before.

        Raises:
            PackageError: It is not here.
        """
        if version not in self.present:
            here = ", ".join(self.present) or "none"
            raise PackageError(f"version {version!r} is not here; these are: {here}")
        before = self._read()
        previous = before.get("previous") if before.get("current") == version else before.get("current")
        state = {
            "current": version,
            "previous": previous,
            "pinned": bool(before.get("pinned")) if pinned is None else pinned,
        }
        written = self._use.with_suffix(".new")
        written.write_text(json.dumps(state) + "\n")
        written.replace(self._use)

    def rollback(self) -> str:
        """Go back to the version that was in use before, and return it.

        Raises:
            PackageError: There is none.
        """
        if self.previous is None:
            raise PackageError("there is no earlier version to go back to")
        previous = self.previous
        self.use(previous)
        return previous

    def remove(self, version: str) -> None:
        """Delete a version.

        Raises:
            PackageError: It is in use, or not here.
        """
        if version not in self.present:
            raise PackageError(f"version {version!r} is not here")
        if version == self.current:
            raise PackageError(f"version {version} is in use")
        shutil.rmtree(self.folder / version)

    def _is_whole(self, version: str) -> bool:
        return (self.folder / version / "node_modules" / self.package.name / "package.json").is_file()

    def _read(self) -> dict[str, object]:
        try:
            known = json.loads(self._use.read_text())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise PackageError(f"{self._use} can't be read: {error}") from error
        return known if isinstance(known, dict) else {}


def _age(version: str) -> tuple[tuple[int, ...], bool, str]:
    numbers, _, rest = version.partition("-")
    return tuple(map(int, numbers.split("."))), not rest, rest
