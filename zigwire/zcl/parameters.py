"""Parameters of cluster commands: types beyond the ZCL's data types, and conditions under which they occur."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zigwire.zcl import greenpower, types
from zigwire.zcl.errors import EncodeError, ParseError, shortened
from zigwire.zcl.limits import UNLIMITED, Limits

__all__ = ["PARAMETER_TYPES", "Parameter", "ParameterType"]

Arguments = Mapping[str, Any]
Condition = Callable[[Arguments, int], bool]

_PLENTY = 1 << 30
_EXTENSION_FIELDS = {
    0x0006: ("UINT8",),
    0x0008: ("UINT8",),
    0x0102: ("UINT8", "UINT8"),
    0x0300: ("UINT16", "UINT16", "UINT16", "UINT8", "UINT8", "UINT8", "UINT16", "UINT16"),
}


class ParameterType(ABC):
    """How a parameter lies on the wire, where that takes more than a data type."""

    __slots__ = ()

    @abstractmethod
    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:
        """Return the value at `position` and the position behind it.

        Args:
            buffer: The command's payload.
            position: Where the parameter begins.
            count: The value of the parameter before it: the number of elements, for lists.
            arguments: The parameters before it by name.

        Raises:
            ParseError: The bytes are no such value.
        """

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Return the bytes of `value`.

        Raises:
            EncodeError: The value does not fit.
        """


class Plain(ParameterType):
    """A data type of the ZCL."""

    __slots__ = ("data_type",)

    def __init__(self, data_type: types.DataType) -> None:
        self.data_type = data_type

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the value."""
        return self.data_type.decode(buffer, position)

    def encode(self, value: Any) -> bytes:
        """Return the value's bytes."""
        return self.data_type.encode(value)


class Records(ParameterType):
    """A list whose elements are made of fields; `counted` lists begin with their own count."""

    __slots__ = ("counted", "fields")

    def __init__(self, fields: Mapping[str, str], *, counted: bool = False) -> None:
        self.fields = {name: types.by_name(type_name) for name, type_name in fields.items()}
        self.counted = counted

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the elements by field names."""
        if self.counted:
            count, position = types.decode(0x20, buffer, position)
        elements = []
        for _ in range(count):
            element = {}
            for name, data_type in self.fields.items():
                element[name], position = data_type.decode(buffer, position)
            elements.append(element)
        return elements, position

    def encode(self, value: Any) -> bytes:
        """Return the elements' bytes."""
        elements = _elements(value, f"list of {', '.join(self.fields)}")
        content = b"".join(self._element(element) for element in elements)
        return types.encode(0x20, len(elements)) + content if self.counted else content

    def _element(self, element: Any) -> bytes:
        return b"".join(data_type.encode(_field(element, name)) for name, data_type in self.fields.items())


class Numbers(ParameterType):
    """As many numbers as the parameter before says."""

    __slots__ = ("data_type",)

    def __init__(self, type_name: str) -> None:
        self.data_type = types.by_name(type_name)

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the numbers."""
        numbers = []
        for _ in range(count):
            number, position = self.data_type.decode(buffer, position)
            numbers.append(number)
        return numbers, position

    def encode(self, value: Any) -> bytes:
        """Return the numbers' bytes."""
        return b"".join(map(self.data_type.encode, _elements(value, f"list of {self.data_type.name}")))


class ExtensionFieldSets(ParameterType):
    """The states that a scene holds, for each cluster; unknown clusters' fields read as bytes."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the sets up to the payload's end."""
        sets = []
        while position < len(buffer):
            cluster, position = types.decode(0x21, buffer, position)
            content, end = types.decode(0x41, buffer, position)
            sets.append({"clstId": cluster, "len": len(content), "extField": self._fields(cluster, content)})
            position = end
        return sets, position

    def encode(self, value: Any) -> bytes:
        """Return the sets' bytes; the length is counted."""
        return b"".join(self._set(entry) for entry in _elements(value, "list of extension field sets"))

    def _fields(self, cluster: int, content: bytes) -> list[Any]:
        fields: list[Any] = []
        position = 0
        while position < len(content):
            field, position = self._type(cluster, len(fields)).decode(content, position)
            fields.append(field)
        return fields

    def _set(self, entry: Any) -> bytes:
        cluster = _field(entry, "clstId")
        fields = _elements(_field(entry, "extField"), "list of fields")
        content = b"".join(self._type(cluster, index).encode(field) for index, field in enumerate(fields))
        return types.encode(0x21, cluster) + types.encode(0x41, content)

    def _type(self, cluster: int, index: int) -> types.DataType:
        known = _EXTENSION_FIELDS.get(cluster, ())
        return types.by_name(known[index] if index < len(known) else "UINT8")


