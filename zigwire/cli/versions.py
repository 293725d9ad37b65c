"""What the commands for versions of a package share: the list of them, and faults told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec

import click

from zigwire.packages import Versions

__all__ = ["command_of", "listed", "without_traceback"]

P = ParamSpec("P")


def without_traceback(function: Callable[P, None]) -> Callable[P, None]:
    """Let what a person can mend be told in a sentence."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        from zigwire.cli.faults import told

        with told():
            function(*args, **kwargs)

    return wrapped


def command_of(group: click.Group) -> Callable[[Callable[P, None]], click.Command]:
    """Return what makes a command of a group of a function, named as the function is."""
    return lambda function: group.command(function.__name__.removesuffix("_"))(without_traceback(function))


def listed(here: Versions) -> Iterator[str]:
    """Yield a line for each version that is here."""
    for version in here.present:
        marks = {
            "in use": version == here.current,
            "pinned": version == here.current and here.pinned,
            "before": version == here.previous,
        }
        said = ", ".join(mark for mark, holds in marks.items() if holds)
        yield f"  {version}  ({said})" if said else f"  {version}"
