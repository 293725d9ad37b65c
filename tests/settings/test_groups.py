import pytest

from zigwire.settings.groups import group_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("65535", 65535)])
def test_numbers(text, number):
    assert group_number(text) == number


@pytest.mark.parametrize("text", ["", "65536", "01", "-1", "1.0", "٣", "lamps", "1\n", "9" * 5000])
def test_others(text):
    assert group_number(text) is None
