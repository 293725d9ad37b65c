"""The data types of the ZCL (ZCL 2.6.2): bytes to values and back.

Numbers stay as they are on the wire, a type's non-value included; what a value means to an attribute is said in
`clusters`. Booleans are 0 and 1. IEEE addresses are `0x` and 16 hex digits. Character strings are text in which bytes
that are not UTF-8 show as U+FFFD; octet strings and keys are bytes.
"""

from __future__ import annotations

import math
import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from zigwire.zcl.errors import EncodeError, ParseError, shortened

__all__ = [
    "TYPES",
    "DataType",
    "Fields",
    "Integer",
    "by_name",
    "decode",
    "encode",
    "is_analog",
    "is_discrete",
    "octets",
    "type_name",
]

NESTING = 15
"""How deep composite values may be nested (ZCL 2.6.2)."""

_IEEE_ADDRESS = re.compile(r"0x[0-9a-fA-F]{16}")


class DataType(ABC):
    """One data type.

    Attributes:
        id: The number on the wire.
        name: The name that the interface shows (`UINT8`).
        analog: Whether its values can be added and subtracted, so that reports have a reportable change.
        non_value: The number that stands for "no value", None when the type has none.
    """

    __slots__ = ("analog", "id", "name", "non_value")

    def __init__(self, type_id: int, name: str, *, analog: bool = False, non_value: int | None = None) -> None:
        self.id = type_id
        self.name = name
        self.analog = analog
        self.non_value = non_value

    @abstractmethod
    def decode(self, buffer: bytes, position: int) -> tuple[Any, int]:
        """Return the value at `position` and the position behind it.

        Raises:
            ParseError: The buffer ends too early, or holds a type that does not exist.
        """

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Return the bytes of `value`; None stands for the type's non-value.

        Raises:
            EncodeError: The value does not fit the type.
        """

    def refuse(self, value: Any, allowed: str) -> EncodeError:
        """Return the error for a value of the wrong kind or range."""
        return EncodeError(f"{shortened(value)} is no {self.name}: {allowed}")


class Nothing(DataType):
    """No data, and the type "unknown": no bytes at all."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int) -> tuple[None, int]:  # noqa: ARG002 - there is nothing to read
        """Return None."""
        return None, position

    def encode(self, value: Any) -> bytes:
        """Return no bytes."""
        if value is not None:
            raise self.refuse(value, "it carries no value")
        return b""


class Integer(DataType):
    """Whole numbers of 1 to 8 bytes, and all that is stored as one: data, bitmaps, enumerations, identifiers."""

    __slots__ = ("maximum", "minimum", "signed", "size")

    def __init__(
        self,
        type_id: int,
        name: str,
        size: int,
        *,
        signed: bool = False,
        analog: bool = False,
        non_value: int | None = None,
        maximum: int | None = None,
    ) -> None:
        super().__init__(type_id, name, analog=analog, non_value=non_value)
        self.size = size
        self.signed = signed
        self.minimum = -(1 << 8 * size - 1) if signed else 0
        self.maximum = maximum or (1 << 8 * size - signed) - 1

    def decode(self, buffer: bytes, position: int) -> tuple[int, int]:
        """Return the number."""
        end = position + self.size
        return int.from_bytes(_take(buffer, position, end), "little", signed=self.signed), end

    def encode(self, value: Any) -> bytes:
        """Return the number's bytes; a fraction is cut off, the wire has none."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return self._encode_non_value(value)
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse(value, f"a number from {self.minimum} to {self.maximum} is")
        number = int(value)
        if not self.minimum <= number <= self.maximum and number != self.non_value:
            raise self.refuse(value, f"{self.minimum} to {self.maximum} is allowed")
        return number.to_bytes(self.size, "little", signed=self.signed)

    def _encode_non_value(self, value: Any) -> bytes:
        if self.non_value is None:
            raise self.refuse(value, f"{self.minimum} to {self.maximum} is allowed, and it has no non-value")
        return self.non_value.to_bytes(self.size, "little", signed=self.signed)


class Float(DataType):
    """Floating point numbers of 2, 4 or 8 bytes (IEEE 754); NaN is the non-value."""

    __slots__ = ("layout",)

    def __init__(self, type_id: int, name: str, code: str) -> None:
        super().__init__(type_id, name, analog=True)
        self.layout = struct.Struct(f"<{code}")

    def decode(self, buffer: bytes, position: int) -> tuple[float, int]:
        """Return the number."""
        end = position + self.layout.size
        return self.layout.unpack(_take(buffer, position, end))[0], end

    def encode(self, value: Any) -> bytes:
        """Return the number's bytes."""
        if value is None:
            return self.layout.pack(math.nan)
        if not isinstance(value, int | float):
            raise self.refuse(value, "a number is")
        try:
            return self.layout.pack(value)
        except (OverflowError, struct.error) as error:
            raise self.refuse(value, f"it does not fit {self.layout.size} bytes") from error


