"""Which data folder a command means."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["OWN", "SIMULATED", "choose", "configured"]

OWN = Path("data")
SIMULATED = Path("simulated")


def configured(folder: Path) -> bool:
    """Tell whether a folder has a configuration."""
    return (folder / "configuration.yaml").exists()


def choose(data: Path | None) -> Path:
    """Return the folder given, else the user's own, else the simulated house's.

    Raises:
        click.ClickException: None has a configuration.
    """
    candidates = [data] if data else [OWN, SIMULATED]
    for folder in candidates:
        if configured(folder):
            return folder
    looked = " or ".join(str(folder / "configuration.yaml") for folder in candidates)
    raise click.ClickException(f"There is no {looked}. `zigwire run --default` makes a simulated house to try.")
