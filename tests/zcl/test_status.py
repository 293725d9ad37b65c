"""Status codes by name."""

import pytest

from zigwire.zcl.status import Status, status_name


@pytest.mark.parametrize(
    ("code", "name"),
    [(0x00, "SUCCESS"), (0x86, "UNSUPPORTED_ATTRIBUTE"), (0xC3, "UNSUPPORTED_CLUSTER"), (0x42, "0x42")],
)
def test_codes_have_names(code, name):
    assert status_name(code) == name


def test_names_are_codes():
    assert Status.READ_ONLY == 0x88