class Octets(DataType):
    """Bytes behind a length of 1 or 2 bytes; a length of all ones is the non-value and reads as no bytes."""

    __slots__ = ("length_size", "longest")

    def __init__(self, type_id: int, name: str, length_size: int) -> None:
        super().__init__(type_id, name)
        self.length_size = length_size
        self.longest = (1 << 8 * length_size) - 2

    def decode(self, buffer: bytes, position: int) -> tuple[Any, int]:
        """Return the bytes."""
        start = position + self.length_size
        length = int.from_bytes(_take(buffer, position, start), "little")
        end = start if length > self.longest else start + length
        return _take(buffer, start, end), end

    def encode(self, value: Any) -> bytes:
        """Return length and bytes; lists of numbers are taken as well, and text as UTF-8."""
        if value is None:
            return b"\xff" * self.length_size
        content = value.encode(errors="replace") if isinstance(value, str) else octets(value, self.name)
        if len(content) > self.longest:
            raise self.refuse(value, f"at most {self.longest} bytes are allowed, it has {len(content)}")
        return len(content).to_bytes(self.length_size, "little") + content


class Text(Octets):
    """Character strings: UTF-8 behind a length, like octet strings."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int) -> tuple[str, int]:
        """Return the text."""
        content, end = super().decode(buffer, position)
        return content.decode(errors="replace"), end

    def encode(self, value: Any) -> bytes:
        """Return length and UTF-8.

        Bytes stand for the whole field, its length included: so definitions made for Zigbee2MQTT give what is no text.
        """
        if value is None or isinstance(value, str):
            return super().encode(value)
        return octets(value, self.name)


class Fields(DataType):
    """Four bytes with a meaning each: time of day and date; 0xFF is an unused field and reads as None."""

    __slots__ = ("fields",)

    def __init__(self, type_id: int, name: str, fields: Mapping[str, int]) -> None:
        super().__init__(type_id, name, analog=True)
        self.fields = fields

    def decode(self, buffer: bytes, position: int) -> tuple[dict[str, int | None], int]:
        """Return the fields by name."""
        end = position + len(self.fields)
        content = _take(buffer, position, end)
        pairs = zip(self.fields.items(), content, strict=True)
        return {name: None if byte == 0xFF else byte + offset for (name, offset), byte in pairs}, end

    def encode(self, value: Any) -> bytes:
        """Return one byte for each field; fields left out are unused."""
        if not isinstance(value, Mapping | None):
            raise self.refuse(value, f"an object with {', '.join(self.fields)} is")
        return bytes(self._byte(name, offset, (value or {}).get(name)) for name, offset in self.fields.items())

    def _byte(self, name: str, offset: int, value: Any) -> int:
        if value is None:
            return 0xFF
        if not isinstance(value, int) or not 0 <= value - offset <= 0xFE:
            raise self.refuse(value, f"{name} is a number from {offset} to {offset + 0xFE}")
        return value - offset


class IeeeAddress(DataType):
    """An IEEE address as text."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int) -> tuple[str, int]:
        """Return `0x` and 16 hex digits."""
        end = position + 8
        return f"0x{int.from_bytes(_take(buffer, position, end), 'little'):016x}", end

    def encode(self, value: Any) -> bytes:
        """Return the address in the order of the wire."""
        if value is None:
            return b"\xff" * 8
        if not isinstance(value, str) or not _IEEE_ADDRESS.fullmatch(value):
            raise self.refuse(value, "0x and 16 hex digits are")
        return int(value, 16).to_bytes(8, "little")


