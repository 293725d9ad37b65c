"""What a definition says of its devices to people who read about them; none of the devices is needed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zigwire.devices import quantities
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import SET, Expose, joined, singles
from zigwire.devices.native import LINKQUALITY
from zigwire.devices.tables import Tables

__all__ = ["Label", "Portrait", "native_portrait"]


@dataclass(frozen=True, slots=True)
class Label:
    """Another name that devices are sold under.

    Attributes:
        told_apart: Whether devices of this name can be told from the others.
        of: The model whose other name it is, where that is not the definition's own.
    """

    vendor: str
    model: str
    description: str | None = None
    told_apart: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A definition without its workings.

    Attributes:
        ota: Whether the firmware can be updated over the air.
        exposes: As the interface lists them, `linkquality` last.
        options: Every option that makes sense, listed by the interface or not, in its form.
        keys: What messages may set, listed or not.
        labels: Other names.
        relabelled: Whether this is another name of a definition, not its own.
    """

    vendor: str
    model: str
    description: str
    ota: bool
    exposes: Sequence[Mapping[str, Any]]
    options: Sequence[Mapping[str, Any]]
    keys: frozenset[str]
    labels: Sequence[Label] = ()
    relabelled: bool = False

    def each(self) -> Iterator[Portrait]:
        """Yield it under each name by which devices can be told apart, with the other names that belong there."""
        yield replace(self, labels=self._labels(None, self.model))
        for label in self.labels:
            if label.told_apart:
                yield replace(
                    self,
                    vendor=label.vendor,
                    model=label.model,
                    description=label.description or self.description,
                    labels=self._labels(label.model),
                    relabelled=True,
                )

    def _labels(self, *of: str | None) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.of in of)


def native_portrait(definition: Definition) -> Portrait:
    """Return what a definition of blocks says of its devices while none of its options is set."""
    items = joined(item for feature in definition.features if feature.shown({}) for item in feature.items())
    return Portrait(
        vendor=definition.vendor,
        model=definition.model,
        description=definition.description,
        ota=definition.ota,
        exposes=[*(item.to_dict() for item in items), LINKQUALITY.to_dict()],
        options=[option.to_dict() for option in _options(definition).values()],
        keys=frozenset(Tables.of(definition).encoders),
        labels=[
            Label(label.vendor, label.model, label.description, bool(label.fingerprints))
            for label in definition.white_labels
        ],
    )


def _options(definition: Definition) -> dict[str, Expose]:
    exposed = (one for feature in definition.features for one in singles(feature.items()))
    measured = (one for one in exposed if not one.access & SET)
    own = (option for feature in definition.features for option in feature.options)
    return {option.name: option for option in (*quantities.reachable(measured), *own, *definition.options)}
