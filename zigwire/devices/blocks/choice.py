"""A choice in an attribute: one of two values, or one of several names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks.reporting import server
from zigwire.devices.exposes import GET, PUBLISHED, SET, Access, Binary, Enum, Expose
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.zcl.requests import Read, Typed, Write

__all__ = ["binary", "choice"]

ALL = PUBLISHED | SET | GET


def choice(
    name: str,
    values: Mapping[str, int],
    cluster: str | int,
    attribute: str | int,
    *,
    label: str | None = None,
    description: str | None = None,
    category: str | None = None,
    access: Access = ALL,
    type: int | None = None,  # noqa: A002 - the ZCL's word
    manufacturer: int | None = None,
) -> Feature:
    """Return an enumeration; names are taken in any case.

    Args:
        name: Property.
        values: Raw values by name.
        cluster: Name or id.
        attribute: Name or id.
        label: Its name for people.
        description: One sentence.
        category: `config` or `diagnostic`.
        access: What can be done with it.
        type: ZCL data type, for an attribute that the table does not know.
        manufacturer: Manufacturer code of the attribute.
    """
    expose = Enum(name, access, tuple(values), label=label, description=description, category=category)
    return _attribute(expose, values, cluster, attribute, type, manufacturer)


def binary(
    name: str,
    cluster: str | int,
    attribute: str | int,
    *,
    on: tuple[bool | str, int] = (True, 1),
    off: tuple[bool | str, int] = (False, 0),
    label: str | None = None,
    description: str | None = None,
    category: str | None = None,
    access: Access = ALL,
    type: int | None = None,  # noqa: A002 - the ZCL's word
    manufacturer: int | None = None,
) -> Feature:
    """Return one of two values; a raw value that is none of them means off.

    Args:
        name: Property.
        cluster: Name or id.
        attribute: Name or id.
        on: What is published for on, and the raw value.
        off: What is published for off, and the raw value.
        label: Its name for people.
        description: One sentence.
        category: `config` or `diagnostic`.
        access: What can be done with it.
        type: ZCL data type, for an attribute that the table does not know.
        manufacturer: Manufacturer code of the attribute.
    """
    expose = Binary(name, access, on=on[0], off=off[0], label=label, description=description, category=category)
    return _attribute(expose, dict((on, off)), cluster, attribute, type, manufacturer, otherwise=off[0])


def _attribute(
    expose: Expose,
    values: Mapping[Any, int],
    cluster: str | int,
    attribute: str | int,
    data_type: int | None,
    manufacturer: int | None,
    otherwise: bool | str | None = None,
) -> Feature:
    name, access = expose.name, expose.access
    meanings = {raw: word for word, raw in values.items()}

    def decode(received: Received) -> dict[str, Any]:
        raw = received.values[attribute]
        meaning = meanings.get(raw, otherwise) if isinstance(raw, int) else None
        return {} if meaning is None else {name: meaning}

    def encode(call: Call) -> Encoded:
        word = _in_case(call.value, values)
        expose.check(word)
        raw: Any = values[word] if data_type is None else Typed(data_type, values[word])
        place = server(call.place, cluster)
        request = Write(endpoint=place, cluster=cluster, attributes={attribute: raw}, manufacturer=manufacturer)
        return Encoded((request,), {name: word})

    def read(call: Call) -> Reading:
        place = server(call.place, cluster)
        return Reading((Read(endpoint=place, cluster=cluster, attributes=(attribute,), manufacturer=manufacturer),))

    return Feature(
        exposes=(expose,),
        decoders=(Decoder(cluster=cluster, attributes=(attribute,), decode=decode),),
        encoders=(Encoder((name,), encode),) if access & SET else (),
        readers=(Reader((name,), read),) if access & GET else (),
    )


def _in_case(value: Any, words: Mapping[Any, int]) -> Any:
    """Return the word that a text means in another case, else the value itself."""
    if not isinstance(value, str):
        return value
    return next((word for word in words if isinstance(word, str) and word.lower() == value.lower()), value)
