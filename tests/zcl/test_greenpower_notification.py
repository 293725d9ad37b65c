"""Notifications of proxies: bytes, fields, and what the table of clusters reads in them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl.codec import parse
from zigwire.zcl.errors import ParseError
from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zcl.greenpower_security import AUTHENTICATED, ENCRYPTED, SecurityError, header, protect

KEY = bytes(16)

notifications = st.builds(
    Notification,
    kind=st.sampled_from([NOTIFICATION, COMMISSIONING_NOTIFICATION]),
    source_id=st.integers(0, 2**32 - 1),
    counter=st.integers(0, 2**32 - 1),
    command=st.integers(0, 255),
    payload=st.binary(max_size=60),
    level=st.sampled_from([0, AUTHENTICATED, ENCRYPTED]),
    key_type=st.integers(0, 7),
    rx_after_tx=st.booleans(),
    proxy=st.integers(0, 0xFFF7),
    link=st.integers(0, 255),
)


@given(notifications)
def test_round_trip(notification):
    assert Notification.parse(notification.kind, notification.serialise(7)[3:]) == notification


@given(st.binary(max_size=40), st.sampled_from([NOTIFICATION, COMMISSIONING_NOTIFICATION]))
def test_any_bytes_are_read_or_refused(data, kind):
    try:
        Notification.parse(kind, data)
    except ParseError as error:
        assert "too short" in str(error)


def test_a_mic_is_only_told_while_devices_are_let_in():
    told = Notification(COMMISSIONING_NOTIFICATION, 1, 2, 0x20, b"", AUTHENTICATED, 4, mic=0x01020304)
    assert Notification.parse(told.kind, told.serialise(0)[3:]) == told


def test_a_device_with_an_ieee_address_is_none_of_ours():
    assert Notification.parse(NOTIFICATION, bytes.fromhex("0200") + bytes(20)) is None


def test_the_names_that_the_fields_library_expects():
    told = Notification(NOTIFICATION, 0x01719697, 185, 0x22, b"", AUTHENTICATED, 4, proxy=0x1234, link=0xD0)
    message = parse(0x0021, told.serialise(9))
    assert (message.type, message.cluster, message.tsn) == ("commandNotification", "greenPower", 9)
    assert message.args == {
        "options": 0x4480,
        "srcID": 0x01719697,
        "frameCounter": 185,
        "commandID": 0x22,
        "payloadSize": 0,
        "commandFrame": {},
        "gppNwkAddr": 0x1234,
        "gppGpdLink": 0xD0,
    }


@pytest.mark.parametrize("level", [AUTHENTICATED, ENCRYPTED])
def test_what_a_proxy_could_not_check(level):
    head = header(5, 6, level, individual=True)
    hidden, mic = protect(KEY, 5, 6, level, head, b"\x30\x01\x02")
    told = Notification(COMMISSIONING_NOTIFICATION, 5, 6, hidden[0], hidden[1:], level, 4, proxy=1, mic=mic)
    opened = told.opened(KEY)
    assert (opened.command, opened.payload, opened.mic) == (0x30, b"\x01\x02", None)
    message = parse(0x0021, opened.shown().serialise(0))
    assert message.type == "commandCommissioningNotification"
    assert message.args["commandFrame"] == {"raw": b"\x01\x02"}
    with pytest.raises(SecurityError):
        replace(told, counter=7).opened(KEY)
