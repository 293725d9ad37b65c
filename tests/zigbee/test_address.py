"""IEEE addresses as text and on air."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zigbee.address import ieee_from_bytes, ieee_from_int, ieee_to_bytes, is_ieee


def test_the_form_of_the_interface():
    assert ieee_from_int(0x00158D0001A00000) == "0x00158d0001a00000"
    assert ieee_to_bytes("0x00158d0001a00000") == bytes.fromhex("0000a001008d1500")


@given(st.integers(0, 2**64 - 1))
def test_there_and_back(value: int):
    text = ieee_from_int(value)
    assert is_ieee(text)
    assert ieee_from_bytes(ieee_to_bytes(text)) == text


@pytest.mark.parametrize(
    "text", ["", "0x", "00158d0001a00000", "0x00158D0001A00000", "0x00158d0001a0000", "0x00158d0001a0000g"]
)
def test_what_is_none(text: str):
    assert not is_ieee(text)
    with pytest.raises(ValueError, match="16 hex digits"):
        ieee_to_bytes(text)
