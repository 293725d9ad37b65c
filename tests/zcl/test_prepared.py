"""Frames that somebody else has written."""

import pytest

from zigwire.zcl.codec import encode, parse
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.requests import Prepared


@pytest.mark.parametrize(
    ("frame", "numbered", "sent"),
    [
        ("01000102", False, "012a0102"),
        ("01000102", True, "01000102"),
        ("050b10000102", False, "050b102a0102"),
        ("e1000102", False, "e12a0102"),
    ],
    ids=["plain", "with a number of its own", "of a manufacturer", "with reserved bits"],
)
def test_only_the_number_is_put_in(frame, numbered, sent):
    request = Prepared(endpoint=1, cluster=6, frame=bytes.fromhex(frame), numbered=numbered)
    assert encode(request, 0x2A).hex() == sent


def test_one_without_a_header_is_refused():
    with pytest.raises(EncodeError, match="header"):
        encode(Prepared(endpoint=1, cluster=6, frame=b"\x01"), 1)


@pytest.mark.parametrize(
    "wire", ["18070a00001001", "18070a000042026869", "1b070a"], ids=["short way", "text", "unreadable"]
)
def test_a_message_has_its_frame(wire):
    data = bytes.fromhex(wire)
    for _ in range(2):
        assert parse(6, data).frame == data
