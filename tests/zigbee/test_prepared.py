"""Who writes a frame also reads the answer."""

import pytest

from zigwire.zcl.codec import parse
from zigwire.zcl.requests import Command, Prepared
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.outcome import check

REFUSAL = parse(6, bytes.fromhex("18010b0281"))


def test_a_refusal_is_no_error_of_a_prepared_frame():
    check(Prepared(endpoint=1, cluster=6, frame=b"\x01\x00\x02"), REFUSAL)


def test_but_of_any_other_request():
    with pytest.raises(StatusError):
        check(Command(endpoint=1, cluster=6, command=2), REFUSAL)
