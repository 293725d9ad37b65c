"""The header of a frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl.errors import EncodeError
from zigwire.zcl.frame import GENERAL, SPECIFIC, Header, ParseError

HEADERS = [
    ("182a0a", Header(GENERAL, 42, 10, to_client=True, disable_default_response=True)),
    ("012a02", Header(SPECIFIC, 42, 2)),
    ("1c5f112a0a", Header(GENERAL, 42, 10, to_client=True, manufacturer=0x115F, disable_default_response=True)),
    ("05 0000 01 02", Header(SPECIFIC, 1, 2, manufacturer=0)),
]


@pytest.mark.parametrize(("wire", "header"), HEADERS)
def test_header_and_bytes_turn_into_each_other(wire, header):
    data = bytes.fromhex(wire)
    assert Header.parse(data + b"rest") == (header, len(data))
    assert header.serialise() == data


@pytest.mark.parametrize("wire", ["", "18", "182a", "1c5f112a", "1c"])
def test_frames_without_a_whole_header_are_errors(wire):
    with pytest.raises(ParseError, match="header"):
        Header.parse(bytes.fromhex(wire))


@pytest.mark.parametrize(
    ("header", "what"),
    [
        (Header(GENERAL, 256, 0), "256 is no transaction sequence number"),
        (Header(GENERAL, 0, -1), "-1 is no command id"),
        (Header(GENERAL, 0, 0, manufacturer=0x10000), "65536 is no manufacturer code"),
    ],
)
def test_numbers_that_do_not_fit_are_named(header, what):
    with pytest.raises(EncodeError, match=what):
        header.serialise()


@given(st.binary(min_size=5, max_size=8))
def test_bytes_survive_but_for_the_reserved_bits(data):
    header, length = Header.parse(data)
    assert header.serialise() == bytes([data[0] & 0x1F]) + data[1:length]
