"""Which devices there are pages of: those that Zigwire describes itself, and those of the field's library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zigwire.devices.errors import shortened
from zigwire.devices.herdsman import Package
from zigwire.devices.herdsman.portraits import portraits
from zigwire.devices.library import all_definitions
from zigwire.devices.names import name_of, near
from zigwire.devices.portrait import Label, Portrait, native_portrait
from zigwire.docgen.page import SUFFIX, file_name

__all__ = ["UnknownModel", "all_subjects", "chosen"]


class UnknownModel(Exception):
    """There is no device of this model; the text names what is like it."""


def all_subjects(library: Package | None) -> list[Portrait]:
    """Return every device, each under its own name; Zigwire's own definitions go before the library's.

    Args:
        library: The field's library, None where it is not here.

    Raises:
        ScriptError: The library can't be loaded.
    """
    native = [one for definition in all_definitions() for one in native_portrait(definition).each()]
    known = {one.model for one in native}
    field = (one for portrait in (portraits(library) if library else ()) for one in portrait.each())
    return [*native, *(one for one in field if one.model not in known)]


def chosen(subjects: Sequence[Portrait], names: Iterable[str]) -> list[Portrait]:
    """Return the devices that are named, all when none is: by model, vendor and model, or the name of the page.

    Other names that devices are sold under mean each of these devices, unless one has the name as its own.

    Raises:
        UnknownModel: There is none of a name.
    """
    own = _by_name((one, one) for one in subjects)
    by_name = _by_name((label, one) for one in subjects for label in one.labels) | own
    wanted: dict[str, Portrait] = {}
    for name in names:
        if name.casefold() not in by_name:
            raise UnknownModel(_unknown(name, near(name, (one.model for one in subjects))))
        wanted |= {one.model: one for one in by_name[name.casefold()]}
    return list(wanted.values()) or list(subjects)


def _by_name(named: Iterable[tuple[Portrait | Label, Portrait]]) -> dict[str, list[Portrait]]:
    found: dict[str, list[Portrait]] = {}
    for called, portrait in named:
        for name in _names(called.vendor, called.model):
            found.setdefault(name.casefold(), []).append(portrait)
    return found


def _names(vendor: str, model: str) -> Iterator[str]:
    yield model
    yield name_of(vendor, model)
    yield file_name(model).removesuffix(SUFFIX)


def _unknown(name: str, like: Sequence[str]) -> str:
    return f"no device has the model {shortened(name)}" + (f"; these are like it: {', '.join(like)}" if like else "")
