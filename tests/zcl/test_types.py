"""The data types: bytes to values and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl import types
from zigwire.zcl.errors import EncodeError, ParseError

BOTH_WAYS = [
    ("NO_DATA", None, ""),
    ("DATA8", 0xAB, "ab"),
    ("DATA64", 0x0102030405060708, "0807060504030201"),
    ("BOOLEAN", 1, "01"),
    ("BOOLEAN", 0xFF, "ff"),
    ("BITMAP16", 0x0102, "0201"),
    ("UINT24", 0x010203, "030201"),
    ("UINT48", 0x010203040506, "060504030201"),
    ("UINT64", (1 << 64) - 1, "ff" * 8),
    ("INT8", -1, "ff"),
    ("INT16", -32768, "0080"),
    ("INT24", -2, "feffff"),
    ("INT56", -(1 << 55), "00000000000080"),
    ("ENUM8", 3, "03"),
    ("ENUM16", 0x1234, "3412"),
    ("SEMI_PREC", 1.5, "003e"),
    ("SINGLE_PREC", -0.5, "000000bf"),
    ("DOUBLE_PREC", 0.1, "9a9999999999b93f"),
    ("OCTET_STR", b"\x00\xff", "0200ff"),
    ("CHAR_STR", "lumi.plug", "09" + b"lumi.plug".hex()),
    ("CHAR_STR", "°C", "03c2b043"),
    ("LONG_OCTET_STR", b"abc", "0300616263"),
    ("LONG_CHAR_STR", "abc", "0300616263"),
    ("STRUCT", [{"elmType": 0x20, "elmVal": 5}, {"elmType": 0x42, "elmVal": "a"}], "020020054201" + "61"),
    ("TOD", {"hours": 1, "minutes": 2, "seconds": 3, "hundredths": None}, "010203ff"),
    ("DATE", {"year": 2026, "month": 1, "dayOfMonth": 15, "dayOfWeek": 4}, "7e010f04"),
    ("UTC", 0x01020304, "04030201"),
    ("CLUSTER_ID", 0x0006, "0600"),
    ("ATTR_ID", 0x4003, "0340"),
    ("BAC_OID", 7, "07000000"),
    ("IEEE_ADDR", "0x00158d0001a00000", "0000a001008d1500"),
    ("SEC_KEY", bytes(range(16)), bytes(range(16)).hex()),
]


@pytest.mark.parametrize(("name", "value", "wire"), BOTH_WAYS)
def test_value_and_bytes_turn_into_each_other(name, value, wire):
    data_type = types.by_name(name)
    assert data_type.encode(value).hex() == wire
    assert types.decode(data_type.id, b"\x99" + bytes.fromhex(wire) + b"\x99", 1) == (value, 1 + len(wire) // 2)


@pytest.mark.parametrize("name", ["ARRAY", "SET", "BAG"])
def test_elements_of_one_type_read_as_a_list(name):
    data_type = types.by_name(name)
    wire = data_type.encode({"elementType": "UINT16", "elements": [1, 2]})
    assert wire.hex() == "21020001000200"
    assert data_type.decode(wire, 0) == ([1, 2], 7)
    assert data_type.encode({"elementType": 0x21, "elements": [1, 2]}) == wire


NON_VALUES = [
    ("UINT8", "ff", 0xFF),
    ("INT16", "0080", -32768),
    ("OCTET_STR", "ff", b""),
    ("CHAR_STR", "ff", ""),
    ("LONG_CHAR_STR", "ffff", ""),
    ("ARRAY", "00ffff", []),
    ("STRUCT", "ffff", []),
    ("IEEE_ADDR", "ff" * 8, "0xffffffffffffffff"),
    ("TOD", "ffffffff", {"hours": None, "minutes": None, "seconds": None, "hundredths": None}),
]


@pytest.mark.parametrize(("name", "wire", "value"), NON_VALUES)
def test_none_is_written_as_the_non_value(name, wire, value):
    data_type = types.by_name(name)
    assert data_type.encode(None).hex() == wire
    assert data_type.decode(bytes.fromhex(wire), 0) == (value, len(wire) // 2)


def test_nan_is_the_non_value_of_numbers():
    assert types.by_name("SINGLE_PREC").encode(None) == types.by_name("SINGLE_PREC").encode(math.nan)
    assert types.by_name("UINT16").encode(math.nan) == b"\xff\xff"
    value, _ = types.by_name("SINGLE_PREC").decode(bytes.fromhex("0000c07f"), 0)
    assert math.isnan(value)


def test_text_that_is_no_utf8_shows_replacements():
    assert types.decode(0x42, b"\x03a\xffb") == ("a\ufffdb", 4)


def test_bytes_for_a_character_string_are_the_whole_field():
    assert types.encode(0x42, [2, 0, 1]) == b"\x02\x00\x01"


def test_text_for_an_octet_string_is_utf8():
    assert types.encode(0x41, "1234") == b"\x041234"


def test_fractions_are_cut_off_and_booleans_are_numbers():
    assert types.encode(0x29, -1.9) == b"\xff\xff"
    assert types.encode(0x10, True) == b"\x01"


def test_bytes_of_an_unknown_type_are_written_as_they_are():
    assert types.encode(0x01, [1, 2]) == b"\x01\x02"


OUT_OF_RANGE = [
    ("UINT8", 256, "256", "UINT8", "0 to 255"),
    ("UINT8", -1, "-1", "UINT8", "0 to 255"),
    ("INT16", 40000, "40000", "INT16", "-32768 to 32767"),
    ("BOOLEAN", 2, "2", "BOOLEAN", "0 to 1"),
    ("ENUM8", "on", "'on'", "ENUM8", "0 to 255"),
    ("UINT16", math.inf, "inf", "UINT16", "0 to 65535"),
    ("BITMAP8", None, "None", "BITMAP8", "0 to 255"),
    ("SEMI_PREC", 1e9, "1000000000.0", "SEMI_PREC", "2 bytes"),
    ("SINGLE_PREC", "x", "'x'", "SINGLE_PREC", "a number"),
    ("OCTET_STR", b"x" * 255, "b'xxx", "OCTET_STR", "254"),
    ("OCTET_STR", [256], "256", "OCTET_STR", "0 to 255"),
    ("OCTET_STR", 5, "5", "OCTET_STR", "bytes"),
    ("CHAR_STR", "ä" * 128, "'ää", "CHAR_STR", "254"),
    ("NO_DATA", 1, "1", "NO_DATA", "no value"),
    ("SEC_KEY", b"short", "b'short'", "SEC_KEY", "16 bytes"),
    ("IEEE_ADDR", "00158d0001a00000", "'00158d0001a00000'", "IEEE_ADDR", "16 hex digits"),
    ("DATE", {"year": 1800}, "1800", "DATE", "1900"),
    ("TOD", 5, "5", "TOD", "hours"),
    ("ARRAY", [1], "[1]", "ARRAY", "elementType"),
    ("ARRAY", {"elementType": "UINT9", "elements": []}, "'UINT9'", "data type", "UINT8"),
    ("ARRAY", {"elementType": 0x20, "elements": 5}, "5", "ARRAY", "list"),
    ("STRUCT", [1], "1", "STRUCT", "elmType"),
    ("SET", {"elementType": 0x20, "elements": [0] * 0xFFFF}, "65535", "elements", "65534"),
]


@pytest.mark.parametrize(("name", "value", "shown", "what", "allowed"), OUT_OF_RANGE)
def test_a_value_that_does_not_fit_is_named_with_type_and_range(name, value, shown, what, allowed):
    with pytest.raises(EncodeError) as caught:
        types.by_name(name).encode(value)
    assert all(part in str(caught.value) for part in (shown, what, allowed))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(("name", "value", "wire"), [case for case in BOTH_WAYS if case[2]])
def test_cut_values_are_errors(name, value, wire):
    with pytest.raises(ParseError):
        types.decode(types.by_name(name).id, bytes.fromhex(wire)[:-1])


def test_unknown_types_are_errors():
    with pytest.raises(ParseError, match="0x99"):
        types.decode(0x99, b"\x00\x00")
    with pytest.raises(EncodeError, match="153"):
        types.encode(0x99, 1)


def test_deep_nesting_is_refused_instead_of_exhausting_the_stack():
    with pytest.raises(ParseError, match="nested"):
        types.decode(0x48, b"\x48\x01\x00" * 100_000)


def test_arrays_without_data_are_refused_instead_of_exhausting_memory():
    with pytest.raises(ParseError, match="without data"):
        types.decode(0x48, b"\x00\xfe\xff")


def test_analog_and_discrete():
    analog = {data_type.name for data_type in types.TYPES.values() if types.is_analog(data_type.id)}
    assert {"UINT8", "INT64", "SEMI_PREC", "DOUBLE_PREC", "TOD", "DATE", "UTC"} <= analog
    assert not analog & {"BOOLEAN", "BITMAP8", "ENUM8", "DATA8", "CHAR_STR", "IEEE_ADDR", "STRUCT", "CLUSTER_ID"}
    assert all(types.is_analog(type_id) != types.is_discrete(type_id) for type_id in types.TYPES)
    assert not types.is_analog(0x99)
    assert not types.is_discrete(0x99)


def test_names():
    assert types.type_name(0x20) == "UINT8"
    assert types.type_name(0x99) == "0x99"


@given(st.sampled_from([t for t in types.TYPES.values() if isinstance(t, types.Integer)]), st.integers())
def test_every_whole_number_is_kept_or_refused(data_type, number):
    try:
        wire = data_type.encode(number)
    except EncodeError:
        assert not data_type.minimum <= number <= data_type.maximum
    else:
        assert data_type.decode(wire, 0) == (number, data_type.size)


@given(st.sampled_from(sorted(types.TYPES)), st.binary(max_size=60))
def test_any_bytes_give_a_value_or_a_parse_error(type_id, buffer):
    try:
        _, end = types.decode(type_id, buffer)
    except ParseError:
        return
    assert end <= len(buffer)


@given(
    st.sampled_from(sorted(types.TYPES)), st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists)
)
def test_any_value_gives_bytes_or_an_encode_error(type_id, value):
    try:
        wire = types.encode(type_id, value)
    except EncodeError:
        return
    assert isinstance(wire, bytes)
