"""What a person can mend is told in a sentence, without a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from zigwire.mqtt import OptionsError
from zigwire.onboarding.errors import OnboardingError
from zigwire.packages import PackageError
from zigwire.restore import RestoreError
from zigwire.settings import SettingsError
from zigwire.simulator.errors import SimulatorError
from zigwire.storage import StorageError
from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.radio import RadioError

__all__ = ["FAULTS", "told"]

FAULTS = (
    NetworkRefusedError,
    OnboardingError,
    OptionsError,
    PackageError,
    RadioError,
    RestoreError,
    SettingsError,
    SimulatorError,
    StorageError,
)
"""What a person can mend; the text says how."""


@contextmanager
def told() -> Iterator[None]:
    """Turn faults of the settings, the radio, the storage, packages and the system into what the command line prints.

    Raises:
        click.ClickException: There was one; the text says what to mend.
    """
    try:
        yield
    except FAULTS as error:
        raise click.ClickException(str(error)) from error
    except TimeoutError:
        raise
    except OSError as error:
        raise click.ClickException(_sentence(error)) from error


def _sentence(error: OSError) -> str:
    text = error.strerror or str(error)
    if error.errno is None and "AF_UNIX" in text:
        return f"The path of the simulated house's socket is too long ({text}): use a folder with a shorter path."
    return f"{error.filename}: {text}" if error.filename else text
