"""Looks at a version of the library before it is used: what is other than in the version that is in use now."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from zigwire.cli.faults import told
from zigwire.cli.folder import OWN, SIMULATED, choose, configured
from zigwire.herdsman_library import Versions, cases, own
from zigwire.herdsman_library.changes import Changes, compare
from zigwire.herdsman_library.versions import pinned_version
from zigwire.packages import PackageError
from zigwire.settings.files import Files
from zigwire.storage.contents import read_contents
from zigwire.zigbee.model import Device

__all__ = ["approve", "converted"]

PATIENCE = 600  # seconds for a version to be gone through, on a slow machine
INVENTORY = """
import json, pathlib, sys
from zigwire.devices.herdsman import Package
from zigwire.devices.herdsman.inventory import take
json.dump(take(Package.at(pathlib.Path(sys.argv[1]))), sys.stdout)
"""
CONVERT = "from zigwire.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about a version.

    Attributes:
        changes: Of definitions, against the version in use.
        cases: How many recorded cases there are.
        different: Recorded cases that come out otherwise: the device, and what was asked.
        concerned: The user's own devices that mean something else, and what is other.
    """

    changes: Changes
    cases: int
    different: tuple[str, ...]
    concerned: tuple[str, ...]

    def lines(self, most: int) -> Iterator[str]:
        """Yield it in words: at most so many lines for each sort of change, but all of the user's own devices."""
        yield from self.changes.lines(most)
        yield f"Cases recorded with {pinned_version()} that come out otherwise: {len(self.different)} of {self.cases}"
        yield from (f"  {case}" for case in self.different[:most])
        yield f"Devices of your own that mean something else: {len(self.concerned)}"
        yield from (f"  {device}" for device in self.concerned)


def approve(versions: Versions, current: str, wanted: str, data: Path | None, *, yes: bool, most: int) -> None:
    """Print what is other in a version than in the one in use.

    Args:
        versions: Where they are.
        current: The one in use.
        wanted: The one that is to be used.
        data: The folder with the user's own devices, None for the one that other commands would take.
        yes: Whether it may be used though these mean something else.
        most: So many definitions of each sort are named.

    Raises:
        PackageError: It is not to be used: it can't be, or the user has to decide.
    """
    click.echo(f"From version {current} to {wanted}:")
    verdict = check(versions, current, wanted, own_devices(data))
    for line in verdict.lines(most):
        click.echo(line)
    if verdict.concerned and not yes:
        raise PackageError(f"version {current} stays in use because of your devices; --yes uses {wanted} all the same")


def check(versions: Versions, current: str, wanted: str, devices: Mapping[str, Device]) -> Verdict:
    """Compare two versions that are here.

    Args:
        versions: Where they are.
        current: The one in use.
        wanted: The one that is to be used.
        devices: The user's own, by the names that the user knows.

    Raises:
        PackageError: One of them can't be loaded.
    """
    before, after = (versions.folder / version / "node_modules" for version in (current, wanted))
    known = cases.recorded()
    named = {device.ieee: name for name, device in devices.items()}
    mine = list(own.lines(devices.values()))
    with ThreadPoolExecutor(max_workers=2) as pool:
        inventories = list(pool.map(_inventory, (before, after)))
        answers = pool.submit(converted, [case.line for case in known], after, ("herdsman",))
        was, is_ = pool.map(lambda modules: converted(mine, modules, ("native", "herdsman")), (before, after))
        different = tuple(f"{device}: {_asked(case.line)}" for device, case in cases.different(known, answers.result()))
    return Verdict(compare(*inventories), len(known), different, tuple(_concerned(mine, was, is_, named)))


def converted(lines: Iterable[Mapping[str, Any]], modules: Path, sources: Sequence[str]) -> list[dict[str, Any]]:
    """Return what `zigwire convert` answers to lines with a version of the library.

    Raises:
        PackageError: It can't be used.
    """
    asked = "".join(f"{json.dumps(line)}\n" for line in lines)
    chosen = [word for source in sources for word in ("--source", source)]
    said = _run("-c", CONVERT, "convert", *chosen, "--library", str(modules), given=asked)
    return [json.loads(line) for line in said.splitlines()]


def own_devices(data: Path | None) -> dict[str, Device]:
    """Return the devices of a data folder by the names that their user gave them; none where there is no folder.

    Args:
        data: The folder; by default the one that other commands would take.

    Raises:
        click.ClickException: It can't be read.
    """
    if data is None and not any(map(configured, (OWN, SIMULATED))):
        return {}
    folder = choose(data)
    with told():
        known = Files(folder / "configuration.yaml").read().get("devices") or {}
        database = folder / "zigwire.db"
        devices = read_contents(database).devices if database.exists() else []
    return {str((known.get(one.ieee) or {}).get("friendly_name") or one.ieee): one for one in devices}


def _inventory(modules: Path) -> Any:
    return json.loads(_run("-c", INVENTORY, str(modules)))


def _run(*arguments: str, given: str = "") -> str:
    """Run Python with this program in it; a version that runs wild harms nobody else.

    Raises:
        PackageError: It failed.
    """
    try:
        done = subprocess.run(  # noqa: S603 - what is run stands in this file
            [sys.executable, *arguments], input=given, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackageError(f"the version can't be gone through: {error}") from error
    if done.returncode:
        raise PackageError(f"the version can't be gone through: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def _asked(line: Mapping[str, Any]) -> str:
    match line["kind"]:
        case "device":
            return "another definition"
        case "decode":
            return f"frame {line['frame_hex']} of cluster 0x{line['cluster_id']:04x}"
    return f"{line['kind']} {json.dumps(line['message'])}"


def _concerned(
    lines: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> Iterator[str]:
    """Yield the devices whose answers differ, with what is other."""
    for place in range(0, len(lines), 2):
        was, is_ = before[place], after[place]
        other = sorted(key for key in was.keys() | is_.keys() if was.get(key) != is_.get(key))
        if before[place + 1] != after[place + 1]:
            other.append("set-up")
        if other:
            yield f"{names[lines[place]['id']]} ({was.get('vendor', '?')} {was.get('model', '?')}): {', '.join(other)}"
