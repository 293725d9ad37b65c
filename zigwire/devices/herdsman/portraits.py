"""What the definitions of a version of the library say of their devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from zigwire.devices.herdsman.catalogue import Catalogue
from zigwire.devices.herdsman.engine import Engine, ScriptError
from zigwire.devices.herdsman.modules import Modules
from zigwire.devices.herdsman.package import Package
from zigwire.devices.native import LINKQUALITY
from zigwire.devices.portrait import Label, Portrait

__all__ = ["portraits"]


def portraits(package: Package) -> Iterator[Portrait]:
    """Yield what each definition says of its devices; takes seconds, and 100 MB until it is done.

    Raises:
        ScriptError: A file of the library can't be loaded.
    """
    engine = Engine(Modules(package.modules), also=("inventory",))
    for file in Catalogue(package.modules).all_files():
        try:
            facts = orjson.loads(engine.load("portraits", file))
        except ScriptError as error:
            raise ScriptError(f"{file}: {error}") from error
        yield from map(_portrait, facts)


def _portrait(facts: Mapping[str, Any]) -> Portrait:
    return Portrait(
        vendor=facts["vendor"],
        model=facts["model"],
        description=facts["description"],
        ota=facts["ota"],
        exposes=[*facts["exposes"], LINKQUALITY.to_dict()],
        options=facts["options"],
        keys=frozenset(facts["keys"]),
        labels=[_label(facts["vendor"], label) for label in facts["labels"]],
    )


def _label(vendor: str, facts: Mapping[str, Any]) -> Label:
    return Label(
        facts.get("vendor") or vendor,
        facts["model"],
        facts.get("description"),
        "fingerprint" in facts,
        facts.get("whiteLabelOf"),
    )
