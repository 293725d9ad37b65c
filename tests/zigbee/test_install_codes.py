"""Install codes in all forms, their checksums and keys."""

import pytest
import zigpy.util
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zigbee.install_codes import InstallCode, InstallCodeError, checksum, hash_code, parse

IEEE = "0x00158d0001a2b3c4"
DIGITS = "00158D0001A2B3C4"
CODE = "83FED3407A939723A5C639B26916D505C3B5"
KEY = "66b6900981e1ee3ca4206b6b861c02bb"
"""Example of the Base Device Behaviour specification, 10.1."""


def test_the_examples_of_the_specifications():
    assert checksum(bytes.fromhex(CODE)[:-2]) == bytes.fromhex("c3b5")
    assert hash_code(bytes.fromhex(CODE)).hex() == KEY
    assert hash_code(b"\xc0").hex() == "ae3a102a28d43ee0d4a09e22788b206c"  # Zigbee C.5.1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"G$M:69775$S:680S00003915$D:0000000017B2335C%Z:{DIGITS}$I:{CODE}", CODE),
        (f"Z:{DIGITS}$I:{CODE}%G$M:0B", CODE),
        (f"{DIGITS}|{CODE}", CODE),
        (f"|{DIGITS}|{CODE}|", CODE),
        (f"G$M:751$S:54EF$D:1%1$A:{DIGITS}$I:{CODE}", CODE),
        (f"HUE:Z:{CODE} M:{DIGITS} D:L3B A:1184", CODE),
        ("RB01SG".ljust(95 - 36 - 19, "x") + DIGITS + "DLK" + CODE, CODE),
        ("RB01SG".ljust(91 - 32 - 19, "x") + DIGITS + "DLK" + CODE[:32], CODE[:32]),
        (f"{DIGITS.lower()}|{CODE.lower()}", CODE),
    ],
)
def test_forms(text, code):
    assert parse(text) == InstallCode(IEEE, bytes.fromhex(code))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (CODE, "Unsupported install code, got 36 chars, expected 95 or 91 chars, or known format"),
        ("zz", "Unsupported install code, got 2 chars, expected 95 or 91 chars, or known format"),
        ("", "Unsupported install code, got 0 chars"),
        (f"{DIGITS}|{CODE[:-1]}", "other digits"),
        (f"{DIGITS}|{'x' * 36}", "other digits"),
        (f"xyz58D0001A2B3C4|{CODE}", "other digits"),
        (f"{DIGITS}|{CODE}00", "invalid size: 19 octets"),
    ],
)
def test_faults(text, error):
    with pytest.raises(InstallCodeError, match=error):
        parse(text)


def test_a_right_checksum_gives_one_key():
    code = InstallCode(IEEE, bytes.fromhex(CODE))
    assert code.fault is None
    assert [key.hex() for key in code.link_keys] == [KEY]


def test_a_wrong_checksum_is_mended():
    code = InstallCode(IEEE, bytes.fromhex(CODE[:-4] + "0000"))
    assert code.fault == "invalid CRC"
    assert [key.hex() for key in code.link_keys] == [KEY]


def test_a_missing_checksum_is_tried_both_ways():
    code = InstallCode(IEEE, bytes.fromhex(CODE[:32]))
    assert code.fault == "missing CRC"
    assert [key.hex() for key in code.link_keys] == [KEY, CODE[:32].lower()]


def test_eight_octets_may_be_a_code_with_or_without_a_checksum():
    octets = bytes(range(8))
    keys = InstallCode(IEEE, octets).link_keys
    assert keys == (hash_code(octets[:6] + checksum(octets[:6])), hash_code(octets + checksum(octets)))


@given(st.sampled_from([6, 8, 12, 16]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_keys_are_those_of_another_implementation(body):
    code = body + checksum(body)
    assert InstallCode(IEEE, code).link_keys == (zigpy.util.convert_install_code(code).serialize(),)


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text):
    try:
        assert parse(text).link_keys
    except InstallCodeError as error:
        assert str(error)