class Transitions(ParameterType):
    """A thermostat's weekly schedule (ZCL 6.3.2.3.2): `mode` says which set points each transition has."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return `numoftrans` transitions."""
        mode, number = _bits(arguments, "mode"), _bits(arguments, "numoftrans")
        fields = ["heatSetpoint"] * (mode & 1) + ["coolSetpoint"] * (mode >> 1 & 1)
        transitions = []
        for _ in range(number):
            transition: dict[str, int] = {}
            transition["transitionTime"], position = types.decode(0x21, buffer, position)
            for name in fields:
                transition[name], position = types.decode(0x29, buffer, position)
            transitions.append(transition)
        return transitions, position

    def encode(self, value: Any) -> bytes:
        """Return the transitions with the set points that they have."""
        return b"".join(self._transition(entry) for entry in _elements(value, "list of transitions"))

    def _transition(self, entry: Any) -> bytes:
        time = types.encode(0x21, _field(entry, "transitionTime"))
        points = (entry.get(name) for name in ("heatSetpoint", "coolSetpoint"))
        return time + b"".join(types.encode(0x29, point) for point in points if point is not None)


class Rest(ParameterType):
    """All bytes up to the payload's end."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the bytes."""
        return buffer[position:], len(buffer)

    def encode(self, value: Any) -> bytes:
        """Return the bytes."""
        return types.octets(value, "buffer")


class GreenPowerFrame(ParameterType):
    """The frame of a Green Power device: `commandID` says what it holds, `payloadSize` how long it is."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the frame's fields."""
        end = position + _bits(arguments, "payloadSize")
        if end > len(buffer):
            raise ParseError(f"{end - position} bytes expected at {position}, {len(buffer) - position} are left")
        return greenpower.decode(_bits(arguments, "commandID"), buffer[position:end]), end

    def encode(self, value: Any) -> bytes:
        """Return length and frame."""
        return types.encode(0x41, greenpower.encode(value))


class TuyaDatapoints(ParameterType):
    """Tuya's datapoints: number, kind, length of 2 bytes (high byte first), data."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the datapoints that are complete; what is left of a cut one stays unread."""
        datapoints = []
        while (start := position + 4) <= len(buffer):
            end = start + int.from_bytes(buffer[position + 2 : start], "big")
            if end > len(buffer):
                break
            datapoints.append({"dp": buffer[position], "datatype": buffer[position + 1], "data": buffer[start:end]})
            position = end
        return datapoints, position

    def encode(self, value: Any) -> bytes:
        """Return the datapoints' bytes."""
        return b"".join(self._datapoint(entry) for entry in _elements(value, "list of datapoints"))

    def _datapoint(self, entry: Any) -> bytes:
        data = types.octets(_field(entry, "data"), "data of a datapoint")
        head = types.encode(0x20, _field(entry, "dp")) + types.encode(0x20, _field(entry, "datatype"))
        return head + len(data).to_bytes(2, "big") + data


class BigEndian24(ParameterType):
    """A number of 3 bytes, high byte first."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int, count: int, arguments: Arguments) -> tuple[Any, int]:  # noqa: ARG002
        """Return the number."""
        if position + 3 > len(buffer):
            raise ParseError(f"3 bytes expected at {position}, {len(buffer) - position} are left")
        return int.from_bytes(buffer[position : position + 3], "big"), position + 3

    def encode(self, value: Any) -> bytes:
        """Return the number's bytes."""
        return types.encode(0x22, value)[::-1]


