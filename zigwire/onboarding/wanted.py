"""Whether Zigwire is to be set up before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["CONFIGURATION", "is_wanted"]

CONFIGURATION = "configuration.yaml"


def is_wanted(folder: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether a browser is to set Zigwire up before it starts on a folder.

    Args:
        folder: The data folder.
        environ: `Z2M_ONBOARD_NO_SERVER` means never, `Z2M_ONBOARD_FORCE_RUN` even when there is a configuration.
    """
    if environ.get("Z2M_ONBOARD_NO_SERVER"):
        return False
    return bool(environ.get("Z2M_ONBOARD_FORCE_RUN")) or not (folder / CONFIGURATION).exists()