class Key(DataType):
    """A 128-bit security key."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int) -> tuple[bytes, int]:
        """Return 16 bytes."""
        return _take(buffer, position, position + 16), position + 16

    def encode(self, value: Any) -> bytes:
        """Return 16 bytes."""
        content = octets(value, self.name)
        if len(content) != 16:
            raise self.refuse(value, f"16 bytes are allowed, it has {len(content)}")
        return content


class Composite(DataType):
    """A type whose values hold values of other types."""

    __slots__ = ()

    def decode(self, buffer: bytes, position: int) -> tuple[list[Any], int]:
        """Return the elements."""
        return self.decode_nested(buffer, position, NESTING)

    @abstractmethod
    def decode_nested(self, buffer: bytes, position: int, levels: int) -> tuple[list[Any], int]:
        """Return the elements, which may hold `levels` further levels."""


class Array(Composite):
    """Elements of one type: array, set and bag. Read as a list; written from `{"elementType", "elements"}`."""

    __slots__ = ()

    def decode_nested(self, buffer: bytes, position: int, levels: int) -> tuple[list[Any], int]:
        """Return the elements' values; the non-value reads as none."""
        (element_type,) = _take(buffer, position, position + 1)
        count, position = _count(buffer, position + 1)
        if count and isinstance(TYPES.get(element_type), Nothing):
            raise ParseError(f"{self.name} of {count} elements without data")
        values = []
        for _ in range(count):
            value, position = _decode_element(element_type, buffer, position, levels)
            values.append(value)
        return values, position

    def encode(self, value: Any) -> bytes:
        """Return type, count and elements."""
        if value is None:
            return b"\x00\xff\xff"
        if not isinstance(value, Mapping) or not {"elementType", "elements"} <= value.keys():
            raise self.refuse(value, 'an object with "elementType" and "elements" is')
        element_type = by_name(value["elementType"])
        elements = _sequence(self, value["elements"])
        return bytes([element_type.id]) + _counted(elements) + b"".join(map(element_type.encode, elements))


class Structure(Composite):
    """Elements that name their own type; each is `{"elmType", "elmVal"}`."""

    __slots__ = ()

    def decode_nested(self, buffer: bytes, position: int, levels: int) -> tuple[list[Any], int]:
        """Return the elements; the non-value reads as none."""
        count, position = _count(buffer, position)
        elements = []
        for _ in range(count):
            (element_type,) = _take(buffer, position, position + 1)
            value, position = _decode_element(element_type, buffer, position + 1, levels)
            elements.append({"elmType": element_type, "elmVal": value})
        return elements, position

    def encode(self, value: Any) -> bytes:
        """Return count and elements."""
        if value is None:
            return b"\xff\xff"
        elements = _sequence(self, value)
        return _counted(elements) + b"".join(map(self._element, elements))

    def _element(self, element: Any) -> bytes:
        if not isinstance(element, Mapping) or not {"elmType", "elmVal"} <= element.keys():
            raise self.refuse(element, 'an element with "elmType" and "elmVal" is')
        element_type = by_name(element["elmType"])
        return bytes([element_type.id]) + element_type.encode(element["elmVal"])


def decode(type_id: int, buffer: bytes, position: int = 0) -> tuple[Any, int]:
    """Return the value of a data type at `position`, and the position behind it.

    Raises:
        ParseError: The type does not exist, or the buffer ends too early.
    """
    return _existing(type_id).decode(buffer, position)


def encode(type_id: int, value: Any) -> bytes:
    """Return the bytes of a value; None stands for the type's non-value.

    Bytes of a type that does not exist are written as they are: Livolo's switches use such types.

    Raises:
        EncodeError: The type does not exist and the value is no bytes, or the value does not fit the type.
    """
    if type_id not in TYPES and isinstance(value, bytes | list):
        return octets(value, type_name(type_id))
    return by_name(type_id).encode(value)


def is_analog(type_id: int) -> bool:
    """Tell whether reports of this type have a reportable change."""
    data_type = TYPES.get(type_id)
    return data_type is not None and data_type.analog


def is_discrete(type_id: int) -> bool:
    """Tell whether values of this type only have meaning as individual values."""
    data_type = TYPES.get(type_id)
    return data_type is not None and not data_type.analog


def type_name(type_id: int) -> str:
    """Return a type's name, or its number as `0x..` when it has none."""
    data_type = TYPES.get(type_id)
    return f"0x{type_id:02x}" if data_type is None else data_type.name


def by_name(name: str | int) -> DataType:
    """Return a data type by name (`UINT8`) or number.

    Raises:
        EncodeError: There is no such type.
    """
    data_type = TYPES.get(name) if isinstance(name, int) else _NAMES.get(name)
    if data_type is None:
        raise EncodeError(f"{shortened(name)} is no ZCL data type: a name such as UINT8, or its number, is")
    return data_type