PARAMETER_TYPES: dict[str | int, ParameterType] = {
    **{key: Plain(data_type) for data_type in types.TYPES.values() for key in (data_type.name, data_type.id)},
    **{
        key: parameter_type
        for number, name, parameter_type in (
            (1000, "USE_DATA_TYPE", Rest()),
            (1001, "LIST_UINT8", Numbers("UINT8")),
            (1002, "LIST_UINT16", Numbers("UINT16")),
            (1003, "LIST_UINT24", Numbers("UINT24")),
            (1004, "LIST_UINT32", Numbers("UINT32")),
            (1005, "LIST_ZONEINFO", Records({"zoneID": "UINT8", "zoneStatus": "UINT16"})),
            (1006, "EXTENSION_FIELD_SETS", ExtensionFieldSets()),
            (1007, "LIST_THERMO_TRANSITIONS", Transitions()),
            (1008, "BUFFER", Rest()),
            (1009, "GPD_FRAME", GreenPowerFrame()),
            (1011, "LIST_TUYA_DATAPOINT_VALUES", TuyaDatapoints()),
            (1012, "LIST_MIBOXER_ZONES", Records({"groupId": "UINT16", "zoneNum": "UINT8"}, counted=True)),
            (1013, "BIG_ENDIAN_UINT24", BigEndian24()),
        )
        for key in (number, name)
    },
}
"""Every parameter type by its name, and by the number that definitions for Zigbee2MQTT give it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command.

    Attributes:
        name: Its name.
        type: How it lies on the wire.
        limits: Which values it may have.
        conditions: All must hold for it to be there.
        optional: Whether it may be left out at the end of the command.
        counter: Name of the parameter before it, which counts the elements of a list.
    """

    name: str
    type: ParameterType
    limits: Limits = UNLIMITED
    conditions: tuple[Condition, ...] = ()
    optional: bool = False
    counter: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any], before: str | None) -> Parameter:
        """Read it from the table; `before` is the name of the parameter before it."""
        parameter_type = PARAMETER_TYPES.get(data["type"])
        if parameter_type is None:
            raise EncodeError(f"parameter {data['name']}: {shortened(data['type'])} is no type of a parameter")
        non_value = parameter_type.data_type.non_value if isinstance(parameter_type, Plain) else None
        conditions = data.get("when", ())
        return cls(
            name=data["name"],
            type=parameter_type,
            limits=Limits.from_json(data, non_value),
            conditions=tuple(_CONDITIONS[kind](*operands) for kind, *operands in conditions),
            optional=any(kind == "remaining" for kind, *_ in conditions),
            counter=before,
        )

    def applies(self, arguments: Arguments, remaining: int = _PLENTY) -> bool:
        """Tell whether it is there, given the parameters before it and the number of bytes that are left."""
        return all(condition(arguments, remaining) for condition in self.conditions)

    def decode(self, buffer: bytes, position: int, arguments: Arguments) -> tuple[Any, int]:
        """Return its value (NaN for a non-value) and the position behind it.

        Raises:
            ParseError: The bytes are no such value, or it is out of range.
        """
        count = 0 if self.counter is None else _bits(arguments, self.counter)
        value, end = self.type.decode(buffer, position, count, arguments)
        if not isinstance(value, int | float):
            return value, end
        if self.limits.non_value is not None and value == self.limits.non_value:
            return math.nan, end
        if not self.limits.allow(value):
            raise ParseError(f"{self.name}: {value} is out of range")
        return value, end

    def encode(self, arguments: Arguments) -> bytes:
        """Return its bytes, none where it does not apply or is optional and not given.

        Raises:
            EncodeError: It is missing, or its value does not fit.
        """
        if not self.applies(arguments):
            return b""
        value = arguments.get(self.name)
        if value is None:
            if self.optional:
                return b""
            raise EncodeError(f"parameter {self.name} is missing")
        try:
            wire = self.type.encode(value)
        except EncodeError as error:
            raise EncodeError(f"parameter {self.name}: {error}") from error
        self.limits.check(value, f"parameter {self.name}")
        return wire


def _bits(arguments: Arguments, name: str) -> int:
    value = arguments.get(name)
    return value if isinstance(value, int) else 0


def _elements(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple | bytes):
        raise EncodeError(f"{shortened(value)} is no {what}")
    return value


def _field(element: Any, name: str) -> Any:
    if not isinstance(element, Mapping) or element.get(name) is None:
        raise EncodeError(f"{shortened(element)} has no {name}")
    return element[name]


_CONDITIONS: dict[str, Callable[..., Condition]] = {
    "remaining": lambda size: lambda _, remaining: remaining >= size,
    "equals": lambda name, value: lambda arguments, _: arguments.get(name) == value,
    "differs": lambda name, value: lambda arguments, _: arguments.get(name) != value,
    "above": lambda name, value: lambda arguments, _: _bits(arguments, name) > value,
    "bits": lambda name, mask: lambda arguments, _: _bits(arguments, name) & mask == mask,
    "no_bits": lambda name, mask: lambda arguments, _: _bits(arguments, name) & mask != mask,
    "bit_field": lambda name, offset, size, value: (
        lambda arguments, _: _bits(arguments, name) >> offset & (1 << size) - 1 == value
    ),
}
