"""How a light dims when it is switched: the settings of genLevelCtrl (ZCL 3.10.2.2) as one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.devices.blocks.numeric import is_number, number
from zigwire.devices.errors import BadValueError
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Reader, Reading, Received
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Read, Write

__all__ = ["DECODER", "ENCODER", "NAME", "READER"]

CLUSTER, NAME = "genLevelCtrl", "level_config"
OPTIONS = "options"
EXECUTE_IF_OFF = "execute_if_off"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    Attributes:
        name: Its field in the object.
        attribute: Its attribute.
        per_unit: Raw units in one published unit.
        lowest: Smallest number that can be set.
        highest: Largest one.
        words: Raw values that have a name.
    """

    name: str
    attribute: str
    per_unit: int = 1
    lowest: int = 0
    highest: float = 6553.5
    words: Mapping[str, int] = field(default_factory=dict)

    def meaning(self, raw: float) -> Any:
        """Return what a raw value is published as."""
        return next((word for word, value in self.words.items() if value == raw), raw / self.per_unit)

    def raw(self, value: Any) -> int:
        """Return what a user's value is written as.

        Raises:
            BadValueError: It is none.
        """
        if isinstance(value, str) and value.lower() in self.words:
            return self.words[value.lower()]
        try:
            return int(
                rounded(float(number(f"{NAME}.{self.name}", value, self.lowest, self.highest)) * self.per_unit, 0)
            )
        except BadValueError as error:
            named = "".join(f" or {word}" for word in self.words)
            raise BadValueError(error.key, value, error.allowed + named) from error


DISABLED = {"disabled": 0xFFFF}
ROWS = (
    Row("on_off_transition_time", "onOffTransitionTime", 10),
    Row("on_transition_time", "onTransitionTime", 10, words=DISABLED),
    Row("off_transition_time", "offTransitionTime", 10, words=DISABLED),
    Row("current_level_startup", "startUpCurrentLevel", lowest=1, highest=254, words={"previous": 255, "minimum": 0}),
    Row("on_level", "onLevel", lowest=1, highest=254, words={"previous": 255}),
)
NAMES = (*(row.name for row in ROWS), EXECUTE_IF_OFF)
ATTRIBUTES = (*(row.attribute for row in ROWS), OPTIONS)


def _decode(received: Received) -> dict[str, Any]:
    told = {row.name: row.meaning(raw) for row in ROWS if is_number(raw := received.values.get(row.attribute))}
    if isinstance(options := received.values.get(OPTIONS), int):
        told[EXECUTE_IF_OFF] = bool(options & 1)
    return {NAME: told} if told else {}


def _encode(call: Call) -> Encoded:
    value = call.value
    if not isinstance(value, Mapping) or not value or any(name not in NAMES for name in value):
        raise BadValueError(NAME, value, f"an object with some of {', '.join(NAMES)}")
    raw = [(row, row.raw(value[row.name])) for row in ROWS if value.get(row.name) is not None]
    state: dict[str, Any] = {row.name: row.meaning(one) for row, one in raw}
    written: dict[str | int, Any] = {row.attribute: one for row, one in raw}
    if (execute := value.get(EXECUTE_IF_OFF)) is not None:
        if not isinstance(execute, bool):
            raise BadValueError(f"{NAME}.{EXECUTE_IF_OFF}", execute, "true or false")
        written[OPTIONS] = int(execute)
        state[EXECUTE_IF_OFF] = execute
    requests = (
        Write(endpoint=call.place.endpoint, cluster=CLUSTER, attributes={attribute: one})
        for attribute, one in written.items()
    )
    return Encoded(tuple(requests), {NAME: state})


def _read(call: Call) -> Reading:
    """Ask for each by itself: all of them are optional."""
    place = call.place.endpoint
    requests = tuple(Read(endpoint=place, cluster=CLUSTER, attributes=(attribute,)) for attribute in ATTRIBUTES)
    return Reading(requests, fallback={})


DECODER = Decoder(cluster=CLUSTER, attributes=ATTRIBUTES, decode=_decode)
ENCODER = Encoder((NAME,), _encode)
READER = Reader((NAME,), _read)