def octets(value: Any, what: str) -> bytes:
    """Return bytes given as bytes or as a list of numbers from 0 to 255.

    Raises:
        EncodeError: It is neither; the text names `what`.
    """
    if not isinstance(value, bytes | bytearray | list | tuple):
        raise EncodeError(f"{shortened(value)} is no {what}: bytes, or a list of numbers from 0 to 255, are")
    try:
        return bytes(value)
    except (TypeError, ValueError) as error:
        raise EncodeError(f"{shortened(value)} is no {what}: numbers from 0 to 255 are") from error


def _take(buffer: bytes, start: int, end: int) -> bytes:
    if end > len(buffer):
        raise ParseError(f"{end - start} bytes expected at {start}, {max(len(buffer) - start, 0)} are left")
    return buffer[start:end]


def _count(buffer: bytes, position: int) -> tuple[int, int]:
    count = int.from_bytes(_take(buffer, position, position + 2), "little")
    return 0 if count == 0xFFFF else count, position + 2


def _counted(elements: Sequence[Any]) -> bytes:
    if len(elements) >= 0xFFFF:
        raise EncodeError(f"{len(elements)} elements are too many: at most {0xFFFE} are allowed")
    return len(elements).to_bytes(2, "little")


def _sequence(data_type: DataType, value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple | bytes):
        raise data_type.refuse(value, "a list of elements is")
    return value


def _existing(type_id: int) -> DataType:
    data_type = TYPES.get(type_id)
    if data_type is None:
        raise ParseError(f"0x{type_id:02x} is no ZCL data type")
    return data_type


def _decode_element(type_id: int, buffer: bytes, position: int, levels: int) -> tuple[Any, int]:
    data_type = _existing(type_id)
    if not isinstance(data_type, Composite):
        return data_type.decode(buffer, position)
    if levels <= 1:
        raise ParseError(f"composite values are nested deeper than {NESTING} levels")
    return data_type.decode_nested(buffer, position, levels - 1)


def _all_types() -> list[DataType]:
    sizes = range(1, 9)
    return [
        Nothing(0x00, "NO_DATA"),
        *(Integer(0x07 + size, f"DATA{8 * size}", size) for size in sizes),
        Integer(0x10, "BOOLEAN", 1, non_value=0xFF, maximum=1),
        *(Integer(0x17 + size, f"BITMAP{8 * size}", size) for size in sizes),
        *(Integer(0x1F + size, f"UINT{8 * size}", size, analog=True, non_value=(1 << 8 * size) - 1) for size in sizes),
        *(
            Integer(0x27 + size, f"INT{8 * size}", size, signed=True, analog=True, non_value=-(1 << 8 * size - 1))
            for size in sizes
        ),
        Integer(0x30, "ENUM8", 1, non_value=0xFF),
        Integer(0x31, "ENUM16", 2, non_value=0xFFFF),
        Float(0x38, "SEMI_PREC", "e"),
        Float(0x39, "SINGLE_PREC", "f"),
        Float(0x3A, "DOUBLE_PREC", "d"),
        Octets(0x41, "OCTET_STR", 1),
        Text(0x42, "CHAR_STR", 1),
        Octets(0x43, "LONG_OCTET_STR", 2),
        Text(0x44, "LONG_CHAR_STR", 2),
        Array(0x48, "ARRAY"),
        Structure(0x4C, "STRUCT"),
        Array(0x50, "SET"),
        Array(0x51, "BAG"),
        Fields(0xE0, "TOD", {"hours": 0, "minutes": 0, "seconds": 0, "hundredths": 0}),
        Fields(0xE1, "DATE", {"year": 1900, "month": 0, "dayOfMonth": 0, "dayOfWeek": 0}),
        Integer(0xE2, "UTC", 4, analog=True, non_value=0xFFFFFFFF),
        Integer(0xE8, "CLUSTER_ID", 2, non_value=0xFFFF),
        Integer(0xE9, "ATTR_ID", 2, non_value=0xFFFF),
        Integer(0xEA, "BAC_OID", 4, non_value=0xFFFFFFFF),
        IeeeAddress(0xF0, "IEEE_ADDR"),
        Key(0xF1, "SEC_KEY"),
        Nothing(0xFF, "UNKNOWN"),
    ]


TYPES: dict[int, DataType] = {data_type.id: data_type for data_type in _all_types()}
"""Every data type by its number."""

_NAMES = {data_type.name: data_type for data_type in TYPES.values()}
