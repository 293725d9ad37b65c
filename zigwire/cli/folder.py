"""Which data folder a command means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["FOLDER", "NEW_FOLDER", "OWN", "SIMULATED", "choose", "configured"]

F = TypeVar("F", bound=Callable[..., Any])

OWN = Path("data")
SIMULATED = Path("simulated")


def _option(meaning: str) -> Callable[[F], F]:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar=["ZIGWIRE_DATA", "ZIGBEE2MQTT_DATA"],
        help=f"The data folder{meaning}",
    )


FOLDER = _option(". [default: ./data if it has a configuration.yaml, else ./simulated]")
NEW_FOLDER = _option(", which may be empty or not be there yet. [default: ./data]")


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
